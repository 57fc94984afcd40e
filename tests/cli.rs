//! The command line as a contract: what it prints, what it writes, and how it ends.

#[path = "cli/fuzz.rs"]
mod fuzz;
#[path = "cli/lists.rs"]
mod lists;
#[path = "cli/play.rs"]
mod play;
#[path = "fixtures/program.rs"]
mod program;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/test.rs"]
mod test;
#[path = "cli/trace.rs"]
mod trace;
#[path = "cli/wrong.rs"]
mod wrong;

use std::collections::BTreeSet;
use std::fs;
use std::process::{self, Output};

use program::{folder, program, run};
use serde_json::Value;
use tempfile::TempDir;

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) {
    fs::write(folder.path().join(name), text).expect("a file");
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

/// The program with the pipes and files of the caller.
fn plain(folder: &TempDir, arguments: &[&str]) -> process::Command {
    let mut command = process::Command::new(assert_cmd::cargo::cargo_bin!("raft-playground"));
    command.current_dir(folder.path()).args(arguments);
    command
}

fn files(folder: &TempDir) -> BTreeSet<String> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Two writes, and a change of leader between them.
const GOOD: &str = "title \"Good\"
cluster 3
wait until leader
put x 1
wait until reply = ok
crash leader
wait until leader
put x 2
wait until reply = ok
expect leaders = 1
";

/// Files that are wrong, each in its own way, and one that is right.
fn messy_folder() -> TempDir {
    let folder = folder();
    write(&folder, "good.raft", GOOD);
    write(&folder, "empty.raft", "");
    write(&folder, "silent.raft", "# nothing\n\n   # at all\n");
    write(&folder, "big.raft", "# a long line\n".repeat(150_000));
    write(&folder, "latin.raft", b"say \"gr\xfc\xdfe\"\n");
    write(&folder, "verb.raft", "cluster 3\ncrush n1\n");
    write(&folder, "mark.raft", "\u{feff}crush n1\n");
    write(&folder, "mark-only.raft", "\u{feff}# nothing\n");
    write(&folder, "node.raft", "cluster 3\ncrash n9\n");
    write(&folder, "late.raft", "wait 1s\ncluster 3\n");
    write(&folder, "value.raft", "set heartbeat 50\n");
    write(&folder, "rule.raft", "rule persist-votes off\n");
    write(
        &folder,
        "asks.raft",
        "cluster 3\nask \"Crash one.\" until no leader\n",
    );
    write(&folder, "open.raft", "repeat 3\nwait 1ms\n");
    write(&folder, "steer.raft", "cra\u{1b}[2Jsh n1\n");
    write(&folder, "nul.raft", "crash\0 n1\n");
    write(&folder, "bell\u{7}.raft", "crush n1\n");
    write(
        &folder,
        "fails.raft",
        "wait until leader\nexpect leaders = 2\n",
    );
    write(&folder, "not.toml", "[actions\n\"c\" = \"quit\"\n");
    write(
        &folder,
        "key.toml",
        "[actions]\n\"spcae\" = \"run-pause\"\n",
    );
    write(&folder, "action.toml", "[actions]\n\"x\" = \"qiut\"\n");
    write(
        &folder,
        "statement.toml",
        "[statements]\n\"x\" = \"crush @\"\n",
    );
    write(
        &folder,
        "conflict.toml",
        "[actions]\n\"g g\" = \"quit\"\n\"g\" = \"help\"\n",
    );
    write(&folder, "prefix.toml", "[actions]\n\"q q\" = \"quit\"\n");
    write(
        &folder,
        "twice.toml",
        "[actions]\n\"x\" = \"quit\"\n\"x\" = \"help\"\n",
    );
    write(&folder, "section.toml", "[action]\n\"x\" = \"quit\"\n");
    write(&folder, "number.toml", "[actions]\n\"x\" = 3\n");
    write(&folder, "latin.toml", b"# \xfc\n");
    write(&folder, "notes.txt", "my notes\n");
    fs::create_dir(folder.path().join("sub")).expect("a folder");
    folder
}

fn objects(text: &str) -> impl Iterator<Item = Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
}

/// The object has these fields and no others, each of its type.
fn fields(object: &Value, wanted: &[(&str, &str)]) {
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("{object} is no object"));
    let names: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(names, wanted.iter().map(|(name, _)| *name).collect());
    for (name, kind) in wanted {
        let value = &object[*name];
        let texts = |value: &Value| {
            value
                .as_array()
                .is_some_and(|all| all.iter().all(Value::is_string))
        };
        let fits = match *kind {
            "string" => value.is_string(),
            "string?" => value.is_string() || value.is_null(),
            "bool" => value.is_boolean(),
            "bool?" => value.is_boolean() || value.is_null(),
            "count" => value.is_u64(),
            "array" => value.is_array(),
            "counts" => value
                .as_array()
                .is_some_and(|all| all.iter().all(Value::is_u64)),
            "strings" => texts(value),
            "strings?" => texts(value) || value.is_null(),
            "object" => value.is_object(),
            other => panic!("{other}"),
        };
        assert!(fits, "{name} is to be {kind}: {value}");
    }
}
