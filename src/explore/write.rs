//! A case as a script that shows what is wrong: it opens in the dashboard, and as a test it passes.

use super::Case;
use super::run::{ELECTIONS, Failure, PROBE, Played};
use crate::command::{Cluster, Statement};
use crate::raft::Rule;
use crate::session::Deed;
use crate::world::Command;

/// The script of a case that was played: what happened, and what was wrong in the end.
pub fn script(case: &Case, played: &Played) -> String {
    let mut text = String::from("# found by raft-playground fuzz\n");
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    let off: Vec<&str> = case
        .off
        .iter()
        .filter_map(rule_off)
        .map(|rule| rule.info().name)
        .collect();
    let wrong = played
        .failure
        .as_ref()
        .map_or("nothing is wrong", Failure::name);
    let title = match off.first() {
        Some(rule) => format!("Without {rule}: {wrong}"),
        None => wrong.to_owned(),
    };
    line(&Statement::Title(title.as_str().into()).to_string());
    if let Some(rule) = case.off.iter().find_map(rule_off) {
        let about = format!(
            "The rule says: {} Without it {}.",
            rule.info().holds,
            rule.info().without
        );
        line(&Statement::About(about.as_str().into()).to_string());
    }
    line(&Statement::Cluster(Cluster::Names(case.names.clone())).to_string());
    line(&Statement::Seed(case.seed).to_string());
    let at_once = case.off.len() + case.setup.len();
    let mut clock = 0;
    for (place, entry) in played.session.journal().iter().enumerate() {
        let statement = match &entry.deed {
            Deed::Act(command) => Statement::Act(command.clone()),
            Deed::Mark => Statement::Mark,
            _ => continue,
        };
        if place < at_once || entry.at == 0 {
            line(&statement.to_string());
        } else {
            line(&Statement::At(entry.at, Box::new(statement)).to_string());
        }
        clock = entry.at;
    }
    let violations = played.session.violations();
    let shown = match &played.failure {
        Some(Failure::Violation(invariant)) => violations
            .iter()
            .find(|found| found.invariant == *invariant),
        _ => None,
    };
    let end = shown.map_or(played.session.now(), |found| found.at);
    if end > clock {
        line(&Statement::Wait(end - clock).to_string());
    }
    if let Some(shown) = shown {
        line(&Statement::Say(shown.detail.as_str().into()).to_string());
        // What was violated before that is expected too.
        let mut expected: Vec<&str> = Vec::new();
        for found in violations.iter().take_while(|found| found.at <= end) {
            if !expected.contains(&found.invariant) {
                expected.push(found.invariant);
                line(&format!("expect violation {}", found.invariant));
            }
        }
    }
    match &played.failure {
        Some(Failure::Restless) => line(&format!("expect elections > {ELECTIONS}")),
        Some(Failure::Unavailable) => line(&format!("expect reply {PROBE} = pending")),
        Some(Failure::Unfinished) => {
            let world = played.session.world();
            if let Some(leader) = world.leader() {
                let (name, last) = (world.name(leader), world.status(leader).node.log.last());
                line(&format!(
                    "expect last {name} = {last} and commit {name} < {last}"
                ));
            }
        }
        Some(Failure::Violation(_) | Failure::Bug(_)) | None => {}
    }
    text
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
        "title", "about", "cluster", "seed", "given", "set", "rule", "#", "latency", "disk",
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
