//! Events in plain words, to be read as prose.

mod fixtures;

use raft_playground::kv::{ClientId, Operation, Outcome};
use raft_playground::raft::{
    AppendAnswer, AppendRefusal, Ballot, Event as Node, Message, NodeId, ReadMode, RoleKind,
    RoleReason, VoteReason,
};
use raft_playground::world::Event;
use raft_playground::world::event::{DropReason, Reply, Written};
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
        vote(false, VoteReason::AlreadyVoted(NodeId(1))),
        vote(false, VoteReason::LogBehind { own: ballot(7, 3) }),
        vote(true, VoteReason::LeaderHeard(NodeId(1))),
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
    let lost = |reason| Event::Drop {
        message: 1,
        envelope: fixtures::envelope(1, 3, 4, fixtures::append(2, 2, &[], 1)),
        reason,
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
        send(Message::Vote(ballot(9, 2))),
        send(Message::VoteReply { granted: true }),
        send(Message::VoteReply { granted: false }),
        send(fixtures::append(1, 1, &three.slice(2, 9), 1)),
        send(fixtures::accepted(3)),
        send(Message::AppendReply {
            round: 1,
            answer: refusal,
        }),
        lost(DropReason::Loss),
        lost(DropReason::Partition),
        lost(DropReason::Down),
        lost(DropReason::ByHand),
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
        Event::Reply {
            client: ClientId(1),
            serial: 3,
            reply: Reply::Outcome(Outcome::Value("one".into())),
            entry: Some((2, 2)),
        },
        Event::Reply {
            client: ClientId(1),
            serial: 3,
            reply: Reply::Timeout,
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
