//! The demos prove what they tell: not one expectation in them is empty.

use assert_cmd::Command;
use raft_playground::command::{Condition, Line, Script, Statement};
use raft_playground::script::demos::DEMOS;

/// A statement with one clause of its expectation turned into the opposite, for each clause.
fn negations(statement: &Statement) -> Vec<Statement> {
    let turned = |condition: &Condition| -> Vec<Condition> {
        let clauses = 0..condition.0.len();
        clauses
            .map(|place| {
                let mut turned = condition.clone();
                turned.0[place].negated ^= true;
                turned
            })
            .collect()
    };
    match statement {
        Statement::Expect {
            condition,
            throughout,
        } => {
            let expect = |condition| Statement::Expect {
                condition,
                throughout: *throughout,
            };
            turned(condition).into_iter().map(expect).collect()
        }
        Statement::At(at, inner) => {
            let inner = negations(inner).into_iter();
            inner
                .map(|inner| Statement::At(*at, Box::new(inner)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Every line of a script with its statement, `repeat` opened.
fn lines(lines: &[Line]) -> Vec<(usize, &Statement)> {
    let each = lines.iter().map(|line| match &line.statement {
        Statement::Repeat(_, inner) => self::lines(inner),
        statement => vec![(line.number, statement)],
    });
    each.flatten().collect()
}

#[test]
fn the_opposite_of_any_expectation_fails_and_says_what_was_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut wanted = Vec::new();
    for demo in DEMOS {
        let script = Script::parse(demo.name, demo.text).unwrap_or_else(|wrong| panic!("{wrong}"));
        for (number, statement) in lines(&script.lines) {
            for negation in negations(statement) {
                let name = format!("{:05}-{}.raft", wanted.len(), demo.name);
                let negation = negation.to_string();
                let mut text: Vec<&str> = demo.text.lines().collect();
                text[number - 1] = &negation;
                std::fs::write(folder.path().join(&name), text.join("\n")).expect("a file");
                wanted.push((name, number, negation));
            }
        }
    }
    assert!(wanted.len() > 500, "only {} expectations", wanted.len());
    let mut program = Command::new(assert_cmd::cargo::cargo_bin!("raft-playground"));
    program
        .args(["test", "--hosts", "inline"])
        .arg(folder.path());
    let output = program.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut lines = text.lines();
    for (name, number, negation) in wanted {
        // What is told of the one before, and then the line of this one.
        let head = lines
            .find(|line| !line.starts_with(' '))
            .unwrap_or("nothing");
        assert!(
            head.starts_with("FAILED ") && head.ends_with(&name),
            "{negation}: {head}"
        );
        let failed = format!("line {number}: `{}` does not hold", bare(&negation));
        assert_eq!(lines.next().map(str::trim), Some(&*failed), "{name}");
        let found = lines
            .next()
            .and_then(|line| line.trim().strip_prefix("found at "));
        let found = found.and_then(|found| found.split_once(": "));
        assert!(
            found.is_some_and(|(_, found)| !found.is_empty()),
            "{name}: {failed}"
        );
    }
}

/// A statement without its `at`.
fn bare(statement: &str) -> &str {
    &statement[statement.find("expect").expect("an expectation")..]
}
