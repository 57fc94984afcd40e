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

use std::collections::BTreeSet;

use smallvec::SmallVec;

use super::call::{Call, Number};
use super::others::{FEW, Others};
use super::possibility::{Met, Possibility};
use crate::kv::{Change, Text};
use crate::raft::Micros;

/// So many possibilities are looked at for one answer at most.
pub const STEPS: usize = 10_000;

/// There are more possibilities than [`STEPS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooMany;

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
