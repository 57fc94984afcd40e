//! Why a node is what it is: its membership, its log, its term, its life.

use raft_playground::world::Event;

use super::{LED, after, ask, never_says, passed, says, situation};

#[test]
fn a_removed_node_knows_that_it_has_left() {
    situation(
        "cluster 4\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nremove n4\nwait until role n4 removed",
        "why role n4",
        &[
            "n4 is no member of the cluster any more",
            "n4 has left the cluster",
        ],
        &["n4 commits", "remove n4"],
        &[],
    );
}

#[test]
fn a_learner_has_no_vote() {
    let session = passed(&after(
        LED,
        "add n4 as learner\nwait until reply admin = ok\nwait until role n4 learner\nwait 50ms",
    ));
    says(
        &ask(&session, "why vote n4"),
        &["n4 has no vote", "rule learners-do-not-vote"],
        &[],
        &[],
    );
    says(
        &ask(&session, "why role n4"),
        &["n4 is a learner", "rule learners-do-not-vote"],
        &["add n4 as learner"],
        &[],
    );
}

#[test]
fn a_snapshot_stands_for_entries_that_are_gone() {
    situation(
        &after(
            LED,
            "isolate n2\nput a 1 via n1\nwait until reply = ok\nsnapshot n1\nheal\nwait until snapshot n2 = 2",
        ),
        "why log n2 2",
        &["n2 holds entry 2 as part of a snapshot up to 2"],
        &[
            "n2 installs the snapshot of n1 up to (2,t1)",
            "n1 takes a snapshot up to (2,t1)",
            "snapshot n1",
        ],
        &[],
    );
}

/// n1 has entry 2 of term 1 alone; n2, elected in term 2, has another one there.
const OVERWRITTEN: &str = "isolate n1\nput x lost via n1\nwait until last n1 = 2\nwait 300ms\ntimeout n2\nwait until leader n2\nheal\nwait until log n1 = 1 2\nwait 20ms";

#[test]
fn an_entry_that_conflicts_with_the_leaders_is_removed() {
    situation(
        &after(LED, OVERWRITTEN),
        "why log n1 2",
        &["n1 holds entry 2, of term 2: n2 sent it"],
        &[
            "n1 appends [2,t2 no-op] from n2",
            "n1 removes 1 entry from 2 on",
            "rule truncate-on-conflict",
        ],
        &[],
    );
}

#[test]
fn an_entry_that_was_not_synced_is_lost_in_a_crash() {
    situation(
        &after(
            LED,
            "set parallel-disk off\ndisk n1 stall\nput x 1 via n1\nwait until last n1 = 2\nwait 20ms\ncrash n1\nrestart n1\nwait 20ms",
        ),
        "why not log n1 2",
        &["n1 does not hold entry 2 any more", "lost in the crash"],
        &["n1 crashes", "crash n1", "n1 appends its own [2,t1 x = 1]"],
        &["it was not on its disk yet", "rule sync-before-reply"],
    );
}

#[test]
fn a_node_that_is_cut_off_lacks_entries() {
    situation(
        &after(LED, "isolate n3\nput x 1 via n1\nwait until commit n2 = 2"),
        "why not log n3 2",
        &["n3 does not hold entry 2: its log ends at 1"],
        &["isolate n3"],
        &["n3 is cut off from n1 since"],
    );
}

#[test]
fn a_term_comes_from_whoever_campaigned() {
    situation(
        LED,
        "why term n3",
        &["n3 is in term 1 since", "told by n1", "n1 began that term"],
        &["n3 moves to term 1, told by n1", "n1 campaigns for term 1"],
        &[],
    );
}

#[test]
fn a_node_is_down_by_a_statement() {
    situation(
        &after(LED, "crash n2\nwait 1s"),
        "why down n2",
        &["n2 is down since", "(`crash n2`)", "the log to 1"],
        &["n2 crashes", "crash n2"],
        &["`restart n2`"],
    );
}

/// A `crash` and a `stop` that are long over are no reason, and chaos has no line in the journal.
#[test]
fn a_node_is_down_by_what_took_it_down() {
    let answer = situation(
        &after(
            LED,
            "crash n2\nwait 100ms\nrestart n2\nwait 300ms\nreboot n1,n3\nwait 500ms",
        ),
        "why down n2",
        &["n2 is down since", "(`reboot n1,n3`)"],
        &["n2 crashes", "reboot n1,n3"],
        &[],
    );
    never_says(&answer, &["crash n2"]);

    let session = passed(
        "cluster 3\nwait until leader\ncrash all\nwait 10ms\nrestart all\nwait 1s\nchaos on\nwait until role any n1,n2,n3 down within 60s",
    );
    let view = session.world().view();
    let down = view.nodes.iter().find(|node| node.role().is_none());
    let down = down.expect("one is down");
    let answer = ask(&session, &format!("why down {}", down.name));
    let mut held = session.world().trace().records().rev();
    let command = held.find_map(|record| match &record.event {
        Event::Command(text) if record.at == down.since => Some(text),
        _ => None,
    });
    let command = command.expect("chaos says what it does");
    says(&answer, &[&format!("(`{command}`)")], &[], &[]);
}

