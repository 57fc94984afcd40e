//! election-safety and leader-completeness: who leads, and what leaders commit.

use std::sync::Arc;

use super::Invariants;
use super::memory::{Committed, Witness, place, put};
use crate::raft::{Index, Invariant, NodeId, Term};
use crate::world::Record;

impl Invariants {
    /// election-safety and leader-completeness.
    pub(super) fn elected(&mut self, record: &Record, node: NodeId, term: Term) {
        let elected = Witness::new(record.id, node);
        let led = || (elected, Arc::new(self.mirrors[node.slot()].clone()));
        let first = self.leaders.entry(term).or_insert_with(led).0;
        if let Some(other) = first.node().filter(|_| first != elected) {
            let (one, who) = (self.name(other), self.name(node));
            let detail = match other == node {
                true => format!("{one} was elected twice in term {term}"),
                false => format!("{one} and {who} both lead term {term}"),
            };
            self.violated(record, Invariant::ElectionSafety, detail, [first]);
        }
        self.mirrors[node.slot()].leads = Some((term, record.id));
        let earlier = self.commits.range(..=term);
        if let Some((&committed_in, &committed)) =
            earlier.max_by_key(|(_, committed)| committed.index)
        {
            self.must_hold(record, elected, term, committed, committed_in);
        }
    }

    /// Who is elected must hold what was committed before, in an earlier term or, where a term had
    /// two elections, in the same one.
    fn must_hold(
        &mut self,
        record: &Record,
        elected: Witness,
        leads: Term,
        committed: Committed,
        committed_in: Term,
    ) {
        let Committed {
            index,
            entry_term,
            witness,
        } = committed;
        let Some(node) = elected.node() else {
            return;
        };
        if let Some(instead) = self.mirrors[node.slot()].lacks(index, entry_term) {
            let who = self.name(node);
            let detail = format!(
                "{who} leads term {leads} without entry {index} of term {entry_term}, which was committed in term {committed_in}: it has {instead} there"
            );
            let witnesses = [elected, witness];
            self.violated(record, Invariant::LeaderCompleteness, detail, witnesses);
        }
    }

    /// Leaders of later terms that lead no more must have held it too, as they were elected.
    fn must_have_held(&mut self, record: &Record, committed: Committed, term: Term) {
        let Committed {
            index,
            entry_term,
            witness,
        } = committed;
        let mirrors = &self.mirrors;
        let is_over = |elected: &Witness| {
            let mirror = elected.node().map(|node| &mirrors[node.slot()]);
            mirror.is_none_or(|it| it.leads.map(|(_, event)| event) != elected.event())
        };
        let later = self.leaders.range(term + 1..);
        let over = later.filter(|(_, (elected, _))| is_over(elected));
        let lacking = over.filter_map(|(&term, (elected, log))| {
            let instead = log.lacks(index, entry_term)?;
            Some((term, *elected, instead))
        });
        let lacking: Vec<_> = lacking.collect();
        for (later, elected, instead) in lacking {
            let who = elected.node().map_or("somebody", |node| self.name(node));
            let detail = format!(
                "{who} led term {later} without entry {index} of term {entry_term}, which was committed in term {term}: it had {instead} there"
            );
            let witnesses = [elected, witness];
            self.violated(record, Invariant::LeaderCompleteness, detail, witnesses);
        }
    }

    /// What a leader commits is committed for good: leader-completeness looking back at leaders
    /// of later terms, and durability.
    pub(super) fn leader_committed(
        &mut self,
        record: &Record,
        node: NodeId,
        term: Term,
        from: Index,
        to: Index,
    ) {
        let entry_term = self.mirrors[node.slot()].term_at(to);
        let committed = Committed {
            index: to,
            entry_term,
            witness: Witness::new(record.id, node),
        };
        self.commits.insert(term, committed);
        for slot in 0..self.mirrors.len() {
            if let Some((later, elected)) = self.mirrors[slot].leads.filter(|it| it.0 > term) {
                let elected = Witness::new(elected, NodeId::from_slot(slot));
                self.must_hold(record, elected, later, committed, term);
            }
        }
        self.must_have_held(record, committed, term);
        for index in from + 1..=to {
            let held = self.mirrors[node.slot()].term_at(index);
            self.replaced(record, index, held, committed.witness);
            if place(index) >= self.committed.len() {
                let committed = (held, committed.witness);
                put(
                    &mut self.committed,
                    place(index),
                    Default::default(),
                    committed,
                );
            }
        }
        if entry_term > self.newest {
            self.newest = entry_term;
            self.outrun(record, committed);
        }
    }
}
