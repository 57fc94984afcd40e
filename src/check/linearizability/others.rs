//! The calls that are under way when another is answered, and what they could tell.

use smallvec::SmallVec;

use super::call::Call;
use crate::kv::{Operation, Outcome, Text};

/// Mostly there are no more of a kind.
pub(super) const FEW: usize = 8;

/// The calls that are under way when another is answered.
#[derive(Default)]
pub(super) struct Others<'a> {
    /// Those that only looked.
    pub looks: SmallVec<[&'a Call; FEW]>,
    /// Puts that are to be answered: each takes effect somewhere …
    pub puts: SmallVec<[&'a Call; FEW]>,
    /// … and those whose clients gave up, which may never do.
    lost: SmallVec<[&'a Call; FEW]>,
    /// The other writes, each with one before it that asks the same and has no answer either:
    /// of these it does not matter which takes effect first.
    pub writes: SmallVec<[(&'a Call, Option<&'a Call>); FEW]>,
}

impl<'a> Others<'a> {
    /// Adds a call whose client is still to be answered.
    pub fn add(&mut self, call: &'a Call) {
        if call.only_looked() {
            // A look without an answer tells nothing.
            if call.answer.is_some() {
                self.looks.push(call);
            }
        } else if call.put().is_some() {
            self.puts.push(call);
        } else {
            let same = |(other, _): &&(&'a Call, _)| {
                other.answer.is_none() && other.operation == call.operation
            };
            let twin = match call.answer {
                None => self.writes.iter().rev().find(same).map(|&(twin, _)| twin),
                Some(_) => None,
            };
            self.writes.push((call, twin));
        }
    }

    /// Adds a put whose client gave up.
    pub fn add_lost(&mut self, put: &'a Call) {
        self.lost.push(put);
    }

    /// True when only puts are under way: none of them can tell what the value is.
    pub fn nobody_looks(&self) -> bool {
        self.looks.is_empty() && self.writes.is_empty()
    }

    /// All puts.
    pub fn all_puts(&self) -> impl Iterator<Item = &'a Call> {
        self.puts.iter().chain(&self.lost).copied()
    }

    /// Writes without answers, which may take effect or not.
    pub fn free(&self) -> impl Iterator<Item = (&'a Call, Option<&'a Call>)> {
        let writes = self.writes.iter().copied();
        writes.filter(|(write, _)| write.answer.is_none())
    }

    /// Leaves out the puts of values that nobody could tell, whatever takes effect before.
    pub fn narrow(&mut self, answered: &'a Call) {
        let follows = |call: &'a Call| call.follows.is_some();
        let looks = self.looks.iter().copied();
        if looks.chain(self.all_puts()).chain([answered]).any(follows) {
            return;
        }
        let told = |put: &&Call| self.could_tell(answered, None, put.put(), |_| false);
        let lost = self.lost.iter().copied().filter(told).collect();
        // Detours are made of any put that must take effect.
        let puts = match self.free().next() {
            None => self.puts.iter().copied().filter(told).collect(),
            Some(_) => self.puts.clone(),
        };
        (self.lost, self.puts) = (lost, puts);
    }

    /// True when a call that has not taken effect yet could tell `value` from the present one, or
    /// might after more calls without answers. No present value is one that anything can be told
    /// from.
    pub fn could_tell(
        &self,
        answered: &Call,
        present: Option<&Text>,
        value: Option<&Text>,
        done: impl Fn(&Call) -> bool,
    ) -> bool {
        let looks = |call: &&Call| call.take(value).is_some();
        if answered.put().is_none() && looks(&answered) {
            return true;
        }
        let mut looking = self.looks.iter();
        if looking.any(|call| looks(call) && !done(call)) {
            return true;
        }
        let mut writes = self.writes.iter();
        writes.any(|&(call, _)| {
            let told = call.answer.as_ref().map(|answer| &answer.outcome);
            !done(call)
                && match (&call.operation, told) {
                    // It covers whatever comes before it, where there was a value already.
                    (Operation::Delete { .. }, Some(_)) => present.is_none() && value.is_some(),
                    (Operation::Delete { .. }, None) => false,
                    (Operation::Append { value: end, .. }, None) => {
                        self.leads_on(answered, value, end)
                    }
                    (Operation::Cas { old, .. }, None) => old.as_ref() == value,
                    (_, None) => true,
                    (_, Some(_)) => looks(&call),
                }
        })
    }

    /// True when appending `end` to `value` might lead to one that a call tells of.
    fn leads_on(&self, answered: &Call, value: Option<&Text>, end: &str) -> bool {
        let start = value.map_or("", |value| value);
        let goes_on = |rest: &str| rest.starts_with(end);
        let begins = |text: &Text| text.strip_prefix(start).is_some_and(goes_on);
        // Puts tell nothing.
        let writes = self.writes.iter().map(|&(call, _)| call);
        let mut telling = self.looks.iter().copied().chain(writes).chain([answered]);
        telling.any(|call| {
            let told = call.answer.as_ref().map(|answer| &answer.outcome);
            match (&call.operation, told) {
                (Operation::Add { .. }, _) => true,
                (Operation::Cas { .. }, Some(Outcome::Mismatch)) => true,
                (Operation::Cas { old, .. }, _) => old.as_ref().is_some_and(begins),
                (_, Some(Outcome::Value(told))) => begins(told),
                _ => false,
            }
        })
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &'a Call> {
        let writes = self.writes.iter().map(|&(call, _)| call);
        let looks = self.looks.iter().copied();
        looks.chain(self.all_puts()).chain(writes)
    }
}
