//! Members, leadership that is handed over, snapshots, and reads at followers.

use std::sync::Arc;

use raft_playground::kv::Store;
use raft_playground::raft::{
    AdminAnswer, Ballot, Change, Chunk, ChunkAnswer, Configuration, ConfigurationReason,
    Event as Node, Message, NodeId, Refusal, RoleKind, RoleReason, Snapshot, VoteReason,
};
use raft_playground::world::Event;
use raft_playground::world::event::Written;

use super::send;

pub fn events() -> Vec<Event> {
    let ids = |numbers: &[u16]| numbers.iter().map(|&n| NodeId(n)).collect::<Vec<_>>();
    let stable = Arc::new(Configuration {
        learners: vec![NodeId(4)],
        ..Configuration::of(ids(&[1, 2, 3]))
    });
    let joint = Arc::new(Configuration {
        voters_old: Some(ids(&[1, 2, 3])),
        ..Configuration::of(ids(&[1, 4, 5]))
    });
    let uses = |configuration: &Arc<Configuration>, reason| Node::Configuration {
        index: 7,
        configuration: configuration.clone(),
        reason,
    };
    let role = |role, reason| Node::Role {
        role,
        term: 4,
        reason,
    };
    let vote = |reason| Node::Vote {
        candidate: NodeId(2),
        term: 4,
        pre: false,
        ballot: Ballot {
            last_index: 5,
            last_term: 2,
        },
        reason,
    };
    let install = |kept| Node::Install {
        leader: NodeId(1),
        index: 7,
        term: 2,
        kept,
    };
    let answered = |answer| Node::AdminAnswered { id: 3, answer };
    let refused = |refusal| answered(AdminAnswer::Refused(refusal));
    let own = Ballot {
        last_index: 9,
        last_term: 3,
    };
    let node = [
        uses(&stable, ConfigurationReason::Appended),
        uses(&joint, ConfigurationReason::Appended),
        uses(&stable, ConfigurationReason::Applied),
        uses(&stable, ConfigurationReason::TakenBack),
        uses(&stable, ConfigurationReason::Snapshot),
        uses(&stable, ConfigurationReason::Switched),
        role(RoleKind::Candidate, RoleReason::HandedOver),
        role(RoleKind::Follower, RoleReason::LeftOut),
        role(RoleKind::Learner, RoleReason::Configured),
        role(RoleKind::Follower, RoleReason::Configured),
        role(RoleKind::Removed, RoleReason::Configured),
        vote(VoteReason::Outsider { own }),
        vote(VoteReason::LeaseGranted),
        Node::Snapshot {
            index: 7,
            term: 2,
            size: 420,
        },
        Node::Snapshot {
            index: 1,
            term: 1,
            size: 1,
        },
        install(0),
        install(1),
        install(5),
        Node::SnapshotPassed {
            leader: NodeId(1),
            index: 7,
            commit: 9,
        },
        Node::TransferBegun { target: NodeId(2) },
        Node::TransferGivenUp { target: NodeId(2) },
        answered(AdminAnswer::Done),
        answered(AdminAnswer::NotLeader(Some(NodeId(2)))),
        answered(AdminAnswer::NotLeader(None)),
        answered(AdminAnswer::Deposed(Some(NodeId(2)))),
        answered(AdminAnswer::Deposed(None)),
        refused(Refusal::ChangeRunning(7)),
        refused(Refusal::ChangeRunning(0)),
        refused(Refusal::AlreadyVoter(NodeId(2))),
        refused(Refusal::AlreadyLearner(NodeId(2))),
        refused(Refusal::NoMember(NodeId(2))),
        refused(Refusal::NoVoter(NodeId(2))),
        refused(Refusal::NoLearner(NodeId(2))),
        refused(Refusal::NobodyLeft),
        refused(Refusal::NothingToDo),
        refused(Refusal::TransferRunning),
        refused(Refusal::AlreadyLeads(NodeId(2))),
        refused(Refusal::NotCaughtUp(NodeId(2))),
        refused(Refusal::TooSlow(NodeId(2))),
        refused(Refusal::NotTakenOver(NodeId(2))),
    ];
    let snapshot = Arc::new(Snapshot {
        index: 7,
        term: 2,
        configuration: Some(stable),
        store: Store::default(),
        size: 420,
    });
    let chunk = Chunk {
        snapshot,
        offset: 100,
        length: 100,
        round: 0,
    };
    let have = |received| {
        Message::SnapshotReply(ChunkAnswer {
            index: 7,
            offset: 100,
            received,
            size: 420,
            round: 0,
        })
    };
    let messages = [
        Message::Vote {
            ballot: own,
            transfer: true,
        },
        Message::Snapshot(chunk),
        have(200),
        have(420),
        Message::TimeoutNow,
        Message::TimeoutNowReply { campaigns: true },
        Message::TimeoutNowReply { campaigns: false },
        // In every life of a server they count from somewhere else.
        Message::Read {
            id: 4_504_000_000_000_000_003,
        },
        Message::ReadReply {
            id: 3,
            index: Some(7),
        },
        Message::ReadReply { id: 3, index: None },
    ];
    let sends = messages.into_iter().map(send);
    let order = |change, attempt| Event::Order {
        id: 3,
        change,
        attempt,
        to: NodeId(1),
    };
    let settled = |answer| Event::Settled { id: 3, answer };
    let world = [
        Event::Persist {
            write: 4,
            what: Written::Snapshot(7),
        },
        Event::Boot,
        Event::Reboot,
        order(Change::Add(NodeId(4)), 1),
        order(Change::AddLearner(NodeId(4)), 2),
        order(Change::Promote(NodeId(4)), 1),
        order(Change::Demote(NodeId(4)), 1),
        order(Change::Remove(NodeId(4)), 1),
        order(Change::Members(ids(&[1, 4, 5])), 1),
        order(Change::Transfer(NodeId(4)), 1),
        settled(Some(AdminAnswer::Done)),
        settled(Some(AdminAnswer::Refused(Refusal::ChangeRunning(7)))),
        settled(None),
    ];
    let node = node.into_iter().map(Event::Node);
    node.chain(sends).chain(world).collect()
}
