//! Where a change of membership leads: from one configuration to another, and no further.

use super::NodeId;
use super::admin::{Change, Refusal};
use super::configuration::Configuration;

/// The configuration that a change leads to, or why it makes no sense.
pub(super) fn goal(current: &Configuration, change: &Change) -> Result<Configuration, Refusal> {
    let mut goal = Configuration {
        voters_old: None,
        ..current.clone()
    };
    let votes = |node: &NodeId| current.voters.contains(node);
    let learns = |node: &NodeId| current.learners.contains(node);
    match change {
        Change::Add(node) | Change::AddLearner(node) if votes(node) => {
            return Err(Refusal::AlreadyVoter(*node));
        }
        Change::Add(node) | Change::AddLearner(node) if learns(node) => {
            return Err(Refusal::AlreadyLearner(*node));
        }
        Change::Add(node) => add(&mut goal.voters, *node),
        Change::AddLearner(node) => add(&mut goal.learners, *node),
        Change::Promote(node) if votes(node) => return Err(Refusal::AlreadyVoter(*node)),
        Change::Promote(node) if !learns(node) => return Err(Refusal::NoLearner(*node)),
        Change::Promote(node) => return Ok(goal_of_promotion(current, *node)),
        Change::Demote(node) if learns(node) => return Err(Refusal::AlreadyLearner(*node)),
        Change::Demote(node) if !votes(node) => return Err(Refusal::NoVoter(*node)),
        Change::Demote(node) => {
            goal.voters.retain(|id| id != node);
            add(&mut goal.learners, *node);
        }
        Change::Remove(node) if !votes(node) && !learns(node) => {
            return Err(Refusal::NoMember(*node));
        }
        Change::Remove(node) => {
            goal.voters.retain(|id| id != node);
            goal.learners.retain(|id| id != node);
        }
        Change::Members(voters) => {
            goal.learners.retain(|id| !voters.contains(id));
            goal.voters = voters.clone();
        }
        Change::Transfer(_) => return Err(Refusal::NothingToDo),
    }
    match goal.voters.is_empty() {
        true => Err(Refusal::NobodyLeft),
        false => Ok(goal),
    }
}

/// The configuration in which a learner is a voter.
pub(super) fn goal_of_promotion(current: &Configuration, node: NodeId) -> Configuration {
    let mut goal = Configuration {
        voters_old: None,
        ..current.clone()
    };
    goal.learners.retain(|&id| id != node);
    add(&mut goal.voters, node);
    goal
}

/// True when the configuration is as a change wants it, whoever else is in it.
pub(super) fn reached_before(current: &Configuration, change: &Change) -> bool {
    let votes = |node: &NodeId| current.voters.contains(node);
    let learns = |node: &NodeId| current.learners.contains(node);
    match change {
        Change::Add(node) | Change::Promote(node) => votes(node),
        Change::AddLearner(node) | Change::Demote(node) => learns(node) && !votes(node),
        Change::Remove(node) => !votes(node) && !learns(node),
        Change::Members(voters) => current.voters == *voters,
        Change::Transfer(_) => false,
    }
}

/// One voter nearer to the goal: first those that come, then those that go, the leader last.
pub(super) fn one_closer(
    current: &Configuration,
    goal: &Configuration,
    leader: NodeId,
) -> Configuration {
    let mut next = current.clone();
    let comes = |id: &&NodeId| !current.voters.contains(id);
    if let Some(&node) = goal.voters.iter().find(comes) {
        add(&mut next.voters, node);
        next.learners.retain(|&id| id != node);
        return next;
    }
    let goes = |id: &&NodeId| !goal.voters.contains(id);
    let going = || current.voters.iter().filter(goes);
    if let Some(&node) = going().find(|&&id| id != leader).or(going().next()) {
        next.voters.retain(|&id| id != node);
        if goal.learners.contains(&node) {
            add(&mut next.learners, node);
        }
    }
    next
}

fn add(list: &mut Vec<NodeId>, node: NodeId) {
    if let Err(place) = list.binary_search(&node) {
        list.insert(place, node);
    }
}
