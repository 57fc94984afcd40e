//! The command line: parse it, run one mode, turn the outcome into an exit code.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::command::{self, Script, Statement};
use crate::kv::Text;
use crate::raft::rule::{Protects, Rule};
use crate::screen::Theme;
use crate::script::demos::{self, DEMOS};
use crate::script::live::{Begin, Live};
use crate::script::report::Report;
use crate::script::{Outcome, Player, free_stage, stage, story, trace};
use crate::session::{Manner, Session};
use crate::tui;
use crate::world::Hosts;

/// Done, and all expectations held.
pub const DONE: i32 = 0;
/// An expectation failed or a violation was found.
pub const FAILED: i32 = 1;
/// The command line, a script, a keymap or the configuration is wrong.
pub const WRONG: i32 = 2;
/// Reading or writing failed.
pub const UNREADABLE: i32 = 3;

/// Events kept in memory by a headless run.
const KEEP: usize = 64;

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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=101), conflicts_with = "script")]
    nodes: Option<u16>,
    /// The seed of the run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Virtual seconds in a wall second
    #[arg(long, value_name = "X", value_parser = speed)]
    speed: Option<f64>,
    /// The instant to begin at, as in 1.5s
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<u64>,
    /// A file with key bindings of your own
    #[arg(long, value_name = "FILE")]
    keymap: Option<PathBuf>,
    #[command(flatten)]
    later: LaterFlags,
}

/// Options that are named by the contract and are not there yet.
#[derive(Args, Debug)]
struct LaterFlags {
    #[arg(long, hide = true, num_args = 0..=1)]
    replay: Option<Option<String>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    theme: Option<Option<String>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    lang: Option<Option<String>>,
    #[arg(long, hide = true)]
    ascii: bool,
    #[arg(long, hide = true)]
    no_mouse: bool,
}

impl LaterFlags {
    /// The first of them that was given.
    fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--replay", self.replay.is_some()),
            ("--theme", self.theme.is_some()),
            ("--lang", self.lang.is_some()),
            ("--ascii", self.ascii),
            ("--no-mouse", self.no_mouse),
        ];
        let given = flags.into_iter().find(|&(_, given)| given);
        given.map(|(flag, _)| flag)
    }
}

#[derive(Subcommand, Debug)]
enum Mode {
    /// Play scripts headless and report
    Run(Run),
    /// Parse and resolve scripts, and run nothing
    Check {
        /// Scripts: files, or names of demos
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// List the built-in demos
    Demos(List),
    /// List the statements of the command language
    Commands(List),
    /// List the rules of Raft and what each protects
    Rules(List),
    /// List the keys of the dashboard
    Keys(List),
    /// Print a completion script for a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    #[command(flatten)]
    Later(Later),
}

/// Modes that are named by the contract and are not there yet.
#[derive(Subcommand, Debug)]
enum Later {
    /// Not built yet
    #[command(hide = true)]
    Test(Rest),
    /// Not built yet
    #[command(hide = true)]
    Record(Rest),
    /// Not built yet
    #[command(hide = true)]
    Export(Rest),
    /// Not built yet
    #[command(hide = true)]
    Fuzz(Rest),
    /// Not built yet
    #[command(hide = true)]
    Experiment(Rest),
    /// Not built yet
    #[command(hide = true)]
    Themes(Rest),
    /// Not built yet
    #[command(hide = true)]
    Config(Rest),
}

#[derive(Args, Debug)]
struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _rest: Vec<String>,
}

#[derive(Args, Debug)]
struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Run {
    /// Scripts: files, or names of demos
    #[arg(required = true)]
    scripts: Vec<String>,
    /// The seed, instead of the scripts' own
    #[arg(long, value_name = "N")]
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
    /// Replace a trace file that this program did not write
    #[arg(long)]
    force: bool,
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
    fn wrong(words: impl Into<String>) -> Failure {
        Failure {
            words: words.into(),
            code: WRONG,
        }
    }

    fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
        Failure {
            words: format!("error: {}: {error}", path.display()),
            code: UNREADABLE,
        }
    }
}

