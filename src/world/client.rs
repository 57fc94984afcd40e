//! Clients: one outstanding request each, timeouts, retries, discovery by redirect.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::command::Discovery;
use super::event::{Causes, Event, Reply};
use super::network::{Endpoint, Fate};
use super::view::{ClientView, Life};
use super::{Due, World};
use crate::kv::{ClientId, Operation, Request};
use crate::raft::{Answer, EventId, Index, Input, Micros, NodeId, ReadMode, Term};

/// How clients work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientOptions {
    /// How long a client waits for an answer, in microseconds.
    pub timeout: Micros,
    /// Whether it tries again until it is answered.
    pub retries: bool,
    /// How it finds the leader.
    pub discovery: Discovery,
    /// How `get` reads unless it says otherwise.
    pub reads: ReadMode,
}

impl Default for ClientOptions {
    fn default() -> ClientOptions {
        ClientOptions {
            timeout: 1_000_000,
            retries: true,
            discovery: Discovery::Redirect,
            reads: ReadMode::Linearizable,
        }
    }
}

/// The first pause of a client that was sent away twice without finding a leader; it doubles.
const FIRST_PAUSE: Micros = 10_000;
/// It doubles so many times at the most.
const MOST_DOUBLINGS: u32 = 5;

/// A request that is not sent yet.
#[derive(Clone, Debug)]
struct Wish {
    operation: Operation,
    via: Option<NodeId>,
    reads: ReadMode,
    cause: EventId,
}

/// The request that a client waits for.
#[derive(Clone, Debug)]
struct Outstanding {
    request: Arc<Request>,
    reads: ReadMode,
    since: Micros,
    target: NodeId,
    /// How often it was sent; timers of earlier attempts mean nothing.
    attempt: u32,
    /// How often in a row it was sent away.
    redirects: u32,
    /// When the client has waited long enough.
    deadline: Micros,
}

#[derive(Clone, Default, Debug)]
struct Client {
    serial: u64,
    queue: VecDeque<Wish>,
    outstanding: Option<Outstanding>,
    last: Option<(Operation, Reply)>,
    leader: Option<NodeId>,
    answered: u64,
    /// When [`Due::ClientTimer`] comes for it, if one is in the queue.
    armed: Option<Micros>,
}

/// A node's answer on its way to a client.
#[derive(Clone, Debug)]
pub struct Letter {
    client: ClientId,
    serial: u64,
    from: NodeId,
    answer: Answer,
    entry: Option<(Index, Term)>,
    cause: EventId,
}

/// All clients.
#[derive(Clone, Default, Debug)]
pub struct Clients {
    /// How they work.
    pub options: ClientOptions,
    clients: BTreeMap<ClientId, Client>,
}

impl Clients {
    /// True when the client waits for nothing.
    pub(super) fn is_free(&self, id: ClientId) -> bool {
        let client = self.clients.get(&id);
        client.is_none_or(|client| client.outstanding.is_none())
    }

    /// The clients as others may see them.
    pub fn view(&self) -> Vec<ClientView> {
        let view = |(&id, client): (&ClientId, &Client)| ClientView {
            id,
            outstanding: client.outstanding.as_ref().map(|outstanding| {
                let operation = outstanding.request.operation.clone();
                (operation, outstanding.since, outstanding.attempt)
            }),
            queued: client.queue.len(),
            last: client.last.clone(),
            answered: client.answered,
        };
        self.clients.iter().map(view).collect()
    }

    /// How the request issued last by a client ended: `Err(true)` while it is pending,
    /// `Err(false)` when nothing was ever issued.
    pub fn reply(&self, id: ClientId) -> Result<&Reply, bool> {
        let client = self.clients.get(&id).ok_or(false)?;
        if client.outstanding.is_some() || !client.queue.is_empty() {
            return Err(true);
        }
        client.last.as_ref().map(|(_, reply)| reply).ok_or(false)
    }

