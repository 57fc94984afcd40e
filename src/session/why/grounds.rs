//! What led to one event: its causes as the trace has them, and where the cause is no more than a
//! message or a write, the transition of the node that sent or wrote it.

use super::account::Account;
use crate::raft::{
    self, AppendAnswer, Entry, EventId, Message, NodeId, Payload, RoleKind, RoleReason, Term,
    VoteReason,
};
use crate::world::event::DropReason;
use crate::world::network::Endpoint;
use crate::world::{Event, Record};

impl<'a> Account<'a> {
    /// The events right behind one event.
    pub(super) fn grounds(&mut self, record: &'a Record) -> Vec<EventId> {
        match &record.event {
            Event::Send { .. } => self.said(record),
            Event::Drop {
                envelope, reason, ..
            } => self.losing(record, envelope.from, envelope.to, *reason),
            Event::ClientDrop {
                client,
                peer,
                message,
                reason,
            } => match message.is_answer() {
                true => self.losing(record, *peer, *client, *reason),
                false => self.losing(record, *client, *peer, *reason),
            },
            Event::Violation(_) => {
                let shown = causes(record);
                let mut found = self.facts.violations.iter();
                let found = found.find(|violation| shown.contains(&violation.event));
                found.map_or(shown, |violation| violation.events.clone())
            }
            Event::Persist { .. } | Event::Sync { .. } => Vec::new(),
            Event::Node(event) => match record.node {
                Some(node) => self.transition(record, node, event),
                None => causes(record),
            },
            _ => causes(record),
        }
    }

    /// What lost a message.
    fn losing(
        &self,
        record: &Record,
        from: impl Into<Endpoint>,
        to: impl Into<Endpoint>,
        reason: DropReason,
    ) -> Vec<EventId> {
        let (from, to) = (from.into(), to.into());
        let found = match (reason, to) {
            (DropReason::Partition, _) => {
                let by = self.facts.cut_by(from, to, record.at);
                by.and_then(|entry| self.facts.told(entry))
            }
            (DropReason::Down, Endpoint::Node(to)) => {
                self.facts.lost(to, record.id).map(|lost| lost.id)
            }
            _ => return self.commands_behind(record),
        };
        found.into_iter().collect()
    }

    /// Of the causes those that are statements.
    fn commands_behind(&self, record: &Record) -> Vec<EventId> {
        let mut ids = causes(record);
        ids.retain(|&id| {
            let cause = self.facts.record(id);
            cause.is_some_and(|cause| matches!(cause.event, Event::Command(_)))
        });
        ids
    }

    /// What the sender of a message did that made it send it.
    fn said(&self, send: &'a Record) -> Vec<EventId> {
        let Event::Send { envelope, .. } = &send.event else {
            return Vec::new();
        };
        let (from, to) = (envelope.from, envelope.to);
        let newest =
            |fits: &dyn Fn(&raft::Event) -> bool| self.facts.newest_before(send.id, from, fits);
        let vote = |pre_vote: bool| {
            newest(&|event| {
                matches!(event, raft::Event::Vote { candidate, pre, .. }
                    if *candidate == to && *pre == pre_vote)
            })
        };
        let role = |wanted: RoleKind| newest(&|event| becomes(event, wanted));
        let found = match &envelope.message {
            Message::Vote { .. } => role(RoleKind::Candidate),
            Message::PreVote(_) => role(RoleKind::PreCandidate),
            Message::VoteReply { .. } => vote(false),
            Message::PreVoteReply { .. } => vote(true),
            Message::Append(append) if append.entries.is_empty() => role(RoleKind::Leader),
            Message::Append(append) => {
                let last = append.prev_index + append.entries.len() as u64;
                newest(&|event| appended_own(event, last)).or_else(|| role(RoleKind::Leader))
            }
            Message::AppendReply { answer, .. } => match *answer {
                AppendAnswer::Accepted { matched, .. } => newest(&|event| appended(event, matched)),
                AppendAnswer::Refused { .. } => {
                    newest(&|event| matches!(event, raft::Event::AppendRefused { .. }))
                }
            },
            Message::TimeoutNow => {
                newest(&|event| matches!(event, raft::Event::TransferBegun { .. }))
            }
            Message::Snapshot(chunk) => newest(
                &|event| matches!(event, raft::Event::Snapshot { index, .. } if *index == chunk.snapshot.index),
            ),
            Message::SnapshotReply(_) => {
                newest(&|event| matches!(event, raft::Event::Install { .. }))
            }
            _ => None,
        };
        let Some(found) = found else {
            return causes(send);
        };
        // Where the answer decided, so did the disk that it waited for.
        let disk = causes(send).into_iter().filter(|&id| self.has_decided(id));
        disk.chain([found.id]).collect()
    }

