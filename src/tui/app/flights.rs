//! Messages on their way, one of which is chosen and handled by hand.

use super::{App, Outgoing};
use crate::screen::panes::flights;
use crate::script::live::Ask;
use crate::tui::deeds;
use crate::world::command::Handling;
use crate::world::event::MessageId;

const NONE: &str = "no message is on its way";

impl App {
    /// Chooses another message on its way. Time is held: what goes on moving cannot be aimed at.
    pub(super) fn step_flight(&mut self, by: isize) -> Vec<Outgoing> {
        match flights::step(&self.scene.world, self.ui.flight, by) {
            Some(message) => self.choose_flight(message),
            None => self.say(NONE),
        }
    }

    pub(super) fn choose_flight(&mut self, message: MessageId) -> Vec<Outgoing> {
        self.ui.flight = Some(message);
        (self.ui.event, self.ui.link) = (None, None);
        let hold = self.scene.playing.then_some(Ask::Play(false));
        hold.into_iter().map(Outgoing::Ask).collect()
    }

    /// Does something to the chosen message.
    pub(super) fn handle(&mut self, handling: Handling) -> Vec<Outgoing> {
        let Some(message) = self.ui.flight else {
            let none = self.scene.world.on_way().next().is_none();
            let words = if none { NONE } else { "choose a message first" };
            return self.say(words);
        };
        self.perform(deeds::handle(&self.scene.world, message, handling))
    }

    /// Forgets the chosen message when it is not on its way any more. Nothing takes its place: the
    /// next key would meet what nobody chose.
    pub(super) fn follow_flight(&mut self) {
        let on_way = |chosen: &_| self.scene.world.on_way().any(|it| it.message() == *chosen);
        self.ui.flight = self.ui.flight.filter(on_way);
    }
}
