//! What a node reports of itself: each transition with the rule and the values that decided it.
//! The words are made elsewhere, and only when somebody reads them.

use std::sync::Arc;

use super::admin::{AdminAnswer, AdminId};
use super::configuration::Configuration;
use super::log::{Entries, Payload};
use super::message::Ballot;
use super::rule::Rule;
use super::view::RoleKind;
use super::{EventId, Index, NodeId, Term};
use crate::kv::{ClientId, Outcome};

/// Why a node took a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleReason {
    /// Its election timer fired, and the rule `pre-vote` has it ask first.
    AskFirst,
    /// Its election timer fired, or the pre-vote was won.
    Campaign,
    /// A majority voted for it.
    Majority { votes: u16, voters: u16 },
    /// It saw a higher term.
    HigherTerm,
    /// It heard the leader of its own term.
    LeaderHeard,
    /// A majority refused its pre-vote.
    Refused,
    /// As leader it heard no majority for an election timeout (rule `check-quorum`).
    NoQuorum,
    /// The leader handed leadership over to it.
    HandedOver,
    /// As leader it is no voter of the configuration that it has committed.
    LeftOut,
    /// The configuration that it uses makes it what it is.
    Configured,
}

impl RoleReason {
    /// The rule that decided, where one did.
    pub fn rule(self) -> Option<Rule> {
        match self {
            RoleReason::AskFirst | RoleReason::Refused => Some(Rule::PreVote),
            RoleReason::HigherTerm => Some(Rule::RejectStaleTerm),
            RoleReason::NoQuorum => Some(Rule::CheckQuorum),
            RoleReason::Campaign
            | RoleReason::Majority { .. }
            | RoleReason::LeaderHeard
            | RoleReason::HandedOver
            | RoleReason::LeftOut
            | RoleReason::Configured => None,
        }
    }
}

/// Why a vote or pre-vote was granted or refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoteReason {
    /// Granted: not voted otherwise in this term, and the log is up to date.
    Granted,
    /// Refused: the request's term is old.
    StaleTerm,
    /// Refused: voted for this other candidate in the term.
    AlreadyVoted(NodeId),
    /// Refused: the voter's own log is newer (paper, section 5.4.1).
    LogBehind { own: Ballot },
    /// Refused: a leader was heard less than an election timeout ago, or the voter leads itself.
    LeaderHeard(NodeId),
    /// Refused: the candidate is not in the voter's configuration, and its log is not newer.
    Outsider { own: Ballot },
    /// Refused: a leader may hold a lease that counts on this voter, which heard it, or
    /// restarted, less than an election timeout ago.
    LeaseGranted,
}

impl VoteReason {
    /// The rule that decided; none for a vote that was granted.
    pub fn rule(self) -> Option<Rule> {
        match self {
            VoteReason::Granted => None,
            VoteReason::StaleTerm => Some(Rule::RejectStaleTerm),
            VoteReason::AlreadyVoted(_) => Some(Rule::VoteOnce),
            VoteReason::LogBehind { .. } => Some(Rule::ElectionRestriction),
            VoteReason::Outsider { .. } => Some(Rule::RemovedNodeSilenced),
            VoteReason::LeaderHeard(_) | VoteReason::LeaseGranted => Some(Rule::LeaderStickiness),
        }
    }
}

/// Why a node uses another configuration.
// The numbers go into the digests of runs, so they must not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigurationReason {
    /// It is the newest in the log.
    Appended = 0,
    /// It was applied (without the rule `config-on-append`).
    Applied = 1,
    /// The one after it was cut off the log.
    TakenBack = 2,
    /// It came with a snapshot.
    Snapshot = 3,
    /// The rule `config-on-append` was switched.
    Switched = 4,
}

impl ConfigurationReason {
    /// The rule that decided, where one did.
    pub fn rule(self) -> Option<Rule> {
        match self {
            ConfigurationReason::Appended => Some(Rule::ConfigOnAppend),
            ConfigurationReason::Snapshot => Some(Rule::SnapshotCarriesConfig),
            ConfigurationReason::Applied
            | ConfigurationReason::TakenBack
            | ConfigurationReason::Switched => None,
        }
    }
}

/// Why AppendEntries was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppendRefusal {
    /// The message is of an old term.
    StaleTerm,
    /// The log ends before `prev_index`.
    TooShort { last: Index },
    /// The entry at `prev_index` is of another term.
    Conflict { held: Term },
}

impl AppendRefusal {
    /// The rule that decided.
    pub fn rule(self) -> Rule {
        match self {
            AppendRefusal::StaleTerm => Rule::RejectStaleTerm,
            AppendRefusal::TooShort { .. } | AppendRefusal::Conflict { .. } => Rule::PrevLogCheck,
        }
    }
}

