//! What the mouse means, cell by cell, without a terminal.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/key.rs"]
mod key;
#[path = "fixtures/odds.rs"]
mod odds;
#[path = "fixtures/stand_in.rs"]
mod stand_in;

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use key::press;
use raft_playground::command::{Dashboard, Statement, ViewName, Why};
use raft_playground::kv::Text;
use raft_playground::raft::{NodeId, Rule};
use raft_playground::screen::hit::{self, Target};
use raft_playground::screen::{Overlay, Screen, Theme, Ui};
use raft_playground::script::live::Ask;
use raft_playground::session::odds::Outcome;
use raft_playground::session::{Breakpoint, OtherBranch, Scene};
use raft_playground::tui::{App, Outgoing};
use raft_playground::world::Command;
use raft_playground::world::view::Life;
use ratatui::layout::Rect;
use stand_in::app;

const SIZES: [(u16, u16); 4] = [(60, 18), (80, 24), (120, 36), (200, 60)];

fn area((columns, rows): (u16, u16)) -> Rect {
    Rect::new(0, 0, columns, rows)
}

/// Where each node can be clicked is what is drawn there: its name stands in that row.
#[test]
fn a_node_is_where_it_is_drawn() {
    let scenes = [
        fixtures::figure_8(),
        fixtures::partitioned(),
        fixtures::crowd(9),
        fixtures::crowd(101),
    ];
    let theme = Theme::mono();
    for scene in &scenes {
        for size in SIZES {
            let ui = Ui {
                selected: NodeId(4),
                ..Ui::default()
            };
            let screen = Screen {
                scene,
                ui: &ui,
                theme: &theme,
            };
            let buf = frame::draw_in(scene, &ui, size, &theme);
            let mut found = BTreeSet::new();
            for y in 0..size.1 {
                let mut run: Option<(NodeId, String)> = None;
                let mut told = Vec::new();
                for x in 0..size.0 {
                    let target = hit::at(&screen, area(size), x, y);
                    let Some(Target::Node(id)) = target else {
                        told.extend(run.take());
                        continue;
                    };
                    found.insert(id);
                    match &mut run {
                        Some((same, text)) if *same == id => text.push_str(buf[(x, y)].symbol()),
                        _ => told.extend(run.replace((id, buf[(x, y)].symbol().to_owned()))),
                    }
                }
                told.extend(run);
                for (id, text) in told {
                    let name = scene.world.name(id);
                    // Below a name stands its timer, which is a target too.
                    let above = (0..size.0)
                        .map(|x| buf[(x, y - 1)].symbol())
                        .collect::<String>();
                    assert!(
                        text.contains(name) || above.contains(name),
                        "{size:?}: {name} in {text:?}"
                    );
                }
            }
            assert!(found.len() == scene.world.nodes.len() || found.contains(&NodeId(4)));
            assert!(
                found.len() >= scene.world.nodes.len().min(5),
                "{size:?}: {found:?}"
            );
        }
    }
}

const SIZE: (u16, u16) = (120, 36);

fn mouse(app: &mut App, kind: MouseEventKind, (column, row): (u16, u16)) -> Option<Vec<Outgoing>> {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    app.on_mouse(&event, area(SIZE), &Theme::mono())
}

/// The cells, from the upper left, under which this is.
fn cells(app: &App, target: Target) -> impl Iterator<Item = (u16, u16)> {
    let theme = Theme::mono();
    let cells = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
    cells.filter(move |&(x, y)| {
        let screen = Screen {
            scene: app.scene(),
            ui: app.ui(),
            theme: &theme,
        };
        hit::at(&screen, area(SIZE), x, y) == Some(target)
    })
}

