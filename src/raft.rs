//! The Raft protocol, pure: no clock, no thread, no randomness of its own, no input or output.
//!
//! A [`Node`] is told an [`Input`] and answers with a list of [`Effect`]s, in order. The files
//! follow the sections of the paper ("In Search of an Understandable Consensus Algorithm",
//! extended version) and of the dissertation ("Consensus: Bridging Theory and Practice").

pub mod admin;
mod apply;
mod change;
pub mod configuration;
pub mod durable;
pub mod election;
mod electorate;
pub mod event;
mod follower;
mod forward;
pub mod invariant;
mod lease;
pub mod log;
pub mod membership;
pub mod message;
pub mod node;
pub mod options;
mod progress;
pub mod random;
pub mod read;
pub mod replication;
mod request;
pub mod rule;
pub mod snapshot;
mod switching;
mod transfer;
pub mod turn;
pub mod view;

#[cfg(test)]
mod tests;

pub use admin::{AdminAnswer, AdminId, Change, Order, Refusal};
pub use configuration::Configuration;
pub use durable::{Durable, Write, WriteId};
pub use event::{AppendRefusal, Causes, ConfigurationReason, Event, RoleReason, VoteReason};
pub use invariant::Invariant;
pub use log::{Entries, Entry, Log, Payload};
pub use message::{Append, AppendAnswer, Ballot, Chunk, ChunkAnswer, Envelope, Kind, Message};
pub use node::Node;
pub use options::{Backtracking, Membership, Options, ReadMode, Span};
pub use random::Rng;
pub use rule::{Rule, Rules};
pub use snapshot::Snapshot;
pub use turn::{Answer, Effect, Input, Told};
pub use view::{Glance, NodeView, PeerView, RoleKind, RoleView};

/// Microseconds: an instant on some clock, or the length between two.
pub type Micros = u64;

/// A term (paper, section 5.1): terms count from 1, and 0 is "before the first election".
pub type Term = u64;

/// A position in the log: entries count from 1, and 0 is "before the first entry".
pub type Index = u64;

/// A node's number, from 1, in order of creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The node's place in a list of all nodes, from 0.
    pub fn slot(self) -> usize {
        usize::from(self.0) - 1
    }

    /// The node at a place in a list of all nodes.
    ///
    /// # Panics
    /// When `slot` is beyond the largest cluster.
    pub fn from_slot(slot: usize) -> NodeId {
        NodeId(u16::try_from(slot + 1).expect("a cluster has at most 101 nodes"))
    }
}

/// The number of an event in the trace, from 1; the node hands these back as the causes of what
/// it does, and attaches no meaning to them.
pub type EventId = u64;
