//! The command line: parse it, run one mode, turn the outcome into an exit code.

mod config;
mod dashboard;
mod experiment;
mod export;
mod first;
mod fuzz;
mod input;
mod interrupt;
mod keymaps;
mod lists;
mod locale;
mod output;
mod play;
mod progress;
mod record;
mod test;
mod trace_file;
mod typed;

use std::fmt::Display;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::command::Statement;
use crate::command::clean::printable;
use crate::screen::theme::THEMES;
use crate::script::exit::{DONE, UNREADABLE, WRONG};
use crate::script::live::speeds;
use crate::tui::Keymap;
use crate::world::{Hosts, MAX_NODES};
pub use dashboard::exit_code;
use locale::LangArg;
use output::{print, say};

/// A Raft cluster that lives in a terminal.
#[derive(Parser, Debug)]
#[command(
    name = "raft-playground",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(subcommand)]
    mode: Option<Mode>,
    #[command(flatten)]
    dashboard: Dashboard,
}

/// The dashboard's own arguments.
#[derive(Args, Debug)]
struct Dashboard {
    /// A script to play: a file, or the name of a demo
    script: Option<String>,
    /// How many nodes a free cluster has (1 to 101)
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(1, Some(MAX_NODES as u16)), conflicts_with = "script")]
    nodes: Option<u16>,
    /// The seed of the run
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(0_u64, None))]
    seed: Option<u64>,
    /// Virtual seconds in a wall second
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = speed)]
    speed: Option<f64>,
    /// The instant to begin at, as in 1.5s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = instant)]
    at: Option<u64>,
    /// A session to take up where it was left: the token that the dashboard copied
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["script", "nodes", "seed"])]
    replay: Option<String>,
    #[command(flatten)]
    keymap: KeymapArg,
    #[command(flatten)]
    lang: LangArg,
    /// How the dashboard looks: dark, light, high-contrast or mono
    #[arg(long, value_name = "NAME", value_parser = THEMES.map(|theme| theme.name))]
    theme: Option<String>,
    /// Draw with ASCII characters only, or not [default: as the locale says]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    ascii: Option<bool>,
    /// Leave the mouse to the terminal, or not [default: not]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    no_mouse: Option<bool>,
}

/// `--keymap`, for every mode that knows keys.
#[derive(Args, Debug)]
struct KeymapArg {
    /// The keys: default, vim, or a file or name of your own, laid over the default ones
    #[arg(long, value_name = "NAME|FILE")]
    keymap: Option<String>,
}

impl KeymapArg {
    /// The keymap that is asked for, if one is.
    fn keymap(&self) -> Result<Option<Keymap>, Failure> {
        let asked = self.keymap.as_deref();
        asked
            .map(|name| keymaps::keymap(name, Path::new("")))
            .transpose()
    }
}

impl Dashboard {
    /// True when it is left to the program what to show.
    fn asks_for_nothing(&self) -> bool {
        let asked = self.script.is_some() || self.replay.is_some() || self.at.is_some();
        !asked && self.nodes.is_none() && self.seed.is_none()
    }
}

#[derive(Subcommand, Debug)]
enum Mode {
    /// Play scripts headless and report
    Run(Run),
    /// Play scripts side by side and tell which pass
    Test(Test),
    /// Parse and resolve scripts, and run nothing
    Check {
        /// Scripts: files, or names of demos
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Play many random runs, and show the smallest script for what fails
    Fuzz(fuzz::FuzzArgs),
    /// Make a film of a script: a cast, a GIF, an SVG, a picture or text
    Record(record::Record),
    /// Measure what the Raft paper measured
    #[command(subcommand, arg_required_else_help = false)]
    Experiment(experiment::Experiment),
    /// Write a stretch of a run as a diagram (Mermaid, SVG, text) or a trace
    Export(export::ExportArgs),
    /// List the built-in demos
    Demos(DemosList),
    /// List the statements of the command language
    Commands(List),
    /// List the rules of Raft and what each protects
    Rules(List),
    /// List the keys of the dashboard
    Keys(KeysList),
    /// List the themes of the dashboard
    Themes(List),
    /// Print a configuration file to begin with
    Config,
    /// Print a completion script for a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Args, Debug)]
struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct DemosList {
    #[command(flatten)]
    list: List,
    #[command(flatten)]
    lang: LangArg,
}

#[derive(Args, Debug)]
struct KeysList {
    #[command(flatten)]
    list: List,
    #[command(flatten)]
    keymap: KeymapArg,
}

#[derive(Args, Debug)]
struct Run {
    /// Scripts: files, or names of demos
    #[arg(required = true)]
    scripts: Vec<String>,
    /// The seed, instead of the scripts' own
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(0_u64, None))]
    seed: Option<u64>,
    /// Where the nodes run; the outcome is the same
    #[arg(long, value_enum, default_value = "threads")]
    hosts: HostsArg,
    /// One JSON object for each script
    #[arg(long)]
    json: bool,
    /// Write every event as JSON Lines to a file, or with - to standard output
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Replace a file that was made in another way
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lang: LangArg,
}

