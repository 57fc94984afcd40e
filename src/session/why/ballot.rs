//! How a node came to its term, and to its vote.

use super::Answer;
use super::account::Account;
use super::facts::Facts;
use crate::raft::{self, EventId, NodeId, RoleKind, Rule, VoteReason};
use crate::world::Event;
use crate::world::explain::Seconds;

/// How a node came to its term.
pub(super) fn term(facts: &Facts<'_>, id: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let (name, term) = (&node.name, node.node.term);
    let moved = facts.newest(
        id,
        |event| matches!(event, raft::Event::Term { term: to, .. } if *to == term),
    );
    let Some(moved) = moved else {
        return account.finish(format!(
            "{name} is in term {term}: it was so from the beginning, or how it came there is no longer held."
        ));
    };
    account.visible(moved, 0);
    let campaigns = facts.before(EventId::MAX).filter(|record| {
        matches!(record.event, Event::Node(raft::Event::Term { term: to, from: None }) if to == term)
    });
    // Several may have campaigned for it: the first began it, and each moved to it by itself.
    let by_itself = matches!(
        moved.event,
        Event::Node(raft::Event::Term { from: None, .. })
    );
    let began = campaigns.last().filter(|_| !by_itself);
    let at = Seconds(moved.at);
    let words = facts.words(moved);
    let origin = match began.and_then(|began| Some((began, began.node?))) {
        Some((began, by)) => {
            account.visible(began, 0);
            format!(
                " {} began that term at {}.",
                facts.name(by),
                Seconds(began.at)
            )
        }
        None => String::new(),
    };
    account.finish(format!(
        "{name} is in term {term} since {at}: {words}.{origin}"
    ))
}

/// Whom a node voted for, and whom it refused.
pub(super) fn vote(facts: &Facts<'_>, id: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let (name, term) = (&node.name, node.node.term);
    let decided = |wanted: Option<NodeId>| {
        facts.newest(id, |event| match event {
            raft::Event::Vote {
                candidate,
                reason,
                pre: false,
                term: of,
                ..
            } => match wanted {
                Some(wanted) => {
                    *candidate == wanted && *reason == VoteReason::Granted && *of == term
                }
                // Where it has voted, a candidate of the term before asked in vain for another.
                None => {
                    let asked = if node.node.vote.is_some() {
                        *of
                    } else {
                        *of + 1
                    };
                    *reason != VoteReason::Granted && asked >= term
                }
            },
            _ => false,
        })
    };
    let refused = decided(None);
    let headline = match node.node.vote {
        Some(own) if own == id => {
            let campaign = facts.newest(id, |event| {
                matches!(
                    event,
                    raft::Event::Role {
                        role: RoleKind::Candidate,
                        ..
                    }
                )
            });
            if let Some(campaign) = campaign {
                account.visible(campaign, 0);
            }
            format!("{name} voted for itself in term {term}, as it campaigned.")
        }
        Some(candidate) => {
            let words = match decided(Some(candidate)) {
                Some(vote) => {
                    account.visible(vote, 0);
                    format!(" at {}: {}", Seconds(vote.at), facts.words(vote))
                }
                None => String::new(),
            };
            format!(
                "{name} voted for {} in term {term}{words}.",
                facts.name(candidate)
            )
        }
        None if facts.view.awaits_its_addition(node) => {
            format!("{name} has no vote: no server knows of a configuration with it")
        }
        None if node.node.role.kind() == RoleKind::Learner => format!(
            "{name} has no vote: it is a learner — rule {}",
            Rule::LearnersDoNotVote.info().name
        ),
        None => format!("{name} has voted for nobody in term {term}."),
    };
    if let Some(refused) = refused {
        account.lacks(facts.words(refused));
        account.visible(refused, 0);
    }
    account.finish(headline)
}
