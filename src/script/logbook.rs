//! The journal of a live session on disk: a script that replays it, appended to as it goes, so
//! that even a crash of the program loses nothing.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
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

/// What is said after a panic: the seed of the running session, and its journal or script.
pub fn last_words() -> Option<String> {
    let whereabouts = WHEREABOUTS.lock().ok()?.clone()?;
    Some(format!(
        "this is a bug in raft-playground; to see it again: {whereabouts}"
    ))
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
    /// So many bytes of the file hold it.
    length: u64,
}

impl Logbook {
    /// Begins a logbook in the user's state folder. `None` when it cannot be written; a session
    /// goes on without.
    pub fn begin(stage: &Stage, script: Option<&Script>) -> Option<Logbook> {
        let begun = match folder() {
            Some(folder) => Logbook::begin_in(&folder, stage, script),
            None => Err(io::Error::other("there is no home folder")),
        };
        match &begun {
            Ok(book) => book.remember_where(),
            Err(error) => set_whereabouts(format!(
                "seed {}; the session could not keep a journal: {error}",
                stage.seed
            )),
        }
        begun.ok()
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
    ) -> io::Result<Logbook> {
        std::fs::create_dir_all(folder)?;
        forget_oldest(folder);
        // A clock before 1970 is wrong, and names are not worth an error.
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
        let since = since.unwrap_or_default().as_millis();
        let path = folder.join(format!("{since}-{}.raft", std::process::id()));
        let blank = Writer::new(stage, script);
        let file = File::create(&path)?;
        let mut book = Logbook {
            path,
            seed: stage.seed,
            script: blank.clone(),
            blank,
            file,
            written: Journal::default(),
            length: 0,
        };
        let head = book.script.take();
        book.write(&head)?;
        Ok(book)
    }

    /// Where it is.
    #[cfg(test)]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings the file up to date with a journal. One that does not go on from what is written,
    /// since it is another branch's, is written anew. Errors are ignored: the disk may be full,
    /// and the session matters more. What could not be written is tried again the next time.
    pub fn keep(&mut self, journal: &Journal) {
        let mut known = self.written.common(journal);
        if known < self.written.len() {
            self.script = self.blank.clone();
            self.written = Journal::default();
            self.length = 0;
            known = 0;
        } else if known == journal.len() {
            return;
        }
        let mut script = self.script.clone();
        let new = journal.iter().skip(known);
        new.for_each(|entry| script.add(entry));
        if self.write(&script.take()).is_ok() {
            self.script = script;
            self.written = journal.clone();
        }
    }

    /// Adds to the file. What is written in part is taken back: half a line is no script.
    fn write(&mut self, text: &str) -> io::Result<()> {
        let file = &mut self.file;
        let wrote = file
            .set_len(self.length)
            .and_then(|()| file.seek(SeekFrom::Start(self.length)))
            .and_then(|_| file.write_all(text.as_bytes()));
        match wrote {
            Ok(()) => self.length += text.len() as u64,
            Err(_) => file.set_len(self.length).unwrap_or_default(),
        }
        wrote
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::free_stage;
    use crate::session::{Deed, Entry};

    #[test]
    fn what_could_not_be_written_is_written_later_and_nothing_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut book = Logbook::begin_in(folder.path(), &free_stage(3, 7), None).expect("a book");
        let head = std::fs::read_to_string(book.path()).expect("its text");
        let mut journal = Journal::default();
        let mut mark = |book: &mut Logbook, at| {
            let deed = Deed::Mark;
            let by_hand = true;
            journal.push(Entry { at, deed, by_hand });
            book.keep(&journal);
            std::fs::read_to_string(book.path()).expect("its text")
        };
        let once = mark(&mut book, 1_000);
        assert!(once.starts_with(&head) && once.matches("mark").count() == 1);
        // A file that can only be read takes nothing.
        let readable = File::open(book.path()).expect("the file");
        let writable = std::mem::replace(&mut book.file, readable);
        assert_eq!(mark(&mut book, 2_000), once);
        book.file = writable;
        let all = mark(&mut book, 3_000);
        assert!(all.starts_with(&once));
        assert_eq!(all.matches("mark").count(), 3, "{all}");
    }
}
