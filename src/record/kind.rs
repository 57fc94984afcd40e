//! The kinds of file that a film can be written to.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use super::cast::{self, Cast};
use super::gif::{self, Gif};
use super::picture::Picture;
use super::png::{self, Png};
use super::svg::{self, Svg};
use super::text::{self, Text};
use super::{Frame, Reel};
use crate::raft::Micros;
use crate::screen::Theme;
use crate::script::place::Place;

/// A kind of file, known by the end of its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// asciicast, for asciinema and other players.
    Cast,
    /// A moving picture.
    Gif,
    /// A drawing, moving or still, with text that can be marked.
    Svg,
    /// A picture of the last frame.
    Png,
    /// The screen as each caption leaves it.
    Text,
}

/// What a film's file tells besides its frames.
#[derive(Clone, Debug)]
pub struct Label {
    /// What the film is called.
    pub title: String,
    /// The arguments that have this program play what is filmed; empty where none do.
    pub arguments: String,
    /// The colours of the ground, and of text that has none of its own.
    pub theme: Theme,
    /// Whether a window with the title is drawn around a picture.
    pub window: bool,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] = [Kind::Cast, Kind::Gif, Kind::Svg, Kind::Png, Kind::Text];

    /// How the names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Kind::Cast => "cast",
            Kind::Gif => "gif",
            Kind::Svg => "svg",
            Kind::Png => "png",
            Kind::Text => "txt",
        }
    }

    /// What such a file is, in a few words.
    pub fn what(self) -> &'static str {
        match self {
            Kind::Cast => "a film for players of terminals",
            Kind::Gif => "a moving picture",
            Kind::Svg => "a moving drawing",
            Kind::Png => "a picture",
            Kind::Text => "the screen as each caption leaves it",
        }
    }

    /// The kind that a file's name asks for.
    ///
    /// # Errors
    /// When its end is none that is known, or it has none; in words.
    pub fn of(path: &Path) -> Result<Kind, String> {
        let ending = path.extension().unwrap_or_default();
        let known = Kind::ALL
            .into_iter()
            .find(|kind| ending.eq_ignore_ascii_case(kind.ending()));
        known.ok_or_else(|| {
            let all = Kind::ALL.map(|kind| format!(".{}", kind.ending()));
            format!("the name of a film ends in {}", all.join(", "))
        })
    }

    /// True for pictures, around which a window can be drawn.
    pub fn is_picture(self) -> bool {
        !matches!(self, Kind::Cast | Kind::Text)
    }

    /// True when a file begins like one of this kind that this program made.
    fn is_own(self, head: &[u8]) -> bool {
        match self {
            Kind::Cast => cast::is_own(head),
            Kind::Gif => gif::is_own(head),
            Kind::Svg => svg::is_own(head),
            Kind::Png => png::is_own(head),
            Kind::Text => text::is_own(head),
        }
    }

    fn reel<W: Write + Send + 'static>(self, out: W, label: &Label) -> Box<dyn Reel + Send> {
        let picture = || Picture::new(&label.theme, label.window.then_some(&*label.title));
        match self {
            Kind::Cast => Box::new(Cast::new(out, &label.title, &label.arguments)),
            Kind::Gif => Box::new(Gif::new(out, &picture())),
            Kind::Svg => Box::new(Svg::new(out, &picture())),
            Kind::Png => Box::new(Png::new(out, &picture())),
            Kind::Text => Box::new(Text::new(out, &label.arguments)),
        }
    }
}

/// A film on its way to a file, which is there when the film has ended, and whole.
pub struct FilmFile {
    reel: Box<dyn Reel + Send>,
    place: Place,
    file: File,
}

impl FilmFile {
    /// Begins to write a film at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when a file is there that is no such film of this program,
    /// unless it is to be replaced by `force`; others when nothing can be written there.
    pub fn create(path: &Path, force: bool, label: &Label) -> io::Result<FilmFile> {
        let kind =
            Kind::of(path).map_err(|words| io::Error::new(ErrorKind::InvalidInput, words))?;
        let place = Place::of(path, force, |head| kind.is_own(head))?;
        let file = place.open()?;
        let out = BufWriter::new(file.try_clone()?);
        Ok(FilmFile {
            reel: kind.reel(out, label),
            place,
            file,
        })
    }
}

impl Reel for FilmFile {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        self.reel.frame(frame)
    }

    fn end(&mut self, at: Micros) -> io::Result<()> {
        self.reel.end(at)?;
        self.place.close(&self.file).map(drop)
    }
}
