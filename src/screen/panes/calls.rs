//! What clients asked, put together from the events at hand.

use std::collections::BTreeMap;

use crate::kv::{ClientId, Operation, Outcome};
use crate::raft::{EventId, Invariant, Micros, NodeId, ReadMode};
use crate::session::Scene;
use crate::world::Event;
use crate::world::event::Reply;

/// How a call stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Answered, and done.
    Ok,
    /// Answered: it could not be done.
    Failed,
    /// Given up: nobody knows whether it was done.
    Unknown,
    /// Not answered yet.
    Waits,
}

impl Standing {
    /// Its glyph.
    pub fn glyph(self) -> char {
        match self {
            Standing::Ok => '✔',
            Standing::Failed => '✘',
            Standing::Unknown => '?',
            Standing::Waits => '…',
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Failed => "failed",
            Standing::Unknown => "unknown",
            Standing::Waits => "waits",
        }
    }
}

/// One request of a client, with all its attempts.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Who asks.
    pub client: ClientId,
    /// What is asked; `None` when only the answer is at hand.
    pub operation: Option<&'a Operation>,
    /// How it is read, if it is a read and that is at hand.
    pub reads: Option<ReadMode>,
    /// When it was sent first, if that is at hand.
    pub sent: Option<Micros>,
    /// When it was sent again.
    pub again: Vec<Micros>,
    /// How often it was sent.
    pub attempts: u32,
    /// Whom it was sent to last.
    pub to: Option<NodeId>,
    /// Its answer, and when it came.
    pub reply: Option<(Micros, &'a Reply)>,
    /// Who answered.
    pub from: Option<NodeId>,
    /// The events that tell of it.
    events: Vec<EventId>,
    /// True when a violation names it: the history has no order that explains its answer.
    pub conflicts: bool,
}

impl Call<'_> {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.reply {
            None => Standing::Waits,
            Some((_, Reply::Timeout)) => Standing::Unknown,
            Some((_, Reply::Outcome(Outcome::Mismatch))) => Standing::Failed,
            Some((_, Reply::Outcome(_))) => Standing::Ok,
        }
    }

    /// What was answered, in a word or a value.
    pub fn told(&self) -> String {
        match self.reply {
            Some((_, Reply::Outcome(Outcome::Value(value)))) => value.to_string(),
            Some((_, Reply::Outcome(Outcome::Missing))) => "missing".into(),
            Some((_, Reply::Outcome(Outcome::Mismatch))) => "mismatch".into(),
            _ => String::new(),
        }
    }

    /// How long it took, or has taken so far; `None` when its sending is not at hand.
    pub fn latency(&self, now: Micros) -> Option<Micros> {
        let end = self.reply.map_or(now, |(at, _)| at);
        Some(end.saturating_sub(self.sent?))
    }

    /// The last instant that is known of it.
    pub fn end(&self, now: Micros) -> Micros {
        self.reply.map_or(now, |(at, _)| at)
    }
}

/// All calls of which something is at hand, in the order of their first event.
pub fn calls(scene: &Scene) -> Vec<Call<'_>> {
    let mut places: BTreeMap<(ClientId, u64), usize> = BTreeMap::new();
    let mut calls: Vec<Call<'_>> = Vec::new();
    for record in &scene.records {
        let (client, serial) = match &record.event {
            Event::Request { client, serial, .. } | Event::Reply { client, serial, .. } => {
                (*client, *serial)
            }
            _ => continue,
        };
        let place = *places.entry((client, serial)).or_insert(calls.len());
        if place == calls.len() {
            calls.push(Call {
                client,
                operation: None,
                reads: None,
                sent: None,
                again: Vec::new(),
                attempts: 0,
                to: None,
                reply: None,
                from: None,
                events: Vec::new(),
                conflicts: false,
            });
        }
        let call = &mut calls[place];
        call.events.push(record.id);
        match &record.event {
            Event::Request {
                attempt,
                operation,
                to,
                reads,
                ..
            } => {
                call.operation = Some(operation);
                call.reads = operation.is_read().then_some(*reads);
                call.attempts = *attempt;
                call.to = Some(*to);
                match attempt {
                    1 => call.sent = Some(record.at),
                    _ => call.again.push(record.at),
                }
            }
            Event::Reply { reply, from, .. } => {
                call.reply = Some((record.at, reply));
                call.from = *from;
            }
            _ => {}
        }
    }
    let wrong = scene.violations.iter();
    for violation in wrong.filter(|violation| violation.invariant == Invariant::Linearizability) {
        for call in &mut calls {
            call.conflicts |= call.events.iter().any(|id| violation.events.contains(id));
        }
    }
    calls
}
