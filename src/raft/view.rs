//! A node as others may see it: everything that a pane or a condition reads, and nothing that
//! could change it.

use std::sync::Arc;

use super::configuration::Configuration;
use super::log::Log;
use super::{Index, Micros, NodeId, Term};
use crate::kv::Store;

/// A node's role, without its data.
// The numbers go into the digests of runs, so they must not change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RoleKind {
    /// Follows a leader, or waits for one.
    Follower = 0,
    /// Asks whether it could win (PreVote).
    PreCandidate = 1,
    /// Campaigns.
    Candidate = 2,
    /// Leads.
    Leader = 3,
    /// Receives the log, has no vote.
    Learner = 4,
    /// Left the cluster, and knows that this is committed.
    Removed = 5,
}

impl RoleKind {
    /// The name in the command language.
    pub fn name(self) -> &'static str {
        match self {
            RoleKind::Follower => "follower",
            RoleKind::PreCandidate => "pre-candidate",
            RoleKind::Candidate => "candidate",
            RoleKind::Leader => "leader",
            RoleKind::Learner => "learner",
            RoleKind::Removed => "removed",
        }
    }
}

/// What a leader knows of one peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeerView {
    /// The peer.
    pub id: NodeId,
    /// The next index to send it.
    pub next: Index,
    /// The highest index known to agree.
    pub matched: Index,
    /// Messages with entries not answered yet; while the leader searches, its one probe.
    pub in_flight: usize,
    /// True while the leader searches for where the logs part.
    pub probing: bool,
    /// The bytes of a snapshot that it has, and of how many, while it is sent one.
    pub snapshot: Option<(u64, u64)>,
    /// How long ago the peer answered, by the leader's own clock; `None` when it has
    /// not since this one leads.
    pub heard: Option<Micros>,
}

/// A role with its data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoleView {
    /// A follower; the leader it knows of, if any.
    Follower { leader: Option<NodeId> },
    /// A pre-candidate, with the answers so far.
    PreCandidate { votes: Vec<(NodeId, bool)> },
    /// A candidate, with the answers so far.
    Candidate { votes: Vec<(NodeId, bool)> },
    /// A leader, with what it knows of each peer.
    Leader { peers: Vec<PeerView> },
    /// A learner; the leader it knows of, if any.
    Learner { leader: Option<NodeId> },
    /// A node that has left the cluster.
    Removed,
}

impl RoleView {
    /// The role without its data.
    pub fn kind(&self) -> RoleKind {
        match self {
            RoleView::Follower { .. } => RoleKind::Follower,
            RoleView::PreCandidate { .. } => RoleKind::PreCandidate,
            RoleView::Candidate { .. } => RoleKind::Candidate,
            RoleView::Leader { .. } => RoleKind::Leader,
            RoleView::Learner { .. } => RoleKind::Learner,
            RoleView::Removed => RoleKind::Removed,
        }
    }
}

/// What is asked of a node at every instant, by conditions: without what takes long to copy.
#[derive(Clone, Debug)]
pub struct Glance {
    /// Its current term.
    pub term: Term,
    /// How far it knows the log to be committed.
    pub commit: Index,
    /// How far it has applied the log.
    pub applied: Index,
    /// The first index that its log holds, or would hold.
    pub first: Index,
    /// The last index of its log.
    pub last: Index,
    /// The configuration that it uses.
    pub configuration: Arc<Configuration>,
    /// Its keys, values and sessions.
    pub store: Store,
}

/// A node at one instant. Cloning shares the log and the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeView {
    /// Who it is.
    pub id: NodeId,
    /// Its current term.
    pub term: Term,
    /// Whom it voted for in that term.
    pub vote: Option<NodeId>,
    /// Its role.
    pub role: RoleView,
    /// How far it knows the log to be committed.
    pub commit: Index,
    /// How far it has applied the log.
    pub applied: Index,
    /// Its log.
    pub log: Log,
    /// How far its log is synced to disk.
    pub synced: Index,
    /// The configuration that it uses.
    pub configuration: Configuration,
    /// Its state machine.
    pub store: Store,
    /// What is left of the election timeout and the whole of it, by the node's own clock;
    /// `None` when no election timer runs.
    pub election_timer: Option<(Micros, Micros)>,
    /// True while the election timer is held by hand.
    pub timer_held: bool,
}
