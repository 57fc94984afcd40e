//! `experiment`: what the Raft paper measured, measured here.

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use clap::{Args, Subcommand};
use serde_json::json;

use super::output::print;
use super::progress::Progress;
use super::test::all_cores;
use super::{Failure, count, locale};
use crate::command::{duration_text, range_text};
use crate::explore::Failover;
use crate::explore::failover::{Delays, LIMIT, RANGES, Row};
use crate::raft::Micros;
use crate::script::exit::DONE;

#[derive(Subcommand, Debug)]
pub(super) enum Experiment {
    /// How long a cluster is without a leader after a crash (Raft paper, Figure 16)
    ///
    /// Crashes the leader of five servers again and again, for each of the paper's
    /// ranges of election timeouts, and measures the virtual time until another
    /// server has won an election (not until the others have heard of it).
    ///
    /// As in the paper's section 9.3, the leader's last heartbeats reach all others
    /// at the same moment, and it crashes at a uniformly random moment of its
    /// heartbeat interval, which is half the smallest timeout. The logs differ in
    /// length, so that two of the four servers left can win. The rules pre-vote,
    /// leader-stickiness and check-quorum, which the paper does not have, are off.
    ///
    /// The paper's broadcast, a message to every server and all the answers, took
    /// "roughly 15 ms", writing to disk included. Here a message takes 0 to 10.5 ms,
    /// uniformly, and the disk no time of its own: 15.0 ms for a broadcast on
    /// average. Timers are exact to the microsecond.
    #[command(verbatim_doc_comment)]
    Failover(FailoverArgs),
}

#[derive(Args, Debug)]
pub(super) struct FailoverArgs {
    /// How often the leader crashes, for each range
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value = "1000", value_parser = count(1_u64, Some(1_000_000)))]
    trials: u64,
    /// How many trials are played at a time; without it one for each core
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count(NonZeroUsize::MIN, None))]
    jobs: Option<NonZeroUsize>,
    /// A JSON object for each range, one a line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A line for each trial, with commas; `inf` where there was no leader within 100 s
    #[arg(long)]
    csv: bool,
}

/// `experiment`.
pub(super) fn experiment(which: &Experiment) -> Result<i32, Failure> {
    let Experiment::Failover(args) = which;
    let failover = Failover {
        ranges: RANGES.to_vec(),
        delays: Delays::default(),
        trials: args.trials,
        jobs: args.jobs.map_or_else(all_cores, NonZeroUsize::get),
    };
    let all = args.trials * RANGES.len() as u64;
    let mut progress = Progress::new();
    let rows = failover.run(|done| progress.tell(|| format!("{done} of {all} trials")));
    progress.clear();
    print(&match (args.json, args.csv) {
        (true, _) => rows.iter().map(json_line).collect(),
        (_, true) => csv(&rows),
        _ => table(&rows) + "\n" + &plot(&rows),
    })?;
    Ok(DONE)
}

fn json_line(row: &Row) -> String {
    let percentiles: Vec<_> = (1..=100).map(|percent| row.percentile(percent)).collect();
    let line = json!({
        "range": range_text(row.timeouts), "trials": row.downtimes.len(), "ended": row.ended(),
        "limit_us": LIMIT, "median_us": row.percentile(50), "mean_us": row.mean(),
        "p90_us": row.percentile(90), "p99_us": row.percentile(99),
        "worst_us": row.percentile(100), "percentiles_us": percentiles,
    });
    format!("{line}\n")
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::from("range,trial,downtime_ms\n");
    for row in rows {
        let range = range_text(row.timeouts);
        for (downtime, trial) in row.downtimes.iter().zip(1..) {
            let downtime = match downtime {
                Some(micros) => format!("{}.{:03}", micros / 1_000, micros % 1_000),
                None => "inf".to_owned(),
            };
            let _ = writeln!(text, "{range},{trial},{downtime}");
        }
    }
    text
}

/// A row for each range, in milliseconds.
fn table(rows: &[Row]) -> String {
    let trials = rows.first().map_or(0, |row| row.downtimes.len());
    let mut text = format!("Time without a leader in ms, {trials} crashes a row\n\n");
    let _ = writeln!(
        text,
        "{:<NAME$}{:>11}{:>11}{:>11}{:>11}{:>11}",
        "timeouts", "median", "mean", "p90", "p99", "worst"
    );
    for row in rows {
        let mean = match row.mean() {
            None if row.ended() > 0 => "-".to_owned(),
            mean => millis(mean),
        };
        let _ = writeln!(
            text,
            "{:<NAME$}{:>11}{mean:>11}{:>11}{:>11}{:>11}",
            range_text(row.timeouts),
            millis(row.percentile(50)),
            millis(row.percentile(90)),
            millis(row.percentile(99)),
            millis(row.percentile(100)),
        );
    }
    for row in rows.iter().filter(|row| row.ended() < row.downtimes.len()) {
        let _ = writeln!(
            text,
            "{}: no leader within {} in {} of {} trials",
            range_text(row.timeouts),
            duration_text(LIMIT),
            row.downtimes.len() - row.ended(),
            row.downtimes.len(),
        );
    }
    text
}

fn millis(downtime: Option<Micros>) -> String {
    match downtime {
        Some(micros) => format!("{:.1}", micros as f64 / 1e3),
        None => format!("> {}", duration_text(LIMIT)),
    }
}

/// Columns before the plot, for the name of the range.
const NAME: usize = 14;
/// Columns of the plot before 10 ms.
const BEFORE: usize = 4;
/// Columns of the plot from one power of ten to the next.
const DECADE: usize = 14;
/// All columns: up to [`LIMIT`], four powers of ten later, and one for what took longer.
const COLUMNS: usize = BEFORE + 4 * DECADE + 1;

/// How the times of each range are distributed, on a logarithmic axis:
///
/// ```text
///                   |10ms         |100ms        |1s           |10s          |>100s
/// 150ms..155ms                    ▃▇▁▂▆█▃▃▂▁▁▁▁
/// ```
fn plot(rows: &[Row]) -> String {
    let bars = match locale::is_ascii() {
        true => [" ", ".", ":", "-", "=", "+", "*", "#", "@"],
        false => [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    };
    let mut axis = " ".repeat(NAME + BEFORE);
    for tick in ["|10ms", "|100ms", "|1s", "|10s"] {
        let _ = write!(axis, "{tick:<DECADE$}");
    }
    let _ = write!(axis, "|>{}", duration_text(LIMIT));
    let head = "How the times are distributed (bars are relative to the highest of their row)";
    let mut text = format!("{head}\n\n{axis}\n");
    for row in rows {
        let mut counts = [0; COLUMNS];
        row.downtimes
            .iter()
            .for_each(|downtime| counts[column(*downtime)] += 1);
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let bars = counts.map(|count: usize| bars[(count * 8).div_ceil(most)]);
        let line = format!("{:<NAME$}{}", range_text(row.timeouts), bars.concat());
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The column of the plot that a time belongs to.
fn column(downtime: Option<Micros>) -> usize {
    let Some(micros) = downtime else {
        return COLUMNS - 1;
    };
    let decades = (micros.max(1) as f64 / 10_000.0).log10();
    let column = BEFORE as f64 + decades * DECADE as f64;
    (column.max(0.0) as usize).min(COLUMNS - 2)
}
