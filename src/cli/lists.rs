//! What can be listed: demos, statements, rules, keys; and the pages made from the command line.

use serde_json::{Value, json};

use crate::command::{self, Script};
use crate::raft::rule::{Protects, Rule};
use crate::script::demos::DEMOS;
use crate::tui::Keymap;

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The built-in demos, by topic.
pub(super) fn demos(as_json: bool) -> String {
    let parsed = DEMOS
        .iter()
        .filter_map(|demo| Some((demo, Script::parse(demo.name, demo.text).ok()?)));
    if as_json {
        let rows: Value = parsed
            .map(|(demo, script)| {
                let about: Vec<&str> = script.about.iter().map(|line| &*line.text).collect();
                json!({"name": demo.name, "topic": demo.topic, "title": &*script.title.text, "about": about})
            })
            .collect();
        return pretty(&rows);
    }
    let mut text = String::new();
    let mut topic = "";
    for (demo, script) in parsed {
        if demo.topic != topic {
            topic = demo.topic;
            text.push_str(&format!("{topic}\n"));
        }
        text.push_str(&format!("  {:<14} {}\n", demo.name, script.title.text));
    }
    text
}

/// The rules of Raft, and what each protects.
pub(super) fn rules(as_json: bool) -> String {
    let protects = |rule: &Rule| match rule.info().protects {
        Protects::Safety(invariant) => invariant,
        Protects::Availability => "availability",
    };
    if as_json {
        let rows: Value = Rule::ALL
            .iter()
            .map(|rule| {
                let info = rule.info();
                json!({
                    "name": info.name, "holds": info.holds, "without": info.without,
                    "source": info.source, "protects": protects(rule),
                    "companions": info.companions,
                })
            })
            .collect();
        return pretty(&rows);
    }
    let mut text = String::new();
    for rule in Rule::ALL {
        let info = rule.info();
        text.push_str(&format!("{}\n  {}\n", info.name, info.holds));
        text.push_str(&format!("  off: {}\n", info.without));
        text.push_str(&format!(
            "  protects {} ({})\n",
            protects(rule),
            info.source
        ));
        if !info.companions.is_empty() {
            text.push_str(&format!("  seen with {}\n", info.companions.join(", ")));
        }
    }
    text
}

/// The statements of the command language.
pub(super) fn commands(as_json: bool) -> String {
    match as_json {
        true => pretty(&command::commands_json()),
        false => command::commands_text(),
    }
}

/// The keys of the dashboard.
pub(super) fn keys(as_json: bool) -> String {
    match as_json {
        true => pretty(&Keymap::default().keys_json()),
        false => Keymap::default().keys_text(),
    }
}

/// The completion script for a shell.
pub(super) fn completions(shell: clap_complete::Shell, mut command: clap::Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "raft-playground", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page.
pub(super) fn man(command: clap::Command) -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .expect("memory takes everything");
    String::from_utf8_lossy(&page).into_owned()
}
