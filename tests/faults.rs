//! Random fault schedules: whatever happens, nothing that Raft promises is broken, and when the
//! faults end the cluster is well again within five virtual seconds.
//!
//! Each schedule is a script, so a failing one is its own counter-example: it is printed, and
//! `raft-playground run` plays it. `FAULT_SEEDS=A..B` tries other seeds.

#[path = "fixtures/run.rs"]
mod run;

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use raft_playground::check::unavailable;
use raft_playground::command::Script;
use raft_playground::raft::{NodeId, Rng, Rule};
use raft_playground::script::{Outcome, Player};
use raft_playground::world::Hosts;
use run::run;

/// Nodes are called n1 to n9, whether they are in the cluster yet or not.
const NAMES: u64 = 9;

/// Draws a schedule of 60 virtual seconds of faults, changes of membership, snapshots, transfers
/// and drift.
fn schedule(seed: u64) -> String {
    let mut rng = Rng::stream(seed, &[0x6661_756c]);
    let nodes = [3, 3, 5, 5, 4, 7][rng.below(6) as usize];
    let storm = rng.below(4);
    let mut script = format!("title \"faults, seed {seed}\"\ncluster {nodes}\nseed {seed}\n");
    if rng.below(2) == 0 {
        script.push_str("set parallel-disk off\n");
    }
    if rng.below(3) == 0 {
        script.push_str("set backtracking naive\n");
    }
    if rng.below(2) == 0 {
        script.push_str("set membership single\n");
    }
    if rng.below(3) > 0 {
        let (every, chunk) = (1 + rng.below(40), 1 + rng.below(200));
        let _ = writeln!(
            script,
            "set snapshot-every {every}\nset snapshot-chunk {chunk}"
        );
    }
    let discovery = ["redirect", "poll", "health-check", "forward"][rng.below(4) as usize];
    let _ = writeln!(script, "set discovery {discovery}");
    let (appends, inflight) = (1 + rng.below(8), 1 + rng.below(8));
    let _ = writeln!(script, "set max-append {appends}\nset inflight {inflight}");
    let (rate, reads) = (10 + rng.below(90), rng.below(60));
    let _ = writeln!(script, "workload {rate}/s keys 5 reads {reads}% clients 4");
    let mut known = nodes;
    let mut at = 0;
    while at < 60_000 {
        let pause = 20 + rng.below(if storm == 0 { 3_000 } else { 500 });
        let _ = writeln!(script, "wait {pause}ms");
        at += pause;
        let line = match rng.below(4) {
            0 => change(&mut rng, &mut known),
            _ => fault(&mut rng, known),
        };
        script.push_str(&line);
        script.push('\n');
    }
    script.push_str("calm\nrestart down\n");
    script
}

/// A statement about the cluster.
fn change(rng: &mut Rng, known: &mut u64) -> String {
    let node = |rng: &mut Rng, known: u64| format!("n{}", 1 + rng.below(known));
    let any = node(rng, *known);
    match rng.below(16) {
        0..=2 if *known < NAMES => {
            *known += 1;
            let learner = if rng.below(3) == 0 { " as learner" } else { "" };
            format!("add n{known}{learner}")
        }
        0..=2 => format!("add {any}"),
        3 | 4 => format!("remove {any}"),
        5 => "remove leader".to_owned(),
        6 => format!("promote {any}"),
        7 => format!("demote {any}"),
        8 | 9 => {
            let first = 1 + rng.below(*known);
            let count = 1 + rng.below(5);
            let list = (0..count).map(|step| format!("n{}", 1 + (first + step) % *known));
            format!("members {}", list.collect::<Vec<_>>().join(","))
        }
        10..=12 => format!("transfer {any}"),
        13 => "snapshot up".to_owned(),
        14 => format!(
            "set membership {}",
            ["joint", "single"][rng.below(2) as usize]
        ),
        _ => match rng.below(4) {
            0 => "reboot voters".to_owned(),
            _ => format!("set snapshot-every {}", rng.below(30)),
        },
    }
}

