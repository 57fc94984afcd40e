//! A film as a cast: asciicast version 2 (<https://docs.asciinema.org/manual/asciicast/v2/>), which
//! asciinema and many others play. One line of JSON is the header, and each line after it an event;
//! what was written before a film broke off can still be played. Captions are markers.

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use serde_json::{Value, json};

use super::{Frame, Reel, ansi};
use crate::raft::Micros;

/// The header's field that says who wrote a cast, and how such a field begins here.
const MARK: (&str, &str) = ("command", "raft-playground ");

/// A cast being written.
pub struct Cast<W: Write> {
    out: W,
    title: String,
    /// The command that plays what is filmed, without the program's name.
    command: String,
    shown: Option<Buffer>,
}

impl<W: Write> Cast<W> {
    /// A cast with a title, and the arguments that have the program play what it shows.
    pub fn new(out: W, title: &str, arguments: &str) -> Cast<W> {
        Cast {
            out,
            title: title.to_owned(),
            command: format!("{}{arguments}", MARK.1),
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
                    MARK.0: self.command,
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
            self.event(frame.at, "m", caption)?;
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
    let command = header
        .as_ref()
        .and_then(|header| header.get(MARK.0)?.as_str());
    command.is_some_and(|command| command.starts_with(MARK.1))
}
