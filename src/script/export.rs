//! A stretch of a run, written to a file for others to read: its space-time diagram for Mermaid,
//! as SVG or as text, or its trace.

mod collect;
mod diagram;
mod mermaid;
mod svg;
mod text;

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::place::Place;
use super::seal::Seal;
use super::trace;
use crate::command::{Caption, Lang, duration_text};
use crate::raft::Micros;
use crate::session::{Session, Sink};
use crate::world::{Record, World};
use collect::Collector;
use diagram::{Diagram, MOST};

/// What a file is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A sequence diagram of Mermaid.
    Mermaid,
    /// A picture.
    Svg,
    /// Text.
    Text,
    /// The trace, as JSON Lines.
    Trace,
}

impl Kind {
    /// Every kind with the ending of its files, and what it is.
    pub const ALL: [(Kind, &'static str, &'static str); 4] = [
        (Kind::Mermaid, "mmd", "a sequence diagram of Mermaid"),
        (Kind::Svg, "svg", "a picture"),
        (Kind::Text, "txt", "text"),
        (Kind::Trace, "jsonl", "the trace"),
    ];

    /// The kind of a file, by its ending.
    pub fn of(path: &Path) -> Option<Kind> {
        let ending = path.extension()?.to_str()?;
        let mut all = Kind::ALL.into_iter();
        all.find(|(_, known, _)| ending.eq_ignore_ascii_case(known))
            .map(|(kind, _, _)| kind)
    }

    /// The first line of a diagram, by which the program knows its own.
    fn seal(self) -> Option<Seal<'static>> {
        match self {
            Kind::Mermaid => Some(Seal::new("%% raft-playground export", "")),
            Kind::Svg => Some(Seal::new("<!-- raft-playground export", " -->")),
            Kind::Text => Some(Seal::new("raft-playground export", "")),
            Kind::Trace => None,
        }
    }

    /// True for a diagram of this kind that nobody has changed, or a file that begins like a trace.
    fn is_own(self, head: &[u8]) -> bool {
        match self.seal() {
            Some(seal) => seal.is_whole(head),
            None => trace::is_own(head),
        }
    }
}

/// Why nothing was exported.
#[derive(Debug)]
pub enum Refusal {
    /// The ending of the file names no kind.
    Ending,
    /// The stretch ends before it begins.
    Backwards {
        /// Where it was to begin.
        from: Micros,
        /// Where it was to end.
        to: Micros,
    },
    /// The run was over before the stretch began.
    Over {
        /// Where it was to begin.
        from: Micros,
        /// Where the run ended.
        end: Micros,
    },
    /// More happened than a diagram can show.
    TooMuch {
        /// How much.
        count: usize,
        /// The stretch.
        stretch: RangeInclusive<Micros>,
    },
    /// The file cannot be written; [`io::ErrorKind::AlreadyExists`] where something else wrote
    /// the one that is there.
    Unwritten(io::Error),
}

impl fmt::Display for Refusal {
    /// What is wrong, in a line; the remedy is the caller's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Ending => {
                let [first, second, third, last] = Kind::ALL.map(|(_, ending, _)| ending);
                write!(
                    f,
                    "the file must end in .{first}, .{second}, .{third} or .{last}"
                )
            }
            Refusal::Backwards { from, to } => write!(
                f,
                "the stretch ends at {}, before it begins at {}",
                duration_text(*to),
                duration_text(*from)
            ),
            Refusal::Over { from, end } => write!(
                f,
                "the run is over at {}, before the stretch begins at {}",
                duration_text(*end),
                duration_text(*from)
            ),
            Refusal::TooMuch { count, stretch } => write!(
                f,
                "{count} events from {} to {} are too many for a diagram, which shows {MOST} at most",
                duration_text(*stretch.start()),
                duration_text(*stretch.end())
            ),
            Refusal::Unwritten(error) => error.fmt(f),
        }
    }
}

/// A file that was written.
#[derive(Debug)]
pub struct Exported {
    /// True when it took the place of another.
    pub replaced: bool,
    /// How many events it shows, or lines it has.
    pub count: usize,
    /// The stretch, as far as the run went.
    pub stretch: RangeInclusive<Micros>,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = if self.count == 1 { "event" } else { "events" };
        let (from, to) = (self.stretch.start(), self.stretch.end());
        let (from, to) = (duration_text(*from), duration_text(*to));
        write!(f, "{} {events}, from {from} to {to}", self.count)
    }
}

