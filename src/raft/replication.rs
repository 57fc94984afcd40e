//! Log replication (paper, section 5.3 and 5.4.2) and what a leader knows of its peers
//! (dissertation, section 10.2.1 for writing in parallel, 6.2 for CheckQuorum).

use super::event::{Event, RoleReason};
use super::log::{Entries, Log, Payload};
use super::membership::Changes;
use super::message::{Append, AppendAnswer, Message};
use super::node::{Node, Role};
use super::options::Backtracking;
use super::progress::{Leader, Mode, Peer, Writers};
use super::read::{PendingReads, Rounds};
use super::rule::Rule;
use super::turn::{Evidence, Turn};
use super::{Index, NodeId, Term};

impl Node {
    /// Takes the leader's role (paper, section 5.2): tells everybody, and with
    /// `noop-on-election` appends an entry of its own.
    pub(super) fn become_leader(
        &mut self,
        reason: RoleReason,
        evidence: Evidence,
        turn: &mut Turn,
    ) {
        self.redirect_follower_reads(turn);
        let next = self.log.last() + 1;
        let mut members = self.configuration.members();
        members.retain(|&id| id != self.id);
        let peer = |id| Peer::new(id, next, turn.now);
        self.role = Role::Leader(Box::new(Leader {
            peers: members.into_iter().map(peer).collect(),
            heartbeat_at: turn.now + self.options.heartbeat,
            check_at: turn.now + self.options.election_timeout.max,
            writers: Writers::default(),
            pending_reads: PendingReads::default(),
            rounds: Rounds::default(),
            changes: Changes::default(),
            transfer: None,
            lease_ended: false,
            held: 0,
            shared: None,
        }));
        self.remember_who_left(turn);
        self.report_role(reason, evidence, turn);
        if self.rules.on(Rule::NoopOnElection) {
            self.append_own(Payload::Noop, turn);
            self.replicate_new(turn);
        } else {
            self.heartbeat(turn);
        }
        self.advance_commit(turn);
    }

    pub(super) fn leader_tick(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        let (heartbeat_at, check_at) = (leader.heartbeat_at, leader.check_at);
        if self.rules.on(Rule::CheckQuorum) && turn.now >= check_at && !self.hears_quorum(turn) {
            return;
        }
        if self.transfer_is_late(turn.now) {
            self.give_up_transfer(turn);
        }
        if turn.now >= heartbeat_at {
            if self.options.leases {
                self.begin_round(turn.now);
            }
            self.heartbeat_idle(turn);
            self.pursue_transfer(turn);
            self.pursue_changes(turn);
        }
    }

    /// A leader that heard no majority for an election timeout steps down. The next check is due
    /// when the contact that counts now would be that old.
    fn hears_quorum(&mut self, turn: &mut Turn) -> bool {
        let Role::Leader(leader) = &mut self.role else {
            return false;
        };
        let timeout = self.options.election_timeout.max;
        let heard = |id| match leader.peer(id) {
            Some(peer) => peer.heard,
            None => turn.now,
        };
        let contact = self.electorate.reached(heard).unwrap_or(turn.now);
        if turn.now.saturating_sub(contact) >= timeout {
            turn.event(Event::Timeout { election: false });
            self.become_follower(None, RoleReason::NoQuorum, turn);
            return false;
        }
        leader.check_at = contact + timeout;
        true
    }

    /// Sends every peer what it lacks, or an empty AppendEntries.
    pub(super) fn heartbeat(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        leader.heartbeat_at = turn.now + self.options.heartbeat;
        for place in 0..leader.peers.len() {
            self.send_append(place, true, turn);
        }
    }

    /// Heartbeats fill idle periods (paper, Figure 2, Leaders): whoever was sent entries less
    /// than a heartbeat ago needs none.
    fn heartbeat_idle(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let interval = self.options.heartbeat;
        let mut next = turn.now + interval;
        let mut idle = Vec::new();
        for (place, peer) in leader.peers.iter().enumerate() {
            if peer.sent + interval <= turn.now {
                idle.push(place);
            } else {
                next = next.min(peer.sent + interval);
            }
        }
        leader.heartbeat_at = next;
        for place in idle {
            self.send_append(place, true, turn);
        }
    }

