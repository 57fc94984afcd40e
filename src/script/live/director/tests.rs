use std::sync::Arc;

use super::*;
use crate::command::{Script, Statement, Why};
use crate::script::live::Usual;
use crate::script::{free_stage, stage};
use crate::session::{Landmark, Mark};
use crate::world::view::Life;

mod hand;
mod keeping;
mod remarks;
mod time;
mod words;

fn free() -> Director {
    Director::new(Begin::free(free_stage(3, 7), || 99))
}

fn scripted(text: &str, at: Option<Micros>) -> Director {
    let script = Script::parse("test", text).expect("a script");
    let stage = stage(&script, None);
    Director::new(Begin {
        script: Some(Arc::new(script)),
        at,
        ..Begin::free(stage, || 99)
    })
}

impl Director {
    /// What is typed at the palette, with the nodes that there are by now.
    fn type_in(&mut self, text: &str) {
        let names: Vec<Text> = self.names();
        let statement = Statement::parse(text, &names, true);
        let statement = statement.unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
        self.obey(Ask::Perform(statement));
    }

    fn names(&self) -> Vec<Text> {
        let world = self.session.world();
        let all = (0..world.size()).map(NodeId::from_slot);
        all.map(|id| world.name(id).clone()).collect()
    }

    fn life(&self, slot: usize) -> Life {
        self.scene().world.nodes[slot].life
    }

    fn says(&self, words: &str) -> bool {
        self.notice
            .as_ref()
            .is_some_and(|notice| notice.words.contains(words))
    }
}

const SCRIPT: &str = "title \"t\"\ncluster 3\nseed 7\nwait 1s\ncrash n1\nwait 1s\ncrash n2\n";

#[test]
fn free_play_begins_just_before_something_happens() {
    let mut director = free();
    let next = director.session.next_instant().expect("timers run");
    assert_eq!(director.now() + LEAD, next);
    assert!(director.playing());
}

#[test]
fn a_script_plays_to_its_end_and_the_cluster_lives_on() {
    let mut director = scripted(SCRIPT, None);
    assert!(director.scene().scripted);
    assert!(director.pass(3_000_000));
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Down, Life::Down)
    );
    assert!(director.says("the script has ended; the cluster lives on") && director.playing());
    assert_eq!(
        (director.now(), director.scene().scripted),
        (3_000_000, false)
    );
}

#[test]
fn a_script_that_fails_holds_the_time() {
    let mut director = scripted(
        "title \"t\"\ncluster 3\nwait 1s\nexpect leaders = 3\n",
        None,
    );
    assert!(!director.pass(3_000_000));
    assert_eq!((director.playing(), director.now()), (false, 1_000_000));
    assert!(director.says("does not hold"));
    assert!(director.says("; `:why leader` says why"));
    // What was asked of it does not take it away.
    director.type_in("why leader");
    let notice = director.scene().notice.expect("what failed");
    assert_eq!(notice.why, Some(Why::Leader));
    director.obey(Ask::Dismiss);
    assert_eq!(director.notice, None);
}

#[test]
fn a_person_takes_over_and_undo_gives_the_script_back() {
    let mut director = scripted(SCRIPT, None);
    director.pass(500_000);
    director.type_in("crash n3");
    assert!(director.says("taken over"));
    director.pass(1_500_000);
    assert_eq!((director.life(0), director.life(2)), (Life::Up, Life::Down));
    director.obey(Ask::Undo);
    assert_eq!((director.now(), director.life(2)), (500_000, Life::Up));
    director.pass(1_500_000);
    assert_eq!((director.life(0), director.life(2)), (Life::Down, Life::Up));
}

/// After a rewind to before the place where the script was left, it belongs to another past.
#[test]
fn a_script_is_not_given_back_to_another_past() {
    let mut director = scripted(SCRIPT, None);
    director.pass(1_500_000);
    director.type_in("stop n3");
    director.obey(Ask::Seek(400_000));
    director.type_in("put x 1");
    director.type_in("put x 2");
    director.obey(Ask::Undo);
    assert!(!director.scene().scripted);
    director.pass(3_000_000);
    assert_eq!((director.life(0), director.life(1)), (Life::Up, Life::Up));
}

