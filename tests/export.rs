//! `export`: a stretch of a run as a diagram for others, or as its trace.

#[path = "export/files.rs"]
mod files;
#[path = "export/forms.rs"]
mod forms;
#[path = "fixtures/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use program::{folder, run};
use roxmltree::Document;
use serde_json::Value;
use tempfile::TempDir;

const KINDS: [&str; 4] = ["mmd", "svg", "txt", "jsonl"];

/// Everything that a diagram can show, in little.
const SMALL: &str = "title \"Small <&> ; #1\" zh \"小例子\"
cluster A B C
seed 7
timeout A
wait until leader A
put x \"1; <b> & #2\" by c1
wait until reply = ok
say \"B is cut off; then it crashes.\" zh \"B 被切断，然后崩溃。\"
cut A->B
put x 2
wait until commit A >= 3
crash B
wait 20ms
";

/// Exports, as it must succeed; the file.
fn export(folder: &Path, arguments: &[&str], file: &str) -> String {
    let mut all = vec!["export"];
    all.extend(arguments);
    all.extend(["-o", file]);
    let output = run(folder, &all);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{all:?}: {error}");
    fs::read_to_string(folder.join(file)).expect("it was written")
}

fn small() -> TempDir {
    let folder = folder();
    fs::write(folder.path().join("small.raft"), SMALL).expect("a script");
    folder
}

#[test]
fn a_small_run_as_a_sequence_diagram() {
    let folder = small();
    insta::assert_snapshot!(export(folder.path(), &["small.raft"], "small.mmd"));
}

#[test]
fn a_small_run_as_a_picture() {
    let folder = small();
    insta::assert_snapshot!(export(folder.path(), &["small.raft"], "small.svg"));
}

#[test]
fn a_small_run_as_text() {
    let folder = small();
    insta::assert_snapshot!(export(folder.path(), &["small.raft"], "small.txt"));
}

