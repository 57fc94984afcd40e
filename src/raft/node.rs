//! One server: what it is told, what it answers, and the state between.

use std::sync::Arc;

use super::admin::AdminAnswer;
use super::configuration::{Configuration, History};
use super::durable::{Durable, WriteId};
use super::election::{ElectionTimer, Votes};
use super::event::{Event, RoleReason};
use super::log::Log;
use super::message::{Ballot, Envelope, Message};
use super::options::Options;
use super::progress::Leader;
use super::random::Rng;
use super::read::FollowerReads;
use super::rule::{Rule, Rules};
use super::snapshot::{Incoming, Snapshot};
use super::turn::{Effect, Evidence, Input, Turn};
use super::view::{Glance, NodeView, RoleKind, RoleView};
use super::{EventId, Index, Micros, NodeId, Term};
use crate::kv::Store;

/// A role with the data that only that role has.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Follower { leader: Option<NodeId> },
    PreCandidate(Votes),
    Candidate(Votes),
    Leader(Box<Leader>),
}

/// One server of the cluster.
///
/// Invariants, under every switch: the log is contiguous; `commit` never exceeds the end of the
/// log; `synced <= written`; the role's data exists exactly while the role does.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) id: NodeId,
    pub(super) options: Options,
    pub(super) rules: Rules,
    pub(super) rng: Rng,
    /// The current term, as last written.
    pub(super) term: Term,
    /// The vote in that term, as last written.
    pub(super) vote: Option<NodeId>,
    pub(super) log: Log,
    /// The newest snapshot, taken or received.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// A snapshot that is here in part.
    pub(super) incoming: Option<Incoming>,
    /// The configuration in use.
    pub(super) configuration: Arc<Configuration>,
    /// How majorities are counted: as the configuration says, unless a rule is off.
    pub(super) electorate: Arc<Configuration>,
    /// The configurations that the log holds.
    pub(super) history: History,
    /// The configuration that the node began with.
    pub(super) began_with: Arc<Configuration>,
    /// A configuration has named the node: whoever has yet to read that far has not left.
    pub(super) was_member: bool,
    /// The newest write issued.
    pub(super) written: WriteId,
    /// The newest write known to be safe.
    pub(super) synced: WriteId,
    /// Writes of entries under way, with the index that is safe after each; ascending.
    pub(super) unsynced: Vec<(WriteId, Index)>,
    /// How far the log is safe on the node's own disk.
    pub(super) stable: Index,
    /// With `term-before-entries` off: the write of entries after which the term may follow.
    pub(super) late_term: Option<WriteId>,
    pub(super) commit: Index,
    pub(super) applied: Index,
    pub(super) store: Store,
    pub(super) role: Role,
    pub(super) timer: ElectionTimer,
    /// When the node last heard a leader, by its own clock.
    pub(super) heard: Option<Micros>,
    /// When it came back from its disk, by its own clock; `None` when it was booted first.
    pub(super) restarted: Option<Micros>,
    /// The role that was reported last.
    pub(super) told: RoleKind,
    /// Reads that wait for the leader to tell how far they must see.
    pub(super) follower_reads: FollowerReads,
}

impl Node {
    /// Starts a node from what its disk holds: for the first time, or after a crash
    /// (`restarted`). It is a follower and its election timer runs.
    pub fn boot(
        id: NodeId,
        options: Options,
        rules: Rules,
        durable: Durable,
        restarted: bool,
        rng: Rng,
        now: Micros,
    ) -> Node {
        let history = durable.configurations();
        let is_member = durable.configuration.is_member(id) || history.names(id);
        let was_member = durable.was_member || is_member;
        let first = history.newest().1.clone();
        let log = durable.log;
        let base = log.first() - 1;
        let began_with = Arc::new(durable.configuration);
        let snapshot = durable.snapshot;
        let store = snapshot.as_ref().map(|it| it.store.clone());
        // A look ahead: the stream itself goes on as it would have.
        let follower_reads = FollowerReads::beginning_at(rng.clone().bits());
        let mut node = Node {
            id,
            options,
            rules,
            rng,
            term: durable.term,
            vote: durable.vote,
            stable: log.last(),
            commit: durable.commit.min(log.last()).max(base),
            applied: base,
            log,
            snapshot,
            incoming: None,
            configuration: first.clone(),
            electorate: first,
            history,
            began_with,
            was_member,
            written: 0,
            synced: 0,
            unsynced: Vec::new(),
            late_term: None,
            store: store.unwrap_or_default(),
            role: Role::Follower { leader: None },
            timer: ElectionTimer::default(),
            heard: None,
            restarted: restarted.then_some(now),
            told: RoleKind::Follower,
            follower_reads,
        };
        node.restore_applied();
        node.configuration = node.wanted_configuration().1.clone();
        node.count_voters();
        node.told = node.kind();
        node.restart_election_timer(now);
        node
    }