    /// True when the timer that comes for a client at `at` finds it waiting too long.
    pub(super) fn is_late(&self, id: ClientId, at: Micros) -> bool {
        self.clients.get(&id).is_some_and(|client| {
            let outstanding = client.outstanding.as_ref();
            client.armed == Some(at) && outstanding.is_some_and(|wish| wish.deadline <= at)
        })
    }

    /// How many operations were begun.
    pub fn operations(&self) -> u64 {
        self.clients.values().map(|client| client.serial).sum()
    }
}

impl World {
    /// A client is to ask something; if it waits for an answer, after that.
    pub(super) fn ask(
        &mut self,
        client: ClientId,
        operation: Operation,
        via: Option<NodeId>,
        reads: Option<ReadMode>,
        cause: EventId,
    ) {
        let reads = reads.unwrap_or(self.clients.options.reads);
        let entry = self.clients.clients.entry(client).or_default();
        entry.queue.push_back(Wish {
            operation,
            via,
            reads,
            cause,
        });
        if entry.outstanding.is_none() {
            self.next_wish(client);
        }
    }

    fn next_wish(&mut self, id: ClientId) {
        let now = self.now;
        let first = self.first_target(id);
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        let Some(wish) = client.queue.pop_front() else {
            return;
        };
        client.serial += 1;
        client.outstanding = Some(Outstanding {
            request: Arc::new(Request {
                client: id,
                serial: client.serial,
                operation: wish.operation,
            }),
            reads: wish.reads,
            since: now,
            target: wish.via.or(client.leader).unwrap_or(first),
            attempt: 0,
            redirects: 0,
            deadline: 0,
        });
        self.send_request(id, wish.cause);
    }

    /// Where a client that knows nothing begins: clients spread over the nodes.
    fn first_target(&self, id: ClientId) -> NodeId {
        NodeId::from_slot((id.0.max(1) as usize - 1) % self.servers.len())
    }

    fn node_after(&self, node: NodeId) -> NodeId {
        NodeId::from_slot((node.slot() + 1) % self.servers.len())
    }

    /// Sends the outstanding request (again) to its target, and starts the timer.
    fn send_request(&mut self, id: ClientId, cause: EventId) {
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        outstanding.attempt += 1;
        let attempt = outstanding.attempt;
        let to = outstanding.target;
        let request = outstanding.request.clone();
        let (serial, reads) = (request.serial, outstanding.reads);
        // Without retries one clock runs for the whole request.
        if attempt == 1 || self.clients.options.retries {
            outstanding.deadline = self.now + self.clients.options.timeout;
            let deadline = outstanding.deadline;
            if client.armed.is_none_or(|armed| armed > deadline) {
                client.armed = Some(deadline);
                self.queue.add(deadline, Due::ClientTimer(id));
            }
        }
        let event = Event::Request {
            client: id,
            serial,
            attempt,
            operation: request.operation.clone(),
            reads,
            to,
        };
        let cause = self.record(None, Causes::one(cause), event);
        self.client_link(Endpoint::Client(id), Endpoint::Node(to), || Due::ToNode {
            node: to,
            request: request.clone(),
            reads,
            cause,
        });
    }

    /// Carries something between a client and a node, with the link's loss, duplication and
    /// latency.
    fn client_link(&mut self, from: Endpoint, to: Endpoint, due: impl Fn() -> Due) {
        if self.network.blocked(from, to) {
            return;
        }
        const SIZE: u64 = 64;
        if let Fate::Arrives { after, copy } = self.network.send(from, to, SIZE, self.now) {
            self.queue.add(self.now + after, due());
            if let Some(copy) = copy {
                self.queue.add(self.now + copy, due());
            }
        }
    }

    /// A request arrives at a node; a node that is down does not answer.
    pub(super) fn deliver_request(
        &mut self,
        node: NodeId,
        request: Arc<Request>,
        reads: ReadMode,
        cause: EventId,
    ) {
        if self.servers[node.slot()].life != Life::Down {
            self.tell(node, cause, Input::Request { request, reads });
        }
    }

