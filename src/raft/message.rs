//! What nodes say to one another (paper, Figure 2; PreVote: dissertation, section 9.6).

use std::sync::Arc;

use super::log::Entries;
use super::options::ReadMode;
use super::snapshot::Snapshot;
use super::turn::Answer;
use super::{Index, NodeId, Term};
use crate::kv::{ClientId, Operation, Outcome, Request};

/// A message on its way from one node to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// Who sends.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// The sender's term; of a pre-vote request the term that it would campaign in.
    pub term: Term,
    /// What it says.
    pub message: Message,
}

/// How far a candidate's log reaches, for the comparison of the paper's section 5.4.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ballot {
    /// The term of the last entry; compared first.
    pub last_term: Term,
    /// The index of the last entry.
    pub last_index: Index,
}

/// AppendEntries; without entries it is a heartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Append {
    /// The index before the first entry.
    pub prev_index: Index,
    /// The term of the entry at `prev_index`.
    pub prev_term: Term,
    /// The entries that follow.
    pub entries: Entries,
    /// How far the leader knows the log to be committed.
    pub commit: Index,
    /// The leader's round: an answer to it confirms that the leader still led when it sent this
    /// (ReadIndex, dissertation, section 6.4).
    pub round: u64,
}

/// The answer to an [`Append`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppendAnswer {
    /// The follower's log agrees with the leader's up to `matched`, and it knows the log to be
    /// committed up to `commit`.
    Accepted { matched: Index, commit: Index },
    /// The follower holds no entry of the given term at the given place, or the message is of
    /// an old term.
    Refused {
        /// `prev_index` of the message refused.
        prev_index: Index,
        /// Where the follower's log ends.
        last: Index,
        /// The term that the follower holds at `prev_index`, if any (paper, end of 5.3).
        conflict_term: Option<Term>,
        /// The first index of that term, or one past the end of the log.
        conflict_index: Index,
    },
}

/// A part of a snapshot (paper, Figure 13, InstallSnapshot). It holds `length` bytes from
/// `offset` on; the snapshot itself is shared, and is not looked at before all its bytes are here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The first byte of the chunk.
    pub offset: u64,
    /// Bytes in the chunk; 0 in a heartbeat while another chunk is under way.
    pub length: u64,
    /// The leader's round, as in [`Append::round`].
    pub round: u64,
}

/// The answer to a [`Chunk`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChunkAnswer {
    /// The last included index of the snapshot.
    pub index: Index,
    /// `offset` of the chunk that is answered.
    pub offset: u64,
    /// So many bytes are here, from the start.
    pub received: u64,
    /// Bytes of the whole snapshot.
    pub size: u64,
    /// The round of the chunk.
    pub round: u64,
}

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// Would you vote for me?
    PreVote(Ballot),
    /// The answer; its term is the voter's own.
    PreVoteReply { granted: bool, asked: Term },
    /// Vote for me. With `transfer` the leader itself wants it, and may be voted out (dissertation,
    /// section 4.2.3).
    Vote { ballot: Ballot, transfer: bool },
    /// The answer.
    VoteReply { granted: bool },
    /// Take these entries, and know that I lead.
    Append(Append),
    /// The answer.
    AppendReply { round: u64, answer: AppendAnswer },
    /// Take this part of my snapshot, and know that I lead.
    Snapshot(Chunk),
    /// The answer.
    SnapshotReply(ChunkAnswer),
    /// Campaign at once: you are to lead (dissertation, section 3.10).
    TimeoutNow,
    /// The answer: whether it will.
    TimeoutNowReply { campaigns: bool },
    /// How far must I have applied the log to answer a read? `id` is the follower's own count.
    Read { id: u64 },
    /// The answer; `None` when I do not lead.
    ReadReply { id: u64, index: Option<Index> },
    /// A client asked me; you lead.
    Request {
        request: Arc<Request>,
        reads: ReadMode,
    },
    /// The answer, to be passed on to the client; `entry` is the place of a write in the log.
    RequestReply {
        client: ClientId,
        serial: u64,
        answer: Answer,
        entry: Option<(Index, Term)>,
    },
}

