//! Why nobody leads, and who could.

use super::{FIVE, LED, after, ask, never_says, passed, says, situation};

#[test]
fn nobody_is_elected_without_a_majority_that_runs() {
    situation(
        &after(LED, "crash n1,n2\nwait 1s"),
        "why no leader",
        &["No live node leads since", "n1 crashes"],
        &["n1 crashes", "crash n1,n2"],
        &[
            "too few run, n3: 1 of the 2 needed",
            "section 5.2",
            "n1 is down since",
            "n2 is down since",
        ],
    );
}

/// Who runs alone and was never told of a configuration counts for nobody's.
#[test]
fn a_newcomer_knows_of_no_majority() {
    for question in ["why no leader", "why role n4"] {
        let answer = situation(
            &after(
                LED,
                "isolate n1\nadd n4\nwait 10ms\ncrash n1,n2,n3\nwait 1s",
            ),
            question,
            &[],
            &[],
            &[
                "too few run, no node: 0 of the 2 needed",
                "n1 is down since",
            ],
        );
        never_says(&answer, &["of the 1 needed"]);
    }
}

#[test]
fn nobody_is_elected_where_no_side_is_a_majority() {
    situation(
        &after(
            FIVE,
            "partition n1,n2 | n3,n4 | n5\nwait 500ms\nexpect no leader",
        ),
        "why no leader",
        &[
            "No live node leads since",
            "n1 steps down",
            "rule check-quorum",
        ],
        &[
            "n1 steps down: no majority answered it in time",
            "partition n1,n2 | n3,n4 | n5",
        ],
        &[
            "n1 reaches n1 and n2: 2 of the 3 needed",
            "n3 reaches n3 and n4: 2 of the 3 needed",
            "n5 reaches n5: 1 of the 3 needed",
            "some links between n1, n2, n3, n4 and n5 are cut since",
        ],
    );
}

#[test]
fn who_is_cut_off_from_the_others_is_named() {
    let alone = "cluster 3\nhold-timer all\nisolate n3\nwait 300ms";
    situation(
        alone,
        "why no leader",
        &["No live node leads"],
        &[],
        &["n3 is cut off from n1 and n2 since"],
    );
    let apart = "cluster 5\nhold-timer all\npartition n3,n4,n5 | n1,n2\nwait 300ms";
    situation(
        apart,
        "why no leader",
        &["No live node leads"],
        &[],
        &["n1 and n2 are cut off from n3, n4 and n5 since"],
    );
}

/// n3 hears n1 first, n4 hears n2 first, and each has one vote in a term.
const SPLIT_VOTE: &str = "cluster 4\nrule pre-vote off\nhold-timer all\nlatency 10ms
latency 50ms n1<->n4\nlatency 50ms n2<->n3\nlatency 50ms n1<->n2\ntimeout n1,n2\nwait 150ms";

#[test]
fn nobody_is_elected_when_the_votes_are_split() {
    situation(
        SPLIT_VOTE,
        "why no leader",
        &["No live node leads"],
        &[],
        &[
            "the votes of term 1 are split: n1 has the votes of n1 and n3; n2 has the votes of n2 and n4",
            "rule vote-once",
            "n1 and n3: 2 of the 3 needed",
            "n2 and n4: 2 of the 3 needed",
        ],
    );
}

#[test]
fn nobody_is_elected_when_only_short_logs_ask() {
    // n3 is down, so that n1 and n2 need each other; n2's log is the longer one.
    situation(
        "cluster 3\ngiven n1 term 1 log 1\ngiven n2 term 1 log 1 1\nhold-timer all\nlatency 10ms
crash n3\ntimeout n1\nwait 100ms\nexpect no leader",
        "why no leader",
        &["none has led"],
        &["n2 refuses its pre-vote for n1"],
        &[
            "n1 cannot win: its log ends at (1,t1), and newer are the logs of n2",
            "rule election-restriction",
            "n2 could win, and nobody lets it begin",
            "n3 is down since",
        ],
    );
}

#[test]
fn nobody_is_elected_while_all_timers_are_held() {
    situation(
        "cluster 3\nhold-timer all\nwait 1s",
        "why no leader",
        &["No live node leads, and none has led yet."],
        &["hold-timer"],
        &[
            "n1, n2 and n3 could win, and nobody lets it begin: the election timer is held",
            "hold-timer n1,n2,n3",
        ],
    );
}

#[test]
fn nobody_is_elected_when_votes_come_back_too_late() {
    let answer = situation(
        "cluster 3\nlatency 400ms\nwait 2s\nexpect no leader",
        "why no leader",
        &["No live node leads"],
        &[],
        &["messages take 400ms, one way, and election timers fire after 150ms..300ms"],
    );
    assert!(!answer.missing.is_empty());
}

