//! The reader of a script. It stands at the frontier of a session and says what happens next:
//! time may pass until some instant, or the script is over.

mod cursor;
mod judging;
mod waiting;

use std::collections::VecDeque;
use std::sync::Arc;

pub use super::outcome::{Expectation, Outcome};
use crate::command::{Condition, DEFAULT_WITHIN, Script, Show, Statement, Why, duration_text};
use crate::raft::{Invariant, Micros};
use crate::session::{Session, Violation};
use crate::world::explain::words;
use crate::world::run::{EndlessInstant, MAX_ROUNDS};
use cursor::Cursor;
use waiting::{Wait, Waiting};

/// What the player wants next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// More time must pass than was allowed.
    Waits,
    /// The script holds the wall's time here (`pause`), or a `break when` came true.
    Pauses,
    /// A statement was carried out: only where [each one counts](Player::filmed).
    Steps {
        /// It is a caption.
        says: bool,
    },
    /// The script is over.
    Ends,
}

/// A speed as it is told: virtual seconds in a wall second.
pub fn times_real(millionths: u64) -> f64 {
    millionths as f64 / 1e6
}

#[derive(Clone, Debug)]
struct Watch {
    line: usize,
    text: String,
    condition: Condition,
    /// What it must be at every instant.
    must: bool,
}

/// For whom a script is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// For nobody who could be asked.
    Unattended,
    /// For a film: each statement is told as it is carried out.
    Filmed,
    /// For a person, who can be asked.
    Attended,
    /// What it does counts as done by the person, and what does not hold is told and ends nothing.
    ByHand,
}

/// The reader of one script.
#[derive(Clone, Debug)]
pub struct Player {
    script: Arc<Script>,
    mode: Mode,
    cursor: Cursor,
    waiting: Option<Wait>,
    watches: Vec<Watch>,
    expectations: Vec<Expectation>,
    /// Invariants whose violation is expected; `None` stands for any.
    tolerated: Vec<Option<Invariant>>,
    shows: Vec<Show>,
    /// What is to be told before anything else is done.
    stops: VecDeque<Progress>,
    /// A statement whose instant has come (`at`), with its line.
    due: Option<(usize, Statement)>,
    /// Somebody looks at each instant before the statements that follow it.
    watched: bool,
    ended: Option<Outcome>,
}

impl Player {
    /// A reader at the first line, where no person is there.
    pub fn new(script: Arc<Script>) -> Player {
        Player::in_mode(Mode::Unattended, script)
    }

    fn in_mode(mode: Mode, script: Arc<Script>) -> Player {
        Player {
            script,
            mode,
            cursor: Cursor::new(),
            waiting: None,
            watches: Vec::new(),
            expectations: Vec::new(),
            tolerated: Vec::new(),
            shows: Vec::new(),
            stops: VecDeque::new(),
            due: None,
            watched: false,
            ended: None,
        }
    }

    /// A reader at the first line for a film: it stops at each statement, since a caption may give
    /// way to the next at the same instant, and is to be seen all the same.
    pub fn filmed(script: Arc<Script>) -> Player {
        Player::in_mode(Mode::Filmed, script)
    }

    /// A reader at the first line, with a person who can be asked.
    pub fn attended(script: Arc<Script>) -> Player {
        Player::in_mode(Mode::Attended, script)
    }

    /// A reader of what a person types, or did: what does not hold is told, and it goes on.
    pub fn by_hand(script: Arc<Script>) -> Player {
        Player::in_mode(Mode::ByHand, script)
    }

    /// While it waits for a person: how many lines the journal had when the person was asked.
    /// What is done after that is the person's part, and the script reckons with it.
    pub fn asked_at(&self) -> Option<usize> {
        match self.waiting.as_ref()?.waiting {
            Waiting::Asked(_, lines) => Some(lines),
            _ => None,
        }
    }

    /// From now on it stops after each instant that was waited for, before the statements that
    /// follow, or does so no more: [`Player::is_due`] tells of them.
    pub fn be_watched(&mut self, watched: bool) {
        self.watched = watched;
    }

    /// True when statements are left to be carried out at this very instant.
    pub fn is_due(&self) -> bool {
        self.waiting.is_none() && self.ended.is_none()
    }

    /// The script.
    pub fn script(&self) -> &Arc<Script> {
        &self.script
    }

