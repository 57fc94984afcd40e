//! A case as a script that shows what is wrong: it opens in the dashboard, and as a test it passes.

use super::Case;
use super::run::{ELECTIONS, Failure, PROBE, Played, READER, behind, longest_waiting};
use crate::command::{Cluster, Statement};
use crate::raft::{Micros, Rule};
use crate::script::saved::FOUND as MARKER;
use crate::session::{Deed, Session};
use crate::world::Command;

/// The script of a case that was played: what happened, and what was wrong in the end. Where the
/// program itself failed, what was to happen.
pub fn script(case: &Case, played: &Result<Played, Failure>) -> String {
    let failure = match played {
        Ok(played) => played.failure.as_ref(),
        Err(bug) => Some(bug),
    };
    let mut text = format!("{MARKER}\n");
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    let off = case.off.iter().find_map(rule_off);
    let wrong = failure.map_or("nothing is wrong".into(), Failure::name);
    let title = match off {
        Some(rule) => format!("Without {}: {wrong}", rule.info().name),
        None => wrong.into_owned(),
    };
    line(&Statement::Title(title.as_str().into()).to_string());
    if let Some(rule) = off {
        let about = format!(
            "The rule says: {} Without it {}.",
            rule.info().holds,
            rule.info().without
        );
        line(&Statement::About(about.as_str().into()).to_string());
    }
    line(&Statement::Cluster(Cluster::Names(case.names.clone())).to_string());
    line(&Statement::Seed(case.seed).to_string());
    let mut clock = 0;
    for (at, statement) in deeds(case, played) {
        line(&match at {
            0 => statement.to_string(),
            at => Statement::At(at, Box::new(statement)).to_string(),
        });
        clock = at;
    }
    let end = match played {
        Ok(played) => ending(&played.session, failure, clock),
        Err(bug) => broken(case, bug, clock),
    };
    end.iter().for_each(|it| line(it));
    text
}

/// What was done, or what was to be done, each at its instant.
fn deeds(case: &Case, played: &Result<Played, Failure>) -> Vec<(Micros, Statement)> {
    let Ok(played) = played else {
        let head = case.off.iter().chain(&case.setup).map(|it| (0, it));
        let steps = case.steps.iter().map(|(at, it)| (*at, it));
        let all = head.chain(steps);
        return all
            .map(|(at, it)| (at, Statement::Act(it.clone())))
            .collect();
    };
    let journal = played.session.journal().iter();
    let deeds = journal.filter_map(|entry| match &entry.deed {
        Deed::Act(command) => Some((entry.at, Statement::Act(command.clone()))),
        Deed::Mark => Some((entry.at, Statement::Mark)),
        _ => None,
    });
    deeds.collect()
}

fn wait(until: Micros, clock: Micros) -> Option<String> {
    (until > clock).then(|| Statement::Wait(until - clock).to_string())
}

/// The time that was to pass, and the words of the program that failed in it.
fn broken(case: &Case, bug: &Failure, clock: Micros) -> Vec<String> {
    let words = match bug {
        Failure::Bug(words) => words.into(),
        known => known.name(),
    };
    let words = words.lines().map(|words| format!("# {words}"));
    wait(case.until, clock).into_iter().chain(words).collect()
}

/// The lines that say what is wrong, and expect it.
fn ending(session: &Session, failure: Option<&Failure>, clock: Micros) -> Vec<String> {
    let violations = session.violations();
    let shown = match failure {
        Some(Failure::Violation(invariant)) => violations
            .iter()
            .find(|found| found.invariant == *invariant),
        _ => None,
    };
    let end = shown.map_or(session.now(), |found| found.at);
    let mut lines: Vec<String> = wait(end, clock).into_iter().collect();
    if let Some(shown) = shown {
        lines.push(Statement::Say(shown.detail.as_str().into()).to_string());
        // What was violated before that is expected too.
        for found in violations.iter().take_while(|found| found.at <= end) {
            let expected = format!("expect violation {}", found.invariant);
            if !lines.contains(&expected) {
                lines.push(expected);
            }
        }
    }
    match failure {
        Some(Failure::Restless) => lines.push(format!("expect elections > {ELECTIONS}")),
        Some(Failure::Unavailable) => lines.push(format!("expect reply {PROBE} = pending")),
        Some(Failure::Unread) => lines.push(format!("expect reply {READER} = pending")),
        Some(Failure::Unanswered) => {
            let client = longest_waiting(session.world());
            lines.extend(client.map(|client| format!("expect reply {client} = pending")));
        }
        Some(&Failure::Behind(committed)) => {
            let world = session.world();
            let late = behind(world, committed).map(|late| world.name(late));
            lines.extend(late.map(|late| format!("expect commit {late} < {committed}")));
        }
        Some(Failure::Joint) => lines.push("expect config any all = joint".to_owned()),
        Some(Failure::Unsettled) => lines.push("expect reply admin = pending".to_owned()),
        Some(Failure::Unfinished) => {
            let world = session.world();
            if let Some(leader) = world.leader() {
                let (name, last) = (world.name(leader), world.glance(leader).last);
                lines.push(format!(
                    "expect last {name} = {last} and commit {name} < {last}"
                ));
            }
        }
        Some(Failure::Flood) => {
            let sent = session.judge().tally.sent(None, session.world().traffic());
            lines.push(format!("expect sent any >= {sent}"));
        }
        Some(Failure::Violation(_) | Failure::Bug(_)) | None => {}
    }
    lines
}

/// The rule that a command switches off.
fn rule_off(command: &Command) -> Option<Rule> {
    match command {
        Command::Rule { rule, on: false } => Some(*rule),
        _ => None,
    }
}

/// How many statements there are beyond those that set the stage: what must be read to understand
/// what happens.
pub fn size(script: &str) -> usize {
    let stage = [
        "title",
        "about",
        "cluster",
        "seed",
        "given",
        "set",
        "rule",
        "#",
        "latency",
        "disk",
        "hold-timer",
    ];
    let mut staged = true;
    let lines = script.lines().filter(|line| !line.is_empty());
    lines
        .filter(|line| {
            let word = line.split_whitespace().next().unwrap_or_default();
            staged &= stage.contains(&word);
            !staged
        })
        .count()
}