#[test]
fn a_stretch_as_text_in_chinese() {
    let folder = small();
    let arguments = [
        "small.raft",
        "--from",
        "95ms",
        "--to",
        "125ms",
        "--lang",
        "zh",
    ];
    let text = export(folder.path(), &arguments, "small.txt");
    assert!(text.contains("小例子") && text.contains("被切断"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_small_run_as_a_trace() {
    let folder = small();
    let arguments = ["small.raft", "--from", "50ms", "--to", "52ms"];
    insta::assert_snapshot!(export(folder.path(), &arguments, "small.jsonl"));
}

/// The lines are those of `run --trace`, as they are.
#[test]
fn a_trace_has_the_lines_of_the_stretch() {
    let folder = folder();
    for demo in ["figure-8-off", "reboot-loses", "lossy"] {
        let traced = run(
            folder.path(),
            &["run", demo, "--trace", "all.jsonl", "--force"],
        );
        assert!(traced.status.success());
        let all = fs::read_to_string(folder.path().join("all.jsonl")).expect("a trace");
        assert_eq!(export(folder.path(), &[demo], "same.jsonl"), all, "{demo}");
        let within = |line: &&str| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            (300_000..=400_000).contains(&line["at_us"].as_u64().expect("an instant"))
        };
        let wanted: Vec<&str> = all.lines().filter(within).collect();
        assert!(!wanted.is_empty(), "{demo}");
        let stretch = [demo, "--from", "300ms", "--to", "400ms"];
        let found = export(folder.path(), &stretch, "some.jsonl");
        assert_eq!(found.lines().collect::<Vec<_>>(), wanted, "{demo}");
    }
}

/// The first thing that happens in the stretch is that n3 campaigns: up to then it followed.
#[test]
fn a_node_is_what_it_was_until_it_is_something_else() {
    let folder = folder();
    let text = "cluster n1 n2 n3\nhold-timer all\nwait 150ms\ntimeout n3\nwait 50ms\n";
    std::fs::write(folder.path().join("s.raft"), text).expect("a script");
    let svg = export(folder.path(), &["s.raft", "--from", "100ms"], "s.svg");
    let document = Document::parse(&svg).expect("XML");
    let lines = document.descendants().filter(|it| it.has_tag_name("line"));
    let number = |node: &roxmltree::Node, name| {
        let value = node.attribute(name).expect("a number");
        value.parse::<f64>().expect("a number")
    };
    let lanes = lines.filter(|node| number(node, "x1") == number(node, "x2"));
    let third = lanes.filter(|node| number(node, "x1") == 590.0);
    let follows = third
        .map(|node| (number(&node, "y1"), number(&node, "y2")))
        .next();
    let (begins, ends) = follows.expect("a lane");
    assert!(begins < ends, "it followed for no time");
}

/// A new node is a learner until it has caught up, and one that comes back is what it was.
#[test]
fn a_learner_is_drawn_as_one() {
    let folder = folder();
    let text = "cluster A B C
timeout A
wait until leader A
wait until commit all = 1
add D as learner
wait until reply admin = ok
wait until logs agree
wait 20ms
crash D
wait 20ms
restart D
wait 20ms
";
    fs::write(folder.path().join("s.raft"), text).expect("a script");
    let back = export(folder.path(), &["s.raft", "--from", "180ms"], "back.mmd");
    let stretch = ["joint-crash-early", "--from", "150ms", "--to", "215ms"];
    let new = export(folder.path(), &stretch, "new.mmd");
    for text in [back, new] {
        assert!(text.contains("D\u{a0}◇\u{a0}learner\u{a0}t1"), "{text}");
    }
}

/// When it was sent it was to arrive sooner; nothing tells for how long it was put off.
#[test]
fn a_message_that_is_put_off_by_hand_has_not_arrived() {
    let folder = folder();
    let text = "cluster n1 n2 n3\nseed 1\nwait until leader\nwait 2ms\n\
                delay append all -> all by 500ms count all\nwait 30ms\n";
    std::fs::write(folder.path().join("s.raft"), text).expect("a script");
    let diagram = export(folder.path(), &["s.raft"], "s.txt");
    let appends = diagram.lines().filter(|line| line.contains("append t1"));
    let appends: Vec<_> = appends.collect();
    assert!(!appends.is_empty(), "{diagram}");
    for line in appends {
        assert!(line.contains("under way") && !line.contains('→'), "{line}");
    }
}

#[test]
fn what_is_lost_and_who_is_cut_off_is_told() {
    let folder = folder();
    let text = |demo: &str| export(folder.path(), &[demo, "--to", "3s"], &format!("{demo}.txt"));
    let lossy = export(folder.path(), &["lossy", "--to", "600ms"], "lossy.txt");
    assert!(
        lossy.contains("╌✗") && lossy.contains("✗ lost on the way"),
        "{lossy}"
    );
    let partition = export(
        folder.path(),
        &["partition", "--to", "600ms"],
        "partition.txt",
    );
    assert!(partition.contains("✗ lost, link cut"), "{partition}");
    assert!(partition.contains("» partition"), "{partition}");
    let joined = export(folder.path(), &["join", "--to", "600ms"], "join.txt");
    assert!(
        joined.contains("boots") && joined.contains("admin: add"),
        "{joined}"
    );
    assert!(joined.contains("= voters A,B,C,D"), "{joined}");
    let failover = text("failover");
    assert!(
        failover.contains("✝ crash") && failover.contains("✗ lost, target down"),
        "{failover}"
    );
}

/// What was sent before the stretch and what is under way as it ends is told as such.
#[test]
fn a_stretch_is_cut_at_both_ends() {
    let folder = small();
    let whole = export(folder.path(), &["small.raft"], "whole.jsonl");
    let events: Vec<Value> = whole
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let at = |event: &Value| event["at_us"].as_u64().expect("an instant");
    let sent = events
        .iter()
        .find(|event| event["event"] == "send" && event["kind"] == "vote")
        .expect("a vote is asked for");
    let (sent_at, arrives) = (at(sent), sent["arrives_us"].as_u64().expect("an instant"));
    let middle = u64::midpoint(sent_at, arrives);
    let before = format!("{middle}us");
    let first = export(folder.path(), &["small.raft", "--to", &before], "first.txt");
    assert!(
        first.contains("vote t1, log to the start, under way → "),
        "{first}"
    );
    let rest = export(
        folder.path(),
        &["small.raft", "--from", &before],
        "rest.txt",
    );
    let instant = format!("{}.{:03}", sent_at / 1_000_000, sent_at / 1_000 % 1_000);
    let line = rest
        .lines()
        .find(|line| line.contains("vote t1, log to the start →"));
    assert!(
        line.is_some_and(|line| line.trim_start().starts_with(&instant)),
        "{rest}"
    );
    assert!(!rest.contains("◷ timeout"), "{rest}");
}

#[test]
fn more_nodes_than_a_page_has_columns() {
    let folder = folder();
    fs::write(
        folder.path().join("many.raft"),
        "cluster 51\ntimeout n7\nwait 30ms\n",
    )
    .expect("a script");
    for kind in KINDS {
        let text = export(folder.path(), &["many.raft"], &format!("many.{kind}"));
        assert!(text.contains("n51"));
    }
    fs::write(
        folder.path().join("one.raft"),
        "cluster 1\nput x 1\nwait until reply = ok\n",
    )
    .expect("a script");
    for kind in KINDS {
        export(folder.path(), &["one.raft"], &format!("one.{kind}"));
    }
}

#[test]
fn lanes_are_straight_where_instants_grow_longer() {
    let folder = folder();
    let script = "cluster A B C\nseed 1\nwait 99999990ms\ncrash A\nwait 20ms\ncrash B\nwait 20ms\n";
    fs::write(folder.path().join("long.raft"), script).expect("a script");
    let stretch = ["long.raft", "--from", "99999950ms"];
    let text = export(folder.path(), &stretch, "long.txt");
    let body = text
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("s "));
    let rows: Vec<&str> = body.skip(2).filter(|line| !line.is_empty()).collect();
    let before = |row: &&str| {
        let at = |ch: char| ch.is_ascii_digit() || matches!(ch, '.' | ' ');
        row.len() - row.trim_start_matches(at).len()
    };
    let lanes: BTreeSet<usize> = rows.iter().map(before).collect();
    assert!(rows.len() > 4 && lanes.len() == 1, "{text}");
}

/// What a client does next follows from what it was told.
#[test]
fn a_client_that_was_turned_away_has_heard_so() {
    let folder = folder();
    let script = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n2\nwait until leader n2\n\
        put x 1 via n1\nwait until reply = ok\n";
    fs::write(folder.path().join("away.raft"), script).expect("a script");
    let text = export(folder.path(), &["away.raft"], "away.txt");
    let turned = text.lines().find(|line| line.contains("n2 leads"));
    assert!(turned.is_some_and(|line| line.contains('◀')), "{text}");
    let trace = export(folder.path(), &["away.raft"], "away.jsonl");
    let events = trace.lines().map(serde_json::from_str::<Value>);
    let events: Vec<Value> = events.collect::<Result<_, _>>().expect("JSON");
    let cause = |fits: &dyn Fn(&Value) -> bool| {
        let event = events.iter().find(|event| fits(event)).expect("an event");
        let cause = events.iter().find(|other| other["id"] == event["cause"][0]);
        cause.expect("its cause")["words"].to_string()
    };
    let again = cause(&|event| event["attempt"] == 2);
    assert!(again.contains("n1 turns c1 request 1 away"), "{again}");
    let ended = cause(&|event| event["event"] == "reply" && event["node"].is_null());
    assert!(ended.contains("n2 answers c1 request 1"), "{ended}");
}

/// A copy is an arrow of its own, and whoever hears too late has heard.
#[test]
fn copies_of_clients_messages_and_late_answers_arrive() {
    let folder = folder();
    let script = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n2\nwait until leader n2\n\
        set client-retries off\nset client-timeout 100ms\n\
        copy request c1->n2\ndelay request-reply n2->c1 by 200ms count all\n\
        put x 1 via n2\nwait until reply = timeout\nwait 300ms\n";
    fs::write(folder.path().join("late.raft"), script).expect("a script");
    let text = export(folder.path(), &["late.raft"], "late.txt");
    let told = |what: &str| {
        let line = text.lines().find(|line| line.contains(what));
        line.unwrap_or_else(|| panic!("{what}: {text}"))
    };
    assert!(told("c1 #1: x = 1, copy").contains(" → "), "{text}");
    assert!(told("c1 #1: done").contains(" → "), "{text}");
    let trace = export(folder.path(), &["late.raft"], "late.jsonl");
    let events = trace.lines().map(serde_json::from_str::<Value>);
    let events: Vec<Value> = events.collect::<Result<_, _>>().expect("JSON");
    let of_client = |kind: &str| {
        let found = events.iter();
        let found = found.filter(|event| event["event"] == kind && event["client"] == "c1");
        found.collect::<Vec<_>>()
    };
    let [doubled] = of_client("duplicate")[..] else {
        panic!("{trace}")
    };
    assert_eq!(
        (&doubled["from"], &doubled["to"]),
        (&"c1".into(), &"n2".into())
    );
    let arrived = of_client("deliver");
    let of_copy = arrived
        .iter()
        .filter(|event| event["cause"][0] == doubled["id"]);
    assert_eq!(of_copy.count(), 1, "{trace}");
    let late = arrived
        .iter()
        .filter(|event| event["from"] == "n2" && event["to"] == "c1");
    assert!(late.count() >= 1, "{trace}");
}
