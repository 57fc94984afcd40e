//! How time passes: from instant to instant, with what was done on this branch and with trouble that
//! is drawn.

use super::Session;
use crate::raft::{Micros, Rules};
use crate::world::run::EndlessInstant;
use crate::world::{Causes, Event};

/// While nobody asks, events wait to be looked at until there are so many: the world and those who
/// watch it each run in a loop of their own, whose code and data stay in the cache.
const UNSEEN: u64 = 200;

impl Session {
    /// The next instant at which something happens, if anything ever will.
    pub fn next_instant(&mut self) -> Option<Micros> {
        let due = self.world.next_instant();
        let deed = self.journal.get(self.done).map(|entry| entry.at);
        let trouble = self.state.trouble.as_ref().map(|trouble| trouble.at);
        [due, deed, trouble].into_iter().flatten().min()
    }

    /// Goes to the next instant and settles it, deeds of the journal included.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn step(&mut self) -> Result<Option<Micros>, EndlessInstant> {
        let Some(at) = self.next_instant() else {
            return Ok(None);
        };
        self.settle_at(at)?;
        Ok(Some(at))
    }

    /// Settles the instant `at`, which must be the next one; deeds of the journal included.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn settle_at(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        self.arrive(at)?;
        self.replay_deeds(usize::MAX)
    }

    /// Passes to an instant at which something happens, and settles what was due by itself.
    pub(super) fn arrive(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        self.world.pass_to(at);
        self.settle()?;
        while let Some(trouble) = self.state.trouble.as_mut().filter(|it| it.at <= at) {
            let command = trouble.take();
            match self.resolve(&command, 0) {
                Ok(command) => self.perform(&command),
                Err(words) => {
                    let event = Event::Command(words);
                    self.world.note(None, Causes::None, event);
                }
            }
            self.settle()?;
        }
        Ok(())
    }

    /// Lets time pass up to `at`, `at` included.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn run_to(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        while let Some(next) = self.next_instant()
            && next <= at
        {
            match self.may_hurry() {
                true => self.hurry(next, at)?,
                false => self.settle_at(next)?,
            }
        }
        self.look();
        self.pass_to(at);
        Ok(())
    }

    /// Settles the instant `next` and those after it, up to `at` or the next deed, until it is time
    /// to look at what happened.
    fn hurry(&mut self, mut next: Micros, at: Micros) -> Result<(), EndlessInstant> {
        let deed = self.journal.get(self.done).map(|entry| entry.at);
        if deed.is_some_and(|deed| deed <= next) {
            return self.settle_at(next);
        }
        let end = deed.map_or(at, |deed| at.min(deed - 1));
        loop {
            self.world.pass_to(next);
            let settled = self.world.settle();
            if settled.is_err() || self.world.trace().newest() - self.seen >= UNSEEN {
                self.look();
                return settled.map(drop);
            }
            match settled? {
                Some(following) if following <= end => next = following,
                _ => return Ok(()),
            }
        }
    }

    /// True when it makes no difference in which instant events are looked at. It does where they
    /// are told one by one, where checkpoints hold what those who watch have seen, where something
    /// is violated, which is an event of its own, with a number and an instant, and where trouble
    /// is drawn.
    fn may_hurry(&self) -> bool {
        let sound = self.world.rules() == Rules::default() && self.violations().is_empty();
        let watched = self.sink.is_some() || self.manner.rewinds;
        sound && !watched && self.state.trouble.is_none()
    }

    /// Lets time pass to `at` without anything happening; nothing may be due before.
    pub fn pass_to(&mut self, at: Micros) {
        if at > self.now() {
            self.world.pass_to(at);
        }
        if self.manner.rewinds {
            // The world may have come here before, where nothing happened.
            self.state.metrics.pass_to(self.world.now());
        }
        self.frontier = self.frontier.max(self.now());
    }
}
