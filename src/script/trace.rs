//! The trace as JSON Lines: one object for each event, with its causes and what decided it.

mod value;

use serde_json::{Value, json};
use value::{
    admin_json, ballot_json, change_json, client_letter, configuration_json, entry_json, letter,
    operation_json, outcome_json, payload_json,
};

use super::report::escaped;
use crate::command::clean::printable;
use crate::command::read_mode;
use crate::raft::{
    AppendRefusal, ConfigurationReason, Event as NodeEvent, NodeId, RoleReason, VoteReason,
};
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
        } => ("send", {
            let mut fields = letter(*message, envelope, world);
            fields["arrives_us"] = (*arrives).into();
            fields
        }),
        Event::Deliver { message, envelope } => ("deliver", letter(*message, envelope, world)),
        Event::Drop {
            message,
            envelope,
            reason,
        } => ("drop", {
            let mut fields = letter(*message, envelope, world);
            fields["why"] = reason.name().into();
            fields
        }),
        Event::ClientDrop {
            client,
            peer,
            message,
            reason,
        } => ("drop", {
            let mut fields = client_letter(*client, *peer, message, world);
            fields["why"] = reason.name().into();
            fields
        }),
        Event::ClientDuplicate {
            client,
            peer,
            message,
            arrives,
        } => ("duplicate", {
            let mut fields = client_letter(*client, *peer, message, world);
            fields["arrives_us"] = (*arrives).into();
            fields
        }),
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
        Event::Persist { write, what } => (
            "persist",
            match what {
                Written::Vote => json!({"write": write, "what": "vote"}),
                Written::Entries(from, to) => {
                    json!({"write": write, "what": "entries", "from": from, "to": to})
                }
                Written::Truncate(from) => {
                    json!({"write": write, "what": "truncate", "from": from})
                }
                Written::Snapshot(index) => {
                    json!({"write": write, "what": "snapshot", "index": index})
                }
            },
        ),
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

/// A transition of a node. The rule that decided stands with the reason, where there is one.
fn node_event(event: &NodeEvent, world: &World) -> (&'static str, Value) {
    let (kind, mut fields) = transition(event, world);
    if let Some(rule) = event.rule() {
        let place = match fields.get_mut("reason") {
            Some(reason) => reason,
            None => &mut fields,
        };
        place["rule"] = rule.info().name.into();
    }
    (kind, fields)
}

