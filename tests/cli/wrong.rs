//! What is wrong is said, and nothing is half done.

use std::fs;
use std::process::Stdio;

use super::{files, folder, messy_folder, plain, run, stderr, stdout, write};

/// What is wrong, how it ends, and what the error must say.
const WRONG: &[(&[&str], i32, &[&str])] = &[
    // Scripts.
    (
        &["run", "missing.raft"],
        3,
        &["missing.raft", "No such file"],
    ),
    (&["run", "no/such/folder.raft"], 3, &["no/such/folder.raft"]),
    (&["run", "sub"], 3, &["`sub` is a directory", "test sub"]),
    (&["good.raft", "--at", "3s"], 2, &["`--at`", "terminal"]),
    (
        &["run", "good.raft/inner.raft"],
        3,
        &["good.raft/inner.raft"],
    ),
    (&["run", "latin.raft"], 2, &["latin.raft:1:8", "UTF-8"]),
    (&["run", "empty.raft"], 2, &["empty.raft:1:1", "empty"]),
    (&["run", "silent.raft"], 2, &["silent.raft:1:1", "empty"]),
    (&["run", "big.raft"], 2, &["big.raft", "1 MiB"]),
    (&["check", "big.raft"], 2, &["big.raft", "1 MiB"]),
    (&["run", "/dev/zero"], 2, &["/dev/zero", "1 MiB"]),
    (
        &["run", "verb.raft"],
        2,
        &["verb.raft:2:1", "crush n1", "^^^^^", "`crash`"],
    ),
    (
        &["check", "verb.raft"],
        2,
        &["verb.raft:2:1", "^^^^^", "`crash`"],
    ),
    (&["verb.raft"], 2, &["verb.raft:2:1", "^^^^^", "`crash`"]),
    // Nobody sees the mark before the text.
    (&["run", "mark.raft"], 2, &["mark.raft:1:1", "^^^^^"]),
    (
        &["run", "mark-only.raft"],
        2,
        &["mark-only.raft:1:1", "empty"],
    ),
    (
        &["run", "node.raft"],
        2,
        &["node.raft:2:7", "crash n9", "^^"],
    ),
    (&["run", "late.raft"], 2, &["late.raft:2:1", "^^^^^"]),
    (
        &["run", "value.raft"],
        2,
        &["value.raft:1:15", "^^", "help"],
    ),
    (
        &["run", "rule.raft"],
        2,
        &["rule.raft:1:6", "`persist-vote`"],
    ),
    (
        &["run", "asks.raft"],
        2,
        &["asks.raft:2:1", "^^^", "nobody is there", "else STATEMENT"],
    ),
    (&["asks.raft"], 2, &["asks.raft:2:1", "nobody is there"]),
    (&["run", "open.raft"], 2, &["open.raft:1:1", "end"]),
    (&["run", "steer.raft"], 2, &["steer.raft:1:", "␛"]),
    (&["run", "nul.raft"], 2, &["nul.raft:1:", "␀"]),
    (&["run", "bell\u{7}.raft"], 2, &["bell␇.raft:1:1"]),
    (&["run", "\u{1b}[31m.raft"], 3, &["␛[31m.raft"]),
    (
        &["run", "failver"],
        2,
        &["failver", "did you mean `failover`?"],
    ),
    (&["run", "elect"], 2, &["did you mean `election`?"]),
    (&["run", "zebra"], 2, &["zebra", "the demos are"]),
    (
        &["run", "good.raft", "verb.raft", "node.raft"],
        2,
        &["verb.raft:2:1", "node.raft:2:7"],
    ),
    (
        &["check", "verb.raft", "missing.raft", "node.raft"],
        3,
        &["verb.raft:2:1", "missing.raft", "node.raft:2:7"],
    ),
    // The command line.
    (&["chekc"], 2, &["chekc", "did you mean `check`?"]),
    (
        &["rnu", "good.raft"],
        2,
        &["no file and no demo `rnu`", "did you mean `run`?"],
    ),
    (
        &["fuz", "--rule", "pre-vote=off"],
        2,
        &["no file and no demo `fuz`", "did you mean `fuzz`?"],
    ),
    (
        &["--seed", "3", "run", "good.raft"],
        2,
        &["`run` stands behind", "a mode comes first"],
    ),
    (
        &["good.raft", "open.raft"],
        2,
        &["plays one script", "`open.raft`", "`raft-playground run`"],
    ),
    (
        &["failover", "election"],
        2,
        &["plays one script", "`election`", "`raft-playground test`"],
    ),
    (
        &["good.raft", "\u{1b}[31m.raft"],
        2,
        &["plays one script", "␛[31m.raft"],
    ),
    (&["run"], 2, &["SCRIPT"]),
    (&["check"], 2, &["FILE"]),
    (&["run", "good.raft", "--jsno"], 2, &["--jsno", "--json"]),
    (&["--colour"], 2, &["--colour"]),
    (&["--\u{1b}[2J"], 2, &["unexpected argument"]),
    (&["run", "good.raft", "--seed", "x"], 2, &["--seed", "'x'"]),
    (&["run", "good.raft", "--seed", "\u{7}"], 2, &["--seed"]),
    (&["--seed", "1.5"], 2, &["--seed", "1.5"]),
    (&["--nodes", "0"], 2, &["--nodes", "from 1 to 101"]),
    (&["--nodes", "102"], 2, &["--nodes", "from 1 to 101"]),
    (
        &["--nodes", "five"],
        2,
        &["--nodes", "a whole number from 1 to 101"],
    ),
    (
        &["run", "good.raft", "--seed", "abc"],
        2,
        &["'abc'", "--seed", "a whole number, at least 0"],
    ),
    (
        &["test", "good.raft", "--jobs", "0"],
        2,
        &["--jobs", "a whole number, at least 1"],
    ),
    (
        &["run", "good.raft", "--nodes", "3"],
        2,
        &["`--nodes` is not an option here", "the dashboard, `fuzz`"],
    ),
    (
        &["run", "good.raft", "--speed", "3"],
        2,
        &["`--speed` is not an option here", "the dashboard"],
    ),
    (
        &["play", "good.raft"],
        2,
        &[
            "no file and no demo `play`",
            "the modes are run, test, check",
        ],
    ),
    (
        &["run", "good.raft", "asks.raft", "--trace", "two.jsonl"],
        2,
        &["asks.raft"],
    ),
    (
        &["run", "good.raft", "election", "--trace", "two.jsonl"],
        2,
        &["a trace is of one run", "run each by itself"],
    ),
    (
        &["run", "good.raft", "election", "--trace", "-"],
        2,
        &["a trace is of one run"],
    ),
    (&["good.raft", "--nodes", "3"], 2, &["--nodes"]),
    (&["--speed", "0"], 2, &["--speed", "0.0001"]),
    (&["--speed", "fast"], 2, &["--speed", "0.25"]),
    (&["--speed", "NaN"], 2, &["--speed"]),
    (&["--at", "nonsense"], 2, &["--at", "1.5s"]),
    (&["--at", "3"], 2, &["--at", "250ms"]),
    (
        &["export", "good.raft", "--from", "0", "-o", "x.txt"],
        2,
        &["--from", "write 0ms"],
    ),
    (
        &["run", "good.raft", "--hosts", "foo"],
        2,
        &["--hosts", "threads", "inline"],
    ),
    (&["completions", "tcl"], 2, &["tcl", "bash"]),
    (&["demos", "--csv"], 2, &["--csv"]),
    // Keymaps.
    (
        &["--keymap", "missing.toml"],
        3,
        &["missing.toml", "No such file"],
    ),
    (
        &["--keymap", "vimm"],
        2,
        &["no file and no keymap `vimm`", "`vim`"],
    ),
    (
        &["keys", "--keymap", "emacs"],
        2,
        &["no keymap `emacs`", "default and vim", "keymaps"],
    ),
    (&["--keymap", "sub"], 3, &["sub", "directory"]),
    (&["--keymap", "latin.toml"], 2, &["latin.toml:1:3", "UTF-8"]),
    (&["--keymap", "not.toml"], 2, &["not.toml:1:", "TOML"]),
    (&["--keymap", "key.toml"], 2, &["key.toml:2:", "`space`"]),
    (
        &["--keymap", "action.toml"],
        2,
        &["action.toml:2:", "`quit`"],
    ),
    (
        &["--keymap", "statement.toml"],
        2,
        &["statement.toml:2:", "crush"],
    ),
    (
        &["--keymap", "conflict.toml"],
        2,
        &["conflict.toml:3:", "g g", "conflict.toml:2:1"],
    ),
    (
        &["--keymap", "prefix.toml"],
        2,
        &["prefix.toml:2:", "keymaps/default.toml:"],
    ),
    (
        &["--keymap", "twice.toml"],
        2,
        &["twice.toml:3:1", "twice.toml:2:1"],
    ),
    (
        &["--keymap", "section.toml"],
        2,
        &["section.toml:1:", "`actions`"],
    ),
    (
        &["--keymap", "number.toml"],
        2,
        &["number.toml:2:", "quotes"],
    ),
    // Traces.
    (
        &["run", "good.raft", "--trace", "no/trace.jsonl"],
        3,
        &["no/trace.jsonl", "No such file"],
    ),
    (
        &["run", "good.raft", "--trace", "sub"],
        3,
        &["sub", "directory"],
    ),
    (
        &["run", "good.raft", "--trace", "notes.txt"],
        3,
        &["notes.txt", "--force"],
    ),
    (
        &["run", "good.raft", "--trace", "sub", "--force"],
        3,
        &["sub", "directory"],
    ),
    (
        &["run", "good.raft", "--trace", "/dev/full"],
        3,
        &["/dev/full", "No space left"],
    ),
    (
        &["run", "verb.raft", "--trace", "new.jsonl"],
        2,
        &["verb.raft:2:1"],
    ),
    (&["--replay"], 2, &["a value is required"]),
    // What begins with a hyphen is wrong for its option, and no option of its own.
    (&["--seed", "-1"], 2, &["'-1'", "--seed", "at least 0"]),
    (&["--nodes", "-1"], 2, &["'-1'", "--nodes", "1 to 101"]),
    (&["--speed", "-0.5"], 2, &["'-0.5'", "--speed", "0.0001"]),
    (&["--at", "-1s"], 2, &["'-1s'", "--at", "250ms"]),
    (
        &["run", "good.raft", "--seed", "-1"],
        2,
        &["'-1'", "--seed", "at least 0"],
    ),
    (
        &["test", "--jobs", "-1"],
        2,
        &["'-1'", "--jobs", "at least 1"],
    ),
    (&["fuzz", "--seeds", "-1..3"], 2, &["'-1..3'", "--seeds"]),
    (&["fuzz", "--for", "-1s"], 2, &["'-1s'", "--for"]),
    (
        &["fuzz", "--nodes", "-1"],
        2,
        &["'-1'", "--nodes", "1 to 9"],
    ),
    (&["fuzz", "--shard", "-1/2"], 2, &["'-1/2'", "--shard"]),
    (
        &["fuzz", "--jobs", "-1"],
        2,
        &["'-1'", "--jobs", "at least 1"],
    ),
    (
        &["record", "good.raft", "-o", "a.txt", "--size", "-1x3"],
        2,
        &["'-1x3'", "--size"],
    ),
    (
        &["record", "good.raft", "-o", "a.txt", "--fps", "-1"],
        2,
        &["'-1'", "--fps", "1 to 60"],
    ),
    (
        &["record", "good.raft", "-o", "a.txt", "--speed", "-1"],
        2,
        &["'-1'", "--speed"],
    ),
    (
        &["record", "good.raft", "-o", "a.txt", "--from", "-1s"],
        2,
        &["'-1s'", "--from"],
    ),
    (
        &["record", "good.raft", "-o", "a.txt", "--to", "-1s"],
        2,
        &["'-1s'", "--to"],
    ),
    (
        &["export", "good.raft", "-o", "a.txt", "--from", "-1s"],
        2,
        &["'-1s'", "--from"],
    ),
    (
        &["export", "good.raft", "-o", "a.txt", "--to", "-1s"],
        2,
        &["'-1s'", "--to"],
    ),
    (
        &["experiment", "failover", "--trials", "-1"],
        2,
        &["'-1'", "--trials"],
    ),
    (
        &["experiment", "failover", "--jobs", "-1"],
        2,
        &["'-1'", "--jobs", "at least 1"],
    ),
    (&["--replay", ""], 2, &["no replay token"]),
    (&["--replay", "good.raft"], 2, &["no replay token", "r1"]),
    (&["--replay", "r9AAAA"], 2, &["another version"]),
    (&["--replay", "r1AAAA"], 2, &["damaged", "copy the whole"]),
    (&["--replay", "r1\u{1b}[2J"], 2, &["damaged"]),
    (
        &["good.raft", "--replay", "r1AAAA"],
        2,
        &["cannot be used with"],
    ),
    (
        &["--replay", "r1AAAA", "--seed", "3"],
        2,
        &["cannot be used with"],
    ),
    (
        &["record", "good.raft", "-o", "x.mp4"],
        2,
        &["x.mp4", "the name of a film ends in .cast"],
    ),
    (
        &["fuzz", "--seeds", "9..1"],
        2,
        &["--seeds <A..B>", "the first the smaller, as in 1..1000"],
    ),
    (
        &["fuzz", "--rule", "pre-vote"],
        2,
        &["a rule is left out with =off, as in pre-vote=off"],
    ),
    (
        &["fuzz", "--rule", "prevote=off"],
        2,
        &["there is no rule `prevote`", "raft-playground rules"],
    ),
    (
        &["fuzz", "--shard", "3/2"],
        2,
        &["its number and how many there are, as in 2/8"],
    ),
    (
        &["fuzz", "--for", "soon"],
        2,
        &["a time is a number with a unit, as in 90s or 10m"],
    ),
    (&["fuzz", "--nodes", "0"], 2, &["0 is not from 1 to 9"]),
    (
        &["fuzz", "--seeds", "1..2", "-o", "good.raft/folder"],
        3,
        &["good.raft/folder"],
    ),
    (&["experiment"], 2, &["requires a subcommand", "failover"]),
    (
        &["experiment", "latency"],
        2,
        &["unrecognized subcommand 'latency'"],
    ),
    (
        &["experiment", "failover", "--trials", "0"],
        2,
        &["--trials <N>", "0 is not from 1 to 1000000"],
    ),
    (
        &["experiment", "failover", "--json", "--csv"],
        2,
        &["'--json' cannot be used with '--csv'"],
    ),
    (
        &["--theme", "pink"],
        2,
        &["[possible values: dark, light, high-contrast, mono]"],
    ),
    (&["--lang", "tlh"], 2, &["--lang", "tlh", "en, zh"]),
    (&["--ascii=perhaps"], 2, &["--ascii", "perhaps"]),
    (&["--no-mouse=perhaps"], 2, &["--no-mouse", "perhaps"]),
];

