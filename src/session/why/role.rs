//! Why a node has the role that it has.

use super::account::Account;
use super::cuts::tell_apart;
use super::facts::Facts;
use super::grounds::{comes_from_leader, refuses};
use super::voters::{self, Side, tally};
use super::{Answer, leader, removal};
use crate::raft::{
    self, Envelope, EventId, Kind, Message, NodeId, RoleKind, RoleReason, RoleView, Rule,
};
use crate::world::explain::Seconds;
use crate::world::view::{Life, NodeStatus};
use crate::world::{Event, Record};

/// What a node is.
pub(super) fn role(facts: &Facts<'_>, id: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let mut headline = tell(&mut account, node);
    let leader = facts.view.leader();
    if let Some(leader) = leader.filter(|leader| leader.id != id && node.life == Life::Up) {
        match node.node.role {
            RoleView::Leader { .. } => {
                let words = leader::rival(&mut account, leader, node);
                headline.push_str(&words);
            }
            _ => tell_apart(&mut account, leader.id, id),
        }
    }
    account.finish(headline)
}

/// Tells what a node is; the headline for that.
pub(super) fn tell(account: &mut Account<'_>, node: &NodeStatus) -> String {
    let headline = match (node.life, &node.node.role) {
        (Life::Down, _) => return down(account, node),
        (Life::Stopped, _) => return stopped(account, node),
        (Life::Up, RoleView::Leader { .. }) => leads(account, node),
        (Life::Up, RoleView::Candidate { votes } | RoleView::PreCandidate { votes }) => {
            campaigns(account, node, votes)
        }
        (Life::Up, _) => follows(account, node),
    };
    removal::tell(account, node);
    headline
}

fn down(account: &mut Account<'_>, node: &NodeStatus) -> String {
    let facts = account.facts;
    if let Some(lost) = facts.lost(node.id, EventId::MAX) {
        account.visible(lost, 0);
    }
    let words = facts.absent(node.id).unwrap_or_default();
    let log = match node.node.log.last() {
        0 => "no entry".to_owned(),
        last => format!("the log to {last}"),
    };
    account.offers(format!(
        "`restart {}` brings it back from its disk",
        node.name
    ));
    format!("{words}: its memory is gone, and its disk holds {log}.")
}

fn stopped(account: &mut Account<'_>, node: &NodeStatus) -> String {
    let facts = account.facts;
    if let Some(lost) = facts.lost(node.id, EventId::MAX) {
        account.visible(lost, 0);
    }
    if let Some(role) = newest_role(facts, node.id) {
        account.visible(role, 0);
    }
    let words = facts.absent(node.id).unwrap_or_default();
    let role = node.node.role.kind().name();
    account.offers(format!("`resume {}` lets it go on", node.name));
    format!("{words}: it takes itself for a {role}, and answers nobody.")
}

/// The newest change of role in the node's present life.
fn newest_role<'a>(facts: &Facts<'a>, id: NodeId) -> Option<&'a Record> {
    let mut before = facts
        .before(EventId::MAX)
        .filter(|record| record.node == Some(id));
    let found = before.find(|record| {
        matches!(
            record.event,
            Event::Node(raft::Event::Role { .. }) | Event::Restart | Event::Boot
        )
    });
    found.filter(|record| matches!(record.event, Event::Node(_)))
}

fn leads(account: &mut Account<'_>, node: &NodeStatus) -> String {
    let facts = account.facts;
    let (name, term) = (&node.name, node.node.term);
    let since = Seconds(node.since);
    let Some(role) = newest_role(facts, node.id) else {
        let held = Seconds(facts.held_since());
        return format!(
            "{name} leads term {term} since {since}; how it was elected was before {held}, and is no longer held."
        );
    };
    account.visible(role, 0);
    let voted = |voter: NodeId| {
        voter == node.id
            || role.causes.as_slice().iter().any(|&id| {
                let cause = facts.record(id).map(|cause| &cause.event);
                matches!(cause, Some(Event::Deliver { envelope, .. })
                    if envelope.from == voter
                        && matches!(envelope.message, Message::VoteReply { granted: true }))
            })
    };
    let configuration = facts.configuration_at(node.id, role.id);
    let votes = match configuration.filter(|_| facts.grounded(role)) {
        Some(configuration) => {
            let sides = Side::of(&configuration, facts);
            format!("it has the votes of {}", tally(facts, &sides, voted))
        }
        None => {
            let held = Seconds(facts.held_since());
            format!("who voted for it was before {held}, and is no longer held")
        }
    };
    let campaign = facts.newest_before(role.id, node.id, |event| {
        matches!(
            event,
            raft::Event::Role {
                role: RoleKind::Candidate,
                ..
            }
        )
    });
    let reason = campaign.map(|campaign| &campaign.event);
    let how = match reason {
        Some(Event::Node(raft::Event::Role {
            reason: RoleReason::HandedOver,
            ..
        })) => " It campaigned because the leader before it handed leadership over.",
        _ => "",
    };
    format!("{name} leads term {term} since {since}: {votes}.{how}")
}

