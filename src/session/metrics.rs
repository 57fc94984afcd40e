//! How the run went, in equal intervals of virtual time: commits, latencies, messages, elections,
//! whether somebody led, and whether something was broken.
//!
//! It is kept as events happen, and a checkpoint keeps it too, so that at each instant it tells of
//! all that was before. It stays small: when there are too many intervals, each two become one.

use std::collections::BTreeSet;

use imbl::Vector;

use super::rank::nearest_rank;
use crate::raft::{Event as NodeEvent, Index, Kind, Micros, NodeId, RoleKind};
use crate::world::{Event, Record};

/// How long an interval is at first.
const SHORTEST: Micros = 100_000;
/// So many intervals are kept at most.
const MOST: usize = 512;

/// What happened in one interval.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Entries that became committed, no-ops and configurations too.
    pub commits: u64,
    /// Messages between nodes, by kind in the order of [`Kind::ALL`].
    pub sent: [u64; Kind::ALL.len()],
    /// Real candidacies; pre-votes are not counted.
    pub elections: u64,
    /// For so long a live node led, in microseconds.
    pub led: Micros,
    /// Something was broken at some instant of it: a node, a link, a disk, a clock.
    pub faulty: bool,
    /// How long answered requests took: how many of each class, in order.
    latencies: Vec<(u16, u64)>,
    /// How long the slowest of them took, in microseconds.
    slowest: Micros,
}

/// What is known of a latency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Latency {
    /// It is not longer, in microseconds.
    pub at_most: Micros,
    /// It is so long, and not only not longer.
    pub exact: bool,
}

impl Interval {
    /// Both together.
    pub fn with(mut self, other: &Interval) -> Interval {
        self.commits += other.commits;
        self.elections += other.elections;
        self.led += other.led;
        self.faulty |= other.faulty;
        for (count, more) in self.sent.iter_mut().zip(&other.sent) {
            *count += more;
        }
        for &(class, count) in &other.latencies {
            self.note_latency(class, count);
        }
        self.slowest = self.slowest.max(other.slowest);
        self
    }

    /// The latency that so many per cent of the answered requests did not exceed (the nearest
    /// rank): to an eighth and never too short, and exactly where it is that of the slowest; `None`
    /// when none was answered.
    pub fn latency(&self, percentile: u64) -> Option<Latency> {
        let class = nearest_rank(self.latencies.iter().copied(), percentile)?;
        let (least, longest) = (of_class(class), of_class(class + 1) - 1);
        let all: u64 = self.latencies.iter().map(|(_, count)| count).sum();
        let is_slowest = (all * percentile).div_ceil(100) == all;
        Some(Latency {
            at_most: longest.min(self.slowest),
            exact: is_slowest || least == longest,
        })
    }

    fn note_latency(&mut self, class: u16, count: u64) {
        match self
            .latencies
            .binary_search_by_key(&class, |&(class, _)| class)
        {
            Ok(place) => self.latencies[place].1 += count,
            Err(place) => self.latencies.insert(place, (class, count)),
        }
    }
}

/// Latencies of a class are alike to an eighth.
fn class_of(latency: Micros) -> u16 {
    match latency.checked_ilog2() {
        Some(octave @ 3..) => ((octave - 2) * 8) as u16 + (latency >> (octave - 3) & 7) as u16,
        _ => latency as u16,
    }
}

/// The least latency of a class.
fn of_class(class: u16) -> Micros {
    match class / 8 {
        0 => u64::from(class),
        octave => u64::from(8 + class % 8) << (octave - 1),
    }
}

/// The intervals of a run up to the present instant. Cloning shares structure.
#[derive(Clone, PartialEq, Debug)]
pub struct Metrics {
    length: Micros,
    intervals: Vector<Interval>,
    /// Up to where all is told.
    through: Micros,
    /// Nodes that took the role and did not give it up, and those that are stopped.
    leaders: BTreeSet<NodeId>,
    stopped: BTreeSet<NodeId>,
    /// Something is broken.
    faulty: bool,
    /// The highest index that anybody committed.
    committed: Index,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            length: SHORTEST,
            intervals: Vector::new(),
            through: 0,
            leaders: BTreeSet::new(),
            stopped: BTreeSet::new(),
            faulty: false,
            committed: 0,
        }
    }
}

impl Metrics {
    /// How long an interval is, in microseconds.
    pub fn length(&self) -> Micros {
        self.length
    }

    /// The intervals from instant 0 on; the last may not be over.
    pub fn intervals(&self) -> &Vector<Interval> {
        &self.intervals
    }

    /// Looks at one event; `latency` is that of the request that it answers.
    pub fn watch(&mut self, record: &Record, latency: Option<Micros>) {
        self.pass_to(record.at);
        if let Some(latency) = latency {
            let here = self.here();
            here.note_latency(class_of(latency), 1);
            here.slowest = here.slowest.max(latency);
        }
        match (&record.event, record.node) {
            (Event::Send { envelope, .. }, _) => {
                self.here().sent[envelope.message.kind() as usize] += 1;
            }
            (Event::Node(NodeEvent::Commit { to, .. }), _) if *to > self.committed => {
                let fresh = *to - self.committed;
                self.committed = *to;
                self.here().commits += fresh;
            }
            (Event::Node(NodeEvent::Role { role, .. }), Some(node)) => {
                match role {
                    RoleKind::Leader => self.leaders.insert(node),
                    _ => self.leaders.remove(&node),
                };
                if *role == RoleKind::Candidate {
                    self.here().elections += 1;
                }
            }
            (Event::Crash, Some(node)) => {
                self.leaders.remove(&node);
                self.stopped.remove(&node);
            }
            (Event::Stop, Some(node)) => {
                self.stopped.insert(node);
            }
            (Event::Resume, Some(node)) => {
                self.stopped.remove(&node);
            }
            (Event::Reboot, _) => self.leaders.clear(),
            _ => {}
        }
    }

