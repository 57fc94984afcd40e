//! What a reader waits for, and how it lets time pass.

use super::Player;
use crate::command::{Condition, Statement};
use crate::raft::Micros;
use crate::session::Session;
use crate::world::run::EndlessInstant;

/// A statement that is waited for.
#[derive(Clone, Debug)]
pub(super) struct Wait {
    pub line: usize,
    /// What is told of it.
    pub text: String,
    pub waiting: Waiting,
}

/// What a player waits for.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    /// Until an instant.
    Time(Micros),
    /// Until a condition holds, or fails at the instant.
    Until(Condition, Micros),
    /// Until the person has made a condition true. How many lines of the journal there were when
    /// it was asked.
    Asked(Condition, usize),
    /// While a condition holds, up to the instant.
    Throughout(Condition, Micros),
    /// Until an instant, and then this is done.
    At(Micros, Statement),
}

impl Waiting {
    /// When it is over at the latest.
    fn end(&self) -> Micros {
        match self {
            Waiting::Time(end)
            | Waiting::Until(_, end)
            | Waiting::Throughout(_, end)
            | Waiting::At(end, _) => *end,
            // A person takes all the time there is.
            Waiting::Asked(..) => Micros::MAX,
        }
    }
}

impl Player {
    /// The next instant at which somebody must look although nothing happens.
    fn turns(&self, session: &Session, waiting: &Waiting) -> Option<Micros> {
        let waited_for = match waiting {
            Waiting::Until(condition, _)
            | Waiting::Asked(condition, _)
            | Waiting::Throughout(condition, _) => Some(condition),
            Waiting::Time(_) | Waiting::At(..) => None,
        };
        let watched = self.watches.iter().map(|watch| &watch.condition);
        let judge = session.judge();
        let turns = watched.chain(waited_for).filter_map(|it| judge.turns(it));
        turns.min()
    }

    /// Lets time pass for what is waited for. Gives it back when that is not over yet.
    pub(super) fn wait(
        &mut self,
        session: &mut Session,
        wait: Wait,
        until: Micros,
    ) -> Result<Option<Wait>, EndlessInstant> {
        let nobody_looks = self.watches.is_empty();
        let Wait { line, waiting, .. } = &wait;
        let end = waiting.end();
        loop {
            match waiting {
                Waiting::Time(_) | Waiting::At(..) if nobody_looks => {
                    session.run_to(end.min(until))?;
                }
                Waiting::Until(condition, _)
                | Waiting::Asked(condition, _)
                | Waiting::Throughout(condition, _) => {
                    let held = session.judge().holds(condition);
                    if held != matches!(waiting, Waiting::Throughout(..)) {
                        self.conclude(session, *line, wait.text.clone(), condition, held);
                        return Ok(None);
                    }
                }
                Waiting::Time(_) | Waiting::At(..) => {}
            }
            let next = session.next_instant().filter(|&next| next <= end);
            let turn = self.turns(session, waiting).filter(|&turn| turn <= end);
            let stop = next.into_iter().chain(turn).min();
            let at = stop.unwrap_or(end);
            if at > until {
                session.pass_to(until);
                return Ok(Some(wait));
            }
            if next == Some(at) {
                session.settle_at(at)?;
            } else {
                session.pass_to(at);
            }
            self.look(session);
            if self.ended.is_some() {
                return Ok(None);
            }
            if stop.is_none() {
                break;
            }
        }
        let Wait {
            line,
            text,
            waiting,
        } = wait;
        match waiting {
            Waiting::Time(_) | Waiting::Asked(..) => {}
            Waiting::At(_, statement) => self.due = Some((line, statement)),
            Waiting::Until(condition, _) => {
                let held = session.judge().holds(&condition);
                self.conclude(session, line, text, &condition, held);
            }
            Waiting::Throughout(condition, _) => {
                let held = session.judge().holds(&condition);
                if held {
                    self.tolerate(&condition);
                }
                self.conclude(session, line, text, &condition, held);
            }
        }
        Ok(None)
    }
}
