//! `test`: many scripts at once, a line for each, and all that is needed to look into those that
//! fail.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::output::{print, say, shell_word};
use super::play::{Played, look};
use super::{Failure, Test, input};
use crate::command::clean::printable;
use crate::command::{Script, duration_text};
use crate::explore::spread::spread;
use crate::script::Outcome;
use crate::script::demos::DEMOS;
use crate::script::exit::{BUG, DONE};
use crate::script::report::Report;
use crate::script::story::undecided;
use crate::session::Violation;

/// What became of one script.
struct Verdict {
    code: i32,
    /// For the person; or the report, if JSON is wanted.
    words: String,
}

/// `test`: plays every script under the paths, several at a time, and tells of each in the order
/// of their names.
pub(super) fn test(test: &Test) -> Result<i32, Failure> {
    let names = match test.paths.is_empty() {
        true => DEMOS.iter().map(|demo| demo.name.to_owned()).collect(),
        false => under(&test.paths)?,
    };
    let scripts = input::scripts(&names)?;
    // The wall's time is for the person to read; no run knows of it.
    let begun = Instant::now();
    let jobs = test.jobs.map_or_else(all_cores, NonZeroUsize::get);
    let verdict = |number| {
        let place = usize::try_from(number).ok()?;
        let script = scripts.get(place)?;
        Some(play(&names[place], script, test))
    };
    let mut codes = Vec::new();
    let mut early: BTreeMap<u64, Verdict> = BTreeMap::new();
    let mut printed = Ok(());
    spread(jobs.min(names.len()), verdict, |number, verdict| {
        early.insert(number, verdict);
        while let Some(verdict) = early.remove(&(codes.len() as u64)) {
            codes.push(verdict.code);
            if printed.is_ok() && !verdict.words.is_empty() {
                printed = print(&verdict.words);
            }
        }
        match printed {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    printed?;
    if !test.json {
        print(&count(&codes, begun.elapsed()))?;
    }
    Ok(codes.into_iter().max().unwrap_or(DONE))
}

pub(super) fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn play(name: &str, script: &Script, test: &Test) -> Verdict {
    let begun = Instant::now();
    // A panic ends one script, not the others.
    let played = catch_unwind(AssertUnwindSafe(|| {
        Played::new(script.clone(), None, test.hosts.into(), |_| None)
    }));
    let Ok(played) = played else {
        let name = shell_word(name);
        say(&format!(
            "this is a bug in raft-playground; to see it again: raft-playground run {name}"
        ));
        return Verdict {
            code: BUG,
            words: line("PANIC", begun.elapsed(), &name),
        };
    };
    let report = played.report(name);
    let code = report.outcome.exit_code();
    let word = match report.outcome {
        Outcome::Passed => "ok",
        _ => "FAILED",
    };
    let words = match test.json {
        true => report.json(),
        false => line(word, begun.elapsed(), &printable(name)) + &why(&report),
    };
    Verdict { code, words }
}

fn line(word: &str, took: Duration, name: &str) -> String {
    format!("{word:<6} {:>6.2} s  {name}\n", took.as_secs_f64())
}

/// Why a script did not pass: what was found instead, what led to it, and how to look at that very
/// instant. Of one that passed only what nobody could tell.
fn why(report: &Report) -> String {
    let shown = |lines: Vec<String>| -> String {
        let shown = lines.iter().map(|words| printable(words));
        shown.map(|words| format!("       {words}\n")).collect()
    };
    let undecided = undecided(report);
    let mut lines = match &report.outcome {
        Outcome::Passed => return shown(undecided.into_iter().collect()),
        Outcome::Failed => {
            let failed = report.player.expectations().last();
            failed.map_or_else(Vec::new, |failed| {
                vec![
                    format!("line {}: `{}` does not hold", failed.line, failed.text),
                    format!("found at {}: {}", duration_text(failed.at), failed.found),
                ]
            })
        }
        Outcome::Violation => {
            let line = |violation: &Violation| {
                let at = duration_text(violation.at);
                format!("{} at {at}: {}", violation.invariant, violation.detail)
            };
            report.session.violations().iter().map(line).collect()
        }
        error @ (Outcome::Error(_) | Outcome::Wrong(_)) => {
            let words = error.error(Some(&report.player.script().source));
            let words = words.expect("an error says what is wrong");
            words.lines().map(str::to_owned).collect()
        }
    };
    lines.extend(undecided);
    lines.extend(report.background());
    lines.push(look(report, None));
    shown(lines)
}

fn count(codes: &[i32], took: Duration) -> String {
    let failed = codes.iter().filter(|&&code| code != DONE).count();
    let passed = codes.len() - failed;
    format!(
        "\n{passed} passed, {failed} failed, in {:.2} s\n",
        took.as_secs_f64()
    )
}

/// The scripts that paths stand for: files and demos by name, and all scripts in a folder and
/// below, in order of their names.
fn under(paths: &[String]) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut failures = Vec::new();
    for path in paths {
        if !Path::new(path).is_dir() {
            names.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        if let Err(failure) = walk(Path::new(path), &mut found) {
            failures.push(failure);
        } else if found.is_empty() {
            failures.push(Failure::wrong(format!(
                "error: there is no script in the folder `{}`\n  = help: scripts are files that end in `.raft`",
                printable(path)
            )));
        }
        found.sort();
        names.extend(found);
    }
    input::all_right(failures).map(|()| names)
}

/// Links to folders are not followed: they may lead in a circle. Hidden files are what editors and
/// tools keep for themselves.
fn walk(folder: &Path, found: &mut Vec<String>) -> Result<(), Failure> {
    let unreadable = |error| Failure::unreadable(folder, error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "raft") {
            found.push(name_of(path)?);
        }
    }
    Ok(())
}

fn name_of(path: PathBuf) -> Result<String, Failure> {
    path.into_os_string().into_string().map_err(|name| {
        Failure::unreadable(Path::new(&name), "the name of this file is not UTF-8 text")
    })
}
