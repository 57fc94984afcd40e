//! Histories made by hand.

use std::collections::BTreeMap;

use super::*;
use crate::kv::Outcome;
use crate::raft::{Causes, EventId, Micros};

/// A history under construction. Each line happens a millisecond after the one before.
struct Story {
    checker: Linearizability,
    now: Micros,
    event: EventId,
    serials: BTreeMap<ClientId, u64>,
    violations: Vec<Violation>,
}

impl Story {
    fn new() -> Story {
        Story {
            checker: Linearizability::default(),
            now: 0,
            event: 0,
            serials: BTreeMap::new(),
            violations: Vec::new(),
        }
    }

    fn happens(&mut self, event: Event) -> &mut Story {
        self.event += 1;
        let record = Record {
            id: self.event,
            at: self.now,
            node: None,
            causes: Causes::None,
            event,
        };
        let names = |_: NodeId| "n1";
        let violation = self.checker.watch(&record, &names);
        self.violations.extend(violation);
        self
    }

    /// What follows happens at a later instant.
    fn later(&mut self) -> &mut Story {
        self.now += 1_000;
        self
    }

    fn sends_at_once(&mut self, client: u16, operation: Operation, reads: ReadMode) -> &mut Story {
        let client = ClientId(client);
        let serial = self.serials.entry(client).or_insert(0);
        *serial += 1;
        let serial = *serial;
        self.happens(Event::Request {
            client,
            serial,
            attempt: 1,
            operation,
            reads,
            to: NodeId(1),
        })
    }

    fn sends(&mut self, client: u16, operation: Operation) -> &mut Story {
        self.later()
            .sends_at_once(client, operation, ReadMode::Linearizable)
    }

    fn is_told_at_once(&mut self, client: u16, reply: Reply) -> &mut Story {
        let client = ClientId(client);
        let serial = self.serials[&client];
        self.happens(Event::Reply {
            client,
            serial,
            reply,
            from: Some(NodeId(1)),
            entry: None,
        })
    }

    fn is_told(&mut self, client: u16, outcome: Outcome) -> &mut Story {
        self.later()
            .is_told_at_once(client, Reply::Outcome(outcome))
    }

    fn gives_up(&mut self, client: u16) -> &mut Story {
        self.later().is_told_at_once(client, Reply::Timeout)
    }

    /// Sends and is answered, with nothing in between.
    fn does(&mut self, client: u16, operation: Operation, outcome: Outcome) -> &mut Story {
        self.sends(client, operation).is_told(client, outcome)
    }

    fn is_linearizable(&self) {
        assert_eq!(self.violations, []);
        assert_eq!(self.checker.verdict(), (Verdict::Linearizable, None));
    }

    fn is_violated(&self) -> &Violation {
        assert_eq!(self.checker.verdict().0, Verdict::Violated);
        assert_eq!(self.violations.len(), 1, "{:?}", self.violations);
        &self.violations[0]
    }
}

fn put(value: &str) -> Operation {
    let (key, value) = ("x".into(), value.into());
    Operation::Put { key, value }
}

fn get() -> Operation {
    Operation::Get { key: "x".into() }
}

fn del() -> Operation {
    Operation::Delete { key: "x".into() }
}

fn add(amount: i64) -> Operation {
    let key = "x".into();
    Operation::Add { key, amount }
}

fn append(value: &str) -> Operation {
    let (key, value) = ("x".into(), value.into());
    Operation::Append { key, value }
}

fn cas(old: Option<&str>, new: &str) -> Operation {
    Operation::Cas {
        key: "x".into(),
        old: old.map(Into::into),
        new: new.into(),
    }
}

fn value(value: &str) -> Outcome {
    Outcome::Value(value.into())
}

use Outcome::{Done, Mismatch, Missing};

#[test]
fn one_after_another() {
    let mut story = Story::new();
    story
        .does(1, get(), Missing)
        .does(1, put("a"), Done)
        .does(2, get(), value("a"))
        .does(2, append("b"), value("ab"))
        .does(1, del(), Done)
        .does(1, del(), Missing)
        .does(2, add(5), value("5"))
        .does(1, append("x"), value("5x"))
        .does(2, add(1), Mismatch)
        .does(1, cas(Some("5x"), "c"), Done)
        .does(1, cas(Some("5x"), "d"), Mismatch)
        .does(1, get(), value("c"))
        .is_linearizable();
}

#[test]
fn a_stale_read_names_the_write_that_it_missed() {
    let mut story = Story::new();
    story
        .does(1, put("old"), Done)
        .does(1, put("new"), Done)
        .does(2, get(), value("old"));
    let violation = story.is_violated();
    assert_eq!(
        violation.detail,
        "get x by c2 answered old at 6ms (from n1), though put x new by c1 was acknowledged at \
         4ms; no order of the 3 operations on x explains it"
    );
    assert_eq!((violation.at, violation.event), (6_000, 6));
    assert_eq!(violation.events, [3, 4, 5, 6]);
    assert_eq!(violation.nodes, [NodeId(1)]);
}

