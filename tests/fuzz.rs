//! The search for schedules that break something: with all rules on it finds nothing, without a rule
//! it finds the damage by itself, and what it finds is a script that shows it.

#[path = "fixtures/run.rs"]
mod run;

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use raft_playground::command::Script;
use raft_playground::explore::run::{Failure, Target, play};
use raft_playground::explore::{Case, Fuzz, Wanted, write};
use raft_playground::kv::Operation;
use raft_playground::raft::Rule;
use raft_playground::script::Outcome;
use raft_playground::session::{Manner, Session};
use raft_playground::world::Hosts;
use raft_playground::world::command::{Command, Setting};
use run::run;

fn without(rule: Rule) -> Wanted {
    Wanted {
        off: vec![rule],
        ..Wanted::default()
    }
}

fn fuzz(wanted: Wanted, seeds: std::ops::Range<u64>, enough: usize) -> Fuzz {
    Fuzz {
        target: Target::of(&wanted),
        wanted,
        seeds,
        shard: (0, 1),
        jobs: 2,
        enough,
    }
}

#[test]
fn with_all_rules_on_nothing_is_found() {
    let fuzz = fuzz(
        Wanted::default(),
        run::seeds("FUZZ_SEEDS", 5_000),
        usize::MAX,
    );
    let summary = fuzz.run(|_, _| ControlFlow::Continue(()));
    let count = fuzz.seeds.end - fuzz.seeds.start;
    assert_eq!(summary.runs, count);
    let scripts: Vec<_> = summary
        .found
        .iter()
        .map(|found| fuzz.drawn(found))
        .collect();
    assert!(
        summary.found.is_empty(),
        "{:?}\n{scripts:#?}",
        summary.found
    );
}

/// Found, made small, and shown by a script that passes as a test.
#[test]
fn the_absence_of_a_rule_is_found_and_made_small() {
    for rule in [
        Rule::PersistVote,
        Rule::ElectionRestriction,
        Rule::ReplyAfterCommit,
        Rule::CheckQuorum,
    ] {
        let fuzz = fuzz(without(rule), 1..3_000, 1);
        let summary = fuzz.run(|_, _| ControlFlow::Continue(()));
        let found = summary.found.first();
        let name = rule.info().name;
        let found = found.unwrap_or_else(|| panic!("{name}: nothing in {} runs", summary.runs));
        let script = fuzz.shrunk(found, &AtomicBool::new(false));
        assert!(write::size(&script) <= 12, "{name}:\n{script}");
        for hosts in [Hosts::Inline, Hosts::Threads] {
            let (outcome, ..) = run(name, &script, None, hosts);
            assert_eq!(outcome, Outcome::Passed, "{name}:\n{script}");
        }
    }
}

/// Whatever is drawn can be said in the language, and said again it is the same run.
#[test]
fn what_is_drawn_can_be_written_down() {
    for seed in 1..40 {
        let case = Case::draw(seed, &Wanted::default());
        assert_eq!(case, Case::draw(seed, &Wanted::default()));
        let played = play(&case, Target::Anything);
        let text = write::script(&case, &played);
        let played = played.expect("no bug");
        let (_, _, again) = run("drawn", &text, None, Hosts::Threads);
        assert_eq!(
            (again.now(), again.world().trace().digest()),
            (
                played.session.now(),
                played.session.world().trace().digest()
            ),
            "{text}"
        );
    }
}

/// A client whose request was lost in the trouble, and who asks again only after an hour.
#[test]
fn a_client_that_waits_for_ever_is_noticed() {
    let loss = |share| Command::Loss { share, link: None };
    let put = Command::Request {
        operation: Operation::Put {
            key: "x".into(),
            value: "1".into(),
        },
        by: None,
        via: None,
        reads: None,
    };
    let patience = |timeout| Command::Set {
        setting: Setting::ClientTimeout(timeout),
        on: None,
    };
    let mut case = Case {
        seed: 1,
        names: ["n1", "n2", "n3"].map(Into::into).to_vec(),
        off: Vec::new(),
        setup: vec![patience(3_600_000_000)],
        steps: vec![
            (1_000_000, loss(1_000_000)),
            (1_000_001, put),
            (1_000_002, loss(0)),
        ],
        until: 1_500_000,
        judged: true,
    };
    let played = play(&case, Target::Anything);
    let text = write::script(&case, &played);
    assert_eq!(
        played.expect("no bug").failure,
        Some(Failure::Unanswered),
        "{text}"
    );
    let (outcome, ..) = run("waits", &text, None, Hosts::Inline);
    assert_eq!(outcome, Outcome::Passed, "{text}");
    assert!(text.contains("expect reply c1 = pending"), "{text}");
    case.setup = vec![patience(1_000_000)];
    let played = play(&case, Target::Anything).expect("no bug");
    assert!(played.well && played.failure.is_none());
}

