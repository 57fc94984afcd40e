//! The events that are listed, one of which is chosen: the arrows go on from it.

use super::{App, Outgoing};
use crate::command::ViewName;
use crate::raft::{EventId, Micros};
use crate::screen::Overlay;
use crate::screen::panes::events;
use crate::script::live::Ask;
use crate::session::Scene;
use crate::tui::action::Action;
use crate::tui::moves::Move;

impl App {
    /// True while the arrows go from event to event.
    pub(super) fn event_is_chosen(&self) -> bool {
        self.ui.event.is_some() && self.ui.view == ViewName::Main && self.panes_are_used()
    }

    /// True while keys mean the panes: the window of `odds` leaves them free.
    pub(super) fn panes_are_used(&self) -> bool {
        matches!(self.ui.overlay, Overlay::None | Overlay::Odds)
    }

    /// Begins to go through the events at the newest, or ends it.
    pub(super) fn walk_events(&mut self) -> Vec<Outgoing> {
        if self.event_is_chosen() {
            self.ui.event = None;
            return Vec::new();
        }
        self.show_view(ViewName::Main);
        self.ui.overlay = Overlay::None;
        self.step_event(Move::Last)
    }

    /// Chooses another event that is listed; the newest, if none was chosen. Time is held: what
    /// goes on moving cannot be aimed at.
    pub(super) fn step_event(&mut self, way: Move) -> Vec<Outgoing> {
        let mut listed: Vec<EventId> = events::listed(&self.scene, &self.ui)
            .map(|(record, _)| record.id)
            .collect();
        listed.reverse();
        let Some(newest) = listed.len().checked_sub(1) else {
            return self.say("no event is listed");
        };
        let chosen = self.ui.event;
        let place = listed.iter().position(|id| Some(*id) == chosen);
        let to = match (place, way) {
            (None, Move::By(_)) => newest,
            (place, way) => way.from(place.unwrap_or(newest), listed.len(), self.page()),
        };
        if place == Some(to) {
            return self.say(match to {
                0 => "nothing older is listed; going back in time lists more".into(),
                _ => format!(
                    "nothing newer is listed at this instant; {} goes on in time",
                    self.key_to_step_on()
                ),
            });
        }
        self.ui.event = Some(listed[to]);
        self.ui.flight = None;
        if !self.scene.playing {
            return Vec::new();
        }
        // Scenes from before the time is held still come.
        self.target = Some(self.scene.world.now);
        vec![Outgoing::Ask(Ask::Play(false))]
    }

    fn key_to_step_on(&self) -> String {
        let key = self.keymap.key_of(Action::StepOn);
        key.unwrap_or_else(|| Action::StepOn.name().to_owned())
    }

    /// Chooses an event, and goes to its instant.
    pub(super) fn choose_event(&mut self, event: EventId) -> Vec<Outgoing> {
        self.ui.event = Some(event);
        self.go_to_event()
    }

    /// Goes to the instant of the chosen event.
    pub(super) fn go_to_event(&mut self) -> Vec<Outgoing> {
        match self.event_at() {
            Some(at) if at == self.scene.world.now && !self.scene.playing => {
                self.say("the time stands at this event")
            }
            Some(at) => self.go_to(at),
            None => Vec::new(),
        }
    }

    /// Forgets the chosen event when time goes on from where it was chosen, or has left its
    /// instant; on the way there, and while time is being held, it is kept.
    pub(super) fn follow_event(&mut self, before: &Scene) {
        let now = self.scene.world.now;
        let held = before.playing && !self.scene.playing;
        let moved = now != before.world.now && !held && self.target.is_none();
        match self.event_at() {
            Some(at) if at == now || !moved => {}
            _ => self.ui.event = None,
        }
    }

    /// When the chosen event happened, if it is held.
    fn event_at(&self) -> Option<Micros> {
        let chosen = self.ui.event?;
        let mut records = self.scene.records.iter();
        records.find(|it| it.id == chosen).map(|it| it.at)
    }
}
