//! The trace: every event names what led to it.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

use super::{folder, messy_folder, objects, run, stderr, stdout, write};

/// The events of a trace that stand for causes; the ids count from 1 without a gap.
fn trace(folder: &TempDir, script: &str) -> Vec<Value> {
    let output = run(folder, &["run", script, "--trace", "-"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("passed"),
        "the story does not disturb the trace"
    );
    let lines: Vec<Value> = objects(stdout(&output)).collect();
    for (line, id) in lines.iter().zip(1..) {
        assert_eq!(line["id"], id);
        assert!(
            line["at_us"].is_u64() && line["event"].is_string(),
            "{line}"
        );
        assert!(line["node"].is_string() || line["node"].is_null(), "{line}");
        for cause in line["cause"].as_array().expect("causes") {
            assert!(
                cause.as_u64().is_some_and(|cause| 0 < cause && cause < id),
                "{line}"
            );
        }
    }
    let instants = lines
        .windows(2)
        .all(|two| two[0]["at_us"].as_u64() <= two[1]["at_us"].as_u64());
    assert!(instants, "time does not run back");
    lines
}

fn causes<'a>(lines: &'a [Value], line: &'a Value) -> impl Iterator<Item = &'a Value> {
    let ids = line["cause"].as_array().expect("causes");
    ids.iter()
        .map(|id| &lines[id.as_u64().expect("an id") as usize - 1])
}

#[test]
fn every_line_of_the_trace_names_what_led_to_it() {
    let folder = messy_folder();
    let lines = trace(&folder, "good.raft");
    let known: BTreeSet<&str> =
        "timeout role term vote send deliver drop duplicate append truncate commit apply persist \
        sync snapshot install config crash restart stop resume request reply command say violation"
            .split_whitespace()
            .collect();
    assert!(lines.iter().all(|line| {
        line["event"]
            .as_str()
            .is_some_and(|event| known.contains(event))
    }));

    // An elected leader's votes: its own, once it is synced, and those that arrived.
    let elected: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "role" && line["role"] == "leader")
        .collect();
    assert_eq!(elected.len(), 2);
    for role in elected {
        assert_eq!(role["reason"]["why"], "majority");
        let votes = causes(&lines, role).filter(|cause| {
            let answer = cause["event"] == "deliver"
                && cause["kind"] == "vote-reply"
                && cause["body"]["granted"] == true;
            let own = cause["event"] == "sync";
            assert_eq!(cause["node"], role["node"]);
            answer || own
        });
        assert_eq!(votes.count(), 2, "two of three are a majority: {role}");
    }
    // A leader's commits: the answers that made a majority.
    let leaders: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "role" && line["role"] == "leader")
        .collect();
    let mut by_leader = 0;
    for commit in lines
        .iter()
        .filter(|line| line["event"] == "commit" && line["held_back"] == false)
    {
        let elected = leaders.iter().any(|role| {
            role["node"] == commit["node"] && role["id"].as_u64() < commit["id"].as_u64()
        });
        if !elected {
            continue;
        }
        by_leader += 1;
        let mut answers = causes(&lines, commit).filter(|cause| {
            let accepted = cause["body"]["accepted"] == true
                && cause["body"]["matched"].as_u64() >= commit["to"].as_u64();
            cause["kind"] == "append-reply" && accepted && cause["to"] == commit["node"]
        });
        assert!(answers.next().is_some(), "{commit}");
    }
    assert!(by_leader >= 4, "two no-ops and two writes");
    // An answer that promises something on disk names the sync that it waited for.
    let mut promises = 0;
    for reply in lines.iter().filter(|line| line["event"] == "send") {
        let wrote = reply["kind"] == "vote-reply" && reply["body"]["granted"] == true;
        if wrote {
            promises += 1;
            assert!(
                causes(&lines, reply)
                    .any(|cause| cause["event"] == "sync" && cause["node"] == reply["from"]),
                "{reply}"
            );
        }
        if reply["kind"] == "append-reply"
            && causes(&lines, reply).any(|cause| cause["event"] == "sync")
        {
            promises += 1;
        }
    }
    assert!(promises >= 6, "votes and entries were promised: {promises}");
    // What arrives was sent.
    for arrival in lines.iter().filter(|line| line["event"] == "deliver") {
        let sent: Vec<&Value> = causes(&lines, arrival).collect();
        assert_eq!(sent.len(), 1, "{arrival}");
        assert_eq!(
            (&sent[0]["event"], &sent[0]["message"]),
            (&"send".into(), &arrival["message"])
        );
    }
}