    /// Sends new entries to every peer that has room for them. Without `parallel-disk` they
    /// wait for the leader's own write.
    pub(super) fn replicate_new(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        for place in 0..leader.peers.len() {
            self.send_append(place, false, turn);
        }
    }

    /// Sends one peer what it lacks. A heartbeat sends something in any case, without entries
    /// where there is nothing new to send or a probe is not answered yet.
    pub(super) fn send_append(&mut self, place: usize, heartbeat: bool, turn: &mut Turn) {
        let mut must_send = heartbeat;
        loop {
            let last = self.log.last();
            let Role::Leader(leader) = &mut self.role else {
                return;
            };
            let peer = &mut leader.peers[place];
            if peer.next < self.log.first() && !matches!(peer.mode, Mode::Snapshot(_)) {
                return self.ship_snapshot(place, heartbeat, turn);
            }
            let has_news = peer.next <= last;
            let may_send = match peer.mode {
                Mode::Probe { waiting } => !waiting,
                Mode::Replicate => peer.in_flight.len() < self.options.inflight && has_news,
                Mode::Snapshot(_) => return self.send_chunk(place, heartbeat, turn),
            };
            if !(may_send || must_send) {
                return;
            }
            let with_entries = has_news && may_send;
            // What waits for the leader's own disk is not sent yet: an empty message that follows
            // it would be refused, and all of it sent again.
            let next = match with_entries || self.options.parallel_disk {
                true => peer.next,
                false => peer.next.min(self.log.first().max(self.stable + 1)),
            };
            let before = |log: &Log| log.term_at(next - 1).unwrap_or(0);
            let (prev_term, entries) = match (&leader.shared, with_entries) {
                (_, false) => (before(&self.log), Entries::default()),
                (Some((from, prev_term, entries)), true)
                    if *from == next
                        && next + entries.len() as u64 == last + 1
                        && entries.len() as u64 <= self.options.max_append =>
                {
                    (*prev_term, entries.clone())
                }
                (_, true) => {
                    let prev_term = before(&self.log);
                    let entries = self.log.slice(next, self.options.max_append);
                    leader.shared = Some((next, prev_term, entries.clone()));
                    (prev_term, entries)
                }
            };
            let sent_to = next + entries.len() as u64 - 1;
            match &mut peer.mode {
                Mode::Probe { waiting } => *waiting = true,
                Mode::Replicate if with_entries => {
                    peer.next = sent_to + 1;
                    peer.in_flight.push_back(sent_to);
                }
                Mode::Replicate | Mode::Snapshot(_) => {}
            }
            peer.sent = turn.now;
            let (to, probing) = (peer.id, peer.mode != Mode::Replicate);
            let append = Append {
                prev_index: next - 1,
                prev_term,
                entries,
                commit: self.commit,
                round: leader.rounds.newest(),
            };
            let waits = with_entries && !self.options.parallel_disk && self.written > self.synced;
            let after = waits.then_some(self.written);
            self.send(to, self.term, Message::Append(append), after, turn);
            must_send = false;
            if probing {
                return;
            }
        }
    }

    pub(super) fn on_append_reply(
        &mut self,
        from: NodeId,
        round: u64,
        answer: AppendAnswer,
        turn: &mut Turn,
    ) {
        let Some((place, confirms)) = self.peer_answered(from, round, turn) else {
            return;
        };
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let peer = &mut leader.peers[place];
        match answer {
            AppendAnswer::Accepted { matched, commit } => {
                peer.accepted(matched.min(self.log.last()), turn.cause);
                peer.commit = peer.commit.max(commit);
                if leader.let_go(place) {
                    return;
                }
                self.on_accepted(from, matched, turn);
            }
            AppendAnswer::Refused {
                prev_index,
                last,
                conflict_term,
                conflict_index,
            } if peer.refusal_is_news(prev_index) => {
                let conflict = (conflict_term, conflict_index);
                let backtracking = self.options.backtracking;
                // It may have come late, or the peer lost what it held: to ask once more tells.
                let next = if peer.contradicts_itself(prev_index) {
                    peer.matched + 1
                } else {
                    next_after_refusal(&self.log, backtracking, prev_index, last, conflict)
                };
                peer.step_back(next);
                self.send_append(place, false, turn);
            }
            AppendAnswer::Refused { .. } => {}
        }
        if confirms {
            self.answer_pending_reads(turn);
        }
    }

