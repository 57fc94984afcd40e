//! A node's log as the checker remembers it: its terms, in runs.

use crate::raft::{EventId, Index, Log, Term};

/// The terms of a node's log, as runs: each with its first index.
#[derive(Clone, Default, Debug)]
pub(super) struct Mirror {
    runs: Vec<(Index, Term)>,
    last: Index,
    /// How far a snapshot stands for the log: what it covers is not looked into.
    pub covered: Index,
    /// The term that the node leads, while it does, and its election.
    pub leads: Option<(Term, EventId)>,
}

impl Mirror {
    /// What a log holds.
    pub fn of(log: &Log) -> Mirror {
        let mut mirror = Mirror::default();
        let base = log.first() - 1;
        if base > 0 {
            mirror.cover(base, log.term_at(base).unwrap_or(0));
        }
        for term in log.terms() {
            mirror.push(term);
        }
        mirror
    }

    pub fn term_at(&self, index: Index) -> Term {
        if index == 0 || index > self.last {
            return 0;
        }
        let run = self.runs.partition_point(|&(first, _)| first <= index);
        run.checked_sub(1).map_or(0, |run| self.runs[run].1)
    }

    /// In words what the log has in place of an entry that it should hold; nothing when it holds
    /// it, or a snapshot stands for it.
    pub fn lacks(&self, index: Index, term: Term) -> Option<String> {
        match self.term_at(index) {
            _ if index < self.covered => None,
            held if held == term => None,
            0 => Some("no entry".to_owned()),
            other => Some(format!("an entry of term {other}")),
        }
    }

    pub fn truncate(&mut self, from: Index) {
        self.last = self.last.min(from.saturating_sub(1));
        while self.runs.last().is_some_and(|&(first, _)| first >= from) {
            self.runs.pop();
        }
    }

    /// A snapshot takes the place of the log: the next entry follows it.
    pub fn cover(&mut self, index: Index, term: Term) {
        self.runs = vec![(index, term)];
        self.last = index;
        self.covered = index;
    }

    pub fn push(&mut self, term: Term) {
        self.last += 1;
        if self.runs.last().is_none_or(|&(_, newest)| newest != term) {
            self.runs.push((self.last, term));
        }
    }
}