fn campaigns(account: &mut Account<'_>, node: &NodeStatus, votes: &[(NodeId, bool)]) -> String {
    let facts = account.facts;
    if let Some(role) = newest_role(facts, node.id) {
        account.visible(role, 0);
    }
    let sides = Side::of(&node.node.configuration, facts);
    let granted = |id: NodeId| votes.contains(&(id, true));
    let (name, term) = (&node.name, node.node.term);
    let since = Seconds(node.since);
    let tally = tally(facts, &sides, granted);
    tell_votes(account, node.id, votes, &sides);
    match node.node.role.kind() {
        RoleKind::PreCandidate => format!(
            "{name} asks since {since} whether it could win term {}: yes from {tally}.",
            term + 1
        ),
        _ => {
            format!("{name} campaigns for term {term} since {since}: it has the votes of {tally}.")
        }
    }
}

/// Why each vote that a candidate or pre-candidate lacks is missing.
pub(super) fn tell_votes(
    account: &mut Account<'_>,
    candidate: NodeId,
    votes: &[(NodeId, bool)],
    sides: &[Side],
) {
    let facts = account.facts;
    let began = newest_role(facts, candidate).map_or(0, |role| role.id);
    // Who promises a vote, its own too, has it on its disk before.
    let unasked = facts.node(candidate).node.role.kind() == RoleKind::Candidate
        && facts.view.rules.on(Rule::SyncBeforeReply)
        && !votes.contains(&(candidate, true));
    for voter in voters::voters(sides) {
        if votes.contains(&(voter, true)) {
            continue;
        }
        // A refusal of an older term is ignored where it arrives, and is one all the same.
        let mut since = facts
            .after(began)
            .filter(|record| record.node == Some(voter));
        match since.find(|record| refuses(&record.event, candidate)) {
            Some(refusal) => {
                account.lacks(facts.words_then(refusal));
                account.visible(refusal, 0);
            }
            _ if voter == candidate => {
                let stalled = facts.stalled(voter);
                let stalled = stalled.map_or_else(String::new, |words| format!(", but {words}"));
                account.lacks_by(
                    &format!(
                        "{} votes for itself and asks the others when that is on its disk{stalled}",
                        facts.name(voter)
                    ),
                    Rule::SyncBeforeReply,
                );
            }
            _ => {
                let words = facts
                    .absent(voter)
                    .or_else(|| facts.apart(voter, candidate));
                match (words, lost_ballot(facts, began, voter, candidate)) {
                    (Some(words), _) => account.lacks(words),
                    (None, Some(lost)) => {
                        account.lacks(facts.words(lost));
                        account.visible(lost, 0);
                    }
                    (None, None) if unasked => {}
                    (None, None) => {
                        let stalled = facts.stalled(voter);
                        let why = stalled.map_or_else(String::new, |words| format!(": {words}"));
                        let voter = facts.name(voter);
                        account.lacks(format!("{voter}'s answer has not come yet{why}"));
                    }
                }
            }
        }
    }
}

