//! The calls on one key, judged answer by answer. What is settled is folded into the set of
//! possibilities, so that a long run takes no more memory than a short one.
//!
//! After each answer there is a set of possibilities, a front. It may still change: by the answer
//! to a call that was under way, or by a call that is sent at the same instant. Where neither can
//! happen any more, the fronts before are forgotten, and so are the calls that were answered.
//!
//! Beside them one order of the calls is kept that explains all answers so far. While it can be
//! continued, nothing need be searched before an answer is folded. And where a call that nothing
//! overlaps tells what the value is, nothing need be searched at all: that value is all that is
//! possible then, and the one order shows that it is possible. A few answers wait for such a call.

use std::collections::VecDeque;
use std::sync::Arc;

use smallvec::SmallVec;

use super::account;
use super::call::{Answer, Call, Number};
use super::others::Others;
use super::possibility::Possibility;
use super::search::Search;
use super::witness::Witness;
use crate::check::Violation;
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{EventId, Micros};
use crate::world::explain::Names;

/// So many calls on one key may be open at once, or wait for an open one to be judged.
pub const OPEN: usize = 10_000;

/// So few calls may wait to be folded. In whatever order they take effect, there are fewer
/// possibilities than [`STEPS`](super::STEPS): to wait never decides whether there are too many.
const FEW: usize = 6;

/// What is known of the calls on a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Some order of them explains all answers.
    Linearizable,
    /// No order does.
    Violated,
    /// It would take more steps to tell than are allowed.
    Undecided,
}

/// The calls on one key, and what they allow.
///
/// Invariants: `calls` is in order of number, and holds every call that is under way or whose
/// answer is not folded; `fronts` are those after the first of `answers`, and none is empty.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub key: Text,
    /// How many calls there were.
    pub count: u32,
    pub verdict: Verdict,
    next: Number,
    answered: u32,
    /// What was possible before the first of `answers`.
    base: Vec<Possibility>,
    calls: Vec<Call>,
    /// Puts whose clients gave up: each may take effect at any later time, or never …
    lost_puts: Vec<Arc<Call>>,
    /// … and so may the other writes.
    lost_writes: Vec<Arc<Call>>,
    /// The calls that were answered and are not folded, in order of their answers.
    answers: VecDeque<(Number, Micros)>,
    fronts: VecDeque<Vec<Possibility>>,
    /// One order that explains all answers.
    witness: Witness,
    /// The write and the look that were folded last.
    folded: [Option<Call>; 2],
}

impl History {
    pub fn new(key: Text) -> History {
        History {
            key,
            count: 0,
            verdict: Verdict::Linearizable,
            next: 0,
            answered: 0,
            base: vec![Possibility::default()],
            calls: Vec::new(),
            lost_puts: Vec::new(),
            lost_writes: Vec::new(),
            answers: VecDeque::new(),
            fronts: VecDeque::new(),
            witness: Witness::default(),
            folded: [None, None],
        }
    }

    /// A write from before the run, which may take effect at any time, or never.
    pub fn add_given(&mut self, operation: Operation) {
        // Several logs may hold the same entry.
        if self
            .lost_puts
            .iter()
            .all(|call| call.operation != operation)
        {
            self.add_lost(Call {
                number: self.next,
                client: ClientId::NONE,
                operation,
                sent: 0,
                request: 0,
                follows: None,
                answer: None,
            });
            self.next += 1;
        }
    }

    /// A call is sent. Returns its number.
    pub fn send(
        &mut self,
        client: ClientId,
        operation: &Operation,
        at: Micros,
        request: EventId,
        search: &mut Search,
    ) -> Number {
        self.count += 1;
        if self.verdict != Verdict::Linearizable {
            return self.next;
        }
        self.forget_fronts(at, search);
        self.fold(at, search);
        // Folding may have taken too many steps.
        if self.verdict != Verdict::Linearizable {
            return self.next;
        }
        let follows = self.follows(client, at);
        let number = self.next;
        self.next += 1;
        self.calls.push(Call {
            number,
            client,
            operation: operation.clone(),
            sent: at,
            request,
            follows,
            answer: None,
        });
        if self.calls.len() + self.lost_puts.len() + self.lost_writes.len() > OPEN {
            self.close(Verdict::Undecided);
        }
        number
    }

    /// The call of a client that was answered at this very instant.
    fn follows(&self, client: ClientId, at: Micros) -> Option<Number> {
        if self.answers.back().is_none_or(|&(_, last)| last != at) {
            return None;
        }
        let answered_now = |call: &&Call| {
            let answer = call.answer.as_ref();
            call.client == client && answer.is_some_and(|answer| answer.at == at)
        };
        let call = self.calls.iter().rev().find(answered_now);
        call.map(|call| call.number)
    }

