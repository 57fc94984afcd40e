//! How links and kinds of message are written.

use super::cursor::{Choice, Cursor};
use super::diagnostic::{Fault, Parsed};
use super::lex::Lexeme;
use super::nodes::Place;
use crate::raft::Kind;
use crate::world::command::{End, Group, KindPattern, Link, Selector};

/// How links are written.
const LINK: &str = "a LINK is written n1->n2, n1<->n2 or c1->n2";

impl Cursor<'_> {
    fn link_end(&mut self) -> Parsed<End> {
        match self.client_next() {
            true => Ok(End::Client(self.client()?)),
            false => Ok(End::Nodes(self.selection(Place::Action)?)),
        }
    }

    /// The fault of something that can't be the beginning of a LINK.
    fn no_link(&self) -> Option<Fault> {
        let Some(word) = self.peek_word() else {
            return Some(self.unexpected("a LINK").help(self.in_form(LINK)));
        };
        let kind = kinds().any(|(kind, ..)| kind == word) && self.scope.find(word).is_none();
        kind.then(|| {
            let message = format!("`{word}` is a KIND of message, and here stands a LINK");
            let help = format!("as in: {}; `drop` and its kin take a KIND", self.form);
            Fault::new(self.span(), message).help(help)
        })
    }

    /// Reads a LINK: `n1->n2`, `n1<->n2`, `c1->n2`.
    pub fn link(&mut self) -> Parsed<Link> {
        let start = self.span().start;
        if let Some(fault) = self.no_link() {
            return Err(fault);
        }
        // Behind a wrong word and a blank no sign stands either.
        let is_word = self.word_after().is_some();
        let from = self.link_end().map_err(|fault| match is_word {
            true => fault.help(format!("as in: {}; {LINK}", self.form)),
            false => fault,
        })?;
        self.offer([("->", "in one direction"), ("<->", "in both directions")]);
        let both = match self.peek() {
            Some(Lexeme::Arrow) => false,
            Some(Lexeme::BothArrow) => true,
            Some(Lexeme::Comma) if matches!(from, End::Client(_)) => {
                let fault = Fault::new(self.span(), "several clients are no end of a link");
                return Err(fault.help(LINK));
            }
            _ => {
                return Err(self.unexpected("`->` or `<->`").help(LINK));
            }
        };
        self.advance();
        let to = self.link_end()?;
        let span = start..self.last_span().end;
        if matches!((&from, &to), (End::Client(_), End::Client(_))) {
            return Err(Fault::new(span, "clients do not talk to one another")
                .help("one end of a LINK is NODES, as in c1->n2"));
        }
        if only_itself(&from, &to) {
            return Err(Fault::new(span, "a node has no link to itself")
                .help("the ends of a LINK are different nodes, as in n1->n2"));
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

/// True when both ends can only mean one and the same node, whatever is when the statement runs.
pub(super) fn only_itself(from: &End, to: &End) -> bool {
    let (End::Nodes(from), End::Nodes(to)) = (from, to) else {
        return false;
    };
    match (&from.base, &to.base) {
        (Selector::These(from), Selector::These(to)) => {
            let mut all = from.iter().chain(to);
            let first = all.next();
            all.all(|node| Some(node) == first)
        }
        (Selector::Group(from), Selector::Group(to)) => {
            from == to && matches!(from, Group::Leader | Group::Selected)
        }
        _ => false,
    }
}

/// Every kind of message, with `any`.
pub(super) fn kinds() -> impl Iterator<Item = Choice<KindPattern>> + Clone {
    let named = Kind::ALL
        .into_iter()
        .map(|kind| (kind.name(), kind_help(kind), Some(kind)));
    let any = [("any", "messages of every kind", None)];
    any.into_iter().chain(named)
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
        Kind::Request => "a request forwarded to the leader; on a client's link, the client's",
        Kind::RequestReply => "the answer to a request, forwarded or a client's",
    }
}