    /// A node answers a client.
    pub(super) fn send_reply(
        &mut self,
        from: NodeId,
        client: ClientId,
        serial: u64,
        answer: &Answer,
        entry: Option<(Index, Term)>,
        cause: EventId,
    ) {
        self.client_link(Endpoint::Node(from), Endpoint::Client(client), || {
            Due::ToClient(Box::new(Letter {
                client,
                serial,
                from,
                answer: answer.clone(),
                entry,
                cause,
            }))
        });
    }

    /// An answer arrives at a client; one that comes too late changes nothing.
    pub(super) fn deliver_reply(&mut self, letter: Letter) {
        let Letter {
            client: id,
            serial,
            from,
            answer,
            entry,
            cause,
        } = letter;
        let after = self.node_after(from);
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        if outstanding.request.serial != serial {
            return;
        }
        match answer {
            Answer::Outcome(outcome) => {
                if outstanding.reads != ReadMode::Stale {
                    client.leader = Some(from);
                }
                self.end_request(id, Reply::Outcome(outcome), entry, cause);
            }
            Answer::NotLeader(hint) => {
                // An answer to an earlier attempt says nothing about the present target.
                if outstanding.target != from {
                    return;
                }
                client.leader = hint;
                outstanding.target = hint.unwrap_or(after);
                outstanding.redirects += 1;
                let (attempt, redirects) = (outstanding.attempt, outstanding.redirects);
                if hint.is_some() && redirects <= 2 {
                    self.send_request(id, cause);
                } else {
                    let pause = FIRST_PAUSE << redirects.min(MOST_DOUBLINGS);
                    let due = Due::ClientPause {
                        client: id,
                        serial,
                        attempt,
                        cause,
                    };
                    self.queue.add(self.now + pause, due);
                }
            }
        }
    }

    /// A pause is over: the client tries again, unless something happened meanwhile.
    pub(super) fn end_pause(&mut self, id: ClientId, serial: u64, attempt: u32, cause: EventId) {
        if self.attempt_stands(id, serial, attempt) {
            self.send_request(id, cause);
        }
    }

    fn attempt_stands(&self, id: ClientId, serial: u64, attempt: u32) -> bool {
        let outstanding = self.clients.clients.get(&id);
        let outstanding = outstanding.and_then(|client| client.outstanding.as_ref());
        outstanding.is_some_and(|outstanding| {
            outstanding.request.serial == serial && outstanding.attempt == attempt
        })
    }

    /// The timer of a client comes at `at`: it was too long, or it comes again when it will be.
    pub(super) fn client_timer(&mut self, id: ClientId, at: Micros) {
        let retries = self.clients.options.retries;
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        if client.armed != Some(at) {
            return;
        }
        client.armed = None;
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        if outstanding.deadline > at {
            client.armed = Some(outstanding.deadline);
            self.queue.add(outstanding.deadline, Due::ClientTimer(id));
            return;
        }
        if !retries {
            return self.end_request(id, Reply::Timeout, None, 0);
        }
        client.leader = None;
        outstanding.redirects = 0;
        let target = outstanding.target;
        outstanding.target = NodeId::from_slot((target.slot() + 1) % self.servers.len());
        self.send_request(id, 0);
    }

    fn end_request(
        &mut self,
        id: ClientId,
        reply: Reply,
        entry: Option<(Index, Term)>,
        cause: EventId,
    ) {
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        let Some(outstanding) = client.outstanding.take() else {
            return;
        };
        if matches!(reply, Reply::Outcome(_)) {
            client.answered += 1;
        }
        client.last = Some((outstanding.request.operation.clone(), reply.clone()));
        let event = Event::Reply {
            client: id,
            serial: outstanding.request.serial,
            reply,
            entry,
        };
        self.record(None, Causes::one(cause), event);
        self.next_wish(id);
    }
}
