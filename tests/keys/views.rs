//! What is shown: views, answers, hints.

use std::sync::Arc;

use ratatui::layout::Rect;

use raft_playground::command::{Dashboard, Statement, ViewName, Why};
use raft_playground::raft::Rule;
use raft_playground::screen::Overlay;
use raft_playground::script::live::Ask;
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::{Answer, Answered, Breakpoint, Notice, Scene};
use raft_playground::tui::{App, Outgoing};
use raft_playground::world::Event;
use raft_playground::world::command::Nodes;
use raft_playground::world::view::Life;

use super::{app, app_with, fixtures, odds, palette, press, word_of};

#[test]
fn e_asks_why_and_goes_along_the_answer() {
    let why = |why| Outgoing::Ask(Ask::Perform(Statement::Dashboard(Dashboard::Why(why))));
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
    // What has failed comes before who is selected, and an event that is chosen before both.
    let mut failed = fixtures::figure_8();
    failed.notice = Some(Notice::from("it does not hold").with_why(Some(Why::Violation(None))));
    let newest = failed.records.last().expect("an event").id;
    let mut failed = app_with(failed);
    assert_eq!(press(&mut failed, "e"), [why(Why::Violation(None))]);
    assert_eq!(
        press(&mut failed, "E e").last(),
        Some(&why(Why::Event(newest)))
    );

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
    scene.answer = Some(fixtures::answered(1, answer, &scene));
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
    assert_eq!(press(&mut app, "down"), []);
    assert_eq!(word_of(&app), Some("the list ends here"));
    assert_eq!(press(&mut app, "e"), []);
    assert_eq!(chosen(&app), Some(1));
    press(&mut app, "esc");
    assert_eq!(app.ui().overlay, Overlay::None);
    // The same answer is not shown again, but a new one is.
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().overlay, Overlay::None);
    scene.answer = scene.answer.map(|told| Answered {
        number: told.number + 1,
        ..told
    });
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
    for key in ["p", "/", "E"] {
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
fn of_a_list_without_rows_none_is_offered() {
    let mut scene = fixtures::figure_8();
    scene.answer = Some(fixtures::answered(1, Answer::default(), &scene));
    let mut app = app();
    app.on_scene(Arc::new(scene));
    let offered = |app: &App| -> Vec<String> {
        let hints = app.ui().hints.iter();
        hints.map(|hint| hint.words.clone()).collect()
    };
    assert_eq!(offered(&app), ["close"]);
    press(&mut app, "esc g a");
    assert_eq!(offered(&app), ["close"]);
    press(&mut app, "esc g b");
    assert_eq!(offered(&app), ["break", "close"]);
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
    press(&mut app, "E up");
    let newest = app.scene().records.last().map(|record| record.id);
    assert!(app.ui().event.is_some() && app.ui().event < newest);
    press(&mut app, "E");
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

/// So many instants that fit no screen, each with an event.
fn long_story() -> Scene {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    scene.records = (1..=30)
        .map(|id| fixtures::record(id, 3_000_000 + id * 1_000, Some(1), Event::Restart))
        .collect();
    scene.world.now = 3_030_000;
    scene
}

#[test]
fn events_are_gone_through_by_keys() {
    let why = |event| {
        Outgoing::Ask(Ask::Perform(Statement::Dashboard(Dashboard::Why(
            Why::Event(event),
        ))))
    };
    let seek = |at| Outgoing::Ask(Ask::Seek(at));
    let chosen = |app: &App| app.ui().event;
    let says = |app: &App, words: &str| {
        let message = word_of(app);
        assert!(message.is_some_and(|it| it.contains(words)), "{message:?}");
    };
    let mut app = app_with(long_story());
    assert_eq!(press(&mut app, "E"), []);
    assert_eq!(chosen(&app), Some(30));
    assert_eq!(app.ui().hints[0].words, "older");
    // The time stays where it is until it is asked to go.
    assert_eq!(press(&mut app, "up k down up"), []);
    assert_eq!(chosen(&app), Some(28));
    assert_eq!(press(&mut app, "e"), [why(28)]);
    assert_eq!(press(&mut app, "enter"), [seek(3_028_000)]);
    // A row of the page before stays in sight.
    press(&mut app, "page-up");
    assert_eq!(chosen(&app), Some(20));
    press(&mut app, "home");
    assert_eq!(chosen(&app), Some(1));
    press(&mut app, "up");
    says(&app, "older");
    press(&mut app, "end");
    assert_eq!(chosen(&app), Some(30));
    press(&mut app, "down");
    says(&app, ". goes on in time");
    assert_eq!(press(&mut app, "enter"), []);
    says(&app, "stands at this event");
    // Whoever leaves selects nodes again, and a page of events begins at the newest.
    press(&mut app, "esc down");
    assert_eq!((chosen(&app), app.ui().selected.0), (None, 2));
    press(&mut app, "page-up");
    assert_eq!(chosen(&app), Some(22));
    press(&mut app, "E");
    assert_eq!(chosen(&app), None);
    // What the filter leaves out is passed over.
    let mut scene = long_story();
    scene.records[27].event = Event::Crash;
    let mut app = app_with(scene);
    press(&mut app, "/ c r a s h enter E");
    assert_eq!(chosen(&app), Some(28));
}

/// It is kept while the time is being held, and forgotten when the time leaves it.
#[test]
fn a_chosen_event_is_forgotten_when_time_goes_on() {
    let mut scene = long_story();
    scene.playing = true;
    let mut app = app_with(scene.clone());
    assert_eq!(press(&mut app, "E"), [Outgoing::Ask(Ask::Play(false))]);
    press(&mut app, "up");
    let mut arrives = |app: &mut App, playing, now| {
        (scene.playing, scene.world.now) = (playing, now);
        app.on_scene(Arc::new(scene.clone()));
    };
    arrives(&mut app, true, 3_030_500);
    app.arrive();
    arrives(&mut app, false, 3_031_000);
    assert_eq!(app.ui().event, Some(29));
    // To its own instant it is taken along, and no further.
    press(&mut app, "enter");
    app.arrive();
    arrives(&mut app, false, 3_029_000);
    assert_eq!(app.ui().event, Some(29));
    arrives(&mut app, false, 3_029_500);
    assert_eq!(app.ui().event, None);
}

#[test]
fn pages_go_through_whatever_is_listed() {
    let mut app = app();
    let area = Rect::new(0, 0, 80, 24);
    app.was_drawn_on(area);
    press(&mut app, "? page-down");
    assert_eq!(app.ui().scrolled, 15, "a row stays in sight");
    // Nothing is scrolled beyond the last row, so that the next key up is seen.
    press(&mut app, "end");
    let reach = app.ui().scrolled;
    assert!(reach > 15, "{reach}");
    press(&mut app, "down page-down");
    assert_eq!(app.ui().scrolled, reach);
    assert_eq!(word_of(&app), Some("the list ends here"));
    press(&mut app, "up");
    assert_eq!(app.ui().scrolled, reach - 1);
    assert_eq!(app.ui().message, None);
    press(&mut app, "home");
    assert_eq!(app.ui().scrolled, 0);
    press(&mut app, "page-up");
    assert_eq!(word_of(&app), Some("the list begins here"));
    app.was_drawn_on(Rect::new(0, 0, 200, 60));
    press(&mut app, "page-down");
    assert!(app.ui().message.is_some(), "every key is seen there");

    app.was_drawn_on(area);
    let rules = Rule::ALL;
    press(&mut app, "shift-tab end");
    assert_eq!(Some(&app.ui().rule), rules.last());
    press(&mut app, "page-up");
    assert_eq!(app.ui().rule, rules[rules.len() - 9]);
    press(&mut app, "home");
    assert_eq!(app.ui().rule, rules[0]);

    // Elsewhere it is time that is gone through.
    let now = app.scene().world.now;
    let held = Outgoing::Ask(Ask::Play(false));
    for (view, key, to) in [
        ("metrics", "page-up", now - 500_000),
        ("clients", "page-down", now + 500_000),
    ] {
        press(&mut app, "shift-tab");
        assert_eq!(app.ui().view.name(), view);
        let outgoing = press(&mut app, key);
        assert_eq!(outgoing, [held.clone(), Outgoing::Ask(Ask::Seek(to))]);
        // Keys come faster than scenes: the next page goes on from there.
        let further = to.saturating_add_signed(to as i64 - now as i64);
        let outgoing = press(&mut app, key);
        assert_eq!(outgoing, [held.clone(), Outgoing::Ask(Ask::Seek(further))]);
        app.arrive();
    }

    let mut scene = fixtures::figure_8();
    let breakpoint = Breakpoint {
        text: "break when leader".into(),
        on: true,
        kept: false,
        stopped: false,
    };
    scene.breakpoints = vec![breakpoint; 25];
    let mut app = app_with(scene);
    let chosen = |app: &mut App, keys: &str| {
        press(app, keys);
        match app.ui().overlay {
            Overlay::Breakpoints { chosen } => chosen,
            ref other => panic!("no list is open, but {other:?}"),
        }
    };
    assert_eq!(chosen(&mut app, "g b page-down down"), 19);
    assert_eq!(chosen(&mut app, "end"), 24);
    assert_eq!(app.ui().message, None);
    assert_eq!(chosen(&mut app, "down"), 24);
    assert_eq!(word_of(&app), Some("the list ends here"));
    assert_eq!(chosen(&mut app, "page-up"), 6);
    assert_eq!(chosen(&mut app, "home"), 0);
}

/// No key is silent that a person may have meant.
#[test]
fn a_key_that_does_nothing_says_so() {
    let mut app = app();
    for (keys, words) in [
        ("F", "F does nothing; ? lists every key"),
        ("f5", "f5 does nothing"),
        ("? enter", "nothing to choose"),
    ] {
        assert_eq!(press(&mut app, keys), [], "{keys}");
        let message = word_of(&app).unwrap_or_default();
        assert!(message.contains(words), "{keys}: {message}");
    }
    let mut alone = app_with(fixtures::crowd(1));
    press(&mut alone, "down");
    assert!(alone.ui().message.is_some());
}

/// Where nothing is marked, enter offers what a right click offers.
#[test]
fn enter_offers_what_can_be_done_with_what_is_chosen() {
    let mut app = app();
    assert_eq!(press(&mut app, "2 enter"), []);
    assert_eq!(palette(&app).choices[0].0, "crash S2");
    assert!(palette(&app).offers);
    press(&mut app, "page-down");
    assert!(palette(&app).offers, "a page is none of the letters");
    press(&mut app, "esc m enter");
    let first = &palette(&app).choices[0].0;
    assert!(
        first.starts_with("deliver ") || first.starts_with("drop "),
        "{first}"
    );
}

/// A caption by hand, or one that a script left behind, has nobody who ends it.
#[test]
fn a_caption_that_no_script_ends_is_put_away() {
    let drawn = |app: &App| {
        let area = Rect::new(0, 0, 120, 36);
        let mut buf = ratatui::buffer::Buffer::empty(area);
        let screen = raft_playground::screen::Screen {
            scene: app.scene(),
            ui: app.ui(),
            theme: &raft_playground::screen::Theme::dark(),
        };
        ratatui::widgets::Widget::render(&screen, area, &mut buf);
        let cells = buf.content().iter().map(|cell| cell.symbol());
        cells.collect::<String>().contains("Entry 2 is on three")
    };
    let mut scene = fixtures::figure_8();
    scene.scripted = true;
    let mut app = app_with(scene.clone());
    press(&mut app, "esc");
    assert!(drawn(&app), "the script goes on to tell");
    scene.scripted = false;
    app.on_scene(Arc::new(scene.clone()));
    let hints = |app: &App| app.ui().hints.iter().any(|it| it.words.contains("caption"));
    assert!(hints(&app));
    press(&mut app, "esc");
    assert!(!drawn(&app) && !hints(&app));
    // What is said anew is shown.
    scene.caption = scene.caption.map(|(caption, at)| (caption, at + 1));
    app.on_scene(Arc::new(scene));
    assert!(drawn(&app));
}

/// Where it has nothing to close it says so, and how to leave; a sequence that was begun is closed,
/// and nothing behind it.
#[test]
fn esc_closes_the_innermost_or_tells_that_nothing_is_open() {
    let mut scene = fixtures::figure_8();
    scene.caption = None;
    let mut app = app_with(scene);
    assert!(press(&mut app, "esc").is_empty());
    assert_eq!(
        word_of(&app),
        Some("nothing is open; q leaves the dashboard")
    );
    press(&mut app, "? g esc");
    assert_eq!(app.ui().view, ViewName::Help);
    assert_eq!(app.ui().message, None);
    press(&mut app, "esc");
    assert_eq!(app.ui().view, ViewName::Main);
    assert_eq!(app.ui().message, None, "the view was closed");
}

#[test]
fn esc_puts_a_notice_away() {
    let mut scene = fixtures::figure_8();
    (scene.caption, scene.notice) = (None, Some("line 7 does not hold".into()));
    let mut app = app_with(scene);
    assert_eq!(press(&mut app, "esc"), [Outgoing::Ask(Ask::Dismiss)]);
    assert_eq!(app.ui().message, None);
}

/// Where a view does not show who is selected, it is said.
#[test]
fn who_is_selected_is_seen_or_said() {
    let mut app = app();
    press(&mut app, "3");
    assert_eq!(app.ui().message, None, "it is seen");
    for view in [ViewName::Clients, ViewName::Metrics] {
        while app.ui().view != view {
            press(&mut app, "tab");
        }
        press(&mut app, "2 j");
        assert_eq!(word_of(&app), Some("S3 is selected"));
        press(&mut app, "2");
        assert_eq!(word_of(&app), Some("S2 is selected"));
    }
}
