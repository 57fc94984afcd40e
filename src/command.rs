//! The text of commands: one table of verbs gives parser, printer, completion and help.

mod action;
pub mod caption;
pub mod clean;
pub mod complete;
pub mod condition;
mod cursor;
pub mod diagnostic;
mod lex;
mod link;
pub mod listing;
mod membership;
pub mod nodes;
pub mod number;
pub mod odds;
pub mod parse;
mod print;
pub mod question;
mod resolve;
mod scope;
mod statement;
#[cfg(test)]
mod strategy;
pub mod verb;
mod view;
pub mod why;

use crate::kv::Text;
use crate::raft::{Index, Micros, NodeId, Term};
use crate::world::Command;
use crate::world::command::{NodeRef, Nodes};
pub use caption::{Caption, Lang};
pub use complete::{Completion, complete};
pub use condition::Condition;
pub use cursor::Candidate;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use listing::{commands_json, commands_text};
pub use number::{duration_text, percent_text, range_text, rate_text};
pub use odds::Odds;
pub use parse::check_names;
pub use print::read_mode;
pub use view::ViewName;
pub use why::Why;

/// So long something is waited for when nobody says how long, in microseconds.
pub const DEFAULT_WITHIN: Micros = 10_000_000;

/// The durable state that a node starts with: `given`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The node.
    pub node: Nodes,
    /// Its term; the term of the last listed entry when not said.
    pub term: Option<Term>,
    /// Whom it voted for in that term.
    pub voted: Option<NodeRef>,
    /// The terms of its entries, from index 1.
    pub log: Vec<Term>,
    /// How far the log is known to be committed.
    pub commit: Option<Index>,
}

/// The first voters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cluster {
    /// So many, called `n1`, `n2`, ….
    Count(u16),
    /// By name.
    Names(Vec<Text>),
}

/// One statement of the language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// `title "…"`
    Title(Caption),
    /// `about "…"`
    About(Caption),
    /// `cluster …`
    Cluster(Cluster),
    /// `seed N`
    Seed(u64),
    /// `given …`
    Given(Given),
    /// A statement that acts on the world.
    Act(Command),
    /// `wait DURATION`
    Wait(Micros),
    /// `wait until COND [within DURATION]`; 10 s when not said.
    WaitUntil {
        /// What is waited for.
        condition: Condition,
        /// How long at most.
        within: Option<Micros>,
    },
    /// `expect COND [for DURATION]`
    Expect {
        /// What must hold.
        condition: Condition,
        /// For how long from now on; only now when not said.
        throughout: Option<Micros>,
    },
    /// `never COND`
    Never(Condition),
    /// `always COND`
    Always(Condition),
    /// `mark`
    Mark,
    /// `say "…"`
    Say(Caption),
    /// `ask "…" until COND`, and the line `else STATEMENT` after it.
    Ask {
        /// What the person is asked for.
        caption: Caption,
        /// What is waited for, without limit.
        until: Condition,
        /// What is done instead where there is no person.
        otherwise: Option<Box<Line>>,
    },
    /// `pause`
    Pause,
    /// How it is shown.
    Show(Show),
    /// What is known only in the dashboard.
    Dashboard(Dashboard),
    /// `at TIME STATEMENT`
    At(Micros, Box<Statement>),
    /// `repeat N` … `end`
    Repeat(u64, Vec<Line>),
}

/// What is wanted to be seen, without effect on the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Show {
    /// `break when COND`
    BreakWhen(Condition),
    /// `break clear`
    BreakClear,
    /// `speed N`: virtual seconds in a wall second, in millionths.
    Speed(u64),
    /// `view NAME`
    View(ViewName),
    /// `focus NODE`
    Focus(Nodes),
}

/// What can be typed and bound to a key, but stands in no script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Dashboard {
    /// `open NAME|FILE`: play a demo or a script.
    Open(Text),
    /// `back`: return to what was left.
    Back,
    /// `tour`: play the tour.
    Tour,
    /// `goto TIME`: show another instant.
    Goto(Micros),
    /// `why …`: explain how it came about.
    Why(Why),
    /// `save FILE [force]`
    Save {
        /// Where to.
        file: Text,
        /// Whether a file that is there is replaced whoever wrote it.
        force: bool,
    },
    /// `record FILE [force]`: begin a film of what is shown.
    Record {
        /// Where to.
        file: Text,
        /// Whether a file that is there is replaced whoever wrote it.
        force: bool,
    },
    /// `record off`: end the film.
    RecordOff,
    /// `export FILE [from T] [to T] [force]`: what happened in a stretch of time, as a diagram or
    /// a trace.
    Export(Export),
    /// `odds …`: in how many futures it comes true.
    Odds(Odds),
}

/// A file that a stretch of a run is written to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// Where to.
    pub file: Text,
    /// Where the stretch begins, if that is said.
    pub from: Option<Micros>,
    /// Where it ends, if that is said.
    pub to: Option<Micros>,
    /// Whether a file that is there is replaced whoever wrote it.
    pub force: bool,
}

/// A statement with the line of the script that it stands on, from 1 (0 for one given by hand).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The line's number.
    pub number: usize,
    /// The statement.
    pub statement: Statement,
}

/// A script, parsed and resolved: names are known, the stage is set before time passes.
#[derive(Clone, PartialEq, Debug)]
pub struct Script {
    /// The file, as it is called in messages.
    pub file: Text,
    /// Its title; the file's name when it has none.
    pub title: Caption,
    /// What `about` says.
    pub about: Vec<Caption>,
    /// The names of the first voters.
    pub cluster: Vec<Text>,
    /// The seed that the script asks for.
    pub seed: Option<u64>,
    /// The durable states that nodes start with.
    pub given: Vec<(NodeId, Given)>,
    /// What is done, in order.
    pub lines: Vec<Line>,
    /// The text that it was read from, for messages; empty where there is none.
    pub source: Text,
}
