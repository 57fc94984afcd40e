//! Who is in the cluster, and how majorities are counted (paper, section 6; dissertation,
//! chapter 4).

use std::sync::Arc;

use super::{Index, NodeId, Term};
use crate::hash::mix;

/// The members of the cluster (paper, section 6).
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Configuration {
    /// The voting members, ascending.
    pub voters: Vec<NodeId>,
    /// While a joint change runs, the voters of the old configuration.
    pub voters_old: Option<Vec<NodeId>>,
    /// Members that receive the log and do not vote, ascending.
    pub learners: Vec<NodeId>,
}

impl Configuration {
    /// A stable configuration of voters only.
    pub fn of(voters: impl IntoIterator<Item = NodeId>) -> Configuration {
        let mut voters: Vec<NodeId> = voters.into_iter().collect();
        voters.sort_unstable();
        Configuration {
            voters,
            ..Configuration::default()
        }
    }

    /// True when the node has a vote in this configuration.
    pub fn is_voter(&self, node: NodeId) -> bool {
        self.voters.contains(&node)
            || self
                .voters_old
                .as_ref()
                .is_some_and(|old| old.contains(&node))
    }

    /// True when the node belongs to the configuration at all.
    pub fn is_member(&self, node: NodeId) -> bool {
        self.is_voter(node) || self.learners.contains(&node)
    }

    /// Every member once, ascending.
    pub fn members(&self) -> Vec<NodeId> {
        let mut all = self.voters.clone();
        all.extend(self.voters_old.iter().flatten());
        all.extend(&self.learners);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// True when the nodes for which `has` holds form a majority; while joint, of both the old
    /// and the new voters.
    pub fn quorum(&self, has: impl Fn(NodeId) -> bool) -> bool {
        let majority = |voters: &[NodeId]| {
            let count = voters.iter().filter(|&&node| has(node)).count();
            count > voters.len() / 2
        };
        majority(&self.voters) && self.voters_old.as_deref().is_none_or(majority)
    }

    /// The largest value that a majority has reached; while joint, a majority of both sides.
    /// `None` for a configuration without voters.
    pub fn reached(&self, value: impl Fn(NodeId) -> u64) -> Option<u64> {
        self.reached_beside(&[], value)
    }

    /// The same, when the nodes `beside` are counted along with the voters although a majority
    /// is still of the voters' size: what some rules forbid.
    pub(super) fn reached_beside(
        &self,
        beside: &[NodeId],
        value: impl Fn(NodeId) -> u64,
    ) -> Option<u64> {
        let new = majority_value(&self.voters, beside, &value)?;
        match &self.voters_old {
            Some(old) => Some(new.min(majority_value(old, beside, &value)?)),
            None => Some(new),
        }
    }

    /// True on the way from one set of voters to another.
    pub fn is_joint(&self) -> bool {
        self.voters_old.is_some()
    }

    /// A stable configuration of all voters, old and new together.
    pub(super) fn merged(&self) -> Configuration {
        let voters = self.voters.iter().chain(self.voters_old.iter().flatten());
        let mut voters: Vec<NodeId> = voters.copied().collect();
        voters.sort_unstable();
        voters.dedup();
        Configuration {
            voters,
            voters_old: None,
            learners: self.learners.clone(),
        }
    }

    /// A number that tells configurations apart.
    pub fn identity(&self) -> u64 {
        let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
        let mut add = |word: u64| hash = mix(hash, word);
        let old = self.voters_old.as_deref().unwrap_or_default();
        for list in [&self.voters, old, &self.learners] {
            add(list.len() as u64);
            list.iter().for_each(|node| add(u64::from(node.0)));
        }
        hash
    }
}

fn majority_value(
    voters: &[NodeId],
    beside: &[NodeId],
    value: impl Fn(NodeId) -> u64,
) -> Option<u64> {
    if voters.is_empty() {
        return None;
    }
    let majority = voters.len() / 2 + 1;
    const FEW: usize = 16;
    if voters.len() <= FEW && beside.is_empty() {
        let mut values = [0; FEW];
        let values = &mut values[..voters.len()];
        for (slot, &node) in values.iter_mut().zip(voters) {
            *slot = value(node);
        }
        values.sort_unstable();
        return Some(values[voters.len() - majority]);
    }
    let others = beside.iter().filter(|node| !voters.contains(node));
    let mut values: Vec<u64> = voters
        .iter()
        .chain(others)
        .map(|&node| value(node))
        .collect();
    values.sort_unstable();
    Some(values[values.len() - majority])
}

/// Where a configuration comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Placed {
    /// The index of its entry; of the first one, how far the snapshot reaches.
    index: Index,
    configuration: Arc<Configuration>,
}

/// The configurations that a node's log holds, oldest first.
///
/// Invariants: there is at least one, the one that holds before the first entry of the log; the
/// indices rise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct History {
    /// Configuration entries of terms up to this one are void (`reboot`).
    void_through: Term,
    list: Vec<Placed>,
}

impl History {
    /// Begins with what holds before the entry after `index`.
    pub fn new(index: Index, configuration: Arc<Configuration>, void_through: Term) -> History {
        History {
            void_through,
            list: vec![Placed {
                index,
                configuration,
            }],
        }
    }

