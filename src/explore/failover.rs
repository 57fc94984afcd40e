//! How long a cluster is without a leader when its leader crashes: the experiment of the Raft
//! paper's section 9.3, whose results are its Figure 16.
//!
//! As there, the five servers' logs differ in length, so that only two of those left can win an
//! election; the leader's last heartbeats reach all followers at once, so that split votes are
//! likely; it crashes at a uniformly random moment of its heartbeat interval, which is half the
//! smallest timeout; and the protocol is the plain one, without what was added to it later.
//!
//! Each trial is a script: what is measured can be opened in the dashboard and looked into.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::spread::spread;
use crate::command::{Script, duration_text, range_text};
use crate::raft::{Micros, Rng, Span};
use crate::script::{Outcome, Player, stage};
use crate::session::{Manner, Session};

/// The ranges of election timeouts in the paper's figure: more and more randomness, then shorter
/// and shorter timeouts.
pub const RANGES: [Span; 10] = [
    Span::millis(150, 150),
    Span::millis(150, 151),
    Span::millis(150, 155),
    Span::millis(150, 175),
    Span::millis(150, 200),
    Span::millis(150, 300),
    Span::millis(100, 200),
    Span::millis(50, 100),
    Span::millis(25, 50),
    Span::millis(12, 24),
];

/// A trial without a new leader for so long, in microseconds, is given up: where the paper's figure
/// ends.
pub const LIMIT: Micros = 100_000_000;

/// How long messages and disks take.
///
/// The paper says that a broadcast (a message to every server and the answers of all, what is
/// written on the way included) took "roughly 15 ms", and no more. With the default it takes
/// 15.0 ms on average.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delays {
    /// One way, drawn anew for each message.
    pub latency: Span,
    /// One sync of a disk.
    pub disk: Span,
}

impl Default for Delays {
    fn default() -> Delays {
        Delays {
            latency: Span {
                min: 0,
                max: 10_500,
            },
            disk: Span::exactly(0),
        }
    }
}

/// One crash of one leader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trial {
    /// The range of election timeouts.
    pub timeouts: Span,
    /// How long messages and disks take.
    pub delays: Delays,
    /// The seed of everything that is drawn; the number of the trial.
    pub seed: u64,
}

impl Trial {
    /// The trial as a script. It ends when there is a new leader.
    pub fn script(&self) -> String {
        const FAILOVER: u64 = 0x6661_696c;
        let heartbeat = self.timeouts.min / 2;
        let crash = Rng::stream(self.seed, &[FAILOVER]).below(heartbeat);
        format!(
            r#"title "Failover with election timeouts of {timeouts}: trial {seed}"
cluster 5
seed {seed}
given n1 log 1 1 1 1 1
given n2 log 1 1 1 1
given n3 log 1 1 1
given n4 log 1 1
given n5 log 1
rule pre-vote off
rule leader-stickiness off
rule check-quorum off
set election-timeout {timeouts}
set heartbeat {heartbeat}
disk all latency {disk}

# n1 leads. It hears nobody, and so does not learn what the others' logs lack.
latency 1ms
hold-timer all
timeout n1
wait until leader n1
cut n2,n3,n4,n5->n1

# Its next heartbeats reach all others at once.
wait {heartbeat}
latency {latency}
release-timer n2,n3,n4,n5
wait {crash}
crash n1
wait until leader within {limit}
"#,
            timeouts = range_text(self.timeouts),
            seed = self.seed,
            heartbeat = duration_text(heartbeat),
            disk = range_text(self.delays.disk),
            latency = range_text(self.delays.latency),
            crash = duration_text(crash),
            limit = duration_text(LIMIT),
        )
    }

    /// How long there was no leader, in microseconds: from the crash until another server has
    /// won an election. `None` when that took longer than [`LIMIT`].
    ///
    /// # Panics
    /// When the script of the trial does not play, which is a bug.
    pub fn downtime(&self) -> Option<Micros> {
        let text = self.script();
        let script = Script::parse("trial", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let script = Arc::new(script);
        let manner = Manner::unwatched(0);
        let mut session = Session::new(stage(&script, None), manner);
        match Player::new(script).run(&mut session) {
            Outcome::Passed => {}
            Outcome::Failed => return None,
            other => panic!("{other:?}\n{text}"),
        }
        let crash = session.journal().iter().last().map_or(0, |crash| crash.at);
        Some(session.now() - crash)
    }
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Failover {
    /// The ranges of election timeouts.
    pub ranges: Vec<Span>,
    /// How long messages and disks take.
    pub delays: Delays,
    /// So many crashes for each range.
    pub trials: u64,
    /// So many threads; the results do not depend on it.
    pub jobs: usize,
}

impl Failover {
    /// Measures; `tell` hears how many trials are done.
    pub fn run(&self, mut tell: impl FnMut(u64)) -> Vec<Row> {
        let trials = self.trials.max(1);
        let work = |number| {
            let timeouts = *self.ranges.get((number / trials) as usize)?;
            let trial = Trial {
                timeouts,
                delays: self.delays,
                seed: number % trials + 1,
            };
            Some(trial.downtime())
        };
        let mut downtimes = vec![None; self.ranges.len() * trials as usize];
        let mut done = 0;
        spread(self.jobs, work, |number, downtime| {
            downtimes[number as usize] = downtime;
            done += 1;
            tell(done);
            ControlFlow::Continue(())
        });
        let of_each = downtimes.chunks(trials as usize);
        let rows = self.ranges.iter().zip(of_each);
        rows.map(|(&timeouts, downtimes)| Row::new(timeouts, downtimes.to_vec()))
            .collect()
    }
}

/// What came of the trials of one range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The range of election timeouts.
    pub timeouts: Span,
    /// How long there was no leader, trial by trial; `None` is longer than [`LIMIT`].
    pub downtimes: Vec<Option<Micros>>,
    /// Those that ended, in order of length.
    ordered: Vec<Micros>,
}

impl Row {
    /// The row of these trials.
    pub fn new(timeouts: Span, downtimes: Vec<Option<Micros>>) -> Row {
        let mut ordered: Vec<Micros> = downtimes.iter().flatten().copied().collect();
        ordered.sort_unstable();
        Row {
            timeouts,
            downtimes,
            ordered,
        }
    }

    /// How many trials found a new leader within [`LIMIT`].
    pub fn ended(&self) -> usize {
        self.ordered.len()
    }

    /// The shortest time within which so many of a hundred trials ended; `None` is longer than
    /// [`LIMIT`].
    pub fn percentile(&self, percent: usize) -> Option<Micros> {
        let rank = (self.downtimes.len() * percent).div_ceil(100);
        self.ordered.get(rank.saturating_sub(1)).copied()
    }

    /// The mean, which is known only when all trials ended.
    pub fn mean(&self) -> Option<Micros> {
        let all = self.ended() as u64;
        let known = all > 0 && self.ended() == self.downtimes.len();
        known.then(|| self.ordered.iter().sum::<Micros>() / all)
    }
}
