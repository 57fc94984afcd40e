//! How nodes, clients, links and kinds of message are written.

use std::ops::Range;

use super::cursor::{Choice, Cursor};
use super::diagnostic::{Fault, Parsed, nearest, shorten};
use super::lex::Lexeme;
use super::verb::is_keyword;
use crate::kv::{ClientId, Text};
use crate::raft::Kind;
use crate::world::command::{End, Group, KindPattern, Link, NodeRef, Nodes, Selector};

/// The most nodes that a cluster may have.
pub const MAX_NODES: usize = 101;

/// The most clients.
pub const MAX_CLIENTS: u32 = 1_000;

/// Kinds of message that belong to what is not built yet.
const LATER_KINDS: [&str; 8] = [
    "snapshot",
    "snapshot-reply",
    "timeout-now",
    "timeout-now-reply",
    "read",
    "read-reply",
    "request",
    "request-reply",
];

/// Where a selection stands: nobody may draw lots in a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Action,
    Condition,
}

/// What a word for several nodes means, in a line.
pub(super) fn group_help(group: Group) -> &'static str {
    match group {
        Group::All => "every member and learner, up or down",
        Group::Voters => "the voters",
        Group::Learners => "the learners",
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

fn is_number(word: &str) -> bool {
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
            Group::Random => place == Place::Action,
            Group::Selected => self.scope.selected,
            _ => true,
        }
    }

    /// Offers the nodes' names.
    pub fn offer_names(&mut self) {
        let names: Vec<String> = self.scope.names.iter().map(ToString::to_string).collect();
        self.offer(names.into_iter().map(|name| (name, "a node")));
    }

    /// Offers all that NODES may begin with.
    pub fn offer_nodes(&mut self, place: Place) {
        if !self.at_end() {
            return;
        }
        self.offer_names();
        for (group, word) in Group::ALL {
            if self.allows(group, place) {
                self.offer([(word, group_help(group))]);
            }
        }
        self.offer([("all-leader", "every node but the leader")]);
    }

    /// Reads one node: a name or a number.
    pub fn node(&mut self) -> Parsed<NodeRef> {
        self.offer_names();
        let Some(word) = self.peek_word() else {
            return Err(self.unexpected("a node"));
        };
        let node = self.node_ref(word, self.span())?;
        self.advance();
        Ok(node)
    }

    /// Reads one node, or a word that stands for one at most.
    pub fn one_node(&mut self, place: Place) -> Parsed<Nodes> {
        for group in [Group::Leader, Group::Random, Group::Selected] {
            if self.allows(group, place) && self.keyword(group.word(), group_help(group)) {
                return Ok(Nodes::group(group));
            }
        }
        Ok(Nodes::these(vec![self.node()?]))
    }

    /// Reads NODES: names joined by `,`, or a word for several, or one less another.
    pub fn nodes(&mut self, place: Place) -> Parsed<Nodes> {
        self.offer_nodes(place);
        if self.peek_word().is_none() {
            return Err(self.unexpected("NODES").help(
                "NODES are names joined by `,`, or one of: all voters learners leader followers candidates up down random",
            ));
        }
        let mut base = Vec::new();
        let mut less = Vec::new();
        let mut subtracting = false;
        loop {
            self.offer_names();
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
        Ok(Nodes {
            base: self.selector(&base, place)?,
            less: match less.is_empty() {
                true => None,
                false => Some(self.selector(&less, place)?),
            },
        })
    }

    fn selector(&self, parts: &[(&str, Range<usize>)], place: Place) -> Parsed<Selector> {
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
                None => nodes.push(self.node_ref(word, span.clone())?),
            }
        }
        Ok(Selector::These(nodes))
    }

    fn node_ref(&self, word: &str, span: Range<usize>) -> Parsed<NodeRef> {
        let names = self.scope.names;
        let known = || match names {
            [] => "write its name".to_owned(),
            _ => format!("the nodes are: {}", list(names)),
        };
        if is_number(word) {
            let most = if names.is_empty() {
                MAX_NODES
            } else {
                names.len()
            };
            return match word.parse::<u16>() {
                Ok(number) if (1..=most).contains(&usize::from(number)) => {
                    Ok(NodeRef::Number(number))
                }
                _ => {
                    let message = format!("there is no node `{}`", shorten(word));
                    Err(Fault::new(span, message).help(known()))
                }
            };
        }
        if names.iter().any(|name| &**name == word) {
            return Ok(NodeRef::Name(word.into()));
        }
        let wrong = wrong_name(word);
        if wrong.is_none() && names.is_empty() {
            return Ok(NodeRef::Name(word.into()));
        }
        let message = match wrong {
            Some(_) if is_client(word) => format!("`{word}` is a client, not a node"),
            _ => format!("there is no node `{}`", shorten(word)),
        };
        let groups = Group::ALL.iter().map(|&(_, word)| word);
        let candidates = names.iter().map(|name| &**name).chain(groups);
        let help = match nearest(word, candidates) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => known(),
        };
        Err(Fault::new(span, message).help(help))
    }

    /// Reads a client, `c1`.
    pub fn client(&mut self) -> Parsed<ClientId> {
        self.offer([("c1", "a client")]);
        let help = "clients are c1 to c1000";
        self.quantity("a client", help, |word| {
            let number = word.strip_prefix('c').filter(|digits| is_number(digits));
            let number = number.ok_or("is no client")?.parse::<u32>();
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

    fn link_end(&mut self) -> Parsed<End> {
        match self.client_next() {
            true => Ok(End::Client(self.client()?)),
            false => Ok(End::Nodes(self.nodes(Place::Action)?)),
        }
    }

    /// Reads a LINK: `n1->n2`, `n1<->n2`, `c1->n2`.
    pub fn link(&mut self) -> Parsed<Link> {
        let start = self.span().start;
        let from = self.link_end()?;
        self.offer([("->", "in one direction"), ("<->", "in both directions")]);
        let both = match self.peek() {
            Some(Lexeme::Arrow) => false,
            Some(Lexeme::BothArrow) => true,
            _ => {
                return Err(self
                    .unexpected("`->` or `<->`")
                    .help("a LINK is written n1->n2, n1<->n2 or c1->n2"));
            }
        };
        self.advance();
        let to = self.link_end()?;
        if matches!((&from, &to), (End::Client(_), End::Client(_))) {
            let span = start..self.last_span().end;
            return Err(Fault::new(span, "clients do not talk to one another")
                .help("one end of a LINK is NODES, as in c1->n2"));
        }
        Ok(Link { from, to, both })
    }

    /// Reads a LINK unless the statement ends here.
    pub fn optional_link(&mut self) -> Parsed<Option<Link>> {
        self.offer_nodes(Place::Action);
        match self.at_end() {
            true => Ok(None),
            false => self.link().map(Some),
        }
    }

    /// Reads a kind of message.
    pub fn kind(&mut self) -> Parsed<KindPattern> {
        self.choose("a KIND of message", kinds())
    }
}

/// Every kind of message, with `any`.
pub(super) fn kinds() -> impl Iterator<Item = Choice<KindPattern>> + Clone {
    let built = Kind::ALL
        .into_iter()
        .map(|kind| (kind.name(), kind_help(kind), Some(Some(kind))));
    let later = LATER_KINDS.into_iter().map(|name| (name, "", None));
    let any = [("any", "messages of every kind", Some(None))];
    any.into_iter().chain(built).chain(later)
}

fn kind_help(kind: Kind) -> &'static str {
    match kind {
        Kind::PreVote => "would you vote for me?",
        Kind::PreVoteReply => "the answer to a pre-vote",
        Kind::Vote => "vote for me",
        Kind::VoteReply => "the answer to a vote",
        Kind::Append => "AppendEntries, heartbeats included",
        Kind::AppendReply => "the answer to an append",
        Kind::Snapshot => "a chunk of a snapshot",
        Kind::SnapshotReply => "the answer to a chunk",
        Kind::TimeoutNow => "campaign at once: leadership is handed over",
        Kind::TimeoutNowReply => "the answer to a timeout-now",
        Kind::Read => "a follower asks how far it must have applied to read",
        Kind::ReadReply => "the leader's answer to a read",
        Kind::Request => "a client's request that is forwarded to the leader",
        Kind::RequestReply => "the answer to a forwarded request",
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
