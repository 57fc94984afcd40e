//! The trace: the newest events with their causes, and the digest of all of them.

use super::digest::{Digest, feed, feed_way};
use super::event::{Causes, Event, Record};
use super::way::Way;
use crate::raft::{EventId, Micros, NodeId};
use crate::room::Put;

/// The newest events, oldest first, and the digest of all.
#[derive(Clone, Debug)]
pub struct Trace {
    records: Vec<Record>,
    /// How many are kept at least when the trace is trimmed.
    keep: usize,
    /// Whether ways are held: where nothing is kept they only have a number.
    holds_ways: bool,
    newest: EventId,
    digest: Digest,
    /// Events that belong to the digest.
    counted: u64,
}

impl Trace {
    /// A trace that keeps so many records. One that keeps none holds what is new until it is
    /// trimmed, without the ways of messages and disks.
    pub fn new(keep: usize) -> Trace {
        Trace {
            records: Vec::new(),
            keep,
            holds_ways: keep > 0,
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

    /// Adds a step on the way of a message or a write and returns its number.
    #[inline(always)]
    pub(super) fn pass(
        &mut self,
        at: Micros,
        node: Option<NodeId>,
        causes: Causes,
        way: Way<'_>,
    ) -> EventId {
        feed_way(&mut self.digest, at, node, way);
        self.counted += 1;
        if self.holds_ways {
            return self.hold(at, node, causes, way.event());
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
        self.holds_ways = keep > 0;
    }

    /// Holds all that is new from now on until it is trimmed.
    pub(super) fn hold_ways(&mut self) {
        self.holds_ways = true;
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
