//! Why somebody leads, why nobody does, who was refused, and who stepped down.

use super::{FIVE, LED, Way, after, ask, never_says, passed, says, situation};

#[test]
fn a_leader_is_elected_by_a_majority_after_its_timer_fired() {
    let answer = situation(
        "cluster 3\nhold-timer n2,n3\nlatency 10ms\nlatency 50ms n1<->n3\nwait until leader",
        "why leader",
        &["n1 leads term 1", "n1 and n2: 2, and 2 are enough"],
        &[
            "n1 becomes leader of term 1",
            "n1 campaigns for term 1",
            "n1 asks first whether it could win an election",
            "n1's election timer fires",
            "n2 votes for n1 in term 1",
        ],
        &[],
    );
    never_says(&answer, &["n3 votes"]);
}

#[test]
fn a_leader_follows_one_that_crashed() {
    situation(
        &after(
            LED,
            "wait 100ms\nrelease-timer n2\ncrash n1\nwait until leader n2",
        ),
        "why leader n2",
        &["n2 leads term 2", "n2 and n3: 2, and 2 are enough"],
        &[
            "n2's election timer fires",
            "n1 crashes",
            "crash n1",
            "n3 votes for n2 in term 2",
        ],
        &[],
    );
}

#[test]
fn a_leader_takes_over_by_transfer() {
    situation(
        &after(LED, "wait 50ms\ntransfer n2\nwait until leader n2"),
        "why leader",
        &["n2 leads term 2", "handed leadership over"],
        &[
            "n1 hands leadership over to n2",
            "admin ▸ n1: transfer to n2",
            "transfer n2",
            "campaigns for term 2 at once",
        ],
        &[],
    );
}

#[test]
fn a_timer_fired_by_hand_is_told_as_such() {
    situation(
        LED,
        "why role n1",
        &["n1 leads term 1"],
        &[
            "n1's election timer fires: it was set off by hand",
            "timeout n1",
        ],
        &[],
    );
}

#[test]
fn a_follower_follows_whom_it_hears() {
    situation(
        &after(LED, "wait 100ms"),
        "why role n3",
        &["n3 is a follower in term 1, and follows n1, heard last at"],
        &[
            "n1 ▸ n3: arrives: heartbeat of term 1",
            "n1 becomes leader of term 1",
        ],
        &[],
    );
}

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

#[test]
fn a_node_that_hears_a_leader_grants_no_vote() {
    situation(
        &after(LED, "rule pre-vote off\ntimeout n3\nwait 25ms"),
        "why not leader n3",
        &["n3 campaigns for term 2", "n3: 1 of the 2 needed"],
        &["n2 refuses its vote for n3 in term 2"],
        &[
            "n2 refuses its vote for n3 in term 2: it hears n1 lead",
            "rule leader-stickiness",
        ],
    );
}

#[test]
fn a_node_that_hears_a_leader_grants_no_pre_vote() {
    situation(
        &after(LED, "timeout n3\nwait 100ms"),
        "why role n3",
        &["n3 is a follower in term 1, and follows n1"],
        &["n2 refuses its pre-vote for n3 in term 2"],
        &["it hears n1 lead", "rule leader-stickiness"],
    );
}

#[test]
fn a_leader_steps_down_when_it_sees_a_higher_term() {
    situation(
        &after(
            LED,
            "rule pre-vote off\nrule leader-stickiness off\nwait 50ms\ntimeout n2\nwait until leader n2\nwait 50ms",
        ),
        "why role n1",
        &[
            "n1 is a follower in term 2, and follows n2",
            "it saw term 2",
            "rule reject-stale-term",
        ],
        &[
            "n1 steps back to follower",
            "n2 campaigns for term 2",
            "timeout n2",
        ],
        &[],
    );
}

#[test]
fn a_leader_steps_down_when_it_hears_no_majority() {
    situation(
        &after(LED, "isolate n1\nwait 500ms"),
        "why role n1",
        &[
            "n1 is a follower in term 1, and knows no leader",
            "no majority answered it in time",
            "rule check-quorum",
        ],
        &["n1 checks that a majority still answers it", "isolate n1"],
        &[],
    );
}

#[test]
fn a_leader_that_is_removed_steps_down() {
    situation(
        &after(LED, "remove n1\nwait until role n1 removed"),
        "why role n1",
        &["n1 is no member of the cluster any more"],
        &[
            "n1 steps down: it is no voter of the committed configuration",
            "n1 commits",
        ],
        &[],
    );
}

#[test]
fn a_leader_that_stands_still_is_told_with_what_keeps_others_from_leading() {
    situation(
        &after(LED, "stop n1\ncrash n3\nwait 1s"),
        "why leader",
        &[
            "n1 is stopped since",
            "takes itself for a leader",
            "No node that runs leads",
        ],
        &["n1 is stopped", "stop n1", "n3 crashes"],
        &[
            "`resume n1`",
            "too few run, n2: 1 of the 2 needed",
            "section 5.2",
            "n3 is down since",
        ],
    );
    situation(
        &after(LED, "stop n1\nwait 1s"),
        "why leader",
        &["No node that runs leads"],
        &[],
        &["n2 and n3 could win, and nobody lets it begin: the election timer is held"],
    );
}

