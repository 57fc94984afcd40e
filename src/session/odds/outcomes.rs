//! What came of many futures, counted.

use std::collections::BTreeMap;

use crate::raft::{Invariant, Micros};
use crate::session::rank::nearest_rank;

/// The narrowest bar of a histogram.
const NARROWEST: Micros = 1_000;

/// What came of one future.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It came true after so long.
    Came(Micros),
    /// It did not come true in the time that was given.
    Never,
    /// Before it came true, this invariant was violated that had held so far.
    Violated(Invariant),
    /// An instant did not end.
    Endless,
}

/// How often each came of it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Outcomes {
    /// In how many futures it came true, by how long it took, in microseconds.
    came: BTreeMap<Micros, u64>,
    /// In how many it did not.
    pub never: u64,
    /// In how many each invariant was violated first.
    pub violated: BTreeMap<Invariant, u64>,
    /// In how many an instant did not end.
    pub endless: u64,
}

/// A bar of the histogram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The shortest time that is counted here …
    pub from: Micros,
    /// … and the first that is not; the last bar counts it too.
    pub to: Micros,
    /// How many futures.
    pub count: u64,
}

impl Outcomes {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Came(after) => self.came.entry(after).or_default(),
            Outcome::Never => &mut self.never,
            Outcome::Violated(invariant) => self.violated.entry(invariant).or_default(),
            Outcome::Endless => &mut self.endless,
        };
        *count += 1;
    }

    /// In how many it came true.
    pub fn came(&self) -> u64 {
        self.came.values().sum()
    }

    /// How many have ended.
    pub fn ended(&self) -> u64 {
        self.came() + self.never + self.violated.values().sum::<u64>() + self.endless
    }

    /// The time that so many per cent of those in which it came true did not exceed (the nearest
    /// rank); `None` where it never came true.
    pub fn percentile(&self, percent: u64) -> Option<Micros> {
        let came = self.came.iter().map(|(&after, &count)| (after, count));
        nearest_rank(came, percent)
    }

    /// When it came true, in at most so many bars of one width, which is 1, 2 or 5 of some unit;
    /// from the first future in which it did to the last. None where it never came true.
    pub fn histogram(&self, most: usize) -> Vec<Bar> {
        let (Some((&first, _)), Some((&last, _))) =
            (self.came.first_key_value(), self.came.last_key_value())
        else {
            return Vec::new();
        };
        let most = most.max(1) as u64;
        let decades = std::iter::successors(Some(NARROWEST), |unit| unit.checked_mul(10));
        let mut widths = decades.flat_map(|unit| [1, 2, 5].map(|of| unit.saturating_mul(of)));
        let fits = |width: &Micros| last / width - first / width < most;
        let width = widths.find(fits).unwrap_or(Micros::MAX);
        let place = |after: Micros| after / width;
        // What comes at the very end of the time that was given needs no bar beyond it.
        let end = match last % width {
            0 if place(last) > place(first) => place(last) - 1,
            _ => place(last),
        };
        let bar = |number: Micros| {
            let from = number * width;
            let to = number.saturating_add(1).saturating_mul(width);
            let came = self.came.range(from..=to);
            let counted = came.filter(|&(&after, _)| after < to || number == end);
            let count = counted.map(|(_, count)| count).sum();
            Bar { from, to, count }
        };
        (place(first)..=end).map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(after: &[Micros]) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for &millis in after {
            outcomes.add(Outcome::Came(millis * 1_000));
        }
        outcomes
    }

    fn bars(outcomes: &Outcomes, most: usize) -> Vec<(Micros, Micros, u64)> {
        let bars = outcomes.histogram(most).into_iter();
        bars.map(|bar| (bar.from / 1_000, bar.to / 1_000, bar.count))
            .collect()
    }

    #[test]
    fn each_future_is_counted_once() {
        let mut outcomes = came(&[3, 3, 9]);
        outcomes.add(Outcome::Never);
        outcomes.add(Outcome::Endless);
        outcomes.add(Outcome::Violated(Invariant::LogMatching));
        outcomes.add(Outcome::Violated(Invariant::LogMatching));
        assert_eq!((outcomes.came(), outcomes.ended()), (3, 7));
        assert_eq!(outcomes.violated[&Invariant::LogMatching], 2);
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let outcomes = came(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        let millis = |percent| outcomes.percentile(percent).map(|it| it / 1_000);
        assert_eq!(
            [1, 10, 50, 51, 90, 100].map(millis),
            [10, 10, 50, 60, 90, 100].map(Some)
        );
        assert_eq!(Outcomes::default().percentile(50), None);
    }

    #[test]
    fn bars_have_a_round_width_and_no_gaps() {
        let outcomes = came(&[203, 204, 219, 230, 261]);
        assert_eq!(
            bars(&outcomes, 4),
            [(200, 220, 3), (220, 240, 1), (240, 260, 0), (260, 280, 1)]
        );
        assert_eq!(bars(&outcomes, 3), [(200, 250, 4), (250, 300, 1)]);
        assert_eq!(bars(&outcomes, 1), [(200, 300, 5)]);
        assert_eq!(bars(&came(&[7, 7]), 9), [(7, 8, 2)]);
        // The last has its end.
        assert_eq!(
            bars(&came(&[203, 220, 240]), 4),
            [(200, 220, 1), (220, 240, 2)]
        );
        assert!(bars(&Outcomes::default(), 9).is_empty());
    }

    #[test]
    fn however_few_the_bars_all_are_counted() {
        let outcomes = came(&[0, 1, 999, 1_000, 31_000, 86_400_000]);
        for most in 0..40 {
            let bars = outcomes.histogram(most);
            assert!(bars.len() <= most.max(1), "{most}");
            assert_eq!(bars.iter().map(|bar| bar.count).sum::<u64>(), 6, "{most}");
        }
    }
}
