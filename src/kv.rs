//! The replicated state machine: keys, values and client sessions.
//!
//! Every node applies the same committed requests in the same order and so holds the same
//! [`Store`]. Sessions (Raft dissertation, section 6.3) are bookkeeping of the state machine
//! itself: each request carries its client and serial number, and no entry opens a session.

use std::sync::Arc;

use imbl::GenericHashMap;
use imbl::shared_ptr::DefaultSharedPtr;

use crate::hash::mix;

/// Immutable text shared between log entries, messages and stores.
pub type Text = Arc<str>;

/// The largest key or value that a statement may carry, in bytes.
pub const MAX_VALUE: usize = 64 * 1024;

/// A client's number; it is written `c1`, `c2`, …. Zero is nobody: entries that are `given` to a
/// node before the run have no client and no session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(pub u16);

impl ClientId {
    /// Nobody: the request of a `given` entry.
    pub const NONE: ClientId = ClientId(0);
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c{}", self.0)
    }
}

/// What a client asks of the state machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Set `key` to `value`.
    Put { key: Text, value: Text },
    /// Read `key`; it never becomes a log entry.
    Get { key: Text },
    /// Remove `key`.
    Delete { key: Text },
    /// Add to a number; a missing key counts as 0, a value that is no number is a mismatch.
    Add { key: Text, amount: i64 },
    /// Append to a text; a missing key counts as empty.
    Append { key: Text, value: Text },
    /// Compare and set: `new` is stored only if the present value is `old` (`None`: missing).
    Cas {
        key: Text,
        old: Option<Text>,
        new: Text,
    },
}

impl Operation {
    /// The key that the operation is about.
    pub fn key(&self) -> &Text {
        match self {
            Operation::Put { key, .. }
            | Operation::Get { key }
            | Operation::Delete { key }
            | Operation::Add { key, .. }
            | Operation::Append { key, .. }
            | Operation::Cas { key, .. } => key,
        }
    }

    /// Reads are answered from the state machine and write no log entry.
    pub fn is_read(&self) -> bool {
        matches!(self, Operation::Get { .. })
    }

    /// The state machine of one key: what becomes of its value, and the answer. `present` is
    /// asked only where the value matters.
    pub fn apply<'a>(&self, present: impl FnOnce() -> Option<&'a Text>) -> (Change, Outcome) {
        let set = |value: Text| (Change::Set(value.clone()), Outcome::Value(value));
        let mismatch = (Change::None, Outcome::Mismatch);
        match self {
            Operation::Put { value, .. } => (Change::Set(value.clone()), Outcome::Done),
            Operation::Get { .. } => match present() {
                Some(value) => (Change::None, Outcome::Value(value.clone())),
                None => (Change::None, Outcome::Missing),
            },
            Operation::Delete { .. } => match present() {
                Some(_) => (Change::Remove, Outcome::Done),
                None => (Change::None, Outcome::Missing),
            },
            Operation::Add { amount, .. } => {
                let number = present().map_or(Ok(0), |text| text.parse::<i64>());
                match number.ok().and_then(|number| number.checked_add(*amount)) {
                    Some(sum) => set(sum.to_string().into()),
                    None => mismatch,
                }
            }
            Operation::Append { value, .. } => match present() {
                Some(present) if present.len() + value.len() > MAX_VALUE => mismatch,
                Some(present) => set(format!("{present}{value}").into()),
                None => set(value.clone()),
            },
            Operation::Cas { old, new, .. } => match present() == old.as_ref() {
                true => (Change::Set(new.clone()), Outcome::Done),
                false => mismatch,
            },
        }
    }
}

/// What becomes of the value of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// It stays.
    None,
    /// It is replaced.
    Set(Text),
    /// The key goes.
    Remove,
}

/// One request of a client, as it travels and as it stands in the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who asks.
    pub client: ClientId,
    /// The client's own count of its requests, from 1; a retry carries the same number.
    pub serial: u64,
    /// What is asked.
    pub operation: Operation,
}

impl Request {
    /// A number that tells requests apart: equal for retries of one request, different otherwise.
    pub fn identity(&self) -> u64 {
        (u64::from(self.client.0) << 40) | self.serial
    }
}

/// The state machine's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Done; there is no value to tell.
    Done,
    /// The value read, or the value after `add-to` and `append`.
    Value(Text),
    /// The key to read does not exist.
    Missing,
    /// A `cas` whose old value differs, or an `add-to` on a value that is no number.
    Mismatch,
}

/// What a client's session remembers: the newest request applied and its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Session {
    serial: u64,
    outcome: Outcome,
}

/// The result of applying one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The answer for the client; `None` for a request before the newest that its session has
    /// seen.
    pub outcome: Option<Outcome>,
    /// False when the session recognised a duplicate and changed nothing.
    pub fresh: bool,
}

/// Hashes keys fast, and the same way in every process, although nothing is read in hash order.
/// A person's own keys are not hostile.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct KeyHasher(u64);

impl std::hash::Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for &word in words {
            self.write_u64(u64::from_le_bytes(word));
        }
        let shifted = |word: u64, &byte: &u8| word << 8 | u64::from(byte);
        self.write_u64(rest.iter().fold(rest.len() as u64, shifted));
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }

    fn finish(&self) -> u64 {
        // The map reads the lower bits first, and multiplication mixes upward.
        self.0 ^ (self.0 >> 32)
    }
}

/// Makes a [`KeyHasher`] for each key.
pub(crate) type KeyHashing = std::hash::BuildHasherDefault<KeyHasher>;