#[test]
fn everything_wrong_is_said_once_and_nothing_is_half_done() {
    let folder = messy_folder();
    let before = files(&folder);
    for &(arguments, code, words) in WRONG {
        let output = run(&folder, arguments);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        for word in words {
            assert!(
                error.contains(word),
                "{arguments:?} lacks {word:?}:\n{error}"
            );
        }
        assert!(error.starts_with("error: "), "{arguments:?}: {error}");
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!error.contains(steers), "{arguments:?}: {error:?}");
        assert!(!error.contains("\n\n\n"), "{arguments:?}: {error}");
        assert_eq!(files(&folder), before, "{arguments:?}");
        let notes = fs::read_to_string(folder.path().join("notes.txt"));
        assert_eq!(notes.expect("the notes"), "my notes\n", "{arguments:?}");
    }
}

/// A wrong script, its place, what is underlined there, and what would be right.
type Underlined = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const UNDERLINED: &[Underlined] = &[
    ("add leader", "1:5", "leader", "write its name, known or new"),
    ("add n6,n7", "1:7", ",", "`members` takes several"),
    ("add 6 as learner", "1:5", "6", "a node that is to be made needs a name"),
    ("add c6", "1:5", "c6", "letters, digits and `_`"),
    ("add n6 as voter", "1:11", "voter", "add NODE [as learner] [via NODE]"),
    ("heal\nadd n6 via n6", "2:12", "n6", "this statement makes it"),
    ("promote voters", "1:9", "voters", "`leader` or `random`"),
    ("demote n6", "1:8", "n6", "the nodes are: n1, n2, n3, n4, n5"),
    ("remove n1 from n2", "1:11", "from", "remove NODE [via NODE]"),
    ("transfer lader", "1:10", "lader", "did you mean `leader`?"),
    ("members n1,voters", "1:12", "voters", "only names are joined"),
    ("members n1,all-n2", "1:12", "all", "only names are joined"),
    ("reboot n1,7", "1:11", "7", "a node that is to be made needs a name"),
    ("snapshot n1,n6", "1:13", "n6", "the nodes are"),
    ("crash n6\nwait 1s\nadd n6", "1:7", "n6", "line 3 makes it; write this after it"),
    ("expect members n1 = n1,n2,n6\nmembers n1,n2,n6", "1:27", "n6", "line 2 makes it"),
    ("cluster 101\nmembers n1,n102", "2:12", "n102", "at most 101 nodes"),
    ("set membership jiont", "1:16", "jiont", "did you mean `joint`?"),
    ("set drift-bound 100%", "1:17", "100%", "below 100%"),
    ("set snapshot-chunk 0", "1:20", "0", "at least 1"),
    ("set discovery broadcast", "1:15", "broadcast", "redirect, poll, health-check, forward"),
    ("set reads leased", "1:11", "leased", "did you mean `lease`?"),
    ("get x reads leases", "1:13", "leases", "did you mean `lease`?"),
    ("rule separate-majority off", "1:6", "separate-majority", "did you mean `separate-majorities`?"),
    ("delay snapshot-replies n1->n2 by 1s", "1:7", "snapshot-replies", "did you mean `snapshot-reply`?"),
    ("wait until reply admin = 3", "1:26", "3", "ok, refused, timeout, pending"),
];

