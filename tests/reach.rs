//! Nothing is out of reach: every verb can be typed, every action has a key that does something,
//! help tells every binding, and everything that can be clicked is clicked here. What is new and
//! has no example fails.

#[path = "fixtures/app.rs"]
mod app;
mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/key.rs"]
mod key;
#[path = "fixtures/statements.rs"]
mod statements;

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::{KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use raft_playground::command::verb::{Group, VERBS};
use raft_playground::command::{Lang, Statement, ViewName};
use raft_playground::kv::Text;
use raft_playground::screen::hit::{self, Target};
use raft_playground::screen::{Overlay, Screen, Theme, Ui};
use raft_playground::script::live::{Ask, Begin, Inline};
use raft_playground::script::{demos, free_stage};
use raft_playground::session::why::Step;
use raft_playground::session::{Answer, Breakpoint, OtherBranch, Scene};
use raft_playground::tui::action::Action;
use raft_playground::tui::{App, Keymap, Outgoing};
use ratatui::layout::Rect;

/// What stands in scripts only, with what is typed to see it refused.
const SCRIPTS_ONLY: [(&str, &str); 4] = [
    ("repeat", "repeat 2"),
    ("end", "end"),
    ("ask", "ask \"who leads?\" until leader"),
    ("else", "else crash n1"),
];

/// A cluster of nine, a little after it began.
fn session() -> Inline {
    let mut session = Inline::start(Begin::free(free_stage(9, 7), || 99));
    session.pass(2_000_000);
    session
}

fn press(app: &mut App, keys: &[KeyEvent]) -> Vec<Outgoing> {
    keys.iter().flat_map(|key| app.on_key(key)).collect()
}

#[test]
fn every_verb_has_an_example() {
    let mut examples: BTreeSet<&str> = statements::TYPED.iter().map(|(verb, _)| *verb).collect();
    for (verb, text) in statements::TYPED {
        assert!(text.starts_with(verb), "{text}");
    }
    examples.extend(SCRIPTS_ONLY.map(|(verb, _)| verb));
    let typed = VERBS.iter().filter(|verb| verb.group != Group::Stage);
    let verbs: BTreeSet<&str> = typed.map(|verb| verb.name).collect();
    assert_eq!(examples, verbs);
}

#[test]
fn every_verb_can_be_typed() {
    let scene = session().scene();
    let nodes = scene.world.nodes.iter();
    let names: Vec<Text> = nodes.map(|node| node.name.clone()).collect();
    for (verb, text) in statements::TYPED {
        let mut app = app::app(scene.clone(), Keymap::default(), Lang::En);
        let keys = key::typing(&format!(":{text}"));
        // After its first letters the verb is offered, with what it does.
        let begun = 1 + verb.len() / 2;
        press(&mut app, &keys[..begun]);
        let Overlay::Palette(prompt) = &app.ui().overlay else {
            panic!("{text}: the palette is not open");
        };
        let offered = prompt.choices.iter().find(|(choice, _)| choice == verb);
        let (_, words) = offered.unwrap_or_else(|| panic!("{verb} is not offered"));
        assert!(!words.is_empty(), "{verb}");
        press(&mut app, &keys[begun..]);
        let outgoing = press(&mut app, &key::events("enter"));
        let wanted = match Statement::parse(text, &names, true).expect("a statement") {
            Statement::Open(name) => Outgoing::Ask(demo(&name)),
            Statement::Tour => Outgoing::Ask(demo(demos::TOUR)),
            Statement::Back => Outgoing::Ask(Ask::Back(0)),
            Statement::Record { file, force } => Outgoing::Record { file, force },
            statement => Outgoing::Ask(Ask::Perform(statement)),
        };
        assert_eq!(outgoing, [wanted], "{text}");
        assert_eq!(app.ui().overlay, Overlay::None, "{text}");
    }
}

fn demo(name: &str) -> Ask {
    let demo = demos::named(name).expect("a demo");
    Ask::Open(Some(Arc::new(demo.script().expect("it is right"))))
}

/// What has a meaning in scripts only is refused, with a word.
#[test]
fn what_cannot_be_typed_says_so() {
    let stage = [
        "title \"t\"",
        "about \"t\"",
        "cluster 3",
        "seed 3",
        "given n1 term 3",
    ];
    for text in SCRIPTS_ONLY.map(|(_, text)| text).into_iter().chain(stage) {
        let mut session = session();
        let digest = session.scene().world.digest;
        let mut app = app::app(session.scene(), Keymap::default(), Lang::En);
        press(&mut app, &key::typing(&format!(":{text}")));
        for outgoing in press(&mut app, &key::events("enter")) {
            if let Outgoing::Ask(ask) = outgoing {
                session.obey(ask);
            }
        }
        let told = session.scene().notice.is_some();
        let refused =
            matches!(&app.ui().overlay, Overlay::Palette(prompt) if prompt.error.is_some());
        assert!(told || refused, "{text}");
        assert_eq!(session.scene().world.digest, digest, "{text}");
    }
}

#[test]
fn every_action_has_a_key_in_each_keymap() {
    for name in Keymap::names() {
        let keymap = Keymap::named(name).expect("it is there");
        for action in actions() {
            assert!(keymap.key_of(action).is_some(), "{name}: {action:?}");
        }
    }
}

/// Every action but the one that takes a key back.
fn actions() -> impl Iterator<Item = Action> {
    let all = Action::ALL.iter().copied();
    all.filter(|action| *action != Action::Unbound)
}

/// What is done before an action, so that it makes sense. Whoever adds an action says it here.
fn before(action: Action) -> &'static [Action] {
    match action {
        Action::RunPause
        | Action::StepOn
        | Action::StepBack
        | Action::ScrubOn
        | Action::ScrubBack
        | Action::LeapOn
        | Action::LeapBack
        | Action::SeekStart
        | Action::SeekEnd
        | Action::Slower
        | Action::Faster
        | Action::NextElection
        | Action::LastElection
        | Action::NextCommit
        | Action::LastCommit
        | Action::NextFault
        | Action::LastFault
        | Action::NextViolation
        | Action::LastViolation
        | Action::Branches
        | Action::BreakWhen
        | Action::Breakpoints
        | Action::SelectNext
        | Action::SelectPrevious
        | Action::PageOn
        | Action::PageBack
        | Action::Select2
        | Action::Select3
        | Action::Select4
        | Action::Select5
        | Action::Select6
        | Action::Select7
        | Action::Select8
        | Action::Select9
        | Action::NextView
        | Action::PreviousView
        | Action::CrashOrRestart
        | Action::StopOrResume
        | Action::HoldOrRelease
        | Action::AddNode
        | Action::PromoteOrDemote
        | Action::NextMessage
        | Action::LastMessage
        | Action::Partition
        | Action::LossUp
        | Action::LossDown
        | Action::Write
        | Action::Workload
        | Action::Why
        | Action::Undo
        | Action::Save
        | Action::Record
        | Action::Copy
        | Action::NewRun
        | Action::NewSeed
        | Action::Demos
        | Action::Events
        | Action::Filter
        | Action::Palette
        | Action::Help
        | Action::Suspend
        | Action::Quit
        | Action::Unbound => &[],
        Action::Select1 => &[Action::SelectNext],
        Action::DropMessage
        | Action::DelayMessage
        | Action::CopyMessage
        | Action::DeliverMessage => &[Action::NextMessage],
        Action::Apply => &[Action::Partition, Action::RunPause],
        Action::Close => &[Action::Help],
    }
}

