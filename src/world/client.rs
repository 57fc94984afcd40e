//! Clients: one outstanding request each, timeouts, retries. Whom a request is sent to is
//! decided in [`super::discovery`], and how it gets there in [`super::letter`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::asked::Asked;
use super::command::Discovery;
use super::discovery::Search;
use super::event::{Causes, ClientMessage, Event, Reply};
use super::view::ClientView;
use super::{Due, World};
use crate::kv::{ClientId, Operation, Request};
use crate::raft::{EventId, Index, Micros, NodeId, ReadMode, Term};

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
    /// The event that tells of the newest time, 0 for none.
    sent: EventId,
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
            self.use_leases(cause);
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
            sent: 0,
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
        if let Some(outstanding) = self.clients.waiting(id) {
            outstanding.sent = cause;
        }
        let message = ClientMessage::Request {
            request,
            reads,
            forward,
        };
        self.send_letter(id, to, message, cause);
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
        let waits = outstanding.and_then(|it| Some((it.deadline?, it.sent)));
        match waits {
            None => {}
            Some((deadline, _)) if deadline > at => {
                client.armed = Some(deadline);
                self.queue.add(deadline, Due::ClientTimer(id));
            }
            Some((_, sent)) if retries => self.timed_out(id, sent),
            Some((_, sent)) => self.end_request(id, Reply::Timeout, None, None, sent),
        }
    }

    pub(super) fn end_request(
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
