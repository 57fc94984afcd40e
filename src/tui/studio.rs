//! A film of what is shown, while it is shown. It is closed however the dashboard ends, so that
//! what was filmed up to then can be played.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::time::Instant;
use unicode_width::UnicodeWidthStr;

use crate::command::{Caption, Lang};
use crate::raft::Micros;
use crate::record::{FilmFile, Frame, Label, Reel};
use crate::screen::Theme;
use crate::session::{Notice, Scene};

/// The film that is made, if one is: in reach of whoever ends the program.
static FILM: Mutex<Option<Film>> = Mutex::new(None);

struct Film {
    path: PathBuf,
    file: FilmFile,
    /// The moment of its first frame, once there is one.
    begun: Option<Instant>,
    /// The newest frame; all others have its size.
    shown: Option<Buffer>,
    /// The caption that was shown last, and since when.
    caption: Option<(Caption, Micros)>,
}

/// Begins a film; the words for the person, and whether it has begun.
pub(super) fn begin(
    path: &str,
    force: bool,
    scene: &Scene,
    lang: Lang,
    theme: &Theme,
) -> (bool, Notice) {
    let mut film = FILM.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(film) = &*film {
        let words = format!("a film is made already: {}", film.path.display());
        return (true, words.into());
    }
    let label = Label {
        title: scene.title.text_in(lang).to_string(),
        // What a person does is in no command.
        arguments: String::new(),
        theme: theme.clone(),
        window: false,
    };
    match FilmFile::create(Path::new(path), force, &label) {
        Ok(file) => {
            *film = Some(Film {
                path: path.into(),
                file,
                begun: None,
                shown: None,
                caption: None,
            });
            let words = format!("filming: what you see goes to {path}");
            (true, Notice::under_way(words))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let words = format!("no film: {path}: {error}; add `force` to replace it");
            (false, words.into())
        }
        Err(error) => (false, format!("no film: {path}: {error}").into()),
    }
}

/// Takes what is shown now. If it cannot be written the film ends, and the words say why.
pub(super) fn take(screen: &Buffer, scene: &Scene, lang: Lang) -> Option<String> {
    let mut slot = FILM.lock().unwrap_or_else(PoisonError::into_inner);
    let film = slot.as_mut()?;
    let taken = film.take(screen, scene, lang);
    let words = taken.err().map(|error| film.lost(&error));
    if words.is_some() {
        *slot = None;
    }
    words
}

/// Ends the film, if one is made; the words say what became of it.
pub(super) fn end() -> Option<Result<String, String>> {
    // Whoever panics while a frame is written holds the lock, and cannot wait for it.
    match FILM.try_lock() {
        Ok(slot) => end_of(slot),
        Err(TryLockError::Poisoned(slot)) => end_of(slot.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Ends the film from another thread than that which makes it, after the frame under way. Nobody is
/// left who could be told what became of it.
pub(super) fn end_in_turn() {
    end_of(FILM.lock().unwrap_or_else(PoisonError::into_inner));
}

fn end_of(mut slot: MutexGuard<'_, Option<Film>>) -> Option<Result<String, String>> {
    let mut film = slot.take()?;
    let Some(begun) = film.begun else {
        return Some(Ok("nothing was filmed: it ended before it began".to_owned()));
    };
    let ended = film.file.end(since(begun));
    Some(match ended {
        Ok(()) => Ok(format!("the film is in {}", film.path.display())),
        Err(error) => Err(film.lost(&error)),
    })
}

impl Film {
    fn take(&mut self, screen: &Buffer, scene: &Scene, lang: Lang) -> std::io::Result<()> {
        // A film of what a person sees takes the time that it took: the wall's.
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let area = self.shown.as_ref().map_or(screen.area, |shown| shown.area);
        let screen = in_size(screen, area);
        let begins = match &scene.caption {
            caption if *caption == self.caption => None,
            caption => caption.as_ref(),
        };
        if begins.is_none() && self.shown.as_ref() == Some(&screen) {
            return Ok(());
        }
        self.file.frame(Frame {
            at: match self.shown {
                None => 0,
                Some(_) => since(begun),
            },
            screen: &screen,
            caption: begins.map(|(caption, _)| &**caption.text_in(lang)),
        })?;
        self.caption.clone_from(&scene.caption);
        self.shown = Some(screen);
        Ok(())
    }

    fn lost(&self, error: &std::io::Error) -> String {
        format!("the film is lost: {}: {error}", self.path.display())
    }
}

fn since(begun: Instant) -> Micros {
    Micros::try_from(begun.elapsed().as_micros()).unwrap_or(Micros::MAX)
}

/// The part of a screen that a film of that size can show: the terminal may have been resized.
fn in_size(screen: &Buffer, area: Rect) -> Buffer {
    if screen.area == area {
        return screen.clone();
    }
    let mut part = Buffer::empty(area);
    for Position { x, y } in area.intersection(screen.area).positions() {
        part[(x, y)] = screen[(x, y)].clone();
    }
    // Half a wide character is none.
    for y in area.rows().map(|row| row.y) {
        if let Some(cell) = part.cell_mut((area.right().saturating_sub(1), y))
            && cell.symbol().width() > 1
        {
            cell.reset();
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wide_character_is_cut_in_half() {
        let wide = Buffer::with_lines(["选举", "abcd"]);
        let part = in_size(&wide, Rect::new(0, 0, 3, 2));
        assert_eq!(part, Buffer::with_lines(["选 ", "abc"]));
        let whole = in_size(&wide, Rect::new(0, 0, 5, 1));
        assert_eq!(whole, Buffer::with_lines(["选举 "]));
    }
}
