//! The same script and seed give the same run: with threads and inline, again and again, and
//! after going back in time.

#[path = "fixtures/run.rs"]
mod run;

use raft_playground::command::Statement;
use raft_playground::raft::Rng;
use raft_playground::script::demos::DEMOS;
use raft_playground::script::{Outcome, Player, stage};
use raft_playground::session::{Manner, Session};
use raft_playground::world::{Command, Hosts};

fn manner(hosts: Hosts, rewinds: bool) -> Manner {
    Manner {
        hosts,
        keep: 1_000,
        rewinds,
    }
}

/// How a script ends, and the digest of its run.
fn played(name: &str, text: &str, hosts: Hosts) -> (Outcome, u64) {
    let (outcome, _, session) = run::run(name, text, None, hosts);
    (outcome, session.world().trace().digest())
}

/// Three nodes under everything that draws random numbers at once.
const STORM: &str = "
    cluster A B C
    seed 7
    loss 10%
    duplicate 10%
    latency 1ms..40ms
    disk all latency 100us..9ms
    clock A rate 1.05
    bandwidth 200000/s
    workload 200/s keys 7 reads 30% clients 6
    wait 2s
    crash random
    wait 700ms
    restart down
    partition A | B,C
    wait 900ms
    heal
    stop B
    wait 400ms
    resume B
    wait 1s
";

#[test]
fn the_digest_of_one_script_is_what_it_always_was() {
    let (outcome, digest) = played("storm", STORM, Hosts::Inline);
    assert_eq!(outcome, Outcome::Passed);
    // A change here means that old scripts, seeds and saved sessions play differently. Change
    // the number only with a line in the changelog that says why.
    assert_eq!(format!("{digest:016x}"), "286bab6cc37e77f7");
}

#[test]
fn threads_and_inline_give_one_digest_ten_times_over() {
    let wanted = played("storm", STORM, Hosts::Inline);
    for _ in 0..10 {
        assert_eq!(played("storm", STORM, Hosts::Threads), wanted);
    }
}

#[test]
fn every_demo_passes_and_is_the_same_on_all_hosts() {
    for demo in DEMOS {
        let [inline, threads] =
            [Hosts::Inline, Hosts::Threads].map(|hosts| played(demo.name, demo.text, hosts));
        assert_eq!(inline.0, Outcome::Passed, "{}", demo.name);
        assert_eq!(threads, inline, "{}", demo.name);
    }
}

fn command(text: &str) -> Command {
    let names: Vec<_> = ["A", "B", "C"].map(Into::into).into();
    match Statement::parse(text, &names, false) {
        Ok(Statement::Act(command)) => command,
        other => panic!("{text}: {other:?}"),
    }
}

/// A session in which something is done every few seconds.
fn eventful(seconds: u64) -> Session {
    let script = run::script("storm", "cluster A B C\nseed 3");
    let mut session = Session::new(stage(&script, None), manner(Hosts::Inline, true));
    let act = |session: &mut Session, text: &str| {
        session.act(&command(text), true).expect("instants end");
    };
    act(&mut session, "workload 20/s");
    let deeds = [
        "crash leader",
        "restart down",
        "loss 20%",
        "isolate random",
        "heal",
        "loss 0%",
    ];
    for (number, deed) in (1..).zip(deeds.iter().cycle()) {
        if number * 5 > seconds {
            break;
        }
        session.run_to(number * 5_000_000).expect("instants end");
        act(&mut session, deed);
    }
    session.run_to(seconds * 1_000_000).expect("instants end");
    session
}

#[test]
fn going_back_and_on_again_changes_nothing() {
    let mut session = eventful(120);
    let end = session.now();
    let digest = session.world().trace().digest();
    let events = session.world().trace().counted();
    let mut rng = Rng::stream(11, &[0]);
    for _ in 0..30 {
        let at = rng.below(end);
        session.seek(at).expect("instants end");
        assert_eq!(session.now(), at);
        assert!(!session.at_frontier());
        // From there in steps, as somebody who watches would go.
        for _ in 0..rng.below(50) {
            session.step().expect("instants end");
        }
        session.seek(end).expect("instants end");
        let trace = session.world().trace();
        assert_eq!((trace.digest(), trace.counted()), (digest, events));
    }
}

