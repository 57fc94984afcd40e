//! A second opinion on linearizability: histories drawn at random, right and wrong, judged by
//! this project's checker and by another's.

#[path = "fixtures/history.rs"]
mod history;
#[path = "fixtures/peer.rs"]
mod peer;

use history::{Shape, history, spoil};
use peer::{OneKey, calls};
use porcupine_rs::check_operations;
use raft_playground::check::linearizability::Verdict;
use raft_playground::check::{Linearizability, Violation};
use raft_playground::kv::{ClientId, Operation};
use raft_playground::raft::{NodeId, ReadMode};
use raft_playground::world::{Event, Record};

fn second_opinion(records: &[Record]) -> bool {
    check_operations::<OneKey>(&calls(records))
}

/// What this project's checker says. With `whole` a read on each key is never answered, so that
/// nothing can be folded before the end.
fn judge(records: &[Record], whole: bool) -> (Verdict, Vec<Violation>) {
    let names = |_: NodeId| "n1";
    let mut checker = Linearizability::default();
    if whole {
        for number in 0..3 {
            let event = Event::Request {
                client: ClientId(100 + number),
                serial: 1,
                attempt: 1,
                operation: Operation::Get {
                    key: format!("k{number}").into(),
                },
                reads: ReadMode::Linearizable,
                to: NodeId(1),
            };
            let first = Record {
                id: 0,
                at: 0,
                event,
                ..records[0].clone()
            };
            checker.watch(&first, &names);
        }
    }
    let violations = records
        .iter()
        .filter_map(|record| checker.watch(record, &names));
    let violations = violations.collect();
    (checker.verdict().0, violations)
}

fn shape(number: u64) -> Shape {
    Shape {
        clients: 2 + (number % 5) as u16,
        keys: 1 + number % 3,
        operations: 10 + number % 31,
        every_kind: number % 2 == 1,
        lost: [0, 50_000, 200_000][(number / 2 % 3) as usize],
        ties: number % 7 < 2,
    }
}

#[test]
fn what_is_right_is_said_to_be_right() {
    for number in 0..1_500 {
        let records = history(number, &shape(number));
        assert!(second_opinion(&records), "history {number}");
        for whole in [false, true] {
            let (verdict, violations) = judge(&records, whole);
            assert_eq!(
                (verdict, violations.as_slice()),
                (Verdict::Linearizable, [].as_slice()),
                "history {number}, whole: {whole}"
            );
        }
    }
}

#[test]
fn what_is_wrong_is_said_to_be_wrong_at_the_first_answer_that_shows_it() {
    let mut wrong = 0;
    for number in 0..3_000 {
        let shape = Shape {
            ties: false,
            ..shape(number)
        };
        let mut records = history(number, &shape);
        spoil(&mut records, number);
        let right = second_opinion(&records);
        let verdict = match right {
            true => Verdict::Linearizable,
            false => Verdict::Violated,
        };
        let (found, violations) = judge(&records, false);
        assert_eq!(found, verdict, "history {number}");
        assert_eq!(judge(&records, true).0, verdict, "history {number}, whole");
        assert_eq!(violations.is_empty(), right, "history {number}");
        let Some(first) = violations.first() else {
            continue;
        };
        wrong += 1;
        // Events are counted from 1.
        let shown = first.event as usize;
        assert!(!second_opinion(&records[..shown]), "history {number}");
        assert!(second_opinion(&records[..shown - 1]), "history {number}");
        let whole = judge(&records, true).1;
        assert_eq!(whole[0].event, first.event, "history {number}, whole");
    }
    assert!(wrong >= 1_000, "{wrong} histories were wrong");
}
