//! The experiments: what the Raft paper measured comes out here too, and it does so every time.

#[path = "fixtures/run.rs"]
mod run;

use std::process::Command;
use std::sync::{Arc, Mutex};

use raft_playground::command::range_text;
use raft_playground::explore::Failover;
use raft_playground::explore::failover::{Delays, LIMIT, RANGES, Row, Trial};
use raft_playground::raft::{Kind, Micros, NodeId, Span};
use raft_playground::script::Outcome;
use raft_playground::world::{Event, Hosts};
use serde_json::Value;

fn measure(timeouts: Span, delays: Delays, trials: u64) -> Row {
    let failover = Failover {
        ranges: vec![timeouts],
        delays,
        trials,
        jobs: 2,
    };
    failover.run(|_| {}).remove(0)
}

/// The table of the README has what is measured.
fn assert_told(words: &str, time: Option<Micros>) {
    let millis = (time.expect("it ended") + 500) / 1_000;
    let told = format!("{words} {millis} ms");
    assert!(include_str!("../README.md").contains(&told), "{told}");
}

/// True when a time is within a quarter of what the paper has, in milliseconds.
fn is_near(time: Option<Micros>, paper: u64) -> bool {
    time.is_some_and(|time| (time * 4).abs_diff(paper * 4_000) <= paper * 1_000)
}

#[test]
fn with_the_papers_delays_a_broadcast_takes_15_ms() {
    let delays = Delays::default();
    let script = format!(
        "cluster 5\ndisk all latency {}\nlatency {}\nhold-timer all\ntimeout n1\n\
         wait until leader n1\nwait 100s\n",
        range_text(delays.disk),
        range_text(delays.latency)
    );
    let (mut session, mut player) = run::set_up("broadcast", &script, None, Hosts::Inline);
    let took = Arc::new(Mutex::new(Vec::new()));
    let (told, leader) = (took.clone(), NodeId(1));
    let (mut begun, mut answers) = (0, 0);
    session.set_sink(Box::new(move |record, _| match &record.event {
        Event::Send { envelope, .. }
            if envelope.from == leader && envelope.message.kind() == Kind::Append =>
        {
            (begun, answers) = (record.at, 0);
        }
        Event::Deliver { envelope, .. }
            if envelope.to == leader && envelope.message.kind() == Kind::AppendReply =>
        {
            answers += 1;
            if answers == 4 {
                told.lock().expect("no panic").push(record.at - begun);
            }
        }
        _ => {}
    }));
    assert_eq!(player.run(&mut session), Outcome::Passed);
    let took = took.lock().expect("no panic");
    assert!(took.len() > 1_900, "{} broadcasts", took.len());
    let mean = took.iter().sum::<Micros>() / took.len() as u64;
    assert!((14_800..15_200).contains(&mean), "{mean}");
}

#[test]
fn the_papers_figures_come_out() {
    let row = |min, max| measure(Span::millis(min, max), Delays::default(), 1_000);

    // "In the absence of randomness, leader election consistently took longer than 10 seconds."
    let none = measure(Span::millis(150, 150), Delays::default(), 20);
    assert_eq!(none.ended(), 0, "{none:?}");
    assert_eq!(none.percentile(1), None);

    // "Adding just 5 ms of randomness […] a median downtime of 287 ms."
    let little = row(150, 155);
    assert!(is_near(little.percentile(50), 287), "{little:?}");
    assert_told("| median 287 ms | median", little.percentile(50));

    // "It takes only 35 ms on average to elect a leader (the longest trial took 152 ms)."
    let short = row(12, 24);
    assert!(is_near(short.mean(), 35), "{short:?}");
    assert!(is_near(short.percentile(100), 152), "{short:?}");
    assert_told("worst 152 ms | mean", short.mean());
    assert_told(" ms, worst", short.percentile(100));
}

/// "With 50 ms of randomness the worst-case completion time (over 1000 trials) was 513 ms." Which
/// trial is the worst of a thousand is luck: of ten thousands some come near, none is far below,
/// and where luck plays no part, at ninety-nine of a hundred, all stay below.
#[test]
fn the_worst_of_a_thousand_trials_is_the_papers_with_luck() {
    let timeouts = Span::millis(150, 200);
    let all = measure(timeouts, Delays::default(), 10_000);
    let thousands = all.downtimes.chunks(1_000);
    let rows: Vec<Row> = thousands
        .map(|trials| Row::new(timeouts, trials.to_vec()))
        .collect();
    let worst: Vec<_> = rows.iter().map(|row| row.percentile(100)).collect();
    assert!(worst.iter().any(|&worst| is_near(worst, 513)), "{worst:?}");
    assert!(worst.iter().all(|&it| it > Some(450_000)), "{worst:?}");
    let usual: Vec<_> = rows.iter().map(|row| row.percentile(99)).collect();
    let below = |time: &Option<Micros>| time.is_some_and(|time| time < 530_000);
    assert!(usual.iter().all(below), "{usual:?}");
    assert_told("513 ms | worst", worst[0]);
    assert_told(" ms, p99", usual[0]);
}

