//! Raft's safety properties (paper, Figure 3), `durability` and `exactly-once`, judged as the
//! run goes from nothing but its events, at a constant cost for each.
//!
//! A node's log is mirrored as its runs of equal terms. By log matching an (index, term) pair
//! stands for the whole prefix up to it, so comparing pairs compares logs; that the pairs do
//! stand for their prefixes is itself checked, entry by entry, as entries are appended.

use std::collections::BTreeMap;

use imbl::Vector;

use super::Violation;
use crate::kv::ClientId;
use crate::raft::{
    Durable, Entry, Event as NodeEvent, EventId, Index, Log, NodeId, Payload, RoleKind, Term,
};
use crate::world::event::Reply;
use crate::world::{Event, Record, World};

/// More violations of one invariant than this add nothing.
const MOST_OF_ONE: usize = 16;

/// The terms of a node's log, as runs: each with its first index.
#[derive(Clone, Default, Debug)]
struct Mirror {
    runs: Vec<(Index, Term)>,
    last: Index,
    /// How far a snapshot stands for the log: what it covers is not looked into.
    covered: Index,
    /// The term that the node leads, while it does, and its election.
    leads: Option<(Term, EventId)>,
}

impl Mirror {
    fn term_at(&self, index: Index) -> Term {
        if index == 0 || index > self.last {
            return 0;
        }
        let run = self.runs.partition_point(|&(first, _)| first <= index);
        run.checked_sub(1).map_or(0, |run| self.runs[run].1)
    }

    fn truncate(&mut self, from: Index) {
        self.last = self.last.min(from.saturating_sub(1));
        while self.runs.last().is_some_and(|&(first, _)| first >= from) {
            self.runs.pop();
        }
    }

    /// A snapshot takes the place of the log: the next entry follows it.
    fn cover(&mut self, index: Index, term: Term) {
        self.runs = vec![(index, term)];
        self.last = index;
        self.covered = index;
    }

    fn push(&mut self, term: Term) {
        self.last += 1;
        if self.runs.last().is_none_or(|&(_, newest)| newest != term) {
            self.runs.push((self.last, term));
        }
    }
}

/// An event that may bear witness later, and the node where it happened: in one word, because
/// there is one for each entry. 0 for none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Witness(u64);

impl Witness {
    fn new(event: EventId, node: NodeId) -> Witness {
        Witness((event << 16) | u64::from(node.0))
    }

    fn event(self) -> Option<EventId> {
        (self.0 != 0).then_some(self.0 >> 16)
    }

    fn node(self) -> Option<NodeId> {
        (self.0 != 0).then_some(NodeId(self.0 as u16))
    }
}

/// What is known of the entry at an index with a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Known {
    term: Term,
    prev_term: Term,
    identity: u64,
    /// Who appended it first.
    witness: Witness,
}

impl Known {
    fn agrees(&self, other: &Known) -> bool {
        let facts = |known: &Known| (known.term, known.prev_term, known.identity);
        facts(self) == facts(other)
    }
}

/// The entry that was applied first at an index; of term 0 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Applied {
    term: Term,
    identity: u64,
    /// False for a duplicate that a session recognised.
    fresh: bool,
    witness: Witness,
}

/// What the leader of a term committed last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Committed {
    index: Index,
    /// The term of the entry there.
    entry_term: Term,
    witness: Witness,
}

/// The checker of safety. Cloning shares structure.
#[derive(Clone, Debug)]
pub struct Invariants {
    names: Vec<crate::kv::Text>,
    mirrors: Vec<Mirror>,
    /// Who led each term.
    leaders: BTreeMap<Term, Witness>,
    /// The first entry seen at each index …
    entries: Vector<Known>,
    /// … and the others, of other terms.
    more_entries: BTreeMap<(Index, Term), Known>,
    /// The entry that was applied first at each index.
    applied: Vector<Applied>,
    /// The term of the entry that a leader committed first at each index; 0 for none.
    committed: Vector<(Term, Witness)>,
    /// For each term what its leader committed last.
    commits: BTreeMap<Term, Committed>,
    /// The term of the entry at each index whose client was answered, and the answer; 0 for none.
    acknowledged: Vector<(Term, Witness)>,
    /// For each client the index at which each of its requests took effect, by serial number;
    /// 0 for not yet.
    effects: BTreeMap<ClientId, Vector<Index>>,
    violations: Vec<Violation>,
}

/// Puts `value` at `place`, filling up with `filler` before it.
fn put<T: Clone>(list: &mut Vector<T>, place: usize, filler: T, value: T) {
    while list.len() < place {
        list.push_back(filler.clone());
    }
    if place == list.len() {
        list.push_back(value);
    } else {
        list.set(place, value);
    }
}

/// The value at `place`; most questions are about the newest, which is at hand.
fn at<T: Clone>(list: &Vector<T>, place: usize) -> Option<&T> {
    match place + 1 == list.len() {
        true => list.last(),
        false => list.get(place),
    }
}

fn place(index: Index) -> usize {
    index as usize - 1
}

