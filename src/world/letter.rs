//! Messages between clients and nodes: handed over, handled by hand, lost, delivered. They take the
//! links' latency, loss and duplication as the nodes' own do, and are not counted among those.

use std::sync::Arc;

use super::command::Handling;
use super::event::{Causes, ClientMessage, DropReason, Event, MessageId, Reply};
use super::network::{Endpoint, Filter, Passage, Way};
use super::queue::Ticket;
use super::view::{Letter as LetterView, Life};
use super::{Due, World};
use crate::kv::ClientId;
use crate::raft::{Answer, EventId, Index, Input, Micros, NodeId, Term};
use crate::room::Put;

/// A message between a client and a node, on its way.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    number: MessageId,
    pub client: ClientId,
    pub node: NodeId,
    message: Arc<ClientMessage>,
    arrives: Micros,
    /// The event that sent what this is, or is a copy of: by these they are in order.
    pub sent: EventId,
    /// The event that put it on its way: its sending, or its doubling.
    cause: EventId,
}

/// The first number of a message with a client. They have numbers of their own: how many clients
/// there are changes nothing of what is said between nodes.
const FIRST: MessageId = 1 << 63;

impl Letter {
    /// As others may see it.
    pub fn view(&self) -> LetterView {
        LetterView {
            message: self.number,
            client: self.client,
            node: self.node,
            says: self.message.clone(),
            arrives: self.arrives,
        }
    }

    /// When it arrives, in microseconds of virtual time; `None` for the copy of another.
    pub fn arrives_unless_copy(&self) -> Option<Micros> {
        (!self.is_copy()).then_some(self.arrives)
    }

    /// True for what is the copy of another.
    fn is_copy(&self) -> bool {
        self.cause != self.sent
    }

    fn way(&self) -> Way {
        let (client, node) = (Endpoint::Client(self.client), Endpoint::Node(self.node));
        match self.message.is_answer() {
            true => (node, client),
            false => (client, node),
        }
    }

    /// The node that sends it; a client is none.
    fn sender(&self) -> Option<NodeId> {
        self.message.is_answer().then_some(self.node)
    }

    /// The node that it is for; a client is none.
    fn receiver(&self) -> Option<NodeId> {
        (!self.message.is_answer()).then_some(self.node)
    }
}

impl World {
    /// Hands a message between a client and a node to the network.
    pub(super) fn send_letter(
        &mut self,
        client: ClientId,
        node: NodeId,
        message: ClientMessage,
        cause: EventId,
    ) {
        let letter = Letter {
            number: self.number_letter(),
            client,
            node,
            message: Arc::new(message),
            arrives: self.now,
            sent: cause,
            cause,
        };
        let kind = letter.message.kind();
        let size = || letter.message.size();
        match self.network.send(kind, letter.way(), size, self.now) {
            Err(reason) => {
                self.lose_letter(letter.sender(), letter, reason, Causes::one(cause));
            }
            Ok(Passage { after, copies }) => {
                let original = (!copies.is_empty()).then(|| letter.clone());
                self.post(letter, self.now.saturating_add(after));
                for copy in copies {
                    if let Some(original) = &original {
                        self.double(original, self.now.saturating_add(copy));
                    }
                }
            }
        }
    }

    fn number_letter(&mut self) -> MessageId {
        self.letters += 1;
        FIRST + self.letters
    }

    /// Sends a copy of a message after it.
    fn double(&mut self, original: &Letter, arrives: Micros) {
        let event = Event::ClientDuplicate {
            client: original.client,
            peer: original.node,
            message: original.message.clone(),
            arrives,
        };
        let cause = self.record(original.sender(), Causes::one(original.cause), event);
        let copy = Letter {
            number: self.number_letter(),
            cause,
            ..original.clone()
        };
        self.post(copy, arrives);
    }

    /// Notes that a message has arrived, where nothing else may tell.
    fn tell_arrival(&mut self, letter: &Letter) -> EventId {
        let event = Event::ClientDeliver {
            client: letter.client,
            peer: letter.node,
            message: letter.message.clone(),
        };
        self.record(letter.receiver(), Causes::one(letter.cause), event)
    }

