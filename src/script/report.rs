//! The report of a headless run: one JSON object for each script.

use std::collections::BTreeMap;

use serde::Serialize;

use super::play::{Expectation, Outcome, Player};
use crate::check::linearizability::Verdict;
use crate::command::clean::steers;
use crate::kv::Text;
use crate::raft::{Micros, NodeId};
use crate::session::{Session, Violation};
use crate::world::view::NodeStatus;
use crate::world::{Hosts, World};

/// How many events before the end a failed run tells.
const LAST_EVENTS: usize = 12;
/// How many events are held where it is asked why it failed.
const HELD: usize = 20_000;

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

/// The object of the contract; `message` is there only when the outcome is `error`.
#[derive(Serialize)]
struct Object<'a> {
    script: &'a str,
    title: &'a str,
    seed: u64,
    hosts: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    virtual_us: u64,
    events: u64,
    messages: Messages,
    expectations: Vec<Held<'a>>,
    violations: Vec<Violated<'a>>,
    nodes: Vec<NodeObject<'a>>,
    history: History,
    digest: String,
}

#[derive(Serialize)]
struct Messages {
    sent: u64,
    delivered: u64,
    dropped: u64,
    duplicated: u64,
}

#[derive(Serialize)]
struct Held<'a> {
    line: usize,
    text: &'a str,
    held: bool,
    at_us: u64,
    found: &'a str,
}

#[derive(Serialize)]
struct Violated<'a> {
    invariant: &'static str,
    at_us: u64,
    event: u64,
    events: &'a [u64],
    nodes: Vec<&'a str>,
    detail: &'a str,
}

#[derive(Serialize)]
struct NodeObject<'a> {
    name: &'a str,
    id: u16,
    role: &'static str,
    term: u64,
    voted_for: Option<&'a str>,
    commit: u64,
    applied: u64,
    last: u64,
    last_term: u64,
    snapshot: u64,
    commands: u64,
    members: Vec<&'a str>,
    members_old: Option<Vec<&'a str>>,
    learners: Vec<&'a str>,
    config: &'static str,
    log_start: u64,
    log_terms: Vec<u64>,
    kv: BTreeMap<Text, Text>,
}

#[derive(Serialize)]
struct History {
    operations: u64,
    /// `None` when the check was given up within its bound.
    linearizable: Option<bool>,
}

impl Report<'_> {
    /// The report on one line.
    pub fn json(&self) -> String {
        let world = self.session.world();
        let traffic = world.traffic();
        let ids = (0..world.size()).map(NodeId::from_slot);
        let violations = self.session.violations().iter();
        let message = self.outcome.error(None);
        let object = Object {
            script: self.file,
            title: &self.player.script().title.text,
            seed: world.seed(),
            hosts: self.hosts.name(),
            outcome: self.outcome.word(),
            message: message.as_deref(),
            virtual_us: world.now(),
            events: world.trace().counted(),
            messages: Messages {
                sent: traffic.sent(None),
                delivered: traffic.delivered,
                dropped: traffic.dropped,
                duplicated: traffic.duplicated,
            },
            expectations: self.player.expectations().iter().map(held).collect(),
            violations: violations.map(|found| violated(found, world)).collect(),
            nodes: ids.map(|id| node(world, &world.status(id))).collect(),
            history: History {
                operations: world.clients().operations(),
                linearizable: match self.session.judge().checker.history().verdict().0 {
                    Verdict::Linearizable => Some(true),
                    Verdict::Violated => Some(false),
                    Verdict::Undecided => None,
                },
            },
            digest: digest_text(world),
        };
        let json = serde_json::to_string(&object);
        escaped(json.expect("the report holds nothing that JSON cannot say"))
    }

    /// When it failed: as an expectation did, or where the first violation was; the end of a run
    /// that did neither.
    pub fn failed_at(&self) -> Micros {
        let first = self.session.violations().first();
        let violation = first.filter(|_| self.outcome == Outcome::Violation);
        violation.map_or(self.session.now(), |violation| violation.at)
    }

    /// What led to the failure, in lines: the reason why the last expectation did not hold, if there
    /// is a question that leads to it, and the last events that tell something, oldest first. The
    /// run holds few events, mostly heartbeats, and goes on after a violation: it is played again
    /// up to there.
    pub fn background(&self) -> Vec<String> {
        let again = self.session.played_again(self.failed_at(), HELD);
        let failed = self.player.expectations().last();
        let failed = failed.filter(|_| self.outcome == Outcome::Failed);
        let mut lines = Vec::new();
        if let Some(why) = failed.and_then(|failed| failed.why.as_ref()) {
            let answer = again.why(why);
            lines.push(format!("{why}: {}", answer.headline));
            let missing = answer.missing.iter();
            lines.extend(missing.map(|missing| format!("  {}", missing.words)));
        }
        lines.push("the last events:".to_owned());
        let records = again.records(0);
        let skip = records.len().saturating_sub(LAST_EVENTS);
        let last = records.iter().skip(skip);
        lines.extend(last.map(|record| super::story::event_line(record, again.world())));
        lines
    }
}

/// JSON in which every character that could steer a terminal is escaped: JSON itself asks for
/// that only below U+0020. Such characters stand in strings only.
pub fn escaped(json: String) -> String {
    // Most reports and lines are plain.
    let plain = |byte: &u8| (b' '..0x7f).contains(byte);
    if json.as_bytes().iter().all(plain) || !json.contains(steers) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match steers(c) {
            // JSON writes characters beyond U+FFFF in two halves.
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => safe.push(c),
        }
    }
    safe
}

/// The digest as it is printed: sixteen hexadecimal digits.
pub fn digest_text(world: &World) -> String {
    format!("{:016x}", world.trace().digest())
}

fn held(expectation: &Expectation) -> Held<'_> {
    Held {
        line: expectation.line,
        text: &expectation.text,
        held: expectation.held,
        at_us: expectation.at,
        found: &expectation.found,
    }
}

fn violated<'a>(violation: &'a Violation, world: &'a World) -> Violated<'a> {
    let name = |&id: &NodeId| &**world.name(id);
    Violated {
        events: &violation.events,
        nodes: violation.nodes.iter().map(name).collect(),
        invariant: violation.invariant.name(),
        at_us: violation.at,
        event: violation.event,
        detail: &violation.detail,
    }
}

fn node<'a>(world: &'a World, status: &NodeStatus) -> NodeObject<'a> {
    let node = &status.node;
    let name = |id: NodeId| -> &'a str { world.name(id) };
    let names = |ids: &[NodeId]| ids.iter().map(|&id| name(id)).collect();
    let configuration = &node.configuration;
    NodeObject {
        name: name(status.id),
        id: status.id.0,
        role: status.role().map_or("down", |role| role.name()),
        term: node.term,
        voted_for: node.vote.map(name),
        commit: node.commit,
        applied: node.applied,
        last: node.log.last(),
        last_term: node.log.last_term(),
        snapshot: node.log.first() - 1,
        commands: node.store.commands(),
        members: names(&configuration.voters),
        members_old: configuration.voters_old.as_deref().map(names),
        learners: names(&configuration.learners),
        config: match configuration.voters_old {
            Some(_) => "joint",
            None => "stable",
        },
        log_start: node.log.first(),
        log_terms: node.log.terms().collect(),
        kv: node
            .store
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    }
}
