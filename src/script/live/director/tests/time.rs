//! Going to what matters, other futures, and what holds the time.

use super::*;

/// Elections, commits and faults, at instants that the run itself tells.
const EVENTFUL: &str = "title \"t\"
cluster 3
seed 7
wait until leader
put x 1
wait until reply = ok
crash leader
wait until leader
wait 200ms
put x 2
wait until reply = ok
wait 100ms
";

fn eventful() -> Director {
    let mut director = scripted(EVENTFUL, None);
    director.pass(5_000_000);
    director
}

/// The instants of the tape at which there is such a landmark, each once.
fn on_the_tape(director: &Director, wanted: fn(Mark) -> bool) -> Vec<Micros> {
    let tape = director.session.tape().iter();
    let mut instants: Vec<Micros> = tape.filter(|it| wanted(it.1)).map(|it| it.0).collect();
    instants.dedup();
    instants
}

#[test]
fn one_goes_from_election_to_election_both_ways() {
    let mut director = eventful();
    let election = |mark| matches!(mark, Mark::Term(_) | Mark::Leader(..));
    let elections = on_the_tape(&director, election);
    assert!(elections.len() >= 4, "two terms and two leaders");
    director.obey(Ask::Seek(0));
    for &at in &elections {
        director.obey(Ask::Next(Landmark::Election));
        assert_eq!(director.now(), at);
    }
    for &at in elections.iter().rev().skip(1) {
        director.obey(Ask::Last(Landmark::Election));
        assert_eq!(director.now(), at);
    }
    director.obey(Ask::Last(Landmark::Election));
    assert_eq!(director.now(), elections[0]);
    assert!(director.says("there was no election before"));
}

#[test]
fn one_goes_from_commit_to_commit_both_ways() {
    let mut director = eventful();
    director.obey(Ask::Seek(0));
    let mut commits = Vec::new();
    loop {
        let before = director.session.committed();
        director.obey(Ask::Next(Landmark::Commit));
        if director.session.committed() == before || director.now() > 2_000_000 {
            break;
        }
        assert_eq!(director.session.committed(), before + 1);
        commits.push(director.now());
    }
    assert!(commits.len() >= 4, "two no-ops and two writes: {commits:?}");
    let last = commits[commits.len() - 1];
    director.obey(Ask::Seek(last + 1));
    for &at in commits.iter().rev() {
        director.obey(Ask::Last(Landmark::Commit));
        assert_eq!(director.now(), at);
    }
}

#[test]
fn faults_are_found_and_what_is_not_there_is_said() {
    let mut director = eventful();
    let here = director.now();
    director.obey(Ask::Last(Landmark::Fault));
    let faults = on_the_tape(&director, |mark| mark == Mark::Fault);
    assert_eq!(faults, [director.now()]);
    director.obey(Ask::Last(Landmark::Violation));
    assert!(director.says("there was no violation before"));
    assert_eq!(faults, [director.now()], "and one stays where one was");
    director.obey(Ask::Next(Landmark::Violation));
    assert!(director.says("no violation comes in the ten seconds from"));
    assert!(director.session.frontier() >= here + 10_000_000);
    assert_eq!(faults, [director.now()], "and it ends where it began");
}

#[test]
fn beyond_the_frontier_time_passes_until_it_comes() {
    let mut director = free();
    director.obey(Ask::Next(Landmark::Election));
    assert_eq!(director.scene().world.term(), 1);
    director.obey(Ask::Next(Landmark::Commit));
    assert_eq!(director.session.committed(), 1, "the leader's own entry");
    assert!(!director.playing());
}

#[test]
fn a_future_that_was_left_is_listed_and_can_be_taken_up() {
    let mut director = free();
    director.pass(1_000_000);
    director.type_in("crash n1");
    director.pass(1_500_000);
    director.obey(Ask::Seek(800_000));
    director.type_in("crash n2");
    director.type_in("crash n3");
    director.pass(900_000);
    let branches = director.scene().branches;
    assert_eq!(branches.len(), 1);
    assert_eq!((branches[0].parts, branches[0].until), (800_000, 1_500_000));
    assert_eq!(branches[0].done, ["crash n1".into()]);

    director.obey(Ask::TakeUp(0));
    assert_eq!(director.now(), 1_500_000);
    let lives = [0, 1, 2].map(|slot| director.life(slot));
    assert_eq!(lives, [Life::Down, Life::Up, Life::Up]);
    let branches = director.scene().branches;
    assert_eq!((branches[0].parts, branches[0].until), (800_000, 900_000));
    assert_eq!(branches[0].done, ["crash n2".into(), "crash n3".into()]);

    director.obey(Ask::TakeUp(0));
    assert_eq!((director.now(), director.life(1)), (900_000, Life::Down));
    director.obey(Ask::TakeUp(7));
    assert_eq!(director.now(), 900_000, "there is no such future");
}

#[test]
fn a_script_that_was_taken_over_in_the_past_goes_on_when_its_future_is_taken_up() {
    let mut director = scripted(SCRIPT, None);
    director.pass(500_000);
    director.obey(Ask::Seek(200_000));
    director.type_in("crash n3");
    assert!(director.player.is_none());
    director.obey(Ask::TakeUp(0));
    assert_eq!(director.now(), 500_000);
    assert!(director.player.is_some());
    director.pass(1_500_000);
    assert_eq!(director.life(0), Life::Down, "the script crashes n1");
}

