//! What clients ask, and what they hear.

use std::sync::Arc;

use raft_playground::kv::{ClientId, Operation, Outcome, Request};
use raft_playground::raft::{Answer, Event as Node, Message, NodeId, ReadMode};
use raft_playground::world::Event;
use raft_playground::world::event::{ClientMessage, DropReason, Reply};

use super::send;

const CLIENT: ClientId = ClientId(1);

fn put() -> Operation {
    Operation::Put {
        key: "x".into(),
        value: "one".into(),
    }
}

fn request() -> Arc<Request> {
    Arc::new(Request {
        client: CLIENT,
        serial: 3,
        operation: put(),
    })
}

pub fn events() -> Vec<Event> {
    let redirected = |leader| Node::Redirected {
        client: CLIENT,
        serial: 3,
        leader,
    };
    let health = |leads| Node::Health {
        client: CLIENT,
        probe: 3,
        leads,
        term: 4,
    };
    let node = [
        Node::Answered {
            client: CLIENT,
            serial: 3,
            outcome: Outcome::Done,
            entry: Some((2, 2)),
        },
        redirected(Some(NodeId(2))),
        redirected(None),
        health(true),
        health(false),
    ];
    let done = || (Answer::Outcome(Outcome::Done), Some((2, 2)));
    let elsewhere = || (Answer::NotLeader(Some(NodeId(2))), None);
    let leads = |leads| (Answer::Health { leads, term: 4 }, None);
    let reply = |(answer, entry)| Message::RequestReply {
        client: CLIENT,
        serial: 3,
        answer,
        entry,
    };
    let forwarded = [
        Message::Request {
            request: request(),
            reads: ReadMode::Linearizable,
        },
        reply(done()),
        reply(elsewhere()),
    ];
    let asked = || {
        Arc::new(ClientMessage::Request {
            request: request(),
            reads: ReadMode::Linearizable,
            forward: false,
        })
    };
    let answer = |(answer, entry)| {
        Arc::new(ClientMessage::Answer {
            serial: 3,
            answer,
            entry,
        })
    };
    let lost = |message| Event::ClientDrop {
        client: CLIENT,
        peer: NodeId(2),
        message,
        reason: DropReason::Loss,
    };
    let doubled = |message| Event::ClientDuplicate {
        client: CLIENT,
        peer: NodeId(2),
        message,
        arrives: 9,
    };
    let arrives = |message| Event::ClientDeliver {
        client: CLIENT,
        peer: NodeId(2),
        message,
    };
    let ended = |reply, from, entry| Event::Reply {
        client: CLIENT,
        serial: 3,
        reply,
        from,
        entry,
    };
    let one = Reply::Outcome(Outcome::Value("one".into()));
    let world = [
        lost(asked()),
        lost(Arc::new(ClientMessage::Probe(3))),
        lost(answer(done())),
        lost(answer(elsewhere())),
        lost(answer(leads(true))),
        lost(answer(leads(false))),
        doubled(asked()),
        doubled(answer(done())),
        arrives(asked()),
        arrives(answer(done())),
        Event::Request {
            client: CLIENT,
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
            client: CLIENT,
            probe: 3,
            operation: put(),
            to: NodeId(2),
        },
        ended(one, Some(NodeId(2)), Some((2, 2))),
        ended(Reply::Timeout, None, None),
    ];
    let node = node.into_iter().map(Event::Node);
    let sends = forwarded.into_iter().map(send);
    node.chain(sends).chain(world).collect()
}
