//! Each key does what it should, without a terminal and without a session.

mod fixtures;
#[path = "fixtures/odds.rs"]
mod odds;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use raft_playground::command::{Lang, Statement, ViewName, Why};
use raft_playground::kv::{Operation, Text};
use raft_playground::raft::{NodeId, Rule, Span};
use raft_playground::screen::{Overlay, Prompt, Row};
use raft_playground::script::live::Ask;
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::{Answer, Scene};
use raft_playground::tui::action::Action;
use raft_playground::tui::palette::Refusal;
use raft_playground::tui::{App, Keymap, Outgoing};
use raft_playground::world::Command;
use raft_playground::world::command::{NodeRef, Nodes, Workload};
use raft_playground::world::view::{Channel, Life};

/// Stands in for the parser: what was said becomes a title, so that a test can read it.
fn parse(text: &str, _: &[Text]) -> Result<Statement, Refusal> {
    match text.starts_with("nonsense") {
        true => Err(Refusal {
            at: 0.."nonsense".len(),
            words: format!("there is no statement `{text}`"),
        }),
        false => Ok(said(text)),
    }
}

fn said(text: &str) -> Statement {
    Statement::Title(text.into())
}

/// The same, for keymaps.
fn checked(text: &str) -> Result<Statement, String> {
    parse(text, &[]).map_err(|refusal| refusal.words)
}

