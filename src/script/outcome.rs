//! What became of a script and of what it expects.

use crate::raft::Micros;

/// What became of one `expect`, `wait until`, `never` or `always`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// The line of the script.
    pub line: usize,
    /// The statement as text.
    pub text: String,
    /// Whether it held.
    pub held: bool,
    /// When that was known, in microseconds of virtual time.
    pub at: Micros,
    /// What was found.
    pub found: String,
    /// How many lines of the journal came before it.
    pub after: usize,
}

/// How a script ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All expectations held, and no violation was found that was not expected.
    Passed,
    /// An expectation did not hold; it is the last in the list.
    Failed,
    /// An invariant was violated that the script did not expect.
    Violation,
    /// The script could not go on.
    Error(String),
}

impl Outcome {
    /// The word in the report.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Violation => "violation",
            Outcome::Error(_) => "error",
        }
    }
}
