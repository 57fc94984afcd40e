//! Why a statement about the cluster was answered, and what it waits for.

use super::{LED, after, never_says, situation};

const WHY: &str = "why no reply admin";

#[test]
fn without_a_leader_there_is_nobody_to_ask() {
    situation(
        "cluster 3\nhold-timer all\nadd n4\nwait 50ms",
        WHY,
        &["`add n4` waits since 0.000 s: nobody leads"],
        &[],
        &["no live node leads", "the election timer is held"],
    );
}

#[test]
fn a_leader_commits_in_its_own_term_first() {
    situation(
        "cluster 3\nhold-timer all\nlatency 10ms\nisolate n3\ndisk n2 stall\ntimeout n1\nwait 15ms\ndisk n2 ok\nwait until leader n1\nisolate n1\nadd n4\nwait 20ms",
        WHY,
        &["`add n4` waits since", "n1 has it"],
        &["add n4"],
        &[
            "n1 begins no change before it has committed an entry of its own term 1",
            "rule commit-before-change",
            "n2 is cut off from n1",
        ],
    );
}

#[test]
fn a_newcomer_catches_up_first() {
    situation(
        &after(
            LED,
            "put x 1 via n1\nwait 50ms\nadd n4\nwait 25ms\nisolate n4\nwait 100ms",
        ),
        WHY,
        &["`add n4` waits since"],
        &["add n4"],
        &[
            "n4 has no vote before it has caught up: n1 knows that it holds",
            "rule staged-change",
            "n4 is cut off from n1",
        ],
    );
}

#[test]
fn a_change_waits_for_the_one_who_has_it() {
    situation(
        &after(
            LED,
            "rule check-quorum off\nisolate n1\nwait 400ms\nremove n3\ntimeout n2\nwait until leader n2\nwait 10ms",
        ),
        WHY,
        &["`remove n3` waits since", "n1 has it"],
        &[],
        &[
            "n2 leads now, and n1 was asked",
            "n2 is asked when nobody has answered for",
        ],
    );
    situation(
        &after(LED, "isolate n1\nremove n3\nstop n1\nwait 10ms"),
        WHY,
        &["n1 has it, and is frozen"],
        &[],
        &["n1 is stopped since"],
    );
}

#[test]
fn who_does_not_lead_has_answered() {
    let unanswered = ["has not answered", "nobody has answered"];
    let turned = situation(
        &after(LED, "add n4 via n2\nwait 5ms\nexpect reply admin = pending"),
        WHY,
        &[
            "`add n4` waits since",
            "n2 answered, it does not lead, n1 does",
        ],
        &["add n4"],
        &["n1 is asked next"],
    );
    never_says(&turned, &unanswered);
    // It led, and leads no more.
    let resigned = situation(
        &after(
            LED,
            "isolate n1\nremove n3\nwait until leaders = 0\nwait 5ms\nexpect reply admin = pending",
        ),
        WHY,
        &["`remove n3` waits since", "n1 answered, it leads no more"],
        &["remove n3"],
        &["no live node leads"],
    );
    never_says(&resigned, &unanswered);
    let again = situation(
        &after(
            LED,
            "rule check-quorum off\nisolate n1\nlatency 1ms\nwait 400ms\nadd n4 via n2\ntimeout n2\nwait until leader n2\nexpect reply admin = pending",
        ),
        WHY,
        &["`add n4` waits since", "n2 answered, it does not lead"],
        &[],
        &["n2 is asked again"],
    );
    never_says(&again, &unanswered);
}

#[test]
fn an_older_statement_that_is_asked_again_is_not_the_newest() {
    let refused = "rule check-quorum off\nisolate n1\nremove n3\ndemote n2\nwait 1100ms\nexpect reply admin = refused";
    situation(
        &after(LED, refused),
        WHY,
        &["`demote n2` was asked of n1. At ", "refused"],
        &["demote n2"],
        &[],
    );
}

#[test]
fn leadership_is_handed_to_who_holds_the_log() {
    situation(
        &after(
            LED,
            "isolate n2\nput x 1 via n1\nwait 50ms\ntransfer n2\nwait 20ms",
        ),
        WHY,
        &["`transfer to n2` waits since"],
        &["transfer to n2"],
        &[
            "n2 must hold the whole log, and then win an election: n1 knows that it holds 1 of 2",
            "n2 is cut off from n1",
            "n1 gives it up when n2 does not lead within",
        ],
    );
}