#[test]
fn acting_in_the_past_begins_a_branch_and_playing_goes_on_from_there() {
    let mut director = free();
    director.pass(1_000_000);
    director.type_in("crash n1");
    director.pass(2_000_000);
    director.obey(Ask::Seek(600_000));
    assert_eq!((director.now(), director.life(0)), (600_000, Life::Up));
    director.type_in("crash n2");
    let scene = director.scene();
    assert_eq!((scene.world.now, scene.frontier), (600_000, 600_000));
    assert_eq!(director.session.branches().len(), 1);
    director.obey(Ask::Play(true));
    director.pass(2_500_000);
    assert_eq!((director.life(0), director.life(1)), (Life::Up, Life::Down));
}

#[test]
fn the_past_is_played_again_up_to_the_frontier_and_beyond() {
    let mut director = scripted(SCRIPT, None);
    director.pass(1_500_000);
    director.obey(Ask::Seek(200_000));
    assert_eq!(director.life(0), Life::Up);
    director.pass(2_500_000);
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Down, Life::Down)
    );
    assert!(director.session.branches().is_empty());
}

#[test]
fn seeking_beyond_the_frontier_makes_up_time() {
    let mut director = scripted(SCRIPT, None);
    director.obey(Ask::Seek(2_500_000));
    assert_eq!(director.now(), 2_500_000);
    assert_eq!(director.life(1), Life::Down);
    director.obey(Ask::Seek(0));
    director.obey(Ask::SeekEnd);
    assert_eq!(director.now(), 2_500_000);
}

#[test]
fn a_session_that_begins_later_waits_there_pauses_notwithstanding() {
    let script = "title \"t\"\ncluster 3\npause\nwait 1s\npause\ncrash n1\n";
    let director = scripted(script, Some(1_200_000));
    assert_eq!((director.now(), director.playing()), (1_200_000, false));
    assert_eq!(director.life(0), Life::Down);
}

#[test]
fn waiting_by_hand_ends_to_the_microsecond_and_holds_the_time() {
    let mut director = free();
    director.obey(Ask::Play(false));
    let begun = director.now();
    director.type_in("wait 2s");
    assert!(director.playing() && director.says("`wait 2s` is under way"));
    assert!(!director.pass(begun + 9_000_000));
    assert!(director.says("`wait 2s` is done"));
    assert_eq!(
        (director.now(), director.playing()),
        (begun + 2_000_000, false)
    );
}

#[test]
fn waiting_by_hand_leaves_the_script_to_go_on() {
    let mut director = scripted(SCRIPT, None);
    director.type_in("wait until role n1 down");
    assert!(!director.pass(5_000_000));
    assert!((1_000_000..=1_000_000 + TURN).contains(&director.now()));
    assert_eq!(director.life(0), Life::Down);
    assert!(director.says("holds") && director.scene().scripted);
    director.pass(3_000_000);
    assert_eq!(director.life(1), Life::Down);
}

#[test]
fn waiting_by_hand_in_the_past_does_not_jump() {
    let mut director = free();
    director.pass(2_000_000);
    director.obey(Ask::Seek(100_000));
    director.type_in("wait until leader");
    assert!(!director.pass(2_000_000));
    assert!(director.now() < 1_000_000 && director.scene().world.leader().is_some());
    assert!(director.session.branches().is_empty());
}

#[test]
fn an_expectation_by_hand_is_of_the_instant_shown_and_changes_nothing() {
    let mut director = free();
    director.pass(2_000_000);
    let digest = director.scene().world.digest;
    director.type_in("expect leader");
    assert!(director.says("` holds"));
    assert_eq!(director.scene().world.digest, digest);
    director.obey(Ask::Seek(1_000));
    director.type_in("expect leader");
    assert!(director.says("does not hold"));
    assert_eq!(director.now(), 1_000);
    // Like anything said in the past it begins a branch.
    assert_eq!(director.session.branches().len(), 1);
    assert_eq!(
        (director.scene().frontier, director.scene().undoable),
        (1_000, 1)
    );
}

/// Nobody's script ends because somebody asked; and what was asked can be taken back.
#[test]
fn an_expectation_by_hand_leaves_the_script_to_go_on() {
    let mut director = scripted(SCRIPT, None);
    director.pass(500_000);
    director.type_in("expect no role n1 down");
    director.pass(1_500_000);
    director.type_in("expect role n1 leader");
    assert!(director.says("does not hold") && director.scene().scripted);
    director.pass(2_500_000);
    assert_eq!(director.life(1), Life::Down);
    director.obey(Ask::Undo);
    assert_eq!((director.now(), director.life(0)), (1_500_000, Life::Down));
    director.obey(Ask::Undo);
    assert_eq!((director.now(), director.life(0)), (500_000, Life::Up));
    director.pass(2_500_000);
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Down, Life::Down)
    );
}

