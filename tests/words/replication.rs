//! Entries on their way into every log, and what the network does to messages.

use raft_playground::raft::{AppendAnswer, AppendRefusal, Event as Node, Message, NodeId};
use raft_playground::world::Event;
use raft_playground::world::event::DropReason;

use super::{fixtures, send};

pub fn events() -> Vec<Event> {
    let three = fixtures::log(&[1, 2, 4]);
    let append = |entries: u64, leader: Option<u16>| Node::Append {
        prev_index: 1,
        prev_term: 1,
        entries: three.slice(2, entries),
        leader: leader.map(NodeId),
    };
    let refused = |reason| Node::AppendRefused {
        leader: NodeId(1),
        prev_index: 5,
        prev_term: 3,
        reason,
    };
    let apply = |fresh| Node::Apply {
        index: 2,
        term: 2,
        payload: fixtures::put(1, "x", "one"),
        fresh,
    };
    let node = [
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
        apply(true),
        apply(false),
    ];
    let refusal = AppendAnswer::Refused {
        prev_index: 5,
        last: 2,
        conflict_term: None,
        conflict_index: 3,
    };
    let messages = [
        fixtures::append(1, 1, &three.slice(2, 9), 1),
        fixtures::accepted(3),
        Message::AppendReply {
            round: 1,
            answer: refusal,
        },
    ];
    let heartbeat = || fixtures::envelope(1, 3, 4, fixtures::append(2, 2, &[], 1));
    let lost = |reason| Event::Drop {
        message: 1,
        envelope: heartbeat(),
        reason,
    };
    let network = [
        lost(DropReason::Loss),
        lost(DropReason::Partition),
        lost(DropReason::Down),
        lost(DropReason::ByHand),
        Event::Duplicate {
            message: 1,
            copy: 2,
            envelope: heartbeat(),
            arrives: 9,
        },
        Event::Deliver {
            message: 1,
            envelope: heartbeat(),
        },
    ];
    let node = node.into_iter().map(Event::Node);
    let sends = messages.into_iter().map(send);
    node.chain(sends).chain(network).collect()
}