/// Looked up by hash; where all are read they are sorted or summed, so that the order of hashes
/// decides nothing.
type Values = GenericHashMap<Text, Text, KeyHashing, DefaultSharedPtr>;

/// Keys, values and sessions of one node. Cloning is cheap: keys and values share structure.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Store {
    values: Values,
    /// By number of client; there are never many, so a copy copies them.
    sessions: Vec<Option<Session>>,
    commands: u64,
}

impl Store {
    /// The value of `key`, if there is one.
    pub fn value(&self, key: &str) -> Option<&Text> {
        self.values.get(key)
    }

    /// All keys with their values, in order of key.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        let mut pairs: Vec<_> = self.values.iter().collect();
        pairs.sort_unstable();
        pairs.into_iter()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True when no key exists.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// About how many bytes a snapshot of it takes: keys, values, and 16 for each client's
    /// session besides what it remembers.
    pub fn size(&self) -> u64 {
        let pairs = self
            .values
            .iter()
            .map(|(key, value)| key.len() + value.len());
        let sessions = self.sessions.iter().flatten().map(|session| {
            16 + match &session.outcome {
                Outcome::Value(value) => value.len(),
                _ => 0,
            }
        });
        pairs.chain(sessions).sum::<usize>() as u64
    }

    /// Client commands applied so far; duplicates that a session suppressed are not counted.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// Applies one request. With `sessions`, a request whose serial number the client's session
    /// has seen is answered from memory and changes nothing (rule `client-sessions`).
    pub fn apply(&mut self, request: &Request, sessions: bool) -> Applied {
        let place = request.client.0 as usize;
        let all = &mut self.sessions;
        if all.len() <= place {
            all.resize(place + 1, None);
        }
        let known = &mut all[place];
        if let Some(session) = known
            && sessions
            && request.serial <= session.serial
        {
            // What became of a request before that one is not remembered.
            let remembered = request.serial == session.serial;
            return Applied {
                outcome: remembered.then(|| session.outcome.clone()),
                fresh: false,
            };
        }
        let outcome = perform(&mut self.values, &request.operation);
        self.commands += 1;
        if request.client != ClientId::NONE {
            *known = Some(Session {
                serial: request.serial,
                outcome: outcome.clone(),
            });
        }
        Applied {
            outcome: Some(outcome),
            fresh: true,
        }
    }

    /// Answers a read.
    pub fn read(&self, key: &str) -> Outcome {
        match self.values.get(key) {
            Some(value) => Outcome::Value(value.clone()),
            None => Outcome::Missing,
        }
    }
}

/// Does what an operation says.
fn perform(values: &mut Values, operation: &Operation) -> Outcome {
    let key = operation.key();
    let (change, outcome) = operation.apply(|| values.get(key));
    match change {
        Change::None => {}
        Change::Set(value) => match values.get_mut(key) {
            Some(known) => *known = value,
            None => drop(values.insert(key.clone(), value)),
        },
        Change::Remove => {
            values.remove(key);
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(serial: u64, operation: Operation) -> Request {
        Request {
            client: ClientId(1),
            serial,
            operation,
        }
    }

    fn append(serial: u64, value: &str) -> Request {
        request(
            serial,
            Operation::Append {
                key: "k".into(),
                value: value.into(),
            },
        )
    }

    #[test]
    fn a_duplicate_is_answered_from_the_session() {
        let mut store = Store::default();
        assert!(store.apply(&append(1, "a"), true).fresh);
        let again = store.apply(&append(1, "a"), true);
        assert_eq!(again.outcome, Some(Outcome::Value("a".into())));
        assert!(!again.fresh);
        assert_eq!(store.commands(), 1);
        // Of what came before the newest nothing is remembered, so nothing is said.
        store.apply(&append(2, "b"), true);
        let old = store.apply(&append(1, "a"), true);
        assert_eq!((old.outcome, old.fresh), (None, false));
    }

    #[test]
    fn without_sessions_a_duplicate_is_applied_again() {
        let mut store = Store::default();
        store.apply(&append(1, "a"), false);
        store.apply(&append(1, "a"), false);
        assert_eq!(store.value("k").map(|v| &**v), Some("aa"));
    }

    #[test]
    fn numbers_add_and_refuse_text() {
        let mut store = Store::default();
        let add = |serial, amount| {
            request(
                serial,
                Operation::Add {
                    key: "n".into(),
                    amount,
                },
            )
        };
        assert_eq!(
            store.apply(&add(1, 5), true).outcome,
            Some(Outcome::Value("5".into()))
        );
        assert_eq!(
            store.apply(&add(2, -7), true).outcome,
            Some(Outcome::Value("-2".into()))
        );
        assert_eq!(
            store.apply(&add(3, i64::MIN), true).outcome,
            Some(Outcome::Mismatch)
        );
    }

    #[test]
    fn cas_compares_with_missing_too() {
        let mut store = Store::default();
        let cas = |serial, old: Option<&str>, new: &str| {
            request(
                serial,
                Operation::Cas {
                    key: "lock".into(),
                    old: old.map(Into::into),
                    new: new.into(),
                },
            )
        };
        assert_eq!(
            store.apply(&cas(1, None, "me"), true).outcome,
            Some(Outcome::Done)
        );
        assert_eq!(
            store.apply(&cas(2, None, "you"), true).outcome,
            Some(Outcome::Mismatch)
        );
        assert_eq!(
            store.apply(&cas(3, Some("me"), "you"), true).outcome,
            Some(Outcome::Done)
        );
    }
}