    fn place(&self, number: Number) -> Option<usize> {
        self.calls
            .binary_search_by_key(&number, |call| call.number)
            .ok()
    }

    /// The client of a call gives up.
    pub fn lose(&mut self, number: Number) {
        if let Some(place) = self.place(number) {
            let call = self.calls.remove(place);
            self.add_lost(call);
        }
    }

    fn add_lost(&mut self, call: Call) {
        if call.put().is_some() {
            self.lost_puts.push(Arc::new(call));
        } else if !call.operation.is_read() {
            self.lost_writes.push(Arc::new(call));
        }
    }

    /// A call is answered; `told` is given the place of the answer. `Violated` when no order of
    /// the calls explains this answer: the history up to it is the shortest that is not
    /// linearizable. The calls are then still at hand, until [`History::close`].
    pub fn answer(
        &mut self,
        number: Number,
        told: impl FnOnce(u32) -> Answer,
        search: &mut Search,
    ) -> Verdict {
        let Some(place) = self.place(number) else {
            return Verdict::Linearizable;
        };
        let call = &mut self.calls[place];
        let at = call.answer.insert(told(self.answered)).at;
        self.answered += 1;
        self.answers.push_back((number, at));
        let (sent, is_put) = (call.sent, call.put().is_some());
        let explained = self.witness.go_on(place, &self.calls);
        if is_put {
            // It can always have taken effect just now.
            return Verdict::Linearizable;
        }
        self.forget_fronts(sent, search);
        if explained {
            return Verdict::Linearizable;
        }
        let verdict = self.judge(self.answers.len(), search);
        match (verdict, self.fronts.back()) {
            (Verdict::Linearizable, Some(front)) => self.witness = Witness::of(&front[0]),
            (Verdict::Undecided, _) => self.close(verdict),
            _ => {}
        }
        verdict
    }

    /// Nothing more is judged.
    pub fn close(&mut self, verdict: Verdict) {
        *self = History {
            count: self.count,
            next: self.next,
            verdict,
            ..History::new(self.key.clone())
        };
    }

    /// Forgets the fronts of the instant `from` and after: a call that was under way, or is from
    /// now on, changes what was possible.
    fn forget_fronts(&mut self, from: Micros, search: &mut Search) {
        while let Some(last) = self.fronts.len().checked_sub(1)
            && self.answers[last].1 >= from
        {
            let front = self.fronts.pop_back();
            front.into_iter().for_each(|front| search.take_back(front));
        }
    }

    /// True when all is answered, and the newest call, which nothing overlapped, tells what the
    /// value is: the usual case.
    fn is_plain(&self, now: Micros) -> bool {
        let (Some(call), Some(&(newest, at))) = (self.calls.last(), self.answers.back()) else {
            return false;
        };
        let before = self.answers.iter().nth_back(1);
        let overlaps = |before: &Possibility| call.sent < before.covered || !before.done.is_empty();
        self.calls.len() == self.answers.len()
            && call.number == newest
            && at < now
            && before.is_none_or(|&(_, at)| at < call.sent)
            && !self.has_lost()
            && !self.base.iter().any(overlaps)
            && call.left() == Some(self.witness.value.as_deref())
    }

    /// Folds all calls where the value is plain.
    fn fold_plain(&mut self) {
        self.base.clear();
        self.base.push(Possibility {
            value: self.witness.value.clone(),
            ..Possibility::default()
        });
        self.fronts.clear();
        self.clear();
    }

    /// Forgets the calls: all are folded.
    fn clear(&mut self) {
        for looks in [false, true] {
            let kind = self.calls.iter_mut();
            let kind = kind.filter(|call| call.only_looked() == looks);
            if let Some(newest) = kind.max_by_key(|call| place(call)) {
                remember(&mut self.folded, newest);
            }
        }
        self.calls.clear();
        self.answers.clear();
    }

    fn has_lost(&self) -> bool {
        !self.lost_puts.is_empty() || !self.lost_writes.is_empty()
    }

    /// Judges the first `count` of the answers.
    fn judge(&mut self, count: usize, search: &mut Search) -> Verdict {
        while self.fronts.len() < count {
            let (number, at) = self.answers[self.fronts.len()];
            let Some(place) = self.place(number) else {
                unreachable!("a call stays until its answer is folded");
            };
            let answered = &self.calls[place];
            let others = self.others(answered, at);
            let before = self.fronts.back().unwrap_or(&self.base);
            let judged = search.judge(before, answered, &others);
            drop(others);
            match judged {
                Ok(front) if front.is_empty() => return Verdict::Violated,
                Ok(front) => self.fronts.push_back(front),
                Err(_) => return Verdict::Undecided,
            }
        }
        Verdict::Linearizable
    }

