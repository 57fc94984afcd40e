//! The views other than the main one: frames of real runs, to be read as prose.

#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/scene.rs"]
mod scene;

use frame::{text, ui};
use raft_playground::command::ViewName;
use raft_playground::raft::{NodeId, Rule};
use raft_playground::screen::Ui;
use raft_playground::script::demos;
use raft_playground::session::Scene;
use raft_playground::world::explain::instant_text;

/// The sizes that every view is looked at in.
const SIZES: [(u16, u16); 4] = [(60, 18), (80, 24), (120, 36), (200, 60)];

/// A run as the dashboard sees it at its end, in slow motion.
fn scene(script: &str) -> Scene {
    Scene {
        speed: 0.1,
        ..scene::after(script)
    }
}

fn shows(view: ViewName) -> Ui {
    Ui { view, ..ui() }
}

/// A write that meets loss and a follower that crashes, while messages are under way.
const BUSY: &str = "title \"A busy cluster\"
cluster 5
seed 7
wait until leader
workload 100/s
wait 300ms
loss 10%
duplicate 10%
wait 200ms
crash n2
wait 60ms
restart n2
wait 36ms
";

/// Reads and writes of three clients, of which some fail, and the leader crashes.
const ASKING: &str = "title \"Clients that ask\"
cluster 3
seed 3
wait until leader
put x one by c1
wait 50ms
cas x two three by c2
get x by c3
wait 50ms
set client-retries off
crash leader
put y 1 by c1
wait 1100ms
set client-retries on
wait until leader
put z 2 by c2
put z 3 by c2
wait 200ms
crash leader
put x four by c1
get x by c3
wait 150ms
";

/// A read that misses a write which was acknowledged.
const STALE: &str = include_str!("rules/confirm-leadership.raft");

#[test]
fn the_timeline_of_a_write() {
    for (columns, rows) in SIZES {
        let scene = scene(BUSY);
        insta::assert_snapshot!(text(&scene, &shows(ViewName::Timeline), columns, rows));
    }
}

#[test]
fn the_timeline_of_an_election() {
    let script = "cluster 3\nseed 2\nwait until leader\nwait 12ms\n";
    insta::assert_snapshot!(text(&scene(script), &shows(ViewName::Timeline), 120, 36));
}

#[test]
fn the_timeline_of_fifty_one_nodes() {
    let scene = scene("cluster 51\nseed 2\nwait until leader\nwait 90ms\n");
    let ui = Ui {
        selected: NodeId(40),
        ..shows(ViewName::Timeline)
    };
    insta::assert_snapshot!(text(&scene, &ui, 120, 36));
}

#[test]
fn the_network() {
    let mut scene = scene(BUSY);
    let more = "loss 20% n1->n3\nlatency 30ms..40ms n4<->n5\ncut n5->n1\n";
    for (columns, rows) in SIZES {
        let ui = Ui {
            flight: scene.world.flights.last().map(|flight| flight.message),
            ..shows(ViewName::Network)
        };
        insta::assert_snapshot!(text(&scene, &ui, columns, rows));
        if columns == 80 {
            scene = self::scene(&format!("{BUSY}{more}wait 5ms\n"));
        }
    }
}

#[test]
fn one_byte_is_no_bytes() {
    for (rate, words) in [(1, ", 1 byte/s "), (2, ", 2 bytes/s ")] {
        let slow = scene(&format!("cluster 3\nbandwidth {rate}/s\nwait 1ms\n"));
        let drawn = text(&slow, &shows(ViewName::Network), 120, 36);
        assert!(drawn.contains(words), "{drawn}");
    }
}

#[test]
fn the_network_of_many() {
    for count in [9, 51] {
        let script = format!("cluster {count}\nseed 2\nwait until leader\ncut n1->n2\nwait 53ms\n");
        insta::assert_snapshot!(text(&scene(&script), &shows(ViewName::Network), 120, 36));
    }
}

#[test]
fn clients_that_ask() {
    let scene = scene(ASKING);
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(text(&scene, &shows(ViewName::Clients), columns, rows));
    }
}