#[test]
fn what_must_never_be_is_answered_at_once_and_watched() {
    let mut director = free();
    director.pass(2_000_000);
    director.type_in("never role n1 down");
    assert!(director.says("`never role n1 down` holds so far"));
    director.type_in("always leaders < 1");
    assert!(director.says("always leaders < 1") && !director.playing());
    director.obey(Ask::Undo);
    director.obey(Ask::Undo);
    // Both are forgotten.
    director.obey(Ask::Play(true));
    director.type_in("crash n1");
    assert!(director.pass(3_000_000), "{:?}", director.notice);
}

#[test]
fn what_must_hold_for_a_while_is_not_forgotten_for_something_else() {
    let mut director = free();
    director.pass(2_000_000);
    director.type_in("expect leader for 500ms");
    director.pass(2_100_000);
    director.type_in("wait 1s");
    assert!(director.says("is not over yet"));
    assert!(!director.pass(5_000_000));
    assert_eq!(director.now(), 2_500_000);
    assert!(director.says("` holds"));
}

#[test]
fn a_break_by_hand_holds_the_time_when_it_comes_true() {
    let mut director = free();
    director.type_in("break when leader");
    assert!(!director.pass(5_000_000));
    assert!(director.scene().world.leader().is_some() && !director.playing());
    assert!(director.says("break when leader"));
    // It stays true, and time passes again.
    let held = director.now();
    assert!(director.pass(held + 100_000));
    director.type_in("break clear");
    director.type_in("never role n1 down");
    director.type_in("crash n1");
    assert!(!director.pass(5_000_000));
    assert!(director.says("never"));
}

#[test]
fn a_deed_for_later_is_done_then_and_can_be_undone() {
    let mut director = free();
    director.type_in("at 1s crash n1");
    director.pass(3_000_000);
    assert_eq!((director.now(), director.life(0)), (1_000_000, Life::Down));
    director.obey(Ask::Undo);
    assert_eq!((director.now(), director.life(0)), (1_000_000, Life::Up));
}

#[test]
fn steps_tell_something_each_and_go_back_again() {
    let mut director = free();
    director.pass(1_000_000);
    let newest = |director: &Director| director.scene().records.last().map(|record| record.id);
    let before = newest(&director);
    director.obey(Ask::StepOn);
    assert!(newest(&director) > before && !director.playing());
    let stepped = director.now();
    director.obey(Ask::StepBack);
    assert!(director.now() < stepped);
}

#[test]
fn a_step_ends_where_nothing_happens_any_more() {
    // Alone a node leads, and has nobody to tell.
    let mut director = scripted("title \"t\"\ncluster 1\nseed 7\nwait 2s\n", None);
    director.pass(3_000_000);
    director.obey(Ask::StepOn);
    assert!(director.says("nothing happened within ten seconds"));
    assert_eq!(director.now(), 13_000_000);
    // A script that waits for what cannot come has no end of its own either.
    let mut director = scripted(
        "title \"t\"\ncluster 1\nseed 7\nwait 1s\ncrash n1\nask \"?\" until leader\n",
        None,
    );
    director.pass(3_000_000);
    director.obey(Ask::StepOn);
    assert!(director.says("nothing happened within ten seconds"));
}

#[test]
fn a_step_takes_a_script_on_even_when_nobody_runs() {
    let script = "title \"t\"\ncluster 1\ncrash n1\nwait 10s\nrestart n1\n";
    let mut director = scripted(script, None);
    director.obey(Ask::StepOn);
    director.obey(Ask::StepOn);
    assert!(director.now() >= 10_000_000);
    assert_eq!(director.life(0), Life::Up);
}

#[test]
fn a_new_run_is_the_same_run_until_the_seed_is_new() {
    let mut director = free();
    director.pass(1_000_000);
    let digest = director.scene().world.digest;
    director.type_in("crash n1");
    director.obey(Ask::Pace(2.0));
    director = director.anew(false);
    assert!(director.playing());
    director.pass(1_000_000);
    assert_eq!(director.scene().world.digest, digest);
    assert_eq!(director.speed(), Usual::default().speed * 2.0);
    director = director.anew(true);
    assert_eq!(director.scene().seed, 99);
}

