//! Many seeds, on all cores: what fails, how often, and how soon.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::AtomicBool;

use super::run::{self, Failure, Target};
use super::shrink::shrink;
use super::spread::spread;
use super::{Case, Wanted, write};
use crate::raft::Micros;

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
    pub enough: usize,
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
    /// Runs of which it was too much work to tell whether the clients' history is linearizable.
    pub undecided: u64,
    /// What failed, in order of seeds.
    pub found: Vec<Found>,
}

/// What one run came to.
struct Tried {
    virtual_time: Micros,
    undecided: bool,
    found: Option<Found>,
}

impl Fuzz {
    /// Tries seeds until there are no more, enough has failed, or `tell` breaks off: it hears of
    /// each run that ended. What is found in a search that is not broken off depends on the seeds
    /// alone, not on the number of threads.
    pub fn run(
        &self,
        mut tell: impl FnMut(&Summary, Option<&Found>) -> ControlFlow<()>,
    ) -> Summary {
        let mut summary = Summary::default();
        let piece = |number| self.seed(number).map(|seed| self.try_seed(seed));
        spread(self.jobs, piece, |_, tried| {
            summary.runs += 1;
            summary.virtual_time += u128::from(tried.virtual_time);
            summary.undecided += u64::from(tried.undecided);
            let on = tell(&summary, tried.found.as_ref());
            summary.found.extend(tried.found);
            match summary.found.len() >= self.enough {
                true => ControlFlow::Break(()),
                false => on,
            }
        });
        // All seeds before the last that was begun were tried: the first that failed are the same
        // whoever was faster.
        summary.found.sort_by_key(|found| found.seed);
        summary.found.truncate(self.enough);
        summary
    }

    /// The seed that is tried as the one of that number, from 0; `None` behind the last.
    fn seed(&self, number: u64) -> Option<u64> {
        let (shard, shards) = self.shard;
        let first = self.seeds.start.checked_add(shard)?;
        let seed = number.checked_mul(shards.max(1))?.checked_add(first)?;
        self.seeds.contains(&seed).then_some(seed)
    }

    fn try_seed(&self, seed: u64) -> Tried {
        let case = Case::draw(seed, &self.wanted);
        let (at, undecided, failure, case) = match run::play(&case, self.target) {
            Ok(played) => {
                let at = played.session.now();
                let undecided = played.is_undecided();
                let resolved = played.failure.is_some().then(|| played.resolved(&case));
                (at, undecided, played.failure, resolved.unwrap_or(case))
            }
            Err(failure) => (0, false, Some(failure), case),
        };
        let owed = |failure: &Failure| run::owes_it_to_the_rule(&case, self.target, failure);
        let failure = failure.filter(owed);
        Tried {
            virtual_time: at,
            undecided,
            found: failure.map(|failure| Found { seed, failure, at }),
        }
    }

    /// The run as it was drawn, as a script.
    pub fn drawn(&self, found: &Found) -> String {
        self.written(&Case::draw(found.seed, &self.wanted))
    }

    /// The smallest script found that fails as this run does, or what there is of it when `stop`
    /// is set.
    pub fn shrunk(&self, found: &Found, stop: &AtomicBool) -> String {
        let case = Case::draw(found.seed, &self.wanted);
        let small = shrink(&case, self.target, stop);
        self.written(&small.unwrap_or(case))
    }

    /// The smallest of the scripts for several runs that failed.
    pub fn smallest(&self, found: &[Found], stop: &AtomicBool) -> Option<String> {
        let mut scripts = Vec::new();
        let piece = |number| {
            let found = found.get(usize::try_from(number).ok()?)?;
            Some(self.shrunk(found, stop))
        };
        spread(self.jobs, piece, |number, script| {
            scripts.push((number, script));
            ControlFlow::Continue(())
        });
        let smallest = scripts
            .into_iter()
            .min_by_key(|(place, script)| (write::size(script), *place));
        smallest.map(|(_, script)| script)
    }

    fn written(&self, case: &Case) -> String {
        write::script(case, &run::play(case, self.target))
    }
}
