//! What the command line names: scripts, read whole and checked.

use std::io::{IsTerminal, Read};
use std::path::Path;

use clap::CommandFactory;

use super::{Cli, Failure};
use crate::command::clean::printable;
use crate::command::parse::MAX_SCRIPT;
use crate::command::{Diagnostics, Script};
use crate::screen::theme::wants_no_color;
use crate::script::demos::{self, DEMOS};
use crate::script::exit::{UNREADABLE, WRONG};
use crate::script::token;
use crate::tui::problem::did_you_mean;

/// A script: the demo of that name, or else a file.
pub(super) fn script(name: &str) -> Result<Script, Failure> {
    source(name)?.script()
}

/// The first argument of the bare command: a script, or a mode that was misspelt.
pub(super) fn first_argument(name: &str) -> Result<Script, Failure> {
    first_source(name)?.script()
}

/// The script of a session, out of its token.
pub(super) fn replay(token: &str) -> Result<Script, Failure> {
    let help = "copy the whole command again, or have the session saved as a script";
    let text = token::unpack(token.trim())
        .map_err(|damage| Failure::wrong(format!("error: {damage}\n  = help: {help}")))?;
    let file = "replay token".to_owned();
    Source { file, text }.script()
}

/// The first argument of the bare command, to be played without a person.
pub(super) fn first_argument_unattended(name: &str) -> Result<Script, Failure> {
    first_source(name)?.unattended()
}

fn first_source(name: &str) -> Result<Source, Failure> {
    match no_script(name) {
        Some(failure) => Err(failure),
        None => source(name),
    }
}

/// What is wrong with a first argument that names neither a script nor a mode, or a mode too late.
pub(super) fn no_script(name: &str) -> Option<Failure> {
    if !is_word(name) || Path::new(name).exists() || demos::named(name).is_some() {
        return None;
    }
    let command = Cli::command();
    let modes = command.get_subcommands().filter(|mode| !mode.is_hide_set());
    let modes: Vec<&str> = modes.map(clap::Command::get_name).collect();
    Some(match modes.contains(&name) {
        true => Failure::wrong(format!(
            "error: `{name}` stands behind an option of the dashboard\n  = help: a mode comes first, as in `raft-playground {name}`"
        )),
        false => {
            let help = format!("{}; the modes are {}", demo_list(), modes.join(", "));
            unknown(name, demo_names().chain(modes), &help)
        }
    })
}

/// A script to open in the dashboard; what is wrong with it in words, a line for each error.
pub(super) fn script_or_words(name: &str) -> Result<Script, String> {
    let source = source(name).map_err(|failure| failure.words)?;
    source.read().map_err(|wrong| wrong.to_string())
}

fn demo_names<'a>() -> impl Iterator<Item = &'a str> {
    DEMOS.iter().map(|demo| demo.name)
}

/// A script, to be played without a person.
pub(super) fn unattended(name: &str) -> Result<Script, Failure> {
    source(name)?.unattended()
}

/// All scripts, to be played without a person, or everything that is wrong with them.
pub(super) fn scripts(names: &[String]) -> Result<Vec<Script>, Failure> {
    let mut failures = Vec::new();
    let read = names.iter().map(|name| unattended(name));
    let scripts = read
        .filter_map(|script| script.map_err(|failure| failures.push(failure)).ok())
        .collect();
    all_right(failures).map(|()| scripts)
}

/// All failures as one, with the gravest of their codes.
pub(super) fn all_right(failures: Vec<Failure>) -> Result<(), Failure> {
    let Some(code) = failures.iter().map(|failure| failure.code).max() else {
        return Ok(());
    };
    let words: Vec<&str> = failures
        .iter()
        .map(|failure| failure.words.trim_end())
        .collect();
    Err(Failure {
        words: words.join("\n"),
        code,
    })
}

/// The text of a script.
struct Source {
    /// What it is called in messages.
    file: String,
    text: String,
}

impl Source {
    fn read(&self) -> Result<Script, Diagnostics> {
        Script::parse(&self.file, &self.text)
    }

    fn script(&self) -> Result<Script, Failure> {
        self.read().map_err(|wrong| self.wrong(&wrong))
    }

    /// One that needs nobody to answer what it asks.
    fn unattended(&self) -> Result<Script, Failure> {
        let script = self.script()?;
        let alone = script.unattended(&self.text);
        alone.map_err(|wrong| self.wrong(&wrong))?;
        Ok(script)
    }

    fn wrong(&self, diagnostics: &Diagnostics) -> Failure {
        let color = std::io::stderr().is_terminal() && !wants_no_color();
        Failure::wrong(diagnostics.render(&self.text, color))
    }
}

fn source(name: &str) -> Result<Source, Failure> {
    let path = Path::new(name);
    // What stands in the folder by the name of a demo is meant by its path, as in `./failover`.
    let (file, text) = match demos::named(name) {
        Some(demo) => (demo.name, demo.text.to_owned()),
        None if is_word(name) && !path.exists() => {
            return Err(unknown(name, demo_names(), &demo_list()));
        }
        None if path.is_dir() => return Err(folder(name)),
        None => (name, read(path, "a script")?),
    };
    if text.lines().all(says_nothing) {
        let file = printable(file);
        return Err(Failure::wrong(format!(
            "error: this script is empty\n --> {file}:1:1\n  = help: a script is statements, one a line, as in `wait until leader`"
        )));
    }
    let file = file.to_owned();
    Ok(Source { file, text })
}

/// True for what can only be meant as a name, not as a path.
pub(super) fn is_word(name: &str) -> bool {
    !name.contains(['/', '\\', '.'])
}

fn says_nothing(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn folder(name: &str) -> Failure {
    let name = printable(name);
    Failure {
        words: format!(
            "error: `{name}` is a directory\n  = help: name a script in it; `raft-playground test {name}` plays all of them"
        ),
        code: UNREADABLE,
    }
}

fn demo_list() -> String {
    let demos: Vec<&str> = demo_names().collect();
    format!("the demos are {}", demos.join(", "))
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>, all: &str) -> Failure {
    let help = did_you_mean(name, known, all);
    let name = printable(name);
    Failure::wrong(format!(
        "error: there is no file and no demo `{name}`\n  = help: {help}"
    ))
}

/// A text file of at most the size of a script.
pub(super) fn read(path: &Path, what: &str) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::unreadable(path, error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // A device may never end.
    let read = file.take(MAX_SCRIPT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(unreadable)?;
    let name = path.display().to_string();
    let name = printable(&name);
    if bytes.len() > MAX_SCRIPT {
        return Err(Failure {
            words: format!("error: {name}: this file is too long; {what} has at most 1 MiB"),
            code: WRONG,
        });
    }
    // Some editors begin a file with a byte order mark; nobody sees it, nor counts it.
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        bytes = rest.to_vec();
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let good = String::from_utf8_lossy(good);
        let line = 1 + good.matches('\n').count();
        let column = 1 + good.chars().rev().take_while(|&c| c != '\n').count();
        Failure::wrong(format!(
            "error: this is not UTF-8 text\n --> {name}:{line}:{column}\n  = help: save the file as UTF-8"
        ))
    })
}
