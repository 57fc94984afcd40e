//! Nothing is out of reach: every verb can be typed, every action has a key that does something,
//! help tells every binding, and everything that can be clicked is clicked here. What is new and
//! has no example fails.

#[path = "fixtures/app.rs"]
mod app;
#[path = "reach/clicks.rs"]
mod clicks;
mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/key.rs"]
mod key;
#[path = "fixtures/statements.rs"]
mod statements;

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::KeyEvent;
use raft_playground::command::verb::{Group, VERBS};
use raft_playground::command::{Dashboard, Lang, Statement, ViewName};
use raft_playground::kv::Text;
use raft_playground::screen::{Overlay, Ui};
use raft_playground::script::live::{Ask, Begin, Inline};
use raft_playground::script::{demos, free_stage};
use raft_playground::session::{Breakpoint, OtherBranch, Scene};
use raft_playground::tui::action::Action;
use raft_playground::tui::{App, Keymap, Outgoing};

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
            Statement::Dashboard(Dashboard::Open(name)) => Outgoing::Ask(demo(&name)),
            Statement::Dashboard(Dashboard::Tour) => Outgoing::Ask(demo(demos::TOUR)),
            Statement::Dashboard(Dashboard::Back) => Outgoing::Ask(Ask::Back(0)),
            Statement::Dashboard(Dashboard::Record { file, force }) => {
                Outgoing::Record { file, force }
            }
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
