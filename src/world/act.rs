//! What each command does to the world.

use super::client::ClientOptions;
use super::command::{ClockChange, Command, DiskChange, Handling, Link, Nodes, Pick, Setting};
use super::disk::DEFAULT_LATENCY;
use super::event::{Causes, DropReason, Event};
use super::network::{ChannelChange, Endpoint, Filter};
use super::queue::Ticket;
use super::time::TRUE_RATE;
use super::view::Life;
use super::{Due, Journey, World};
use crate::kv::ClientId;
use crate::raft::{EventId, Input, NodeId, Options, ReadMode};
use crate::room::Put;

impl World {
    /// Carries out a resolved command now. `cause` is the event that tells of it. The effects
    /// are settled with [`World::settle`].
    pub fn act(&mut self, command: &Command, cause: EventId) {
        match command {
            Command::Set { setting, on } => self.set(*setting, on.as_ref(), cause),
            Command::Rule { rule, on } => {
                self.rules.switch(*rule, *on);
                self.configure_all(cause);
            }
            Command::Crash(nodes) => self.each(nodes, |world, id| world.crash(id, cause)),
            Command::Restart(nodes) => self.each(nodes, |world, id| world.restart(id, cause)),
            Command::Wipe(nodes) => self.each(nodes, |world, id| world.wipe(id, cause)),
            Command::Stop(nodes) => self.each(nodes, |world, id| world.stop(id, cause)),
            Command::Resume(nodes) => self.each(nodes, |world, id| world.resume(id, cause)),
            Command::Partition(islands) => {
                let islands: Vec<_> = islands.iter().map(|nodes| self.select(nodes)).collect();
                self.network.partition(&islands);
            }
            Command::Isolate(nodes) => {
                let nodes = self.select(nodes);
                self.network.isolate(&nodes);
            }
            Command::Heal => self.network.heal(),
            Command::Cut(link) => self.network.cut(&self.links(link)),
            Command::Mend(link) => self.network.mend(&self.links(link)),
            Command::Loss { share, link } => self.channel(ChannelChange::Loss(*share), link),
            Command::Duplicate { share, link } => {
                self.channel(ChannelChange::Duplicate(*share), link);
            }
            Command::Latency { span, link } => self.channel(ChannelChange::Latency(*span), link),
            Command::Bandwidth { rate, link } => {
                self.channel(ChannelChange::Bandwidth(*rate), link);
            }
            Command::Handle { handling, pick } => self.handle(*handling, pick, cause),
            Command::HandleOff => self.network.end_filters(),
            Command::Clock { nodes, change } => {
                self.each(nodes, |world, id| world.change_clock(id, *change, cause));
            }
            Command::Disk { nodes, change } => {
                self.each(nodes, |world, id| world.change_disk(id, *change));
            }
            Command::Timeout(nodes) => {
                self.each(nodes, |world, id| {
                    world.tell_live(id, cause, Input::Campaign)
                });
            }
            Command::HoldTimer(nodes) => {
                self.each(nodes, |world, id| world.hold_timer(id, true, cause));
            }
            Command::ReleaseTimer(nodes) => {
                self.each(nodes, |world, id| world.hold_timer(id, false, cause));
            }
            Command::Calm => self.calm(cause),
            Command::Chaos(on) => self.chaos = *on,
            Command::Add { node, learner, via } => self.add(node, *learner, via.as_ref(), cause),
            Command::Admin { verb, nodes, via } => {
                self.administer(*verb, nodes, via.as_ref(), cause);
            }
            Command::Snapshot(nodes) => self.take_snapshots(nodes, cause),
            Command::Reboot(nodes) => self.reboot(nodes, cause),
            Command::Request {
                operation,
                by,
                via,
                reads,
            } => {
                let client = by.unwrap_or(ClientId(1));
                let via = via
                    .as_ref()
                    .and_then(|via| self.select(via).first().copied());
                self.ask(client, operation.clone(), via, *reads, cause);
            }
            Command::Workload(workload) => self.set_workload(Some(*workload)),
            Command::WorkloadOff => self.set_workload(None),
        }
    }

    fn each(&mut self, nodes: &Nodes, mut act: impl FnMut(&mut World, NodeId)) {
        for id in self.select(nodes) {
            act(self, id);
        }
    }

    pub(super) fn tell_live(&mut self, id: NodeId, cause: EventId, input: Input) {
        if self.servers[id.slot()].life != Life::Down {
            self.inbox(id).put((cause, input));
        }
    }

