//! Messages and entries in words.

use std::fmt::Write as _;

use super::{Names, placed};
use crate::kv::{ClientId, Operation, Outcome};
use crate::raft::{Answer, Append, AppendAnswer, Entry, Envelope, Index, Message, Payload, Term};
use crate::world::event::ClientMessage;

/// A message with its ends: `S1 ▸ S3: append after (2,t2): [3,t4 x=one]`.
pub(super) fn route(envelope: &Envelope, what: &str, names: Names<'_>) -> String {
    let (from, to) = (names(envelope.from), names(envelope.to));
    format!("{from} ▸ {to}: {what}{}", message(envelope))
}

/// A message between a client and a node, and what becomes of it.
pub(super) fn client_route(
    client: ClientId,
    node: &str,
    what: &str,
    message: &ClientMessage,
) -> String {
    let said = said(message);
    match message.is_answer() {
        true => format!("{node} ▸ {client}: {what}{said}"),
        false => format!("{client} ▸ {node}: {what}{said}"),
    }
}

/// What a message says.
pub fn message(envelope: &Envelope) -> String {
    let term = envelope.term;
    match &envelope.message {
        Message::PreVote(ballot) => format!(
            "would you vote for me in term {term}? my log reaches {}",
            place(ballot.last_index, ballot.last_term)
        ),
        Message::PreVoteReply {
            granted: true,
            asked,
        } => format!("yes, I would in term {asked}"),
        Message::PreVoteReply { asked, .. } => format!("no, I would not in term {asked}"),
        Message::Vote { ballot, transfer } => {
            let handed = match transfer {
                true => ", the leader wants it",
                false => "",
            };
            format!(
                "vote for me in term {term}{handed}! my log reaches {}",
                place(ballot.last_index, ballot.last_term)
            )
        }
        Message::VoteReply { granted: true } => format!("you have my vote in term {term}"),
        Message::VoteReply { .. } => format!("no vote for you, I am in term {term}"),
        Message::Append(append) => append_words(term, append),
        Message::AppendReply { answer, .. } => match answer {
            AppendAnswer::Accepted { matched, .. } => format!("my log matches yours to {matched}"),
            AppendAnswer::Refused {
                prev_index,
                last,
                conflict_term,
                ..
            } => match conflict_term {
                Some(held) => format!("no: my entry {prev_index} is of term {held}"),
                None if *last < *prev_index => {
                    format!(
                        "no, not after {prev_index}: my log ends at {last}, I am in term {term}"
                    )
                }
                // The log would do: it is the term that is wrong.
                None => format!("no, I am in term {term}"),
            },
        },
        Message::Snapshot(chunk) if chunk.length == 0 => format!(
            "heartbeat; is byte {} of the snapshot up to {} what you lack?",
            chunk.offset,
            place(chunk.snapshot.index, chunk.snapshot.term),
        ),
        Message::Snapshot(chunk) => format!(
            "snapshot up to {}, bytes {} to {} of {}",
            place(chunk.snapshot.index, chunk.snapshot.term),
            chunk.offset,
            chunk.offset + chunk.length,
            chunk.snapshot.size
        ),
        Message::SnapshotReply(answer) if answer.received >= answer.size => {
            format!("I have all of the snapshot up to {}", answer.index)
        }
        Message::SnapshotReply(answer) => format!(
            "I have {} of {} of the snapshot up to {}",
            answer.received,
            bytes(answer.size),
            answer.index
        ),
        Message::TimeoutNow => "campaign at once, you are to lead".into(),
        Message::TimeoutNowReply { campaigns: true } => "I campaign".into(),
        Message::TimeoutNowReply { .. } => "I can't, I have no vote".into(),
        Message::Read { id } => format!("how far must I have applied to read? ({})", question(*id)),
        Message::ReadReply {
            id,
            index: Some(index),
        } => format!("read when you have applied {index} ({})", question(*id)),
        Message::ReadReply { id, .. } => format!("I do not lead ({})", question(*id)),
        Message::Request { request, .. } => {
            let (client, serial) = (request.client, request.serial);
            let wish = asked(&request.operation);
            format!("{client} request {serial} is yours, as you lead: {wish}")
        }
        Message::RequestReply {
            client,
            serial,
            answer,
            entry,
        } => {
            let answer = match answer {
                Answer::Outcome(outcome) => answered(outcome) + &placed(*entry),
                Answer::NotLeader(_) | Answer::Health { .. } => "I do not lead".into(),
            };
            format!("for {client} request {serial}: {answer}")
        }
    }
}

