//! The demos show every scenario, prove what they tell, and can be read by a slow reader.

#[path = "fixtures/run.rs"]
mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use raft_playground::command::{Condition, Line, Script, Show, Statement};
use raft_playground::record::reading_time;
use raft_playground::screen::wrap::wrap;
use raft_playground::script::demos::DEMOS;
use raft_playground::script::play::times_real;
use raft_playground::script::{Player, Progress};
use raft_playground::session::Deed;
use raft_playground::world::{Command, Hosts};

/// The scenarios that a demo says it shows, in its first lines: `# Scenarios: 1, 2`.
fn scenarios(text: &str) -> Vec<u32> {
    let head = text.lines().take_while(|line| line.starts_with('#'));
    let lists = head.filter_map(|line| line.strip_prefix("# Scenarios: "));
    let numbers = lists.flat_map(|list| list.split(','));
    let read = numbers.map(|number| number.trim().parse());
    read.collect::<Result<_, _>>()
        .expect("scenarios are numbers")
}

#[test]
fn each_scenario_is_shown_by_a_demo() {
    let shown: BTreeSet<u32> = DEMOS.iter().flat_map(|demo| scenarios(demo.text)).collect();
    let missing: Vec<u32> = (1..=44).filter(|number| !shown.contains(number)).collect();
    assert!(missing.is_empty(), "no demo shows {missing:?}");
    assert_eq!(shown.len(), 44, "there are 44 scenarios: {shown:?}");
}

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
    let mut program = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("raft-playground"));
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

/// The dashboard's frame: it looks at the script so often.
const FRAME: Duration = Duration::from_millis(20);
/// What it shows in a second unless a script says otherwise, in virtual seconds.
const SPEED: f64 = 0.1;

/// What somebody needs to read a caption.
fn needed(caption: &str) -> Duration {
    Duration::from_micros(reading_time(caption))
}

/// What the script asks for by this caption, as the line `else` says it.
fn asked<'a>(script: &'a Script, caption: &str) -> Option<&'a Command> {
    let mut statements = lines(&script.lines).into_iter();
    statements.find_map(|(_, statement)| match statement {
        Statement::Ask {
            caption: asked,
            otherwise: Some(instead),
            ..
        } if &*asked.text == caption => match &instead.statement {
            Statement::Act(command) => Some(command),
            _ => None,
        },
        _ => None,
    })
}

/// How long each caption but the last stands on the screen, before somebody who does what is asked
/// as soon as it is read.
fn standing(name: &str, text: &str) -> Vec<(String, Duration)> {
    let (mut session, player) = run::set_up(name, text, None, Hosts::Inline);
    let script = player.script().clone();
    let mut player = Player::attended(script.clone());
    let mut captions: Vec<(String, Duration)> = Vec::new();
    let (mut speed, mut wall, mut known, mut until) = (SPEED, Duration::ZERO, 0, 0);
    let mut wanted: Option<&Command> = None;
    loop {
        let progress = player.advance(&mut session, until);
        for show in player.take_shows() {
            if let Show::Speed(shown) = show {
                speed = times_real(shown);
            }
        }
        for entry in session.journal().iter().skip(known) {
            if let Deed::Say(caption) = &entry.deed {
                captions.push((caption.text.to_string(), wall));
                wanted = asked(&script, &caption.text);
            }
        }
        known = session.journal().len();
        if progress == Progress::Ends {
            break;
        }
        assert!(wall < Duration::from_secs(600), "{name} does not end");
        if let (Some(command), Some((caption, begins))) = (wanted, captions.last())
            && wall >= *begins + needed(caption)
        {
            session.act(command, true).expect("the instant ends");
            wanted = None;
        }
        wall += FRAME;
        until = session.now() + (FRAME.as_micros() as f64 * speed).max(1.0) as u64;
    }
    let ends = captions.iter().skip(1).map(|&(_, begins)| begins);
    let ends: Vec<Duration> = ends.collect();
    let each = captions.into_iter().zip(ends);
    each.map(|((text, begins), ends)| (text, ends - begins))
        .collect()
}

#[test]
fn every_caption_stands_until_it_is_read() {
    let mut short = Vec::new();
    for demo in DEMOS {
        for (caption, stands) in standing(demo.name, demo.text) {
            let needed = needed(&caption);
            // A frame more or less is nobody's loss.
            if stands + FRAME * 2 < needed {
                let name = demo.name;
                short.push(format!("{name}: {stands:.2?} of {needed:.2?}: {caption}"));
            }
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

/// The narrowest dashboard gives a caption two rows of so many columns.
const COLUMNS: u16 = 78;

#[test]
fn every_caption_fits_in_every_language() {
    let fits = |name: &str, text: &str| {
        let rows = wrap(text, COLUMNS).len();
        assert!(rows <= 2, "{name}: {rows} rows: {text}");
    };
    for demo in DEMOS {
        let script = Script::parse(demo.name, demo.text).unwrap_or_else(|wrong| panic!("{wrong}"));
        for (_, statement) in lines(&script.lines) {
            if let Statement::Say(caption) | Statement::Ask { caption, .. } = statement {
                fits(demo.name, &caption.text);
                fits(
                    demo.name,
                    caption.zh.as_ref().expect("it is told in Chinese too"),
                );
            }
        }
    }
}
