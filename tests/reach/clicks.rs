//! Everything that can be clicked.

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use raft_playground::command::{Lang, Statement, ViewName};
use raft_playground::kv::Text;
use raft_playground::screen::hit::{self, Target};
use raft_playground::screen::{Overlay, Row, Screen, Theme};
use raft_playground::session::Answer;
use raft_playground::session::why::Step;
use raft_playground::tui::{App, Keymap};
use raft_playground::world::explain::instant_text;
use ratatui::layout::Rect;

use super::{app, eventful, fixtures, frame, key, press, seen};

const SIZE: (u16, u16) = (120, 36);

/// What is under each cell, row by row.
fn targets(app: &App) -> Vec<((u16, u16), Target)> {
    let (theme, area) = (Theme::mono(), Rect::new(0, 0, SIZE.0, SIZE.1));
    let screen = Screen {
        scene: app.scene(),
        ui: app.ui(),
        theme: &theme,
    };
    let cells = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
    let hit = cells.filter_map(|(x, y)| Some(((x, y), hit::at(&screen, area, x, y)?)));
    hit.collect()
}

/// What kind of thing it is, where clicking it is tried out, and whether a right click offers
/// something. Whoever adds a target says it here.
fn kind(target: Target) -> (&'static str, bool) {
    match target {
        Target::Node(_) => ("node", true),
        Target::View(_) => ("view", false),
        Target::Instant(_) => ("instant", false),
        Target::Event(_) => ("event", false),
        Target::Message(_) => ("message", true),
        Target::Link(..) => ("link", true),
        Target::Rule(_) => ("rule", true),
        Target::Choice(_) => ("choice", false),
        Target::Row(_) => ("row", false),
    }
}

/// The screens on which there is something to click: what leads there, and what is there.
const SCREENS: [(&str, &[&str]); 9] = [
    ("", &["event", "instant", "message", "node", "view"]),
    ("tab", &["instant", "message", "node", "view"]),
    ("tab tab", &["instant", "link", "message", "node", "view"]),
    ("shift-tab shift-tab", &["instant", "rule", "view"]),
    (": c", &["choice"]),
    ("o", &["row"]),
    ("g a", &["row"]),
    ("g b", &["row"]),
    ("WHY", &["row"]),
];

fn screen(keys: &str) -> App {
    let mut scene = fixtures::figure_8();
    let eventful = eventful();
    (scene.branches, scene.breakpoints) = (eventful.branches, eventful.breakpoints);
    scene.branches.push(scene.branches[0].clone());
    scene.breakpoints.push(scene.breakpoints[0].clone());
    scene.frontier += 1_000_000;
    let mut app = app::app(scene.clone(), Keymap::default(), Lang::En);
    if keys == "WHY" {
        let step = |at| Step {
            at,
            event: Some(3),
            node: None,
            words: "n1 grants its vote".into(),
            depth: 1,
        };
        let answer = Answer {
            question: "why leader".into(),
            title: "Who leads, and why?".into(),
            headline: "n1 leads".into(),
            steps: vec![step(2_000_000), step(1_000_000)],
            left_out: 0,
            missing: Vec::new(),
        };
        scene.answer = Some(fixtures::answered(1, answer, &scene));
        app.on_scene(Arc::new(scene));
    } else {
        press(&mut app, &key::events(keys));
    }
    app
}

/// Everything that can be clicked is somewhere, a click on it does something (a second one, where
/// it was chosen already), and a right click offers statements where there is something to offer.
#[test]
fn no_target_is_dead() {
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mouse = |app: &mut App, button, (column, row): (u16, u16)| {
        let event = MouseEvent {
            kind: MouseEventKind::Down(button),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        };
        app.on_mouse(&event, area, &Theme::mono())
    };
    for (keys, wanted) in SCREENS {
        let found = targets(&screen(keys));
        let kinds: BTreeSet<&str> = found.iter().map(|(_, target)| kind(*target).0).collect();
        assert_eq!(kinds, wanted.iter().copied().collect(), "{keys}");
        let mut tried: Vec<Target> = Vec::new();
        for (cell, target) in found {
            if tried.contains(&target) {
                continue;
            }
            tried.push(target);
            let mut app = screen(keys);
            let then = seen(&app);
            let outgoing = mouse(&mut app, MouseButton::Left, cell).expect("it means something");
            let changed = !outgoing.is_empty() || seen(&app) != then;
            let chosen = target == Target::Node(then.selected) || target == Target::View(then.view);
            assert!(
                changed || chosen,
                "{keys}: a click on {target:?} at {cell:?}"
            );

            let mut app = screen(keys);
            mouse(&mut app, MouseButton::Right, cell);
            let offers = kind(target).1;
            match &app.ui().overlay {
                Overlay::Palette(prompt) if offers => {
                    assert!(prompt.offers && !prompt.choices.is_empty(), "{target:?}");
                    let nodes = app.scene().world.nodes.iter();
                    let names: Vec<Text> = nodes.map(|node| node.name.clone()).collect();
                    for (text, words) in &prompt.choices {
                        let read = Statement::parse(text, &names, true);
                        assert!(read.is_ok() && !words.is_empty(), "{target:?}: {text}");
                    }
                }
                overlay => assert!(!offers && *overlay == then.overlay, "{target:?}"),
            }
            assert_eq!(mouse(&mut screen(keys), MouseButton::Middle, cell), None);
        }
    }
}

