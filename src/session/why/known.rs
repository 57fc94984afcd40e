//! Whether one node knows that an entry is committed, and why not.

use super::Answer;
use super::account::Account;
use super::commit::{commits, entry_term, knows, not_committed};
use super::facts::Facts;
use super::voters::{self, uncounted};
use crate::raft::{self, Index, NodeId, RoleView, Rule};
use crate::world::explain::Seconds;
use crate::world::view::NodeStatus;

/// What one node knows of the entry at `index`.
pub(super) fn on_node(facts: &Facts<'_>, index: Index, id: NodeId) -> Answer {
    let node = facts.node(id);
    let name = facts.name(id);
    let learns = |event: &raft::Event| {
        matches!(event, raft::Event::Commit { from, to } if *from < index && index <= *to)
            || matches!(event, raft::Event::Install { index: covered, .. } if index <= *covered)
    };
    let mut account = Account::new(facts);
    if node.node.commit >= index {
        let learned = facts.newest(id, learns);
        let at = learned.map(|record| format!(", as it learned at {}", Seconds(record.at)));
        if let Some(learned) = learned {
            account.visible(learned, 0);
        }
        return account.finish(format!(
            "{name} knows that entry {index} is committed{}, and has applied the log to {}.",
            at.unwrap_or_default(),
            node.node.applied
        ));
    }
    if knows(facts, index).is_empty() {
        return not_committed(facts, index);
    }
    let first = facts.records.iter().find(|record| commits(record, index));
    if let Some(first) = first {
        account.leaf(first, 0);
    }
    let known = match node.node.commit {
        0 => "nothing is".to_owned(),
        commit => format!("the log is committed to {commit}"),
    };
    let mut headline = format!(
        "Entry {index} is committed, and {name} does not know it: as far as it knows {known}."
    );
    let term = first.and_then(|first| entry_term(facts, first, first.node?, index));
    let held = node.node.log.term_at(index);
    if let (Some(term), Some(held)) = (term, held)
        && held != term
    {
        headline = format!(
            "{headline} What it holds there is another entry, of term {held}, and not the one of term {term}."
        );
        account.lacks_by(
            &format!("the ({index},t{held}) of {name} conflicts with it, and is cut when the leader sends what it has there"),
            Rule::TruncateOnConflict,
        );
    }
    match facts.view.leader() {
        None => account
            .lacks("no live node leads, and only a leader tells how far the log is committed"),
        // It has to find out by itself.
        Some(leader) if leader.id == id => {
            for missing in not_committed(facts, index).missing {
                account.misses(missing);
            }
        }
        Some(leader) => match unheard(facts, id, leader) {
            Some(words) => account.lacks(words),
            None if node.node.log.last() < index => {
                let term = leader.node.log.term_at(index).unwrap_or(0);
                account.lacks_by(
                    &uncounted(facts, id, leader.id, index, term),
                    Rule::CapCommitIndex,
                );
            }
            None => match untold(facts, id, leader, index) {
                Some(words) => account.lacks_by(&words, Rule::CapCommitIndex),
                None => account.awaits(format!(
                    "{}'s next message tells {name} how far the log is committed",
                    leader.name
                )),
            },
        },
    }
    account.finish(headline)
}

/// Why no message of its leader tells a node of a commit, though it holds the entry: each follows
/// what the leader knows it to hold, and as long as its disk is stalled it vouches for nothing.
fn untold(facts: &Facts<'_>, id: NodeId, leader: &NodeStatus, index: Index) -> Option<String> {
    let mute = facts.mute(id)?;
    let RoleView::Leader { peers } = &leader.node.role else {
        return None;
    };
    let peer = peers.iter().find(|peer| peer.id == id)?;
    let (name, next) = (facts.name(id), peer.next);
    (next <= index).then(|| {
        format!(
            "until {name} answers, {}'s messages begin with {next}, and commit nothing from there on; {mute}",
            leader.name
        )
    })
}

/// Why a node hears nothing from its leader, if that is so.
fn unheard(facts: &Facts<'_>, id: NodeId, leader: &NodeStatus) -> Option<String> {
    let away = facts.absent(id).or_else(|| facts.apart(id, leader.id));
    away.or_else(|| voters::unserved(facts, id, leader))
}
