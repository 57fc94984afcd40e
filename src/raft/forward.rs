//! Clients at a node that need not lead: it passes a request on to the leader that it knows, or
//! names that leader, or says whether it leads itself (dissertation, section 6.2).
//!
//! A request makes one hop only, so that two nodes that each believe the other to lead cannot
//! pass it back and forth for ever. The node between remembers nothing: the answer names its
//! client, and if either is lost the client asks again.
//!
//! The request and its answer carry their sender's term, and a higher one is adopted as from any
//! message (paper, section 5.1): a leader of an old term steps down rather than take the request.
//! With every rule on that deposes nobody who could still commit: a node forgets its leader with
//! every new term, so a request that it passes on carries a term that its leader has led.
//!
//! A lower term is no reason to refuse either of them. What a client asks belongs to no term:
//! whoever leads may answer it, and one that was on its way for long is recognised by the client's
//! session, or is a read and changes nothing. An answer of an old term was the leader's when it
//! was given, after the client asked and before it hears it, and more is promised to no client.

use std::sync::Arc;

use super::message::{Envelope, Message};
use super::node::{Node, Role};
use super::options::ReadMode;
use super::turn::{Answer, Turn};
use super::{Index, NodeId, Term};
use crate::kv::{ClientId, Request};

/// Who waits for an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    client: ClientId,
    serial: u64,
    /// The node that passed the request on; `None` when the client asked directly.
    through: Option<NodeId>,
}

impl Asker {
    pub fn of(request: &Request, through: Option<NodeId>) -> Asker {
        Asker {
            client: request.client,
            serial: request.serial,
            through,
        }
    }

    /// True when both are the same client.
    pub fn is_of(self, other: Asker) -> bool {
        self.client == other.client
    }

    /// The request that it waits with, whichever way that came.
    pub fn request(self) -> (ClientId, u64) {
        (self.client, self.serial)
    }
}

impl Node {
    /// A client asks a node that may pass it on.
    pub(super) fn forward(&mut self, request: Arc<Request>, reads: ReadMode, turn: &mut Turn) {
        // A follower serves these itself, linearizable ones through the leader's index.
        let own = request.operation.is_read()
            && matches!(reads, ReadMode::Stale | ReadMode::Linearizable);
        match self.leader_hint() {
            Some(leader) if !own => {
                let message = Message::Request { request, reads };
                self.send(leader, self.term, message, None, turn);
            }
            _ => self.on_request(request, reads, None, turn),
        }
    }

    /// Takes a request that another node passed on, or the answer to one that this node passed
    /// on, whatever its term.
    pub(super) fn on_forwarding(&mut self, envelope: &Envelope, turn: &mut Turn) {
        match &envelope.message {
            Message::Request { request, reads } => {
                self.on_request(request.clone(), *reads, Some(envelope.from), turn);
            }
            Message::RequestReply {
                client,
                serial,
                answer,
                entry,
            } => turn.reply(*client, *serial, answer.clone(), *entry),
            _ => {}
        }
    }

    /// Answers whoever asked, the way that the request came.
    pub(super) fn answer(
        &self,
        asker: Asker,
        answer: Answer,
        entry: Option<(Index, Term)>,
        turn: &mut Turn,
    ) {
        let Asker {
            client,
            serial,
            through,
        } = asker;
        match through {
            None => turn.reply(client, serial, answer, entry),
            Some(node) => {
                let reply = Message::RequestReply {
                    client,
                    serial,
                    answer,
                    entry,
                };
                // It promises nothing of this node's own disk: what it tells is committed.
                self.send(node, self.term, reply, None, turn);
            }
        }
    }

    /// Turns a request away.
    pub(super) fn redirect(&self, asker: Asker, turn: &mut Turn) {
        let answer = Answer::NotLeader(self.leader_hint());
        self.answer(asker, answer, None, turn);
    }

    /// Says whether the node believes that it leads. Nothing changes.
    pub(super) fn on_health(&self, client: ClientId, serial: u64, turn: &mut Turn) {
        let answer = Answer::Health {
            leads: matches!(self.role, Role::Leader(_)),
            term: self.term,
        };
        turn.reply(client, serial, answer, None);
    }
}
