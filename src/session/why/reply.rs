//! Why a request was answered so, or is not answered yet.

use super::account::Account;
use super::facts::Facts;
use super::{Answer, commit, leader, mismatch, read};
use crate::command::duration_text;
use crate::kv::{ClientId, Operation, Outcome};
use crate::raft::{self, Entry, EventId, Index, NodeId, Payload, ReadMode, Rule};
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
        (None, Some((operation, reply))) => ended(account, id, operation, reply),
        (None, None) => account.finish(format!("{id} has asked nothing.")),
    }
}

/// The newest time that a client sent a request.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The event.
    pub record: &'a Record,
    client: ClientId,
    serial: u64,
    /// How it is read, if it is a read.
    reads: ReadMode,
    /// Whom it went to.
    pub to: NodeId,
}

impl<'a> Sent<'a> {
    fn newest(facts: &Facts<'a>, id: ClientId) -> Option<Sent<'a>> {
        facts
            .before(EventId::MAX)
            .find_map(|record| match record.event {
                Event::Request {
                    client,
                    serial,
                    reads,
                    to,
                    ..
                } if client == id => Some(Sent {
                    record,
                    client,
                    serial,
                    reads,
                    to,
                }),
                _ => None,
            })
    }

    /// The same of what a client waits for, if that was sent yet: it may look for the leader first.
    fn awaited(facts: &Facts<'a>, client: &ClientView) -> Option<Sent<'a>> {
        let (_, _, attempts) = client.outstanding.as_ref()?;
        Sent::newest(facts, client.id).filter(|_| *attempts > 0)
    }

    /// What is known of the request, or of the answer to it: on its way, or lost, which is told with
    /// what lost it; `None` when it is neither.
    pub fn fate(self, account: &mut Account<'_>, answers: bool) -> Option<String> {
        let facts = account.facts;
        let fits = |client: ClientId, message: &ClientMessage| {
            let of_request = match message {
                ClientMessage::Request { request, .. } => request.serial == self.serial,
                ClientMessage::Probe(_) => false,
                ClientMessage::Answer { serial, answer, .. } => {
                    *serial == self.serial && !matches!(answer, raft::Answer::Health { .. })
                }
            };
            client == self.client && of_request && message.is_answer() == answers
        };
        let mut letters = facts.view.letters.iter();
        if let Some(letter) = letters.find(|letter| fits(letter.client, &letter.says)) {
            let arrives = Seconds(letter.arrives);
            return Some(format!("is on its way, and arrives at {arrives}"));
        }
        let lost = |record: &&Record| match &record.event {
            Event::ClientDrop {
                client, message, ..
            } => fits(*client, message),
            _ => false,
        };
        let lost = facts.after(self.record.id).find(lost)?;
        account.visible(lost, 0);
        Some("was lost".to_owned())
    }

    /// Tells that the entry which it had become was cut off again, if that is so: true then.
    fn tell_cut(self, account: &mut Account<'_>) -> bool {
        let facts = account.facts;
        let is_it = |entry: &Entry| match &entry.payload {
            Payload::Command(request) => {
                (request.client, request.serial) == (self.client, self.serial)
            }
            _ => false,
        };
        let place = |record: &Record| match &record.event {
            Event::Node(raft::Event::Append {
                prev_index,
                entries,
                leader: None,
                ..
            }) => {
                let place = entries.iter().position(is_it)?;
                Some((prev_index + 1 + place as u64, entries.get(place)?.term))
            }
            _ => None,
        };
        let own = facts.after(self.record.id);
        let own = own.filter(|record| record.node == Some(self.to));
        let appended = own
            .filter_map(|record| Some((record, place(record)?)))
            .last();
        let Some((appended, (index, term))) = appended else {
            return false;
        };
        let cut = facts.after(appended.id).find(|record| {
            record.node == Some(self.to)
                && matches!(record.event, Event::Node(raft::Event::Truncate { from, count })
                    if (from..from + count).contains(&index))
        });
        let Some(cut) = cut else {
            return false;
        };
        account.leaf(cut, 0);
        account.leaf(appended, 0);
        account.lacks_by(
            &format!(
                "{} appended it at {} as entry ({index},t{term}), and cut it off at {}",
                facts.name(self.to),
                Seconds(appended.at),
                Seconds(cut.at)
            ),
            Rule::TruncateOnConflict,
        );
        true
    }

    /// Tells that whoever was asked crashed since, if that is so: true then.
    pub fn tell_crash(self, account: &mut Account<'_>) -> bool {
        let facts = account.facts;
        let Some(crash) = facts.crashed_since(self.to, self.record.id) else {
            return false;
        };
        account.visible(crash, 0);
        let (name, at) = (facts.name(self.to), Seconds(crash.at));
        account.lacks(format!(
            "{name} crashed at {at}: what it had been asked went with its memory"
        ));
        true
    }
}

fn ended(mut account: Account<'_>, id: ClientId, operation: &Operation, reply: &Reply) -> Answer {
    let facts = account.facts;
    let ended = facts
        .before(EventId::MAX)
        .find_map(|record| match record.event {
            Event::Reply { client, serial, .. } if client == id => Some((record, serial)),
            _ => None,
        });
    let Some((ended, serial)) = ended else {
        return account.finish(format!(
            "The reply of {id} is {}; how it came about is no longer held.",
            reply_text(reply)
        ));
    };
    account.visible(ended, 0);
    let at = Seconds(ended.at);
    let words = match &ended.event {
        Event::Reply {
            from: Some(from),
            reply,
            entry,
            ..
        } => {
            let name = facts.name(*from);
            let says = explain::ended(reply, *entry);
            match answered(facts, ended, *from) {
                Some(answered) => {
                    let given = Seconds(answered.at);
                    format!("At {given}, as {id} learnt at {at}, {name} answered: {says}")
                }
                None => format!("At {at} the answer of {name} came: {says}"),
            }
        }
        Event::Reply { reply, entry, .. } => {
            format!("At {at} it {}", explain::ended(reply, *entry))
        }
        _ => format!("At {at}: {}", facts.words(ended)),
    };
    let words = format!("{id} asked: {}. {words}", asked(operation));
    let Some(sent) = Sent::newest(facts, id).filter(|sent| sent.serial == serial) else {
        return account.finish(format!("{words}."));
    };
    account.visible(sent.record, 0);
    if *reply != Reply::Timeout {
        let how = match reply {
            _ if operation.is_read() => read::served(facts, ended, sent.reads),
            Reply::Outcome(Outcome::Mismatch) => mismatch::reason(facts, ended, operation),
            _ => None,
        };
        return account.finish(match how {
            Some(how) => format!("{words}. {how}"),
            None => format!("{words}."),
        });
    }
    // What became of a request that was given up.
    match entry_of(facts, id, sent.serial) {
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
        None => {
            tell_way(&mut account, sent);
        }
    }
    account.finish(format!("{words}."))
}

/// What a node did as it gave the answer that ended a client's request.
pub(super) fn answered<'a>(facts: &Facts<'a>, ended: &Record, from: NodeId) -> Option<&'a Record> {
    let Event::Reply { client, serial, .. } = ended.event else {
        return None;
    };
    facts.newest_before(ended.id, from, |event| {
        matches!(event, raft::Event::Answered { client: of, serial: number, .. }
            if (*of, *number) == (client, serial))
    })
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

fn pending(
    mut account: Account<'_>,
    client: &ClientView,
    operation: &Operation,
    headline: String,
) -> Answer {
    let facts = account.facts;
    let Some(sent) = Sent::awaited(facts, client) else {
        leader::candidates(&mut account);
        return account.finish(format!("{headline}."));
    };
    account.visible(sent.record, 0);
    let name = facts.name(sent.to);
    let headline = format!("{headline}, {name} last.");
    if operation.is_read() {
        let waits = read::tell_waiting(&mut account, sent, sent.reads);
        if !waits && tell_way(&mut account, sent) {
            tell_patience(&mut account, client.id);
        }
        return account.finish(headline);
    }
    let Some(index) = entry_of(facts, client.id, sent.serial) else {
        if tell_way(&mut account, sent) {
            tell_patience(&mut account, client.id);
        }
        return account.finish(headline);
    };
    let mut nodes = facts.view.nodes.iter();
    match nodes.any(|node| node.node.commit >= index) {
        true => {
            let committed = format!("its entry {index} is committed");
            match sent.fate(&mut account, true) {
                Some(fate) => account.awaits(format!("{committed}: the answer {fate}")),
                None if sent.tell_crash(&mut account) => {
                    account.awaits(committed);
                    tell_patience(&mut account, client.id);
                }
                None => account.awaits(format!("{committed}: {name} has not answered yet")),
            }
        }
        false => {
            account.lacks_by(
                &format!("its entry {index} is not committed, and only then is it answered"),
                Rule::ReplyAfterCommit,
            );
            tell_commit(&mut account, index);
        }
    }
    account.finish(headline)
}

/// Why a request is no entry; false when it was turned away, and so whoever asked knows.
fn tell_way(account: &mut Account<'_>, sent: Sent<'_>) -> bool {
    let facts = account.facts;
    let (to, name) = (sent.to, facts.name(sent.to));
    let turned = facts.after(sent.record.id).find(|record| {
        record.node == Some(to)
            && matches!(record.event, Event::Node(raft::Event::Redirected { client, serial, .. })
                if client == sent.client && serial == sent.serial)
    });
    if let Some(turned) = turned {
        account.lacks(facts.words(turned));
        account.visible(turned, 0);
    }
    let fate = sent.fate(account, false);
    let cut = sent.tell_cut(account);
    let arrived = turned.is_none() && fate.is_none() && !cut;
    let silent = match facts.absent(to) {
        Some(words) => {
            account.lacks(words);
            if let Some(lost) = facts.lost(to, EventId::MAX) {
                account.visible(lost, 0);
            }
            false
        }
        None => arrived && !sent.tell_crash(account),
    };
    match facts.view.leader() {
        None => {
            account.lacks("no live node leads");
            leader::candidates(account);
        }
        Some(leader) if leader.id != to => {
            account.lacks(format!("{} leads, and {name} was asked last", leader.name))
        }
        Some(_) => {}
    }
    match fate {
        Some(fate) => account.lacks(format!("the request to {name} {fate}")),
        None if silent => {
            account.lacks(format!("{name} has had the request, and has not answered"))
        }
        None => {}
    }
    turned.is_none()
}

/// Tells when a client that hears nothing goes elsewhere.
fn tell_patience(account: &mut Account<'_>, client: ClientId) {
    let options = account.facts.view.client_options;
    let (timeout, then) = (
        duration_text(options.timeout),
        match options.retries {
            true => "asks another",
            false => "gives up",
        },
    );
    account.awaits(format!(
        "{client} {then} when nobody has answered for {timeout} (`client-timeout`)"
    ));
}

/// So many clients that wait are told of.
const WAITING: usize = 3;

/// The writes, of one key if it is named, that wait and have become no entry, with what keeps them.
pub(super) fn tell_waiting(account: &mut Account<'_>, key: Option<&str>) {
    let facts = account.facts;
    let waits = facts.view.clients.iter().filter_map(|client| {
        let (operation, since, _) = client.outstanding.as_ref()?;
        let sent = Sent::awaited(facts, client);
        let entry = sent.and_then(|sent| entry_of(facts, client.id, sent.serial));
        let wanted = key.is_none_or(|key| **operation.key() == *key);
        let waits = wanted && !operation.is_read() && entry.is_none();
        waits.then_some((client.id, operation, *since))
    });
    for (id, operation, since) in waits.take(WAITING) {
        let (wish, since) = (asked(operation), Seconds(since));
        account.lacks(format!("{id} waits since {since} with {wish}"));
        for missing in client(facts, id).missing {
            account.misses(missing);
        }
    }
}

/// Tells what keeps an entry from being committed.
pub(super) fn tell_commit(account: &mut Account<'_>, index: Index) {
    for missing in commit::in_cluster(account.facts, index).missing {
        account.misses(missing);
    }
}
