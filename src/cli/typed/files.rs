//! The files that a word of the palette may mean: scripts, and folders on the way to them.

use std::path::Path;

use crate::command::clean::steers;

/// More than this nobody looks through.
const SEEN: usize = 10_000;
const OFFERED: usize = 200;

/// True when the name is complete: another word follows.
pub(super) fn is_whole(name: &str) -> bool {
    match name.strip_prefix('"') {
        Some(text) => text.contains('"'),
        None => name.contains(' '),
    }
}

/// The ending of a file, and what such a file is.
pub(super) type Ending = (&'static str, &'static str);

/// Scripts.
pub(super) const SCRIPTS: &[Ending] = &[("raft", "a script")];

/// The files with these endings, and the folders, whose paths begin so, as they are written in the
/// language, each with what it is.
pub(super) fn complete(name: &str, endings: &[Ending]) -> Vec<(String, String)> {
    let (quote, path) = match name.strip_prefix('"') {
        Some(path) => (true, path),
        None => (false, name),
    };
    let (folder, begin) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    let place = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = std::fs::read_dir(Path::new(place)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten().take(SEEN) {
        let Ok(file) = entry.file_name().into_string() else {
            continue;
        };
        let hidden = file.starts_with('.') && !begin.starts_with('.');
        if !file.starts_with(begin) || hidden || file.contains(['"', '\\']) || file.contains(steers)
        {
            continue;
        }
        let path = format!("{folder}{file}");
        // Also by way of a link.
        if entry.path().is_dir() {
            let open = if quote || !is_word(&path) { "\"" } else { "" };
            found.push((format!("{open}{path}/"), "a folder".to_owned()));
        } else if let Some((_, what)) = kind(&file, endings) {
            let quote = if quote || !is_word(&path) { "\"" } else { "" };
            found.push((format!("{quote}{path}{quote}"), (*what).to_owned()));
        }
    }
    found.sort();
    found.truncate(OFFERED);
    found
}

fn kind<'a>(file: &str, endings: &'a [Ending]) -> Option<&'a Ending> {
    let (_, end) = file.rsplit_once('.')?;
    endings.iter().find(|(ending, _)| *ending == end)
}

/// True for what needs no quotes.
fn is_word(path: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "_./-".contains(ch);
    let joined = path
        .split(['/', '.'])
        .all(|part| !part.starts_with('-') && !part.ends_with('-'));
    path.chars().all(plain) && joined && !path.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for name in [
            "a b.raft",
            "plain.raft",
            "notes.txt",
            ".hidden.raft",
            "evil\u{1b}.raft",
            "-x.raft",
        ] {
            std::fs::write(root.join(name), "").expect("a file");
        }
        std::fs::create_dir(root.join("my runs")).expect("a folder");
        let path = root.display();
        let words = |name: &str| -> Vec<String> {
            let found = complete(name, SCRIPTS).into_iter();
            let begin = format!("{path}/");
            found.map(|(word, _)| word.replace(&begin, "")).collect()
        };
        assert_eq!(
            words(&format!("\"{path}/")),
            [
                "\"-x.raft\"",
                "\"a b.raft\"",
                "\"my runs/",
                "\"plain.raft\""
            ]
        );
        assert_eq!(words(&format!("\"{path}/.h")), ["\".hidden.raft\""]);
        assert!(words(&format!("{path}/nothing/here")).is_empty());
        assert!(!is_word("a b") && !is_word("a--b") && !is_word("-a/b"));
        assert!(is_word("../a-b_c/d.raft"));
        assert!(is_whole("a ") && is_whole("\"a b\"") && !is_whole("\"a b") && !is_whole("a"));
    }
}
