//! Each key does what it should, without a terminal and without a session.

#[path = "fixtures/app.rs"]
mod app;
#[path = "keys/cluster.rs"]
mod cluster;
mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/key.rs"]
mod key;
#[path = "fixtures/odds.rs"]
mod odds;
#[path = "keys/picker.rs"]
mod picker;
#[path = "fixtures/stand_in.rs"]
mod stand_in;
#[path = "keys/time.rs"]
mod time;
#[path = "keys/typing.rs"]
mod typing;
#[path = "keys/views.rs"]
mod views;

use std::sync::Arc;

use key::{press, word_of};
use proptest::prelude::*;
use raft_playground::command::Statement;
use raft_playground::kv::Text;
use raft_playground::screen::{Overlay, Prompt};
use raft_playground::script::live::Ask;
use raft_playground::session::Scene;
use raft_playground::tui::action::Action;
use raft_playground::tui::palette::Choices;
use raft_playground::tui::{App, Keymap, Outgoing};
use stand_in::{parse, said};

/// The stand-in for the parser, for keymaps.
fn checked(text: &str) -> Result<Statement, String> {
    parse(text, &[]).map_err(|refusal| refusal.words)
}

/// Stands in for completion: some verbs, and the nodes that are there.
fn complete(text: &str, cursor: usize, names: &[Text]) -> Choices {
    let start = text[..cursor].rfind(' ').map_or(0, |at| at + 1);
    let word = &text[start..cursor];
    let verbs = ["crash", "cut", "calm", "heal"].into_iter();
    let all = verbs.chain(names.iter().map(|name| &**name));
    let choices = all.filter(|known| known.starts_with(word));
    let choices = choices.map(|known| (known.to_string(), String::new()));
    Choices {
        start,
        all: choices.collect(),
        usage: "as it is written".into(),
    }
}

fn app_with(scene: Scene) -> App {
    App::new(
        Arc::new(scene),
        Keymap::default(),
        Box::new(parse),
        Box::new(complete),
    )
}

fn app() -> App {
    let mut scene = fixtures::figure_8();
    scene.undoable = 1;
    app_with(scene)
}

/// The line of the palette, which must be open.
fn palette(app: &App) -> &Prompt {
    match &app.ui().overlay {
        Overlay::Palette(prompt) => prompt,
        other => panic!("the palette is not open, but {other:?}"),
    }
}

/// True when the line was refused, and the reason has these words.
fn says(prompt: &Prompt, words: &str) -> bool {
    let error = prompt.error.as_deref();
    error.is_some_and(|error| error.contains(words))
}

fn asks(keys: &str) -> Vec<Ask> {
    let only = |outgoing| match outgoing {
        Outgoing::Ask(ask) => ask,
        other => panic!("{keys} gave {other:?}"),
    };
    press(&mut app(), keys).into_iter().map(only).collect()
}

#[test]
fn one_leaves_by_q_and_ctrl_c() {
    assert_eq!(press(&mut app(), "q"), [Outgoing::Quit]);
    assert_eq!(press(&mut app(), "ctrl-c"), [Outgoing::Quit]);
    assert_eq!(press(&mut app(), "ctrl-z"), [Outgoing::Suspend]);
    assert!(press(&mut app(), ": ctrl-c").is_empty());
}

#[test]
fn a_sequence_waits_and_a_broken_one_does_nothing() {
    let text = "[statements]\n\"A g\" = \"heal\"\n\"A c\" = \"calm\"\n";
    let keymap = Keymap::default()
        .overlay("mine.toml", text, &checked)
        .expect("a good keymap");
    let scene = Arc::new(fixtures::figure_8());
    let mut app = App::new(scene, keymap, Box::new(parse), Box::new(complete));
    assert!(press(&mut app, "A").is_empty());
    assert_eq!(app.ui().hints[0].keys, "A g");
    assert_eq!(
        press(&mut app, "g"),
        [Outgoing::Ask(Ask::Perform(said("heal")))]
    );
    // The key that breaks it may mean much alone, and nobody meant that.
    for broken in ["A q", "A x", "g q"] {
        assert_eq!(press(&mut app, broken), [], "{broken}");
        let words = format!("{broken} does nothing; ? lists every key");
        assert_eq!(word_of(&app), Some(&*words));
    }
    assert_eq!(press(&mut app, "q"), [Outgoing::Quit]);
}

