//! Every kind of event, of message and of reason: whoever adds one names it here, and then the
//! tests ask for its words.

use std::collections::BTreeSet;

use raft_playground::raft::{
    AdminAnswer, AppendRefusal, Change, ConfigurationReason, Event as Node, Message, Refusal,
    RoleReason, VoteReason,
};
use raft_playground::world::Event;
use raft_playground::world::event::{ClientMessage, DropReason, Reply, Written};

/// The name of a type and of one of its variants.
pub type Kind = (&'static str, &'static str);

trait Variant {
    fn variant(&self) -> Kind;
}

macro_rules! kinds {
    ($( $name:ident { $( $variant:ident )* } )*) => {
        $(
            impl Variant for $name {
                fn variant(&self) -> Kind {
                    match self {
                        $( $name::$variant { .. } => (stringify!($name), stringify!($variant)), )*
                    }
                }
            }
        )*

        /// All that there are.
        pub fn all() -> BTreeSet<Kind> {
            [ $( $( (stringify!($name), stringify!($variant)), )* )* ].into()
        }
    };
}

kinds! {
    Event {
        Node Send Deliver Drop ClientDrop ClientDuplicate ClientDeliver Duplicate Persist Sync
        Crash Boot Restart Reboot Wipe Stop Resume Request Probe Reply Order Settled Command Say
        Violation
    }
    Node {
        Timeout Role Term Vote Append AppendRefused Truncate CommitHeld Configuration Snapshot
        Install SnapshotPassed TransferBegun TransferGivenUp AdminAnswered Commit Apply Answered
        Redirected Health
    }
    Message {
        PreVote PreVoteReply Vote VoteReply Append AppendReply Snapshot SnapshotReply TimeoutNow
        TimeoutNowReply Read ReadReply Request RequestReply
    }
    ClientMessage { Request Probe Answer }
    RoleReason {
        AskFirst Campaign Majority HigherTerm LeaderHeard Refused NoQuorum HandedOver LeftOut
        Configured
    }
    VoteReason { Granted StaleTerm AlreadyVoted LogBehind LeaderHeard Outsider LeaseGranted }
    AppendRefusal { StaleTerm TooShort Conflict }
    ConfigurationReason { Appended Applied TakenBack Snapshot Switched }
    DropReason { Loss Partition Down ByHand }
    Written { Vote Entries Truncate Snapshot }
    Change { Add AddLearner Promote Demote Remove Members Transfer }
    AdminAnswer { Done Refused NotLeader Deposed }
    Refusal {
        ChangeRunning AlreadyVoter AlreadyLearner NoMember NoVoter NoLearner NobodyLeft
        NothingToDo TransferRunning AlreadyLeads NotCaughtUp TooSlow NotTakenOver
    }
    Reply { Outcome Timeout }
}

/// The kinds of an event: its own, and those of what it holds.
pub fn of(event: &Event) -> Vec<Kind> {
    let inner = match event {
        Event::Node(node) => of_node(node),
        Event::Send { envelope, .. } => vec![envelope.message.variant()],
        Event::Drop { reason, .. } => vec![reason.variant()],
        Event::ClientDrop { message, .. } => vec![message.variant()],
        Event::Persist { what, .. } => vec![what.variant()],
        Event::Reply { reply, .. } => vec![reply.variant()],
        Event::Order { change, .. } => vec![change.variant()],
        _ => Vec::new(),
    };
    inner.into_iter().chain([event.variant()]).collect()
}

fn of_node(node: &Node) -> Vec<Kind> {
    let inner = match node {
        Node::Role { reason, .. } => vec![reason.variant()],
        Node::Vote { reason, .. } => vec![reason.variant()],
        Node::AppendRefused { reason, .. } => vec![reason.variant()],
        Node::Configuration { reason, .. } => vec![reason.variant()],
        Node::AdminAnswered { answer, .. } => match answer {
            AdminAnswer::Refused(refusal) => vec![answer.variant(), refusal.variant()],
            AdminAnswer::Done | AdminAnswer::NotLeader(_) | AdminAnswer::Deposed(_) => {
                vec![answer.variant()]
            }
        },
        _ => Vec::new(),
    };
    inner.into_iter().chain([node.variant()]).collect()
}
