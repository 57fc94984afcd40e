//! Percentiles of what was counted.

/// The value that so many per cent of all do not exceed (the nearest rank). The values come in
/// order, each with how often it occurs; `None` where there is none.
pub(super) fn nearest_rank<T>(
    counted: impl Iterator<Item = (T, u64)> + Clone,
    percent: u64,
) -> Option<T> {
    let all: u64 = counted.clone().map(|(_, count)| count).sum();
    let mut left = (all * percent).div_ceil(100).max(1);
    for (value, count) in counted {
        if left <= count {
            return Some(value);
        }
        left -= count;
    }
    None
}