    fn post(&mut self, mut letter: Letter, arrives: Micros) {
        letter.arrives = arrives;
        self.queue.add(arrives, Due::Letter(letter));
    }

    /// Notes that a message is lost. `at` is where: the sender's end or the receiver's.
    fn lose_letter(
        &mut self,
        at: Option<NodeId>,
        letter: Letter,
        reason: DropReason,
        causes: Causes,
    ) {
        let event = Event::ClientDrop {
            client: letter.client,
            peer: letter.node,
            message: letter.message,
            reason,
        };
        self.record(at, causes, event);
    }

    /// Handles a message by hand that is on its way, if the filter takes it.
    pub(super) fn handle_letter(&mut self, filter: &mut Filter, ticket: Ticket, cause: EventId) {
        let Some(Due::Letter(letter)) = self.queue.get(ticket) else {
            return;
        };
        let way = letter.way();
        if !filter.takes(letter.message.kind(), way) {
            return;
        }
        if filter.handling == Handling::Copy {
            let letter = letter.clone();
            let after = self.network.draw_copy(way.0, way.1, self.now);
            return self.double(&letter, self.now.saturating_add(after));
        }
        let Some(Due::Letter(letter)) = self.queue.withdraw(ticket) else {
            return;
        };
        match filter.handling {
            Handling::Delay(by) => {
                let arrives = letter.arrives.saturating_add(by);
                self.post(letter, arrives);
            }
            Handling::Deliver => self.post(letter, self.now),
            _ => {
                let causes = Causes::two(letter.cause, cause);
                self.lose_letter(letter.sender(), letter, DropReason::ByHand, causes);
            }
        }
    }

    /// A message arrives, if it still can: not when its link is cut meanwhile, nor at a node that
    /// is down.
    pub(super) fn letter_arrives(&mut self, letter: Letter) {
        let (from, to) = letter.way();
        let down = |world: &World| {
            letter
                .receiver()
                .is_some_and(|node| world.servers[node.slot()].life == Life::Down)
        };
        let lost = if down(self) {
            Some(DropReason::Down)
        } else if self.network.blocked(from, to) {
            Some(DropReason::Partition)
        } else {
            None
        };
        if let Some(reason) = lost {
            let causes = Causes::one(letter.cause);
            return self.lose_letter(letter.receiver(), letter, reason, causes);
        }
        let cause = match letter.is_copy() {
            true => self.tell_arrival(&letter),
            false => letter.cause,
        };
        let input = match &*letter.message {
            ClientMessage::Request {
                request,
                reads,
                forward,
            } => Input::Request {
                request: request.clone(),
                reads: *reads,
                forward: *forward,
            },
            ClientMessage::Probe(serial) => Input::Health {
                client: letter.client,
                serial: *serial,
            },
            ClientMessage::Answer {
                serial,
                answer,
                entry,
            } => return self.hear_answer(&letter, cause, *serial, answer, *entry),
        };
        self.inbox(letter.node).put((cause, input));
    }

    /// An answer arrives at a client; one that comes too late changes nothing. The answer to any
    /// attempt is the answer to the request.
    fn hear_answer(
        &mut self,
        letter: &Letter,
        cause: EventId,
        serial: u64,
        answer: &Answer,
        entry: Option<(Index, Term)>,
    ) {
        let (id, from) = (letter.client, letter.node);
        let waited_for = self.clients.waiting(id);
        let in_time = waited_for.is_some_and(|it| it.request.serial == serial);
        match answer {
            Answer::Health { leads, term } => {
                let news = self.hear_health(id, from, cause, serial, leads.then_some(*term));
                if !news && !letter.is_copy() {
                    self.tell_arrival(letter);
                }
            }
            _ if !in_time => {
                if !letter.is_copy() {
                    self.tell_arrival(letter);
                }
            }
            Answer::Outcome(outcome) => {
                self.remember_answerer(id, from);
                let reply = Reply::Outcome(outcome.clone());
                self.end_request(id, reply, Some(from), entry, cause);
            }
            Answer::NotLeader(hint) => self.turned_away(id, from, *hint, cause),
        }
    }
}
