//! Why somebody leads, who was refused, and who stepped down.

use super::{FIVE, LED, Way, after, never_says, situation};

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
