//! Conditions as text.

use std::fmt::{self, Display, Formatter};

use super::{Joined, Part, Value, kind};
use crate::command::condition::{Asker, Clause, Condition, Question, ReplyWord, Subject};
use crate::command::number::duration_text;
use crate::command::question::{reply_text, role_text};

impl Display for Subject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let any = if self.any { "any " } else { "" };
        write!(f, "{any}{}", self.nodes)
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Joined(&self.0, " and ").fmt(f)
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let not = match (self.negated, &self.question) {
            (false, _) => "",
            // Of what there is or is not; of what is so or not the other word is said.
            (true, Question::Leader(None) | Question::Violation(_)) => "no ",
            (true, _) => "not ",
        };
        write!(f, "{not}{}", self.question)
    }
}

impl Display for Question {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Question::Leader(node) => write!(f, "leader{}", Part("", node)),
            Question::Leaders(cmp, n) => write!(f, "leaders {} {n}", cmp.sign()),
            Question::Role(subject, role) => write!(f, "role {subject} {}", role_text(*role)),
            Question::Measure(measure, subject, cmp, n) => {
                write!(f, "{} {subject} {} {n}", measure.name(), cmp.sign())
            }
            Question::Log(subject, terms) if terms.is_empty() => write!(f, "log {subject} = none"),
            Question::Log(subject, terms) => write!(f, "log {subject} = {}", Joined(terms, " ")),
            Question::LogsAgree(nodes) => write!(f, "logs agree{}", Part("", nodes)),
            Question::Value(subject, key, None) => {
                write!(f, "value {subject} {} missing", Value(key))
            }
            Question::Value(subject, key, Some(value)) => {
                write!(f, "value {subject} {} = {}", Value(key), Value(value))
            }
            Question::Reply(asker, reply) => {
                f.write_str("reply")?;
                match asker {
                    Asker::Client(client) if client.0 == 1 => {}
                    Asker::Client(client) => write!(f, " {client}")?,
                    Asker::Admin => f.write_str(" admin")?,
                }
                match reply {
                    ReplyWord::Value(value) => write!(f, " = {}", Value(value)),
                    word => write!(f, " = {}", reply_text(word)),
                }
            }
            Question::Members(subject, list) => write!(f, "members {subject} = {list}"),
            Question::Learners(subject, None) => write!(f, "learners {subject} = none"),
            Question::Learners(subject, Some(list)) => write!(f, "learners {subject} = {list}"),
            Question::Joint(subject, joint) => {
                let word = if *joint { "joint" } else { "stable" };
                write!(f, "config {subject} = {word}")
            }
            Question::Sent(of, cmp, n) => write!(f, "sent {} {} {n}", kind(*of), cmp.sign()),
            Question::InFlight(of, cmp, n) => {
                write!(f, "in-flight {} {} {n}", kind(*of), cmp.sign())
            }
            Question::Elections(cmp, n) => write!(f, "elections {} {n}", cmp.sign()),
            Question::Latency(percentile, cmp, micros) => {
                let (sign, limit) = (cmp.sign(), duration_text(*micros));
                write!(f, "latency {} {sign} {limit}", percentile.name())
            }
            Question::Linearizable => f.write_str("linearizable"),
            Question::Outage(cmp, micros) => {
                write!(f, "outage {} {}", cmp.sign(), duration_text(*micros))
            }
            Question::Violation(invariant) => write!(f, "violation{}", Part("", invariant)),
        }
    }
}
