//! Many runs at once: the search for a schedule that breaks something, the shortest script that
//! still does, and what a rule is worth, measured.

pub mod case;
mod ending;
pub mod fuzz;
pub mod run;
pub mod shrink;
pub mod write;

pub use case::{Case, Wanted};
pub use fuzz::{Found, Fuzz, Summary};
pub use run::{Failure, Played};
