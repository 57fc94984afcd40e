//! Where the trace goes; a file appears when everything has been run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Failure;
use super::interrupt::leave_nothing;
use super::output::printed;
use crate::script::place::Place;
use crate::script::trace;
use crate::session::Sink;

/// A trace being written.
pub(super) struct TraceFile {
    target: Target,
    lines: Arc<Mutex<Lines>>,
}

enum Target {
    Stdout,
    /// A file, as the person calls it, its place, and the file itself.
    File(PathBuf, Place, File),
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
        let out: Box<dyn Write + Send> = match &target {
            Target::Stdout => Box::new(io::stdout()),
            Target::File(path, _, file) => {
                let file = file.try_clone();
                Box::new(file.map_err(|error| Failure::unreadable(path, error))?)
            }
        };
        let lines = Lines {
            out: BufWriter::new(out),
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
            Target::File(path, ..) => written.map_err(|error| Failure::unreadable(path, error)),
        }
    }

    /// Puts the whole trace in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.flush()?;
        match &self.target {
            Target::Stdout => Ok(()),
            Target::File(path, place, file) => {
                let closed = place.close(file).map(|_| ());
                closed.map_err(|error| Failure::unreadable(path, error))
            }
        }
    }
}

impl Target {
    fn of(path: &Path, force: bool) -> Result<Target, Failure> {
        if path == Path::new("-") {
            return Ok(Target::Stdout);
        }
        let opened = Place::of(path, force, trace::is_own).and_then(|place| {
            leave_nothing();
            let file = place.open()?;
            Ok(Target::File(path.to_owned(), place, file))
        });
        opened.map_err(|error| Failure::of_place(path, &error))
    }
}

/// A panic elsewhere leaves whole lines behind.
fn locked(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}
