//! Why a client was answered, and why it waits.

use super::{LED, after, ask, never_says, passed, says, situation};

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
    let waits = "n2 does not have entry 2: n1 sends it only when it is on n1's own disk";
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
        &["n2 does not have entry 2: n1's message with it is on its way"],
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

#[test]
fn a_read_is_told_as_that_of_who_served_it() {
    let script = after(
        LED,
        "put x 1 via n1\nwait 100ms\nget x by c2 via n2\nget x by c3 via n2 reads stale
get x by c4 via n1\nget x by c5 via n1 reads leader\nget x by c6 via n1 reads lease\nwait 200ms",
    );
    let session = passed(&script);
    for (client, says_so) in [
        (
            "c2",
            "n2 answered: the value is 1. n2 did not lead: it answered when it had applied as much as the leader told it",
        ),
        (
            "c3",
            "n2 answered from what it had applied itself, and asked nobody",
        ),
        (
            "c4",
            "The leader answered when a majority had confirmed that it still led",
        ),
        ("c5", "n1 took itself for the leader"),
        ("c6", "n1 answered: the value is 1."),
    ] {
        let answer = ask(&session, &format!("why reply {client}"));
        says(&answer, &[says_so], &[], &[]);
    }
    let follower = ask(&session, "why reply c2");
    never_says(&follower, &["The leader answered"]);
}

#[test]
fn a_read_at_a_follower_waits_for_what_its_leader_says() {
    let asks = "n2 asked n1 how far it must have applied to answer";
    situation(
        &after(LED, "isolate n2\nget x via n2\nwait 50ms"),
        "why no reply",
        &["c1 has no reply", "n2 last"],
        &[],
        &[&format!(
            "{asks}: the question was lost, as the link was cut"
        )],
    );
    situation(
        &after(LED, "latency 50ms n1->n2\nget x via n2\nwait 60ms"),
        "why no reply",
        &[],
        &[],
        &[&format!("{asks}: the answer is on its way")],
    );
    situation(
        &after(
            LED,
            "cut n3->n1\nget x via n2\nwait 21ms\ncut n2->n1\nwait 10ms",
        ),
        "why no reply",
        &[],
        &[],
        &[asks, "n1 must hear from a majority that it still leads"],
    );
}

#[test]
fn what_is_on_its_way_is_not_lost() {
    let request = situation(
        &after(LED, "latency 50ms c1->n1\nput x 1 via n1\nwait 20ms"),
        "why no reply",
        &["c1 has no reply"],
        &[],
        &["the request to n1 is on its way, and arrives at 0.152 s"],
    );
    let reply = situation(
        &after(LED, "latency 40ms n1->c1\nput x 1 via n1\nwait 55ms"),
        "why no reply",
        &["c1 has no reply"],
        &[],
        &["its entry 2 is committed: the answer is on its way, and arrives at"],
    );
    for answer in [request, reply] {
        never_says(&answer, &["lost"]);
    }
}

#[test]
fn what_a_server_was_asked_before_it_crashed_it_does_not_know() {
    let answer = situation(
        &after(
            LED,
            "isolate n1\nget x via n1\nwait 20ms\ncrash n1\nrestart n1\nwait 10ms",
        ),
        "why no reply",
        &["c1 has no reply"],
        &["n1 crashes"],
        &[
            "n1 crashed at 0.122 s: what it had been asked went with its memory",
            "no live node leads",
        ],
    );
    never_says(&answer, &["on its way"]);
}

#[test]
fn a_request_that_was_not_sent_yet_is_not_the_one_before() {
    let unsent =
        "put x 1\nwait until reply = ok\nset discovery health-check\ncrash n1\nput y 2\nwait 50ms";
    let waits = situation(
        &after(LED, unsent),
        "why no reply",
        &["c1 has no reply to y = 2", "has asked 0 times."],
        &[],
        &["n2 and n3 could win"],
    );
    never_says(&waits, &["entry 2", "x = 1"]);
    let given_up = unsent.replace("put y", "set client-retries off\nput y");
    let ended = situation(
        &after(LED, &format!("{given_up}\nwait until reply = timeout")),
        "why reply",
        &[
            "c1 asked: y = 2. At ",
            "gave up waiting, the outcome is unknown",
        ],
        &[],
        &[],
    );
    never_says(&ended, &["entry 2", "x = 1"]);
}

