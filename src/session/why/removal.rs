//! That a server is left out of the cluster, and goes on because it does not know so for sure
//! (paper, section 6: what is not committed may be taken back).

use super::account::Account;
use super::facts::Facts;
use super::known;
use crate::raft::{self, Index, NodeId, RoleKind};
use crate::world::Event;
use crate::world::view::NodeStatus;

/// Tells what a server waits for that its own configuration, or the leader's, leaves out.
pub(super) fn tell(account: &mut Account<'_>, node: &NodeStatus) {
    let facts = account.facts;
    let (id, name) = (node.id, &node.name);
    // Whoever runs to be added was not left out.
    let stays = matches!(node.node.role.kind(), RoleKind::Removed | RoleKind::Learner)
        && !node.node.configuration.is_member(id);
    let leader = facts.view.leader();
    let mut sources = [Some(node), leader].into_iter().flatten();
    let source = sources.find(|source| !stays && leaves_out(source, id));
    let Some((source, index)) = source.and_then(|it| Some((it, configured(facts, it)?))) else {
        return;
    };
    let term = source.node.log.term_at(index);
    let lacks = match term.is_some() && node.node.log.term_at(index) != term {
        true => "does not have that entry, and ",
        false => "",
    };
    let whose = match source.id == id {
        true => format!("{name}'s own configuration, entry {index}, leaves it out: it"),
        false => format!(
            "the configuration of {}, who leads, entry {index}, leaves {name} out: {name}",
            source.name
        ),
    };
    account.lacks(format!(
        "{whose} {lacks}is removed only when it knows that this is committed"
    ));
    for missing in known::on_node(facts, index, id).missing {
        account.misses(missing);
    }
}

/// True when a server uses a configuration that another has no part in.
fn leaves_out(source: &NodeStatus, id: NodeId) -> bool {
    let used = &source.node.configuration;
    !used.voters.is_empty() && !used.is_member(id)
}

/// Where the configuration stands that a server uses, if that is held.
fn configured(facts: &Facts<'_>, node: &NodeStatus) -> Option<Index> {
    let used = |event: &raft::Event| matches!(event, raft::Event::Configuration { .. });
    match facts.newest(node.id, used)?.event {
        Event::Node(raft::Event::Configuration { index, .. }) => Some(index),
        _ => None,
    }
}
