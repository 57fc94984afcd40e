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

/// The digits of a number.
pub fn digits(number: u64) -> u16 {
    number.checked_ilog10().unwrap_or(0) as u16 + 1
}

/// A number with a comma before every three digits: `1,000`.
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let groups = digits.as_bytes().rchunks(3).rev();
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        f.write_str(&groups.join(","))
    }
}

/// A share of a whole: `71.3 %`. Only what is all of it is 100 %, and only what is nothing 0 %.
pub struct Share(pub u64, pub u64);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Share(part, whole) = self;
        match (u128::from(part) * 2000 + u128::from(whole)) / (u128::from(whole).max(1) * 2) {
            _ if part == 0 => f.write_str("0 %"),
            _ if part == whole => f.write_str("100 %"),
            0 => f.write_str("less than 0.1 %"),
            1000 => f.write_str("more than 99.9 %"),
            millis => write!(f, "{}.{} %", millis / 10, millis % 10),
        }
    }
}

/// A speed to three digits, without a needless tail: `1×`, `0.25×`, `0.156×`.
pub struct Speed(pub f64);

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = (2.0 - self.0.log10().floor()).max(0.0) as usize;
        let digits = format!("{:.places$}", self.0);
        match places {
            0 => write!(f, "{digits}×"),
            _ => write!(f, "{}×", digits.trim_end_matches('0').trim_end_matches('.')),
        }
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
        assert_eq!(Count(7).to_string(), "7");
        assert_eq!(Count(999).to_string(), "999");
        assert_eq!(Count(1_000).to_string(), "1,000");
        assert_eq!(Count(1_234_567).to_string(), "1,234,567");
        let share = |part, whole| Share(part, whole).to_string();
        assert_eq!(share(713, 1_000), "71.3 %");
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(2, 3), "66.7 %");
        assert_eq!([share(0, 9), share(9, 9)], ["0 %", "100 %"]);
        assert_eq!(share(1, 10_000), "less than 0.1 %");
        assert_eq!(share(9_999, 10_000), "more than 99.9 %");
        assert_eq!(Speed(0.25).to_string(), "0.25×");
        assert_eq!(Speed(0.0025).to_string(), "0.0025×");
        assert_eq!(Speed(8.0).to_string(), "8×");
        assert_eq!(Speed(0.156_25).to_string(), "0.156×");
        assert_eq!(Speed(0.003_906_25).to_string(), "0.00391×");
        assert_eq!(Speed(102.4).to_string(), "102×");
        assert_eq!(Speed(100.0).to_string(), "100×");
    }
}
