//! What the mouse does: it selects and marks nodes, scrolls, goes to instants of the tape, and
//! offers what can be done with a node.

use crossterm::event::{KeyCode, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{App, Outgoing};
use crate::raft::{Micros, NodeId};
use crate::screen::hit::{self, Target};
use crate::screen::{Overlay, Screen, Theme};
use crate::script::live::Ask;
use crate::tui::deeds;
use crate::tui::key::Key;
use crate::tui::palette::Line;

impl App {
    /// Takes what the mouse did on a screen that is drawn on `area`; nothing when it means nothing.
    pub fn on_mouse(
        &mut self,
        mouse: &MouseEvent,
        area: Rect,
        theme: &Theme,
    ) -> Option<Vec<Outgoing>> {
        let screen = Screen {
            scene: &self.scene,
            ui: &self.ui,
            theme,
        };
        let (x, y) = (mouse.column, mouse.row);
        let target = || hit::at(&screen, area, x, y);
        let outgoing = match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => match target()? {
                Target::Node(id) => self.choose(id),
                Target::View(view) => self.show_view(view),
                Target::Choice(place) => self.take_choice(place),
                Target::Instant(at) => {
                    self.drags = true;
                    self.go_to(at)
                }
            },
            MouseEventKind::Drag(MouseButton::Left) if self.drags => {
                let at = hit::instant(&screen, area, x)?;
                self.go_to(at)
            }
            MouseEventKind::Up(MouseButton::Left) => {
                self.drags = false;
                return None;
            }
            MouseEventKind::Down(MouseButton::Right) => match target()? {
                Target::Node(id) => self.offer(id),
                _ => return None,
            },
            MouseEventKind::ScrollUp => self.wheel(KeyCode::Up, -1),
            MouseEventKind::ScrollDown => self.wheel(KeyCode::Down, 1),
            _ => return None,
        };
        self.refresh();
        Some(outgoing)
    }

    fn go_to(&mut self, at: Micros) -> Vec<Outgoing> {
        if self.target == Some(at) {
            return Vec::new();
        }
        self.target = Some(at);
        self.held(Ask::Seek(at))
    }

    /// The wheel does in a list what the arrows do, and goes from node to node elsewhere.
    fn wheel(&mut self, code: KeyCode, by: isize) -> Vec<Outgoing> {
        match &self.ui.overlay {
            Overlay::Picker(_) => self.picked(Key::plain(code)),
            Overlay::Palette(prompt) if prompt.searches || prompt.offers => {
                self.typed(Key::plain(code))
            }
            Overlay::Palette(_) | Overlay::Filter(_) => Vec::new(),
            _ => self.step_selection(by),
        }
    }

    /// Opens the palette with what can be done with a node.
    fn offer(&mut self, id: NodeId) -> Vec<Outgoing> {
        self.ui.selected = id;
        if let Some(node) = self.selected() {
            self.line = Line::offering(deeds::offers(node));
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
