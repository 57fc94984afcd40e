//! Why something happened, and what is said where not all is held.

use std::sync::Arc;

use raft_playground::command::Script;
use raft_playground::script::{Outcome, Player, stage};
use raft_playground::session::{Manner, Session};
use raft_playground::world::{Event, Hosts};

use super::{FIVE, LED, after, ask, never_says, passed, run, says, situation};

#[test]
fn any_event_has_its_causes() {
    let session = passed(&after(LED, "wait 50ms\ncrash n1"));
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
    let script = include_str!("../rules/commit-current-term.raft");
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

/// What came first, and the rule that is off; a name asks about another.
#[test]
fn a_violation_names_the_rule_that_is_off() {
    let script =
        std::fs::read_to_string("tests/rules/election-restriction.raft").expect("it is there");
    let session = passed(&script);
    let first = session.violations()[0].invariant;
    let answer = ask(&session, "why violation");
    says(
        &answer,
        &[&format!("{first} is violated since")],
        &[],
        &["rule election-restriction"],
    );
    assert_eq!(
        answer.headline,
        ask(&session, &format!("why violation {first}")).headline
    );
    let other = ask(&session, "why violation exactly-once");
    says(&other, &["exactly-once is not violated"], &[], &[]);
}
