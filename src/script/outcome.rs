//! What became of a script and of what it expects.

use super::exit::{DONE, FAILED, WRONG};
use crate::command::{Diagnostics, Why};
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
    /// Where it did not hold: the question that leads on from there, if there is one.
    pub why: Option<Why>,
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
    /// The script is wrong, and only its run could show it.
    Wrong(Diagnostics),
}

impl Outcome {
    /// The word in the report.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Violation => "violation",
            Outcome::Error(_) | Outcome::Wrong(_) => "error",
        }
    }

    /// Why the script could not go on, if that is how it ended: on one line, or with the place in
    /// `source` underlined.
    pub fn error(&self, source: Option<&str>) -> Option<String> {
        match (self, source) {
            (Outcome::Error(message), _) => Some(message.clone()),
            (Outcome::Wrong(wrong), Some(source)) => Some(wrong.render(source, false)),
            (Outcome::Wrong(wrong), None) => Some(wrong.to_string()),
            (Outcome::Passed | Outcome::Failed | Outcome::Violation, _) => None,
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> i32 {
        match self {
            Outcome::Passed => DONE,
            Outcome::Failed | Outcome::Violation | Outcome::Error(_) => FAILED,
            Outcome::Wrong(_) => WRONG,
        }
    }
}
