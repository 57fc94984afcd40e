//! Headless play: stories, outcomes, and readers that go away.

use std::io::Read;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{fields, folder, messy_folder, objects, plain, run, stderr, stdout, write};

/// Reads a line of standard output and goes away.
fn first_line(folder: &TempDir, arguments: &[&str]) -> (String, Output) {
    let mut command = plain(folder, arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut out = child.stdout.take().expect("a pipe");
    let mut text = Vec::new();
    let mut byte = [0];
    while out.read(&mut byte).expect("readable") == 1 && byte[0] != b'\n' {
        text.push(byte[0]);
    }
    drop(out);
    let line = String::from_utf8_lossy(&text).into_owned();
    (line, child.wait_with_output().expect("it ends"))
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let folder = messy_folder();
    let all: &[&[&str]] = &[
        &[],
        &["commands"],
        &["rules", "--json"],
        &["man"],
        &["--help"],
        &["run", "good.raft", "--trace", "-"],
        &["run", "good.raft", "good.raft", "--json"],
    ];
    for arguments in all {
        let (line, output) = first_line(&folder, arguments);
        assert!(!line.is_empty(), "{arguments:?}");
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(!stderr(&output).contains("panic"), "{arguments:?}");
    }
}

/// A title with a zero-width space, a line separator, a tag and a soft hyphen.
const HIDING: &str = "a\u{200b}b\u{2028}c\u{e0061}d\u{ad}e";

#[test]
fn what_hides_in_a_line_is_shown() {
    let folder = folder();
    let shown = "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e";
    write(&folder, "t.raft", format!("title \"{HIDING}\"\nwait 1ms\n"));
    let output = run(&folder, &["run", "t.raft"]);
    let told = stdout(&output);
    assert!(told.starts_with(&format!("{shown}\n")), "{told:?}");

    let output = run(&folder, &["run", "--json", "t.raft"]);
    let report = stdout(&output);
    let escaped = "a\\u200bb\\u2028c\\udb40\\udc61d\\u00ade";
    assert!(report.contains(escaped), "{report:?}");
    let report: Value = serde_json::from_str(report).expect("JSON");
    assert_eq!(report["title"], HIDING);

    write(&folder, "u.raft", format!("title \"{HIDING}\" x\n"));
    let output = run(&folder, &["run", "u.raft"]);
    let refused = stderr(&output);
    assert!(
        refused.contains(&format!("title \"{shown}\" x")),
        "{refused:?}"
    );
}

#[test]
fn without_a_terminal_the_bare_command_tells_a_story() {
    let folder = messy_folder();
    let output = run(&folder, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let same = run(&folder, &["run", "failover"]);
    assert_eq!(stdout(&output), stdout(&same), "it plays the default demo");

    let output = run(&folder, &["good.raft"]);
    assert_eq!(output.status.code(), Some(0));
    for words in [
        "Good\n",
        "✔ line 3: wait until leader",
        "\npassed\n",
        "digest",
        "n1 ",
        "leader",
    ] {
        assert!(
            stdout(&output).contains(words),
            "{words:?}: {}",
            stdout(&output)
        );
    }
    let output = run(
        &folder,
        &["--nodes", "4", "--seed", "9", "--keymap", "default"],
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("nodes n1 n2 n3 n4 · seed 9"));

    let output = run(&folder, &["fails.raft"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn of_several_clauses_those_that_fail_are_told() {
    let script =
        "cluster 3\nwait until leader\nexpect leaders = 1 and term any all = 9 and no violation\n";
    let folder = folder();
    write(&folder, "several.raft", script);
    let output = run(&folder, &["run", "several.raft"]);
    let story = stdout(&output);
    let found = story.split("but found ").nth(1).expect("what was found");
    let found = found.lines().next().unwrap_or_default();
    assert!(
        found.contains("n1: 1") && !found.contains("violation"),
        "{found}"
    );
    assert!(!found.contains("leads"), "{found}");
}

#[test]
fn a_failing_run_tells_what_was_found_and_what_happened_last() {
    let folder = messy_folder();
    let output = run(&folder, &["run", "fails.raft"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "");
    let story = stdout(&output);
    assert!(
        story.contains("✗ line 2: expect leaders = 2, but found "),
        "{story}"
    );
    assert!(story.contains("\nFAILED\n"), "{story}");
    let (_, last) = story
        .split_once("the last events:\n")
        .expect("the last events");
    assert!(
        last.lines().filter(|line| line.contains(" s  ")).count() >= 5,
        "{story}"
    );
    assert!(last.contains("becomes leader of term 1"), "{story}");
}

#[test]
fn a_failing_run_says_why() {
    let folder = folder();
    let told = |condition: &str| {
        let script = format!(
            "cluster 3\nseed 4\nwait until leader\ncrash all-n1\nwait 3s\nput x 1\nwait 2s\nexpect {condition}\n"
        );
        write(&folder, "fails.raft", &script);
        let output = run(&folder, &["run", "fails.raft"]);
        assert_eq!(output.status.code(), Some(1), "{condition}");
        let story = stdout(&output);
        let (_, reason) = story.split_once("\nFAILED\n").expect("a failure");
        let (reason, _) = reason.split_once("the last events:\n").expect("events");
        reason.to_owned()
    };
    for (condition, wanted) in [
        ("leader", "why leader: No live node leads"),
        (
            "leader n1",
            "why role n1: n1 asks since 0.468 s whether it could win",
        ),
        (
            "no role n1 follower and leaders = 1",
            "why leader: No live node leads",
        ),
        ("reply = ok", "  n2 is down since 0.227 s (`crash n2,n3`)\n"),
        ("term any all = 9", "why term n1: n1 is in term 1"),
        ("commit n1 >= 7", "why commit 7 on n1: "),
        ("applied n1 = 4", "why commit 4 on n1: "),
        ("last n1 = 7", "why log n1 7: n1 does not hold entry 7"),
        ("log n1 = 1 2", "why log n1 2: n1 does not hold entry 2"),
        ("config n1 = joint", "why config n1: "),
        ("members n1 = n1", "why config n1: "),
        ("role n1,n2 down", "why role n1: "),
        ("role n2,n1 pre-candidate", "why role n2: n2 is down"),
        (
            "value n1 x = 1",
            "why value n1 x: n1 holds nothing of x.\n  c1 waits since ",
        ),
        ("snapshot n1 > 0", "why snapshot n1: n1 has no snapshot"),
        ("commands n1 = 9", "why commit 1 on n1: "),
        ("outage < 1ms", "why outage: The longest stretch"),
        ("elections = 0", "why elections: There was 1 election"),
        // No question leads on from this.
        ("latency p50 < 1ms", ""),
    ] {
        let reason = told(condition);
        assert!(reason.contains(wanted), "{condition}: {reason}");
        assert_eq!(
            reason.contains("why "),
            !wanted.is_empty(),
            "{condition}: {reason}"
        );
    }
}

/// The lines of a story that tell what happened last.
fn last_events(story: &str) -> Vec<&str> {
    let (_, last) = story
        .split_once("the last events:\n")
        .expect("the last events");
    let lines = last.lines();
    lines.take_while(|line| line.contains(" s  ")).collect()
}

#[test]
fn what_happened_last_is_what_tells_something() {
    let folder = folder();
    // Ten seconds of heartbeats lie between the crash and the end.
    let quiet = "cluster 3\nseed 1\nwait until leader\ncrash leader\nwait 10s\nexpect no leader\n";
    write(&folder, "quiet.raft", quiet);
    let output = run(&folder, &["run", "quiet.raft"]);
    let story = stdout(&output);
    let last = last_events(story);
    assert_eq!(last.len(), 12, "{story}");
    assert!(
        last.iter()
            .any(|line| line.contains("becomes leader of term 2"))
    );
    assert!(
        !last.iter().any(|line| line.contains("heartbeat")),
        "{story}"
    );
}

#[test]
fn what_happened_before_a_violation_is_told_however_long_the_run_goes_on() {
    let folder = folder();
    let silent: String = VIOLATES.replace("expect violation", "# expect violation");
    let longer = format!("{silent}\nwait 10s\n");
    write(&folder, "longer.raft", &longer);
    let output = run(&folder, &["run", "longer.raft"]);
    let story = stdout(&output);
    let last = last_events(story);
    let (end, before) = last.split_last().expect("events");
    assert!(end.contains("election-safety"), "{story}");
    assert!(
        before.iter().any(|line| line.contains("becomes leader")),
        "{story}"
    );
}

#[test]
fn the_final_state_says_who_is_stopped_and_who_was_not_added() {
    let folder = folder();
    let script = "cluster 3\nseed 1\nwait until leader\nstop leader\nadd n4\nwait 10ms\n";
    write(&folder, "ends.raft", script);
    let story = run(&folder, &["run", "ends.raft"]);
    let story = stdout(&story);
    let ends = |sign: &str| story.lines().filter(|line| line.ends_with(sign)).count();
    assert_eq!((ends("· stopped"), ends("· not added")), (1, 1), "{story}");
}

#[test]
fn one_failed_script_fails_the_run_and_the_others_are_reported() {
    let folder = messy_folder();
    let output = run(&folder, &["run", "fails.raft", "good.raft", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let outcomes: Vec<Value> = objects(stdout(&output))
        .map(|object| object["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["failed", "passed"]);
}

/// Two leaders of one term, because a vote is forgotten in a crash.
const VIOLATES: &str = include_str!("../rules/persist-vote.raft");

#[test]
fn a_violation_fails_a_script_that_does_not_expect_it() {
    let folder = folder();
    let (before, expectation) = VIOLATES.trim_end().rsplit_once('\n').expect("lines");
    assert!(expectation.starts_with("expect violation"), "{expectation}");
    write(&folder, "silent.raft", before);
    write(&folder, "named.raft", VIOLATES);
    write(&folder, "any.raft", format!("{before}\nexpect violation\n"));
    write(
        &folder,
        "other.raft",
        format!("{before}\nexpect violation exactly-once\n"),
    );
    let names = ["silent.raft", "named.raft", "any.raft", "other.raft"];
    let codes = names.map(|name| run(&folder, &["run", name]).status.code());
    assert_eq!(codes, [Some(1), Some(0), Some(0), Some(1)]);
    let output = run(
        &folder,
        &["run", "silent.raft", "named.raft", "other.raft", "--json"],
    );
    let reports: Vec<Value> = objects(stdout(&output)).collect();
    let outcomes: Vec<&Value> = reports.iter().map(|report| &report["outcome"]).collect();
    assert_eq!(outcomes, ["violation", "passed", "failed"]);
    let violation = &reports[1]["violations"][0];
    assert_eq!(
        violation["invariant"], "election-safety",
        "a tolerated violation is listed"
    );
    fields(
        violation,
        &[
            ("invariant", "string"),
            ("at_us", "count"),
            ("event", "count"),
            ("detail", "string"),
            ("events", "array"),
            ("nodes", "array"),
        ],
    );
    let story = run(&folder, &["run", "silent.raft"]);
    assert!(stdout(&story).contains("FAILED: an invariant was violated"));
    assert!(stdout(&story).contains("✗ election-safety: "));
}

#[test]
fn the_seed_of_the_command_line_wins() {
    let folder = messy_folder();
    write(&folder, "seeded.raft", "seed 42\nwait until leader\n");
    let report = |arguments: &[&str]| {
        objects(stdout(&run(&folder, arguments)))
            .next()
            .expect("a report")
    };
    let own = report(&["run", "seeded.raft", "--json"]);
    let other = report(&["run", "seeded.raft", "--json", "--seed", "7"]);
    let again = report(&["run", "seeded.raft", "--json", "--seed", "42"]);
    assert_eq!((&own["seed"], &other["seed"]), (&42.into(), &7.into()));
    assert_ne!(own["digest"], other["digest"]);
    assert_eq!(own, again);
}

#[test]
fn threads_and_inline_give_one_digest() {
    let folder = messy_folder();
    for script in ["good.raft", "failover", "figure-8", "lossy"] {
        let report = |hosts: &str| {
            let output = run(&folder, &["run", script, "--json", "--hosts", hosts]);
            let mut report = objects(stdout(&output)).next().expect("a report");
            assert_eq!(report["hosts"], hosts);
            report["hosts"] = Value::Null;
            report
        };
        assert_eq!(report("threads"), report("inline"), "{script}");
    }
}

/// A script in two languages, which asks for something.
const TWO_TONGUES: &str = "title \"One\" zh \"一\"
about \"It is short.\" zh \"很短。\"
about \"Only English.\"
cluster 3
wait until leader
say \"It leads.\" zh \"它是领导者。\"
ask \"Crash it.\" zh \"让它崩溃。\" until no leader
else crash leader
say \"Gone.\"
";

#[test]
fn stories_are_told_in_the_language_of_the_reader() {
    let folder = folder();
    write(&folder, "two.raft", TWO_TONGUES);
    let english = ["One\n", "It is short.", "It leads.", "Crash it.", "Gone."];
    let chinese = [
        "一\n",
        "很短。",
        "Only English.",
        "它是领导者。",
        "让它崩溃。",
        "Gone.",
    ];
    let story = |locale: &str, arguments: &[&str]| {
        let mut command = super::program(folder.path());
        command.env_remove("LC_ALL").env("LANG", locale);
        let output = command.args(arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    for (locale, arguments, words) in [
        ("C.UTF-8", &["run", "two.raft"][..], &english[..]),
        ("zh_CN.UTF-8", &["run", "two.raft"], &chinese),
        ("zh_CN.UTF-8", &["two.raft"], &chinese),
        ("zh_CN.UTF-8", &["two.raft", "--lang", "en"], &english),
        ("C", &["run", "two.raft", "--lang", "zh"], &chinese),
    ] {
        let story = story(locale, arguments);
        for word in words {
            assert!(story.contains(word), "{arguments:?}: no {word} in {story}");
        }
    }
    let demos = story("zh_CN.UTF-8", &["demos"]);
    assert!(
        demos.contains("导览") && demos.contains("\n  failover "),
        "{demos}"
    );
    // Reports are read by programs.
    let report = |locale: &str| story(locale, &["run", "two.raft", "--json", "--trace", "-"]);
    assert_eq!(report("zh_CN.UTF-8"), report("C"));
}

#[test]
fn what_is_asked_where_nobody_is_there_is_done_instead() {
    let folder = folder();
    write(&folder, "two.raft", TWO_TONGUES);
    let output = run(&folder, &["run", "two.raft", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let expectations = report["expectations"].as_array().expect("expectations");
    let asked = &expectations[1];
    assert_eq!(
        (&asked["text"], &asked["line"], &asked["held"]),
        (&"until no leader".into(), &7.into(), &true.into())
    );
    // It must then come true.
    write(
        &folder,
        "never.raft",
        TWO_TONGUES.replace("else crash leader", "else heal"),
    );
    let output = run(&folder, &["run", "never.raft"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("✗ line 7: until no leader"));
    let output = run(&folder, &["check", "never.raft"]);
    assert_eq!(output.status.code(), Some(0));
}
