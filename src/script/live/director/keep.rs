//! What a person keeps of a session: a script in a file, or a command for the clipboard; and how
//! such a session is taken up again.

use super::Director;
use crate::command::diagnostic::printable;
use crate::command::{Condition, Statement};
use crate::raft::Micros;
use crate::script::play::{Outcome, Player};
use crate::script::saved::{Writer, extent, save};
use crate::script::token;
use crate::session::Deed;

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
        let words = save(&script, file, force).map(|saved| {
            let how = if saved.replaced {
                "saved over"
            } else {
                "saved as"
            };
            let path = saved.path.display().to_string();
            let extent = extent(&script, self.now());
            format!("{how} {}: {extent}{}", printable(&path), self.caution())
        });
        self.notice = Some(words.unwrap_or_else(|error| error).into());
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
            ),
            false => {
                let number = self.clip.as_ref().map_or(1, |(number, _)| number + 1);
                let command = format!("raft-playground --replay {token}");
                let length = command.len();
                self.clip = Some((number, command.into()));
                format!("copied: a command of {length} characters that opens this session here")
            }
        }.into());
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
        if let Some(Outcome::Error(message)) = reader.outcome(self.session.violations()) {
            self.notice = Some(message.into());
        }
    }
}
