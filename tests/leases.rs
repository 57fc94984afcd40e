//! Lease reads: never stale while clocks drift no more than `drift-bound`, whatever crashes,
//! restarts, transfers and cuts there are; and stale in the end when the lease ignores drift.
//!
//! `LEASE_SEEDS=A..B` tries other seeds.

#[path = "fixtures/run.rs"]
mod run;

use std::fmt::Write as _;
use std::ops::Range;

use raft_playground::raft::Rng;
use raft_playground::world::Hosts;
use run::run;

/// Draws a run of 20 virtual seconds. Clocks run between 0.9 and 1.1, the bound of 10 % exactly.
fn schedule(seed: u64, rule: &str) -> String {
    let mut rng = Rng::stream(seed, &[0x6c65_6173]);
    let nodes = [3, 3, 5, 4][rng.below(4) as usize];
    let mut script = format!("cluster {nodes}\nseed {seed}\nset reads lease\n{rule}\n");
    let node = |rng: &mut Rng| format!("n{}", 1 + rng.below(nodes));
    for number in 1..=nodes {
        let rate = ["0.9", "1.1", "0.95", "1"][rng.below(4) as usize];
        let _ = writeln!(script, "clock n{number} rate {rate}");
    }
    if rng.below(3) == 0 {
        script.push_str("rule pre-vote off\n");
    }
    let _ = writeln!(script, "latency 1ms..{}ms", 2 + rng.below(8));
    let _ = writeln!(
        script,
        "set election-timeout 400ms..{}ms\nset heartbeat 20ms\nset client-timeout 100ms\n\
         workload 400/s keys 2 reads 60% clients 8",
        410 + rng.below(200)
    );
    let mut at = 0;
    while at < 20_000 {
        let pause = 10 + rng.below(300);
        let _ = writeln!(script, "wait {pause}ms");
        at += pause;
        let (a, b) = (node(&mut rng), node(&mut rng));
        let line = match rng.below(16) {
            0 | 1 => format!("crash {a}"),
            2 => "crash leader".to_owned(),
            3..=5 => "restart down".to_owned(),
            6 | 7 => format!("transfer {a}"),
            // Whoever still believes that it leads is asked around the time when that ends.
            8 | 9 => {
                let ask = (1..=nodes).map(|n| format!("get k1 by c{} via n{n}\n", 20 + n));
                let ask: String = ask.collect();
                format!("isolate leader\nwait 360ms\nrepeat 30\n{ask}wait 4ms\nend\nheal")
            }
            10 | 11 => "heal".to_owned(),
            12 if a != b => format!("cut {a}->{b}"),
            13 => format!("timeout {a}"),
            14 => format!("delay timeout-now {a}->all-{a} by {}ms", rng.below(400)),
            15 => format!("stop {a}\nwait {}ms\nresume {a}", rng.below(200)),
            _ => format!("clock {a} rate {}", ["0.9", "1.1"][rng.below(2) as usize]),
        };
        script.push_str(&line);
        script.push('\n');
    }
    script.push_str("calm\nrestart down\nworkload off\nwait 2s\n");
    script
}

/// What was violated.
fn violations(text: &str) -> Vec<String> {
    let (_, _, session) = run("leases", text, None, Hosts::Inline);
    let violations = session.violations().iter();
    violations
        .map(|it| format!("{}: {}", it.invariant, it.detail))
        .collect()
}

fn seeds() -> Range<u64> {
    run::seeds("LEASE_SEEDS", 100)
}

#[test]
fn a_lease_read_is_never_stale_while_drift_stays_in_its_bound() {
    for seed in seeds() {
        let text = schedule(seed, "rule lease-under-drift on");
        let found = violations(&text);
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{text}");
    }
}

#[test]
fn a_lease_that_ignores_drift_is_stale_in_the_end() {
    let stale = |seed: &u64| {
        let found = violations(&schedule(*seed, "rule lease-under-drift off"));
        found.iter().any(|it| it.starts_with("linearizability"))
    };
    let first = seeds().find(stale);
    assert!(first.is_some(), "no seed shows it");
}