#[test]
fn clients_in_conflict() {
    let scene = scene(STALE);
    assert!(!scene.violations.is_empty(), "the read is stale");
    insta::assert_snapshot!(text(&scene, &shows(ViewName::Clients), 120, 36));
}

/// In general, and of a read that is made otherwise.
#[test]
fn it_is_told_how_reads_are_made() {
    let script = format!(
        "{LED}set reads lease\nput x 1\nwait until reply = ok\nget x reads stale by c2\nget x\nwait 100ms"
    );
    let scene = scene(&script);
    for (columns, rows) in [(80, 24), (120, 36)] {
        let drawn = text(&scene, &shows(ViewName::Clients), columns, rows);
        assert!(drawn.contains(" · reads lease "), "{drawn}");
        assert!(drawn.contains("get x, stale"), "{drawn}");
        assert!(!drawn.contains("get x, lease"), "{drawn}");
    }
}

/// A step that is not over counts with the one before.
#[test]
fn now_is_the_present_instant() {
    let script =
        "cluster 3\nseed 3\nwait until leader\nat 1s put x 1\nwait 50ms\nexpect reply = ok";
    let drawn = text(&scene(script), &shows(ViewName::Metrics), 120, 36);
    let commits = drawn.lines().find(|line| line.contains("commits/s"));
    let commits = commits.expect("they are measured");
    // One in 150 ms: the step before, and what there is of this one.
    assert!(commits.contains("now 6.7 "), "{drawn}");
    assert!(drawn.contains("1.050 s"), "{drawn}");
}

#[test]
fn the_metrics() {
    let script = format!("{BUSY}loss 0%\nduplicate 0%\nwait 1s\ncrash leader\nwait 2s\n");
    let scene = scene(&script);
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(text(&scene, &shows(ViewName::Metrics), columns, rows));
    }
}

#[test]
fn the_rules() {
    let script = "cluster 3\nrule pre-vote off\nrule commit-current-term off\n\
                  set heartbeat 20ms\nset election-timeout 100ms on n2\nwait 100ms\n";
    let scene = scene(script);
    for (columns, rows) in SIZES {
        let ui = Ui {
            rule: Rule::CommitCurrentTerm,
            ..shows(ViewName::Rules)
        };
        insta::assert_snapshot!(text(&scene, &ui, columns, rows));
    }
}

/// One node, and nobody who asked anything.
#[test]
fn views_of_one_node() {
    let scene = scene("cluster 1\nseed 2\nwait 400ms\n");
    for view in [ViewName::Timeline, ViewName::Network, ViewName::Metrics] {
        insta::assert_snapshot!(text(&scene, &shows(view), 80, 24));
    }
}

/// What is between the names of the views and the caption.
fn body(scene: &Scene, ui: &Ui) -> String {
    let drawn = text(scene, ui, 120, 36);
    let lines: Vec<&str> = drawn.lines().skip(2).collect();
    lines[..lines.len() - 4].join("\n")
}

/// Colour never carries a fact alone: where the fact differs, so do the characters.
#[test]
fn no_view_tells_anything_by_colour_alone() {
    let run = |more: &str| {
        scene(&format!(
            "cluster 5\nseed 7\nwait until leader\n{more}wait 5ms\n"
        ))
    };
    let before = run("");
    let facts = [
        (ViewName::Rules, "rule pre-vote off\n"),
        (ViewName::Rules, "set heartbeat 49ms\n"),
        (ViewName::Network, "cut n1->n2\n"),
        (ViewName::Network, "loss 1% n1->n2\n"),
        (ViewName::Network, "latency 10ms\n"),
        (ViewName::Timeline, "stop n1\n"),
        (ViewName::Timeline, "crash n1\n"),
        (ViewName::Clients, "put x one\n"),
    ];
    for (view, statement) in facts {
        let after = run(statement);
        assert_ne!(
            body(&before, &shows(view)),
            body(&after, &shows(view)),
            "{statement}"
        );
    }
    // What is chosen, and what is in conflict.
    let rule = Ui {
        rule: Rule::PreVote,
        ..shows(ViewName::Rules)
    };
    assert_ne!(body(&before, &rule), body(&before, &shows(ViewName::Rules)));
    let flight = Ui {
        flight: before.world.flights.first().map(|flight| flight.message),
        ..shows(ViewName::Network)
    };
    assert_ne!(
        body(&before, &flight),
        body(&before, &shows(ViewName::Network))
    );
    let stale = scene(STALE);
    let mut unjudged = stale.clone();
    unjudged.violations.clear();
    let clients = shows(ViewName::Clients);
    let rows = |scene: &Scene| body(scene, &clients).matches('!').count();
    assert!(rows(&stale) > rows(&unjudged) + 2, "each of both is marked");
}

