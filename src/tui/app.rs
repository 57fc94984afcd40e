//! What the keys mean, given what is seen. No terminal and no thread: keys and scenes go in,
//! requests come out, and what should be drawn can be asked for.

mod act;
mod events;
mod flights;
mod links;
mod lists;
mod mouse;
mod odds;
mod opening;
mod partition;
mod typing;
mod views;
mod why;

use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::action::Action;
use super::advice::{Trouble, advice};
use super::hints;
use super::history::History;
use super::key::Key;
use super::keymap::{Deed, Found, Keymap, written};
use super::palette::{Complete, Line, Refusal};
use super::picker::Picker;
use crate::command::{Lang, Script, Statement};
use crate::kv::Text;
use crate::raft::Micros;
use crate::screen::{Overlay, Ui, legend};
use crate::script::live::Ask;
use crate::session::{Notice, Scene};
use crate::world::view::NodeStatus;

/// Said where the selected node is meant, at an instant before it was added.
const GONE: &str =
    "the selected node does not exist at this instant: select another, or go on in time";

/// Finds the script of a name: a demo, or else a file. The error says what is wrong with it.
pub type Open = Box<dyn Fn(&str) -> Result<Script, String>>;

/// Reads a statement, given the names of the nodes; the error says what is wrong with it.
pub type Parse = Box<dyn Fn(&str, &[Text]) -> Result<Statement, Refusal>>;

/// What the dashboard wants of the world outside it.
#[derive(Clone, PartialEq, Debug)]
pub enum Outgoing {
    /// Ask the session.
    Ask(Ask),
    /// Make a film of what is shown.
    Record {
        /// Where to.
        file: Text,
        /// Whether a file that is there is replaced whoever wrote it.
        force: bool,
    },
    /// End the film.
    EndFilm,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Leave.
    Quit,
}

/// The dashboard's own state.
pub struct App {
    scene: Arc<Scene>,
    ui: Ui,
    keymap: Keymap,
    parse: Parse,
    complete: Complete,
    open: Open,
    /// Keys of a sequence that is not complete yet.
    pending: Vec<Key>,
    /// The line behind the palette or the filter.
    line: Line,
    /// What is behind the list of what can be played, while it is open.
    picker: Option<Picker>,
    history: History,
    /// What was drawn on last: what scrolls goes no further than there is something to be seen.
    area: Rect,
    /// The number of the forecast that was closed, as long as scenes still show it.
    closed_odds: Option<u64>,
    /// What we were told of, and have closed.
    known: Vec<Trouble>,
    /// True while the tape is dragged.
    drags: bool,
    /// Where we asked to go and have not arrived: scrubbing goes on from there.
    target: Option<Micros>,
    /// What is to go to the clipboard.
    clip: Option<Text>,
    /// Values written so far, so that each is fresh.
    writes: u64,
}

impl App {
    /// The dashboard before the first key.
    pub fn new(scene: Arc<Scene>, keymap: Keymap, parse: Parse, complete: Complete) -> App {
        let mut ui = Ui::default();
        if let Some((_, node)) = scene.focus {
            ui.selected = node;
        }
        if let Some((_, view)) = scene.view {
            ui.view = view;
        }
        ui.keys = keymap.table();
        ui.keys.extend(legend::table());
        let mut app = App {
            scene,
            ui,
            keymap,
            parse,
            complete,
            open: Box::new(|name| Err(format!("there is no script `{name}`"))),
            pending: Vec::new(),
            line: Line::default(),
            picker: None,
            history: History::default(),
            area: Rect::new(0, 0, 80, 24),
            closed_odds: None,
            known: Vec::new(),
            drags: false,
            target: None,
            clip: None,
            writes: 0,
        };
        app.refresh();
        app
    }

    /// With scripts to open, and captions in a language.
    pub fn with_scripts(mut self, open: Open, lang: Lang) -> App {
        self.open = open;
        self.ui.lang = lang;
        self
    }

    /// With lines that were typed before.
    pub fn with_history(self, history: History) -> App {
        App { history, ..self }
    }

    /// The scene that is shown.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What is looked at.
    pub fn ui(&self) -> &Ui {
        &self.ui
    }

    /// Takes a new scene.
    pub fn on_scene(&mut self, scene: Arc<Scene>) {
        if scene.focus != self.scene.focus
            && let Some((_, node)) = scene.focus
        {
            self.ui.selected = node;
        }
        if scene.view != self.scene.view
            && let Some((_, view)) = scene.view
        {
            self.show_view(view);
        }
        if scene.clip != self.scene.clip {
            self.clip = scene.clip.as_ref().map(|(_, text)| text.clone());
        }
        if scene.answer != self.scene.answer
            && let Some(told) = &scene.answer
        {
            self.show_answer(told);
        }
        let before = std::mem::replace(&mut self.scene, scene);
        self.keep_selection(&before);
        self.follow_flight();
        self.follow_event(&before);
        self.keep_link();
        self.keep_row();
        self.refresh();
    }

