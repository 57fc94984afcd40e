//! What happened: one typed record for each event of nodes, network, disks and clients.

use std::sync::Arc;

use crate::kv::{ClientId, Operation, Outcome, Request, Text};
pub use crate::raft::Causes;
use crate::raft::message::{HEAD, answer_size, request_size};
use crate::raft::{
    self, AdminAnswer, AdminId, Answer, AppendAnswer, Change, Envelope, EventId, Index, Kind,
    Message, Micros, NodeId, ReadMode, Term, WriteId,
};

/// The number of a message, from 1, in the order of sending.
pub type MessageId = u64;

/// Why a message did not arrive.
// The numbers go into the digests of runs, so they must not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropReason {
    /// The channel lost it.
    Loss = 0,
    /// Its link was cut, as it was sent or as it arrived.
    Partition = 1,
    /// Its target was down as it arrived.
    Down = 2,
    /// By hand.
    ByHand = 3,
}

impl DropReason {
    /// The word in the trace.
    pub fn name(self) -> &'static str {
        match self {
            DropReason::Loss => "loss",
            DropReason::Partition => "partition",
            DropReason::Down => "down",
            DropReason::ByHand => "by hand",
        }
    }
}

/// What a client and a node say to one another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientMessage {
    /// A client asks for something; `reads` says how a read is to be answered, and `forward`
    /// whether a node that does not lead passes the request on.
    Request {
        request: Arc<Request>,
        reads: ReadMode,
        forward: bool,
    },
    /// A client asks whether the node leads; this is the client's count of such questions.
    Probe(u64),
    /// A node answers the request or the probe of this number.
    Answer {
        serial: u64,
        answer: Answer,
        /// Where the entry stands in the log, for a write.
        entry: Option<(Index, Term)>,
    },
}

impl ClientMessage {
    /// The kind that it is of where messages are handled by hand. A probe and what is said to it
    /// are of none: who drops a request means the request, not the search for the leader.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            ClientMessage::Request { .. } => Some(Kind::Request),
            ClientMessage::Probe(_)
            | ClientMessage::Answer {
                answer: Answer::Health { .. },
                ..
            } => None,
            ClientMessage::Answer { .. } => Some(Kind::RequestReply),
        }
    }

    /// True for what a node says.
    pub fn is_answer(&self) -> bool {
        matches!(self, ClientMessage::Answer { .. })
    }

    /// The size on the wire in bytes, for links with a bandwidth: that of the same between nodes.
    pub fn size(&self) -> u64 {
        match self {
            ClientMessage::Request { request, .. } => request_size(request),
            ClientMessage::Probe(_) => HEAD,
            ClientMessage::Answer { answer, .. } => answer_size(answer),
        }
    }
}

/// How a client's request ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Answered.
    Outcome(Outcome),
    /// Given up after `client-timeout` with `client-retries off`; the outcome is unknown.
    Timeout,
}

/// What a node asked its disk to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Term and vote.
    Vote,
    /// Entries from an index to another.
    Entries(Index, Index),
    /// The end of the log, cut at an index.
    Truncate(Index),
    /// A snapshot up to an index.
    Snapshot(Index),
}