#[derive(Args, Debug)]
struct Test {
    /// Scripts, names of demos, or folders of scripts; without any the built-in demos
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Where the nodes run; the outcome is the same
    #[arg(long, value_enum, default_value = "threads")]
    hosts: HostsArg,
    /// How many scripts are played at a time; without it one for each core
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(NonZeroUsize::MIN, None))]
    jobs: Option<NonZeroUsize>,
    /// One JSON object for each script, as from `run`
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum HostsArg {
    Threads,
    Inline,
}

impl From<HostsArg> for Hosts {
    fn from(hosts: HostsArg) -> Hosts {
        match hosts {
            HostsArg::Threads => Hosts::Threads,
            HostsArg::Inline => Hosts::Inline,
        }
    }
}

/// What ends a mode early: words for standard error, and the exit code.
struct Failure {
    words: String,
    code: i32,
}

impl Failure {
    /// Something that the person can put right. The words hold no text from outside as it came.
    fn wrong(words: impl Into<String>) -> Failure {
        Failure {
            words: words.into(),
            code: WRONG,
        }
    }

    /// A file that could not be read or written.
    fn unreadable(path: &Path, why: impl std::fmt::Display) -> Failure {
        let words = format!("error: {}: {why}", path.display());
        Failure {
            words: printable(&words).into_owned(),
            code: UNREADABLE,
        }
    }

    /// A file that could not be written, with the remedy where another is in the way.
    fn of_place(path: &Path, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::unreadable(path, format!("{error}; --force replaces it"))
            }
            _ => Failure::unreadable(path, error),
        }
    }
}

/// Runs the program with the process's arguments; the exit code.
pub fn main() -> i32 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let failure = misread(&error);
            return failure.map_or(DONE, end);
        }
    };
    let done = match cli.mode {
        None => dashboard::dashboard(&cli.dashboard),
        Some(Mode::Run(run)) => play::run(&run),
        Some(Mode::Test(test)) => test::test(&test),
        Some(Mode::Check { files }) => check(&files),
        Some(Mode::Fuzz(args)) => fuzz::fuzz(&args),
        Some(Mode::Record(args)) => record::record(&args),
        Some(Mode::Experiment(which)) => experiment::experiment(&which),
        Some(Mode::Export(args)) => export::export(&args),
        Some(Mode::Demos(demos)) => show(&lists::demos(demos.list.json, demos.lang.lang())),
        Some(Mode::Commands(list)) => show(&lists::commands(list.json)),
        Some(Mode::Rules(list)) => show(&lists::rules(list.json)),
        Some(Mode::Keys(keys)) => keys
            .keymap
            .keymap()
            .and_then(|keymap| show(&lists::keys(&keymap.unwrap_or_default(), keys.list.json))),
        Some(Mode::Themes(list)) => show(&lists::themes(list.json)),
        Some(Mode::Config) => show(&config::template()),
        Some(Mode::Completions { shell }) => show(&lists::completions(shell, &Cli::command())),
        Some(Mode::Man) => show(&lists::man(&Cli::command())),
    };
    done.unwrap_or_else(end)
}

/// Says what ends a mode early; the exit code.
fn end(failure: Failure) -> i32 {
    say(&failure.words);
    failure.code
}

