//! What is asked of a leader about the cluster itself: who is in it, and who leads.

use super::{Index, NodeId};

/// The number of such a request, from 1; the same when it is asked again.
pub type AdminId = u64;

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Take the node in: as a learner first, and as a voter when it has caught up.
    Add(NodeId),
    /// Take the node in as a learner.
    AddLearner(NodeId),
    /// A learner becomes a voter.
    Promote(NodeId),
    /// A voter becomes a learner.
    Demote(NodeId),
    /// The node leaves.
    Remove(NodeId),
    /// These are the voters, ascending; all other voters leave.
    Members(Vec<NodeId>),
    /// The node is to lead (dissertation, section 3.10).
    Transfer(NodeId),
}

/// A change as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Its number.
    pub id: AdminId,
    /// What is asked.
    pub change: Change,
    /// True when it was asked before, and may have been carried out meanwhile.
    pub again: bool,
}

/// Why a change is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Another change is under way (dissertation, section 4.1); the configuration that it has
    /// come to stands at this index.
    ChangeRunning(Index),
    /// The node is a voter already.
    AlreadyVoter(NodeId),
    /// The node is a learner already.
    AlreadyLearner(NodeId),
    /// The node is not in the cluster.
    NoMember(NodeId),
    /// The node is no voter.
    NoVoter(NodeId),
    /// The node is no learner.
    NoLearner(NodeId),
    /// Nobody would be left to vote.
    NobodyLeft,
    /// It is so already.
    NothingToDo,
    /// Leadership is being handed over.
    TransferRunning,
    /// The node leads already.
    AlreadyLeads(NodeId),
    /// The node did not answer for so long that its catching up is given up; it stays a learner.
    NotCaughtUp(NodeId),
    /// The node answers, and could not catch up in a hundred election timeouts; it stays a learner.
    TooSlow(NodeId),
    /// The node did not take over within an election timeout, or would not, or another was elected.
    NotTakenOver(NodeId),
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdminAnswer {
    /// Done: committed, or the target leads.
    Done,
    /// Refused; nothing changed, except as the reason says.
    Refused(Refusal),
    /// The node does not lead, and has not taken it on; the leader that it knows of, if any.
    NotLeader(Option<NodeId>),
    /// The node took it on and leads no more: what became of it is unknown; the leader that the
    /// node knows of, if any.
    Deposed(Option<NodeId>),
}