    pub(super) fn crash(&mut self, id: NodeId, cause: EventId) {
        let server = &mut self.servers[id.slot()];
        if server.life == Life::Down {
            return;
        }
        // Dropping the host ends the node's thread.
        server.host = None;
        server.disk.crash();
        server.batch.deadline = None;
        for (_, input) in server.batch.inputs.drain(..) {
            if let Input::Admin(order) = input {
                self.operator.was_not_heard(order.id, id);
            }
        }
        server.life = Life::Down;
        server.since = self.now;
        self.operator.thaw(id, false);
        self.record(Some(id), Causes::one(cause), Event::Crash);
        // Syncs of this life mean nothing from now on.
        self.servers[id.slot()].epoch += 1;
        self.arm(id.slot());
    }

    pub(super) fn restart(&mut self, id: NodeId, cause: EventId) {
        if self.servers[id.slot()].life == Life::Down {
            self.record(Some(id), Causes::one(cause), Event::Restart);
            self.boot(id.slot());
        }
    }

    fn wipe(&mut self, id: NodeId, cause: EventId) {
        let server = &mut self.servers[id.slot()];
        if server.life == Life::Down {
            server.disk.wipe();
            self.record(Some(id), Causes::one(cause), Event::Wipe);
        }
    }

    fn stop(&mut self, id: NodeId, cause: EventId) {
        let server = &mut self.servers[id.slot()];
        if server.life == Life::Up {
            server.life = Life::Stopped;
            server.since = self.now;
            self.record(Some(id), Causes::one(cause), Event::Stop);
            self.arm(id.slot());
        }
    }

    fn resume(&mut self, id: NodeId, cause: EventId) {
        let server = &mut self.servers[id.slot()];
        if server.life == Life::Stopped {
            server.life = Life::Up;
            server.since = self.now;
            if !server.batch.inputs.is_empty() {
                self.ready.push(id.slot());
            }
            self.operator.thaw(id, true);
            let resumed = self.record(Some(id), Causes::one(cause), Event::Resume);
            self.release(id.slot(), resumed);
            self.arm(id.slot());
        }
    }

    fn hold_timer(&mut self, id: NodeId, held: bool, cause: EventId) {
        self.servers[id.slot()].held = held;
        self.tell_live(id, cause, Input::HoldElection(held));
    }

    fn change_clock(&mut self, id: NodeId, change: ClockChange, cause: EventId) {
        let slot = id.slot();
        self.servers[slot].clock.change(self.now, change);
        self.arm(slot);
        // An operating system tells who asks for it that the clock was set; that it is slow or
        // fast nobody tells.
        if let ClockChange::Jump(_) = change {
            match self.servers[slot].life {
                // A frozen process learns of it before all that waits for it: by the new clock a
                // lease may look as if it had not ended, or a vote as if it might be given.
                Life::Stopped => {
                    let inputs = &mut self.servers[slot].batch.inputs;
                    inputs.insert(0, (cause, Input::ClockSet));
                }
                _ => self.tell_live(id, cause, Input::ClockSet),
            }
        }
    }

    fn change_disk(&mut self, id: NodeId, change: DiskChange) {
        self.servers[id.slot()].disk.change(change);
        self.begin_sync(id.slot());
    }

    fn channel(&mut self, change: ChannelChange, link: &Option<Link>) {
        let links = link.as_ref().map(|link| self.links(link));
        self.network.change(change, links.as_deref());
    }

    /// Back to the defaults: everything that faults changed, and nothing else.
    fn calm(&mut self, cause: EventId) {
        self.network.calm();
        let now = self.now;
        for slot in 0..self.servers.len() {
            let id = NodeId::from_slot(slot);
            self.resume(id, cause);
            let clock = &mut self.servers[slot].clock;
            if clock.rate() != TRUE_RATE {
                clock.change(now, ClockChange::Rate(TRUE_RATE));
            }
            self.change_disk(id, DiskChange::Latency(DEFAULT_LATENCY));
            self.change_disk(id, DiskChange::Ok);
            if self.servers[slot].held {
                self.hold_timer(id, false, cause);
            }
            self.arm(slot);
        }
    }

    fn set(&mut self, setting: Setting, on: Option<&Nodes>, cause: EventId) {
        if apply_client(&mut self.clients.options, setting) {
            if setting == Setting::Reads(ReadMode::Lease) {
                self.use_leases(cause);
            }
            return;
        }
        let nodes = match on {
            Some(nodes) => self.select(nodes),
            None => {
                apply_node(&mut self.options, setting);
                (0..self.servers.len()).map(NodeId::from_slot).collect()
            }
        };
        for id in nodes {
            apply_node(&mut self.servers[id.slot()].options, setting);
            self.configure(id, cause);
        }
        if matches!(setting, Setting::ElectionTimeout(_)) {
            self.agree_on_stickiness(cause);
        }
    }

