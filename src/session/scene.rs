//! A session as others may see it: what the dashboard and the recorder draw.

use std::sync::Arc;

use super::why::Answer;
use super::{Forecast, Metrics, Session};
use crate::check::Violation;
use crate::check::linearizability::Verdict;
use crate::command::{Caption, ViewName, Why};
use crate::kv::Text;
use crate::raft::{EventId, Micros, NodeId, Term};
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

/// A future that was left behind for another.
#[derive(Clone, PartialEq, Debug)]
pub struct OtherBranch {
    /// The instant at which it parts from the present one.
    pub parts: Micros,
    /// Its newest instant.
    pub until: Micros,
    /// What was done there after it parted, oldest first.
    pub done: Vec<Text>,
}

/// A condition that holds the time when it comes true.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breakpoint {
    /// The statement.
    pub text: Text,
    /// False while it is switched off.
    pub on: bool,
    /// True where it has just held the time.
    pub stopped: bool,
    /// True for what belongs to the session (`never`, `always`): it is not switched, but undone.
    pub kept: bool,
}

/// An answer to `why`, and of when it tells.
#[derive(Clone, PartialEq, Debug)]
pub struct Answered {
    /// Tells it from the one before.
    pub number: u64,
    /// The instant at which it was asked, in microseconds.
    pub at: Micros,
    /// The newest event then: where another is the newest, something has happened since, or has not
    /// happened yet.
    pub newest: EventId,
    /// What is told.
    pub answer: Arc<Answer>,
}

/// What a notice tells, which its sign and its colour tell too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Something was refused, went wrong, or is worth a look.
    Look,
    /// What was asked for is done.
    Done,
    /// What was asked for has begun and takes time.
    UnderWay,
}

impl Tone {
    /// Every tone, with what its sign stands for.
    pub const ALL: [(Tone, &'static str); 3] = [
        (Tone::Look, "refused, failed, or worth a look"),
        (Tone::Done, "done"),
        (Tone::UnderWay, "under way"),
    ];

    /// What stands before the words.
    pub fn sign(self) -> &'static str {
        match self {
            Tone::Look => "!",
            Tone::Done => "✔",
            Tone::UnderWay => "…",
        }
    }
}

/// What went wrong or deserves a word.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    /// What is said.
    pub words: Text,
    /// How.
    pub tone: Tone,
    /// The question that leads on from there, if there is one.
    pub why: Option<Why>,
}

impl Notice {
    /// Tells that what was asked for is done.
    pub fn done(words: impl Into<Text>) -> Notice {
        Notice {
            tone: Tone::Done,
            ..Notice::from(words.into())
        }
    }

    /// Tells that what was asked for has begun.
    pub fn under_way(words: impl Into<Text>) -> Notice {
        Notice {
            tone: Tone::UnderWay,
            ..Notice::from(words.into())
        }
    }

    /// With a question that leads on, which is told too.
    pub fn with_why(self, why: Option<Why>) -> Notice {
        match why {
            Some(why) => Notice {
                words: format!("{}; `:{why}` says why", self.words).into(),
                why: Some(why),
                ..self
            },
            None => self,
        }
    }
}

impl From<Text> for Notice {
    fn from(words: Text) -> Notice {
        Notice {
            words,
            tone: Tone::Look,
            why: None,
        }
    }
}

impl From<String> for Notice {
    fn from(words: String) -> Notice {
        Text::from(words).into()
    }
}

impl From<&str> for Notice {
    fn from(words: &str) -> Notice {
        Text::from(words).into()
    }
}

/// A session at an instant, as it is seen.
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
    /// Virtual seconds in a wall second that are reached, where that is clearly less.
    pub reached: Option<f64>,
    /// The newest instant of this branch; `world.now` is less after a step back.
    pub frontier: Micros,
    /// What was violated so far.
    pub violations: Vec<Violation>,
    /// Whether the clients' history is linearizable so far.
    pub history: Verdict,
    /// The newest events before the instant shown, oldest first.
    pub records: Vec<Record>,
    /// Terms, leaders, faults and violations over the whole branch, in order of time.
    pub tape: Vec<(Micros, Mark)>,
    /// How the run went up to the instant that is shown.
    pub metrics: Metrics,
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
    pub notice: Option<Notice>,
    /// Futures that were left behind, oldest first; any can be taken up again.
    pub branches: Vec<OtherBranch>,
    /// What holds the time when it comes true.
    pub breakpoints: Vec<Breakpoint>,
    /// Statements given by hand so far on this branch, which `undo` can take back.
    pub undoable: usize,
    /// The node that the script, or the person, wants looked at, with a number that tells each
    /// time from the one before.
    pub focus: Option<(u64, NodeId)>,
    /// The view that the script wants shown, with a number that tells each time from the one
    /// before.
    pub view: Option<(u64, ViewName)>,
    /// What is to go to the clipboard, with a number that tells each time from the one before.
    pub clip: Option<(u64, Text)>,
    /// The answer to the newest `why`.
    pub answer: Option<Answered>,
    /// What is known of the answer to the newest `odds`, with a number that tells each time from
    /// the one before; `None` when nothing was asked, or nobody wants to know any more.
    pub odds: Option<(u64, Arc<Forecast>)>,
    /// How many things were asked for before; all of them are done.
    pub heard: u64,
}

impl Scene {
    /// The newest event that is seen.
    pub fn newest(&self) -> EventId {
        self.records.last().map_or(0, |record| record.id)
    }
}

impl Session {
    /// What is seen of it at the present instant, with so many of the newest events at most: as
    /// time passes at the wall's own speed, and nobody has asked for anything.
    pub fn scene(&self, title: Caption, events: usize) -> Scene {
        Scene {
            world: self.world().view(),
            title,
            seed: self.stage().seed,
            caption: self.caption().cloned(),
            playing: true,
            speed: 1.0,
            reached: None,
            frontier: self.frontier(),
            violations: self.violations().to_vec(),
            history: self.judge().checker.history().verdict().0,
            records: self.records(events),
            tape: self.tape().to_vec(),
            metrics: self.metrics().clone(),
            scripted: false,
            tour: false,
            back: Vec::new(),
            asks: false,
            notice: None,
            branches: Vec::new(),
            breakpoints: Vec::new(),
            undoable: self.undoable(),
            focus: None,
            view: None,
            clip: None,
            answer: None,
            odds: None,
            heard: 0,
        }
    }
}
