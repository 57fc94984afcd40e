//! The world as others may see it at an instant.

use super::World;
use super::due::Due;
use super::queue::Ticket;
use super::server::Server;
use super::view::{self, Flight, Life, NodeStatus, View};
use crate::kv::Store;
use crate::raft::{EventId, Glance, Micros, NodeId, NodeView, RoleView};

impl World {
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
}

fn flight((_, due): (Ticket, &Due)) -> Option<Flight> {
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
