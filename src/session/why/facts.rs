//! What is known at an instant, and how things are found in it.

use std::collections::BTreeSet;

use crate::check::{Tally, Violation};
use crate::raft::{self, Configuration, EventId, Index, Micros, NodeId, RoleKind, Rule, Term};
use crate::session::{Deed, Entry};
use crate::world::command::{DiskChange, End, Link, NodeRef, Nodes, Selector};
use crate::world::explain::{Seconds, words};
use crate::world::network::Endpoint;
use crate::world::view::{Life, NodeStatus};
use crate::world::{Command, Event, Record, View};

/// The world at an instant, the events that are still held, and what was done to it.
pub struct Facts<'a> {
    /// The world.
    pub view: &'a View,
    /// The events held, oldest first; the older ones with gaps.
    pub records: Vec<&'a Record>,
    /// The lines of the journal that are done.
    pub past: Vec<&'a Entry>,
    /// What was violated so far.
    pub violations: &'a [Violation],
    /// The counters.
    pub tally: &'a Tally,
    /// The cluster begins with so many nodes, all of them voters.
    pub first_voters: usize,
}

impl<'a> Facts<'a> {
    /// The event of a number, if it is held.
    pub(super) fn record(&self, id: EventId) -> Option<&'a Record> {
        let place = self.records.binary_search_by_key(&id, |record| record.id);
        place.ok().map(|place| self.records[place])
    }

    /// The events before one, the newest first.
    pub(super) fn before(&self, id: EventId) -> impl Iterator<Item = &'a Record> + '_ {
        let end = self.records.partition_point(|record| record.id < id);
        self.records[..end].iter().rev().copied()
    }

    /// The events after one, the oldest first.
    pub(super) fn after(&self, id: EventId) -> impl Iterator<Item = &'a Record> + '_ {
        let start = self.records.partition_point(|record| record.id <= id);
        self.records[start..].iter().copied()
    }

    /// The newest transition of a node that fits.
    pub(super) fn newest(
        &self,
        node: NodeId,
        fits: impl Fn(&raft::Event) -> bool,
    ) -> Option<&'a Record> {
        self.newest_before(EventId::MAX, node, fits)
    }

    /// The newest transition of a node before an event that fits.
    pub(super) fn newest_before(
        &self,
        id: EventId,
        node: NodeId,
        fits: impl Fn(&raft::Event) -> bool,
    ) -> Option<&'a Record> {
        let such = |record: &&Record| {
            record.node == Some(node) && matches!(&record.event, Event::Node(event) if fits(event))
        };
        self.before(id).find(such)
    }

    /// The other transitions of the turn in which a node did this: the same input led to them.
    pub(super) fn turn_before(&self, record: &'a Record) -> impl Iterator<Item = &'a Record> + '_ {
        let newer = |earlier: &&Record| earlier.at == record.at;
        let same = move |earlier: &&Record| {
            let causes = earlier.causes.as_slice();
            let shared = |id| record.causes.as_slice().contains(id);
            earlier.node == record.node
                && matches!(earlier.event, Event::Node(_))
                && (causes.iter().any(shared)
                    || causes.is_empty() && record.causes.as_slice().is_empty())
        };
        self.before(record.id).take_while(newer).filter(same)
    }

    /// The life of a node before an event: whether it crashed or was stopped, and by which event.
    pub(super) fn lost(&self, node: NodeId, before: EventId) -> Option<&'a Record> {
        let turns = |record: &&Record| {
            let about = matches!(
                record.event,
                Event::Crash | Event::Stop | Event::Restart | Event::Resume | Event::Boot
            );
            about && record.node == Some(node)
        };
        let last = self.before(before).find(turns)?;
        matches!(last.event, Event::Crash | Event::Stop).then_some(last)
    }

    /// The term that a node led as an event happened, if it did.
    pub(super) fn led(&self, node: NodeId, before: EventId) -> Option<Term> {
        let turns = |record: &&Record| {
            let role = matches!(
                record.event,
                Event::Crash | Event::Node(raft::Event::Role { .. })
            );
            role && record.node == Some(node)
        };
        match self.before(before).find(turns)?.event {
            Event::Node(raft::Event::Role {
                role: RoleKind::Leader,
                term,
                ..
            }) => Some(term),
            _ => None,
        }
    }

    /// The first crash of a node after an event: what it had in memory only went with it.
    pub(super) fn crashed_since(&self, node: NodeId, id: EventId) -> Option<&'a Record> {
        let crashes =
            |record: &&Record| record.node == Some(node) && matches!(record.event, Event::Crash);
        self.after(id).find(crashes)
    }

    /// The configuration that a node used as an event happened, if that is held.
    pub(super) fn configuration_at(&self, node: NodeId, id: EventId) -> Option<Configuration> {
        let used = |record: &Record| match &record.event {
            Event::Node(raft::Event::Configuration { configuration, .. }) => {
                Some((**configuration).clone())
            }
            _ => None,
        };
        let of_node = |record: &&Record| record.node == Some(node);
        if let Some(found) = self.before(id).filter(of_node).find_map(used) {
            return Some(found);
        }
        match self.after(id).filter(of_node).find_map(used) {
            Some(_) => {
                let first = (0..self.first_voters).map(NodeId::from_slot);
                // What tells something is dropped last: with the first event all of it is held.
                self.record(1).map(|_| Configuration::of(first))
            }
            None => Some(self.node(node).node.configuration.clone()),
        }
    }

    /// A node as it is now.
    pub(super) fn node(&self, id: NodeId) -> &'a NodeStatus {
        &self.view.nodes[id.slot()]
    }

    pub(super) fn name(&self, id: NodeId) -> &'a str {
        self.view.name(id)
    }

    pub(super) fn on(&self, rule: Rule) -> bool {
        self.view.rules.on(rule)
    }

    /// Names of nodes in a sentence: `n1, n2 and n4`.
    pub(super) fn names(&self, ids: impl IntoIterator<Item = NodeId>) -> String {
        let names: Vec<&str> = ids.into_iter().map(|id| self.name(id)).collect();
        match names.split_last() {
            None => "no node".to_owned(),
            Some((only, [])) => (*only).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
        }
    }

    /// An event in words.
    pub(super) fn words(&self, record: &Record) -> String {
        words(record, &|id| self.name(id))
    }

    /// The same, after its instant where that is over: what it says held then.
    pub(super) fn words_then(&self, record: &Record) -> String {
        let words = self.words(record);
        match record.at == self.view.now {
            true => words,
            false => format!("at {}: {words}", Seconds(record.at)),
        }
    }

    /// The nodes that a selection means: what stands in the journal is resolved, and words for
    /// several nodes are not in it.
    pub(super) fn meant(&self, nodes: &Nodes) -> BTreeSet<NodeId> {
        let Selector::These(references) = &nodes.base else {
            return BTreeSet::new();
        };
        let found = |reference: &NodeRef| match reference {
            NodeRef::Name(name) => {
                let node = self.view.nodes.iter().find(|node| node.name == *name);
                node.map(|node| node.id)
            }
            NodeRef::Number(number) => {
                let known = (1..=self.view.nodes.len()).contains(&usize::from(*number));
                known.then_some(NodeId(*number))
            }
        };
        references.iter().filter_map(found).collect()
    }

    /// The newest statement that did such a thing to a node.
    pub(super) fn statement_on(
        &self,
        node: NodeId,
        fits: impl Fn(&Command) -> Option<&Nodes>,
    ) -> Option<&'a Entry> {
        let mut newest = self.past.iter().rev();
        let such = |entry: &&&Entry| match &entry.deed {
            Deed::Act(command) => {
                fits(command).is_some_and(|nodes| self.meant(nodes).contains(&node))
            }
            _ => false,
        };
        newest.find(such).copied()
    }

    /// When the counters began anew last, by a `mark`.
    pub(super) fn marked(&self) -> Option<Micros> {
        let mut past = self.past.iter().rev();
        let mark = past.find(|entry| entry.deed == Deed::Mark);
        mark.map(|mark| mark.at)
    }

    /// The event of the trace that tells of a line of the journal. The same may be said twice at one
    /// instant: such lines are counted from the newest, as older events may be held no more.
    pub(super) fn told(&self, entry: &Entry) -> Option<EventId> {
        let text = statement_text(entry)?;
        let later = self.past.iter().rev();
        let later = later.take_while(|later| !std::ptr::eq(**later, entry));
        let later = later.filter(|later| later.at == entry.at && later.deed == entry.deed);
        let to = self.records.partition_point(|record| record.at <= entry.at);
        let here = self.records[..to].iter().rev();
        let here = here.take_while(|record| record.at == entry.at);
        let mut here = here.filter(|record| is_command(record, &text));
        here.nth(later.count()).map(|told| told.id)
    }

    /// True while nothing passes between two nodes in at least one direction.
    pub(super) fn blocked(&self, one: NodeId, other: NodeId) -> bool {
        !self.view.joined(one, other)
    }

    /// The statement by which a link is blocked at an instant: partition, isolation or a cut.
    pub(super) fn cut_by(
        &self,
        from: impl Into<Endpoint>,
        to: impl Into<Endpoint>,
        at: Micros,
    ) -> Option<&'a Entry> {
        let (from, to) = (from.into(), to.into());
        // Clients reach every node through partitions.
        let between_nodes = match (from, to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => Some((from, to)),
            _ => None,
        };
        let (mut partition, mut isolation, mut cut) = (None, None, None);
        for &entry in self.past.iter().take_while(|entry| entry.at <= at) {
            let Deed::Act(command) = &entry.deed else {
                continue;
            };
            match (command, between_nodes) {
                (Command::Partition(islands), Some((from, to))) => {
                    let island = |id| {
                        islands
                            .iter()
                            .position(|side| self.meant(side).contains(&id))
                    };
                    let joined = island(from).is_some() && island(from) == island(to);
                    partition = partition.filter(|_| !joined).or((!joined).then_some(entry));
                }
                (Command::Isolate(nodes), Some((from, to))) => {
                    let nodes = self.meant(nodes);
                    if nodes.contains(&from) || nodes.contains(&to) {
                        isolation = isolation.or(Some(entry));
                    }
                }
                (Command::Cut(link), _) if self.covers(link, from, to) => {
                    cut = cut.or(Some(entry));
                }
                (Command::Mend(link), _) if self.covers(link, from, to) => cut = None,
                (Command::Heal | Command::Calm, _) => {
                    (partition, isolation, cut) = (None, None, None);
                }
                _ => {}
            }
        }
        let found = [partition, isolation, cut].into_iter().flatten();
        found.min_by_key(|entry: &&Entry| entry.at)
    }

    fn covers(&self, link: &Link, from: Endpoint, to: Endpoint) -> bool {
        let among = |end: &End, wanted| match (end, wanted) {
            (End::Nodes(nodes), Endpoint::Node(id)) => self.meant(nodes).contains(&id),
            (End::Client(client), Endpoint::Client(id)) => *client == id,
            _ => false,
        };
        among(&link.from, from) && among(&link.to, to)
            || link.both && among(&link.from, to) && among(&link.to, from)
    }

    /// Why a node takes part in nothing, if that is so.
    pub(super) fn absent(&self, id: NodeId) -> Option<String> {
        let node = self.node(id);
        let how = match node.life {
            Life::Up => return None,
            Life::Down => "down",
            Life::Stopped => "stopped",
        };
        let since = Seconds(node.since);
        let by = self.lost_by(id, node.since).map(in_quotes);
        Some(format!(
            "{} is {how} since {since}{}",
            node.name,
            by.unwrap_or_default()
        ))
    }

    /// The statement by which a node crashed or was stopped: chaos and `reboot` do it too. Where
    /// the event is no longer held, one of the journal that was given at that instant.
    fn lost_by(&self, id: NodeId, since: Micros) -> Option<String> {
        if let Some(lost) = self.lost(id, EventId::MAX) {
            let mut causes = lost.causes.as_slice().iter();
            return causes.find_map(|&cause| match &self.record(cause)?.event {
                Event::Command(text) => Some(text.to_string()),
                _ => None,
            });
        }
        let entry = self.statement_on(id, |command| match command {
            Command::Crash(nodes) | Command::Stop(nodes) => Some(nodes),
            _ => None,
        });
        entry
            .filter(|entry| entry.at == since)
            .and_then(statement_text)
    }

    /// Why one node cannot hear another or be heard by it, if that is so.
    pub(super) fn apart(&self, id: NodeId, from: NodeId) -> Option<String> {
        let blocked = &self.view.blocked;
        let there = blocked.contains(&(from, id));
        let back = blocked.contains(&(id, from));
        let (one, other) = (self.name(id), self.name(from));
        let (words, link) = match (there, back) {
            (false, false) => return None,
            (true, true) => (format!("{one} is cut off from {other}"), (from, id)),
            (true, false) => (format!("nothing passes from {other} to {one}"), (from, id)),
            (false, true) => (format!("nothing passes from {one} to {other}"), (id, from)),
        };
        let by = self.cut_by(link.0, link.1, self.view.now);
        let since = by.map(|entry| format!(" since {}", Seconds(entry.at)));
        Some(format!(
            "{words}{}{}",
            since.unwrap_or_default(),
            quoted(by)
        ))
    }

    /// That a node's disk is stalled, if it is: `its disk is stalled since 0.400 s (`disk n2 stall`)`.
    pub(super) fn stalled(&self, id: NodeId) -> Option<String> {
        self.stall(id).map(|stall| format!("its {stall}"))
    }

    /// The same where it keeps the node from answering: what it must write first is never written.
    pub(super) fn mute(&self, id: NodeId) -> Option<String> {
        let stall = self.stall(id).filter(|_| self.on(Rule::SyncBeforeReply))?;
        Some(format!("{}'s {stall}", self.name(id)))
    }

    /// Why nothing comes from a node at another, if that is so.
    pub(super) fn hindered(&self, id: NodeId, from: NodeId) -> Option<String> {
        let away = self.absent(id).or_else(|| self.apart(id, from));
        away.or_else(|| self.mute(id))
    }

    fn stall(&self, id: NodeId) -> Option<String> {
        if !self.node(id).disk.stalled {
            return None;
        }
        let mut by = None;
        for &entry in &self.past {
            match &entry.deed {
                Deed::Act(Command::Disk { nodes, change }) if self.meant(nodes).contains(&id) => {
                    match change {
                        DiskChange::Stall => by = by.or(Some(entry)),
                        DiskChange::Ok => by = None,
                        DiskChange::Latency(_) => {}
                    }
                }
                Deed::Act(Command::Calm) => by = None,
                _ => {}
            }
        }
        let since = by.map(|entry| format!(" since {}", Seconds(entry.at)));
        Some(format!(
            "disk is stalled{}{}",
            since.unwrap_or_default(),
            quoted(by)
        ))
    }

    /// The highest index that any node holds, with the node that holds it.
    pub(super) fn longest(&self) -> Option<(NodeId, Index)> {
        let logs = self.view.nodes.iter();
        let logs = logs.map(|node| (node.id, node.node.log.last()));
        logs.max_by_key(|&(id, last)| (last, std::cmp::Reverse(id)))
    }

    /// True while all that led to an event is held.
    pub(super) fn grounded(&self, record: &Record) -> bool {
        let mut causes = record.causes.as_slice().iter();
        causes.all(|&cause| self.record(cause).is_some())
    }

    /// True while every event since the beginning is held.
    pub(super) fn whole(&self) -> bool {
        let newest = self.records.last();
        newest.is_none_or(|newest| newest.id == self.records.len() as EventId)
    }

    /// The instant of the oldest event of those that are held without gaps.
    pub(super) fn held_since(&self) -> Micros {
        let pairs = self.records.windows(2).rev();
        let mut gaps = pairs.filter(|pair| pair[1].id > pair[0].id + 1);
        match gaps.next() {
            Some(pair) => pair[1].at,
            None => self
                .records
                .first()
                .map_or(self.view.now, |record| record.at),
        }
    }
}

/// The statement of a line of the journal, if it is one.
pub(super) fn statement_text(entry: &Entry) -> Option<String> {
    match &entry.deed {
        Deed::Act(command) => Some(command.to_string()),
        _ => None,
    }
}

fn is_command(record: &Record, text: &str) -> bool {
    matches!(&record.event, Event::Command(told) if **told == *text)
}

/// A statement behind a sentence: ` (`crash n2`)`.
pub(super) fn quoted(entry: Option<&Entry>) -> String {
    let text = entry.and_then(statement_text);
    text.map_or(String::new(), in_quotes)
}

fn in_quotes(statement: String) -> String {
    format!(" (`{statement}`)")
}