/// Runs the program with the process's arguments; the exit code.
pub fn main() -> i32 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output, errors to standard error.
            let _ = error.print();
            return error.exit_code();
        }
    };
    let done = match cli.mode {
        None => dashboard(&cli.dashboard),
        Some(Mode::Run(run)) => run_scripts(&run),
        Some(Mode::Check { files }) => check(&files),
        Some(Mode::Demos(list)) => print(&demos_list(list.json)),
        Some(Mode::Commands(List { json: true })) => print(&pretty(&command::commands_json())),
        Some(Mode::Commands(List { json: false })) => print(&command::commands_text()),
        Some(Mode::Rules(list)) => print(&rules_list(list.json)),
        Some(Mode::Keys(List { json: true })) => {
            print(&pretty(&tui::Keymap::default().keys_json()))
        }
        Some(Mode::Keys(List { json: false })) => print(&tui::Keymap::default().keys_text()),
        Some(Mode::Completions { shell }) => completions(shell),
        Some(Mode::Man) => man(),
        Some(Mode::Later(later)) => Err(Failure::wrong(format!(
            "error: `{}` is not built yet",
            later.name()
        ))),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{}", failure.words.trim_end());
            failure.code
        }
    }
}

impl Later {
    fn name(&self) -> &'static str {
        match self {
            Later::Test(_) => "test",
            Later::Record(_) => "record",
            Later::Export(_) => "export",
            Later::Fuzz(_) => "fuzz",
            Later::Experiment(_) => "experiment",
            Later::Themes(_) => "themes",
            Later::Config(_) => "config",
        }
    }
}

/// Prints to standard output. A reader that has gone away is no failure: it has read enough.
fn print(text: &str) -> Result<i32, Failure> {
    let mut out = std::io::stdout().lock();
    let ending = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{ending}").and_then(|()| out.flush()) {
        Ok(()) => Ok(DONE),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(DONE),
        Err(error) => Err(Failure::unreadable(Path::new("standard output"), &error)),
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// A script by path, or else by the name of a demo.
fn load(name: &str) -> Result<Script, Failure> {
    let path = Path::new(name);
    let (file, text) = match std::fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|error| {
                let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
                    .iter()
                    .filter(|&&byte| byte == b'\n')
                    .count();
                Failure::wrong(format!(
                    "error: {name}:{line}: this is no UTF-8 text; a script must be"
                ))
            })?;
            (name, text)
        }
        Err(error) => match demos::named(name) {
            Some(demo) => (demo.name, demo.text.to_owned()),
            None if error.kind() == std::io::ErrorKind::NotFound => {
                let names: Vec<&str> = DEMOS.iter().map(|demo| demo.name).collect();
                return Err(Failure {
                    words: format!(
                        "error: {name}: there is no such file, and no demo of that name; the demos are {}",
                        names.join(", ")
                    ),
                    code: UNREADABLE,
                });
            }
            None => return Err(Failure::unreadable(path, &error)),
        },
    };
    Script::parse(file, &text).map_err(|diagnostics| {
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Failure::wrong(diagnostics.render(&text, color))
    })
}

fn check(files: &[String]) -> Result<i32, Failure> {
    let mut worst = None;
    for file in files {
        match load(file) {
            Ok(_) => {
                print(&format!("{}: ok", command::diagnostic::printable(file)))?;
            }
            Err(failure) => {
                eprintln!("{}", failure.words.trim_end());
                worst = worst.max(Some(failure.code));
            }
        }
    }
    Ok(worst.unwrap_or(DONE))
}

