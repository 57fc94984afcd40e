//! Clients: one outstanding request each, timeouts, retries. Whom a request is sent to is
//! decided in [`super::discovery`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::asked::Asked;
use super::command::Discovery;
use super::discovery::Search;
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
pub(super) struct Outstanding {
    pub request: Arc<Request>,
    pub reads: ReadMode,
    since: Micros,
    /// Whom the client asks, or will ask after a pause; `None` while it searches.
    pub target: Option<NodeId>,
    /// Who named the target as the leader, or the first of those who named one another. When that
    /// leads nowhere, it is the turn of the node after this one.
    pub named_by: Option<NodeId>,
    /// The request is with its target; otherwise the client pauses or searches.
    pub asking: bool,
    /// How often it was sent.
    attempt: u32,
    /// Counts attempts and probes: a pause begun before the newest means nothing.
    pub step: u32,
    /// How often in a row it was turned away.
    pub turned_away: u32,
    /// When the client has waited long enough.
    pub deadline: Option<Micros>,
    /// While the client looks for the leader.
    pub search: Option<Search>,
}

impl Outstanding {
    /// True when any node may answer, whether it leads or not.
    pub fn anyone_answers(&self) -> bool {
        self.reads == ReadMode::Stale && self.request.operation.is_read()
    }

    /// True when whoever answers need not lead: followers serve linearizable reads too.
    pub fn answer_tells_nothing(&self) -> bool {
        matches!(self.reads, ReadMode::Stale | ReadMode::Linearizable)
            && self.request.operation.is_read()
    }
}

#[derive(Clone, Default, Debug)]
pub(super) struct Client {
    serial: u64,
    queue: VecDeque<Wish>,
    pub outstanding: Option<Outstanding>,
    last: Option<(Operation, Reply)>,
    /// Whom it asks first, and by which strategy it knows that node; another does not trust it.
    pub known: Option<(Discovery, NodeId)>,
    /// How often it asked the nodes whether they lead.
    pub probes: u64,
    answered: u64,
    /// When [`Due::ClientTimer`] comes for it, if one is in the queue.
    armed: Option<Micros>,
}

/// A node's answer on its way to a client.
#[derive(Clone, Debug)]
pub struct Letter {
    pub(super) client: ClientId,
    pub(super) serial: u64,
    pub(super) from: NodeId,
    pub(super) answer: Answer,
    entry: Option<(Index, Term)>,
    pub(super) cause: EventId,
}

/// All clients.
#[derive(Clone, Default, Debug)]
pub struct Clients {
    /// How they work.
    pub options: ClientOptions,
    clients: BTreeMap<ClientId, Client>,
}

impl Clients {
    /// A client that has asked something, at any time.
    pub(super) fn get_mut(&mut self, id: ClientId) -> Option<&mut Client> {
        self.clients.get_mut(&id)
    }

    /// What a client waits for, if it waits.
    pub(super) fn waiting(&mut self, id: ClientId) -> Option<&mut Outstanding> {
        self.clients.get_mut(&id)?.outstanding.as_mut()
    }

