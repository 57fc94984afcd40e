//! What is found where a condition looks, in words.

use super::{Judge, reply_text};
use crate::check::linearizability::{STEPS, Verdict};
use crate::command::condition::{Asker, Question};
use crate::command::{Condition, duration_text};
use crate::raft::{Kind, NodeId, Term};
use crate::world::asked::Asked;
use crate::world::command::{Group, Nodes};
use crate::world::view::NodeStatus;

impl Judge<'_> {
    /// What is found where the condition looks, in words: where it does not hold, only what
    /// speaks against it. Of several clauses each says what it is about.
    pub fn found(self, condition: &Condition) -> String {
        let several = condition.0.len() > 1;
        let mut found: Vec<String> = Vec::new();
        for clause in self.telling(condition) {
            let mut words = self.find(&clause.question);
            if let Some(subject) = subject(&clause.question).filter(|_| several) {
                words = format!("{subject} {words}");
            }
            if !found.contains(&words) {
                found.push(words);
            }
        }
        found.join("; ")
    }

    fn find(self, question: &Question) -> String {
        match question {
            Question::Leader(_) | Question::Leaders(..) => self.find_leaders(),
            Question::Role(subject, _) => self.list(&subject.nodes, |status| match status.role() {
                None => "down".into(),
                Some(role) => role.name().into(),
            }),
            Question::Measure(measure, subject, ..) => self.list(&subject.nodes, |status| {
                self.measure(*measure, status.id).to_string()
            }),
            Question::Log(subject, _) => self.list(&subject.nodes, terms),
            Question::LogsAgree(nodes) => {
                let all = Nodes::group(Group::All);
                self.list(nodes.as_ref().unwrap_or(&all), terms)
            }
            Question::Value(subject, key, _) => self.list(&subject.nodes, |status| {
                match status.node.store.value(key) {
                    Some(value) => format!("{key} = {value}"),
                    None => format!("{key} missing"),
                }
            }),
            Question::Reply(Asker::Admin, _) => self.find_admin_reply(),
            Question::Reply(Asker::Client(client), _) => {
                let found = match self.world.clients().reply(*client) {
                    Asked::Pending => "pending".to_owned(),
                    Asked::Nothing => "nothing was asked".to_owned(),
                    Asked::Ended(reply) => reply_text(reply).to_string(),
                };
                format!("reply {client} = {found}")
            }
            Question::Members(subject, _) => self.list(&subject.nodes, |status| {
                self.names(&status.node.configuration.voters)
            }),
            Question::Learners(subject, _) => self.list(&subject.nodes, |status| {
                self.names(&status.node.configuration.learners)
            }),
            Question::Joint(subject, _) => self.list(&subject.nodes, |status| {
                let joint = status.node.configuration.voters_old.is_some();
                if joint { "joint" } else { "stable" }.to_owned()
            }),
            Question::Sent(kind, ..) => {
                format!("{} sent", self.tally.sent(*kind, self.world.traffic()))
            }
            Question::InFlight(kind, ..) => format!("{} in flight", self.in_flight(*kind)),
            Question::Elections(..) => match self.tally.elections() {
                1 => "1 election".to_owned(),
                count => format!("{count} elections"),
            },
            Question::Outage(..) => {
                let outage = self.tally.outage(self.world.now());
                let lasted = duration_text(outage.lasted);
                match outage.lasted {
                    0 => format!("outage {lasted}"),
                    _ => format!("outage {lasted}, since {}", duration_text(outage.since)),
                }
            }
            Question::Latency(percentile, ..) => match self.tally.latency(percentile.number()) {
                Some(latency) => {
                    format!("latency {} {}", percentile.name(), duration_text(latency))
                }
                None => "no request was answered".to_owned(),
            },
            Question::Linearizable => match self.checker.history().verdict() {
                (Verdict::Linearizable, _) => "the history is linearizable".to_owned(),
                (Verdict::Undecided, key) => {
                    let key = key.map_or("", |key| &**key);
                    format!("undecided within {STEPS} steps, on {key}")
                }
                (Verdict::Violated, key) => {
                    let key = key.map_or("", |key| &**key);
                    format!("the history of {key} is not linearizable")
                }
            },
            Question::Violation(_) => match self.checker.violations() {
                [] => "no violation".to_owned(),
                found => {
                    let mut names: Vec<&str> = found.iter().map(|v| v.invariant.name()).collect();
                    names.dedup();
                    format!("violated: {}", names.join(", "))
                }
            },
        }
    }

    fn find_admin_reply(self) -> String {
        let found = self.admin_reply();
        let found = found.unwrap_or_else(|| "pending".to_owned());
        format!("reply admin = {found}")
    }

    fn find_leaders(self) -> String {
        let leaders = self.leaders();
        if leaders.is_empty() {
            return "no live node leads".to_owned();
        }
        let words = leaders.into_iter().map(|id| {
            let term = self.world.standing(id).1;
            format!("{} leads term {term}", self.world.name(id))
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn list(self, nodes: &Nodes, words: impl Fn(&NodeStatus) -> String) -> String {
        let found = self.nodes(nodes);
        if found.is_empty() {
            return self.nobody(nodes);
        }
        let each = found.into_iter().map(|id| {
            let status = self.world.status(id);
            format!("{}: {}", status.name, words(&status))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// Why nobody is meant.
    fn nobody(self, nodes: &Nodes) -> String {
        let nobody = "the selection means nobody";
        let down = self.world.select(nodes);
        let are = match down.len() {
            0 => return nobody.to_owned(),
            1 => "is",
            _ => "are",
        };
        let down = self.names(&down);
        format!(
            "{nobody}: {down} {are} down, and who is down is in no selection but `down` or by name"
        )
    }

    fn names(self, ids: &[NodeId]) -> String {
        if ids.is_empty() {
            return "none".to_owned();
        }
        let names = ids.iter().map(|&id| &**self.world.name(id));
        names.collect::<Vec<_>>().join(",")
    }
}

/// What a clause is about, where that which is found does not say so.
fn subject(question: &Question) -> Option<String> {
    let kind = |kind: &Option<Kind>| format!("{}:", kind.map_or("any", Kind::name));
    Some(match question {
        Question::Role(..) => "role".to_owned(),
        Question::Measure(measure, ..) => measure.name().to_owned(),
        Question::Log(..) => "log".to_owned(),
        Question::LogsAgree(_) => "logs".to_owned(),
        Question::Value(..) => "value".to_owned(),
        Question::Members(..) => "members".to_owned(),
        Question::Learners(..) => "learners".to_owned(),
        Question::Joint(..) => "config".to_owned(),
        Question::Sent(of, ..) | Question::InFlight(of, ..) => kind(of),
        Question::Leader(_)
        | Question::Leaders(..)
        | Question::Reply(..)
        | Question::Elections(..)
        | Question::Latency(..)
        | Question::Linearizable
        | Question::Outage(..)
        | Question::Violation(_) => return None,
    })
}

/// The terms of a log, as `log` compares them, and what stands before it.
fn terms(status: &NodeStatus) -> String {
    let log = &status.node.log;
    let before = match log.first() {
        1 => String::new(),
        first => format!(" after the snapshot up to {}", first - 1),
    };
    if log.is_empty() {
        return format!("none{before}");
    }
    const SHOWN: usize = 12;
    let length = log.len();
    let mut terms: Vec<Term> = log.terms().rev().take(SHOWN).collect();
    terms.reverse();
    let terms: Vec<String> = terms.iter().map(Term::to_string).collect();
    let terms = terms.join(" ");
    match length {
        0..=SHOWN => format!("{terms}{before}"),
        _ => format!("{length} entries{before}, ending {terms}"),
    }
}
