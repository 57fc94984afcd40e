//! From a run that fails to the smallest one that still fails in the same way.
//!
//! What is left out changes what is drawn afterwards. So a run is first played by hand, as far as
//! that goes: timers are held and fired by statements, messages all take the same time, requests
//! are asked one by one. Then nothing hangs on draws, and what is left out changes only what
//! follows from it. Where draws remain a smaller run is tried with several seeds: any of them will
//! do, since the script that is written names its seed.

mod by_hand;
mod simpler;

use std::sync::atomic::{AtomicBool, Ordering};

use super::Case;
use super::run::{self, Failure, Played, Target};
use crate::kv::Text;
use crate::raft::{Micros, Span};
use simpler::{forget, merged, rename, simpler};

/// So many events may happen in all the runs that are tried for one case.
const WORK: u64 = 12_000_000;
/// To begin a run costs as much as so many events.
const BEGIN: u64 = 100;
/// Seeds that a smaller run is tried with where something is drawn, its own among them.
const SEEDS: u64 = 6;
/// Among so few steps, every two are tried together.
const FEW: usize = 24;
/// Times are rounded to these, the roundest first.
const ROUND: [Micros; 6] = [1_000_000, 100_000, 50_000, 10_000, 5_000, 1_000];

/// Shrinks a case that fails; `None` when it does not. When `stop` is set it comes back with what
/// it has.
pub fn shrink(case: &Case, target: Target, stop: &AtomicBool) -> Option<Case> {
    let (played, failure) = match run::play(case, target) {
        Ok(played) => {
            let failure = played.failure.clone()?;
            (Some(played), failure)
        }
        Err(bug) => (None, bug),
    };
    let mut shrinker = Shrinker {
        best: case.clone(),
        target,
        failure,
        left: WORK,
        stop,
    };
    if let Some(played) = played {
        shrinker.resolve(&played);
    }
    shrinker.shrink();
    Some(shrinker.best)
}

struct Shrinker<'a> {
    best: Case,
    target: Target,
    failure: Failure,
    /// So many events may still happen.
    left: u64,
    stop: &'a AtomicBool,
}

