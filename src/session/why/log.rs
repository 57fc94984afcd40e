//! Why a node holds an entry, or does not (paper, section 5.3).

use super::Answer;
use super::account::Account;
use super::facts::Facts;
use super::grounds::appended;
use super::voters::{uncounted, unserved};
use crate::raft::{self, EventId, Index, NodeId, Rule};
use crate::world::explain::Seconds;
use crate::world::view::{Life, NodeStatus};
use crate::world::{Event, Record};

/// What a node holds at `index`.
pub(super) fn entry(facts: &Facts<'_>, id: NodeId, index: Index) -> Answer {
    let node = facts.node(id);
    if index < node.node.log.first() {
        return covered(facts, node, index);
    }
    match node.node.log.term_at(index) {
        Some(term) => held(facts, node, index, term),
        None => lacking(facts, node, index),
    }
}

/// A snapshot stands for it.
fn covered(facts: &Facts<'_>, node: &NodeStatus, index: Index) -> Answer {
    let mut account = Account::new(facts);
    let name = &node.name;
    let last = node.node.log.first() - 1;
    let made = facts.newest(node.id, |event| match event {
        raft::Event::Snapshot { index: up_to, .. } | raft::Event::Install { index: up_to, .. } => {
            *up_to == last
        }
        _ => false,
    });
    let words = match made {
        Some(made) => {
            account.visible(made, 0);
            format!(" At {}: {}", Seconds(made.at), facts.words(made))
        }
        None => String::new(),
    };
    account.finish(format!(
        "{name} holds entry {index} as part of a snapshot up to {last}.{words}"
    ))
}

fn held(facts: &Facts<'_>, node: &NodeStatus, index: Index, term: u64) -> Answer {
    let mut account = Account::new(facts);
    let name = &node.name;
    let added = facts.newest(node.id, |event| appended(event, index));
    let from = match added {
        Some(added) => {
            account.visible(added, 0);
            let at = Seconds(added.at);
            match &added.event {
                Event::Node(raft::Event::Append {
                    leader: Some(leader),
                    ..
                }) => {
                    format!("{} sent it, and it came at {at}", facts.name(*leader))
                }
                _ => format!("{name} appended it at {at} as leader of term {term}"),
            }
        }
        None => "it was there from the beginning, or how it came is no longer held".to_owned(),
    };
    for cut in truncations(facts, node.id, index, EventId::MAX) {
        account.visible(cut, 0);
    }
    let safe = match (node.node.synced >= index, facts.stalled(node.id)) {
        (true, _) => "it is on its disk".to_owned(),
        (false, Some(stalled)) => format!("it is in memory only, as {stalled}"),
        (false, None) => "it is not on its disk yet".to_owned(),
    };
    let committed = match (node.life, node.node.commit >= index) {
        (Life::Down, _) => "what it knew of commits went with its memory",
        (_, true) => "it knows that it is committed",
        (_, false) => "it does not know yet that it is committed",
    };
    account.lacks_some(facts.absent(node.id).filter(|_| node.life == Life::Down));
    account.finish(format!(
        "{name} holds entry {index}, of term {term}: {from}; {safe}, and {committed}."
    ))
}

/// The cuts of the log that took what stood at `index`, the newest first.
fn truncations<'a>(
    facts: &'a Facts<'a>,
    id: NodeId,
    index: Index,
    before: EventId,
) -> impl Iterator<Item = &'a Record> {
    let cuts = facts.before(before).filter(move |record| {
        record.node == Some(id)
            && matches!(record.event, Event::Node(raft::Event::Truncate { from, count })
                if (from..from + count).contains(&index))
    });
    cuts.take(1)
}

fn lacking(facts: &Facts<'_>, node: &NodeStatus, index: Index) -> Answer {
    let mut account = Account::new(facts);
    let name = &node.name;
    let last = node.node.log.last();
    let ends = match last {
        0 => "its log is empty".to_owned(),
        _ => format!("its log ends at {last}"),
    };
    let had = facts.newest(node.id, |event| appended(event, index));
    let mut headline = format!("{name} does not hold entry {index}: {ends}.");
    if let Some(had) = had {
        let cut = truncations(facts, node.id, index, EventId::MAX).find(|cut| cut.id > had.id);
        if let Some(cut) = cut {
            account.visible(cut, 0);
            account.visible(had, 0);
            return account.finish(format!(
                "{name} does not hold entry {index} any more. At {}: {}",
                Seconds(cut.at),
                facts.words(cut)
            ));
        }
        let later = || {
            let later = facts.after(had.id);
            later.filter(|record| record.node == Some(node.id))
        };
        if let Some(wiped) = later().find(|record| matches!(record.event, Event::Wipe)) {
            account.visible(wiped, 0);
            account.visible(had, 0);
            headline = format!(
                "{name} does not hold entry {index} any more: its disk was emptied at {}.",
                Seconds(wiped.at)
            );
        } else if let Some(crash) = later().find(|record| matches!(record.event, Event::Crash)) {
            account.visible(crash, 0);
            account.visible(had, 0);
            let counted = match facts.on(Rule::SyncBeforeReply) {
                true => "and so nobody counted it",
                false => "and may have been counted all the same, as this is off",
            };
            account.lacks_by(
                &format!("it was not on its disk yet when it crashed, {counted}"),
                Rule::SyncBeforeReply,
            );
            return account.finish(format!(
                "{name} does not hold entry {index} any more: it was lost in the crash at {}.",
                Seconds(crash.at)
            ));
        }
    }
    match facts.view.leader() {
        None => account.lacks("only a leader sends entries, and no live node leads"),
        Some(leader) if leader.id == node.id => {
            let next = last + 1;
            account.lacks(format!("it leads: the next request becomes entry {next}"));
        }
        Some(leader) => match leader.node.log.term_at(index) {
            Some(term) => {
                match unserved(facts, node.id, leader) {
                    Some(words) => account.lacks(words),
                    None => account.lacks(uncounted(facts, node.id, leader.id, index, term)),
                }
                account.lacks_some(facts.absent(leader.id));
                for cause in barriers(facts, node.id, leader.id) {
                    account.because(cause, 0);
                }
            }
            None => account.lacks(format!(
                "{}, who leads, does not hold it either: its log ends at {}",
                leader.name,
                leader.node.log.last()
            )),
        },
    }
    account.finish(headline)
}

/// The events that keep a node from hearing its leader.
fn barriers(facts: &Facts<'_>, id: NodeId, leader: NodeId) -> Vec<EventId> {
    let lost = [id, leader].into_iter().filter_map(|id| {
        facts.absent(id)?;
        facts.lost(id, EventId::MAX)
    });
    let lost = lost.map(|record| record.id);
    let cut = facts
        .cut_by(leader, id, facts.view.now)
        .filter(|_| facts.blocked(leader, id));
    lost.chain(cut.and_then(|entry| facts.told(entry)))
        .collect()
}