#[test]
fn every_commit_says_whether_it_is_held_back() {
    let lines = trace(&folder(), "figure-8");
    let commits = lines.iter().filter(|line| line["event"] == "commit");
    let (held, done): (Vec<_>, Vec<_>) = commits.partition(|line| line["held_back"] == true);
    assert!(!held.is_empty() && held.iter().all(|line| line["index"].is_u64()));
    assert!(!done.is_empty() && done.iter().all(|line| line["held_back"] == false));
}

#[test]
fn a_drop_says_why() {
    let folder = folder();
    write(&folder, "drops.raft", "cluster 3\nwait until leader\nloss 50%\nwait 1s\nloss 0%\ncalm\nwait until leader\n\
        crash n2\nwait 200ms\nisolate n1\nwait 500ms\ncalm\nrestart n2\nwait until leader\ndrop append any->n1\nwait 200ms\n".replace("any->n1", "leader->followers"));
    let why: BTreeSet<String> = trace(&folder, "drops.raft")
        .iter()
        .filter(|line| line["event"] == "drop")
        .map(|line| line["why"].as_str().expect("a reason").to_owned())
        .collect();
    assert_eq!(
        why,
        ["by hand", "down", "loss", "partition"]
            .map(String::from)
            .into()
    );
}

#[test]
fn the_trace_and_the_report_share_a_pipe_line_by_line() {
    let folder = messy_folder();
    let output = run(
        &folder,
        &["run", "good.raft", "good.raft", "--json", "--trace", "-"],
    );
    let reports: Vec<usize> = objects(stdout(&output))
        .enumerate()
        .filter(|(_, line)| line.get("digest").is_some())
        .map(|(place, _)| place)
        .collect();
    assert_eq!(reports.len(), 2);
    assert_eq!(
        reports[1] + 1,
        stdout(&output).lines().count(),
        "a report follows its trace"
    );
}

/// Instants are looked at together where nobody watches each event.
#[test]
fn events_have_one_number_whether_they_are_written_or_not() {
    let folder = folder();
    let script = "cluster 5\nwait until leader within 3s\nput x 1\nput y 2 by c2\n\
        wait until reply c1 = ok and reply c2 = ok\nwait 200ms\ncrash all\nwipe n1,n2,n3\n\
        restart n1,n2,n3\nworkload 200/s clients 20\nwait 1s\nrestart all\nwait 3s\n";
    write(&folder, "lost.raft", script);
    for seed in ["4", "9", "13"] {
        let told = |more: &[&str]| {
            let play = ["run", "lost.raft", "--json", "--seed", seed];
            let output = run(&folder, &[&play, more].concat());
            let report = objects(stdout(&output)).next().expect("a report");
            report["violations"].clone()
        };
        let alone = told(&[]);
        assert!(alone.as_array().is_some_and(|found| found.len() > 1));
        assert_eq!(alone, told(&["--trace", "lost.jsonl"]), "seed {seed}");
    }
}

#[test]
fn the_trace_names_the_rule_that_the_words_name() {
    let folder = folder();
    let script = "cluster 3\nwait until leader\nrule pre-vote off\nrule leader-stickiness off\n\
        timeout n1\nwait 50ms\ntimeout n2\nwait 50ms\ntimeout n3\nwait until leader\n\
        isolate leader\nwait 1s\n";
    write(&folder, "rules.raft", script);
    let lines = trace(&folder, "rules.raft");
    let mut named = BTreeSet::new();
    for line in &lines {
        let words = line["words"].as_str().expect("words");
        let spoken = words.split_once(" — rule ").map(|(_, rule)| rule);
        let place = line.get("reason").unwrap_or(line);
        assert_eq!(place["rule"].as_str(), spoken, "{line}");
        named.extend(spoken);
    }
    let stepped_back = |line: &Value| {
        line["reason"]["why"] == "higher-term" && line["reason"]["rule"] == "reject-stale-term"
    };
    assert!(lines.iter().any(stepped_back));
    assert!(
        named.contains("pre-vote") && named.contains("check-quorum"),
        "{named:?}"
    );
}
