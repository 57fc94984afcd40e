//! Watches a run and says what is wrong with it; it never steers.

pub mod availability;
pub mod invariants;

pub use availability::{Tally, unavailable};
pub use invariants::Invariants;

use crate::raft::{EventId, Micros};

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
}
