//! The two ways out: standard output for what was asked for, standard error for what went wrong.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::Failure;
use crate::command::clean::printable;

/// Prints to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let ending = if text.ends_with('\n') { "" } else { "\n" };
    printed(write!(out, "{text}{ending}").and_then(|()| out.flush()))
}

/// What became of writing to standard output. A reader that has gone away is no failure: it has
/// read enough.
pub(super) fn printed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::unreadable(Path::new("standard output"), error))
        }
        _ => Ok(()),
    }
}

/// Says something on standard error.
pub(super) fn say(words: &str) {
    // Where nobody listens, there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", words.trim_end());
}

/// A word as a shell reads it, without characters that steer a terminal.
pub(super) fn shell_word(word: &str) -> String {
    let plain = |ch: char| ch.is_alphanumeric() || "-_./".contains(ch);
    let word = printable(word);
    match word.chars().all(plain) && !word.starts_with('-') {
        true => word.into_owned(),
        // A path that begins with a dash would be read as an option.
        false => {
            let dot = if word.starts_with('-') { "./" } else { "" };
            format!("'{dot}{}'", word.replace('\'', r"'\''"))
        }
    }
}
