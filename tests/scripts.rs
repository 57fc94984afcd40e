//! Scripts that pass, whatever the seed: what the protocol costs, and the smallest run that shows
//! each fault that was ever found in it.

#[path = "fixtures/run.rs"]
mod run;

use std::path::PathBuf;

use raft_playground::command::duration_text;
use raft_playground::script::Outcome;
use raft_playground::world::{Event, Hosts};
use run::run;

/// The digest of a script, which must pass.
fn digest(name: &str, text: &str, seed: u64, hosts: Hosts) -> u64 {
    let (outcome, player, session) = run(name, text, Some(seed), hosts);
    let found = player.expectations().last();
    assert_eq!(outcome, Outcome::Passed, "{name}, seed {seed}: {found:?}");
    session.world().trace().digest()
}

#[test]
fn every_script_passes_with_every_seed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        for seed in 1..=10 {
            digest(&name, &text, seed, Hosts::Inline);
        }
        let [inline, threads] =
            [Hosts::Inline, Hosts::Threads].map(|hosts| digest(&name, &text, 11, hosts));
        assert_eq!(inline, threads, "{name}: the digest depends on the hosts");
    }
}

#[test]
fn an_outage_is_seen_while_nothing_happens() {
    let script = "cluster 1\nwait until leader\nwait 100ms\nstop n1\nput x 1\n\
                  never outage > 500ms\nwait 900ms";
    let (outcome, player, session) = run("outage", script, None, Hosts::Inline);
    assert_eq!(outcome, Outcome::Failed);
    let failed = player.expectations().last().expect("an expectation");
    let found = format!(
        "outage 500.001ms, since {}",
        duration_text(failed.at - 500_001)
    );
    assert_eq!((failed.line, &failed.found), (6, &found));
    // It goes on, and can be asked about.
    let why = failed.why.as_ref().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("why outage"));
    assert_eq!(session.now(), failed.at);
}

#[test]
fn what_cannot_be_decided_is_neither_so_nor_not_so() {
    // Sixty additions of which nobody knows whether they took effect, and a read of their sum.
    let mut script = "cluster 3\nseed 3\nset client-retries off\nset client-timeout 100ms\n\
                      hold-timer all\ntimeout n1\nwait until leader n1\n"
        .to_owned();
    for client in 2..62 {
        script += &format!("loss 50% c{client}->n1\nloss 100% n1->c{client}\n");
    }
    for client in 2..62_u64 {
        let amount = 1_000_003 * client * client;
        script += &format!("add-to x {amount} by c{client} via n1\n");
    }
    script += "wait 1s\nget x by c1 via n1\nwait 100ms\nexpect not reply c1 = pending\n";
    for condition in ["linearizable", "not linearizable"] {
        let script = format!("{script}expect {condition}");
        let (outcome, player, _) = run("undecided", &script, None, Hosts::Inline);
        let failed = player.expectations().last().expect("an expectation");
        assert_eq!(outcome, Outcome::Failed, "{condition}");
        assert!(failed.found.starts_with("undecided"), "{}", failed.found);
    }
}

#[test]
fn what_is_not_done_for_want_of_a_link_is_told() {
    let script = "cluster 1\nwait until leader\ncut leader->n1\nloss 5% all<->all";
    let (outcome, _, session) = run("link", script, None, Hosts::Inline);
    assert_eq!(outcome, Outcome::Passed);
    let told = session.world().trace().records().filter(|record| {
        matches!(&record.event, Event::Command(text)
            if text.ends_with("nothing is done: a node has no link to itself"))
    });
    assert_eq!(told.count(), 2);
}
