//! A session as a script: what was done, each line at its instant, and no longer than it went.

use std::io;
use std::path::{Path, PathBuf};

use super::place::Place;
use super::seal::Seal;
use crate::command::{Caption, Cluster, Condition, Script, Statement, duration_text};
use crate::raft::Micros;
use crate::session::{Deed, Entry};
use crate::world::Stage;

/// The first line of a session that was saved …
const MARKER: &str = "# a session of raft-playground; `raft-playground run` replays it";
/// … and of a script that the search for violations has written. In a file they are sealed: so the
/// program knows its own, as long as nobody has changed it.
pub const FOUND: &str = "# found by raft-playground fuzz";

/// Writes a journal as a script, line by line. Played, it gives the digest of the session.
#[derive(Clone, Debug)]
pub struct Writer {
    text: String,
    /// The instant that the script has come to.
    clock: Micros,
    /// Each `expect … for` whose time is not over.
    held: Vec<Held>,
}

/// An `expect … for` that is written in pieces: what was done meanwhile stands between them.
#[derive(Clone, Debug)]
struct Held {
    condition: Condition,
    until: Micros,
    /// True when the script has looked at the condition.
    begun: bool,
}

impl Writer {
    /// A script with its head: what sets the same stage again. `script` is the one that set it.
    pub fn new(stage: &Stage, script: Option<&Script>) -> Writer {
        let free = Caption::from("free play");
        let mut writer = Writer {
            text: format!("{MARKER}\n"),
            clock: 0,
            held: Vec::new(),
        };
        let title = script.map_or(free, |script| script.title.clone());
        writer.line(&Statement::Title(title));
        writer.line(&Statement::Cluster(Cluster::Names(stage.names.clone())));
        writer.line(&Statement::Seed(stage.seed));
        for (_, given) in script.iter().flat_map(|script| &script.given) {
            writer.line(&Statement::Given(given.clone()));
        }
        writer
    }

    /// Adds a line of the journal. What did nothing is left out.
    pub fn add(&mut self, entry: &Entry) {
        let statement = match &entry.deed {
            Deed::Act(command) => Statement::Act(command.clone()),
            Deed::Nothing(_) => return,
            Deed::Mark => Statement::Mark,
            Deed::Say(caption) => Statement::Say(caption.clone()),
            Deed::Expect(Statement::Expect {
                condition,
                throughout: Some(time),
            }) => {
                self.pass_to(entry.at);
                self.held.push(Held {
                    condition: condition.clone(),
                    until: entry.at.saturating_add(*time),
                    begun: false,
                });
                return;
            }
            Deed::Expect(statement) => statement.clone(),
        };
        self.hold_to(entry.at);
        match entry.at {
            0 => self.line(&statement),
            at => self.line(&Statement::At(at, Box::new(statement))),
        }
        self.clock = entry.at;
    }

    /// Takes what was written since it was taken last.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The script, ended at the instant `at`.
    pub fn end(mut self, at: Micros) -> String {
        self.pass_to(at);
        self.text
    }

    fn pass_to(&mut self, at: Micros) {
        self.hold_to(at);
        if at > self.clock {
            self.line(&Statement::Wait(at - self.clock));
            self.clock = at;
        }
    }

    /// Writes what must hold from here to `at`, as far as its time goes.
    fn hold_to(&mut self, at: Micros) {
        while let Some(first) = self.held.iter().map(|held| held.until).min() {
            let to = first.min(at);
            if to == self.clock && first > at && self.held.iter().all(|held| held.begun) {
                return;
            }
            let clauses = self.held.iter().flat_map(|held| held.condition.0.clone());
            self.line(&Statement::Expect {
                condition: Condition(clauses.collect()),
                throughout: Some(to - self.clock),
            });
            self.clock = to;
            self.held.retain(|held| held.until > to);
            self.held.iter_mut().for_each(|held| held.begun = true);
        }
    }

    fn line(&mut self, statement: &Statement) {
        self.text.push_str(&statement.to_string());
        self.text.push('\n');
    }
}

/// A file that a session was written to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saved {
    /// The file, with the ending that it was given.
    pub path: PathBuf,
    /// True when it took the place of another.
    pub replaced: bool,
}

/// Writes a script to a file, whole or not at all. A name without an ending gets `.raft`.
///
/// # Errors
/// Says which file, why, and where there is one, the remedy; one line.
pub fn save(script: &str, file: &str, force: bool) -> Result<Saved, String> {
    let mut path = PathBuf::from(file);
    if path.extension().is_none() {
        path.as_mut_os_string().push(".raft");
    }
    match write(script, &path, force) {
        Ok(replaced) => Ok(Saved { path, replaced }),
        Err(error) => {
            let file = path.display();
            let remedy = match error.kind() {
                io::ErrorKind::AlreadyExists => format!("; `save {file:?} force` replaces it"),
                _ => String::new(),
            };
            Err(format!("not saved: {file}: {error}{remedy}"))
        }
    }
}

/// Writes a script to this very file, whole or not at all; true when it took the place of another.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when a file is there that is to be kept,
/// [`io::ErrorKind::InvalidData`] when the script could not be read again; others when the file
/// cannot be written.
pub fn write(script: &str, path: &Path, force: bool) -> io::Result<bool> {
    if let Err(wrong) = Script::parse("script", script) {
        let why = wrong.0.first().map_or_else(String::new, |first| {
            let help = first.help.as_deref().unwrap_or_default();
            format!("{} ({help})", first.message)
        });
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let is_own = |text: &[u8]| [MARKER, FOUND].map(seal).iter().any(|it| it.is_whole(text));
    let (marker, lines) = script.split_once('\n').unwrap_or((script, ""));
    Place::of(path, force, is_own)?.fill(&seal(marker).put(lines))
}

fn seal(marker: &str) -> Seal<'_> {
    Seal::new(marker, "")
}

/// How much a script does and up to when, in words for the person.
pub fn extent(script: &str, at: Micros) -> String {
    let lines = script.lines().count();
    format!("{lines} lines, up to {}", duration_text(at))
}
