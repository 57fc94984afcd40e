//! What was done to the world, in order: with the stage it is the whole run.

use imbl::Vector;

use crate::command::Caption;
use crate::kv::Text;
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
    entries: Vector<Entry>,
}

impl Journal {
    /// Adds a line; its instant is not before the last one's.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(self.entries.last().is_none_or(|last| last.at <= entry.at));
        self.entries.push_back(entry);
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when nothing was done.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The line at a place, from 0.
    pub fn get(&self, place: usize) -> Option<&Entry> {
        // It is asked at every instant whether there is one more, and mostly there is not.
        match place < self.entries.len() {
            true => self.entries.get(place),
            false => None,
        }
    }

    /// All lines.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Forgets the lines from a place on.
    pub fn truncate(&mut self, place: usize) {
        self.entries.truncate(place);
    }

    /// How many lines are of instants up to `at`, `at` included.
    pub fn up_to(&self, at: Micros) -> usize {
        let (mut low, mut high) = (0, self.entries.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.entries[middle].at <= at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
