//! What is shown: views, answers, hints.

use std::sync::Arc;

use raft_playground::command::{Statement, ViewName, Why};
use raft_playground::screen::Overlay;
use raft_playground::script::live::Ask;
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::{Answer, Scene};
use raft_playground::tui::{App, Outgoing};
use raft_playground::world::command::Nodes;
use raft_playground::world::view::Life;

use super::{app, app_with, fixtures, odds, press};

#[test]
fn e_asks_why_and_goes_along_the_answer() {
    let why = |why| Outgoing::Ask(Ask::Perform(Statement::Why(why)));
    let mut app = app();
    assert_eq!(press(&mut app, "e"), [why(Why::Role(Nodes::named("S1")))]);
    let mut scene = fixtures::figure_8();
    for node in &mut scene.world.nodes {
        node.life = Life::Down;
    }
    scene.world.nodes[1].life = Life::Up;
    let mut leaderless = app_with(scene);
    // Of a node that is down that is asked, of one that runs why it does not lead.
    assert_eq!(
        press(&mut leaderless, "1 e"),
        [why(Why::Role(Nodes::named("S1")))]
    );
    assert_eq!(press(&mut leaderless, "2 e"), [why(Why::Leader)]);

    let step = |event, at, depth| Step {
        at,
        event,
        node: None,
        words: "a step".into(),
        depth,
    };
    let mut scene = fixtures::figure_8();
    let answer = Answer {
        steps: vec![step(Some(7), 3_000_000, 0), step(None, 2_000_000, 1)],
        ..Answer::default()
    };
    scene.answer = Some((1, Arc::new(answer)));
    scene.playing = false;
    app.on_scene(Arc::new(scene.clone()));
    let chosen = |app: &App| match &app.ui().overlay {
        Overlay::Why { chosen, .. } => *chosen,
        other => panic!("no answer is shown, but {other:?}"),
    };
    assert_eq!(chosen(&app), None);
    assert_eq!(press(&mut app, "enter"), []);
    press(&mut app, "down");
    assert_eq!(chosen(&app), Some(0));
    assert_eq!(press(&mut app, "e"), [why(Why::Event(7))]);
    assert_eq!(
        press(&mut app, "down enter"),
        [Outgoing::Ask(Ask::Seek(2_000_000))]
    );
    // Of events that are not held nothing can be asked, and below the last step there is none.
    assert_eq!(press(&mut app, "down e"), []);
    assert_eq!(chosen(&app), Some(1));
    press(&mut app, "esc");
    assert_eq!(app.ui().overlay, Overlay::None);
    // The same answer is not shown again, but a new one is.
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().overlay, Overlay::None);
    scene.answer = scene.answer.map(|(number, answer)| (number + 1, answer));
    app.on_scene(Arc::new(scene));
    assert_eq!(chosen(&app), None);
}

#[test]
fn help_and_foot_come_from_the_keymap() {
    let mut app = app();
    press(&mut app, "?");
    assert_eq!(app.ui().view, ViewName::Help);
    assert!(
        app.ui()
            .keys
            .iter()
            .any(|line| line.keys == "q ctrl-c" && line.words == "leave")
    );
    press(&mut app, "? 4");
    let words: Vec<&str> = app
        .ui()
        .hints
        .iter()
        .map(|hint| hint.words.as_str())
        .collect();
    assert!(
        words.starts_with(&["pause", "step", "restart", "write", "view"]),
        "{words:?}"
    );
}

#[test]
fn tab_goes_round_the_views_and_esc_leads_back() {
    let mut app = app();
    let mut seen = Vec::new();
    for _ in ViewName::ALL {
        seen.push(app.ui().view);
        assert!(press(&mut app, "tab").is_empty());
    }
    assert_eq!(seen, ViewName::ALL);
    assert_eq!(app.ui().view, ViewName::Main);
    press(&mut app, "shift-tab");
    assert_eq!(Some(&app.ui().view), ViewName::ALL.last());
    press(&mut app, "esc");
    assert_eq!(app.ui().view, ViewName::Main);
}

/// Nodes are marked, and events filtered, where they are seen.
#[test]
fn what_needs_the_main_view_shows_it() {
    for key in ["p", "/"] {
        let mut app = app();
        press(&mut app, "tab");
        assert_ne!(app.ui().view, ViewName::Main);
        press(&mut app, key);
        assert_eq!(app.ui().view, ViewName::Main, "{key}");
    }
}

