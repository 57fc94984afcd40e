//! Text that is typed: the palette, the filter, and what is pasted into them.

use crossterm::event::KeyCode;

use super::{App, GONE, Outgoing};
use crate::command::verb::Verb;
use crate::screen::Overlay;
use crate::tui::action::Action;
use crate::tui::deeds;
use crate::tui::key::Key;
use crate::tui::palette::{Completer, Line, Refusal, Typed};

impl App {
    /// Takes pasted text: into the line that is typed, or else into a fresh palette.
    pub fn on_paste(&mut self, text: &str) {
        match self.ui.overlay {
            Overlay::Filter(_) => self.line.paste(text, None),
            Overlay::Picker(_) => self.paste_into_picker(text),
            _ => {
                if !matches!(self.ui.overlay, Overlay::Palette(_)) {
                    self.open_palette(Line::default());
                }
                self.edit(|line, _, completer| line.paste(text, Some(completer)));
            }
        }
        self.show_line();
        self.refresh();
    }

    /// Reads a statement of the keymap or the palette.
    pub(super) fn statement(&self, text: &str) -> Result<Outgoing, Refusal> {
        let filled = match self.selected() {
            Some(node) => deeds::with_selected(text, &node.name),
            None if deeds::with_selected(text, "") != text => {
                let words = GONE.to_owned();
                return Err(Refusal { at: 0..0, words });
            }
            None => text.to_string(),
        };
        let statement = (self.parse)(&filled, &self.names()).map_err(|refusal| {
            let typed = |at| match self.selected() {
                Some(node) => deeds::before_selected(text, &node.name, at),
                None => at,
            };
            let at = typed(refusal.at.start)..typed(refusal.at.end);
            Refusal { at, ..refusal }
        })?;
        let asked = self.asked_by(statement);
        asked.map_err(|words| Refusal { at: 0..0, words })
    }

    /// Opens the palette with a line in it.
    pub(super) fn open_palette(&mut self, line: Line) -> Vec<Outgoing> {
        self.line = line;
        self.edit(|line, _, completer| line.paste("", Some(completer)));
        self.ui.overlay = Overlay::Palette(self.line.prompt());
        Vec::new()
    }

    /// Changes the line of the palette, with its history and what completes it.
    fn edit<R>(&mut self, change: impl FnOnce(&mut Line, &[String], Completer) -> R) -> R {
        let names = self.names();
        let completer = Completer {
            complete: &self.complete,
            names: &names,
        };
        change(&mut self.line, self.history.lines(), completer)
    }

    /// A key while text is typed.
    pub(super) fn typed(&mut self, key: Key) -> Vec<Outgoing> {
        // Whatever is typed, one key always leads out.
        if key.is_ctrl() && key.code() == KeyCode::Char('c') {
            self.ui.overlay = Overlay::None;
            return Vec::new();
        }
        let palette = matches!(self.ui.overlay, Overlay::Palette(_));
        let mut outgoing = Vec::new();
        let typed = match palette {
            true => self.edit(|line, history, completer| line.key(key, history, Some(completer))),
            false => self.line.key(key, &[], None),
        };
        match typed {
            Typed::Closed => self.ui.overlay = Overlay::None,
            Typed::More if !palette => self.ui.filter = self.line.prompt().text,
            Typed::More => {}
            Typed::Line(_) if !palette => self.ui.overlay = Overlay::None,
            Typed::Line(text) if text.trim().is_empty() => self.ui.overlay = Overlay::None,
            Typed::Line(text) => match self.statement(&text) {
                Ok(ask) => {
                    outgoing.push(ask);
                    self.history.remember(&text);
                    self.ui.overlay = Overlay::None;
                }
                Err(refusal) => {
                    let refusal = self.key_instead(&text).unwrap_or(refusal);
                    self.line.refuse(refusal);
                }
            },
        }
        self.show_line();
        outgoing
    }

    /// What to press, where somebody has typed what is done with a key: its name, or the key.
    fn key_instead(&self, text: &str) -> Option<Refusal> {
        let word = text.trim();
        let mut actions = Action::ALL.iter().copied();
        let (action, key) = actions.find_map(|action| {
            let key = self.keymap.key_of(action)?;
            (action.name() == word || key == word).then_some((action, key))
        })?;
        let at = text.find(word).unwrap_or(0);
        let words = format!(
            "`{word}` is not a statement: close this line and press {key} ({})",
            action.words()
        );
        let at = at..at + word.len();
        Verb::named(word).is_none().then_some(Refusal { at, words })
    }

    fn show_line(&mut self) {
        match &mut self.ui.overlay {
            Overlay::Palette(prompt) | Overlay::Filter(prompt) => *prompt = self.line.prompt(),
            _ => {}
        }
    }
}
