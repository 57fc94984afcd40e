//! The deterministic world around the nodes: clock, events, threads, network, disks, clients.
//!
//! At each virtual instant the world routes what is due, hands every node its inputs, lets all
//! of them work at once, and takes their effects back in order of node number. Nodes share
//! nothing that can change, so the scheduler of the operating system cannot change a run: that
//! chunks of logs which are equal are held once, by way of a [`Pool`], no node can tell.

pub mod act;
pub mod asked;
pub mod client;
pub mod command;
mod digest;
mod discovery;
pub mod disk;
pub mod event;
pub mod explain;
mod future;
pub mod host;
mod letter;
mod membership;
pub mod network;
pub mod operator;
pub mod queue;
mod remark;
pub mod run;
pub mod select;
mod server;
mod setting;
pub mod time;
pub mod trace;
pub mod view;
mod way;
mod workload;

use std::sync::Arc;

pub use command::Command;
pub use event::{Causes, Event, Record};
pub use host::Hosts;
pub use view::View;

use crate::kv::{ClientId, Store, Text};
use crate::list::Pool;
use crate::raft::{
    AdminId, Configuration, Durable, Entry, Envelope, EventId, Glance, Index, Input, Kind, Micros,
    Node, NodeId, NodeView, Options, RoleKind, RoleView, Rules, Term,
};
use crate::room::Put;
use client::Clients;
use event::MessageId;
use host::Host;
use letter::Letter;
use membership::CommittedMembership;
use network::{Endpoint, Network};
use operator::Operator;
use queue::Queue;
use server::Server;
use trace::Trace;
use view::{Flight, Life, NodeStatus};
use workload::Workloads;

/// The most nodes in a cluster.
pub const MAX_NODES: usize = 101;

/// A message on its way.
#[derive(Clone, Debug)]
struct Journey {
    message: MessageId,
    envelope: Arc<Envelope>,
    sent: Micros,
    arrives: Micros,
    /// The event that sent it.
    cause: EventId,
}

/// Something that is due at an instant.
#[derive(Clone, Debug)]
enum Due {
    /// A node may want to be woken.
    Timer(NodeId),
    /// A message arrives.
    Deliver(Journey),
    /// A disk ends a sync; one begun before a crash means nothing.
    Sync { node: NodeId, epoch: u64 },
    /// A message between a client and a node arrives.
    Letter(Letter),
    /// A client may have waited long enough.
    ClientTimer(ClientId),
    /// A client's pause is over.
    ClientPause {
        client: ClientId,
        serial: u64,
        step: u32,
        cause: EventId,
    },
    /// The workload asks again.
    Workload { generation: u64 },
    /// A statement about the cluster is handed over again, or given up.
    Order { id: AdminId, timer: u32 },
}

/// How many messages there were of each outcome.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// Handed to the network, of each kind.
    pub sent: [u64; Kind::ALL.len()],
    /// Arrived.
    pub delivered: u64,
    /// Lost, for whatever reason.
    pub dropped: u64,
    /// Copies made.
    pub duplicated: u64,
}

impl Traffic {
    /// Messages handed to the network, of a kind or of any.
    pub fn sent(&self, kind: Option<Kind>) -> u64 {
        match kind {
            Some(kind) => self.sent[kind as usize],
            None => self.sent.iter().sum(),
        }
    }
}

/// What a world begins with.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The run's seed: every random draw follows from it.
    pub seed: u64,
    /// The names of the first voters.
    pub names: Vec<Text>,
    /// What their disks hold, where it is not nothing.
    pub given: Vec<(NodeId, Durable)>,
}

/// The world.
#[derive(Debug)]
pub struct World {
    seed: u64,
    now: Micros,
    hosts: Hosts,
    servers: Vec<Server>,
    /// Where the logs find what other logs hold too.
    entries: Arc<Pool<Entry>>,
    membership: CommittedMembership,
    operator: Operator,
    options: Options,
    rules: Rules,
    queue: Queue<Due>,
    network: Network,
    clients: Clients,
    workloads: Workloads,
    trace: Trace,
    traffic: Traffic,
    messages: MessageId,
    /// How many messages there were between clients and nodes.
    letters: u64,
    /// The places of nodes that have inputs to work on.
    ready: Vec<usize>,
    /// Room for the places of those that work on them; empty between rounds.
    working: Vec<usize>,
    /// True while faults are drawn at random.
    chaos: bool,
}

