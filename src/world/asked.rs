//! What came of what was asked last.

/// How far the newest question of one asker has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked<T> {
    /// Nothing was ever asked.
    Nothing,
    /// It is not answered yet.
    Pending,
    /// It ended so.
    Ended(T),
}
