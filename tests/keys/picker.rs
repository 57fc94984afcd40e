//! Scripts that are chosen, left and returned to.

use std::sync::Arc;

use raft_playground::command::Lang;
use raft_playground::screen::{Overlay, Row};
use raft_playground::script::live::Ask;
use raft_playground::tui::{App, Keymap, Outgoing};

use super::{app, app_with, complete, fixtures, palette, press, says};

fn picker(app: &App) -> &raft_playground::screen::Choices {
    match &app.ui().overlay {
        Overlay::Picker(choices) => choices,
        other => panic!("{other:?}"),
    }
}

fn chosen(app: &App) -> &str {
    let choices = picker(app);
    match &choices.rows[choices.chosen.expect("something is chosen")] {
        Row::Choice { text, .. } => text,
        Row::Heading(text) => panic!("{text}"),
    }
}

fn opened(outgoing: &[Outgoing]) -> &str {
    match outgoing {
        [Outgoing::Ask(Ask::Open(Some(script)))] => &script.file,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_demo_is_found_by_a_few_letters_and_played() {
    let mut app = app();
    press(&mut app, "o");
    assert_eq!(chosen(&app), "free play");
    press(&mut app, "f a i l o");
    assert_eq!(chosen(&app), "Failover: what is lost when the leader dies?");
    let preview = picker(&app).preview.clone().expect("a preview");
    assert!(preview.facts.contains("5 servers") && preview.about[0].contains("S2"));
    assert!(preview.said[0].starts_with("Five servers."));
    assert_eq!(opened(&press(&mut app, "enter")), "failover");
    assert_eq!(app.ui().overlay, Overlay::None);
    // Keys that mean something elsewhere are letters here, and nothing is chosen from nothing.
    press(&mut app, "o q q q");
    assert_eq!(picker(&app).chosen, None);
    assert!(press(&mut app, "enter").is_empty());
    press(&mut app, "esc");
    assert_eq!(app.ui().overlay, Overlay::None);
}

#[test]
fn the_list_is_walked_through_with_the_arrows() {
    let mut app = app();
    let last = raft_playground::script::demos::DEMOS.len();
    press(&mut app, "o up down");
    assert!(chosen(&app).starts_with("Tour"));
    press(&mut app, "end");
    let script = opened(&press(&mut app, "enter")).to_owned();
    assert_eq!(script, raft_playground::script::demos::DEMOS[last - 1].name);
    press(&mut app, "o page-down");
    let there = chosen(&app).to_owned();
    press(&mut app, "page-down page-up");
    assert_eq!(chosen(&app), there);
    press(&mut app, "home");
    assert_eq!(press(&mut app, "enter"), [Outgoing::Ask(Ask::Open(None))]);
}

#[test]
fn what_was_left_stands_first() {
    let mut scene = fixtures::figure_8();
    scene.back = vec![("Figure 8".into(), 3_412_000), ("free play".into(), 90_000)];
    let mut app = app_with(scene);
    press(&mut app, "o");
    assert_eq!(chosen(&app), "back to Figure 8, at 3.412 s");
    assert_eq!(press(&mut app, "down enter"), [Outgoing::Ask(Ask::Back(1))]);
    let hints = |app: &App| -> Vec<String> {
        let hints = app.ui().hints.iter();
        hints
            .map(|hint| format!("{} {}", hint.keys, hint.words))
            .collect()
    };
    assert!(hints(&app).contains(&"B back".to_owned()));
}

/// With the language as it is: what is typed is read by the real parser.
#[test]
fn scripts_are_opened_left_and_returned_to_by_statements() {
    let open = |name: &str| match name {
        "mine.raft" => raft_playground::command::Script::parse(name, "crash n1\n")
            .map_err(|wrong| wrong.to_string()),
        name => Err(format!("there is no file and no demo `{name}`")),
    };
    let scene = Arc::new(fixtures::figure_8());
    let app = App::new(
        scene,
        Keymap::default(),
        Box::new(super::app::parse),
        Box::new(complete),
    );
    let mut app = app.with_scripts(Box::new(open), Lang::En);
    let outgoing = press(&mut app, ": o p e n space m i n e . r a f t enter");
    assert_eq!(opened(&outgoing), "mine.raft");
    assert_eq!(opened(&press(&mut app, ": t o u r enter")), "tour");
    let back = [Outgoing::Ask(Ask::Back(0))];
    assert_eq!(press(&mut app, ": b a c k enter"), back);
    assert_eq!(press(&mut app, "B"), back);
    assert!(press(&mut app, ": o p e n space n o n e enter").is_empty());
    assert!(says(palette(&app), "`none`"));
}

#[test]
fn esc_skips_the_tour_and_nothing_else() {
    let mut scene = fixtures::figure_8();
    let mut other = app_with(scene.clone());
    assert!(press(&mut other, "esc").is_empty());
    (scene.scripted, scene.tour) = (true, true);
    let mut app = app_with(scene);
    assert_eq!(app.ui().hints[0].words, "skip the tour");
    assert!(press(&mut app, "? esc").is_empty());
    assert!(press(&mut app, "/ x enter esc").is_empty());
    assert_eq!(press(&mut app, "esc"), [Outgoing::Ask(Ask::Leave)]);
}

#[test]
fn titles_are_chosen_from_in_the_language_of_the_person() {
    let open = Box::new(|_: &str| Err(String::new()));
    let mut app = app_with(fixtures::figure_8()).with_scripts(open, Lang::Zh);
    press(&mut app, "o 导 览");
    assert!(chosen(&app).starts_with("导览"));
    // English is found too.
    press(&mut app, "esc");
    press(&mut app, "o t o u r");
    assert!(chosen(&app).starts_with("导览"));
}
