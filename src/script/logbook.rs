//! The journal of a live session on disk: a script that replays it, appended to as it goes, so
//! that even a crash of the program loses nothing.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use etcetera::BaseStrategy;

use crate::command::{Script, duration_text};
use crate::session::{Deed, Journal};
use crate::world::Stage;

/// So many logbooks of earlier sessions are kept.
const KEPT: usize = 20;

/// Where the running session can be found, for the last words of a panic.
static WHEREABOUTS: Mutex<Option<String>> = Mutex::new(None);

/// The seed of the running session, and its journal or script, in words.
pub fn whereabouts() -> Option<String> {
    WHEREABOUTS.lock().ok()?.clone()
}

/// Remembers where the running session can be found.
pub fn set_whereabouts(words: String) {
    if let Ok(mut whereabouts) = WHEREABOUTS.lock() {
        *whereabouts = Some(words);
    }
}

/// The folder of the user's system where the program keeps its state.
pub fn folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(state.join("raft-playground"))
}

/// A journal on disk.
pub struct Logbook {
    path: PathBuf,
    seed: u64,
    head: String,
    file: File,
    /// How many lines of which branch the file holds.
    written: (usize, usize),
}

impl Logbook {
    /// Begins a logbook in the user's state folder. `None` when it cannot be written; a session
    /// goes on without.
    pub fn begin(stage: &Stage, script: Option<&Script>) -> Option<Logbook> {
        let book = Logbook::begin_in(&folder()?, stage, script);
        match &book {
            Some(book) => book.remember_where(),
            None => set_whereabouts(format!(
                "seed {}; the session could not keep a journal",
                stage.seed
            )),
        }
        book
    }

    /// Remembers where its session can be found, which is the running one.
    pub fn remember_where(&self) {
        let (seed, path) = (self.seed, self.path.display());
        set_whereabouts(format!("seed {seed}; the journal of the session is {path}"));
    }

    fn begin_in(folder: &Path, stage: &Stage, script: Option<&Script>) -> Option<Logbook> {
        std::fs::create_dir_all(folder).ok()?;
        forget_oldest(folder);
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().ok()?;
        let name = format!("{}-{}.raft", since.as_millis(), std::process::id());
        let path = folder.join(name);
        let head = head(stage, script);
        let mut file = File::create(&path).ok()?;
        file.write_all(head.as_bytes()).ok()?;
        Some(Logbook {
            path,
            seed: stage.seed,
            head,
            file,
            written: (0, 0),
        })
    }

    /// Brings the file up to date with a journal; `branch` tells its branch from others. After
    /// a change of branch it is written anew. Errors are ignored: the disk may be full, and the
    /// session matters more.
    pub fn keep(&mut self, journal: &Journal, branch: usize) {
        let (mut known, written_branch) = self.written;
        if (journal.len(), branch) == self.written {
            return;
        }
        if branch != written_branch {
            let Ok(mut file) = File::create(&self.path) else {
                return;
            };
            let _ = file.write_all(self.head.as_bytes());
            self.file = file;
            known = 0;
        }
        let _ = self.file.write_all(lines(journal, known).as_bytes());
        self.written = (journal.len(), branch);
    }
}

/// What sets the same stage again.
fn head(stage: &Stage, script: Option<&Script>) -> String {
    let mut text =
        String::from("# a session of raft-playground; `raft-playground run` replays it\n");
    let names: Vec<&str> = stage.names.iter().map(|name| &**name).collect();
    let _ = writeln!(text, "cluster {}", names.join(" "));
    let _ = writeln!(text, "seed {}", stage.seed);
    for (_, given) in script.iter().flat_map(|script| &script.given) {
        let _ = writeln!(text, "{given}");
    }
    text
}

/// The lines of a journal from a place on, as statements.
fn lines(journal: &Journal, skip: usize) -> String {
    let mut text = String::new();
    for entry in journal.iter().skip(skip) {
        let at = duration_text(entry.at);
        let _ = match &entry.deed {
            Deed::Act(command) => writeln!(text, "at {at} {command}"),
            Deed::Mark => writeln!(text, "at {at} mark"),
            Deed::Nothing(_) | Deed::Say(_) => Ok(()),
        };
    }
    text
}

fn forget_oldest(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let books = entries.flatten().map(|entry| entry.path());
    let mut books: Vec<PathBuf> = books
        .filter(|path| path.extension().is_some_and(|end| end == "raft"))
        .collect();
    // Names begin with the time, so they sort by age.
    books.sort();
    let excess = books.len().saturating_sub(KEPT - 1);
    for book in &books[..excess] {
        let _ = std::fs::remove_file(book);
    }
}
