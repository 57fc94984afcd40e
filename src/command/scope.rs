//! Which nodes there are where a statement stands: those that were there before the text, and
//! those that the statements before it make.

use super::nodes::{is_number, wrong_name};
use crate::kv::Text;
use crate::world::MAX_NODES;
use crate::world::command::{MOST_DRAWN, NodeRef};

/// A node that a statement makes.
#[derive(Clone, Debug)]
pub(super) struct Made {
    name: Text,
    /// The line of the statement.
    line: usize,
}

/// What names mean where the statement stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The names of the nodes, in order of creation; `None` when they are not known.
    names: Option<&'a [Text]>,
    /// The nodes that this statement and those after it make, in order of creation.
    later: &'a [Made],
    /// The line of the statement.
    line: usize,
    /// Chaos may have made nodes before.
    chaos: bool,
    /// True where there is a selected node, `@`.
    pub selected: bool,
}

impl<'a> Scope<'a> {
    /// A scope for one statement; without names they are not known, and any may be meant.
    pub fn of(names: &'a [Text], selected: bool) -> Scope<'a> {
        Scope {
            names: (!names.is_empty()).then_some(names),
            later: &[],
            line: 0,
            chaos: false,
            selected,
        }
    }

    /// The names of the nodes, as far as they are known.
    pub fn names(self) -> &'a [Text] {
        self.names.unwrap_or_default()
    }

    /// The node that a name or number means. Where the names are known a number becomes a name:
    /// which node is made as the sixth is settled by the text, not by what came of it.
    pub fn find(self, word: &str) -> Option<NodeRef> {
        if is_number(word) {
            let number: u16 = word.parse().ok()?;
            let slot = usize::from(number).checked_sub(1)?;
            return match self.names {
                Some(names) => names.get(slot).cloned().map(NodeRef::Name),
                None => (slot < MAX_NODES).then_some(NodeRef::Number(number)),
            };
        }
        match self.names {
            Some(names) => {
                let name = names.iter().find(|name| &***name == word).cloned();
                let drawn = || (self.chaos && is_drawn(word)).then(|| word.into());
                name.or_else(drawn).map(NodeRef::Name)
            }
            None => {
                let proper = wrong_name(word).is_none();
                proper.then(|| NodeRef::Name(word.into()))
            }
        }
    }

    /// Where the node comes from that a name or number will mean, and what to do about it.
    pub fn made_later(self, word: &str) -> Option<String> {
        let made = match word.parse::<usize>() {
            Ok(number) => self.later.get(number.checked_sub(self.names().len() + 1)?),
            Err(_) => self.later.iter().find(|made| &*made.name == word),
        };
        let line = made?.line;
        Some(match line == self.line {
            true => "this statement makes it; name a node that is there before".to_owned(),
            false => format!("line {line} makes it; write this after it"),
        })
    }

    /// A name for one node more that is not among `typed`; `None` when the names are not known, or
    /// there is no room.
    pub fn fresh(self, typed: &[&str]) -> Option<String> {
        let names = self.names?;
        let taken =
            |name: &str| typed.contains(&name) || names.iter().any(|other| &**other == name);
        (names.len() < MAX_NODES)
            .then(|| (names.len() + 1..).map(|number| format!("n{number}")))?
            .find(|name| !taken(name))
    }
}

/// True for the name of a node that chaos may make.
fn is_drawn(word: &str) -> bool {
    (1..=MOST_DRAWN).any(|number| word == format!("n{number}"))
}

/// Every node that a text speaks of.
pub(super) struct Roll {
    /// Those that are there, and those that are made, in order of creation.
    names: Vec<Text>,
    /// The last of them, with what makes them.
    made: Vec<Made>,
    /// The line from which on chaos may make nodes.
    chaos: Option<usize>,
    /// False when the names are not known: then none is kept.
    known: bool,
    selected: bool,
}

impl Roll {
    /// The nodes that are there before the text; when there are none they are not known.
    pub fn new(names: Vec<Text>, selected: bool) -> Roll {
        Roll {
            known: !names.is_empty(),
            names,
            made: Vec::new(),
            chaos: None,
            selected,
        }
    }

    /// A statement makes these, which no statement before it makes.
    pub fn add(&mut self, line: usize, names: Vec<Text>) {
        if self.known {
            let made = names.iter().map(|name| Made {
                name: name.clone(),
                line,
            });
            self.made.extend(made);
            self.names.extend(names);
        }
    }

    /// A statement lets chaos make nodes from now on.
    pub fn let_draw(&mut self, line: usize) {
        self.chaos = self.chaos.or(Some(line));
    }

    /// What names mean on a line.
    pub fn scope(&self, line: usize) -> Scope<'_> {
        let before = self.made.partition_point(|made| made.line < line);
        let later = &self.made[before..];
        let there = self.names.len() - later.len();
        Scope {
            names: self.known.then(|| &self.names[..there]),
            later,
            line,
            chaos: self.chaos.is_some_and(|from| from < line),
            selected: self.selected,
        }
    }
}
