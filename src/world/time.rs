//! Clocks: the world's is true, a node's may run at another rate and may jump.

use super::command::{ClockChange, RateMillionths};
use crate::raft::Micros;

/// The rate of a clock that runs true.
pub const TRUE_RATE: RateMillionths = 1_000_000;

/// Where node clocks start, so that a jump back has room: more than four times the longest.
const EPOCH: Micros = 1 << 52;

/// No clock is set later than this: what a node adds to it has room.
const END: Micros = 1 << 62;

/// One node's own clock: `local = base_local + (true - base_true) * rate`, rounded down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeClock {
    base_true: Micros,
    base_local: Micros,
    rate: RateMillionths,
}

impl Default for NodeClock {
    fn default() -> NodeClock {
        NodeClock {
            base_true: 0,
            base_local: EPOCH,
            rate: TRUE_RATE,
        }
    }
}

impl NodeClock {
    /// What the clock shows at the true instant `now`.
    pub fn local(&self, now: Micros) -> Micros {
        let passed = now - self.base_true;
        if self.rate == TRUE_RATE {
            return self.base_local.saturating_add(passed);
        }
        let scaled = u128::from(passed) * u128::from(self.rate) / u128::from(TRUE_RATE);
        self.base_local.saturating_add(micros(scaled))
    }

    /// The first true instant at which the clock shows `local` or more; at the earliest the
    /// instant of the last change.
    pub fn when(&self, local: Micros) -> Micros {
        let wanted = local.saturating_sub(self.base_local);
        if self.rate == TRUE_RATE {
            return self.base_true.saturating_add(wanted);
        }
        let scaled = u128::from(wanted) * u128::from(TRUE_RATE);
        let scaled = scaled.div_ceil(u128::from(self.rate.max(1)));
        self.base_true.saturating_add(micros(scaled))
    }

    /// Changes the clock at the true instant `now`.
    pub fn change(&mut self, now: Micros, change: ClockChange) {
        let mut local = self.local(now);
        match change {
            ClockChange::Rate(rate) => self.rate = rate.max(1),
            ClockChange::Jump(by) => local = local.saturating_add_signed(by),
        }
        self.base_local = local.min(END);
        self.base_true = now;
    }

    /// The rate in millionths.
    pub fn rate(&self) -> RateMillionths {
        self.rate
    }

    /// How far the clock is ahead of true time at the true instant `now`, in microseconds.
    pub fn ahead(&self, now: Micros) -> i64 {
        self.local(now) as i64 - (EPOCH + now) as i64
    }
}

/// What lies beyond the end of time is never.
fn micros(wide: u128) -> Micros {
    Micros::try_from(wide).unwrap_or(Micros::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_clock_comes_to_a_far_deadline_never_and_not_at_once() {
        let mut clock = NodeClock::default();
        clock.change(0, ClockChange::Rate(1));
        assert_eq!(clock.when(clock.local(0) + (1 << 50)), Micros::MAX);
        assert_eq!(clock.when(Micros::MAX), Micros::MAX);
        clock.change(0, ClockChange::Rate(10_000_000));
        assert_eq!(clock.local(Micros::MAX), Micros::MAX);
    }

    #[test]
    fn a_clock_that_is_set_far_ahead_leaves_room() {
        let mut clock = NodeClock::default();
        for _ in 0..20 {
            clock.change(0, ClockChange::Jump(1 << 60));
        }
        let local = clock.local(1 << 50);
        assert!(local.checked_add(1 << 60).is_some());
        assert_eq!(clock.when(local), 1 << 50);
    }

    #[test]
    fn a_deadline_is_never_met_too_early() {
        let mut clock = NodeClock::default();
        clock.change(0, ClockChange::Rate(1_100_000));
        for wanted in [1, 7, 1_000, 150_001, 999_999] {
            let deadline = clock.local(0) + wanted;
            let when = clock.when(deadline);
            assert!(clock.local(when) >= deadline);
            assert!(clock.local(when - 1) < deadline);
        }
    }

    #[test]
    fn drift_and_jumps_add_up() {
        let mut clock = NodeClock::default();
        clock.change(1_000_000, ClockChange::Rate(900_000));
        clock.change(2_000_000, ClockChange::Jump(-50_000));
        assert_eq!(clock.ahead(2_000_000), -150_000);
        clock.change(2_000_000, ClockChange::Rate(TRUE_RATE));
        assert_eq!(clock.ahead(9_000_000), -150_000);
    }
}
