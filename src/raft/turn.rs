//! What a node is told and what it answers, and one input being worked on.

use std::sync::Arc;

use smallvec::SmallVec;

use super::admin::{AdminAnswer, AdminId, Order};
use super::durable::{Write, WriteId};
use super::event::{Causes, Event};
use super::message::Envelope;
use super::options::{Options, ReadMode};
use super::rule::Rules;
use super::{EventId, Index, Micros, NodeId, Term};
use crate::kv::{ClientId, Outcome, Request};
use crate::room::Put;

/// What a node is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A deadline that it asked for has come.
    Tick,
    /// A message arrived.
    Receive(Arc<Envelope>),
    /// This write and all before it are on the disk.
    Synced(WriteId),
    /// A client asks; `reads` says how a read is to be answered, and `forward` whether a node
    /// that does not lead passes the request on.
    Request {
        request: Arc<Request>,
        reads: ReadMode,
        forward: bool,
    },
    /// Somebody wants the cluster changed, or led by another.
    Admin(Box<Order>),
    /// Take a snapshot of what is applied, and compact the log.
    TakeSnapshot,
    /// A client asks whether the node leads; `serial` is the client's count of such questions.
    Health { client: ClientId, serial: u64 },
    /// The node's own clock was set, ahead or back: what it showed before says nothing about how
    /// much time has passed.
    ClockSet,
    /// The election timer fires now, held or not.
    Campaign,
    /// The election timer is held, or let go with a fresh timeout.
    HoldElection(bool),
    /// New options and rules, from now on.
    Configure(Box<Options>, Rules),
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The state machine's answer.
    Outcome(Outcome),
    /// The node does not lead; the leader that it knows of, if any.
    NotLeader(Option<NodeId>),
    /// Whether the node believes that it leads, and its term.
    Health { leads: bool, term: Term },
}

/// What a node wants done, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Write this to disk; [`Input::Synced`] tells when it is safe.
    Write {
        id: WriteId,
        write: Write,
        cause: EventId,
    },
    /// Send this; not before the write that it depends on is safe.
    Send {
        envelope: Arc<Envelope>,
        after: Option<WriteId>,
        cause: EventId,
    },
    /// Answer a client; `entry` is the place of a write in the log. The event that tells of it
    /// comes just before.
    Reply {
        client: ClientId,
        serial: u64,
        answer: Answer,
        entry: Option<(Index, Term)>,
    },
    /// Answer a statement about the cluster. The event that tells of it comes just before.
    AdminReply { id: AdminId, answer: AdminAnswer },
    /// Something happened, and what led to it.
    Event(Told),
}

/// An event of a node and what led to it.
// The event comes first, so that it is copied in the same parts as the effect that holds it: see
// `room`.
#[repr(C)]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// What happened.
    pub event: Event,
    /// What led to it.
    pub causes: Causes,
}

impl Effect {
    /// For an event that tells of a timer: what had the timer fire, 0 for time alone.
    pub fn fires(&self) -> Option<EventId> {
        match self {
            Effect::Event(Told {
                event: Event::Timeout { .. },
                causes,
            }) => Some(causes.as_slice().first().copied().unwrap_or(0)),
            _ => None,
        }
    }
}

/// The events that together led to another: in a small cluster without a place of their own.
pub(super) type Evidence = SmallVec<[EventId; 8]>;

/// One input being worked on.
pub(super) struct Turn<'a> {
    /// The node's own clock.
    pub now: Micros,
    /// The event that brought the input.
    pub cause: EventId,
    pub effects: &'a mut Vec<Effect>,
}

impl Turn<'_> {
    /// Reports an event that this input led to.
    #[inline(always)]
    pub fn event(&mut self, event: Event) {
        let causes = Causes::one(self.cause);
        self.effects.put(Effect::Event(Told { event, causes }));
    }

    /// Reports an event that several inputs led to; this one is added.
    pub fn event_because(&mut self, event: Event, mut ids: Evidence) {
        ids.push(self.cause);
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| *id != 0);
        let causes = Causes::Many(ids.as_slice().into());
        self.effects.put(Effect::Event(Told { event, causes }));
    }

    /// Answers a statement about the cluster.
    pub fn answer_admin(&mut self, id: AdminId, answer: AdminAnswer) {
        self.event(Event::AdminAnswered { id, answer });
        self.effects.push(Effect::AdminReply { id, answer });
    }

    /// Answers a client.
    pub fn reply(
        &mut self,
        client: ClientId,
        serial: u64,
        answer: Answer,
        entry: Option<(Index, Term)>,
    ) {
        let event = match &answer {
            Answer::Outcome(outcome) => Event::Answered {
                client,
                serial,
                outcome: outcome.clone(),
                entry,
            },
            &Answer::NotLeader(leader) => Event::Redirected {
                client,
                serial,
                leader,
            },
            &Answer::Health { leads, term } => Event::Health {
                client,
                probe: serial,
                leads,
                term,
            },
        };
        self.event(event);
        self.effects.put(Effect::Reply {
            client,
            serial,
            answer,
            entry,
        });
    }
}
