//! One operation of a client on one key, from its sending to its answer.

use smallvec::SmallVec;

use crate::kv::{Change, ClientId, Operation, Outcome, Text};
use crate::raft::{EventId, Micros, NodeId};

/// A call's number: calls on one key are counted in the order of their sending.
pub(super) type Number = u32;

/// One operation of a client.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub number: Number,
    pub client: ClientId,
    pub operation: Operation,
    /// When it was sent, and the event that tells so.
    pub sent: Micros,
    pub request: EventId,
    /// The call that the same client was answered at the very instant at which it sent this one.
    /// What happens within an instant is concurrent, but a client's own calls are not.
    pub follows: Option<Number>,
    /// `None` while it is not answered, and for ever when its client gave up.
    pub answer: Option<Answer>,
}

/// What a client was told.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Answers on one key are counted in the order of their coming.
    pub place: u32,
    pub outcome: Outcome,
    pub at: Micros,
    pub event: EventId,
    /// The node that answered, where it is known.
    pub from: Option<NodeId>,
}

impl Call {
    /// A put takes effect whatever the value was, and is always answered alike: its answer tells
    /// nothing that was not known as it was sent.
    pub fn put(&self) -> Option<&Text> {
        match &self.operation {
            Operation::Put { value, .. } => Some(value),
            _ => None,
        }
    }

    /// True when the answer shows that nothing was changed, whenever it took effect.
    pub fn only_looked(&self) -> bool {
        let outcome = self.answer.as_ref().map(|answer| &answer.outcome);
        match (&self.operation, outcome) {
            (Operation::Get { .. }, _) | (_, Some(Outcome::Mismatch)) => true,
            (Operation::Delete { .. }, outcome) => outcome == Some(&Outcome::Missing),
            _ => false,
        }
    }

    /// What becomes of the value if the call takes effect now; `None` when it cannot, because
    /// the answer would have been another.
    pub fn take(&self, value: Option<&Text>) -> Option<Change> {
        // Most is told by a look at the value.
        if let Some(met) = self.met() {
            if met != value.map(|value| &**value) {
                return None;
            }
            if self.only_looked() {
                return Some(Change::None);
            }
        }
        let (change, outcome) = self.operation.apply(|| value);
        let told = self.answer.as_ref().map(|answer| &answer.outcome);
        told.is_none_or(|told| *told == outcome).then_some(change)
    }

    /// True when the call can make `after` of `before`.
    pub fn makes(&self, before: Option<&Text>, after: Option<&Text>) -> bool {
        match self.take(before) {
            None => false,
            Some(Change::None) => before == after,
            Some(Change::Set(value)) => after == Some(&value),
            Some(Change::Remove) => after.is_none(),
        }
    }

    /// What the value can have been before a call without an answer made `after` of it. A delete
    /// and a put make the same of any.
    pub fn before(&self, after: Option<&Text>) -> SmallVec<[Option<Text>; 2]> {
        let mut before: SmallVec<[Option<Text>; 2]> = SmallVec::new();
        match (&self.operation, after) {
            (Operation::Cas { old, .. }, _) => before.push(old.clone()),
            (Operation::Append { value: end, .. }, Some(after)) => {
                let start = after.strip_suffix(&**end);
                before.extend([start.map(Text::from), None]);
            }
            (Operation::Add { amount, .. }, Some(after)) => {
                let sum: Option<i64> = after.parse().ok();
                let start = sum.and_then(|sum| sum.checked_sub(*amount));
                before.extend([start.map(|start| start.to_string().into()), None]);
            }
            _ => {}
        }
        before.retain(|before| self.makes(before.as_ref(), after));
        before.dedup();
        before
    }

    /// The value that the call met, if its answer tells; the inner `None` stands for no value.
    pub fn met(&self) -> Option<Option<&str>> {
        let answer = self.answer.as_ref()?;
        match (&self.operation, &answer.outcome) {
            (Operation::Get { .. }, Outcome::Value(value)) => Some(Some(value)),
            (Operation::Get { .. } | Operation::Delete { .. }, Outcome::Missing) => Some(None),
            (Operation::Cas { old, .. }, Outcome::Done) => Some(old.as_deref()),
            (Operation::Append { value: end, .. }, Outcome::Value(value)) => {
                let before = value.strip_suffix(&**end)?;
                // Nothing and an empty text become the same.
                (!before.is_empty()).then_some(Some(before))
            }
            _ => None,
        }
    }

    /// The value that the call left, if its answer tells; the inner `None` stands for no value.
    pub fn left(&self) -> Option<Option<&str>> {
        let answer = self.answer.as_ref()?;
        match (&self.operation, &answer.outcome) {
            (_, Outcome::Mismatch) => None,
            (Operation::Put { value, .. }, _) => Some(Some(value)),
            (Operation::Cas { new, .. }, _) => Some(Some(new)),
            (Operation::Delete { .. }, _) | (_, Outcome::Missing) => Some(None),
            (_, Outcome::Value(value)) => Some(Some(value)),
            (_, Outcome::Done) => None,
        }
    }
}
