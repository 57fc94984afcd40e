//! Scripts that pass, whatever the seed: what the protocol costs, and the smallest run that shows
//! each fault that was ever found in it.

#[path = "fixtures/run.rs"]
mod run;

use std::path::PathBuf;

use raft_playground::script::Outcome;
use raft_playground::world::Hosts;
use run::run;

fn play(name: &str, text: &str, seed: u64, hosts: Hosts) -> u64 {
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
            play(&name, &text, seed, Hosts::Inline);
        }
        let [inline, threads] =
            [Hosts::Inline, Hosts::Threads].map(|hosts| play(&name, &text, 11, hosts));
        assert_eq!(inline, threads, "{name}: the digest depends on the hosts");
    }
}
