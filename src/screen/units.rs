//! Times and shares as people read them.

use std::fmt;

use crate::raft::Micros;
pub use crate::world::explain::Seconds;

/// A short length of time, in the largest unit that keeps it readable: `250 µs`, `12 ms`, `4.2 s`.
pub struct Short(pub Micros);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            micros @ 1..1_000 => write!(f, "{micros} µs"),
            micros @ 0..10_000_000 => write!(f, "{} ms", micros / 1000),
            micros => write!(f, "{}.{} s", micros / 1_000_000, micros / 100_000 % 10),
        }
    }
}

/// A speed, without a needless tail: `1×`, `0.25×`.
pub struct Speed(pub f64);

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.5}", self.0);
        write!(f, "{}×", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_exact() {
        assert_eq!(Seconds(3_412_900).to_string(), "3.412 s");
        assert_eq!(Short(250).to_string(), "250 µs");
        assert_eq!(Short(12_400).to_string(), "12 ms");
        assert_eq!(Short(12_400_000).to_string(), "12.4 s");
        assert_eq!(Short(0).to_string(), "0 ms");
        assert_eq!(Speed(0.25).to_string(), "0.25×");
        assert_eq!(Speed(0.0025).to_string(), "0.0025×");
        assert_eq!(Speed(8.0).to_string(), "8×");
    }
}
