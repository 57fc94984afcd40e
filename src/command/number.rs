//! Numbers and their units, read and written exactly: nothing here is rounded.

use std::ops::RangeInclusive;

use crate::raft::{Micros, Span};
use crate::world::command::{Millionths, RateMillionths};

/// The longest duration that can be written: a thousand million seconds, some 31 years. Instants
/// far beyond any run stay far below the largest number.
pub const LONGEST: Micros = 1_000_000_000_000_000;

/// The places of a number kept in millionths.
pub(super) const MILLIONTHS: u32 = 6;

/// The slowest and the fastest that virtual time is shown, in millionths of real time.
pub const SPEEDS: RangeInclusive<u64> = 100..=1_000_000_000;

const NO_NUMBER: &str = "is no number";
const TOO_LARGE: &str = "is too large";
const TOO_FINE: &str = "is finer than can be kept";

/// A decimal number as a whole number of units of 10^-`places`.
pub(super) fn decimal(text: &str, places: u32) -> Result<u64, &'static str> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(NO_NUMBER),
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(NO_NUMBER);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = (places as usize)
        .checked_sub(fraction.len())
        .ok_or(TOO_FINE)?;
    let all = whole.bytes().chain(fraction.bytes());
    let zeros = std::iter::repeat_n(b'0', missing);
    all.chain(zeros)
        .try_fold(0u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
        .ok_or(TOO_LARGE)
}

/// Writes what [`decimal`] reads, without needless zeros.
pub(super) fn decimal_text(value: u64, places: u32) -> String {
    let unit = 10u64.pow(places);
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return whole.to_string();
    }
    let digits = format!("{fraction:0width$}", width = places as usize);
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// A whole number.
pub(super) fn whole(text: &str) -> Result<u64, &'static str> {
    decimal(text, 0).map_err(|why| match why {
        TOO_FINE => "is no whole number",
        why => why,
    })
}

/// A whole number that may be negative.
pub(super) fn signed(text: &str) -> Result<i64, &'static str> {
    let value = match text.strip_prefix('-') {
        Some(size) => 0i64.checked_sub_unsigned(whole(size)?),
        None => 0i64.checked_add_unsigned(whole(text)?),
    };
    value.ok_or(TOO_LARGE)
}

/// A number with its unit, in microseconds.
pub(super) fn duration(text: &str) -> Result<Micros, &'static str> {
    let unit_at = text.find(|c: char| c.is_alphabetic());
    let (number, unit) = text.split_at(unit_at.unwrap_or(text.len()));
    let (places, factor) = match unit {
        "us" => (0, 1),
        "ms" => (3, 1),
        "s" => (6, 1),
        // A minute is sixty seconds of six places each.
        "m" => (6, 60),
        "" if decimal(number, MILLIONTHS).is_ok() => return Err("has no unit"),
        _ => return Err("is no DURATION"),
    };
    let value = decimal(number, places).map_err(|why| match why {
        TOO_FINE => "is finer than a microsecond",
        NO_NUMBER => "is no DURATION",
        why => why,
    })?;
    match value.checked_mul(factor) {
        Some(micros) if micros <= LONGEST => Ok(micros),
        _ => Err("is longer than any run"),
    }
}

/// A duration as the language writes it: `250us`, `10ms`, `1.5s`, `2m`.
pub fn duration_text(micros: Micros) -> String {
    match micros {
        0 => "0ms".to_owned(),
        _ if micros.is_multiple_of(60_000_000) => format!("{}m", micros / 60_000_000),
        1_000_000.. => decimal_text(micros, 6) + "s",
        1_000.. => decimal_text(micros, 3) + "ms",
        _ => format!("{micros}us"),
    }
}

/// A duration that may be negative.
pub(super) fn signed_duration(text: &str) -> Result<i64, &'static str> {
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, text),
    };
    let micros = i64::try_from(duration(size)?).map_err(|_| TOO_LARGE)?;
    Ok(sign * micros)
}