#[test]
fn a_read_may_meet_a_write_that_is_under_way_or_not() {
    for told in ["old", "new"] {
        let mut story = Story::new();
        story
            .does(1, put("old"), Done)
            .sends(1, put("new"))
            .does(2, get(), value(told))
            .is_told(1, Done)
            .does(2, get(), value("new"))
            .is_linearizable();
    }
}

#[test]
fn what_one_has_seen_another_must_see_later() {
    let mut story = Story::new();
    story
        .does(1, put("old"), Done)
        .sends(1, put("new"))
        .does(2, get(), value("new"))
        .does(3, get(), value("old"));
    let violation = story.is_violated();
    assert_eq!(
        violation.detail,
        "get x by c3 answered old at 7ms (from n1), though get x by c2 had been answered new at \
         5ms; no order of the 4 operations on x explains it"
    );
}

#[test]
fn two_reads_at_once_may_not_tell_two_orders() {
    let mut story = Story::new();
    story
        .sends(1, put("a"))
        .sends(2, put("b"))
        .does(3, get(), value("a"))
        .does(4, get(), value("b"))
        .does(3, get(), value("a"))
        .is_violated();
}

#[test]
fn a_write_is_lost() {
    let mut story = Story::new();
    story.does(1, put("a"), Done).does(2, get(), Missing);
    assert!(
        story
            .is_violated()
            .detail
            .contains("put x a by c1 was acknowledged")
    );
}

#[test]
fn a_value_from_nowhere() {
    let mut story = Story::new();
    story.does(1, get(), value("ghost"));
    assert_eq!(
        story.is_violated().detail,
        "get x by c1 answered ghost at 2ms (from n1); nothing else was asked of x"
    );
}

#[test]
fn an_unknown_write_takes_effect_late() {
    let mut story = Story::new();
    story
        .does(1, put("a"), Done)
        .sends(2, put("late"))
        .gives_up(2)
        .does(1, get(), value("a"))
        .does(1, put("b"), Done)
        .does(1, get(), value("b"))
        .does(3, get(), value("late"))
        .does(1, get(), value("late"))
        .is_linearizable();
    // But only once.
    story
        .does(1, put("c"), Done)
        .does(3, get(), value("late"))
        .is_violated();
}

#[test]
fn an_unknown_write_may_never_take_effect() {
    let mut story = Story::new();
    story.sends(2, put("late")).gives_up(2);
    for _ in 0..100 {
        story.does(1, get(), Missing);
    }
    story.does(1, put("a"), Done).does(1, get(), value("a"));
    story.is_linearizable();
}

#[test]
fn an_outstanding_write_may_have_taken_effect() {
    let mut story = Story::new();
    story
        .sends(1, append("a"))
        .does(2, get(), value("a"))
        .is_linearizable();
}

#[test]
fn alike_writes_of_unknown_outcome_count() {
    let mut story = Story::new();
    for client in 1..=30 {
        story.sends(client, add(1)).gives_up(client);
    }
    story
        .does(40, get(), value("7"))
        .does(41, get(), value("30"))
        .is_linearizable();
    story.does(40, get(), value("31")).is_violated();
}

#[test]
fn a_request_applied_twice_shows() {
    let mut story = Story::new();
    story
        .does(1, append("a"), value("a"))
        .does(2, get(), value("aa"))
        .is_violated();
}

#[test]
fn a_lock_is_taken_once() {
    let mut story = Story::new();
    story
        .sends(1, cas(None, "one"))
        .sends(2, cas(None, "two"))
        .is_told(2, Done)
        .is_told(1, Mismatch)
        .is_linearizable();
    let mut story = Story::new();
    story
        .sends(1, cas(None, "one"))
        .sends(2, cas(None, "two"))
        .is_told(2, Done)
        .is_told(1, Done);
    // The first answer can be explained, the second cannot.
    assert_eq!(story.is_violated().event, 4);
}

#[test]
fn a_put_may_be_overwritten_before_anybody_sees_it() {
    let mut story = Story::new();
    story
        .sends(1, put("a"))
        .does(2, put("b"), Done)
        .does(3, get(), value("b"))
        .is_told(1, Done)
        .does(3, get(), value("b"))
        .is_linearizable();
    // But not by one that was answered before it was sent.
    let mut story = Story::new();
    story
        .does(2, put("b"), Done)
        .does(1, put("a"), Done)
        .does(3, get(), value("b"))
        .is_violated();
}

#[test]
fn a_put_may_be_deleted_before_anybody_sees_it() {
    let mut story = Story::new();
    story
        .sends(1, put("a"))
        .does(2, del(), Done)
        .is_told(1, Done)
        .does(3, get(), Missing)
        .is_linearizable();
    let mut story = Story::new();
    story
        .sends(1, put("a"))
        .does(2, del(), Missing)
        .is_told(1, Done)
        .does(3, get(), Missing)
        .is_violated();
}

