//! What may have been so far, without doubles.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use smallvec::SmallVec;

use super::call::{Call, Number};
use crate::kv::{Change, KeyHasher, Text};
use crate::raft::Micros;

/// Up to so many, looking at each is faster than any order.
const FEW: usize = 8;

/// One way in which all that was answered so far can have happened.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Possibility {
    /// The value of the key.
    pub value: Option<Text>,
    /// The calls that have taken effect before their answers, in order of number.
    pub done: SmallVec<[Number; 6]>,
    /// A put that was sent before this instant can have taken effect just before another write,
    /// unseen.
    pub covered: Micros,
}

impl Possibility {
    /// True when a call has taken effect before its answer.
    pub fn has(&self, call: &Call) -> bool {
        self.done.contains(&call.number)
    }

    /// A call has taken effect before its answer.
    pub fn add(&mut self, call: &Call) {
        let place = self.done.partition_point(|&other| other < call.number);
        self.done.insert(place, call.number);
    }

    /// True when a put can have taken effect unseen, just before another write.
    pub fn covers(&self, put: &Call) -> bool {
        // What follows another call of its client within an instant must not be placed before
        // that one.
        put.sent + u64::from(put.follows.is_some()) < self.covered
    }

    /// Forgets a call: it was answered.
    pub fn remove(&mut self, number: Number) {
        self.done.retain(|other| *other != number);
    }

    /// The same after a call has taken effect at the answer that came at `at`.
    pub fn with(&self, call: &Call, change: Change, at: Micros) -> Possibility {
        let mut next = self.clone();
        next.add(call);
        next.change(change, call, at);
        next
    }

    /// Lets a call take effect at the answer that came at `at`.
    pub fn change(&mut self, change: Change, call: &Call, at: Micros) {
        // A delete that finds a value finds it as well when a put comes just before.
        let covers = call.put().is_some() || change == Change::Remove;
        match change {
            Change::None => {}
            Change::Set(value) => self.value = Some(value),
            Change::Remove => self.value = None,
        }
        if covers {
            self.covered = at + 1;
        }
    }

    fn digest(&self) -> u64 {
        let mut hasher = KeyHasher::default();
        self.value.hash(&mut hasher);
        self.done.hash(&mut hasher);
        hasher.finish()
    }
}

/// Possibilities without doubles. Of two that differ only in what is covered, the one that
/// covers more is enough.
#[derive(Default, Debug)]
pub(super) struct Met {
    pub list: Vec<Possibility>,
    places: BTreeMap<u64, usize>,
}

impl Met {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.list.clear();
        // Clearing an empty map is not for nothing.
        if !self.places.is_empty() {
            self.places.clear();
        }
    }

    /// Adds one; false when it says nothing new.
    pub fn add(&mut self, new: Possibility) -> bool {
        let same = |old: &Possibility| old.value == new.value && old.done == new.done;
        let known = if self.list.len() <= FEW {
            self.list.iter().position(same)
        } else {
            if self.places.is_empty() {
                let digests = self.list.iter().map(Possibility::digest);
                self.places = digests.zip(0..).collect();
            }
            let place = self.places.get(&new.digest()).copied();
            place.filter(|&place| same(&self.list[place]))
        };
        match known {
            Some(place) if self.list[place].covered >= new.covered => false,
            Some(place) => {
                self.list[place].covered = new.covered;
                true
            }
            None => {
                if !self.places.is_empty() {
                    self.places.insert(new.digest(), self.list.len());
                }
                self.list.push(new);
                true
            }
        }
    }
}
