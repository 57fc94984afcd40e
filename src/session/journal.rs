//! What was done to the world, in order: with the stage it is the whole run.

use crate::command::{Caption, Statement};
use crate::kv::Text;
use crate::list::List;
use crate::raft::Micros;
use crate::world::Command;

/// One thing done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// A command, its selections resolved.
    Act(Command),
    /// A command that did nothing, because it named nobody; the words say so.
    Nothing(Text),
    /// The counters were zeroed.
    Mark,
    /// A caption, in all its languages.
    Say(Caption),
    /// Something that must hold (`expect`, `never`, `always`). It was judged when it was said, and
    /// stands here for the script that is made of the journal: the run knows nothing of it.
    Expect(Statement),
}

impl Deed {
    /// True for what is said of the run and changes nothing in it.
    pub fn is_said(&self) -> bool {
        matches!(self, Deed::Mark | Deed::Say(_) | Deed::Expect(_))
    }
}

/// One line of the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// When, in microseconds of virtual time.
    pub at: Micros,
    /// What.
    pub deed: Deed,
    /// True when a person did it, not a script.
    pub by_hand: bool,
}

/// All that was done on a branch, in order of time. Cloning shares structure.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Journal {
    entries: List<Entry>,
    /// How many of them change nothing in the run.
    said: usize,
}

impl Journal {
    /// Adds a line; its instant is not before the last one's.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(self.entries.last().is_none_or(|last| last.at <= entry.at));
        self.said += usize::from(entry.deed.is_said());
        self.entries.push(entry);
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many of the first `place` lines do something to the world: what is said among them
    /// changes no draw after it.
    pub fn acts(&self, place: usize) -> usize {
        let later = self.entries.iter_from(place);
        let later = later.filter(|entry| !entry.deed.is_said()).count();
        self.entries.len() - self.said - later
    }

    /// True when nothing was done.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The line at a place, from 0.
    pub fn get(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// How many lines at the start are the same in both.
    pub fn common(&self, other: &Journal) -> usize {
        self.entries.common(&other.entries)
    }

    /// All lines.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Forgets the lines from a place on.
    pub fn truncate(&mut self, place: usize) {
        let gone = self.entries.iter_from(place.min(self.entries.len()));
        self.said -= gone.filter(|entry| entry.deed.is_said()).count();
        self.entries.truncate(place);
    }

    /// How many lines are of instants up to `at`, `at` included.
    pub fn up_to(&self, at: Micros) -> usize {
        let (mut low, mut high) = (0, self.entries.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.entries.get(middle).is_some_and(|entry| entry.at <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
