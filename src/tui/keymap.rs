//! Which key does what: one table for the loop, the foot, the help and the list of keys.

mod read;

use super::action::Action;
use super::key::Key;
use crate::command::Statement;
use crate::kv::Text;
use crate::screen::Hint;

/// The keymaps that come with the program: name and file. All others are laid over the first.
const BUILT_IN: [(&str, &str); 2] = [
    ("default", include_str!("../../keymaps/default.toml")),
    ("vim", include_str!("../../keymaps/vim.toml")),
];

/// Reads a statement; the error says what is wrong with it.
pub type ParseStatement<'a> = &'a dyn Fn(&str) -> Result<Statement, String>;

/// What a key does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// The dashboard does something.
    Act(Action),
    /// A statement is performed; `@` stands for the selected node.
    Perform(String),
}

impl Deed {
    /// What it does, in words; a statement is its own words.
    pub fn words(&self) -> &str {
        match self {
            Deed::Act(action) => action.words(),
            Deed::Perform(text) => text,
        }
    }
}

/// A key, or several pressed one after another, with what they do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The keys, at least one.
    pub keys: Vec<Key>,
    /// What they do.
    pub deed: Deed,
    /// Where that is said: file, line and column.
    pub place: Text,
}

impl Binding {
    /// The keys as they are written.
    pub fn written(&self) -> String {
        written(&self.keys)
    }
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found<'a> {
    /// They do this.
    Bound(&'a Deed),
    /// More must follow.
    Prefix,
    /// Nothing.
    Nothing,
}

/// All bindings, in the order of the help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    /// The keys that come with the program.
    ///
    /// # Panics
    /// When they are wrong, which a test rules out.
    fn default() -> Keymap {
        let empty = Keymap {
            bindings: Vec::new(),
        };
        empty.under_built_in(BUILT_IN[0])
    }
}

impl Keymap {
    /// The names of the keymaps that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.into_iter().map(|(name, _)| name)
    }

    /// The keymap of that name that comes with the program.
    ///
    /// # Panics
    /// When it is wrong, which a test rules out.
    pub fn named(name: &str) -> Option<Keymap> {
        let place = Keymap::names().position(|known| known == name)?;
        Some(match place {
            0 => Keymap::default(),
            place => Keymap::default().under_built_in(BUILT_IN[place]),
        })
    }

    fn under_built_in(&self, (name, text): (&str, &str)) -> Keymap {
        match read::overlay(self, &format!("keymaps/{name}.toml"), text, None) {
            Ok(keymap) => keymap,
            Err(report) => panic!("{report}"),
        }
    }

    /// This keymap with the bindings of a file over it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, rendered for a person: file, line, column, the
    /// text underlined, and what would be right.
    pub fn overlay(
        &self,
        file: &str,
        text: &str,
        parse_statement: ParseStatement<'_>,
    ) -> Result<Keymap, String> {
        read::overlay(self, file, text, Some(parse_statement))
    }

    /// What the keys do.
    pub fn find(&self, keys: &[Key]) -> Found<'_> {
        for binding in &self.bindings {
            if binding.keys == keys {
                return Found::Bound(&binding.deed);
            }
            if binding.keys.starts_with(keys) {
                return Found::Prefix;
            }
        }
        Found::Nothing
    }

    /// The bindings that go on from the keys pressed so far.
    pub fn continued<'a>(&'a self, keys: &'a [Key]) -> impl Iterator<Item = &'a Binding> {
        self.bindings
            .iter()
            .filter(move |binding| binding.keys.starts_with(keys))
    }

    /// The first key of an action, as it is written.
    pub fn key_of(&self, action: Action) -> Option<String> {
        self.key_of_deed(&Deed::Act(action))
    }

    /// The first key of a statement, as it is written.
    pub fn key_of_statement(&self, text: &str) -> Option<String> {
        self.key_of_deed(&Deed::Perform(text.to_owned()))
    }

    fn key_of_deed(&self, deed: &Deed) -> Option<String> {
        let binding = self.bindings.iter().find(|binding| binding.deed == *deed)?;
        Some(binding.written())
    }

    /// Every deed with all its keys, for the help. Nodes by number share one line.
    pub fn table(&self) -> Vec<Hint> {
        let words = |deed: &Deed| -> String {
            match deed {
                Deed::Act(action) if action.selects().is_some() => "select a node by number".into(),
                deed => deed.words().into(),
            }
        };
        let mut table: Vec<Hint> = Vec::new();
        for binding in &self.bindings {
            let (keys, words) = (binding.written(), words(&binding.deed));
            match table.last_mut() {
                Some(last) if last.words == words => {
                    last.keys.push(' ');
                    last.keys.push_str(&keys);
                }
                _ => table.push(Hint { keys, words }),
            }
        }
        table
    }

    /// The list of keys, a line each.
    pub fn keys_text(&self) -> String {
        let name = |deed: &Deed| match deed {
            Deed::Act(action) => format!("{:18} {}", action.name(), action.words()),
            Deed::Perform(text) => format!("{:18} {text}", "(statement)"),
        };
        let mut text = String::new();
        for binding in &self.bindings {
            text.push_str(&format!(
                "{:14} {}\n",
                binding.written(),
                name(&binding.deed)
            ));
        }
        text
    }

    /// The list of keys as JSON: an array of objects with `keys`, `action` or `statement`, and
    /// `words`.
    pub fn keys_json(&self) -> serde_json::Value {
        let row = |binding: &Binding| {
            let keys = binding.written();
            let words = binding.deed.words();
            match &binding.deed {
                Deed::Act(action) => {
                    serde_json::json!({ "keys": keys, "action": action.name(), "words": words })
                }
                Deed::Perform(text) => {
                    serde_json::json!({ "keys": keys, "statement": text, "words": words })
                }
            }
        };
        self.bindings.iter().map(row).collect()
    }

    /// The bindings in the order of the help: actions by their table, then statements.
    fn arranged(mut bindings: Vec<Binding>) -> Keymap {
        let rank = |binding: &Binding| match &binding.deed {
            Deed::Act(action) => *action as usize,
            Deed::Perform(_) => Action::ALL.len(),
        };
        bindings.sort_by_key(rank);
        Keymap { bindings }
    }
}

/// Keys as they are written, with blanks between.
pub fn written(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::to_string).collect();
    names.join(" ")
}