    fn transition(
        &mut self,
        record: &'a Record,
        node: NodeId,
        event: &'a raft::Event,
    ) -> Vec<EventId> {
        use raft::Event as E;
        match event {
            E::Timeout { election: true } => match causes(record).as_slice() {
                [] => self.silence(record, node),
                by_hand => by_hand.to_vec(),
            },
            E::Timeout { election: false } => self.deserted(record, node),
            E::Role { reason, .. } => self.role_taken(record, node, *reason),
            E::Term { from: None, .. } => self.campaign(record, node),
            E::Append {
                entries,
                leader: None,
                ..
            } => self.occasion(record, node, entries),
            E::Configuration { .. } => {
                self.of_turn(record, |event| matches!(event, E::Append { .. }))
            }
            E::Commit { to, .. } => self.committed(record, node, *to),
            E::Apply { index, .. } => self.of_turn(
                record,
                |event| matches!(event, E::Commit { to, .. } if to >= index),
            ),
            E::Answered {
                entry: Some((index, _)),
                ..
            } => {
                self.entry.get_or_insert(*index);
                let commits = |event: &E| matches!(event, E::Commit { from, to } if from < index && index <= to);
                let commit = self.facts.newest_before(record.id, node, commits);
                commit.map_or_else(|| causes(record), |commit| vec![commit.id])
            }
            _ => causes(record),
        }
    }

    /// The candidacy, later at the same instant, for which a node began a term by itself.
    fn campaign(&self, term: &'a Record, node: NodeId) -> Vec<EventId> {
        let here = self.facts.after(term.id);
        let mut here = here.take_while(|later| later.at == term.at);
        let campaigns = here.find(|later| {
            let event = &later.event;
            later.node == Some(node)
                && matches!(event, Event::Node(event) if becomes(event, RoleKind::Candidate))
        });
        campaigns.map_or_else(|| causes(term), |found| vec![found.id])
    }

    /// What had a leader append entries that no client asked for.
    fn occasion(&self, append: &'a Record, node: NodeId, entries: &[Entry]) -> Vec<EventId> {
        let all = |is: fn(&Payload) -> bool| entries.iter().all(|entry| is(&entry.payload));
        let found = if all(|payload| *payload == Payload::Noop) {
            let leads = |event: &raft::Event| becomes(event, RoleKind::Leader);
            self.facts.newest_before(append.id, node, leads)
        } else if all(|payload| matches!(payload, Payload::Configuration(_))) {
            // A change may have waited for an earlier stage to be committed.
            let mut before = self.facts.before(append.id);
            before.find(|earlier| matches!(earlier.event, Event::Order { to, .. } if to == node))
        } else {
            None
        };
        found.map_or_else(|| causes(append), |found| vec![found.id])
    }

    /// An earlier transition of the same turn, or else the cause.
    fn of_turn(&self, record: &'a Record, fits: impl Fn(&raft::Event) -> bool) -> Vec<EventId> {
        let mut turn = self.facts.turn_before(record);
        let found =
            turn.find(|earlier| matches!(&earlier.event, Event::Node(event) if fits(event)));
        found.map_or_else(|| causes(record), |found| vec![found.id])
    }

    fn role_taken(&self, record: &'a Record, node: NodeId, reason: RoleReason) -> Vec<EventId> {
        use raft::Event as E;
        let became = |wanted: RoleKind| {
            let such = |event: &E| becomes(event, wanted);
            self.facts.newest_before(record.id, node, such)
        };
        match reason {
            RoleReason::Majority { .. } => {
                let candidate = became(RoleKind::Candidate).map(|record| record.id);
                candidate.into_iter().chain(causes(record)).collect()
            }
            // With a pre-vote won, the timer that fired lies behind that.
            RoleReason::Campaign => match became(RoleKind::PreCandidate) {
                Some(asked) if self.won(asked, record) => vec![asked.id],
                _ => causes(record),
            },
            RoleReason::Refused => {
                let asked = became(RoleKind::PreCandidate);
                let since = asked.map_or(0, |asked| asked.id);
                let refusals = self.facts.before(record.id);
                let refusals = refusals.take_while(|earlier| earlier.id > since);
                let refusals = refusals.filter(|earlier| refuses(&earlier.event, node));
                asked
                    .into_iter()
                    .chain(refusals)
                    .map(|found| found.id)
                    .collect()
            }
            RoleReason::LeftOut => self.of_turn(record, |event| matches!(event, E::Commit { .. })),
            RoleReason::Configured => self.of_turn(record, |event| {
                matches!(event, E::Configuration { .. } | E::Commit { .. })
            }),
            RoleReason::HigherTerm
            | RoleReason::LeaderHeard
            | RoleReason::AskFirst
            | RoleReason::NoQuorum
            | RoleReason::HandedOver => causes(record),
        }
    }

    /// True when the pre-vote was the node's last change of role before the campaign, and led to it:
    /// a timer may have fired again meanwhile.
    fn won(&self, asked: &Record, campaign: &Record) -> bool {
        let role = |event: &raft::Event| matches!(event, raft::Event::Role { .. });
        let last = campaign
            .node
            .and_then(|node| self.facts.newest_before(campaign.id, node, role));
        let fired = causes(campaign).into_iter().any(|id| {
            let cause = self.facts.record(id).map(|cause| &cause.event);
            matches!(cause, Some(Event::Node(raft::Event::Timeout { .. })))
        });
        !fired && last.is_some_and(|last| last.id == asked.id)
    }

