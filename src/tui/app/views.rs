//! Which view is shown, and what the arrows choose in it.

use super::{App, Outgoing};
use crate::command::ViewName;
use crate::raft::{NodeId, Rule};
use crate::screen::Overlay;

impl App {
    pub(super) fn step_selection(&mut self, by: isize) -> Vec<Outgoing> {
        if matches!(self.ui.overlay, Overlay::Why { .. }) {
            return self.step_answer(by);
        }
        match self.ui.view {
            ViewName::Help => self.scroll(by, self.ui.keys.len()),
            ViewName::Rules => self.step_rule(by),
            ViewName::Network => return self.step_link(by, 0),
            ViewName::Main | ViewName::Timeline | ViewName::Clients | ViewName::Metrics => {
                self.step_node(by)
            }
        }
        Vec::new()
    }

    /// Scrolls the view, which has so many rows.
    fn scroll(&mut self, by: isize, rows: usize) {
        let to = self.ui.scrolled.saturating_add_signed(by);
        self.ui.scrolled = to.min(rows.saturating_sub(1));
    }

    fn step_node(&mut self, by: isize) {
        let count = self.scene.world.nodes.len().max(1) as isize;
        let slot = (self.ui.selected.slot() as isize + by).rem_euclid(count);
        self.ui.selected = NodeId::from_slot(slot as usize);
    }

    fn step_rule(&mut self, by: isize) {
        let count = Rule::ALL.len() as isize;
        let place = (self.ui.rule as isize + by).rem_euclid(count);
        self.ui.rule = Rule::ALL[place as usize];
    }

    pub(super) fn show_view(&mut self, view: ViewName) -> Vec<Outgoing> {
        self.ui.view = view;
        self.ui.scrolled = 0;
        self.ui.link = None;
        Vec::new()
    }
}
