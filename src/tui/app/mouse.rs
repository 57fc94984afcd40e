//! What the mouse does: a click chooses what it meets, a click on what is chosen does what enter
//! does with it, a right click offers what can be done with it; the wheel scrolls.

use crossterm::event::{KeyCode, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{App, GONE, Outgoing};
use crate::raft::Micros;
use crate::screen::hit::{self, Target};
use crate::screen::{Overlay, Screen, Theme};
use crate::script::live::Ask;
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::moves::Move;
use crate::tui::offers::{self, Offers};
use crate::tui::palette::Line;

impl App {
    /// Takes what the mouse did on a screen that is drawn on `area`; nothing when it means nothing.
    pub fn on_mouse(
        &mut self,
        mouse: &MouseEvent,
        area: Rect,
        theme: &Theme,
    ) -> Option<Vec<Outgoing>> {
        self.was_drawn_on(area);
        let screen = Screen {
            scene: &self.scene,
            ui: &self.ui,
            theme,
        };
        let (x, y) = (mouse.column, mouse.row);
        let target = || hit::at(&screen, area, x, y);
        let outgoing = match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let target = target()?;
                self.click(target)
            }
            MouseEventKind::Drag(MouseButton::Left) if self.drags => {
                let at = hit::instant(&screen, area, x)?;
                self.go_to(at)
            }
            MouseEventKind::Up(MouseButton::Left) => {
                self.drags = false;
                return None;
            }
            MouseEventKind::Down(MouseButton::Right) => {
                let target = target()?;
                let offers = self.offered_for(target)?;
                let outgoing = self.point_at(target);
                self.offer(offers);
                outgoing
            }
            MouseEventKind::ScrollUp if hit::on_events(&screen, area, x, y) => {
                self.step_event(Move::By(-1))
            }
            MouseEventKind::ScrollDown if hit::on_events(&screen, area, x, y) => {
                self.step_event(Move::By(1))
            }
            MouseEventKind::ScrollUp => self.wheel(KeyCode::Up, Action::SelectPrevious),
            MouseEventKind::ScrollDown => self.wheel(KeyCode::Down, Action::SelectNext),
            _ => return None,
        };
        self.refresh();
        Some(outgoing)
    }

    fn click(&mut self, target: Target) -> Vec<Outgoing> {
        match target {
            Target::Node(id) if self.ui.selected == id && self.panes_are_used() => {
                self.offer_for(target)
            }
            Target::Node(id) => self.choose(id),
            Target::View(view) => self.show_view(view),
            Target::Event(event) => self.choose_event(event),
            Target::Link(from, to) if self.ui.link == Some((from, to)) => self.offer_link(),
            Target::Rule(rule) if self.ui.rule == rule => self.act(Action::Apply),
            Target::Message(_) | Target::Link(..) | Target::Rule(_) => self.point_at(target),
            Target::Choice(place) => self.take_choice(place),
            Target::Row(row) => self.click_row(row),
            Target::Instant(at) => {
                self.drags = true;
                self.go_to(at)
            }
        }
    }

    /// Chooses what stays chosen.
    fn point_at(&mut self, target: Target) -> Vec<Outgoing> {
        match target {
            Target::Node(id) => self.ui.selected = id,
            Target::Link(from, to) => return self.choose_link((from, to)),
            Target::Rule(rule) => self.ui.rule = rule,
            Target::Message(message) => return self.choose_flight(message),
            _ => {}
        }
        Vec::new()
    }

    /// What can be done with a thing; `None` where nothing is offered.
    fn offered_for(&self, target: Target) -> Option<Offers> {
        let world = &self.scene.world;
        Some(match target {
            Target::Node(id) => offers::of_node(world, world.nodes.get(id.slot())?),
            Target::Message(message) => offers::of_message(world, message),
            Target::Link(from, to) => offers::of_link(world, (from, to)),
            Target::Rule(rule) => offers::of_rule(world, rule),
            Target::View(_)
            | Target::Instant(_)
            | Target::Event(_)
            | Target::Choice(_)
            | Target::Row(_) => return None,
        })
    }

    pub(super) fn go_to(&mut self, at: Micros) -> Vec<Outgoing> {
        if self.target == Some(at) {
            return Vec::new();
        }
        self.target = Some(at);
        self.held(Ask::Seek(at))
    }

    /// The wheel does what the arrows do; over the events it goes through them.
    fn wheel(&mut self, code: KeyCode, action: Action) -> Vec<Outgoing> {
        match &self.ui.overlay {
            Overlay::Picker(_) => self.picked(Key::plain(code)),
            Overlay::Palette(prompt) if prompt.searches || prompt.offers => {
                self.typed(Key::plain(code))
            }
            Overlay::Palette(_) | Overlay::Filter(_) => Vec::new(),
            _ => self.act(action),
        }
    }

    /// Offers what can be done with what is chosen: a message, or else a node.
    pub(super) fn offer_chosen(&mut self) -> Vec<Outgoing> {
        let target = match self.ui.flight {
            Some(message) => Target::Message(message),
            None => Target::Node(self.ui.selected),
        };
        self.offer_for(target)
    }

    fn offer_for(&mut self, target: Target) -> Vec<Outgoing> {
        match self.offered_for(target) {
            Some(offers) => self.offer(offers),
            None => self.say(GONE),
        }
    }

    /// Opens the palette with statements to choose from.
    pub(super) fn offer(&mut self, offers: Offers) -> Vec<Outgoing> {
        if !offers.is_empty() {
            self.line = Line::offering(offers);
            self.ui.overlay = Overlay::Palette(self.line.prompt());
        }
        Vec::new()
    }

    /// A choice of the palette was clicked.
    fn take_choice(&mut self, place: usize) -> Vec<Outgoing> {
        self.line.point_at(place);
        let key = match self.line.prompt().offers {
            true => KeyCode::Enter,
            false => KeyCode::Tab,
        };
        self.typed(Key::plain(key))
    }
}