/// Stands in for completion: some verbs, and the nodes that are there.
fn complete(text: &str, cursor: usize, names: &[Text]) -> (usize, Vec<(String, String)>) {
    let start = text[..cursor].rfind(' ').map_or(0, |at| at + 1);
    let word = &text[start..cursor];
    let verbs = ["crash", "cut", "calm", "heal"].into_iter();
    let all = verbs.chain(names.iter().map(|name| &**name));
    let choices = all.filter(|known| known.starts_with(word));
    (
        start,
        choices
            .map(|known| (known.to_string(), String::new()))
            .collect(),
    )
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

fn press(app: &mut App, keys: &str) -> Vec<Outgoing> {
    let mut outgoing = Vec::new();
    for name in keys.split(' ') {
        let (code, modifiers) = match name {
            "space" => (KeyCode::Char(' '), KeyModifiers::NONE),
            "enter" => (KeyCode::Enter, KeyModifiers::NONE),
            "esc" => (KeyCode::Esc, KeyModifiers::NONE),
            "tab" => (KeyCode::Tab, KeyModifiers::NONE),
            "shift-tab" => (KeyCode::BackTab, KeyModifiers::SHIFT),
            "up" => (KeyCode::Up, KeyModifiers::NONE),
            "down" => (KeyCode::Down, KeyModifiers::NONE),
            "left" => (KeyCode::Left, KeyModifiers::NONE),
            "right" => (KeyCode::Right, KeyModifiers::NONE),
            "shift-right" => (KeyCode::Right, KeyModifiers::SHIFT),
            "shift-left" => (KeyCode::Left, KeyModifiers::SHIFT),
            "page-up" => (KeyCode::PageUp, KeyModifiers::NONE),
            "page-down" => (KeyCode::PageDown, KeyModifiers::NONE),
            "home" => (KeyCode::Home, KeyModifiers::NONE),
            "end" => (KeyCode::End, KeyModifiers::NONE),
            "backspace" => (KeyCode::Backspace, KeyModifiers::NONE),
            "ctrl-r" => (KeyCode::Char('r'), KeyModifiers::CONTROL),
            "ctrl-c" => (KeyCode::Char('c'), KeyModifiers::CONTROL),
            "ctrl-z" => (KeyCode::Char('z'), KeyModifiers::CONTROL),
            other => {
                let ch = other.chars().next().expect("a character");
                let shift = if ch.is_uppercase() {
                    KeyModifiers::SHIFT
                } else {
                    KeyModifiers::NONE
                };
                (KeyCode::Char(ch), shift)
            }
        };
        outgoing.extend(app.on_key(&KeyEvent::new(code, modifiers)));
    }
    outgoing
}

fn asks(keys: &str) -> Vec<Ask> {
    let only = |outgoing| match outgoing {
        Outgoing::Ask(ask) => ask,
        other => panic!("{keys} gave {other:?}"),
    };
    press(&mut app(), keys).into_iter().map(only).collect()
}

fn act(command: Command) -> Ask {
    Ask::Perform(Statement::Act(command))
}

fn names(names: &[&str]) -> Nodes {
    Nodes::these(
        names
            .iter()
            .map(|name| NodeRef::Name((*name).into()))
            .collect(),
    )
}

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
fn a_node_is_selected_and_acted_on() {
    let mut app = app();
    let outgoing = press(&mut app, "4 c");
    assert_eq!(app.ui().selected, NodeId(4));
    assert_eq!(
        outgoing,
        [Outgoing::Ask(act(Command::Restart(Nodes::named("S4"))))]
    );
    assert_eq!(asks("2 c"), [act(Command::Crash(Nodes::named("S2")))]);
    assert_eq!(asks("j z"), [act(Command::Stop(Nodes::named("S2")))]);
    assert_eq!(asks("k t"), [Ask::Perform(said("timeout S5"))]);
    assert_eq!(asks("3 i"), [Ask::Perform(said("isolate S3"))]);
}

#[test]
fn a_stopped_node_goes_on_and_a_dead_one_cannot_stop() {
    let mut scene = fixtures::figure_8();
    scene.world.nodes[1].life = Life::Stopped;
    let mut app = app_with(scene);
    let resume = act(Command::Resume(Nodes::named("S2")));
    assert_eq!(press(&mut app, "2 z"), [Outgoing::Ask(resume)]);
    assert!(press(&mut app, "4 z").is_empty());
    assert!(
        app.ui()
            .message
            .as_deref()
            .is_some_and(|text| text.contains("S4 is down"))
    );
}

#[test]
fn nodes_are_marked_and_cut_off() {
    let cut = act(Command::Partition(vec![
        names(&["S1", "S3"]),
        names(&["S2", "S4", "S5"]),
    ]));
    assert_eq!(asks("p 1 2 3 2 enter"), std::slice::from_ref(&cut));
    assert_eq!(asks("p space j j space enter"), [cut]);
    let mut app = app();
    assert!(press(&mut app, "p enter").is_empty());
    assert!(app.ui().message.is_some());
    press(&mut app, "esc");
    assert_eq!(app.ui().overlay, Overlay::None);
}

#[test]
fn faults_are_mended_and_made_by_degrees() {
    let loss = |share| act(Command::Loss { share, link: None });
    assert_eq!(asks("H"), [Ask::Perform(said("heal"))]);
    assert_eq!(asks("C"), [Ask::Perform(said("calm"))]);
    assert_eq!(asks("l"), [loss(10_000)]);
    assert!(asks("L").is_empty());
    let mut scene = fixtures::figure_8();
    scene.world.channel.loss = 200_000;
    let mut app = app_with(scene);
    assert_eq!(press(&mut app, "l"), [Outgoing::Ask(loss(300_000))]);
    assert_eq!(press(&mut app, "L"), [Outgoing::Ask(loss(100_000))]);
}

#[test]
fn clients_write_fresh_values_read_and_work() {
    let written = |ask: &Ask| match ask {
        Ask::Perform(Statement::Act(Command::Request {
            operation: Operation::Put { value, .. },
            ..
        })) => value.to_string(),
        other => panic!("{other:?}"),
    };
    let values: Vec<String> = asks("w w").iter().map(written).collect();
    assert_eq!(values, ["1", "2"]);
    assert_eq!(asks("r"), [Ask::Perform(said("get x"))]);
    let workload = Workload {
        rate: 10_000_000,
        keys: 10,
        reads: 0,
        clients: 5,
    };
    assert_eq!(asks("W"), [act(Command::Workload(workload))]);
    let mut scene = fixtures::figure_8();
    scene.world.workload = Some(workload);
    let mut app = app_with(scene);
    assert_eq!(
        press(&mut app, "W"),
        [Outgoing::Ask(act(Command::WorkloadOff))]
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
fn a_session_is_saved_under_a_name_that_can_be_changed() {
    let mut app = app();
    assert!(press(&mut app, "S").is_empty());
    let prompt = palette(&app);
    assert_eq!(prompt.text, "save session-42.raft");
    assert_eq!(&prompt.text[prompt.cursor..], ".raft");
    let saved = [Outgoing::Ask(Ask::Perform(said("save session-42b.raft")))];
    assert_eq!(press(&mut app, "b enter"), saved);
}

#[test]
fn what_is_copied_goes_to_the_clipboard_once() {
    assert_eq!(asks("y"), [Ask::Copy]);
    let mut app = app();
    let mut copied = |clip: Option<(u64, &str)>| {
        let mut scene = fixtures::figure_8();
        scene.clip = clip.map(|(number, text)| (number, text.into()));
        app.on_scene(Arc::new(scene));
        app.take_clip().map(|text| text.to_string())
    };
    assert_eq!(copied(None), None);
    assert_eq!(copied(Some((1, "one"))).as_deref(), Some("one"));
    assert_eq!(copied(Some((1, "one"))), None);
    // The same, asked for again.
    assert_eq!(copied(Some((2, "one"))).as_deref(), Some("one"));
    assert_eq!(copied(None), None);
}

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
fn the_palette_completes_performs_and_remembers() {
    let mut app = app();
    let outgoing = press(&mut app, ": c r tab space @ enter");
    assert_eq!(outgoing, [Outgoing::Ask(Ask::Perform(said("crash S1")))]);
    assert_eq!(app.ui().overlay, Overlay::None);
    let again = press(&mut app, ": up enter");
    assert_eq!(again, outgoing);
}

#[test]
fn a_line_that_is_not_finished_is_kept_while_others_are_looked_at() {
    let mut app = app();
    press(&mut app, ": h e a l enter : p u t up");
    assert_eq!(palette(&app).text, "heal");
    press(&mut app, "down");
    assert_eq!(palette(&app).text, "put");
}

#[test]
fn a_few_letters_find_what_was_typed_before() {
    let mut app = app();
    press(&mut app, ": ctrl-r");
    assert!(!palette(&app).searches, "nothing was typed before");
    press(&mut app, "esc");
    for line in ["crash n1", "partition n1,n2", "crash n4", "heal"] {
        app.on_paste(line);
        press(&mut app, "enter");
    }
    press(&mut app, ": x ctrl-r");
    // What was typed so far is looked for at once.
    assert!(says(palette(&app), "nothing that was typed before"));
    press(&mut app, "backspace c r n");
    let found = |app: &App| -> Vec<String> {
        let choices = palette(app).choices.iter();
        choices.map(|(line, _)| line.clone()).collect()
    };
    assert_eq!(found(&app), ["crash n4", "crash n1"]);
    assert!(palette(&app).searches && palette(&app).chosen == Some(0));
    press(&mut app, "ctrl-r");
    assert_eq!(palette(&app).chosen, Some(1));
    // It is taken over, and can be changed before it is carried out.
    assert!(press(&mut app, "enter").is_empty());
    assert_eq!(palette(&app).text, "crash n1");
    assert_eq!(
        press(&mut app, "2 enter"),
        [Outgoing::Ask(Ask::Perform(said("crash n12")))]
    );
    // Whoever leaves finds the line as it was.
    press(&mut app, ": w a ctrl-r h e esc");
    assert_eq!(
        (&*palette(&app).text, palette(&app).searches),
        ("wa", false)
    );
}

#[test]
fn what_is_wrong_in_a_line_is_pointed_at() {
    let mut app = app();
    app.on_paste("nonsense é");
    press(&mut app, "enter");
    assert_eq!(palette(&app).wrong, 0..8);
    press(&mut app, "x");
    assert_eq!(
        (palette(&app).wrong.clone(), &palette(&app).error),
        (0..0, &None)
    );
}

#[test]
fn the_palette_knows_a_node_that_was_added_since() {
    let mut app = app();
    let ask = |app: &mut App| press(app, ": c r tab space S 6 tab enter");
    let said = |text| [Outgoing::Ask(Ask::Perform(said(text)))];
    assert_eq!(ask(&mut app), said("crash S6"));
    let mut scene = app.scene().clone();
    let mut added = scene.world.nodes[0].clone();
    added.name = "S60".into();
    scene.world.nodes.push(added);
    app.on_scene(Arc::new(scene));
    assert_eq!(ask(&mut app), said("crash S60"));
}

#[test]
fn a_line_that_cannot_be_read_stays_with_the_reason() {
    let mut app = app();
    assert!(press(&mut app, ": n o n s e n s e enter").is_empty());
    let prompt = palette(&app);
    assert_eq!(prompt.text, "nonsense");
    assert!(says(prompt, "nonsense"));
}

#[test]
fn pasted_text_is_text() {
    let mut app = app();
    app.on_paste("heal\nq");
    let prompt = palette(&app);
    assert_eq!(prompt.text, "heal q");
}

#[test]
fn keys_are_text_while_text_is_typed() {
    let mut app = app();
    assert!(press(&mut app, "/ q c").is_empty());
    assert_eq!(app.ui().filter, "qc");
    press(&mut app, "enter");
    assert_eq!(
        (app.ui().filter.as_str(), &app.ui().overlay),
        ("qc", &Overlay::None)
    );
    press(&mut app, "esc");
    assert_eq!(app.ui().filter, "");
}

#[test]
fn one_leaves_by_q_and_ctrl_c() {
    assert_eq!(press(&mut app(), "q"), [Outgoing::Quit]);
    assert_eq!(press(&mut app(), "ctrl-c"), [Outgoing::Quit]);
    assert_eq!(press(&mut app(), "ctrl-z"), [Outgoing::Suspend]);
    assert!(press(&mut app(), ": ctrl-c").is_empty());
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
fn a_rule_is_chosen_and_switched() {
    let mut app = app();
    app.on_scene(Arc::new(fixtures::figure_8()));
    assert!(press(&mut app, "enter").is_empty(), "only among the rules");
    while app.ui().view != ViewName::Rules {
        press(&mut app, "tab");
    }
    press(&mut app, "down down up");
    let rule = Rule::ALL[1];
    let switch = |on| [Outgoing::Ask(act(Command::Rule { rule, on }))];
    assert_eq!(press(&mut app, "enter"), switch(false));
    let mut scene = fixtures::figure_8();
    scene.world.rules.switch(rule, false);
    app.on_scene(Arc::new(scene));
    assert_eq!(press(&mut app, "enter"), switch(true));
    press(&mut app, "up up");
    assert_eq!(Some(&app.ui().rule), Rule::ALL.last());
}

#[test]
fn a_message_on_its_way_is_chosen() {
    let mut app = app();
    while app.ui().view != ViewName::Network {
        press(&mut app, "tab");
    }
    assert_eq!(app.ui().flight, None);
    let chosen = ["m", "m", "m", "M"].map(|key| {
        press(&mut app, key);
        app.ui().flight
    });
    assert_eq!(chosen, [Some(90), Some(91), Some(90), Some(91)]);
    let mut scene = fixtures::figure_8();
    scene.world.flights.retain(|flight| flight.message != 91);
    app.on_scene(Arc::new(scene));
    press(&mut app, "m");
    assert_eq!(app.ui().flight, Some(90), "the chosen one has arrived");
}

/// The mouse is never needed: the arrows go from link to link, and enter offers what can be done.
#[test]
fn a_link_is_chosen_and_acted_on() {
    let mut app = app();
    while app.ui().view != ViewName::Network {
        press(&mut app, "tab");
    }
    assert!(press(&mut app, "enter").is_empty());
    assert_eq!(app.ui().message.as_deref(), Some("choose a link first"));
    let links = ["down", "right", "down", "left", "up", "up", "down"].map(|key| {
        assert_eq!(press(&mut app, key), [], "{key}");
        let (from, to) = app.ui().link.expect("a link");
        (from.0, to.0)
    });
    assert_eq!(
        links,
        [(1, 2), (1, 3), (2, 3), (2, 2), (1, 2), (5, 2), (1, 2)]
    );
    press(&mut app, "enter");
    let offered = palette(&app).choices.iter().map(|(text, _)| text.as_str());
    assert_eq!(
        offered.collect::<Vec<_>>(),
        [
            "cut S1->S2",
            "cut S1<->S2",
            "loss 20% S1->S2",
            "duplicate 20% S1->S2",
            "latency 100ms..200ms S1->S2",
            "drop any S1->S2",
        ]
    );
    let asked = press(&mut app, "down enter");
    assert_eq!(asked, [Outgoing::Ask(Ask::Perform(said("cut S1<->S2")))]);
    // What is done is offered to be undone.
    let mut scene = fixtures::figure_8();
    let link = (NodeId(1), NodeId(2));
    let channel = Channel {
        loss: 200_000,
        latency: Span::millis(100, 200),
        ..scene.world.channel
    };
    scene.world.blocked.insert(link);
    scene.world.links.insert(link, channel);
    app.on_scene(Arc::new(scene));
    press(&mut app, "enter");
    let offered = palette(&app).choices.iter().map(|(text, _)| text.as_str());
    let offered: Vec<&str> = offered.collect();
    assert!(offered.starts_with(&["mend S1->S2", "mend S1<->S2", "heal", "loss 0% S1->S2"]));
    let names: Vec<Text> = (1..=5).map(|number| format!("S{number}").into()).collect();
    for text in &offered {
        assert!(Statement::parse(text, &names, true).is_ok(), "{text}");
    }
    assert!(
        offered.iter().any(|text| text.starts_with("latency 5ms")),
        "{offered:?}"
    );
    // A node's own cell stands for the node; with no link chosen the arrows scrub.
    press(&mut app, "esc down down down right right enter");
    assert_eq!(app.ui().link, Some((NodeId(4), NodeId(4))));
    assert!(
        palette(&app)
            .choices
            .iter()
            .any(|(text, _)| text == "why role S4")
    );
    press(&mut app, "esc esc");
    assert_eq!((app.ui().link, app.ui().view), (None, ViewName::Network));
    assert!(!press(&mut app, "right").is_empty());
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
fn a_sequence_waits_and_a_broken_one_counts_alone() {
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
    assert_eq!(press(&mut app, "A q"), [Outgoing::Quit]);
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

#[test]
fn a_key_that_changes_nothing_says_why() {
    let mut scene = fixtures::figure_8();
    scene.world.channel.loss = 0;
    let mut app = app_with(scene);
    assert!(press(&mut app, "L").is_empty());
    assert_eq!(
        app.ui().message.as_deref(),
        Some("nothing is lost as it is")
    );
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
    let parse = |text: &str, names: &[Text]| {
        Statement::parse(text, names, true).map_err(|wrong| Refusal {
            at: 0..0,
            words: wrong.to_string(),
        })
    };
    let scene = Arc::new(fixtures::figure_8());
    let app = App::new(
        scene,
        Keymap::default(),
        Box::new(parse),
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
    scene.tour = true;
    let mut app = app_with(scene);
    assert_eq!(app.ui().hints[0].words, "skip the tour");
    assert!(press(&mut app, "? esc").is_empty());
    assert!(press(&mut app, "/ x enter esc").is_empty());
    assert_eq!(press(&mut app, "esc"), [Outgoing::Ask(Ask::Leave)]);
}

#[test]
fn titles_are_chosen_from_in_the_language_of_the_person() {
    let scene = Arc::new(fixtures::figure_8());
    let app = App::new(
        scene,
        Keymap::default(),
        Box::new(parse),
        Box::new(complete),
    );
    let mut app = app.with_scripts(Box::new(|_| Err(String::new())), Lang::Zh);
    press(&mut app, "o 导 览");
    assert!(chosen(&app).starts_with("导览"));
    // English is found too.
    press(&mut app, "esc");
    press(&mut app, "o t o u r");
    assert!(chosen(&app).starts_with("导览"));
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