impl Shrinker<'_> {
    fn is_over(&self) -> bool {
        self.left == 0 || self.stop.load(Ordering::Relaxed)
    }

    /// The case with a seed with which it fails in the same way, its own or one of a few others.
    fn fails(&mut self, case: &Case) -> Option<Case> {
        let seeds = if by_hand::draws(case) { SEEDS } else { 1 };
        for step in 0..seeds {
            if self.is_over() {
                return None;
            }
            let mut tried = case.clone();
            tried.seed = match step {
                0 => case.seed,
                step => step,
            };
            let (failure, work) = match run::play(&tried, self.target) {
                Ok(played) => {
                    if played.failure.is_some() && !tried.judged {
                        // What comes after the violation is not needed.
                        tried.until = tried.until.min(played.session.now());
                        tried.steps.retain(|(at, _)| *at <= tried.until);
                    }
                    (played.failure, played.session.world().trace().counted())
                }
                // Nobody knows how much happened until then.
                Err(bug) => (Some(bug), tried.until / 100),
            };
            self.left = self.left.saturating_sub(BEGIN + work);
            let alike = failure.is_some_and(|failure| failure.is_like(&self.failure));
            if alike && run::owes_it_to_the_rule(&tried, self.target, &self.failure) {
                return Some(tried);
            }
        }
        None
    }

    /// Takes another case if it fails too.
    fn try_case(&mut self, case: Case) -> bool {
        if case == self.best {
            return false;
        }
        match self.fails(&case) {
            Some(case) => {
                self.best = case;
                true
            }
            None => false,
        }
    }

    fn edit(&mut self, edit: impl FnOnce(&mut Case)) -> bool {
        let mut case = self.best.clone();
        edit(&mut case);
        self.try_case(case)
    }

    /// Names the nodes that were meant, and forgets what did nothing or came too late.
    fn resolve(&mut self, played: &Played) {
        let resolved = played.resolved(&self.best);
        self.edit(|case| {
            *case = resolved;
            // A violation ends the run.
            if !case.judged {
                case.until = case.until.min(played.session.now());
            }
        });
        if matches!(self.failure, Failure::Violation(_)) {
            let now = played.session.now();
            self.edit(|case| {
                case.judged = false;
                case.until = case.until.min(now);
            });
        }
    }

    fn shrink(&mut self) {
        loop {
            let before = self.best.clone();
            self.play_by_hand();
            self.leave_out_steps();
            self.leave_out_pairs();
            self.leave_out_setup();
            self.leave_out_nodes();
            self.simplify_steps();
            self.merge_steps();
            self.come_sooner();
            self.round_times();
            if self.best == before || self.is_over() {
                return;
            }
        }
    }

    /// Takes the run into our own hands, as far as it goes on failing. Not where nothing useful
    /// happens any more: that goes on by itself, and by hand there is ever more to be said.
    fn play_by_hand(&mut self) {
        let happens_once = matches!(self.failure, Failure::Violation(_) | Failure::Bug(_));
        if !happens_once || !by_hand::draws(&self.best) {
            return;
        }
        for way in by_hand::WAYS {
            let case = by_hand::case(&self.best, self.target, way);
            if case.is_some_and(|case| self.try_case(case)) {
                return;
            }
        }
    }

    /// Leaves out ever smaller stretches of the steps.
    fn leave_out_steps(&mut self) {
        let mut size = self.best.steps.len().div_ceil(2).max(1);
        loop {
            // From the end: what comes early is what the rest hangs on.
            let mut end = self.best.steps.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                self.edit(|case| {
                    case.steps.drain(start..end);
                });
                end = start.min(self.best.steps.len());
            }
            if size == 1 || self.is_over() {
                return;
            }
            size = size.div_ceil(2);
        }
    }

    /// Leaves out two steps that make sense only together, as a crash and a restart.
    fn leave_out_pairs(&mut self) {
        let mut later = self.best.steps.len();
        if later > FEW {
            return;
        }
        while later > 1 {
            later = (later - 1).min(self.best.steps.len().saturating_sub(1));
            for sooner in (0..later).rev() {
                if self.edit(|case| {
                    case.steps.remove(later);
                    case.steps.remove(sooner);
                }) {
                    break;
                }
            }
        }
    }

    fn leave_out_setup(&mut self) {
        for place in (0..self.best.setup.len()).rev() {
            self.edit(|case| {
                case.setup.remove(place);
            });
        }
        // Messages that all take the same time draw nothing.
        if by_hand::latency_is_drawn(&self.best) {
            for span in [Span::millis(10, 10), Span::millis(5, 5)] {
                if self.edit(|case| by_hand::fix_latency(case, span)) {
                    break;
                }
            }
        }
    }

    /// Nodes go, with all that names them.
    fn leave_out_nodes(&mut self) {
        for gone in (0..self.best.names.len()).rev() {
            if self.best.names.len() == 1 {
                return;
            }
            self.edit(|case| {
                let name = case.names.remove(gone);
                let steps = std::mem::take(&mut case.steps);
                let steps = steps.into_iter().filter_map(|(at, mut command)| {
                    forget(&mut command, &name).then_some((at, command))
                });
                case.steps = steps.collect();
            });
        }
        // Those that are left are called as in any other cluster.
        for place in 0..self.best.names.len() {
            let usual: Text = format!("n{}", place + 1).into();
            if !self.best.names.contains(&usual) {
                self.edit(|case| {
                    let old = std::mem::replace(&mut case.names[place], usual.clone());
                    let steps = case.steps.iter_mut();
                    steps.for_each(|(_, command)| rename(command, &old, &usual));
                });
            }
        }
    }

    fn simplify_steps(&mut self) {
        for place in (0..self.best.steps.len()).rev() {
            let Some((_, command)) = self.best.steps.get(place) else {
                continue;
            };
            for simpler in simpler(command) {
                if self.edit(|case| case.steps[place].1 = simpler) {
                    break;
                }
            }
        }
    }

    /// Says in one statement what two say of different nodes.
    fn merge_steps(&mut self) {
        if self.best.steps.len() > FEW {
            return;
        }
        let mut one = 0;
        while one < self.best.steps.len() {
            let mut other = one + 1;
            while let Some((_, later)) = self.best.steps.get(other) {
                let merged = merged(&self.best.steps[one].1, later);
                let done = merged.is_some_and(|command| {
                    [(one, other), (other, one)]
                        .into_iter()
                        .any(|(kept, gone)| {
                            self.edit(|case| {
                                case.steps[kept].1 = command.clone();
                                case.steps.remove(gone);
                            })
                        })
                });
                if !done {
                    other += 1;
                }
            }
            one += 1;
        }
    }

    /// When the step before this one comes.
    fn before(&self, place: usize) -> Micros {
        let before = place.checked_sub(1);
        before.map_or(0, |before| self.best.steps[before].0)
    }

    /// Shortens the time between one step and the next.
    fn come_sooner(&mut self) {
        // Whatever is left out meanwhile stood behind.
        let mut place = 0;
        while place < self.best.steps.len() {
            let gap = self.best.steps[place].0 - self.before(place);
            for less in [gap, gap / 2, gap / 4, gap / 8] {
                if less < 1_000 {
                    break;
                }
                if self.edit(|case| {
                    let later = case.steps[place..].iter_mut();
                    later.for_each(|(at, _)| *at -= less);
                    case.until = case.until.saturating_sub(less);
                }) {
                    break;
                }
            }
            place += 1;
        }
    }

    fn round_times(&mut self) {
        for unit in ROUND {
            let mut next = 0;
            while let Some(&(at, _)) = self.best.steps.get(next) {
                let place = next;
                next += 1;
                let before = self.before(place);
                let behind = self.best.steps.get(place + 1);
                let after = behind.map_or(Micros::MAX, |behind| behind.0);
                let mut coarser = ROUND.iter().take_while(|coarse| **coarse > unit);
                if coarser.any(|coarse| at % coarse == 0) {
                    continue;
                }
                for rounded in [at / unit * unit, at.div_ceil(unit) * unit] {
                    let rounder = rounded != at && before <= rounded && rounded <= after;
                    if rounder
                        && self.edit(|case| {
                            case.steps[place].0 = rounded;
                            case.until = case.until.max(rounded);
                        })
                    {
                        break;
                    }
                }
            }
        }
    }
}