    /// From `now` on something is broken, or nothing any more.
    pub fn set_faulty(&mut self, now: Micros, faulty: bool) {
        self.pass_to(now);
        self.faulty = faulty;
        self.here().faulty |= faulty;
    }

    /// Lets time pass to `now` with everything as it is.
    pub fn pass_to(&mut self, now: Micros) {
        if self.through >= now {
            return;
        }
        let led = self.leaders.difference(&self.stopped).next().is_some();
        while self.through < now {
            let end = (self.through / self.length + 1) * self.length;
            let passed = end.min(now) - self.through;
            let faulty = self.faulty;
            let here = self.here();
            here.faulty |= faulty;
            if led {
                here.led += passed;
            }
            self.through += passed;
        }
    }

    /// The interval of the present instant.
    fn here(&mut self) -> &mut Interval {
        while (self.through / self.length) as usize >= MOST {
            self.length *= 2;
            let pairs = self.intervals.len().div_ceil(2);
            let nothing = Interval::default();
            self.intervals = (0..pairs)
                .map(|pair| {
                    let second = self.intervals.get(2 * pair + 1);
                    self.intervals[2 * pair]
                        .clone()
                        .with(second.unwrap_or(&nothing))
                })
                .collect();
        }
        let place = (self.through / self.length) as usize;
        while self.intervals.len() <= place {
            self.intervals.push_back(Interval::default());
        }
        &mut self.intervals[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::{Causes, RoleReason};

    fn record(at: Micros, node: u16, event: Event) -> Record {
        Record {
            id: 1,
            at,
            node: Some(NodeId(node)),
            causes: Causes::None,
            event,
        }
    }

    fn leads(at: Micros) -> Record {
        let event = NodeEvent::Role {
            role: RoleKind::Leader,
            term: 1,
            reason: RoleReason::Campaign,
        };
        record(at, 1, Event::Node(event))
    }

    fn commits(at: Micros, to: Index) -> Record {
        record(at, 1, Event::Node(NodeEvent::Commit { from: 0, to }))
    }

    #[test]
    fn a_class_holds_latencies_alike_to_an_eighth() {
        for latency in (0..2_000).chain([123_456, 9_999_999, 1 << 40]) {
            let least = of_class(class_of(latency));
            assert!(
                least <= latency && latency - least <= latency / 8,
                "{latency}: {least}"
            );
        }
    }

    #[test]
    fn an_interval_tells_how_long_somebody_led() {
        let mut metrics = Metrics::default();
        metrics.watch(&leads(50_000), None);
        metrics.watch(&record(250_000, 1, Event::Stop), None);
        metrics.watch(&record(260_000, 1, Event::Resume), None);
        metrics.watch(&record(270_000, 1, Event::Crash), None);
        metrics.pass_to(400_000);
        let led: Vec<Micros> = metrics.intervals().iter().map(|one| one.led).collect();
        assert_eq!(led, [50_000, 100_000, 60_000, 0]);
    }

    #[test]
    fn an_entry_counts_once_however_many_commit_it() {
        let mut metrics = Metrics::default();
        for (at, to) in [(10, 3), (20, 2), (30, 3), (40, 5)] {
            metrics.watch(&commits(at, to), None);
        }
        assert_eq!(metrics.intervals()[0].commits, 5);
    }

    /// An hour takes no more room than a minute, and nothing is lost when intervals are joined.
    #[test]
    fn it_stays_small() {
        let mut metrics = Metrics::default();
        metrics.watch(&leads(0), None);
        let hour = 3_600_000_000;
        for step in 1..=36_000 {
            metrics.watch(&commits(step * hour / 36_000, step), Some(step));
        }
        metrics.pass_to(hour);
        assert!(metrics.intervals().len() <= MOST);
        let whole = metrics
            .intervals()
            .iter()
            .fold(Interval::default(), |sum, one| sum.with(one));
        assert_eq!((whole.commits, whole.led), (36_000, hour));
        let median = whole.latency(50).expect("requests were answered");
        assert!(
            !median.exact && (18_000..=20_250).contains(&median.at_most),
            "{median:?}"
        );
        let slowest = Latency {
            at_most: 36_000,
            exact: true,
        };
        assert_eq!(whole.latency(100), Some(slowest));
    }

    #[test]
    fn a_latency_is_never_told_too_short() {
        let mut metrics = Metrics::default();
        let mut took = |latency| metrics.watch(&commits(10, 1), Some(latency));
        [50_454, 59_100, 244_000].into_iter().for_each(&mut took);
        let told = |percentile| {
            let latency = metrics.intervals()[0].latency(percentile);
            latency.map(|it| (it.at_most, it.exact))
        };
        // An eighth of its octave holds 57 to 61 ms.
        assert_eq!(told(50), Some((61_439, false)));
        assert_eq!(told(99), Some((244_000, true)));
    }
}