/// One transition of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The election timer fired (`election`), or the leader's check for a quorum was due.
    Timeout { election: bool },
    /// The node took a role.
    Role {
        role: RoleKind,
        term: Term,
        reason: RoleReason,
    },
    /// The node moved to a higher term; `from` is who told it, `None` when it campaigns.
    Term { term: Term, from: Option<NodeId> },
    /// A vote or pre-vote was decided.
    Vote {
        candidate: NodeId,
        term: Term,
        pre: bool,
        ballot: Ballot,
        reason: VoteReason,
    },
    /// Entries were added to the log after `prev_index`. `leader` is `None` for a leader's own.
    Append {
        prev_index: Index,
        prev_term: Term,
        entries: Entries,
        leader: Option<NodeId>,
    },
    /// AppendEntries was refused.
    AppendRefused {
        leader: NodeId,
        prev_index: Index,
        prev_term: Term,
        reason: AppendRefusal,
    },
    /// The log was cut: `from` and all that followed are gone.
    Truncate { from: Index, count: u64 },
    /// A majority holds the entry at `index`, and still it may not be committed, because it is
    /// of an older term than the leader's (rule `commit-current-term`).
    CommitHeld { index: Index, entry_term: Term },
    /// The node uses this configuration from now on; it stands at `index`.
    Configuration {
        index: Index,
        configuration: Arc<Configuration>,
        reason: ConfigurationReason,
    },
    /// The node took a snapshot up to `index`, and compacted its log.
    Snapshot { index: Index, term: Term, size: u64 },
    /// A snapshot of the leader was installed; `kept` entries of the log follow it.
    Install {
        leader: NodeId,
        index: Index,
        term: Term,
        kept: u64,
    },
    /// A snapshot of the leader was passed over: what it covers is committed here already.
    SnapshotPassed {
        leader: NodeId,
        index: Index,
        commit: Index,
    },
    /// The leader begins to hand leadership over.
    TransferBegun { target: NodeId },
    /// The target did not take over in time, or would not: the leader goes on.
    TransferGivenUp { target: NodeId },
    /// A statement about the cluster was answered.
    AdminAnswered { id: AdminId, answer: AdminAnswer },
    /// The commit index rose from `from` to `to`.
    Commit { from: Index, to: Index },
    /// An entry was applied to the state machine. `fresh` is false for a duplicate request.
    Apply {
        index: Index,
        term: Term,
        payload: Payload,
        fresh: bool,
    },
    /// A client's request was answered, with the place of its entry where it has one.
    Answered {
        client: ClientId,
        serial: u64,
        outcome: Outcome,
        entry: Option<(Index, Term)>,
    },
    /// A client's request was turned away: the node does not lead.
    Redirected {
        client: ClientId,
        serial: u64,
        leader: Option<NodeId>,
    },
    /// A client's question whether the node leads was answered.
    Health {
        client: ClientId,
        /// The client's count of its questions.
        probe: u64,
        leads: bool,
        term: Term,
    },
}

impl Event {
    /// The rule that decided, where one did. What an answer to the operator owes to a rule is told
    /// with the answer.
    pub fn rule(&self) -> Option<Rule> {
        match self {
            Event::Timeout { election: false } => Some(Rule::CheckQuorum),
            Event::Role { reason, .. } => reason.rule(),
            Event::Vote { reason, .. } => reason.rule(),
            Event::AppendRefused { reason, .. } => Some(reason.rule()),
            Event::Truncate { .. } => Some(Rule::TruncateOnConflict),
            Event::CommitHeld { .. } => Some(Rule::CommitCurrentTerm),
            Event::Configuration { reason, .. } => reason.rule(),
            Event::Install { kept: 1.., .. } | Event::SnapshotPassed { .. } => {
                Some(Rule::SnapshotKeepsSuffix)
            }
            Event::Apply { fresh: false, .. } => Some(Rule::ClientSessions),
            Event::Timeout { election: true }
            | Event::Term { .. }
            | Event::Append { .. }
            | Event::Snapshot { .. }
            | Event::Install { kept: 0, .. }
            | Event::TransferBegun { .. }
            | Event::TransferGivenUp { .. }
            | Event::AdminAnswered { .. }
            | Event::Commit { .. }
            | Event::Apply { fresh: true, .. }
            | Event::Answered { .. }
            | Event::Redirected { .. }
            | Event::Health { .. } => None,
        }
    }
}

/// The events that led to an event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Causes {
    /// None is known: the world began, or a person acted.
    #[default]
    None,
    /// One.
    One(EventId),
    /// Two.
    Two([EventId; 2]),
    /// Several.
    Many(Box<[EventId]>),
}

impl Causes {
    /// One cause, or none for 0.
    pub fn one(id: EventId) -> Causes {
        match id {
            0 => Causes::None,
            _ => Causes::One(id),
        }
    }

    /// Two causes, of which either may be 0 for none.
    pub fn two(first: EventId, second: EventId) -> Causes {
        match (first, second) {
            (_, 0) => Causes::one(first),
            (0, _) => Causes::one(second),
            _ => Causes::Two([first, second]),
        }
    }

    /// These and one more, which may be 0 for none.
    pub fn and(self, id: EventId) -> Causes {
        match self {
            Causes::None => Causes::one(id),
            Causes::One(first) => Causes::two(first, id),
            several if id == 0 => several,
            several => {
                let known = several.as_slice().iter().copied();
                Causes::Many(known.chain([id]).collect())
            }
        }
    }

    /// The causes as a slice.
    pub fn as_slice(&self) -> &[EventId] {
        match self {
            Causes::None => &[],
            Causes::One(id) => std::slice::from_ref(id),
            Causes::Two(ids) => ids,
            Causes::Many(ids) => ids,
        }
    }
}
