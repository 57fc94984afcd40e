//! Which stretch without a commit was the longest while one was wanted: who waited, who led, and
//! what ended it; while it goes on, what is missing.

use super::account::Account;
use super::cuts::severed;
use super::facts::Facts;
use super::{Answer, commit, elections, leader};
use crate::command::duration_text;
use crate::kv::{ClientId, Operation};
use crate::raft::{self, EventId, Micros, NodeId, RoleKind};
use crate::world::event::{ClientMessage, DropReason};
use crate::world::explain::{Seconds, asked};
use crate::world::{Event, Record};

/// So many clients, and so many leaders, are told of by name.
const NAMED: usize = 3;

/// The longest stretch, and what was in its way.
pub(super) fn longest(facts: &Facts<'_>) -> Answer {
    let mut account = Account::new(facts);
    let now = facts.view.now;
    let outage = facts.tally.outage(now);
    let (since, until) = (outage.since, outage.since + outage.lasted);
    let goes_on = facts.tally.stands_still_since() == Some(since) && until == now;
    if outage.lasted == 0 {
        let counted = elections::counted_since(facts);
        return account.finish(format!(
            "No time has passed without a commit while one was wanted {counted}."
        ));
    }
    let end = facts.records.iter().copied();
    let mut end = end.filter(|record| !goes_on && record.at == until);
    let end = end.find(|record| ends(facts, record));
    let before = end.map_or(EventId::MAX, |end| end.id);
    if let Some(end) = end {
        account.visible(end, 0);
    }
    let ends = match (goes_on, end.map(|end| (end, &end.event))) {
        (true, _) => ", and goes on".to_owned(),
        (_, Some((end, Event::Node(_)))) => format!(", when {}", facts.words(end)),
        (_, Some(_)) => ", when nobody waited any more".to_owned(),
        _ => String::new(),
    };
    let lasted = duration_text(outage.lasted);
    let (from, to) = (Seconds(since), Seconds(until));
    let mut headline = format!(
        "The longest stretch without a commit while one was wanted lasted {lasted}, from {from} to {to}{ends}."
    );
    let told = goes_on || end.is_some();
    let waiting = told.then(|| waiting(&mut account, before, goes_on));
    let sentences = waiting.into_iter().flatten();
    for sentence in sentences.chain(leaders(&mut account, since, until, before)) {
        headline = format!("{headline} {sentence}");
    }
    if goes_on {
        match facts.view.leader() {
            Some(leader) => {
                for missing in commit::in_cluster(facts, leader.node.commit + 1).missing {
                    account.misses(missing);
                }
            }
            None => leader::candidates(&mut account),
        }
    }
    account.finish(headline)
}

/// True for what ends a stretch: a leader's commit, or the last reply that was waited for.
fn ends(facts: &Facts<'_>, record: &Record) -> bool {
    match (&record.event, record.node) {
        (Event::Node(raft::Event::Commit { .. }), Some(node)) => {
            facts.led(node, record.id).is_some()
        }
        (Event::Reply { .. }, _) => waiters(facts, record.id + 1).is_empty(),
        _ => false,
    }
}

/// A client that waits with a write.
struct Waiter<'a> {
    client: ClientId,
    operation: &'a Operation,
    since: Micros,
    /// The first time that it asked somebody, and the last.
    asked: Option<(&'a Record, &'a Record)>,
}