    /// True when the client waits for nothing.
    pub fn is_free(&self, id: ClientId) -> bool {
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

    /// How the request issued last by a client ended.
    pub fn reply(&self, id: ClientId) -> Asked<&Reply> {
        let Some(client) = self.clients.get(&id) else {
            return Asked::Nothing;
        };
        if client.outstanding.is_some() || !client.queue.is_empty() {
            return Asked::Pending;
        }
        match &client.last {
            Some((_, reply)) => Asked::Ended(reply),
            None => Asked::Nothing,
        }
    }

    /// True when the timer that comes for a client at `at` finds it waiting too long.
    pub(super) fn is_late(&self, id: ClientId, at: Micros) -> bool {
        self.clients.get(&id).is_some_and(|client| {
            let outstanding = client.outstanding.as_ref();
            let deadline = outstanding.and_then(|outstanding| outstanding.deadline);
            client.armed == Some(at) && deadline.is_some_and(|deadline| deadline <= at)
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
        if reads == ReadMode::Lease {
            self.use_leases();
        }
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
            target: wish.via,
            asking: false,
            attempt: 0,
            step: 0,
            named_by: None,
            turned_away: 0,
            deadline: None,
            search: None,
        });
        self.try_request(id, wish.cause);
    }

    /// Sends the outstanding request (again) to its target, and starts the clock.
    pub(super) fn send_request(&mut self, id: ClientId, cause: EventId) {
        let forward = self.clients.options.discovery == Discovery::Forward;
        let Some(outstanding) = self.clients.waiting(id) else {
            return;
        };
        let Some(to) = outstanding.target else {
            return;
        };
        outstanding.asking = true;
        outstanding.step += 1;
        outstanding.attempt += 1;
        let (attempt, reads) = (outstanding.attempt, outstanding.reads);
        let request = outstanding.request.clone();
        self.start_clock(id);
        let event = Event::Request {
            client: id,
            serial: request.serial,
            attempt,
            operation: request.operation.clone(),
            reads,
            to,
        };
        let cause = self.record(None, Causes::one(cause), event);
        let input = Input::Request {
            request,
            reads,
            forward,
        };
        self.tell_from_client(id, to, input, cause);
    }

    /// Says until when the client waits. Without retries one clock runs for the whole request.
    pub(super) fn start_clock(&mut self, id: ClientId) {
        let options = self.clients.options;
        let deadline = self.now.saturating_add(options.timeout);
        let Some(client) = self.clients.clients.get_mut(&id) else {
            return;
        };
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        if outstanding.deadline.is_some() && !options.retries {
            return;
        }
        outstanding.deadline = Some(deadline);
        if client.armed.is_none_or(|armed| armed > deadline) {
            client.armed = Some(deadline);
            self.queue.add(deadline, Due::ClientTimer(id));
        }
    }

    /// Sends something from a client to a node.
    pub(super) fn tell_from_client(
        &mut self,
        id: ClientId,
        to: NodeId,
        input: Input,
        cause: EventId,
    ) {
        self.client_link(Endpoint::Client(id), Endpoint::Node(to), || Due::ToNode {
            client: id,
            node: to,
            input: input.clone(),
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

    /// What a client sent arrives at a node, if the link still carries anything; a node that is
    /// down does not answer.
    pub(super) fn deliver_to_node(
        &mut self,
        client: ClientId,
        node: NodeId,
        input: Input,
        cause: EventId,
    ) {
        let (from, to) = (Endpoint::Client(client), Endpoint::Node(node));
        if self.servers[node.slot()].life != Life::Down && !self.network.blocked(from, to) {
            self.tell(node, cause, input);
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

    /// An answer arrives at a client; one that comes too late changes nothing. The answer to any
    /// attempt is the answer to the request.
    pub(super) fn deliver_reply(&mut self, letter: Letter) {
        let (from, to) = (Endpoint::Node(letter.from), Endpoint::Client(letter.client));
        if self.network.blocked(from, to) {
            return;
        }
        let id = letter.client;
        let waited_for = self.clients.waiting(id);
        let in_time = waited_for.is_some_and(|it| it.request.serial == letter.serial);
        match letter.answer {
            Answer::Health { leads, term } => self.hear_health(&letter, leads.then_some(term)),
            _ if !in_time => {}
            Answer::Outcome(outcome) => {
                self.remember_answerer(id, letter.from);
                let from = Some(letter.from);
                let reply = Reply::Outcome(outcome);
                self.end_request(id, reply, from, letter.entry, letter.cause);
            }
            Answer::NotLeader(hint) => self.turned_away(id, letter.from, hint, letter.cause),
        }
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
        let outstanding = client.outstanding.as_ref();
        match outstanding.and_then(|outstanding| outstanding.deadline) {
            None => {}
            Some(deadline) if deadline > at => {
                client.armed = Some(deadline);
                self.queue.add(deadline, Due::ClientTimer(id));
            }
            Some(_) if retries => self.timed_out(id),
            Some(_) => self.end_request(id, Reply::Timeout, None, None, 0),
        }
    }

    fn end_request(
        &mut self,
        id: ClientId,
        reply: Reply,
        from: Option<NodeId>,
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
            from,
            entry,
        };
        self.record(None, Causes::one(cause), event);
        self.next_wish(id);
    }
}
