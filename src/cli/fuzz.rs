//! `fuzz`: many runs drawn from seeds, and the smallest script for what fails.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::interrupt::Interrupt;
use super::output::{print, say};
use super::progress::Progress;
use super::test::all_cores;
use super::{Failure, count};
use crate::command::clean::printable;
use crate::command::duration_text;
use crate::explore::run::{self, Target};
use crate::explore::{Found, Fuzz, Summary, Wanted, write};
use crate::raft::Rule;
use crate::script::exit::{DONE, FAILED, UNREADABLE};
use crate::script::report::escaped;
use crate::script::saved;

/// Seeds that are tried when nobody says which, or for how long.
const SEEDS: u64 = 1_000;
/// So long a row of the table may take.
const ROW: Duration = Duration::from_secs(600);
/// Of so many failures of a kind the smallest script is taken.
const ENOUGH: usize = 4;

#[derive(Args, Debug)]
pub(super) struct FuzzArgs {
    /// The seeds to try, as in 1..1000 (the last one is left out)
    #[arg(long, value_name = "A..B", allow_hyphen_values = true, value_parser = seeds)]
    seeds: Option<Range<u64>>,
    /// How long to go on, as in 90s or 10m; with --table for each rule, and what is found is made small after that
    #[arg(long = "for", value_name = "DURATION", allow_hyphen_values = true, value_parser = wall_time)]
    time: Option<Duration>,
    /// How many nodes each cluster has (1 to 9); drawn when not said
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(1_u16, Some(9)))]
    nodes: Option<u16>,
    /// A rule to leave out, with its companions; the search ends at the fourth failure
    #[arg(long, value_name = "NAME=off", value_parser = rule_off)]
    rule: Vec<Rule>,
    /// Try every N-th seed only, as in 2/8 for the second of eight machines
    #[arg(long, value_name = "I/N", allow_hyphen_values = true, value_parser = shard)]
    shard: Option<(u64, u64)>,
    /// How many runs are played at a time; without it one for each core
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(NonZeroUsize::MIN, None))]
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
    let interrupt = Interrupt::listen();
    let done = match args.table {
        true => table(args, &interrupt.wished),
        false => search(args, &interrupt.wished),
    }?;
    Ok(interrupt.code().unwrap_or(done))
}

impl FuzzArgs {
    fn fuzz(&self, off: Vec<Rule>, enough: usize) -> Fuzz {
        let seeds = self.seeds.clone();
        let all = match self.time {
            Some(_) => 1..u64::MAX,
            None => 1..SEEDS + 1,
        };
        let wanted = Wanted {
            nodes: self.nodes,
            off,
        };
        Fuzz {
            target: Target::of(&wanted),
            wanted,
            seeds: seeds.unwrap_or(all),
            shard: self.shard.unwrap_or((0, 1)),
            jobs: self.jobs.map_or_else(all_cores, NonZeroUsize::get),
            enough,
        }
    }
}

/// What came of seeds that were tried.
struct Hunt {
    summary: Summary,
    /// How long it took to find the first failure, or to find none.
    first: Duration,
    /// How long it all took.
    took: Duration,
}

/// Tries seeds for at most so long.
fn hunt(fuzz: &Fuzz, limit: Option<Duration>, interrupted: &AtomicBool) -> Hunt {
    // Only how long it takes hangs on the clock of the machine, and what is told of that.
    let begun = Instant::now();
    let mut progress = Progress::new();
    let mut first = None;
    let summary = fuzz.run(|summary, found| {
        progress.tell(|| summary_words(summary, begun.elapsed()));
        if found.is_some() {
            first.get_or_insert(begun.elapsed());
        }
        let over = limit.is_some_and(|limit| begun.elapsed() >= limit);
        match over || interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    progress.clear();
    let took = begun.elapsed();
    Hunt {
        summary,
        first: first.unwrap_or(took),
        took,
    }
}

/// Tries seeds, and writes the smallest script for each kind of failure.
fn search(args: &FuzzArgs, interrupted: &AtomicBool) -> Result<i32, Failure> {
    let mut off: Vec<Rule> = Vec::new();
    for &rule in &args.rule {
        // What is said twice is off all the same.
        if !off.contains(&rule) {
            off.push(rule);
        }
    }
    let enough = if off.is_empty() { usize::MAX } else { ENOUGH };
    let fuzz = args.fuzz(off, enough);
    let Hunt { summary, took, .. } = hunt(&fuzz, args.time, interrupted);
    let mut kinds: Vec<Vec<Found>> = Vec::new();
    for found in &summary.found {
        let like = |kind: &&mut Vec<Found>| kind[0].failure.is_like(&found.failure);
        match kinds.iter_mut().find(like) {
            Some(kind) if kind.len() < ENOUGH => kind.push(found.clone()),
            Some(_) => {}
            None => kinds.push(vec![found.clone()]),
        }
    }
    let mut folder = Folder::new(args);
    for kind in &kinds {
        if let Some(script) = fuzz.smallest(kind, interrupted) {
            tell(args, &fuzz, &kind[0], &script, &mut folder)?;
        }
    }
    if args.json {
        print(&summary_json(&summary, took))?;
    } else {
        print(&summary_words(&summary, took))?;
        if summary.found.len() >= enough {
            say(&format!(
                "{enough} failures are enough: no more seeds were tried"
            ));
        }
        let rules = names(&fuzz.wanted.off);
        if !rules.is_empty() && summary.found.is_empty() {
            say(&format!(
                "nothing was found without {}: try more seeds, as in --for 1m",
                rules.join(", ")
            ));
        }
    }
    Ok(folder.code(summary.found.is_empty()))
}

fn tell(
    args: &FuzzArgs,
    fuzz: &Fuzz,
    found: &Found,
    script: &str,
    folder: &mut Folder<'_>,
) -> Result<(), Failure> {
    let rules = names(&fuzz.wanted.off);
    let file = folder.keep(&name(fuzz.target, &rules, found), script);
    let file = file.map(|file| file.display().to_string());
    if args.json {
        let line = json!({
            "kind": "found", "seed": found.seed, "failure": found.failure.name(),
            "at_us": found.at, "rules_off": rules, "script": script,
            "statements": write::size(script), "file": file,
        });
        return print(&escaped(line.to_string()));
    }
    let mut words = format!(
        "seed {}: {} at {}\n",
        found.seed,
        found.failure.name(),
        duration_text(found.at)
    );
    let intro = "  the smallest script that shows it:";
    match &file {
        Some(file) => {
            let _ = writeln!(words, "{intro} {}", printable(file));
        }
        None => {
            let _ = writeln!(words, "{intro}\n");
            script.lines().for_each(|line| {
                let _ = writeln!(words, "    {line}");
            });
        }
    }
    print(&words)
}

fn names(rules: &[Rule]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.info().name).collect()
}

/// What the script of a find is called: by what was tried and what failed, so that another find
/// does not take its place.
fn name(target: Target, rules: &[&str], found: &Found) -> String {
    let tried = match rules {
        [] => format!("seed-{}", found.seed),
        rules => format!("without-{}", rules.join("-and-")),
    };
    match &found.failure {
        // What the absence of the rule is to show goes without saying.
        run::Failure::Violation(invariant) if target == Target::Violation(*invariant) => tried,
        failure => format!("{tried}-{}", failure.word()),
    }
}

/// Where scripts are put, if anywhere.
struct Folder<'a> {
    path: Option<&'a Path>,
    /// Something could not be written.
    failed: bool,
}

