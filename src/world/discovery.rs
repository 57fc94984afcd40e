//! Who is asked next: four ways in which a client's request reaches the leader.
//!
//! | strategy | asked first | turned away | no answer in time |
//! | --- | --- | --- | --- |
//! | redirect | the leader it was told of | the leader that it is told of | the next node |
//! | poll | the node that answered last | the next node | the next node |
//! | health-check | the node that said it leads | whoever says so now | whoever says so now |
//! | forward | the node that answered last | the next node | the next node |
//!
//! A client that knows nobody begins at a node of its own, so that clients spread; under
//! health-check it first asks all nodes whether they lead. Whoever is turned away again and again
//! pauses, each time longer.

use std::collections::BTreeSet;

use super::client::{Client, ClientOptions};
use super::command::Discovery;
use super::event::{Causes, ClientMessage, Event};
use super::{Due, World};
use crate::kv::ClientId;
use crate::raft::{EventId, Micros, NodeId, Term};

/// A pause, before it is doubled for each time in a row that there was reason for one.
const FIRST_PAUSE: Micros = 10_000;
/// It is doubled so many times at the most.
const MOST_DOUBLINGS: u32 = 5;
/// So often a client goes at once where it is sent; after that it pauses each time.
const MOST_AT_ONCE: u32 = 2;
/// So many hints in a row are followed before another node has its turn.
const MOST_HINTS: u32 = 3;

/// How long to pause, in microseconds, when there was reason for it so many times before.
pub(super) fn back_off(doublings: u32) -> Micros {
    FIRST_PAUSE << doublings.min(MOST_DOUBLINGS)
}

/// A client's search for the leader: rounds of probes, until a node says that it leads.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// The probe that it began with; answers to earlier ones are too old.
    first: u64,
    /// Rounds so far. Each lasts longer, so that however slow the links are, answers come in time.
    rounds: u32,
    /// Who has not answered in this round.
    silent: BTreeSet<NodeId>,
    /// The leader of the highest term that was heard of, and what told of it.
    best: Option<(Term, NodeId, EventId)>,
}

impl Client {
    /// Whom to ask first.
    fn known_by(&self, discovery: Discovery) -> Option<NodeId> {
        let known = self.known.filter(|&(by, _)| by == discovery);
        known.map(|(_, node)| node)
    }

    fn forget(&mut self, node: NodeId) {
        self.known = self.known.filter(|&(_, known)| known != node);
    }
}

impl World {
    /// Where a client that knows nothing begins: clients spread over the nodes.
    fn first_target(&self, id: ClientId) -> NodeId {
        self.node_from(id.0.max(1) as usize - 1)
    }

    fn node_after(&self, node: NodeId) -> NodeId {
        self.node_from(node.slot() + 1)
    }

    /// The first node at a place or after it, around, that has not left the cluster: clients are
    /// told who has.
    fn node_from(&self, place: usize) -> NodeId {
        let count = self.servers.len();
        let around = (0..count).map(|step| (place + step) % count);
        let mut here = around.filter(|&slot| !self.servers[slot].removed);
        NodeId::from_slot(here.next().unwrap_or(place % count))
    }

    /// Sends the outstanding request to its target; if it has none, to the node that the client
    /// knows, or searches for one.
    pub(super) fn try_request(&mut self, id: ClientId, cause: EventId) {
        let discovery = self.clients.options.discovery;
        let first = self.first_target(id);
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let (found, anyone) = (
            client.known_by(discovery),
            client.known.map(|(_, node)| node),
        );
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        let searches = discovery == Discovery::HealthCheck && !outstanding.anyone_answers();
        let known = match discovery {
            Discovery::HealthCheck if !searches => anyone,
            _ => found,
        };
        let target = outstanding.target.or(known);
        outstanding.target = target.or((!searches).then_some(first));
        match outstanding.target {
            Some(_) => self.send_request(id, cause),
            None => self.probe_all(id, cause),
        }
    }

    /// Takes note of who answered a request.
    pub(super) fn remember_answerer(&mut self, id: ClientId, from: NodeId) {
        let discovery = self.clients.options.discovery;
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let Some(asked) = &client.outstanding else {
            return;
        };
        // Whoever need not lead answers at least, and that is something if the client knows nobody.
        let (by, tells) = match discovery {
            Discovery::Redirect | Discovery::Poll => {
                let knows = client.known_by(discovery).is_some();
                (discovery, !knows || !asked.answer_tells_nothing())
            }
            // Only a probe tells who leads: this is a node as a poll finds it.
            Discovery::HealthCheck => {
                let knows = client.known.is_some();
                (Discovery::Poll, !knows && asked.anyone_answers())
            }
            Discovery::Forward => (discovery, true),
        };
        if tells {
            client.known = Some((by, from));
        }
    }

