//! `why` in prepared situations. What each answer must say is written from the rules of the paper
//! and the dissertation: who must have voted, on which servers an entry must be, which rule
//! forbids it; not from what was answered.

#[path = "fixtures/run.rs"]
mod run;

use std::sync::Arc;

use raft_playground::command::{Script, Statement, Why};
use raft_playground::script::demos::DEMOS;
use raft_playground::script::{Outcome, Player, Progress, stage};
use raft_playground::session::{Answer, Manner, Session};
use raft_playground::world::{Event, Hosts};

/// Three servers; timers fire by hand, messages take 10 ms, and n1 leads term 1.
const LED: &str = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait until commit all = 1\n";
/// The same with five.
const FIVE: &str = "cluster 5\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait until commit all = 1\n";

/// Plays a script, of which everything held must be expected to the end.
fn play(script: &str) -> Session {
    let (mut session, mut player) = run::set_up("why.raft", script, Some(7), Hosts::Inline);
    session.go_on(Hosts::Inline, 20_000);
    assert_eq!(player.run(&mut session), Outcome::Passed, "{script}");
    session
}

fn ask(session: &Session, question: &str) -> Answer {
    let names: Vec<_> = session.world().view().nodes;
    let names: Vec<_> = names.into_iter().map(|node| node.name).collect();
    match Statement::parse(question, &names, true) {
        Ok(Statement::Why(why)) => answer(session, &why),
        other => panic!("{question}: {other:?}"),
    }
}

/// Asks, and sees to what holds of every answer.
fn answer(session: &Session, why: &Why) -> Answer {
    let answer = session.why(why);
    assert_eq!(
        answer,
        session.why(why),
        "the same question has the same answer"
    );
    assert!(!answer.headline.is_empty());
    assert!(answer.steps.len() <= 12, "{}", text(&answer));
    let mut events: Vec<_> = answer.steps.iter().filter_map(|step| step.event).collect();
    events.sort_unstable();
    events.dedup();
    let told = answer.steps.iter().filter(|step| step.event.is_some());
    assert_eq!(events.len(), told.count(), "a step stands there once");
    for step in &answer.steps {
        assert!(step.at <= session.now(), "{}", text(&answer));
    }
    for (place, step) in answer
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.depth > 0)
    {
        let mut above = answer.steps[..place].iter().rev();
        let led_to = above.find(|above| above.depth < step.depth);
        let later = |led_to: &raft_playground::session::why::Step| led_to.at >= step.at;
        assert!(led_to.is_some_and(later), "{}", text(&answer));
        // Where steps in between were left out, what led to them has moved up.
        let above = &answer.steps[place - 1];
        assert!(step.depth <= above.depth + 1, "{}", text(&answer));
    }
    answer
}

fn text(answer: &Answer) -> String {
    let steps = answer.steps.iter().map(|step| {
        let (at, indent) = (step.at, 2 * step.depth);
        format!("  {at:>9} {:indent$}{}", "", step.words)
    });
    let missing = answer.missing.iter().map(|it| format!("  - {}", it.words));
    let lines: Vec<String> = steps.chain(missing).collect();
    format!(
        "{}\n{}\n{}",
        answer.question,
        answer.headline,
        lines.join("\n")
    )
}

/// What an answer must say, part by part: in its headline, in its steps, of what is missing.
#[track_caller]
fn says(answer: &Answer, headline: &[&str], steps: &[&str], missing: &[&str]) {
    let text = text(answer);
    for words in headline {
        assert!(
            answer.headline.contains(words),
            "no `{words}` in the headline of:\n{text}"
        );
    }
    for words in steps {
        let told = answer.steps.iter().any(|step| step.words.contains(words));
        assert!(told, "no step `{words}` in:\n{text}");
    }
    for words in missing {
        let told = answer.missing.iter().any(|it| it.words.contains(words));
        assert!(told, "`{words}` is not missing in:\n{text}");
    }
}

#[track_caller]
fn never_says(answer: &Answer, unwanted: &[&str]) {
    let text = text(answer);
    for words in unwanted {
        assert!(!text.contains(words), "`{words}` in:\n{text}");
    }
}

#[track_caller]
fn situation(
    script: &str,
    question: &str,
    headline: &[&str],
    steps: &[&str],
    missing: &[&str],
) -> Answer {
    let answer = ask(&play(script), question);
    says(&answer, headline, steps, missing);
    answer
}

fn after(stage: &str, script: &str) -> String {
    format!("{stage}{script}")
}

// Committed

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

// Not committed

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
            "it is of term 2",
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
            "n2 does not have it: n1's message with it was lost on the way",
            "n3 does not have it",
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
        &["n2 does not have it: n1's message with it was dropped by hand"],
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
            "n2 has it in memory only: its disk is stalled since",
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
            "n2 has it, and its answer to n1 is on its way",
            "n3 has it, and its answer to n1 is on its way",
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
    let session = play(&script);
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
        &["pending"],
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

// Who leads

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

// Nobody leads

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
            "links between them are cut since",
        ],
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

// Refused

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
    let session = play(script);
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

// Stepping down

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

