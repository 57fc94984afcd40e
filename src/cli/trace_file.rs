//! Where the trace goes. A file appears whole, when everything has been run, or not at all; and a
//! file that this program did not write is kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::output::printed;
use super::{Failure, UNREADABLE};
use crate::command::diagnostic::printable;
use crate::script::trace;
use crate::session::Sink;

/// The first line of a trace is looked for within so many bytes.
const FIRST_LINE: u64 = 1 << 20;

/// A trace being written.
pub(super) struct TraceFile {
    target: Target,
    lines: Arc<Mutex<Lines>>,
}

enum Target {
    Stdout,
    /// A device or a pipe, which cannot be replaced.
    Stream(PathBuf),
    /// `part`, beside `path`, takes its place when it is whole.
    File {
        path: PathBuf,
        part: PathBuf,
    },
}

/// What is written to, and the first error of writing.
struct Lines {
    out: BufWriter<Box<dyn Write + Send>>,
    failed: Option<io::Error>,
}

impl TraceFile {
    /// Opens the trace at `path`; `-` is standard output. With `force` it may replace any file.
    pub(super) fn create(path: &Path, force: bool) -> Result<TraceFile, Failure> {
        let target = Target::of(path, force)?;
        let out: io::Result<Box<dyn Write + Send>> = match &target {
            Target::Stdout => Ok(Box::new(io::stdout())),
            Target::Stream(path) => OpenOptions::new().write(true).open(path).map(boxed),
            Target::File { part, .. } => File::create_new(part).map(boxed),
        };
        let lines = Lines {
            out: BufWriter::new(out.map_err(|error| Failure::unreadable(path, error))?),
            failed: None,
        };
        Ok(TraceFile {
            target,
            lines: Arc::new(Mutex::new(lines)),
        })
    }

    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// What a session tells its events to.
    pub(super) fn sink(&self) -> Sink {
        let lines = self.lines.clone();
        Box::new(move |record, world| {
            let mut lines = locked(&lines);
            if lines.failed.is_none() {
                let line = trace::line(record, world);
                lines.failed = writeln!(lines.out, "{line}").err();
            }
        })
    }

    /// Writes out what was told so far, and says whether writing went wrong.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let mut lines = locked(&self.lines);
        let written = match lines.failed.take() {
            Some(error) => Err(error),
            None => lines.out.flush(),
        };
        match &self.target {
            Target::Stdout => printed(written),
            Target::Stream(path) | Target::File { path, .. } => {
                written.map_err(|error| Failure::unreadable(path, error))
            }
        }
    }

    /// Puts the whole trace in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.flush()?;
        match &self.target {
            Target::File { path, part } => {
                fs::rename(part, path).map_err(|error| Failure::unreadable(path, error))
            }
            Target::Stdout | Target::Stream(_) => Ok(()),
        }
    }
}

impl Drop for TraceFile {
    /// Half a trace is of no use to anybody. A whole one has been moved, and nothing is there.
    fn drop(&mut self) {
        if let Target::File { part, .. } = &self.target {
            let _ = fs::remove_file(part);
        }
    }
}

impl Target {
    fn of(path: &Path, force: bool) -> Result<Target, Failure> {
        if path == Path::new("-") {
            return Ok(Target::Stdout);
        }
        let unreadable = |error: io::Error| Failure::unreadable(path, error);
        let path = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(unreadable(error)),
            Ok(found) if found.is_dir() => {
                return Err(unreadable(io::ErrorKind::IsADirectory.into()));
            }
            Ok(found) if !found.is_file() => return Ok(Target::Stream(path.to_owned())),
            Ok(_) if !force && !is_own(path) => {
                let words = format!(
                    "error: {}: this file was not written by raft-playground; --force replaces it",
                    path.display()
                );
                return Err(Failure {
                    words: printable(&words).into_owned(),
                    code: UNREADABLE,
                });
            }
            // What a link points to is replaced, not the link.
            Ok(_) => path.canonicalize().map_err(unreadable)?,
        };
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        Ok(Target::File { path, part })
    }
}

fn boxed(file: File) -> Box<dyn Write + Send> {
    Box::new(file)
}

/// A panic elsewhere leaves whole lines behind.
fn locked(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// True when the file begins like a trace of ours, or is empty.
fn is_own(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    let mut first = Vec::new();
    let read = BufReader::new(file.take(FIRST_LINE)).read_until(b'\n', &mut first);
    let line = serde_json::from_slice::<Value>(&first);
    match read {
        Ok(0) => true,
        Ok(_) => line.is_ok_and(|line| {
            let fields = ["id", "cause", "at_us", "event"];
            fields.iter().all(|field| line.get(field).is_some())
        }),
        Err(_) => false,
    }
}
