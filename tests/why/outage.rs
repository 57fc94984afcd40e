//! The longest stretch without a commit, and who campaigned.

use super::{LED, after, ask, never_says, passed, situation};

const WHY: &str = "why outage";

#[test]
fn an_outage_begins_with_a_crash_and_ends_with_a_new_leader() {
    let answer = situation(
        &after(
            LED,
            "set client-timeout 100ms\nput x 1 via n1\nwait 5ms\ncrash n1\nwait 400ms\ntimeout n2\nwait until reply = ok\nput y 2 via n2\nwait until reply = ok",
        ),
        WHY,
        &[
            "The longest stretch without a commit while one was wanted lasted ",
            "from 0.102 s to 0.5",
            ", when n2 commits 2.",
            "To its end waited c1 since 0.102 s with x = 1 (it asked n1, which crashed at 0.107 s, then n2 after 100ms without an answer (`client-timeout`), and last n2, at 0.",
            "n1 led before; at 0.107 s: n1 crashes",
            "n2 becomes leader of term 2: 2 of 3 voters are for it.",
        ],
        &["n2 commits 2", "n1 crashes", "n2 becomes leader of term 2"],
        &[],
    );
    never_says(&answer, &["y = 2", "goes on", "why elections"]);
    assert_eq!(answer.missing, []);
}

#[test]
fn of_an_outage_that_goes_on_it_is_told_what_is_missing() {
    situation(
        &after(
            LED,
            "put x 1 via n1\nwait until reply = ok\ncrash n2,n3\nput x 2 by c2 via n1\nwait 400ms",
        ),
        WHY,
        &[
            ", and goes on.",
            "Still waiting: c2 since",
            "n1 led before; at ",
            "n1 steps down: no majority answered it in time",
        ],
        &[],
        &["of the voters too few run", "n2 is down since"],
    );
    // It was frozen once, and leads.
    let leads = situation(
        &after(
            LED,
            "stop n1\nwait 10ms\nresume n1\nwait 100ms\nrule check-quorum off\nisolate n1\nput x 1 via n1\nwait 100ms",
        ),
        WHY,
        &[", and goes on.", "n1 led all the time."],
        &[],
        &["n2 is cut off from n1 since"],
    );
    never_says(&leads, &["led before"]);
    situation(
        &after(LED, "put x 1 via n1\nstop n1\nwait 100ms"),
        WHY,
        &["n1 led before; at 0.102 s: n1 is stopped"],
        &[],
        &[],
    );
}

#[test]
fn an_outage_ends_when_nobody_waits_any_more() {
    let answer = situation(
        &after(
            LED,
            "set client-retries off\nset client-timeout 100ms\nisolate n1\nput x 1 via n1\nwait until reply = timeout\nwait 50ms",
        ),
        WHY,
        &[
            "lasted 100ms, from 0.102 s to 0.202 s, when nobody waited any more.",
            "n1 led all the time.",
        ],
        &[],
        &[],
    );
    never_says(&answer, &["goes on"]);
    let none = "No time has passed without a commit while one was wanted";
    let never = format!("{none} since the beginning.");
    situation(LED, WHY, &[&never], &[], &[]);
    let marked = format!("{none} since the `mark` at 0.102 s.");
    situation(
        &after(LED, "mark\nget x\nwait 10ms"),
        WHY,
        &[&marked],
        &[],
        &[],
    );
}

#[test]
fn elections_in_vain_are_counted_in_an_outage() {
    situation(
        &after(
            LED,
            "rule pre-vote off\ncrash n1\nput x 1 via n2\nwait 400ms\nisolate n2\ntimeout n2\nwait 100ms\nheal\ntimeout n3\nwait 100ms\ntimeout n3\nwait until reply = ok",
        ),
        WHY,
        &[
            "n3 becomes leader of term ",
            " of which 1 was won (`why elections`).",
        ],
        &[],
        &[],
    );
}

