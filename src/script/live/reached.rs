//! How fast virtual time really passes, where a machine cannot keep up with what is wanted.

use std::time::{Duration, Instant};

use crate::raft::Micros;

/// It is measured over so long a stretch, so that the number can be read.
const STRETCH: Duration = Duration::from_millis(800);
/// Less than this share of what is wanted falls clearly short.
const SHORT: f64 = 0.8;

/// The newest measurement, and the stretch that is measured now.
#[derive(Default)]
pub(super) struct Reached {
    /// Where the stretch began: a moment, and the virtual time then.
    since: Option<(Instant, Micros)>,
    measured: Option<f64>,
}

impl Reached {
    /// Takes note of the virtual time at a moment; `wanted` is the speed, while time passes. Returns
    /// the speed that is reached, where it falls clearly short.
    pub fn measure(&mut self, moment: Instant, now: Micros, wanted: Option<f64>) -> Option<f64> {
        let Some(wanted) = wanted else {
            *self = Reached::default();
            return None;
        };
        match self.since {
            Some((begun, from)) if now >= from => {
                let took = moment - begun;
                if took >= STRETCH {
                    self.measured = Some((now - from) as f64 / 1e6 / took.as_secs_f64());
                    self.since = Some((moment, now));
                }
            }
            _ => self.since = Some((moment, now)),
        }
        self.measured.filter(|reached| *reached < SHORT * wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_short_is_told_and_stands_still_for_a_while() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut reached = Reached::default();
        let wanted = Some(100.0);
        assert_eq!(reached.measure(start, 0, wanted), None);
        assert_eq!(reached.measure(after(400), 10_000_000, wanted), None);
        let told = reached.measure(after(1_000), 20_000_000, wanted);
        assert_eq!(told, Some(20.0));
        assert_eq!(reached.measure(after(1_100), 90_000_000, wanted), told);
        // A speed that is kept up with is no news.
        assert_eq!(reached.measure(after(1_200), 91_000_000, Some(25.0)), None);
        assert_eq!(reached.measure(after(1_300), 91_000_000, wanted), told);
        assert_eq!(reached.measure(after(2_000), 110_000_000, wanted), None);
        // Held time is at no speed.
        reached.measure(after(3_000), 110_000_000, wanted);
        assert_eq!(reached.measure(after(3_100), 110_000_000, None), None);
        assert_eq!(reached.measure(after(3_200), 110_000_000, wanted), None);
    }
}
