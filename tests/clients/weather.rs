//! Schedules drawn at random of all that clients suffer from.

use std::fmt::Write as _;
use std::ops::Range;

use raft_playground::raft::{Rng, Rule};
use raft_playground::script::Outcome;
use raft_playground::world::Hosts;
use raft_playground::world::view::NodeStatus;

use super::WAYS;
use super::run::{self, run};

/// Draws a schedule of 20 virtual seconds of faults that clients suffer from.
fn schedule(way: &str, seed: u64) -> String {
    let mut rng = Rng::stream(seed, &[0x636c_6965_6e74]);
    let nodes = [3, 3, 5, 4, 1, 2][rng.below(6) as usize];
    let mut script = format!("cluster {nodes}\nseed {seed}\nset discovery {way}\n");
    let timeout = [50, 200, 1_000][rng.below(3) as usize];
    let _ = writeln!(script, "set client-timeout {timeout}ms");
    let reads = ["linearizable", "lease", "leader", "stale"][rng.below(4) as usize];
    let rate = 5 + rng.below(60);
    let _ = writeln!(
        script,
        "set reads {reads}\nworkload {rate}/s keys 3 reads 30% clients 5"
    );
    let mut at = 0;
    while at < 20_000 {
        let pause = 20 + rng.below(600);
        at += pause;
        let _ = writeln!(script, "wait {pause}ms\n{}", fault(&mut rng, nodes));
        if rng.below(3) == 0 {
            let _ = writeln!(
                script,
                "add-to counter 1 by c9 via n{}",
                1 + rng.below(nodes)
            );
        }
    }
    // By name, since `all` does not mean those that have left, and requests go by way of them too.
    let names: Vec<String> = (1..=nodes).map(|node| format!("n{node}")).collect();
    let _ = writeln!(script, "restart {}", names.join(","));
    script.push_str("calm\ndrop off\nrestart all\nworkload off\n");
    script
}

fn fault(rng: &mut Rng, nodes: u64) -> String {
    let node = |rng: &mut Rng| format!("n{}", 1 + rng.below(nodes));
    let (a, client) = (node(rng), format!("c{}", 1 + rng.below(5)));
    match rng.below(31) {
        0 | 1 => format!("crash {a}"),
        2 => "crash leader".to_owned(),
        3..=6 => format!("restart {a}"),
        7 => "restart down".to_owned(),
        8 | 9 => "isolate leader".to_owned(),
        10..=12 => "heal".to_owned(),
        13 => format!("cut {client}->{a}"),
        14 => format!("cut {a}->{client}"),
        15 => format!("loss {}% {client}<->all", rng.below(70)),
        16 => format!("loss {}%", rng.below(30)),
        17 => format!("duplicate {}%", rng.below(40)),
        18 => format!("latency {}ms..{}ms", rng.below(20), 20 + rng.below(150)),
        19 => format!("stop {a}"),
        20 => "resume all".to_owned(),
        21 => format!("timeout {a}"),
        22 if nodes > 1 => "drop request all->all count 2".to_owned(),
        23 if nodes > 1 => "drop request-reply all->all count 2".to_owned(),
        24 if nodes > 1 => "delay request all->all by 700ms count 3".to_owned(),
        // Rarely, so that most of the schedule is of one strategy.
        25 if rng.below(10) == 0 => {
            format!("set discovery {}", WAYS[rng.below(4) as usize])
        }
        26 => format!("add m{}", 1 + rng.below(3)),
        27 => format!("remove {a}"),
        28 => format!("add {a}"),
        29 => format!("transfer {a}"),
        _ => "latency 5ms..15ms".to_owned(),
    }
}

/// Plays a schedule; what is wrong, if anything is.
fn weather(way: &str, seed: u64) -> Result<(), String> {
    let text = schedule(way, seed);
    let wrong = |why: String| Err(format!("{way}, seed {seed}: {why}\n{text}"));
    let (outcome, _, mut session) = run("schedule", &text, None, Hosts::Inline);
    if outcome != Outcome::Passed {
        return wrong(format!("{}: {:?}", outcome.word(), session.violations()));
    }
    let additions = text.matches("add-to counter").count() as u64;
    let end = session.now() + 15_000_000;
    while session.now() < end {
        let next = session.now() + 50_000;
        session.run_to(next).expect("instants end");
        let view = session.world().view();
        let busy = view.clients.iter().any(|it| it.outstanding.is_some());
        let settled = |leader: &NodeStatus| leader.node.commit == leader.node.log.last();
        if !busy && view.leader().is_some_and(settled) {
            break;
        }
    }
    if !session.violations().is_empty() {
        return wrong(format!("{:?}", session.violations()));
    }
    let view = session.world().view();
    let late = view.clients.iter().find(|it| it.outstanding.is_some());
    if let Some(client) = late {
        return wrong(format!("{client:?} waits for ever"));
    }
    let Some(leader) = view.leader() else {
        return wrong("nobody leads".to_owned());
    };
    let counter = leader.node.store.value("counter");
    let counter = counter.map_or(0, |value| value.parse().expect("a number"));
    match counter == additions {
        true => Ok(()),
        false => wrong(format!("{additions} additions made {counter}")),
    }
}

fn seeds() -> Range<u64> {
    run::seeds("CLIENT_SEEDS", 200)
}

#[test]
fn in_any_weather_every_client_is_answered_once() {
    std::thread::scope(|scope| {
        let threads: Vec<_> = WAYS
            .into_iter()
            .map(|way| scope.spawn(move || seeds().find_map(|seed| weather(way, seed).err())))
            .collect();
        let wrong: Vec<String> = threads
            .into_iter()
            .filter_map(|thread| thread.join().expect("no schedule panics"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Whatever is broken then, the nodes go on.
#[test]
fn with_any_rule_off_requests_are_passed_on_without_a_panic() {
    for rule in Rule::ALL {
        let name = rule.info().name;
        for seed in 1..=10 {
            let text = schedule("forward", seed);
            let off = format!("rule {name} off\nset client-timeout");
            let text = text.replacen("set client-timeout", &off, 1);
            let (outcome, ..) = run(name, &text, None, Hosts::Inline);
            let word = outcome.word();
            assert_ne!(word, "error", "{name}, seed {seed}");
        }
    }
}
