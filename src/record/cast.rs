//! A film as a cast: asciicast version 2 (<https://docs.asciinema.org/manual/asciicast/v2/>), which
//! asciinema and many others play. One line of JSON is the header, and each line after it an event.
//! Captions are markers.

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use serde_json::{Value, json};

use super::{Frame, Reel, ansi};
use crate::command::clean::clean;
use crate::raft::Micros;

/// The variable in the header's `env` that says who wrote a cast.
const MARK: &str = "RAFT_PLAYGROUND";

/// A cast being written.
pub struct Cast<W: Write> {
    out: W,
    title: String,
    /// The command that plays what is filmed.
    command: String,
    shown: Option<Buffer>,
}

impl<W: Write> Cast<W> {
    /// A cast with a title, and the arguments that have the program play what it shows.
    pub fn new(out: W, title: &str, arguments: &str) -> Cast<W> {
        Cast {
            out,
            title: clean(title).into_owned(),
            command: format!("raft-playground {arguments}").trim_end().to_owned(),
            shown: None,
        }
    }

    fn event(&mut self, at: Micros, kind: &str, data: &str) -> io::Result<()> {
        let (seconds, micros) = (at / 1_000_000, at % 1_000_000);
        let data = Value::from(data);
        writeln!(self.out, "[{seconds}.{micros:06},\"{kind}\",{data}]")
    }
}

impl<W: Write> Reel for Cast<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let (before, mut text) = match self.shown.take() {
            Some(shown) => (shown, String::new()),
            None => {
                let area = frame.screen.area;
                let header = json!({
                    "version": 2,
                    "width": area.width,
                    "height": area.height,
                    "title": self.title,
                    "command": self.command,
                    "env": { MARK: env!("CARGO_PKG_VERSION") },
                });
                writeln!(self.out, "{header}")?;
                (Buffer::empty(area), ansi::BLANK.to_owned())
            }
        };
        text.push_str(&ansi::change(&before, frame.screen));
        if !text.is_empty() {
            self.event(frame.at, "o", &text)?;
        }
        if let Some(caption) = frame.caption {
            self.event(frame.at, "m", &clean(caption))?;
        }
        self.shown = Some(frame.screen.clone());
        Ok(())
    }

    fn end(&mut self, at: Micros) -> io::Result<()> {
        // The last frame lasts, and a player's own text comes out plain.
        self.event(at, "o", ansi::PLAIN)?;
        self.out.flush()
    }
}

/// True when a file begins like a cast that this program wrote.
pub fn is_own(head: &[u8]) -> bool {
    let line = head.split(|&byte| byte == b'\n').next();
    let header = line.and_then(|line| serde_json::from_slice::<Value>(line).ok());
    header.is_some_and(|header| header["env"][MARK].is_string())
}