/// A cluster from which a rule was taken for good owes nobody anything; one that has it back does.
#[test]
fn rules_that_go_off_in_mid_run_come_on_again() {
    let switch = |on| Command::Rule {
        rule: Rule::PreVote,
        on,
    };
    let mut case = Case {
        seed: 1,
        names: ["n1", "n2", "n3"].map(Into::into).to_vec(),
        off: Vec::new(),
        setup: Vec::new(),
        steps: vec![(1_000_000, switch(false))],
        until: 1_500_000,
        judged: true,
    };
    let well = |case: &Case| play(case, Target::Anything).expect("no bug").well;
    assert!(!well(&case));
    case.steps.push((1_200_000, switch(true)));
    assert!(well(&case));

    let mut switched = 0;
    for seed in 1..300 {
        let case = Case::draw(seed, &Wanted::default());
        let last = |rule| {
            let mut steps = case.steps.iter().rev();
            steps.find_map(|(_, command)| match command {
                Command::Rule { rule: of, on } if *of == rule => Some(*on),
                _ => None,
            })
        };
        let lasts: Vec<bool> = Rule::ALL.iter().filter_map(|rule| last(*rule)).collect();
        assert!(lasts.iter().all(|on| *on), "{case:#?}");
        switched += lasts.len();
        // There it is to be known which rule's absence did it.
        let wanted = Case::draw(seed, &without(Rule::CheckQuorum));
        let is_switch = |(_, command): &_| matches!(command, Command::Rule { .. });
        assert!(!wanted.steps.iter().any(is_switch), "{wanted:#?}");
    }
    assert!(switched > 0);
}

/// What was to happen is written down where the program itself fails at it.
#[test]
fn a_bug_of_the_program_has_a_script_too() {
    let case = Case::draw(7, &Wanted::default());
    let text = write::script(&case, &Err(Failure::Bug("boom\nat once".into())));
    let script = Script::parse("bug", &text);
    assert!(script.is_ok(), "{script:?}\n{text}");
    assert!(text.ends_with("# boom\n# at once\n"), "{text}");
    let said = text.lines().filter(|line| line.starts_with("at ")).count();
    assert_eq!(said, case.steps.iter().filter(|(at, _)| *at > 0).count());
}

/// Also in clusters in which there is nobody to send to, or to cut off.
#[test]
fn whatever_was_to_happen_can_be_read() {
    for seed in 1..300 {
        let nodes = Some(1 + (seed % 4) as u16);
        let wanted = Wanted {
            nodes,
            ..Wanted::default()
        };
        let case = Case::draw(seed, &wanted);
        let text = write::script(&case, &Err(Failure::Bug("boom".into())));
        let script = Script::parse("bug", &text);
        assert!(script.is_ok(), "{script:?}\n{text}");
    }
}

const CHAOS: &str = "cluster 5\nseed 4\nworkload 20/s\nchaos on\nwait 20s\nchaos off\nworkload off\n\
                     calm\nrestart down\nwait until leaders = 1 within 10s\nexpect no violation\n";

#[test]
fn chaos_is_the_same_wherever_it_is_played_and_rewound() {
    let (outcome, _, played) = run("chaos", CHAOS, None, Hosts::Inline);
    assert_eq!(outcome, Outcome::Passed);
    let told = played.world().trace().counted();
    assert!(told > 1_000, "{told} events");
    let (_, _, threads) = run("chaos", CHAOS, None, Hosts::Threads);
    let digest = |session: &Session| session.world().trace().digest();
    assert_eq!(digest(&threads), digest(&played));

    let (mut session, mut player) = run::set_up("chaos", CHAOS, None, Hosts::Inline);
    session = Session::new(
        session.stage().clone(),
        Manner {
            hosts: Hosts::Inline,
            keep: 1_000,
            rewinds: true,
        },
    );
    player.run(&mut session);
    assert_eq!(digest(&session), digest(&played));
    let end = session.now();
    for at in [3_000_000, 19_000_001, 0, 11_234_567, end] {
        session.seek(at).expect("instants end");
    }
    assert_eq!(digest(&session), digest(&played));
}

/// What the search has found for each rule breaks on every machine, and does not with the rule on.
#[test]
fn what_was_found_for_every_rule_still_breaks() {
    let mut short = 0;
    for rule in Rule::ALL {
        let name = rule.info().name;
        let path = format!(
            "{}/tests/found/without-{name}.raft",
            env!("CARGO_MANIFEST_DIR")
        );
        let script = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
        for hosts in [Hosts::Inline, Hosts::Threads] {
            let (outcome, ..) = run(name, &script, None, hosts);
            assert_eq!(outcome, Outcome::Passed, "{name}:\n{script}");
        }
        let off = format!("rule {name} off");
        assert!(script.contains(&off), "{script}");
        let (outcome, ..) = run(
            name,
            &script.replace(&off, &format!("rule {name} on")),
            None,
            Hosts::Inline,
        );
        assert_ne!(outcome, Outcome::Passed, "{name}:\n{script}");
        short += usize::from(write::size(&script) <= 12);
    }
    assert!(short >= 20, "{short}");
}