#[test]
fn what_was_answered_tells_how() {
    situation(
        &after(
            LED,
            "transfer n2\nwait until leader n2\nwait until reply admin = ok",
        ),
        WHY,
        &["`transfer to n2` was asked of n2 last. At ", ": done."],
        &["transfer to n2"],
        &[],
    );
    situation(
        LED,
        WHY,
        &["No statement about the cluster was given"],
        &[],
        &[],
    );
}

#[test]
fn a_snapshot_is_asked_of_each_server() {
    situation(
        &after(LED, "put x 1 via n1\nwait 100ms\nsnapshot n1\nwait 10ms"),
        WHY,
        &[
            "`snapshot n1` was given at",
            "n1 takes a snapshot up to (2,t1)",
        ],
        &["n1 takes a snapshot", "snapshot n1"],
        &[],
    );
    situation(
        &after(
            LED,
            "put x 1 via n1\nwait 100ms\nsnapshot n1\nsnapshot n1\nwait 10ms",
        ),
        WHY,
        &["`snapshot n1` was given at"],
        &[],
        &[],
    );
    let waits = "put x 1 via n1\nwait 100ms\nstop n2\nwait 10ms\nsnapshot n1,n2\nwait 10ms";
    situation(
        &after(LED, waits),
        WHY,
        &[
            "`snapshot n1,n2` waits since",
            "n1 takes a snapshot up to (2,t1)",
            "n2 is stopped since",
            "and takes its snapshot when it goes on",
        ],
        &["n2 is stopped"],
        &["`resume n2` lets it go on"],
    );
    situation(
        &after(LED, &format!("{waits}\nresume n2\nwait 10ms")),
        WHY,
        &[
            "`snapshot n1,n2` was given at",
            "n2 takes a snapshot up to (2,t1)",
        ],
        &["n2 takes a snapshot"],
        &[],
    );
    situation(
        &after(LED, &format!("{waits}\ncrash n2\nwait 10ms")),
        WHY,
        &["n2 went down at", "before it could"],
        &["n2 crashes"],
        &[],
    );
    let down = "crash n2\nwait 10ms\nsnapshot n2\nexpect reply admin = refused\nwait 10ms";
    let absent = situation(
        &after(LED, down),
        WHY,
        &["n2 is down since 0.102 s, and takes none"],
        &["n2 crashes", "snapshot n2"],
        &["`restart n2` brings it back"],
    );
    never_says(&absent, &["before it could"]);
    let back = situation(
        &after(LED, &format!("{down}\nrestart n2\nwait 10ms")),
        WHY,
        &["n2 was down since 0.102 s, and took none"],
        &["snapshot n2"],
        &[],
    );
    never_says(&back, &["brings it back"]);
    // The same was said at the same instant before.
    let twice =
        "crash n1\nsnapshot n1\nrestart n1\nstop n1\nsnapshot n1\nexpect reply admin = pending";
    let frozen = situation(
        &after(LED, &format!("{twice}\nwait 50ms")),
        WHY,
        &["`snapshot n1` waits since", "n1 is stopped since"],
        &["n1 is stopped"],
        &["`resume n1` lets it go on"],
    );
    never_says(&frozen, &["before it could"]);
    // The newest is meant.
    situation(
        &after(
            LED,
            "put x 1 via n1\nwait 100ms\nsnapshot n1\nadd n4\nwait 5ms",
        ),
        WHY,
        &["`add n4` waits since"],
        &[],
        &[],
    );
}

#[test]
fn of_a_reboot_nobody_is_asked() {
    situation(
        &after(LED, "reboot n1,n2\nwait 10ms"),
        WHY,
        &["`reboot n1,n2` was carried out at once"],
        &["the whole cluster is stopped"],
        &[],
    );
}

#[test]
fn whoever_answers_and_never_catches_up_is_too_slow() {
    let behind = "cluster 3\nwait until leader\nrepeat 100\nput x 1\nwait until reply = ok\nend\n";
    let slow = "set max-append 1\nset inflight 1\nworkload 200/s clients 50\nadd n4\nwait until reply admin = refused within 60s";
    let answer = situation(
        &format!("{behind}{slow}"),
        "why reply admin",
        &["n4 answers, but too slowly to catch up"],
        &["add n4"],
        &[],
    );
    never_says(&answer, &["does not answer"]);
    situation(
        &after(
            LED,
            "add n4\nisolate n4\nwait until reply admin = refused within 60s",
        ),
        "why reply admin",
        &["n4 does not answer"],
        &["add n4"],
        &[],
    );
}

