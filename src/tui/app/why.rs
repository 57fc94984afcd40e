//! Asking why, and going along the answer.

use std::sync::Arc;

use super::{App, Outgoing};
use crate::command::{Statement, Why};
use crate::raft::EventId;
use crate::screen::Overlay;
use crate::script::live::Ask;
use crate::session::Answer;
use crate::session::why::Step;
use crate::world::command::Nodes;
use crate::world::view::Life;

impl App {
    /// Asks about what is chosen: a step of an answer, or an event; or else the missing leader, if
    /// there is none and the selected node runs; or else what the selected node is.
    pub(super) fn ask_why(&self) -> Vec<Outgoing> {
        let event = match self.chosen_step() {
            Some(step) if step.event.is_none() => return Vec::new(),
            Some(step) => step.event,
            None => self.ui.event,
        };
        let leaderless = self.scene.world.leader().is_none();
        let why = match (event, self.selected()) {
            (Some(event), _) => Why::Event(event),
            (None, Some(node)) if node.life != Life::Up || !leaderless => {
                Why::Role(Nodes::named(node.name.clone()))
            }
            (None, _) => Why::Leader,
        };
        vec![Outgoing::Ask(Ask::Perform(Statement::Why(why)))]
    }

    /// An answer has come.
    pub(super) fn show_answer(&mut self, answer: &Arc<Answer>) {
        self.ui.overlay = Overlay::Why {
            answer: answer.clone(),
            chosen: None,
        };
    }

    /// Chooses another step of the answer: the first one, if none was.
    pub(super) fn step_answer(&mut self, by: isize) -> Vec<Outgoing> {
        if let Overlay::Why { answer, chosen } = &mut self.ui.overlay
            && let Some(last) = answer.steps.len().checked_sub(1)
        {
            *chosen = Some(chosen.map_or(0, |place| place.saturating_add_signed(by).min(last)));
        }
        Vec::new()
    }

    /// Goes to the instant of the chosen step; the answer stays, to go on from there.
    pub(super) fn go_to_step(&mut self) -> Vec<Outgoing> {
        match self.chosen_step().map(|step| step.at) {
            Some(at) => self.held(Ask::Seek(at)),
            None => self.say("choose a step first".into()),
        }
    }

    /// Chooses an event, and goes to its instant.
    pub(super) fn choose_event(&mut self, event: EventId) -> Vec<Outgoing> {
        let mut records = self.scene.records.iter();
        let Some(at) = records.find(|it| it.id == event).map(|it| it.at) else {
            return Vec::new();
        };
        self.ui.event = Some(event);
        self.go_to(at)
    }

    /// Forgets the chosen event when the time has left its instant.
    pub(super) fn follow_event(&mut self) {
        let now = self.scene.world.now;
        let here = |event: &EventId| {
            let mut records = self.scene.records.iter();
            records.any(|it| it.id == *event && it.at == now)
        };
        // On the way there it is kept.
        if self.target.is_none() {
            self.ui.event = self.ui.event.filter(here);
        }
    }

    fn chosen_step(&self) -> Option<&Step> {
        match &self.ui.overlay {
            Overlay::Why { answer, chosen } => answer.steps.get((*chosen)?),
            _ => None,
        }
    }
}
