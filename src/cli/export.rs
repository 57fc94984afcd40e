//! `export`: a script is played to its end, and a stretch of it written to a file.

use std::path::PathBuf;

use clap::Args;

use super::interrupt::leave_nothing;
use super::locale::FileLangArg;
use super::output::{print, say};
use super::play::{Played, tell_of_panics};
use super::{Failure, input, instant};
use crate::command::clean::printable;
use crate::raft::Micros;
use crate::script::Outcome;
use crate::script::export::{self, Refusal};
use crate::script::story;
use crate::world::Hosts;

/// The arguments of `export`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  raft-playground export election -o election.mmd
  raft-playground export figure-8 --from 1s --to 1.5s -o figure-8.svg
  raft-playground export lossy --to 400ms -o lossy.txt
  raft-playground export failover -o failover.jsonl

The ending of FILE says what is written: .mmd a sequence diagram of Mermaid, which GitHub draws,
.svg a picture, .txt text, .jsonl the trace. A diagram shows 2000 events at most: choose the
stretch. The script is played to its end, and the exit code is that of `run`.")]
pub(super) struct ExportArgs {
    /// A script: a file, or the name of a demo
    script: String,
    /// The instant where the stretch begins, as in 1.5s [default: the beginning]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = instant)]
    from: Option<Micros>,
    /// The instant where the stretch ends [default: the end of the script]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = instant)]
    to: Option<Micros>,
    /// The file to write: .mmd, .svg, .txt or .jsonl
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace a file that was made in another way, or changed since
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lang: FileLangArg,
}

/// Plays the script and writes the stretch, also of a script that fails on the way.
pub(super) fn export(args: &ExportArgs) -> Result<i32, Failure> {
    tell_of_panics();
    let script = input::unattended(&args.script)?;
    let failed = |refusal| failure(args, &refusal);
    let stretch = (args.from.unwrap_or(0), args.to.unwrap_or(Micros::MAX));
    leave_nothing();
    let export = export::Export::begin(&args.output, stretch, args.force).map_err(failed)?;
    let title = script.title.clone();
    let played = Played::new(script, None, Hosts::Inline, |world| {
        Some(export.sink(world))
    });
    let report = played.report(&args.script);
    let done = export.finish(report.session, title, args.lang.lang());
    if report.outcome != Outcome::Passed {
        say(&story::failure(&report));
    }
    let path = args.output.display().to_string();
    print(&format!("{}: {}", printable(&path), done.map_err(failed)?))?;
    Ok(report.outcome.exit_code())
}

/// What is wrong, and what would be right.
fn failure(args: &ExportArgs, refusal: &Refusal) -> Failure {
    let help = match refusal {
        Refusal::Unwritten(why) => return Failure::of_place(&args.output, why),
        Refusal::Ending => "as in -o diagram.svg",
        Refusal::Backwards { .. } => "--from is not after --to",
        Refusal::Over { .. } => "choose an earlier --from",
        Refusal::TooMuch { .. } => "narrow it with --from and --to; .jsonl has no such limit",
    };
    let path = args.output.display().to_string();
    let path = printable(&path);
    Failure::wrong(format!("error: {path}: {refusal}\n  = help: {help}"))
}
