//! The lines that were typed: kept from one start to the next, where they can be.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::script::place::Place;

/// So many lines are kept.
const KEPT: usize = 200;
/// A longer line is not kept on disk: it was pasted, and is found where it came from.
const LONGEST: usize = 1_000;

/// The lines that were typed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct History {
    /// The newest last, each once.
    lines: Vec<String>,
    file: Option<PathBuf>,
}

impl History {
    /// What a file holds, which is to hold what follows too. A file that cannot be read is one
    /// without lines.
    pub fn kept_in(file: PathBuf) -> History {
        History {
            lines: read(&file),
            file: Some(file),
        }
    }

    /// The lines, the newest last.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Adds a line. What cannot be written is not kept, and nobody is the worse for it.
    pub fn remember(&mut self, line: &str) {
        add(&mut self.lines, line);
        if let Some(file) = self.file.as_deref().filter(|_| line.len() <= LONGEST) {
            // Another dashboard may have added lines of its own.
            let mut lines = read(file);
            add(&mut lines, line);
            let _ = write(file, &lines);
        }
    }
}

fn add(lines: &mut Vec<String>, line: &str) {
    lines.retain(|known| known != line);
    lines.push(line.to_owned());
    let excess = lines.len().saturating_sub(KEPT);
    lines.drain(..excess);
}

fn read(file: &Path) -> Vec<String> {
    let most = KEPT * (LONGEST + 1);
    let mut bytes = Vec::new();
    let file = File::open(file);
    if file
        .and_then(|file| file.take(most as u64).read_to_end(&mut bytes))
        .is_err()
    {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        add(&mut lines, &line.replace(char::is_control, " "));
    }
    lines
}

fn write(file: &Path, lines: &[String]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let place = Place::of(file, true, |_| true)?;
    place.fill(&(lines.join("\n") + "\n")).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_from_one_start_to_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("new/history");
        let mut one = History::kept_in(file.clone());
        let mut other = History::kept_in(file.clone());
        assert!(one.lines().is_empty());
        one.remember("crash n1");
        other.remember("heal");
        one.remember("crash n1");
        one.remember(&"x".repeat(LONGEST + 1));
        assert_eq!(one.lines().len(), 2);
        assert_eq!(History::kept_in(file.clone()).lines(), ["heal", "crash n1"]);
        for number in 0..2 * KEPT {
            one.remember(&format!("wait {number}ms"));
        }
        let kept = History::kept_in(file);
        assert_eq!(kept.lines().len(), KEPT);
        assert_eq!(kept.lines().last().map(String::as_str), Some("wait 399ms"));
        let files = std::fs::read_dir(folder.path().join("new")).expect("a folder");
        assert_eq!(files.count(), 1, "no part is left behind");
    }

    #[test]
    fn what_cannot_be_read_or_written_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut history = History::kept_in(folder.path().to_owned());
        history.remember("heal");
        assert_eq!(history.lines(), ["heal"]);
        let file = folder.path().join("history");
        std::fs::write(&file, b"a\xff\x1b[2J\n\nb\n").expect("a file");
        let kept = History::kept_in(file);
        assert_eq!(kept.lines(), ["a\u{fffd} [2J", "b"]);
    }
}
