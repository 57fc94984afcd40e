//! An answer as it is put together: each cause below what it led to.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::{Answer, Missing, Step, Way};
use crate::raft::{self, EventId, Index, Rule};
use crate::world::explain::Seconds;
use crate::world::{Event, Record};

/// The most steps that an answer has.
pub const MOST: usize = 12;
/// What weighs so much is never left out.
const DECISIVE: u8 = u8::MAX;
/// Causes of causes are followed so far.
const DEEPEST: usize = 8;

/// What has been found so far.
pub(super) struct Account<'a> {
    pub facts: &'a Facts<'a>,
    steps: Vec<(Step, u8)>,
    seen: BTreeSet<EventId>,
    /// What decided: it is shown whatever it is, and never left out.
    decided: BTreeSet<EventId>,
    /// The entry that is asked about: a commit of several is told of as that of this one.
    pub entry: Option<Index>,
    missing: Vec<Missing>,
}

impl<'a> Account<'a> {
    pub fn new(facts: &'a Facts<'a>) -> Account<'a> {
        Account {
            facts,
            steps: Vec::new(),
            seen: BTreeSet::new(),
            decided: BTreeSet::new(),
            entry: None,
            missing: Vec::new(),
        }
    }

    /// Adds what led to something, unless it stands there already: the event, if it decides
    /// anything, and below it what led to it.
    pub fn because(&mut self, id: EventId, depth: usize) {
        match self.facts.record(id) {
            Some(record) if carries(&record.event) && !self.has_decided(id) => {
                if depth <= DEEPEST && self.seen.insert(id) {
                    for ground in self.grounds(record) {
                        self.because(ground, depth);
                    }
                }
            }
            Some(record) => self.visible(record, depth),
            None => self.beyond(id, depth),
        }
    }

    /// Adds an event whatever it is, and below it what led to it.
    pub fn visible(&mut self, record: &'a Record, depth: usize) {
        if depth <= DEEPEST && self.leaf(record, depth) {
            for ground in self.grounds(record) {
                self.because(ground, depth + 1);
            }
        }
    }

    /// An event decided what is asked about.
    pub fn decides(&mut self, id: EventId) {
        self.decided.insert(id);
    }

    /// True for an event that decided.
    pub fn has_decided(&self, id: EventId) -> bool {
        self.decided.contains(&id)
    }

    /// Leaves an event out, and all that led to it alone: it is about something else.
    pub fn passes_over(&mut self, id: EventId) {
        self.seen.insert(id);
    }

    /// Adds an event and asks no further; false when it stands there already.
    pub fn leaf(&mut self, record: &Record, depth: usize) -> bool {
        let new = self.seen.insert(record.id);
        if new {
            let step = Step {
                at: record.at,
                event: Some(record.id),
                node: record.node,
                words: self.facts.words(record),
                depth,
            };
            let weight = match self.has_decided(record.id) {
                true => DECISIVE,
                false => weight(&record.event),
            };
            self.steps.push((step, weight));
        }
        new
    }

    /// The chain leads to events that are not held any more.
    fn beyond(&mut self, id: EventId, depth: usize) {
        if id == 0 || self.steps.iter().any(|(step, _)| step.event.is_none()) {
            return;
        }
        let since = self.facts.held_since();
        // What it led to may be older than what is held without gaps.
        let mut above = self.steps.iter().rev();
        let above = above.find(|(step, _)| step.depth < depth);
        let step = Step {
            at: above.map_or(since, |(step, _)| step.at.min(since)),
            event: None,
            node: None,
            words: format!("before {}: no longer held", Seconds(since)),
            depth,
        };
        self.steps.push((step, DECISIVE));
    }

    /// Something is missing.
    pub fn misses(&mut self, missing: Missing) {
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    /// Something is missing that does not come by itself.
    pub fn lacks(&mut self, words: impl Into<String>) {
        let words = words.into();
        let way = Way::Blocked;
        self.misses(Missing { words, way });
    }

    /// The same, if it is missing.
    pub fn lacks_some(&mut self, words: Option<String>) {
        if let Some(words) = words {
            self.lacks(words);
        }
    }

    /// Something is missing that comes by itself.
    pub fn awaits(&mut self, words: impl Into<String>) {
        let words = words.into();
        let way = Way::ByItself;
        self.misses(Missing { words, way });
    }

    /// A statement would help.
    pub fn offers(&mut self, words: impl Into<String>) {
        let words = words.into();
        let way = Way::ByHand;
        self.misses(Missing { words, way });
    }

    /// Something is missing, by a rule.
    pub fn lacks_by(&mut self, words: &str, rule: Rule) {
        self.lacks(by_rule(words, rule));
    }

    /// The answer. Of too many steps the most telling are kept.
    pub fn finish(mut self, headline: impl Into<String>) -> Answer {
        let mut left_out = 0;
        while self.steps.len() > MOST {
            let steps = self.steps.iter().enumerate();
            let least = steps.min_by_key(|(place, (step, weight))| {
                (*weight, std::cmp::Reverse((step.depth, *place)))
            });
            let Some((place, _)) = least else {
                break;
            };
            let (removed, _) = self.steps.remove(place);
            // What led to it now stands below what it led to itself.
            let rest = self.steps[place..].iter_mut();
            for (step, _) in rest.take_while(|(step, _)| step.depth > removed.depth) {
                step.depth -= 1;
            }
            left_out += 1;
        }
        Answer {
            question: String::new(),
            title: String::new(),
            headline: headline.into(),
            steps: self.steps.into_iter().map(|(step, _)| step).collect(),
            left_out,
            missing: self.missing,
        }
    }
}

/// A rule behind a sentence, as in the words of events.
pub(super) fn by_rule(words: &str, rule: Rule) -> String {
    format!("{words} — rule {}", rule.info().name)
}

/// True for what only carries something from one transition to another.
fn carries(event: &Event) -> bool {
    matches!(
        event,
        Event::Send { .. }
            | Event::Deliver { .. }
            | Event::Duplicate { .. }
            | Event::Persist { .. }
            | Event::Sync { .. }
    )
}

/// How telling an event is.
fn weight(event: &Event) -> u8 {
    use raft::Event as E;
    match event {
        Event::Command(_) | Event::Crash | Event::Stop | Event::Violation(_) => 9,
        Event::Node(
            E::Role { .. }
            | E::Commit { .. }
            | E::CommitHeld { .. }
            | E::Truncate { .. }
            | E::Install { .. }
            | E::Configuration { .. }
            | E::TransferBegun { .. },
        ) => 8,
        Event::Node(E::Vote { .. } | E::Timeout { .. }) => 7,
        Event::Node(_) | Event::Request { .. } | Event::Order { .. } => 6,
        Event::Drop { .. } | Event::ClientDrop { .. } => 6,
        Event::Deliver { .. } | Event::ClientDeliver { .. } => 4,
        _ => 5,
    }
}
