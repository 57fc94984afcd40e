//! Why an entry is committed, and why it is not.

use super::{FIVE, LED, after, ask, never_says, passed, says, situation};

#[test]
fn an_entry_is_committed_when_a_majority_has_it() {
    let answer = situation(
        &after(
            LED,
            "latency 50ms n1<->n3\nput x 1 via n1\nwait until commit n1 = 2",
        ),
        "why commit 2",
        &[
            "Entry 2 is committed",
            "n1, leader of term 1",
            "n1 and n2: 2, and 2 are enough",
        ],
        &[
            "n1 commits 2",
            "n1 appends its own [2,t1 x = 1]",
            "c1 ▸ n1: x = 1",
            "put x 1",
            "n1's disk is synced",
            "n2 ▸ n1: arrives: my log matches yours to 2",
            "n2 appends [2,t1 x = 1] from n1",
        ],
        &[],
    );
    // The answer of n3 came too late to count.
    never_says(&answer, &["n3"]);
    assert!(answer.missing.is_empty());
}

#[test]
fn a_bare_majority_commits_while_the_others_are_down() {
    let answer = situation(
        &after(
            FIVE,
            "crash n4,n5\nput x 1 via n1\nwait until commit n1 = 2",
        ),
        "why committed 2",
        &["Entry 2 is committed", "n1, n2 and n3: 3, and 3 are enough"],
        &[
            "n2 ▸ n1: arrives: my log matches yours to 2",
            "n3 ▸ n1: arrives: my log matches yours to 2",
        ],
        &[],
    );
    never_says(&answer, &["n4", "n5"]);
}

/// n1 and n2 hold an entry of term 2, which n1, elected in term 3, brings to n3 (Figure 8, c).
const OLD_ENTRY: &str = "cluster 3
rule noop-on-election off
given n1 term 2 log 1 2 commit 1
given n2 term 2 log 1 2 commit 1
given n3 term 2 log 1 commit 1
hold-timer all
latency 10ms
timeout n1
wait until leader n1
wait until last n3 = 2
wait 60ms
expect commit n1 = 1
";

#[test]
fn an_entry_of_an_old_term_is_committed_along_with_one_of_the_leaders_own() {
    situation(
        &after(OLD_ENTRY, "put x 1 via n1\nwait until commit n1 = 3"),
        "why commit 2",
        &[
            "along with entry 3",
            "It is of term 2",
            "own term 3",
            "rule commit-current-term",
        ],
        &[
            "n1 commits 2 to 3",
            "n1 appends its own [3,t3 x = 1]",
            "put x 1",
        ],
        &[],
    );
}

#[test]
fn a_follower_commits_what_its_leader_tells_it() {
    situation(
        &after(LED, "put x 1 via n1\nwait until commit n2 = 2"),
        "why commit 2 on n2",
        &["n2 knows that entry 2 is committed", "applied the log to 2"],
        &["n2 commits 2", "n1 commits 2"],
        &[],
    );
}

#[test]
fn an_entry_of_an_old_term_is_not_committed_by_counting() {
    situation(
        OLD_ENTRY,
        "why not committed 2",
        &[
            "Entry 2 is not committed",
            "leader of term 3",
            "n1, n2 and n3: 3, and 2 would be enough",
        ],
        &["n1 does not commit 2, though a majority holds it"],
        &[
            "entry 2 is of term 2",
            "own term 3",
            "rule commit-current-term",
            "no entry of term 3 yet",
            "rule noop-on-election",
        ],
    );
}

#[test]
fn an_entry_on_the_smaller_side_of_a_partition_is_not_committed() {
    situation(
        &after(
            FIVE,
            "partition n1,n2 | n3,n4,n5\nput x 1 via n1\nwait 50ms",
        ),
        "why not committed 2",
        &["n1 and n2: 2 of the 3 needed"],
        &[
            "n1 appends its own [2,t1 x = 1]",
            "partition n1,n2 | n3,n4,n5",
        ],
        &[
            "n3 is cut off from n1 since",
            "n4 is cut off from n1 since",
            "n5 is cut off from n1 since",
            "(`partition n1,n2 | n3,n4,n5`)",
        ],
    );
}

#[test]
fn an_entry_is_not_committed_while_too_many_are_down() {
    situation(
        &after(LED, "crash n2,n3\nput x 1 via n1\nwait 50ms"),
        "why not commit 2",
        &["n1: 1 of the 2 needed"],
        &["n2 crashes", "n3 crashes", "crash n2,n3"],
        &["n2 is down since", "n3 is down since", "(`crash n2,n3`)"],
    );
}

