//! Why a node uses the configuration that it uses (paper, section 6).

use super::Answer;
use super::account::{Account, by_rule};
use super::facts::Facts;
use super::{commit, order};
use crate::raft::{self, NodeId, Rule};
use crate::world::Event;
use crate::world::explain::Seconds;

/// The configuration in use, and what keeps a joint one from ending.
pub(super) fn used(facts: &Facts<'_>, id: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let name = &node.name;
    let configuration = &node.node.configuration;
    let what = if configuration.is_joint() {
        "joint"
    } else {
        "stable"
    };
    let names = |voters: &[NodeId]| facts.names(voters.iter().copied());
    let since = facts.newest(id, |event| {
        matches!(event, raft::Event::Configuration { .. })
    });
    let Some((since, index)) = since.and_then(|since| match &since.event {
        Event::Node(raft::Event::Configuration { index, .. }) => Some((since, *index)),
        _ => None,
    }) else {
        let when = match facts.whole() {
            true => "as it began".to_owned(),
            false => format!("as it was before {}", Seconds(facts.held_since())),
        };
        let learners = match &configuration.learners[..] {
            [] => String::new(),
            learners => format!(", learners {}", names(learners)),
        };
        let voters = match &configuration.voters_old {
            None if configuration.voters.is_empty() => {
                return account.finish(format!("{name} knows of no configuration yet."));
            }
            None => format!("voters {}", names(&configuration.voters)),
            Some(old) => format!(
                "old voters {}, new voters {}",
                names(old),
                names(&configuration.voters)
            ),
        };
        order::tell_changes(&mut account);
        return account.finish(format!(
            "The configuration of {name} is {what}, {when}: {voters}{learners}."
        ));
    };
    account.visible(since, 0);
    let headline = format!(
        "The configuration of {name} is {what} since {}: {}",
        Seconds(since.at),
        facts.words(since)
    );
    if configuration.is_joint() {
        let words = format!(
            "it ends when entry {index} is committed by both majorities, and the new configuration appended after it"
        );
        account.awaits(by_rule(&words, Rule::StagedChange));
    }
    if node.node.commit < index {
        for missing in commit::in_cluster(facts, index).missing {
            account.misses(missing);
        }
    }
    order::tell_changes(&mut account);
    account.finish(headline)
}
