//! World, checker and journal together: run, pause, rewind, branch.

pub mod scene;

pub use scene::{Mark, Scene, Violation};
