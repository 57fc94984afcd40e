//! What may come of the present instant: many of its futures are played, and counted is in how many
//! of them something comes true, and after how long.
//!
//! A future goes on from all that is under way, with fresh randomness: messages and timers, clients,
//! the workload and the chaos. Nobody does anything in it: no script, no person, and no line of the
//! journal that lies ahead. What is random in a future follows from the run's seed, the instant and
//! the future's number, so the same question has the same answer, however many threads play; and
//! two questions at one instant are asked of the same futures.

mod outcomes;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

pub use outcomes::{Bar, Outcome, Outcomes};

use super::{Journal, Manner, Metrics, Session, State, checkpoint};
use crate::command::Odds;
use crate::kv::Text;
use crate::raft::{Micros, Rng};
use crate::world::World;

/// What is known of the answer to `odds`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forecast {
    /// What was asked.
    pub question: Odds,
    /// The instant from which the futures go on.
    pub at: Micros,
    /// What is found at that very instant, where the condition holds already: no future is played.
    pub already: Option<Text>,
    /// What came of the futures that were played so far.
    pub outcomes: Outcomes,
}

impl Forecast {
    /// True when there is nothing more to come.
    pub fn is_whole(&self) -> bool {
        self.already.is_some() || self.outcomes.ended() == self.question.runs()
    }
}

/// Futures that are being played, on threads of their own. Dropped, they are given up.
pub struct Futures {
    begun: Forecast,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// The number of the next future.
    next: AtomicU64,
    given_up: AtomicBool,
    outcomes: Mutex<Outcomes>,
}

impl Futures {
    /// Begins to play the futures of the present instant of a session, with so many threads. The
    /// session knows nothing of it.
    pub fn play(session: &Session, question: &Odds, threads: usize) -> Futures {
        let judge = session.judge();
        let already = judge.holds(&question.condition);
        let begun = Forecast {
            question: question.clone(),
            at: session.now(),
            already: already.then(|| judge.found(&question.condition).into()),
            outcomes: Outcomes::default(),
        };
        let shared = Arc::<Shared>::default();
        let threads = if already { 0 } else { threads.max(1) };
        let play = |number| {
            let (origin, question) = (session.aside(session.world.copy()), question.clone());
            let shared = shared.clone();
            std::thread::Builder::new()
                .name(format!("odds-{number}"))
                .spawn(move || shared.work(&origin, &question))
                .expect("the operating system has room for one more thread")
        };
        Futures {
            begun,
            threads: (1..=threads).map(play).collect(),
            shared,
        }
    }

    /// What is known so far.
    pub fn so_far(&self) -> Forecast {
        Forecast {
            outcomes: self.shared.outcomes().clone(),
            ..self.begun.clone()
        }
    }

    /// Waits until all are played.
    ///
    /// # Panics
    /// When a future did.
    pub fn wait(&mut self) {
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl Drop for Futures {
    fn drop(&mut self) {
        // The threads end by themselves, at the next instant of what they play.
        self.shared.given_up.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn outcomes(&self) -> std::sync::MutexGuard<'_, Outcomes> {
        // Nothing that can panic is done while it is locked.
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays one future after the other, until none is left or they are given up.
    fn work(&self, origin: &Session, question: &Odds) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= question.runs() {
                return;
            }
            match origin.play_future(number, question, &self.given_up) {
                Some(outcome) => self.outcomes().add(outcome),
                None => return,
            }
        }
    }
}

impl Session {
    /// This session with another world, at the same instant: alone, with nothing ahead of it.
    fn aside(&self, mut world: World) -> Session {
        world.trace_mut().keep(0);
        Session {
            stage: self.stage.clone(),
            manner: Manner::unwatched(0),
            frontier: world.now(),
            seen: world.trace().newest(),
            world,
            state: State {
                checker: self.state.checker.clone(),
                tally: self.state.tally.clone(),
                metrics: Metrics::default(),
                caption: None,
                trouble: self.state.trouble.clone(),
            },
            journal: Journal::default(),
            done: 0,
            telling: Default::default(),
            tape: Vec::new(),
            checkpoints: Vec::new(),
            checkpoint_every: checkpoint::EVERY,
            branches: Vec::new(),
            sink: None,
        }
    }

    fn another_future(&self, number: u64) -> Session {
        const ODDS: u64 = 0x6f64_6473;
        let seed = Rng::stream(self.world.seed(), &[ODDS, self.now(), number]).bits();
        let mut session = self.aside(self.world.another_future(seed));
        if let Some(trouble) = &mut session.state.trouble {
            trouble.draw_anew(seed);
        }
        session
    }

    /// Plays a future until what is asked for comes true, or can no more; `None` when it was given
    /// up.
    fn play_future(&self, number: u64, question: &Odds, given_up: &AtomicBool) -> Option<Outcome> {
        let mut future = self.another_future(number);
        let end = self.now().saturating_add(question.within());
        let is_new = |invariant| {
            let mut known = self.violations().iter();
            known.all(|violation| violation.invariant != invariant)
        };
        while !given_up.load(Ordering::Relaxed) {
            let next = future.next_instant().filter(|&at| at <= end);
            match next {
                Some(at) if future.settle_at(at).is_err() => return Some(Outcome::Endless),
                Some(_) => {}
                None => future.pass_to(end),
            }
            let violations = &future.violations()[self.violations().len()..];
            if future.judge().holds(&question.condition) {
                return Some(Outcome::Came(future.now() - self.now()));
            }
            if let Some(violation) = violations.iter().find(|it| is_new(it.invariant)) {
                return Some(Outcome::Violated(violation.invariant));
            }
            if next.is_none() {
                return Some(Outcome::Never);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::command::{Dashboard, Statement};
    use crate::world::Stage;

    #[test]
    fn who_asks_no_more_has_nothing_played() {
        let stage = Stage {
            seed: 1,
            names: ["n1", "n2", "n3"].map(Text::from).to_vec(),
            given: Vec::new(),
        };
        let manner = Manner::unwatched(0);
        let session = Session::new(stage, manner);
        // More than can be played while this test waits.
        let text = "odds leaders > 9 within 60m runs 10000";
        let Ok(Statement::Dashboard(Dashboard::Odds(question))) = Statement::parse(text, &[], true)
        else {
            panic!("{text} is a question");
        };
        let futures = Futures::play(&session, &question, 2);
        let shared = futures.shared.clone();
        assert!(!futures.so_far().is_whole());
        drop(futures);
        // The threads end by themselves, and however slow the machine is, within this time.
        let patience = Instant::now() + Duration::from_secs(20);
        while Arc::strong_count(&shared) > 1 {
            assert!(Instant::now() < patience, "the threads go on");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(shared.outcomes().ended() < question.runs());
    }
}
