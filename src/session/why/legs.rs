//! Where the time of an answered write went: on its way to a leader, until that had committed it,
//! and on its way back; and what a commit waited for, disk by disk and answer by answer.

use super::account::Account;
use super::commit::{commits, vouches};
use super::facts::{Facts, quoted};
use super::grounds::{appended_own, appended_term};
use super::outage;
use super::voters::{Side, voters};
use crate::command::duration_text;
use crate::raft::{Index, Micros, NodeId};
use crate::session::{Deed, Entry};
use crate::world::command::DiskChange;
use crate::world::event::Written;
use crate::world::{Command, Event, Record};

/// So many servers are told of, the slowest first.
const SLOWEST: usize = 3;
/// A reason is given for what took at least one part in so many of the whole.
const TELLING: Micros = 10;

/// The way of a write from the event `began` to its reply, in sentences; `None` where events that
/// tell of it are not held, and for reads.
pub(super) fn tell(account: &mut Account<'_>, began: &Record, ended: &Record) -> Option<String> {
    let facts = account.facts;
    let Event::Reply {
        entry: Some((index, term)),
        ..
    } = ended.event
    else {
        return None;
    };
    let during = |from: &Record| {
        facts
            .after(from.id)
            .take_while(|record| record.id < ended.id)
    };
    let own = |record: &&Record| {
        matches!(&record.event, Event::Node(event)
            if appended_own(event, index) && appended_term(event, index) == Some(term))
    };
    let taken = during(began).find(own)?;
    let leader = taken.node?;
    let committed = during(taken).find(|record| commits(record, index))?;
    let [there, wait, back] = [
        taken.at - began.at,
        committed.at - taken.at,
        ended.at - committed.at,
    ];
    let words = format!(
        "It was entry {index} of {} after {}, committed after another {}, and answered after another {}.",
        facts.name(leader),
        length(there),
        length(wait),
        length(back)
    );
    // What hardly counts needs no reason.
    let telling = |took: Micros| took * TELLING >= there + wait + back;
    let search = || searched(account, began, taken, ended);
    let search = telling(there).then(search).flatten();
    let wait_for = || waited(facts, leader, index, taken, committed);
    let wait_for = telling(wait).then(wait_for).flatten();
    let reasons = [Some(words), search, wait_for].into_iter().flatten();
    Some(reasons.collect::<Vec<_>>().join(" "))
}

/// Whom a client asked before a leader had its write, if that took more than one attempt.
fn searched(
    account: &mut Account<'_>,
    began: &Record,
    taken: &Record,
    ended: &Record,
) -> Option<String> {
    let facts = account.facts;
    let Event::Reply { client, serial, .. } = ended.event else {
        return None;
    };
    let asks = |record: &&Record| {
        (began.id..taken.id).contains(&record.id)
            && matches!(record.event, Event::Request { client: of, serial: number, .. }
                if (of, number) == (client, serial))
    };
    let mut asked = facts.records.iter().copied().filter(asks);
    let first = asked.next()?;
    let last = asked.next_back()?;
    let mut asides = Vec::new();
    let whom = outage::whom(account, first, last, taken.id, &mut asides);
    let asked = format!("Until {} had it: {whom}.", facts.name(taken.node?));
    asides.insert(0, asked);
    Some(asides.join(" "))
}

/// A length of time to the millisecond, as the answer gives instants.
fn length(micros: Micros) -> String {
    match micros {
        0..1_000 => duration_text(micros),
        _ => duration_text(micros / 1_000 * 1_000),
    }
}

/// What the leader's commit waited for, if it was the leader of the entry that committed it and
/// all events between are held.
fn waited(
    facts: &Facts<'_>,
    leader: NodeId,
    index: Index,
    taken: &Record,
    committed: &Record,
) -> Option<String> {
    let between = || {
        let later = facts.after(taken.id);
        later.take_while(|record| record.id < committed.id)
    };
    let whole = between().count() as u64 == committed.id - taken.id - 1;
    if committed.node != Some(leader) || !whole {
        return None;
    }
    let configuration = facts.configuration_at(leader, committed.id)?;
    let mut told: Vec<(Micros, String)> = Vec::new();
    for id in voters(&Side::of(&configuration, facts)) {
        let name = facts.name(id);
        let disk = written(between(), id, index);
        let by = |until: Micros| quoted(slowed(facts, id, taken.at, until));
        if id == leader {
            told.push(match disk {
                Some((began, ended)) => {
                    let took = length(ended - began);
                    let words = format!("{name}'s own disk took {took}{}", by(ended));
                    (ended - taken.at, words)
                }
                None => {
                    let words = format!("{name}'s own disk had not written it{}", by(committed.at));
                    (committed.at - taken.at, words)
                }
            });
            continue;
        }
        let answers = |record: &&Record| {
            matches!(&record.event, Event::Deliver { envelope, .. }
                if envelope.from == id && envelope.to == leader && vouches(&envelope.message, index))
        };
        let Some(answer) = between().find(answers) else {
            continue;
        };
        let after = answer.at - taken.at;
        let words = match disk {
            Some((began, ended)) => format!(
                "{name} had it after {}, its disk took {}{}, and its answer came after {} in all",
                length(began - taken.at),
                length(ended - began),
                by(ended),
                length(after)
            ),
            None => format!("{name} answered after {}", length(after)),
        };
        told.push((after, words));
    }
    told.sort_by_key(|&(after, _)| std::cmp::Reverse(after));
    let told: Vec<String> = told.into_iter().map(|(_, words)| words).collect();
    let slowest = told.get(..SLOWEST).unwrap_or(&told).join("; ");
    Some(format!("Until it was committed: {slowest}."))
}

/// From when to when a node's disk was busy with an entry.
fn written<'a>(
    between: impl Iterator<Item = &'a Record>,
    id: NodeId,
    index: Index,
) -> Option<(Micros, Micros)> {
    let mut began = None;
    for record in between.filter(|record| record.node == Some(id)) {
        match (&record.event, began) {
            (
                Event::Persist {
                    write,
                    what: Written::Entries(from, to),
                },
                _,
            ) if (from..=to).contains(&&index) => began = Some((*write, record.at)),
            (Event::Sync { write: up_to }, Some((write, at))) if *up_to >= write => {
                return Some((at, record.at));
            }
            // What was not safe went with the memory.
            (Event::Crash, _) => began = None,
            _ => {}
        }
    }
    None
}

/// The statement that made a disk slow, of those in force from one instant to another.
fn slowed<'a>(facts: &Facts<'a>, id: NodeId, began: Micros, ended: Micros) -> Option<&'a Entry> {
    let (mut latency, mut stall) = (None, None);
    for &entry in facts.past.iter().take_while(|entry| entry.at <= ended) {
        let over = entry.at <= began;
        match &entry.deed {
            Deed::Act(Command::Disk { nodes, change }) if facts.meant(nodes).contains(&id) => {
                match change {
                    DiskChange::Latency(_) => latency = Some(entry),
                    DiskChange::Stall => stall = Some(entry),
                    DiskChange::Ok if over => stall = None,
                    DiskChange::Ok => {}
                }
            }
            Deed::Act(Command::Calm) if over => (latency, stall) = (None, None),
            _ => {}
        }
    }
    stall.or(latency)
}
