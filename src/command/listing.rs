//! The list of commands, for `raft-playground commands`.

use std::fmt::{Display, Write};

use serde_json::{Value, json};

use super::ViewName;
use super::link::kinds;
use super::nodes::group_help;
use super::question::WORDS;
use super::verb::{Group, OPTIONS, VERBS};
use super::why::TOPICS;
use crate::raft::{Invariant, Rule};
use crate::world::command::Group as Selection;

/// Everything that can be said, for a person.
pub fn commands_text() -> String {
    let mut text = String::new();
    for (group, heading) in Group::ALL {
        let verbs = VERBS.iter().filter(|verb| verb.group == group);
        section(
            &mut text,
            heading,
            verbs.map(|verb| (verb.usage.to_owned(), verb.help)),
        );
    }
    section(
        &mut text,
        "Options, with their defaults (set OPTION VALUE)",
        OPTIONS.iter().map(|option| {
            // What is to be filled in the default shows; words must all be told.
            let values = match option.value.contains('|') {
                true => format!(": {}", option.value),
                false => String::new(),
            };
            let help = format!("{}{values}", option.help);
            (format!("{} {}", option.name, option.default), help)
        }),
    );
    let words = WORDS.iter();
    section(
        &mut text,
        "Conditions (COND), joined by `and`, each with an optional `not` or `no`",
        words.map(|word| (word.usage.to_owned(), word.help)),
    );
    section(
        &mut text,
        "Questions (why QUESTION), each with an optional `not` or `no`",
        TOPICS
            .iter()
            .map(|topic| (topic.usage.to_owned(), topic.help)),
    );
    section(
        &mut text,
        "Nodes (NODES): names joined by `,`, or a word; `all-leader` is one less another",
        Selection::ALL.map(|(group, word)| (word.to_owned(), group_help(group))),
    );
    section(
        &mut text,
        "Messages (KIND)",
        kinds().map(|(name, help, _)| (name.to_owned(), help)),
    );
    section(
        &mut text,
        "Views (view NAME)",
        ViewName::ALL
            .iter()
            .map(|view| (view.name().to_owned(), view.shows())),
    );
    section(
        &mut text,
        "Rules (rule RULE on|off)",
        Rule::ALL
            .iter()
            .map(|rule| (rule.info().name.to_owned(), rule.info().holds)),
    );
    section(
        &mut text,
        "Invariants (violation INVARIANT)",
        Invariant::ALL.map(|it| (it.to_string(), "")),
    );
    text
}

/// The widest column of words; longer ones have their help on the next line.
const COLUMN: usize = 34;

fn section(
    text: &mut String,
    heading: &str,
    rows: impl IntoIterator<Item = (String, impl Display)>,
) {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let mut line = |line: &str| {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{}", line.trim_end());
    };
    line(heading);
    for (word, help) in rows {
        match word.chars().count() > COLUMN {
            true => {
                line(&format!("  {word}"));
                line(&format!("  {:COLUMN$}  {help}", ""));
            }
            false => line(&format!("  {word:COLUMN$}  {help}")),
        }
    }
}

/// Everything that can be said, for a program.
pub fn commands_json() -> Value {
    let verbs = VERBS.iter().map(|verb| {
        let heading = Group::ALL.iter().find(|(group, _)| *group == verb.group);
        json!({
            "name": verb.name, "usage": verb.usage, "help": verb.help,
            "group": heading.map(|(_, heading)| heading),
        })
    });
    let options = OPTIONS.iter().map(|option| {
        json!({
            "name": option.name, "value": option.value, "default": option.default,
            "help": option.help,
        })
    });
    let conditions = WORDS
        .iter()
        .map(|word| json!({"name": word.name, "usage": word.usage, "help": word.help}));
    let questions = TOPICS
        .iter()
        .map(|topic| json!({"name": topic.name, "usage": topic.usage, "help": topic.help}));
    let nodes =
        Selection::ALL.map(|(group, word)| json!({"name": word, "help": group_help(group)}));
    let kinds = kinds().map(|(name, help, _)| json!({"name": name, "help": help}));
    let views = ViewName::ALL.iter();
    let views = views.map(|view| json!({"name": view.name(), "help": view.shows()}));
    json!({
        "verbs": verbs.collect::<Vec<_>>(),
        "options": options.collect::<Vec<_>>(),
        "conditions": conditions.collect::<Vec<_>>(),
        "questions": questions.collect::<Vec<_>>(),
        "nodes": nodes,
        "kinds": kinds.collect::<Vec<_>>(),
        "views": views.collect::<Vec<_>>(),
        "invariants": Invariant::ALL.map(Invariant::name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_shows_what_can_be_said() {
        let text = commands_text();
        assert!(
            text.contains("crash NODES                         lose memory and unsynced writes\n")
        );
        assert!(text.contains("election-timeout 150ms..300ms"));
        assert!(text.contains("chaos on|off"));
        assert!(text.contains("Membership and state\n  add NODE [as learner] [via NODE]"));
        assert!(text.contains("the configuration changes: joint|single\n"));
        assert!(text.contains("timeout-now-reply"));
        assert!(text.contains("lease-under-drift"));
        assert!(text.contains("In the dashboard only\n  open NAME|FILE "));
        assert!(text.contains("commit N [on NODE]                  the entry at that index"));
    }
}
