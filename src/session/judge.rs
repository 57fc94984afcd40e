//! Whether a condition holds at the present instant.

mod behind;
mod found;

use crate::check::linearizability::Verdict;
use crate::check::{Checker, Tally};
use crate::command::Condition;
use crate::command::condition::{Asker, Clause, Measure, Question, ReplyWord, RoleWord, Subject};
use crate::kv::{Outcome, Text};
use crate::raft::{Configuration, Kind, Micros, NodeId, RoleKind};
use crate::world::World;
use crate::world::asked::Asked;
use crate::world::command::{Group, Nodes, Selector};
use crate::world::event::Reply;
use crate::world::explain::refusal_words;
use crate::world::operator::AdminReply;
use crate::world::view::Life;

/// Everything that conditions are read from.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// The world.
    pub world: &'a World,
    /// What was violated, and the clients' history.
    pub checker: &'a Checker,
    /// The counters.
    pub tally: &'a Tally,
}

impl Judge<'_> {
    /// True when every clause holds.
    pub fn holds(self, condition: &Condition) -> bool {
        condition.0.iter().all(|clause| self.clause_holds(clause))
    }

    /// The clauses that speak against a condition; all where it holds.
    fn telling(self, condition: &Condition) -> impl Iterator<Item = &Clause> {
        let holds = self.holds(condition);
        let clauses = condition.0.iter();
        clauses.filter(move |clause| holds || !self.clause_holds(clause))
    }

    /// The next instant at which a condition may come true, or be true no more, although nothing
    /// happens: an outage grows by itself.
    pub fn turns(self, condition: &Condition) -> Option<Micros> {
        let since = self.tally.stands_still_since()?;
        let limits = condition.0.iter().filter_map(|it| it.question.outage());
        // As long as the limit, and longer.
        let instants = limits.flat_map(|limit| {
            let reached = since.saturating_add(limit);
            [reached, reached.saturating_add(1)]
        });
        instants.filter(|&at| at > self.world.now()).min()
    }

    /// A selection of nobody makes a clause false, with or without `not`.
    fn clause_holds(self, clause: &Clause) -> bool {
        self.answer(&clause.question)
            .is_some_and(|holds| holds != clause.negated)
    }

    fn answer(self, question: &Question) -> Option<bool> {
        let world = self.world;
        Some(match question {
            Question::Leader(None) => world.leader().is_some(),
            Question::Leader(Some(nodes)) => {
                return self.each(nodes, false, |id| self.leads(id));
            }
            Question::Leaders(cmp, count) => cmp.holds(self.leaders().len() as u64, *count),
            Question::Role(subject, word) => return self.role(subject, *word),
            Question::Measure(measure, subject, cmp, number) => {
                return self.every(subject, |id| cmp.holds(self.measure(*measure, id), *number));
            }
            Question::Log(subject, terms) => {
                return self.every(subject, |id| {
                    let log = world.status(id).node.log;
                    log.first() == 1 && log.terms().eq(terms.iter().copied())
                });
            }
            Question::LogsAgree(nodes) => return self.logs_agree(nodes.as_ref()),
            Question::Value(subject, key, value) => {
                return self.every(subject, |id| {
                    world.glance(id).store.value(key) == value.as_ref()
                });
            }
            Question::Reply(asker, word) => self.reply_is(*asker, word),
            Question::Members(subject, list) => {
                return self.listed(subject, list, |it| &it.voters);
            }
            Question::Learners(subject, list) => {
                return match list {
                    Some(list) => self.listed(subject, list, |it| &it.learners),
                    None => self.every(subject, |id| {
                        world.glance(id).configuration.learners.is_empty()
                    }),
                };
            }
            Question::Joint(subject, joint) => {
                return self.every(subject, |id| {
                    let configuration = world.glance(id).configuration;
                    configuration.voters_old.is_some() == *joint
                });
            }
            Question::Sent(kind, cmp, count) => {
                cmp.holds(self.tally.sent(*kind, world.traffic()), *count)
            }
            Question::InFlight(kind, cmp, count) => cmp.holds(self.in_flight(*kind), *count),
            Question::Elections(cmp, count) => cmp.holds(self.tally.elections(), *count),
            Question::Outage(cmp, limit) => {
                cmp.holds(self.tally.outage(world.now()).lasted, *limit)
            }
            Question::Latency(percentile, cmp, limit) => {
                let latency = self.tally.latency(percentile.number())?;
                cmp.holds(latency, *limit)
            }
            Question::Linearizable => match self.checker.history().verdict().0 {
                Verdict::Linearizable => true,
                Verdict::Violated => false,
                // Neither it nor its opposite can be said.
                Verdict::Undecided => return None,
            },
            Question::Violation(None) => !self.checker.violations().is_empty(),
            Question::Violation(Some(invariant)) => {
                let violations = self.checker.violations();
                violations.iter().any(|found| found.invariant == *invariant)
            }
        })
    }

    /// The nodes that a condition speaks of: those that are down only when they are named, or
    /// meant by `down`.
    fn nodes(self, nodes: &Nodes) -> Vec<NodeId> {
        let mut selected = self.world.select(nodes);
        let down_meant = matches!(
            nodes.base,
            Selector::These(_) | Selector::Group(Group::Down)
        );
        if !down_meant {
            selected.retain(|&id| self.world.life(id) != Life::Down);
        }
        selected
    }

    /// True when what a node's configuration lists is just `list`: no node lists one that does not
    /// exist.
    fn listed(
        self,
        subject: &Subject,
        list: &Nodes,
        of: impl Fn(&Configuration) -> &Vec<NodeId>,
    ) -> Option<bool> {
        let (nodes, exist) = (self.world.select(list), self.world.knows(list));
        if exist && nodes.is_empty() {
            return None;
        }
        self.every(subject, |id| {
            exist && *of(&self.world.glance(id).configuration) == nodes
        })
    }

    fn every(self, subject: &Subject, holds: impl FnMut(NodeId) -> bool) -> Option<bool> {
        self.each(&subject.nodes, subject.any, holds)
    }

    fn each(self, nodes: &Nodes, any: bool, mut holds: impl FnMut(NodeId) -> bool) -> Option<bool> {
        let nodes = self.nodes(nodes);
        if nodes.is_empty() {
            return None;
        }
        Some(match any {
            true => nodes.into_iter().any(holds),
            false => nodes.into_iter().all(&mut holds),
        })
    }

    /// True when the node is up, in this role.
    fn is(self, id: NodeId, role: RoleKind) -> bool {
        self.world.life(id) != Life::Down && self.world.standing(id).0 == role
    }

    fn leads(self, id: NodeId) -> bool {
        self.is(id, RoleKind::Leader)
    }

    fn leaders(self) -> Vec<NodeId> {
        let all = (0..self.world.size()).map(NodeId::from_slot);
        all.filter(|&id| self.leads(id)).collect()
    }

    fn role(self, subject: &Subject, word: RoleWord) -> Option<bool> {
        self.every(subject, |id| self.is_in(id, word))
    }

    fn is_in(self, id: NodeId, word: RoleWord) -> bool {
        match word {
            RoleWord::Down => self.world.life(id) == Life::Down,
            RoleWord::Role(role) => self.is(id, role),
        }
    }

    fn measure(self, measure: Measure, id: NodeId) -> u64 {
        let (_, term, commit) = self.world.standing(id);
        let up = self.world.life(id) != Life::Down;
        let node = || self.world.glance(id);
        match measure {
            Measure::Term if up => term,
            Measure::Commit if up => commit,
            Measure::Term => node().term,
            Measure::Commit => node().commit,
            Measure::Applied => node().applied,
            Measure::Last => node().last,
            Measure::Commands => node().store.commands(),
            Measure::Snapshot => node().first - 1,
        }
    }

    fn logs_agree(self, nodes: Option<&Nodes>) -> Option<bool> {
        let all = Nodes::group(Group::All);
        let nodes = self.nodes(nodes.unwrap_or(&all));
        let ends = nodes.iter().map(|&id| (self.world.glance(id), id));
        // All that two of them hold the one that holds most of all holds too.
        let (fullest, longest) = ends.clone().min_by_key(|(end, _)| end.first)?;
        // Mostly the ends tell.
        if ends.clone().any(|(end, _)| end.last != fullest.last) {
            return Some(false);
        }
        let log = self.world.status(longest).node.log;
        Some(
            nodes
                .iter()
                .all(|&other| self.world.status(other).node.log.agrees(&log)),
        )
    }

    fn reply_is(self, asker: Asker, word: &ReplyWord) -> bool {
        let Asker::Client(client) = asker else {
            return self.admin_reply_is(word);
        };
        match (self.world.clients().reply(client), word) {
            (Asked::Nothing, _) => false,
            (Asked::Pending, word) => *word == ReplyWord::Pending,
            (Asked::Ended(Reply::Timeout), word) => *word == ReplyWord::Timeout,
            (Asked::Ended(Reply::Outcome(outcome)), word) => match (outcome, word) {
                (Outcome::Value(found), ReplyWord::Value(wanted)) => found == wanted,
                (Outcome::Done | Outcome::Value(_), ReplyWord::Ok) => true,
                (Outcome::Missing, ReplyWord::Missing) => true,
                (Outcome::Mismatch, ReplyWord::Mismatch) => true,
                _ => false,
            },
        }
    }

    fn admin_reply_is(self, word: &ReplyWord) -> bool {
        matches!(
            (self.world.operator().reply(), word),
            (Asked::Pending, ReplyWord::Pending)
                | (Asked::Ended(AdminReply::Done), ReplyWord::Ok)
                | (
                    Asked::Ended(AdminReply::Refused(_) | AdminReply::Down),
                    ReplyWord::Refused,
                )
                | (Asked::Ended(AdminReply::Timeout), ReplyWord::Timeout)
        )
    }

    /// What came of the newest membership statement, in words; `None` while it is pending.
    pub fn admin_reply(self) -> Option<String> {
        let names = |id: NodeId| &**self.world.name(id);
        Some(match self.world.operator().reply() {
            Asked::Pending => return None,
            Asked::Nothing => "no membership statement was given".to_owned(),
            Asked::Ended(AdminReply::Done) => "ok".to_owned(),
            Asked::Ended(AdminReply::Refused(refusal)) => refusal_words(refusal, &names),
            Asked::Ended(AdminReply::Down) => "refused, what is down does nothing".to_owned(),
            Asked::Ended(AdminReply::Timeout) => "timeout".to_owned(),
        })
    }

    fn in_flight(self, kind: Option<Kind>) -> u64 {
        let kinds = self.world.flying().map(|envelope| envelope.message.kind());
        kinds
            .filter(|found| kind.is_none_or(|kind| kind == *found))
            .count() as u64
    }
}

/// A reply as a word of the language.
pub fn reply_text(reply: &Reply) -> Text {
    match reply {
        Reply::Timeout => "timeout".into(),
        Reply::Outcome(Outcome::Done) => "ok".into(),
        Reply::Outcome(Outcome::Value(value)) => value.clone(),
        Reply::Outcome(Outcome::Missing) => "missing".into(),
        Reply::Outcome(Outcome::Mismatch) => "mismatch".into(),
    }
}
