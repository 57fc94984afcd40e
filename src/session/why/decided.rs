//! What a commit rests on: whose entry it is told of, and which answer decided.

use super::account::Account;
use super::grounds::{appended_own, appended_term, causes};
use crate::raft::{self, EventId, Index, Message, NodeId};
use crate::world::{Event, Record};

impl<'a> Account<'a> {
    /// What a commit rests on: at a leader its own entry and the answers that counted, at a
    /// follower the leader's commit.
    pub(super) fn committed(&mut self, record: &'a Record, node: NodeId, to: u64) -> Vec<EventId> {
        let told_by = causes(record).into_iter().find_map(|id| {
            let cause = self.facts.record(id)?;
            match &cause.event {
                Event::Deliver { envelope, .. } => match &envelope.message {
                    Message::Append(_) => Some(envelope.from),
                    _ => None,
                },
                _ => None,
            }
        });
        if let Some(leader) = told_by {
            let commits = |event: &raft::Event| matches!(event, raft::Event::Commit { from, to: reached } if *from < to && to <= *reached);
            let commit = self.facts.newest_before(record.id, leader, commits);
            return commit.map_or_else(|| causes(record), |commit| vec![commit.id]);
        }
        self.tell_decisive(record);
        let own = self.own_entry(record, node);
        own.map(|own| own.id)
            .into_iter()
            .chain(causes(record))
            .collect()
    }

    /// The answer, or the sync of its own disk, with which a leader had its majority: the newest
    /// of those that it counted; and the sync that such an answer waited for.
    pub(super) fn tell_decisive(&mut self, commit: &Record) {
        let Some(&newest) = commit.causes.as_slice().iter().max() else {
            return;
        };
        self.decides(newest);
        let causes_of = |id: &EventId| self.facts.record(*id).map(causes).unwrap_or_default();
        let sent = causes_of(&newest);
        let behind: Vec<EventId> = sent.iter().flat_map(causes_of).collect();
        let is_sync = |id: &EventId| {
            let record = self.facts.record(*id);
            record.is_some_and(|record| matches!(record.event, Event::Sync { .. }))
        };
        let sync = behind.into_iter().find(is_sync);
        if let Some(sync) = sync {
            self.decides(sync);
        }
    }

    /// The leader's own entry that a commit is told of: the one asked about if it is of the same
    /// term, or else the last, which was counted. What came into the log after that has another
    /// story.
    pub(super) fn own_entry(&mut self, commit: &Record, node: NodeId) -> Option<&'a Record> {
        let Event::Node(raft::Event::Commit { from, to }) = commit.event else {
            return None;
        };
        let facts = self.facts;
        let appended =
            |index: Index| facts.newest_before(commit.id, node, |event| appended_own(event, index));
        let last = appended(to);
        let asked = self.entry.filter(|&index| from < index && index < to);
        let led = facts.led(node, commit.id);
        let asked = asked.and_then(|index| {
            let own = appended(index)?;
            matches!(&own.event, Event::Node(event) if appended_term(event, index) == led)
                .then_some(own)
        });
        let own = asked.or(last)?;
        for later in facts.after(own.id).take_while(|later| later.id < commit.id) {
            if later.node == Some(node)
                && matches!(
                    later.event,
                    Event::Node(raft::Event::Append { leader: None, .. })
                )
            {
                self.passes_over(later.id);
            }
        }
        Some(own)
    }
}
