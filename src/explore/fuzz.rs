//! Many seeds, on all cores: what fails, how often, and how soon.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use super::run::{self, Failure, Target};
use super::shrink::shrink;
use super::{Case, Wanted, write};
use crate::raft::Micros;
use crate::raft::rule::Protects;

/// What is to be tried.
#[derive(Clone, Debug)]
pub struct Fuzz {
    /// What the runs are like.
    pub wanted: Wanted,
    /// The seeds; those of other shards are left out.
    pub seeds: Range<u64>,
    /// Every so many seeds one is tried, beginning with the first but `shard.0`.
    pub shard: (u64, u64),
    /// So many threads.
    pub jobs: usize,
    /// What is looked for.
    pub target: Target,
    /// Stop after so many failures.
    pub enough: u64,
}

/// A run that failed.
#[derive(Clone, Debug)]
pub struct Found {
    /// The seed that was tried.
    pub seed: u64,
    /// What was wrong.
    pub failure: Failure,
    /// When it showed, in microseconds of virtual time.
    pub at: Micros,
}

/// What all runs together came to.
#[derive(Clone, Default, Debug)]
pub struct Summary {
    /// Runs that were played.
    pub runs: u64,
    /// Virtual time of all of them, in microseconds.
    pub virtual_time: u128,
    /// What failed, in order of seeds.
    pub found: Vec<Found>,
}

impl Fuzz {
    /// Tries seeds until there are no more, enough has failed, or `stop` is set; `tell` hears of
    /// each run that ended.
    pub fn run(
        &self,
        stop: &AtomicBool,
        mut tell: impl FnMut(&Summary, Option<&Found>),
    ) -> Summary {
        let (first, step) = (self.seeds.start + self.shard.0, self.shard.1.max(1));
        let next = AtomicU64::new(0);
        let mut summary = Summary::default();
        std::thread::scope(|scope| {
            let (sender, ended) = mpsc::channel();
            for _ in 0..self.jobs.max(1) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed)
                        && let number = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(seed) = number
                            .checked_mul(step)
                            .and_then(|it| it.checked_add(first))
                        && seed < self.seeds.end
                    {
                        let ended = self.try_seed(seed);
                        if sender.send(ended).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for (time, found) in ended {
                summary.runs += 1;
                summary.virtual_time += u128::from(time);
                tell(&summary, found.as_ref());
                summary.found.extend(found);
                if summary.found.len() as u64 >= self.enough {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        });
        summary.found.sort_by_key(|found| found.seed);
        summary
    }

    fn try_seed(&self, seed: u64) -> (Micros, Option<Found>) {
        let case = Case::draw(seed, &self.wanted);
        match run::play(&case, self.target) {
            Ok(played) => {
                let at = played.session.now();
                let found = played.failure.map(|failure| Found { seed, failure, at });
                (at, found)
            }
            Err(failure) => (
                0,
                Some(Found {
                    seed,
                    failure,
                    at: 0,
                }),
            ),
        }
    }

    /// The run as it was drawn, as a script; `None` where the program itself fails.
    pub fn drawn(&self, found: &Found) -> Option<String> {
        let case = Case::draw(found.seed, &self.wanted);
        let played = run::play(&case, self.target).ok()?;
        Some(write::script(&case, &played))
    }

    /// The smallest script found that fails as this run does.
    pub fn shrunk(&self, found: &Found) -> Option<String> {
        let case = Case::draw(found.seed, &self.wanted);
        let small = shrink(&case, self.target)?;
        let played = run::play(&small, self.target).ok()?;
        played.failure.as_ref()?;
        Some(write::script(&small, &played))
    }
}

/// What the absence of a rule is to show.
pub fn target(wanted: &Wanted) -> Target {
    match wanted.off.first().map(|rule| rule.info().protects) {
        None => Target::Anything,
        Some(Protects::Availability) => Target::Availability,
        Some(Protects::Safety(invariant)) => Target::Violation(invariant),
    }
}
