//! How an instant is settled: route what is due, let the nodes work, carry out what they want.

use std::sync::Arc;

use super::event::{Causes, ClientMessage, DropReason, Event, MessageId, Record, Written};
use super::network::{Endpoint, Passage};
use super::transit::Transit;
use super::view::Life;
use super::{Due, Journey, World};
use crate::raft::{Effect, Envelope, EventId, Input, Micros, NodeId, Told, Write};
use crate::room::Put;

/// More rounds than this within one instant are a loop without delay.
pub const MAX_ROUNDS: u32 = 10_000;
/// So many rounds at the end of such a loop are held in full.
const ROUNDS_TOLD: u32 = 10;

/// An instant that never ends: nodes answer one another without any delay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndlessInstant {
    /// When.
    pub at: Micros,
    /// The newest events of the loop.
    pub events: Vec<Record>,
}

/// The timer of which a node was told in this round, and what had it fire: what follows has the
/// timer as its cause.
#[derive(Clone, Copy, Default)]
struct Timeout(Option<(EventId, EventId)>);

impl Timeout {
    fn cause(self, cause: EventId) -> EventId {
        match self.0 {
            Some((fired_by, event)) if fired_by == cause => event,
            _ => cause,
        }
    }

    fn causes(self, causes: Causes) -> Causes {
        match self.0 {
            Some((fired_by, event)) if causes == Causes::one(fired_by) => Causes::one(event),
            _ => causes,
        }
    }
}

impl World {
    /// The next instant at which something happens, if anything ever will.
    pub fn next_instant(&mut self) -> Option<Micros> {
        loop {
            let (at, due) = self.queue.peek()?;
            // A timer that was put off meanwhile is no instant of its own, nor is a sync that a
            // crash made void.
            let void = match *due {
                Due::Timer(node) => self.servers[node.slot()].due != Some(at),
                Due::Sync { node, epoch } => self.servers[node.slot()].epoch != epoch,
                Due::ClientTimer(client) => !self.clients.is_late(client, at),
                _ => false,
            };
            if !void {
                return Some(at);
            }
            match self.queue.take_due(at) {
                Some(Due::Timer(node)) => self.timer_came(node.slot(), at),
                Some(Due::ClientTimer(client)) => self.client_timer(client, at),
                _ => {}
            }
        }
    }

    /// Lets time pass to `at` without anything happening.
    ///
    /// # Panics
    /// When `at` is in the past.
    pub fn pass_to(&mut self, at: Micros) {
        assert!(at >= self.now, "time does not run backwards");
        self.now = at;
    }

