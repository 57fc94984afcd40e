//! The session's thread: it maps wall time to virtual time, answers what is asked of it, and
//! publishes a [`Scene`] whenever there is something new to see.

use std::sync::Arc;

use tokio::sync::watch;

use crate::command::Statement;
use crate::raft::Micros;
use crate::session::Scene;

/// What the dashboard may ask of the session's thread.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// Carry out a statement given by hand, at the instant shown.
    Perform(Statement),
    /// Let time pass, or hold it.
    Play(bool),
    /// Multiply the speed: 2.0 is twice as fast.
    Pace(f64),
    /// One event on.
    StepOn,
    /// One event back.
    StepBack,
    /// Go to an instant; beyond the frontier time is made up to it.
    Seek(Micros),
    /// Go to the newest instant.
    SeekEnd,
    /// Rewind to before the last statement given by hand.
    Undo,
    /// Begin anew: with the same seed, or with a drawn one.
    NewRun { fresh_seed: bool },
    /// End the thread.
    Quit,
}

/// The dashboard's end of the session's thread.
pub struct Live {
    /// The newest scene.
    pub scenes: watch::Receiver<Arc<Scene>>,
    asks: crossbeam_channel::Sender<Ask>,
}

impl Live {
    /// The dashboard's end, from the channels to the session's thread.
    pub fn new(scenes: watch::Receiver<Arc<Scene>>, asks: crossbeam_channel::Sender<Ask>) -> Live {
        Live { scenes, asks }
    }

    /// Asks something; the answer is the next scene.
    pub fn ask(&self, ask: Ask) {
        // The thread ends only on `Quit` or a panic, and then the dashboard ends too.
        let _ = self.asks.send(ask);
    }
}