#[test]
fn a_wrong_word_of_a_script_is_underlined_with_what_would_be_right() {
    let folder = folder();
    for &(script, place, underlined, help) in UNDERLINED {
        write(&folder, "one.raft", format!("{script}\n"));
        let output = run(&folder, &["check", "one.raft"]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{script}: {error}");
        assert_eq!(stdout(&output), "", "{script}");
        assert_eq!(error.matches("error: ").count(), 1, "{error}");
        assert!(
            error.contains(&format!("--> one.raft:{place}\n")),
            "{error}"
        );
        assert_eq!(marked(error), underlined, "{error}");
        let said = error.split("= help: ").nth(1).expect("help");
        assert!(said.contains(help), "{error}");
    }
}

/// The text above the carets.
fn marked(error: &str) -> &str {
    let lines: Vec<&str> = error.lines().collect();
    let carets = lines.iter().position(|line| line.contains('^'));
    let at = carets.expect("something is underlined");
    let (from, to) = (lines[at].find('^'), lines[at].rfind('^'));
    &lines[at - 1][from.expect("a caret")..=to.expect("a caret")]
}

#[test]
fn one_mistake_is_one_error() {
    let folder = messy_folder();
    for file in [
        "verb.raft",
        "node.raft",
        "empty.raft",
        "latin.raft",
        "missing.raft",
    ] {
        let output = run(&folder, &["check", file]);
        assert_eq!(
            stderr(&output).matches("error: ").count(),
            1,
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn check_names_what_is_right_beside_what_is_wrong() {
    let folder = messy_folder();
    let output = run(&folder, &["check", "good.raft", "verb.raft", "failover"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "good.raft: ok\nfailover: ok\n");
    assert!(stderr(&output).contains("verb.raft:2:1"));
}

#[test]
fn a_foreign_file_is_replaced_only_by_force_and_an_own_trace_at_once() {
    let folder = messy_folder();
    let notes = folder.path().join("notes.txt");
    let output = run(
        &folder,
        &["run", "good.raft", "--trace", "notes.txt", "--force"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let first = fs::read(&notes).expect("the trace");
    assert!(first.starts_with(b"{"));
    let before = files(&folder);
    let output = run(
        &folder,
        &["run", "good.raft", "--seed", "5", "--trace", "notes.txt"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let second = fs::read(&notes).expect("the trace");
    assert_ne!(second, first);
    assert_eq!(files(&folder), before, "nothing is left beside it");
    // What another mode makes is another file.
    for mode in ["export", "record"] {
        let output = run(&folder, &[mode, "good.raft", "-o", "notes.txt"]);
        assert_eq!(output.status.code(), Some(3), "{mode}");
        assert!(stderr(&output).contains("made in another way"), "{mode}");
        assert_eq!(fs::read(&notes).expect("the trace"), second, "{mode}");
    }
}

#[test]
fn a_full_output_is_told() {
    let folder = messy_folder();
    for arguments in [
        &["run", "good.raft", "--trace", "t.jsonl"][..],
        &["demos"],
        &["run", "good.raft", "--json", "--trace", "-"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = plain(&folder, arguments);
        command
            .stdout(full.expect("a full device"))
            .stderr(Stdio::piped());
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(
            stderr(&output).contains("standard output: No space left"),
            "{arguments:?}"
        );
        assert!(!folder.path().join("t.jsonl").exists());
    }
}

#[test]
fn an_instant_that_turns_out_to_be_over_is_told_with_its_place() {
    let folder = folder();
    let text = "cluster 3\nwait until leader\nrepeat 1\n  at 1ms heal  # é\nend\n";
    write(&folder, "past.raft", text);
    let output = run(&folder, &["run", "past.raft"]);
    assert_eq!(output.status.code(), Some(2));
    let told = stdout(&output);
    for wanted in [
        "error: this instant is in the past\n",
        " --> past.raft:4:3\n",
        "4 |   at 1ms heal  # é\n",
        "  |   ^^^^^^^^^^^\n",
        "help: the script is at ",
    ] {
        assert!(told.contains(wanted), "no {wanted:?} in\n{told}");
    }
    let output = run(&folder, &["export", "past.raft", "-o", "past.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(" --> past.raft:4:3\n"));
    let output = run(&folder, &["record", "past.raft", "-o", "past.cast"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(" --> past.raft:4:3\n"));
    let output = run(&folder, &["run", "--json", "past.raft"]);
    assert_eq!(output.status.code(), Some(2));
    let report = stdout(&output);
    assert!(report.contains(r#""outcome":"error""#), "{report}");
    assert!(report.contains("past.raft:4:3: this instant"), "{report}");
}
