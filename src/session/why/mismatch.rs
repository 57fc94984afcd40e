//! Why a write was answered with a mismatch: what the state machine held instead.

use super::facts::Facts;
use super::value::writes;
use crate::kv::{Operation, Outcome, Text};
use crate::raft::{self, EventId, Index, NodeId, Payload};
use crate::world::{Event, Record};

/// What was in the way, in a sentence; `ended` is the reply.
pub(super) fn reason(facts: &Facts<'_>, ended: &Record, operation: &Operation) -> Option<String> {
    let key = operation.key();
    let held = held(facts, ended, key);
    let is = |value: &Option<Text>| match value {
        Some(value) => value.to_string(),
        None => "missing".to_owned(),
    };
    Some(match (operation, held) {
        (Operation::Append { .. }, _) => {
            format!("{key} would have become longer than 64 KiB.")
        }
        (Operation::Cas { .. }, Some(value)) => format!("{key} was {}.", is(&value)),
        (Operation::Cas { old, .. }, None) => format!("{key} was not {}.", is(old)),
        (Operation::Add { amount, .. }, Some(Some(value))) => match value.parse::<i64>() {
            Ok(_) => format!("The sum of {value} and {amount} is out of range."),
            Err(_) => format!("{key} was {value}, which is no whole number."),
        },
        (Operation::Add { .. }, _) => {
            format!("{key} was no whole number, or the sum would have been out of range.")
        }
        _ => return None,
    })
}

/// What the state machine held of a key as it answered; the outer `None` where that is not held.
fn held(facts: &Facts<'_>, ended: &Record, key: &str) -> Option<Option<Text>> {
    let Event::Reply {
        client,
        serial,
        entry: Some((index, _)),
        ..
    } = ended.event
    else {
        return None;
    };
    let answered = facts.before(ended.id).find(|record| {
        matches!(&record.event, Event::Node(raft::Event::Answered { client: of, serial: number, entry: Some((at, _)), .. })
            if (*of, *number, *at) == (client, serial, index))
    });
    let node = answered?.node?;
    let applied = facts.newest_before(
        ended.id,
        node,
        |event| matches!(event, raft::Event::Apply { index: at, fresh: true, .. } if *at == index),
    )?;
    let mut since = facts.after(applied.id).filter(|it| it.node == Some(node));
    match since.any(|record| changes(record, key)) {
        true => before(facts, node, applied.id, key),
        false => Some(facts.node(node).node.store.value(key).cloned()),
    }
}

/// True for what may have changed the value of a key.
fn changes(record: &Record, key: &str) -> bool {
    match &record.event {
        Event::Node(raft::Event::Apply {
            payload,
            fresh: true,
            ..
        }) => writes(payload, key),
        Event::Node(raft::Event::Install { .. }) | Event::Crash => true,
        _ => false,
    }
}

/// What a key held before an event, by the newest write whose outcome is known.
fn before(facts: &Facts<'_>, node: NodeId, id: EventId, key: &str) -> Option<Option<Text>> {
    let mut earlier = facts.before(id).filter(|it| it.node == Some(node));
    loop {
        let Some(changed) = earlier.find(|record| changes(record, key)) else {
            return facts.whole().then_some(None);
        };
        let Event::Node(raft::Event::Apply {
            index,
            payload: Payload::Command(request),
            ..
        }) = &changed.event
        else {
            return None;
        };
        match (&request.operation, outcome(facts, node, *index)) {
            (Operation::Put { value, .. }, _) => return Some(Some(value.clone())),
            (Operation::Delete { .. }, _) => return Some(None),
            (_, Some(Outcome::Mismatch)) => {}
            (Operation::Cas { new, .. }, Some(Outcome::Done)) => return Some(Some(new.clone())),
            (_, Some(Outcome::Value(value))) => return Some(Some(value.clone())),
            _ => return None,
        }
    }
}

/// What a node answered to the write that became an entry.
fn outcome<'a>(facts: &Facts<'a>, node: NodeId, index: Index) -> Option<&'a Outcome> {
    let mut answers = facts.records.iter();
    answers.find_map(|record| match &record.event {
        Event::Node(raft::Event::Answered {
            outcome,
            entry: Some((at, _)),
            ..
        }) if record.node == Some(node) && *at == index => Some(outcome),
        _ => None,
    })
}