    /// The node asked does not lead, and may have named the leader that it knows.
    pub(super) fn turned_away(
        &mut self,
        id: ClientId,
        from: NodeId,
        hint: Option<NodeId>,
        cause: EventId,
    ) {
        let ClientOptions {
            discovery, retries, ..
        } = self.clients.options;
        let here = self.servers.iter().filter(|server| !server.removed);
        let nodes = here.count().max(1) as u32;
        // Who was named under another strategy counts no more.
        let turn = self.clients.waiting(id).and_then(|it| it.named_by);
        let turn = turn.filter(|_| discovery == Discovery::Redirect);
        let after = self.node_after(turn.unwrap_or(from));
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let asked = client.outstanding.as_ref();
        let asked = asked.filter(|it| it.asking && it.target == Some(from));
        // An answer to an earlier attempt says nothing about the present target.
        if asked.is_none() {
            return;
        }
        client.forget(from);
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        outstanding.asking = false;
        // The attempt is over, and so is its clock; one of the whole request runs on.
        outstanding.deadline = outstanding.deadline.filter(|_| !retries);
        outstanding.turned_away += 1;
        outstanding.named_by = None;
        let times = outstanding.turned_away;
        let mut doublings = times;
        let at_once = match discovery {
            Discovery::Redirect => {
                client.known = hint.map(|hint| (discovery, hint));
                // Those who know less than others may name one another for ever.
                let hint = hint.filter(|_| !times.is_multiple_of(MOST_HINTS + 1));
                outstanding.named_by = hint.map(|_| turn.unwrap_or(from));
                outstanding.target = Some(hint.unwrap_or(after));
                hint.is_some() && times <= MOST_AT_ONCE
            }
            Discovery::Poll => {
                outstanding.target = Some(after);
                doublings = times / nodes;
                !times.is_multiple_of(nodes)
            }
            Discovery::HealthCheck => {
                outstanding.target = None;
                times <= MOST_AT_ONCE
            }
            Discovery::Forward => {
                outstanding.target = Some(after);
                false
            }
        };
        match at_once {
            true => self.try_request(id, cause),
            false => self.pause(id, doublings, cause),
        }
    }

    /// No answer came in time, and the client tries again.
    pub(super) fn timed_out(&mut self, id: ClientId, sent: EventId) {
        let searches = self.clients.options.discovery == Discovery::HealthCheck;
        let waiting = self.clients.waiting(id);
        let (target, named_by) = waiting.map_or((None, None), |it| (it.target, it.named_by));
        let after = named_by.or(target).map(|turn| self.node_after(turn));
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        if let Some(target) = target {
            client.forget(target);
        }
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        outstanding.turned_away = 0;
        outstanding.named_by = None;
        outstanding.target = match searches && !outstanding.anyone_answers() {
            true => None,
            false => after,
        };
        self.try_request(id, sent);
    }

    /// The client does nothing for a while.
    fn pause(&mut self, id: ClientId, doublings: u32, cause: EventId) {
        let Some(outstanding) = self.clients.waiting(id) else {
            return;
        };
        let due = Due::ClientPause {
            client: id,
            serial: outstanding.request.serial,
            step: outstanding.step,
            cause,
        };
        self.queue.add(self.now + back_off(doublings), due);
    }

    /// A pause is over: the client tries again, unless something happened meanwhile.
    pub(super) fn end_pause(&mut self, id: ClientId, serial: u64, step: u32, cause: EventId) {
        let searches = self.clients.options.discovery == Discovery::HealthCheck;
        let Some(outstanding) = self.clients.waiting(id) else {
            return;
        };
        if (outstanding.request.serial, outstanding.step) != (serial, step) {
            return;
        }
        // The strategy may be another since the pause began.
        match &outstanding.search {
            Some(search) if search.best.is_some() => return self.end_search(id),
            Some(_) if !searches => outstanding.search = None,
            None if searches && !outstanding.anyone_answers() => outstanding.target = None,
            _ => {}
        }
        self.try_request(id, cause);
    }

    /// Asks every node whether it leads, and waits a while for the answers.
    fn probe_all(&mut self, id: ClientId, cause: EventId) {
        let retries = self.clients.options.retries;
        let here = self.servers.iter().filter(|server| !server.removed);
        let nodes: BTreeSet<NodeId> = here.map(|server| server.id).collect();
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        client.probes += 1;
        let probe = client.probes;
        let search = outstanding.search.get_or_insert_with(|| Search {
            first: probe,
            rounds: 0,
            silent: BTreeSet::new(),
            best: None,
        });
        search.rounds += 1;
        search.silent = nodes.clone();
        let rounds = search.rounds;
        outstanding.asking = false;
        outstanding.step += 1;
        let operation = outstanding.request.operation.clone();
        match retries {
            // A search goes on until it finds somebody.
            true => outstanding.deadline = None,
            false => self.start_clock(id),
        }
        for to in nodes {
            let event = Event::Probe {
                client: id,
                probe,
                operation: operation.clone(),
                to,
            };
            let cause = self.record(None, Causes::one(cause), event);
            self.send_letter(id, to, ClientMessage::Probe(probe), cause);
        }
        self.pause(id, rounds + 1, cause);
    }

    /// A node says whether it leads, and which term. When all have spoken, or the round is over,
    /// the highest term wins: a leader of an older one may not know yet that it was deposed. False
    /// when the client learns nothing: it comes too late, or of no leader to ask.
    pub(super) fn hear_health(
        &mut self,
        client: ClientId,
        node: NodeId,
        cause: EventId,
        probe: u64,
        leads: Option<Term>,
    ) -> bool {
        let outstanding = self.clients.waiting(client);
        let Some(search) = outstanding.and_then(|outstanding| outstanding.search.as_mut()) else {
            return false;
        };
        if probe < search.first {
            return false;
        }
        search.silent.remove(&node);
        let best = leads.filter(|&term| search.best.is_none_or(|(best, ..)| term > best));
        if let Some(term) = best {
            search.best = Some((term, node, cause));
        }
        if search.silent.is_empty() && search.best.is_some() {
            self.end_search(client);
        }
        best.is_some()
    }

    /// Somebody says that it leads: it is asked.
    fn end_search(&mut self, id: ClientId) {
        let Some(client) = self.clients.get_mut(id) else {
            return;
        };
        let Some(outstanding) = &mut client.outstanding else {
            return;
        };
        let found = outstanding.search.take().and_then(|search| search.best);
        if let Some((_, leader, cause)) = found {
            client.known = Some((Discovery::HealthCheck, leader));
            outstanding.target = Some(leader);
            self.send_request(id, cause);
        }
    }
}