/// Which attempt it is, from the second on, between what stands before and after it.
pub(super) fn again(attempt: u32, before: &str, after: &str) -> String {
    match attempt {
        0 | 1 => String::new(),
        more => format!("{before}attempt {more}{after}"),
    }
}

/// Which question of a node. Its number counts from somewhere else in every life of the node: the
/// last digits tell one from another.
pub(super) fn question(id: u64) -> String {
    format!("question {}", id % 1_000)
}

/// What a client and a node say to one another.
pub fn said(message: &ClientMessage) -> String {
    match message {
        ClientMessage::Request { request, .. } => asked(&request.operation),
        ClientMessage::Probe(_) => "do you lead?".into(),
        ClientMessage::Answer {
            serial,
            answer,
            entry,
        } => match answer {
            Answer::Outcome(outcome) => {
                format!("request {serial}: {}{}", answered(outcome), placed(*entry))
            }
            Answer::NotLeader(_) => format!("request {serial}: I do not lead"),
            Answer::Health { leads: true, term } => format!("I lead term {term}"),
            Answer::Health { .. } => "I do not lead".into(),
        },
    }
}

pub(super) fn append_words(term: Term, append: &Append) -> String {
    let after = place(append.prev_index, append.prev_term);
    if append.entries.is_empty() {
        return format!(
            "heartbeat of term {term} at {after}, commit {}",
            append.commit
        );
    }
    let entries = listed(append.prev_index, &append.entries);
    format!("append after {after}: {entries}, commit {}", append.commit)
}

/// So many bytes, as people count them.
pub(super) fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".into(),
        _ => format!("{count} bytes"),
    }
}

/// A place in a log: `(2,t2)` is index 2, term 2.
pub(super) fn place(index: Index, term: Term) -> String {
    match index {
        0 => "the start".into(),
        _ => format!("({index},t{term})"),
    }
}

/// Entries by index and term, the first few with what they hold.
pub(super) fn listed(prev_index: Index, entries: &[Entry]) -> String {
    const SHOWN: usize = 3;
    let mut text = String::from("[");
    for (entry, index) in entries.iter().zip(prev_index + 1..).take(SHOWN) {
        if index > prev_index + 1 {
            text.push_str(", ");
        }
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "{index},t{} {}",
            entry.term,
            payload_words(&entry.payload)
        );
    }
    if entries.len() > SHOWN {
        let _ = write!(text, ", and {} more", entries.len() - SHOWN);
    }
    text.push(']');
    text
}

pub(super) fn payload_words(payload: &Payload) -> String {
    match payload {
        Payload::Noop => "no-op".into(),
        Payload::Command(request) => asked(&request.operation),
        Payload::Configuration(configuration) => {
            let members = configuration.members().len();
            let joint = configuration.voters_old.is_some();
            let kind = if joint { "joint " } else { "" };
            format!("{kind}configuration of {members} members")
        }
    }
}

/// What a client asks, in short.
pub fn asked(operation: &Operation) -> String {
    match operation {
        Operation::Put { key, value } => format!("{key} = {value}"),
        Operation::Get { key } => format!("get {key}"),
        Operation::Delete { key } => format!("del {key}"),
        Operation::Add { key, amount } => format!("{key} + {amount}"),
        Operation::Append { key, value } => format!("{key} ++ {value}"),
        Operation::Cas { key, old, new } => {
            format!(
                "{key} = {new} if it is {}",
                old.as_deref().unwrap_or("missing")
            )
        }
    }
}

pub(super) fn answered(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".into(),
        Outcome::Value(value) => format!("the value is {value}"),
        Outcome::Missing => "the key is missing".into(),
        Outcome::Mismatch => "mismatch, nothing changed".into(),
    }
}
