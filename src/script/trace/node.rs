//! What a node does, as JSON.

use serde_json::{Value, json};

use super::value::{
    admin_json, ballot_json, configuration_json, entry_json, outcome_json, payload_json,
};
use crate::raft::{AppendRefusal, ConfigurationReason, Event, NodeId, RoleReason, VoteReason};
use crate::world::World;

/// A transition of a node. The rule that decided stands with the reason, where there is one.
pub(super) fn node_event(event: &Event, world: &World) -> (&'static str, Value) {
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

fn transition(event: &Event, world: &World) -> (&'static str, Value) {
    let name = |id: NodeId| &**world.name(id);
    match event {
        Event::Timeout { election } => (
            "timeout",
            json!({"timer": if *election { "election" } else { "check-quorum" }}),
        ),
        Event::Role { role, term, reason } => (
            "role",
            json!({"role": role.name(), "term": term, "reason": role_reason(reason)}),
        ),
        Event::Term { term, from } => ("term", json!({"term": term, "from": from.map(name)})),
        Event::Vote {
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
        Event::Append {
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
        Event::AppendRefused {
            leader,
            prev_index,
            prev_term,
            reason,
        } => (
            "append",
            json!({
                "accepted": false, "prev_index": prev_index, "prev_term": prev_term,
                "leader": name(*leader),
                "reason": refusal_reason(reason),
            }),
        ),
        Event::Truncate { from, count } => ("truncate", json!({"from": from, "count": count})),
        Event::CommitHeld { index, entry_term } => (
            "commit",
            json!({"held_back": true, "index": index, "entry_term": entry_term}),
        ),
        Event::Configuration {
            index,
            configuration,
            reason,
        } => ("config", {
            let mut fields = configuration_json(configuration, world);
            fields["index"] = (*index).into();
            fields["reason"] = json!({"why": configuration_reason(*reason)});
            fields
        }),
        Event::Snapshot { index, term, size } => (
            "snapshot",
            json!({"index": index, "term": term, "size": size}),
        ),
        Event::Install {
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
        Event::SnapshotPassed {
            leader,
            index,
            commit,
        } => (
            "install",
            json!({
                "installed": false, "leader": name(*leader), "index": index, "commit": commit,
            }),
        ),
        Event::TransferBegun { target } => (
            "timeout",
            json!({"timer": "transfer", "begun": true, "target": name(*target)}),
        ),
        Event::TransferGivenUp { target } => (
            "timeout",
            json!({"timer": "transfer", "begun": false, "target": name(*target)}),
        ),
        Event::AdminAnswered { id, answer } => (
            "reply",
            json!({
                "client": "admin", "serial": id, "sent": true,
                "outcome": admin_json(answer, world),
            }),
        ),
        Event::Commit { from, to } => (
            "commit",
            json!({"held_back": false, "from": from, "to": to}),
        ),
        Event::Apply {
            index,
            term,
            payload,
            fresh,
        } => (
            "apply",
            json!({"index": index, "term": term, "entry": payload_json(payload), "fresh": fresh}),
        ),
        Event::Answered {
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
        Event::Redirected {
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
        Event::Health {
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

fn refusal_reason(reason: &AppendRefusal) -> Value {
    match reason {
        AppendRefusal::StaleTerm => json!({}),
        AppendRefusal::TooShort { last } => json!({"last": last}),
        AppendRefusal::Conflict { held } => json!({"held_term": held}),
    }
}

fn configuration_reason(reason: ConfigurationReason) -> &'static str {
    match reason {
        ConfigurationReason::Appended => "appended",
        ConfigurationReason::Applied => "applied",
        ConfigurationReason::TakenBack => "taken-back",
        ConfigurationReason::Switched => "switched",
        ConfigurationReason::Snapshot => "snapshot",
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
