//! durability: what clients were told, and what became of it.

use super::Invariants;
use super::memory::{Committed, Witness, place, put};
use crate::kv::ClientId;
use crate::raft::{Index, Invariant, Message, NodeId, Term};
use crate::world::{Record, World};

impl Invariants {
    /// A client was told that its write, which is this entry, is done.
    pub(super) fn acknowledge(
        &mut self,
        record: &Record,
        client: ClientId,
        from: NodeId,
        index: Index,
        term: Term,
    ) {
        if client == ClientId::NONE {
            return;
        }
        let told = Witness::new(record.id, from);
        let known = self.committed.len().min(place(index) + 1);
        let known = known.checked_sub(1).and_then(|newest| {
            let &(committed, witness) = self.committed.get(newest)?;
            Some((newest as Index + 1, committed, witness))
        });
        match known {
            Some((at, committed, witness)) if at == index && ![0, term].contains(&committed) => {
                return self.instead(record, index, term, committed, [told, witness]);
            }
            Some((at, committed, witness)) if at < index && committed > term => {
                return self.overtaken(record, index, term, (at, committed), [told, witness]);
            }
            _ => {}
        }
        if let Some(&(before, earlier)) = self.acknowledged.get(place(index))
            && before != 0
            && before != term
        {
            let detail = format!(
                "entry {index} was acknowledged to its client in term {before}, and another in its place in term {term}"
            );
            self.violated(record, Invariant::Durability, detail, [earlier, told]);
        }
        self.remember(index, term, told);
    }

    fn remember(&mut self, index: Index, term: Term, told: Witness) {
        let list = &mut self.acknowledged;
        put(list, place(index), Default::default(), (term, told));
    }

    /// An entry of term `held` was committed at `index`: none else may have been acknowledged.
    pub(super) fn replaced(&mut self, record: &Record, index: Index, held: Term, by: Witness) {
        if let Some(&(acknowledged, told)) = self.acknowledged.get(place(index))
            && acknowledged != 0
            && acknowledged != held
        {
            self.instead(record, index, acknowledged, held, [told, by]);
        }
    }

    fn instead(
        &mut self,
        record: &Record,
        index: Index,
        acknowledged: Term,
        held: Term,
        witnesses: [Witness; 2],
    ) {
        let detail = format!(
            "entry {index} of term {acknowledged} was acknowledged to its client, and another of term {held} was committed in its place"
        );
        self.violated(record, Invariant::Durability, detail, witnesses);
    }

    /// The first entry of a term was committed. All later leaders hold it, and terms never fall
    /// along a log: what is of an older term and comes after it is in none of theirs.
    pub(super) fn outrun(&mut self, record: &Record, committed: Committed) {
        let (at, term) = (committed.index, committed.entry_term);
        for place in at as usize..self.acknowledged.len() {
            if let Some(&(older, told)) = self.acknowledged.get(place)
                && older != 0
                && older < term
            {
                let index = place as Index + 1;
                let witnesses = [told, committed.witness];
                self.overtaken(record, index, older, (at, term), witnesses);
                self.remember(index, 0, Witness::default());
            }
        }
    }

    fn overtaken(
        &mut self,
        record: &Record,
        index: Index,
        acknowledged: Term,
        (at, term): (Index, Term),
        witnesses: [Witness; 2],
    ) {
        let detail = format!(
            "entry {index} of term {acknowledged} was acknowledged to its client, and entry {at} of term {term} was committed without it: no later leader has it"
        );
        self.violated(record, Invariant::Durability, detail, witnesses);
    }

    /// A server has lost something: what was acknowledged must be with another, or on its way to
    /// one.
    pub(super) fn look_for_lost(&mut self, record: &Record, world: &World) {
        for place in (0..self.acknowledged.len()).rev() {
            let Some(&(term, told)) = self.acknowledged.get(place) else {
                continue;
            };
            if term == 0 {
                continue;
            }
            let index = place as Index + 1;
            let holds = |mirror: &super::Mirror| mirror.lacks(index, term).is_none();
            // Whoever holds an entry holds all before it.
            if self.mirrors.iter().any(holds) || is_on_its_way(world, index, term) {
                return;
            }
            let detail = format!(
                "entry {index} of term {term} was acknowledged to its client, and no server has it any more"
            );
            self.violated(record, Invariant::Durability, detail, [told]);
            self.remember(index, 0, Witness::default());
        }
    }
}

/// True when a message brings an entry to somebody.
fn is_on_its_way(world: &World, index: Index, term: Term) -> bool {
    let mut messages = world.flying().chain(world.waiting());
    messages.any(|envelope| match &envelope.message {
        Message::Append(append) => {
            let place = index.checked_sub(append.prev_index + 1);
            let entry = place.and_then(|place| append.entries.get(place as usize));
            entry.is_some_and(|entry| entry.term == term)
        }
        Message::Snapshot(chunk) => chunk.snapshot.index >= index,
        _ => false,
    })
}
