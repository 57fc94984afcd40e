//! The floors of the house: a file uses only floors below its own.

use std::path::{Path, PathBuf};

/// The floors, from the ground up. Names on one line share a floor and do not use each other.
const FLOORS: [&[&str]; 13] = [
    &["hash", "room"],
    &["kv", "list"],
    &["raft"],
    &["world"],
    &["command"],
    &["check"],
    &["session"],
    &["script"],
    &["screen"],
    &["explore", "record"],
    &["tui"],
    &["cli"],
    &["main", "lib"],
];

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|names| names.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` has no floor: give it one in tests/architecture.rs"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the sources are readable");
    for entry in entries {
        let path = entry.expect("the sources are readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// A file without its comments, line by line.
fn code(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Every `crate::NAME` in a file, with its line: in `use` lines and in paths, and each of a group.
fn uses(text: &str) -> Vec<(usize, String)> {
    let code = code(text);
    let mut found = Vec::new();
    for (at, path) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + path.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => items(group),
            None => vec![rest],
        };
        found.extend(names.into_iter().map(|name| (line, first_word(name))));
    }
    found
}

/// What stands between commas up to the brace that ends the group, which is open already.
fn items(group: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(group[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    // There may be a comma after the last.
    found.retain(|item| !item.is_empty());
    found
}

fn first_word(text: &str) -> String {
    let in_word = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(in_word).collect()
}

/// True when `word` stands in the code as a word of its own.
fn says(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|other| other == word)
}

#[test]
fn names_are_found_in_groups_too() {
    let text =
        "use crate::{\n    kv::{Key, Text},\n    raft,\n};\n// crate::tui\ncrate::world::Now";
    let found = uses(text);
    let found: Vec<_> = found.iter().map(|(line, name)| (*line, &**name)).collect();
    assert_eq!(found, [(1, "kv"), (1, "raft"), (6, "world")]);
    assert!(says(
        "use std::collections::{BTreeMap, HashMap};",
        "HashMap"
    ));
    assert!(!says("use imbl::GenericHashMap;", "HashMap"));
}

#[test]
fn a_file_uses_only_the_floors_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).expect("files lie below src");
        let top = path.components().next().expect("a file has a name");
        let top = Path::new(top.as_os_str()).with_extension("");
        let own = top.to_str().expect("names are ASCII").to_owned();
        let text = std::fs::read_to_string(&file).expect("the sources are readable");
        for (line, used) in uses(&text) {
            if used != own && floor(&used) >= floor(&own) {
                wrong.push(format!("{}:{line}: {own} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn below_the_session_there_is_no_wall_clock_no_float_and_no_order_by_chance() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).expect("files lie below src");
        let mut below = FLOORS[..floor("session")].iter().copied().flatten();
        if !below.any(|name| path.starts_with(name) || path.starts_with(format!("{name}.rs"))) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("the sources are readable");
        for (line, code) in (1..).zip(code(&text).lines()) {
            // The maps of the standard library are in another order each time.
            let words = ["HashMap", "HashSet"].into_iter();
            let words = words.filter(|word| says(code, word));
            let parts = [
                "Instant::now",
                "SystemTime",
                "f64",
                "f32",
                "thread::current",
                "println!",
            ];
            let parts = parts.into_iter().filter(|part| code.contains(part));
            for bad in words.chain(parts) {
                wrong.push(format!("{}:{line}: {bad}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
