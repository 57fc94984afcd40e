//! `fuzz`: many runs drawn from seeds, and the smallest script for what fails.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::output::print;
use super::progress::Progress;
use super::test::all_cores;
use super::{DONE, FAILED, Failure};
use crate::command::duration_text;
use crate::explore::fuzz::target;
use crate::explore::run::Target;
use crate::explore::{Found, Fuzz, Summary, Wanted, write};
use crate::raft::Rule;
use crate::script::saved;

/// Seeds that are tried when nobody says which, or for how long.
const SEEDS: u64 = 1_000;
/// So long a row of the table may take.
const ROW: Duration = Duration::from_secs(600);

#[derive(Args, Debug)]
pub(super) struct FuzzArgs {
    /// The seeds to try, as in 1..1000 (the last one is left out)
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    seeds: Option<Range<u64>>,
    /// How long to go on, as in 90s or 10m
    #[arg(long = "for", value_name = "DURATION", value_parser = wall_time)]
    time: Option<Duration>,
    /// How many nodes each cluster has; drawn when not said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=9))]
    nodes: Option<u16>,
    /// A rule to leave out, with its companions
    #[arg(long, value_name = "NAME=off", value_parser = rule_off)]
    rule: Vec<Rule>,
    /// Try every N-th seed only, as in 2/8 for the second of eight machines
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<(u64, u64)>,
    /// How many runs are played at a time; without it one for each core
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// For each rule, how soon its absence is found, and the smallest script for it
    #[arg(long, conflicts_with = "rule")]
    table: bool,
    /// JSON Lines: what was found, and a summary
    #[arg(long)]
    json: bool,
    /// The folder that the scripts are written to
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let parts = text.split_once("..");
    let range = parts.and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let range: Option<Range<u64>> = range;
    range
        .filter(|range| range.start < range.end)
        .ok_or_else(|| "seeds are two numbers, the first the smaller, as in 1..1000".into())
}

fn wall_time(text: &str) -> Result<Duration, String> {
    match super::instant(text) {
        Ok(micros) if micros > 0 => Ok(Duration::from_micros(micros)),
        _ => Err("a time is a number with a unit, as in 90s or 10m".into()),
    }
}

fn rule_off(text: &str) -> Result<Rule, String> {
    let name = text.strip_suffix("=off");
    let name = name.ok_or("a rule is left out with =off, as in pre-vote=off")?;
    Rule::named(name)
        .ok_or_else(|| format!("there is no rule `{name}`; `raft-playground rules` lists them"))
}

fn shard(text: &str) -> Result<(u64, u64), String> {
    let parts = text.split_once('/');
    let parts = parts.and_then(|(one, all)| Some((one.parse().ok()?, all.parse().ok()?)));
    parts
        .filter(|&(one, all): &(u64, u64)| 1 <= one && one <= all)
        .map(|(one, all)| (one - 1, all))
        .ok_or_else(|| "a shard is its number and how many there are, as in 2/8".into())
}

/// `fuzz`.
pub(super) fn fuzz(args: &FuzzArgs) -> Result<i32, Failure> {
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|error| Failure::unreadable(folder, error))?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    match args.table {
        true => table(args, &stop),
        false => search(args, &stop),
    }
}

impl FuzzArgs {
    fn fuzz(&self, off: Vec<Rule>, target: Target, enough: u64) -> Fuzz {
        let seeds = self.seeds.clone();
        let all = match self.time {
            Some(_) => 1..u64::MAX,
            None => 1..SEEDS + 1,
        };
        Fuzz {
            wanted: Wanted {
                nodes: self.nodes,
                off,
            },
            seeds: seeds.unwrap_or(all),
            shard: self.shard.unwrap_or((0, 1)),
            jobs: self.jobs.map_or_else(all_cores, NonZeroUsize::get),
            target,
            enough,
        }
    }
}

/// Tries seeds, and writes the smallest script for each kind of failure.
fn search(args: &FuzzArgs, stop: &AtomicBool) -> Result<i32, Failure> {
    let fuzz = args.fuzz(args.rule.clone(), Target::Anything, u64::MAX);
    let fuzz = match args.rule.is_empty() {
        true => fuzz,
        false => Fuzz {
            enough: 1,
            target: target(&fuzz.wanted),
            ..fuzz
        },
    };
    let begun = Instant::now();
    let mut progress = Progress::new();
    let summary = fuzz.run(stop, |summary, _| {
        progress.tell(|| summary_words(summary, begun.elapsed()));
        if args.time.is_some_and(|time| begun.elapsed() >= time) {
            stop.store(true, Ordering::Relaxed);
        }
    });
    progress.clear();
    let mut told: Vec<&Found> = Vec::new();
    for found in &summary.found {
        if told
            .iter()
            .any(|known| known.failure.is_like(&found.failure))
        {
            continue;
        }
        told.push(found);
        let script = fuzz.shrunk(found);
        tell(args, &fuzz, found, script.as_deref())?;
    }
    if args.json {
        print(&summary_json(&summary, begun.elapsed()))?;
    } else {
        print(&summary_words(&summary, begun.elapsed()))?;
    }
    Ok(match summary.found.is_empty() {
        true => DONE,
        false => FAILED,
    })
}