impl Folder<'_> {
    fn new(args: &FuzzArgs) -> Folder<'_> {
        Folder {
            path: args.out.as_deref(),
            failed: false,
        }
    }

    /// Writes a script; its path. What cannot be written is said, and the search goes on: what it
    /// has found took its time.
    fn keep(&mut self, name: &str, script: &str) -> Option<PathBuf> {
        let path = self.path?.join(format!("{name}.raft"));
        let Err(error) = saved::write(script, &path, false) else {
            return Some(path);
        };
        let help = match error.kind() {
            ErrorKind::AlreadyExists => "remove it, or name another folder with -o",
            _ => "name another folder with -o",
        };
        let words = Failure::unreadable(&path, error).words;
        say(&format!("{words}\n  = help: {help}"));
        self.failed = true;
        None
    }

    /// The code that a search ends with which went well or did not.
    fn code(&self, well: bool) -> i32 {
        match (self.failed, well) {
            (true, _) => UNREADABLE,
            (false, true) => DONE,
            (false, false) => FAILED,
        }
    }
}

/// A row for each rule.
fn table(args: &FuzzArgs, interrupted: &AtomicBool) -> Result<i32, Failure> {
    let mut all_found = true;
    let mut folder = Folder::new(args);
    let head = "| rule | breaks | seeds | time | statements |\n| --- | --- | --- | --- | --- |";
    if !args.json {
        print(head)?;
    }
    for &rule in Rule::ALL {
        let fuzz = Fuzz {
            seeds: args.seeds.clone().unwrap_or(1..u64::MAX),
            ..args.fuzz(vec![rule], ENOUGH)
        };
        let Hunt { summary, first, .. } = hunt(&fuzz, Some(args.time.unwrap_or(ROW)), interrupted);
        let found = summary.found.first();
        all_found &= found.is_some();
        let seeds = found.map_or(summary.runs, |found| {
            (found.seed - fuzz.seeds.start) / fuzz.shard.1 + 1
        });
        let script = fuzz.smallest(&summary.found, interrupted);
        // What was cut short is no row.
        if interrupted.load(Ordering::Relaxed) {
            break;
        }
        if let Some(script) = &script {
            folder.keep(&format!("without-{}", rule.info().name), script);
        }
        let size = script.as_deref().map(write::size);
        let row = match args.json {
            true => {
                let row = json!({
                    "kind": "row", "rule": rule.info().name,
                    "failure": found.map(|found| found.failure.name()),
                    "seeds": seeds, "seconds": first.as_secs_f64(),
                    "statements": size, "script": script,
                });
                escaped(row.to_string())
            }
            false => format!(
                "| `{}` | {} | {seeds} | {:.1} s | {} |",
                rule.info().name,
                found.map_or("not found".into(), |found| found.failure.name()),
                first.as_secs_f64(),
                size.map_or_else(|| "–".to_owned(), |size| size.to_string()),
            ),
        };
        print(&row)?;
    }
    Ok(folder.code(all_found))
}

fn hours(summary: &Summary) -> f64 {
    summary.virtual_time as f64 / 3.6e9
}

fn rate(summary: &Summary, took: Duration) -> f64 {
    summary.virtual_time as f64 / 1e6 / took.as_secs_f64().max(1e-9)
}

fn summary_words(summary: &Summary, took: Duration) -> String {
    let undecided = match summary.undecided {
        0 => String::new(),
        count => format!(", {count} too tangled to tell whether the answers were right"),
    };
    let runs = if summary.runs == 1 { "run" } else { "runs" };
    format!(
        "{} {runs}, {:.2} virtual hours in {:.1} s ({:.0} virtual seconds in a second), {} failed{undecided}",
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
        "undecided": summary.undecided,
    })
    .to_string()
}
