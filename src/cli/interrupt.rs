//! Ctrl-C in the modes that take long: they come to an end, and leave nothing half done.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::INTERRUPTED;

/// Is set by the first Ctrl-C, after which the mode comes to its end; the second ends the program
/// at once. Where the signal cannot be caught, the first does.
pub(super) fn interrupts() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let (again, first) = (interrupted.clone(), interrupted.clone());
    let signal = signal_hook::consts::SIGINT;
    let _ = signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, again)
        .and_then(|_| signal_hook::flag::register(signal, first));
    interrupted
}
