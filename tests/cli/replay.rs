//! A session in one word, without a terminal.

use raft_playground::script::token;
use serde_json::Value;

use super::{GOOD, folder, run, stderr, stdout, write};

#[test]
fn a_token_is_played_as_its_script_would_be() {
    let folder = folder();
    write(&folder, "good.raft", GOOD);
    let report = run(&folder, &["run", "good.raft", "--json"]);
    let report: Value = serde_json::from_str(stdout(&report)).expect("a report");
    let digest = report["digest"].as_str().expect("a digest");
    let output = run(&folder, &["--replay", &token::pack(GOOD)]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let story = stdout(&output);
    assert!(
        story.contains("passed") && story.contains(digest),
        "{story}"
    );
    // Pasted with a line break behind it.
    let token = format!(" {}\n", token::pack(GOOD));
    let again = run(&folder, &["--replay", &token]);
    assert_eq!(stdout(&again), story);
}

#[test]
fn a_token_of_a_script_that_fails_fails() {
    let folder = folder();
    let token = token::pack("cluster 3\nexpect leader\nwait 1s\n");
    let output = run(&folder, &["--replay", &token]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

/// A token may be whole and still hold what nobody can play, or far too much of it.
#[test]
fn what_is_in_a_token_is_looked_at() {
    let folder = folder();
    let wrong = run(&folder, &["--replay", &token::pack("crush n1\n")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        stderr(&wrong).contains("replay token:1:1"),
        "{}",
        stderr(&wrong)
    );
    let bomb = token::pack(&"#".repeat(50 << 20));
    let output = run(&folder, &["--replay", &bomb]);
    assert_eq!(output.status.code(), Some(2));
    let error = stderr(&output);
    assert!(
        error.contains("1 MiB") && error.lines().count() == 2,
        "{error}"
    );
}
