//! Events in plain words, to be read as prose.

mod fixtures;

use std::sync::Arc;

use raft_playground::kv::{ClientId, Operation, Outcome, Request, Store};
use raft_playground::raft::{
    AdminAnswer, Answer, AppendAnswer, AppendRefusal, Ballot, Change, Chunk, ChunkAnswer,
    Configuration, ConfigurationReason, Event as Node, Message, NodeId, ReadMode, Refusal,
    RoleKind, RoleReason, Snapshot, VoteReason,
};
use raft_playground::world::Event;
use raft_playground::world::event::{ClientMessage, DropReason, Reply, Written};
use raft_playground::world::explain::words;

#[test]
fn every_kind_of_event_reads_well() {
    let three = fixtures::log(&[1, 2, 4]);
    let ballot = |last_index, last_term| Ballot {
        last_index,
        last_term,
    };
    let vote = |pre, reason| Node::Vote {
        candidate: NodeId(2),
        term: 4,
        pre,
        ballot: ballot(9, 2),
        reason,
    };
    let role = |role, reason| Node::Role {
        role,
        term: 4,
        reason,
    };
    let refused = |reason| Node::AppendRefused {
        leader: NodeId(1),
        prev_index: 5,
        prev_term: 3,
        reason,
    };
    let append = |entries: u64, leader: Option<u16>| Node::Append {
        prev_index: 1,
        prev_term: 1,
        entries: three.slice(2, entries),
        leader: leader.map(NodeId),
    };
    let (candidate, follower) = (RoleKind::Candidate, RoleKind::Follower);
    let node = [
        Node::Timeout { election: true },
        Node::Timeout { election: false },
        role(RoleKind::PreCandidate, RoleReason::AskFirst),
        role(candidate, RoleReason::Campaign),
        role(
            RoleKind::Leader,
            RoleReason::Majority {
                votes: 3,
                voters: 5,
            },
        ),
        role(follower, RoleReason::HigherTerm),
        role(follower, RoleReason::LeaderHeard),
        role(follower, RoleReason::Refused),
        role(follower, RoleReason::NoQuorum),
        Node::Term {
            term: 4,
            from: Some(NodeId(2)),
        },
        Node::Term {
            term: 4,
            from: None,
        },
        vote(false, VoteReason::Granted),
        vote(true, VoteReason::Granted),
        vote(false, VoteReason::StaleTerm),
        vote(true, VoteReason::StaleTerm),
        vote(false, VoteReason::AlreadyVoted(NodeId(1))),
        vote(false, VoteReason::LogBehind { own: ballot(7, 3) }),
        vote(true, VoteReason::LeaderHeard(NodeId(1))),
        vote(false, VoteReason::LeaderHeard(NodeId(3))),
        append(1, None),
        append(2, Some(1)),
        append(0, Some(1)),
        refused(AppendRefusal::StaleTerm),
        refused(AppendRefusal::TooShort { last: 2 }),
        refused(AppendRefusal::Conflict { held: 2 }),
        Node::Truncate { from: 3, count: 2 },
        Node::CommitHeld {
            index: 2,
            entry_term: 2,
        },
        Node::Commit { from: 1, to: 2 },
        Node::Commit { from: 1, to: 4 },
        Node::Apply {
            index: 2,
            term: 2,
            payload: fixtures::put(1, "x", "one"),
            fresh: true,
        },
        Node::Apply {
            index: 2,
            term: 2,
            payload: fixtures::put(1, "x", "one"),
            fresh: false,
        },
        Node::Answered {
            client: ClientId(1),
            serial: 3,
            outcome: Outcome::Done,
            entry: Some((2, 2)),
        },
        Node::Redirected {
            client: ClientId(1),
            serial: 3,
            leader: Some(NodeId(2)),
        },
        Node::Redirected {
            client: ClientId(1),
            serial: 3,
            leader: None,
        },
        Node::Health {
            client: ClientId(1),
            probe: 3,
            leads: true,
            term: 4,
        },
        Node::Health {
            client: ClientId(1),
            probe: 3,
            leads: false,
            term: 4,
        },
    ];
    let send = |message| Event::Send {
        message: 1,
        envelope: fixtures::envelope(1, 3, 4, message),
        arrives: 9,
    };
    let refusal = AppendAnswer::Refused {
        prev_index: 5,
        last: 2,
        conflict_term: None,
        conflict_index: 3,
    };
    let put = || Operation::Put {
        key: "x".into(),
        value: "one".into(),
    };
    let reply = |answer, entry| {
        send(Message::RequestReply {
            client: ClientId(1),
            serial: 3,
            answer,
            entry,
        })
    };
    let lost = |reason| Event::Drop {
        message: 1,
        envelope: fixtures::envelope(1, 3, 4, fixtures::append(2, 2, &[], 1)),
        reason,
    };
    let client = |message| Event::ClientDrop {
        client: ClientId(1),
        peer: NodeId(2),
        message: Arc::new(message),
        reason: DropReason::Loss,
    };
    let answer = |answer, entry| {
        client(ClientMessage::Answer {
            serial: 3,
            answer,
            entry,
        })
    };
    let world = [
        send(Message::PreVote(ballot(9, 2))),
        send(Message::PreVoteReply {
            granted: true,
            asked: 5,
        }),
        send(Message::PreVoteReply {
            granted: false,
            asked: 5,
        }),
        send(Message::Vote {
            ballot: ballot(9, 2),
            transfer: false,
        }),
        send(Message::VoteReply { granted: true }),
        send(Message::VoteReply { granted: false }),
        send(fixtures::append(1, 1, &three.slice(2, 9), 1)),
        send(fixtures::accepted(3)),
        send(Message::AppendReply {
            round: 1,
            answer: refusal,
        }),
        send(Message::Request {
            request: Arc::new(Request {
                client: ClientId(1),
                serial: 3,
                operation: put(),
            }),
            reads: ReadMode::Linearizable,
        }),
        reply(Answer::Outcome(Outcome::Done), Some((2, 2))),
        reply(Answer::NotLeader(Some(NodeId(2))), None),
        lost(DropReason::Loss),
        lost(DropReason::Partition),
        lost(DropReason::Down),
        lost(DropReason::ByHand),
        client(ClientMessage::Request {
            request: Arc::new(Request {
                client: ClientId(1),
                serial: 3,
                operation: put(),
            }),
            reads: ReadMode::Linearizable,
            forward: false,
        }),
        client(ClientMessage::Probe(3)),
        answer(Answer::Outcome(Outcome::Done), Some((2, 2))),
        answer(Answer::NotLeader(Some(NodeId(2))), None),
        answer(
            Answer::Health {
                leads: true,
                term: 4,
            },
            None,
        ),
        answer(
            Answer::Health {
                leads: false,
                term: 4,
            },
            None,
        ),
        Event::Persist {
            write: 4,
            what: Written::Vote,
        },
        Event::Persist {
            write: 5,
            what: Written::Entries(3, 3),
        },
        Event::Persist {
            write: 6,
            what: Written::Entries(3, 5),
        },
        Event::Persist {
            write: 7,
            what: Written::Truncate(3),
        },
        Event::Sync { write: 7 },
        Event::Crash,
        Event::Restart,
        Event::Wipe,
        Event::Stop,
        Event::Resume,
        Event::Request {
            client: ClientId(1),
            serial: 3,
            attempt: 2,
            operation: Operation::Cas {
                key: "x".into(),
                old: None,
                new: "one".into(),
            },
            reads: ReadMode::Linearizable,
            to: NodeId(2),
        },
        Event::Probe {
            client: ClientId(1),
            probe: 3,
            operation: put(),
            to: NodeId(2),
        },
        Event::Reply {
            client: ClientId(1),
            serial: 3,
            reply: Reply::Outcome(Outcome::Value("one".into())),
            from: Some(NodeId(2)),
            entry: Some((2, 2)),
        },
        Event::Reply {
            client: ClientId(1),
            serial: 3,
            reply: Reply::Timeout,
            from: None,
            entry: None,
        },
        Event::Command("crash S1".into()),
        Event::Say("Look.".into()),
        Event::Violation("election-safety: S1 and S2 both lead term 4".into()),
    ];
    let names = |id: NodeId| ["S1", "S2", "S3", "S4", "S5"][id.slot()];
    let mut text = String::new();
    for event in node.into_iter().map(Event::Node).chain(world) {
        text.push_str(&words(&fixtures::record(1, 0, Some(3), event), &names));
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_becomes_of_the_cluster_reads_well() {
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
    let sends = messages.into_iter().map(|message| Event::Send {
        message: 1,
        envelope: fixtures::envelope(1, 3, 4, message),
        arrives: 9,
    });
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
    let names = |id: NodeId| ["S1", "S2", "S3", "S4", "S5"][id.slot()];
    let mut text = String::new();
    for event in node.into_iter().map(Event::Node).chain(sends).chain(world) {
        text.push_str(&words(&fixtures::record(1, 0, Some(3), event), &names));
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}
