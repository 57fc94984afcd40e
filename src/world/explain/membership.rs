//! Members, changes of members, and why they are refused, in words.

use std::fmt::Write as _;

use super::{Names, by_rule};
use crate::raft::{
    AdminAnswer, Change, Configuration, ConfigurationReason, Index, NodeId, Refusal, Rule,
};

pub(super) fn configuration_used(
    node: &str,
    index: Index,
    configuration: &Configuration,
    reason: ConfigurationReason,
    names: Names<'_>,
) -> String {
    let members = members_words(configuration, names);
    let which = at(index);
    match reason {
        ConfigurationReason::Appended => {
            format!("{node} uses {which}, committed or not: {members}")
        }
        ConfigurationReason::Applied => {
            format!("{node} has applied {which}, and uses it: {members}")
        }
        ConfigurationReason::TakenBack => {
            format!("{node} goes back to {which}, the one after it was cut off: {members}")
        }
        ConfigurationReason::Switched => {
            format!("{node} uses {which} now, config-on-append was switched: {members}")
        }
        ConfigurationReason::Snapshot => {
            format!("{node} uses the configuration of the snapshot up to {index}: {members}")
        }
    }
}

/// Which configuration: that of the beginning is in no log.
fn at(index: Index) -> String {
    match index {
        0 => "the first configuration".into(),
        _ => format!("the configuration at {index}"),
    }
}

/// The voters, while joint both sides, and the learners.
pub(super) fn members_words(configuration: &Configuration, names: Names<'_>) -> String {
    let list = |ids: &[NodeId]| {
        let names: Vec<&str> = ids.iter().map(|&id| names(id)).collect();
        names.join(",")
    };
    let voters = list(&configuration.voters);
    let mut text = match &configuration.voters_old {
        Some(old) => format!("from {} to {voters}, by both majorities", list(old)),
        None => format!("voters {voters}"),
    };
    if !configuration.learners.is_empty() {
        let _ = write!(text, ", learners {}", list(&configuration.learners));
    }
    text
}

/// What a statement about the cluster asks.
pub fn change_words(change: &Change, names: Names<'_>) -> String {
    match change {
        Change::Add(node) => format!("add {}", names(*node)),
        Change::AddLearner(node) => format!("add {} as learner", names(*node)),
        Change::Promote(node) => format!("promote {}", names(*node)),
        Change::Demote(node) => format!("demote {}", names(*node)),
        Change::Remove(node) => format!("remove {}", names(*node)),
        Change::Members(nodes) => {
            let nodes: Vec<&str> = nodes.iter().map(|&id| names(id)).collect();
            format!("members {}", nodes.join(","))
        }
        Change::Transfer(node) => format!("transfer to {}", names(*node)),
    }
}

pub(super) fn admin_words(answer: &AdminAnswer, names: Names<'_>) -> String {
    match answer {
        AdminAnswer::Done => "done".into(),
        AdminAnswer::NotLeader(Some(leader)) => {
            format!("it does not lead, {} does", names(*leader))
        }
        AdminAnswer::NotLeader(None) => "it does not lead, and knows no leader".into(),
        AdminAnswer::Deposed(Some(leader)) => format!("it leads no more, {} does", names(*leader)),
        AdminAnswer::Deposed(None) => "it leads no more, and knows no leader".into(),
        AdminAnswer::Refused(refusal) => refusal_words(*refusal, names),
    }
}

/// Why a change is refused.
pub fn refusal_words(refusal: Refusal, names: Names<'_>) -> String {
    match refusal {
        Refusal::ChangeRunning(index) => by_rule(
            format!("refused, another change is under way from {}", at(index)),
            Rule::OneChangeAtATime,
        ),
        Refusal::AlreadyVoter(node) => format!("refused, {} is a voter already", names(node)),
        Refusal::AlreadyLearner(node) => format!("refused, {} is a learner already", names(node)),
        Refusal::NoMember(node) => format!("refused, {} is not in the cluster", names(node)),
        Refusal::NoLearner(node) => format!("refused, {} is no learner", names(node)),
        Refusal::NoVoter(node) => format!("refused, {} is no voter", names(node)),
        Refusal::NobodyLeft => "refused, nobody would be left to vote".into(),
        Refusal::NothingToDo => "refused, it is so already".into(),
        Refusal::TransferRunning => "refused, leadership is being handed over".into(),
        Refusal::AlreadyLeads(node) => format!("refused, {} leads already", names(node)),
        Refusal::NotCaughtUp(node) => {
            format!(
                "refused, {} does not answer and can't catch up; it stays a learner",
                names(node)
            )
        }
        Refusal::TooSlow(node) => {
            format!(
                "refused, {} answers, but too slowly to catch up; it stays a learner",
                names(node)
            )
        }
        Refusal::NotTakenOver(node) => {
            format!(
                "refused, {} did not take over within an election timeout",
                names(node)
            )
        }
    }
}
