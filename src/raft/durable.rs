//! What survives a crash (paper, Figure 2, "Persistent state") and the writes that change it.

use std::sync::Arc;

use super::configuration::{Configuration, History};
use super::log::{Entries, Log, Payload};
use super::snapshot::Snapshot;
use super::{Index, NodeId, Term};

/// The number of a write, from 1, in the order in which the node issued it.
pub type WriteId = u64;

/// What a node's disk holds once synced.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Durable {
    /// The latest term that the node has seen.
    pub term: Term,
    /// Whom it voted for in that term.
    pub vote: Option<NodeId>,
    /// The log after the snapshot.
    pub log: Log,
    /// The newest snapshot, if there is one.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The configuration that the node began with.
    pub configuration: Configuration,
    /// Configuration entries up to this term are void: the cluster was stopped and started again
    /// with `configuration`. 0 when that never happened.
    pub void_through: Term,
    /// The node was a member before that, or in what a snapshot has taken the place of.
    pub was_member: bool,
    /// A hint: how far the log was known to be committed. Given at the start of a run only;
    /// nothing writes it, and a crash loses it.
    pub commit: Index,
}

/// One change of what is durable. Writes reach the disk in the order of issue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Write {
    /// The current term and vote.
    Vote { term: Term, vote: Option<NodeId> },
    /// Entries from index `from` on; whatever the log held there or later is replaced.
    Entries { from: Index, entries: Entries },
    /// The log ends before `from`.
    Truncate { from: Index },
    /// A snapshot; what it covers leaves the log. With `keeps_suffix` the entries after it stay
    /// where they follow it. Of the configurations that are gone with it only `was_member` is
    /// kept: whether the node was in one.
    Snapshot {
        snapshot: Arc<Snapshot>,
        keeps_suffix: bool,
        was_member: bool,
    },
}

impl Durable {
    /// The configurations that log and snapshot hold.
    pub fn configurations(&self) -> History {
        let void = self.void_through;
        let snapshot = self.snapshot.as_ref().filter(|it| it.term > void);
        let carried = snapshot.and_then(|it| it.configuration.clone());
        let first = carried.unwrap_or_else(|| Arc::new(self.configuration.clone()));
        let mut history = History::new(self.log.first() - 1, first, void);
        for (index, entry) in self.log.iter() {
            if let Payload::Configuration(configuration) = &entry.payload {
                history.push(index, entry.term, configuration.clone());
            }
        }
        history
    }

    /// Carries out one write.
    pub fn write(&mut self, write: &Write) {
        match write {
            Write::Vote { term, vote } => {
                self.term = *term;
                self.vote = *vote;
            }
            Write::Entries { from, entries } => {
                self.log.truncate(*from);
                self.log.extend(entries);
            }
            Write::Truncate { from } => {
                self.log.truncate(*from);
            }
            Write::Snapshot {
                snapshot,
                keeps_suffix,
                was_member,
            } => {
                self.was_member |= was_member;
                self.log
                    .compact(snapshot.index, snapshot.term, *keeps_suffix);
                self.snapshot = Some(snapshot.clone());
            }
        }
    }
}
