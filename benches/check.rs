//! How fast a clients' history is judged, beside another checker: many keys, and one hot key.

#[path = "../tests/fixtures/history.rs"]
mod history;
#[path = "../tests/fixtures/peer.rs"]
mod peer;

use divan::{Bencher, black_box};
use history::{Shape, history};
use peer::OneKey;
use porcupine_rs::check_operations;
use raft_playground::check::Linearizability;
use raft_playground::check::linearizability::Verdict;
use raft_playground::raft::NodeId;
use raft_playground::world::Record;

fn main() {
    divan::main();
}

const PUTS_AND_GETS: Shape = Shape {
    clients: 10,
    keys: 20,
    operations: 10_000,
    every_kind: false,
    lost: 0,
    ties: false,
};

/// The histories that are judged: ten clients, each of which asks again as soon as it is
/// answered.
const HISTORIES: [(&str, Shape); 4] = [
    ("10,000 on 20 keys", PUTS_AND_GETS),
    (
        "10,000 on 20 keys, every kind",
        Shape {
            every_kind: true,
            ..PUTS_AND_GETS
        },
    ),
    (
        "2,000 on one key",
        Shape {
            keys: 1,
            operations: 2_000,
            ..PUTS_AND_GETS
        },
    ),
    (
        "2,000 on one key, every kind",
        Shape {
            keys: 1,
            operations: 2_000,
            every_kind: true,
            ..PUTS_AND_GETS
        },
    ),
];

const NAMES: [&str; 4] = [
    HISTORIES[0].0,
    HISTORIES[1].0,
    HISTORIES[2].0,
    HISTORIES[3].0,
];

fn named(name: &str) -> Vec<Record> {
    let row = HISTORIES.iter().find(|row| row.0 == name);
    history(1, &row.expect("a row of that name").1)
}

/// Answer by answer, as a session does it.
#[divan::bench(args = NAMES)]
fn judged_as_it_grows(bencher: Bencher, name: &str) {
    let records = named(name);
    let names = |_: NodeId| "n1";
    bencher.bench_local(|| {
        let mut checker = Linearizability::default();
        for record in &records {
            let violation = checker.watch(black_box(record), &names);
            assert_eq!(violation, None);
        }
        assert_eq!(checker.verdict().0, Verdict::Linearizable);
    });
}

/// The whole history at once, by porcupine-rs.
#[divan::bench(args = NAMES, sample_count = 5, sample_size = 1)]
fn by_the_peer(bencher: Bencher, name: &str) {
    let calls = peer::calls(&named(name));
    bencher.bench_local(|| assert!(check_operations::<OneKey>(black_box(&calls))));
}
