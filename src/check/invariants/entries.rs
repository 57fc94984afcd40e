//! log-matching, state-machine-safety and exactly-once: what is appended, and what is applied.

use super::Invariants;
use super::memory::{Applied, Known, Witness, place, put};
use crate::kv::ClientId;
use crate::raft::{Entry, Index, Invariant, NodeId, Payload, Term};
use crate::world::Record;

impl Invariants {
    /// A snapshot stands for what was applied up to its last entry: that must be the same
    /// everywhere.
    pub(super) fn installed(
        &mut self,
        record: &Record,
        node: NodeId,
        index: Index,
        term: Term,
        kept: u64,
    ) {
        if let Some(&first) = self.applied.get(place(index))
            && first.term != 0
            && first.term != term
        {
            let who = self.name(node);
            let detail = format!(
                "{who} installed a snapshot that ends with an entry of term {term} at {index}, where another node applied one of term {}",
                first.term
            );
            self.violated(
                record,
                Invariant::StateMachineSafety,
                detail,
                [first.witness],
            );
        }
        if kept == 0 {
            self.mirrors[node.slot()].cover(index, term);
        }
    }

    /// log-matching.
    pub(super) fn appended(
        &mut self,
        record: &Record,
        node: NodeId,
        prev_index: Index,
        prev_term: Term,
        entries: &[Entry],
    ) {
        self.mirrors[node.slot()].truncate(prev_index + 1);
        let mut prev_term = prev_term;
        for (index, entry) in (prev_index + 1..).zip(entries) {
            self.mirrors[node.slot()].push(entry.term);
            let witness = Witness::new(record.id, node);
            if let Some(other) = self.compare(index, Known::new(prev_term, entry, witness)) {
                let (who, term) = (self.name(node), entry.term);
                let whose = match other.witness.node() {
                    Some(first) if first == node => "from what it held before",
                    _ => "from another log's",
                };
                let detail = format!(
                    "{who} holds an entry {index} of term {term} that differs {whose}, or follows another entry there"
                );
                self.violated(record, Invariant::LogMatching, detail, [other.witness]);
            }
            prev_term = entry.term;
        }
    }

    /// Compares an entry with what is known for its index and term; gives back what it does not
    /// agree with.
    pub(super) fn compare(&mut self, index: Index, new: Known) -> Option<Known> {
        let known = match self.entries.get(place(index)) {
            Some(first) if first.term == new.term => *first,
            Some(_) => *self.more_entries.entry((index, new.term)).or_insert(new),
            None => {
                // Term 0 is no entry's: a filler never agrees or disagrees with anything.
                let filler = Known {
                    term: 0,
                    prev_term: 0,
                    identity: 0,
                    witness: Witness::default(),
                };
                put(&mut self.entries, place(index), filler, new);
                return None;
            }
        };
        (!known.agrees(&new)).then_some(known)
    }

    /// state-machine-safety and exactly-once.
    pub(super) fn apply(
        &mut self,
        record: &Record,
        node: NodeId,
        index: Index,
        term: Term,
        payload: &Payload,
        fresh: bool,
    ) {
        let identity = payload.identity();
        match self.applied.get(place(index)) {
            Some(&first) if first.term != 0 => {
                if (first.term, first.identity) != (term, identity) {
                    let who = self.name(node);
                    let other = match first.term == term {
                        true => "another one of that term".to_owned(),
                        false => format!("one of term {}", first.term),
                    };
                    let first_there = match first.witness.node() {
                        Some(first) if first == node => "it had",
                        _ => "another node",
                    };
                    let detail = format!(
                        "{who} applied an entry of term {term} at {index}, where {first_there} applied {other}"
                    );
                    self.violated(
                        record,
                        Invariant::StateMachineSafety,
                        detail,
                        [first.witness],
                    );
                } else if fresh && !first.fresh {
                    // A duplicate that one node recognised must be one for all.
                    self.request_took_effect(record, payload, index);
                }
            }
            _ => {
                let none = Applied {
                    term: 0,
                    identity: 0,
                    fresh: true,
                    witness: Witness::default(),
                };
                let first = Applied {
                    term,
                    identity,
                    fresh,
                    witness: Witness::new(record.id, node),
                };
                put(&mut self.applied, place(index), none, first);
                if fresh {
                    self.request_took_effect(record, payload, index);
                }
            }
        }
    }

    fn request_took_effect(&mut self, record: &Record, payload: &Payload, index: Index) {
        if let Payload::Command(request) = payload
            && request.client != ClientId::NONE
        {
            self.took_effect(record, request.client, request.serial, index);
        }
    }

    fn took_effect(&mut self, record: &Record, client: ClientId, serial: u64, index: Index) {
        let effects = self.effects.entry(client).or_default();
        let earlier = effects.get(place(serial)).copied().unwrap_or(0);
        if earlier == 0 {
            put(effects, place(serial), 0, index);
        } else if earlier != index {
            let detail = format!(
                "request {serial} of {client} took effect twice: at entry {earlier} and at entry {index}"
            );
            let first = self.applied.get(place(earlier));
            let first = first.map_or(Witness::default(), |applied| applied.witness);
            self.violated(record, Invariant::ExactlyOnce, detail, [first]);
        }
    }
}
