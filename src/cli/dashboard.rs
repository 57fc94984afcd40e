//! The bare command: the dashboard in a terminal, or without one a story.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use super::config::{self, Config};
use super::{Dashboard, Failure, first, input, keymaps, locale, play, typed};
use crate::command::{Lang, Script};
use crate::screen::Theme;
use crate::script::exit::{self, DONE, UNREADABLE};
use crate::script::live::{Begin, Live, Usual};
use crate::script::{demos, free_stage, logbook, stage};
use crate::tui::{self, Ending, History, Keymap, Settings};

/// The dashboard where there is a terminal to show it, and else what happens in it as a story.
pub(super) fn dashboard(arguments: &Dashboard) -> Result<i32, Failure> {
    let keymap = arguments.keymap.keymap()?;
    let attended = io::stdout().is_terminal();
    let script = match (&arguments.script, &arguments.replay) {
        (_, Some(token)) => Some(input::replay(token)?),
        (Some(name), None) if attended => Some(input::first_argument(name)?),
        (Some(name), None) => Some(input::first_argument_unattended(name)?),
        (None, None) => None,
    };
    match attended {
        true => show(arguments, script, keymap),
        false => tell(arguments, script),
    }
}

/// The story of a run, told where nobody could press a key.
fn tell(arguments: &Dashboard, script: Option<Script>) -> Result<i32, Failure> {
    if arguments.at.is_some() {
        return Err(Failure::wrong(
            "error: `--at` says where the dashboard begins, and it needs a terminal\n  = help: `raft-playground export SCRIPT --from T --to T -o FILE.txt` shows a part of a run without one",
        ));
    }
    let lang = arguments.lang.lang();
    play::tell(script, arguments.nodes, arguments.seed, lang)
}

/// The dashboard, until it is left.
fn show(
    arguments: &Dashboard,
    script: Option<Script>,
    keymap: Option<Keymap>,
) -> Result<i32, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::wrong(
            "error: the dashboard needs a terminal on standard input; `raft-playground run` needs none",
        ));
    }
    let config = config::config()?;
    let keymap = match keymap {
        Some(keymap) => keymap,
        None => keymaps::keymap(&config.keymap, &config::place())?,
    };
    let script = match script {
        None if arguments.asks_for_nothing() && first::first_start() => Some(tour()),
        script => script,
    };
    let lang = arguments.lang.or(config.lang);
    let ended = tui::run(
        Live::start(begin(arguments, script, &config, lang)),
        settings(arguments, &config, keymap, lang),
        Box::new(typed::parse),
        Box::new(typed::complete),
        Box::new(typed::open),
    );
    ended
        .map(exit_code)
        .map_err(|error| Failure::unreadable(Path::new("the terminal"), error))
}

fn tour() -> Script {
    let tour = demos::named(demos::TOUR).expect("the tour is a demo");
    tour.script().expect("a demo can be read")
}

/// What the session begins with.
fn begin(arguments: &Dashboard, script: Option<Script>, config: &Config, lang: Lang) -> Begin {
    Begin {
        stage: match &script {
            Some(script) => stage(script, arguments.seed),
            None => free_stage(
                arguments.nodes.unwrap_or(config.usual.nodes),
                arguments.seed.unwrap_or_else(drawn_seed),
            ),
        },
        script: script.map(Arc::new),
        reopens: arguments.replay.is_some(),
        speed: arguments.speed,
        usual: Usual {
            lang,
            ..config.usual
        },
        at: arguments.at,
        draw_seed: drawn_seed,
    }
}

/// How it looks, and what it knows of the person.
fn settings(arguments: &Dashboard, config: &Config, keymap: Keymap, lang: Lang) -> Settings {
    let theme = arguments.theme.as_ref().or(config.theme.as_ref());
    let theme = Theme::from_environment(theme.map(String::as_str));
    let ascii = arguments.ascii.or(config.ascii);
    let history = logbook::folder().map(|folder| folder.join("history"));
    Settings {
        keymap,
        lang,
        theme: theme.in_ascii(ascii.unwrap_or_else(locale::is_ascii)),
        history: history.map(History::kept_in).unwrap_or_default(),
        mouse: arguments.no_mouse.map_or(config.mouse, |none| !none),
    }
}

/// What the program ends with when the dashboard was left.
pub fn exit_code(ending: Ending) -> i32 {
    match ending {
        Ending::Left => DONE,
        Ending::FilmLost => UNREADABLE,
        Ending::HungUp => exit::HUNG_UP,
        Ending::Signal(signal) => exit::of_signal(signal),
    }
}

/// A seed of few digits, so that it can be read out and typed.
fn drawn_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id()) % 1_000_000
}
