//! From a run that fails to the smallest one that still fails in the same way.
//!
//! What is left out changes what is drawn afterwards, so a smaller run is tried with several seeds:
//! any of them will do, since the script that is written names its seed.

use super::Case;
use super::run::{self, Failure, Played, Target};
use crate::kv::Text;
use crate::raft::{Micros, Span};
use crate::session::Deed;
use crate::world::command::{Command, DiskChange, NodeRef, Pick, Selector, Setting};

/// So much virtual time may pass in all the runs that are tried for one case, in microseconds.
const TIME: Micros = 20_000_000_000;
/// Seeds that a smaller run is tried with, its own among them.
const SEEDS: u64 = 6;
/// Times are rounded to these, the roundest first.
const ROUND: [Micros; 6] = [1_000_000, 100_000, 50_000, 10_000, 5_000, 1_000];

/// Shrinks a case that fails; `None` when it does not.
pub fn shrink(case: &Case, target: Target) -> Option<Case> {
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
        left: TIME,
    };
    if let Some(played) = played {
        shrinker.resolve(&played);
    }
    shrinker.shrink();
    Some(shrinker.best)
}

struct Shrinker {
    best: Case,
    target: Target,
    failure: Failure,
    /// So much virtual time may still pass.
    left: Micros,
}

impl Shrinker {
    /// True when the case fails in the same way, with its seed or a few others.
    fn fails(&mut self, case: &Case) -> Option<Case> {
        for step in 0..SEEDS {
            if self.left == 0 {
                return None;
            }
            let mut tried = case.clone();
            tried.seed = match step {
                0 => case.seed,
                step => step,
            };
            let failure = match run::play(&tried, self.target) {
                Ok(played) => {
                    self.left = self.left.saturating_sub(played.session.now());
                    let failure = played.failure;
                    if failure.is_some() && !tried.judged {
                        tried.until = tried.until.min(played.session.now());
                    }
                    failure
                }
                Err(bug) => {
                    self.left = self.left.saturating_sub(tried.until);
                    Some(bug)
                }
            };
            if failure.is_some_and(|failure| failure.is_like(&self.failure)) {
                return Some(tried);
            }
        }
        None
    }

    /// Takes a smaller case if it fails too.
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
        let head = self.best.off.len() + self.best.setup.len();
        let done = played.session.journal().iter().skip(head);
        let acts = done.filter_map(|entry| match &entry.deed {
            Deed::Act(command) => Some((entry.at, command.clone())),
            _ => None,
        });
        let until = self.best.until;
        let steps: Vec<_> = acts.filter(|(at, _)| *at <= until).collect();
        self.edit(|case| {
            case.steps = steps;
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
            self.leave_out_steps();
            self.leave_out_setup();
            self.leave_out_nodes();
            self.simplify_steps();
            self.come_sooner();
            self.round_times();
            if self.best == before || self.left == 0 {
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
                let range = start..end.min(self.best.steps.len());
                self.edit(|case| {
                    case.steps.drain(range);
                });
                end = start;
            }
            if size == 1 || self.left == 0 {
                return;
            }
            size = size.div_ceil(2);
        }
    }

    fn leave_out_setup(&mut self) {
        for place in (0..self.best.setup.len()).rev() {
            self.edit(|case| {
                case.setup.remove(place);
            });
        }
        // Messages that all take the same time draw nothing.
        let exact = |span: Span| Command::Latency { span, link: None };
        let fixed = [Span::millis(10, 10), Span::millis(5, 5)];
        if !self
            .best
            .setup
            .iter()
            .any(|it| matches!(it, Command::Latency { span, .. } if span.min == span.max))
        {
            for span in fixed {
                if self.edit(|case| {
                    case.setup
                        .retain(|it| !matches!(it, Command::Latency { .. }));
                    case.setup.push(exact(span));
                }) {
                    break;
                }
            }
        }
    }

