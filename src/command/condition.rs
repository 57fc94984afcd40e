//! Conditions: what `wait until`, `expect`, `never`, `always` and `break when` ask.

use crate::kv::{ClientId, Text};
use crate::raft::{Invariant, Kind, Micros, RoleKind};
use crate::world::command::Nodes;

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmp {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Cmp {
    /// True when `left` compares so with `right`.
    pub fn holds<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Cmp::Equal => left == right,
            Cmp::Unequal => left != right,
            Cmp::Less => left < right,
            Cmp::AtMost => left <= right,
            Cmp::More => left > right,
            Cmp::AtLeast => left >= right,
        }
    }

    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Cmp::Equal => "=",
            Cmp::Unequal => "!=",
            Cmp::Less => "<",
            Cmp::AtMost => "<=",
            Cmp::More => ">",
            Cmp::AtLeast => ">=",
        }
    }
}

/// Several nodes in a condition: it must hold for each, or with `any` for one at least.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// `any NODES`.
    pub any: bool,
    /// The nodes.
    pub nodes: Nodes,
}

/// What a node can be, in `role NODES …`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleWord {
    /// A role of a live node.
    Role(RoleKind),
    /// It crashed.
    Down,
}

/// A latency that so many of the answered requests did not exceed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Percentile {
    /// Half of them.
    P50,
    /// 99 of 100.
    P99,
}

impl Percentile {
    /// Every percentile, as it is listed.
    pub const ALL: [Percentile; 2] = [Percentile::P50, Percentile::P99];

    /// The name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Percentile::P50 => "p50",
            Percentile::P99 => "p99",
        }
    }

    /// So many of 100.
    pub fn number(self) -> u8 {
        match self {
            Percentile::P50 => 50,
            Percentile::P99 => 99,
        }
    }
}

/// A number that a node has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// `term`
    Term,
    /// `commit`
    Commit,
    /// `applied`
    Applied,
    /// `last`: the last index of its log.
    Last,
    /// `commands`: client commands applied.
    Commands,
    /// `snapshot`: last included index, 0 for none.
    Snapshot,
}

impl Measure {
    /// Every measure with how it is written.
    pub const ALL: [(Measure, &'static str); 6] = [
        (Measure::Term, "term"),
        (Measure::Commit, "commit"),
        (Measure::Applied, "applied"),
        (Measure::Last, "last"),
        (Measure::Commands, "commands"),
        (Measure::Snapshot, "snapshot"),
    ];

    /// How it is written.
    pub fn name(self) -> &'static str {
        let named = Measure::ALL.iter().find(|(measure, _)| *measure == self);
        named.expect("every measure has its row").1
    }
}

/// How a reply is named in `reply = …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyWord {
    /// A value.
    Value(Text),
    /// Any success.
    Ok,
    /// The key does not exist.
    Missing,
    /// A failed `cas`.
    Mismatch,
    /// Refused.
    Refused,
    /// Given up; the outcome is unknown.
    Timeout,
    /// Not ended yet.
    Pending,
}

/// Whose reply is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asker {
    /// A client; `c1` when none is named.
    Client(ClientId),
    /// Membership statements.
    Admin,
}

/// One thing to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// `leader [NODE]`
    Leader(Option<Nodes>),
    /// `leaders CMP N`
    Leaders(Cmp, u64),
    /// `role NODES …`
    Role(Subject, RoleWord),
    /// `term NODES CMP N` and its kin.
    Measure(Measure, Subject, Cmp, u64),
    /// `log NODES = T1 T2 …`; empty for `none`.
    Log(Subject, Vec<u64>),
    /// `logs agree [NODES]`
    LogsAgree(Option<Nodes>),
    /// `value NODES K = V`; `None` for `missing`.
    Value(Subject, Text, Option<Text>),
    /// `reply [CLIENT|admin] = …`
    Reply(Asker, ReplyWord),
    /// `members NODES = LIST`
    Members(Subject, Nodes),
    /// `learners NODES = LIST`; `None` for `none`.
    Learners(Subject, Option<Nodes>),
    /// `config NODES = stable|joint`
    Joint(Subject, bool),
    /// `sent KIND CMP N`; `None` for `any`.
    Sent(Option<Kind>, Cmp, u64),
    /// `in-flight KIND CMP N`
    InFlight(Option<Kind>, Cmp, u64),
    /// `elections CMP N`
    Elections(Cmp, u64),
    /// `latency p50|p99 CMP DURATION`
    Latency(Percentile, Cmp, Micros),
    /// `linearizable`
    Linearizable,
    /// `outage CMP DURATION`
    Outage(Cmp, Micros),
    /// `violation [INVARIANT]`
    Violation(Option<Invariant>),
}

/// One question, or its contrary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    /// `not` or `no`.
    pub negated: bool,
    /// What is asked.
    pub question: Question,
}

/// Clauses joined by `and`; at least one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition(pub Vec<Clause>);

impl Question {
    /// What an outage is compared with, if that is the question.
    pub fn outage(&self) -> Option<Micros> {
        match self {
            Question::Outage(_, limit) => Some(*limit),
            _ => None,
        }
    }

    /// The invariant whose violation is asked for, if that is the question; the inner `None`
    /// stands for any.
    pub fn violation(&self) -> Option<Option<Invariant>> {
        match self {
            Question::Violation(invariant) => Some(*invariant),
            _ => None,
        }
    }
}
