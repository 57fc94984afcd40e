//! A line being typed: editing, history, completion.

use std::ops::Range;

use crossterm::event::KeyCode;
use tui_input::{Input, InputRequest};

use super::fuzzy::find;
use super::key::Key;
use super::moves::Move;
use crate::kv::Text;
use crate::screen::Prompt;
use crate::screen::panes::prompt::SHOWN;

/// What could be typed at a cursor.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Choices {
    /// Where the completed word begins, in bytes.
    pub start: usize,
    /// What could stand there, and what it means.
    pub all: Vec<(String, String)>,
    /// How what is being typed is written: shown where there is nothing to choose.
    pub usage: String,
}

/// Completes a line at a cursor (in bytes), given the names of the nodes.
pub type Complete = Box<dyn Fn(&str, usize, &[Text]) -> Choices>;

/// What completes a line, with the names of the nodes that there are by now.
#[derive(Clone, Copy)]
pub struct Completer<'a> {
    /// How.
    pub complete: &'a Complete,
    /// In order of creation.
    pub names: &'a [Text],
}

/// Why a line is not accepted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What is wrong in the line, in bytes; empty where something is missing.
    pub at: Range<usize>,
    /// Why, and what would be right.
    pub words: String,
}

/// What a key did to the line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// It goes on.
    More,
    /// It is done: this is the line.
    Line(String),
    /// It was given up.
    Closed,
}

/// A line being typed.
#[derive(Clone, Default, Debug)]
pub struct Line {
    input: Input,
    /// The choices at the cursor.
    choices: Choices,
    chosen: Option<usize>,
    /// The first choice of the page that is shown: where none is chosen, it is the next.
    top: usize,
    /// How far back in the history we are; 0 is the line itself.
    back: usize,
    /// The line itself, while one of the history stands in its place.
    own: Input,
    /// While the history is searched, the line that was typed before.
    before: Option<Input>,
    /// True while the choices are whole statements, to be carried out.
    offers: bool,
    error: Option<Refusal>,
}

impl Line {
    /// A line that begins with this text.
    pub fn of(text: &str) -> Line {
        Line {
            input: Input::new(text.to_string()),
            ..Line::default()
        }
    }

    /// A line that begins with this text, the cursor so many characters before its end.
    pub fn with_cursor(text: &str, before_end: usize) -> Line {
        let cursor = text.chars().count().saturating_sub(before_end);
        Line {
            input: Input::new(text.to_string()).with_cursor(cursor),
            ..Line::default()
        }
    }

    /// An empty line with statements to choose from, each with what it does. Whoever types
    /// instead has an ordinary line.
    pub fn offering(statements: Vec<(String, String)>) -> Line {
        Line {
            choices: Choices {
                all: statements,
                ..Choices::default()
            },
            chosen: Some(0),
            offers: true,
            ..Line::default()
        }
    }

    /// Makes a choice the one that the next key takes.
    pub fn point_at(&mut self, place: usize) {
        self.chosen = match self.offers || self.before.is_some() {
            true => Some(place),
            // Here the next one is taken.
            false => {
                self.top = self.top.min(place);
                place.checked_sub(1)
            }
        };
    }

    /// What the screen shows of it.
    pub fn prompt(&self) -> Prompt {
        Prompt {
            text: self.input.value().to_string(),
            cursor: self.input.cursor(),
            choices: self.choices.all.clone(),
            usage: self.choices.usage.clone(),
            chosen: self.chosen,
            top: self.top,
            searches: self.before.is_some(),
            offers: self.offers,
            error: self.error.as_ref().map(|error| error.words.clone()),
            wrong: self.error.as_ref().map_or(0..0, |error| {
                let text = self.input.value();
                let place = |byte: usize| {
                    let begin = text.char_indices().take_while(|&(at, _)| at < byte);
                    begin.count()
                };
                place(error.at.start)..place(error.at.end)
            }),
        }
    }