/// Nine nodes, of which there is something to be said of everything.
fn eventful() -> Scene {
    let mut scene = fixtures::crowd(9);
    let small = fixtures::figure_8();
    scene.world.flights = small.world.flights;
    scene.world.channel.loss = 100_000;
    (scene.undoable, scene.frontier) = (1, scene.world.now + 1_000_000);
    scene.branches = vec![OtherBranch {
        parts: 1_000_000,
        until: 2_000_000,
        done: Vec::new(),
    }];
    scene.breakpoints = vec![Breakpoint {
        text: "break when leader".into(),
        on: true,
        kept: false,
        stopped: false,
    }];
    scene
}

/// What a key changed that can be seen, words of refusal aside.
fn seen(app: &App) -> Ui {
    Ui {
        message: None,
        hints: Vec::new(),
        ..app.ui().clone()
    }
}

#[test]
fn no_key_is_dead() {
    for name in Keymap::names() {
        let keymap = Keymap::named(name).expect("it is there");
        let keys_of = |action| {
            let keys = keymap.key_of(action);
            keys.map(|keys| key::events(&keys))
        };
        let rows = keymap.keys_json();
        for row in rows.as_array().expect("keys") {
            let mut app = app::app(eventful(), keymap.clone(), Lang::En);
            let action = row["action"].as_str().and_then(Action::named);
            for before in action.map_or(&[][..], before) {
                let keys = keys_of(*before).expect("it has a key");
                press(&mut app, &keys);
            }
            let then = seen(&app);
            let keys = row["keys"].as_str().expect("keys");
            let outgoing = press(&mut app, &key::events(keys));
            assert!(
                !outgoing.is_empty() || seen(&app) != then,
                "{name}: {keys} does nothing, though it should {}",
                row["words"]
            );
        }
    }
}

