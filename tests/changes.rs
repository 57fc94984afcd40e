//! What a step changed is marked on the nodes, and what is durable is told from what is not.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/scene.rs"]
mod scene;

use frame::{draw_in, text, ui};
use raft_playground::raft::{Event as NodeEvent, NodeId};
use raft_playground::screen::change::{Change, changes};
use raft_playground::screen::{Theme, Ui};
use raft_playground::session::Scene;
use raft_playground::world::Event;
use ratatui::style::Modifier;

/// n1 leads three nodes, of which the disk of n2 is slow, and has been asked to write.
const WRITE: &str = "cluster 3
hold-timer all
latency 10ms
disk n2 latency 30ms
timeout n1
wait until commit all = 1
put x 1 via n1
";

/// Time is held after the script.
fn held(script: &str) -> Scene {
    Scene {
        playing: false,
        ..scene::after(script)
    }
}

fn after(rest: &str) -> Scene {
    held(&format!("{WRITE}{rest}"))
}

fn of(scene: &Scene, node: u16) -> Change {
    changes(scene)[NodeId(node).slot()].clone()
}

#[test]
fn one_step_shows_what_it_changed_and_no_more() {
    // The instant at which the leader appends what it was asked to.
    let scene = after("wait until last n1 = 2\n");
    let appended = Change {
        appended: Some(2..=2),
        ..Change::default()
    };
    assert_eq!(
        changes(&scene),
        [appended, Change::default(), Change::default()]
    );
    let scene = after("wait until commit n1 = 2\n");
    let committed = Change {
        committed: Some(2..=2),
        applied: Some(2..=2),
        ..Change::default()
    };
    assert_eq!(of(&scene, 1), committed);
    let scene = after("crash n3\n");
    assert!(of(&scene, 3).role);
}

#[test]
fn a_sync_tells_which_entries_are_safe() {
    let scene = after("wait until last n2 = 2\n");
    let node = &scene.world.nodes[1].node;
    assert_eq!((node.log.last(), node.synced), (2, 1));
    assert_eq!(of(&scene, 2).synced, None);
    let wait = "wait until last n2 = 2\nwait 30ms\n";
    let scene = after(wait);
    assert_eq!(scene.world.nodes[1].node.synced, 2);
    assert_eq!(of(&scene, 2).synced, Some(2..=2));
}

/// Term and vote change in memory first, and on disk when their write is synced.
#[test]
fn an_election_changes_term_vote_and_role() {
    let election = "cluster 3\nhold-timer all\nlatency 10ms\ndisk all latency 5ms\n\
                    rule pre-vote off\ntimeout n1\n";
    let ballot = |more: &str, node: u16| {
        let scene = held(&format!("{election}{more}"));
        let change = of(&scene, node);
        let status = &scene.world.nodes[NodeId(node).slot()];
        let (disk, memory) = (status.disk.term, status.node.term);
        (change.term, change.vote, change.role, disk, memory)
    };
    assert_eq!(ballot("", 1), (true, true, true, 0, 1));
    assert_eq!(ballot("", 2), (false, false, false, 0, 0));
    assert_eq!(ballot("wait 5ms\n", 1), (true, true, false, 1, 1));
    assert_eq!(
        ballot("wait until term n3 = 1\n", 3),
        (true, true, false, 0, 1)
    );
    // Who voted loses its vote to a new term, and may give it again.
    let next = "wait until leader\nwait 50ms\ncrash n1\nwait 500ms\ntimeout n2\nwait until term n3 = 2 within 100ms\n";
    assert_eq!(ballot(next, 3), (true, true, false, 1, 2));
}

/// A vote that is never written is in memory only, and is gone after a crash.
#[test]
fn a_vote_that_is_not_written_is_told_from_one_that_is() {
    let script =
        "cluster 3\nhold-timer all\nrule persist-vote off\ntimeout n1\nwait until leader\n";
    let scene = held(script);
    let drawn = text(&scene, &ui(), 120, 36);
    assert!(drawn.contains("disk    term 1  voted nobody"), "{drawn}");
    assert!(drawn.contains("memory  voted n1"), "{drawn}");
}

#[test]
fn a_change_of_members_and_a_snapshot_are_marked() {
    let script = "cluster 3\nseed 1\nwait until leader\nwait 100ms\nadd n4\n";
    let scene = held(&format!("{script}wait until members n1 = n1,n2,n3,n4\n"));
    assert!(
        scene
            .world
            .nodes
            .iter()
            .any(|node| of(&scene, node.id.0).configuration)
    );
    let scene = held("cluster 3\nseed 1\nwait until leader\nwait 100ms\nsnapshot n1\n");
    assert!(of(&scene, 1).snapshot, "{:?}", of(&scene, 1));
}

/// While time passes, a moment of wall time is marked, however fast that is.
#[test]
fn what_runs_is_marked_for_a_moment() {
    let mut scene = after("wait until commit n1 = 2\nwait 200ms\n");
    scene.playing = true;
    scene.speed = 1.0;
    assert_eq!(of(&scene, 1).committed, Some(1..=2));
    scene.speed = 0.1;
    assert!(!of(&scene, 1).any());
}

/// A crash loses what was not synced: no later sync makes it safe, though the numbers of the
/// writes begin anew.
#[test]
fn what_a_crash_lost_is_never_marked_as_safe() {
    let scene = after("wait until last n2 = 2\ncrash n2\nwait 20ms\nrestart n2\nwait 200ms\n");
    let mut marked = Vec::new();
    let mut at = scene.clone();
    for last in 1..=scene.records.len() {
        at.records = scene.records[..last].to_vec();
        if let Some(synced) = of(&at, 2).synced {
            marked.push(synced);
        }
    }
    marked.dedup();
    assert_eq!(marked, [1..=1, 2..=2]);
}

/// Entries that were cut off leave a sign where they stood.
#[test]
fn what_was_cut_off_leaves_a_sign() {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let at = scene.world.now;
    let cut = Event::Node(NodeEvent::Truncate { from: 2, count: 2 });
    scene.records.push(fixtures::record(99, at, Some(4), cut));
    assert!(text(&scene, &ui(), 120, 36).contains("■1   ××   ××"));
}

#[test]
fn changes_are_marked_in_every_pane() {
    let scene = after("wait until commit n1 = 2\n");
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        insta::assert_snapshot!(text(&scene, &ui(), columns, rows));
    }
    let scene = after("wait until last n2 = 2\n");
    let ui = Ui {
        selected: NodeId(2),
        ..ui()
    };
    for (columns, rows) in [(80, 24), (120, 36)] {
        insta::assert_snapshot!(text(&scene, &ui, columns, rows));
    }
}

/// Without a colour, and in ASCII: what changed is underlined in the logs, and starred elsewhere.
#[test]
fn marks_need_no_colour() {
    let mut scene = after("wait until commit n1 = 2\n");
    let theme = Theme::mono().in_ascii(true);
    let ui = ui();
    let buf = draw_in(&scene, &ui, (120, 36), &theme);
    let underlined = buf.content().iter();
    let underlined = underlined.filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
    let underlined: String = underlined.map(|cell| cell.symbol()).collect();
    for marked in ["n1", "#1", "commit 2", "applied 2", "changed", "2*"] {
        assert!(underlined.contains(marked), "{marked} in {underlined}");
    }
    let term = Event::Node(NodeEvent::Term {
        term: 1,
        from: Some(NodeId(1)),
    });
    // A new term is starred on the ring.
    scene
        .records
        .push(fixtures::record(999, scene.world.now, Some(3), term));
    assert!(text(&scene, &ui, 120, 36).contains("n3 t1*"));
}