#[test]
fn appends_tell_their_order() {
    let mut story = Story::new();
    for client in 1..=10 {
        story.sends(client, append(&format!("{client},")));
    }
    story
        .is_told(3, value("7,5,1,3,"))
        .is_told(9, value("7,5,1,3,2,9,"))
        .is_told(7, value("7,"))
        .is_told(1, value("7,5,1,"))
        .is_linearizable();
    story.is_told(5, value("5,")).is_violated();
}

#[test]
fn reads_that_promise_nothing_are_not_judged() {
    for reads in [ReadMode::Leader, ReadMode::Stale] {
        let mut story = Story::new();
        story.does(1, put("a"), Done);
        story.later().sends_at_once(2, get(), reads);
        story.is_told(2, Missing).is_linearizable();
    }
}

#[test]
fn keys_are_judged_by_themselves() {
    let mut story = Story::new();
    let other = Operation::Get { key: "y".into() };
    story
        .does(1, put("a"), Done)
        .does(1, other, Missing)
        .is_linearizable();
}

/// What happens within an instant is concurrent, whatever comes first in the trace …
#[test]
fn an_answer_and_a_request_at_one_instant_are_concurrent() {
    let mut story = Story::new();
    story
        .does(1, put("a"), Done)
        .sends_at_once(2, get(), ReadMode::Linearizable)
        .is_told(2, Missing)
        .is_linearizable();
}

/// … except for a client's own.
#[test]
fn a_clients_own_calls_are_never_concurrent() {
    let mut story = Story::new();
    story
        .does(1, put("a"), Done)
        .sends_at_once(1, get(), ReadMode::Linearizable)
        .is_told(1, Missing)
        .is_violated();
    let mut story = Story::new();
    story
        .does(1, put("a"), Done)
        .sends_at_once(1, put("b"), ReadMode::Linearizable)
        .is_told(1, Done)
        .does(2, get(), value("a"))
        .is_violated();
}

#[test]
fn what_a_log_held_before_the_run_may_be_read() {
    let mut story = Story::new();
    let mut durable = Durable::default();
    durable.log.push(crate::raft::Entry {
        term: 1,
        payload: Payload::Command(Arc::new(crate::kv::Request {
            client: ClientId::NONE,
            serial: 1,
            operation: put("given"),
        })),
    });
    story.checker.give(&durable);
    story.checker.give(&durable);
    story
        .does(1, get(), value("given"))
        .does(1, put("a"), Done)
        .is_linearizable();
    story.does(1, get(), value("given")).is_violated();
}

#[test]
fn what_takes_too_many_steps_is_undecided_and_no_violation() {
    let mut story = Story::new();
    for client in 1..=40 {
        story.sends(client, add(1 << client)).gives_up(client);
    }
    // No sum of powers of two from two on is odd, and there are too many of them to look at.
    story.does(50, get(), value("1"));
    assert_eq!(story.violations, []);
    let key: Text = "x".into();
    assert_eq!(story.checker.verdict(), (Verdict::Undecided, Some(&key)));
    // Nothing is judged on this key any more, and another that is wrong is still found.
    story.does(50, get(), value("2"));
    assert_eq!(story.violations, []);
    let other = Operation::Get { key: "y".into() };
    story.does(50, other, value("ghost")).is_violated();
}

/// The put and the delete both took effect before the comparison: nobody saw the value.
#[test]
fn a_delete_that_is_not_answered_may_cover_a_put() {
    let mut story = Story::new();
    story.sends(1, put("a"));
    story.sends(2, del());
    story.does(3, cas(None, "b"), Outcome::Done);
    story.is_told(1, Outcome::Done);
    story.does(3, get(), value("b"));
    story.is_linearizable();
}

/// The same with a client that gave up.
#[test]
fn a_delete_whose_client_gave_up_may_cover_a_put() {
    let mut story = Story::new();
    story.sends(1, put("a"));
    story.sends(2, del()).gives_up(2);
    story.does(3, cas(None, "b"), Outcome::Done);
    story.is_told(1, Outcome::Done);
    story.does(3, get(), value("b"));
    story.is_linearizable();
}

/// Nobody saw the put either where several writes together make the value what it was.
#[test]
fn writes_that_are_not_answered_may_lead_back_to_the_value() {
    let tale = |open: &[Operation]| {
        let mut story = Story::new();
        story.sends(1, put("5"));
        story.does(3, cas(None, "7"), Outcome::Done);
        for (operation, client) in open.iter().zip(10..) {
            story.sends(client, operation.clone()).gives_up(client);
        }
        story.does(3, get(), value("7"));
        story.is_told(1, Outcome::Done);
        story.does(3, get(), value("7"));
        story
    };
    tale(&[cas(Some("5"), "7")]).is_linearizable();
    tale(&[add(1), add(1)]).is_linearizable();
    tale(&[cas(Some("50"), "7"), append("0")]).is_linearizable();
    tale(&[del(), append("7")]).is_linearizable();
    tale(&[del(), cas(None, "6"), add(1)]).is_linearizable();
    for open in [
        &[][..],
        &[del()],
        &[add(1)],
        &[cas(Some("50"), "7")],
        &[append("7")],
    ] {
        tale(open).is_violated();
    }
}