/// A mode that prints something, and is done.
fn show(text: &str) -> Result<i32, Failure> {
    print(text).map(|()| DONE)
}

/// What is wrong with the command line; nothing where it asks for help or the version.
fn misread(error: &clap::Error) -> Option<Failure> {
    if let ErrorKind::DisplayHelp | ErrorKind::DisplayVersion = error.kind() {
        // Where nobody reads it, nothing is lost.
        let _ = error.print();
        return None;
    }
    // A mode that was misspelt is taken for a script, and what follows it for what is wrong.
    let read = Cli::command().ignore_errors(true).try_get_matches();
    let script = read.ok();
    let script = script.and_then(|read| read.get_one::<String>("script").cloned());
    if let Some(script) = script {
        if let Some(failure) = input::no_script(&script) {
            return Some(failure);
        }
        if let Some(ContextValue::String(other)) = error.get(ContextKind::InvalidSubcommand) {
            return Some(Failure::wrong(format!(
                "error: the dashboard plays one script: `{}`, and not `{}` too\n  = help: `raft-playground run` and `raft-playground test` take several",
                printable(&script),
                printable(other)
            )));
        }
    }
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(option))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
        && let Some(places) = options_place(option)
    {
        return Some(Failure::wrong(format!(
            "error: `{option}` is not an option here\n  = help: it belongs to {places}"
        )));
    }
    // The words repeat the arguments, which may hold anything. How to make a value of what looks
    // like an option leads astray where no value begins so.
    let words = error.to_string();
    let lines = words.lines().map(printable);
    let mut lines: Vec<_> = lines
        .filter(|line| !line.starts_with("  tip: to pass "))
        .collect();
    // Two blank lines stood around what is left out.
    lines.dedup();
    Some(Failure::wrong(lines.join("\n")))
}

/// The modes that know an option by just this name; nothing when none does.
fn options_place(option: &str) -> Option<String> {
    let long = option.strip_prefix("--")?;
    let known = |command: &clap::Command| {
        let mut options = command.get_arguments();
        options.any(|known| known.get_long() == Some(long))
    };
    let command = Cli::command();
    let dashboard = known(&command).then(|| "the dashboard".to_owned());
    let modes = command.get_subcommands().filter(|mode| known(mode));
    let modes = modes.map(|mode| format!("`{}`", mode.get_name()));
    let places: Vec<String> = dashboard.into_iter().chain(modes).collect();
    (!places.is_empty()).then(|| places.join(", "))
}

/// Parses and resolves every file, and says what is wrong with each.
fn check(files: &[String]) -> Result<i32, Failure> {
    let mut failures = Vec::new();
    for file in files {
        match input::script(file) {
            Ok(_) => print(&format!("{}: ok", printable(file)))?,
            Err(failure) => failures.push(failure),
        }
    }
    input::all_right(failures).map(|()| DONE)
}

/// Reads a whole number within bounds.
fn count<T>(least: T, most: Option<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Clone,
{
    move |text| match (text.parse::<T>(), &most) {
        (Ok(count), None) if count >= least => Ok(count),
        (Ok(count), Some(most)) if count >= least && count <= *most => Ok(count),
        (Ok(count), Some(most)) => Err(format!("{count} is not from {least} to {most}")),
        (_, None) => Err(format!("write a whole number, at least {least}")),
        (_, Some(most)) => Err(format!("write a whole number from {least} to {most}")),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speeds = speeds();
    match text.parse::<f64>() {
        Ok(speed) if speeds.contains(&speed) => Ok(speed),
        _ => Err(format!(
            "a speed is a number from {} to {}, as in 0.25",
            speeds.start(),
            speeds.end()
        )),
    }
}

fn instant(text: &str) -> Result<u64, String> {
    match Statement::parse(&format!("wait {text}"), &[], false) {
        Ok(Statement::Wait(at)) => Ok(at),
        _ if text == "0" => Err("an instant has a unit: write 0ms".to_owned()),
        _ => Err("an instant is a number with a unit, as in 250ms, 1.5s or 2m".to_owned()),
    }
}