    /// Says why the line was not accepted; the next key takes it away.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.error = Some(refusal);
    }

    /// True for what opens the palette, at the head of a statement: whoever types it once more, or
    /// pastes it with a statement, means no colon.
    fn opens(&self, text: &str, completer: Option<Completer>) -> bool {
        completer.is_some() && text.starts_with(':') && self.input.value().trim().is_empty()
    }

    /// Inserts text that was pasted. A line break becomes a blank: it submits nothing.
    pub fn paste(&mut self, text: &str, completer: Option<Completer>) {
        let text = match self.opens(text.trim_start(), completer) {
            true => text.trim_start().trim_start_matches(':'),
            false => text,
        };
        for ch in text.chars() {
            let ch = if ch.is_control() { ' ' } else { ch };
            self.input.handle(InputRequest::InsertChar(ch));
        }
        // What is pasted is a line, and nothing to search for.
        self.before = None;
        self.offers = false;
        self.edited(completer);
    }

    /// Takes a key. Lines typed before stand in `history`, the newest last.
    pub fn key(&mut self, key: Key, history: &[String], completer: Option<Completer>) -> Typed {
        self.error = None;
        if self.before.is_some() {
            self.search(key, history, completer);
            return Typed::More;
        }
        if self.offers {
            let (count, chosen) = (self.choices.all.len(), self.chosen.unwrap_or(0));
            match key.code() {
                KeyCode::Esc => return Typed::Closed,
                KeyCode::Enter => return Typed::Line(self.choices.all[chosen].0.clone()),
                KeyCode::Tab if key.is_shift() => {
                    self.chosen = Some((chosen + count - 1) % count);
                }
                KeyCode::Up => self.chosen = Some((chosen + count - 1) % count),
                KeyCode::Down | KeyCode::Tab => self.chosen = Some((chosen + 1) % count),
                code => match Move::of_key(code) {
                    Some(way) => self.chosen = Some(way.from(chosen, count, SHOWN)),
                    None => self.offers = false,
                },
            }
            if self.offers {
                return Typed::More;
            }
        }
        if let Some(choice) = self.next_choice(key) {
            self.choose(choice);
            // Of one alone there is no other to go on to: what may follow it is.
            if self.choices.all.len() == 1 {
                self.edited(completer);
            }
            return Typed::More;
        }
        match key.code() {
            KeyCode::Char('r') if key.is_ctrl() && !history.is_empty() => {
                // A line of the history is nothing that was typed to be found.
                let typed = match self.back {
                    0 => self.input.value().to_string(),
                    _ => String::new(),
                };
                self.before = Some(std::mem::replace(&mut self.input, Input::new(typed)));
                self.seek(history);
                return Typed::More;
            }
            KeyCode::Esc => return Typed::Closed,
            KeyCode::Enter => return Typed::Line(self.input.value().to_string()),
            KeyCode::Backspace if self.input.value().is_empty() => return Typed::Closed,
            KeyCode::PageDown => {
                self.turn_page(1);
                return Typed::More;
            }
            KeyCode::PageUp => {
                self.turn_page(-1);
                return Typed::More;
            }
            KeyCode::Up => self.recall(self.back + 1, history),
            KeyCode::Down => self.recall(self.back.saturating_sub(1), history),
            KeyCode::Char(':') if self.opens(":", completer) => {}
            _ => {
                if let Some(request) = request(key) {
                    self.input.handle(request);
                    self.back = 0;
                }
            }
        }
        self.edited(completer);
        Typed::More
    }

    /// A key while the history is searched. What is found is taken over, not carried out: it can
    /// be changed first.
    fn search(&mut self, key: Key, history: &[String], completer: Option<Completer>) {
        let count = self.choices.all.len();
        let step = |by: usize| move |chosen: usize| (chosen + by) % count.max(1);
        let again = key.is_ctrl() && key.code() == KeyCode::Char('r');
        match key.code() {
            KeyCode::Esc => {
                self.input = self.before.take().unwrap_or_default();
                self.edited(completer);
            }
            KeyCode::Enter | KeyCode::Tab => {
                let found = self.chosen.and_then(|chosen| self.choices.all.get(chosen));
                let before = self.before.take().unwrap_or_default();
                self.input = found.map_or(before, |(line, _)| Input::new(line.clone()));
                self.edited(completer);
            }
            KeyCode::Up => self.chosen = self.chosen.map(step(count.saturating_sub(1))),
            KeyCode::Down => self.chosen = self.chosen.map(step(1)),
            // Home and End go through what is typed.
            KeyCode::PageUp | KeyCode::PageDown => {
                let way = Move::of_key(key.code());
                let step = |place| way.map_or(place, |way| way.from(place, count, SHOWN));
                self.chosen = self.chosen.map(step);
            }
            _ if again => self.chosen = self.chosen.map(step(1)),
            _ => {
                if let Some(request) = request(key) {
                    self.input.handle(request);
                }
                self.seek(history);
            }
        }
    }

    /// Finds the lines of the history that fit what is typed; of equal ones the newest is first.
    fn seek(&mut self, history: &[String]) {
        let newest_first = || history.iter().rev().map(String::as_str);
        let found = find(self.input.value(), newest_first());
        let line = |place: usize| history[history.len() - 1 - place].clone();
        let lines = found.into_iter().map(|place| (line(place), String::new()));
        self.choices = Choices {
            all: lines.collect(),
            ..Choices::default()
        };
        self.chosen = (!self.choices.all.is_empty()).then_some(0);
        if self.chosen.is_none() {
            self.refuse(Refusal {
                at: 0..0,
                words: "nothing that was typed before has these letters".into(),
            });
        }
    }

    /// The choice that a key takes: the one after, round the end, or the one before.
    fn next_choice(&self, key: Key) -> Option<usize> {
        let count = self.choices.all.len();
        if count == 0 {
            return None;
        }
        Some(match (key.code(), self.chosen) {
            (KeyCode::Tab, chosen) if key.is_shift() => {
                (chosen.unwrap_or(self.top) + count - 1) % count
            }
            (KeyCode::Tab, chosen) => chosen.map_or(self.top, |chosen| (chosen + 1) % count),
            _ => return None,
        })
    }

    /// Shows another page of the choices, and takes none of them.
    fn turn_page(&mut self, by: isize) {
        let page = self.chosen.unwrap_or(self.top) / SHOWN;
        let last = self.choices.all.len().saturating_sub(1) / SHOWN;
        self.top = page.saturating_add_signed(by).min(last) * SHOWN;
        self.chosen = None;
    }

    /// Puts a choice in the place of the word; choosing again puts another there.
    fn choose(&mut self, next: usize) {
        let Choices { start, all, .. } = &self.choices;
        let text = self.input.value();
        let end = byte(text, self.input.cursor());
        let (head, tail) = (text.get(..*start).unwrap_or(""), &text[end..]);
        let choice = &all[next].0;
        let cursor = head.chars().count() + choice.chars().count();
        self.input = Input::new(format!("{head}{choice}{tail}")).with_cursor(cursor);
        self.chosen = Some(next);
    }

    fn recall(&mut self, back: usize, history: &[String]) {
        let back = back.min(history.len());
        if back == self.back {
            return;
        }
        if self.back == 0 {
            self.own = std::mem::take(&mut self.input);
        }
        self.back = back;
        self.input = match back {
            0 => std::mem::take(&mut self.own),
            back => Input::new(history[history.len() - back].clone()),
        };
    }

    fn edited(&mut self, completer: Option<Completer>) {
        (self.chosen, self.top) = (None, 0);
        let text = self.input.value();
        self.choices = match completer {
            Some(Completer { complete, names }) => {
                complete(text, byte(text, self.input.cursor()), names)
            }
            None => Choices::default(),
        };
    }
}