    /// What became of all expectations so far.
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// Takes what the script wants to be seen since the last call.
    pub fn take_shows(&mut self) -> Vec<Show> {
        std::mem::take(&mut self.shows)
    }

    /// How the script ended, if it has.
    pub fn outcome(&self, violations: &[Violation]) -> Option<Outcome> {
        let ended = self.ended.clone()?;
        Some(match ended {
            Outcome::Passed if !self.tolerates(violations) => Outcome::Violation,
            ended => ended,
        })
    }

    /// True when no violation came before an expected one.
    fn tolerates(&self, violations: &[Violation]) -> bool {
        violations.first().is_none_or(|first| {
            let names = |wanted: &Option<Invariant>, found: &Violation| {
                wanted.is_none_or(|invariant| invariant == found.invariant)
            };
            let at_once = |wanted: &Option<Invariant>| {
                let named = violations.iter().find(|found| names(wanted, found));
                named.is_some_and(|named| named.at == first.at)
            };
            self.tolerated
                .iter()
                .any(|wanted| names(wanted, first) || at_once(wanted))
        })
    }

    /// Why the script did not pass, if it has ended so, in words for a person.
    pub fn failure(&self, violations: &[Violation]) -> Option<String> {
        let outcome = self.outcome(violations)?;
        match outcome {
            Outcome::Passed => None,
            Outcome::Violation => Some("the script has ended: an invariant was violated".into()),
            Outcome::Error(_) | Outcome::Wrong(_) => outcome.error(None),
            Outcome::Failed => {
                let failed = self.expectations.last()?;
                Some(format!(
                    "line {}: `{}` does not hold: found {}",
                    failed.line, failed.text, failed.found
                ))
            }
        }
    }

    /// The question that leads on from there, if there is one.
    pub fn why(&self, violations: &[Violation]) -> Option<Why> {
        match self.outcome(violations)? {
            Outcome::Failed => self.expectations.last()?.why.clone(),
            Outcome::Violation => Some(Why::Violation(None)),
            Outcome::Passed | Outcome::Error(_) | Outcome::Wrong(_) => None,
        }
    }

    /// Plays to the end.
    pub fn run(&mut self, session: &mut Session) -> Outcome {
        while self.advance(session, Micros::MAX) != Progress::Ends {}
        let outcome = self.outcome(session.violations());
        outcome.expect("a script that ends has an outcome")
    }

    /// Plays on, letting time pass up to `until` at the most.
    pub fn advance(&mut self, session: &mut Session, until: Micros) -> Progress {
        match self.play(session, until) {
            Ok(progress) => progress,
            Err(endless) => {
                self.ended = Some(Outcome::Error(endless_text(&endless, session)));
                Progress::Ends
            }
        }
    }

    fn play(&mut self, session: &mut Session, until: Micros) -> Result<Progress, EndlessInstant> {
        loop {
            if self.ended.is_some() {
                return Ok(Progress::Ends);
            }
            if let Some(stop) = self.stops.pop_front() {
                return Ok(stop);
            }
            if let Some(wait) = self.waiting.take() {
                self.waiting = self.wait(session, wait, until)?;
                if self.waiting.is_some() {
                    return Ok(Progress::Waits);
                }
                if self.watched {
                    self.stops.push_back(Progress::Waits);
                }
                continue;
            }
            let Some((line, statement)) = self.next_statement() else {
                self.end_watches(session);
                self.ended.get_or_insert(Outcome::Passed);
                return Ok(Progress::Ends);
            };
            self.execute(session, line, &statement)?;
            if self.mode == Mode::Filmed {
                let says = matches!(statement, Statement::Say(_) | Statement::Ask { .. });
                self.stops.push_back(Progress::Steps { says });
            }
        }
    }

    /// What is to be carried out now, with its line.
    fn next_statement(&mut self) -> Option<(usize, Statement)> {
        self.due.take().or_else(|| {
            let line = self.cursor.next(&self.script.lines)?;
            Some((line.number, line.statement))
        })
    }

