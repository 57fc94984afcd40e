//! Events in plain words, to be read as prose.

mod fixtures;

#[path = "words/clients.rs"]
mod clients;
#[path = "words/disk.rs"]
mod disk;
#[path = "words/elections.rs"]
mod elections;
#[path = "words/kinds.rs"]
mod kinds;
#[path = "words/membership.rs"]
mod membership;
#[path = "words/replication.rs"]
mod replication;

use std::collections::BTreeSet;

use raft_playground::raft::{Message, NodeId};
use raft_playground::world::Event;
use raft_playground::world::explain::words;

/// S1 sends this to S3.
fn send(message: Message) -> Event {
    Event::Send {
        message: 1,
        envelope: fixtures::envelope(1, 3, 4, message),
        arrives: 9,
    }
}

/// What is said of the run as a whole.
fn remarks() -> Vec<Event> {
    vec![
        Event::Command("crash S1".into()),
        Event::Say("Look.".into()),
        Event::Violation("election-safety: S1 and S2 both lead term 4".into()),
    ]
}

/// A line for each.
fn told(events: Vec<Event>) -> String {
    let names = |id: NodeId| ["S1", "S2", "S3", "S4", "S5"][id.slot()];
    let line = |event| words(&fixtures::record(1, 0, Some(3), event), &names) + "\n";
    events.into_iter().map(line).collect()
}

#[test]
fn elections_read_well() {
    insta::assert_snapshot!(told(elections::events()));
}

#[test]
fn replication_reads_well() {
    insta::assert_snapshot!(told(replication::events()));
}

#[test]
fn what_becomes_of_the_cluster_reads_well() {
    insta::assert_snapshot!(told(membership::events()));
}

#[test]
fn disks_and_processes_read_well() {
    insta::assert_snapshot!(told(disk::events()));
}

#[test]
fn clients_read_well() {
    insta::assert_snapshot!(told(clients::events()));
}

#[test]
fn remarks_read_well() {
    insta::assert_snapshot!(told(remarks()));
}

/// What the other tests read leaves nothing out.
#[test]
fn every_kind_of_event_reads_well() {
    let events = [
        elections::events(),
        replication::events(),
        membership::events(),
        disk::events(),
        clients::events(),
        remarks(),
    ];
    let read: BTreeSet<kinds::Kind> = events.iter().flatten().flat_map(kinds::of).collect();
    let all = kinds::all();
    let missing: Vec<_> = all.difference(&read).collect();
    assert!(missing.is_empty(), "nobody has read {missing:?}");
}
