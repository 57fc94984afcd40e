//! Choosing what to play: what was left, a free cluster, the demos by topic; found by a few letters.

use std::sync::LazyLock;

use crossterm::event::KeyCode;
use tui_input::{Input, InputRequest};

use super::fuzzy::find;
use super::key::Key;
use super::moves::Move;
use super::palette::request;
use crate::command::{Caption, Lang, Script, Statement};
use crate::screen::units::Seconds;
use crate::screen::{Choices, Preview, Prompt, Row};
use crate::script::demos::{DEMOS, Demo};
use crate::session::Scene;

/// How many captions of a demo are shown beforehand.
const FIRST_CAPTIONS: usize = 3;

/// What was chosen.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// What was left, by its place in the scene.
    Back(usize),
    /// A free cluster.
    Free,
    /// A demo.
    Demo(&'static Demo),
}

/// What a key did to the picker.
#[derive(Clone, Copy, Debug)]
pub enum Picked {
    /// It goes on.
    More,
    /// It was given up.
    Closed,
    /// This is wanted.
    This(Choice),
}

/// Something that can be chosen.
struct Entry {
    choice: Choice,
    /// Its heading.
    topic: &'static str,
    text: String,
    name: &'static str,
    /// The words in which letters are looked for.
    words: String,
    preview: Preview,
}

/// The list, what is typed, and what is chosen.
pub struct Picker {
    input: Input,
    entries: Vec<Entry>,
    /// The entries that fit what is typed, by their places, in the order shown.
    shown: Vec<usize>,
    /// The place of the chosen one among them.
    chosen: usize,
}

impl Picker {
    /// Everything that can be chosen, as the scene stands.
    pub fn new(scene: &Scene, lang: Lang) -> Picker {
        let back = scene.back.iter().enumerate().map(|(place, (title, at))| {
            let title = title.text_in(lang);
            let text = format!("back to {title}, at {}", Seconds(*at));
            Entry::plain(Choice::Back(place), text, "where you left it, as it was")
        });
        let free = Entry::plain(
            Choice::Free,
            "free play".to_owned(),
            "a cluster, and nobody tells you what to do",
        );
        let demos = PARSED
            .iter()
            .map(|(demo, script)| Entry::of(demo, script, lang));
        let entries: Vec<Entry> = back.chain([free]).chain(demos).collect();
        Picker {
            input: Input::default(),
            shown: (0..entries.len()).collect(),
            chosen: 0,
            entries,
        }
    }

    /// Takes a key; so many choices are in sight.
    pub fn key(&mut self, key: Key, page: usize) -> Picked {
        if let Some(way) = Move::of_key(key.code()) {
            self.chosen = way.from(self.chosen, self.shown.len(), page);
            return Picked::More;
        }
        match key.code() {
            KeyCode::Esc => return Picked::Closed,
            KeyCode::Backspace if self.input.value().is_empty() => return Picked::Closed,
            KeyCode::Enter => {
                return match self.shown.get(self.chosen) {
                    Some(&place) => Picked::This(self.entries[place].choice),
                    None => Picked::More,
                };
            }
            _ => {
                if let Some(request) = request(key)
                    && self
                        .input
                        .handle(request)
                        .is_some_and(|change| change.value)
                {
                    self.find();
                }
            }
        }
        Picked::More
    }

    /// Chooses what stands in this row of the list, headings counted.
    pub fn point_at(&mut self, row: usize) {
        let rows = self.choices().rows;
        let before = rows.iter().take(row);
        let before = before.filter(|row| matches!(row, Row::Choice { .. }));
        self.chosen = before.count().min(self.shown.len().saturating_sub(1));
    }

    /// Inserts text that was pasted.
    pub fn paste(&mut self, text: &str) {
        for ch in text.chars().filter(|ch| !ch.is_control()) {
            self.input.handle(InputRequest::InsertChar(ch));
        }
        self.find();
    }

    /// Finds what fits the letters typed, the best first.
    fn find(&mut self) {
        let texts = self.entries.iter().map(|entry| &*entry.words);
        self.shown = find(self.input.value(), texts);
        self.chosen = 0;
    }

    /// What the screen shows of it.
    pub fn choices(&self) -> Choices {
        let searched = !self.input.value().trim().is_empty();
        let mut rows = Vec::new();
        let mut chosen = None;
        let mut topic = "";
        for (number, &place) in self.shown.iter().enumerate() {
            let entry = &self.entries[place];
            if !searched && entry.topic != topic {
                topic = entry.topic;
                rows.push(Row::Heading(topic.to_owned()));
            }
            if number == self.chosen {
                chosen = Some(rows.len());
            }
            rows.push(Row::Choice {
                text: entry.text.clone(),
                name: entry.name.to_owned(),
            });
        }
        let entry = self.shown.get(self.chosen);
        Choices {
            prompt: Prompt {
                text: self.input.value().to_owned(),
                cursor: self.input.cursor(),
                ..Prompt::default()
            },
            rows,
            chosen,
            preview: entry.map(|&place| self.entries[place].preview.clone()),
        }
    }
}

/// The demos, read once.
static PARSED: LazyLock<Vec<(&'static Demo, Script)>> = LazyLock::new(|| {
    let parsed = DEMOS.iter();
    parsed
        .filter_map(|demo| Some((demo, demo.script().ok()?)))
        .collect()
});

impl Entry {
    /// One that is no demo.
    fn plain(choice: Choice, text: String, about: &str) -> Entry {
        Entry {
            choice,
            topic: "",
            name: "",
            words: text.clone(),
            preview: Preview {
                title: text.clone(),
                about: vec![about.to_owned()],
                ..Preview::default()
            },
            text,
        }
    }

    fn of(demo: &'static Demo, script: &Script, lang: Lang) -> Entry {
        let title = script.title.text_in(lang).to_string();
        let texts = |captions: &[Caption]| -> Vec<String> {
            let texts = captions.iter();
            texts
                .map(|caption| caption.text_in(lang).to_string())
                .collect()
        };
        let said = script
            .lines
            .iter()
            .filter_map(|line| match &line.statement {
                Statement::Say(caption) | Statement::Ask { caption, .. } => Some(caption.clone()),
                _ => None,
            });
        let said: Vec<Caption> = said.take(FIRST_CAPTIONS).collect();
        let count = script.cluster.len();
        let servers = if count == 1 { "server" } else { "servers" };
        Entry {
            choice: Choice::Demo(demo),
            topic: demo.topic,
            name: demo.name,
            words: format!("{} {} {title} {}", demo.name, demo.topic, script.title.text),
            preview: Preview {
                title: title.clone(),
                facts: format!("{} · {count} {servers} · {}", demo.name, demo.topic),
                about: texts(&script.about),
                said: texts(&said),
            },
            text: title,
        }
    }
}
