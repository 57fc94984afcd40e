//! World, checker and journal together: run, pause, rewind, branch.

pub mod scene;

pub use crate::check::Violation;
pub use scene::{Mark, Scene};
