//! A run as a person reads it without a dashboard: captions and expectations in order of time,
//! and the final state.

use std::fmt::Write as _;

use super::play::{Expectation, Outcome};
use super::report::{Report, digest_text};
use crate::check::linearizability::Verdict;
use crate::command::clean::printable;
use crate::command::{Lang, duration_text};
use crate::raft::{Micros, RoleKind};
use crate::session::{Deed, Violation};
use crate::world::explain::{instant_text, words};
use crate::world::view::{Life, NodeStatus};
use crate::world::{Record, View, World};

/// The instant as it stands before a line: seconds with milliseconds.
pub fn clock(at: Micros) -> String {
    format!("{:>8} s", instant_text(at))
}

/// One event on a line of its own.
pub fn event_line(record: &Record, world: &World) -> String {
    let names = |id| &**world.name(id);
    let words = words(record, &names);
    format!("{}  {}", clock(record.at), printable(&words))
}

/// The story of a run in a language, its outcome and its final state, without control characters.
pub fn story(report: &Report, lang: Lang) -> String {
    let mut text = String::new();
    let world = report.session.world();
    let script = report.player.script();
    let names: Vec<&str> = script.cluster.iter().map(|name| &**name).collect();
    let mut line = |words: &str| {
        let _ = writeln!(text, "{}", printable(words));
    };
    line(script.title.text_in(lang));
    line(&format!(
        "nodes {} · seed {}",
        names.join(" "),
        world.seed()
    ));
    for about in &script.about {
        line(&format!("  {}", about.text_in(lang)));
    }
    line("");
    for words in told(report, lang) {
        line(&words);
    }
    line("");
    outcome(report).lines().for_each(&mut line);
    for violation in report.session.violations() {
        line(&violated(violation));
    }
    undecided(report).iter().for_each(|words| line(words));
    if report.outcome != Outcome::Passed {
        report.background().iter().for_each(|words| line(words));
    }
    let count = world.trace().counted();
    let events = if count == 1 { "event" } else { "events" };
    line(&format!(
        "at {}, after {count} {events}, digest {}",
        duration_text(world.now()),
        digest_text(world)
    ));
    let view = world.view();
    for node in &view.nodes {
        line(&state(&view, node));
    }
    text
}

/// How the script ended.
fn outcome(report: &Report) -> String {
    match &report.outcome {
        Outcome::Passed => "passed".to_owned(),
        Outcome::Failed => "FAILED".to_owned(),
        Outcome::Violation => "FAILED: an invariant was violated".to_owned(),
        error @ (Outcome::Error(_) | Outcome::Wrong(_)) => {
            let source = &report.player.script().source;
            format!("FAILED\n{}", error.error(Some(source)).unwrap_or_default())
        }
    }
}

/// Why a script failed, as its story says it: what did not hold, or was violated.
pub fn failure(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        let _ = writeln!(text, "{}", printable(words));
    };
    outcome(report).lines().for_each(&mut line);
    let failed = report.player.expectations().iter().filter(|it| !it.held);
    failed.for_each(|failed| line(&judged(failed)));
    report
        .session
        .violations()
        .iter()
        .for_each(|it| line(&violated(it)));
    text
}

/// Where it was too much work to tell whether the clients' answers were right.
pub fn undecided(report: &Report) -> Option<String> {
    match report.session.judge().checker.history().verdict() {
        (Verdict::Undecided, key) => {
            let key = key.map_or("a key", |key| key);
            Some(format!(
                "undecided: too many writes on {key} have no answer to tell whether its reads were right"
            ))
        }
        _ => None,
    }
}

/// What became of an expectation.
fn judged(expectation: &Expectation) -> String {
    let (sign, found) = match expectation.held {
        true => ("✔", String::new()),
        false => ("✗", format!(", but found {}", expectation.found)),
    };
    format!(
        "{}    {sign} line {}: {}{found}",
        clock(expectation.at),
        expectation.line,
        expectation.text
    )
}

fn violated(violation: &Violation) -> String {
    let at = clock(violation.at);
    format!("{at}  ✗ {}: {}", violation.invariant, violation.detail)
}

/// Captions, commands and expectations, in order of time.
fn told(report: &Report, lang: Lang) -> Vec<String> {
    // By place in the journal; an expectation stands after the lines that came before it.
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (place, entry) in report.session.journal().iter().enumerate() {
        let words = match &entry.deed {
            Deed::Say(caption) => caption.text_in(lang).to_string(),
            Deed::Act(command) => format!("    › {command}"),
            Deed::Nothing(words) => format!("    › {words}"),
            // What became of an expectation its reader knows.
            Deed::Mark | Deed::Expect(_) => continue,
        };
        lines.push((2 * place + 1, format!("{}  {words}", clock(entry.at))));
    }
    for expectation in report.player.expectations() {
        lines.push((2 * expectation.after, judged(expectation)));
    }
    lines.sort_by_key(|&(place, _)| place);
    lines.into_iter().map(|(_, words)| words).collect()
}

/// One node at the end.
fn state(view: &View, status: &NodeStatus) -> String {
    let node = &status.node;
    let role = status.role().map_or("down", RoleKind::name);
    const SHOWN: usize = 8;
    let pairs = node.store.iter().take(SHOWN);
    let mut facts: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    if node.store.len() > SHOWN {
        facts.push(format!("and {} more", node.store.len() - SHOWN));
    }
    if status.life == Life::Stopped {
        facts.push("· stopped".to_owned());
    }
    if view.awaits_its_addition(status) {
        facts.push("· not added".to_owned());
    }
    let voted = node.vote.map_or("-", |id| view.name(id));
    let line = format!(
        "  {:<8} {role:<13} term {:<3} voted {voted:<5} log {:<4} commit {:<4} applied {:<4} {}",
        status.name,
        node.term,
        node.log.last(),
        node.commit,
        node.applied,
        facts.join(" ")
    );
    line.trim_end().to_owned()
}
