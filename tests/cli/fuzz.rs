//! `fuzz`: what it prints and writes. What it finds is in `tests/fuzz.rs`.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::{folder, objects, run, stderr, stdout, write};

/// The runs that the summary tells of, which comes last.
fn runs(output: &Output) -> u64 {
    let last = objects(stdout(output)).last().expect("a summary");
    assert_eq!(last["kind"], "summary");
    last["runs"].as_u64().expect("a number")
}

#[test]
fn shards_share_the_seeds_and_their_lines_can_be_put_together() {
    let folder = folder();
    let all = ["fuzz", "--seeds", "1..30", "--json"];
    let whole = runs(&run(&folder, &all));
    assert_eq!(whole, 29);
    let shards = ["1/3", "2/3", "3/3"]
        .map(|shard| runs(&run(&folder, &[&all[..], &["--shard", shard]].concat())));
    assert_eq!(shards, [10, 10, 9]);
}

#[test]
fn a_script_is_written_and_a_file_of_somebody_else_is_kept() {
    let folder = folder();
    let search = ["fuzz", "--rule", "election-restriction=off", "-o", "found"];
    let output = run(&folder, &search);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let ended = "4 failures are enough: no more seeds were tried";
    assert!(stderr(&output).contains(ended), "{}", stderr(&output));
    let path = folder
        .path()
        .join("found/without-election-restriction.raft");
    let script = fs::read_to_string(&path).expect("a script");
    let played = run(
        &folder,
        &["test", "found/without-election-restriction.raft"],
    );
    assert_eq!(played.status.code(), Some(0), "{script}");
    // Its own it replaces …
    assert_eq!(run(&folder, &search).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).expect("a script"), script);
    // … and no other.
    write(
        &folder,
        "found/without-election-restriction.raft",
        "# mine\n",
    );
    let output = run(&folder, &search);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stderr(&output).contains("without-election-restriction.raft"));
    assert_eq!(fs::read_to_string(&path).expect("a script"), "# mine\n");
    // What was found is told all the same; the first line of a file tells who wrote it.
    let (told, error) = (stdout(&output), stderr(&output));
    for line in script.lines().skip(1) {
        assert!(told.contains(&format!("    {line}\n")), "{line}: {told}");
    }
    assert!(told.contains(" runs, "), "{told}");
    let file = "without-election-restriction.raft";
    assert_eq!(error.matches(file).count(), 1, "{error}");
    assert!(error.contains("another folder with -o") && !error.contains("force"));
}

/// Each find has a name of its own, by all that was left out and by what failed.
#[test]
fn no_find_takes_the_place_of_another() {
    let folder = folder();
    let without = |rules: &[&str]| {
        let mut search = vec!["fuzz", "--seeds", "1..40", "-o", "found"];
        rules
            .iter()
            .for_each(|rule| search.extend(["--rule", rule]));
        let output = run(&folder, &search);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let files = fs::read_dir(folder.path().join("found")).expect("a folder");
        let names = files.map(|file| file.expect("a file").file_name());
        let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        names
    };
    let one = without(&["prev-log-check=off"]);
    assert_eq!(one, ["without-prev-log-check.raft"]);
    let both = without(&["prev-log-check=off", "cap-commit-index=off"]);
    let more = "without-prev-log-check-and-cap-commit-index.raft";
    assert_eq!(both, [more, "without-prev-log-check.raft"]);
    // A cluster can be of no use in several ways.
    let restless = without(&["pre-vote=off"]);
    assert_eq!(restless[0], "without-pre-vote-restless.raft");
}

#[test]
fn the_name_of_a_folder_does_not_steer_the_terminal() {
    let folder = folder();
    let odd = "fz\u{1b}[31mred\u{202e}";
    let search = ["fuzz", "--rule", "election-restriction=off", "-o", odd];
    let output = run(&folder, &search);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let shown = "fz␛[31mred\u{fffd}/without-election-restriction.raft\n";
    assert!(stdout(&output).contains(shown), "{}", stdout(&output));
    let output = run(&folder, &[&search[..], &["--json"]].concat());
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}']));
    let found = objects(stdout(&output)).next().expect("a find");
    let file = found["file"].as_str().expect("a file");
    assert!(folder.path().join(file).is_file(), "{file:?}");
}

#[test]
fn the_table_has_a_row_for_every_rule() {
    let folder = folder();
    let output = run(&folder, &["fuzz", "--table", "--json", "--seeds", "1..2"]);
    // In one run not everything is found.
    assert_eq!(output.status.code(), Some(1));
    let rows: Vec<Value> = objects(stdout(&output)).collect();
    let rules: Vec<&str> = rows.iter().filter_map(|row| row["rule"].as_str()).collect();
    let known = raft_playground::raft::Rule::ALL
        .iter()
        .map(|rule| rule.info().name);
    assert_eq!(rules, known.collect::<Vec<_>>());
}

#[test]
fn a_rule_that_is_named_twice_is_off_once() {
    let off = ["--rule", "pre-vote=off", "--rule", "leader-stickiness=off"];
    let search = [&["fuzz", "--seeds", "1..2"][..], &off, &off[..2]].concat();
    let output = run(folder(), &search);
    let told = "nothing was found without pre-vote, leader-stickiness: ";
    assert!(stderr(&output).contains(told), "{}", stderr(&output));
}
