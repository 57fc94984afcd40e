//! What changed on each node within the last moment, found in the events at hand. It is found
//! here, and the panes only mark it.

use std::ops::RangeInclusive;

use crate::raft::{Event as NodeEvent, Index, Micros, VoteReason, WriteId};
use crate::session::Scene;
use crate::world::event::Written;
use crate::world::{Event, Record};

/// How long a moment is, in wall time: as long as an eye needs.
const MOMENT: f64 = 450_000.0;
/// How many events before the moment are looked at, for what its events do not say themselves.
const REMEMBERED: usize = 1_000;

/// How much virtual time a moment is at the speed of the scene: what happened within it can be
/// seen to have happened just now.
pub fn moment(scene: &Scene) -> Micros {
    (MOMENT * scene.speed).clamp(10_000.0, 1_000_000.0) as Micros
}

/// A stretch of the log; none where nothing of the kind happened.
pub type Stretch = Option<RangeInclusive<Index>>;

/// What changed on a node.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its current term, in memory or on disk.
    pub term: bool,
    /// Its vote, in memory or on disk: given, or taken back by a new term.
    pub vote: bool,
    /// Its role, or whether its process runs.
    pub role: bool,
    /// The configuration that it uses.
    pub configuration: bool,
    /// Its snapshot.
    pub snapshot: bool,
    /// Entries that came into its log.
    pub appended: Stretch,
    /// Entries that were cut off its log.
    pub cut: Stretch,
    /// Entries that it learned to be committed.
    pub committed: Stretch,
    /// Entries that it applied.
    pub applied: Stretch,
    /// Entries that became safe on its disk.
    pub synced: Stretch,
    /// Entries were cut off its log on disk too.
    pub shortened: bool,
}

impl Change {
    /// True when anything changed.
    pub fn any(&self) -> bool {
        *self != Change::default()
    }

    /// True when something became of the entry at that index.
    pub fn at(&self, index: Index) -> bool {
        let stretches = [
            &self.appended,
            &self.cut,
            &self.committed,
            &self.applied,
            &self.synced,
        ];
        stretches.into_iter().any(|stretch| within(stretch, index))
    }

    /// True when an entry of that index was in the log a moment ago, and is gone unless there is
    /// another one by now.
    pub fn was_at(&self, index: Index) -> bool {
        within(&self.cut, index) || within(&self.appended, index)
    }
}

/// What changed on each node, in order of their numbers: while time passes within a moment, and
/// while it is held at the last instant at which anything happened, which is what one step did.
pub fn changes(scene: &Scene) -> Vec<Change> {
    let mut tales = vec![Tale::default(); scene.world.nodes.len()];
    let records = &scene.records;
    let since = match scene.playing {
        true => scene.world.now.saturating_sub(moment(scene)),
        false => records.last().map_or(0, |record| record.at),
    };
    let first = records.partition_point(|record| record.at < since);
    let (before, within) = records.split_at(first);
    tell(&mut tales, &before[first.saturating_sub(REMEMBERED)..]);
    for tale in &mut tales {
        tale.change = Change::default();
    }
    tell(&mut tales, within);
    tales.into_iter().map(|tale| tale.change).collect()
}

fn tell(tales: &mut [Tale], records: &[Record]) {
    for record in records {
        if let Some(tale) = record.node.and_then(|id| tales.get_mut(id.slot())) {
            tale.take(&record.event);
        }
    }
}

/// What changed on a node, and what must be known to tell what its next events change.
#[derive(Clone, Default)]
struct Tale {
    change: Change,
    /// It voted in its term.
    voted: bool,
    /// Its term, and its vote, changed since they were written last.
    unwritten: (bool, bool),
    /// Its writes that no sync has reached.
    unsynced: Vec<Unsynced>,
}

#[derive(Clone)]
struct Unsynced {
    write: WriteId,
    what: Written,
    /// Of a write of term and vote: which of them it changes.
    ballot: (bool, bool),
}

impl Tale {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Node(event) => self.take_transition(event),
            Event::Persist { write, what } => {
                let ballot = match what {
                    Written::Vote => std::mem::take(&mut self.unwritten),
                    _ => (false, false),
                };
                let (write, what) = (*write, *what);
                self.unsynced.push(Unsynced {
                    write,
                    what,
                    ballot,
                });
            }
            Event::Sync { write } => self.sync(*write),
            Event::Crash => {
                *self = Tale::default();
                self.change.role = true;
            }
            Event::Boot | Event::Restart | Event::Stop | Event::Resume => self.change.role = true,
            Event::Wipe => (self.change.term, self.change.vote) = (true, true),
            Event::Reboot => self.change.configuration = true,
            _ => {}
        }
    }

    fn take_transition(&mut self, event: &NodeEvent) {
        let change = &mut self.change;
        match event {
            // Who campaigns votes for itself.
            NodeEvent::Term { from, .. } => {
                let campaigns = from.is_none();
                self.new_ballot(true, self.voted || campaigns);
                self.voted = campaigns;
            }
            NodeEvent::Vote { pre, reason, .. } if !pre && *reason == VoteReason::Granted => {
                self.new_ballot(false, !self.voted);
                self.voted = true;
            }
            NodeEvent::Role { .. } => change.role = true,
            NodeEvent::Append {
                prev_index,
                entries,
                ..
            } if !entries.is_empty() => {
                let last = prev_index + entries.len() as Index;
                widen(&mut change.appended, prev_index + 1..=last);
            }
            NodeEvent::Truncate { from, count } if *count > 0 => {
                widen(&mut change.cut, *from..=from + count - 1);
            }
            NodeEvent::Commit { from, to } => widen(&mut change.committed, from + 1..=*to),
            NodeEvent::Apply { index, .. } => widen(&mut change.applied, *index..=*index),
            NodeEvent::Configuration { .. } => change.configuration = true,
            NodeEvent::Snapshot { .. } => change.snapshot = true,
            // What a snapshot covers is committed and applied at once.
            NodeEvent::Install { index, .. } => {
                change.snapshot = true;
                widen(&mut change.committed, *index..=*index);
                widen(&mut change.applied, *index..=*index);
            }
            _ => {}
        }
    }

    /// Term or vote changed in memory.
    fn new_ballot(&mut self, term: bool, vote: bool) {
        self.change.term |= term;
        self.change.vote |= vote;
        self.unwritten.0 |= term;
        self.unwritten.1 |= vote;
    }

    /// All that was handed to the disk up to that write is safe.
    fn sync(&mut self, write: WriteId) {
        let safe = self.unsynced.partition_point(|it| it.write <= write);
        for Unsynced { what, ballot, .. } in self.unsynced.drain(..safe) {
            match what {
                Written::Vote => {
                    self.change.term |= ballot.0;
                    self.change.vote |= ballot.1;
                }
                Written::Entries(from, to) => widen(&mut self.change.synced, from..=to),
                Written::Snapshot(_) => self.change.snapshot = true,
                Written::Truncate(_) => self.change.shortened = true,
            }
        }
    }
}

fn within(stretch: &Stretch, index: Index) -> bool {
    stretch.as_ref().is_some_and(|it| it.contains(&index))
}

fn widen(stretch: &mut Stretch, by: RangeInclusive<Index>) {
    *stretch = Some(match stretch {
        Some(old) => *old.start().min(by.start())..=*old.end().max(by.end()),
        None => by,
    });
}
