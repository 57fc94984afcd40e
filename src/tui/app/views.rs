//! Which view is shown, and what the arrows choose in it.

use super::{App, Outgoing};
use crate::command::ViewName;
use crate::raft::{NodeId, Rule};
use crate::screen::hit;
use crate::screen::layout::Layout;
use crate::screen::panes::help;
use crate::screen::{Overlay, Screen, Theme, Ui};
use crate::session::{Notice, Scene};
use crate::tui::action::Action;
use crate::tui::moves::Move;

impl App {
    /// Goes through what is listed, where the view or what lies over it is a list; `None` where
    /// neither is.
    pub(super) fn go_through(&mut self, way: Move) -> Option<Vec<Outgoing>> {
        match (&self.ui.overlay, self.ui.view) {
            (Overlay::Why { .. }, _) => return Some(self.step_answer(way)),
            (Overlay::None | Overlay::Odds, ViewName::Help) => return Some(self.scroll(way)),
            (Overlay::None | Overlay::Odds, ViewName::Rules) => self.choose_rule(way),
            _ if self.event_is_chosen() => return Some(self.step_event(way)),
            _ => return None,
        }
        Some(Vec::new())
    }

    /// A page where nothing is a list: of the events on the main view, or else of time.
    pub(super) fn turn_page(&mut self, action: Action) -> Vec<Outgoing> {
        match Move::of_action(action) {
            Some(way) if self.ui.view == ViewName::Main && self.panes_are_used() => {
                self.step_event(way)
            }
            _ if action == Action::PageBack => self.act(Action::LeapBack),
            _ => self.act(Action::LeapOn),
        }
    }

    pub(super) fn step_selection(&mut self, by: isize) -> Vec<Outgoing> {
        match self.ui.view {
            ViewName::Network => self.step_link(by, 0),
            _ => self.step_node(by),
        }
    }

    /// How many rows of what the arrows go through are in sight.
    pub(super) fn page(&self) -> usize {
        let screen = Screen {
            scene: &self.scene,
            ui: &self.ui,
            theme: &Theme::mono(),
        };
        hit::page(&screen, self.area)
    }

    /// Scrolls the keys, as far as there are more of them than fit.
    fn scroll(&mut self, way: Move) -> Vec<Outgoing> {
        let layout = Layout::of(self.area, &self.scene, &self.ui);
        let reach = layout.map_or(0, |layout| help::reach(&self.ui.keys, layout.body));
        if reach == 0 {
            return self.say("every key is seen: nothing scrolls");
        }
        let before = self.ui.scrolled;
        self.ui.scrolled = way.from(before, reach + 1, self.page());
        self.mind_the_end(way, before != self.ui.scrolled)
    }

    /// Says that a list ends, where a key led no further.
    pub(super) fn mind_the_end(&mut self, way: Move, moved: bool) -> Vec<Outgoing> {
        match way {
            _ if moved => Vec::new(),
            Move::By(..0) | Move::Page(..0) | Move::First => self.say("the list begins here"),
            Move::By(_) | Move::Page(_) | Move::Last => self.say("the list ends here"),
        }
    }

    fn step_node(&mut self, by: isize) -> Vec<Outgoing> {
        let count = self.scene.world.nodes.len().max(1) as isize;
        if count == 1 {
            return self.say("there is no other node to select");
        }
        let from = match self.selected() {
            Some(node) => node.id.slot() as isize,
            // From the gap between the last and the first.
            None if by < 0 => 0,
            None => -1,
        };
        let slot = (from + by).rem_euclid(count);
        self.select(NodeId::from_slot(slot as usize))
    }

    /// Selects a node, and says so where the view does not show who is selected.
    pub(super) fn select(&mut self, id: NodeId) -> Vec<Outgoing> {
        self.ui.selected = id;
        match self.ui.view {
            ViewName::Main | ViewName::Timeline | ViewName::Network => Vec::new(),
            _ => {
                let name = self.scene.world.name(id);
                self.say(Notice::done(format!("{name} is selected")))
            }
        }
    }

    /// Keeps what is selected while its node is not there, but for another session, where nobody has
    /// selected anything.
    pub(super) fn keep_selection(&mut self, before: &Scene) {
        let (old, new) = (before, &self.scene);
        let same = (&old.title, old.seed) == (&new.title, new.seed);
        if !same && self.selected().is_none() {
            self.ui.selected = Ui::default().selected;
        }
    }

    /// Chooses another rule; single rows go round the ends.
    fn choose_rule(&mut self, way: Move) {
        let (place, count) = (self.ui.rule as usize, Rule::ALL.len());
        let place = match way {
            Move::By(1) => (place + 1) % count,
            Move::By(-1) => (place + count - 1) % count,
            way => way.from(place, count, self.page()),
        };
        self.ui.rule = Rule::ALL[place];
    }

    pub(super) fn show_view(&mut self, view: ViewName) -> Vec<Outgoing> {
        self.ui.view = view;
        self.ui.scrolled = 0;
        self.ui.link = None;
        Vec::new()
    }
}