impl World {
    /// Builds the cluster and boots every node at instant 0. Everything on, nothing failing.
    ///
    /// # Panics
    /// When there is no name or there are more than [`MAX_NODES`].
    pub fn new(stage: &Stage, hosts: Hosts, keep: usize) -> World {
        assert!((1..=MAX_NODES).contains(&stage.names.len()));
        let ids = (0..stage.names.len()).map(NodeId::from_slot);
        let configuration = Configuration::of(ids.clone());
        let entries = Arc::default();
        let server = |(id, name): (NodeId, &Text)| {
            let given = stage.given.iter().find(|(node, _)| *node == id);
            let mut durable = given
                .map(|(_, durable)| durable.clone())
                .unwrap_or_default();
            durable.configuration = configuration.clone();
            durable.log.share(&entries);
            Server::new(stage.seed, id, name.clone(), durable)
        };
        let servers = ids.zip(&stage.names).map(server).collect();
        let mut world = World {
            seed: stage.seed,
            now: 0,
            hosts,
            servers,
            entries,
            membership: CommittedMembership::new(configuration),
            operator: Operator::default(),
            options: Options::default(),
            rules: Rules::default(),
            queue: Queue::default(),
            network: Network::new(stage.seed),
            clients: Clients::default(),
            workloads: Workloads::new(stage.seed),
            trace: Trace::new(keep),
            traffic: Traffic::default(),
            messages: 0,
            letters: 0,
            ready: Vec::new(),
            working: Vec::new(),
            chaos: false,
        };
        for slot in 0..world.servers.len() {
            world.boot(slot);
        }
        world.next_instant();
        world
    }

    /// Starts a node from its disk.
    fn boot(&mut self, slot: usize) {
        let server = &mut self.servers[slot];
        let restarted = server.has_run();
        server.epoch += 1;
        server.life = Life::Up;
        server.since = self.now;
        let rng = server.stream(self.seed);
        let local = server.clock.local(self.now);
        let node = Node::boot(
            server.id,
            server.options.clone(),
            self.rules,
            server.disk.durable().clone(),
            restarted,
            rng,
            local,
        );
        server.role = node.kind();
        server.term = node.term();
        server.commit = node.commit();
        server.batch.inputs.clear();
        server.batch.deadline = node.deadline();
        server.host = Some(Host::start(self.hosts, &server.name, Box::new(node)));
        let (id, held) = (server.id, server.held);
        if held {
            self.inbox(id).put((0, Input::HoldElection(true)));
        }
        self.arm(slot);
    }

    /// Virtual time, in microseconds.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The run's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many nodes there are, whatever their state.
    pub fn size(&self) -> usize {
        self.servers.len()
    }

    /// The name of a node.
    pub fn name(&self, id: NodeId) -> &Text {
        &self.servers[id.slot()].name
    }

    /// Which rules are on.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Messages so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// The clients.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The newest events, and the digest of all.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The trace, to be trimmed or forgotten.
    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// What the disk of a node holds.
    pub fn durable(&self, id: NodeId) -> &Durable {
        self.servers[id.slot()].disk.durable()
    }

    /// Whether a node runs.
    pub fn life(&self, id: NodeId) -> Life {
        self.servers[id.slot()].life
    }

    /// Role, term and commit index of a node, without asking it.
    pub fn standing(&self, id: NodeId) -> (RoleKind, Term, Index) {
        let server = &self.servers[id.slot()];
        (server.role, server.term, server.commit)
    }

    /// The live leader of the highest term.
    pub fn leader(&self) -> Option<NodeId> {
        let leaders = self.servers.iter().filter(|server| server.leads());
        leaders
            .max_by_key(|server| server.term)
            .map(|server| server.id)
    }