    /// Why a node heard no leader: it has tried to become one since, or else the last that it heard,
    /// and what became of that leader, or of the link from it.
    fn silence(&mut self, timeout: &'a Record, node: NodeId) -> Vec<EventId> {
        let role = |event: &raft::Event| matches!(event, raft::Event::Role { .. });
        let before = || self.facts.before(timeout.id);
        let heard = before().find_map(|record| match &record.event {
            Event::Deliver { envelope, .. }
                if envelope.to == node && comes_from_leader(&envelope.message) =>
            {
                Some((record, envelope.from))
            }
            _ => None,
        });
        let tried = self.facts.newest_before(timeout.id, node, role);
        if let Some(tried) = tried.filter(|tried| is_attempt(&tried.event))
            && heard.is_none_or(|(heard, _)| heard.id < tried.id)
        {
            return vec![tried.id];
        }
        let Some((heard, leader)) = heard else {
            return Vec::new();
        };
        let sent = causes(heard).first().copied().unwrap_or(heard.id);
        let dropped: Vec<&Record> = before()
            .take_while(|record| record.id > heard.id)
            .filter(|record| {
                matches!(&record.event, Event::Drop { envelope, .. }
                    if envelope.from == leader
                        && envelope.to == node
                        && comes_from_leader(&envelope.message))
            })
            .collect();
        // What became of the leader behind a cut could not be noticed here.
        let mut cut = dropped.iter().rev().filter(|record| {
            let Event::Drop { reason, .. } = &record.event else {
                return false;
            };
            *reason == DropReason::Partition
        });
        let cut = cut.next().map_or(EventId::MAX, |cut| cut.id);
        let lost = self.facts.lost(leader, timeout.id);
        if let Some(lost) = lost.filter(|lost| (sent + 1..cut).contains(&lost.id)) {
            return vec![lost.id, heard.id];
        }
        let role = self.facts.newest_before(timeout.id, leader, role);
        if let Some(role) = role.filter(|role| (sent + 1..cut).contains(&role.id)) {
            return vec![role.id];
        }
        dropped
            .first()
            .map(|dropped| dropped.id)
            .into_iter()
            .collect()
    }

    /// Why a leader heard no majority: what became of each of the others.
    fn deserted(&mut self, check: &'a Record, leader: NodeId) -> Vec<EventId> {
        let mut grounds = Vec::new();
        for other in self.facts.view.nodes.iter().map(|node| node.id) {
            if other == leader {
                continue;
            }
            if let Some(lost) = self.facts.lost(other, check.id) {
                grounds.push(lost.id);
                continue;
            }
            let between = self
                .facts
                .before(check.id)
                .find(|record| match &record.event {
                    Event::Drop { envelope, .. } | Event::Deliver { envelope, .. } => {
                        envelope.from == other && envelope.to == leader
                            || matches!(record.event, Event::Drop { .. })
                                && envelope.from == leader
                                && envelope.to == other
                    }
                    _ => false,
                });
            let Some(Record {
                event: Event::Drop { envelope, .. },
                id,
                ..
            }) = between
            else {
                continue;
            };
            let by = self.facts.cut_by(envelope.from, envelope.to, check.at);
            grounds.push(by.and_then(|entry| self.facts.told(entry)).unwrap_or(*id));
        }
        grounds
    }
}

pub(super) fn causes(record: &Record) -> Vec<EventId> {
    record.causes.as_slice().to_vec()
}

/// True when a node takes on that role.
fn becomes(event: &raft::Event, wanted: RoleKind) -> bool {
    matches!(event, raft::Event::Role { role, .. } if *role == wanted)
}

/// True for what only a leader sends, and what puts off an election.
pub(super) fn comes_from_leader(message: &Message) -> bool {
    matches!(message, Message::Append(_) | Message::Snapshot(_))
}

/// True when a node tries to become the leader, or has just failed at it.
fn is_attempt(event: &Event) -> bool {
    let Event::Node(raft::Event::Role { role, reason, .. }) = event else {
        return false;
    };
    matches!(role, RoleKind::Candidate | RoleKind::PreCandidate) || *reason == RoleReason::Refused
}

/// True for a leader's entry at `index`.
pub(super) fn appended_own(event: &raft::Event, index: u64) -> bool {
    matches!(event, raft::Event::Append { leader: None, .. }) && appended(event, index)
}

/// True when the entry at `index` was added to the log.
pub(super) fn appended(event: &raft::Event, index: u64) -> bool {
    appended_term(event, index).is_some()
}

/// The term of the entry at `index`, if that was added to the log.
pub(super) fn appended_term(event: &raft::Event, index: u64) -> Option<Term> {
    match event {
        raft::Event::Append {
            prev_index,
            entries,
            ..
        } => {
            let place = index.checked_sub(prev_index + 1)?;
            entries.get(place as usize).map(|entry| entry.term)
        }
        _ => None,
    }
}

/// True when a vote or pre-vote for the candidate was refused.
pub(super) fn refuses(event: &Event, wanted: NodeId) -> bool {
    matches!(event, Event::Node(raft::Event::Vote { candidate, reason, .. })
        if *candidate == wanted && *reason != VoteReason::Granted)
}
