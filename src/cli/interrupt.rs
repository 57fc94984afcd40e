//! Signals in the modes that take long: they come to an end, and leave nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

#[cfg(unix)]
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// A wish that the mode come to its end: an interrupt, a hang-up, or what a job runner sends.
pub(super) struct Interrupt {
    /// True once it is there.
    pub wished: Arc<AtomicBool>,
    /// The signal that came first, or 0.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Takes the signals from now on. A second one ends the program at once; where a signal cannot
    /// be caught, the first does.
    pub fn listen() -> Interrupt {
        let interrupt = Interrupt {
            wished: Arc::default(),
            signal: Arc::default(),
        };
        for signal in SIGNALS {
            let Interrupt {
                wished,
                signal: first,
            } = &interrupt;
            let number = usize::try_from(signal).unwrap_or_default();
            let _ = flag::register_conditional_shutdown(signal, code(number), wished.clone())
                .and_then(|_| flag::register_usize(signal, first.clone(), number))
                .and_then(|_| flag::register(signal, wished.clone()));
        }
        interrupt
    }

    /// The exit code of what was brought to its end, `None` when nobody wished it.
    pub fn code(&self) -> Option<i32> {
        let wished = self.wished.load(Ordering::Relaxed);
        wished.then(|| code(self.signal.load(Ordering::Relaxed)))
    }
}

/// What shells make of a signal that ended a program.
fn code(signal: usize) -> i32 {
    i32::try_from(signal).map_or(i32::MAX, |signal| 128 + signal)
}
