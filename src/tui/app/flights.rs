//! Messages on their way, one of which is chosen and handled by hand.

use super::{App, Outgoing};
use crate::script::live::Ask;
use crate::tui::deeds;
use crate::world::command::Handling;

impl App {
    /// Chooses the next message in order of sending, or the one before. Time is held: a message
    /// that goes on moving cannot be aimed at.
    pub(super) fn step_flight(&mut self, forward: bool) -> Vec<Outgoing> {
        let numbers = || self.scene.world.flights.iter().map(|flight| flight.message);
        let chosen = match (self.ui.flight, forward) {
            (None, true) => numbers().next(),
            (None, false) => numbers().next_back(),
            (Some(now), true) => numbers().find(|&other| other > now).or(numbers().next()),
            (Some(now), false) => {
                let before = numbers().rev().find(|&other| other < now);
                before.or(numbers().next_back())
            }
        };
        if chosen.is_none() {
            return self.say("no message is on its way".into());
        }
        self.ui.flight = chosen;
        let hold = self.scene.playing.then_some(Ask::Play(false));
        hold.into_iter().map(Outgoing::Ask).collect()
    }

    /// Does something to the chosen message.
    pub(super) fn handle(&mut self, handling: Handling) -> Vec<Outgoing> {
        let Some(message) = self.ui.flight else {
            return self.say("choose a message first: one that is on its way".into());
        };
        self.perform(deeds::handle(&self.scene.world, message, handling))
    }

    /// Forgets the chosen message when it is not on its way any more; in its place the next one is
    /// chosen while time is held.
    pub(super) fn follow_flight(&mut self) {
        let Some(chosen) = self.ui.flight else {
            return;
        };
        let flights = &self.scene.world.flights;
        let numbers = || flights.iter().map(|flight| flight.message);
        let next = numbers().find(|&number| number >= chosen);
        self.ui.flight = next.filter(|&next| next == chosen || !self.scene.playing);
    }
}
