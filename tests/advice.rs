//! Notices that teach: each comes with its trouble, says what to try, and what it says works.

mod fixtures;
#[path = "fixtures/run.rs"]
mod run;
#[path = "fixtures/stand_in.rs"]
mod stand_in;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use raft_playground::command::Statement;
use raft_playground::kv::Text;
use raft_playground::raft::{Message, NodeId, ReadMode, RoleView, Rule, Span};
use raft_playground::script::Outcome;
use raft_playground::tui::advice::{Trouble, advice};
use raft_playground::world::view::Life;
use raft_playground::world::{Hosts, View};
use run::run;
use stand_in::app;

/// Five servers, the first of which leads, and nothing is wrong.
fn well() -> View {
    let nodes = (1..=5).map(|number| fixtures::node(number, 5, &format!("n{number}"), 1, &[1], 1));
    let mut view = fixtures::view(nodes.collect());
    fixtures::lead(&mut view, 1);
    assert_eq!(advice(&view), []);
    view
}

fn with(change: impl FnOnce(&mut View)) -> View {
    let mut view = well();
    change(&mut view);
    view
}

/// What is told, which is one thing.
fn only(view: &View) -> (Trouble, String) {
    let mut all = advice(view);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// The statements that are to be tried: each begins with a colon.
fn tries(words: &str) -> Vec<String> {
    let (_, tries) = words.split_once("Try ").expect("something to try");
    let tries = tries.split(" or ").flat_map(|tried| tried.split(" and "));
    let said = |tried: &str| tried.strip_prefix(':').expect("a statement").to_owned();
    tries.map(said).collect()
}

fn life(view: &mut View, numbers: &[usize], life: Life) {
    for number in numbers {
        view.nodes[number - 1].life = life;
    }
}

/// Nobody leads, and nobody campaigns.
fn hold_all(view: &mut View) {
    for node in &mut view.nodes {
        node.node.role = RoleView::Follower { leader: None };
        node.node.timer_held = true;
    }
}

/// Every trouble, with a view of it.
fn troubles() -> Vec<(Trouble, View)> {
    let timeouts = |min, max| {
        move |view: &mut View| {
            view.options.election_timeout = Span::millis(min, max);
        }
    };
    vec![
        (
            Trouble::Quorum,
            with(|view| life(view, &[2, 3, 4], Life::Down)),
        ),
        (
            Trouble::Quorum,
            with(|view| {
                life(view, &[2, 3], Life::Down);
                life(view, &[1], Life::Stopped);
            }),
        ),
        (
            Trouble::Quorum,
            with(|view| {
                life(view, &[5], Life::Down);
                fixtures::cut(view, &[1, 2], &[3, 4, 5]);
            }),
        ),
        (
            Trouble::Deaf,
            with(|view| {
                view.rules.switch(Rule::CheckQuorum, false);
                for from in [2, 3, 4] {
                    view.blocked.insert((NodeId(from), NodeId(1)));
                }
            }),
        ),
        (Trouble::Held, with(hold_all)),
        (
            Trouble::Held,
            with(|view| {
                hold_all(view);
                fixtures::lead(view, 1);
                fixtures::cut(view, &[1, 2], &[3, 4, 5]);
            }),
        ),
        (
            Trouble::Held,
            with(|view| {
                hold_all(view);
                life(view, &[4, 5], Life::Down);
                fixtures::cut(view, &[3], &[1]);
            }),
        ),
        (
            Trouble::Heartbeat,
            with(|view| view.options.heartbeat = 200_000),
        ),
        (Trouble::Heartbeat, with(timeouts(55, 155))),
        (
            Trouble::Latency,
            with(|view| view.channel.latency = Span::millis(80, 80)),
        ),
        (Trouble::Loss, with(|view| view.channel.loss = 300_000)),
        (Trouble::Loss, with(|view| view.channel.loss = 1_000_000)),
        (Trouble::Narrow, with(timeouts(200, 205))),
        (
            Trouble::Disk,
            with(|view| view.nodes[0].disk.stalled = true),
        ),
        (
            Trouble::Disk,
            with(|view| {
                view.nodes[0].disk.stalled = true;
                view.options.parallel_disk = false;
            }),
        ),
        (
            Trouble::Drift,
            with(|view| {
                view.client_options.reads = ReadMode::Lease;
                view.nodes[1].clock_rate = 1_250_000;
            }),
        ),
    ]
}

#[test]
fn each_trouble_is_told_with_what_to_try() {
    let mut told = String::new();
    for (expected, view) in troubles() {
        let (trouble, words) = only(&view);
        assert_eq!(trouble, expected);
        // Three rows of the smallest screen that must be useful.
        assert!(words.chars().count() < 3 * 76, "{words}");
        let names: Vec<Text> = view.nodes.iter().map(|node| node.name.clone()).collect();
        for tried in tries(&words) {
            let read = Statement::parse(&tried, &names, true);
            assert!(read.is_ok(), "{tried}: {read:?}");
        }
        told.push_str(&format!("{words}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_usual_or_somebodys_experiment_is_not_told() {
    let fine = [
        with(|view| life(view, &[4, 5], Life::Down)),
        with(|view| fixtures::cut(view, &[1, 2], &[3, 4, 5])),
        with(|view| view.channel.loss = 100_000),
        // Timers that are held do not end for want of heartbeats.
        with(|view| {
            view.channel.loss = 300_000;
            for node in &mut view.nodes {
                node.node.timer_held = true;
            }
        }),
        // One of them is not held, or an election is under way.
        with(|view| {
            hold_all(view);
            view.nodes[3].node.timer_held = false;
        }),
        with(|view| {
            hold_all(view);
            view.nodes[0].node.role = RoleView::Candidate { votes: Vec::new() };
            let asks = fixtures::envelope(2, 1, 2, Message::VoteReply { granted: true });
            view.flights = vec![fixtures::flight(7, asks, 3_410_000, 3_420_000)];
        }),
        with(|view| view.nodes[1].disk.stalled = true),
        with(|view| view.nodes[1].clock_rate = 2_000_000),
        with(|view| {
            view.client_options.reads = ReadMode::Lease;
            view.nodes[1].clock_rate = 1_050_000;
        }),
    ];
    for view in fine {
        assert_eq!(advice(&view), []);
    }
    let alone = fixtures::node(1, 1, "n1", 1, &[1], 1);
    let mut alone = fixtures::view(vec![alone]);
    (alone.channel.loss, alone.options.heartbeat) = (900_000, 900_000);
    assert_eq!(advice(&alone), []);
}

/// The world after some statements.
fn after(text: &str) -> View {
    let (_, _, session) = run("test", text, Some(3), Hosts::Inline);
    session.world().view()
}

/// Whoever tries what is said has no more trouble of that kind.
#[test]
fn what_is_to_be_tried_helps() {
    for trouble in [
        "crash n2,n3,n4",
        "stop n1,n2\ncrash n4",
        "partition n1,n2 | n3,n4 | n5",
        "crash n2,n3,n4\npartition n1,n2 | n3,n4 | n5",
        "cut n1,n2<->n4,n5\ncrash n3",
        "hold-timer all\ncrash leader",
        "set heartbeat 300ms",
        "latency 100ms..200ms",
        "loss 40%",
        "loss 80%",
        "set election-timeout 400ms..401ms",
        "disk leader stall",
        "set reads lease\nclock n2 rate 1.4",
    ] {
        let head = format!("cluster 5\nwait until leader\n{}\n", trouble);
        let told = advice(&after(&head));
        let (kind, words) = told
            .first()
            .unwrap_or_else(|| panic!("{trouble}: nothing told"));
        // What is joined by `and` is done together.
        let (_, remedies) = words.split_once("Try ").expect("something to try");
        for remedy in remedies.split(" or ") {
            let lines = remedy.replace(" and ", "\n").replace(':', "");
            let view = after(&format!("{head}{lines}\nwait 1ms\n"));
            let left = advice(&view);
            assert!(
                left.iter().all(|(other, _)| other != kind) || remedy.starts_with(":transfer"),
                "{trouble}, then {remedy}: {left:?}"
            );
        }
    }
}

/// A longer wait keeps a leader, but lets nobody win of whose questions hardly any comes back.
#[test]
fn of_much_loss_only_less_of_it_is_told() {
    let told = |percent: u32| only(&with(|view| view.channel.loss = percent * 10_000)).1;
    for (percent, helps) in [(30, true), (60, true), (80, false), (100, false)] {
        let words = told(percent);
        assert_eq!(words.contains("election-timeout"), helps, "{words}");
        assert!(words.contains(":loss 5%"), "{words}");
    }
    let play = |remedy: &str| {
        let text = format!(
            "cluster 5\nwait until leader\nloss 60%\nwait 5s\n{remedy}\nwait until leader within 60s"
        );
        run("test", &text, Some(3), Hosts::Inline).0
    };
    let words = told(60);
    let remedy = tries(&words)[0].clone();
    assert_eq!(play(&remedy), Outcome::Passed, "{remedy}");
}

#[test]
fn it_is_told_once_and_goes_with_its_trouble() {
    let scene = |world: View| {
        let mut scene = fixtures::scene("free play", world);
        (scene.scripted, scene.caption) = (false, None);
        scene
    };
    let wrong = scene(with(|view| view.channel.loss = 300_000));
    let mut app = app(wrong.clone());
    assert!(
        app.ui()
            .advice
            .as_deref()
            .is_some_and(|words| words.contains(":loss 5%"))
    );
    // Other keys leave it, `esc` closes it, and it does not come again.
    let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
    app.on_key(&key(KeyCode::Char('2')));
    assert!(app.ui().advice.is_some());
    app.on_key(&key(KeyCode::Esc));
    assert_eq!(app.ui().advice, None);
    app.on_scene(Arc::new(wrong.clone()));
    assert_eq!(app.ui().advice, None);
    // Something else is told all the same, and what was over is told anew.
    let mut worse = wrong.clone();
    worse.world.nodes[0].disk.stalled = true;
    app.on_scene(Arc::new(worse));
    assert!(
        app.ui()
            .advice
            .as_deref()
            .is_some_and(|words| words.contains("disk"))
    );
    app.on_scene(Arc::new(scene(well())));
    assert_eq!(app.ui().advice, None);
    app.on_scene(Arc::new(wrong.clone()));
    assert!(app.ui().advice.is_some());
    // A script speaks for itself.
    let mut scripted = wrong.clone();
    (scripted.scripted, scripted.caption) = (true, Some(("Loss.".into(), 0)));
    app.on_scene(Arc::new(scripted));
    assert_eq!(app.ui().advice, None);
    assert_eq!(app.ui().selected, NodeId(2));
}

#[test]
fn of_a_joint_configuration_the_half_without_a_majority_is_named() {
    let mut view = well();
    let ids = |numbers: &[u16]| numbers.iter().copied().map(NodeId).collect::<Vec<_>>();
    for node in &mut view.nodes {
        node.node.configuration.voters_old = Some(ids(&[1, 2, 3]));
    }
    life(&mut view, &[2, 3], Life::Down);
    let (trouble, words) = only(&view);
    assert_eq!(trouble, Trouble::Quorum);
    assert!(words.starts_with("1 of 3 old voters run"), "{words}");
}

#[test]
fn where_leases_ignore_drift_the_bound_is_no_remedy() {
    let slow = |rule: bool| {
        with(|view| {
            view.client_options.reads = ReadMode::Lease;
            view.rules.switch(Rule::LeaseUnderDrift, rule);
            view.nodes[0].clock_rate = 950_000;
        })
    };
    assert_eq!(advice(&slow(true)), []);
    let (trouble, words) = only(&slow(false));
    assert_eq!(trouble, Trouble::Drift);
    assert_eq!(
        tries(&words),
        ["rule lease-under-drift on", "clock n1 rate 1.0"]
    );
}
