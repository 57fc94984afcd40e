//! Films: what the dashboard shows of a script, as a file that others can look at.
//!
//! A film is a row of [`Frame`]s. [`film()`] makes one of a script and hands its frames, one after
//! another, to a [`Reel`], which writes one kind of file. Nothing in a film comes from the wall's
//! clock, the terminal or the machine: the same script gives the same bytes everywhere.

mod ansi;
pub mod cast;
pub mod colours;
mod film;
pub mod font;
pub mod gif;
pub mod ink;
mod kind;
mod pace;
pub mod picture;
pub mod png;
pub mod raster;
pub mod shape;
pub mod svg;
pub mod text;

use std::io;

use ratatui::buffer::Buffer;

use crate::raft::Micros;
pub use film::{Ending, Take, film};
pub use kind::{FilmFile, Kind, Label};
pub use pace::reading_time;

/// What the screen shows from a moment of the film on.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// When it is shown: microseconds of film.
    pub at: Micros,
    /// What is shown; all frames of a film are of one size.
    pub screen: &'a Buffer,
    /// The caption that begins with this frame, if one does.
    pub caption: Option<&'a str>,
}

/// A film being written. Frames come in order of time, the first at 0, and each differs from the
/// one before or brings a caption.
pub trait Reel {
    /// Takes the next frame.
    ///
    /// # Errors
    /// When it cannot be written.
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()>;

    /// The film ends at a moment after its last frame.
    ///
    /// # Errors
    /// When what is left cannot be written.
    fn end(&mut self, at: Micros) -> io::Result<()>;
}
