//! Reads keymap files, and says all that is wrong with one at once.

use std::ops::Range;

use toml::de::DeValue;

use super::{Binding, Deed, Keymap, ParseStatement, written};
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::problem::{Problem, did_you_mean, place, report, table};

const SECTIONS: [&str; 2] = ["actions", "statements"];

/// A binding with its place in the file.
struct Row {
    binding: Binding,
    at: Range<usize>,
}

/// `base` with the bindings of the file over it. Statements are checked when a parser is given.
pub fn overlay(
    base: &Keymap,
    file: &str,
    text: &str,
    parse: Option<ParseStatement<'_>>,
) -> Result<Keymap, String> {
    let mut problems = Vec::new();
    let rows = rows(file, text, parse, &mut problems);
    let bindings = merged(base, &rows, &mut problems);
    match problems.is_empty() {
        true => Ok(Keymap::arranged(bindings)),
        false => Err(report(file, text, problems)),
    }
}

/// The bindings that can be read, in the order of the file.
fn rows(
    file: &str,
    text: &str,
    parse: Option<ParseStatement<'_>>,
    problems: &mut Vec<Problem>,
) -> Vec<Row> {
    let example = "a binding looks like \"c\" = \"crash-or-restart\"";
    let table = match table(file, text, example) {
        Ok(table) => table,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut rows = Vec::new();
    for (section, value) in table.get_ref() {
        let name: &str = section.get_ref();
        if !SECTIONS.contains(&name) {
            problems.push(Problem {
                at: section.span(),
                title: format!("there is no section `{name}`"),
                label: "unknown section".into(),
                other: None,
                help: did_you_mean(
                    name,
                    SECTIONS.into_iter(),
                    "sections are [actions] and [statements]",
                ),
            });
            continue;
        }
        let Some(entries) = value.get_ref().as_table() else {
            problems.push(Problem {
                at: value.span(),
                title: format!("`{name}` must be a section"),
                label: format!("found: {}", value.get_ref().type_str()),
                other: None,
                help: format!("write [{name}] on a line of its own, and the keys below it"),
            });
            continue;
        };
        for (key, value) in entries {
            let keys = keys(key.get_ref(), key.span(), text, problems);
            let deed = deed(name, value.get_ref(), value.span(), parse, problems);
            if let (Some(keys), Some(deed)) = (keys, deed) {
                let at = key.span();
                let place = place(file, text, at.start).into();
                let binding = Binding { keys, deed, place };
                rows.push(Row { binding, at });
            }
        }
    }
    rows.sort_by_key(|row| row.at.start);
    rows
}

fn keys(
    written: &str,
    at: Range<usize>,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Key>> {
    let mut keys = Vec::new();
    for name in written.split_whitespace() {
        match name.parse::<Key>() {
            Ok(key) => keys.push(key),
            Err(unknown) => {
                // Within a sequence the one wrong name is underlined, where it can be found.
                let place = text.get(at.clone()).and_then(|source| source.find(name));
                let at = place.map_or(at.clone(), |place| {
                    at.start + place..at.start + place + name.len()
                });
                let general = "a key is a character or one of space, enter, esc, tab, up, f5 …, \
                               with ctrl-, alt- or shift- before it";
                let help = match unknown.near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => general.into(),
                };
                problems.push(Problem {
                    at,
                    title: format!("there is no key `{name}`"),
                    label: "unknown key".into(),
                    other: None,
                    help,
                });
                return None;
            }
        }
    }
    if keys.is_empty() {
        problems.push(Problem {
            at,
            title: "a binding needs a key".into(),
            label: "no key".into(),
            other: None,
            help: "the blank key is called `space`".into(),
        });
        return None;
    }
    Some(keys)
}

fn deed(
    section: &str,
    value: &DeValue<'_>,
    at: Range<usize>,
    parse: Option<ParseStatement<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<Deed> {
    let Some(text) = value.as_str() else {
        problems.push(Problem {
            at,
            title: "a key is bound to a text".into(),
            label: format!("found: {}", value.type_str()),
            other: None,
            help: "put it in double quotes".into(),
        });
        return None;
    };
    if section == "statements" {
        return match parse.map(|parse| parse(text)) {
            Some(Err(error)) => {
                problems.push(Problem {
                    at,
                    title: "this is no statement".into(),
                    label: first_line(&error),
                    other: None,
                    help: "`raft-playground commands` lists all statements".into(),
                });
                None
            }
            Some(Ok(_)) | None => Some(Deed::Perform(text.to_string())),
        };
    }
    let action = Action::named(text);
    if action.is_none() {
        let names = Action::ALL.iter().map(|action| action.name());
        let general =
            "`raft-playground keys` lists all actions; statements stand under [statements]";
        problems.push(Problem {
            at,
            title: format!("there is no action `{text}`"),
            label: "unknown action".into(),
            other: None,
            help: did_you_mean(text, names, general),
        });
    }
    action.map(Deed::Act)
}

/// The base with the rows over it; two rows for one key, and keys that hide a sequence, are
/// problems.
fn merged(base: &Keymap, rows: &[Row], problems: &mut Vec<Problem>) -> Vec<Binding> {
    let mut all = base.bindings.clone();
    for (place, row) in rows.iter().enumerate() {
        let same = |first: &&Row| first.binding.keys == row.binding.keys;
        if let Some(first) = rows[..place].iter().find(same) {
            problems.push(Problem {
                at: row.at.clone(),
                title: format!("`{}` is bound twice", row.binding.written()),
                label: format!("it does “{}” already", first.binding.deed.words()),
                other: Some(format!("the first one is at {}", first.binding.place)),
                help: "keep one of the two".into(),
            });
        }
        match all.iter_mut().find(|old| old.keys == row.binding.keys) {
            Some(old) => *old = row.binding.clone(),
            None => all.push(row.binding.clone()),
        }
    }
    all.retain(|binding| binding.deed != Deed::Act(Action::Unbound));
    for row in rows
        .iter()
        .filter(|row| row.binding.deed != Deed::Act(Action::Unbound))
    {
        for other in &all {
            let (own, others) = (&row.binding.keys, &other.keys);
            if own == others || !(own.starts_with(others) || others.starts_with(own)) {
                continue;
            }
            // Of two rows of this file, the later one is told.
            let earlier = rows.iter().find(|row| row.binding.keys == *others);
            if earlier.is_some_and(|earlier| earlier.at.start > row.at.start) {
                continue;
            }
            problems.push(Problem {
                at: row.at.clone(),
                title: format!(
                    "`{}` and `{}` cannot both be bound",
                    written(own),
                    written(others)
                ),
                label: format!(
                    "one begins with the other, which does “{}”",
                    other.deed.words()
                ),
                other: Some(format!("the other one is at {}", other.place)),
                help: format!(
                    "choose other keys, or bind \"{}\" to \"none\"",
                    written(others)
                ),
            });
        }
    }
    all
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}