#[test]
fn a_node_is_stopped_by_a_statement() {
    situation(
        &after(LED, "stop n1\nwait 1s"),
        "why role n1",
        &[
            "n1 is stopped since",
            "(`stop n1`)",
            "takes itself for a leader",
        ],
        &["n1 is stopped", "stop n1", "n1 becomes leader of term 1"],
        &["`resume n1`"],
    );
}

/// Several may campaign for one term: the first of them began it.
#[test]
fn a_term_was_begun_by_who_campaigned_first() {
    let session = passed(
        "cluster 3\nrule pre-vote off\nhold-timer all\nlatency 20ms\ntimeout n1\nwait 5ms\ntimeout n2\nwait 50ms",
    );
    says(
        &ask(&session, "why term n3"),
        &["n3 moves to term 1, told by n1. n1 began that term at"],
        &[],
        &[],
    );
    let second = ask(&session, "why term n2");
    says(&second, &["n2 moves to term 1 to campaign."], &[], &[]);
    never_says(&second, &["began that term"]);
}

#[test]
fn a_leader_that_is_frozen_is_told_as_that() {
    situation(
        &after(
            LED,
            "isolate n1\nput x 1 via n1\nwait 50ms\nstop n1\nwait 10ms",
        ),
        "why no commit 2",
        &["n1, leader of term 1 and frozen, counts it on n1: 1 of the 2 needed"],
        &[],
        &["n1 is stopped since"],
    );
}

#[test]
fn one_server_holds_and_several_hold() {
    situation(
        &after(
            LED,
            "isolate n1\nput x 1 via n1\nwait 50ms\ncrash n1\nwait 10ms",
        ),
        "why no commit 2",
        &["n1 holds it, and there is no leader"],
        &[],
        &[],
    );
}

#[test]
fn a_stalled_disk_is_why_an_entry_is_not_safe() {
    situation(
        &after(LED, "disk n2 stall\nput x 1 via n1\nwait 30ms"),
        "why log n2 2",
        &["it is in memory only, as its disk is stalled since 0.102 s (`disk n2 stall`)"],
        &[],
        &[],
    );
    situation(
        &after(
            LED,
            "set parallel-disk off\ndisk n1 stall\nput x 1 via n1\nwait 30ms",
        ),
        "why log n2 2",
        &["n2 does not hold entry 2"],
        &[],
        &["`parallel-disk` is off; its disk is stalled since 0.102 s (`disk n1 stall`)"],
    );
}

#[test]
fn what_a_node_lacks_is_said_once() {
    let not_served = situation(
        &after(LED, "add n4 via n2\nwait 5ms"),
        "why log n4 1",
        &["n4 does not hold entry 1: its log is empty."],
        &[],
        &["n4 is not in the configuration of n1, who leads"],
    );
    let waits = "set inflight 1\nlatency 50ms n1<->n3\nput x 1 via n1\nwait 15ms\nput y 2 via n1 by c2\nwait 20ms";
    let waits = situation(
        &after(LED, waits),
        "why log n3 3",
        &["n3 does not hold entry 3: its log ends at 1."],
        &[],
        &["n3 does not have entry 3 yet: what n1 sends it next begins with 3"],
    );
    for answer in [not_served, waits] {
        assert_eq!(answer.missing.len(), 1, "{}", super::text(&answer));
    }
    // Whoever is to send it stands still.
    situation(
        &after(
            LED,
            "isolate n3\nput x 1 via n1\nwait 50ms\nstop n1\nheal\nwait 50ms",
        ),
        "why log n3 2",
        &["n3 does not hold entry 2: its log ends at 1."],
        &["stop n1"],
        &["n1 is stopped since"],
    );
}

#[test]
fn a_disk_that_was_emptied_has_lost_what_was_on_it() {
    let answer = situation(
        &after(
            LED,
            "put x 1 via n1\nwait until applied all = 2\ncrash n3\nwipe n3\nrestart n3\nwait 1ms",
        ),
        "why log n3 2",
        &["n3 does not hold entry 2 any more: its disk was emptied at"],
        &["disk is emptied"],
        &[],
    );
    never_says(&answer, &["lost in the crash", "not on its disk"]);
    situation(
        LED,
        "why log n1 7",
        &["n1 does not hold entry 7: its log ends at 1"],
        &[],
        &["it leads: the next request becomes entry 2"],
    );
}

