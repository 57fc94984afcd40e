//! Why a request was answered so, or is not answered yet.

use super::account::Account;
use super::facts::Facts;
use super::voters::{Side, tally, voters};
use super::{Answer, commit, leader};
use crate::command::duration_text;
use crate::kv::{ClientId, Operation};
use crate::raft::{self, EventId, Index, NodeId, Payload, ReadMode, RoleView, Rule};
use crate::session::judge::reply_text;
use crate::world::event::{ClientMessage, Reply};
use crate::world::explain::{self, Seconds, asked};
use crate::world::view::{ClientView, NodeStatus};
use crate::world::{Event, Record};

/// What came of a client's newest request.
pub(super) fn client(facts: &Facts<'_>, id: ClientId) -> Answer {
    let account = Account::new(facts);
    let Some(client) = facts.view.clients.iter().find(|client| client.id == id) else {
        return account.finish(format!("{id} has asked nothing."));
    };
    match (&client.outstanding, &client.last) {
        (Some((operation, since, attempts)), _) => {
            let (operation, since, attempts) = (operation.clone(), Seconds(*since), *attempts);
            let words = format!(
                "{id} has no reply to {}: it waits since {since}, and has asked {attempts} {}",
                asked(&operation),
                if attempts == 1 { "time" } else { "times" }
            );
            pending(account, client, &operation, words)
        }
        (None, Some((_, reply))) => ended(account, id, reply),
        (None, None) => account.finish(format!("{id} has asked nothing.")),
    }
}

/// The newest time that a client sent a request: the event, the request's number, how it is read,
/// and whom it went to.
fn newest_request<'a>(
    facts: &Facts<'a>,
    id: ClientId,
) -> Option<(&'a Record, u64, ReadMode, NodeId)> {
    facts
        .before(EventId::MAX)
        .find_map(|record| match record.event {
            Event::Request {
                client,
                serial,
                reads,
                to,
                ..
            } if client == id => Some((record, serial, reads, to)),
            _ => None,
        })
}

fn ended(mut account: Account<'_>, id: ClientId, reply: &Reply) -> Answer {
    let facts = account.facts;
    let ended = facts
        .before(EventId::MAX)
        .find(|record| matches!(record.event, Event::Reply { client, .. } if client == id));
    let Some(ended) = ended else {
        return account.finish(format!(
            "The reply of {id} is {}; how it came about is no longer held.",
            reply_text(reply)
        ));
    };
    account.visible(ended, 0);
    let at = Seconds(ended.at);
    let words = match &ended.event {
        Event::Reply {
            from, reply, entry, ..
        } => {
            let came = explain::ended(reply, *entry);
            match from {
                Some(from) => format!("At {at} {} answered: {came}", facts.name(*from)),
                None => format!("At {at} it {came}"),
            }
        }
        _ => format!("At {at}: {}", facts.words(ended)),
    };
    let Some((request, serial, reads, to)) = newest_request(facts, id) else {
        return account.finish(format!("{words}."));
    };
    account.visible(request, 0);
    let operation = match &request.event {
        Event::Request { operation, .. } => Some(operation),
        _ => None,
    };
    let words = match operation {
        Some(operation) => format!("{id} asked: {}. {words}", asked(operation)),
        None => words,
    };
    if *reply != Reply::Timeout {
        let read = operation.is_some_and(Operation::is_read);
        if read && reads == ReadMode::Linearizable && facts.on(Rule::ConfirmLeadership) {
            let words = format!(
                "{words}. The leader answered when a majority had confirmed that it still led"
            );
            return account.finish(super::account::by_rule(&words, Rule::ConfirmLeadership));
        }
        return account.finish(format!("{words}."));
    }
    // What became of a request that was given up.
    match entry_of(facts, id, serial) {
        Some(index) => {
            let known = facts
                .view
                .nodes
                .iter()
                .filter(|node| node.node.commit >= index);
            let known: Vec<NodeId> = known.map(|node| node.id).collect();
            match known.is_empty() {
                true => {
                    account.lacks(format!("its entry {index} is not committed, and may still be or never"));
                    tell_commit(&mut account, index);
                }
                false => account.lacks(format!(
                    "its entry {index} is committed all the same, as {} {}: the answer did not come in time",
                    facts.names(known.iter().copied()),
                    if known.len() == 1 { "knows" } else { "know" }
                )),
            }
        }
        None => tell_way(&mut account, id, serial, to),
    }
    account.finish(format!("{words}."))
}

