//! What came of expectations and watches.

use super::{Expectation, Mode, Outcome, Player};
use crate::command::{Condition, Statement};
use crate::session::Session;

impl Player {
    /// Judges what must hold now.
    pub(super) fn expect(
        &mut self,
        session: &Session,
        line: usize,
        statement: &Statement,
        condition: &Condition,
    ) {
        let held = session.judge().holds(condition);
        if held {
            self.tolerate(condition);
        }
        self.conclude(session, line, statement.to_string(), condition, held);
    }

    /// Violations that are expected, and were found, fail nothing.
    pub(super) fn tolerate(&mut self, condition: &Condition) {
        let violations = condition.0.iter().filter(|clause| !clause.negated);
        let named = violations.filter_map(|clause| clause.question.violation());
        self.tolerated.extend(named);
    }

    /// Notes what became of an expectation; one that did not hold ends a script.
    pub(super) fn conclude(
        &mut self,
        session: &Session,
        line: usize,
        text: String,
        condition: &Condition,
        held: bool,
    ) {
        let judge = session.judge();
        let why = (!held).then(|| judge.behind(condition)).flatten();
        self.expectations.push(Expectation {
            line,
            text,
            held,
            at: session.now(),
            found: judge.found(condition),
            why,
            after: session.journal().len(),
        });
        if !held && self.mode != Mode::ByHand {
            self.ended = Some(Outcome::Failed);
        }
    }

    /// Looks at all watches, after each instant; one that is broken has nothing more to say.
    pub(super) fn look(&mut self, session: &Session) {
        let broken = self.watches.iter().position(|watch| {
            let holds = session.judge().holds(&watch.condition);
            holds != watch.must
        });
        if let Some(watch) = broken.map(|place| self.watches.remove(place)) {
            self.conclude(session, watch.line, watch.text, &watch.condition, false);
        }
    }

    /// The script is over: what was watched to its end has held. What a person has watched ends
    /// with the session.
    pub(super) fn end_watches(&mut self, session: &Session) {
        if self.mode == Mode::ByHand {
            return;
        }
        self.look(session);
        if self.ended.is_none() {
            for watch in std::mem::take(&mut self.watches) {
                self.conclude(session, watch.line, watch.text, &watch.condition, true);
            }
        }
    }
}