/// Two durations joined by `..`, or one.
pub(super) fn range(text: &str) -> Result<Span, &'static str> {
    match text.split_once("..") {
        None => duration(text).map(Span::exactly),
        Some((min, max)) => match (duration(min)?, duration(max)?) {
            (min, max) if min <= max => Ok(Span { min, max }),
            _ => Err("ends before it begins"),
        },
    }
}

/// A range as the language writes it.
pub fn range_text(span: Span) -> String {
    match span.min == span.max {
        true => duration_text(span.min),
        false => format!("{}..{}", duration_text(span.min), duration_text(span.max)),
    }
}

/// A share, in millionths.
pub(super) fn percent(text: &str) -> Result<Millionths, &'static str> {
    let number = text.strip_suffix('%').ok_or("is no PERCENT")?;
    let share = decimal(number, 4)?;
    match Millionths::try_from(share) {
        Ok(share) if share <= 1_000_000 => Ok(share),
        _ => Err("is more than everything"),
    }
}

/// A share as the language writes it.
pub fn percent_text(share: Millionths) -> String {
    decimal_text(u64::from(share), 4) + "%"
}

/// A clock's rate as the language writes it.
pub fn rate_text(rate: RateMillionths) -> String {
    decimal_text(u64::from(rate), MILLIONTHS)
}

/// So many a second, in units of 10^-`places`; at least one.
pub(super) fn rate(text: &str, places: u32) -> Result<u64, &'static str> {
    let number = text.strip_suffix("/s").ok_or("is no RATE")?;
    match decimal(number, places)? {
        0 => Err("is nothing at all"),
        rate => Ok(rate),
    }
}

/// How fast virtual time is shown, in millionths of real time.
pub(super) fn speed(text: &str) -> Result<u64, &'static str> {
    match decimal(text, MILLIONTHS)? {
        0 => Err("is no speed"),
        speed if speed < *SPEEDS.start() => Err("is too slow"),
        speed if speed > *SPEEDS.end() => Err("is too fast"),
        speed => Ok(speed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        for (text, micros) in [
            ("250us", 250),
            ("10ms", 10_000),
            ("1.5s", 1_500_000),
            ("2m", 120_000_000),
            ("0.5m", 30_000_000),
            ("0ms", 0),
            ("0.001ms", 1),
            ("1.500000000s", 1_500_000),
        ] {
            assert_eq!(duration(text), Ok(micros), "{text}");
        }
    }

    #[test]
    fn wrong_durations_say_why() {
        for (text, why) in [
            ("5", "has no unit"),
            ("0.5us", "is finer than a microsecond"),
            ("5h", "is no DURATION"),
            ("ms", "is no DURATION"),
            ("1.s", "is no DURATION"),
            (".5s", "is no DURATION"),
            ("-1s", "is no DURATION"),
            ("1000000001s", "is longer than any run"),
            ("99999999999999999999us", "is too large"),
        ] {
            assert_eq!(duration(text), Err(why), "{text}");
        }
    }

    #[test]
    fn durations_are_written_short() {
        for (micros, text) in [
            (1, "1us"),
            (1_500, "1.5ms"),
            (150_000, "150ms"),
            (1_500_000, "1.5s"),
            (90_000_000, "90s"),
            (60_000_000, "1m"),
        ] {
            assert_eq!(duration_text(micros), text);
        }
    }

    #[test]
    fn shares_rates_and_ranges_are_read() {
        assert_eq!(percent("0.0001%"), Ok(1));
        assert_eq!(percent("100%"), Ok(1_000_000));
        assert_eq!(percent("100.0001%"), Err("is more than everything"));
        assert_eq!(rate("0.5/s", 6), Ok(500_000));
        assert_eq!(rate("0/s", 0), Err("is nothing at all"));
        assert_eq!(range("10ms..30ms"), Ok(Span::millis(10, 30)));
        assert_eq!(speed("1000"), Ok(1_000_000_000));
        assert_eq!(speed("1000.1"), Err("is too fast"));
        assert_eq!(speed("0.00009"), Err("is too slow"));
        assert_eq!(range("30ms..10ms"), Err("ends before it begins"));
        assert_eq!(signed("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(signed("9223372036854775808"), Err(TOO_LARGE));
    }
}
