//! How nodes and clients are written.

use std::ops::Range;

use super::cursor::Cursor;
use super::diagnostic::{Fault, Parsed, nearest, shorten};
use super::lex::Lexeme;
use super::verb::is_keyword;
use crate::kv::{ClientId, Text};
use crate::world::MAX_NODES;
use crate::world::command::{Group, NodeRef, Nodes, Selector};

/// The most clients.
pub const MAX_CLIENTS: u16 = 1_000;

/// Where nodes are named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the run, when there are none but the first voters.
    Stage,
    Action,
    /// In an action that makes the nodes that it names and that do not exist yet.
    Making,
    /// In a condition, where nobody draws lots.
    Condition,
}

/// What a word for several nodes means, in a line.
pub(super) fn group_help(group: Group) -> &'static str {
    match group {
        Group::All => "members and learners; in conditions those that are up",
        Group::Voters => "the voters; in conditions those that are up",
        Group::Learners => "the learners; in conditions those that are up",
        Group::Leader => "the live leader of the highest term",
        Group::Followers => "the live followers",
        Group::Candidates => "the live candidates",
        Group::Up => "nodes that are up, stopped ones included",
        Group::Down => "nodes that are down",
        Group::Random => "one node that is up, drawn by lot; in actions only",
        Group::Selected => "the selected node; in the dashboard only",
    }
}

/// True for `c1`, `c2` and their like, which are clients.
fn is_client(word: &str) -> bool {
    word.strip_prefix('c').is_some_and(is_number)
}

pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why a word can't be a node's name, if it can't.
pub(super) fn wrong_name(word: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if word.is_empty() || !word.chars().all(plain) {
        Some("is no name: names are made of the letters a to z, digits and `_`")
    } else if is_number(word) {
        Some("is no name, but a number")
    } else if is_client(word) {
        Some("is no name for a node, but a client")
    } else if is_keyword(word) {
        Some("is no name, but a keyword")
    } else {
        None
    }
}