/// An export that is being made: the run is told to it, and then it is written.
pub struct Export {
    kind: Kind,
    stretch: RangeInclusive<Micros>,
    /// Where the file goes, as the person calls it.
    path: PathBuf,
    place: Place,
    sheet: Arc<Mutex<Sheet>>,
}

/// What is gathered of the run.
enum Sheet {
    /// For a diagram, once the run begins.
    Diagram(Option<Box<Collector>>),
    /// The lines of a trace, on their way to the file.
    Lines {
        out: BufWriter<File>,
        count: usize,
        failed: Option<io::Error>,
    },
}

impl Export {
    /// An export of a stretch to a file, whose ending says what it is to be. With `force` it may
    /// replace any file.
    ///
    /// # Errors
    /// When the order makes no sense, or the file cannot be written.
    pub fn begin(
        path: &Path,
        (from, to): (Micros, Micros),
        force: bool,
    ) -> Result<Export, Refusal> {
        let kind = Kind::of(path).ok_or(Refusal::Ending)?;
        if from > to {
            return Err(Refusal::Backwards { from, to });
        }
        let is_own = |head: &[u8]| kind.is_own(head);
        let place = Place::of(path, force, is_own).map_err(Refusal::Unwritten)?;
        let sheet = match kind {
            Kind::Trace => Sheet::Lines {
                out: BufWriter::new(place.open().map_err(Refusal::Unwritten)?),
                count: 0,
                failed: None,
            },
            _ => Sheet::Diagram(None),
        };
        Ok(Export {
            kind,
            stretch: from..=to,
            path: path.to_owned(),
            place,
            sheet: Arc::new(Mutex::new(sheet)),
        })
    }

    /// The file, as the person calls it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What takes every event of the run from here on; the world stands before the stretch.
    pub fn sink(&self, world: &World) -> Sink {
        if let Sheet::Diagram(collector) = &mut *locked(&self.sheet) {
            let begun = Collector::new(world, self.stretch.clone());
            *collector = Some(Box::new(begun));
        }
        let (sheet, stretch) = (self.sheet.clone(), self.stretch.clone());
        Box::new(move |record, world| locked(&sheet).take(&stretch, record, world))
    }

    /// Writes the file, when the run has been told up to the end of the stretch.
    ///
    /// # Errors
    /// When there is too much to show, or nothing, or the file cannot be written.
    pub fn finish(
        self,
        session: &Session,
        title: Caption,
        lang: Lang,
    ) -> Result<Exported, Refusal> {
        let (from, to) = (*self.stretch.start(), *self.stretch.end());
        if from > session.frontier() {
            let end = session.frontier();
            return Err(Refusal::Over { from, end });
        }
        let stretch = from..=to.min(session.frontier());
        let (count, replaced) = match &mut *locked(&self.sheet) {
            Sheet::Lines { out, count, failed } => {
                let told = failed.take().map_or(Ok(()), Err);
                let written = told.and_then(|()| out.flush());
                let closed = written.and_then(|()| self.place.close(out.get_ref()));
                (*count, closed.map_err(Refusal::Unwritten)?)
            }
            Sheet::Diagram(collector) => {
                let collector = collector.take().expect("the run was told");
                let diagram = collector.finish(session, title, lang);
                let count = diagram.count;
                if count > MOST {
                    return Err(Refusal::TooMuch { count, stretch });
                }
                let filled = self.place.fill(&self.drawn(&diagram, lang));
                (count, filled.map_err(Refusal::Unwritten)?)
            }
        };
        Ok(Exported {
            replaced,
            count,
            stretch,
        })
    }

    fn drawn(&self, diagram: &Diagram, lang: Lang) -> String {
        let text = match self.kind {
            Kind::Mermaid => mermaid::mermaid(diagram, lang),
            Kind::Svg => svg::svg(diagram, lang),
            Kind::Text | Kind::Trace => text::text(diagram, lang),
        };
        match self.kind.seal() {
            Some(seal) => seal.put(&text),
            None => text,
        }
    }
}

impl Sheet {
    fn take(&mut self, stretch: &RangeInclusive<Micros>, record: &Record, world: &World) {
        match self {
            Sheet::Diagram(Some(collector)) => collector.take(record, world),
            Sheet::Lines { out, count, failed }
                if stretch.contains(&record.at) && failed.is_none() =>
            {
                *failed = writeln!(out, "{}", trace::line(record, world)).err();
                *count += 1;
            }
            _ => {}
        }
    }
}

/// A panic elsewhere leaves whole lines behind.
fn locked(sheet: &Mutex<Sheet>) -> MutexGuard<'_, Sheet> {
    sheet.lock().unwrap_or_else(PoisonError::into_inner)
}