impl Invariants {
    /// A checker for a world that has just been built: it takes note of what nodes were given.
    pub fn new(world: &World) -> Invariants {
        let ids = || (0..world.size()).map(NodeId::from_slot);
        let mut checker = Invariants {
            names: ids().map(|id| world.name(id).clone()).collect(),
            mirrors: vec![Mirror::default(); world.size()],
            leaders: BTreeMap::new(),
            entries: Vector::new(),
            more_entries: BTreeMap::new(),
            applied: Vector::new(),
            committed: Vector::new(),
            commits: BTreeMap::new(),
            acknowledged: Vector::new(),
            effects: BTreeMap::new(),
            violations: Vec::new(),
        };
        for id in ids() {
            let durable = world.durable(id);
            checker.boot(id, durable);
            checker.restore_applied(durable);
        }
        checker
    }

    /// All violations so far, in order.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Looks at one event. `world` is asked only for the disk of a node that starts.
    pub fn watch(&mut self, record: &Record, world: &World) {
        // Nodes may be added as the run goes.
        for slot in self.mirrors.len()..world.size() {
            self.mirrors.push(Mirror::default());
            self.names.push(world.name(NodeId::from_slot(slot)).clone());
        }
        match (&record.event, record.node) {
            (Event::Node(event), Some(node)) => self.watch_node(record, node, event),
            (Event::Restart, Some(node)) => self.boot(node, world.durable(node)),
            (Event::Crash, Some(node)) => self.mirrors[node.slot()].leads = None,
            (
                Event::Reply {
                    client,
                    reply: Reply::Outcome(_),
                    from: Some(from),
                    entry: Some((index, term)),
                    ..
                },
                _,
            ) => self.acknowledge(record, *client, *from, *index, *term),
            _ => {}
        }
    }

    fn watch_node(&mut self, record: &Record, node: NodeId, event: &NodeEvent) {
        match event {
            NodeEvent::Role {
                role: RoleKind::Leader,
                term,
                ..
            } => self.elected(record, node, *term),
            NodeEvent::Role { .. } => self.mirrors[node.slot()].leads = None,
            NodeEvent::Append {
                prev_index,
                prev_term,
                entries,
                ..
            } => self.appended(record, node, *prev_index, *prev_term, entries),
            NodeEvent::Truncate { from, .. } => {
                if let Some((term, elected)) = self.mirrors[node.slot()].leads {
                    let who = self.name(node);
                    let detail = format!(
                        "{who} leads term {term} and removed its own entries from {from} on"
                    );
                    let elected = Witness::new(elected, node);
                    self.violated(record, "leader-append-only", detail, [elected]);
                }
                self.mirrors[node.slot()].truncate(*from);
            }
            NodeEvent::Commit { from, to } => {
                if let Some((term, _)) = self.mirrors[node.slot()].leads {
                    self.leader_committed(record, node, term, *from, *to);
                }
            }
            NodeEvent::Apply {
                index,
                term,
                payload,
                fresh,
            } => self.apply(record, node, *index, *term, payload, *fresh),
            NodeEvent::Install {
                index, term, kept, ..
            } => self.installed(record, node, *index, *term, *kept),
            _ => {}
        }
    }

    fn name(&self, node: NodeId) -> &str {
        &self.names[node.slot()]
    }

    fn violated<const N: usize>(
        &mut self,
        record: &Record,
        invariant: &'static str,
        detail: String,
        witnesses: [Witness; N],
    ) {
        let events = witnesses.iter().filter_map(|witness| witness.event());
        let nodes = witnesses.iter().filter_map(|witness| witness.node());
        let (events, nodes) = (events.collect(), nodes.chain(record.node).collect());
        let shown = (record.at, record.id);
        self.note(Violation::new(invariant, shown, detail, events, nodes));
    }

    /// Adds a violation to the list.
    pub fn note(&mut self, violation: Violation) {
        let same = |known: &&Violation| known.invariant == violation.invariant;
        if self.violations.iter().filter(same).count() < MOST_OF_ONE {
            self.violations.push(violation);
        }
    }

    /// A node starts with this log. Entries that it brings are taken note of; they were checked
    /// when they were appended.
    fn boot(&mut self, node: NodeId, durable: &Durable) {
        let mut mirror = Mirror::default();
        let base = durable.log.first() - 1;
        let mut prev_term = durable.log.term_at(base).unwrap_or(0);
        if base > 0 {
            mirror.cover(base, prev_term);
        }
        for (index, entry) in durable.log.iter() {
            mirror.push(entry.term);
            self.compare(index, known(prev_term, entry, Witness::default()));
            prev_term = entry.term;
        }
        self.mirrors[node.slot()] = mirror;
    }

