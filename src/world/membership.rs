//! Who makes up the cluster: servers that are made, started and rebooted, and the configuration
//! that is committed.

use std::sync::Arc;

use super::command::{NodeRef, Nodes, Selector};
use super::event::{Causes, Event};
use super::server::Server;
use super::{MAX_NODES, World};
use crate::raft::{self, Configuration, Durable, EventId, Index, NodeId, Payload, Term};

/// Which configuration is committed, as far as anybody has ever known.
#[derive(Clone, Default, Debug)]
pub(super) struct CommittedMembership {
    /// The newest committed configuration …
    pub configuration: Arc<Configuration>,
    /// … and where it stands.
    index: Index,
    /// Configuration entries of terms up to this one are void, since a reboot.
    void_through: Term,
}

impl CommittedMembership {
    /// What the cluster begins with.
    pub fn new(configuration: Configuration) -> CommittedMembership {
        CommittedMembership {
            configuration: Arc::new(configuration),
            index: 0,
            void_through: 0,
        }
    }
}

impl World {
    /// `reboot`: all nodes are stopped, the members are set on every disk, and the members are
    /// started. All that is in the logs stays, but configurations there are void: they are of
    /// terms that are over, and no node will lead one of them again.
    pub(super) fn reboot(&mut self, nodes: &Nodes, cause: EventId) {
        let ids = self.make(nodes, cause);
        if ids.is_empty() {
            return;
        }
        let all = (0..self.servers.len()).map(NodeId::from_slot);
        for id in all.clone() {
            self.crash(id, cause);
        }
        let terms = self.servers.iter().map(|server| server.disk.durable().term);
        let newest = terms.max().unwrap_or(0);
        let configuration = Configuration::of(ids.iter().copied());
        for server in &mut self.servers {
            server.disk.reconfigure(server.id, &configuration, newest);
        }
        let reboot = self.record(None, Causes::one(cause), Event::Reboot);
        self.membership.void_through = newest;
        self.membership.index = 0;
        // What was asked of the cluster before is not asked of the one that begins now.
        let unanswered: Vec<_> = self.operator.unanswered().collect();
        for id in unanswered {
            self.settle_order(id, None, reboot);
        }
        self.take_as_committed(Arc::new(configuration));
        for id in ids {
            self.see_running(id, reboot);
        }
        self.operator.carried_out();
    }

    /// The nodes that a list means; those that do not exist are made.
    pub(super) fn make(&mut self, nodes: &Nodes, cause: EventId) -> Vec<NodeId> {
        let Selector::These(references) = &nodes.base else {
            return self.select(nodes);
        };
        let less = nodes.less.as_ref();
        let less = less.map_or_else(Vec::new, |less| self.select_side(less));
        let made = references.iter().filter_map(|node| match self.node(node) {
            Some(known) => (!less.contains(&known)).then_some(known),
            None => self.create(node, cause),
        });
        let mut ids: Vec<NodeId> = made.collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Makes a node with an empty disk; it does not run yet.
    pub(super) fn create(&mut self, node: &NodeRef, cause: EventId) -> Option<NodeId> {
        let NodeRef::Name(name) = node else {
            return None;
        };
        if self.servers.len() == MAX_NODES {
            return None;
        }
        let id = NodeId::from_slot(self.servers.len());
        let mut durable = Durable {
            void_through: self.membership.void_through,
            ..Durable::default()
        };
        durable.log.share(&self.entries);
        let mut server = Server::new(self.seed, id, name.clone(), durable);
        server.options = self.options.clone();
        self.servers.push(server);
        self.agree_on_stickiness(cause);
        Some(id)
    }

    /// Starts a node that does not run.
    pub(super) fn see_running(&mut self, id: NodeId, cause: EventId) {
        if self.servers[id.slot()].has_run() {
            self.restart(id, cause);
        } else {
            self.record(Some(id), Causes::one(cause), Event::Boot);
            self.boot(id.slot());
        }
    }

    /// Takes note of a configuration that a node applies: it is committed.
    pub(super) fn heed_configuration(&mut self, event: &raft::Event) {
        if let raft::Event::Apply {
            index,
            term,
            payload: Payload::Configuration(configuration),
            ..
        } = event
            && *index > self.membership.index
            && *term > self.membership.void_through
        {
            self.membership.index = *index;
            self.take_as_committed(configuration.clone());
        }
    }

    /// Whoever leaves with a committed configuration is in no selection but by name.
    fn take_as_committed(&mut self, configuration: Arc<Configuration>) {
        let before = std::mem::replace(&mut self.membership.configuration, configuration);
        let now = &self.membership.configuration;
        for server in &mut self.servers {
            if now.is_member(server.id) {
                server.removed = false;
            } else if before.is_member(server.id) {
                server.removed = true;
            }
        }
    }
}