#[test]
fn a_question_holds_the_time_and_is_answered_each_time() {
    let mut director = free();
    director.pass(1_000_000);
    director.type_in("why leader");
    assert!(!director.playing());
    let first = director.scene().answer.expect("it is answered");
    assert!(
        first.answer.headline.contains("leads term"),
        "{}",
        first.answer.headline
    );
    let (digest, lines) = (
        director.scene().world.digest,
        director.session.journal().len(),
    );
    director.type_in("why no leader");
    let second = director.scene().answer.expect("it is answered");
    assert_eq!(
        (second.number, &second.answer),
        (first.number + 1, &first.answer)
    );
    // Nothing was done by asking, and what is shown anew begins without an answer.
    assert_eq!(director.scene().world.digest, digest);
    assert_eq!(director.session.journal().len(), lines);
    director.take_the_floor();
    assert_eq!(director.scene().answer, None);
}

/// Few events are kept on the way to the first instant shown, and its reasons are there all the
/// same: as they are when one comes back to it.
#[test]
fn a_question_at_the_first_instant_shown_has_its_reasons() {
    let script = "cluster 5\nseed 3\nwait until leader n2\nput x 1\nwait until reply = ok\nwait 300ms\nexpect leader n3\n";
    let mut director = scripted(script, Some(568_000));
    let ask = |director: &mut Director, question: &str| {
        director.type_in(question);
        director.answer.clone().expect("it is answered").answer
    };
    let questions = ["why role n2", "why commit 2", "why event 40", "why joint"];
    let first = questions.map(|question| ask(&mut director, question));
    for (answer, words) in first.iter().zip([
        "the votes of n2, n3 and n4: 3, and 3 are enough",
        "n2, leader of term 1, counted it on",
        "Event 40: ",
        "as it began",
    ]) {
        assert!(answer.headline.contains(words), "{}", answer.headline);
    }
    let digest = director.scene().world.digest;
    director.obey(Ask::Seek(0));
    director.obey(Ask::Seek(568_000));
    assert_eq!(director.scene().world.digest, digest);
    let again = questions.map(|question| ask(&mut director, question));
    assert_eq!(first, again);
}

#[test]
fn what_only_a_script_can_say_is_refused_with_a_word() {
    let mut director = free();
    director.obey(Ask::Perform(Statement::Seed(3)));
    assert!(director.says("head of a script"));
    director.obey(Ask::Undo);
    assert!(director.says("nothing was done by hand"));
}

#[test]
fn what_came_of_a_change_is_told() {
    let mut director = free();
    director.pass(2_000_000);
    director.type_in("add n4");
    assert!(
        director.says("n4 must catch up before it has a vote"),
        "it is not known yet: {:?}",
        director.notice
    );
    director.pass(4_000_000);
    assert!(director.says("`add n4`: ok"), "{:?}", director.notice);
    director.type_in("add n4");
    director.pass(5_000_000);
    assert!(director.says("`add n4`: refused, n4 is a voter already"));
}

const ASKS: &str = "title \"t\"\ncluster 3\nseed 7\nwait 1s\nask \"Crash one.\" until role any n1,n2,n3 down\n\
                    else crash n1\nsay \"Thank you.\"\nwait 1s\nstop up\n";

fn asking() -> Director {
    let mut director = scripted(ASKS, None);
    assert!(director.pass(1_500_000) && director.asks());
    director
}

impl Director {
    fn caption(&self) -> String {
        let caption = self.scene().caption;
        caption.map_or_else(String::new, |(caption, _)| caption.text.to_string())
    }
}

#[test]
fn a_script_that_asks_waits_without_limit_and_goes_on_at_once() {
    let mut director = asking();
    assert!(director.pass(60_000_000) && director.scene().asks);
    assert_eq!(director.caption(), "Crash one.");
    director.obey(Ask::Play(false));
    director.type_in("put x 1");
    assert!(director.asks() && director.notice.is_none());
    director.type_in("crash n2");
    // Nobody lets time pass, and still the script has seen it.
    assert_eq!(director.caption(), "Thank you.");
    assert!(director.scene().scripted && !director.asks() && !director.playing());
    director.pass(61_500_000);
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Stopped, Life::Down)
    );
}

#[test]
fn what_was_asked_can_be_done_a_step_back() {
    let mut director = asking();
    director.obey(Ask::StepBack);
    assert!(director.now() < 1_500_000 && director.now() >= 1_000_000);
    director.type_in("crash n2");
    assert_eq!(director.caption(), "Thank you.");
    assert!(director.scene().scripted && director.left().is_none());
}