/// What is clicked is what is seen there: the row has its words, or there is a sign of the message.
#[test]
fn what_is_clicked_is_what_is_drawn() {
    for (keys, _) in SCREENS {
        let app = screen(keys);
        let text = frame::text(app.scene(), app.ui(), SIZE.0, SIZE.1);
        let lines: Vec<&str> = text.lines().collect();
        for ((x, y), target) in targets(&app) {
            let (column, row) = (usize::from(x), usize::from(y));
            let line = lines[row];
            assert!(
                is_drawn(&app, &lines, (column, row), target),
                "{keys}: {target:?} at {x}, {y}: {line}"
            );
        }
    }
}

/// True when what is under a cell can be read there.
fn is_drawn(app: &App, lines: &[&str], (column, row): (usize, usize), target: Target) -> bool {
    let world = &app.scene().world;
    let line = lines[row];
    let overlay = &app.ui().overlay;
    match target {
        // Below a name stands its timer, which is a target too.
        Target::Node(id) => lines[row - 1..=row]
            .iter()
            .any(|line| line.contains(world.name(id))),
        Target::View(view) => line.contains(view.name()),
        Target::Instant(_) => line.starts_with(" 0 s "),
        Target::Event(event) => {
            let records = &app.scene().records;
            let record = records.iter().find(|record| record.id == event);
            let at = instant_text(record.expect("it is known").at);
            // An event of several rows has its instant in the first.
            let instants = lines[..=row].iter().rev().filter_map(|line| event_at(line));
            instants.take(1).eq([at])
        }
        Target::Message(message) if app.ui().view == ViewName::Network => {
            let flights = &world.flights;
            let flight = flights.iter().find(|flight| flight.message == message);
            let envelope = &flight.expect("it is on its way").envelope;
            line.contains(world.name(envelope.from)) && line.contains(world.name(envelope.to))
        }
        // A sign or a line, which may be missed by a cell.
        Target::Message(_) => lines[row - 1..=row + 1].iter().any(|line| {
            let mut near = line.chars().skip(column - 1).take(3);
            near.any(|sign| !matches!(sign, ' ' | '│'))
        }),
        Target::Link(from, _) => line.contains(world.name(from)),
        Target::Rule(rule) => line.contains(rule.info().name),
        Target::Choice(place) => match overlay {
            Overlay::Palette(prompt) => line.contains(&prompt.choices[place].0),
            other => panic!("{other:?} offers no choices"),
        },
        Target::Row(row) => match overlay {
            Overlay::Picker(choices) => match &choices.rows[row] {
                Row::Choice { text, .. } => {
                    line.contains(&text.chars().take(20).collect::<String>())
                }
                heading => panic!("{heading:?} can be clicked"),
            },
            Overlay::Branches { .. } => line.contains("parts at"),
            Overlay::Breakpoints { .. } => line.contains("break when"),
            Overlay::Why { told, .. } => {
                let at = told.answer.steps[row].at / 1_000_000;
                line.contains(&format!("{at}.000"))
            }
            other => panic!("{other:?} has no rows"),
        },
    }
}

/// The instant at the head of a row of events, which are the second column of panes.
fn event_at(line: &str) -> Option<String> {
    let pane = line.rsplit('│').nth(1)?;
    let word = pane.split_whitespace().next()?;
    word.parse::<f64>().is_ok().then(|| word.to_owned())
}
