//! Playing something else: chosen from a list, or named by a statement.

use std::sync::Arc;

use crossterm::event::KeyCode;

use super::{App, Outgoing};
use crate::command::{Dashboard, Script, Statement};
use crate::screen::Overlay;
use crate::script::demos::{self, Demo};
use crate::script::live::Ask;
use crate::tui::key::Key;
use crate::tui::picker::{Choice, Picked, Picker};

impl App {
    /// What a statement asks for.
    pub(super) fn asked_by(&self, statement: Statement) -> Result<Outgoing, String> {
        let asked = match statement {
            Statement::Dashboard(asked) => asked,
            statement => return Ok(Outgoing::Ask(Ask::Perform(statement))),
        };
        let ask = match asked {
            Dashboard::Record { file, force } => return Ok(Outgoing::Record { file, force }),
            Dashboard::RecordOff if !self.ui.films => return Err("no film is made".to_owned()),
            Dashboard::RecordOff => return Ok(Outgoing::EndFilm),
            Dashboard::Open(name) => play((self.open)(&name)?),
            Dashboard::Tour => {
                let tour = demos::named(demos::TOUR).ok_or("there is no tour")?;
                play_demo(tour)?
            }
            Dashboard::Back => Ask::Back(0),
            asked => Ask::Perform(Statement::Dashboard(asked)),
        };
        Ok(Outgoing::Ask(ask))
    }

    pub(super) fn open_picker(&mut self) -> Vec<Outgoing> {
        let picker = Picker::new(&self.scene, self.ui.lang);
        self.ui.overlay = Overlay::Picker(picker.choices());
        self.picker = Some(picker);
        Vec::new()
    }

    pub(super) fn paste_into_picker(&mut self, text: &str) {
        if let Some(picker) = &mut self.picker {
            picker.paste(text);
            self.ui.overlay = Overlay::Picker(picker.choices());
        }
    }

    /// Chooses a row of what can be played, or plays it.
    pub(super) fn pick_row(&mut self, row: usize, play: bool) -> Vec<Outgoing> {
        if let Some(picker) = &mut self.picker {
            picker.point_at(row);
            self.ui.overlay = Overlay::Picker(picker.choices());
        }
        match play {
            true => self.picked(Key::plain(KeyCode::Enter)),
            false => Vec::new(),
        }
    }

    /// A key while something to play is chosen.
    pub(super) fn picked(&mut self, key: Key) -> Vec<Outgoing> {
        let page = self.page();
        let Some(picker) = &mut self.picker else {
            return Vec::new();
        };
        let picked = match key.is_ctrl() && key.code() == KeyCode::Char('c') {
            true => Picked::Closed,
            false => picker.key(key, page),
        };
        let choice = match picked {
            Picked::More => {
                self.ui.overlay = Overlay::Picker(picker.choices());
                return Vec::new();
            }
            Picked::Closed => None,
            Picked::This(choice) => Some(choice),
        };
        self.ui.overlay = Overlay::None;
        self.picker = None;
        let ask = match choice {
            None => return Vec::new(),
            Some(Choice::Back(place)) => Ok(Ask::Back(place)),
            Some(Choice::Free) => Ok(Ask::Open(None)),
            Some(Choice::Demo(demo)) => play_demo(demo),
        };
        match ask {
            Ok(ask) => vec![Outgoing::Ask(ask)],
            Err(error) => self.say(error),
        }
    }
}

fn play(script: Script) -> Ask {
    Ask::Open(Some(Arc::new(script)))
}

fn play_demo(demo: &Demo) -> Result<Ask, String> {
    let script = demo.script();
    script.map(play).map_err(|wrong| wrong.to_string())
}
