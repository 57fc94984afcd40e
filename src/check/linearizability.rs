//! Whether the clients' history is linearizable (Herlihy and Wing, 1990): whether each operation
//! can have taken effect at one instant between its sending and its answer, on one copy of the
//! data. A client that gave up does not know its outcome: what it asked may take effect at any
//! later time, or never. The same holds for what is not answered yet.
//!
//! A history is linearizable when the history of each key is, so each is judged by itself. It is
//! judged as it grows, at every answer.

mod account;
mod call;
mod history;
mod others;
mod possibility;
mod search;
#[cfg(test)]
mod tests;
mod witness;

use std::sync::Arc;

use imbl::GenericHashMap;
use imbl::shared_ptr::DefaultSharedPtr;

use super::Violation;
use crate::kv::{ClientId, KeyHashing, Operation, Text};
use crate::raft::{Durable, NodeId, Payload, ReadMode};
use crate::world::event::Reply;
use crate::world::explain::Names;
use crate::world::{Event, Record};
use call::{Answer, Number};
use history::History;
pub use history::{OPEN, Verdict};
pub use search::STEPS;
use search::Search;

/// The call that a client waits for, or waited for last.
#[derive(Clone, Copy, Default, Debug)]
struct Waiting {
    /// 0 for none.
    serial: u64,
    key: usize,
    number: Number,
}

/// The checker of the clients' history. Cloning shares structure.
#[derive(Clone, Debug)]
pub struct Linearizability {
    /// The place of each key's history: only looked up, never gone through, so that the order of
    /// hashes decides nothing.
    keys: GenericHashMap<Text, usize, KeyHashing, DefaultSharedPtr>,
    /// One for each key, copied when it changes.
    histories: Vec<Arc<History>>,
    /// By number of client; there are never many.
    waiting: Vec<Waiting>,
    violated: Option<Text>,
    undecided: Option<Text>,
    search: Search,
}

impl Default for Linearizability {
    fn default() -> Linearizability {
        Linearizability {
            keys: GenericHashMap::new(),
            histories: Vec::new(),
            waiting: Vec::new(),
            violated: None,
            undecided: None,
            search: Search::default(),
        }
    }
}

impl Linearizability {
    /// Takes note of what a node's log holds before the run: it may take effect, or be
    /// overwritten.
    pub fn give(&mut self, durable: &Durable) {
        for (_, entry) in durable.log.iter() {
            if let Payload::Command(request) = &entry.payload {
                let key = self.key(request.operation.key());
                let history = Arc::make_mut(&mut self.histories[key]);
                history.add_given(request.operation.clone());
            }
        }
    }

    /// Whether the history up to now is linearizable, and the key that it fails on first.
    pub fn verdict(&self) -> (Verdict, Option<&Text>) {
        match (&self.violated, &self.undecided) {
            (Some(key), _) => (Verdict::Violated, Some(key)),
            (None, Some(key)) => (Verdict::Undecided, Some(key)),
            (None, None) => (Verdict::Linearizable, None),
        }
    }

    /// Looks at one event; what it makes impossible, if that is so.
    pub fn watch(&mut self, record: &Record, names: Names<'_>) -> Option<Violation> {
        match &record.event {
            Event::Request {
                client,
                serial,
                attempt: 1,
                operation,
                reads,
                ..
            } => {
                self.send(record, *client, *serial, operation, *reads);
                None
            }
            Event::Reply {
                client,
                serial,
                reply,
                from,
                ..
            } => self.end(record, *client, *serial, reply, *from, names),
            _ => None,
        }
    }

    fn key(&mut self, key: &Text) -> usize {
        if let Some(&place) = self.keys.get(key) {
            return place;
        }
        let place = self.histories.len();
        self.keys.insert(key.clone(), place);
        self.histories.push(Arc::new(History::new(key.clone())));
        place
    }

    fn send(
        &mut self,
        record: &Record,
        client: ClientId,
        serial: u64,
        operation: &Operation,
        reads: ReadMode,
    ) {
        // Such reads promise nothing.
        let promises = !matches!(reads, ReadMode::Leader | ReadMode::Stale);
        if operation.is_read() && !promises {
            return;
        }
        let key = self.key(operation.key());
        let history = Arc::make_mut(&mut self.histories[key]);
        let number = history.send(client, operation, record.at, record.id, &mut self.search);
        let verdict = history.verdict;
        let client = client.0 as usize;
        if client >= self.waiting.len() {
            self.waiting.resize(client + 1, Waiting::default());
        }
        self.waiting[client] = Waiting {
            serial,
            key,
            number,
        };
        self.heed(key, verdict);
    }

    fn end(
        &mut self,
        record: &Record,
        client: ClientId,
        serial: u64,
        reply: &Reply,
        from: Option<NodeId>,
        names: Names<'_>,
    ) -> Option<Violation> {
        let waiting = *self.waiting.get(client.0 as usize)?;
        if waiting.serial != serial {
            return None;
        }
        let history = Arc::make_mut(&mut self.histories[waiting.key]);
        let Reply::Outcome(outcome) = reply else {
            history.lose(waiting.number);
            return None;
        };
        let told = |place| Answer {
            place,
            outcome: outcome.clone(),
            at: record.at,
            event: record.id,
            from,
        };
        let verdict = history.answer(waiting.number, told, &mut self.search);
        let mut violation = None;
        if verdict == Verdict::Violated {
            violation = history.account(waiting.number, names);
            history.close(verdict);
        }
        self.heed(waiting.key, verdict);
        violation
    }

    /// Takes note of a key whose history is not judged any more.
    fn heed(&mut self, key: usize, verdict: Verdict) {
        let noted = match verdict {
            Verdict::Linearizable => return,
            Verdict::Violated => &mut self.violated,
            Verdict::Undecided => &mut self.undecided,
        };
        if noted.is_none() {
            *noted = Some(self.histories[key].key.clone());
        }
    }
}
