//! What may have happened, one answer after another: the search of Wing and Gong (1993) with
//! Lowe's memory of what was met before (2017), breadth first.
//!
//! Before an answer there is a set of possibilities: values of the key, each with the calls that
//! have taken effect although they are not answered yet. A call must take effect before its
//! answer, so at each answer every possibility either has it already or lets it take effect now,
//! after as many of the other calls that are under way as are of use. If nothing is left, no
//! order of the calls explains the answers.
//!
//! What is of no use is not tried, or a handful of calls at once would mean thousands of orders:
//! - A call that only looked takes effect as soon as the value is the one that it was told.
//! - A put that nobody looks at before another write may wait: at its own answer it is enough to
//!   know that a write has [covered](Possibility::covered) it.
//! - A call without an answer takes effect only if that explains another.
//! - Nothing need come before an answer that only tells what the value is already: all that is under
//!   way may as well take effect after it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use smallvec::SmallVec;

use super::call::{Call, Number};
use crate::kv::{Change, KeyHasher, Operation, Outcome, Text};
use crate::raft::Micros;

/// So many possibilities are looked at for one answer at most.
pub const STEPS: usize = 10_000;

/// There are more possibilities than [`STEPS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooMany;

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
    fn has(&self, call: &Call) -> bool {
        self.done.contains(&call.number)
    }

    fn add(&mut self, call: &Call) {
        let place = self.done.partition_point(|&other| other < call.number);
        self.done.insert(place, call.number);
    }

    /// True when a put can have taken effect unseen, just before another write.
    fn covers(&self, put: &Call) -> bool {
        // What follows another call of its client within an instant must not be placed before
        // that one.
        put.sent + u64::from(put.follows.is_some()) < self.covered
    }

    /// Forgets a call: it was answered.
    pub fn remove(&mut self, number: Number) {
        self.done.retain(|other| *other != number);
    }

    fn with(&self, call: &Call, change: Change, at: Micros) -> Possibility {
        let mut next = self.clone();
        next.add(call);
        next.change(change, call, at);
        next
    }

    /// Lets a call take effect at the answer that came at `at`.
    fn change(&mut self, change: Change, call: &Call, at: Micros) {
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
struct Met {
    list: Vec<Possibility>,
    places: BTreeMap<u64, usize>,
}

/// Up to so many, looking at each is faster than any order.
const FEW: usize = 8;

impl Met {
    fn clear(&mut self) {
        self.list.clear();
        // Clearing an empty map is not for nothing.
        if !self.places.is_empty() {
            self.places.clear();
        }
    }

    /// Adds one; false when it says nothing new.
    fn add(&mut self, new: Possibility) -> bool {
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

/// The calls that are under way when another is answered.
#[derive(Default)]
pub(super) struct Others<'a> {
    /// Those that only looked.
    looks: SmallVec<[&'a Call; FEW]>,
    /// Puts that are to be answered: each takes effect somewhere …
    puts: SmallVec<[&'a Call; FEW]>,
    /// … and those whose clients gave up, which may never do.
    lost: SmallVec<[&'a Call; FEW]>,
    /// The other writes, each with one before it that asks the same and has no answer either:
    /// of these it does not matter which takes effect first.
    writes: SmallVec<[(&'a Call, Option<&'a Call>); FEW]>,
}

impl<'a> Others<'a> {
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

    fn all_puts(&self) -> impl Iterator<Item = &'a Call> {
        self.puts.iter().chain(&self.lost).copied()
    }

    /// Writes without answers, which may take effect or not.
    fn free(&self) -> impl Iterator<Item = (&'a Call, Option<&'a Call>)> {
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
    fn could_tell(
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

    fn all(&self) -> impl Iterator<Item = &'a Call> {
        let writes = self.writes.iter().map(|&(call, _)| call);
        let looks = self.looks.iter().copied();
        looks.chain(self.all_puts()).chain(writes)
    }
}

/// What is kept from one answer to the next only because memory is slow to get.
#[derive(Default, Debug)]
pub(super) struct Search {
    queue: Vec<(Possibility, bool)>,
    after: Met,
    /// What was met on the way; apart from the rest, what the next call must look at.
    met: [Met; 2],
    spare: Vec<Vec<Possibility>>,
}

impl Clone for Search {
    fn clone(&self) -> Search {
        Search::default()
    }
}

impl Search {
    /// An empty list.
    pub fn list(&mut self) -> Vec<Possibility> {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes back a list that is not needed any more.
    pub fn take_back(&mut self, mut list: Vec<Possibility>) {
        const MOST: usize = 16;
        if self.spare.len() < MOST {
            list.clear();
            self.spare.push(list);
        }
    }

    /// What is possible after a call was answered, from what was possible before. Nothing, when
    /// the answer cannot be explained.
    pub fn judge(
        &mut self,
        before: &[Possibility],
        answered: &Call,
        others: &Others,
    ) -> Result<Vec<Possibility>, TooMany> {
        let Some(answer) = &answered.answer else {
            return Ok(before.to_vec());
        };
        let step = Step {
            at: answer.at,
            answered,
            others,
        };
        let list = self.list();
        self.after.clear();
        self.after.list = list;
        let no_puts = others.all_puts().next().is_none();
        if others.nobody_looks() && (no_puts || answered.put().is_some()) {
            // The usual case: nothing could be of use before it.
            for possibility in before {
                step.finish(possibility, false, &mut self.after);
            }
        } else {
            self.explore(before, &step)?;
        }
        Ok(std::mem::take(&mut self.after.list))
    }

    fn explore(&mut self, before: &[Possibility], step: &Step) -> Result<(), TooMany> {
        self.queue.clear();
        self.met.iter_mut().for_each(Met::clear);
        for possibility in before {
            let mut possibility = possibility.clone();
            step.look(&mut possibility);
            self.queue.push((possibility, false));
        }
        while let Some((possibility, unseen)) = self.queue.pop() {
            step.finish(&possibility, unseen, &mut self.after);
            if !step.is_explained(&possibility) {
                let mut found = |next: Possibility, unseen| {
                    if self.met[usize::from(unseen)].add(next.clone()) {
                        self.queue.push((next, unseen));
                    }
                };
                step.go_on(&possibility, unseen, &mut found);
                if !unseen {
                    step.detours(&possibility, &mut found)?;
                }
            }
            if self.met.iter().map(|met| met.list.len()).sum::<usize>() > STEPS {
                return Err(TooMany);
            }
        }
        Ok(())
    }
}

/// One answer, and the calls under way then.
struct Step<'a, 'c> {
    at: Micros,
    answered: &'a Call,
    others: &'a Others<'c>,
}

impl Step<'_, '_> {
    /// A client's call comes after the one that it follows.
    fn may(&self, call: &Call, possibility: &Possibility) -> bool {
        !possibility.has(call)
            && call.follows.is_none_or(|first| {
                let waits = self.answered.number == first
                    || self.others.all().any(|other| other.number == first);
                !waits || possibility.done.contains(&first)
            })
    }

    /// Lets the calls that only looked take effect where they can. True when any could.
    fn look(&self, possibility: &mut Possibility) -> bool {
        let mut looked = false;
        for call in &self.others.looks {
            if call.take(possibility.value.as_ref()).is_some() && self.may(call, possibility) {
                possibility.add(call);
                looked = true;
            }
        }
        looked
    }

    /// True when nothing need take effect before the answered call.
    fn is_explained(&self, possibility: &Possibility) -> bool {
        let call = self.answered;
        let looks = call.only_looked() && call.take(possibility.value.as_ref()).is_some();
        looks || possibility.has(call)
    }

    /// The answered call takes effect now, if it has not and can. With `unseen` nothing has
    /// looked at the value yet.
    fn finish(&self, possibility: &Possibility, unseen: bool, after: &mut Met) {
        let call = self.answered;
        if possibility.has(call) {
            let mut next = possibility.clone();
            next.remove(call.number);
            after.add(next);
            return;
        }
        if call.put().is_some() {
            if unseen {
                return;
            }
            if possibility.covers(call) {
                after.add(possibility.clone());
            }
        }
        if let Some(change) = call.take(possibility.value.as_ref()) {
            let mut next = possibility.clone();
            next.change(change, call, self.at);
            after.add(next);
        }
    }

    /// Another call takes effect first.
    fn go_on(
        &self,
        possibility: &Possibility,
        unseen: bool,
        found: &mut dyn FnMut(Possibility, bool),
    ) {
        for put in self.others.all_puts() {
            let Some(value) = put.put().filter(|_| !unseen) else {
                break;
            };
            // Only here can it be placed between its client's last call and this answer.
            let placed = put.follows.is_some() && put.sent == self.at;
            if (placed || self.is_of_use(possibility, Some(value))) && self.may(put, possibility) {
                let change = Change::Set(value.clone());
                let mut next = possibility.with(put, change, self.at);
                let unseen = !self.look(&mut next) && !placed;
                found(next, unseen);
            }
        }
        for &(write, twin) in &self.others.writes {
            let first = twin.is_none_or(|twin| !self.may(twin, possibility));
            if !first || !self.may(write, possibility) {
                continue;
            }
            let present = possibility.value.as_ref();
            let Some(change) = write.take(present) else {
                continue;
            };
            let free = write.answer.is_none();
            let value = match &change {
                Change::None => present,
                Change::Set(value) => Some(value),
                Change::Remove => None,
            };
            if free && (value == present || !self.is_of_use(possibility, value)) {
                continue;
            }
            let mut next = possibility.with(write, change, self.at);
            let looked = self.look(&mut next);
            found(next, free && !looked);
        }
    }

    /// Nobody looks at a put where writes without answers make the value at once what it was
    /// before: a delete, where there was none. One put that is placed so covers all the others.
    fn detours(
        &self,
        possibility: &Possibility,
        found: &mut dyn FnMut(Possibility, bool),
    ) -> Result<(), TooMany> {
        let free = self.others.free();
        let free: SmallVec<[_; FEW]> = free.filter(|(it, _)| self.may(it, possibility)).collect();
        let puts = self.others.puts.iter().copied().chain([self.answered]);
        let puts = puts.filter(|call| call.put().is_some() && self.may(call, possibility));
        let open: SmallVec<[&Call; FEW]> = puts.filter(|put| !possibility.covers(put)).collect();
        if open.is_empty() {
            return Ok(());
        }
        // From the end to the start: what the value must have been, and the writes since then,
        // the last one first.
        let mut met = BTreeSet::new();
        let mut queue = vec![(possibility.value.clone(), Vec::new())];
        while let Some((value, since)) = queue.pop() {
            for &(write, twin) in &free {
                let is_used =
                    |call: &Call| since.iter().any(|used: &&Call| used.number == call.number);
                let first = twin.is_none_or(|twin| is_used(twin) || !self.may(twin, possibility));
                if is_used(write) || !first {
                    continue;
                }
                let mut since = since.clone();
                since.push(write);
                let leads = |put: &&&Call| write.makes(put.put(), value.as_ref());
                if let Some(put) = open.iter().find(leads) {
                    self.detour(possibility, put, &since, found);
                }
                for before in write.before(value.as_ref()) {
                    let mut used: Vec<Number> = since.iter().map(|call| call.number).collect();
                    used.sort_unstable();
                    if met.insert((before.clone(), used)) {
                        queue.push((before, since.clone()));
                    }
                }
            }
            if met.len() > STEPS {
                return Err(TooMany);
            }
        }
        Ok(())
    }

    /// A put takes effect, and then writes, the last of which is named first.
    fn detour(
        &self,
        possibility: &Possibility,
        put: &Call,
        writes: &[&Call],
        found: &mut dyn FnMut(Possibility, bool),
    ) {
        let set = put.put().cloned().map_or(Change::None, Change::Set);
        let mut next = possibility.with(put, set, self.at);
        for write in writes.iter().rev() {
            let change = write.take(next.value.as_ref());
            let Some(change) = change.filter(|_| self.may(write, &next)) else {
                return;
            };
            next = next.with(write, change, self.at);
        }
        found(next, false);
    }

    /// True when a call that is under way could tell `value` from the present one.
    fn is_of_use(&self, possibility: &Possibility, value: Option<&Text>) -> bool {
        let done = |call: &Call| possibility.has(call);
        let present = possibility.value.as_ref();
        self.others.could_tell(self.answered, present, value, done)
    }
}