impl Cursor<'_> {
    fn allows(&self, group: Group, place: Place) -> bool {
        match group {
            Group::Random => matches!(place, Place::Action | Place::Making),
            Group::Selected => self.scope.selected,
            _ => true,
        }
    }

    /// Offers the nodes' names.
    pub fn offer_names(&mut self) {
        self.offer(self.scope.names().iter().map(|name| (&**name, "a node")));
    }

    /// Offers a name for a new node where one can be made.
    fn offer_new(&mut self, place: Place, typed: &[&str]) {
        if self.at_end() && place == Place::Making {
            self.offer(self.scope.fresh(typed).map(|name| (name, "a new node")));
        }
    }

    /// Offers all that NODES may begin with.
    pub fn offer_nodes(&mut self, place: Place) {
        if !self.at_end() {
            return;
        }
        self.offer_names();
        self.offer_new(place, &[]);
        for (group, word) in Group::ALL {
            if self.allows(group, place) {
                self.offer([(word, group_help(group))]);
            }
        }
        self.offer([("all-leader", "every node but the leader")]);
    }

    /// Reads one of the first voters: a name or a number.
    pub fn node(&mut self) -> Parsed<NodeRef> {
        self.one(Place::Stage, "write its name or its number")
    }

    /// Reads one node by its name, or its number if it is there; there may be none of the name.
    pub fn new_node(&mut self) -> Parsed<NodeRef> {
        self.one(Place::Making, "write its name, known or new, as in `n6`")
    }

    /// Reads one node, or a word that stands for one at most.
    pub fn one_node(&mut self, place: Place) -> Parsed<Nodes> {
        for group in [Group::Leader, Group::Random, Group::Selected] {
            if self.allows(group, place) && self.keyword(group.word(), group_help(group)) {
                return Ok(Nodes::group(group));
            }
        }
        let help = match place {
            Place::Condition => "write its name or its number, or `leader`",
            _ => "write its name or its number, `leader` or `random`",
        };
        Ok(Nodes::these(vec![self.one(place, help)?]))
    }

    fn one(&mut self, place: Place, help: &str) -> Parsed<NodeRef> {
        self.offer_names();
        self.offer_new(place, &[]);
        let Some(word) = self.peek_word() else {
            return Err(self.unexpected("a node").help(self.in_form(help)));
        };
        let span = self.span();
        let selection = |fault: Fault| fault.help(help);
        self.no_selection(word, place).map_err(selection)?;
        let node = self.node_ref(word, span, place);
        // A word for several nodes may not be meant either.
        let node = match nearest(word, Group::ALL.map(|(_, group)| group)) {
            Some(_) => node.map_err(selection)?,
            None => node?,
        };
        self.advance();
        Ok(node)
    }

    /// A word for several nodes may not stand for one.
    fn no_selection(&self, word: &str, place: Place) -> Parsed<()> {
        let first = word.split('-').next();
        let row = Group::ALL.iter().find(|(_, name)| Some(*name) == first);
        let Some(&(group, _)) = row else {
            return Ok(());
        };
        // Elsewhere not even one that is allowed may stand.
        let elsewhere = matches!(place, Place::Stage | Place::Making);
        Err(match elsewhere || self.allows(group, place) {
            true => {
                let word = shorten(word);
                let message = format!("`{word}` is a selection, and here stands one node");
                Fault::new(self.span(), message)
            }
            false => Fault::new(self.span(), forbidden(group)),
        })
    }

    /// Reads NODES: names joined by `,`, or a word for several, or one less another.
    pub fn nodes(&mut self, place: Place) -> Parsed<Nodes> {
        let nodes = self.selection(place)?;
        match self.more_nodes(&nodes, place) {
            Some(right) => Err(self.not_expected().help(right)),
            None => Ok(nodes),
        }
    }

    /// What would be right where more nodes stand behind those that were read, and nothing joins
    /// them.
    fn more_nodes(&self, read: &Nodes, place: Place) -> Option<String> {
        let word = self.peek_word()?;
        let more = |word: &str| self.scope.names().iter().find(|name| ***name == *word);
        let named = |name: &Text| match &read.base {
            Selector::These(nodes) => nodes.contains(&NodeRef::Name(name.clone())),
            Selector::Group(_) => false,
        };
        let and = place != Place::Condition && word == "and";
        let other = if and { self.word_after()? } else { word };
        let names = matches!(read.base, Selector::These(_));
        if names && more(other).is_some_and(|name| !named(name)) {
            let last = self.last_word()?;
            return Some(format!(
                "several nodes are joined by a comma: `{last},{other}`"
            ));
        }
        let group = place != Place::Condition && Group::ALL.iter().any(|row| row.1 == word);
        group.then(|| "a selection stands alone, or is taken from another: all-leader".to_owned())
    }

    /// Reads NODES, whatever stands behind them.
    pub fn selection(&mut self, place: Place) -> Parsed<Nodes> {
        self.offer_nodes(place);
        if self.peek_word().is_none() {
            return Err(self.unexpected("NODES").help(self.in_form(
                "NODES are names joined by `,`, or one of: all voters learners leader followers candidates up down random",
            )));
        }
        let mut base = Vec::new();
        let mut less = Vec::new();
        let mut subtracting = false;
        loop {
            self.offer_names();
            if self.at_end() && !subtracting {
                let typed: Vec<&str> = base.iter().map(|(word, _)| *word).collect();
                self.offer_new(place, &typed);
            }
            let span = self.span();
            let Some(word) = self.peek_word() else {
                return Err(self.unexpected("a node"));
            };
            let mut start = span.start;
            for (number, part) in word.split('-').enumerate() {
                if number > 0 && subtracting {
                    return Err(Fault::new(span, "only one selection can be taken away")
                        .help("as in `all-leader`, or `all-n1,n2`"));
                }
                subtracting |= number > 0;
                let side = if subtracting { &mut less } else { &mut base };
                side.push((part, start..start + part.len()));
                start += part.len() + 1;
            }
            self.advance();
            if !self.sign(&Lexeme::Comma) {
                break;
            }
        }
        let base = self.selector(&base, place)?;
        // What is taken away must be there.
        let place = match place {
            Place::Making => Place::Action,
            place => place,
        };
        let less = match less.is_empty() {
            true => None,
            false => Some(self.selector(&less, place)?),
        };
        Ok(Nodes { base, less })
    }

    fn selector(&mut self, parts: &[(&str, Range<usize>)], place: Place) -> Parsed<Selector> {
        let mut nodes = Vec::new();
        for (word, span) in parts {
            let row = Group::ALL.iter().find(|(_, name)| name == word);
            match row {
                Some(&(group, _)) if !self.allows(group, place) => {
                    return Err(Fault::new(span.clone(), forbidden(group)));
                }
                Some(&(group, _)) if parts.len() == 1 => return Ok(Selector::Group(group)),
                Some(_) => {
                    return Err(Fault::new(span.clone(), format!("`{word}` stands alone"))
                        .help("only names are joined by `,`"));
                }
                None => nodes.push(self.node_ref(word, span.clone(), place)?),
            }
        }
        Ok(Selector::These(nodes))
    }

    /// The node that a name or number means where the statement stands.
    fn node_ref(&mut self, word: &str, span: Range<usize>, place: Place) -> Parsed<NodeRef> {
        if place == Place::Making && !is_number(word) {
            return self.known_or_made(word, span);
        }
        self.scope
            .find(word)
            .ok_or_else(|| self.no_node(word, span, place))
    }

    /// The node of that name; the statement makes it if there is none.
    fn known_or_made(&mut self, word: &str, span: Range<usize>) -> Parsed<NodeRef> {
        if let Some(why) = wrong_name(word) {
            return Err(Fault::new(span, format!("`{}` {why}", shorten(word)))
                .help("a node's name is made of letters, digits and `_`, as in `n6`"));
        }
        let names = self.scope.names();
        if !names.iter().chain(&self.made).any(|name| &**name == word) {
            if names.len() + self.made.len() >= MAX_NODES {
                let message = format!("`{}` is one node too many", shorten(word));
                return Err(Fault::new(span, message).help(format!(
                    "a cluster has at most {MAX_NODES} nodes, removed ones included"
                )));
            }
            self.made.push(word.into());
        }
        Ok(NodeRef::Name(word.into()))
    }

    fn no_node(&self, word: &str, span: Range<usize>, place: Place) -> Fault {
        let names = self.scope.names();
        if place != Place::Stage
            && let Some(help) = self.scope.made_later(word)
        {
            return Fault::new(span, format!("there is no node `{word}` yet")).help(help);
        }
        if place == Place::Making {
            return Fault::new(span, format!("there is no node `{}`", shorten(word)))
                .help("a node that is to be made needs a name, as in `n6`");
        }
        let message = match is_client(word) {
            true => format!("`{word}` is a client, not a node"),
            false => format!("there is no node `{}`", shorten(word)),
        };
        let groups = Group::ALL.iter().map(|&(_, word)| word);
        let candidates = names.iter().map(|name| &**name).chain(groups);
        let meant = nearest(word, candidates).filter(|_| !is_number(word));
        let help = match (meant, names) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, []) => "write its name".to_owned(),
            (None, _) if self.is_last(&span) && !is_keyword(word) => {
                format!("the nodes are: {}", list(names))
            }
            // The word may be right, and stand in the wrong place.
            (None, _) => format!("as in: {}; the nodes are: {}", self.form, list(names)),
        };
        Fault::new(span, message).help(help)
    }

    /// Reads a client, `c1`.
    pub fn client(&mut self) -> Parsed<ClientId> {
        self.offer([("c1", "a client")]);
        let help = "clients are c1 to c1000";
        self.quantity("a client", help, |word| {
            let number = word.strip_prefix('c').filter(|digits| is_number(digits));
            let number = number.ok_or("is no client")?.parse::<u16>();
            match number {
                Ok(number) if (1..=MAX_CLIENTS).contains(&number) => Ok(ClientId(number)),
                _ => Err("is no client that there is"),
            }
        })
    }

    /// True when a client comes next.
    pub fn client_next(&self) -> bool {
        self.peek_word().is_some_and(is_client)
    }
}

fn forbidden(group: Group) -> &'static str {
    match group {
        Group::Selected => "`@` is known only in the dashboard",
        _ => "`random` stands only in actions, not in conditions",
    }
}

/// The names for a message, not too many of them.
fn list(names: &[Text]) -> String {
    let shown: Vec<&str> = names.iter().take(12).map(|name| &**name).collect();
    let more = if names.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    shown.join(", ") + more
}
