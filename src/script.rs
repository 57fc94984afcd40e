//! Plays a script: waits, expectations, story, report.

pub mod demos;
pub mod exit;
pub mod export;
pub mod live;
pub mod logbook;
pub mod outcome;
pub mod place;
pub mod play;
pub mod report;
pub mod saved;
mod seal;
pub mod story;
pub mod token;
pub mod trace;
pub mod wrap;
pub mod xml;

pub use play::{Outcome, Player, Progress};

use std::sync::Arc;

use crate::command::{Given, Script};
use crate::kv::{ClientId, Operation, Request, Text};
use crate::raft::{Durable, Entry, NodeId, Payload};
use crate::world::Stage;
use crate::world::command::NodeRef;

/// The seed of a headless run that names none.
pub const DEFAULT_SEED: u64 = 1;

/// The stage that a script sets. `seed` wins over the script's own.
pub fn stage(script: &Script, seed: Option<u64>) -> Stage {
    let given = script.given.iter().map(|(node, given)| {
        let durable = durable(given, &script.cluster);
        (*node, durable)
    });
    Stage {
        seed: seed.or(script.seed).unwrap_or(DEFAULT_SEED),
        names: script.cluster.clone(),
        given: given.collect(),
    }
}

/// A free cluster of so many nodes, without a script.
pub fn free_stage(nodes: u16, seed: u64) -> Stage {
    Stage {
        seed,
        names: (1..=nodes)
            .map(|number| format!("n{number}").into())
            .collect(),
        given: Vec::new(),
    }
}

/// The durable state that `given` describes: one entry for each term, each of which sets the key
/// `given` to its index.
fn durable(given: &Given, names: &[Text]) -> Durable {
    let entries = given.log.iter().zip(1_u64..).map(|(&term, index)| Entry {
        term,
        payload: Payload::Command(Arc::new(Request {
            client: ClientId::NONE,
            serial: index,
            operation: Operation::Put {
                key: "given".into(),
                value: index.to_string().into(),
            },
        })),
    });
    let mut durable = Durable {
        term: given.term.or(given.log.last().copied()).unwrap_or(0),
        vote: given.voted.as_ref().and_then(|node| voted(node, names)),
        commit: given.commit.unwrap_or(0),
        ..Durable::default()
    };
    entries.for_each(|entry| {
        durable.log.push(entry);
    });
    durable
}

fn voted(node: &NodeRef, names: &[Text]) -> Option<NodeId> {
    match node {
        NodeRef::Name(name) => names.iter().position(|known| known == name),
        NodeRef::Number(number) => usize::from(*number).checked_sub(1),
    }
    .map(NodeId::from_slot)
}
