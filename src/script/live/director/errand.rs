//! Errands: statements given by hand that take time.

use std::sync::Arc;

use super::Director;
use crate::command::{Line, Script, Statement};
use crate::raft::Micros;
use crate::script::play::{Player, Progress};
use crate::session::Notice;

/// One that is under way.
pub(super) struct Errand {
    statement: Statement,
    /// How many lines of the journal it stands upon: it goes when one of them goes.
    pub lines: usize,
    reader: Player,
}

impl Director {
    /// Begins one, in place of the one before; what is expected is not given up so lightly.
    pub(super) fn begin_errand(&mut self, statement: &Statement) {
        if let Some(Errand { statement, .. }) = &self.errand
            && statement.expects()
        {
            return self.say(format!("`{statement}` is not over yet; undo ends it"));
        }
        self.errand = Some(Errand {
            statement: statement.clone(),
            lines: self.session.past().len() + usize::from(statement.expects()),
            reader: self.reader_of(statement),
        });
        self.say(Notice::under_way(format!("`{statement}` is under way")));
        self.playing = true;
        self.pass(self.now());
    }

    /// A reader of one statement, as a script of one line.
    pub(super) fn reader_of(&self, statement: &Statement) -> Player {
        Player::by_hand(Arc::new(Script {
            file: "by hand".into(),
            title: "by hand".into(),
            about: Vec::new(),
            cluster: self.begin.stage.names.clone(),
            seed: None,
            given: Vec::new(),
            lines: vec![Line {
                number: 1,
                statement: statement.clone(),
            }],
            source: "".into(),
        }))
    }

    /// Lets the errand look, and move if nobody else did. When it is done the time is held.
    pub(super) fn run_errand(&mut self, until: Micros) -> bool {
        let Some(mut errand) = self.errand.take() else {
            return true;
        };
        let progress = self.by_hand(|session| errand.reader.advance(session, until));
        self.show(errand.reader.take_shows());
        match progress {
            Progress::Ends => {
                let done = || format!("`{}` is done; time is held", errand.statement);
                let conclusion = self.conclusion(&errand.reader);
                self.say(conclusion.unwrap_or_else(|| Notice::done(done())));
                self.hold()
            }
            progress => {
                self.errand = Some(errand);
                progress == Progress::Waits || self.hold()
            }
        }
    }

    /// What became of a statement given by hand, where that deserves a word.
    pub(super) fn conclusion(&self, reader: &Player) -> Option<Notice> {
        let outcome = reader.outcome(self.session.violations());
        match outcome.and_then(|outcome| outcome.error(None)) {
            Some(message) => Some(message.into()),
            None => reader.expectations().last().map(|one| match one.held {
                true => Notice::done(format!("`{}` holds: {}", one.text, one.found)),
                false => Notice::from(format!("`{}` does not hold: {}", one.text, one.found))
                    .with_why(one.why.clone()),
            }),
        }
    }
}
