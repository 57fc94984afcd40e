//! Why a client was answered, and why it waits.

use super::{LED, after, never_says, situation};

#[test]
fn a_client_is_answered_when_its_entry_is_committed() {
    situation(
        &after(LED, "put x 1 via n1\nwait until reply = ok"),
        "why reply",
        &["c1 asked: x = 1. At ", "n1 answered: done, entry (2,t1)"],
        &["n1 answers c1 request 1", "n1 commits 2", "put x 1"],
        &[],
    );
}

#[test]
fn a_client_that_gives_up_does_not_know_the_outcome() {
    situation(
        &after(
            LED,
            "set client-retries off\nset client-timeout 100ms\nisolate n1\nput x 1 via n1\nwait until reply = timeout",
        ),
        "why reply c1",
        &["gave up waiting, the outcome is unknown"],
        &["c1 ▸ n1: x = 1", "put x 1"],
        &["its entry 2 is not committed", "n2 is cut off from n1"],
    );
}

#[test]
fn a_write_is_not_answered_while_the_leader_is_cut_off() {
    situation(
        &after(LED, "isolate n1\nput x 1 via n1\nwait 50ms"),
        "why no reply c1",
        &["c1 has no reply", "n1 last"],
        &["c1 ▸ n1: x = 1"],
        &[
            "its entry 2 is not committed",
            "rule reply-after-commit",
            "n2 is cut off from n1 since",
            "(`isolate n1`)",
        ],
    );
}

#[test]
fn a_write_waits_for_the_leaders_disk_where_it_is_not_written_in_parallel() {
    let script = |parallel: &str| {
        let script = format!(
            "set parallel-disk {parallel}\ndisk n1 latency 200ms\nput x 1 via n1\nwait 15ms"
        );
        after(LED, &script)
    };
    let waits = "n2 does not have it: n1 sends it only when it is on n1's own disk";
    situation(
        &script("off"),
        "why not reply c1",
        &["c1 has no reply"],
        &[],
        &[
            waits,
            "`parallel-disk` is off",
            "its disk is still writing it",
        ],
    );
    let answer = situation(
        &script("on"),
        "why not reply c1",
        &["c1 has no reply"],
        &[],
        &["n2 does not have it: n1's message with it is on its way"],
    );
    never_says(&answer, &["parallel-disk", waits]);
}

#[test]
fn a_read_waits_until_a_majority_confirms_the_leader() {
    situation(
        &after(LED, "isolate n1\nget x via n1\nwait 50ms"),
        "why no reply",
        &["c1 has no reply"],
        &["c1 ▸ n1: get x"],
        &[
            "n1 must hear from a majority that it still leads",
            "n1: 1 of the 2 needed",
            "rule confirm-leadership",
            "n2 is cut off from n1",
        ],
    );
}

#[test]
fn a_read_waits_for_an_entry_of_the_new_leaders_own_term() {
    situation(
        "cluster 3\nrule noop-on-election off\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nget x via n1\nwait 50ms",
        "why no reply",
        &["c1 has no reply"],
        &[],
        &[
            "n1 has committed no entry of its own term 1 yet",
            "rule read-after-own-commit",
        ],
    );
}

#[test]
fn a_request_that_was_lost_is_told_with_what_lost_it() {
    for (fault, lost, by) in [
        ("drop request c1->n1", "dropped by hand", "put x 1"),
        ("cut c1->n1", "lost, the link is cut", "» cut c1->n1"),
    ] {
        situation(
            &after(LED, &format!("{fault}\nput x 1 via n1\nwait 50ms")),
            "why no reply c1",
            &["c1 has no reply"],
            &[&format!("c1 ▸ n1: {lost}: x = 1"), by],
            &["the request to n1 was lost"],
        );
    }
}

#[test]
fn an_answer_that_was_lost_is_told() {
    situation(
        &after(LED, "put x 1 via n1\ndrop request-reply n1->c1\nwait 50ms"),
        "why no reply c1",
        &["c1 has no reply"],
        &["n1 ▸ c1: dropped by hand: request 1: done"],
        &["its entry 2 is committed: the answer was lost"],
    );
}
