//! What is asked with `odds`: futures are played beside the session, which knows nothing of it.

use std::sync::Arc;
use std::thread::available_parallelism;

use super::Director;
use crate::command::Odds;
use crate::session::{Forecast, Futures};

/// The newest question, until nobody wants to know any more.
pub(super) struct Asked {
    /// Tells it from the one before.
    number: u64,
    /// The futures, while they are played.
    futures: Option<Futures>,
    forecast: Arc<Forecast>,
}

impl Asked {
    /// What is known of the answer, as others may see it.
    pub fn seen(&self) -> (u64, Arc<Forecast>) {
        (self.number, self.forecast.clone())
    }
}

impl Director {
    /// Begins to answer a question; the one before is given up.
    pub(super) fn ask_odds(&mut self, question: &Odds) {
        self.odds = None;
        // While time passes, one core is left to it. Who draws and who takes keys sleeps most of the
        // time, and so has precedence.
        let cores = available_parallelism().map_or(1, usize::from);
        let threads = cores - usize::from(self.playing && cores > 1);
        let futures = Futures::play(&self.session, question, threads);
        self.questions += 1;
        self.odds = Some(Asked {
            number: self.questions,
            forecast: Arc::new(futures.so_far()),
            futures: Some(futures),
        });
        self.look_at_futures();
    }

    /// True while futures are played.
    pub(in crate::script::live) fn plays_futures(&self) -> bool {
        let asked = self.odds.as_ref();
        asked.is_some_and(|asked| asked.futures.is_some())
    }

    /// Takes note of what came of futures meanwhile.
    pub(in crate::script::live) fn look_at_futures(&mut self) {
        if let Some(asked) = &mut self.odds
            && let Some(futures) = &asked.futures
        {
            asked.forecast = Arc::new(futures.so_far());
            asked.futures.take_if(|_| asked.forecast.is_whole());
        }
    }

    /// Waits until all futures are played.
    pub(in crate::script::live) fn wait_for_futures(&mut self) {
        let asked = self.odds.as_mut();
        if let Some(futures) = asked.and_then(|asked| asked.futures.as_mut()) {
            futures.wait();
        }
        self.look_at_futures();
    }

    /// Gives up the futures that are played, and forgets what they told.
    pub(in crate::script::live) fn forget_odds(&mut self) {
        self.odds = None;
    }
}
