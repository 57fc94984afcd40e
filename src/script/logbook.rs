//! The journal of a live session on disk: a script that replays it, appended to as it goes, so
//! that even a crash of the program loses nothing.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use etcetera::BaseStrategy;

use super::saved::Writer;
use crate::command::Script;
use crate::session::Journal;
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
    /// A script with its head only.
    blank: Writer,
    script: Writer,
    file: File,
    /// What the file holds.
    written: Journal,
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

    pub(super) fn begin_in(
        folder: &Path,
        stage: &Stage,
        script: Option<&Script>,
    ) -> Option<Logbook> {
        std::fs::create_dir_all(folder).ok()?;
        forget_oldest(folder);
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().ok()?;
        let name = format!("{}-{}.raft", since.as_millis(), std::process::id());
        let path = folder.join(name);
        let blank = Writer::new(stage, script);
        let mut script = blank.clone();
        let mut file = File::create(&path).ok()?;
        file.write_all(script.take().as_bytes()).ok()?;
        Some(Logbook {
            path,
            seed: stage.seed,
            blank,
            script,
            file,
            written: Journal::default(),
        })
    }

    /// Where it is.
    #[cfg(test)]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings the file up to date with a journal. One that does not go on from what is written,
    /// since it is another branch's, is written anew. Errors are ignored: the disk may be full,
    /// and the session matters more.
    pub fn keep(&mut self, journal: &Journal) {
        let mut known = self.written.common(journal);
        if known < self.written.len() {
            let Ok(file) = File::create(&self.path) else {
                return;
            };
            self.file = file;
            self.script = self.blank.clone();
            known = 0;
        } else if known == journal.len() {
            return;
        }
        journal
            .iter()
            .skip(known)
            .for_each(|entry| self.script.add(entry));
        let _ = self.file.write_all(self.script.take().as_bytes());
        self.written = journal.clone();
    }
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
