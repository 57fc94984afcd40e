//! The trace: the newest events with their causes, and the digest of all of them.

use super::digest::{Digest, feed, feed_transit};
use super::event::{Causes, Event, Record};
use super::transit::Transit;
use crate::raft::{EventId, Micros, NodeId};
use crate::room::Put;

/// The newest events, oldest first, and the digest of all.
#[derive(Clone, Debug)]
pub struct Trace {
    records: Vec<Record>,
    /// How many are kept at least when the trace is trimmed.
    keep: usize,
    /// Whether what happens in transit is held: where nothing is kept it only gets a number.
    holds_transits: bool,
    newest: EventId,
    digest: Digest,
    /// Events that belong to the digest.
    counted: u64,
}

impl Trace {
    /// A trace that keeps so many records. One that keeps none holds what is new until it is
    /// trimmed, but for what happens to messages and writes in transit.
    pub fn new(keep: usize) -> Trace {
        Trace {
            records: Vec::new(),
            keep,
            holds_transits: keep > 0,
            newest: 0,
            digest: Digest::default(),
            counted: 0,
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
        let id = self.hold(at, node, causes, event);
        if let Some(record) = self.records.last() {
            self.counted += u64::from(feed(&mut self.digest, record));
        }
        id
    }

    /// Adds what happens to a message or a write in transit and returns its number.
    #[inline(always)]
    pub(super) fn pass(
        &mut self,
        at: Micros,
        node: Option<NodeId>,
        causes: Causes,
        transit: Transit<'_>,
    ) -> EventId {
        feed_transit(&mut self.digest, at, node, transit);
        self.counted += 1;
        if self.holds_transits {
            return self.hold(at, node, causes, transit.event());
        }
        self.newest += 1;
        self.newest
    }

    #[inline(always)]
    fn hold(&mut self, at: Micros, node: Option<NodeId>, causes: Causes, event: Event) -> EventId {
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
        self.counted
    }

    /// The digest so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// The records that are held with a number above `after`, oldest first.
    pub fn since(&self, after: EventId) -> impl Iterator<Item = &Record> {
        let fresh = self.records.partition_point(|record| record.id <= after);
        self.records[fresh..].iter()
    }

    /// All records that are held, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator {
        self.records.iter()
    }

    /// Keeps so many records from now on.
    pub fn keep(&mut self, keep: usize) {
        self.keep = keep;
        self.holds_transits = keep > 0;
    }

    /// Holds all that is new from now on until it is trimmed.
    pub(super) fn hold_transits(&mut self) {
        self.holds_transits = true;
    }

    /// Drops what is beyond the bound, and hands it out, oldest first. Called when everybody has
    /// read what is new.
    pub fn trim(&mut self) -> impl DoubleEndedIterator<Item = Record> {
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
            ..*self
        }
    }
}