/// The clients that waited with a write as an event happened, in the order in which they began.
fn waiters<'a>(facts: &Facts<'a>, before: EventId) -> Vec<Waiter<'a>> {
    let mut waiters: Vec<Waiter<'a>> = Vec::new();
    for &record in &facts.records {
        if record.id >= before {
            break;
        }
        let (client, operation, asks) = match &record.event {
            Event::Reply { client, .. } => {
                waiters.retain(|waiter| waiter.client != *client);
                continue;
            }
            Event::Request {
                client,
                operation,
                attempt,
                ..
            } => {
                // Of who began before the events that are held it is not known when.
                let known = *attempt == 1 || waiters.iter().any(|it| it.client == *client);
                if !known {
                    continue;
                }
                (*client, operation, Some((record, record)))
            }
            Event::Probe {
                client, operation, ..
            } => (*client, operation, None),
            _ => continue,
        };
        if operation.is_read() {
            continue;
        }
        match waiters.iter_mut().find(|waiter| waiter.client == client) {
            Some(waiter) => {
                let first = waiter.asked.or(asks).map(|(first, _)| first);
                waiter.asked = first.zip(asks.or(waiter.asked).map(|(_, last)| last));
            }
            None => waiters.push(Waiter {
                client,
                operation,
                since: record.at,
                asked: asks,
            }),
        }
    }
    waiters
}

/// Who waited for what at the end, in sentences.
fn waiting(account: &mut Account<'_>, before: EventId, goes_on: bool) -> Vec<String> {
    let waiters = waiters(account.facts, before);
    let mut asides = Vec::new();
    let each = waiters.iter().take(NAMED).map(|waiter| {
        let wish = asked(waiter.operation);
        let last = match waiter.asked {
            Some((first, last)) => whom(account, first, last, before, &mut asides),
            None => "it had asked nobody yet".to_owned(),
        };
        let since = Seconds(waiter.since);
        format!("{} since {since} with {wish} ({last})", waiter.client)
    });
    let mut each: Vec<String> = each.collect();
    if waiters.len() > NAMED {
        each.push(format!("and {} more", waiters.len() - NAMED));
    }
    let waits = match goes_on {
        true => "Still waiting:",
        false => "To its end waited",
    };
    let waiting = (!each.is_empty()).then(|| format!("{waits} {}.", each.join(", ")));
    waiting.into_iter().chain(asides).collect()
}

/// Whom a client asked first and last, up to an event, and whether the first crashed meanwhile or
/// was not even reached; that it was cut off is the same for many, and a sentence of its own.
pub(super) fn whom(
    account: &mut Account<'_>,
    first: &Record,
    last: &Record,
    before: EventId,
    asides: &mut Vec<String>,
) -> String {
    let facts = account.facts;
    let request = |record: &Record| match record.event {
        Event::Request { client, to, .. } => Some((client, to)),
        _ => None,
    };
    let (Some((client, one)), Some((_, other))) = (request(first), request(last)) else {
        return String::new();
    };
    let crash = facts.crashed_since(one, first.id);
    let crash = crash.filter(|crash| crash.id < before);
    let fate = match crash {
        Some(crash) => format!(", which crashed at {}", Seconds(crash.at)),
        None => {
            let lost = lost_request(facts, first).filter(|lost| lost.id < before);
            let aside = severed(facts, one, first, before).filter(|_| lost.is_none());
            asides.extend(aside.filter(|aside| !asides.contains(aside)));
            lost.map_or_else(String::new, |lost| missed(account, one, lost))
        }
    };
    let whom = format!("{}{fate}", facts.name(one));
    // Whoever was not answered went elsewhere when it had waited long enough.
    let timeout = facts.view.client_options.timeout;
    let mut later = facts.after(first.id);
    let next = later.find_map(|record| {
        let (_, to) = request(record).filter(|&(of, _)| of == client)?;
        Some((record, to))
    });
    let next = next.filter(|(next, _)| next.id < before && next.at == first.at + timeout);
    let whom = match next {
        Some((_, next)) => {
            let (next, timeout) = (facts.name(next), duration_text(timeout));
            format!("{whom}, then {next} after {timeout} without an answer (`client-timeout`)")
        }
        None => whom,
    };
    let at = Seconds(last.at);
    let told = first.id == last.id || next.is_some_and(|(next, _)| next.id == last.id);
    match told {
        true => format!("it asked {whom}"),
        false if one == other && next.is_none() => format!("it asked {whom}, and again at {at}"),
        false => format!("it asked {whom}, and last {}, at {at}", facts.name(other)),
    }
}

