//! The terminal: taken, given back, and given back however the program ends.

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;

use super::app::App;
use super::studio;
use crate::command::clean::clean;
use crate::screen::{Screen, Theme};
use crate::script::{exit, logbook};

/// True while the terminal is ours.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while the dashboard has it; dropping it gives it back.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, pasted text marked as such, no cursor; and
    /// the mouse, if it is listened to.
    pub fn take(mouse: bool) -> io::Result<Terminal> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let taken = execute!(
            io::stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            cursor::Hide
        )
        .and_then(|()| match mouse {
            true => execute!(io::stdout(), EnableMouseCapture),
            false => Ok(()),
        });
        // A whole frame in one write: half a frame is never seen.
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        let made = taken.and_then(|()| ratatui::Terminal::new(CrosstermBackend::new(out)));
        match made {
            Ok(inner) => Ok(Terminal { inner }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Draws a frame; what is shown then.
    pub fn draw(&mut self, app: &App, theme: &Theme) -> io::Result<&Buffer> {
        let drawn = self.inner.draw(|frame| {
            let screen = Screen {
                scene: app.scene(),
                ui: app.ui(),
                theme,
            };
            frame.render_widget(&screen, frame.area());
        })?;
        Ok(drawn.buffer)
    }

    /// Has the terminal put a text into the clipboard (OSC 52). Whether it does is up to it.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.inner.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once. Errors have nobody to go to: the terminal is what failed.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = execute!(
            out,
            // Also where it was not taken: it does no harm.
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Makes a panic in any thread the end: terminal given back, message shown, [`exit::BUG`].
///
/// Going on after a panic elsewhere would show a world that nobody moves any more.
pub fn end_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // While this is held no other thread can draw over the message.
        let _out = io::stdout().lock();
        give_back();
        before(panic);
        if let Some(Ok(words) | Err(words)) = studio::end() {
            let _ = writeln!(io::stderr(), "{}", clean(&words));
        }
        if let Some(words) = logbook::last_words() {
            // Not `eprintln!`, which would panic once more if nobody listens.
            let _ = writeln!(io::stderr(), "{}", clean(&words));
        }
        std::process::exit(exit::BUG);
    }));
}
