//! Asking why, and going along the answer.

use std::sync::Arc;

use super::{App, Outgoing};
use crate::command::{Statement, Why};
use crate::screen::Overlay;
use crate::script::live::Ask;
use crate::session::Answer;
use crate::session::why::Step;
use crate::world::command::Nodes;
use crate::world::view::Life;

impl App {
    /// Asks about what is chosen: a step of an answer; or else the missing leader, if there is none
    /// and the selected node runs; or else what the selected node is.
    pub(super) fn ask_why(&self) -> Vec<Outgoing> {
        let why = match (self.chosen_step(), self.selected()) {
            (Some(step), _) => match step.event {
                Some(event) => Why::Event(event),
                None => return Vec::new(),
            },
            (None, Some(node)) => {
                match node.life == Life::Up && self.scene.world.leader().is_none() {
                    true => Why::Leader,
                    false => Why::Role(Nodes::named(node.name.clone())),
                }
            }
            (None, None) => Why::Leader,
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

    fn chosen_step(&self) -> Option<&Step> {
        match &self.ui.overlay {
            Overlay::Why { answer, chosen } => answer.steps.get((*chosen)?),
            _ => None,
        }
    }
}
