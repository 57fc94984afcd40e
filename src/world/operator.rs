//! The operator: statements about the cluster go to the leader, are retried as a client's
//! request is, and are answered. The operator stands at the leader's console, so nothing of this
//! is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::Asked;
use super::command::{AdminVerb, NodeRef, Nodes};
use super::discovery::back_off;
use super::event::{Causes, Event};
use super::view::{Life, OrderView};
use super::{Due, World};
use crate::raft::{AdminAnswer, AdminId, Change, EventId, Input, Micros, NodeId, Order, Refusal};

/// What came of a statement about the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdminReply {
    /// Done.
    Done,
    /// Refused, and why.
    Refused(Refusal),
    /// Every process that was to do it went down before it could.
    Down,
    /// Given up after `client-timeout` with `client-retries off`; the outcome is unknown.
    Timeout,
}

/// The frozen processes that are to take a snapshot when they go on.
#[derive(Clone, Debug)]
struct Frozen {
    nodes: BTreeSet<NodeId>,
    /// Another has taken its own.
    taken: bool,
}

/// A statement that has not been answered.
#[derive(Clone, Debug)]
struct Outstanding {
    change: Change,
    /// Where it goes first; the leader when not said.
    via: Option<NodeId>,
    /// How often it was handed to a node.
    attempt: u32,
    /// When it was given.
    given: Micros,
    /// Whom it was handed to last.
    to: Option<NodeId>,
    /// A leader may have taken it on, at the newest attempt or before.
    taken: bool,
    /// The same before the newest attempt.
    taken_before: bool,
    /// When it is given up without retries.
    deadline: Micros,
    /// How often in a row no leader was found.
    pauses: u32,
    /// Timers before the newest mean nothing.
    timers: u32,
    cause: EventId,
}

/// The operator's statements.
#[derive(Clone, Default, Debug)]
pub struct Operator {
    outstanding: BTreeMap<AdminId, Outstanding>,
    count: AdminId,
    /// Those that the newest statement waits for, when it wants snapshots.
    frozen: Option<Frozen>,
    /// What came of the newest statement, once that is known.
    last: Option<AdminReply>,
}

impl Operator {
    /// What came of the newest statement.
    pub fn reply(&self) -> Asked<AdminReply> {
        match self.last {
            Some(reply) => Asked::Ended(reply),
            None if self.frozen.is_some() => Asked::Pending,
            None if self.outstanding.contains_key(&self.count) => Asked::Pending,
            None => Asked::Nothing,
        }
    }

    /// All that is not answered, as others may see it.
    pub(super) fn view(&self) -> Vec<OrderView> {
        let orders = self.outstanding.iter().map(|(&id, order)| OrderView {
            id,
            change: order.change.clone(),
            given: order.given,
            to: order.to,
        });
        orders.collect()
    }

    /// What the newest statement asks of a leader, and whom it was handed to, as long as it is not
    /// answered.
    pub(super) fn newest(&self) -> Option<(&Change, Option<NodeId>)> {
        let order = self.outstanding.get(&self.count)?;
        Some((&order.change, order.to))
    }

    /// The statements that a leader must answer and has not, in order.
    pub fn unanswered(&self) -> impl Iterator<Item = AdminId> + use<'_> {
        self.outstanding.keys().copied()
    }

    /// Another statement is the newest from now on.
    fn begin(&mut self) -> AdminId {
        self.count += 1;
        self.last = None;
        self.frozen = None;
        self.count
    }

    /// The newest statement was carried out without asking anybody.
    pub(super) fn carried_out(&mut self) {
        self.begin();
        self.last = Some(AdminReply::Done);
    }

    /// A process went down before it heard of a statement: if that is where it was handed to last,
    /// nobody has taken it on since.
    pub(super) fn was_not_heard(&mut self, id: AdminId, node: NodeId) {
        if let Some(order) = self.outstanding.get_mut(&id)
            && order.to == Some(node)
        {
            order.taken = order.taken_before;
        }
    }

    /// A process goes on, or goes down: it has done what it was asked while it was frozen, or never
    /// will.
    pub(super) fn thaw(&mut self, node: NodeId, goes_on: bool) {
        let Some(frozen) = &mut self.frozen else {
            return;
        };
        if !frozen.nodes.remove(&node) {
            return;
        }
        frozen.taken |= goes_on;
        if frozen.nodes.is_empty() {
            self.last = Some(match frozen.taken {
                true => AdminReply::Done,
                false => AdminReply::Down,
            });
            self.frozen = None;
        }
    }
}

impl World {
    /// The operator's statements.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// `add`: the node is booted, unless it runs, and the leader is asked to take it in.
    pub(super) fn add(
        &mut self,
        node: &NodeRef,
        learner: bool,
        via: Option<&Nodes>,
        cause: EventId,
    ) {
        let Some(id) = self.node(node).or_else(|| self.create(node, cause)) else {
            return;
        };
        // A member that crashed is not started by being asked for again.
        if !self.membership.configuration.is_member(id) {
            self.see_running(id, cause);
        }
        let change = match learner {
            true => Change::AddLearner(id),
            false => Change::Add(id),
        };
        self.order(change, via, cause);
    }

    /// `promote`, `demote`, `remove`, `members`, `transfer`.
    pub(super) fn administer(
        &mut self,
        verb: AdminVerb,
        nodes: &Nodes,
        via: Option<&Nodes>,
        cause: EventId,
    ) {
        let ids = match verb {
            AdminVerb::Members => self.make(nodes, cause),
            _ => self.select(nodes),
        };
        let Some(&first) = ids.first() else {
            return;
        };
        let change = match verb {
            AdminVerb::Promote => Change::Promote(first),
            AdminVerb::Demote => Change::Demote(first),
            AdminVerb::Remove => Change::Remove(first),
            AdminVerb::Transfer => Change::Transfer(first),
            AdminVerb::Members => {
                // Whoever was just made has never run.
                for &id in &ids {
                    if !self.servers[id.slot()].has_run() {
                        self.see_running(id, cause);
                    }
                }
                Change::Members(ids)
            }
        };
        self.order(change, via, cause);
    }