/// The first of them.
fn place(app: &App, target: Target) -> (u16, u16) {
    let first = cells(app, target).next();
    first.unwrap_or_else(|| panic!("{target:?} is nowhere"))
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const RIGHT: MouseEventKind = MouseEventKind::Down(MouseButton::Right);

#[test]
fn a_click_selects_or_marks_and_the_wheel_goes_on() {
    let mut app = app(fixtures::figure_8());
    let third = place(&app, Target::Node(NodeId(3)));
    assert_eq!(mouse(&mut app, CLICK, third), Some(Vec::new()));
    assert_eq!(app.ui().selected, NodeId(3));
    mouse(&mut app, MouseEventKind::ScrollDown, (0, 0));
    assert_eq!(app.ui().selected, NodeId(4));
    mouse(&mut app, MouseEventKind::ScrollUp, (0, 0));
    assert_eq!(app.ui().selected, NodeId(3));
    // Nothing is drawn anew for what means nothing.
    assert_eq!(mouse(&mut app, CLICK, (0, 0)), None);
    assert_eq!(mouse(&mut app, MouseEventKind::Moved, third), None);
    press(&mut app, "p");
    mouse(&mut app, CLICK, third);
    let marked = [NodeId(3)].into();
    assert_eq!(app.ui().overlay, Overlay::Partition { marked });
}

#[test]
fn the_tape_is_clicked_and_dragged() {
    let mut scene = fixtures::figure_8();
    (scene.playing, scene.frontier) = (false, 10_000_000);
    let mut app = app(scene);
    let start = place(&app, Target::Instant(0));
    assert_eq!(
        mouse(&mut app, CLICK, start),
        Some(vec![Outgoing::Ask(Ask::Seek(0))])
    );
    let drag = MouseEventKind::Drag(MouseButton::Left);
    // Wherever the pointer has gone to meanwhile, up to the end and not beyond.
    let end = mouse(&mut app, drag, (SIZE.0 - 1, 3));
    assert_eq!(end, Some(vec![Outgoing::Ask(Ask::Seek(10_000_000))]));
    let middle = mouse(&mut app, drag, (60, 3)).expect("an instant");
    assert!(
        matches!(middle[..], [Outgoing::Ask(Ask::Seek(4_000_000..6_000_000))]),
        "{middle:?}"
    );
    assert_eq!(
        mouse(&mut app, drag, (60, 0)),
        Some(Vec::new()),
        "the same instant"
    );
    assert_eq!(
        mouse(&mut app, MouseEventKind::Up(MouseButton::Left), (60, 0)),
        None
    );
    assert_eq!(mouse(&mut app, drag, (70, 3)), None);
}

#[test]
fn a_right_click_offers_what_can_be_done_with_a_node() {
    let mut scene = fixtures::figure_8();
    scene.world.nodes[1].life = Life::Down;
    let mut app = app(scene);
    let second = place(&app, Target::Node(NodeId(2)));
    mouse(&mut app, RIGHT, second);
    let offered = |app: &App| -> Vec<String> {
        let Overlay::Palette(prompt) = &app.ui().overlay else {
            panic!("the palette is not open");
        };
        prompt
            .choices
            .iter()
            .map(|(text, _)| text.clone())
            .collect()
    };
    assert_eq!(
        offered(&app),
        [
            "restart S2",
            "wipe S2",
            "isolate S2",
            "hold-timer S2",
            "disk S2 stall",
            "demote S2",
            "remove S2",
            "why role S2"
        ]
    );
    let wipe = place(&app, Target::Choice(1));
    let asked = mouse(&mut app, CLICK, wipe);
    let said = Ask::Perform(Statement::Title("wipe S2".into()));
    assert_eq!(asked, Some(vec![Outgoing::Ask(said)]));
    assert_eq!(app.ui().overlay, Overlay::None);
    // What is offered are statements.
    for number in 1..=5 {
        let node = place(&app, Target::Node(NodeId(number)));
        mouse(&mut app, RIGHT, node);
        let nodes = app.scene().world.nodes.iter();
        let names: Vec<Text> = nodes.map(|node| node.name.clone()).collect();
        for text in offered(&app) {
            assert!(Statement::parse(&text, &names, true).is_ok(), "{text}");
        }
        press(&mut app, "esc");
    }
}

fn showing(scene: Scene, view: ViewName) -> App {
    let mut app = app(scene);
    while app.ui().view != view {
        press(&mut app, "tab");
    }
    app
}

#[test]
fn a_click_on_an_event_goes_to_its_instant_and_e_asks_about_it() {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let record = scene.records.iter().find(|record| record.is_telling());
    let (id, at) = record
        .map(|record| (record.id, record.at))
        .expect("an event");
    let mut app = app(scene.clone());
    let place = place(&app, Target::Event(id));
    let asked = mouse(&mut app, CLICK, place);
    assert_eq!(asked, Some(vec![Outgoing::Ask(Ask::Seek(at))]));
    assert_eq!(app.ui().event, Some(id));
    // It stays chosen on the way there, and as long as the time stands there.
    app.on_scene(Arc::new(scene.clone()));
    scene.world.now = at;
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().event, Some(id));
    let why = Ask::Perform(Statement::Dashboard(Dashboard::Why(Why::Event(id))));
    assert_eq!(press(&mut app, "e"), [Outgoing::Ask(why)]);
    let text = frame::text(app.scene(), app.ui(), SIZE.0, SIZE.1);
    assert!(text.contains('▸'), "{text}");
    scene.world.now = at + 1;
    app.on_scene(Arc::new(scene));
    assert_eq!(app.ui().event, None);
}