#[test]
fn a_question_or_an_answer_about_a_vote_that_was_lost_is_told() {
    let timers = "cluster 3\nhold-timer all\nlatency 10ms\n";
    let asked = after(
        timers,
        "drop pre-vote n1->n2,n3 count all\ntimeout n1\nwait 30ms",
    );
    let answer = situation(
        &asked,
        "why no leader",
        &["No live node leads"],
        &["n1 ▸ n2: dropped by hand"],
        &[
            "n1 asks whether it could win, and would have the votes of n1: 1 of the 2 needed",
            "n1 ▸ n2: dropped by hand",
            "n1 ▸ n3: dropped by hand",
        ],
    );
    never_says(&answer, &["has not come yet"]);
    // What is on its way may still come, and what was not lost is only late.
    let copied =
        "drop vote-reply n3->n1\nstop n2\ntimeout n1\nwait until role n1 candidate\nwait 5ms";
    let waits = situation(
        &after(timers, copied),
        "why no leader",
        &[],
        &[],
        &["n3's answer"],
    );
    never_says(&waits, &["dropped by hand"]);
    let lost = format!("{}\nwait 20ms", after(timers, copied));
    situation(
        &lost,
        "why no leader",
        &[],
        &[],
        &["n3 ▸ n1: dropped by hand"],
    );
}

#[test]
fn a_pre_vote_is_refused_to_a_log_that_is_behind() {
    situation(
        "cluster 3\ngiven n1 term 1 log 1\ngiven n2 term 1 log 1 1\ngiven n3 term 1 log 1 1
hold-timer all\nlatency 10ms\ntimeout n1\nwait 100ms",
        "why not leader n1",
        &[
            "n1 is a follower in term 1",
            "n1 gives up: a majority would not vote for it",
            "rule pre-vote",
        ],
        &[
            "n1 asks first",
            "n2 refuses its pre-vote for n1",
            "timeout n1",
        ],
        &[
            "its own log, to (2,t1), is newer than (1,t1)",
            "rule election-restriction",
        ],
    );
}

#[test]
fn a_candidate_is_refused_by_those_with_newer_logs() {
    let script = "cluster 3\nrule pre-vote off\ngiven n1 term 2 log 1 1\ngiven n2 term 2 log 1 2\ngiven n3 term 2 log 1 2
hold-timer all\nlatency 10ms\ntimeout n1\nwait 100ms";
    let session = passed(script);
    // The later last term counts more than the length (section 5.4.1).
    says(
        &ask(&session, "why not leader n1"),
        &["n1 campaigns for term 3", "n1: 1 of the 2 needed"],
        &["n2 refuses its vote for n1 in term 3"],
        &[
            "its own log, to (2,t2), is newer than (2,t1)",
            "rule election-restriction",
        ],
    );
    says(
        &ask(&session, "why vote n2"),
        &["n2 has voted for nobody in term 3"],
        &["n2 refuses its vote for n1 in term 3"],
        &["rule election-restriction"],
    );
}

#[test]
fn a_node_votes_once_in_a_term() {
    situation(
        SPLIT_VOTE,
        "why vote n3",
        &["n3 voted for n1 in term 1"],
        &["n3 votes for n1 in term 1", "n1 campaigns for term 1"],
        &[
            "n3 refuses its vote for n2 in term 1: it has voted for n1",
            "rule vote-once",
        ],
    );
}

/// n2 knows of the joint configuration only, n3 of the one that follows it.
const LEFT_JOINT: &str = "cluster 3\nlatency 1ms\nhold-timer all\ntimeout n1\nwait until leader n1\n\
    wait 20ms\ndrop append n1->n2 nth 2 count all\nmembers n2\nwait until last n3 = 3 within 40ms\n\
    crash n1\nwait 5ms\n";

#[test]
fn a_candidate_counts_votes_by_its_own_configuration() {
    let answer = situation(
        &format!("{LEFT_JOINT}timeout n2\nwait 1ms"),
        "why leader",
        &["No live node leads"],
        &[],
        &[
            "n2 cannot win: its log ends at (2,t1), and newer are the logs of n3",
            "n3 could win, and nobody lets it begin",
            "n1 is down",
        ],
    );
    never_says(&answer, &["1, and 1 are enough"]);
    situation(
        &format!("{LEFT_JOINT}rule election-restriction off\ntimeout n2"),
        "why leader",
        &["No live node leads"],
        &[],
        &["would have the votes of n2 among the old voters: 1 of the 2 needed"],
    );
    // All that n3 needs is the vote of n2, once that does not hear n1 any more.
    passed(&format!(
        "{LEFT_JOINT}wait 400ms\ntimeout n3\nwait until leader n3 within 20ms"
    ));
}