    /// Takes note of the area that is drawn on.
    pub fn was_drawn_on(&mut self, area: Rect) {
        self.area = area;
    }

    /// Takes note that nothing is under way any more: the scene to come shows where we are, and
    /// also where something held the time on the way to where we were going.
    pub fn arrive(&mut self) {
        self.target = None;
    }

    /// Takes note of what became of the film: whether one is made now, and words for the person.
    pub fn on_film(&mut self, films: bool, words: Notice) {
        self.ui.films = films;
        self.ui.message = Some(words);
        self.refresh();
    }

    /// Takes what is to go to the clipboard, once.
    pub fn take_clip(&mut self) -> Option<Text> {
        self.clip.take()
    }

    /// Takes a key.
    pub fn on_key(&mut self, event: &KeyEvent) -> Vec<Outgoing> {
        let Some(key) = Key::pressed(event) else {
            return Vec::new();
        };
        self.ui.message = None;
        let outgoing = match self.ui.overlay {
            Overlay::Palette(_) | Overlay::Filter(_) => self.typed(key),
            Overlay::Picker(_) => self.picked(key),
            _ => self.pressed(key),
        };
        self.refresh();
        outgoing
    }

    /// A key of the keymap, or one more of a sequence.
    fn pressed(&mut self, key: Key) -> Vec<Outgoing> {
        self.pending.push(key);
        let deed = match self.keymap.find(&self.pending) {
            Found::Prefix => return Vec::new(),
            Found::Bound(deed) => Some(deed.clone()),
            Found::Nothing => None,
        };
        let keys = std::mem::take(&mut self.pending);
        match deed {
            Some(Deed::Act(action)) => self.act(action),
            Some(Deed::Perform(text)) => match self.statement(&text) {
                Ok(ask) => vec![ask],
                Err(refusal) => self.say(refusal.words),
            },
            // What closes the innermost has closed the sequence.
            None if self.keymap.find(&[key]) == Found::Bound(&Deed::Act(Action::Close)) => {
                Vec::new()
            }
            None => {
                let help = self.keymap.key_of(Action::Help);
                let help = help.map(|help| format!("; {help} lists every key"));
                let help = help.unwrap_or_default();
                self.say(format!("{} does nothing{help}", written(&keys)))
            }
        }
    }

    /// The selected node, at instants at which it exists. At others none takes its place: the next
    /// key would meet what nobody chose.
    fn selected(&self) -> Option<&NodeStatus> {
        self.scene.world.nodes.get(self.ui.selected.slot())
    }

    fn perform(&self, command: Option<crate::world::Command>) -> Vec<Outgoing> {
        let ask = |command| Outgoing::Ask(Ask::Perform(Statement::Act(command)));
        command.map(ask).into_iter().collect()
    }

    /// The names of the nodes that there are by now, in order of creation.
    fn names(&self) -> Vec<Text> {
        let nodes = self.scene.world.nodes.iter();
        nodes.map(|node| node.name.clone()).collect()
    }

    fn say(&mut self, message: impl Into<Notice>) -> Vec<Outgoing> {
        self.ui.message = Some(message.into());
        Vec::new()
    }

    /// Time by hand holds the clock first.
    fn held(&self, ask: Ask) -> Vec<Outgoing> {
        let hold = self
            .scene
            .playing
            .then_some(Outgoing::Ask(Ask::Play(false)));
        hold.into_iter().chain([Outgoing::Ask(ask)]).collect()
    }

    /// The gravest trouble that was not closed. A script is left to speak for itself, and what
    /// is over is told anew when it comes back.
    fn advice(&mut self) -> Option<(Trouble, String)> {
        let all = match self.scene.scripted && self.scene.caption.is_some() {
            true => Vec::new(),
            false => advice(&self.scene.world),
        };
        self.known
            .retain(|known| all.iter().any(|(trouble, _)| trouble == known));
        let mut all = all.into_iter();
        all.find(|(trouble, _)| !self.known.contains(trouble))
    }

    /// Brings the hints of the foot up to date, and what follows from the scene.
    fn refresh(&mut self) {
        self.show_odds();
        self.ui.advice = self.advice().map(|(_, words)| words);
        self.ui.welcome = hints::welcome(&self.keymap, &self.scene);
        self.ui.hints = hints::hints(&self.keymap, &self.scene, &self.ui, &self.pending);
    }
}