fn fault(rng: &mut Rng, nodes: u64) -> String {
    let node = |rng: &mut Rng| format!("n{}", 1 + rng.below(nodes));
    let (a, b) = (node(rng), node(rng));
    match rng.below(29) {
        0 | 1 => format!("crash {a}"),
        2 => "crash leader".to_owned(),
        3 => "crash random".to_owned(),
        4..=7 => format!("restart {a}"),
        8 => "restart down".to_owned(),
        9 => {
            let split = 1 + rng.below(nodes - 1);
            let side = |from, to| (from..=to).map(|n| format!("n{n}")).collect::<Vec<_>>();
            let (left, right) = (side(1, split), side(split + 1, nodes));
            format!("partition {} | {}", left.join(","), right.join(","))
        }
        10 => "isolate leader".to_owned(),
        11 | 12 => "heal".to_owned(),
        13 if a != b => format!("cut {a}->{b}"),
        14 => format!("loss {}%", rng.below(40)),
        15 => format!("duplicate {}%", rng.below(30)),
        16 => {
            let shortest = rng.below(30);
            format!("latency {shortest}ms..{}ms", shortest + rng.below(200))
        }
        17 => format!("clock {a} rate {}.{:02}", rng.below(2), 50 + rng.below(50)),
        18 => format!("clock {a} jump {}ms", rng.below(400)),
        19 => format!("clock {a} jump -{}ms", 1 + rng.below(400)),
        20 => format!("disk {a} stall"),
        21 => format!("disk {a} latency {}ms", rng.below(60)),
        22 => format!("disk {a} ok"),
        23 => format!("stop {a}"),
        24 => "resume all".to_owned(),
        25 => format!("timeout {a}"),
        26 => format!(
            "{} {a}",
            ["hold-timer", "release-timer"][rng.below(2) as usize]
        ),
        27 if a != b => format!("copy any {a}->{b} count 3"),
        28 if a != b => format!("delay any {a}->{b} by {}ms", rng.below(2_000)),
        _ => "latency 5ms..15ms".to_owned(),
    }
}

/// Plays a schedule; what is wrong, if anything is.
fn survives(seed: u64) -> Result<(), String> {
    let text = schedule(seed);
    let wrong = |why: String| Err(format!("seed {seed}: {why}\n{text}"));
    let (outcome, _, mut session) = run("faults", &text, None, Hosts::Inline);
    if outcome != Outcome::Passed {
        let violations = session.violations();
        return wrong(format!("{}: {violations:?}", outcome.word()));
    }
    // The faults are over. A write of a fresh client must come through, and then everything
    // that was asked must be done and agreed upon. One by one a thousand entries would take longer
    // than that, back or forth, which is why there are hints and batches.
    let end = "set backtracking hint\nset max-append 64\nset inflight 8\nset snapshot-chunk 4096\nworkload off\nput probe yes by c99\nwait until reply c99 = ok within 5s\n\
               wait until logs agree within 5s\nwait until leaders = 1 within 5s\nexpect no violation\n";
    let world = session.world();
    let names = (0..world.size())
        .map(NodeId::from_slot)
        .map(|id| &**world.name(id));
    let end = format!("cluster {}\n{end}", names.collect::<Vec<_>>().join(" "));
    let Ok(end) = Script::parse("the end", &end) else {
        return wrong("the end is no script".to_owned());
    };
    let from = session.now();
    let mut player = Player::new(Arc::new(end));
    if player.run(&mut session) != Outcome::Passed {
        return wrong(format!("{:?}", player.expectations().last()));
    }
    match unavailable(session.world()) {
        // Followers learn of the last commit with the next heartbeat.
        Some(_) if session.now() < from + 5_000_000 => {
            session.run_to(from + 5_000_000).expect("instants end");
            match unavailable(session.world()) {
                Some(why) => wrong(format!("not available: {why}")),
                None => Ok(()),
            }
        }
        Some(why) => wrong(format!("not available: {why}")),
        None => Ok(()),
    }
}

/// Switching a rule off must show the damage, and not end the program.
#[test]
fn with_any_rule_off_every_step_stays_total() {
    for rule in Rule::ALL {
        let name = rule.info().name;
        for seed in seeds().take(5) {
            let mut off = format!("rule {name} off\n");
            for companion in rule.info().companions {
                let _ = writeln!(off, "{companion}");
            }
            let text = schedule(seed).replacen("workload", &format!("{off}workload"), 1);
            let (outcome, ..) = run("faults", &text, None, Hosts::Inline);
            let ended = matches!(outcome, Outcome::Passed | Outcome::Violation);
            assert!(ended, "{name} off, seed {seed}: {outcome:?}\n{text}");
        }
    }
}

fn seeds() -> Range<u64> {
    run::seeds("FAULT_SEEDS", 100)
}

#[test]
fn no_schedule_of_faults_breaks_a_promise() {
    let seeds: Vec<u64> = seeds().collect();
    let halves = seeds.chunks(seeds.len().div_ceil(2));
    std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .map(|half| {
                scope.spawn(|| {
                    half.iter()
                        .filter_map(|&seed| survives(seed).err())
                        .collect()
                })
            })
            .collect();
        let wrong: Vec<String> = threads
            .into_iter()
            .flat_map(|thread| -> Vec<String> { thread.join().expect("no schedule panics") })
            .collect();
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    });
}