#[test]
fn what_is_seen_back_there_is_what_was_seen_then() {
    let mut session = eventful(30);
    let views: Vec<_> = (1..30)
        .map(|second| {
            session.seek(second * 1_000_000).expect("instants end");
            session.world().view()
        })
        .collect();
    let mut again = Session::new(session.stage().clone(), manner(Hosts::Threads, false));
    for entry in session.journal().iter() {
        if let raft_playground::session::Deed::Act(command) = &entry.deed {
            again.run_to(entry.at).expect("instants end");
            for view in views.iter().filter(|view| view.now == again.now()) {
                // The deeds of this very instant are still to come.
                assert_eq!(view.nodes.len(), again.world().size());
            }
            again.act(command, true).expect("instants end");
        }
    }
    for view in views.iter().rev() {
        session.seek(view.now).expect("instants end");
        assert_eq!(&session.world().view(), view);
    }
}

#[test]
fn one_event_back_is_the_instant_before() {
    let mut session = eventful(12);
    let mut instants = Vec::new();
    session.seek(7_000_000).expect("instants end");
    while instants.len() < 200 {
        let before = session.world().trace().newest();
        let step = session.step().expect("instants end");
        let at = step.expect("the cluster never falls silent");
        // A request that reaches a node is no event of its own.
        if session.world().trace().newest() > before {
            instants.push(at);
        }
    }
    for pair in instants.windows(2).rev() {
        assert_eq!(session.now(), pair[1]);
        session.step_back().expect("instants end");
        assert_eq!(session.now(), pair[0]);
    }
}

#[test]
fn a_deed_in_the_past_begins_a_branch_and_undo_takes_it_back() {
    let mut session = eventful(20);
    let old_end = session.journal().len();
    session.seek(8_000_000).expect("instants end");
    let before = session.world().trace().digest();
    session
        .act(&command("crash A"), true)
        .expect("instants end");
    assert_eq!(session.branches().len(), 1);
    assert_eq!(session.branches()[0].journal.len(), old_end);
    assert_eq!(session.frontier(), 8_000_000);
    session.run_to(9_000_000).expect("instants end");
    assert!(session.undo().expect("instants end").is_some());
    assert_eq!(session.now(), 8_000_000);
    assert_eq!(session.world().trace().digest(), before);
    assert!(session.at_frontier());
}

#[test]
fn one_nodes_draws_do_not_disturb_anothers() {
    let run = |extra: &str| {
        let text = format!("cluster A B C\nseed 5\nhold-timer all\n{extra}\nwait 1s");
        let script = run::script("streams", &text);
        let mut session = Session::new(stage(&script, None), manner(Hosts::Inline, false));
        Player::new(script).run(&mut session);
        session
            .act(&command("release-timer B"), false)
            .expect("instants end");
        session
            .world()
            .status(raft_playground::raft::NodeId(2))
            .node
            .election_timer
    };
    assert_eq!(
        run(""),
        run("release-timer A\nhold-timer A\nrelease-timer C\nhold-timer C")
    );
}

#[test]
fn how_often_is_asked_for_the_next_instant_does_not_matter() {
    // Timers and messages that meet at one microsecond, and questions between them.
    let run = |questions: usize| {
        let text = "cluster A B C\nseed 5\nlatency 10ms\ndisk all latency 0ms\n\
                    set election-timeout 200ms..200004us\nset heartbeat 10ms";
        let script = run::script("grid", text);
        let mut session = Session::new(stage(&script, None), manner(Hosts::Inline, false));
        Player::new(script).run(&mut session);
        for step in 1..400 {
            session.run_to(step * 10_000).expect("instants end");
            for _ in 0..questions {
                session.next_instant();
            }
            if step % 7 == 0 {
                session
                    .act(&command("timeout A,B"), false)
                    .expect("instants end");
            }
        }
        session.world().trace().digest()
    };
    assert_eq!(run(0), run(3));
}

#[test]
fn a_random_node_is_the_same_after_going_back_and_on() {
    let run = |rewinds: bool| {
        let script = run::script("random", "cluster 5\nseed 9");
        let mut session = Session::new(stage(&script, None), manner(Hosts::Inline, true));
        for step in 1..=12 {
            session.run_to(step * 100_000).expect("instants end");
            if rewinds && step % 4 == 0 {
                let end = session.frontier();
                session.seek(0).expect("instants end");
                session.seek(end).expect("instants end");
            }
            session
                .act(&command("timeout random"), false)
                .expect("instants end");
        }
        (session.journal().clone(), session.world().trace().digest())
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn what_is_said_changes_nothing_not_even_a_draw() {
    let run = |expected: &str| {
        let text = format!(
            "cluster 5\nseed 9\nalways leaders < 9\nwait 1s\n{expected}\ncrash random\nwait 1s\n\
             {expected}\ntimeout random\nwait 1s"
        );
        played("expected", &text, Hosts::Inline)
    };
    assert_eq!(
        run(""),
        run("say \"so it is\"\nmark\nexpect leader\nexpect leaders < 9 for 0ms\nnever leaders > 9")
    );
}
