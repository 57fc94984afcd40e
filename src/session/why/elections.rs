//! Who campaigned since the counters were zeroed, from what cause, and what came of it (paper,
//! section 5.2).

use super::account::Account;
use super::facts::Facts;
use super::{Answer, leader};
use crate::raft::{self, EventId, NodeId, RoleKind, RoleReason, Term};
use crate::world::explain::Seconds;
use crate::world::{Event, Record};

/// So many elections are told of, the newest.
const NEWEST: usize = 4;

/// A candidacy.
struct Candidacy<'a> {
    /// The event with which it began.
    began: &'a Record,
    node: NodeId,
    term: Term,
    reason: RoleReason,
}

/// The elections that `elections` counts.
pub(super) fn counted(facts: &Facts<'_>) -> Answer {
    let mut account = Account::new(facts);
    let (count, since) = (facts.tally.elections(), counted_since(facts));
    let newest = facts.before(EventId::MAX).filter_map(candidacy);
    let newest = newest.take(NEWEST.min(count as usize));
    let mut newest: Vec<Candidacy<'_>> = newest.collect();
    for candidacy in &newest {
        let end = outcome(facts, candidacy);
        account.visible(end.unwrap_or(candidacy.began), 0);
        account.visible(candidacy.began, 0);
    }
    newest.reverse();
    if facts.view.leader().is_none() {
        leader::candidates(&mut account);
    }
    let each = newest.iter().map(|candidacy| words(facts, candidacy));
    let each: Vec<String> = each.collect();
    let earlier = count.saturating_sub(each.len() as u64);
    let head = match count {
        0 => format!("Nobody has campaigned {since}."),
        1 => format!("There was 1 election {since}."),
        _ => format!("There were {count} elections {since}."),
    };
    let newest = match (earlier, &each[..]) {
        (_, []) => String::new(),
        (0, each) => format!(" {}.", each.join("; ")),
        (_, each) => format!(" The newest: {}.", each.join("; ")),
    };
    account.finish(format!("{head}{newest}"))
}

/// Since when the counters count: `since 0.400 s, when they were zeroed (`mark`)`.
pub(super) fn counted_since(facts: &Facts<'_>) -> String {
    match facts.marked() {
        Some(at) => format!("since the `mark` at {}", Seconds(at)),
        None => "since the beginning".to_owned(),
    }
}

/// True when a candidacy begins with an event.
pub(super) fn begins(record: &Record) -> bool {
    candidacy(record).is_some()
}

fn candidacy(record: &Record) -> Option<Candidacy<'_>> {
    match record.event {
        Event::Node(raft::Event::Role {
            role: RoleKind::Candidate,
            term,
            reason,
        }) => Some(Candidacy {
            began: record,
            node: record.node?,
            term,
            reason,
        }),
        _ => None,
    }
}

/// What became of a candidacy: the candidate's next role, or its crash.
fn outcome<'a>(facts: &Facts<'a>, candidacy: &Candidacy<'_>) -> Option<&'a Record> {
    let ends = |record: &&Record| {
        record.node == Some(candidacy.node)
            && matches!(
                record.event,
                Event::Crash | Event::Node(raft::Event::Role { .. })
            )
    };
    facts.after(candidacy.began.id).find(ends)
}

fn words(facts: &Facts<'_>, candidacy: &Candidacy<'_>) -> String {
    let (name, term) = (facts.name(candidacy.node), candidacy.term);
    let began = Seconds(candidacy.began.at);
    let came = match outcome(facts, candidacy).map(|end| (end, &end.event)) {
        None => "it goes on".to_owned(),
        Some((end, Event::Node(raft::Event::Role { role, reason, .. }))) => {
            let at = Seconds(end.at);
            match (role, reason) {
                (RoleKind::Leader, RoleReason::Majority { votes, voters }) => {
                    format!("won at {at} with {votes} of {voters} votes")
                }
                (RoleKind::Leader, _) => format!("won at {at}"),
                _ => lost(facts, candidacy, end, *reason),
            }
        }
        Some((end, _)) => format!("over at {} as it crashed", Seconds(end.at)),
    };
    let cause = cause(facts, candidacy);
    format!("{name} for term {term} at {began}{cause}: {came}")
}

/// How a candidacy came to nothing with the event `end`.
fn lost(facts: &Facts<'_>, candidacy: &Candidacy<'_>, end: &Record, reason: RoleReason) -> String {
    let other = |wanted: RoleKind| {
        let mut records = facts.records.iter();
        let found = records.find(|record| {
            record.node != Some(candidacy.node)
                && matches!(record.event, Event::Node(raft::Event::Role { role, term, .. })
                    if role == wanted && term == candidacy.term)
        });
        found.and_then(|found| found.node).map(|id| facts.name(id))
    };
    let at = Seconds(end.at);
    match (other(RoleKind::Leader), other(RoleKind::Candidate), reason) {
        (Some(winner), ..) => format!("lost to {winner}, as it learnt at {at}"),
        (None, _, RoleReason::HigherTerm) => format!("it saw a newer term at {at}"),
        (None, Some(rival), _) => {
            format!("no majority until {at}, and {rival} campaigned for that term too")
        }
        (None, None, _) => format!("no majority until {at}"),
    }
}

/// Why it campaigned, if that is held.
fn cause(facts: &Facts<'_>, candidacy: &Candidacy<'_>) -> String {
    if candidacy.reason == RoleReason::HandedOver {
        return ", as the leader handed over".to_owned();
    }
    let fires = |event: &raft::Event| matches!(event, raft::Event::Timeout { election: true });
    let fired = facts.newest_before(candidacy.began.id, candidacy.node, fires);
    let Some(fired) = fired else {
        return String::new();
    };
    let mut causes = fired.causes.as_slice().iter();
    let by_hand = causes.find_map(|&cause| match &facts.record(cause)?.event {
        Event::Command(text) => Some(text),
        _ => None,
    });
    match (fired.causes.as_slice(), by_hand) {
        ([], _) => ", as its timer fired".to_owned(),
        (_, Some(text)) => format!(", by hand (`{text}`)"),
        (_, None) => String::new(),
    }
}