/// One event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A transition of a node.
    Node(raft::Event),
    /// A message was handed to the network.
    Send {
        message: MessageId,
        envelope: Arc<Envelope>,
        /// When it will arrive, unless something happens to it.
        arrives: Micros,
    },
    /// A message arrived.
    Deliver {
        message: MessageId,
        envelope: Arc<Envelope>,
    },
    /// A message was lost.
    Drop {
        message: MessageId,
        envelope: Arc<Envelope>,
        reason: DropReason,
    },
    /// A message between a client and a node was lost; not part of the digest.
    ClientDrop {
        client: ClientId,
        /// The node at the other end.
        peer: NodeId,
        message: Arc<ClientMessage>,
        reason: DropReason,
    },
    /// A message between a client and a node was doubled; not part of the digest.
    ClientDuplicate {
        client: ClientId,
        /// The node at the other end.
        peer: NodeId,
        message: Arc<ClientMessage>,
        /// When the copy will arrive, unless something happens to it.
        arrives: Micros,
    },
    /// A message between a client and a node arrived, and nothing else may tell of it: a copy, or
    /// an answer that changes nothing; not part of the digest.
    ClientDeliver {
        client: ClientId,
        /// The node at the other end.
        peer: NodeId,
        message: Arc<ClientMessage>,
    },
    /// A message was doubled: the copy has a number of its own.
    Duplicate {
        message: MessageId,
        copy: MessageId,
        envelope: Arc<Envelope>,
        arrives: Micros,
    },
    /// A write was handed to the disk.
    Persist { write: WriteId, what: Written },
    /// All writes up to this one are on the disk.
    Sync { write: WriteId },
    /// The node lost its memory and what was not synced.
    Crash,
    /// A node that did not exist before was started, with an empty disk.
    Boot,
    /// The node came back from its disk.
    Restart,
    /// The cluster's members were set on every disk, while all nodes were stopped.
    Reboot,
    /// The disk of a crashed node was emptied.
    Wipe,
    /// The process was frozen.
    Stop,
    /// The process goes on.
    Resume,
    /// A client sent a request (or sent it again: `attempt` counts from 1).
    Request {
        client: ClientId,
        serial: u64,
        attempt: u32,
        operation: Operation,
        /// How a `get` is to be answered; it means nothing for a write.
        reads: ReadMode,
        to: NodeId,
    },
    /// A client that waits with a request asked a node whether it leads; `probe` is the client's
    /// count of such rounds.
    Probe {
        client: ClientId,
        probe: u64,
        /// What it is to ask of the leader.
        operation: Operation,
        to: NodeId,
    },
    /// A client's request ended.
    Reply {
        client: ClientId,
        serial: u64,
        reply: Reply,
        /// The node that answered.
        from: Option<NodeId>,
        /// Where the entry stands in the log, for a write that was answered.
        entry: Option<(Index, raft::Term)>,
    },
    /// A statement about the cluster was handed to a node (or handed over again: `attempt`
    /// counts from 1).
    Order {
        id: AdminId,
        change: Change,
        attempt: u32,
        to: NodeId,
    },
    /// What came of a statement about the cluster; `None` when nobody answered in time.
    Settled {
        id: AdminId,
        answer: Option<AdminAnswer>,
    },
    /// A statement was carried out; not part of the digest.
    Command(Text),
    /// A caption; not part of the digest.
    Say(Text),
    /// An invariant was violated; not part of the digest.
    Violation(Text),
}

/// One line of the trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The number of the event, from 1.
    pub id: EventId,
    /// When it happened, in microseconds of virtual time.
    pub at: Micros,
    /// Where; `None` for clients and statements.
    pub node: Option<NodeId>,
    /// What led to it.
    pub causes: Causes,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// Whether the event tells something new to somebody who watches: not heartbeats and plain
    /// agreement, not the ways of messages and disks.
    pub fn is_telling(&self) -> bool {
        match &self.event {
            Event::Send { envelope, .. } | Event::Drop { envelope, .. } => !is_routine(envelope),
            Event::Node(raft::Event::Append { entries, .. }) => !entries.is_empty(),
            Event::Node(raft::Event::Timeout { election }) => *election,
            Event::Node(raft::Event::Health { leads, .. }) => *leads,
            // A caption has a place of its own.
            Event::Say(_)
            | Event::Deliver { .. }
            | Event::Duplicate { .. }
            | Event::ClientDeliver { .. }
            | Event::ClientDuplicate { .. }
            | Event::Persist { .. }
            | Event::Sync { .. } => false,
            _ => true,
        }
    }
}

/// True for heartbeats and plain agreement, of which there are many.
pub fn is_routine(envelope: &Envelope) -> bool {
    match &envelope.message {
        Message::Append(append) => append.entries.is_empty(),
        Message::AppendReply { answer, .. } => matches!(answer, AppendAnswer::Accepted { .. }),
        _ => false,
    }
}
