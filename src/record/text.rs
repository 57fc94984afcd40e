//! A film as text: the screen as each caption left it, to be read, kept and compared.

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use super::picture::MARK;
use super::{Frame, Reel};
use crate::command::clean::clean;
use crate::raft::Micros;

/// A text being written.
pub struct Text<W: Write> {
    out: W,
    /// The arguments that have the program play what is shown.
    arguments: String,
    /// The newest frame, when it is shown, and its caption.
    shown: Option<(Buffer, Micros, Option<String>)>,
    begun: bool,
}

impl<W: Write> Text<W> {
    /// A text, and the arguments that have the program play what it shows.
    pub fn new(out: W, arguments: &str) -> Text<W> {
        Text {
            out,
            arguments: arguments.to_owned(),
            shown: None,
            begun: false,
        }
    }

    /// Writes the screen as the present caption leaves it.
    fn leave(&mut self) -> io::Result<()> {
        let Some((screen, at, caption)) = &self.shown else {
            return Ok(());
        };
        if !self.begun {
            writeln!(
                self.out,
                "{}",
                format!("{MARK}: {}", self.arguments).trim_end()
            )?;
            self.begun = true;
        }
        let hundredths = (at + 5_000) / 10_000;
        let (seconds, hundredths) = (hundredths / 100, hundredths % 100);
        let caption = clean(caption.as_deref().unwrap_or_default());
        let head = format!("\n=== {seconds}.{hundredths:02} s of film: {caption}");
        writeln!(self.out, "{}", head.trim_end_matches([' ', ':']))?;
        for line in lines(screen) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

/// The rows of a screen as text, without what is empty at their ends.
pub fn lines(screen: &Buffer) -> impl Iterator<Item = String> {
    screen.area.rows().map(|row| {
        let mut line = String::new();
        let mut covered = 0;
        for position in row.positions() {
            let symbol = screen[position].symbol();
            // A wide character covers the cell behind it.
            if covered == 0 {
                line.push_str(symbol);
                covered = symbol.width().max(1);
            }
            covered -= 1;
        }
        line.truncate(line.trim_end().len());
        line
    })
}

impl<W: Write> Reel for Text<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let caption = match (frame.caption, self.shown.take()) {
            (None, Some((_, _, caption))) => caption,
            (new, before) => {
                // What stood before the first caption is not worth a page.
                let worthy = before.filter(|(_, _, caption)| caption.is_some());
                self.shown = worthy;
                self.leave()?;
                new.map(str::to_owned)
            }
        };
        self.shown = Some((frame.screen.clone(), frame.at, caption));
        Ok(())
    }

    fn end(&mut self, _at: Micros) -> io::Result<()> {
        self.leave()?;
        self.out.flush()
    }
}

/// True when a file begins like a text that this program wrote.
pub fn is_own(head: &[u8]) -> bool {
    head.starts_with(MARK.as_bytes())
}
