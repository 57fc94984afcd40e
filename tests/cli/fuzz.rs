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
