//! What survives a crash (paper, Figure 2, "Persistent state") and the writes that change it.

use super::log::{Entries, Log};
use super::{Index, NodeId, Term};

/// The number of a write, from 1, in the order in which the node issued it.
pub type WriteId = u64;

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
        let new = majority_value(&self.voters, &value)?;
        match &self.voters_old {
            Some(old) => Some(new.min(majority_value(old, &value)?)),
            None => Some(new),
        }
    }

    /// A number that tells configurations apart.
    pub fn identity(&self) -> u64 {
        let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
        let mut add = |word: u64| {
            hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        };
        let old = self.voters_old.as_deref().unwrap_or_default();
        for list in [&self.voters, old, &self.learners] {
            add(list.len() as u64);
            list.iter().for_each(|node| add(u64::from(node.0)));
        }
        hash
    }
}

fn majority_value(voters: &[NodeId], value: impl Fn(NodeId) -> u64) -> Option<u64> {
    if voters.is_empty() {
        return None;
    }
    const FEW: usize = 16;
    if voters.len() <= FEW {
        let mut values = [0; FEW];
        let values = &mut values[..voters.len()];
        for (slot, &node) in values.iter_mut().zip(voters) {
            *slot = value(node);
        }
        values.sort_unstable();
        return Some(values[(voters.len() - 1) / 2]);
    }
    let mut values: Vec<u64> = voters.iter().map(|&node| value(node)).collect();
    values.sort_unstable();
    Some(values[(voters.len() - 1) / 2])
}

/// What a node's disk holds once synced.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Durable {
    /// The latest term that the node has seen.
    pub term: Term,
    /// Whom it voted for in that term.
    pub vote: Option<NodeId>,
    /// The log.
    pub log: Log,
    /// The configuration that holds before the first entry of the log.
    pub configuration: Configuration,
    /// A hint: how far the log was known to be committed. Given at the start of a run only;
    /// nothing writes it, and a crash loses it.
    pub commit: Index,
}

/// One change of what is durable. Writes reach the disk in the order of issue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Write {
    /// The current term and vote.
    Vote { term: Term, vote: Option<NodeId> },
    /// Entries from index `from` on; whatever the log held there or later is replaced.
    Entries { from: Index, entries: Entries },
    /// The log ends before `from`.
    Truncate { from: Index },
}

impl Durable {
    /// Carries out one write.
    pub fn write(&mut self, write: &Write) {
        match write {
            Write::Vote { term, vote } => {
                self.term = *term;
                self.vote = *vote;
            }
            Write::Entries { from, entries } => {
                self.log.truncate(*from);
                for entry in entries.iter() {
                    self.log.push(entry.clone());
                }
            }
            Write::Truncate { from } => {
                self.log.truncate(*from);
            }
        }
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
    fn reached_is_the_majoritys_smallest() {
        let five = Configuration::of((1..=5).map(NodeId));
        assert_eq!(five.reached(|n| u64::from(n.0)), Some(3));
        let many = Configuration::of((1..=51).map(NodeId));
        assert_eq!(many.reached(|n| u64::from(n.0)), Some(26));
        assert_eq!(Configuration::default().reached(|_| 1), None);
    }
}
