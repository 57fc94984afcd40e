//! The floors of the house: a file uses only floors below its own.

use std::path::{Path, PathBuf};

/// The floors, from the ground up. Names on one line share a floor and do not use each other.
const FLOORS: [&[&str]; 12] = [
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

/// Every `crate::NAME` in a file, with its line: in `use` lines, grouped ones too, and in paths.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            let names = rest.strip_prefix('{').unwrap_or(rest);
            let name: String = names
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            found.push((number + 1, name));
        }
    }
    found
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
        let below = ["kv", "raft", "world", "check"];
        if !below
            .iter()
            .any(|name| path.starts_with(name) || path.starts_with(format!("{name}.rs")))
        {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("the sources are readable");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for bad in [
                "Instant::now",
                "SystemTime",
                "f64",
                "f32",
                "std::collections::HashMap",
                "thread::current",
                "println!",
            ] {
                if code.contains(bad) {
                    wrong.push(format!("{}:{}: {bad}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
