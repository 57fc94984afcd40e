//! The replicated log (paper, section 5.3).

use std::sync::Arc;

use super::configuration::Configuration;
use super::{Index, Term};
use crate::kv::Request;
use crate::list::{List, Pool};

/// What an entry holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Payload {
    /// A new leader's own entry, which lets it commit what it inherited (paper, section 8).
    Noop,
    /// A client's request.
    Command(Arc<Request>),
    /// A cluster configuration (paper, section 6).
    Configuration(Arc<Configuration>),
}

impl Payload {
    /// A number that tells payloads apart; equal payloads have equal numbers.
    pub fn identity(&self) -> u64 {
        match self {
            Payload::Noop => 0,
            Payload::Command(request) => request.identity().wrapping_add(1),
            Payload::Configuration(configuration) => configuration.identity(),
        }
    }
}

/// One entry of the log. Its index is its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The term of the leader that created the entry.
    pub term: Term,
    /// What it holds.
    pub payload: Payload,
}

/// Consecutive entries as they travel in a message; copies share them.
pub type Entries = Arc<[Entry]>;

/// A node's log.
///
/// Invariants: indices are contiguous from [`Log::first`] to [`Log::last`], and nothing is held
/// before `first`. Cloning shares structure and is cheap.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Log {
    base: Index,
    base_term: Term,
    /// The term of the last entry, at hand because every append asks for it.
    last_term: Term,
    entries: List<Entry>,
}

impl Log {
    /// The index of the first entry that the log still holds (or would hold, when empty).
    pub fn first(&self) -> Index {
        self.base + 1
    }

    /// The index of the last entry; `first - 1` when the log is empty.
    pub fn last(&self) -> Index {
        self.base + self.entries.len() as u64
    }

    /// The term of the last entry, 0 for an empty log that never had one.
    pub fn last_term(&self) -> Term {
        self.last_term
    }