fn tell(args: &FuzzArgs, fuzz: &Fuzz, found: &Found, script: Option<&str>) -> Result<(), Failure> {
    let rules: Vec<&str> = fuzz
        .wanted
        .off
        .iter()
        .map(|rule| rule.info().name)
        .collect();
    let file = match (&args.out, script) {
        (Some(folder), Some(script)) => Some(keep(folder, &rules, found, script)?),
        _ => None,
    };
    if args.json {
        return print(
            &json!({
                "kind": "found", "seed": found.seed, "failure": found.failure.name(),
                "at_us": found.at, "rules_off": rules, "script": script,
                "statements": script.map(write::size),
                "file": file.as_ref().map(|file| file.display().to_string()),
            })
            .to_string(),
        );
    }
    let mut words = format!(
        "seed {}: {} at {}\n",
        found.seed,
        found.failure.name(),
        duration_text(found.at)
    );
    match (&file, script) {
        (Some(file), _) => {
            let _ = writeln!(
                words,
                "  the smallest script that shows it: {}",
                file.display()
            );
        }
        (None, Some(script)) => {
            let _ = writeln!(words, "  the smallest script that shows it:\n");
            script.lines().for_each(|line| {
                let _ = writeln!(words, "    {line}");
            });
        }
        (None, None) => {}
    }
    print(&words)
}

/// Writes a script to the folder; its path.
fn keep(folder: &Path, rules: &[&str], found: &Found, script: &str) -> Result<PathBuf, Failure> {
    let what = match rules.first() {
        Some(rule) => format!("without-{rule}"),
        None => format!("seed-{}", found.seed),
    };
    let path = folder.join(format!("{what}.raft"));
    let name = path.to_string_lossy().into_owned();
    let saved = saved::save(script, &name, true);
    saved
        .map(|saved| saved.path)
        .map_err(|why| Failure::unreadable(&path, why))
}

/// A row for each rule.
fn table(args: &FuzzArgs, stop: &AtomicBool) -> Result<i32, Failure> {
    let mut all_found = true;
    let head = "| rule | breaks | seeds | time | statements |\n| --- | --- | --- | --- | --- |";
    if !args.json {
        print(head)?;
    }
    for &rule in Rule::ALL {
        let wanted = Wanted {
            nodes: args.nodes,
            off: vec![rule],
        };
        let fuzz = Fuzz {
            seeds: args.seeds.clone().unwrap_or(1..u64::MAX),
            ..args.fuzz(vec![rule], target(&wanted), 1)
        };
        let begun = Instant::now();
        let limit = args.time.unwrap_or(ROW);
        stop.store(false, Ordering::Relaxed);
        let mut progress = Progress::new();
        let summary = fuzz.run(stop, |summary, _| {
            progress.tell(|| summary_words(summary, begun.elapsed()));
            if begun.elapsed() >= limit {
                stop.store(true, Ordering::Relaxed);
            }
        });
        progress.clear();
        let took = begun.elapsed();
        let found = summary.found.first();
        all_found &= found.is_some();
        let script = found.and_then(|found| fuzz.shrunk(found));
        if let (Some(found), Some(folder), Some(script)) = (found, &args.out, &script) {
            keep(folder, &[rule.info().name], found, script)?;
        }
        let size = script.as_deref().map(write::size);
        let row = match args.json {
            true => json!({
                "kind": "row", "rule": rule.info().name,
                "failure": found.map(|found| found.failure.name()),
                "seeds": summary.runs, "seconds": took.as_secs_f64(),
                "statements": size, "script": script,
            })
            .to_string(),
            false => format!(
                "| `{}` | {} | {} | {:.1} s | {} |",
                rule.info().name,
                found.map_or("not found", |found| found.failure.name()),
                summary.runs,
                took.as_secs_f64(),
                size.map_or_else(|| "–".to_owned(), |size| size.to_string()),
            ),
        };
        print(&row)?;
    }
    Ok(if all_found { DONE } else { FAILED })
}

fn hours(summary: &Summary) -> f64 {
    summary.virtual_time as f64 / 3.6e9
}

fn rate(summary: &Summary, took: Duration) -> f64 {
    summary.virtual_time as f64 / 1e6 / took.as_secs_f64().max(1e-9)
}

fn summary_words(summary: &Summary, took: Duration) -> String {
    format!(
        "{} runs, {:.2} virtual hours in {:.1} s ({:.0} virtual seconds in a second), {} failed",
        summary.runs,
        hours(summary),
        took.as_secs_f64(),
        rate(summary, took),
        summary.found.len(),
    )
}

fn summary_json(summary: &Summary, took: Duration) -> String {
    json!({
        "kind": "summary", "runs": summary.runs, "virtual_us": summary.virtual_time as u64,
        "seconds": took.as_secs_f64(), "failed": summary.found.len(),
    })
    .to_string()
}
