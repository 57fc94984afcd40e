//! The calls on one key, judged answer by answer. What is settled is folded into the set of
//! possibilities, so that a long run takes no more memory than a short one.
//!
//! After each answer there is a set of possibilities, a front. It may still change: by the answer
//! to a call that was under way, or by a call that is sent at the same instant. Where neither can
//! happen any more, the fronts before are forgotten, and so are the calls that were answered.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::account;
use super::call::{Answer, Call, Number};
use super::search::{Others, Possibility, Search};
use crate::check::Violation;
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{EventId, Micros};
use crate::world::explain::Names;

/// So many calls on one key may be open at once, or wait for an open one to be judged.
pub const OPEN: usize = 10_000;

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
            let call = self.call(ClientId::NONE, operation, 0, 0);
            self.add_lost(call);
        }
    }

    /// A call is sent. Returns its number.
    pub fn send(
        &mut self,
        client: ClientId,
        operation: Operation,
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
        let call = Call {
            follows: self.follows(client, at),
            ..self.call(client, operation, at, request)
        };
        let number = call.number;
        self.calls.push(call);
        if self.calls.len() + self.lost_puts.len() + self.lost_writes.len() > OPEN {
            self.close(Verdict::Undecided);
        }
        number
    }

    fn call(
        &mut self,
        client: ClientId,
        operation: Operation,
        sent: Micros,
        request: EventId,
    ) -> Call {
        let number = self.next;
        self.next += 1;
        Call {
            number,
            client,
            operation,
            sent,
            request,
            follows: None,
            answer: None,
        }
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

    /// A call is answered. `Violated` when no order of the calls explains this answer: the
    /// history up to it is the shortest that is not linearizable. The calls are then still at
    /// hand, until [`History::close`].
    pub fn answer(&mut self, number: Number, mut answer: Answer, search: &mut Search) -> Verdict {
        let Some(place) = self.place(number) else {
            return Verdict::Linearizable;
        };
        answer.place = self.answered;
        self.answered += 1;
        self.answers.push_back((number, answer.at));
        let call = &mut self.calls[place];
        call.answer = Some(answer);
        if call.put().is_some() {
            // It can always have taken effect just now.
            return Verdict::Linearizable;
        }
        let (sent, explained) = (call.sent, self.stands_alone());
        self.forget_fronts(sent, search);
        if explained {
            return Verdict::Linearizable;
        }
        let verdict = self.judge(self.answers.len(), search);
        if verdict == Verdict::Undecided {
            self.close(verdict);
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

    /// True when the only call has been answered, only one thing was possible before, and the
    /// answer fits: the usual case, for which nothing need be searched.
    fn stands_alone(&self) -> bool {
        match (&self.calls[..], &self.base[..]) {
            ([call], [before]) => {
                before.done.as_slice().is_empty()
                    && self.fronts.is_empty()
                    && self.lost_puts.is_empty()
                    && self.lost_writes.is_empty()
                    && call.answer.is_some()
                    && call.sent >= before.covered
                    && call.take(before.value.as_ref()).is_some()
            }
            _ => false,
        }
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
            match search.judge(before, answered, &others) {
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
                .for_each(|call| others.add(call));
            others.narrow(answered);
        }
        others
    }

    /// Folds the answers that nothing can change any more: all that overlapped them are answered
    /// themselves, except for puts, whose answers tell nothing.
    fn fold(&mut self, now: Micros, search: &mut Search) {
        let open = |call: &&Call| call.answer.is_none() && call.put().is_none();
        let open = self.calls.iter().find(open);
        let settled = open.map_or(now, |call| call.sent.min(now));
        let answers = self.answers.iter();
        let count = answers.take_while(|&&(_, at)| at < settled).count();
        if count == 1 && self.stands_alone() {
            if let Some(call) = self.calls.pop() {
                self.answers.clear();
                self.base[0].take(&call);
                remember(&mut self.folded, call);
            }
            return;
        }
        match self.judge(count, search) {
            Verdict::Linearizable => {}
            Verdict::Violated => return,
            Verdict::Undecided => return self.close(Verdict::Undecided),
        }
        let Some(front) = self.fronts.drain(..count).next_back() else {
            return;
        };
        search.take_back(std::mem::replace(&mut self.base, front));
        if count == self.calls.len() {
            // All is quiet.
            self.answers.clear();
            for call in self.calls.drain(..) {
                remember(&mut self.folded, call);
            }
        } else {
            let folded = self.answers.drain(..count).map(|(number, _)| number);
            let folded: BTreeSet<Number> = folded.collect();
            let is_folded = |call: &mut Call| folded.contains(&call.number);
            for call in self.calls.extract_if(.., is_folded) {
                remember(&mut self.folded, call);
            }
        }
        self.settle_lost();
    }

    /// A lost call that took effect in every possibility is no longer open.
    fn settle_lost(&mut self) {
        if self.lost_puts.is_empty() && self.lost_writes.is_empty() || !self.fronts.is_empty() {
            return;
        }
        let Some((first, rest)) = self.base.split_first() else {
            return;
        };
        let everywhere = |number: &&Number| rest.iter().all(|other| other.done.contains(**number));
        let settled = first.done.as_slice().iter().filter(everywhere);
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
            for &number in &gone {
                possibility.done.remove(number);
            }
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

/// Keeps the newest write and the newest look.
fn remember(newest: &mut [Option<Call>; 2], call: Call) {
    let place = |call: &Call| call.answer.as_ref().map(|answer| answer.place);
    let newest = &mut newest[usize::from(call.only_looked())];
    if newest.as_ref().is_none_or(|old| place(old) < place(&call)) {
        *newest = Some(call);
    }
}