    /// The calls that could take effect before the answer that came at `at`.
    fn others<'a>(&'a self, answered: &'a Call, at: Micros) -> Others<'a> {
        let order = |call: &Call| call.answer.as_ref().map_or(u32::MAX, |answer| answer.place);
        let this = order(answered);
        let mut others = Others::default();
        let sent = self.calls.iter().take_while(|call| call.sent <= at);
        for call in sent.filter(|call| order(call) > this) {
            others.add(call);
        }
        let lost = self.lost_writes.iter();
        lost.filter(|call| call.sent <= at)
            .for_each(|call| others.add(call));
        if !others.nobody_looks() || answered.put().is_none() {
            let lost = self.lost_puts.iter();
            lost.filter(|call| call.sent <= at)
                .for_each(|call| others.add_lost(call));
            others.narrow(answered);
        }
        others
    }

    /// Folds the answers that nothing can change any more: all that overlapped them are answered
    /// themselves, except for puts, whose answers tell nothing. A few may wait.
    fn fold(&mut self, now: Micros, search: &mut Search) {
        if self.is_plain(now) {
            return self.fold_plain();
        }
        if self.calls.len() <= FEW && self.base.len() == 1 && !self.has_lost() {
            return;
        }
        let open = |call: &&Call| call.answer.is_none() && call.put().is_none();
        let open = self.calls.iter().find(open);
        let settled = open.map_or(now, |call| call.sent.min(now));
        let answers = self.answers.iter();
        let count = answers.take_while(|&&(_, at)| at < settled).count();
        if count == 0 {
            return;
        }
        match self.judge(count, search) {
            Verdict::Linearizable => {}
            Verdict::Violated => return,
            Verdict::Undecided => return self.close(Verdict::Undecided),
        }
        for front in self.fronts.drain(..count) {
            search.take_back(std::mem::replace(&mut self.base, front));
        }
        if count == self.calls.len() {
            // All is quiet.
            self.clear();
        } else {
            let folded = self.answers.drain(..count).map(|(number, _)| number);
            let mut folded: SmallVec<[Number; 16]> = folded.collect();
            folded.sort_unstable();
            let is_folded = |call: &mut Call| folded.binary_search(&call.number).is_ok();
            for mut call in self.calls.extract_if(.., is_folded) {
                remember(&mut self.folded, &mut call);
            }
        }
        self.settle_lost();
    }

    /// A lost call that took effect in every possibility is no longer open.
    fn settle_lost(&mut self) {
        if !self.has_lost() || !self.fronts.is_empty() {
            return;
        }
        let Some((first, rest)) = self.base.split_first() else {
            return;
        };
        let everywhere = |number: &&Number| rest.iter().all(|other| other.done.contains(number));
        let settled = first.done.iter().filter(everywhere);
        let settled: Vec<Number> = settled.copied().collect();
        if settled.is_empty() {
            return;
        }
        let mut gone = Vec::new();
        for lost in [&mut self.lost_puts, &mut self.lost_writes] {
            lost.retain(|call| {
                let settled = settled.contains(&call.number);
                gone.extend(settled.then_some(call.number));
                !settled
            });
        }
        for possibility in &mut self.base {
            gone.iter().for_each(|&number| possibility.remove(number));
        }
    }

    /// Why the answer to a call cannot be explained.
    pub fn account(&self, number: Number, names: Names<'_>) -> Option<Violation> {
        let call = &self.calls[self.place(number)?];
        let answer = call.answer.as_ref()?;
        Some(account::violation(self, call, answer, names))
    }

    /// The calls that are at hand, open ones included.
    pub fn at_hand(&self) -> impl Iterator<Item = &Call> + Clone {
        self.folded.iter().flatten().chain(&self.calls)
    }
}

/// The place of a call's answer among all answers.
fn place(call: &Call) -> Option<u32> {
    call.answer.as_ref().map(|answer| answer.place)
}

/// Keeps the newest write and the newest look: leaves an older one, or a copy, in its place.
fn remember(newest: &mut [Option<Call>; 2], call: &mut Call) {
    match &mut newest[usize::from(call.only_looked())] {
        Some(old) if place(old) < place(call) => std::mem::swap(old, call),
        Some(_) => {}
        none => *none = Some(call.clone()),
    }
}