/// What lost the request that a client sent with an event, if it was lost.
fn lost_request<'a>(facts: &Facts<'a>, sent: &Record) -> Option<&'a Record> {
    let Event::Request { client: who, .. } = sent.event else {
        return None;
    };
    let tells = |record: &&Record| match &record.event {
        Event::ClientDrop {
            client, message, ..
        } => *client == who && matches!(**message, ClientMessage::Request { .. }),
        // What is lost from here on is another one.
        Event::Request { client, .. } => *client == who,
        _ => false,
    };
    let lost = facts.after(sent.id).find(tells)?;
    matches!(lost.event, Event::ClientDrop { .. }).then_some(lost)
}

/// Why the request to a node was lost; the event stands in the account.
fn missed<'a>(account: &mut Account<'a>, node: NodeId, lost: &'a Record) -> String {
    let facts = account.facts;
    account.visible(lost, 0);
    let Event::ClientDrop { reason, .. } = lost.event else {
        return String::new();
    };
    match (reason, facts.lost(node, lost.id)) {
        (DropReason::Down, Some(crash)) => {
            format!(", which was down since {}", Seconds(crash.at))
        }
        (DropReason::Down, None) => ", which was down".into(),
        (DropReason::Partition, _) => ", but the link there was cut".into(),
        (DropReason::Loss, _) => ", but the request was lost on the way".into(),
        (DropReason::ByHand, _) => ", but the request was dropped by hand".into(),
    }
}

/// Who led in the stretch, how that ended, and who was elected; a sentence each.
fn leaders(
    account: &mut Account<'_>,
    since: Micros,
    until: Micros,
    before: EventId,
) -> Vec<String> {
    let facts = account.facts;
    let elected = |record: &&Record| {
        matches!(
            record.event,
            Event::Node(raft::Event::Role {
                role: RoleKind::Leader,
                ..
            })
        )
    };
    let begun = facts.records.partition_point(|record| record.at <= since);
    let (earlier, later) = facts.records.split_at(begun);
    let mut sentences = Vec::new();
    let last = earlier.iter().copied().rev().find(elected);
    match last.and_then(|last| Some((last, last.node?))) {
        None if facts.whole() => sentences.push("Nobody had led before.".to_owned()),
        None => {}
        Some((last, node)) => {
            let name = facts.name(node);
            sentences.push(match ended(facts, last, node, before) {
                Some(end) => {
                    account.visible(end, 0);
                    let at = Seconds(end.at);
                    format!("{name} led before; at {at}: {}.", facts.words(end))
                }
                None => format!("{name} led all the time."),
            });
        }
    }
    let later = later.iter().copied();
    let later = later.take_while(|record| record.at <= until && record.id < before);
    let later: Vec<&Record> = later.collect();
    let campaigned = later.iter().filter(|it| elections::begins(it)).count();
    let new: Vec<&Record> = later.into_iter().filter(elected).collect();
    for elected in new.iter().take(NAMED) {
        account.visible(elected, 0);
        sentences.push(format!(
            "At {}: {}.",
            Seconds(elected.at),
            facts.words(elected)
        ));
    }
    if new.len() > NAMED {
        sentences.push(format!("{} more were elected.", new.len() - NAMED));
    }
    if campaigned > new.len() {
        let elections = match campaigned {
            1 => "1 election".to_owned(),
            several => format!("{several} elections"),
        };
        let won = match new.len() {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            several => format!("{several} were"),
        };
        sentences.push(format!(
            "It saw {elections}, of which {won} won (`why elections`)."
        ));
    }
    sentences
}

/// What ended the leadership that began with `began` before an event, or froze the leader.
fn ended<'a>(
    facts: &Facts<'a>,
    began: &Record,
    node: NodeId,
    before: EventId,
) -> Option<&'a Record> {
    let ends = |record: &&Record| {
        record.node == Some(node)
            && matches!(
                record.event,
                Event::Crash | Event::Node(raft::Event::Role { .. })
            )
    };
    let mut later = facts.after(began.id);
    let end = later.find(ends).filter(|end| end.id < before);
    end.or_else(|| facts.lost(node, before))
}