fn run_scripts(run: &Run) -> Result<i32, Failure> {
    // Everything is read before anything is run.
    let scripts = run.scripts.iter().map(|name| load(name).map(|s| (name, s)));
    let scripts = scripts.collect::<Result<Vec<_>, _>>()?;
    let trace = run.trace.as_deref();
    let mut trace = trace
        .map(|path| TraceFile::create(path, run.force))
        .transpose()?;
    let mut code = DONE;
    for (name, script) in scripts {
        let (outcome, words) = run_script(name, script, run, trace.as_mut());
        if outcome != Outcome::Passed {
            code = FAILED;
        }
        print(&words)?;
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    Ok(code)
}

fn run_script(
    name: &str,
    script: Script,
    run: &Run,
    trace: Option<&mut TraceFile>,
) -> (Outcome, String) {
    let hosts = run.hosts.into();
    let manner = Manner {
        hosts,
        keep: KEEP,
        rewinds: false,
    };
    let mut session = Session::new(stage(&script, run.seed), manner);
    if let Some(trace) = trace {
        session.set_sink(trace.sink());
    }
    let mut player = Player::new(Arc::new(script));
    let outcome = player.run(&mut session);
    let report = Report {
        file: name,
        session: &session,
        player: &player,
        outcome: outcome.clone(),
        hosts,
    };
    let words = match run.json {
        true => format!("{}\n", report.json()),
        false => story::story(&report),
    };
    (outcome, words)
}

/// Where the trace goes: standard output, or a file that appears whole when it is finished.
struct TraceFile {
    target: Option<PathBuf>,
    lines: Arc<std::sync::Mutex<Lines>>,
}

/// What is written to, and the first error of writing.
struct Lines {
    out: std::io::BufWriter<Box<dyn Write + Send>>,
    failed: Option<std::io::Error>,
}

impl TraceFile {
    fn create(path: &Path, force: bool) -> Result<TraceFile, Failure> {
        let (target, out): (_, Box<dyn Write + Send>) = if path == Path::new("-") {
            (None, Box::new(std::io::stdout()))
        } else {
            if !force && path.exists() && !is_own_trace(path) {
                return Err(Failure {
                    words: format!(
                        "error: {}: this file was not written by raft-playground; --force replaces it",
                        path.display()
                    ),
                    code: UNREADABLE,
                });
            }
            let file = std::fs::File::create(beside(path));
            let file = file.map_err(|error| Failure::unreadable(path, &error))?;
            (Some(path.to_owned()), Box::new(file))
        };
        let lines = Lines {
            out: std::io::BufWriter::new(out),
            failed: None,
        };
        Ok(TraceFile {
            target,
            lines: Arc::new(std::sync::Mutex::new(lines)),
        })
    }

    fn sink(&self) -> crate::session::Sink {
        let lines = self.lines.clone();
        Box::new(move |record, world| {
            let mut lines = lines
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            if lines.failed.is_none() {
                let line = trace::json(record, world);
                lines.failed = writeln!(lines.out, "{line}").err();
            }
        })
    }

    fn finish(self) -> Result<(), Failure> {
        let mut lines = self
            .lines
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let written = match lines.failed.take() {
            Some(error) => Err(error),
            None => lines.out.flush(),
        };
        let Some(target) = &self.target else {
            return match written {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    Err(Failure::unreadable(Path::new("standard output"), &error))
                }
                _ => Ok(()),
            };
        };
        written
            .and_then(|()| std::fs::rename(beside(target), target))
            .map_err(|error| {
                // The half-written file is of no use to anybody.
                let _ = std::fs::remove_file(beside(target));
                Failure::unreadable(target, &error)
            })
    }
}

/// The temporary file that becomes `path`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// True when the file begins like a trace of ours, or is empty.
fn is_own_trace(path: &Path) -> bool {
    use std::io::BufRead;
    let Ok(file) = std::fs::File::open(path) else {
        return false;
    };
    let mut first = String::new();
    let read = std::io::BufReader::new(file).read_line(&mut first);
    match read {
        Ok(0) => true,
        Ok(_) => serde_json::from_str::<Value>(&first).is_ok_and(|line| {
            ["id", "cause", "at_us", "event"]
                .iter()
                .all(|field| line.get(field).is_some())
        }),
        Err(_) => false,
    }
}

fn demos_list(as_json: bool) -> String {
    let parsed = DEMOS
        .iter()
        .filter_map(|demo| Some((demo, Script::parse(demo.name, demo.text).ok()?)));
    if as_json {
        let rows: Value = parsed
            .map(|(demo, script)| {
                let about: Vec<&str> = script.about.iter().map(|line| &*line.text).collect();
                json!({"name": demo.name, "topic": demo.topic, "title": &*script.title.text, "about": about})
            })
            .collect();
        return pretty(&rows);
    }
    let mut text = String::new();
    let mut topic = "";
    for (demo, script) in parsed {
        if demo.topic != topic {
            topic = demo.topic;
            text.push_str(&format!("{topic}\n"));
        }
        text.push_str(&format!("  {:<14} {}\n", demo.name, script.title.text));
    }
    text
}

