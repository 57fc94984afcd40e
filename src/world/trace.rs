//! The trace: the newest events with their causes, and the digest of all of them.

use super::digest::{Digest, feed};
use super::event::{Causes, Event, Record};
use crate::raft::{EventId, Micros, NodeId};
use crate::room::Put;

/// The newest events, oldest first, and the digest of all.
#[derive(Clone, Debug)]
pub struct Trace {
    records: Vec<Record>,
    /// How many are kept at least when the trace is trimmed.
    keep: usize,
    newest: EventId,
    /// The newest event that `sum` has taken in. The others are held; they are taken in together,
    /// before the trace is trimmed, because that is faster than one by one.
    summed: EventId,
    sum: Sum,
}

/// What is known of all events, held or not.
#[derive(Clone, Copy, Default, Debug)]
struct Sum {
    digest: Digest,
    /// Events that belong to the digest.
    counted: u64,
}

impl Trace {
    /// A trace that keeps so many records.
    pub fn new(keep: usize) -> Trace {
        Trace {
            records: Vec::new(),
            keep,
            newest: 0,
            summed: 0,
            sum: Sum::default(),
        }
    }

    /// Adds an event and returns its number.
    #[inline(always)]
    pub fn record(
        &mut self,
        at: Micros,
        node: Option<NodeId>,
        causes: Causes,
        event: Event,
    ) -> EventId {
        self.newest += 1;
        self.records.put(Record {
            id: self.newest,
            at,
            node,
            causes,
            event,
        });
        self.newest
    }

    /// The number of the newest event; 0 before the first.
    pub fn newest(&self) -> EventId {
        self.newest
    }

    /// Events that belong to the digest, so far.
    pub fn counted(&self) -> u64 {
        self.sum().counted
    }

    /// The digest so far.
    pub fn digest(&self) -> u64 {
        self.sum().digest.value()
    }

    fn sum(&self) -> Sum {
        let mut sum = self.sum;
        for record in self.since(self.summed) {
            if feed(&mut sum.digest, record.at, record.node, &record.event) {
                sum.counted += 1;
            }
        }
        sum
    }

    /// The records that are held with a number above `after`, oldest first.
    pub fn since(&self, after: EventId) -> impl Iterator<Item = &Record> {
        let fresh = (self.newest - after).min(self.records.len() as u64) as usize;
        self.records[self.records.len() - fresh..].iter()
    }

    /// All records that are held, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator {
        self.records.iter()
    }

    /// Keeps so many records from now on.
    pub fn keep(&mut self, keep: usize) {
        self.keep = keep;
    }

    /// Drops what is beyond the bound, and hands it out, oldest first. Called when everybody has
    /// read what is new.
    pub fn trim(&mut self) -> impl DoubleEndedIterator<Item = Record> {
        self.sum = self.sum();
        self.summed = self.newest;
        // In batches, because what is kept moves up: at most twice the bound is held.
        let excess = match self.records.len() > 2 * self.keep {
            true => self.records.len() - self.keep,
            false => 0,
        };
        self.records.drain(..excess)
    }

    /// A copy without records; numbers and digest go on.
    pub fn forgetful_copy(&self) -> Trace {
        Trace {
            records: Vec::new(),
            summed: self.newest,
            sum: self.sum(),
            ..*self
        }
    }
}
