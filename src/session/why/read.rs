//! Why a read was answered so, or is not answered yet (dissertation, section 6.4).

use super::account::{Account, by_rule};
use super::facts::Facts;
use super::reply::{self, Sent};
use super::voters::{Side, fate, tally, voters};
use crate::command::duration_text;
use crate::raft::{Envelope, Message, NodeId, ReadMode, RoleView, Rule};
use crate::world::view::NodeStatus;
use crate::world::{Event, Record};

/// How a read came by its answer, in a sentence of its own, if there is more to say than that it was
/// answered; `ended` is the reply.
pub(super) fn served(facts: &Facts<'_>, ended: &Record, reads: ReadMode) -> Option<String> {
    let Event::Reply {
        from: Some(from), ..
    } = ended.event
    else {
        return None;
    };
    let name = facts.name(from);
    let alone = "from what it had applied itself, and asked nobody: it may have been old";
    let led = facts.led(from, ended.id).is_some();
    match reads {
        ReadMode::Stale => Some(format!("{name} answered {alone}.")),
        ReadMode::Leader => Some(format!(
            "{name} took itself for the leader, and answered {alone}."
        )),
        // Without a lease it must ask first.
        ReadMode::Lease if at_once(facts, ended, from) => Some(format!(
            "{name} held a lease, and answered at once from what it had applied: for as long nobody else was elected."
        )),
        ReadMode::Lease | ReadMode::Linearizable if !facts.on(Rule::ConfirmLeadership) => None,
        ReadMode::Lease | ReadMode::Linearizable => {
            let words = match led {
                true => {
                    "The leader answered when a majority had confirmed that it still led".to_owned()
                }
                false => format!(
                    "{name} did not lead: it answered when it had applied as much as the leader told it, which a majority had confirmed before"
                ),
            };
            Some(by_rule(&words, Rule::ConfirmLeadership))
        }
    }
}

/// True when nothing but the request itself made a node answer.
fn at_once(facts: &Facts<'_>, ended: &Record, from: NodeId) -> bool {
    reply::answered(facts, ended, from).is_some_and(|answered| {
        let mut causes = answered.causes.as_slice().iter();
        causes.all(|&id| {
            let cause = facts.record(id).map(|cause| &cause.event);
            matches!(cause, Some(Event::Request { .. }))
        })
    })
}

/// Tells what a read waits for at whoever was asked; false when that does not serve it.
pub(super) fn tell_waiting(account: &mut Account<'_>, sent: Sent<'_>, reads: ReadMode) -> bool {
    let facts = account.facts;
    let node = facts.node(sent.to);
    if !matches!(node.node.role, RoleView::Leader { .. }) {
        let remembers = facts.crashed_since(sent.to, sent.record.id).is_none();
        return reads == ReadMode::Linearizable && remembers && tell_question(account, sent);
    }
    // The request itself may not have come so far.
    if let Some(fate) = sent.fate(account, false) {
        account.lacks(format!("the request to {} {fate}", node.name));
    } else if let Some(fate) = sent.fate(account, true) {
        account.lacks(format!("the answer {fate}"));
    } else if matches!(reads, ReadMode::Linearizable | ReadMode::Lease) {
        sent.tell_crash(account);
        tell_confirmation(account, node);
        if reads == ReadMode::Lease {
            account.lacks(format!(
                "{} holds no lease, which would do as well: one is kept from the first read on that asks for it, and renewed with each majority that answers",
                node.name
            ));
        }
    } else {
        sent.tell_crash(account);
        account.lacks_some(facts.absent(sent.to));
    }
    true
}

/// A follower asks the leader how far it must have applied. False when it has not asked, or was told
/// that nobody leads.
fn tell_question(account: &mut Account<'_>, sent: Sent<'_>) -> bool {
    let facts = account.facts;
    let to = sent.to;
    let asked = |record: &Record| match &record.event {
        Event::Send { envelope, .. } if envelope.from == to => match envelope.message {
            Message::Read { id } => Some((envelope.to, id)),
            _ => None,
        },
        _ => None,
    };
    let Some((leader, id)) = facts.after(sent.record.id).filter_map(asked).last() else {
        return false;
    };
    let questions = |envelope: &Envelope| {
        envelope.from == to && matches!(envelope.message, Message::Read { id: of } if of == id)
    };
    let answers = |envelope: &Envelope| {
        envelope.to == to
            && matches!(envelope.message, Message::ReadReply { id: of, .. } if of == id)
    };
    let told = facts
        .after(sent.record.id)
        .find_map(|record| match &record.event {
            Event::Deliver { envelope, .. } if answers(envelope) => match envelope.message {
                Message::ReadReply { index, .. } => Some(index),
                _ => None,
            },
            _ => None,
        });
    let (name, lead) = (facts.name(to), facts.name(leader));
    let asks = format!("{name} asked {lead} how far it must have applied to answer");
    let fate = fate(facts, answers)
        .map(|fate| format!("the answer {fate}"))
        .or_else(|| fate(facts, questions).map(|fate| format!("the question {fate}")));
    if told == Some(None) {
        return false;
    }
    account.lacks_some(facts.absent(to));
    match (told.flatten(), fate) {
        (Some(index), _) => {
            let applied = facts.node(to).node.applied;
            account.lacks(format!("{asks}: to {index}, and it has applied {applied}"));
        }
        (None, Some(fate)) => account.lacks(format!("{asks}: {fate}")),
        (None, None) => {
            account.lacks(asks);
            tell_confirmation(account, facts.node(leader));
        }
    }
    true
}

/// What a read waits for at the leader.
fn tell_confirmation(account: &mut Account<'_>, leader: &NodeStatus) {
    let facts = account.facts;
    let name = &leader.name;
    let log = &leader.node.log;
    if let Some(words) = facts.absent(leader.id) {
        account.lacks(words);
    }
    let own = log.term_at(leader.node.commit) == Some(leader.node.term);
    if !own && facts.on(Rule::ReadAfterOwnCommit) {
        account.lacks_by(
            &format!(
                "{name} has committed no entry of its own term {} yet",
                leader.node.term
            ),
            Rule::ReadAfterOwnCommit,
        );
        if log.last_term() == leader.node.term {
            reply::tell_commit(account, log.last());
        }
        return;
    }
    let RoleView::Leader { peers } = &leader.node.role else {
        return;
    };
    let sides = Side::of(&leader.node.configuration, facts);
    let here = |id: NodeId| {
        id == leader.id || facts.absent(id).is_none() && facts.apart(id, leader.id).is_none()
    };
    account.lacks_by(
        &format!(
            "{name} must hear from a majority that it still leads; it can be heard by {}",
            tally(facts, &sides, here)
        ),
        Rule::ConfirmLeadership,
    );
    for voter in voters(&sides).into_iter().filter(|&id| id != leader.id) {
        let heard = peers
            .iter()
            .find(|peer| peer.id == voter)
            .and_then(|peer| peer.heard);
        let words = facts
            .absent(voter)
            .or_else(|| facts.apart(voter, leader.id));
        account.lacks(match (words, heard) {
            (Some(words), _) => words,
            (None, Some(ago)) => {
                format!(
                    "{} answered last {} ago",
                    facts.name(voter),
                    duration_text(ago / 1_000 * 1_000)
                )
            }
            (None, None) => format!("{} has not answered yet", facts.name(voter)),
        });
    }
}