#[test]
fn who_crashed_does_not_have_what_it_was_asked() {
    let back = situation(
        &after(
            LED,
            "isolate n1\nadd n4\nwait 10ms\ncrash n1\nwait 10ms\nrestart n1\nwait 10ms",
        ),
        WHY,
        &["`add n4` waits since 0.102 s: n1 was asked, and crashed at 0.112 s before it answered"],
        &["add n4", "n1 crashes"],
        &["no live node leads"],
    );
    never_says(&back, &["has it"]);
    // It leads again, and does not know of it.
    let again = situation(
        &after(
            LED,
            "isolate n1\nadd n4\nwait 10ms\ncrash n1\nwait 400ms\nrestart n1\nheal\ntimeout n1\nwait until leader n1",
        ),
        WHY,
        &["n1 was asked, and crashed at"],
        &[],
        &["n1 is asked when nobody has answered for"],
    );
    never_says(&again, &["has it", "n1 leads now"]);
}

#[test]
fn what_was_never_handed_to_anybody_is_told() {
    let given_up = "set client-retries off\nadd n4\nwait 2s\nexpect reply admin = timeout";
    situation(
        &format!("cluster 3\nhold-timer all\n{given_up}"),
        WHY,
        &[
            "`add n4` was given at 0.000 s, and given up at 1.000 s: nobody led whom it could be handed to",
        ],
        &["add n4"],
        &[],
    );
    // It is newer than what was answered, and older than what waits.
    let newer = after(LED, &format!("remove n3\nwait 100ms\ncrash n1\n{given_up}"));
    let answer = situation(&newer, WHY, &["`add n4` was given at"], &[], &[]);
    never_says(&answer, &["remove n3"]);
    situation(
        &format!("{newer}\npromote n4"),
        WHY,
        &["`promote n4` waits since"],
        &[],
        &[],
    );
}

#[test]
fn members_are_what_they_are_by_what_was_refused_or_waits() {
    let script = after(LED, "isolate n4\nadd n5\nwait 10ms");
    let script = script.replace("isolate n4", "add n4\nisolate n4");
    situation(
        &script,
        "why members n1",
        &["The configuration of n1 is stable"],
        &["n1 answers admin request 2: refused", "add n5"],
        &[
            "`add n4` waits since 0.102 s",
            "`add n5`, at 0.102 s: refused, another change is under way",
            "rule one-change-at-a-time",
        ],
    );
    let done = situation(
        &after(
            LED,
            "remove n3\nwait until reply admin = ok\ntransfer n2\nwait 10ms",
        ),
        "why members",
        &[],
        &[],
        &[],
    );
    never_says(&done, &["waits since", "refused"]);
}

#[test]
fn a_newcomer_whose_disk_is_stalled_does_not_catch_up() {
    let stalled = "add n4 as learner\nwait until learners n1 = n4\nwait 100ms\ndisk n4 stall\nput x 1 via n1\nwait 50ms\npromote n4\nwait 50ms";
    let answer = situation(
        &after(LED, stalled),
        WHY,
        &["`promote n4` waits since"],
        &[],
        &[
            "n4 has no vote before it has caught up",
            "n4's disk is stalled since 0.202 s (`disk n4 stall`)",
        ],
    );
    never_says(&answer, &["n4 has caught up"]);
    // Who need not write first answers all the same.
    let careless = format!("rule sync-before-reply off\n{stalled}");
    let answer = situation(&after(LED, &careless), "why reply admin", &[], &[], &[]);
    never_says(&answer, &["stalled"]);
}

#[test]
fn whoever_has_caught_up_waits_for_the_others() {
    let answer = situation(
        &after(LED, "members n4,n5,n6\nwait 15ms\ncrash n4,n5\nwait 200ms"),
        WHY,
        &["`members n4,n5,n6` waits since"],
        &[],
        &[
            "n4 has no vote before it has caught up: n1 knows that it holds 0 of 2 entries",
            "n5 is down since",
            "n6 has caught up, and waits for n4 and n5",
        ],
    );
    never_says(&answer, &["n6 has no vote"]);
}
