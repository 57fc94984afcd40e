//! A session as others may see it: what the dashboard and the recorder draw.

use std::sync::Arc;

use super::why::Answer;
use crate::check::Violation;
use crate::command::Caption;
use crate::kv::Text;
use crate::raft::{Micros, NodeId, Term};
use crate::world::{Record, View};

/// What the tape at the foot remembers of the whole run; it is small and is never dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// The highest term rose to this.
    Term(Term),
    /// This node became leader of this term.
    Leader(NodeId, Term),
    /// A fault was made or mended by a statement.
    Fault,
    /// An invariant was violated.
    Violation,
}

/// How the session moves.
#[derive(Clone, PartialEq, Debug)]
pub struct Scene {
    /// The world at the instant that is shown.
    pub world: View,
    /// The title of the script, or of free play.
    pub title: Caption,
    /// The run's seed.
    pub seed: u64,
    /// The caption, if any, and since when it stands.
    pub caption: Option<(Caption, Micros)>,
    /// True while time passes.
    pub playing: bool,
    /// Virtual seconds in a wall second.
    pub speed: f64,
    /// The newest instant of this branch; `world.now` is less after a step back.
    pub frontier: Micros,
    /// What was violated so far.
    pub violations: Vec<Violation>,
    /// The newest events before the instant shown, oldest first.
    pub records: Vec<Record>,
    /// Terms, leaders, faults and violations over the whole branch, in order of time.
    pub tape: Vec<(Micros, Mark)>,
    /// True while a script still has statements to run on this branch.
    pub scripted: bool,
    /// True while the script that runs is the tour.
    pub tour: bool,
    /// What was left and can be returned to, with the instant where: the script that the person
    /// took over, then other sessions, the newest first.
    pub back: Vec<(Caption, Micros)>,
    /// True while the script waits for the person to make something true.
    pub asks: bool,
    /// What went wrong or deserves a word: a failed expectation, a selector that named nobody.
    pub notice: Option<Text>,
    /// Statements given by hand so far on this branch, which `undo` can take back.
    pub undoable: usize,
    /// The node that the script, or the person, wants looked at.
    pub focus: Option<NodeId>,
    /// What is to go to the clipboard, with a number that tells each time from the one before.
    pub clip: Option<(u64, Text)>,
    /// The answer to the newest `why`, with a number that tells each time from the one before.
    pub answer: Option<(u64, Arc<Answer>)>,
}