    fn execute(
        &mut self,
        session: &mut Session,
        line: usize,
        statement: &Statement,
    ) -> Result<(), EndlessInstant> {
        let now = session.now();
        let by_hand = self.mode == Mode::ByHand;
        let mut wait = |waiting| {
            self.waiting = Some(Wait {
                line,
                text: statement.to_string(),
                waiting,
            });
        };
        match statement {
            Statement::Act(command) => {
                session.act(command, by_hand)?;
                self.look(session);
            }
            Statement::Wait(duration) => wait(Waiting::Time(now.saturating_add(*duration))),
            Statement::WaitUntil { condition, within } => {
                let within = within.unwrap_or(DEFAULT_WITHIN);
                wait(Waiting::Until(
                    condition.clone(),
                    now.saturating_add(within),
                ));
            }
            Statement::Expect {
                condition,
                throughout: Some(duration),
            } => {
                wait(Waiting::Throughout(
                    condition.clone(),
                    now.saturating_add(*duration),
                ));
                session.expect(statement.clone(), by_hand)?;
            }
            Statement::Expect {
                condition,
                throughout: None,
            } => {
                session.expect(statement.clone(), by_hand)?;
                self.expect(session, line, statement, condition);
            }
            Statement::Never(condition) | Statement::Always(condition) => {
                session.expect(statement.clone(), by_hand)?;
                self.watches.push(Watch {
                    line,
                    text: statement.to_string(),
                    condition: condition.clone(),
                    must: matches!(statement, Statement::Always(_)),
                });
                self.look(session);
            }
            Statement::At(at, inner) if *at < now => {
                self.ended = Some(self.missed(line, *at, inner, now));
            }
            Statement::At(at, inner) => wait(Waiting::At(*at, (**inner).clone())),
            Statement::Mark => session.mark()?,
            Statement::Say(caption) => session.say(caption.clone())?,
            Statement::Ask {
                caption,
                until,
                otherwise,
            } => {
                session.say(caption.clone())?;
                let waiting = match otherwise {
                    _ if self.is_attended() => {
                        Waiting::Asked(until.clone(), session.journal().len())
                    }
                    Some(instead) => {
                        self.execute(session, instead.number, &instead.statement)?;
                        Waiting::Until(until.clone(), now.saturating_add(DEFAULT_WITHIN))
                    }
                    None => {
                        self.ended = Some(Outcome::Error(format!(
                            "line {line}: `ask` waits for a person, and nobody is there"
                        )));
                        return Ok(());
                    }
                };
                self.waiting = Some(Wait {
                    line,
                    text: format!("until {until}"),
                    waiting,
                });
            }
            Statement::Show(show) => {
                self.shows.push(show.clone());
                if matches!(show, Show::BreakWhen(_)) {
                    // Heeded at once, before time passes.
                    self.stops.push_back(Progress::Waits);
                }
            }
            Statement::Pause => self.stops.push_back(Progress::Pauses),
            // These stand in the script's head, are unfolded, or are for the dashboard.
            Statement::Title(_)
            | Statement::About(_)
            | Statement::Cluster(_)
            | Statement::Seed(_)
            | Statement::Given(_)
            | Statement::Repeat(..)
            | Statement::Dashboard(_) => {}
        }
        Ok(())
    }

    /// True when a person is there, who can be asked.
    fn is_attended(&self) -> bool {
        matches!(self.mode, Mode::Attended | Mode::ByHand)
    }

    /// How a script ends that wants something done at an instant that is over.
    fn missed(&self, line: usize, at: Micros, statement: &Statement, now: Micros) -> Outcome {
        if self.script.source.is_empty() {
            let (at, now) = (duration_text(at), duration_text(now));
            return Outcome::Error(format!(
                "`at {at} {statement}` lies in the past: it is {now} already"
            ));
        }
        Outcome::Wrong(self.script.past(line, now))
    }
}

/// What is wrong with an instant that does not end, in a line.
pub(super) fn endless_words(endless: &EndlessInstant) -> String {
    let at = duration_text(endless.at);
    format!(
        "the instant {at} has not ended after {MAX_ROUNDS} rounds: nodes answer one another without delay; give links or disks some latency"
    )
}

/// The same with the newest events of the loop.
fn endless_text(endless: &EndlessInstant, session: &Session) -> String {
    let name = |id| &**session.world().name(id);
    let events = endless.events.iter();
    let events: Vec<String> = events
        .map(|record| format!("  {}", words(record, &name)))
        .collect();
    let words = endless_words(endless);
    format!("{words}, as in\n{}", events.join("\n"))
}