// Members

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
    let session = play(&after(
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

// Logs

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

// Terms

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

// Clients

#[test]
fn a_client_is_answered_when_its_entry_is_committed() {
    situation(
        &after(LED, "put x 1 via n1\nwait until reply = ok"),
        "why reply",
        &["from n1", "c1 request 1: done"],
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

// What a person did

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

    let session = play(
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

// Events

#[test]
fn any_event_has_its_causes() {
    let session = play(&after(LED, "wait 50ms\ncrash n1"));
    let crash = session
        .world()
        .trace()
        .records()
        .find(|record| record.event == Event::Crash);
    let id = crash.map_or(0, |crash| crash.id);
    let answer = ask(&session, &format!("why event {id}"));
    says(&answer, &["n1 crashes"], &["n1 crashes", "crash n1"], &[]);
    let unknown = ask(&session, "why event 999999");
    says(&unknown, &["has not happened yet"], &[], &[]);
}

#[test]
fn a_violation_is_led_back_to_what_led_to_it() {
    let script = include_str!("rules/commit-current-term.raft");
    situation(
        script,
        "why violation",
        &["leader-completeness is violated"],
        &["n5 becomes leader of term 5", "n1 commits"],
        &[],
    );
}

#[test]
fn what_is_no_longer_held_is_said() {
    let (mut session, mut player) =
        run::set_up("why.raft", &after(LED, "wait 20s"), Some(7), Hosts::Inline);
    assert_eq!(player.run(&mut session), Outcome::Passed);
    says(
        &ask(&session, "why leader"),
        &["n1 leads term 1", "no longer held"],
        &[],
        &[],
    );
    says(
        &ask(&session, "why commit 1"),
        &["Entry 1 is committed", "no longer held"],
        &[],
        &[],
    );
}

/// Few events are held, as on the way to an instant that is sought: what was voted and what was
/// counted is gone, although the election and the commit are still told.
#[test]
fn nothing_is_counted_of_which_only_a_part_is_held() {
    let text = after(
        FIVE,
        "put x 1 via n1\nwait until reply = ok\nwait 300ms\nadd n6\nwait 1s",
    );
    let script = Arc::new(Script::parse("why.raft", &text).expect("a script"));
    for keep in [16, 64, 256, 20_000] {
        let manner = Manner {
            hosts: Hosts::Inline,
            keep,
            rewinds: true,
        };
        let mut session = Session::new(stage(&script, Some(7)), manner);
        assert_eq!(
            Player::new(script.clone()).run(&mut session),
            Outcome::Passed
        );
        let (leads, commits) = (
            ask(&session, "why role n1"),
            ask(&session, "why committed 2"),
        );
        says(&leads, &["n1 leads term 1"], &["n1 becomes leader"], &[]);
        says(
            &commits,
            &["n1, leader of term 1, counted it on"],
            &["n1 commits 2"],
            &[],
        );
        for answer in [&leads, &commits] {
            never_says(answer, &["needed"]);
            match keep {
                20_000 => says(answer, &["n1, n2 and n3: 3, and 3 are enough"], &[], &[]),
                _ => says(answer, &["no longer held"], &[], &[]),
            }
        }
    }
}

// Whatever happens

/// Everything that can be asked of a session as it stands.
fn questions(session: &Session) -> Vec<String> {
    let view = session.world().view();
    let longest = view.nodes.iter().map(|node| node.node.log.last()).max();
    let indices = 1..=longest.unwrap_or(0) + 1;
    let mut all: Vec<String> = ["leader", "config", "violation", "reply admin"]
        .map(String::from)
        .into();
    all.extend(
        view.clients
            .iter()
            .map(|client| format!("reply {}", client.id)),
    );
    all.extend(
        indices
            .clone()
            .rev()
            .take(6)
            .map(|index| format!("commit {index}")),
    );
    for node in &view.nodes {
        let name = &node.name;
        let of_node = ["role", "term", "vote", "config"];
        all.extend(of_node.map(|topic| format!("{topic} {name}")));
        for index in indices.clone().rev().take(3) {
            all.push(format!("log {name} {index}"));
            all.push(format!("commit {index} on {name}"));
        }
    }
    let records = session.world().trace().records().rev().step_by(7).take(6);
    all.extend(records.map(|record| format!("event {}", record.id)));
    all
}

#[test]
fn every_question_has_an_answer_at_any_instant_of_any_demo() {
    for demo in DEMOS {
        let script = Arc::new(demo.script().expect("a demo can be read"));
        let manner = Manner {
            hosts: Hosts::Inline,
            keep: 5_000,
            rewinds: false,
        };
        let mut session = Session::new(stage(&script, None), manner);
        let mut player = Player::new(script);
        for _ in 0..12 {
            let until = session.now() + 97_000;
            let goes_on = player.advance(&mut session, until) != Progress::Ends;
            for question in questions(&session) {
                ask(&session, &format!("why {question}"));
            }
            if !goes_on {
                break;
            }
        }
    }
}

#[test]
fn what_comes_by_itself_is_told_apart() {
    let comes = |script: &str| -> Vec<bool> {
        let answer = ask(&play(script), "why leader");
        assert!(!answer.missing.is_empty(), "{}", text(&answer));
        answer.missing.iter().map(|missing| missing.comes).collect()
    };
    // Timers fire, unless they are held.
    assert!(comes("cluster 3\nwait 1ms").iter().all(|&comes| comes));
    let held = comes(&after(LED, "crash n1"));
    assert!(held.iter().any(|&comes| !comes), "{held:?}");
}

#[test]
fn votes_of_a_term_that_had_a_leader_are_no_reason() {
    // n3 votes for n2; its refusal of n1 comes when n2 leads already.
    let lost = "cluster 3\nrule pre-vote off\nhold-timer all\nlatency 10ms\nlatency 50ms n1->n3\n\
        timeout n1\ntimeout n2\nwait until leader n2\nwait 100ms\ncrash n2";
    let answer = ask(&play(lost), "why leader");
    never_says(&answer, &["refuses"]);
}