/// The byte at which the character of this number begins.
fn byte(text: &str, character: usize) -> usize {
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(at, _)| at)
}

/// How a key edits the line.
pub(super) fn request(key: Key) -> Option<InputRequest> {
    if let Some(ch) = key.typed() {
        return Some(InputRequest::InsertChar(ch));
    }
    Some(match (key.code(), key.is_ctrl()) {
        (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, _) | (KeyCode::Char('d'), true) => InputRequest::DeleteNextChar,
        (KeyCode::Left, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true) => InputRequest::GoToNextWord,
        (KeyCode::Left, _) | (KeyCode::Char('b'), true) => InputRequest::GoToPrevChar,
        (KeyCode::Right, _) | (KeyCode::Char('f'), true) => InputRequest::GoToNextChar,
        (KeyCode::Home, _) | (KeyCode::Char('a'), true) => InputRequest::GoToStart,
        (KeyCode::End, _) | (KeyCode::Char('e'), true) => InputRequest::GoToEnd,
        (KeyCode::Char('w'), true) | (KeyCode::Backspace, true) => InputRequest::DeletePrevWord,
        (KeyCode::Char('u'), true) => InputRequest::DeleteFromStart,
        (KeyCode::Char('k'), true) => InputRequest::DeleteTillEnd,
        (KeyCode::Char('y'), true) => InputRequest::Yank,
        _ => return None,
    })
}
