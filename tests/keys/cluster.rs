//! Keys that do something to the cluster: to nodes, links, messages, rules and clients.

use std::sync::Arc;

use raft_playground::command::{Statement, ViewName};
use raft_playground::kv::{ClientId, Operation, Text};
use raft_playground::raft::{NodeId, Rule, Span};
use raft_playground::screen::Overlay;
use raft_playground::script::live::Ask;
use raft_playground::tui::action::Action;
use raft_playground::tui::{Keymap, Outgoing, offers};
use raft_playground::world::Command;
use raft_playground::world::command::{End, Handling, Link, NodeRef, Nodes, Pick, Workload};
use raft_playground::world::event::ClientMessage;
use raft_playground::world::view::{Channel, Letter, Life};

use super::{app, app_with, asks, fixtures, frame, palette, press, said, word_of};

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
    assert!(word_of(&app).is_some_and(|text| text.contains("S4 is down")));
    // Nor does the foot offer it.
    let mut offered = |keys: &str| {
        press(&mut app, keys);
        app.ui().hints.iter().any(|hint| hint.keys == "z")
    };
    assert!(!offered("4") && offered("2"));
}

/// Whatever a key does with a node, the menu offers, as the node is.
#[test]
fn the_menu_offers_what_the_keys_do() {
    let keymap = Keymap::default();
    let statements = keymap.keys_json();
    let statements = statements.as_array().expect("keys").iter();
    let of_node = statements.filter_map(|key| key["statement"].as_str());
    let of_node: Vec<&str> = of_node.filter(|text| text.contains('@')).collect();
    assert!(of_node.len() > 4, "{of_node:?}");
    let actions = [
        Action::CrashOrRestart,
        Action::StopOrResume,
        Action::HoldOrRelease,
        Action::PromoteOrDemote,
    ];
    let mut scene = fixtures::figure_8();
    // A follower, a learner, one that is frozen, and one whose timer is held and disk is stalled.
    let learner = scene.world.nodes[2].id;
    for node in &mut scene.world.nodes {
        let configuration = &mut node.node.configuration;
        configuration.voters.retain(|&id| id != learner);
        configuration.learners.push(learner);
    }
    scene.world.nodes[3].life = Life::Stopped;
    scene.world.nodes[4].node.timer_held = true;
    scene.world.nodes[4].disk.stalled = true;
    let world = &scene.world;
    for node in &world.nodes {
        let offered = offers::of_node(world, node);
        let offered: Vec<&str> = offered.iter().map(|(text, _)| &**text).collect();
        for action in actions {
            let Some(command) = offers::by_key(world, node, action) else {
                panic!("{} does nothing with {}", action.name(), node.name);
            };
            let text = command.to_string();
            assert!(offered.contains(&&*text), "{text}: {offered:?}");
        }
    }
    let follower = offers::of_node(world, &world.nodes[1]);
    for text in of_node {
        let text = text.replace('@', "S2");
        assert!(follower.iter().any(|(offer, _)| *offer == text), "{text}");
    }
    let verbs = |place: usize| -> Vec<String> {
        let offered = offers::of_node(world, &world.nodes[place]);
        offered.into_iter().map(|(text, _)| text).collect()
    };
    assert!(verbs(2).contains(&"promote S3".to_owned()));
    assert!(
        !verbs(2).contains(&"transfer S3".to_owned()),
        "it has no vote"
    );
    assert!(verbs(3).contains(&"resume S4".to_owned()));
    assert!(verbs(4).contains(&"release-timer S5".to_owned()));
    assert!(verbs(4).contains(&"disk S5 ok".to_owned()));
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
fn a_rule_is_chosen_and_switched() {
    let mut app = app();
    app.on_scene(Arc::new(fixtures::figure_8()));
    assert!(
        press(&mut app, "enter esc").is_empty(),
        "only among the rules"
    );
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
    // When it has arrived, or was dropped, no key meets another that nobody chose.
    let mut scene = fixtures::figure_8();
    (scene.playing, scene.world.now) = (false, scene.world.now + 1);
    press(&mut app, "m");
    scene.world.flights.retain(|flight| flight.message != 90);
    app.on_scene(Arc::new(scene.clone()));
    assert_eq!(app.ui().flight, None);
    assert_eq!(press(&mut app, "x"), []);
    let message = word_of(&app).unwrap_or_default();
    assert!(message.contains("choose a message first"), "{message}");
    press(&mut app, "m");
    assert_eq!(app.ui().flight, Some(91));
    // A copy is told from what it is a copy of, as the statement that names it tells it.
    let mut copy = scene.world.flights[0].clone();
    (copy.message, copy.arrives) = (92, copy.arrives + 1);
    scene.world.flights.push(copy);
    app.on_scene(Arc::new(scene));
    let named = ["m", "m"].map(|key| {
        press(&mut app, key);
        app.ui().hints[0].words.clone()
    });
    assert_eq!(named[0], format!("{} nth 2", named[1]));
    // Where there is none, nobody is told to choose one.
    let mut alone = app_with(fixtures::crowd(1));
    for key in ["m", "x"] {
        assert_eq!(press(&mut alone, key), []);
        let message = word_of(&alone);
        assert_eq!(message, Some("no message is on its way"), "{key}");
    }
    // What a client says is chosen among them.
    let mut scene = fixtures::figure_8();
    scene.world.letters = vec![Letter {
        message: 1 << 63,
        client: ClientId(2),
        node: NodeId(3),
        says: Arc::new(ClientMessage::Probe(1)),
        arrives: scene.world.now + 1,
    }];
    app.on_scene(Arc::new(scene));
    press(&mut app, "m");
    assert_eq!(app.ui().flight, Some(1 << 63));
    let hints = &app.ui().hints;
    assert!(hints[0].words == "any c2->S3", "{}", hints[0].words);
    let dropped = Command::Handle {
        handling: Handling::Drop,
        pick: Pick {
            kind: None,
            link: Link {
                from: End::Client(ClientId(2)),
                to: End::Nodes(Nodes::named("S3")),
                both: false,
            },
            nth: 1,
            count: Some(1),
        },
    };
    assert_eq!(press(&mut app, "x"), [Outgoing::Ask(act(dropped))]);
    press(&mut app, "esc");
    app.on_scene(Arc::new(fixtures::figure_8()));
    press(&mut app, "m m");
}

/// The mouse is never needed: the arrows go from link to link, and enter offers what can be done.
#[test]
fn a_link_is_chosen_and_acted_on() {
    let mut app = app();
    while app.ui().view != ViewName::Network {
        press(&mut app, "tab");
    }
    assert!(press(&mut app, "enter").is_empty());
    assert_eq!(word_of(&app), Some("choose a link first"));
    let links = ["down", "right", "down", "left", "up", "up", "down"].map(|key| {
        assert_eq!(press(&mut app, key), [], "{key}");
        let (from, to) = app.ui().link.expect("a link");
        (from.0, to.0)
    });
    assert_eq!(
        links,
        [(1, 2), (1, 3), (2, 3), (2, 2), (1, 2), (5, 2), (1, 2)]
    );
    // What is chosen is one thing: a link, or a message.
    press(&mut app, "m");
    assert!(app.ui().flight.is_some());
    assert_eq!(app.ui().link, None);
    press(&mut app, "down");
    assert_eq!(
        (app.ui().flight, app.ui().link),
        (None, Some((NodeId(1), NodeId(2))))
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
fn a_key_that_changes_nothing_says_why() {
    let mut scene = fixtures::figure_8();
    scene.world.channel.loss = 0;
    let mut app = app_with(scene);
    assert!(press(&mut app, "L").is_empty());
    assert_eq!(word_of(&app), Some("nothing is lost as it is"));
}

/// Before the selected server was added nobody takes its place: no key acts on another one unseen.
#[test]
fn a_selection_outlives_instants_without_its_server() {
    let scene = |count: u16| {
        let mut scene = fixtures::crowd(count);
        scene.title = "free play".into();
        Arc::new(scene)
    };
    let mut app = app_with((*scene(4)).clone());
    press(&mut app, "4");
    app.on_scene(scene(3));
    for keys in ["c", "z", "i", "enter", "e", "T"] {
        assert_eq!(press(&mut app, keys), [], "{keys}");
        let told = word_of(&app).or(match &app.ui().overlay {
            Overlay::Palette(prompt) => prompt.error.as_deref(),
            _ => None,
        });
        let told = told.unwrap_or_default();
        assert!(
            told.contains("does not exist at this instant"),
            "{keys}: {told}"
        );
    }
    let drawn = frame::text(app.scene(), app.ui(), 120, 36);
    assert!(drawn.contains("does not exist at"), "{drawn}");
    app.on_scene(scene(4));
    let crash = act(Command::Crash(Nodes::named("n4")));
    assert_eq!(press(&mut app, "c"), [Outgoing::Ask(crash)]);
    // The arrows go on from the gap.
    for (key, selected) in [("up", 3), ("down", 1)] {
        press(&mut app, "4");
        app.on_scene(scene(3));
        press(&mut app, key);
        assert_eq!(app.ui().selected, NodeId(selected), "{key}");
        app.on_scene(scene(4));
    }
    // In another session nobody has selected anything.
    press(&mut app, "4");
    let mut other = (*scene(3)).clone();
    other.title = "something else".into();
    app.on_scene(Arc::new(other));
    assert_eq!(app.ui().selected, NodeId(1));
}
