//! Raft's safety properties (paper, Figure 3), `durability` and `exactly-once`, judged as the
//! run goes from nothing but its events, at a constant cost for each.
//!
//! A node's log is mirrored as its runs of equal terms. By log matching an (index, term) pair
//! stands for the whole prefix up to it, so comparing pairs compares logs; that the pairs do
//! stand for their prefixes is itself checked, entry by entry, as entries are appended.

mod entries;
mod leaders;
mod lost;
mod memory;
mod mirror;

use std::collections::BTreeMap;
use std::sync::Arc;

use memory::{Applied, Committed, Known, Witness, place};
use mirror::Mirror;

use super::Violation;
use crate::kv::ClientId;
use crate::list::List;
use crate::raft::{Durable, Event as NodeEvent, Index, Invariant, Log, NodeId, RoleKind, Term};
use crate::world::event::Reply;
use crate::world::{Event, Record, World};

/// More violations of one invariant than this add nothing.
const MOST_OF_ONE: usize = 16;

/// The checker of safety. Cloning shares structure.
#[derive(Clone, Debug)]
pub struct Invariants {
    names: Vec<crate::kv::Text>,
    mirrors: Vec<Mirror>,
    /// Who led each term first, with its log as it was elected.
    leaders: BTreeMap<Term, (Witness, Arc<Mirror>)>,
    /// The first entry seen at each index …
    entries: List<Known>,
    /// … and the others, of other terms.
    more_entries: BTreeMap<(Index, Term), Known>,
    /// The entry that was applied first at each index.
    applied: List<Applied>,
    /// The term of the entry that a leader committed first at each index; 0 for none.
    committed: List<(Term, Witness)>,
    /// The newest term of an entry that was committed.
    newest: Term,
    /// For each term what its leader committed last.
    commits: BTreeMap<Term, Committed>,
    /// The term of the entry at each index whose client was answered, and the answer; 0 for none.
    acknowledged: List<(Term, Witness)>,
    /// For each client the index at which each of its requests took effect, by serial number;
    /// 0 for not yet.
    effects: BTreeMap<ClientId, List<Index>>,
    violations: Vec<Violation>,
}

impl Invariants {
    /// A checker for a world that has just been built: it takes note of what nodes were given.
    pub fn new(world: &World) -> Invariants {
        let ids = || (0..world.size()).map(NodeId::from_slot);
        let mut checker = Invariants {
            names: ids().map(|id| world.name(id).clone()).collect(),
            mirrors: vec![Mirror::default(); world.size()],
            leaders: BTreeMap::new(),
            entries: List::default(),
            more_entries: BTreeMap::new(),
            applied: List::default(),
            committed: List::default(),
            newest: 0,
            commits: BTreeMap::new(),
            acknowledged: List::default(),
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

    /// Looks at one event. `world` is asked only for the disk of a node that starts or crashes, and
    /// for what is on its way then.
    pub fn watch(&mut self, record: &Record, world: &World) {
        // Nodes may be added as the run goes.
        for slot in self.mirrors.len()..world.size() {
            self.mirrors.push(Mirror::default());
            self.names.push(world.name(NodeId::from_slot(slot)).clone());
        }
        match (&record.event, record.node) {
            (Event::Node(event), Some(node)) => self.watch_node(record, node, event),
            (Event::Restart, Some(node)) => self.boot(node, world.durable(node)),
            (Event::Crash, Some(node)) => {
                self.mirrors[node.slot()] = Mirror::of(&world.durable(node).log);
                self.look_for_lost(record, world);
            }
            (Event::Wipe, Some(node)) => {
                self.mirrors[node.slot()] = Mirror::default();
                self.look_for_lost(record, world);
            }
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
                    self.violated(record, Invariant::LeaderAppendOnly, detail, [elected]);
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
        invariant: Invariant,
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
        let log = &durable.log;
        let mut prev_term = log.term_at(log.first() - 1).unwrap_or(0);
        for (index, entry) in log.iter() {
            self.compare(index, Known::new(prev_term, entry, Witness::default()));
            prev_term = entry.term;
        }
        self.mirrors[node.slot()] = Mirror::of(log);
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
                self.applied.push(Applied {
                    term: entry.term,
                    identity: entry.payload.identity(),
                    fresh: true,
                    witness: Witness::default(),
                });
                self.committed.push((entry.term, Witness::default()));
            }
        }
    }
}