#[test]
fn every_leader_is_told_with_what_it_has_not_heard() {
    let elected = "timeout n3\nwait until leader n3\nexpect leaders = 2";
    let cut_off = "rule check-quorum off\npartition n1,n2 | n3,n4,n5\nwait 400ms";
    situation(
        &after(FIVE, &format!("{cut_off}\n{elected}")),
        "why leader",
        &[
            "n3 leads term 2 since",
            "n1 leads term 1 too, and has not heard of a newer one",
        ],
        &["n3 becomes leader of term 2", "partition n1,n2 | n3,n4,n5"],
        &[
            "n1 is cut off from n3, n4 and n5 since",
            "(`partition n1,n2 | n3,n4,n5`)",
        ],
    );
    situation(
        &after(FIVE, &format!("stop n1\nwait 400ms\n{elected}")),
        "why leader",
        &["n3 leads term 2 since", "n1 leads term 1 too"],
        &["stop n1"],
        &["n1 is stopped since"],
    );
    // Nothing stands between them: it is a matter of time.
    let late = "rule leader-stickiness off\nrule pre-vote off\nlatency 200ms n2,n3,n4,n5->n1";
    let late = situation(
        &after(FIVE, &format!("{late}\n{elected}")),
        "why leader",
        &["n1 leads term 1 too"],
        &[],
        &["a message of a newer term to n1 is on its way since"],
    );
    assert!(
        late.missing
            .iter()
            .all(|missing| missing.way == Way::ByItself)
    );
    let alone = situation(LED, "why leader", &["n1 leads term 1"], &[], &[]);
    never_says(&alone, &["too", "No node"]);
}

#[test]
fn a_stalled_disk_keeps_a_candidate_from_asking() {
    let answer = situation(
        "cluster 3\nset election-timeout 150ms..151ms on n2\ndisk all stall\nwait 200ms",
        "why no leader",
        &["No live node leads"],
        &[],
        &[
            "n2 votes for itself and asks the others when that is on its disk, but its disk is stalled since 0.000 s (`disk n1,n2,n3 stall`)",
            "n3 could win, but its disk is stalled",
        ],
    );
    never_says(
        &answer,
        &["has not come yet", "are split", "timer fires in"],
    );
    situation(
        "cluster 3\nhold-timer all\nlatency 10ms\ndisk n2,n3 stall\nrule pre-vote off\ntimeout n1\nwait 50ms",
        "why no leader",
        &["No live node leads"],
        &[],
        &["n2's answer has not come yet: its disk is stalled since 0.000 s (`disk n2,n3 stall`)"],
    );
}

#[test]
fn what_was_refused_has_its_instant() {
    situation(
        "cluster 3\nlatency 10ms\nhold-timer all\ntimeout n1\nwait until leader n1\nwait 85ms\ncrash n1\nwait 20ms\ntimeout n2\nwait 10s",
        "why role n2",
        &["n2 asks since"],
        &[],
        &["at 0.157 s: n3 refuses its pre-vote for n2 in term 2: it hears n1 lead"],
    );
}

/// What a leader did behind a cut could not be noticed on the other side of it.
#[test]
fn a_leader_behind_a_cut_is_followed_because_of_the_cut() {
    let answer = situation(
        &after(
            LED,
            "wait 100ms\npartition n1 | n2,n3\nwait 800ms\nexpect role n1 follower\n\
             release-timer n3\nwait until leader n3",
        ),
        "why leader n3",
        &["n3 leads term"],
        &[
            "n3's election timer fires",
            "lost, the link is cut: heartbeat",
            "partition n1 | n2,n3",
        ],
        &[],
    );
    never_says(&answer, &["n1 steps down"]);
}

/// A timer may fire again before the pre-vote that it began is decided.
#[test]
fn a_campaign_follows_the_timer_that_began_it() {
    let answer = situation(
        &after(
            LED,
            "wait 400ms\ncrash n1\ntimeout n2\nwait 1ms\nrule pre-vote off\ntimeout n2",
        ),
        "why role n2",
        &["n2 campaigns for term 2"],
        &["n2's election timer fires", "timeout n2"],
        &[],
    );
    never_says(&answer, &["asks first whether it could win"]);
}

#[test]
fn a_lost_pre_vote_lets_no_timer_fire() {
    let answer = situation(
        &after(
            LED,
            "wait 100ms\nisolate n1\nrelease-timer n1\nwait 700ms\nrelease-timer n2\nwait until leader",
        ),
        "why leader",
        &["leads term 2"],
        &["lost, the link is cut: heartbeat of term 1", "isolate n1"],
        &[],
    );
    never_says(&answer, &["lost, the link is cut: would you"]);
}

#[test]
fn who_isolated_a_node_that_was_half_cut_off_already_is_told_whole() {
    situation(
        "cluster 3\nhold-timer all\ncut n1->n3\nisolate n3\nwait 300ms",
        "why no leader",
        &["No live node leads"],
        &[],
        &["n3 is cut off from n1 and n2 since 0.000 s (`isolate n3`)"],
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
