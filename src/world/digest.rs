//! The digest of a run: a running hash of its typed events.

mod node;

use super::event::{Event, Record, Reply, Written};
use super::transit::Transit;
use crate::hash::mix;
use crate::kv::{Operation, Outcome};
use crate::raft::{
    AdminAnswer, Answer, AppendAnswer, Ballot, Change, Configuration, Entry, Envelope, Message,
    Micros, NodeId, Refusal,
};
use node::feed_node;

/// A running hash of typed events. It is the same on every machine, and is not cryptographic.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Digest(u64);

impl Digest {
    fn add(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }

    fn add_text(&mut self, text: &str) {
        self.add(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    /// Takes in what every event has: its kind as a number, when, and where.
    fn begin(&mut self, kind: u64, at: Micros, node: Option<NodeId>) {
        self.add((at << 16) ^ (kind << 8) ^ node.map_or(0, |node| u64::from(node.0)));
    }

    fn add_node(&mut self, node: Option<NodeId>) {
        self.add(node.map_or(0, |node| u64::from(node.0)));
    }

    /// The value so far.
    pub fn value(self) -> u64 {
        // The last words are spread over all bits, so that digests look different at a glance.
        let mut z = self.0 ^ (self.0 >> 32);
        z = z.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z ^ (z >> 29)
    }
}

/// Adds what happens to a message or a write in transit to the digest.
#[inline(always)]
pub(super) fn feed_transit(
    digest: &mut Digest,
    at: Micros,
    node: Option<NodeId>,
    transit: Transit<'_>,
) {
    match transit {
        Transit::Send {
            message,
            envelope,
            arrives,
        } => {
            digest.begin(2, at, node);
            digest.add(message ^ (arrives << 20));
            feed_envelope(digest, envelope);
        }
        Transit::Deliver { message, .. } => {
            digest.begin(3, at, node);
            digest.add(message);
        }
        Transit::Drop {
            message, reason, ..
        } => {
            digest.begin(4, at, node);
            digest.add((message << 4) | reason as u64);
        }
        Transit::Duplicate {
            message,
            copy,
            arrives,
            ..
        } => {
            digest.begin(5, at, node);
            digest.add(message);
            digest.add(copy ^ (arrives << 20));
        }
        Transit::Persist { write, what } => {
            digest.begin(6, at, node);
            digest.add(write);
            match what {
                Written::Vote => digest.add(1),
                Written::Entries(from, to) => digest.add((from << 24) ^ (to << 2) ^ 2),
                Written::Truncate(from) => digest.add((from << 2) ^ 3),
                Written::Snapshot(index) => digest.add((index << 24) ^ 4),
            }
        }
        Transit::Sync { write } => {
            digest.begin(7, at, node);
            digest.add(write);
        }
    }
}

/// Adds any other event to the digest; false for kinds that stand outside it.
pub(super) fn feed(digest: &mut Digest, record: &Record) -> bool {
    let begin = |digest: &mut Digest, kind| digest.begin(kind, record.at, record.node);
    match &record.event {
        Event::Node(event) => {
            begin(digest, 1);
            feed_node(digest, event);
        }
        Event::Crash => begin(digest, 8),
        Event::Restart => begin(digest, 9),
        Event::Wipe => begin(digest, 10),
        Event::Stop => begin(digest, 11),
        Event::Resume => begin(digest, 12),
        Event::Request {
            client,
            serial,
            attempt,
            operation,
            to,
            // What it changes shows in the answers.
            reads: _,
        } => {
            begin(digest, 13);
            digest.add((u64::from(client.0) << 40) ^ (u64::from(*attempt) << 16) ^ u64::from(to.0));
            digest.add(*serial);
            feed_operation(digest, operation);
        }
        Event::Reply {
            client,
            serial,
            reply,
            entry,
            ..
        } => {
            begin(digest, 14);
            digest.add(u64::from(client.0) ^ (serial << 16));
            match reply {
                Reply::Outcome(outcome) => feed_outcome(digest, outcome),
                Reply::Timeout => digest.add(9),
            }
            let (index, term) = entry.unwrap_or_default();
            digest.add(index ^ (term << 40));
        }
        Event::Boot => begin(digest, 15),
        Event::Reboot => begin(digest, 16),
        Event::Order {
            id,
            change,
            attempt,
            to,
        } => {
            begin(digest, 17);
            digest.add((id << 40) ^ (u64::from(*attempt) << 16) ^ u64::from(to.0));
            feed_change(digest, change);
        }
        Event::Settled { id, answer } => {
            begin(digest, 18);
            digest.add(*id);
            feed_admin(digest, answer.as_ref());
        }
        Event::Probe {
            client,
            probe,
            operation,
            to,
        } => {
            begin(digest, 24);
            digest.add((u64::from(client.0) << 40) ^ u64::from(to.0));
            digest.add(*probe);
            feed_operation(digest, operation);
        }
        // This was not always told of, and what comes of it is taken in: the digests of older runs
        // stay what they are.
        Event::ClientDrop { .. }
        | Event::ClientDuplicate { .. }
        | Event::ClientDeliver { .. }
        | Event::Command(_)
        | Event::Say(_)
        | Event::Violation(_) => return false,
        Event::Send { .. }
        | Event::Deliver { .. }
        | Event::Drop { .. }
        | Event::Duplicate { .. }
        | Event::Persist { .. }
        | Event::Sync { .. } => unreachable!("transits are taken in by `feed_transit`"),
    }
    true
}

fn feed_change(digest: &mut Digest, change: &Change) {
    let (kind, nodes) = match change {
        Change::Add(node) => (1, std::slice::from_ref(node)),
        Change::AddLearner(node) => (2, std::slice::from_ref(node)),
        Change::Promote(node) => (3, std::slice::from_ref(node)),
        Change::Demote(node) => (4, std::slice::from_ref(node)),
        Change::Remove(node) => (5, std::slice::from_ref(node)),
        Change::Members(nodes) => (6, nodes.as_slice()),
        Change::Transfer(node) => (7, std::slice::from_ref(node)),
    };
    digest.add((kind << 32) ^ nodes.len() as u64);
    nodes.iter().for_each(|&node| digest.add_node(Some(node)));
}

fn feed_admin(digest: &mut Digest, answer: Option<&AdminAnswer>) {
    let (kind, node) = match answer {
        None => (0, None),
        Some(AdminAnswer::Done) => (1, None),
        Some(AdminAnswer::NotLeader(node)) => (2, *node),
        Some(AdminAnswer::Refused(refusal)) => match *refusal {
            Refusal::ChangeRunning(index) => {
                digest.add(index);
                (3, None)
            }
            Refusal::AlreadyVoter(node) => (4, Some(node)),
            Refusal::AlreadyLearner(node) => (5, Some(node)),
            Refusal::NoMember(node) => (6, Some(node)),
            Refusal::NoVoter(node) => (7, Some(node)),
            Refusal::NobodyLeft => (8, None),
            Refusal::NothingToDo => (9, None),
            Refusal::TransferRunning => (10, None),
            Refusal::AlreadyLeads(node) => (11, Some(node)),
            Refusal::NotTakenOver(node) => (12, Some(node)),
            Refusal::NotCaughtUp(node) => (13, Some(node)),
            Refusal::NoLearner(node) => (14, Some(node)),
            Refusal::TooSlow(node) => (15, Some(node)),
        },
        Some(AdminAnswer::Deposed(node)) => (16, *node),
    };
    digest.add(kind);
    digest.add_node(node);
}

fn feed_configuration(digest: &mut Digest, configuration: &Configuration) {
    digest.add(configuration.identity());
}

fn feed_ballot(digest: &mut Digest, ballot: Ballot) {
    digest.add(ballot.last_term);
    digest.add(ballot.last_index);
}

fn feed_entries(digest: &mut Digest, entries: &[Entry]) {
    digest.add(entries.len() as u64);
    for entry in entries {
        digest.add(entry.term ^ entry.payload.identity().rotate_left(32));
    }
}

fn feed_envelope(digest: &mut Digest, envelope: &Envelope) {
    let kind = envelope.message.kind() as u64;
    digest.add(
        (kind << 56)
            ^ (u64::from(envelope.from.0) << 40)
            ^ (u64::from(envelope.to.0) << 24)
            ^ envelope.term,
    );
    match &envelope.message {
        Message::PreVote(ballot) => feed_ballot(digest, *ballot),
        Message::Vote { ballot, transfer } => {
            feed_ballot(digest, *ballot);
            digest.add(u64::from(*transfer));
        }
        Message::PreVoteReply { granted, asked } => {
            digest.add((asked << 1) | u64::from(*granted));
        }
        Message::VoteReply { granted } => digest.add(u64::from(*granted)),
        Message::Append(append) => {
            digest.add(append.prev_index ^ (append.prev_term << 40));
            digest.add(append.commit ^ (append.round << 40));
            feed_entries(digest, &append.entries);
        }
        Message::AppendReply { round, answer } => match answer {
            AppendAnswer::Accepted { matched, commit } => {
                digest.add(matched ^ (round << 40));
                digest.add(*commit);
            }
            AppendAnswer::Refused {
                prev_index,
                last,
                conflict_term,
                conflict_index,
            } => {
                digest.add(prev_index ^ (round << 40) ^ (1 << 63));
                digest.add(last ^ (conflict_index << 32));
                digest.add(conflict_term.map_or(0, |term| term + 1));
            }
        },
        Message::Snapshot(chunk) => {
            digest.add(chunk.snapshot.index ^ (chunk.snapshot.term << 40));
            digest.add(chunk.offset ^ (chunk.length << 36));
            digest.add(chunk.round ^ (chunk.snapshot.size << 36));
        }
        Message::SnapshotReply(answer) => {
            digest.add(answer.index ^ (answer.round << 40));
            digest.add(answer.offset ^ (answer.received << 32));
        }
        Message::TimeoutNow => {}
        Message::TimeoutNowReply { campaigns } => digest.add(u64::from(*campaigns)),
        Message::Read { id } => digest.add(*id),
        Message::ReadReply { id, index } => {
            digest.add(*id);
            digest.add(index.map_or(0, |index| index + 1));
        }
        Message::Request { request, reads } => {
            digest.add(request.identity() ^ ((*reads as u64) << 62));
            feed_operation(digest, &request.operation);
        }
        Message::RequestReply {
            client,
            serial,
            answer,
            entry,
        } => {
            digest.add((u64::from(client.0) << 40) | serial);
            feed_answer(digest, answer);
            let (index, term) = entry.unwrap_or_default();
            digest.add(index ^ (term << 40));
        }
    }
}

fn feed_answer(digest: &mut Digest, answer: &Answer) {
    match answer {
        Answer::Outcome(outcome) => feed_outcome(digest, outcome),
        Answer::NotLeader(leader) => {
            digest.add(4);
            digest.add_node(*leader);
        }
        Answer::Health { leads, term } => digest.add((term << 3) | (5 + u64::from(*leads))),
    }
}

fn feed_operation(digest: &mut Digest, operation: &Operation) {
    digest.add_text(operation.key());
    match operation {
        Operation::Put { value, .. } => digest.add_text(value),
        Operation::Get { .. } => digest.add(2),
        Operation::Delete { .. } => digest.add(3),
        Operation::Add { amount, .. } => digest.add(*amount as u64),
        Operation::Append { value, .. } => {
            digest.add(5);
            digest.add_text(value);
        }
        Operation::Cas { old, new, .. } => {
            digest.add(6 + u64::from(old.is_some()));
            if let Some(old) = old {
                digest.add_text(old);
            }
            digest.add_text(new);
        }
    }
}

fn feed_outcome(digest: &mut Digest, outcome: &Outcome) {
    match outcome {
        Outcome::Done => digest.add(1),
        Outcome::Value(value) => digest.add_text(value),
        Outcome::Missing => digest.add(2),
        Outcome::Mismatch => digest.add(3),
    }
}