#[test]
fn a_mismatch_has_a_reason() {
    let mismatch = |write: &str, reason: &str| {
        let script = format!(
            "{write} via n1\nwait until reply = mismatch\nput x 7 by c2 via n1\nwait until reply c2 = ok"
        );
        let earlier =
            "put x 5 via n1\nwait until reply = ok\nput y abc via n1\nwait until reply = ok\n";
        let script = after(LED, &format!("{earlier}{script}"));
        let headline = ["mismatch, nothing changed, entry (4,t1).", reason];
        situation(&script, "why reply", &headline, &[], &[])
    };
    // What was written since is nothing to them.
    let cas = mismatch("cas x 4 6", "entry (4,t1). x was 5.");
    never_says(&cas, &["x was 7"]);
    mismatch("cas x missing 6", "x was 5.");
    mismatch("cas z 4 6", "z was missing.");
    mismatch("add-to y 1", "y was abc, which is no whole number.");
    mismatch(
        "add-to x 9223372036854775807",
        "The sum of 5 and 9223372036854775807 is out of range.",
    );
    let long = "a".repeat(65_536);
    mismatch(
        &format!("append y {long}"),
        "y would have become longer than 64 KiB.",
    );
    // How a comparison before it ended is known by its answer.
    let twice = situation(
        &after(
            LED,
            "cas x missing 1 via n1\nwait until reply = ok\ncas x 2 3 via n1\nwait until reply = mismatch\nput x 9 by c2 via n1\nwait until reply c2 = ok",
        ),
        "why reply",
        &["x was 1."],
        &[],
        &[],
    );
    never_says(&twice, &["x was 9"]);
    // Of a success there is nothing to say.
    let done = situation(
        &after(LED, "cas x missing 1 via n1\nwait until reply = ok"),
        "why reply",
        &["answered: done, entry (2,t1)."],
        &[],
        &[],
    );
    never_says(&done, &["x was"]);
}

#[test]
fn of_what_a_crash_took_a_mismatch_says_less() {
    // What n1 held then is not to be seen any more.
    let answer = situation(
        &after(
            LED,
            "put x 5 via n1\nwait until reply = ok\nsnapshot n1\ncrash n1\nrestart n1\nwait 400ms\ntimeout n1\nwait until leader n1\nset client-timeout 100ms\ncas x 4 6 via n1\nwait until reply = mismatch\nput x 9 via n1\nwait until reply = ok\ncas x 1 2 via n1\nwait until reply = mismatch\ncrash n1",
        ),
        "why reply",
        &["mismatch, nothing changed", "x was 9."],
        &[],
        &[],
    );
    never_says(&answer, &["x was 5"]);
    situation(
        &after(
            LED,
            "add-to x 5 via n1\nwait until reply = 5\ncrash n1\nrestart n1\nwait 400ms\nset client-timeout 100ms\ntimeout n1\nwait until leader n1\ncas x 4 6 via n1\nwait until reply = mismatch\ncrash n1",
        ),
        "why reply",
        &["mismatch, nothing changed"],
        &[],
        &[],
    );
}

#[test]
fn an_entry_that_was_cut_off_again_is_why_there_is_no_reply() {
    let answer = situation(
        &after(
            LED,
            "set client-timeout 5s\nisolate n1\nput x 1 via n1\nwait 400ms\ntimeout n2\nwait until commit n2 = 2\nheal\nwait until commit n1 = 2",
        ),
        "why no reply",
        &["c1 has no reply to x = 1"],
        &[
            "n1 removes 1 entry from 2 on",
            "n1 appends its own [2,t1 x = 1]",
            "put x 1",
        ],
        &[
            "n1 appended it at 0.112 s as entry (2,t1), and cut it off at ",
            "rule truncate-on-conflict",
            "c1 asks another when nobody has answered for 5s (`client-timeout`)",
        ],
    );
    never_says(&answer, &["has reached", "has had the request"]);
}

#[test]
fn an_answer_is_told_as_of_when_it_was_given() {
    situation(
        &after(LED, "put x 1 via n1\nwait until reply = ok"),
        "why reply",
        &["c1 asked: x = 1. At 0.133 s, as c1 learnt at 0.143 s, n1 answered: done, entry (2,t1)."],
        &[],
        &[],
    );
}

#[test]
fn a_read_by_lease_is_told_as_such() {
    let answer = situation(
        &after(
            LED,
            "put x 1 via n1\nwait until reply = ok\nget x via n1 reads lease\nwait 200ms\nget x via n1 reads lease\nwait until reply = 1",
        ),
        "why reply",
        &["n1 held a lease, and answered at once"],
        &[],
        &[],
    );
    never_says(&answer, &["confirmed"]);
}
