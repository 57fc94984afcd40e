//! Which question of `why` leads on from a condition that is not as somebody wanted it.

use super::Judge;
use crate::command::condition::{Clause, Measure, Question, Subject};
use crate::command::{Condition, Why};
use crate::raft::{Index, Invariant, Kind, NodeId, Term};
use crate::world::command::{Group, Nodes};

impl Judge<'_> {
    /// The question behind the first thing that [`Judge::found`] tells of, if there is one that
    /// leads further.
    pub fn behind(self, condition: &Condition) -> Option<Why> {
        let mut clauses = self.telling(condition);
        clauses.find_map(|clause| self.question_behind(clause))
    }

    fn question_behind(self, clause: &Clause) -> Option<Why> {
        let node = |subject: &Subject, holds: &dyn Fn(NodeId) -> bool| {
            let nodes = self.nodes(&subject.nodes);
            // The one that is not as the others, or as all of them were wanted.
            let odd = nodes.iter().find(|&&id| holds(id) == clause.negated);
            odd.or(nodes.first()).copied()
        };
        let named = |id: NodeId| Nodes::named(self.world.name(id).clone());
        match &clause.question {
            Question::Leader(None) | Question::Leaders(..) => Some(Why::Leader),
            Question::Leader(Some(nodes)) => {
                let node = self.nodes(nodes).first().copied()?;
                Some(Why::Role(named(node)))
            }
            Question::Role(subject, word) => {
                let node = node(subject, &|id| self.is_in(id, *word))?;
                Some(Why::Role(named(node)))
            }
            Question::Measure(measure, subject, cmp, wanted) => {
                let value = |id| self.measure(*measure, id);
                let node = node(subject, &|id| cmp.holds(value(id), *wanted))?;
                // What is not there yet, or what is there already.
                let index = value(node).max(*wanted).max(1);
                match measure {
                    Measure::Term => Some(Why::Term(named(node))),
                    Measure::Commit | Measure::Applied => {
                        Some(Why::Commit(index, Some(named(node))))
                    }
                    Measure::Last => Some(Why::Log(named(node), index)),
                    Measure::Snapshot => Some(Why::Snapshot(named(node))),
                    // What it could apply next.
                    Measure::Commands if value(node) < *wanted => {
                        let next = self.measure(Measure::Applied, node) + 1;
                        Some(Why::Commit(next, Some(named(node))))
                    }
                    Measure::Commands => None,
                }
            }
            Question::Log(subject, terms) => {
                let compacted = |id| self.measure(Measure::Snapshot, id) > 0;
                let as_listed = |id| !compacted(id) && self.differs(id, terms).is_none();
                let node = node(subject, &as_listed)?;
                match compacted(node) {
                    true => Some(Why::Snapshot(named(node))),
                    false => Some(Why::Log(named(node), self.differs(node, terms)?)),
                }
            }
            Question::LogsAgree(nodes) => {
                let all = Nodes::group(Group::All);
                let nodes = self.nodes(nodes.as_ref().unwrap_or(&all));
                let last = |&id: &NodeId| self.measure(Measure::Last, id);
                let shortest = nodes.iter().min_by_key(|&id| last(id))?;
                let behind = nodes.iter().any(|id| last(id) > last(shortest));
                behind.then(|| Why::Log(named(*shortest), last(shortest) + 1))
            }
            Question::Members(subject, _)
            | Question::Learners(subject, _)
            | Question::Joint(subject, _) => {
                let first = self.nodes(&subject.nodes).first().copied()?;
                Some(Why::Config(Some(named(first))))
            }
            Question::Reply(asker, _) => Some(Why::Reply(*asker)),
            Question::Violation(_) | Question::Linearizable => {
                let wanted = match &clause.question {
                    Question::Violation(invariant) => *invariant,
                    _ => Some(Invariant::Linearizability),
                };
                let mut violations = self.checker.violations().iter();
                let is_meant = |it: Invariant| wanted.is_none_or(|wanted| wanted == it);
                let any = violations.any(|found| is_meant(found.invariant));
                any.then_some(Why::Violation(wanted))
            }
            Question::Outage(..) => Some(Why::Outage),
            Question::Elections(..) => Some(Why::Elections),
            Question::Value(subject, key, wanted) => {
                let held = |id| self.world.glance(id).store.value(key) == wanted.as_ref();
                let node = node(subject, &held)?;
                Some(Why::Value(named(node), key.clone()))
            }
            // Votes are asked for by those who campaign.
            Question::Sent(Some(Kind::Vote | Kind::VoteReply), ..) => Some(Why::Elections),
            Question::Sent(..) | Question::InFlight(..) => None,
            Question::Latency(percentile, ..) => {
                let answered = self.tally.latency(percentile.number());
                answered.map(|_| Why::Latency)
            }
        }
    }

    /// The first index at which a log, nothing of which is compacted, has not the term that is
    /// listed.
    fn differs(self, id: NodeId, terms: &[Term]) -> Option<Index> {
        let log = self.world.status(id).node.log;
        let longer = log.last().max(terms.len() as u64);
        let listed = |index: Index| terms.get(index as usize - 1).copied();
        (1..=longer).find(|&index| log.term_at(index) != listed(index))
    }
}
