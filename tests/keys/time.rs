//! Keys that move in time, and begin anew.

use std::sync::Arc;

use raft_playground::script::live::Ask;
use raft_playground::tui::{App, Keymap, Outgoing};

use super::{app, app_with, asks, complete, fixtures, parse, press};

#[test]
fn time_is_run_held_stepped_and_scrubbed() {
    assert_eq!(asks("space"), [Ask::Play(false)]);
    assert_eq!(asks("."), [Ask::Play(false), Ask::StepOn]);
    assert_eq!(asks(","), [Ask::Play(false), Ask::StepBack]);
    assert_eq!(asks("right"), [Ask::Play(false), Ask::Seek(3_462_000)]);
    assert_eq!(asks("shift-left"), [Ask::Play(false), Ask::Seek(2_912_000)]);
    assert_eq!(asks("home"), [Ask::Play(false), Ask::Seek(0)]);
    assert_eq!(asks("end"), [Ask::SeekEnd]);
    assert_eq!(asks("["), [Ask::Pace(0.5)]);
    assert_eq!(asks("]"), [Ask::Pace(2.0)]);
}

#[test]
fn scrubbing_goes_on_from_where_it_was_sent() {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let mut app = app_with(scene);
    let outgoing = press(&mut app, "left left shift-right");
    let to = [3_362_000, 3_312_000, 3_812_000];
    assert_eq!(outgoing, to.map(|to| Outgoing::Ask(Ask::Seek(to))));
    // Something held the time on the way: from there it goes on.
    app.arrive();
    assert_eq!(
        press(&mut app, "left"),
        [Outgoing::Ask(Ask::Seek(3_362_000))]
    );
}

#[test]
fn runs_are_taken_back_and_begun_anew() {
    assert_eq!(asks("U"), [Ask::Undo]);
    assert_eq!(asks("n"), [Ask::NewRun { fresh_seed: false }]);
    assert_eq!(asks("N"), [Ask::NewRun { fresh_seed: true }]);
    let mut app = app_with(fixtures::figure_8());
    assert!(press(&mut app, "U").is_empty());
    assert!(app.ui().message.is_some());
}

#[test]
fn vim_moves_in_time_as_in_a_text() {
    let mut scene = fixtures::figure_8();
    (scene.playing, scene.undoable) = (false, 1);
    let now = scene.world.now;
    let keymap = Keymap::named("vim").expect("it is there");
    let mut app = App::new(Arc::new(scene), keymap, Box::new(parse), Box::new(complete));
    let mut ask = |keys| press(&mut app, keys);
    assert_eq!(ask("h"), [Outgoing::Ask(Ask::Seek(now - 50_000))]);
    assert!(ask("g").is_empty());
    assert_eq!(ask("g"), [Outgoing::Ask(Ask::Seek(0))]);
    assert_eq!(ask("G"), [Outgoing::Ask(Ask::SeekEnd)]);
    assert_eq!(ask("u"), [Outgoing::Ask(Ask::Undo)]);
    assert_eq!(ask("n"), [Outgoing::Ask(Ask::StepOn)]);
    assert_eq!(
        ask("g n"),
        [Outgoing::Ask(Ask::NewRun { fresh_seed: false })]
    );
    // Pages of events, and from there up as in a text.
    assert!(ask("ctrl-b").is_empty());
    let chosen = app.ui().event.expect("an event");
    assert!(press(&mut app, "ctrl-f k").is_empty());
    assert!(app.ui().event > Some(chosen));
    press(&mut app, "g g");
    assert_eq!(app.ui().event, Some(1));
}

/// Keys come faster than scenes: each step back counts, whatever scene comes in between.
#[test]
fn quick_scrubbing_loses_no_step() {
    let mut app = app();
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let begun = scene.world.now;
    press(&mut app, "left left");
    scene.world.now = begun - 50_000;
    app.on_scene(Arc::new(scene.clone()));
    let third = press(&mut app, "left");
    assert!(third.contains(&Outgoing::Ask(Ask::Seek(begun - 150_000))));
    // Another key leaves off, and scrubbing begins anew from what is seen.
    press(&mut app, "2");
    let anew = press(&mut app, "left");
    assert!(anew.contains(&Outgoing::Ask(Ask::Seek(begun - 100_000))));
}