    /// Votes are withheld for the smallest election timeout of the cluster, on every node.
    pub(super) fn agree_on_stickiness(&mut self, cause: EventId) {
        let timeouts = self
            .servers
            .iter()
            .map(|it| it.options.election_timeout.min);
        let smallest = timeouts.min().unwrap_or(self.options.election_timeout.min);
        if self.options.stickiness != smallest {
            self.options.stickiness = smallest;
            for server in &mut self.servers {
                server.options.stickiness = smallest;
            }
            self.configure_all(cause);
        }
    }

    /// Leases are in use from the first read that wants one: every node has to respect them.
    pub(super) fn use_leases(&mut self, cause: EventId) {
        if !std::mem::replace(&mut self.options.leases, true) {
            for server in &mut self.servers {
                server.options.leases = true;
            }
            self.configure_all(cause);
        }
    }

    fn configure_all(&mut self, cause: EventId) {
        for slot in 0..self.servers.len() {
            self.configure(NodeId::from_slot(slot), cause);
        }
    }

    fn configure(&mut self, id: NodeId, cause: EventId) {
        let options = Box::new(self.servers[id.slot()].options.clone());
        let input = Input::Configure(options, self.rules);
        self.tell_live(id, cause, input);
    }

    /// Handles messages by hand: those in flight first, in order of sending, then the next.
    fn handle(&mut self, handling: Handling, pick: &Pick, cause: EventId) {
        let links = self.links(&pick.link).into_iter().collect();
        let mut filter = Filter::new(handling, pick.kind, links, pick.nth, pick.count);
        let flying = self.queue.iter().filter_map(|(ticket, due)| match due {
            Due::Deliver(journey) => Some((journey.cause, ticket)),
            Due::Letter(letter) => Some((letter.sent, ticket)),
            _ => None,
        });
        // The events that sent them are in the order of sending.
        let mut flying: Vec<_> = flying.collect();
        flying.sort_unstable();
        for (_, ticket) in flying {
            match self.queue.get(ticket) {
                Some(Due::Deliver(_)) => self.handle_flying(&mut filter, ticket, cause),
                _ => self.handle_letter(&mut filter, ticket, cause),
            }
        }
        if !filter.done() {
            self.network.add_filter(filter);
        }
    }

    fn handle_flying(&mut self, filter: &mut Filter, ticket: Ticket, cause: EventId) {
        let now = self.now;
        let Some(Due::Deliver(journey)) = self.queue.get(ticket) else {
            return;
        };
        let (from, to) = (journey.envelope.from, journey.envelope.to);
        let (from, to) = (Endpoint::Node(from), Endpoint::Node(to));
        if !filter.takes(Some(journey.envelope.message.kind()), (from, to)) {
            return;
        }
        if filter.handling == Handling::Copy {
            let (original, envelope) = ((journey.message, journey.cause), journey.envelope.clone());
            let after = self.network.draw_copy(from, to, now);
            return self.duplicate(original, &envelope, now.saturating_add(after));
        }
        let Some(Due::Deliver(journey)) = self.queue.withdraw(ticket) else {
            return;
        };
        match filter.handling {
            Handling::Delay(by) => self.fly(journey.clone(), journey.arrives.saturating_add(by)),
            Handling::Deliver => self.fly(journey, now),
            _ => {
                let Journey {
                    message, envelope, ..
                } = journey;
                let node = Some(envelope.from);
                self.lose(node, message, envelope, DropReason::ByHand, cause);
            }
        }
    }

    fn fly(&mut self, mut journey: Journey, arrives: u64) {
        journey.arrives = arrives;
        self.queue.add(arrives, Due::Deliver(journey));
    }
}

/// True when the option is one of the clients', and was set.
fn apply_client(options: &mut ClientOptions, setting: Setting) -> bool {
    match setting {
        Setting::Discovery(discovery) => options.discovery = discovery,
        Setting::ClientTimeout(timeout) => options.timeout = timeout,
        Setting::ClientRetries(retries) => options.retries = retries,
        Setting::Reads(reads) => options.reads = reads,
        _ => return false,
    }
    true
}

fn apply_node(options: &mut Options, setting: Setting) {
    match setting {
        Setting::Heartbeat(heartbeat) => options.heartbeat = heartbeat,
        Setting::ElectionTimeout(span) => options.election_timeout = span,
        Setting::MaxAppend(entries) => options.max_append = entries,
        Setting::Inflight(messages) => options.inflight = messages,
        Setting::Backtracking(backtracking) => options.backtracking = backtracking,
        Setting::ParallelDisk(on) => options.parallel_disk = on,
        Setting::SnapshotEvery(entries) => options.snapshot_every = entries,
        Setting::SnapshotChunk(bytes) => options.snapshot_chunk = bytes,
        Setting::Membership(membership) => options.membership = membership,
        Setting::DriftBound(share) => options.drift_bound = share,
        Setting::Discovery(_)
        | Setting::ClientTimeout(_)
        | Setting::ClientRetries(_)
        | Setting::Reads(_) => {}
    }
}
