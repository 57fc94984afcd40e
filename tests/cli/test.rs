//! `test`: many scripts at once.

use serde_json::Value;
use tempfile::TempDir;

use super::{GOOD, folder, objects, run, stderr, stdout, write};

/// Scripts that end in every way, in folders.
fn suite() -> TempDir {
    let folder = folder();
    for below in ["deep/er", "none"] {
        std::fs::create_dir_all(folder.path().join(below)).expect("a folder");
    }
    write(&folder, "good.raft", GOOD);
    write(&folder, "deep/good.raft", GOOD);
    write(
        &folder,
        "deep/er/it's late.raft",
        "cluster 3\nseed 4\nwait until leader\nexpect no violation\nwait 1ms\nexpect leaders = 2\n",
    );
    write(
        &folder,
        "deep/violates.raft",
        include_str!("../rules/prev-log-check.raft").replace("expect violation log-matching", ""),
    );
    write(
        &folder,
        "deep/past.raft",
        "cluster 3\nwait until leader\nat 1ms heal\n",
    );
    write(&folder, "deep/notes.txt", "no script at all");
    folder
}

#[test]
fn without_a_path_it_plays_the_demos() {
    let output = run(folder(), &["test"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let lines: Vec<&str> = stdout(&output).lines().collect();
    let demos = raft_playground::script::demos::DEMOS;
    for (line, demo) in lines.iter().zip(demos) {
        assert!(
            line.starts_with("ok ") && line.ends_with(demo.name),
            "{line}"
        );
    }
    let count = format!("{} passed, 0 failed, in ", demos.len());
    assert!(lines[demos.len() + 1].starts_with(&count), "{lines:?}");
}

#[test]
fn a_failure_says_what_was_found_and_how_to_look() {
    let folder = suite();
    let output = run(&folder, &["test", "good.raft", "deep", "failover"]);
    // A script that is wrong weighs more than one that fails.
    assert_eq!(output.status.code(), Some(2));
    let text = stdout(&output);
    let heads: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| line.starts_with(|ch: char| ch.is_alphabetic()))
        .map(|line| {
            let (word, rest) = line.split_once(' ').expect("a word");
            (word, rest.split_once(" s  ").expect("a time").1)
        })
        .collect();
    let expected = [
        ("ok", "good.raft"),
        ("FAILED", "deep/er/it's late.raft"),
        ("ok", "deep/good.raft"),
        ("FAILED", "deep/past.raft"),
        ("FAILED", "deep/violates.raft"),
        ("ok", "failover"),
    ];
    assert_eq!(heads, expected, "{text}");
    for wanted in [
        "line 6: `expect leaders = 2` does not hold\n",
        " leads term 1\n",
        " --> deep/past.raft:3:1\n",
        " ^^^^^^^^^^^\n",
        "log-matching at ",
        "the last events:\n",
        r"look at it: raft-playground 'deep/er/it'\''s late.raft' --at ",
        "look at it: raft-playground deep/past.raft --at 2",
        "\n3 passed, 3 failed, in ",
    ] {
        assert!(text.contains(wanted), "no {wanted:?} in\n{text}");
    }
}

#[test]
fn the_outcome_does_not_depend_on_how_it_is_played() {
    let folder = suite();
    let played = |options: &[&str]| {
        let mut arguments = vec!["test", "--json", "deep", "good.raft"];
        arguments.extend(options);
        let output = run(&folder, &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let mut reports: Vec<Value> = objects(stdout(&output)).collect();
        for report in &mut reports {
            report["hosts"].take();
        }
        reports
    };
    let alone = played(&["--jobs", "1"]);
    assert_eq!(alone.len(), 5);
    assert_eq!(alone, played(&["--jobs", "7"]));
    assert_eq!(alone, played(&["--hosts", "inline"]));
    // The same object as from `run`.
    let one = run(&folder, &["run", "good.raft", "--json"]);
    let mut one = objects(stdout(&one)).next().expect("a report");
    one["hosts"].take();
    assert_eq!(alone[4], one);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_played() {
    let folder = suite();
    write(&folder, "deep/a.raft", "crush n1\ncrash n9\n");
    write(&folder, "deep/b.raft", "wiat 1s\n");
    let cases: [(&[&str], i32, &[&str]); 5] = [
        (
            &["test", "deep", "good.raft"],
            2,
            &["deep/a.raft:1:1", "deep/a.raft:2:7", "deep/b.raft:1:1"],
        ),
        (
            &["test", "none"],
            2,
            &["there is no script in the folder `none`"],
        ),
        (&["test", "failver"], 2, &["did you mean `failover`?"]),
        (
            &["test", "deep/gone.raft"],
            3,
            &["deep/gone.raft: No such file"],
        ),
        (&["test", "--jobs", "0"], 2, &["--jobs"]),
    ];
    for (arguments, code, wanted) in cases {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        for wanted in wanted {
            let words = stderr(&output);
            assert!(words.contains(wanted), "no {wanted:?} in\n{words}");
        }
    }
}
