//! Signals from outside, as what the dashboard does about them.

use std::io;

/// What a signal asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// End in order: this is the signal's number.
    End(i32),
    /// We were stopped and go on: the terminal may be in any state.
    Continued,
}

#[cfg(unix)]
pub use self::unix::Signals;

#[cfg(unix)]
mod unix {
    use super::{Signal, io};
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    use tokio::signal::unix::{SignalKind, signal};

    /// Within this time after going on, the signal of it has come.
    const TOLD_WITHIN: std::time::Duration = std::time::Duration::from_millis(100);

    /// The signals that are listened to.
    pub struct Signals {
        terminate: tokio::signal::unix::Signal,
        interrupt: tokio::signal::unix::Signal,
        go_on: tokio::signal::unix::Signal,
    }

    impl Signals {
        /// Starts to listen; must be called inside a tokio runtime. When the terminal is gone
        /// `hang_up` is called, on a thread of its own: whoever reads keys from a terminal that
        /// is gone may never come back from it.
        pub fn listen(hang_up: fn()) -> io::Result<Signals> {
            let mut gone = signal_hook::iterator::Signals::new([SIGHUP])?;
            let wait = move || gone.forever().for_each(|_| hang_up());
            let thread = std::thread::Builder::new().name("hang-up".to_owned());
            thread.spawn(wait)?;
            Ok(Signals {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                go_on: signal(SignalKind::from_raw(SIGCONT))?,
            })
        }

        /// The next signal.
        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.terminate.recv() => Signal::End(SIGTERM),
                _ = self.interrupt.recv() => Signal::End(SIGINT),
                _ = self.go_on.recv() => Signal::Continued,
            }
        }

        /// Stops the process until the shell lets it go on. The terminal must have been given
        /// back. In an orphaned process group the stop is ignored, and this returns soon.
        pub async fn suspend(&mut self) -> io::Result<()> {
            signal_hook::low_level::raise(SIGTSTP)?;
            // Going on is told by a signal too. Taken for one from outside it would have the
            // terminal taken anew, and keys pressed meanwhile would be lost.
            let _ = tokio::time::timeout(TOLD_WITHIN, self.go_on.recv()).await;
            Ok(())
        }
    }
}

#[cfg(not(unix))]
pub use self::other::Signals;

#[cfg(not(unix))]
mod other {
    use super::{Signal, io};

    /// No signals are known here.
    pub struct Signals;

    impl Signals {
        /// Nothing to listen to.
        pub fn listen(_hang_up: fn()) -> io::Result<Signals> {
            Ok(Signals)
        }

        /// Never comes.
        pub async fn next(&mut self) -> Signal {
            std::future::pending().await
        }

        /// There is no job control here.
        pub async fn suspend(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