    /// What a node knows to be committed from the start counts as applied, and as committed in
    /// the term of its last entry: the earliest in which that can have happened.
    fn restore_applied(&mut self, durable: &Durable) {
        let log: &Log = &durable.log;
        if durable.commit > 0
            && let Some(term) = log.term_at(durable.commit)
        {
            let given = Committed {
                index: durable.commit,
                entry_term: term,
                witness: Witness::default(),
            };
            let known = self.commits.entry(term).or_insert(given);
            if known.index < given.index {
                *known = given;
            }
        }
        for index in 1..=durable.commit {
            if let Some(entry) = log.get(index)
                && place(index) == self.applied.len()
            {
                self.applied.push_back(Applied {
                    term: entry.term,
                    identity: entry.payload.identity(),
                    fresh: true,
                    witness: Witness::default(),
                });
                self.committed.push_back((entry.term, Witness::default()));
            }
        }
    }

    /// election-safety and leader-completeness.
    fn elected(&mut self, record: &Record, node: NodeId, term: Term) {
        let elected = Witness::new(record.id, node);
        let first = *self.leaders.entry(term).or_insert(elected);
        if let Some(other) = first.node().filter(|&other| other != node) {
            let (one, other) = (self.name(other), self.name(node));
            let detail = format!("{one} and {other} both lead term {term}");
            self.violated(record, "election-safety", detail, [first]);
        }
        self.mirrors[node.slot()].leads = Some((term, record.id));
        let earlier = self.commits.range(..term);
        if let Some((&committed_in, &committed)) =
            earlier.max_by_key(|(_, committed)| committed.index)
        {
            self.must_hold(record, elected, term, committed, committed_in);
        }
    }

    /// A leader of a later term must hold what was committed in an earlier one.
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
        let mirror = &self.mirrors[node.slot()];
        let held = mirror.term_at(index);
        if index >= mirror.covered && held != entry_term {
            let who = self.name(node);
            let has = match held {
                0 => "has no entry there".to_owned(),
                term => format!("has an entry of term {term} there"),
            };
            let detail = format!(
                "{who} leads term {leads} without entry {index} of term {entry_term}, which was committed in term {committed_in}: it {has}"
            );
            let witnesses = [elected, witness];
            self.violated(record, "leader-completeness", detail, witnesses);
        }
    }

    /// A snapshot stands for what was applied up to its last entry: that must be the same
    /// everywhere.
    fn installed(&mut self, record: &Record, node: NodeId, index: Index, term: Term, kept: u64) {
        if let Some(&first) = at(&self.applied, place(index))
            && first.term != 0
            && first.term != term
        {
            let who = self.name(node);
            let detail = format!(
                "{who} installed a snapshot that ends with an entry of term {term} at {index}, where another node applied one of term {}",
                first.term
            );
            self.violated(record, "state-machine-safety", detail, [first.witness]);
        }
        if kept == 0 {
            self.mirrors[node.slot()].cover(index, term);
        }
    }

    /// log-matching.
    fn appended(
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
            if let Some(other) = self.compare(index, known(prev_term, entry, witness)) {
                let (who, term) = (self.name(node), entry.term);
                let detail = format!(
                    "{who} holds an entry {index} of term {term} that differs from another log's, or follows another entry there"
                );
                self.violated(record, "log-matching", detail, [other.witness]);
            }
            prev_term = entry.term;
        }
    }

    /// Compares an entry with what is known for its index and term; gives back what it does not
    /// agree with.
    fn compare(&mut self, index: Index, new: Known) -> Option<Known> {
        let known = match at(&self.entries, place(index)) {
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

    /// What a leader commits is committed for good: leader-completeness looking back at leaders
    /// of later terms, and durability.
    fn leader_committed(
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
        for index in from + 1..=to {
            let held = self.mirrors[node.slot()].term_at(index);
            if let Some(&(acknowledged, told)) = self.acknowledged.get(place(index))
                && acknowledged != 0
                && acknowledged != held
            {
                self.lost(record, index, acknowledged, held, [told, committed.witness]);
            }
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
    }

    fn lost(
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
        self.violated(record, "durability", detail, witnesses);
    }

    fn acknowledge(
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
        match self.committed.get(place(index)) {
            Some(&(committed, witness)) if committed != term && committed != 0 => {
                self.lost(record, index, term, committed, [told, witness]);
            }
            _ => {
                let told = (term, told);
                put(
                    &mut self.acknowledged,
                    place(index),
                    Default::default(),
                    told,
                );
            }
        }
    }

    /// state-machine-safety and exactly-once.
    fn apply(
        &mut self,
        record: &Record,
        node: NodeId,
        index: Index,
        term: Term,
        payload: &Payload,
        fresh: bool,
    ) {
        let identity = payload.identity();
        match at(&self.applied, place(index)) {
            Some(&first) if first.term != 0 => {
                if (first.term, first.identity) != (term, identity) {
                    let who = self.name(node);
                    let detail = format!(
                        "{who} applied an entry of term {term} at {index}, where another node applied one of term {}",
                        first.term
                    );
                    self.violated(record, "state-machine-safety", detail, [first.witness]);
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
            let first = at(&self.applied, place(earlier));
            let first = first.map_or(Witness::default(), |applied| applied.witness);
            self.violated(record, "exactly-once", detail, [first]);
        }
    }
}

fn known(prev_term: Term, entry: &Entry, witness: Witness) -> Known {
    Known {
        term: entry.term,
        prev_term,
        identity: entry.payload.identity(),
        witness,
    }
}
