//! Each rule has a switch, and a script that shows why the rule exists. Its last statement holds
//! when the rule is off, and does not when the rule is on; all before it holds in both cases.
//! With the rule on, no invariant is violated.

#[path = "fixtures/run.rs"]
mod run;

use std::path::PathBuf;

use raft_playground::raft::Rule;
use raft_playground::script::Outcome;
use raft_playground::world::Hosts;
use run::run;

fn last_statement(text: &str) -> usize {
    let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    text.lines()
        .enumerate()
        .filter(|(_, line)| code(line))
        .map(|(number, _)| number + 1)
        .last()
        .expect("a script has statements")
}

#[test]
fn each_rule_breaks_when_off_and_holds_when_on() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    for rule in Rule::ALL {
        let name = rule.info().name;
        let path = folder.join(format!("{name}.raft"));
        let off = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{name} has no script: {}: {error}", path.display()));
        let switch = format!("rule {name} off");
        assert_eq!(
            off.matches(&switch).count(),
            1,
            "{name}: one line switches the rule"
        );
        let on = off.replace(&switch, &format!("rule {name} on"));
        let last = last_statement(&off);
        for seed in 1..=3 {
            let (outcome, player, _) = run(name, &off, Some(seed), Hosts::Inline);
            let found = player.expectations().last();
            assert_eq!(
                outcome,
                Outcome::Passed,
                "{name} off, seed {seed}: {found:?}"
            );

            let (outcome, player, session) = run(name, &on, Some(seed), Hosts::Inline);
            let found = player.expectations().last().expect("it expects something");
            assert_eq!(
                outcome,
                Outcome::Failed,
                "{name} on, seed {seed}: {found:?}"
            );
            assert_eq!(found.line, last, "{name} on, seed {seed}: {found:?}");
            let violations = session.violations();
            assert!(
                violations.is_empty(),
                "{name} on, seed {seed}: {violations:?}"
            );
        }
    }
}