/// The word is longer than the timer that stands there otherwise.
#[test]
fn the_role_of_a_candidate_without_a_timer_is_written_out() {
    let held = "cluster 5
hold-timer n1,n2,n3,n4,n5
rule pre-vote off
timeout n2
wait 1ms
";
    let shown = text(&scene(held), &ui(), 120, 36);
    let cluster: String = shown.lines().skip(2).take(14).collect();
    assert!(cluster.contains(" candidate "), "{shown}");
}

/// Five nodes that have elected n1, with no timer that could disturb.
const LED: &str = "cluster 5
hold-timer n1,n2,n3,n4,n5
timeout n1
wait until leader n1
wait 60ms
";

#[test]
fn an_island_can_do_what_its_own_members_reach() {
    let shown = |script: &str| text(&scene(&format!("{LED}{script}")), &ui(), 120, 36);
    let links = shown("cut n1<->n3,n4,n5\n");
    assert!(
        links.contains("all: can elect; leader cannot commit"),
        "{links}"
    );
    let three = shown("partition n1,n2 | n3,n4,n5\n");
    assert!(three.contains("n1 n2: no majority"), "{three}");
    assert!(
        three.contains("n3 n4 n5: can elect; no leader to commit"),
        "{three}"
    );
    // n1 knows of three members, the others still of the way there: they count all five.
    let fewer = shown("members n1,n2,n3\nwait until last n1 = 3\nisolate n1\n");
    assert!(
        fewer.contains("n2 n3: can elect; no leader to commit"),
        "{fewer}"
    );
}

#[test]
fn a_leader_that_stands_still_is_told_at_the_top() {
    let top = |script: &str| {
        let shown = text(&scene(&format!("{LED}{script}")), &ui(), 120, 36);
        shown.lines().next().map(str::to_owned).unwrap_or_default()
    };
    let leads = top("");
    assert!(leads.contains("leader n1   "), "{leads}");
    let followed = top("stop n1\n");
    assert!(followed.contains("leader n1 stopped   "), "{followed}");
    let stuck = top("stop n1\ncrash n2,n3\n");
    assert!(stuck.contains("leader n1 stopped, no majority"), "{stuck}");
    let deposed = top("rule pre-vote off\nstop n1\ncrash n2,n3\ntimeout n4\nwait 1ms\n");
    assert!(
        deposed.contains("leader n1 t1 stopped, no majority"),
        "{deposed}"
    );
}

#[test]
fn a_link_that_is_cut_one_way_stays_and_bears_its_cross_at_the_deaf_end() {
    // Column and row of the cross between n3, which is right below, and n4, left of it.
    let cross = |cut: &str| -> Vec<usize> {
        let shown = text(&scene(&format!("{LED}{cut}\n")), &ui(), 120, 36);
        let rows = shown.lines().skip(3).take(12);
        rows.filter_map(|row| row.chars().take(45).position(|c| c == '╳'))
            .collect()
    };
    let [both, left, right] =
        ["cut n3<->n4", "cut n3->n4", "cut n4->n3"].map(|cut| match *cross(cut) {
            [column] => column,
            ref crosses => panic!("{cut}: {crosses:?}"),
        });
    assert!(left < both && both < right, "{left} {both} {right}");
}

