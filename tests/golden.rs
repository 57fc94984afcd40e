//! Golden scripts of the core: each is a small tale that must pass, and its trace in words is kept
//! beside it to be read against the paper, line by line.
//!
//! The first line of a script names the events that matter to its tale. A `say "begin"` drops what
//! came before.

#[path = "fixtures/run.rs"]
mod run;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use raft_playground::raft::Message;
use raft_playground::script::{Outcome, trace};
use raft_playground::world::explain::words;
use raft_playground::world::{Event, Hosts, Record};

/// Plays a script to its end, which must be a good one. Every event is handed to `take`.
fn watch(
    name: &str,
    text: &str,
    mut take: impl FnMut(&Record, &raft_playground::world::World) + Send + 'static,
) {
    let (mut session, mut player) = run::set_up(name, text, None, Hosts::Inline);
    session.set_sink(Box::new(move |record, world| take(record, world)));
    let outcome = player.run(&mut session);
    let last = player.expectations().last();
    assert_eq!(outcome, Outcome::Passed, "{name}: {last:?}");
}

/// The tale of a script: the events that its first line names, `time words` each.
fn tale(name: &str, text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let shown = first
        .strip_prefix("# shown: ")
        .expect("the first line names what is shown");
    let shown: Vec<String> = shown.split_whitespace().map(str::to_owned).collect();
    let tale = Arc::new(Mutex::new(String::new()));
    let teller = tale.clone();
    watch(name, text, move |record, world| {
        let mut tale = teller.lock().expect("nobody panicked");
        let kind = trace::json(record, world)["event"].clone();
        if matches!(&record.event, Event::Say(words) if **words == *"begin") {
            tale.clear();
        } else if shown.iter().any(|name| kind == **name) {
            let (whole, part) = (record.at / 1_000, record.at % 1_000);
            let words = words(record, &|id| world.name(id));
            writeln!(tale, "{whole:>5}.{part:03} ms  {words}").expect("a text takes everything");
        }
    });
    let tale = tale.lock().expect("nobody panicked");
    tale.clone()
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[test]
fn every_tale_is_told_as_it_was() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let entries = std::fs::read_dir(golden()).expect("the golden scripts");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut scripts: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "raft"))
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 17, "the golden scripts were not found");
    for path in scripts {
        let text = std::fs::read_to_string(&path).expect("a script");
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        let tale = tale(name, &text);
        settings.bind(|| insta::assert_snapshot!(name, tale));
    }
}

/// How many messages of each kind were sent after `say "begin"`, and how many carried entries.
fn sent(text: &str) -> (BTreeMap<&'static str, u64>, u64) {
    let counts = Arc::new(Mutex::new((BTreeMap::new(), 0)));
    let counter = counts.clone();
    watch("counted", text, move |record, _| {
        let mut counts = counter.lock().expect("nobody panicked");
        match &record.event {
            Event::Say(words) if **words == *"begin" => *counts = (BTreeMap::new(), 0),
            Event::Send { envelope, .. } => {
                *counts.0.entry(envelope.message.kind().name()).or_default() += 1;
                if let Message::Append(append) = &envelope.message
                    && !append.entries.is_empty()
                {
                    counts.1 += 1;
                }
            }
            _ => {}
        }
    });
    let counts = counts.lock().expect("nobody panicked");
    counts.clone()
}

/// An idle second: a heartbeat each 50 ms to each of two followers, an answer each, nothing else.
#[test]
fn a_healthy_idle_cluster_sends_only_heartbeats_and_their_answers() {
    let (kinds, with_entries) = sent(
        "cluster 3\nlatency 5ms..15ms\nwait until leader within 2s\nwait until commit all = 1\nwait 100ms\nsay \"begin\"\nwait 10s\n",
    );
    assert_eq!(with_entries, 0);
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let beats = kinds["append"];
    assert!(
        (396..=402).contains(&beats),
        "two in each of 200 intervals: {beats}"
    );
    assert!(kinds["append-reply"].abs_diff(beats) <= 2, "{kinds:?}");
}

/// A write goes to two followers and comes back from both.
#[test]
fn a_write_costs_four_messages_beside_the_heartbeats() {
    let (kinds, with_entries) = sent(
        "cluster 3\nlatency 10ms\nhold-timer all\ntimeout n1\nwait until commit all = 1\nwait 20ms\nsay \"begin\"\n\
         repeat 10\nput x 1 by c1 via n1\nwait until reply c1 = ok\nend\nexpect last all = 11\nexpect commands n1 = 10\nwait 20ms\n",
    );
    assert_eq!(
        with_entries, 20,
        "each of ten entries goes once to each of two followers"
    );
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let heartbeats = kinds["append"] - with_entries;
    assert!(
        kinds["append-reply"] <= with_entries + heartbeats,
        "{kinds:?}"
    );
    assert!(heartbeats <= 4, "writes stand for heartbeats: {kinds:?}");
}