/// A script shows a view once; then it is the person's to choose, until it is shown again.
#[test]
fn a_script_shows_a_view() {
    let mut app = app();
    let mut scene = fixtures::figure_8();
    scene.view = Some((1, ViewName::Help));
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().view, ViewName::Help);
    press(&mut app, "esc");
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().view, ViewName::Main);
    scene.view = Some((2, ViewName::Help));
    app.on_scene(Arc::new(scene));
    assert_eq!(app.ui().view, ViewName::Help);
}

#[test]
fn of_an_answer_without_steps_none_is_offered() {
    let mut scene = fixtures::figure_8();
    scene.answer = Some((1, Arc::new(Answer::default())));
    let mut app = app();
    app.on_scene(Arc::new(scene));
    let hints = app.ui().hints.iter().map(|hint| &*hint.words);
    assert_eq!(hints.collect::<Vec<_>>(), ["close"]);
}

#[test]
fn the_key_of_help_is_among_the_first() {
    for (now, width) in [(3_412_000, 60), (1_000_000, 64)] {
        let mut scene = fixtures::figure_8();
        (scene.world.now, scene.playing) = (now, false);
        let app = app_with(scene);
        let mut row = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, width, 18));
        let screen = raft_playground::screen::Screen {
            scene: app.scene(),
            ui: app.ui(),
            theme: &raft_playground::screen::Theme::dark(),
        };
        ratatui::widgets::Widget::render(&screen, row.area, &mut row);
        let last: String = (0..width).map(|x| row[(x, 17)].symbol()).collect();
        assert!(last.contains("? help"), "{last}");
    }
}

#[test]
fn a_newcomer_is_welcomed_until_something_is_done() {
    let mut scene = fixtures::figure_8();
    (scene.scripted, scene.caption, scene.undoable) = (false, None, 0);
    let mut app = app_with(scene.clone());
    let welcome = app.ui().welcome.clone().expect("a welcome");
    // It fits on one row of the smallest screen that must be useful.
    assert!(welcome.chars().count() <= 78, "{welcome}");
    scene.undoable = 1;
    app.on_scene(Arc::new(scene));
    assert_eq!(app.ui().welcome, None);
}

/// The window of `odds` is there until it is closed, whatever lies over it meanwhile.
#[test]
fn what_may_come_is_shown_until_it_is_closed() {
    let asked = |number, ended| {
        let came_of = [(Outcome::Never, ended)];
        let forecast = odds::forecast("odds leader runs 9", 0, &came_of);
        let odds = Some((number, forecast));
        Arc::new(Scene {
            odds,
            ..fixtures::figure_8()
        })
    };
    let words = |app: &App| app.ui().hints[0].words.clone();
    let forget = [Outgoing::Ask(Ask::ForgetOdds)];
    let mut app = app_with(fixtures::figure_8());
    app.on_scene(asked(1, 4));
    assert_eq!(
        (&app.ui().overlay, &*words(&app)),
        (&Overlay::Odds, "give up")
    );
    app.on_scene(asked(1, 9));
    assert_eq!(
        (&app.ui().overlay, &*words(&app)),
        (&Overlay::Odds, "close")
    );
    // Keys work meanwhile, and what they open lies over it.
    assert_eq!(press(&mut app, "space").len(), 1);
    press(&mut app, ":");
    assert!(matches!(app.ui().overlay, Overlay::Palette(_)));
    app.on_scene(asked(1, 9));
    press(&mut app, "esc");
    assert_eq!(app.ui().overlay, Overlay::Odds);
    // Closed it stays so, also in scenes from before, until something else is asked.
    assert_eq!(press(&mut app, "esc"), forget);
    assert_eq!(app.ui().overlay, Overlay::None);
    app.on_scene(asked(1, 9));
    assert_eq!(app.ui().overlay, Overlay::None);
    app.on_scene(asked(2, 0));
    assert_eq!(app.ui().overlay, Overlay::Odds);
    assert_eq!(press(&mut app, "esc"), forget);
    // Another session counts from one again.
    app.on_scene(Arc::new(fixtures::figure_8()));
    app.on_scene(asked(2, 0));
    assert_eq!(app.ui().overlay, Overlay::Odds);
    app.on_scene(Arc::new(fixtures::figure_8()));
    assert_eq!(app.ui().overlay, Overlay::None);
}