    /// Adds the configuration of an entry; true when it counts.
    pub fn push(&mut self, index: Index, term: Term, configuration: Arc<Configuration>) -> bool {
        let counts = term > self.void_through;
        if counts {
            self.list.push(Placed {
                index,
                configuration,
            });
        }
        counts
    }

    /// Forgets what stood at `from` or later; true when there was anything.
    pub fn truncate(&mut self, from: Index) -> bool {
        let before = self.list.len();
        let keep = self.list.partition_point(|placed| placed.index < from);
        self.list.truncate(keep.max(1));
        self.list.len() < before
    }

    /// The log before `index`, and at it, goes: the newest configuration there is the first one
    /// from now on.
    pub fn compact(&mut self, index: Index) {
        let older = self.list.partition_point(|placed| placed.index <= index);
        self.list.drain(..older.saturating_sub(1));
        self.list[0].index = self.list[0].index.max(index);
    }

    /// Configuration entries of terms up to this one are void.
    pub fn void_through(&self) -> Term {
        self.void_through
    }

    /// The log begins anew after `index`, where this configuration holds.
    pub fn restart(&mut self, index: Index, configuration: Arc<Configuration>) {
        self.list = vec![Placed {
            index,
            configuration,
        }];
    }

    /// True when one of the configurations names the node.
    pub fn names(&self, node: NodeId) -> bool {
        let mut all = self.list.iter();
        all.any(|placed| placed.configuration.is_member(node))
    }

    /// The nodes that one of the configurations names, and the newest does not, ascending.
    pub fn gone(&self) -> Vec<NodeId> {
        let (_, newest) = self.newest();
        let named = self.list.iter().flat_map(|it| it.configuration.members());
        let mut gone: Vec<NodeId> = named.filter(|&id| !newest.is_member(id)).collect();
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    /// The newest configuration, and its index.
    pub fn newest(&self) -> (Index, &Arc<Configuration>) {
        let newest = &self.list[self.list.len() - 1];
        (newest.index, &newest.configuration)
    }

    /// The newest configuration at `limit` or before; the first one when all are later.
    pub fn up_to(&self, limit: Index) -> (Index, &Arc<Configuration>) {
        let older = self.list.partition_point(|placed| placed.index <= limit);
        let placed = &self.list[older.saturating_sub(1)];
        (placed.index, &placed.configuration)
    }

    /// The newest configuration at `limit` or before, and all those after it.
    pub fn since(&self, limit: Index) -> impl Iterator<Item = &Arc<Configuration>> {
        let older = self.list.partition_point(|placed| placed.index <= limit);
        let placed = &self.list[older.saturating_sub(1)..];
        placed.iter().map(|placed| &placed.configuration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[u16]) -> Vec<NodeId> {
        numbers.iter().map(|&n| NodeId(n)).collect()
    }

    #[test]
    fn a_majority_is_more_than_half() {
        let four = Configuration::of(ids(&[1, 2, 3, 4]));
        assert!(!four.quorum(|n| n.0 <= 2));
        assert!(four.quorum(|n| n.0 <= 3));
        assert!(!Configuration::default().quorum(|_| true));
    }

    #[test]
    fn a_joint_configuration_needs_both_majorities() {
        let joint = Configuration {
            voters: ids(&[1, 4, 5]),
            voters_old: Some(ids(&[1, 2, 3])),
            learners: vec![],
        };
        assert!(!joint.quorum(|n| [1, 4, 5].contains(&n.0)));
        assert!(joint.quorum(|n| [1, 2, 4].contains(&n.0)));
        assert_eq!(
            joint.reached(|n| if n.0 >= 4 || n.0 == 1 { 9 } else { 3 }),
            Some(3)
        );
    }

    #[test]
    fn whoever_is_counted_beside_fills_a_majority_of_the_voters_size() {
        let three = Configuration::of(ids(&[2, 3, 4]));
        let held = |n: NodeId| if n.0 <= 2 { 7 } else { 1 };
        assert_eq!(three.reached(held), Some(1));
        assert_eq!(three.reached_beside(&ids(&[1]), held), Some(7));
        assert_eq!(three.reached_beside(&ids(&[2]), held), Some(1));
    }

    #[test]
    fn a_history_goes_back_when_the_log_is_cut() {
        let of = |numbers: &[u16]| Arc::new(Configuration::of(ids(numbers)));
        let mut history = History::new(0, of(&[1]), 1);
        assert!(!history.push(2, 1, of(&[9])), "void by its term");
        assert!(history.push(3, 2, of(&[1, 2])));
        assert!(history.push(5, 2, of(&[1, 2, 3])));
        assert_eq!(history.up_to(4), (3, &of(&[1, 2])));
        assert!(history.truncate(5));
        assert!(!history.truncate(5));
        assert_eq!(history.newest(), (3, &of(&[1, 2])));
        history.compact(4);
        assert_eq!(history.newest(), (4, &of(&[1, 2])));
        assert!(!history.truncate(1), "what a snapshot holds stays");
    }

    #[test]
    fn reached_is_the_majoritys_smallest() {
        let five = Configuration::of((1..=5).map(NodeId));
        assert_eq!(five.reached(|n| u64::from(n.0)), Some(3));
        let many = Configuration::of((1..=51).map(NodeId));
        assert_eq!(many.reached(|n| u64::from(n.0)), Some(26));
        assert_eq!(Configuration::default().reached(|_| 1), None);
    }
}