/// The kind of a message, as statements and conditions name it.
// The numbers go into the digests of runs, so they must not change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A pre-vote request.
    PreVote = 0,
    /// The answer to one.
    PreVoteReply = 1,
    /// A vote request.
    Vote = 2,
    /// The answer to one.
    VoteReply = 3,
    /// AppendEntries, heartbeats included.
    Append = 4,
    /// The answer to one.
    AppendReply = 5,
    /// A chunk of a snapshot.
    Snapshot = 6,
    /// The answer to one.
    SnapshotReply = 7,
    /// Leadership is handed over.
    TimeoutNow = 8,
    /// The answer to that.
    TimeoutNowReply = 9,
    /// A follower asks for a read index.
    Read = 10,
    /// The answer to that.
    ReadReply = 11,
    /// A client's request, forwarded.
    Request = 12,
    /// The answer to one.
    RequestReply = 13,
}

impl Kind {
    /// Every kind, in the order of the counters.
    pub const ALL: [Kind; 14] = [
        Kind::PreVote,
        Kind::PreVoteReply,
        Kind::Vote,
        Kind::VoteReply,
        Kind::Append,
        Kind::AppendReply,
        Kind::Snapshot,
        Kind::SnapshotReply,
        Kind::TimeoutNow,
        Kind::TimeoutNowReply,
        Kind::Read,
        Kind::ReadReply,
        Kind::Request,
        Kind::RequestReply,
    ];

    /// The name in the command language.
    pub fn name(self) -> &'static str {
        match self {
            Kind::PreVote => "pre-vote",
            Kind::PreVoteReply => "pre-vote-reply",
            Kind::Vote => "vote",
            Kind::VoteReply => "vote-reply",
            Kind::Append => "append",
            Kind::AppendReply => "append-reply",
            Kind::Snapshot => "snapshot",
            Kind::SnapshotReply => "snapshot-reply",
            Kind::TimeoutNow => "timeout-now",
            Kind::TimeoutNowReply => "timeout-now-reply",
            Kind::Read => "read",
            Kind::ReadReply => "read-reply",
            Kind::Request => "request",
            Kind::RequestReply => "request-reply",
        }
    }
}

impl Message {
    /// The kind of this message.
    pub fn kind(&self) -> Kind {
        match self {
            Message::PreVote(_) => Kind::PreVote,
            Message::PreVoteReply { .. } => Kind::PreVoteReply,
            Message::Vote { .. } => Kind::Vote,
            Message::VoteReply { .. } => Kind::VoteReply,
            Message::Append(_) => Kind::Append,
            Message::AppendReply { .. } => Kind::AppendReply,
            Message::Snapshot(_) => Kind::Snapshot,
            Message::SnapshotReply(_) => Kind::SnapshotReply,
            Message::TimeoutNow => Kind::TimeoutNow,
            Message::TimeoutNowReply { .. } => Kind::TimeoutNowReply,
            Message::Read { .. } => Kind::Read,
            Message::ReadReply { .. } => Kind::ReadReply,
            Message::Request { .. } => Kind::Request,
            Message::RequestReply { .. } => Kind::RequestReply,
        }
    }

    /// The size on the wire in bytes, for links with a bandwidth: a fixed head of 32 bytes, and
    /// for each entry or request 16 bytes and its key and value; for an answer its value; or the
    /// bytes of a chunk.
    pub fn size(&self) -> u64 {
        let body = match self {
            Message::Append(append) => append.entries.iter().map(entry_size).sum(),
            Message::Snapshot(chunk) => chunk.length,
            Message::Request { request, .. } => return request_size(request),
            Message::RequestReply { answer, .. } => return answer_size(answer),
            _ => 0,
        };
        HEAD + body
    }
}

/// The bytes of every message besides what it brings.
pub const HEAD: u64 = 32;

/// The size on the wire of a request, in bytes.
pub fn request_size(request: &Request) -> u64 {
    HEAD + 16 + operation_size(&request.operation)
}

/// The size on the wire of the answer to a request, in bytes.
pub fn answer_size(answer: &Answer) -> u64 {
    match answer {
        Answer::Outcome(Outcome::Value(value)) => HEAD + value.len() as u64,
        _ => HEAD,
    }
}

fn entry_size(entry: &super::Entry) -> u64 {
    let content = match &entry.payload {
        super::Payload::Command(request) => operation_size(&request.operation),
        super::Payload::Noop => 0,
        super::Payload::Configuration(configuration) => 2 * configuration.members().len() as u64,
    };
    16 + content
}

fn operation_size(operation: &Operation) -> u64 {
    let content = match operation {
        Operation::Put { key, value } | Operation::Append { key, value } => key.len() + value.len(),
        Operation::Cas { key, old, new } => {
            key.len() + new.len() + old.as_ref().map_or(0, |old| old.len())
        }
        other => other.key().len() + 8,
    };
    content as u64
}
