//! What clients and the person who runs the cluster ask and are answered.

use super::{Collector, LABEL, line};
use crate::raft::{Event as NodeEvent, Micros, NodeId};
use crate::script::export::diagram::{Arrow, End, Fate, What};
use crate::world::explain::brief::{self, Mark};
use crate::world::explain::words;
use crate::world::{Event, Record, World};

/// What a client, or the person who runs the cluster, asked or was answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Errand {
    /// Its arrow.
    item: usize,
    /// When it arrives, where nothing that follows tells: whoever is turned away asks again later.
    arrives: Option<Micros>,
}

impl Collector {
    /// What clients and the person who runs the cluster ask and are answered.
    pub(super) fn take_errand(&mut self, record: &Record, world: &World) {
        let fate = match record.event {
            Event::ClientDrop { reason, .. } => Some(Fate::Lost(reason)),
            Event::ClientDeliver { .. } => Some(Fate::Arrived),
            _ => None,
        };
        if let Some(fate) = fate {
            for cause in record.causes.as_slice() {
                if let Some(Errand { item, .. }) = self.errands.remove(cause) {
                    self.end(Some(item), record.at, fate);
                    // What follows from it says so.
                    let arrives = None;
                    self.errands.insert(record.id, Errand { item, arrives });
                }
            }
            return;
        }
        // A copy is no sign that the original has arrived.
        let copied = matches!(record.event, Event::ClientDuplicate { .. });
        // Whatever is done about it, it has arrived.
        let mut arrived = false;
        for cause in record.causes.as_slice().iter().filter(|_| !copied) {
            if let Some(errand) = self.errands.remove(cause) {
                let at = errand.arrives.map_or(record.at, |at| at.min(record.at));
                self.end(Some(errand.item), at, Fate::Arrived);
                arrived = true;
            }
        }
        if matches!(record.event, Event::Reply { .. } | Event::Settled { .. }) {
            if !arrived {
                self.unseen(record, world);
            }
            return;
        }
        let names = |id: NodeId| &**world.name(id);
        let ends = ends_of_errand(record);
        let (Some((from, to)), Some(label)) = (ends, brief::errand(&record.event, &names)) else {
            return;
        };
        self.clients = true;
        let arrow = Arrow {
            from,
            to,
            label: line(&label, LABEL),
            end: None,
            fate: Fate::Unseen,
            copy: copied,
            routine: false,
            term: None,
        };
        let Some(item) = self.add(record.at, What::Arrow(arrow)) else {
            return;
        };
        let arrives = match &record.event {
            Event::Node(NodeEvent::Redirected { .. } | NodeEvent::Health { .. }) => {
                world.arrival_of_letter(record.id)
            }
            // Whoever runs the cluster stands beside it.
            Event::Node(NodeEvent::AdminAnswered { .. }) => Some(record.at),
            _ => None,
        };
        self.errands.insert(record.id, Errand { item, arrives });
    }

    /// Whoever was turned away has heard so by the instant that is shown last.
    pub(super) fn finish_errands(&mut self, shown: Micros) {
        for Errand { item, arrives } in std::mem::take(&mut self.errands).into_values() {
            if let Some(at) = arrives.filter(|at| *at <= shown) {
                self.end(Some(item), at, Fate::Arrived);
            }
        }
    }

    /// An answer that nobody was seen to give is told on the clients' lane.
    fn unseen(&mut self, record: &Record, world: &World) {
        let names = |id: NodeId| &**world.name(id);
        let mark = Mark {
            sign: "•",
            words: line(&words(record, &names), LABEL),
            short: String::new(),
        };
        self.clients = true;
        self.add(record.at, What::Marks(End::Clients, vec![mark]));
    }
}

/// Between whom something is asked or answered, if the event says so.
fn ends_of_errand(record: &Record) -> Option<(End, End)> {
    match (&record.event, record.node) {
        (Event::Request { to, .. } | Event::Probe { to, .. } | Event::Order { to, .. }, _) => {
            Some((End::Clients, End::Node(*to)))
        }
        (
            Event::Node(
                NodeEvent::Answered { .. }
                | NodeEvent::Redirected { .. }
                | NodeEvent::Health { .. }
                | NodeEvent::AdminAnswered { .. },
            ),
            Some(node),
        ) => Some((End::Node(node), End::Clients)),
        (Event::ClientDuplicate { peer, message, .. }, _) if message.is_answer() => {
            Some((End::Node(*peer), End::Clients))
        }
        (Event::ClientDuplicate { peer, .. }, _) => Some((End::Clients, End::Node(*peer))),
        _ => None,
    }
}
