//! The report of a headless run: one JSON object for each script.

use serde_json::{Map, Value, json};

use super::play::{Expectation, Outcome, Player};
use crate::raft::{Configuration, NodeId};
use crate::session::Session;
use crate::world::view::NodeStatus;
use crate::world::{Hosts, World};

/// How many events before the end a failed run tells.
const LAST_EVENTS: usize = 12;

/// What is reported of one script.
pub struct Report<'a> {
    /// The file as it was named.
    pub file: &'a str,
    /// The run at its end.
    pub session: &'a Session,
    /// Its reader.
    pub player: &'a Player,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the nodes ran.
    pub hosts: Hosts,
}

impl Report<'_> {
    /// The object of the contract; `message` is there only when the outcome is `error`.
    pub fn json(&self) -> Value {
        let world = self.session.world();
        let traffic = world.traffic();
        let ids = (0..world.size()).map(NodeId::from_slot);
        let mut report = json!({
            "script": self.file,
            "title": &*self.player.script().title.text,
            "seed": world.seed(),
            "hosts": self.hosts.name(),
            "outcome": self.outcome.word(),
            "virtual_us": world.now(),
            "events": world.trace().counted(),
            "messages": {
                "sent": traffic.sent,
                "delivered": traffic.delivered,
                "dropped": traffic.dropped,
                "duplicated": traffic.duplicated,
            },
            "expectations": self.player.expectations().iter().map(expectation).collect::<Vec<_>>(),
            "violations": self.session.violations().iter().map(|violation| json!({
                "invariant": violation.invariant,
                "at_us": violation.at,
                "event": violation.event,
                "detail": violation.detail,
            })).collect::<Vec<_>>(),
            "nodes": ids.map(|id| node(world, &world.status(id))).collect::<Vec<_>>(),
            // Histories are not judged yet, and so the answer is neither yes nor no.
            "history": { "operations": world.clients().operations(), "linearizable": null },
            "digest": digest_text(world),
        });
        if let (Outcome::Error(message), Some(report)) = (&self.outcome, report.as_object_mut()) {
            report.insert("message".into(), message.as_str().into());
        }
        report
    }

    /// The newest events, oldest first, in words; for a run that failed.
    pub fn last_events(&self) -> Vec<String> {
        let world = self.session.world();
        let records = world.trace().records();
        let skip = records.len().saturating_sub(LAST_EVENTS);
        records
            .skip(skip)
            .map(|record| super::story::event_line(record, world))
            .collect()
    }
}

/// The digest as it is printed: sixteen hexadecimal digits.
pub fn digest_text(world: &World) -> String {
    format!("{:016x}", world.trace().digest())
}

fn expectation(expectation: &Expectation) -> Value {
    json!({
        "line": expectation.line,
        "text": expectation.text,
        "held": expectation.held,
        "at_us": expectation.at,
        "found": expectation.found,
    })
}

fn node(world: &World, status: &NodeStatus) -> Value {
    let node = &status.node;
    let names = |ids: &[NodeId]| -> Value { ids.iter().map(|&id| &**world.name(id)).collect() };
    let Configuration {
        voters,
        voters_old,
        learners,
    } = &node.configuration;
    let kv: Map<String, Value> = node
        .store
        .iter()
        .map(|(key, value)| (key.to_string(), Value::from(&**value)))
        .collect();
    json!({
        "name": &*status.name,
        "id": status.id.0,
        "role": status.role().map_or("down", |role| role.name()),
        "term": node.term,
        "voted_for": node.vote.map(|id| &**world.name(id)),
        "commit": node.commit,
        "applied": node.applied,
        "last": node.log.last(),
        "last_term": node.log.last_term(),
        "snapshot": node.log.first() - 1,
        "commands": node.store.commands(),
        "members": names(voters),
        "members_old": voters_old.as_deref().map(names),
        "learners": names(learners),
        "config": if voters_old.is_some() { "joint" } else { "stable" },
        "log_start": node.log.first(),
        "log_terms": node.log.terms().collect::<Vec<_>>(),
        "kv": kv,
    })
}
