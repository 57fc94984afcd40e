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
mod due;
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
mod seen;
pub mod select;
mod server;
mod setting;
pub mod time;
pub mod trace;
mod traffic;
mod transit;
pub mod view;
mod workload;

use std::sync::Arc;

pub use command::Command;
pub use event::{Causes, Event, Record};
pub use host::Hosts;
pub use traffic::Traffic;
pub use view::View;

use crate::kv::Text;
use crate::list::Pool;
use crate::raft::{
    Configuration, Durable, Entry, Envelope, EventId, Index, Input, Micros, Node, NodeId, Options,
    RoleKind, Rules, Term,
};
use crate::room::Put;
use client::Clients;
use due::{Due, Journey};
use event::MessageId;
use host::Host;
use membership::CommittedMembership;
use network::{Endpoint, Network};
use operator::Operator;
use queue::Queue;
use server::Server;
use trace::Trace;
use view::Life;
use workload::Workloads;

/// The most nodes in a cluster.
pub const MAX_NODES: usize = 101;

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
