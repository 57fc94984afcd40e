//! A line on standard error that says how far something is, where a person is there to read it.

use std::io::{IsTerminal, Write as _, stderr};
use std::time::{Duration, Instant};

/// The progress is told this often.
const TICK: Duration = Duration::from_millis(200);

/// A line that is written over and over, on a terminal; elsewhere none.
pub(super) struct Progress {
    /// When it was told last: the clock decides nothing else.
    told: Instant,
    shown: bool,
}

impl Progress {
    pub(super) fn new() -> Progress {
        Progress {
            told: Instant::now(),
            shown: stderr().is_terminal(),
        }
    }

    /// Tells how far it is, unless that was told a moment ago.
    pub(super) fn tell(&mut self, words: impl FnOnce() -> String) {
        if !self.shown || self.told.elapsed() < TICK {
            return;
        }
        self.told = Instant::now();
        let _ = write!(stderr(), "\r\x1b[K{}", words());
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
