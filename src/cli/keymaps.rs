//! Keymaps by their names: those that come with the program, and a person's own.

use std::path::{Path, PathBuf};

use super::input::{is_word, read};
use super::{Failure, config};
use crate::command::Statement;
use crate::command::clean::printable;
use crate::script::exit::UNREADABLE;
use crate::tui::Keymap;
use crate::tui::problem::did_you_mean;

/// The keymap of a name, or of a file. `keymaps/NAME.toml` in the person's configuration folder is
/// laid over the built-in keymap of that name, all others over the default one. A path is looked
/// for from `place` on.
pub(super) fn keymap(name: &str, place: &Path) -> Result<Keymap, Failure> {
    let file = match (own(name), Keymap::named(name)) {
        (Some(file), _) => file,
        (None, Some(built_in)) => return Ok(built_in),
        (None, None) => place.join(name),
    };
    if is_word(name) && !file.exists() {
        let name = printable(name);
        let help = help(&name);
        return Err(Failure::wrong(format!(
            "error: there is no file and no keymap `{name}`\n  = help: {help}"
        )));
    }
    let text = read(&file, "a keymap").map_err(|failure| match failure.code {
        UNREADABLE => Failure {
            words: format!("{}\n  = help: {}", failure.words, all()),
            ..failure
        },
        _ => failure,
    })?;
    let parse = |text: &str| {
        Statement::parse(text, &[], true).map_err(|diagnostics| diagnostics.to_string())
    };
    let base = Keymap::named(name).unwrap_or_default();
    base.overlay(&file.display().to_string(), &text, &parse)
        .map_err(Failure::wrong)
}

/// True for what names a keymap, or a file that is there.
pub(super) fn is_known(name: &str, place: &Path) -> bool {
    let named = Keymap::named(name).is_some() || own(name).is_some();
    named || !is_word(name) || place.join(name).exists()
}

/// What may have been meant.
pub(super) fn help(name: &str) -> String {
    did_you_mean(name, Keymap::names(), &all())
}

fn all() -> String {
    let names: Vec<&str> = Keymap::names().collect();
    let built_in = format!("the built-in keymaps are {}", names.join(" and "));
    match folder() {
        Some(folder) => {
            let folder = folder.display().to_string();
            format!(
                "{built_in}; your own are TOML files in {}",
                printable(&folder)
            )
        }
        None => built_in,
    }
}

/// The person's own file for a keymap of that name.
fn own(name: &str) -> Option<PathBuf> {
    let file = folder()?.join(format!("{name}.toml"));
    (is_word(name) && file.is_file()).then_some(file)
}

fn folder() -> Option<PathBuf> {
    Some(config::folder()?.join("keymaps"))
}
