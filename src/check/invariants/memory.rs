//! What is remembered of entries and commits, and where: one small record for each index.

use crate::list::List;
use crate::raft::{Entry, EventId, Index, NodeId, Term};

/// An event that may bear witness later, and the node where it happened: in one word, because
/// there is one for each entry. 0 for none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Witness(u64);

impl Witness {
    pub fn new(event: EventId, node: NodeId) -> Witness {
        Witness((event << 16) | u64::from(node.0))
    }

    pub fn event(self) -> Option<EventId> {
        (self.0 != 0).then_some(self.0 >> 16)
    }

    pub fn node(self) -> Option<NodeId> {
        (self.0 != 0).then_some(NodeId(self.0 as u16))
    }
}

/// What is known of the entry at an index with a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub term: Term,
    pub prev_term: Term,
    pub identity: u64,
    /// Who appended it first.
    pub witness: Witness,
}

impl Known {
    pub fn new(prev_term: Term, entry: &Entry, witness: Witness) -> Known {
        Known {
            term: entry.term,
            prev_term,
            identity: entry.payload.identity(),
            witness,
        }
    }

    pub fn agrees(&self, other: &Known) -> bool {
        let facts = |known: &Known| (known.term, known.prev_term, known.identity);
        facts(self) == facts(other)
    }
}

/// The entry that was applied first at an index; of term 0 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Applied {
    pub term: Term,
    pub identity: u64,
    /// False for a duplicate that a session recognised.
    pub fresh: bool,
    pub witness: Witness,
}

/// What the leader of a term committed last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Committed {
    pub index: Index,
    /// The term of the entry there.
    pub entry_term: Term,
    pub witness: Witness,
}

/// Puts `value` at `place`, filling up with `filler` before it.
pub(super) fn put<T: Clone + PartialEq>(list: &mut List<T>, place: usize, filler: T, value: T) {
    while list.len() < place {
        list.push(filler.clone());
    }
    match place < list.len() {
        true => list.set(place, value),
        false => list.push(value),
    }
}

pub(super) fn place(index: Index) -> usize {
    index as usize - 1
}