/// The window of `odds` hides what it covers, and nothing else.
#[test]
fn beside_the_window_of_odds_all_can_be_clicked() {
    let came_of = [(Outcome::Came(5_000), 700), (Outcome::Never, 300)];
    let scene = Scene {
        odds: Some((1, odds::forecast("odds leader", 0, &came_of))),
        ..fixtures::figure_8()
    };
    let (free, mut kept, mut hidden) = (Ui::default(), 0, 0);
    let asked = Ui {
        overlay: Overlay::Odds,
        ..free.clone()
    };
    let drawn = frame::text(&scene, &asked, SIZE.0, SIZE.1);
    let title = drawn.lines().position(|line| line.contains("odds leader"));
    let title = title.expect("the window") as u16;
    let theme = Theme::mono();
    let at = |ui: &Ui, x, y| {
        let screen = Screen {
            scene: &scene,
            ui,
            theme: &theme,
        };
        hit::at(&screen, area(SIZE), x, y)
    };
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            match (at(&free, x, y), at(&asked, x, y)) {
                (Some(_), None) => {
                    assert!(y >= title, "{x} {y}");
                    hidden += 1;
                }
                (before, after) => {
                    assert_eq!(before, after);
                    kept += usize::from(after.is_some());
                }
            }
        }
    }
    assert!(kept > 100 && hidden > 100, "{kept} kept, {hidden} hidden");
}

#[test]
fn a_click_on_a_message_chooses_it_wherever_it_is_drawn() {
    for view in [ViewName::Main, ViewName::Timeline, ViewName::Network] {
        let scene = fixtures::figure_8();
        for message in scene.world.flights.iter().map(|flight| flight.message) {
            let mut app = showing(scene.clone(), view);
            let there = place(&app, Target::Message(message));
            // Time is held: what goes on moving cannot be aimed at.
            let asked = mouse(&mut app, CLICK, there);
            assert_eq!(
                asked,
                Some(vec![Outgoing::Ask(Ask::Play(false))]),
                "{view:?}"
            );
            assert_eq!(app.ui().flight, Some(message), "{view:?}");
            mouse(&mut app, RIGHT, there);
            let Overlay::Palette(prompt) = &app.ui().overlay else {
                panic!("nothing is offered");
            };
            let verbs = prompt.choices.iter();
            let verbs = verbs.map(|(text, _)| text.split(' ').next().unwrap_or_default());
            let verbs: Vec<&str> = verbs.collect();
            assert_eq!(verbs, ["drop", "delay", "copy", "deliver"], "{view:?}");
        }
    }
}

/// A very wide screen has the timeline beside the main view, and it is no other there.
#[test]
fn the_timeline_beside_the_main_view_is_clicked_too() {
    let scene = fixtures::figure_8();
    let (ui, theme) = (Ui::default(), Theme::mono());
    let (size, other) = ((260, 50), 260 - 260 / 3);
    let screen = Screen {
        scene: &scene,
        ui: &ui,
        theme: &theme,
    };
    let cells = (0..size.1).flat_map(|y| (other..size.0).map(move |x| (x, y)));
    let found = cells.filter_map(|(x, y)| hit::at(&screen, area(size), x, y));
    let found: Vec<Target> = found.collect();
    for node in &scene.world.nodes {
        assert!(found.contains(&Target::Node(node.id)), "{}", node.name);
    }
    for flight in &scene.world.flights {
        let message = Target::Message(flight.message);
        assert!(found.contains(&message), "{message:?}");
    }
}

