//! Events in plain words: what happened, the values that decided it, and the rule.

pub mod brief;
mod membership;
mod message;
mod transition;

pub use membership::{change_words, refusal_words};
pub use message::{asked, message, said};

use std::fmt;

use membership::admin_words;
use message::{again, answered, client_route, place, route};
use transition::transition;

use super::event::{DropReason, Event, Record, Reply, Written};
use crate::raft::{self, AdminAnswer, Index, Micros, NodeId, Rule, Term};

/// An instant or a length of virtual time, in seconds to the millisecond: `3.412 s`.
pub struct Seconds(pub Micros);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", instant_text(self.0))
    }
}

/// An instant in seconds to the millisecond, where no unit is needed: `3.412`.
pub fn instant_text(at: Micros) -> String {
    format!("{}.{:03}", at / 1_000_000, at / 1_000 % 1_000)
}

/// Looks up a node's name.
pub type Names<'a> = &'a dyn Fn(NodeId) -> &'a str;

/// One event on one line. Where a rule decided, its name stands at the end, after ` — `.
pub fn words(record: &Record, names: Names<'_>) -> String {
    let node = record.node.map_or("the cluster", names);
    match &record.event {
        // Time alone has it fire without a cause.
        Event::Node(raft::Event::Timeout { election: true })
            if !record.causes.as_slice().is_empty() =>
        {
            format!("{node}'s election timer fires: it was set off by hand")
        }
        Event::Node(event) => {
            let text = transition(node, event, names);
            match event.rule() {
                Some(rule) => by_rule(text, rule),
                None => text,
            }
        }
        Event::Send { envelope, .. } => route(envelope, "", names),
        Event::Deliver { envelope, .. } => route(envelope, "arrives: ", names),
        Event::Drop {
            envelope, reason, ..
        } => route(envelope, lost(*reason), names),
        Event::ClientDrop {
            client,
            peer,
            message,
            reason,
        } => client_route(*client, names(*peer), lost(*reason), message),
        Event::ClientDuplicate {
            client,
            peer,
            message,
            ..
        } => client_route(*client, names(*peer), "doubled on the way: ", message),
        Event::ClientDeliver {
            client,
            peer,
            message,
        } => client_route(*client, names(*peer), "arrives: ", message),
        Event::Duplicate { envelope, .. } => route(envelope, "doubled on the way: ", names),
        Event::Persist { write, what } => format!("{node} {} (write {write})", written(what)),
        Event::Sync { write } => format!("{node}'s disk is synced up to write {write}"),
        Event::Crash => format!("{node} crashes: memory and unsynced writes are gone"),
        Event::Boot => format!("{node} is booted for the first time, with an empty disk"),
        Event::Restart => format!("{node} comes back from its disk"),
        Event::Reboot => {
            "the whole cluster is stopped, and its members are set on every disk".into()
        }
        Event::Wipe => format!("{node}'s disk is emptied"),
        Event::Stop => format!("{node} is stopped: it keeps its memory, and nothing moves"),
        Event::Resume => format!("{node} goes on, and takes what arrived meanwhile"),
        Event::Request {
            client,
            attempt,
            operation,
            to,
            ..
        } => {
            let again = again(*attempt, " (", ")");
            format!("{client} ▸ {}: {}{again}", names(*to), asked(operation))
        }
        Event::Probe {
            client,
            operation,
            to,
            ..
        } => {
            let (to, wish) = (names(*to), asked(operation));
            format!("{client} ▸ {to}: do you lead? I want {wish}")
        }
        Event::Reply {
            client,
            serial,
            reply,
            entry,
            ..
        } => {
            format!("{client} request {serial}: {}", ended(reply, *entry))
        }
        Event::Order {
            change,
            attempt,
            to,
            ..
        } => {
            let (to, change) = (names(*to), change_words(change, names));
            format!("admin ▸ {to}: {change}{}", again(*attempt, " (", ")"))
        }
        Event::Settled { id, answer } => {
            format!("admin request {id}: {}", settled(answer.as_ref(), names))
        }
        Event::Command(text) => format!("» {text}"),
        Event::Say(text) => format!("“{text}”"),
        Event::Violation(text) => format!("VIOLATION {text}"),
    }
}

/// What is done to a disk.
fn written(what: &Written) -> String {
    match what {
        Written::Vote => "writes term and vote to disk".into(),
        Written::Entries(from, to) if from == to => format!("writes entry {from} to disk"),
        Written::Entries(from, to) => format!("writes entries {from} to {to} to disk"),
        Written::Truncate(from) => format!("cuts its log on disk at {from}"),
        Written::Snapshot(index) => format!("writes a snapshot up to {index} to disk"),
    }
}

/// How a client's request ended, and where its entry stands in the log, if it has one.
pub fn ended(reply: &Reply, entry: Option<(Index, Term)>) -> String {
    let how = match reply {
        Reply::Outcome(outcome) => answered(outcome),
        Reply::Timeout => GAVE_UP.into(),
    };
    format!("{how}{}", placed(entry))
}

/// How a statement about the cluster ended; without an answer it was given up.
pub fn settled(answer: Option<&AdminAnswer>, names: Names<'_>) -> String {
    answer.map_or_else(|| GAVE_UP.into(), |answer| admin_words(answer, names))
}

const GAVE_UP: &str = "gave up waiting, the outcome is unknown";

/// Why a message is lost, before what it says.
fn lost(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Loss => "lost on the way: ",
        DropReason::Partition => "lost, the link is cut: ",
        DropReason::Down => "lost, the target is down: ",
        DropReason::ByHand => "dropped by hand: ",
    }
}

fn placed(entry: Option<(Index, Term)>) -> String {
    entry.map_or(String::new(), |(index, term)| {
        format!(", entry {}", place(index, term))
    })
}

fn by_rule(text: String, rule: Rule) -> String {
    format!("{text} — rule {}", rule.info().name)
}
