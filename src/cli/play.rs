//! Headless play: scripts are run to their ends, and their reports or stories printed.

use std::path::Path;
use std::sync::Arc;

use super::output::{print, say, shell_word};
use super::trace_file::TraceFile;
use super::{Failure, Run, input};
use crate::command::clean::printable;
use crate::command::{Lang, Script, duration_text};
use crate::script::exit::DONE;
use crate::script::report::Report;
use crate::script::{Outcome, Player, demos, logbook, stage, story};
use crate::session::{Manner, Session, Sink};
use crate::world::{Hosts, World};

/// Has a panic, in whatever thread, say how to see it again.
pub(super) fn tell_of_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        if let Some(words) = logbook::last_words() {
            say(&words);
        }
    }));
}

/// `run`: every script in turn, after all have been read.
pub(super) fn run(run: &Run) -> Result<i32, Failure> {
    tell_of_panics();
    let lang = run.lang.lang();
    let scripts = input::scripts(&run.scripts)?;
    let trace = run.trace.as_deref();
    // The events are numbered from 1 in every run. On a pipe a report ends each, if there is one.
    let divided = run.json && trace == Some(Path::new("-"));
    if trace.is_some() && scripts.len() > 1 && !divided {
        return Err(Failure::wrong(
            "error: a trace is of one run, and here are several scripts\n  = help: run each by itself, with a trace of its own; with `--json --trace -` a report ends each",
        ));
    }
    let mut trace = trace
        .map(|path| TraceFile::create(path, run.force))
        .transpose()?;
    let to_stdout = trace.as_ref().is_some_and(TraceFile::is_stdout);
    let mut code = DONE;
    for (name, script) in run.scripts.iter().zip(scripts) {
        let played = Played::new(script, run.seed, run.hosts.into(), |_| {
            trace.as_ref().map(TraceFile::sink)
        });
        code = code.max(played.outcome.exit_code());
        if let Some(trace) = &mut trace {
            trace.flush()?;
        }
        let report = played.report(name);
        match (run.json, to_stdout) {
            (true, _) => print(&report.json())?,
            (false, false) => print(&tale(&report, lang, run.seed))?,
            // The trace must stay readable, line by line.
            (false, true) => say(&tale(&report, lang, run.seed)),
        }
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    Ok(code)
}

/// The story, and how to look at the very instant at which the script failed.
fn tale(report: &Report, lang: Lang, seed: Option<u64>) -> String {
    let mut tale = story::story(report, lang);
    if report.outcome != Outcome::Passed {
        tale.push_str(&look(report, seed));
        tale.push('\n');
    }
    tale
}

/// The command that opens the dashboard where a script failed, played with a seed of its own or
/// another.
pub(super) fn look(report: &Report, seed: Option<u64>) -> String {
    let file = shell_word(report.file);
    let at = duration_text(report.failed_at());
    let seed = seed.map_or_else(String::new, |seed| format!(" --seed {seed}"));
    format!("look at it: raft-playground {file}{seed} --at {at}")
}

/// The bare command without a terminal: the script, a free cluster of `nodes`, or the default
/// demo, as a story.
pub(super) fn tell(
    script: Option<Script>,
    nodes: Option<u16>,
    seed: Option<u64>,
    lang: Lang,
) -> Result<i32, Failure> {
    tell_of_panics();
    // A free cluster has no file to look into.
    let made_up = script.is_none() && nodes.is_some();
    let script = match (script, nodes) {
        (Some(script), _) => script,
        (None, Some(nodes)) => free(nodes)?,
        (None, None) => input::script(demos::DEFAULT)?,
    };
    let name = script.file.clone();
    let played = Played::new(script, seed, Hosts::Threads, |_| None);
    let report = played.report(&name);
    match made_up {
        true => print(&story::story(&report, lang))?,
        false => print(&tale(&report, lang, seed))?,
    }
    Ok(played.outcome.exit_code())
}

/// A cluster without a script: it is over when somebody leads.
fn free(nodes: u16) -> Result<Script, Failure> {
    let text = format!("title \"free play\"\ncluster {nodes}\nwait until leader within 1m\n");
    Script::parse("free play", &text).map_err(|diagnostics| Failure::wrong(diagnostics.to_string()))
}

/// A script that was played to its end.
pub(super) struct Played {
    session: Session,
    player: Player,
    outcome: Outcome,
    hosts: Hosts,
}

impl Played {
    /// Plays it, and has every event told to what `listen` gives.
    pub(super) fn new(
        script: Script,
        seed: Option<u64>,
        hosts: Hosts,
        listen: impl FnOnce(&World) -> Option<Sink>,
    ) -> Played {
        let manner = Manner {
            hosts,
            keep: 0,
            rewinds: false,
        };
        let stage = stage(&script, seed);
        let file = printable(&script.file);
        logbook::set_whereabouts(format!("seed {}, script {file}", stage.seed));
        let mut session = Session::new(stage, manner);
        if let Some(sink) = listen(session.world()) {
            session.set_sink(sink);
        }
        let mut player = Player::new(Arc::new(script));
        let outcome = player.run(&mut session);
        Played {
            session,
            player,
            outcome,
            hosts,
        }
    }

    pub(super) fn report<'a>(&'a self, file: &'a str) -> Report<'a> {
        Report {
            file,
            session: &self.session,
            player: &self.player,
            outcome: self.outcome.clone(),
            hosts: self.hosts,
        }
    }
}