#[test]
fn a_server_that_is_left_out_goes_on_until_it_knows_that_it_is() {
    let left_out = "n3's own configuration, entry 3, leaves it out: it is removed only when it knows that this is committed";
    let removed = after(LED, "remove n3\nwait until reply admin = ok");
    situation(
        &removed,
        "why role n3",
        &["n3 is a follower in term 1"],
        &[],
        &[
            left_out,
            "n1's next message tells n3 how far the log is committed",
        ],
    );
    let knows = situation(
        &format!("{removed}\nwait until role n3 removed"),
        "why role n3",
        &["n3 is no member of the cluster any more"],
        &[],
        &[],
    );
    never_says(&knows, &["leaves it out"]);
    let apart = situation(
        &after(LED, "isolate n3\nremove n3\nwait until reply admin = ok"),
        "why role n3",
        &[],
        &[],
        &[
            "the configuration of n1, who leads, entry 3, leaves n3 out: n3 does not have that entry, and is removed only when it knows that this is committed",
            "n3 is cut off from n1 since",
        ],
    );
    never_says(&apart, &["n1's next message"]);
    let campaigns = "isolate n3\nremove n3\nwait until reply admin = ok\ntimeout n3\nwait 10ms\nexpect role n3 pre-candidate";
    situation(
        &after(LED, campaigns),
        "why role n3",
        &["n3 asks since"],
        &[],
        &["the configuration of n1, who leads, entry 3, leaves n3 out"],
    );
    // Who stays is told nothing of it.
    let stays = situation(&removed, "why role n2", &[], &[], &[]);
    never_says(&stays, &["leaves"]);
}

#[test]
fn a_follower_at_rest_is_not_told_what_came_after_it_had_given_up() {
    // n2 asks whether it could win, hears of the leader of term 1, and is refused afterwards.
    let script = "cluster 3\nhold-timer all\nlatency 10ms\nlatency 40ms n2->n1\nlatency 40ms n2->n3\ntimeout n2\nrule pre-vote off\nwait 1ms\ntimeout n1\nwait 300ms";
    let answer = situation(
        script,
        "why role n2",
        &["n2 is a follower in term 1, and follows n1"],
        &[],
        &[],
    );
    never_says(&answer, &["refuses"]);
    // What it was refused before says why it does not lead, and when.
    let refused = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait 50ms\ntimeout n2\nwait 300ms";
    situation(
        refused,
        "why role n2",
        &[],
        &[],
        &["at 0.102 s: n1 refuses its pre-vote for n2"],
    );
}

#[test]
fn a_server_that_is_down_knows_of_no_commit() {
    let answer = situation(
        &after(LED, "crash n1"),
        "why log n1 1",
        &["it is on its disk, and what it knew of commits went with its memory."],
        &[],
        &["n1 is down since"],
    );
    never_says(&answer, &["it does not know yet"]);
}

#[test]
fn without_a_leader_the_configuration_is_that_of_a_server_that_runs() {
    let down = "crash n1\nwait 1ms";
    situation(
        &after(LED, down),
        "why config",
        &["The configuration of n2 is"],
        &[],
        &[],
    );
    let newcomer = after(LED, "crash n1,n2\nadd n4\nwait 100ms");
    let answer = situation(
        &newcomer,
        "why vote n4",
        &["n4 has no vote: no server knows of a configuration with it"],
        &[],
        &[],
    );
    never_says(&answer, &["learner"]);
}

#[test]
fn refusals_of_an_election_that_was_won_are_no_reason() {
    // n1 was refused by n2, which campaigned too, and was elected by n3.
    let answer = situation(
        "cluster 3\nrule pre-vote off\nhold-timer all\nlatency 10ms\ntimeout n1,n2\ndrop vote n2->n3\nwait until leader n1\nwait 400ms\ntransfer n2\nwait until leader n2\nwait 100ms",
        "why role n1",
        &["n1 is a follower in term 2, and follows n2"],
        &[],
        &[],
    );
    assert!(answer.missing.is_empty(), "{answer:?}");
}

#[test]
fn the_cut_from_the_leader_is_named() {
    situation(
        "cluster 3\nhold-timer n2,n3\nlatency 10ms\nhold-timer n1\ntimeout n2\nwait until leader n2\ncut n2->n1\nrelease-timer n1\nwait 1s",
        "why role n1",
        &["n1 "],
        &["cut n2->n1"],
        &["nothing passes from n2 to n1 since 0."],
    );
}

#[test]
fn a_leader_that_is_cut_off_is_told_who_leads() {
    situation(
        &after(
            LED,
            "rule check-quorum off\nisolate n1\nwait 400ms\ntimeout n2\nwait until leader n2",
        ),
        "why role n1",
        &[
            "n1 leads term 1 since",
            "n2 leads term 2, and n1 has not heard of that.",
        ],
        &["isolate n1"],
        &["n1 is cut off from n2 and n3 since"],
    );
}

#[test]
fn a_vote_is_told_with_what_was_refused_in_its_term() {
    let answer = situation(
        "cluster 3\nrule pre-vote off\nhold-timer all\nlatency 10ms\nlatency 60ms n2->n3\ntimeout n1\ntimeout n2\nwait until leader n1\nwait 100ms\ntransfer n2\nwait until leader n2\nwait 100ms",
        "why vote n3",
        &["n3 voted for n2 in term 2"],
        &[],
        &[],
    );
    never_says(&answer, &["in term 1"]);
}

#[test]
fn whom_a_word_means_is_named_in_the_title() {
    let answer = ask(&passed(LED), "why role leader");
    assert_eq!(answer.title, "What is n1 now, and why?");
    assert_eq!(answer.question, "why role leader");
}