/// The paper does not say how its 15 ms came about. Five milliseconds of randomness help only where
/// some candidates are heard sooner than others stand up.
#[test]
fn other_delays_of_15_ms_do_not_give_the_papers_median() {
    let median = |delays| measure(Span::millis(150, 155), delays, 200).percentile(50);
    let same = Delays {
        latency: Span::exactly(7_500),
        disk: Span::exactly(0),
    };
    assert!(median(same) > Some(1_000_000), "{:?}", median(same));
    let disk = Delays {
        latency: Span::exactly(500),
        disk: Span::exactly(14_000),
    };
    assert!(median(disk) > Some(3_000_000), "{:?}", median(disk));
}

#[test]
fn a_measurement_is_the_same_for_any_number_of_threads() {
    let rows = |jobs| {
        let failover = Failover {
            ranges: RANGES[2..].to_vec(),
            delays: Delays::default(),
            trials: 100,
            jobs,
        };
        let mut told = Vec::new();
        let rows = failover.run(|done| told.push(done));
        assert_eq!(told, (1..=800).collect::<Vec<u64>>());
        rows
    };
    let one = rows(1);
    assert_eq!(rows(2), one);
    assert_eq!(rows(7), one);
    let all: Vec<Span> = one.iter().map(|row| row.timeouts).collect();
    assert_eq!(all, RANGES[2..]);
}

/// What is measured can be looked into: the script of a trial plays to the same end anywhere.
#[test]
fn a_trial_is_a_script() {
    for timeouts in RANGES {
        for seed in [1, 5] {
            let trial = Trial {
                timeouts,
                delays: Delays::default(),
                seed,
            };
            let (outcome, _, session) = run::run("trial", &trial.script(), None, Hosts::Threads);
            let crash = session.journal().iter().last().expect("it crashes").at;
            let took = session.now() - crash;
            match trial.downtime() {
                Some(downtime) => assert_eq!((outcome, took), (Outcome::Passed, downtime)),
                None => assert_eq!((outcome, took), (Outcome::Failed, LIMIT)),
            }
        }
    }
}

#[test]
fn the_trial_in_the_readme_is_one_of_those_measured() {
    let trial = Trial {
        timeouts: Span::millis(150, 155),
        delays: Delays::default(),
        seed: 10,
    };
    let shown = format!("```raft\n{}```", trial.script());
    assert!(include_str!("../README.md").contains(&shown), "{shown}");
}

#[test]
fn percentiles_count_what_did_not_end() {
    let downtimes = vec![Some(30), None, Some(10), Some(20)];
    let row = Row::new(Span::millis(1, 2), downtimes);
    let found = [1, 25, 26, 50, 75, 76, 100].map(|percent| row.percentile(percent));
    let some = [10, 10, 20, 20, 30].map(Some);
    assert_eq!(found[..5], some);
    assert_eq!(found[5..], [None, None]);
    assert_eq!((row.ended(), row.mean()), (3, None));
    let row = Row::new(Span::millis(1, 2), vec![Some(10), Some(20)]);
    assert_eq!(row.mean(), Some(15));
}

fn failover(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .args(["experiment", "failover", "--trials", "20"])
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn json_and_csv_tell_the_same_and_tell_it_every_time() {
    let json = failover(&["--json"]);
    assert_eq!(failover(&["--json", "--jobs", "1"]), json);
    assert_eq!(failover(&["--json", "--jobs", "5"]), json);
    let csv = failover(&["--csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("range,trial,downtime_ms"));
    for (line, timeouts) in json.lines().zip(RANGES) {
        let row: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(row["range"], range_text(timeouts));
        let mut downtimes = Vec::new();
        for trial in 1..=20 {
            let cells: Vec<&str> = lines.next().expect("a line a trial").split(',').collect();
            assert_eq!(cells[..2], [range_text(timeouts), trial.to_string()]);
            downtimes.push(cells[2].parse::<f64>().expect("a number"));
        }
        downtimes.sort_by(f64::total_cmp);
        let ended = downtimes.iter().filter(|time| time.is_finite()).count();
        assert_eq!((&row["trials"], &row["ended"]), (&20.into(), &ended.into()));
        let told = |time: &Value| time.as_f64().map_or(f64::INFINITY, |us| us / 1e3);
        assert_eq!(told(&row["median_us"]), downtimes[9]);
        assert_eq!(told(&row["worst_us"]), downtimes[19]);
        let percentiles = row["percentiles_us"].as_array().expect("percentiles");
        let every_fifth: Vec<f64> = percentiles.iter().skip(4).step_by(5).map(told).collect();
        assert_eq!(every_fifth, downtimes);
    }
    assert_eq!((json.lines().count(), lines.next()), (RANGES.len(), None));
}

#[test]
fn the_text_fits_and_says_what_did_not_end() {
    let text = failover(&[]);
    assert_eq!(failover(&["--jobs", "1"]), text);
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let gave_up = "150ms: no leader within 100s in 20 of 20 trials";
    assert!(text.lines().any(|line| line == gave_up), "{text}");
    for timeouts in RANGES {
        let rows = text.lines().filter(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(&range_text(timeouts))
        });
        assert_eq!(
            rows.count(),
            2,
            "a row of numbers and one of the plot:\n{text}"
        );
    }
    assert!(text.contains('█') && text.contains("|>100s\n"), "{text}");
}
