//! How fast virtual time passes, with all invariants checked: five nodes, 100 writes a second,
//! one per cent loss; and how fast a session goes back in time.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use raft_playground::command::Script;
use raft_playground::raft::Rng;
use raft_playground::script::{Outcome, Player, stage};
use raft_playground::session::{Manner, Session};
use raft_playground::world::Hosts;

fn main() {
    divan::main();
}

fn steady(seconds: u64) -> Arc<Script> {
    let text = format!(
        "cluster 5\nseed 1\nloss 1%\ndisk all latency 0ms\nworkload 100/s keys 100 clients 10\n\
         wait {seconds}s\nworkload off\nloss 0%\nwait 5s\nexpect logs agree\nexpect no violation"
    );
    Arc::new(Script::parse("steady", &text).expect("the script is right"))
}

/// Items are virtual seconds.
#[divan::bench(args = [Hosts::Inline, Hosts::Threads], sample_count = 5, sample_size = 1)]
fn virtual_seconds(bencher: Bencher, hosts: Hosts) {
    let seconds: u64 = match hosts {
        Hosts::Inline => 300,
        Hosts::Threads => 30,
    };
    let script = steady(seconds);
    let manner = Manner {
        hosts,
        keep: 64,
        rewinds: false,
    };
    bencher.counter(ItemsCount::new(seconds)).bench_local(|| {
        let mut session = Session::new(stage(&script, None), manner);
        let outcome = Player::new(script.clone()).run(&mut session);
        assert_eq!(outcome, Outcome::Passed);
    });
}

/// To a random instant of ten virtual minutes, as the dashboard does it.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn rewind(bencher: Bencher) {
    let script = steady(600);
    let manner = Manner {
        hosts: Hosts::Threads,
        keep: 20_000,
        rewinds: true,
    };
    let mut session = Session::new(stage(&script, None), manner);
    Player::new(script).run(&mut session);
    let end = session.now();
    let mut rng = Rng::stream(1, &[1]);
    bencher
        .with_inputs(|| rng.below(end))
        .bench_local_values(|at| session.seek(at).expect("instants end"));
}
