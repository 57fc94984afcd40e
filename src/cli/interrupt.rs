//! Signals in the modes that take long: they leave nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::progress::Progress;
use crate::script::{exit, place};

/// Ctrl-C, and what job runners send. A hang-up is left to the system: who runs a mode that takes
/// long under `nohup` wants it to go on.
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

/// From now on signals end the program at once, and no unfinished file is left behind. Where there
/// are no such signals, on Windows, one may be.
pub(super) fn leave_nothing() {
    #[cfg(unix)]
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(SIGNALS) {
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                Progress::new().clear();
                place::exit(exit::of_signal(signal));
            }
        });
    }
}
