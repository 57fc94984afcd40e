//! Why a server holds a value, how far its snapshot reaches, and which request took longest.

use super::{LED, after, ask, never_says, passed, says, situation};

#[test]
fn a_value_is_that_of_the_entry_applied_last() {
    situation(
        &after(LED, "put x 1 via n1\nput y 2 via n1\nwait 200ms"),
        "why value n2 x",
        &["n2 holds x = 1. At ", "n2 applies 2: x = 1"],
        &["n2 commits 2", "n1 commits 2", "put x 1"],
        &[],
    );
    situation(LED, "why value n2 x", &["n2 holds nothing of x."], &[], &[]);
    // A comparison that failed wrote nothing.
    situation(
        &after(
            LED,
            "put x 1 via n1\ncas x 7 2 via n1 by c2\nwait 200ms\nexpect reply c2 = mismatch",
        ),
        "why value n1 x",
        &["n1 holds x = 1. At ", "n1 applies 2: x = 1"],
        &[],
        &[],
    );
    // What was applied before is not what stands there now.
    situation(
        &after(
            LED,
            "put x 1 via n1\nwait 200ms\nisolate n3\nput x 2 via n1\nwait 200ms\nsnapshot n1\nheal\nwait until snapshot n3 = 3",
        ),
        "why value n3 x",
        &["n3 holds x = 2. At ", "n3 installs the snapshot of n1"],
        &["n1 takes a snapshot"],
        &[],
    );
}

#[test]
fn a_value_is_old_where_the_newer_entry_is_not_applied() {
    let old = "put x 1 via n1\nwait 100ms\nisolate n3\nput x 2 via n1\nwait 100ms";
    let session = passed(&after(LED, old));
    says(
        &ask(&session, "why value n3 x"),
        &["n3 holds x = 1. At "],
        &["n3 applies 2"],
        &[
            "entry 3 writes x, and n3 has not applied it",
            "n3 is cut off from n1 since",
        ],
    );
    let newest = ask(&session, "why value n1 x");
    says(&newest, &["n1 holds x = 2. At "], &[], &[]);
    assert!(newest.missing.is_empty());
    // No server has been reached at all.
    let lost = "drop request c1->n1\nput x 1 via n1\nput y 1 via n1 by c2\nwait 50ms";
    let lost = situation(
        &after(LED, lost),
        "why value n2 x",
        &["n2 holds nothing of x."],
        &[],
        &[
            "c1 waits since 0.102 s with x = 1",
            "the request to n1 was lost",
        ],
    );
    never_says(&lost, &["c2"]);
}

#[test]
fn a_snapshot_reaches_as_far_as_was_applied() {
    let taken = "put x 1 via n1\nwait 100ms\nsnapshot n1\nwait 10ms";
    let session = passed(&after(LED, taken));
    says(
        &ask(&session, "why snapshot n1"),
        &[
            "The snapshot of n1 reaches to 2 since",
            "n1 takes a snapshot up to (2,t1)",
        ],
        &["n1 takes a snapshot", "snapshot n1"],
        &["nothing that could go in a new one"],
    );
    says(
        &ask(&session, "why no snapshot n2"),
        &["n2 has no snapshot"],
        &[],
        &["`snapshot-every` is 0"],
    );
    situation(
        &after(LED, "set snapshot-every 10\nput x 1 via n1\nwait 100ms"),
        "why no snapshot n2",
        &["n2 has no snapshot"],
        &[],
        &["every 10 entries (`snapshot-every`), and has applied 2 since"],
    );
}

#[test]
fn the_slowest_request_is_told_since_the_counters_began() {
    let slow = "put x 1 via n1\nwait until reply = ok\nlatency 80ms n1<->n2,n3\nput y 2 via n1 by c2\nwait until reply c2 = ok";
    let quick = "latency 10ms n1<->n2,n3\nput z 3 via n1 by c3\nwait until reply c3 = ok";
    situation(
        &after(LED, &format!("{slow}\n{quick}")),
        "why latency",
        &[
            "The slowest answered request is y = 2 of c2: it took 181ms",
            "was sent 1 time",
        ],
        &["c2 request 1: done", "n1 commits 3", "put y 2"],
        &[],
    );
    situation(
        &after(LED, &format!("{slow}\nmark\n{quick}")),
        "why latency",
        &["The slowest answered request is z = 3 of c3"],
        &[],
        &[],
    );
    situation(LED, "why latency", &["No request was answered"], &[], &[]);
}

#[test]
fn a_condition_that_fails_leads_to_the_question() {
    use raft_playground::world::Hosts;

    for (failing, question) in [
        ("value n3 x = 2", "why value n3 x"),
        ("value n1,n3 x = 2", "why value n3 x"),
        ("snapshot n1 > 0", "why snapshot n1"),
        ("latency p99 < 1ms", "why latency"),
    ] {
        let script = "put x 1 via n1\nwait 100ms\nisolate n3\nput x 2 via n1\nwait 100ms";
        let script = after(LED, &format!("{script}\nexpect {failing}"));
        let (_, player, session) = super::run::run("why.raft", &script, Some(7), Hosts::Inline);
        let why = player.why(session.violations()).map(|why| why.to_string());
        assert_eq!(why.as_deref(), Some(question), "{failing}");
    }
}
