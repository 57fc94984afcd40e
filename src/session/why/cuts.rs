//! Who is cut off from whom, and by which statement.

use std::collections::{BTreeMap, BTreeSet};

use super::account::Account;
use super::facts::{Facts, quoted};
use super::voters::{Side, majority, voters};
use crate::raft::{EventId, NodeId};
use crate::session::{Deed, Entry};
use crate::world::explain::Seconds;
use crate::world::{Command, Record};

/// That nothing passes between a node and its leader, if that is so, and by which statement.
pub(super) fn tell_apart(account: &mut Account<'_>, leader: NodeId, id: NodeId) {
    let facts = account.facts;
    let Some(words) = facts.apart(leader, id) else {
        return;
    };
    account.lacks(words);
    let now = facts.view.now;
    let cut = facts.cut_by(leader, id, now);
    let cut = cut.or_else(|| facts.cut_by(id, leader, now));
    if let Some(event) = cut.and_then(|entry| facts.told(entry)) {
        account.because(event, 0);
    }
}

/// The links between these.
pub(super) fn among(nodes: &[NodeId]) -> impl Fn(NodeId, NodeId) -> bool {
    |from, to| nodes.contains(&from) && nodes.contains(&to)
}

/// The statements that cut links that matter.
pub(super) fn tell_cuts(account: &mut Account<'_>, matters: impl Fn(NodeId, NodeId) -> bool) {
    let facts = account.facts;
    let mut told = BTreeMap::new();
    for &(from, to) in &facts.view.blocked {
        if matters(from, to)
            && let Some(entry) = facts.cut_by(from, to, facts.view.now)
        {
            let key = (entry.at, quoted(Some(entry)));
            let (_, pairs) = told.entry(key).or_insert((entry, Vec::new()));
            pairs.push((from, to));
        }
    }
    for ((at, statement), (entry, pairs)) in told {
        let words = cut_words(facts, entry, &pairs);
        account.lacks(format!("{words} since {}{statement}", Seconds(at)));
        if let Some(event) = facts.told(entry) {
            account.because(event, 0);
        }
    }
}

/// Who is cut off from whom by a statement that cut these links.
fn cut_words(facts: &Facts<'_>, by: &Entry, pairs: &[(NodeId, NodeId)]) -> String {
    let ends = pairs.iter().flat_map(|&(from, to)| [from, to]);
    let ends: BTreeSet<NodeId> = ends.collect();
    let parted = match &by.deed {
        // Other statements may hold some of its links cut as well.
        Deed::Act(Command::Isolate(nodes)) => {
            let alone: BTreeSet<NodeId> = &facts.meant(nodes) & &ends;
            let others = &ends - &alone;
            (alone.len() == 1).then_some((alone, others))
        }
        _ => sides(pairs),
    };
    match parted {
        Some((few, many)) => {
            let are = if few.len() == 1 { "is" } else { "are" };
            let (few, many) = (facts.names(few), facts.names(many));
            format!("{few} {are} cut off from {many}")
        }
        None => {
            let some = match pairs.len() < ends.len() * (ends.len() - 1) {
                true => "some ",
                false => "",
            };
            format!("{some}links between {} are cut", facts.names(ends))
        }
    }
}

/// The two sides of a cut that parts all of one from all of the other, the smaller first; nothing
/// for any other.
fn sides(pairs: &[(NodeId, NodeId)]) -> Option<(BTreeSet<NodeId>, BTreeSet<NodeId>)> {
    let beyond = |one: NodeId| -> BTreeSet<NodeId> {
        let from_it = pairs.iter().filter(|(from, _)| *from == one);
        from_it.map(|&(_, to)| to).collect()
    };
    let there = beyond(pairs.first()?.0);
    let here = beyond(*there.first()?);
    let parted = here.iter().all(|&id| beyond(id) == there)
        && there.iter().all(|&id| beyond(id) == here)
        && pairs.len() == 2 * here.len() * there.len();
    match here.len() <= there.len() {
        _ if !parted => None,
        true => Some((here, there)),
        false => Some((there, here)),
    }
}

/// That a node was cut off from a majority at some instant from one event to another, by which
/// statement: a sentence.
pub(super) fn severed(
    facts: &Facts<'_>,
    id: NodeId,
    from: &Record,
    until: EventId,
) -> Option<String> {
    let until = facts.record(until).map_or(facts.view.now, |until| until.at);
    let cuts = |entry: &&&Entry| {
        use Command::{Cut, Isolate, Partition};
        matches!(entry.deed, Deed::Act(Partition(_) | Isolate(_) | Cut(_)))
    };
    let cuts = facts.past.iter().filter(cuts).map(|entry| entry.at);
    let cuts = cuts.filter(|at| (from.at..=until).contains(at));
    let sides = Side::of(&facts.node(id).node.configuration, facts);
    std::iter::once(from.at).chain(cuts).find_map(|at| {
        let cut = |other: NodeId| {
            let there = facts.cut_by(id, other, at);
            there.or_else(|| facts.cut_by(other, id, at))
        };
        if majority(&sides, |other| other == id || cut(other).is_none()) {
            return None;
        }
        let away: Vec<NodeId> = voters(&sides)
            .into_iter()
            .filter(|&other| other != id && cut(other).is_some())
            .collect();
        let by = away
            .iter()
            .filter_map(|&other| cut(other))
            .max_by_key(|entry| entry.at)?;
        let since = Seconds(by.at);
        let away = facts.names(away);
        Some(format!(
            "{} was cut off from {away} since {since}{}.",
            facts.name(id),
            quoted(Some(by))
        ))
    })
}
