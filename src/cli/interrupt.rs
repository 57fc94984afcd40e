//! Signals in the modes that take long: they leave nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::progress::Progress;
use crate::script::{exit, place};

/// Ctrl-C, and what job runners send. A hang-up ends a program by itself, unless it was started
/// under `nohup`.
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// A wish that the mode come to its end and tell what it has so far.
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
            let _ = flag::register_conditional_shutdown(
                signal,
                exit::of_signal(signal),
                wished.clone(),
            )
            .and_then(|_| flag::register_usize(signal, first.clone(), number))
            .and_then(|_| flag::register(signal, wished.clone()));
        }
        interrupt
    }

    /// The exit code of what was brought to its end, `None` when nobody wished it.
    pub fn code(&self) -> Option<i32> {
        let wished = self.wished.load(Ordering::Relaxed);
        let signal = i32::try_from(self.signal.load(Ordering::Relaxed));
        wished.then(|| exit::of_signal(signal.unwrap_or_default()))
    }
}

/// False when whoever started the program wants it to go on after a hang-up, as `nohup` does.
/// Nothing where the system has no file that tells.
#[cfg(unix)]
fn hang_ups_count() -> Option<bool> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored?.trim(), 16).ok()?;
    Some(ignored & (1 << (SIGHUP - 1)) == 0)
}

/// From now on signals end the program at once, and no unfinished file is left behind. Where there
/// are no such signals, on Windows, one may be.
pub(super) fn leave_nothing() {
    #[cfg(unix)]
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(SIGNALS) {
        // Where that can't be told, nothing is done for a hang-up: one that is to be ignored would
        // end the program.
        if hang_ups_count() == Some(true) {
            let _ = signals.add_signal(SIGHUP);
        }
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                Progress::new().clear();
                place::exit(exit::of_signal(signal));
            }
        });
    }
}