/// The newest question or answer about a vote between two nodes that was lost since an event, if
/// none is on its way.
fn lost_ballot<'a>(
    facts: &Facts<'a>,
    since: EventId,
    voter: NodeId,
    candidate: NodeId,
) -> Option<&'a Record> {
    use Kind as K;
    let ballot = |envelope: &Envelope| {
        let ends = (envelope.from, envelope.to);
        let between = ends == (candidate, voter) || ends == (voter, candidate);
        let kind = envelope.message.kind();
        between && matches!(kind, K::PreVote | K::PreVoteReply | K::Vote | K::VoteReply)
    };
    let mut flights = facts.view.flights.iter();
    if flights.any(|flight| ballot(&flight.envelope)) {
        return None;
    }
    let lost = |record: &&Record| match &record.event {
        Event::Drop { envelope, .. } => ballot(envelope),
        _ => false,
    };
    facts.after(since).filter(lost).last()
}

/// The newest message of its leader that arrived at a node.
fn heard<'a>(facts: &Facts<'a>, id: NodeId, leader: NodeId) -> Option<&'a Record> {
    facts.before(EventId::MAX).find(|record| {
        matches!(&record.event, Event::Deliver { envelope, .. }
            if envelope.to == id
                && envelope.from == leader
                && comes_from_leader(&envelope.message))
    })
}

fn follows(account: &mut Account<'_>, node: &NodeStatus) -> String {
    let facts = account.facts;
    let (name, term) = (&node.name, node.node.term);
    let newest = newest_role(facts, node.id);
    let headline = match &node.node.role {
        RoleView::Removed => format!("{name} is no member of the cluster any more"),
        RoleView::Learner { .. } if facts.view.awaits_its_addition(node) => {
            format!("{name} runs to be added, and no server knows of a configuration with it")
        }
        RoleView::Learner { .. } => format!(
            "{name} is a learner in term {term}: it receives the log and has no vote — rule {}",
            Rule::LearnersDoNotVote.info().name
        ),
        RoleView::Follower {
            leader: Some(leader),
        } => {
            let (lead, heard) = (facts.name(*leader), heard(facts, node.id, *leader));
            let at = heard.map(|heard| format!(", heard last at {}", Seconds(heard.at)));
            let at = at.unwrap_or_default();
            format!("{name} is a follower in term {term}, and follows {lead}{at}")
        }
        _ => format!("{name} is a follower in term {term}, and knows no leader"),
    };
    let headline = match newest {
        Some(role) => {
            account.visible(role, 0);
            let (at, words) = (Seconds(role.at), facts.words(role));
            format!("{headline}. At {at}: {words}")
        }
        None => {
            let back = facts.before(EventId::MAX).find(|record| {
                record.node == Some(node.id)
                    && matches!(record.event, Event::Restart | Event::Boot | Event::Reboot)
            });
            match back {
                Some(back) => {
                    account.visible(back, 0);
                    let (at, words) = (Seconds(back.at), facts.words(back));
                    format!("{headline}. At {at}: {words}")
                }
                None => format!("{headline}."),
            }
        }
    };
    if let RoleView::Follower {
        leader: Some(leader),
    } = node.node.role
    {
        if let Some(heard) = heard(facts, node.id, leader) {
            account.leaf(heard, 0);
        }
        if let Some(elected) = newest_role(facts, leader) {
            account.visible(elected, 0);
        }
    }
    if matches!(node.node.role.kind(), RoleKind::Learner | RoleKind::Removed) {
        let used = facts.newest(node.id, |event| {
            matches!(event, raft::Event::Configuration { .. })
        });
        if let Some(used) = used {
            account.visible(used, 0);
        }
    }
    // Why it does not lead: it tried in vain, or nobody does. What came when it had given up
    // decided nothing, nor did what came before it led.
    let tried = facts.newest(node.id, |event| {
        use RoleKind::{Candidate, Leader, PreCandidate};
        matches!(
            event,
            raft::Event::Role {
                role: Candidate | PreCandidate | Leader,
                ..
            }
        )
    });
    let since = tried.map_or(EventId::MAX, |tried| match tried.event {
        Event::Node(raft::Event::Role {
            role: RoleKind::Leader,
            ..
        }) => EventId::MAX,
        _ => tried.id,
    });
    let until = newest.map_or(EventId::MAX, |newest| newest.id);
    let refusals = facts
        .after(since)
        .take_while(|record| record.id < until)
        .filter(|record| refuses(&record.event, node.id));
    for refusal in refusals {
        account.lacks(facts.words_then(refusal));
        account.visible(refusal, 0);
    }
    if facts.view.leader().is_none() {
        leader::candidates(account);
    }
    headline
}
