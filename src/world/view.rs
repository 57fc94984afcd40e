//! The world as others may see it, at one instant.

mod islands;
mod on_way;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use islands::Island;
pub use on_way::OnWay;

use super::Traffic;
use super::client::ClientOptions;
use super::command::{Millionths, RateMillionths, Workload};
use super::event::{ClientMessage, MessageId, Reply};
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{
    AdminId, Change, Envelope, Index, Micros, NodeId, NodeView, Options, RoleKind, Rules, Span,
    Term, WriteId,
};

/// Whether a node's process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Life {
    /// It runs.
    Up,
    /// It is frozen: memory kept, nothing moves.
    Stopped,
    /// It crashed; only its disk is left.
    Down,
}

/// A node's disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DiskView {
    /// The term that is safe on it.
    pub term: Term,
    /// The vote that is safe on it.
    pub vote: Option<NodeId>,
    /// The index of the last entry that is safe on it, the snapshot counted in.
    pub last: Index,
    /// The newest write handed to it.
    pub written: WriteId,
    /// The newest write that is safe.
    pub synced: WriteId,
    /// True while no sync ends.
    pub stalled: bool,
    /// How long a sync takes.
    pub latency: Span,
}

/// A node and what surrounds it.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeStatus {
    /// Who it is.
    pub id: NodeId,
    /// Its name.
    pub name: Text,
    /// Whether it runs.
    pub life: Life,
    /// Since when its life and role are what they are.
    pub since: Micros,
    /// The node itself; of a node that is down, what its disk holds.
    pub node: NodeView,
    /// Its disk.
    pub disk: DiskView,
    /// The rate of its clock.
    pub clock_rate: RateMillionths,
    /// Its options, which may be its own.
    pub options: Options,
    /// How far its clock is ahead of true time, in microseconds.
    pub clock_ahead: i64,
}

impl NodeStatus {
    /// The role, or `None` when the node is down.
    pub fn role(&self) -> Option<RoleKind> {
        (self.life != Life::Down).then(|| self.node.role.kind())
    }

    /// How new its log is, as votes compare them: the term of its last entry, and its index; of
    /// equal ones the first node goes before.
    pub fn age(&self) -> (Term, Index, Reverse<NodeId>) {
        let log = &self.node.log;
        (log.last_term(), log.last(), Reverse(self.id))
    }

    /// True for a node that would stand for election one day, if its timer were not held.
    pub fn waits_with_held_timer(&self) -> bool {
        use RoleKind::{Candidate, Follower, PreCandidate};
        let may_campaign = matches!(self.role(), Some(Follower | PreCandidate | Candidate));
        may_campaign && self.life == Life::Up && self.node.timer_held
    }
}

/// A message on its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Flight {
    /// Its number.
    pub message: MessageId,
    /// What it says.
    pub envelope: Arc<Envelope>,
    /// When it was sent.
    pub sent: Micros,
    /// When it arrives.
    pub arrives: Micros,
}

/// A message between a client and a node, on its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Letter {
    /// Its number; none between nodes has it.
    pub message: MessageId,
    /// The client.
    pub client: ClientId,
    /// The node.
    pub node: NodeId,
    /// What it says; an answer is the node's.
    pub says: Arc<ClientMessage>,
    /// When it arrives.
    pub arrives: Micros,
}

/// A client.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientView {
    /// Who it is.
    pub id: ClientId,
    /// What it waits for: the operation, since when, and how often it was sent.
    pub outstanding: Option<(Operation, Micros, u32)>,
    /// How many requests wait behind that.
    pub queued: usize,
    /// How the newest finished request ended.
    pub last: Option<(Operation, Reply)>,
    /// Requests answered.
    pub answered: u64,
}

/// A statement about the cluster that is not answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderView {
    /// Its number.
    pub id: AdminId,
    /// What it asks.
    pub change: Change,
    /// When it was given.
    pub given: Micros,
    /// Whom it was handed to last; nobody as long as there was no leader.
    pub to: Option<NodeId>,
}

/// The channel settings that hold where no link has its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The share of messages lost.
    pub loss: Millionths,
    /// The share of messages doubled.
    pub duplicate: Millionths,
    /// How long a message takes.
    pub latency: Span,
    /// Bytes a second, if limited.
    pub bandwidth: Option<u64>,
}

impl Default for Channel {
    fn default() -> Channel {
        Channel {
            loss: 0,
            duplicate: 0,
            latency: Span::millis(5, 15),
            bandwidth: None,
        }
    }
}

/// The whole world at one instant.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    /// Virtual time in microseconds.
    pub now: Micros,
    /// All nodes, in order of their numbers.
    pub nodes: Vec<NodeStatus>,
    /// Messages between nodes on their way, in order of sending.
    pub flights: Vec<Flight>,
    /// Messages between clients and nodes on their way, in order of sending.
    pub letters: Vec<Letter>,
    /// Directed links that carry nothing: partition, isolation and cuts together.
    pub blocked: BTreeSet<(NodeId, NodeId)>,
    /// The channels in general.
    pub channel: Channel,
    /// The directed links between nodes whose channels are not like those in general.
    pub links: BTreeMap<(NodeId, NodeId), Channel>,
    /// How many messages there were of each outcome.
    pub traffic: Traffic,
    /// Clients that have asked something, in order.
    pub clients: Vec<ClientView>,
    /// Statements about the cluster that are not answered, in order.
    pub orders: Vec<OrderView>,
    /// The workload, while one runs.
    pub workload: Option<Workload>,
    /// True while faults are drawn at random.
    pub chaos: bool,
    /// The options in general; single nodes may differ.
    pub options: Options,
    /// How clients work.
    pub client_options: ClientOptions,
    /// Which rules are on.
    pub rules: Rules,
    /// Events so far.
    pub events: u64,
    /// The running digest.
    pub digest: u64,
}

impl View {
    /// The live leader of the highest term.
    pub fn leader(&self) -> Option<&NodeStatus> {
        self.nodes
            .iter()
            .filter(|node| node.role() == Some(RoleKind::Leader))
            .max_by_key(|node| node.node.term)
    }

    /// Those who lead in the highest term that anybody leads: one, unless all is lost.
    pub fn newest_leaders(&self) -> Vec<&NodeStatus> {
        let newest = self.leader().map(|leader| leader.node.term);
        let leads = |node: &&NodeStatus| {
            node.role() == Some(RoleKind::Leader) && Some(node.node.term) == newest
        };
        self.nodes.iter().filter(leads).collect()
    }

    /// The highest term of a live node; of all disks when every node is down.
    pub fn term(&self) -> u64 {
        let live = self.nodes.iter().filter(|node| node.life != Life::Down);
        let newest = live.map(|node| node.node.term).max();
        let on_disk = || self.nodes.iter().map(|node| node.node.term).max();
        newest.or_else(on_disk).unwrap_or(0)
    }

    /// True for a server that runs to be added and is in no configuration that anybody holds: its
    /// addition is under way, or was refused.
    pub fn awaits_its_addition(&self, node: &NodeStatus) -> bool {
        let knows = |other: &NodeStatus| other.node.configuration.is_member(node.id);
        node.role() == Some(RoleKind::Learner) && !self.nodes.iter().any(knows)
    }

    /// The name of a node.
    pub fn name(&self, id: NodeId) -> &str {
        &self.nodes[id.slot()].name
    }
}