fn complaints(text: &str) -> String {
    match Keymap::default().overlay("mine.toml", text, &checked) {
        Ok(_) => panic!("nothing was wrong with {text:?}"),
        Err(report) => report,
    }
}

#[test]
fn everything_wrong_with_a_keymap_is_said_at_once() {
    insta::assert_snapshot!(complaints(
        "[actions]\n\
         \"spcae\" = \"quit\"\n\
         \"x\" = \"crash-or-restrat\"\n\
         \"G\" = \"quit\"\n\
         \"shift-g\" = \"help\"\n\
         \"q q\" = \"quit\"\n\
         \"y\" = 7\n\
         [statements]\n\
         \"u\" = \"nonsense 1\"\n\
         \"g ctrl-hoem\" = \"heal\"\n\
         [action]\n"
    ));
    insta::assert_snapshot!(complaints("[actions]\nq = \n"));
}

/// Conflicts too: a keymap with any does not load.
#[test]
fn the_built_in_keymaps_are_right() {
    for name in Keymap::names() {
        let keymap = Keymap::named(name).expect("it is there");
        let mut sections = [String::from("[actions]\n"), String::from("[statements]\n")];
        for key in keymap.keys_json().as_array().expect("keys") {
            let keys = key["keys"].as_str().expect("keys");
            let (section, deed) = match key["action"].as_str() {
                Some(action) => (0, action),
                None => (1, key["statement"].as_str().expect("a statement")),
            };
            sections[section].push_str(&format!("{keys:?} = {deed:?}\n"));
        }
        let parse =
            |text: &str| Statement::parse(text, &[], true).map_err(|wrong| wrong.to_string());
        let same = keymap.overlay(name, &sections.concat(), &parse);
        let same = same.unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(same.keys_text(), keymap.keys_text());
        // What somebody cannot do without.
        for action in [
            Action::Quit,
            Action::Help,
            Action::Palette,
            Action::LossUp,
            Action::NewRun,
        ] {
            assert!(keymap.key_of(action).is_some(), "{name}: {action:?}");
        }
    }
    assert_eq!(Keymap::named("default"), Some(Keymap::default()));
    assert_eq!(Keymap::named("emacs"), None);
}

#[test]
fn a_key_can_be_taken_back() {
    let text = "[actions]\n\"q\" = \"none\"\n\"q q\" = \"quit\"\n";
    let keymap = Keymap::default().overlay("mine.toml", text, &checked);
    let scene = Arc::new(fixtures::figure_8());
    let mut app = App::new(
        scene,
        keymap.expect("good"),
        Box::new(parse),
        Box::new(complete),
    );
    assert!(press(&mut app, "q").is_empty());
    assert_eq!(press(&mut app, "q"), [Outgoing::Quit]);
}

#[test]
fn the_list_of_keys() {
    let keymap = Keymap::default();
    insta::assert_snapshot!(keymap.keys_text());
    let json = keymap.keys_json();
    let rows = json.as_array().expect("an array").len();
    assert_eq!(rows, keymap.keys_text().lines().count());
}

proptest! {
    /// Whatever stands in a file, it is read or reported.
    #[test]
    fn any_file_is_a_keymap_or_a_report(
        head in prop::sample::select(vec!["", "[actions]\n", "[statements]\n", "[é]\n"]),
        lines in prop::collection::vec("\\PC{0,12}|\"\\PC{0,6}\" = \"\\PC{0,6}\"|\"g .\" = [1, 2]", 0..5),
    ) {
        let text = format!("{head}{}", lines.join("\n"));
        if let Err(report) = Keymap::default().overlay("mine.toml", &text, &checked) {
            prop_assert!(report.contains("error"), "{report}");
        }
    }
}