    /// Works on one input at the node's own time `now`, and adds what follows to `effects`.
    /// `cause` is handed back as the cause of what happens.
    pub fn step(&mut self, now: Micros, cause: EventId, input: Input, effects: &mut Vec<Effect>) {
        let mut turn = Turn {
            now,
            cause,
            effects,
        };
        let turn = &mut turn;
        match input {
            Input::Tick => self.tick(turn),
            Input::Receive(envelope) => self.receive(&envelope, turn),
            Input::Synced(write) => self.on_synced(write, turn),
            Input::Request {
                request,
                reads,
                forward: false,
            } => self.on_request(request, reads, None, turn),
            Input::Request { request, reads, .. } => self.forward(request, reads, turn),
            Input::Health { client, serial } => self.on_health(client, serial, turn),
            Input::Admin(order) => self.on_order(*order, turn),
            Input::TakeSnapshot => self.take_snapshot(turn),
            Input::ClockSet => self.on_clock_set(turn.now),
            Input::Campaign => self.fire_election_timer(turn),
            Input::HoldElection(held) => self.hold_election_timer(held, turn.now),
            Input::Configure(options, rules) => self.configure(*options, rules, turn),
        }
    }

    /// When the node wants its next [`Input::Tick`], by its own clock.
    pub fn deadline(&self) -> Option<Micros> {
        match &self.role {
            Role::Leader(leader) => Some(leader.deadline(self.rules)),
            _ => self.timer.deadline().filter(|_| self.has_vote()),
        }
    }

    /// The node as others may see it, at its own time `now`.
    pub fn view(&self, now: Micros) -> NodeView {
        let leader_known = |leader: &Option<NodeId>| match self.kind() {
            RoleKind::Learner => RoleView::Learner { leader: *leader },
            RoleKind::Removed => RoleView::Removed,
            _ => RoleView::Follower { leader: *leader },
        };
        NodeView {
            id: self.id,
            term: self.term,
            vote: self.vote,
            role: match &self.role {
                Role::Follower { leader } => leader_known(leader),
                Role::PreCandidate(votes) => RoleView::PreCandidate {
                    votes: votes.view(),
                },
                Role::Candidate(votes) => RoleView::Candidate {
                    votes: votes.view(),
                },
                Role::Leader(leader) => RoleView::Leader {
                    peers: leader.view(now),
                },
            },
            commit: self.commit,
            applied: self.applied,
            log: self.log.clone(),
            synced: self.stable,
            configuration: (*self.configuration).clone(),
            store: self.store.clone(),
            election_timer: self
                .deadline()
                .filter(|_| self.kind() != RoleKind::Leader)
                .map(|deadline| (deadline.saturating_sub(now), self.timer.span())),
            timer_held: self.timer.held(),
        }
    }

    /// A few facts of the node.
    pub fn glance(&self) -> Glance {
        Glance {
            term: self.term,
            commit: self.commit,
            applied: self.applied,
            first: self.log.first(),
            last: self.log.last(),
            configuration: self.configuration.clone(),
            store: self.store.clone(),
        }
    }

    /// The node's number.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The current term.
    pub fn term(&self) -> Term {
        self.term
    }

    /// The role, without its data.
    pub fn kind(&self) -> RoleKind {
        match &self.role {
            Role::Follower { .. } => self.standing(),
            Role::PreCandidate(_) => RoleKind::PreCandidate,
            Role::Candidate(_) => RoleKind::Candidate,
            Role::Leader(_) => RoleKind::Leader,
        }
    }