fn transition(event: &NodeEvent, world: &World) -> (&'static str, Value) {
    let name = |id: NodeId| &**world.name(id);
    match event {
        NodeEvent::Timeout { election } => (
            "timeout",
            json!({"timer": if *election { "election" } else { "check-quorum" }}),
        ),
        NodeEvent::Role { role, term, reason } => (
            "role",
            json!({"role": role.name(), "term": term, "reason": role_reason(reason)}),
        ),
        NodeEvent::Term { term, from } => ("term", json!({"term": term, "from": from.map(name)})),
        NodeEvent::Vote {
            candidate,
            term,
            pre,
            ballot,
            reason,
        } => (
            "vote",
            json!({
                "candidate": name(*candidate), "term": term, "pre": pre,
                "ballot": ballot_json(ballot), "granted": *reason == VoteReason::Granted,
                "reason": vote_reason(reason, world),
            }),
        ),
        NodeEvent::Append {
            prev_index,
            prev_term,
            entries,
            leader,
        } => (
            "append",
            json!({
                "accepted": true, "prev_index": prev_index, "prev_term": prev_term,
                "entries": entries.iter().map(entry_json).collect::<Vec<_>>(),
                "leader": leader.map(name),
            }),
        ),
        NodeEvent::AppendRefused {
            leader,
            prev_index,
            prev_term,
            reason,
        } => (
            "append",
            json!({
                "accepted": false, "prev_index": prev_index, "prev_term": prev_term,
                "leader": name(*leader),
                "reason": match reason {
                    AppendRefusal::StaleTerm => json!({}),
                    AppendRefusal::TooShort { last } => json!({"last": last}),
                    AppendRefusal::Conflict { held } => json!({"held_term": held}),
                },
            }),
        ),
        NodeEvent::Truncate { from, count } => ("truncate", json!({"from": from, "count": count})),
        NodeEvent::CommitHeld { index, entry_term } => (
            "commit",
            json!({"held_back": true, "index": index, "entry_term": entry_term}),
        ),
        NodeEvent::Configuration {
            index,
            configuration,
            reason,
        } => ("config", {
            let mut fields = configuration_json(configuration, world);
            fields["index"] = (*index).into();
            fields["reason"] = match reason {
                ConfigurationReason::Appended => json!({"why": "appended"}),
                ConfigurationReason::Applied => json!({"why": "applied"}),
                ConfigurationReason::TakenBack => json!({"why": "taken-back"}),
                ConfigurationReason::Switched => json!({"why": "switched"}),
                ConfigurationReason::Snapshot => json!({"why": "snapshot"}),
            };
            fields
        }),
        NodeEvent::Snapshot { index, term, size } => (
            "snapshot",
            json!({"index": index, "term": term, "size": size}),
        ),
        NodeEvent::Install {
            leader,
            index,
            term,
            kept,
        } => (
            "install",
            json!({
                "installed": true, "leader": name(*leader), "index": index, "term": term,
                "kept": kept,
            }),
        ),
        NodeEvent::SnapshotPassed {
            leader,
            index,
            commit,
        } => (
            "install",
            json!({
                "installed": false, "leader": name(*leader), "index": index, "commit": commit,
            }),
        ),
        NodeEvent::TransferBegun { target } => (
            "timeout",
            json!({"timer": "transfer", "begun": true, "target": name(*target)}),
        ),
        NodeEvent::TransferGivenUp { target } => (
            "timeout",
            json!({"timer": "transfer", "begun": false, "target": name(*target)}),
        ),
        NodeEvent::AdminAnswered { id, answer } => (
            "reply",
            json!({
                "client": "admin", "serial": id, "sent": true,
                "outcome": admin_json(answer, world),
            }),
        ),
        NodeEvent::Commit { from, to } => ("commit", json!({"from": from, "to": to})),
        NodeEvent::Apply {
            index,
            term,
            payload,
            fresh,
        } => (
            "apply",
            json!({"index": index, "term": term, "entry": payload_json(payload), "fresh": fresh}),
        ),
        NodeEvent::Answered {
            client,
            serial,
            outcome,
            entry,
        } => (
            "reply",
            json!({
                "client": client.to_string(), "serial": serial, "sent": true,
                "outcome": outcome_json(outcome), "index": entry.map(|(index, _)| index),
            }),
        ),
        NodeEvent::Redirected {
            client,
            serial,
            leader,
        } => (
            "reply",
            json!({
                "client": client.to_string(), "serial": serial, "sent": true,
                "outcome": "not-leader", "leader": leader.map(name),
            }),
        ),
        NodeEvent::Health {
            client,
            probe,
            leads,
            term,
        } => (
            "reply",
            json!({
                "client": client.to_string(), "probe": probe, "sent": true,
                "leads": leads, "term": term,
            }),
        ),
    }
}

fn role_reason(reason: &RoleReason) -> Value {
    match reason {
        RoleReason::AskFirst => json!({"why": "timeout"}),
        RoleReason::Campaign => json!({"why": "campaign"}),
        RoleReason::Majority { votes, voters } => {
            json!({"why": "majority", "votes": votes, "voters": voters})
        }
        RoleReason::HigherTerm => json!({"why": "higher-term"}),
        RoleReason::LeaderHeard => json!({"why": "leader-heard"}),
        RoleReason::Refused => json!({"why": "refused"}),
        RoleReason::NoQuorum => json!({"why": "no-quorum"}),
        RoleReason::HandedOver => json!({"why": "handed-over"}),
        RoleReason::LeftOut => json!({"why": "left-out"}),
        RoleReason::Configured => json!({"why": "configured"}),
    }
}

fn vote_reason(reason: &VoteReason, world: &World) -> Value {
    let name = |id: NodeId| &**world.name(id);
    match reason {
        VoteReason::Granted => json!({"why": "granted"}),
        VoteReason::StaleTerm => json!({"why": "stale-term"}),
        VoteReason::AlreadyVoted(other) => json!({"why": "already-voted", "for": name(*other)}),
        VoteReason::LogBehind { own } => json!({"why": "log-behind", "own": ballot_json(own)}),
        VoteReason::Outsider { own } => json!({"why": "outsider", "own": ballot_json(own)}),
        VoteReason::LeaseGranted => json!({"why": "lease-granted"}),
        VoteReason::LeaderHeard(leader) => {
            json!({"why": "leader-heard", "leader": name(*leader)})
        }
    }
}