fn rules_list(as_json: bool) -> String {
    let protects = |rule: &Rule| match rule.info().protects {
        Protects::Safety(invariant) => invariant,
        Protects::Availability => "availability",
    };
    if as_json {
        let rows: Value = Rule::ALL
            .iter()
            .map(|rule| {
                let info = rule.info();
                json!({
                    "name": info.name, "holds": info.holds, "without": info.without,
                    "source": info.source, "protects": protects(rule),
                    "companions": info.companions,
                })
            })
            .collect();
        return pretty(&rows);
    }
    let mut text = String::new();
    for rule in Rule::ALL {
        let info = rule.info();
        text.push_str(&format!("{}\n  {}\n", info.name, info.holds));
        text.push_str(&format!("  off: {}\n", info.without));
        text.push_str(&format!(
            "  protects {} ({})\n",
            protects(rule),
            info.source
        ));
        if !info.companions.is_empty() {
            text.push_str(&format!("  seen with {}\n", info.companions.join(", ")));
        }
    }
    text
}

fn completions(shell: clap_complete::Shell) -> Result<i32, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "raft-playground", &mut script);
    print(&String::from_utf8_lossy(&script))
}

fn man() -> Result<i32, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| Failure::unreadable(Path::new("manual page"), &error))?;
    print(&String::from_utf8_lossy(&page))
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.001..=1_000.0).contains(&speed) => Ok(speed),
        _ => Err("a speed is a number from 0.001 to 1000, as in 0.25".to_owned()),
    }
}

fn instant(text: &str) -> Result<u64, String> {
    match Statement::parse(&format!("wait {text}"), &[], false) {
        Ok(Statement::Wait(at)) => Ok(at),
        _ => Err("an instant is a number with a unit, as in 250ms, 1.5s or 2m".to_owned()),
    }
}

fn dashboard(arguments: &Dashboard) -> Result<i32, Failure> {
    if let Some(flag) = arguments.later.given() {
        return Err(Failure::wrong(format!("error: `{flag}` is not built yet")));
    }
    let keymap = match &arguments.keymap {
        None => tui::Keymap::default(),
        Some(path) => overlay(path)?,
    };
    let script = arguments.script.as_deref().map(load).transpose()?;
    if !std::io::stdout().is_terminal() {
        return tell(arguments, script);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::wrong(
            "error: the dashboard needs a terminal on standard input; `raft-playground run` needs none",
        ));
    }
    let begin = Begin {
        stage: match &script {
            Some(script) => stage(script, arguments.seed),
            None => free_stage(
                arguments.nodes.unwrap_or(5),
                arguments.seed.unwrap_or_else(drawn_seed),
            ),
        },
        script: script.map(Arc::new),
        speed: arguments.speed,
        at: arguments.at,
        draw_seed: drawn_seed,
    };
    let parse = |text: &str, names: &[Text]| {
        Statement::parse(text, names, true).map_err(|diagnostics| diagnostics.to_string())
    };
    let names = begin.stage.names.clone();
    let complete = move |line: &str, cursor: usize| {
        let completion = command::complete(line, cursor, &names);
        let candidates = completion.candidates.into_iter();
        let pairs = candidates.map(|candidate| (candidate.text, candidate.help.to_owned()));
        (completion.start, pairs.collect())
    };
    let theme = Theme::from_environment();
    let live = Live::start(begin);
    tui::run(live, keymap, Box::new(parse), Box::new(complete), &theme).map_err(|error| Failure {
        words: format!("error: the terminal: {error}"),
        code: UNREADABLE,
    })
}

/// Plays the script, or the default demo, and tells its story.
fn tell(arguments: &Dashboard, script: Option<Script>) -> Result<i32, Failure> {
    let (name, script) = match (script, &arguments.script) {
        (Some(script), Some(name)) => (name.as_str(), script),
        _ => (demos::DEFAULT, load(demos::DEFAULT)?),
    };
    let run = Run {
        scripts: Vec::new(),
        seed: arguments.seed,
        hosts: HostsArg::Threads,
        json: false,
        trace: None,
        force: false,
    };
    let (outcome, words) = run_script(name, script, &run, None);
    print(&words)?;
    Ok(match outcome {
        Outcome::Passed => DONE,
        _ => FAILED,
    })
}

fn overlay(path: &Path) -> Result<tui::Keymap, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            Failure::wrong(format!("error: {}: this is no UTF-8 text", path.display()))
        }
        _ => Failure::unreadable(path, &error),
    })?;
    let name = path.display().to_string();
    let parse = |text: &str| {
        Statement::parse(text, &[], true).map_err(|diagnostics| diagnostics.to_string())
    };
    tui::Keymap::default()
        .overlay(&name, &text, &parse)
        .map_err(Failure::wrong)
}

/// A seed of few digits, so that it can be read out and typed.
pub fn drawn_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id()) % 1_000_000
}