    /// The last nodes go, with all that names them.
    fn leave_out_nodes(&mut self) {
        while self.best.names.len() > 1 {
            let gone = self.best.names.len() - 1;
            let smaller = self.edit(|case| {
                let name = case.names.remove(gone);
                let steps = std::mem::take(&mut case.steps);
                let steps = steps.into_iter().filter_map(|(at, mut command)| {
                    forget(&mut command, &name).then_some((at, command))
                });
                case.steps = steps.collect();
            });
            if !smaller {
                return;
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

    /// Shortens the time between one step and the next.
    fn come_sooner(&mut self) {
        for place in 0..self.best.steps.len() {
            let before = place
                .checked_sub(1)
                .map_or(0, |before| self.best.steps[before].0);
            for part in [1, 2, 4, 8] {
                let gap = self.best.steps[place].0 - before;
                let less = gap / part;
                if less < 1_000 {
                    break;
                }
                if self.edit(|case| {
                    case.steps[place..]
                        .iter_mut()
                        .for_each(|(at, _)| *at -= less);
                    case.until -= less;
                }) {
                    break;
                }
            }
        }
    }

    fn round_times(&mut self) {
        for unit in ROUND {
            for place in 0..self.best.steps.len() {
                let (at, _) = self.best.steps[place];
                let before = place
                    .checked_sub(1)
                    .map_or(0, |before| self.best.steps[before].0);
                let after = self
                    .best
                    .steps
                    .get(place + 1)
                    .map_or(Micros::MAX, |next| next.0);
                for rounded in [at / unit * unit, at.div_ceil(unit) * unit] {
                    let rounder = rounded != at && before <= rounded && rounded <= after;
                    let already = ROUND
                        .iter()
                        .any(|coarse| *coarse > unit && at % coarse == 0);
                    if rounder
                        && !already
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

/// Takes a node out of a command; false when nothing is left of it.
fn forget(command: &mut Command, name: &Text) -> bool {
    let is_it = |node: &NodeRef| matches!(node, NodeRef::Name(known) if known == name);
    if let Command::Add { node, .. } = command
        && is_it(node)
    {
        return false;
    }
    let empty = |selector: &mut Selector| match selector {
        Selector::These(nodes) => {
            nodes.retain(|node| !is_it(node));
            nodes.is_empty()
        }
        Selector::Group(_) => false,
    };
    let islands = matches!(command, Command::Partition(_));
    let mut left = true;
    for nodes in command.selections_mut() {
        left &= !empty(&mut nodes.base);
        if nodes.less.as_mut().is_some_and(empty) {
            nodes.less = None;
        }
    }
    if islands && let Command::Partition(islands) = command {
        islands.retain(|nodes| !matches!(&nodes.base, Selector::These(nodes) if nodes.is_empty()));
        return !islands.is_empty();
    }
    left
}

/// Simpler commands that may do as well, the simplest first.
fn simpler(command: &Command) -> Vec<Command> {
    let mut simpler = Vec::new();
    match command {
        Command::Handle { handling, pick } => {
            let with = |pick: Pick| Command::Handle {
                handling: *handling,
                pick,
            };
            if pick.count != Some(1) {
                let count = Some(1);
                simpler.push(with(Pick {
                    count,
                    ..pick.clone()
                }));
            }
            if pick.nth > 1 {
                simpler.push(with(Pick {
                    nth: 1,
                    ..pick.clone()
                }));
            }
        }
        Command::Crash(_) | Command::Stop(_) => {}
        Command::Request {
            operation,
            by,
            via: Some(_),
            reads,
        } => simpler.push(Command::Request {
            operation: operation.clone(),
            by: *by,
            via: None,
            reads: *reads,
        }),
        Command::Latency { span, link } if span.min != span.max => {
            for exact in [span.max, span.min] {
                simpler.push(Command::Latency {
                    span: Span::exactly(exact),
                    link: link.clone(),
                });
            }
        }
        Command::Disk {
            nodes,
            change: DiskChange::Latency(_),
        } => simpler.push(Command::Disk {
            nodes: nodes.clone(),
            change: DiskChange::Stall,
        }),
        Command::Set {
            setting: Setting::SnapshotEvery(every),
            on,
        } if *every > 1 => simpler.push(Command::Set {
            setting: Setting::SnapshotEvery(every / 2),
            on: on.clone(),
        }),
        // The same for fewer nodes.
        command => {
            let mut command = command.clone();
            let many = |nodes: &&mut crate::world::command::Nodes| matches!(&nodes.base, Selector::These(nodes) if nodes.len() > 1);
            let count = command
                .selections_mut()
                .into_iter()
                .filter(|nodes| many(nodes))
                .count();
            if count == 1 && !matches!(command, Command::Admin { .. } | Command::Partition(_)) {
                let nodes = command
                    .selections_mut()
                    .into_iter()
                    .find(|nodes| many(nodes));
                if let Some(nodes) = nodes
                    && let Selector::These(these) = nodes.base.clone()
                {
                    for node in these {
                        let mut fewer = command.clone();
                        if let Some(nodes) =
                            fewer.selections_mut().into_iter().find(|nodes| many(nodes))
                        {
                            nodes.base = Selector::These(vec![node]);
                        }
                        simpler.push(fewer);
                    }
                }
            }
        }
    }
    simpler
}