/// Where a request stands in the logs, in that of the leader first.
fn entry_of(facts: &Facts<'_>, id: ClientId, serial: u64) -> Option<Index> {
    let leader = facts.view.leader().into_iter();
    let nodes = leader.chain(&facts.view.nodes);
    let holds = |node: &NodeStatus| {
        let mut entries = node.node.log.iter();
        let found = entries.find(|(_, entry)| match &entry.payload {
            Payload::Command(request) => request.client == id && request.serial == serial,
            _ => false,
        });
        found.map(|(index, _)| index)
    };
    nodes.into_iter().find_map(holds)
}

/// Tells where a request, or the answer to it, was lost since it was sent last; what is known of
/// the one asked for.
fn tell_lost(account: &mut Account<'_>, id: ClientId, serial: u64, answers: bool) -> &'static str {
    let facts = account.facts;
    let of_request = |message: &ClientMessage| match message {
        ClientMessage::Request { request, .. } => request.serial == serial,
        ClientMessage::Probe(_) => false,
        ClientMessage::Answer {
            serial: of, answer, ..
        } => *of == serial && !matches!(answer, raft::Answer::Health { .. }),
    };
    let sent = newest_request(facts, id).map_or(0, |(request, ..)| request.id);
    let since = facts.before(EventId::MAX);
    let mut since = since.take_while(|record| record.id > sent);
    let lost = since.find_map(|record| match &record.event {
        Event::ClientDrop {
            client, message, ..
        } if *client == id && of_request(message) => Some((record, message.is_answer())),
        _ => None,
    });
    if let Some((record, _)) = lost {
        account.visible(record, 0);
    }
    match lost {
        Some((_, answer)) if answer == answers => "was lost",
        _ => "is on its way, or was lost",
    }
}

fn tell_commit(account: &mut Account<'_>, index: Index) {
    for missing in commit::in_cluster(account.facts, index).missing {
        account.misses(missing);
    }
}

fn pending(
    mut account: Account<'_>,
    client: &ClientView,
    operation: &Operation,
    headline: String,
) -> Answer {
    let facts = account.facts;
    let Some((request, serial, reads, to)) = newest_request(facts, client.id) else {
        leader::candidates(&mut account);
        return account.finish(format!("{headline}."));
    };
    account.visible(request, 0);
    let lead = facts.name(to);
    let headline = format!("{headline}, {lead} last.");
    if operation.is_read() {
        if let RoleView::Leader { .. } = facts.node(to).node.role {
            let way = tell_lost(&mut account, client.id, serial, true);
            tell_confirmation(&mut account, facts.node(to), reads, way);
        } else {
            tell_way(&mut account, client.id, serial, to);
        }
        return account.finish(headline);
    }
    match entry_of(facts, client.id, serial) {
        Some(index) => {
            let committed = facts
                .view
                .nodes
                .iter()
                .any(|node| node.node.commit >= index);
            match committed {
                true => {
                    let way = tell_lost(&mut account, client.id, serial, true);
                    account.awaits(format!("its entry {index} is committed: the answer {way}"));
                }
                false => {
                    account.lacks(format!("its entry {index} is not committed, and only then is it answered — rule {}", Rule::ReplyAfterCommit.info().name));
                    tell_commit(&mut account, index);
                }
            }
            account.finish(headline)
        }
        None => {
            tell_way(&mut account, client.id, serial, to);
            account.finish(headline)
        }
    }
}

/// Why a request did not become an entry.
fn tell_way(account: &mut Account<'_>, id: ClientId, serial: u64, to: NodeId) {
    let facts = account.facts;
    let name = facts.name(to);
    if let Some(words) = facts.absent(to) {
        account.lacks(words);
        if let Some(lost) = facts.lost(to, EventId::MAX) {
            account.visible(lost, 0);
        }
    }
    let turned = facts.newest(to, |event| {
        matches!(event, raft::Event::Redirected { client, serial: of, .. } if *client == id && *of == serial)
    });
    if let Some(turned) = turned {
        account.lacks(facts.words(turned));
        account.visible(turned, 0);
    }
    let way = tell_lost(account, id, serial, false);
    match facts.view.leader() {
        None => {
            account.lacks("no live node leads");
            leader::candidates(account);
        }
        Some(leader) if leader.id != to => {
            account.lacks(format!("{} leads, and {name} was asked last", leader.name))
        }
        Some(_) => account.lacks(format!("the request to {name} {way}")),
    }
}

/// What a read waits for at the leader; `way` is what is known of the answer.
fn tell_confirmation(account: &mut Account<'_>, leader: &NodeStatus, reads: ReadMode, way: &str) {
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
            tell_commit(account, log.last());
        }
        return;
    }
    if !matches!(reads, ReadMode::Linearizable | ReadMode::Lease) {
        return account.lacks(format!("the answer {way}"));
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
