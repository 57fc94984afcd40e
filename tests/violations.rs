//! A violation names the events and the nodes that it is about, and they are the right ones.

#[path = "fixtures/run.rs"]
mod run;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use raft_playground::raft::{Event as Node, EventId, Invariant, NodeId, RoleKind};
use raft_playground::session::Violation;
use raft_playground::world::{Event, Hosts, Record};

type Records = Arc<Mutex<BTreeMap<EventId, Record>>>;

/// Plays a script; what was violated, and all that happened.
fn watched(text: &str) -> (Vec<Violation>, BTreeMap<EventId, Record>) {
    let (mut session, mut player) = run::set_up("script", text, Some(1), Hosts::Inline);
    let records = Records::default();
    let keeper = records.clone();
    session.set_sink(Box::new(move |record, _| {
        let mut records = keeper.lock().expect("nobody panicked");
        records.insert(record.id, record.clone());
    }));
    player.run(&mut session);
    let records = records.lock().expect("nobody panicked").clone();
    (session.violations().to_vec(), records)
}

/// The first violation of an invariant in the script of a rule.
fn shown_by(rule: &str, invariant: Invariant) -> (Violation, Vec<Record>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let text = std::fs::read_to_string(folder.join(format!("{rule}.raft"))).expect("a script");
    first(&text, invariant)
}

fn first(text: &str, invariant: Invariant) -> (Violation, Vec<Record>) {
    let (violations, records) = watched(text);
    for violation in &violations {
        assert!(violation.events.is_sorted(), "{violation:?}");
        assert!(violation.events.contains(&violation.event), "{violation:?}");
        assert!(violation.nodes.is_sorted(), "{violation:?}");
        assert!(!violation.nodes.is_empty(), "{violation:?}");
    }
    let found = violations.iter().find(|found| found.invariant == invariant);
    let found = found.unwrap_or_else(|| panic!("no {invariant}: {violations:?}"));
    let events = found.events.iter().map(|id| records[id].clone()).collect();
    (found.clone(), events)
}

fn nodes(records: &[Record]) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = records.iter().filter_map(|record| record.node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

#[test]
fn two_leaders_and_their_elections() {
    let (violation, events) = shown_by("persist-vote", Invariant::ElectionSafety);
    let terms = events.iter().map(|record| match &record.event {
        Event::Node(Node::Role {
            role: RoleKind::Leader,
            term,
            ..
        }) => *term,
        other => panic!("{other:?}"),
    });
    let terms: Vec<_> = terms.collect();
    assert_eq!(terms.len(), 2);
    assert_eq!(terms[0], terms[1]);
    assert_eq!(violation.nodes, nodes(&events));
    assert_eq!(violation.nodes.len(), 2);
}

#[test]
fn a_leader_that_misses_an_entry_and_who_committed_it() {
    let (violation, events) = shown_by("election-restriction", Invariant::LeaderCompleteness);
    assert!(matches!(events[0].event, Event::Node(Node::Commit { .. })));
    assert!(matches!(
        events[1].event,
        Event::Node(Node::Role {
            role: RoleKind::Leader,
            ..
        })
    ));
    assert_eq!(violation.nodes, nodes(&events));
    assert_eq!(violation.nodes.len(), 2);
}

#[test]
fn two_appends_of_different_entries() {
    let (violation, events) = shown_by("prev-log-check", Invariant::LogMatching);
    assert_eq!(events.len(), 2);
    let appends = |record: &Record| matches!(record.event, Event::Node(Node::Append { .. }));
    assert!(events.iter().all(appends));
    assert_eq!(violation.nodes, nodes(&events));
}

#[test]
fn two_applies_of_different_entries() {
    let (violation, events) = shown_by("cap-commit-index", Invariant::StateMachineSafety);
    let indices = events.iter().map(|record| match &record.event {
        Event::Node(Node::Apply { index, .. }) => *index,
        other => panic!("{other:?}"),
    });
    let indices: Vec<_> = indices.collect();
    assert_eq!(indices.len(), 2);
    assert_eq!(indices[0], indices[1]);
    assert_eq!(violation.nodes, nodes(&events));
    assert_eq!(violation.nodes.len(), 2);
}

#[test]
fn an_acknowledged_write_and_what_was_committed_in_its_place() {
    let (violation, events) = shown_by("reply-after-commit", Invariant::Durability);
    assert!(matches!(events[0].event, Event::Reply { .. }));
    assert!(matches!(events[1].event, Event::Node(Node::Commit { .. })));
    // The answer came from the leader that died, the commit is another's.
    assert_eq!(violation.nodes.len(), 2);
}

#[test]
fn two_applies_of_one_request() {
    let (violation, events) = shown_by("client-sessions", Invariant::ExactlyOnce);
    assert_eq!(events.len(), 2);
    let applies = |record: &Record| matches!(record.event, Event::Node(Node::Apply { .. }));
    assert!(events.iter().all(applies));
    assert_eq!(violation.nodes, nodes(&events));
}

#[test]
fn a_stale_read_and_the_write_that_it_missed() {
    for rule in ["confirm-leadership", "read-after-own-commit"] {
        let (violation, events) = shown_by(rule, Invariant::Linearizability);
        let [write, acknowledged, read, answered] = &events[..] else {
            panic!("{rule}: {events:?}");
        };
        for request in [write, read] {
            assert!(matches!(request.event, Event::Request { .. }), "{rule}");
        }
        for reply in [acknowledged, answered] {
            assert!(matches!(reply.event, Event::Reply { .. }), "{rule}");
        }
        assert_eq!(violation.nodes, [NodeId(1), NodeId(2)], "{rule}");
        assert!(violation.detail.starts_with("get x by c2 answered old at "));
        assert!(
            violation
                .detail
                .contains("though put x new by c1 was acknowledged at ")
        );
    }
}

/// A duplicate that one node recognises and another does not takes effect on one node only.
#[test]
fn a_duplicate_must_be_recognised_by_all() {
    let (violation, events) = first(
        "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\n\
         set client-timeout 30ms\nwait until commit all = 1\nisolate n1\n\
         append x a by c1 via n1\nwait 20ms\ndisk n3 stall\nheal\n\
         wait until reply c1 = a\nwait until commands n1 = 1\nexpect last n1 > 2\n\
         wait 100ms\nrule client-sessions off\ndisk n3 ok\nwait 1s\n",
        Invariant::ExactlyOnce,
    );
    assert_eq!(events.len(), 2);
    assert!(violation.nodes.contains(&NodeId(3)), "{violation:?}");
}
