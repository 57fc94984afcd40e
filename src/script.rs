//! Plays a script: waits, expectations, story, report.

pub mod live;
