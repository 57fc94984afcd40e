//! What a person keeps of a session: a script in a file, or a command for the clipboard; and how
//! such a session is taken up again.

use std::io::ErrorKind;
use std::path::Path;

use super::Director;
use crate::command::clean::printable;
use crate::command::{self, Condition, Statement};
use crate::raft::Micros;
use crate::script::export::{Export, Exported, Refusal};
use crate::script::play::Player;
use crate::script::saved::{Writer, extent, save};
use crate::script::token;
use crate::session::{Deed, Notice};
use crate::world::run::EndlessInstant;

/// How long the stretch before the instant shown is that is exported, where nothing is said.
const USUAL_STRETCH: Micros = 1_000_000;

impl Director {
    /// What was done up to the instant shown, as a script.
    pub(in crate::script::live) fn script_so_far(&self) -> String {
        let mut script = Writer::new(&self.begin.stage, self.begin.script.as_deref());
        self.session.past().for_each(|entry| script.add(entry));
        script.end(self.now())
    }

    /// Writes what was done up to the instant shown to a file.
    pub(super) fn save(&mut self, file: &str, force: bool) {
        let script = self.script_so_far();
        let saved = save(&script, file, force).map(|saved| {
            let how = if saved.replaced {
                "saved over"
            } else {
                "saved as"
            };
            let path = saved.path.display().to_string();
            let extent = extent(&script, self.now());
            let caution = self.caution();
            Notice::done(format!("{how} {}: {extent}{caution}", printable(&path)))
        });
        self.notice = Some(saved.unwrap_or_else(Notice::from));
    }

    /// Writes a stretch of what is known to a file: the last second before the instant shown,
    /// where nothing else is said.
    pub(super) fn export(&mut self, order: &command::Export) {
        let to = order
            .to
            .unwrap_or_else(|| self.now())
            .min(self.session.frontier());
        let from = order
            .from
            .unwrap_or_else(|| to.saturating_sub(USUAL_STRETCH));
        let notice = match self.exported(Path::new(&*order.file), (from, to), order.force) {
            Err(endless) => {
                self.heed(Err(endless));
                return;
            }
            Ok(Ok(exported)) => {
                let how = match exported.replaced {
                    true => "exported over",
                    false => "exported as",
                };
                Notice::done(format!("{how} {}: {exported}", printable(&order.file)))
            }
            Ok(Err(refusal)) => {
                let help = match &refusal {
                    Refusal::Ending | Refusal::Backwards { .. } | Refusal::Over { .. } => "",
                    Refusal::TooMuch { .. } => "; narrow it with `from` and `to`",
                    Refusal::Unwritten(why) if why.kind() == ErrorKind::AlreadyExists => {
                        "; `force` at the end replaces it"
                    }
                    Refusal::Unwritten(_) => "",
                };
                format!("not exported: {}: {refusal}{help}", printable(&order.file)).into()
            }
        };
        self.say(notice);
    }

    fn exported(
        &mut self,
        file: &Path,
        (from, to): (Micros, Micros),
        force: bool,
    ) -> Result<Result<Exported, Refusal>, EndlessInstant> {
        let export = match Export::begin(file, (from, to), force) {
            Ok(export) => export,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.session.tell(from..=to, |world| export.sink(world))?;
        let lang = self.begin.usual.lang;
        Ok(export.finish(&self.session, self.title(), lang))
    }

    /// A word of warning when the script will fail because nobody expects what was violated.
    fn caution(&self) -> &'static str {
        let names_violation = |condition: &Condition| {
            let mut clauses = condition.0.iter();
            clauses.any(|clause| !clause.negated && clause.question.violation().is_some())
        };
        let expected = self.session.past().any(|entry| {
            matches!(&entry.deed, Deed::Expect(Statement::Expect { condition, .. }) if names_violation(condition))
        });
        match self.session.violations().is_empty() || expected {
            true => "",
            false => "; it fails when it is run, unless you `expect violation` before you save",
        }
    }

    /// Hands out the command that opens what is shown.
    pub(super) fn copy(&mut self) {
        let token = token::pack(&self.script_so_far());
        let length = token.len();
        self.notice = Some(match length > token::LONGEST {
            true => format!(
                "not copied: {length} characters are too many for a command line ({} at most); save it as a script",
                token::LONGEST
            )
            .into(),
            false => {
                let number = self.clip.as_ref().map_or(1, |(number, _)| number + 1);
                let command = format!("raft-playground --replay {token}");
                let length = command.len();
                self.clip = Some((number, command.into()));
                Notice::done(format!(
                    "copied: a command of {length} characters that opens this session here"
                ))
            }
        });
    }

    /// Takes up a session where it was left.
    pub(super) fn reopen(&mut self) {
        self.playing = false;
        let Some(script) = self.begin.script.clone() else {
            return;
        };
        self.player = None;
        let mut reader = Player::by_hand(script);
        reader.advance(&mut self.session, Micros::MAX);
        let outcome = reader.outcome(self.session.violations());
        if let Some(message) = outcome.and_then(|outcome| outcome.error(None)) {
            self.say(message);
        }
    }
}
