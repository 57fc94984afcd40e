//! Why it is so: an answer in words, with the chain of causes behind it.
//!
//! An answer is made of nothing but facts: the world at the instant shown, the events that are
//! held, each with its causes, and the statements of the journal. It is the same whenever it is
//! asked for, and it changes nothing.
//!
//! ```text
//! headline     Entry 2 is committed since 0.412 s: n1, leader of term 1, counted it on n1 and n2 …
//! steps        0.412  n1 commits 2
//!              0.401    n1 appends its own [2,t1 x = 1]          each below what it led to
//!              0.400      c1 ▸ n1: x = 1
//!              0.412    n2 ▸ n1: arrives: my log matches yours to 2
//! missing      what would have to be otherwise, or comes by itself; for what is so, nothing
//! ```

mod account;
mod ballot;
mod commit;
mod config;
mod cuts;
mod decided;
mod elections;
mod facts;
mod grounds;
mod known;
mod latency;
mod leader;
mod legs;
mod log;
mod mismatch;
mod order;
mod outage;
mod read;
mod removal;
mod reply;
mod role;
mod snapshot;
mod value;
mod violation;
mod voters;

pub use facts::Facts;

use account::Account;

use super::Session;
use crate::command::Why;
use crate::command::condition::Asker;
use crate::raft::{EventId, Micros, NodeId};
use crate::world::Record;
use crate::world::command::{NodeRef, Nodes};

/// An answer.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What was asked, as a statement.
    pub question: String,
    /// The same as a person would ask it.
    pub title: String,
    /// How it is, and the reason in a sentence or two.
    pub headline: String,
    /// The chain of causes: what decided first, each cause below what it led to.
    pub steps: Vec<Step>,
    /// So many steps more led to it, and tell less.
    pub left_out: usize,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Something that has to come about before it is otherwise, or that would help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// A sentence; where a rule asks for it, its name follows ` — `.
    pub words: String,
    /// How it comes about.
    pub way: Way,
}

/// How something comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Not by itself: it stands in the way.
    Blocked,
    /// By itself, if nothing gets in its way.
    ByItself,
    /// By the statement that is named: a way out.
    ByHand,
}

/// One step of the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// When, in microseconds of virtual time.
    pub at: Micros,
    /// The event; `None` where the chain leads to events that are not held any more.
    pub event: Option<EventId>,
    /// Where; `None` for clients and statements.
    pub node: Option<NodeId>,
    /// What happened.
    pub words: String,
    /// How many steps lie between this and what was asked for.
    pub depth: usize,
}

impl Session {
    /// Explains how something came about, as of the present instant.
    pub fn why(&self, why: &Why) -> Answer {
        let view = self.world.view();
        let held: Vec<&Record> = self.world.trace().records().collect();
        let first = held.first().map_or(EventId::MAX, |record| record.id);
        let older = self.telling.iter().filter(|record| record.id < first);
        let facts = Facts {
            view: &view,
            records: older.chain(held).collect(),
            past: self.past().collect(),
            violations: self.violations(),
            tally: &self.state.tally,
            first_voters: self.stage.names.len(),
        };
        let meant = |nodes: &Nodes| self.world.select(nodes).first().copied();
        let mut answer = answer(&facts, why, &meant);
        // A word for a node is as a person would ask; whom it means tells more.
        let mut named = why.clone();
        if let Some(nodes) = named.nodes_mut()
            && let Some(id) = meant(nodes)
        {
            *nodes = Nodes::these(vec![NodeRef::Name(self.world.name(id).clone())]);
        }
        (answer.question, answer.title) = (why.to_string(), named.words());
        answer
    }
}

/// Finds the answer; `meant` finds the node that is meant.
fn answer(facts: &Facts<'_>, why: &Why, meant: &dyn Fn(&Nodes) -> Option<NodeId>) -> Answer {
    let about = |nodes: &Nodes, tell: &dyn Fn(NodeId) -> Answer| match meant(nodes) {
        Some(node) => tell(node),
        None if *nodes == Nodes::group(crate::world::command::Group::Leader) => leader::none(facts),
        None => Account::new(facts).finish(format!("`{nodes}` means no node now.")),
    };
    match why {
        Why::Leader => leader::leader(facts),
        Why::Role(nodes) => about(nodes, &|id| role::role(facts, id)),
        Why::Term(nodes) => about(nodes, &|id| ballot::term(facts, id)),
        Why::Vote(nodes) => about(nodes, &|id| ballot::vote(facts, id)),
        Why::Commit(index, None) => commit::in_cluster(facts, *index),
        Why::Commit(index, Some(nodes)) => about(nodes, &|id| known::on_node(facts, *index, id)),
        Why::Log(nodes, index) => about(nodes, &|id| log::entry(facts, id, *index)),
        Why::Value(nodes, key) => about(nodes, &|id| value::held(facts, id, key)),
        Why::Snapshot(nodes) => about(nodes, &|id| snapshot::reach(facts, id)),
        Why::Config(None) => match facts.view.leader().or_else(|| voters::newest(facts)) {
            Some(node) => config::used(facts, node.id),
            None => leader::none(facts),
        },
        Why::Config(Some(nodes)) => about(nodes, &|id| config::used(facts, id)),
        Why::Reply(Asker::Client(client)) => reply::client(facts, *client),
        Why::Reply(Asker::Admin) => order::newest(facts),
        Why::Latency => latency::slowest(facts),
        Why::Outage => outage::longest(facts),
        Why::Elections => elections::counted(facts),
        Why::Violation(wanted) => violation::first(facts, *wanted),
        Why::Event(id) => event(facts, *id),
    }
}

/// What led to one event.
fn event(facts: &Facts<'_>, id: EventId) -> Answer {
    let mut account = Account::new(facts);
    let Some(record) = facts.record(id) else {
        let newest = facts.records.last().map_or(0, |record| record.id);
        return account.finish(match id > newest {
            true => format!("Event {id} has not happened yet: the newest is {newest}."),
            false => format!("Event {id} is no longer held."),
        });
    };
    account.visible(record, 0);
    account.finish(format!("Event {id}: {}.", facts.words(record)))
}
