//! Lists over the screen: other futures of the run, and what holds the time.

use super::{App, Outgoing};
use crate::screen::Overlay;
use crate::script::live::Ask;
use crate::tui::action::Action;
use crate::tui::moves::Move;
use crate::tui::palette::Line;

impl App {
    /// What an action means while a list is open; `None` where it means what it always does.
    pub(super) fn listed(&mut self, action: Action) -> Option<Vec<Outgoing>> {
        let page = self.page();
        let (rows, chosen) = match &mut self.ui.overlay {
            Overlay::Branches { chosen } => (self.scene.branches.len(), chosen),
            Overlay::Breakpoints { chosen } => (self.scene.breakpoints.len(), chosen),
            _ => return None,
        };
        let place = *chosen;
        if let Some(way) = Move::of_action(action) {
            let to = way.from(place, rows, page);
            *chosen = to;
            return Some(self.mind_the_end(way, place != to));
        }
        match action {
            Action::Apply if place >= rows => self.ui.overlay = Overlay::None,
            Action::Apply => return Some(vec![Outgoing::Ask(self.apply_row(place))]),
            Action::DropMessage if matches!(self.ui.overlay, Overlay::Breakpoints { .. }) => {
                return Some(vec![Outgoing::Ask(Ask::DropBreakpoint(place))]);
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// A row was clicked: it is chosen, and one that is chosen already does what enter does.
    pub(super) fn click_row(&mut self, row: usize) -> Vec<Outgoing> {
        let chosen = match &mut self.ui.overlay {
            Overlay::Picker(choices) => {
                let again = choices.chosen == Some(row);
                return self.pick_row(row, again);
            }
            Overlay::Why { chosen, .. } => chosen.replace(row),
            Overlay::Branches { chosen } | Overlay::Breakpoints { chosen } => {
                Some(std::mem::replace(chosen, row))
            }
            _ => return Vec::new(),
        };
        match chosen == Some(row) {
            true => self.act(Action::Apply),
            false => Vec::new(),
        }
    }

    fn apply_row(&mut self, place: usize) -> Ask {
        match self.ui.overlay {
            Overlay::Breakpoints { .. } => Ask::SwitchBreakpoint(place),
            _ => {
                self.ui.overlay = Overlay::None;
                Ask::TakeUp(place)
            }
        }
    }

    pub(super) fn open_list(&mut self, list: Overlay) -> Vec<Outgoing> {
        self.ui.overlay = list;
        Vec::new()
    }

    /// Opens the palette where a condition that is to hold the time is typed.
    pub(super) fn ask_for_break(&mut self) -> Vec<Outgoing> {
        self.open_palette(Line::of("break when "))
    }

    /// Keeps the chosen row within a list that has become shorter.
    pub(super) fn keep_row(&mut self) {
        let (rows, chosen) = match &mut self.ui.overlay {
            Overlay::Branches { chosen } => (self.scene.branches.len(), chosen),
            Overlay::Breakpoints { chosen } => (self.scene.breakpoints.len(), chosen),
            _ => return,
        };
        *chosen = (*chosen).min(rows.saturating_sub(1));
    }
}
