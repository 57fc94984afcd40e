//! One order of the calls that explains all answers so far: each call takes effect when it is
//! answered, or when another is that would not be explained without it. Such an order is found
//! without a search, and mostly there is one; where it ends, there may still be others.

use smallvec::SmallVec;

use super::call::{Call, Number};
use super::possibility::Possibility;
use crate::kv::{Change, Text};

/// What an order of the calls comes to.
#[derive(Clone, Default, Debug)]
pub(super) struct Witness {
    /// The value of the key after it.
    pub value: Option<Text>,
    /// The calls that have taken effect before their answers.
    early: SmallVec<[Number; 4]>,
}

impl Witness {
    /// An order that led to what is possible.
    pub fn of(possibility: &Possibility) -> Witness {
        Witness {
            value: possibility.value.clone(),
            early: SmallVec::from_slice(&possibility.done),
        }
    }

    /// The call at `place` was answered. False when the order cannot be continued: then it is of
    /// no use any more.
    pub fn go_on(&mut self, place: usize, calls: &[Call]) -> bool {
        let call = &calls[place];
        if let Some(early) = self.early.iter().position(|early| *early == call.number) {
            self.early.swap_remove(early);
            // Only a put is answered alike wherever it took effect.
            return call.put().is_some();
        }
        if let Some(change) = call.take(self.value.as_ref()) {
            self.change(change);
            return true;
        }
        let open = calls.iter().filter(|other| other.answer.is_none());
        let free = open.filter(|other| !self.early.contains(&other.number));
        let helps = |put: &&Call| put.put().and_then(|value| call.take(Some(value)));
        let mut helpers = free.filter_map(|put| Some((put, helps(&put)?)));
        let Some((put, change)) = helpers.next() else {
            return false;
        };
        self.early.push(put.number);
        self.value = put.put().cloned();
        self.change(change);
        true
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::None => {}
            Change::Set(value) => self.value = Some(value),
            Change::Remove => self.value = None,
        }
    }
}