    /// The newest committed configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.membership.configuration
    }

    /// True when a message could go from one node to another.
    pub fn connected(&self, from: NodeId, to: NodeId) -> bool {
        let (from, to) = (Endpoint::Node(from), Endpoint::Node(to));
        !self.network.blocked(from, to)
    }

    /// Messages on their way, in no particular order.
    pub fn flying(&self) -> impl Iterator<Item = &Arc<Envelope>> {
        self.queue.iter().filter_map(|(_, due)| match due {
            Due::Deliver(journey) => Some(&journey.envelope),
            _ => None,
        })
    }

    /// Messages that have arrived at a frozen process, which gets them when it goes on.
    pub fn waiting(&self) -> impl Iterator<Item = &Arc<Envelope>> {
        let inputs = self.servers.iter().flat_map(|it| &it.batch.inputs);
        inputs.filter_map(|(_, input)| match input {
            Input::Receive(envelope) => Some(envelope),
            _ => None,
        })
    }

    /// Adds an event that stands outside the digest: a statement, a caption, a violation.
    pub fn note(&mut self, node: Option<NodeId>, causes: Causes, event: Event) -> EventId {
        self.trace.record(self.now, node, causes, event)
    }

    /// One node and what surrounds it.
    pub fn status(&self, id: NodeId) -> NodeStatus {
        let server = &self.servers[id.slot()];
        NodeStatus {
            id,
            name: server.name.clone(),
            life: server.life,
            since: server.since,
            node: self.node_view(server),
            disk: server.disk.view(),
            clock_rate: server.clock.rate(),
            options: server.options.clone(),
            clock_ahead: server.clock.ahead(self.now),
        }
    }

    /// A few facts of a node; of one that is down, what its disk tells.
    pub fn glance(&self, id: NodeId) -> Glance {
        let server = &self.servers[id.slot()];
        if let Some(host) = &server.host {
            return host.glance();
        }
        let durable = server.disk.durable();
        let snapshot = durable.snapshot.as_ref();
        Glance {
            term: durable.term,
            commit: durable.log.first() - 1,
            applied: durable.log.first() - 1,
            first: durable.log.first(),
            last: durable.log.last(),
            configuration: server.disk.configuration().clone(),
            store: snapshot.map_or_else(Store::default, |it| it.store.clone()),
        }
    }

    /// True while something is broken: a node is down or stopped, a disk stalls, a clock drifts,
    /// messages are lost or doubled.
    pub fn is_faulty(&self) -> bool {
        let broken = |server: &Server| {
            server.life != Life::Up
                || server.disk.view().stalled
                || server.clock.rate() != 1_000_000
        };
        self.servers.iter().any(broken) || self.network.is_faulty()
    }

    /// A node as its host shows it; of a node that is down, what its disk holds.
    fn node_view(&self, server: &Server) -> NodeView {
        if let Some(host) = &server.host {
            // What a stopped node is told it hears when it goes on; what it will be is known.
            return NodeView {
                timer_held: server.held,
                ..host.view(server.clock.local(self.now))
            };
        }
        let (durable, glance) = (server.disk.durable(), self.glance(server.id));
        NodeView {
            id: server.id,
            term: glance.term,
            vote: durable.vote,
            role: RoleView::Follower { leader: None },
            commit: glance.commit,
            applied: glance.applied,
            log: durable.log.clone(),
            synced: glance.last,
            configuration: (*glance.configuration).clone(),
            store: glance.store,
            election_timer: None,
            timer_held: server.held,
        }
    }

    /// The whole world at this instant.
    pub fn view(&self) -> View {
        let ids = || (0..self.servers.len()).map(NodeId::from_slot);
        let mut flights: Vec<Flight> = self.queue.iter().filter_map(flight).collect();
        flights.sort_unstable_by_key(|flight| (flight.message, flight.arrives));
        let pairs = ids().flat_map(|from| ids().map(move |to| (from, to)));
        View {
            now: self.now,
            nodes: ids().map(|id| self.status(id)).collect(),
            flights,
            letters: self.letters_on_their_way(),
            blocked: pairs
                .filter(|&(from, to)| from != to && !self.connected(from, to))
                .collect(),
            channel: self.network.channel(),
            links: self.network.links(),
            traffic: self.traffic,
            clients: self.clients.view(),
            orders: self.operator.view(),
            workload: self.workloads.current(),
            chaos: self.chaos,
            options: self.options.clone(),
            client_options: self.clients.options,
            rules: self.rules,
            events: self.trace.counted(),
            digest: self.trace.digest(),
        }
    }

    /// When the message between a client and a node arrives that the event `sent` put on its way, if
    /// it has not yet.
    pub fn arrival_of_letter(&self, sent: EventId) -> Option<Micros> {
        self.queue.iter().find_map(|(_, due)| match due {
            Due::Letter(letter) if letter.sent == sent => letter.arrives_unless_copy(),
            _ => None,
        })
    }

    /// Messages between clients and nodes, in order of sending.
    fn letters_on_their_way(&self) -> Vec<view::Letter> {
        let letters = self.queue.iter().filter_map(|(ticket, due)| match due {
            Due::Letter(letter) => Some((letter.sent, ticket, letter)),
            _ => None,
        });
        let mut letters: Vec<_> = letters.collect();
        letters.sort_unstable_by_key(|&(sent, ticket, _)| (sent, ticket));
        letters
            .into_iter()
            .map(|(.., letter)| letter.view())
            .collect()
    }

    /// A copy of the whole world with all nodes inline and an empty trace; numbers and digest go
    /// on. Most of it is shared with the original.
    pub fn copy(&self) -> World {
        World {
            seed: self.seed,
            now: self.now,
            hosts: Hosts::Inline,
            servers: self.servers.iter().map(Server::copy).collect(),
            entries: self.entries.clone(),
            membership: self.membership.clone(),
            operator: self.operator.clone(),
            options: self.options.clone(),
            rules: self.rules,
            queue: self.queue.clone(),
            network: self.network.clone(),
            clients: self.clients.clone(),
            workloads: self.workloads.clone(),
            trace: self.trace.forgetful_copy(),
            traffic: self.traffic,
            messages: self.messages,
            letters: self.letters,
            ready: self.ready.clone(),
            working: Vec::new(),
            chaos: self.chaos,
        }
    }

    /// Moves all nodes to hosts of another kind; the run goes on as it would have.
    pub fn move_to(&mut self, hosts: Hosts) {
        if self.hosts == hosts {
            return;
        }
        self.hosts = hosts;
        for server in &mut self.servers {
            if let Some(host) = server.host.take() {
                server.host = Some(Host::start(hosts, &server.name, host.copy()));
            }
        }
    }
}

fn flight((_, due): (queue::Ticket, &Due)) -> Option<Flight> {
    match due {
        Due::Deliver(journey) => Some(Flight {
            message: journey.message,
            envelope: journey.envelope.clone(),
            sent: journey.sent,
            arrives: journey.arrives,
        }),
        _ => None,
    }
}