    /// Settles the present instant: all that is due, in rounds, until nothing is. Returns the next
    /// instant at which something happens.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn settle(&mut self) -> Result<Option<Micros>, EndlessInstant> {
        for round in 0..MAX_ROUNDS {
            if round + ROUNDS_TOLD == MAX_ROUNDS {
                self.trace.hold_transits();
            }
            while let Some(due) = self.queue.take_due(self.now) {
                self.route(due);
            }
            if !self.round() {
                // Timers that were put off get their new places in the queue now, and not when
                // somebody asks for the next instant: how often is asked must not matter.
                return Ok(self.next_instant());
            }
        }
        let newest = self.trace.records().rev().take(8);
        let mut events: Vec<Record> = newest.cloned().collect();
        events.reverse();
        let at = self.now;
        Err(EndlessInstant { at, events })
    }

    /// Gives every node its inputs, all at once, and takes the effects back in order of node.
    /// False when no node had any.
    fn round(&mut self) -> bool {
        if self.ready.is_empty() {
            return false;
        }
        // Whoever becomes ready meanwhile works in the next round.
        let room = std::mem::take(&mut self.working);
        let mut working = std::mem::replace(&mut self.ready, room);
        working.sort_unstable();
        // A node may have crashed or stopped since it was told something.
        working.retain(|&slot| self.servers[slot].begin(self.now));
        for &slot in &working {
            self.take_effects(slot);
        }
        working.clear();
        self.working = working;
        true
    }

    /// Takes back what a node wants done, and does it.
    fn take_effects(&mut self, slot: usize) {
        let server = &mut self.servers[slot];
        if let Some(host) = &mut server.host {
            host.finish(&mut server.batch);
        }
        let mut effects = std::mem::take(&mut server.batch.effects);
        let id = server.id;
        let mut timeout = Timeout::default();
        for effect in effects.drain(..) {
            let fires = effect.fires().map(|fired_by| timeout.cause(fired_by));
            self.carry_out(id, effect, timeout);
            if let Some(fired_by) = fires {
                timeout = Timeout(Some((fired_by, self.trace.newest())));
            }
        }
        self.servers[slot].batch.effects = effects;
        self.begin_sync(slot);
        self.arm(slot);
    }

    fn carry_out(&mut self, id: NodeId, effect: Effect, timeout: Timeout) {
        match effect {
            Effect::Event(Told { event, causes }) => {
                let causes = timeout.causes(causes);
                self.servers[id.slot()].heed(&event, self.now);
                self.heed_configuration(&event);
                self.trace
                    .record(self.now, Some(id), causes, Event::Node(event));
            }
            Effect::Write {
                id: write,
                write: what,
                cause,
            } => {
                let transit = Transit::Persist {
                    write,
                    what: written(&what),
                };
                let event = self.pass(Some(id), Causes::one(timeout.cause(cause)), transit);
                self.servers[id.slot()].disk.write(write, what, event);
            }
            Effect::Send {
                envelope,
                after: None,
                cause,
            } => self.transmit(envelope, Causes::one(timeout.cause(cause))),
            Effect::Send {
                envelope,
                after: Some(write),
                cause,
            } => {
                let cause = timeout.cause(cause);
                let disk = &mut self.servers[id.slot()].disk;
                if let Some(envelope) = disk.hold(write, envelope, cause) {
                    self.transmit(envelope, Causes::one(cause));
                }
            }
            Effect::Reply {
                client,
                serial,
                answer,
                entry,
            } => {
                // The event that tells of the answer was recorded just before.
                let cause = self.trace.newest();
                let message = ClientMessage::Answer {
                    serial,
                    answer,
                    entry,
                };
                self.send_letter(client, id, message, cause);
            }
            Effect::AdminReply { id: order, answer } => {
                let cause = self.trace.newest();
                self.order_answered(id, order, answer, cause);
            }
        }
    }

    /// Hands a message to the network.
    fn transmit(&mut self, envelope: Arc<Envelope>, causes: Causes) {
        self.messages += 1;
        self.traffic.sent[envelope.message.kind() as usize] += 1;
        let message = self.messages;
        let way = (Endpoint::Node(envelope.from), Endpoint::Node(envelope.to));
        let node = Some(envelope.from);
        let kind = Some(envelope.message.kind());
        let size = || envelope.message.size();
        let Passage { after, copies } = match self.network.send(kind, way, size, self.now) {
            Ok(passage) => passage,
            Err(reason) => {
                let transit = Transit::Send {
                    message,
                    envelope: &envelope,
                    arrives: self.now,
                };
                let sent = self.pass(node, causes, transit);
                return self.lose(node, message, envelope, reason, sent);
            }
        };
        let arrives = self.now.saturating_add(after);
        let transit = Transit::Send {
            message,
            envelope: &envelope,
            arrives,
        };
        let cause = self.pass(node, causes, transit);
        for copy in copies {
            self.duplicate((message, cause), &envelope, self.now.saturating_add(copy));
        }
        let journey = Journey {
            message,
            envelope,
            sent: self.now,
            arrives,
            cause,
        };
        self.queue.add(arrives, Due::Deliver(journey));
    }

    /// Sends a copy of a message after it; `original` is its number and the event that tells of it.
    pub(super) fn duplicate(
        &mut self,
        (original, cause): (MessageId, EventId),
        envelope: &Arc<Envelope>,
        arrives: Micros,
    ) {
        self.messages += 1;
        self.traffic.duplicated += 1;
        let copy = self.messages;
        let transit = Transit::Duplicate {
            message: original,
            copy,
            envelope,
            arrives,
        };
        let cause = self.pass(Some(envelope.from), Causes::one(cause), transit);
        let journey = Journey {
            message: copy,
            sent: self.now,
            arrives,
            cause,
            envelope: envelope.clone(),
        };
        self.queue.add(arrives, Due::Deliver(journey));
    }

    /// Notes that a message is lost. `node` is where: the sender's end or the receiver's.
    pub(super) fn lose(
        &mut self,
        node: Option<NodeId>,
        message: u64,
        envelope: Arc<Envelope>,
        reason: DropReason,
        cause: EventId,
    ) {
        self.traffic.dropped += 1;
        let transit = Transit::Drop {
            message,
            envelope: &envelope,
            reason,
        };
        self.pass(node, Causes::one(cause), transit);
    }

    fn route(&mut self, due: Due) {
        match due {
            Due::Timer(node) => self.timer_came(node.slot(), self.now),
            Due::Deliver(journey) => self.arrive(journey),
            Due::Sync { node, epoch } => self.end_sync(node, epoch),
            Due::Letter(letter) => self.letter_arrives(letter),
            Due::ClientTimer(client) => self.client_timer(client, self.now),
            Due::ClientPause {
                client,
                serial,
                step,
                cause,
            } => self.end_pause(client, serial, step, cause),
            Due::Workload { generation } => self.workload_tick(generation),
            Due::Order { id, timer } => self.order_timer(id, timer),
        }
    }

    /// A message arrives, if it still can.
    fn arrive(&mut self, journey: Journey) {
        let Journey {
            message,
            envelope,
            cause,
            ..
        } = journey;
        let (from, to) = (envelope.from, envelope.to);
        let lost = if self.servers[to.slot()].life == Life::Down {
            Some(DropReason::Down)
        } else if !self.connected(from, to) {
            Some(DropReason::Partition)
        } else {
            None
        };
        if let Some(reason) = lost {
            return self.lose(Some(to), message, envelope, reason, cause);
        }
        self.traffic.delivered += 1;
        let transit = Transit::Deliver {
            message,
            envelope: &envelope,
        };
        let cause = self.pass(Some(to), Causes::one(cause), transit);
        self.inbox(to).put((cause, Input::Receive(envelope)));
    }

    /// What a node will be told, each with the event that brought it; somebody is about to add
    /// something. One that is stopped is told when it is resumed.
    pub(super) fn inbox(&mut self, node: NodeId) -> &mut Vec<(EventId, Input)> {
        let inbox = &mut self.servers[node.slot()].batch.inputs;
        if inbox.is_empty() {
            self.ready.push(node.slot());
        }
        inbox
    }

    #[inline(always)]
    pub(super) fn record(&mut self, node: Option<NodeId>, causes: Causes, event: Event) -> EventId {
        self.trace.record(self.now, node, causes, event)
    }

    #[inline(always)]
    fn pass(&mut self, node: Option<NodeId>, causes: Causes, transit: Transit<'_>) -> EventId {
        self.trace.pass(self.now, node, causes, transit)
    }

    /// Begins a sync of what a node has written, if its disk is free. A disk without latency
    /// ends it at once.
    pub(super) fn begin_sync(&mut self, slot: usize) {
        let server = &mut self.servers[slot];
        let (node, epoch) = (server.id, server.epoch);
        match server.disk.begin_sync() {
            None => {}
            Some(0) => self.end_sync(node, epoch),
            Some(takes) => {
                let at = self.now.saturating_add(takes);
                self.queue.add(at, Due::Sync { node, epoch });
            }
        }
    }

    /// A sync ends: what waited for it goes out.
    fn end_sync(&mut self, id: NodeId, epoch: u64) {
        let slot = id.slot();
        if self.servers[slot].epoch != epoch {
            return;
        }
        let Some((write, persists)) = self.servers[slot].disk.end_sync() else {
            return;
        };
        let sync = self.pass(Some(id), persists, Transit::Sync { write });
        self.inbox(id).put((sync, Input::Synced(write)));
        // The disk works on while the process is frozen; what the process would send waits.
        if self.servers[slot].life == Life::Up {
            self.release(slot, sync);
        }
        self.begin_sync(slot);
    }

    /// Sends what waited for writes that are safe by now; `event` lets it go.
    pub(super) fn release(&mut self, slot: usize, event: EventId) {
        while let Some(held) = self.servers[slot].disk.release() {
            self.transmit(held.envelope, Causes::two(held.cause, event));
        }
    }

    /// Sees to it that the queue wakes a node when it wants to be woken.
    pub(super) fn arm(&mut self, slot: usize) {
        let server = &mut self.servers[slot];
        let wanted = server.batch.deadline.filter(|_| server.life == Life::Up);
        server.due = wanted.map(|local| server.clock.when(local).max(self.now));
        if let Some(due) = server.due
            && server.armed.is_none_or(|armed| armed > due)
        {
            server.armed = Some(due);
            self.queue.add(due, Due::Timer(server.id));
        }
    }

    /// A timer of the queue comes: the node is woken if it still wants to be, now or later.
    fn timer_came(&mut self, slot: usize, at: Micros) {
        let server = &mut self.servers[slot];
        if server.armed != Some(at) {
            return;
        }
        server.armed = None;
        match server.due {
            Some(due) if due <= at => {
                server.due = None;
                let id = server.id;
                self.inbox(id).put((0, Input::Tick));
            }
            Some(due) => {
                server.armed = Some(due);
                self.queue.add(due, Due::Timer(server.id));
            }
            None => {}
        }
    }
}

fn written(write: &Write) -> Written {
    match write {
        Write::Vote { .. } => Written::Vote,
        Write::Entries { from, entries } => {
            Written::Entries(*from, *from + entries.len() as u64 - 1)
        }
        Write::Truncate { from } => Written::Truncate(*from),
        Write::Snapshot { snapshot, .. } => Written::Snapshot(snapshot.index),
    }
}
