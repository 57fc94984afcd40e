//! What is on its way, whoever says it: between nodes, or between a client and a node.

use super::{Flight, Letter, View};
use crate::kv::ClientId;
use crate::raft::{Kind, Micros, NodeId, Term};
use crate::world::command::{End, Nodes};
use crate::world::event::MessageId;
use crate::world::explain::{message, said};

/// A message on its way.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OnWay<'a> {
    /// From node to node.
    Flight(&'a Flight),
    /// Between a client and a node.
    Letter(&'a Letter),
}

impl View {
    /// All that is on its way, in order of sending: between nodes, then with clients.
    pub fn on_way(&self) -> impl Iterator<Item = OnWay<'_>> {
        let flights = self.flights.iter().map(OnWay::Flight);
        flights.chain(self.letters.iter().map(OnWay::Letter))
    }
}

impl OnWay<'_> {
    /// Its number.
    pub fn message(&self) -> MessageId {
        match self {
            OnWay::Flight(flight) => flight.message,
            OnWay::Letter(letter) => letter.message,
        }
    }

    /// When it arrives.
    pub fn arrives(&self) -> Micros {
        match self {
            OnWay::Flight(flight) => flight.arrives,
            OnWay::Letter(letter) => letter.arrives,
        }
    }

    /// Its kind; what is asked to find the leader is of none.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            OnWay::Flight(flight) => Some(flight.envelope.message.kind()),
            OnWay::Letter(letter) => letter.says.kind(),
        }
    }

    /// The term that it is of, between nodes.
    pub fn term(&self) -> Option<Term> {
        match self {
            OnWay::Flight(flight) => Some(flight.envelope.term),
            OnWay::Letter(_) => None,
        }
    }

    /// What it says, in words.
    pub fn words(&self) -> String {
        match self {
            OnWay::Flight(flight) => message(&flight.envelope),
            OnWay::Letter(letter) => said(&letter.says),
        }
    }

    /// Where it comes from and where it goes, by name.
    pub fn ends(&self, view: &View) -> [String; 2] {
        self.between(|id| view.name(id).to_owned(), |client| client.to_string())
    }

    /// The same, as links are written.
    pub fn link(&self, view: &View) -> [End; 2] {
        self.between(|id| End::Nodes(Nodes::named(view.name(id))), End::Client)
    }

    fn between<T>(&self, node: impl Fn(NodeId) -> T, client: impl Fn(ClientId) -> T) -> [T; 2] {
        match self {
            OnWay::Flight(flight) => [node(flight.envelope.from), node(flight.envelope.to)],
            OnWay::Letter(letter) if letter.says.is_answer() => {
                [node(letter.node), client(letter.client)]
            }
            OnWay::Letter(letter) => [client(letter.client), node(letter.node)],
        }
    }
}