#[test]
fn each_election_has_a_cause_and_an_outcome() {
    let split = "cluster 5\nhold-timer all\nlatency 10ms\nrule pre-vote off\ntimeout n1\nwait until leader n1\ncrash n1\nwait 400ms\ntimeout n2,n3,n4\nwait 200ms\ntimeout n2\nwait 500ms";
    let answer = situation(
        split,
        "why elections",
        &[
            "There were 5 elections since the beginning. The newest: ",
            "n2 for term 2 at 0.422 s, by hand (`timeout n2,n3,n4`): no majority until 0.622 s, and n3 campaigned for that term too;",
            "n3 for term 2 at 0.422 s, by hand (`timeout n2,n3,n4`): it saw a newer term at 0.633 s;",
            "n2 for term 3 at 0.622 s, by hand (`timeout n2`): won at 0.644 s with 3 of 5 votes.",
        ],
        &["n2 becomes leader of term 3"],
        &[],
    );
    never_says(&answer, &["for term 1"]);
    situation(
        &after(LED, "transfer n2\nwait until leader n2"),
        "why elections",
        &[
            "There were 2 elections since the beginning. n1 for term 1 at 0.020 s, by hand (`timeout n1`): won at",
            "n2 for term 2 at ",
            ", as the leader handed over: won at ",
        ],
        &[],
        &[],
    );
    situation(
        "cluster 3\nwait until leader",
        "why elections",
        &[
            "There was 1 election since the beginning.",
            ", as its timer fired: won at ",
        ],
        &["election timer fires"],
        &[],
    );
}

#[test]
fn elections_count_from_the_last_mark() {
    // What is done at the instant of the mark comes after it.
    let marked = "rule pre-vote off\ncrash n1\nwait 400ms\nmark\ntimeout n2\nwait 15ms\ncrash n2";
    let answer = situation(
        &after(LED, marked),
        "why elections",
        &[
            "There was 1 election since the `mark` at 0.502 s. n2 for term 2 at 0.502 s",
            ": over at 0.517 s as it crashed.",
        ],
        &[],
        &["of the voters too few run"],
    );
    never_says(&answer, &["n1 for term 1"]);
    let none = "Nobody has campaigned since the `mark` at 0.102 s.";
    let answer = ask(&passed(&after(LED, "mark")), "why elections");
    assert_eq!(answer.headline, none);
}

/// The client asks the crashed leader, and hears nothing until its patience ends.
const TO_THE_DEAD: &str = "put x 1 via n1\nwait until reply = ok\ncrash n1\nwait 400ms\ntimeout n2\nwait until leader n2\nset client-timeout 100ms\nput x 2 via n1\nwait until reply = ok";

#[test]
fn a_request_that_was_lost_is_still_told_of_when_it_is_over() {
    let lost = "c1 ▸ n1: lost, the target is down: x = 2";
    for (why, words) in [
        (WHY, "with x = 2 (it asked n1, which was down since 0.143 s"),
        (
            "why latency",
            "Until n2 had it: it asked n1, which was down since 0.143 s",
        ),
    ] {
        situation(
            &after(LED, TO_THE_DEAD),
            why,
            &[words],
            &[lost, "n1 crashes"],
            &[],
        );
    }
    let by_hand = TO_THE_DEAD.replace("put x 2", "drop request c1->n2\nput x 2");
    let by_hand = by_hand.replace("x 2 via n1", "x 2 via n2");
    situation(
        &after(LED, &by_hand),
        "why latency",
        &[
            "it asked n2, but the request was dropped by hand, then n3 after 100ms without an answer (`client-timeout`), and ",
        ],
        &["c1 ▸ n2: dropped by hand: x = 2"],
        &[],
    );
}

/// The client asks a leader that is cut off, and hears nothing until its patience ends.
#[test]
fn a_leader_that_is_cut_off_is_named_as_what_a_client_waited_for() {
    let cut_off = "rule check-quorum off\nset client-timeout 600ms\npartition n1 | n2,n3\nput x 1 via n1\nwait 700ms\ntimeout n2\nwait until reply = ok";
    for why in [WHY, "why latency"] {
        situation(
            &after(LED, cut_off),
            why,
            &[
                "it asked n1, then n2 after 600ms without an answer (`client-timeout`)",
                " n1 was cut off from n2 and n3 since 0.102 s (`partition n1 | n2,n3`).",
            ],
            &[],
            &[],
        );
    }
}