    /// `snapshot`: each node for itself, and at once, but for a frozen process: that does nothing
    /// before it goes on, and so long there is no answer. What is down does nothing at all. The
    /// answer tells that the snapshots are taken; what the disks make of them the conditions and
    /// events tell, as with any write.
    pub(super) fn take_snapshots(&mut self, nodes: &Nodes, cause: EventId) {
        let ids = self.select(nodes);
        for &id in &ids {
            self.tell_live(id, cause, Input::TakeSnapshot);
        }
        let lives = |id: &NodeId, life| self.life(*id) == life;
        let taken = ids.iter().any(|id| lives(id, Life::Up));
        let frozen = ids.into_iter().filter(|id| lives(id, Life::Stopped));
        let nodes: BTreeSet<NodeId> = frozen.collect();
        self.operator.begin();
        match (nodes.is_empty(), taken) {
            (true, true) => self.operator.last = Some(AdminReply::Done),
            (true, false) => self.operator.last = Some(AdminReply::Down),
            (false, _) => self.operator.frozen = Some(Frozen { nodes, taken }),
        }
    }

    fn order(&mut self, change: Change, via: Option<&Nodes>, cause: EventId) {
        let outstanding = Outstanding {
            change,
            via: via.and_then(|via| self.select(via).first().copied()),
            attempt: 0,
            given: self.now,
            to: None,
            taken: false,
            taken_before: false,
            deadline: self.now.saturating_add(self.clients.options.timeout),
            pauses: 0,
            timers: 0,
            cause,
        };
        let id = self.operator.begin();
        self.operator.outstanding.insert(id, outstanding);
        self.hand_over(id);
    }

    /// Hands a statement to the leader, or where it is to go first; without a leader the
    /// operator tries again later.
    fn hand_over(&mut self, id: AdminId) {
        let leader = self.leader();
        let now = self.now;
        let timeout = self.clients.options.timeout;
        let Some(order) = self.operator.outstanding.get_mut(&id) else {
            return;
        };
        order.timers += 1;
        let first = order.via.filter(|_| order.attempt == 0);
        let Some(to) = first.or(leader) else {
            let pause = back_off(order.pauses);
            order.pauses += 1;
            let timer = order.timers;
            return self.time_order(id, timer, now + pause);
        };
        order.attempt += 1;
        order.to = Some(to);
        order.pauses = 0;
        let asked = Order {
            id,
            change: order.change.clone(),
            again: order.taken,
        };
        order.taken_before = order.taken;
        // Nobody but a leader takes it on.
        order.taken |= self.servers[to.slot()].leads();
        let event = Event::Order {
            id,
            change: order.change.clone(),
            attempt: order.attempt,
            to,
        };
        let (timer, cause) = (order.timers, order.cause);
        let cause = self.record(None, Causes::one(cause), event);
        self.tell_live(to, cause, Input::Admin(Box::new(asked)));
        self.time_order(id, timer, now.saturating_add(timeout));
    }

    /// Sets a statement's timer; without retries it ends with the deadline.
    fn time_order(&mut self, id: AdminId, timer: u32, at: Micros) {
        let Some(order) = self.operator.outstanding.get(&id) else {
            return;
        };
        let at = match self.clients.options.retries {
            true => at,
            false => at.min(order.deadline.max(self.now)),
        };
        let due = Due::Order { id, timer };
        self.queue.add(at, due);
    }

    /// The timer of a statement comes: nobody answered, or it is time to look for a leader again.
    pub(super) fn order_timer(&mut self, id: AdminId, timer: u32) {
        let Some(order) = self.operator.outstanding.get(&id) else {
            return;
        };
        if order.timers != timer {
            return;
        }
        match !self.clients.options.retries && order.deadline <= self.now {
            true => {
                let cause = order.cause;
                self.settle_order(id, None, cause);
            }
            false => self.hand_over(id),
        }
    }

    /// A node answers a statement.
    pub(super) fn order_answered(
        &mut self,
        from: NodeId,
        id: AdminId,
        answer: AdminAnswer,
        cause: EventId,
    ) {
        let now = self.now;
        let Some(order) = self.operator.outstanding.get_mut(&id) else {
            return;
        };
        match answer {
            AdminAnswer::Done | AdminAnswer::Refused(_) => {
                return self.settle_order(id, Some(answer), cause);
            }
            // It led when it was asked, and no more when it heard of it.
            AdminAnswer::NotLeader(_) if order.to == Some(from) => {
                order.taken = order.taken_before;
            }
            AdminAnswer::NotLeader(_) | AdminAnswer::Deposed(_) => {}
        }
        order.cause = cause;
        order.timers += 1;
        let (timer, pause) = (order.timers, back_off(order.pauses));
        order.pauses += 1;
        self.time_order(id, timer, now + pause);
    }

    pub(super) fn settle_order(
        &mut self,
        id: AdminId,
        answer: Option<AdminAnswer>,
        cause: EventId,
    ) {
        self.operator.outstanding.remove(&id);
        if id == self.operator.count {
            self.operator.last = Some(match answer {
                Some(AdminAnswer::Refused(refusal)) => AdminReply::Refused(refusal),
                Some(_) => AdminReply::Done,
                None => AdminReply::Timeout,
            });
        }
        self.record(None, Causes::one(cause), Event::Settled { id, answer });
    }
}
