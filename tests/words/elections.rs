//! Who leads, and who votes for whom.

use raft_playground::raft::{
    Ballot, Event as Node, Message, NodeId, RoleKind, RoleReason, VoteReason,
};
use raft_playground::world::Event;

use super::send;

pub fn events() -> Vec<Event> {
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
    let term = |from| Node::Term { term: 4, from };
    let won = RoleReason::Majority {
        votes: 3,
        voters: 5,
    };
    let node = [
        Node::Timeout { election: true },
        Node::Timeout { election: false },
        role(RoleKind::PreCandidate, RoleReason::AskFirst),
        role(RoleKind::Candidate, RoleReason::Campaign),
        role(RoleKind::Leader, won),
        role(RoleKind::Follower, RoleReason::HigherTerm),
        role(RoleKind::Follower, RoleReason::LeaderHeard),
        role(RoleKind::Follower, RoleReason::Refused),
        role(RoleKind::Follower, RoleReason::NoQuorum),
        term(Some(NodeId(2))),
        term(None),
        vote(false, VoteReason::Granted),
        vote(true, VoteReason::Granted),
        vote(false, VoteReason::StaleTerm),
        vote(true, VoteReason::StaleTerm),
        vote(false, VoteReason::AlreadyVoted(NodeId(1))),
        vote(false, VoteReason::LogBehind { own: ballot(7, 3) }),
        vote(true, VoteReason::LeaderHeard(NodeId(1))),
        vote(false, VoteReason::LeaderHeard(NodeId(3))),
    ];
    let answer = |granted| Message::PreVoteReply { granted, asked: 5 };
    let messages = [
        Message::PreVote(ballot(9, 2)),
        answer(true),
        answer(false),
        Message::Vote {
            ballot: ballot(9, 2),
            transfer: false,
        },
        Message::VoteReply { granted: true },
        Message::VoteReply { granted: false },
    ];
    let node = node.into_iter().map(Event::Node);
    node.chain(messages.into_iter().map(send)).collect()
}