#[test]
fn an_entry_is_not_committed_when_its_messages_are_lost() {
    situation(
        &after(LED, "loss 100% n1->n2,n3\nput x 1 via n1\nwait 20ms"),
        "why not committed 2",
        &["n1: 1 of the 2 needed"],
        &[],
        &[
            "n2 does not have entry 2: n1's message with it was lost on the way",
            "n3 does not have entry 2",
        ],
    );
}

#[test]
fn an_entry_is_not_committed_when_its_messages_are_dropped_by_hand() {
    situation(
        &after(
            LED,
            "drop append n1->n2,n3 count all\nput x 1 via n1\nwait 20ms",
        ),
        "why not committed 2",
        &["n1: 1 of the 2 needed"],
        &[],
        &["n2 does not have entry 2: n1's message with it was dropped by hand"],
    );
}

#[test]
fn a_follower_that_cannot_sync_does_not_count() {
    situation(
        &after(
            LED,
            "disk n2,n3 stall\nput x 1 via n1\nwait until last n2,n3 = 2\nwait 40ms",
        ),
        "why not committed 2",
        &["n1: 1 of the 2 needed"],
        &[],
        &[
            "n2 has entry 2 in memory only: its disk is stalled since",
            "(`disk n2,n3 stall`)",
            "rule sync-before-reply",
        ],
    );
}

#[test]
fn an_answer_on_its_way_does_not_count_yet() {
    situation(
        &after(
            LED,
            "latency 100ms n2,n3->n1\nput x 1 via n1\nwait until last n2,n3 = 2\nwait 20ms",
        ),
        "why not committed 2",
        &["n1: 1 of the 2 needed"],
        &[],
        &[
            "n2 has entry 2, and its answer to n1 is on its way",
            "n3 has entry 2, and its answer to n1 is on its way",
        ],
    );
}

#[test]
fn a_stopped_follower_does_not_count() {
    situation(
        &after(LED, "stop n2,n3\nput x 1 via n1\nwait 50ms"),
        "why not committed 2",
        &["n1: 1 of the 2 needed"],
        &[],
        &["n2 is stopped since", "(`stop n2,n3`)"],
    );
}

#[test]
fn what_nobody_holds_is_not_committed() {
    situation(
        LED,
        "why not committed 9",
        &["Entry 9 is not committed", "no node holds it"],
        &[],
        &["ends at 1"],
    );
}

#[test]
fn without_a_leader_nothing_is_committed() {
    situation(
        &after(
            LED,
            "isolate n1\nput x 1 via n1\nwait until last n1 = 2\nwait 20ms\ncrash n1",
        ),
        "why not committed 2",
        &["there is no leader", "n1 hold"],
        &[],
        &[
            "only a leader commits",
            "n2 and n3 could win",
            "the election timer is held",
        ],
    );
}

#[test]
fn a_configuration_that_never_changed_is_told_as_that_of_the_beginning() {
    let began = situation(
        LED,
        "why joint",
        &["The configuration of n1 is stable, as it began: voters n1, n2 and n3"],
        &[],
        &[],
    );
    assert!(began.steps.is_empty());
}

#[test]
fn a_joint_configuration_needs_both_majorities() {
    // Entry 4 is the joint configuration: on n1, n4 and n5, all of the new voters, and of the old
    // ones n1 alone.
    let script = after(
        LED,
        "add n4 as learner\nwait until reply admin = ok\nadd n5 as learner\nwait until reply admin = ok
wait until commit all = 3\npartition n1,n4,n5 | n2,n3\nmembers n1,n4,n5
wait until last n4,n5 = 4\nwait 50ms\nexpect last n2,n3 = 3",
    );
    let session = passed(&script);
    says(
        &ask(&session, "why not committed 4"),
        &[
            "n1 among the old voters: 1 of the 2 needed",
            "n1, n4 and n5 among the new voters: 3, and 2 are enough",
        ],
        &["partition n1,n4,n5 | n2,n3"],
        &[
            "rule separate-majorities",
            "n2 is cut off from n1",
            "n3 is cut off from n1",
        ],
    );
    says(
        &ask(&session, "why joint"),
        &[
            "The configuration of n1 is joint since",
            "from n1,n2,n3 to n1,n4,n5",
            "rule config-on-append",
        ],
        &["n1 uses the configuration at 4", "members n1,n4,n5"],
        &[
            "it ends when entry 4 is committed by both majorities",
            "n2 is cut off from n1",
        ],
    );
    says(
        &ask(&session, "why no reply admin"),
        &["`members n1,n4,n5` waits since", "n1 has it"],
        &[],
        &["the configuration at 4 is not committed"],
    );
}

#[test]
fn a_follower_that_is_cut_off_does_not_know_what_is_committed() {
    situation(
        &after(LED, "isolate n3\nput x 1 via n1\nwait until commit n2 = 2"),
        "why not commit 2 on n3",
        &["Entry 2 is committed, and n3 does not know it"],
        &[],
        &["n3 is cut off from n1 since", "(`isolate n3`)"],
    );
}