#[test]
fn a_click_on_what_is_chosen_does_what_enter_does() {
    let mut app = showing(fixtures::figure_8(), ViewName::Rules);
    let rule = Rule::ALL[3];
    let there = place(&app, Target::Rule(rule));
    assert_eq!(mouse(&mut app, CLICK, there), Some(Vec::new()));
    assert_eq!(app.ui().rule, rule);
    let there = place(&app, Target::Rule(rule));
    let switched = Statement::Act(Command::Rule { rule, on: false });
    let asked = vec![Outgoing::Ask(Ask::Perform(switched))];
    assert_eq!(mouse(&mut app, CLICK, there), Some(asked));

    let mut app = showing(fixtures::figure_8(), ViewName::Network);
    let link = Target::Link(NodeId(1), NodeId(3));
    for chosen in [true, false] {
        let there = place(&app, link);
        mouse(&mut app, CLICK, there);
        assert_eq!(app.ui().link, Some((NodeId(1), NodeId(3))));
        assert_eq!(app.ui().overlay == Overlay::None, chosen);
    }

    let mut scene = fixtures::figure_8();
    let branch = |parts| OtherBranch {
        parts,
        until: 2_000_000,
        done: Vec::new(),
    };
    scene.branches = vec![branch(1), branch(2), branch(3)];
    let mut app = self::app(scene);
    press(&mut app, "g");
    press(&mut app, "a");
    let there = place(&app, Target::Row(2));
    assert_eq!(mouse(&mut app, CLICK, there), Some(Vec::new()));
    assert_eq!(app.ui().overlay, Overlay::Branches { chosen: 2 });
    let asked = vec![Outgoing::Ask(Ask::TakeUp(2))];
    assert_eq!(mouse(&mut app, CLICK, there), Some(asked));

    // What is played is told of first.
    press(&mut app, "o");
    let chosen = |app: &App| match &app.ui().overlay {
        Overlay::Picker(choices) => choices.chosen.expect("something is chosen"),
        other => panic!("nothing to choose from: {other:?}"),
    };
    let row = chosen(&app) + 2;
    let there = place(&app, Target::Row(row));
    assert_eq!(mouse(&mut app, CLICK, there), Some(Vec::new()));
    assert_eq!(chosen(&app), row);
    let there = place(&app, Target::Row(row));
    let asked = mouse(&mut app, CLICK, there).expect("it means something");
    assert!(matches!(asked[..], [Outgoing::Ask(Ask::Open(Some(_)))]));
}

/// Wherever a server is drawn: in the ring, and in its row of the logs.
#[test]
fn a_second_click_on_a_server_offers_what_can_be_done_with_it() {
    let mut app = app(fixtures::figure_8());
    let fifth = Target::Node(NodeId(5));
    let cells: Vec<(u16, u16)> = cells(&app, fifth).collect();
    let (left, right) = (cells.iter().min(), cells.iter().max());
    for cell in [left, right].map(|cell| *cell.expect("it is drawn")) {
        press(&mut app, "1");
        assert_eq!(mouse(&mut app, CLICK, cell), Some(Vec::new()));
        assert_eq!(app.ui().selected, NodeId(5));
        assert_eq!(app.ui().overlay, Overlay::None);
        assert_eq!(mouse(&mut app, CLICK, cell), Some(Vec::new()));
        let Overlay::Palette(prompt) = &app.ui().overlay else {
            panic!("nothing is offered at {cell:?}");
        };
        assert_eq!(prompt.choices[0].0, "crash S5");
        press(&mut app, "esc");
    }
}

#[test]
fn over_the_events_the_wheel_goes_through_them() {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let told = scene.records.iter().filter(|record| record.is_telling());
    let told: Vec<_> = told.map(|record| record.id).collect();
    let newest = *told.last().expect("events");
    let mut app = app(scene);
    let there = place(&app, Target::Event(newest));
    mouse(&mut app, MouseEventKind::ScrollUp, there);
    assert_eq!(app.ui().event, Some(newest));
    mouse(&mut app, MouseEventKind::ScrollUp, there);
    assert_eq!(app.ui().event, Some(told[told.len() - 2]));
    mouse(&mut app, MouseEventKind::ScrollDown, there);
    assert_eq!(app.ui().event, Some(newest));
    assert_eq!(app.ui().selected, NodeId(1));
}

/// Over a list the wheel goes from row to row, and not behind it.
#[test]
fn the_wheel_goes_through_lists() {
    let mut scene = fixtures::figure_8();
    let breakpoint = Breakpoint {
        text: "break when leader".into(),
        on: true,
        stopped: false,
        kept: false,
    };
    scene.breakpoints = vec![breakpoint.clone(), breakpoint];
    let mut app = app(scene);
    press(&mut app, "g");
    press(&mut app, "b");
    mouse(&mut app, MouseEventKind::ScrollDown, (60, 18));
    assert_eq!(app.ui().overlay, Overlay::Breakpoints { chosen: 1 });
    assert_eq!(app.ui().selected, NodeId(1));
}
