//! Asking why, and going along the answer.

use super::{App, GONE, Outgoing};
use crate::command::{Dashboard, Statement, Why};
use crate::screen::Overlay;
use crate::script::live::Ask;
use crate::session::Answered;
use crate::session::why::Step;
use crate::tui::moves::Move;
use crate::world::command::Nodes;
use crate::world::view::Life;

impl App {
    /// Asks about what is chosen: a step of an answer, or an event; or else what the notice asks; or
    /// else about the missing leader, if there is none and the selected node runs; or else what the
    /// selected node is.
    pub(super) fn ask_why(&mut self) -> Vec<Outgoing> {
        let event = match self.chosen_step() {
            Some(step) if step.event.is_none() => {
                return self.say("of what led to this nothing is held any more");
            }
            Some(step) => step.event,
            None => self.ui.event,
        };
        let leaderless = self.scene.world.leader().is_none();
        let told = self.scene.notice.as_ref();
        let why = match (event, self.selected()) {
            (Some(event), _) => Why::Event(event),
            (None, _) if let Some(why) = told.and_then(|notice| notice.why.clone()) => why,
            (None, Some(node)) if node.life != Life::Up || !leaderless => {
                Why::Role(Nodes::named(node.name.clone()))
            }
            (None, None) if !leaderless => return self.say(GONE),
            (None, _) => Why::Leader,
        };
        vec![Outgoing::Ask(Ask::Perform(Statement::Dashboard(
            Dashboard::Why(why),
        )))]
    }

    /// An answer has come.
    pub(super) fn show_answer(&mut self, told: &Answered) {
        self.ui.overlay = Overlay::Why {
            told: told.clone(),
            chosen: None,
        };
    }

    /// Chooses another step of the answer: the first one, if none was.
    pub(super) fn step_answer(&mut self, way: Move) -> Vec<Outgoing> {
        let page = self.page();
        let Overlay::Why { told, chosen } = &mut self.ui.overlay else {
            return Vec::new();
        };
        let count = told.answer.steps.len();
        if count == 0 {
            return self.say("this answer has no steps");
        }
        let before = *chosen;
        let to = match (before, way) {
            (None, Move::By(_)) => 0,
            (place, way) => way.from(place.unwrap_or(0), count, page),
        };
        *chosen = Some(to);
        self.mind_the_end(way, before != Some(to))
    }

    /// Goes to the instant of the chosen step; the answer stays, to go on from there.
    pub(super) fn go_to_step(&mut self) -> Vec<Outgoing> {
        match self.chosen_step().map(|step| step.at) {
            Some(at) => self.held(Ask::Seek(at)),
            None => self.say("choose a step first"),
        }
    }

    fn chosen_step(&self) -> Option<&Step> {
        match &self.ui.overlay {
            Overlay::Why { told, chosen } => told.answer.steps.get((*chosen)?),
            _ => None,
        }
    }
}