#[test]
fn a_request_that_waits_is_what_an_entry_waits_for() {
    for question in ["why no commit 2", "why no commit 2 on n2"] {
        situation(
            &after(LED, "crash n1\nput x 1 via n1\nwait 200ms"),
            question,
            &["Entry 2 is not committed: no node holds it"],
            &[],
            &[
                "no client's request has become entry 2 yet",
                "c1 waits since 0.102 s with x = 1",
                "the request to n1 was lost",
                "no live node leads",
            ],
        );
    }
    // One that is an entry waits for nothing of the kind, nor does a read.
    let answer = situation(
        &after(
            LED,
            "isolate n1\nput x 1 via n1\nget x by c2 via n1\nwait 50ms",
        ),
        "why no commit 3",
        &[],
        &[],
        &[],
    );
    never_says(&answer, &["waits since"]);
}

#[test]
fn an_entry_does_not_come_to_a_follower_whose_disk_is_stalled() {
    // n2 answers nothing, and n1 sends it nothing more.
    let stalled = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\ndisk n1 stall\ndisk n2 stall\ndisk n2 stall\nput x 1 via n1\nwait 500ms";
    let since = "n2's disk is stalled since 0.042 s (`disk n2 stall`)";
    let begins = "n2 does not have entry 2 yet: what n1 sends it next begins with 1; ";
    situation(
        stalled,
        "why not commit 2",
        &["Entry 2 is not committed"],
        &[],
        &[&format!("{begins}{since}")],
    );
}

#[test]
fn a_leader_learns_from_nobody_that_an_entry_is_committed() {
    let answer = situation(
        &after(
            LED,
            "put x 1 via n1\nwait until commit n1 = 2\nisolate n1\nwait 400ms\ntimeout n2\nwait until leader n2",
        ),
        "why commit 2 on n2",
        &["Entry 2 is committed, and n2 does not know it"],
        &[],
        &["entry 2 is of term 1: on a majority there must be an entry of n2's own term 2"],
    );
    never_says(&answer, &["n2's next message"]);
}

/// The new leader asks n2 first where their logs agree, and hears nothing: all that it sends
/// follows entry 2.
#[test]
fn a_follower_whose_disk_is_stalled_is_told_of_no_commit() {
    let answer = situation(
        &after(
            LED,
            "put x 1\nwait until commit all = 2\ndisk n2 stall\ntransfer n3\nwait until commit n3 = 3\nwait 2s\nexpect last n2 = 3 and commit n2 = 2",
        ),
        "why not commit 3 on n2",
        &["as far as it knows the log is committed to 2"],
        &[],
        &[
            "until n2 answers, n3's messages begin with 3, and commit nothing from there on; n2's disk is stalled since",
            "rule cap-commit-index",
        ],
    );
    never_says(&answer, &["n3's next message"]);
}

/// n1 appends x, which nobody hears of, and n2 commits a no-op in its place.
const CONFLICT: &str =
    "isolate n1\nput x 1 via n1\nwait 400ms\ntimeout n2\nwait until commit n2 = 2";

#[test]
fn who_holds_another_entry_there_is_told_so() {
    situation(
        &after(LED, CONFLICT),
        "why not commit 2 on n1",
        &["What it holds there is another entry, of term 1, and not the one of term 2."],
        &[],
        &[
            "the (2,t1) of n1 conflicts with it, and is cut",
            "rule truncate-on-conflict",
            "n1 is cut off from n2 since",
        ],
    );
}

/// Both entries are committed at once, by the answer of n2, whose disk is slow.
#[test]
fn each_of_two_entries_has_its_own_story_and_what_decided() {
    let two = "crash n3\ndisk n2 latency 100ms\nput x 1 by c1 via n1\nwait 1ms\nput y 2 by c2 via n1\nwait until reply c2 = ok";
    let session = passed(&after(LED, two));
    for (question, own, other) in [
        ("why commit 2", "x = 1", "c2 ▸ n1"),
        ("why commit 3", "y = 2", "c1 ▸ n1"),
        ("why reply c1", "x = 1", "c2 ▸ n1"),
    ] {
        let answer = ask(&session, question);
        let own = format!(
            "n1 appends its own [{}]",
            match own {
                "x = 1" => "2,t1 x = 1",
                _ => "3,t1 y = 2",
            }
        );
        says(
            &answer,
            &[],
            &[
                &own,
                "n2 ▸ n1: arrives: my log matches yours to",
                "n2's disk is synced",
            ],
            &[],
        );
        never_says(&answer, &[other]);
    }
}
