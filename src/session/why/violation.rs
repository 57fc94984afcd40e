//! What was violated, what led to it, and the rules that would have prevented it.

use super::Answer;
use super::account::Account;
use super::facts::Facts;
use crate::raft::rule::Protects;
use crate::raft::{Invariant, Rule};
use crate::world::explain::Seconds;

/// The first violation, or the first of one invariant: what came after it may have followed from it.
pub(super) fn first(facts: &Facts<'_>, wanted: Option<Invariant>) -> Answer {
    let mut account = Account::new(facts);
    let mut found = facts.violations.iter();
    let is_meant = |invariant: Invariant| wanted.is_none_or(|wanted| wanted == invariant);
    let Some(violation) = found.find(|found| is_meant(found.invariant)) else {
        return account.finish(match wanted {
            Some(invariant) => format!("{invariant} is not violated."),
            None => "No invariant is violated.".to_owned(),
        });
    };
    for &event in violation.events.iter().rev() {
        account.because(event, 0);
    }
    for rule in off(facts, violation.invariant) {
        let info = rule.info();
        let words = format!("{} Without it {}", info.holds, info.without);
        account.lacks_by(&words, rule);
    }
    let (at, invariant) = (Seconds(violation.at), violation.invariant);
    account.finish(format!(
        "{invariant} is violated since {at}: {}.",
        violation.detail
    ))
}

/// The rules that are off and protect the invariant, or else all that are off and protect any.
fn off(facts: &Facts<'_>, invariant: Invariant) -> Vec<Rule> {
    let off = Rule::ALL.iter().copied().filter(|&rule| !facts.on(rule));
    let safety = |rule: &Rule| matches!(rule.info().protects, Protects::Safety(_));
    let off: Vec<Rule> = off.filter(safety).collect();
    let meant = |rule: &&Rule| rule.info().protects == Protects::Safety(invariant);
    let protecting: Vec<Rule> = off.iter().filter(meant).copied().collect();
    match protecting.is_empty() {
        true => off,
        false => protecting,
    }
}
