//! Which configuration a node uses, who counts by it, and who is still spoken to.

use std::sync::Arc;

use super::configuration::Configuration;
use super::event::{ConfigurationReason, Event, RoleReason};
use super::node::{Node, Role};
use super::progress::{Leader, Peer};
use super::rule::Rule;
use super::turn::Turn;
use super::view::RoleKind;
use super::{Index, Micros, NodeId};

impl Node {
    /// Takes note of a configuration entry that was appended to the log.
    pub(super) fn note_configuration(
        &mut self,
        index: Index,
        term: super::Term,
        configuration: &Arc<Configuration>,
        turn: &mut Turn,
    ) {
        let counts = self.history.push(index, term, configuration.clone());
        if counts && self.rules.on(Rule::ConfigOnAppend) {
            self.use_configuration(ConfigurationReason::Appended, turn);
        }
    }

    /// Uses the configuration that the log, or what is applied of it, asks for.
    pub(super) fn use_configuration(&mut self, reason: ConfigurationReason, turn: &mut Turn) {
        let (index, wanted) = self.wanted_configuration();
        let wanted = wanted.clone();
        if *wanted != *self.configuration {
            let had_vote = self.has_vote();
            self.was_member |= wanted.is_member(self.id);
            self.configuration = wanted.clone();
            turn.event(Event::Configuration {
                index,
                configuration: wanted,
                reason,
            });
            if !had_vote && self.has_vote() {
                self.restart_election_timer(turn.now);
            }
            let next = self.log.last() + 1;
            if let Role::Leader(leader) = &mut self.role {
                leader.know_peers(&self.configuration, self.id, index, next, turn.now);
            }
        }
        self.count_voters();
        self.tell_kind(turn);
    }

    /// The configuration that the node is to use, and where it stands.
    pub(super) fn wanted_configuration(&self) -> (Index, &Arc<Configuration>) {
        match self.rules.on(Rule::ConfigOnAppend) {
            true => self.history.newest(),
            false => self.history.up_to(self.applied),
        }
    }

    /// Majorities are counted by the configuration in use; without the rule
    /// `separate-majorities` by all its voters together.
    pub(super) fn count_voters(&mut self) {
        let merges = self.configuration.is_joint() && !self.rules.on(Rule::SeparateMajorities);
        self.electorate = match merges {
            true => Arc::new(self.configuration.merged()),
            false => self.configuration.clone(),
        };
    }

    /// A configuration may make the node a learner, a follower, or a removed node.
    pub(super) fn tell_kind(&mut self, turn: &mut Turn) {
        let kind = self.kind();
        if std::mem::replace(&mut self.told, kind) != kind {
            turn.event(Event::Role {
                role: kind,
                term: self.term,
                reason: RoleReason::Configured,
            });
        }
    }

    /// After a commit: a node may have been removed for good, and a leader that is left out
    /// steps down, once everybody was told.
    pub(super) fn heed_committed_configuration(&mut self, turn: &mut Turn) {
        let (index, newest) = self.history.newest();
        let left_out = index <= self.commit && !newest.is_joint() && !newest.is_voter(self.id);
        if left_out && self.kind() == RoleKind::Leader {
            self.pursue_changes(turn);
            self.heartbeat(turn);
            self.become_follower(None, RoleReason::LeftOut, turn);
        }
        self.tell_kind(turn);
    }

    /// True for a node that this node's configuration does not know.
    pub(super) fn is_outsider(&self, node: NodeId) -> bool {
        !self.configuration.is_member(node) && !self.configuration.voters.is_empty()
    }

    /// A node that has left and has raised its term takes nothing from this leader any more.
    pub(super) fn leave_alone(&mut self, node: NodeId) {
        if let Role::Leader(leader) = &mut self.role {
            leader
                .peers
                .retain(|peer| peer.id != node || peer.leaving.is_none());
        }
    }

    /// A new leader does not know whom the one before it has told that they were removed.
    pub(super) fn remember_who_left(&mut self, turn: &mut Turn) {
        for node in self.history.gone() {
            self.know_leaving(node, turn);
        }
    }

    /// A node that is not in the configuration campaigns: it may not know that it was removed,
    /// so the leader tells it.
    pub(super) fn inform_outsider(&mut self, node: NodeId, turn: &mut Turn) {
        if let Some(place) = self.know_leaving(node, turn) {
            self.send_append(place, true, turn);
        }
    }

    /// A leader keeps somebody informed who has left; its place among the peers if it is new there.
    fn know_leaving(&mut self, node: NodeId, turn: &Turn) -> Option<usize> {
        let (index, next) = (self.history.newest().0, self.log.last() + 1);
        let Role::Leader(leader) = &mut self.role else {
            return None;
        };
        if node == self.id || leader.peer(node).is_some() {
            return None;
        }
        let mut peer = Peer::new(node, next, turn.now);
        peer.leaving = Some(index);
        let place = leader.peers.partition_point(|peer| peer.id < node);
        leader.peers.insert(place, peer);
        Some(place)
    }
}

impl Leader {
    /// Peers come and go with the configuration. Whoever goes is kept informed until it knows.
    fn know_peers(
        &mut self,
        configuration: &Configuration,
        own: NodeId,
        index: Index,
        next: Index,
        now: Micros,
    ) {
        for peer in &mut self.peers {
            match configuration.is_member(peer.id) {
                // What was known of it belongs to the time before it left.
                true if peer.leaving.is_some() => *peer = Peer::new(peer.id, next, now),
                true => {}
                false => peer.leaving = peer.leaving.or(Some(index)),
            }
        }
        for id in configuration.members() {
            if id != own && self.peer(id).is_none() {
                let place = self.peers.partition_point(|peer| peer.id < id);
                self.peers.insert(place, Peer::new(id, next, now));
            }
        }
    }

    /// Forgets a peer that has left and knows it; true when it did.
    pub fn let_go(&mut self, place: usize) -> bool {
        let peer = &self.peers[place];
        let goes = peer.leaving.is_some_and(|index| peer.commit >= index);
        if goes {
            self.peers.remove(place);
        }
        goes
    }
}
