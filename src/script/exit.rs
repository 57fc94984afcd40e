//! What the program ends with. The command line turns outcomes into these codes; what must end the
//! program where it stands, in a panic or on a signal, has them from here too.

/// Done, and all expectations held.
pub const DONE: i32 = 0;
/// An expectation failed or a violation was found.
pub const FAILED: i32 = 1;
/// The command line, a script, a keymap or the configuration is wrong.
pub const WRONG: i32 = 2;
/// Reading or writing failed.
pub const UNREADABLE: i32 = 3;
/// A panic: what Rust's runtime ends with.
pub const BUG: i32 = 101;
/// The terminal has gone away: as if by the signal that says so, which not every system knows.
pub const HUNG_UP: i32 = of_signal(1);

/// What shells make of a signal that ended a program.
pub const fn of_signal(signal: i32) -> i32 {
    128 + signal
}
