//! The window of what was asked with `odds`.

use super::{App, Outgoing};
use crate::screen::Overlay;
use crate::script::live::Ask;

impl App {
    /// The window is seen whenever nothing else lies over the screen, until it is closed.
    pub(super) fn show_odds(&mut self) {
        let number = self.scene.odds.as_ref().map(|(number, _)| *number);
        self.closed_odds = self.closed_odds.filter(|closed| number == Some(*closed));
        let open = number.is_some() && self.closed_odds.is_none();
        match self.ui.overlay {
            Overlay::None if open => self.ui.overlay = Overlay::Odds,
            Overlay::Odds if !open => self.ui.overlay = Overlay::None,
            _ => {}
        }
    }

    /// Closes it; futures that are still played are given up.
    pub(super) fn close_odds(&mut self) -> Vec<Outgoing> {
        self.closed_odds = self.scene.odds.as_ref().map(|(number, _)| *number);
        vec![Outgoing::Ask(Ask::ForgetOdds)]
    }
}