#[test]
fn every_island_has_its_line_on_a_small_screen() {
    let shown = text(
        &scene(&format!("{LED}partition n1,n2 | n3,n4,n5\n")),
        &ui(),
        60,
        18,
    );
    for island in ["n1 n2: elect ✘ commit ✘", "n3 +2: elect ✔ commit ✘"] {
        assert!(shown.contains(island), "{shown}");
    }
}

#[test]
fn the_head_names_the_term_on_disk_and_both_who_lead_in_it() {
    let down = scene(&format!("{LED}crash n1,n2,n3,n4,n5\n"));
    let shown = text(&down, &ui(), 120, 36);
    assert!(shown.contains("term 1   no leader"), "{shown}");
    let demo = include_str!("../demos/two-leaders.raft");
    let (until, _) = demo.split_once("expect leader A").expect("it has both");
    let shown = text(&scene(until), &ui(), 120, 36);
    let head = shown.lines().next();
    assert!(
        head.is_some_and(|head| head.contains("leaders A D")),
        "{shown}"
    );
    assert!(shown.contains("A B: can elect, can commit"), "{shown}");
}

#[test]
fn a_server_whose_addition_was_refused_is_no_learner() {
    let added = format!("{LED}set membership single\nadd n6\n");
    let shown = |script: &str| text(&scene(script), &ui(), 120, 36);
    assert!(!shown(&format!("{added}wait 500ms")).contains("not added"));
    let refused = shown(&format!(
        "{LED}isolate n1\nadd n6 via n1\nadd n7 via n1\nwait 100ms"
    ));
    assert!(refused.contains("not added"), "{refused}");
}

/// What is violated stands beside the lanes of whom it concerns, at its instant.
#[test]
fn the_timeline_marks_what_is_violated() {
    let demo = demos::named("figure-8-off").expect("a demo");
    let script = demo.script().expect("it is right");
    let scene = scene::played(script, Some(500_000));
    let [violation, ..] = scene.violations.as_slice() else {
        panic!("nothing is violated");
    };
    assert!(!violation.nodes.is_empty());
    for (columns, rows) in SIZES {
        let drawn = text(&scene, &shows(ViewName::Timeline), columns, rows);
        let marked = |line: &&str| line.matches('✘').count() > violation.nodes.len();
        let row = drawn.lines().skip(3).find(marked);
        assert!(row.is_some(), "{columns}: {drawn}");
    }
}

/// Whoever goes from event to event sees where they are, also at one that is left out else.
#[test]
fn events_of_the_instant_at_which_time_stands_are_listed() {
    let mut scene = scene("cluster 3\nseed 7\nwait until leader\nwait 60ms\n");
    let hidden = scene
        .records
        .iter()
        .rposition(|record| !record.is_telling());
    let hidden = hidden.expect("heartbeats");
    scene.records.truncate(hidden + 1);
    scene.world.now = scene.records[hidden].at;
    let time = instant_text(scene.world.now);
    let lists = |scene: &Scene| {
        let drawn = text(scene, &ui(), 120, 36);
        drawn
            .lines()
            .filter(|line| line.contains(&format!("{time}  ")))
            .count()
    };
    let running = lists(&scene);
    scene.playing = false;
    assert!(lists(&scene) > running, "{time}");
}

/// The operator asks too, and what waits is seen where it is looked for.
#[test]
fn statements_about_the_cluster_that_wait_are_shown() {
    let script =
        "title \"t\"\ncluster 3\nwait until leader\ncrash n1,n2,n3\nwait 1s\nadd n4\nwait 2s\n";
    for columns in [60, 80, 200] {
        let shown = text(&scene(script), &shows(ViewName::Clients), columns, 24);
        let told = "… add n4 waits 2000 ms, and nobody leads whom it";
        assert!(shown.contains(told), "{shown}");
        assert!(!shown.contains("nobody has asked"), "{shown}");
    }
    let asked = script.replace("wait 1s", "put x 1\nwait 1s");
    let shown = text(&scene(&asked), &shows(ViewName::Clients), 80, 24);
    assert!(shown.contains("… add n4 waits"), "{shown}");
    assert!(shown.contains("x = 1"), "{shown}");
}
