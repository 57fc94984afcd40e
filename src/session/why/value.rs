//! Why a state machine holds a value, or does not (paper, section 5.3: what is committed is applied).

use super::account::Account;
use super::facts::Facts;
use super::{Answer, known, reply};
use crate::kv::{Operation, Text};
use crate::raft::{self, EventId, Index, NodeId, Payload};
use crate::world::explain::Seconds;
use crate::world::view::NodeStatus;
use crate::world::{Event, Record};

/// What a node's state machine holds of a key.
pub(super) fn held(facts: &Facts<'_>, id: NodeId, key: &str) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let name = &node.name;
    let value = node.node.store.value(key);
    let holds = match value {
        Some(value) => format!("{name} holds {key} = {value}"),
        None => format!("{name} holds nothing of {key}"),
    };
    let came = |record: &&Record| record.node == Some(id) && brings(&record.event, key, value);
    let since = match facts.before(EventId::MAX).find(came) {
        Some(came) => {
            account.visible(came, 0);
            format!(". At {}: {}", Seconds(came.at), facts.words(came))
        }
        None if value.is_none() => String::new(),
        None => ": it was so from the beginning, or how it came is no longer held".to_owned(),
    };
    account.lacks_some(facts.absent(id));
    if let Some(index) = newer(facts, node, key) {
        account.lacks(format!(
            "entry {index} writes {key}, and {name} has not applied it"
        ));
        for missing in known::on_node(facts, index, id).missing {
            account.misses(missing);
        }
    }
    reply::tell_waiting(&mut account, Some(key));
    account.finish(format!("{holds}{since}."))
}

/// True for what gave a state machine the value that it has: the entry, a snapshot, or its disk.
fn brings(event: &Event, key: &str, value: Option<&Text>) -> bool {
    match event {
        Event::Node(raft::Event::Apply {
            payload: payload @ Payload::Command(request),
            fresh: true,
            ..
        }) => {
            // A comparison that failed has changed nothing.
            let changed = match &request.operation {
                Operation::Cas { new, .. } => value == Some(new),
                _ => true,
            };
            writes(payload, key) && changed
        }
        Event::Node(raft::Event::Install { .. }) | Event::Restart => value.is_some(),
        _ => false,
    }
}

/// True for an entry that is about the key.
pub(super) fn writes(payload: &Payload, key: &str) -> bool {
    match payload {
        Payload::Command(request) => **request.operation.key() == *key,
        _ => false,
    }
}

/// The first entry that writes the key and that the node has not applied, in the leader's log if
/// somebody leads.
fn newer(facts: &Facts<'_>, node: &NodeStatus, key: &str) -> Option<Index> {
    let log = &facts.view.leader().unwrap_or(node).node.log;
    let mut entries = log.iter();
    let after = |index: Index| index > node.node.applied;
    let found = entries.find(|(index, entry)| after(*index) && writes(&entry.payload, key));
    found.map(|(index, _)| index)
}