#[test]
fn undoing_what_was_asked_asks_again() {
    let mut director = asking();
    director.type_in("crash n2");
    director.pass(1_900_000);
    director.obey(Ask::Undo);
    assert_eq!(
        (director.now(), director.caption().as_str()),
        (1_500_000, "Crash one.")
    );
    assert!(director.asks());
    director.pass(5_000_000);
    assert_eq!(director.life(0), Life::Up);
    director.type_in("crash n1");
    director.pass(6_500_000);
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Down, Life::Stopped)
    );
}

/// After it was asked a person acts before that: the script does not go on from there.
#[test]
fn acting_before_the_question_takes_over() {
    let mut director = asking();
    director.obey(Ask::Seek(500_000));
    assert!(!director.scene().asks);
    director.type_in("crash n3");
    assert!(director.says(":back returns") && !director.scene().scripted);
    director.pass(3_000_000);
    assert_eq!(director.caption(), "");
    director.return_to_script();
    assert_eq!(
        (director.now(), director.caption().as_str()),
        (1_500_000, "Crash one.")
    );
    assert_eq!(director.life(2), Life::Up);
    assert!(director.asks() && director.left().is_none());
}

#[test]
fn one_returns_to_the_script_where_it_was_left() {
    let mut director = scripted(SCRIPT, None);
    director.pass(1_500_000);
    let digest = director.scene().world.digest;
    director.type_in("crash n3");
    director.pass(1_700_000);
    director.type_in("put x 1");
    director.obey(Ask::Seek(200_000));
    director.type_in("stop n1");
    director.pass(3_000_000);
    let (title, at) = director.left().expect("a script that was left");
    assert_eq!((&*title.text, at), ("t", 1_500_000));
    director.return_to_script();
    let scene = director.scene();
    assert_eq!((scene.world.now, scene.frontier), (1_500_000, 1_500_000));
    assert_eq!(scene.world.digest, digest);
    assert!(scene.tape.iter().all(|&(at, _)| at <= 1_500_000));
    assert_eq!(scene.undoable, 0);
    director.pass(2_500_000);
    assert_eq!(
        (director.life(0), director.life(1)),
        (Life::Down, Life::Down)
    );
    assert!(director.says("the script has ended; the cluster lives on"));
}

#[test]
fn what_does_nothing_takes_nothing_over() {
    let mut director = scripted(SCRIPT, None);
    director.pass(500_000);
    director.type_in("restart down");
    assert!(director.says("means nobody") && director.scene().scripted);
    director.obey(Ask::Undo);
    assert!(director.scene().scripted);
    director.pass(1_500_000);
    assert_eq!(director.life(0), Life::Down);
}

#[test]
fn what_does_nothing_leaves_what_comes_after_it() {
    let mut director = scripted(SCRIPT, None);
    director.pass(1_500_000);
    director.obey(Ask::Seek(500_000));
    director.type_in("restart n1");
    assert!(director.says("nothing is done"), "{:?}", director.notice);
    let scene = director.scene();
    assert!(scene.scripted && scene.branches.is_empty());
    assert_eq!(scene.frontier, 1_500_000);
    director.type_in("partition n1,n2 | all-n1");
    assert!(director.says("no node can be on two islands"));
    assert!(director.scene().branches.is_empty());
}

#[test]
fn the_journal_on_disk_is_that_of_the_future_that_was_taken_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut director = free();
    let mut book = Logbook::begin_in(folder.path(), director.session.stage(), None);
    let mut keep = |director: &Director| {
        let book = book.as_mut().expect("the folder can be written");
        book.keep(director.session.journal());
        let text = std::fs::read_to_string(book.path()).expect("it can be read");
        let puts = text.lines().filter_map(|line| line.split_once("put x "));
        puts.map(|(_, rest)| rest[..1].to_owned())
            .collect::<Vec<_>>()
    };
    director.pass(100_000);
    let start = director.now();
    for value in ["a", "b", "c"] {
        director.type_in(&format!("put x {value}"));
        director.pass(director.now() + 100_000);
    }
    assert_eq!(keep(&director), ["a", "b", "c"]);
    director.obey(Ask::Seek(start + 50_000));
    director.type_in("put x d");
    assert_eq!(keep(&director), ["a", "d"]);
    director.obey(Ask::TakeUp(0));
    assert_eq!(keep(&director), ["a", "b", "c"]);
    director.type_in("put x e");
    assert_eq!(keep(&director), ["a", "b", "c", "e"]);
}
