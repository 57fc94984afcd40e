//! Joint consensus while the leader crashes, in each of its phases: never two leaders in a term,
//! never a lost entry, and the change ends or is rolled back.
//!
//! `JOINT_SEEDS=A..B` tries other seeds.

#[path = "fixtures/run.rs"]
mod run;

use std::fmt::Write as _;
use std::ops::Range;

use raft_playground::raft::Rng;
use raft_playground::script::Outcome;
use raft_playground::world::Hosts;
use run::run;

/// The phases, each with what begins it.
const PHASES: [(&str, &str); 6] = [
    (
        "newcomers are appended as learners",
        "wait until learners leader = D,E",
    ),
    (
        "the joint configuration is appended",
        "wait until config leader = joint",
    ),
    (
        "the joint configuration has reached somebody",
        "wait until config any all-leader = joint",
    ),
    (
        "the new configuration is appended",
        "wait until config leader = joint\nwait until config leader = stable",
    ),
    (
        "the new configuration has reached somebody",
        "wait until config any all-leader = joint\nwait until config any all-leader = stable and members any all-leader = NEW",
    ),
    ("the change is answered", "wait until reply admin = ok"),
];

fn schedule(seed: u64, begins: &str, retries: bool) -> String {
    let mut rng = Rng::stream(seed, &[0x6a6f_696e]);
    // The leader may stay, or be among those that leave.
    let new = ["C,D,E", "A,D,E", "A,B,C,D,E", "B,C,D,E"][rng.below(4) as usize];
    let begins = begins.replace("NEW", new);
    let mut script = format!("cluster A B C\nseed {seed}\n");
    let _ = writeln!(script, "latency 1ms..{}ms", 2 + rng.below(30));
    if rng.below(2) == 0 {
        let _ = writeln!(script, "loss {}%", rng.below(20));
    }
    if rng.below(3) == 0 {
        script.push_str("set snapshot-every 5\n");
    }
    script.push_str("workload 50/s keys 5 clients 4\nwait until leader\n");
    if !retries {
        // Nobody asks again: what was begun ends, or is rolled back.
        script.push_str("set client-retries off\n");
    }
    let _ = writeln!(script, "members {new}\n{begins}");
    let _ = writeln!(script, "wait {}us", 1 + rng.below(20_000));
    script.push_str("crash leader\n");
    let _ = writeln!(script, "wait {}ms", 1 + rng.below(2_000));
    script.push_str("loss 0%\nrestart down\nset client-retries on\n");
    if retries {
        script.push_str("wait until reply admin = ok within 10s\n");
        let _ = writeln!(script, "wait until members voters = {new} within 5s");
    } else {
        let _ = writeln!(script, "wait until not reply admin = pending within 10s");
    }
    script.push_str(
        "wait until config all = stable within 5s\nworkload off\nput probe yes by c9\n\
         wait until reply c9 = ok within 5s\nwait until logs agree within 5s\n\
         expect leaders = 1\nexpect no violation\n",
    );
    script
}

/// Plays a schedule, which must pass.
fn ends_well(seed: u64, phase: &str, begins: &str, retries: bool) {
    let text = schedule(seed, begins, retries);
    let (outcome, player, session) = run("joint", &text, None, Hosts::Inline);
    let (found, violations) = (player.expectations().last(), session.violations());
    assert_eq!(
        outcome,
        Outcome::Passed,
        "{phase}, seed {seed}: {found:?} {violations:?}\n{text}"
    );
}

fn seeds() -> Range<u64> {
    run::seeds("JOINT_SEEDS", 200)
}

#[test]
fn the_change_ends_though_the_leader_crashes_in_each_phase() {
    for (phase, begins) in PHASES {
        for seed in seeds() {
            ends_well(seed, phase, begins, true);
        }
    }
}

#[test]
fn the_change_ends_or_is_rolled_back_when_nobody_asks_again() {
    for (phase, begins) in PHASES {
        for seed in seeds() {
            ends_well(seed, phase, begins, false);
        }
    }
}
