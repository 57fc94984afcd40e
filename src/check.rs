//! Watches a run and says what is wrong with it; it never steers.

pub mod availability;
pub mod invariants;
pub mod linearizability;

pub use availability::{Tally, unavailable};
pub use invariants::Invariants;
pub use linearizability::Linearizability;

use crate::raft::{EventId, Invariant, Micros, NodeId};
use crate::world::{Event, Record, World};

/// All that is checked as a run goes. Cloning shares structure.
#[derive(Clone, Debug)]
pub struct Checker {
    invariants: Invariants,
    history: Linearizability,
}

impl Checker {
    /// A checker for a world that has just been built.
    pub fn new(world: &World) -> Checker {
        let mut history = Linearizability::default();
        for slot in 0..world.size() {
            history.give(world.durable(NodeId::from_slot(slot)));
        }
        Checker {
            invariants: Invariants::new(world),
            history,
        }
    }

    /// Looks at one event. `world` is asked only for names, for the disk of a node that starts or
    /// crashes, and for what is on its way then.
    pub fn watch(&mut self, record: &Record, world: &World) {
        // Most events are the ways of messages and disks, which break nothing by themselves.
        if matches!(
            record.event,
            Event::Send { .. }
                | Event::Deliver { .. }
                | Event::Drop { .. }
                | Event::ClientDrop { .. }
                | Event::ClientDuplicate { .. }
                | Event::ClientDeliver { .. }
                | Event::Persist { .. }
                | Event::Sync { .. }
        ) {
            return;
        }
        self.invariants.watch(record, world);
        if matches!(record.event, Event::Request { .. } | Event::Reply { .. }) {
            let names = |id: NodeId| &**world.name(id);
            if let Some(violation) = self.history.watch(record, &names) {
                self.invariants.note(violation);
            }
        }
    }

    /// All violations so far, in order.
    pub fn violations(&self) -> &[Violation] {
        self.invariants.violations()
    }

    /// The clients' history as it was judged so far.
    pub fn history(&self) -> &Linearizability {
        &self.history
    }
}

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// When, in microseconds of virtual time.
    pub at: Micros,
    /// The event that showed it.
    pub event: EventId,
    /// What is wrong, in words.
    pub detail: String,
    /// The events involved, in order, the one that showed it among them.
    pub events: Vec<EventId>,
    /// The nodes involved, in order.
    pub nodes: Vec<NodeId>,
}

impl Violation {
    /// A violation that `event` showed; `events` and `nodes` in any order.
    pub fn new(
        invariant: Invariant,
        (at, event): (Micros, EventId),
        detail: String,
        mut events: Vec<EventId>,
        mut nodes: Vec<NodeId>,
    ) -> Violation {
        events.push(event);
        events.sort_unstable();
        events.dedup();
        nodes.sort_unstable();
        nodes.dedup();
        Violation {
            invariant,
            at,
            event,
            detail,
            events,
            nodes,
        }
    }
}