    /// A peer holds the log up to `matched`: that may commit entries, and makes room for more.
    fn on_accepted(&mut self, from: NodeId, matched: Index, turn: &mut Turn) {
        // What is committed already cannot be moved by one more copy.
        if matched > self.commit {
            self.advance_commit(turn);
        }
        self.send_append_to(from, turn);
        self.pursue_changes(turn);
        self.pursue_transfer_to(from, turn);
    }

    /// Takes note that a peer answered: its place among the peers, and whether it confirms a
    /// newer round than before. `None` when this node does not lead, or does not know the peer.
    pub(super) fn peer_answered(
        &mut self,
        from: NodeId,
        round: u64,
        turn: &mut Turn,
    ) -> Option<(usize, bool)> {
        let Role::Leader(leader) = &mut self.role else {
            return None;
        };
        let place = leader.peers.iter().position(|peer| peer.id == from)?;
        let peer = &mut leader.peers[place];
        peer.heard = turn.now;
        peer.answered = true;
        let confirms = round > peer.round;
        peer.round = peer.round.max(round);
        Some((place, confirms))
    }

    /// Sends a peer what it lacks, if it still is one.
    pub(super) fn send_append_to(&mut self, peer: NodeId, turn: &mut Turn) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        if let Some(place) = leader.peers.iter().position(|known| known.id == peer) {
            self.send_append(place, false, turn);
        }
    }

    /// Commits what a majority holds, if it may be counted (paper, section 5.4.2).
    pub(super) fn advance_commit(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        let own = self.own_match();
        let held = |id| leader.peer(id).map_or(own, |peer| peer.matched);
        let reached = match self.counted_beside() {
            None => self.electorate.reached(held),
            Some(beside) => self.electorate.reached_beside(&beside, held),
        };
        let Some(index) = reached else {
            return;
        };
        if index <= self.commit {
            return;
        }
        let entry_term = self.log.term_at(index).unwrap_or(0);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        if entry_term != self.term && self.rules.on(Rule::CommitCurrentTerm) {
            if index > leader.held {
                leader.held = index;
                turn.event(Event::CommitHeld { index, entry_term });
            }
            return;
        }
        let holders = leader.peers.iter().filter(|peer| peer.matched >= index);
        let evidence = holders.map(|peer| peer.evidence).collect();
        self.commit_to(index, Some(evidence), turn);
        self.answer_pending_reads(turn);
        self.pursue_changes(turn);
    }

    /// How far the leader's own log counts: as far as it is safe on its disk (dissertation, section
    /// 10.2.1), or all of it without `sync-before-reply`.
    pub(super) fn own_match(&self) -> Index {
        match self.rules.on(Rule::SyncBeforeReply) {
            true => self.stable,
            false => self.log.last(),
        }
    }

    /// Nodes that are no voters and are counted all the same, because a rule is off.
    fn counted_beside(&self) -> Option<Vec<NodeId>> {
        let rules = self.rules;
        if rules.on(Rule::LeaderCountsIfMember) && rules.on(Rule::LearnersDoNotVote) {
            return None;
        }
        let mut beside = Vec::new();
        if !rules.on(Rule::LeaderCountsIfMember) {
            beside.push(self.id);
        }
        if !rules.on(Rule::LearnersDoNotVote) {
            beside.extend(&self.configuration.learners);
        }
        Some(beside)
    }
}

/// What a leader sends next to a follower that refused what follows `prev_index`, whose log ends at
/// `last`. The conflict is the term of the follower's entry there, and the first index of that term
/// (paper, end of section 5.3).
fn next_after_refusal(
    log: &Log,
    backtracking: Backtracking,
    prev_index: Index,
    last: Index,
    conflict: (Option<Term>, Index),
) -> Index {
    let next = match (backtracking, conflict) {
        (Backtracking::Naive, _) => prev_index,
        (Backtracking::Hint, (None, _)) => prev_index.min(last + 1),
        (Backtracking::Hint, (Some(term), first)) => {
            let own = log.last_of_term(term, prev_index.saturating_sub(1));
            own.map_or(first, |index| index + 1)
        }
    };
    next.min(prev_index.max(1))
}
