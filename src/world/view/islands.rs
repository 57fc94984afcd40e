//! Islands: who can reach whom, and what each of them can do.

use std::collections::BTreeSet;

use super::{Life, NodeStatus, View};
use crate::raft::{Configuration, NodeId, RoleKind};

/// Members that reach one another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Island {
    /// Those of them that run; a removed node is not among them.
    pub running: Vec<NodeId>,
    /// One of them reaches a majority of the voters that it knows of, itself counted.
    pub can_elect: bool,
    /// One that leads does.
    pub can_commit: bool,
    /// One of them leads.
    pub leads: bool,
}

impl View {
    /// The islands that have a running member, in order of their first node.
    pub fn islands(&self) -> Vec<Island> {
        let members = self.members();
        let up = |id: NodeId| self.nodes[id.slot()].life == Life::Up;
        let runs = |id: &NodeId| up(*id) && members.contains(id);
        let mut islands = Vec::new();
        for nodes in self.joined_groups() {
            let running: Vec<NodeId> = nodes.into_iter().filter(runs).collect();
            if running.is_empty() {
                continue;
            }
            // Each counts by the configuration of its own log, and hears only whom it reaches
            // itself.
            let used = |id: NodeId| &self.nodes[id.slot()].node.configuration;
            let has_quorum =
                |id: NodeId| used(id).quorum(|other| up(other) && self.joined(id, other));
            let leaders = || running.iter().filter(|&&id| leads(&self.nodes[id.slot()]));
            let mut voters = running.iter().filter(|&&id| used(id).is_voter(id));
            islands.push(Island {
                can_elect: voters.any(|&id| has_quorum(id)),
                can_commit: leaders().any(|&id| has_quorum(id)),
                leads: leaders().next().is_some(),
                running,
            });
        }
        islands
    }

    /// Whoever leads, or belongs to the configuration that decides, or to that of somebody who
    /// leads.
    pub fn members(&self) -> BTreeSet<NodeId> {
        let leads = |node: &&NodeStatus| node.life == Life::Up && leads(node);
        let leaders = || self.nodes.iter().filter(leads);
        let used = leaders().map(|node| &node.node.configuration);
        let all = self.configuration().into_iter().chain(used);
        let members = all.flat_map(Configuration::members);
        members.chain(leaders().map(|node| node.id)).collect()
    }

    /// The configuration that decides: the leader's, or that of the node with the newest log.
    pub fn configuration(&self) -> Option<&Configuration> {
        let node = self.leader().or_else(|| self.newest(|_| true))?;
        Some(&node.node.configuration)
    }

    /// The node with the newest log among those that count. A newcomer knows of no configuration, and
    /// is none of them.
    pub fn newest(&self, counts: impl Fn(&NodeStatus) -> bool) -> Option<&NodeStatus> {
        let knows = |node: &&NodeStatus| !node.node.configuration.voters.is_empty();
        let nodes = self.nodes.iter().filter(knows);
        nodes
            .filter(|node| counts(node))
            .max_by_key(|node| node.age())
    }

    /// True when messages pass between two nodes both ways; a node reaches itself.
    pub fn joined(&self, one: NodeId, other: NodeId) -> bool {
        !self.blocked.contains(&(one, other)) && !self.blocked.contains(&(other, one))
    }

    /// Groups of nodes joined by links that work both ways, in order of their first node. Nodes
    /// that are down belong to where they are connected all the same.
    fn joined_groups(&self) -> Vec<Vec<NodeId>> {
        let mut groups: Vec<Vec<NodeId>> = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        for start in 0..self.nodes.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut group = vec![NodeId::from_slot(start)];
            let mut next = 0;
            while next < group.len() {
                let here = group[next];
                next += 1;
                for there in self.nodes.iter().map(|node| node.id) {
                    if self.joined(here, there) && !seen[there.slot()] {
                        seen[there.slot()] = true;
                        group.push(there);
                    }
                }
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }
}

fn leads(node: &NodeStatus) -> bool {
    node.role() == Some(RoleKind::Leader)
}
