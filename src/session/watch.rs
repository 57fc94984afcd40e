//! Those who watch a run: each event is shown to them once.

use super::{Mark, Session, tape};
use crate::raft::EventId;
use crate::world::{Causes, Event, Record};

/// So many events that tell something are remembered for the dashboard.
const TELLING: usize = 500;

impl Session {
    /// Lets everybody look at what has happened since they looked last.
    pub(super) fn look(&mut self) {
        let known = self.state.checker.violations().len();
        for record in self.world.trace().since(self.seen) {
            // Where instants are looked at together, violations are noted after the last of them, and
            // not each after its own: their numbers are left free, so that events are called the
            // same however they are watched.
            let found = self.state.checker.violations()[known..].iter();
            let ahead = found.filter(|found| found.at < record.at).count() as EventId;
            match ahead {
                0 => self.state.checker.watch(record, &self.world),
                ahead => {
                    let mut record = record.clone();
                    record.id += ahead;
                    self.state.checker.watch(&record, &self.world);
                }
            }
            let took = self.state.tally.watch(record);
            if self.manner.rewinds {
                self.state.metrics.watch(record, took);
            }
            if let Some(sink) = &mut self.sink {
                sink(record, &self.world);
            }
        }
        self.frontier = self.frontier.max(self.world.now());
        if self.manner.rewinds {
            self.watch_for_tape();
        }
        if self.state.checker.violations().len() > known {
            self.note_violations(known);
        }
        self.seen = self.world.trace().newest();
        self.forget_oldest();
        if self.manner.rewinds {
            self.save_checkpoint();
        }
    }

    fn note_violations(&mut self, known: usize) {
        for violation in &self.state.checker.violations()[known..] {
            let words = format!("{}: {}", violation.invariant, violation.detail);
            let causes = Causes::one(violation.event);
            let event = Event::Violation(words.into());
            let id = self.world.note(None, causes, event);
            let noted = self.world.trace().since(id - 1).next();
            if let (Some(sink), Some(record)) = (&mut self.sink, noted) {
                sink(record, &self.world);
            }
            if self.manner.rewinds {
                tape::remember(&mut self.tape, violation.at, Mark::Violation);
            }
        }
    }

    /// Drops the oldest events of the trace but for the newest that tell something.
    fn forget_oldest(&mut self) {
        let dropped = self.world.trace_mut().trim();
        if !self.manner.rewinds {
            return;
        }
        for record in dropped.filter(Record::is_telling) {
            if self.telling.len() == TELLING {
                self.telling.pop_front();
            }
            self.telling.push_back(record);
        }
    }

    /// The newest events before `before` that tell something, oldest first.
    pub(super) fn telling(&self, before: EventId) -> Vec<Record> {
        let held = self.world.trace().records().rev();
        let all = held.chain(self.telling.iter().rev());
        let told = all.filter(|record| record.id < before && record.is_telling());
        let told: Vec<&Record> = told.take(TELLING).collect();
        told.into_iter().rev().cloned().collect()
    }

    /// The newest `recent` events, and before them the newest that tell something; oldest first.
    pub fn records(&self, recent: usize) -> Vec<Record> {
        let records = self.world.trace().records();
        let skip = records.len().saturating_sub(recent);
        let recent: Vec<Record> = records.skip(skip).cloned().collect();
        let first = recent.first().map_or(EventId::MAX, |record| record.id);
        self.telling(first).into_iter().chain(recent).collect()
    }
}