/// Help is made of the keymap, and whole: each binding is there, with words, and is seen.
#[test]
fn help_tells_every_binding() {
    for name in Keymap::names() {
        let keymap = Keymap::named(name).expect("it is there");
        let ui = Ui {
            view: ViewName::Help,
            keys: keymap.table(),
            ..Ui::default()
        };
        let scene = eventful();
        let drawn = frame::text(&scene, &ui, 200, 60);
        for row in keymap.keys_json().as_array().expect("keys") {
            let keys = row["keys"].as_str().expect("keys");
            let words = match row["action"].as_str() {
                Some(action) if action.starts_with("select-") && action.len() == 8 => {
                    "select a node by number"
                }
                _ => row["words"].as_str().expect("words"),
            };
            assert!(!words.trim().is_empty(), "{keys}");
            let line = ui.keys.iter().find(|line| {
                line.words == words && format!(" {} ", line.keys).contains(&format!(" {keys} "))
            });
            let line = line.unwrap_or_else(|| panic!("{name}: {keys} is not in help"));
            let mut lines = drawn.lines();
            let shown = lines.any(|text| text.contains(&line.keys) && text.contains(words));
            assert!(shown, "{name}: {keys} {words} is not drawn\n{drawn}");
        }
    }
}

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

/// What is clicked is what is seen there: the row has its words.
#[test]
fn what_is_clicked_is_what_is_drawn() {
    for (keys, _) in SCREENS {
        let app = screen(keys);
        let text = frame::text(app.scene(), app.ui(), SIZE.0, SIZE.1);
        let lines: Vec<&str> = text.lines().collect();
        let world = &app.scene().world;
        for ((x, y), target) in targets(&app) {
            let words = match (target, &app.ui().overlay) {
                (Target::View(view), _) => view.name().to_owned(),
                (Target::Rule(rule), _) => rule.info().name.to_owned(),
                (Target::Link(from, _), _) => world.name(from).to_string(),
                (Target::Choice(place), Overlay::Palette(prompt)) => {
                    prompt.choices[place].0.clone()
                }
                (Target::Row(row), Overlay::Picker(choices)) => match &choices.rows[row] {
                    raft_playground::screen::Row::Choice { text, .. } => {
                        text.chars().take(20).collect()
                    }
                    heading => panic!("{heading:?} can be clicked"),
                },
                (Target::Row(_), Overlay::Branches { .. }) => "parts at".into(),
                (Target::Row(_), Overlay::Breakpoints { .. }) => "break when".into(),
                (Target::Row(place), Overlay::Why { told, .. }) => {
                    format!("{}.000", told.answer.steps[place].at / 1_000_000)
                }
                _ => continue,
            };
            let line = lines[usize::from(y)];
            assert!(line.contains(&words), "{keys}: {words} at {x}, {y}: {line}");
        }
    }
}