    /// What a node that neither leads nor campaigns is. The newest configuration may still be
    /// taken back, so a node that it leaves out goes by the committed one too, and by those in
    /// between: any of them may be what is committed. Until it knows, the node may be the only one
    /// that can be elected (dissertation, section 4.2.2).
    fn standing(&self) -> RoleKind {
        if self.configuration.is_voter(self.id) {
            return RoleKind::Follower;
        }
        let possible = || self.history.since(self.commit).chain([&self.configuration]);
        if possible().any(|it| it.is_voter(self.id)) {
            RoleKind::Follower
        } else if self.was_member && !possible().any(|it| it.is_member(self.id)) {
            RoleKind::Removed
        } else {
            RoleKind::Learner
        }
    }

    /// How far the node knows its log to be committed.
    pub fn commit(&self) -> Index {
        self.commit
    }

    /// The replicated log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn tick(&mut self, turn: &mut Turn) {
        match &self.role {
            Role::Leader(_) => self.leader_tick(turn),
            _ => {
                if self.timer.due(turn.now) && self.has_vote() {
                    self.fire_election_timer(turn);
                }
            }
        }
    }

    /// Instants of the old clock cannot be told from those of the new: a lease that counts from
    /// one is over, a vote that is withheld since one is withheld as long again, and no timer may
    /// lie further ahead than if it began now. Timers that the new clock has passed fire.
    fn on_clock_set(&mut self, now: Micros) {
        self.heard = self.heard.map(|_| now);
        self.restarted = self.restarted.map(|_| now);
        let timeout = self.options.election_timeout.max;
        let heartbeat = self.options.heartbeat;
        match &mut self.role {
            Role::Leader(leader) => leader.on_clock_set(now, heartbeat, timeout),
            _ if self.timer.lies_beyond(now.saturating_add(timeout)) => {
                self.restart_election_timer(now);
            }
            _ => {}
        }
    }

    /// Takes a message, after the comparison of terms that every message gets (section 5.1).
    fn receive(&mut self, envelope: &Envelope, turn: &mut Turn) {
        let (from, term) = (envelope.from, envelope.term);
        match &envelope.message {
            // These two never change a term by being asked: only a refusal can.
            Message::PreVote(ballot) => return self.on_pre_vote(from, term, *ballot, turn),
            &Message::PreVoteReply { granted, asked } => {
                return self.on_pre_vote_reply(from, term, granted, asked, turn);
            }
            &Message::Vote { ballot, transfer } if term > self.term => {
                if let Some(reason) = self.unheeded(from, ballot, transfer, turn.now) {
                    return self.refuse_vote(from, term, ballot, reason, turn);
                }
            }
            _ => {}
        }
        if term > self.term {
            if self.is_noise(envelope) {
                return self.leave_alone(from);
            }
            let carries_entries = matches!(&envelope.message,
                Message::Append(append) if !append.entries.is_empty());
            self.adopt_term(term, from, carries_entries, turn);
        } else if term < self.term && self.rules.on(Rule::RejectStaleTerm) {
            return self.on_stale(envelope, turn);
        }
        match &envelope.message {
            &Message::Vote { ballot, transfer } => self.on_vote(from, term, ballot, transfer, turn),
            Message::VoteReply { granted } => self.on_vote_reply(from, *granted, turn),
            Message::Append(append) => self.on_append(from, append, turn),
            &Message::AppendReply { round, answer } => {
                self.on_append_reply(from, round, answer, turn);
            }
            Message::Snapshot(chunk) => self.on_chunk(from, chunk, turn),
            Message::SnapshotReply(answer) => self.on_chunk_reply(from, *answer, turn),
            Message::TimeoutNow => self.on_timeout_now(from, turn),
            &Message::TimeoutNowReply { campaigns } => {
                self.on_timeout_now_reply(from, campaigns, turn);
            }
            &Message::Read { id } => self.on_index_request(from, id, turn),
            &Message::ReadReply { id, index } => self.on_read_reply(id, index, turn),
            Message::Request { .. } | Message::RequestReply { .. } => {
                self.on_forwarding(envelope, turn);
            }
            Message::PreVote(_) | Message::PreVoteReply { .. } => {
                unreachable!("pre-votes are answered before terms are compared")
            }
        }
    }

    /// Answers of a node outside the configuration that has raised its term: it campaigned in
    /// vain, and whoever leads goes on.
    fn is_noise(&self, envelope: &Envelope) -> bool {
        let leads = matches!(envelope.message, Message::Append(_) | Message::Snapshot(_));
        let asks = matches!(envelope.message, Message::Vote { .. });
        !leads
            && !asks
            && self.rules.on(Rule::RemovedNodeSilenced)
            && self.is_outsider(envelope.from)
    }

    /// A message of an old term: requests are refused so that the sender learns of the newer
    /// term, answers are ignored.
    fn on_stale(&mut self, envelope: &Envelope, turn: &mut Turn) {
        let (from, term) = (envelope.from, envelope.term);
        match &envelope.message {
            &Message::Vote { ballot, .. } => {
                self.refuse_vote(from, term, ballot, super::VoteReason::StaleTerm, turn);
            }
            Message::Append(append) => self.refuse_stale_append(from, append, turn),
            Message::Snapshot(chunk) => self.refuse_stale_chunk(from, chunk, turn),
            &Message::Read { id } => {
                let answer = Message::ReadReply { id, index: None };
                self.send(from, self.term, answer, None, turn);
            }
            // What a client asks and is told belongs to no term.
            Message::Request { .. } | Message::RequestReply { .. } => {
                self.on_forwarding(envelope, turn);
            }
            _ => {}
        }
    }

    /// Moves to a higher term as a follower that has not voted.
    pub(super) fn adopt_term(
        &mut self,
        term: Term,
        from: NodeId,
        with_entries: bool,
        turn: &mut Turn,
    ) {
        self.term = term;
        self.vote = None;
        turn.event(Event::Term {
            term,
            from: Some(from),
        });
        if with_entries && !self.rules.on(Rule::TermBeforeEntries) {
            // The entries are written first; the term follows when they are safe.
            self.late_term = Some(self.written + 1);
        } else {
            self.write_vote(turn);
        }
        if !matches!(self.role, Role::Follower { .. }) {
            self.become_follower(None, RoleReason::HigherTerm, turn);
        } else {
            self.role = Role::Follower { leader: None };
            self.redirect_follower_reads(turn);
        }
    }

    /// Takes the follower's role in the current term. A leader that steps down starts an
    /// election timer; a candidate's runs on.
    pub(super) fn become_follower(
        &mut self,
        leader: Option<NodeId>,
        reason: RoleReason,
        turn: &mut Turn,
    ) {
        let before = std::mem::replace(&mut self.role, Role::Follower { leader });
        self.report_role(reason, Evidence::new(), turn);
        if let Role::Leader(old) = before {
            self.restart_election_timer(turn.now);
            self.resign(*old, leader, turn);
        }
    }

    /// Reports the role that was just taken, and what led to it besides the present input.
    pub(super) fn report_role(&mut self, reason: RoleReason, evidence: Evidence, turn: &mut Turn) {
        self.told = self.kind();
        let event = Event::Role {
            role: self.told,
            term: self.term,
            reason,
        };
        match evidence.is_empty() {
            true => turn.event(event),
            false => turn.event_because(event, evidence),
        }
    }

    /// Whoever waited for a leader that has stepped down is sent on.
    fn resign(&mut self, old: Leader, leader: Option<NodeId>, turn: &mut Turn) {
        for id in old.changes.unanswered() {
            turn.answer_admin(id, AdminAnswer::Deposed(leader));
        }
        if let Some(transfer) = old.transfer {
            self.end_transfer(transfer, leader, turn);
        }
        self.redirect_pending_reads(old.pending_reads, leader, turn);
    }

    /// True when the node may campaign: it is a voter of the configuration in use, or of the
    /// committed one, since the one in use may still be taken back (dissertation, section 4.2.2).
    pub(super) fn has_vote(&self) -> bool {
        self.configuration.is_voter(self.id) || self.standing() == RoleKind::Follower
    }

    /// The leader that the node knows of.
    pub(super) fn leader_hint(&self) -> Option<NodeId> {
        match &self.role {
            // Whoever has left hears no leader any more.
            Role::Follower { leader } if self.standing() != RoleKind::Removed => *leader,
            _ => None,
        }
    }

    pub(super) fn ballot(&self) -> Ballot {
        Ballot {
            last_term: self.log.last_term(),
            last_index: self.log.last(),
        }
    }
}
