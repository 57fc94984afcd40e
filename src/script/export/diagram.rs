//! The space-time diagram of a stretch of a run: lanes, what happened on them, and the messages
//! between them. What is written to a file is drawn from this, whatever the kind of the file.

use std::ops::RangeInclusive;

use crate::command::clean::printable;
use crate::command::{Caption, Lang};
use crate::kv::Text;
use crate::raft::{Micros, NodeId, Term};
use crate::world::event::DropReason;
use crate::world::explain::Seconds;
use crate::world::explain::brief::{Mark, Standing};

/// A diagram of more than this nobody can read.
pub const MOST: usize = 2_000;
/// The diagram.
#[derive(Debug)]
pub struct Diagram {
    /// What was played.
    pub title: Caption,
    /// The run's seed.
    pub seed: u64,
    /// The first and the last instant.
    pub stretch: RangeInclusive<Micros>,
    /// The lanes, from left to right.
    pub lanes: Vec<Lane>,
    /// What happened, in the order in which it began.
    pub items: Vec<Item>,
    /// How many items there are, also where they are too many to be held.
    pub count: usize,
}

/// One lane.
#[derive(Debug)]
pub struct Lane {
    /// Whose it is.
    pub end: End,
    /// What it is called.
    pub name: Text,
    /// What the node was from an instant on, and from an item on; nothing before it was booted,
    /// and nothing for clients.
    pub states: Vec<State>,
}

/// What a node was from then on.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// The instant.
    pub since: Micros,
    /// The item of the diagram; none for what it was as the stretch began.
    pub item: Option<usize>,
    /// What it was.
    pub standing: Standing,
}

impl Lane {
    /// What the node was when the item stood last.
    pub fn at_item(&self, item: usize) -> Option<Standing> {
        let next = self
            .states
            .partition_point(|state| state.item <= Some(item));
        let state = self.states[..next].last();
        state.map(|state| state.standing)
    }
}

/// Where something happens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum End {
    /// The clients, and the person who runs the cluster.
    Clients,
    /// A node.
    Node(NodeId),
}

/// What happened at an instant.
#[derive(Debug)]
pub struct Item {
    /// When; of a message when it was sent, which may be before the stretch.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug)]
pub enum What {
    /// Something on a lane, or several things at once.
    Marks(End, Vec<Mark>),
    /// Something that concerns all lanes.
    Note(Note, String),
    /// A message, or what is said between clients and nodes.
    Arrow(Arrow),
}

/// What kind of note it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// A caption.
    Caption,
    /// A statement that was carried out: a fault, say.
    Command,
    /// An invariant was violated.
    Violation,
}

/// A message between two lanes.
#[derive(Debug)]
pub struct Arrow {
    /// Who sent it.
    pub from: End,
    /// Whom it is for.
    pub to: End,
    /// What it says.
    pub label: String,
    /// When it arrived or was lost, or will arrive; `None` where that is not known.
    pub end: Option<Micros>,
    /// What became of it.
    pub fate: Fate,
    /// It is the copy of another.
    pub copy: bool,
    /// It is a heartbeat or plain agreement, of which there are many.
    pub routine: bool,
    /// The sender's term, where it has one.
    pub term: Option<Term>,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It arrived.
    Arrived,
    /// It was lost.
    Lost(DropReason),
    /// It is on its way when the stretch ends.
    UnderWay,
    /// Nothing tells whether it arrived: that is so of clients' messages.
    Unseen,
}

impl Note {
    /// The words as they stand across the lanes.
    pub fn said(self, words: &str) -> String {
        match self {
            Note::Caption => format!("“{words}”"),
            Note::Command => format!("» {words}"),
            Note::Violation => format!("✗ VIOLATION {words}"),
        }
    }
}

impl Arrow {
    /// What it says, and what is to be said of its fate.
    pub fn words(&self) -> String {
        match self.remark() {
            Some(remark) => format!("{}, {remark}", self.label),
            None => self.label.clone(),
        }
    }

    /// What is to be said of its fate, besides what it says itself; often nothing.
    pub fn remark(&self) -> Option<String> {
        let copy = self.copy.then(|| "copy".to_owned());
        let fate = match self.fate {
            Fate::Arrived | Fate::Unseen => None,
            Fate::Lost(reason) => Some(format!("✗ {}", lost(reason))),
            Fate::UnderWay => Some("under way".to_owned()),
        };
        match (copy, fate) {
            (Some(copy), Some(fate)) => Some(format!("{copy}, {fate}")),
            (copy, fate) => copy.or(fate),
        }
    }
}

/// Why a message is lost, in a few words.
fn lost(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Loss => "lost on the way",
        DropReason::Partition => "lost, link cut",
        DropReason::Down => "lost, target down",
        DropReason::ByHand => "dropped by hand",
    }
}

impl Diagram {
    /// The column of the lane where something happens.
    pub fn column(&self, end: End) -> usize {
        let found = self.lanes.iter().position(|lane| lane.end == end);
        found.expect("whatever happens, happens on a lane")
    }

    /// The title, the seed and the stretch, in a line.
    pub fn heading(&self, lang: Lang) -> String {
        format!(
            "{} · seed {} · {} to {}",
            printable(self.title.text_in(lang)),
            self.seed,
            Seconds(*self.stretch.start()),
            Seconds(*self.stretch.end())
        )
    }
}
