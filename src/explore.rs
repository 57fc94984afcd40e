//! Many runs at once: the search for a schedule that breaks something, the shortest script that
//! still does, what a rule is worth, measured, and what the Raft paper measured.

pub mod case;
mod ending;
pub mod failover;
pub mod fuzz;
mod options;
pub mod run;
pub mod shrink;
pub mod spread;
pub mod write;

pub use case::{Case, Wanted};
pub use failover::Failover;
pub use fuzz::{Found, Fuzz, Summary};
pub use run::{Failure, Played};