    /// The term at `index`: `Some(0)` at 0, `None` where the log holds nothing.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.last() {
            return Some(self.last_term);
        }
        if index == self.base {
            return Some(self.base_term);
        }
        self.get(index).map(|entry| entry.term)
    }

    /// The entry at `index`, if the log holds it.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        let place = index.checked_sub(self.base + 1)?;
        self.entries.get(usize::try_from(place).ok()?)
    }

    /// Up to `limit` entries from `from` on.
    ///
    /// # Panics
    /// When `from` lies before [`Log::first`]: the caller must send a snapshot instead.
    pub fn slice(&self, from: Index, limit: u64) -> Entries {
        assert!(from > self.base, "entries before {from} are compacted");
        let start = (from - self.base - 1) as usize;
        let end = self.entries.len().min(start.saturating_add(limit as usize));
        if start >= end {
            return Entries::default();
        }
        let entries = self.entries.iter_from(start).take(end - start);
        entries.cloned().collect()
    }

    /// How many entries the log holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when the log holds no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Shares memory from now on, as do its copies, with logs of the same pool that hold the same.
    pub fn share(&mut self, pool: &Arc<Pool<Entry>>) {
        self.entries.share(pool);
    }

    /// Forgets everything, as a disk that is wiped.
    pub fn wipe(&mut self) {
        (self.base, self.base_term, self.last_term) = (0, 0, 0);
        self.entries.clear();
    }

    /// Adds one entry at the end and returns its index.
    pub fn push(&mut self, entry: Entry) -> Index {
        self.last_term = entry.term;
        self.entries.push(entry);
        self.last()
    }

    /// Adds entries at the end.
    pub fn extend(&mut self, entries: &[Entry]) {
        if let Some(newest) = entries.last() {
            self.last_term = newest.term;
            self.entries.extend(entries);
        }
    }

    /// Removes the entry at `from` and all that follow; returns how many went.
    pub fn truncate(&mut self, from: Index) -> u64 {
        let last = self.last();
        if from > last {
            return 0;
        }
        let keep = from.saturating_sub(self.base + 1);
        self.entries.truncate(keep as usize);
        let newest = self.entries.last();
        self.last_term = newest.map_or(self.base_term, |entry| entry.term);
        last - self.last()
    }

    /// Removes what a snapshot up to `index`, whose last entry is of `term`, stands for; returns
    /// how many entries are left. Those after it stay where they follow it and `keeps_suffix`
    /// says so.
    pub fn compact(&mut self, index: Index, term: Term, keeps_suffix: bool) -> u64 {
        let follows = index >= self.base && self.term_at(index) == Some(term);
        if follows && keeps_suffix {
            let covered = (index - self.base) as usize;
            self.entries.drop_first(covered);
        } else {
            self.entries.clear();
        }
        self.base = index;
        self.base_term = term;
        let newest = self.entries.last();
        self.last_term = newest.map_or(term, |entry| entry.term);
        self.entries.len() as u64
    }

    /// The first index of the run of entries of the same term that `index` belongs to.
    pub fn run_start(&self, index: Index) -> Index {
        let Some(term) = self.term_at(index) else {
            return index;
        };
        let mut start = index;
        while start > self.first() && self.term_at(start - 1) == Some(term) {
            start -= 1;
        }
        start
    }

    /// The last index whose entry is of `term`, searching down from `below`; `None` when there is
    /// none. Terms never fall along a log, so the search ends at the first smaller one.
    pub fn last_of_term(&self, term: Term, below: Index) -> Option<Index> {
        let mut index = below.min(self.last());
        while index >= self.first() {
            match self.term_at(index) {
                Some(found) if found == term => return Some(index),
                Some(found) if found < term => return None,
                _ => index -= 1,
            }
        }
        None
    }

    /// All entries with their indices.
    pub fn iter(&self) -> impl Iterator<Item = (Index, &Entry)> {
        let first = self.first();
        (first..).zip(self.entries.iter())
    }

    /// True when both logs end at the same index and agree in all that both still hold.
    pub fn agrees(&self, other: &Log) -> bool {
        if self.last() != other.last() {
            return false;
        }
        if self.base == other.base {
            return self.entries == other.entries;
        }
        let both = self.first().max(other.first());
        let from = |log: &Log| (both - log.first()) as usize;
        let theirs = other.entries.iter_from(from(other));
        self.entries.iter_from(from(self)).eq(theirs)
    }

    /// All terms, from [`Log::first`] on.
    pub fn terms(&self) -> impl DoubleEndedIterator<Item = Term> + use<'_> {
        self.entries.iter().map(|entry| entry.term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[Term]) -> Log {
        let mut log = Log::default();
        for &term in terms {
            log.push(Entry {
                term,
                payload: Payload::Noop,
            });
        }
        log
    }

    #[test]
    fn an_empty_log_ends_at_zero_in_term_zero() {
        let log = log(&[]);
        assert_eq!((log.last(), log.last_term()), (0, 0));
        assert_eq!(log.term_at(0), Some(0));
        assert_eq!(log.term_at(1), None);
    }

    #[test]
    fn truncation_removes_from_the_index_on() {
        let mut log = log(&[1, 1, 2, 2]);
        assert_eq!(log.truncate(3), 2);
        assert_eq!((log.last(), log.last_term()), (2, 1));
        assert_eq!(log.truncate(9), 0);
    }

    #[test]
    fn a_snapshot_keeps_what_follows_it() {
        let mut log = log(&[1, 1, 2, 2]);
        assert_eq!(log.compact(2, 1, true), 2);
        assert_eq!((log.first(), log.last(), log.last_term()), (3, 4, 2));
        assert_eq!(log.term_at(2), Some(1));
        assert_eq!(log.term_at(1), None);
        assert_eq!(log.compact(4, 2, true), 0);
        assert_eq!((log.last(), log.last_term()), (4, 2));
    }

    #[test]
    fn a_snapshot_replaces_what_does_not_follow_it() {
        let mut other = log(&[1, 1, 2, 2]);
        assert_eq!(other.compact(3, 5, true), 0);
        assert_eq!((other.last(), other.last_term()), (3, 5));
        let mut short = log(&[1]);
        assert_eq!(short.compact(6, 2, true), 0);
        assert_eq!((short.first(), short.last()), (7, 6));
        let mut cut = log(&[1, 1, 2, 2]);
        assert_eq!(cut.compact(2, 1, false), 0);
        assert_eq!(cut.last(), 2);
    }

    #[test]
    fn runs_of_a_term_are_found() {
        let log = log(&[1, 1, 3, 3, 3, 5]);
        assert_eq!(log.run_start(5), 3);
        assert_eq!(log.last_of_term(3, 6), Some(5));
        assert_eq!(log.last_of_term(1, 6), Some(2));
        assert_eq!(log.last_of_term(2, 6), None);
        assert_eq!(log.last_of_term(4, 2), None);
    }

    #[test]
    fn a_slice_is_limited() {
        let log = log(&[1, 1, 3, 3]);
        let terms =
            |from, limit| -> Vec<Term> { log.slice(from, limit).iter().map(|e| e.term).collect() };
        assert_eq!(terms(2, 2), [1, 3]);
        assert_eq!(terms(4, 64), [3]);
        assert!(terms(5, 64).is_empty());
    }
}
