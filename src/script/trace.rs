//! The trace as JSON Lines: one object for each event, with its causes and what decided it.

mod node;
mod value;

use node::node_event;
use serde_json::{Value, json};
use value::{admin_json, change_json, client_letter, letter, operation_json, outcome_json};

use super::report::escaped;
use crate::command::clean::printable;
use crate::command::read_mode;
use crate::raft::NodeId;
use crate::world::event::{Reply, Written};
use crate::world::explain::words;
use crate::world::{Event, Record, World};

/// True when a file begins like a trace of ours.
pub fn is_own(head: &[u8]) -> bool {
    let line = head.split(|&byte| byte == b'\n').next();
    let line = line.and_then(|line| serde_json::from_slice::<Value>(line).ok());
    line.is_some_and(|line| {
        let fields = ["id", "cause", "at_us", "event"];
        fields.iter().all(|field| line.get(field).is_some())
    })
}

/// One event as a line of the trace.
pub fn line(record: &Record, world: &World) -> String {
    escaped(json(record, world).to_string())
}

/// One event as an object.
pub fn json(record: &Record, world: &World) -> Value {
    let name = |id: NodeId| &**world.name(id);
    let (kind, fields) = event(&record.event, world);
    let mut line = json!({
        "id": record.id,
        "cause": record.causes.as_slice(),
        "at_us": record.at,
        "node": record.node.map(name),
        "event": kind,
        "words": printable(&words(record, &name)),
    });
    if let (Some(line), Value::Object(fields)) = (line.as_object_mut(), fields) {
        line.extend(fields);
    }
    line
}

fn event(event: &Event, world: &World) -> (&'static str, Value) {
    let name = |id: NodeId| &**world.name(id);
    match event {
        Event::Node(event) => node_event(event, world),
        Event::Send {
            message,
            envelope,
            arrives,
        } => (
            "send",
            with(letter(*message, envelope, world), "arrives_us", *arrives),
        ),
        Event::Deliver { message, envelope } => ("deliver", letter(*message, envelope, world)),
        Event::Drop {
            message,
            envelope,
            reason,
        } => (
            "drop",
            with(letter(*message, envelope, world), "why", reason.name()),
        ),
        Event::ClientDrop {
            client,
            peer,
            message,
            reason,
        } => (
            "drop",
            with(
                client_letter(*client, *peer, message, world),
                "why",
                reason.name(),
            ),
        ),
        Event::ClientDuplicate {
            client,
            peer,
            message,
            arrives,
        } => (
            "duplicate",
            with(
                client_letter(*client, *peer, message, world),
                "arrives_us",
                *arrives,
            ),
        ),
        Event::ClientDeliver {
            client,
            peer,
            message,
        } => ("deliver", client_letter(*client, *peer, message, world)),
        Event::Duplicate {
            message,
            copy,
            envelope,
            arrives,
        } => ("duplicate", {
            let mut fields = letter(*message, envelope, world);
            fields["copy"] = (*copy).into();
            fields["arrives_us"] = (*arrives).into();
            fields
        }),
        Event::Persist { write, what } => ("persist", with(written(what), "write", *write)),
        Event::Sync { write } => ("sync", json!({"write": write})),
        Event::Crash => ("crash", json!({})),
        Event::Boot => ("restart", json!({"first": true})),
        Event::Restart => ("restart", json!({})),
        Event::Reboot => ("restart", json!({"all": true})),
        Event::Wipe => ("crash", json!({"wiped": true})),
        Event::Stop => ("stop", json!({})),
        Event::Resume => ("resume", json!({})),
        Event::Request {
            client,
            serial,
            attempt,
            operation,
            reads,
            to,
        } => ("request", {
            let mut fields = json!({
                "client": client.to_string(), "serial": serial, "attempt": attempt,
                "operation": operation_json(operation), "to": name(*to),
            });
            if operation.is_read() {
                fields["reads"] = read_mode(*reads).into();
            }
            fields
        }),
        Event::Probe {
            client,
            probe,
            operation,
            to,
        } => (
            "request",
            json!({
                "client": client.to_string(), "probe": probe,
                "operation": operation_json(operation), "to": name(*to),
            }),
        ),
        Event::Reply {
            client,
            serial,
            reply,
            from,
            entry,
        } => (
            "reply",
            json!({
                "client": client.to_string(), "serial": serial, "from": from.map(name),
                "index": entry.map(|(index, _)| index), "entry_term": entry.map(|(_, term)| term),
                "outcome": match reply {
                    Reply::Timeout => json!("timeout"),
                    Reply::Outcome(outcome) => outcome_json(outcome),
                },
            }),
        ),
        Event::Order {
            id,
            change,
            attempt,
            to,
        } => (
            "request",
            json!({
                "client": "admin", "serial": id, "attempt": attempt,
                "operation": change_json(change, world), "to": name(*to),
            }),
        ),
        Event::Settled { id, answer } => (
            "reply",
            json!({
                "client": "admin", "serial": id,
                "outcome": answer.as_ref().map_or(json!("timeout"), |answer| admin_json(answer, world)),
            }),
        ),
        Event::Command(text) => ("command", json!({"text": &**text})),
        Event::Say(text) => ("say", json!({"text": &**text})),
        Event::Violation(text) => ("violation", json!({"text": &**text})),
    }
}

/// The fields with one more.
fn with(mut fields: Value, name: &str, value: impl Into<Value>) -> Value {
    fields[name] = value.into();
    fields
}

fn written(what: &Written) -> Value {
    match what {
        Written::Vote => json!({"what": "vote"}),
        Written::Entries(from, to) => json!({"what": "entries", "from": from, "to": to}),
        Written::Truncate(from) => json!({"what": "truncate", "from": from}),
        Written::Snapshot(index) => json!({"what": "snapshot", "index": index}),
    }
}
