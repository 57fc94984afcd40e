//! Signals in the modes that take long: they leave nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
#[cfg(not(unix))]
use signal_hook::flag;
#[cfg(unix)]
use signal_hook::iterator::Signals;

#[cfg(unix)]
use super::progress::Progress;
use crate::script::exit;
#[cfg(unix)]
use crate::script::place;

/// Ctrl-C, and what job runners send. A hang-up ends a program by itself, unless it was started
/// under `nohup`.
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// What comes so soon after a signal belongs to it: `timeout` tells the program and then its whole
/// group.
#[cfg(unix)]
const ECHO: Duration = Duration::from_millis(300);

/// A wish that the mode come to its end and tell what it has so far.
#[derive(Default)]
pub(super) struct Interrupt {
    /// True once it is there.
    pub wished: Arc<AtomicBool>,
    /// The signal that came first, or 0.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Takes the signals from now on. A second one ends the program at once; where a signal cannot
    /// be caught, the first does.
    #[cfg(unix)]
    pub fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        let wished = interrupt.wished.clone();
        let first = interrupt.signal.clone();
        if let Ok(signals) = Signals::new(SIGNALS) {
            let mut came = None;
            on_signals(signals, move |signal| match came {
                None => {
                    came = Some(Instant::now());
                    first.store(signal.unsigned_abs() as usize, Ordering::Relaxed);
                    wished.store(true, Ordering::Release);
                }
                Some(at) if at.elapsed() > ECHO => end(signal),
                Some(_) => {}
            });
        }
        interrupt
    }

    /// The same where nobody can wait for signals.
    #[cfg(not(unix))]
    pub fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        for signal in SIGNALS {
            let Interrupt {
                wished,
                signal: first,
            } = &interrupt;
            let number = signal.unsigned_abs() as usize;
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
        let wished = self.wished.load(Ordering::Acquire);
        let signal = i32::try_from(self.signal.load(Ordering::Relaxed));
        wished.then(|| exit::of_signal(signal.unwrap_or_default()))
    }
}

/// Hears of each signal on a thread of its own.
#[cfg(unix)]
fn on_signals(mut signals: Signals, mut each: impl FnMut(i32) + Send + 'static) {
    std::thread::spawn(move || signals.forever().for_each(&mut each));
}

/// Ends the program as a signal does, with a clean terminal and no unfinished file.
#[cfg(unix)]
fn end(signal: i32) {
    Progress::new().clear();
    place::exit(exit::of_signal(signal));
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
    if let Ok(signals) = Signals::new(SIGNALS) {
        // Where that can't be told, nothing is done for a hang-up: one that is to be ignored would
        // end the program.
        if hang_ups_count() == Some(true) {
            let _ = signals.add_signal(SIGHUP);
        }
        on_signals(signals, end);
    }
}
