//! Watches a run and says what is wrong with it; it never steers.

pub mod availability;
pub mod invariants;
pub mod linearizability;

pub use availability::{Tally, unavailable};
pub use invariants::Invariants;
pub use linearizability::Linearizability;

use crate::raft::{EventId, Micros, NodeId};

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Its name in the command language.
    pub invariant: &'static str,
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
        invariant: &'static str,
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