#[test]
fn breakpoints_are_listed_switched_and_forgotten() {
    let mut director = free();
    director.type_in("break when leader");
    assert!(director.says("`break when leader`: time is held when it comes true"));
    director.type_in("break when no leader");
    assert!(director.says("it is so now; time is held when it comes true again"));
    director.obey(Ask::DropBreakpoint(1));
    director.type_in("never role n1 down");
    director.type_in("break when leader");
    let shown = |director: &Director| -> Vec<(String, bool, bool, bool)> {
        let all = director.scene().breakpoints.into_iter();
        all.map(|it| (it.text.to_string(), it.on, it.stopped, it.kept))
            .collect()
    };
    let never = ("never role n1 down".to_owned(), true, false, true);
    let when = |on, stopped| ("break when leader".to_owned(), on, stopped, false);
    assert_eq!(shown(&director), [never.clone(), when(true, false)]);
    director.obey(Ask::SwitchBreakpoint(1));
    assert_eq!(shown(&director)[1], when(false, false));
    assert!(director.pass(2_000_000), "what is off holds nothing");
    director.obey(Ask::SwitchBreakpoint(1));
    director.obey(Ask::Seek(0));
    assert!(!director.pass(2_000_000));
    assert_eq!(shown(&director)[1], when(true, true));
    director.obey(Ask::StepOn);
    assert_eq!(
        shown(&director)[1],
        when(true, false),
        "that was an instant ago"
    );
    director.obey(Ask::DropBreakpoint(0));
    assert!(director.says("belongs to the session"));
    director.obey(Ask::DropBreakpoint(1));
    assert_eq!(shown(&director).len(), 1);
    director.type_in("break clear");
    assert_eq!(shown(&director), [never], "what is expected stays");
}

#[test]
fn a_break_of_a_script_holds_the_time_at_that_very_instant_and_is_listed() {
    let script = "title \"t\"\ncluster 3\nseed 7\nbreak when leader\nwait 2s\n";
    let mut director = scripted(script, None);
    assert!(!director.pass(2_000_000));
    let elected = on_the_tape(&director, |mark| matches!(mark, Mark::Leader(..)));
    assert_eq!(elected, [director.now()]);
    let breakpoints = director.scene().breakpoints;
    assert!(breakpoints.len() == 1 && breakpoints[0].stopped);
    assert!(director.pass(2_000_000), "the script goes on");
}

#[test]
fn a_break_of_a_script_comes_before_what_the_script_does_then() {
    for deed in ["crash leader", "pause", "at 0ms say \"so\""] {
        let deed = deed.replace("at 0ms", "at 2s");
        let script = format!("cluster 3\nseed 7\nbreak when leader\nwait until leader\n{deed}\n");
        let mut director = scripted(&script, None);
        assert!(!director.pass(2_000_000));
        assert!(director.says("`break when leader`"), "{deed}");
        assert!(director.scene().world.leader().is_some(), "{deed}");
    }
    // At the instant of a deed, too.
    let script = "cluster 3\nseed 7\nat 1s put x 1 by c1\nbreak when leaders = 1\nat 2s crash all";
    let mut director = scripted(script, None);
    director.obey(Ask::Play(true));
    director.pass(5_000_000);
    assert_eq!(director.life(0), Life::Down, "the break comes only once");
}

#[test]
fn what_was_undone_leaves_no_gap_in_the_metrics() {
    let mut director = free();
    // Nothing happens at such an instant by itself.
    director.pass(1_000_001);
    let led = |director: &Director| -> Vec<_> {
        let intervals = director.session.metrics().intervals();
        intervals.iter().map(|interval| interval.led).collect()
    };
    let before = led(&director);
    director.type_in("crash n2");
    director.undo();
    assert_eq!(director.now(), 1_000_001);
    assert_eq!(led(&director), before);
}

#[test]
fn the_first_violation_of_free_play_holds_the_time_and_one_can_go_on() {
    let mut director = free();
    director.seek(1_000_000);
    for text in [
        "rule reply-after-commit off",
        "rule pre-vote off",
        "partition leader | followers",
        "put x 1 via leader",
    ] {
        director.type_in(text);
    }
    director.obey(Ask::Play(true));
    assert!(!director.pass(5_000_000));
    let first = director.session.violations()[0].clone();
    assert_eq!((director.playing(), director.now()), (false, first.at));
    assert!(director.says("durability is violated; `:why violation` says why"));
    let notice = director.scene().notice.expect("it is told");
    assert_eq!(notice.why, Some(Why::Violation(None)));
    // What follows from it is no news, and neither is it itself, seen again.
    director.obey(Ask::Play(true));
    assert!(director.pass(6_000_000) && director.playing());
    director.obey(Ask::Seek(1_000_000));
    director.obey(Ask::Play(true));
    assert!(director.pass(6_000_000) && director.playing());
    // In another future it is.
    director.obey(Ask::Seek(1_000_000));
    director.type_in("put y 1 via leader");
    director.obey(Ask::Play(true));
    assert!(!director.pass(6_000_000));
    assert!(director.says("is violated"));
}
