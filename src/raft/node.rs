//! One server: what it is told, what it answers, and the state between.

use std::sync::Arc;

use super::admin::{AdminAnswer, AdminId, Order};
use super::configuration::{Configuration, History};
use super::durable::{Durable, Write, WriteId};
use super::election::{ElectionTimer, Votes};
use super::event::{Causes, ConfigurationReason, Event, RoleReason};
use super::log::{Entry, Log, Payload};
use super::message::{AppendAnswer, Ballot, Envelope, Message};
use super::options::{Options, ReadMode};
use super::progress::Leader;
use super::random::Rng;
use super::read::Asked;
use super::rule::{Rule, Rules};
use super::snapshot::{Incoming, Snapshot};
use super::view::{NodeView, RoleKind, RoleView};
use super::{EventId, Index, Micros, NodeId, Term};
use crate::kv::{ClientId, Outcome, Request, Store};

/// What a node is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A deadline that it asked for has come.
    Tick,
    /// A message arrived.
    Receive(Arc<Envelope>),
    /// This write and all before it are on the disk.
    Synced(WriteId),
    /// A client asks; `reads` says how a read is to be answered, and `forward` whether a node
    /// that does not lead passes the request on.
    Request {
        request: Arc<Request>,
        reads: ReadMode,
        forward: bool,
    },
    /// Somebody wants the cluster changed, or led by another.
    Admin(Box<Order>),
    /// Take a snapshot of what is applied, and compact the log.
    TakeSnapshot,
    /// A client asks whether the node leads; `serial` is the client's count of such questions.
    Health { client: ClientId, serial: u64 },
    /// The election timer fires now, held or not.
    Campaign,
    /// The election timer is held, or let go with a fresh timeout.
    HoldElection(bool),
    /// New options and rules, from now on.
    Configure(Box<Options>, Rules),
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The state machine's answer.
    Outcome(Outcome),
    /// The node does not lead; the leader that it knows of, if any.
    NotLeader(Option<NodeId>),
    /// Whether the node believes that it leads, and its term.
    Health { leads: bool, term: Term },
}

/// What a node wants done, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Write this to disk; [`Input::Synced`] tells when it is safe.
    Write {
        id: WriteId,
        write: Write,
        cause: EventId,
    },
    /// Send this; not before the write that it depends on is safe.
    Send {
        envelope: Arc<Envelope>,
        after: Option<WriteId>,
        cause: EventId,
    },
    /// Answer a client; `entry` is the place of a write in the log.
    Reply {
        client: ClientId,
        serial: u64,
        answer: Answer,
        entry: Option<(Index, Term)>,
        cause: EventId,
    },
    /// Answer a statement about the cluster.
    AdminReply {
        id: AdminId,
        answer: AdminAnswer,
        cause: EventId,
    },
    /// Something happened, and what led to it.
    Event { event: Event, causes: Causes },
}

impl Effect {
    /// For an event that tells of a timer: what had the timer fire, 0 for time alone.
    pub fn fires(&self) -> Option<EventId> {
        match self {
            Effect::Event {
                event: Event::Timeout { .. },
                causes,
            } => Some(causes.as_slice().first().copied().unwrap_or(0)),
            _ => None,
        }
    }

    /// Names `event` as the cause where `old` is the only one.
    pub fn follow(&mut self, old: EventId, event: EventId) {
        match self {
            Effect::Write { cause, .. }
            | Effect::Send { cause, .. }
            | Effect::AdminReply { cause, .. }
            | Effect::Reply { cause, .. } => {
                if *cause == old {
                    *cause = event;
                }
            }
            Effect::Event { causes, .. } => {
                if *causes == Causes::one(old) {
                    *causes = Causes::one(event);
                }
            }
        }
    }
}

/// One input being worked on.
pub(super) struct Turn<'a> {
    /// The node's own clock.
    pub now: Micros,
    /// The event that brought the input.
    pub cause: EventId,
    effects: &'a mut Vec<Effect>,
}

impl Turn<'_> {
    /// Reports an event that this input led to.
    pub fn event(&mut self, event: Event) {
        let causes = Causes::one(self.cause);
        self.effects.push(Effect::Event { event, causes });
    }

    /// Reports an event that several inputs led to; this one is added.
    pub fn event_because(&mut self, event: Event, mut ids: Vec<EventId>) {
        ids.push(self.cause);
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|&id| id != 0);
        let causes = Causes::Many(ids.into());
        self.effects.push(Effect::Event { event, causes });
    }

    /// Answers a statement about the cluster.
    pub fn answer_admin(&mut self, id: AdminId, answer: AdminAnswer) {
        self.event(Event::AdminAnswered { id, answer });
        let cause = self.cause;
        self.effects.push(Effect::AdminReply { id, answer, cause });
    }

    /// Answers a client.
    pub fn reply(
        &mut self,
        client: ClientId,
        serial: u64,
        answer: Answer,
        entry: Option<(Index, Term)>,
    ) {
        let event = match &answer {
            Answer::Outcome(outcome) => Event::Answered {
                client,
                serial,
                outcome: outcome.clone(),
                entry,
            },
            &Answer::NotLeader(leader) => Event::Redirected {
                client,
                serial,
                leader,
            },
            &Answer::Health { leads, term } => Event::Health {
                client,
                probe: serial,
                leads,
                term,
            },
        };
        self.event(event);
        self.effects.push(Effect::Reply {
            client,
            serial,
            answer,
            entry,
            cause: self.cause,
        });
    }
}

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
    pub(super) asked: Asked,
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
        let was_member = durable.configuration.is_member(id) || history.names(id);
        let first = history.newest().1.clone();
        let log = durable.log;
        let base = log.first() - 1;
        let began_with = Arc::new(durable.configuration);
        let snapshot = durable.snapshot;
        let store = snapshot.as_ref().map(|it| it.store.clone());
        // A look ahead: the stream itself goes on as it would have.
        let asked = Asked::beginning_at(rng.clone().bits());
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
            asked,
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
    /// taken back, so a node that it leaves out goes by the committed one too.
    fn standing(&self) -> RoleKind {
        let newest = &*self.configuration;
        if newest.is_voter(self.id) {
            return RoleKind::Follower;
        }
        let committed = &**self.history.up_to(self.commit).1;
        if committed.is_voter(self.id) {
            RoleKind::Follower
        } else if self.was_member && !newest.is_member(self.id) && !committed.is_member(self.id) {
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

    fn configure(&mut self, options: Options, rules: Rules, turn: &mut Turn) {
        let now = turn.now;
        let range = |options: &Options, rules: Rules| {
            let span = options.election_timeout;
            (span, rules.on(Rule::RandomizedTimeouts))
        };
        let redraw = range(&self.options, self.rules) != range(&options, rules);
        let lease = |options: &Options| (options.leases, options.stickiness, options.drift_bound);
        let changed = self.rules != rules;
        if changed || lease(&self.options) != lease(&options) {
            self.renew_lease();
        }
        self.options = options;
        self.rules = rules;
        if changed {
            self.use_configuration(ConfigurationReason::Switched, turn);
        }
        self.compact_if_due(turn);
        match &mut self.role {
            Role::Leader(leader) => leader.hasten(now + self.options.heartbeat),
            _ if redraw => self.restart_election_timer(now),
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
            &Message::Read { id } => self.on_question(from, id, turn),
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
            self.turn_asked_away(turn);
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
        self.report_role(reason, Vec::new(), turn);
        if let Role::Leader(old) = before {
            self.restart_election_timer(turn.now);
            self.resign(*old, leader, turn);
        }
    }

    /// Reports the role that was just taken, and what led to it besides the present input.
    pub(super) fn report_role(
        &mut self,
        reason: RoleReason,
        evidence: Vec<EventId>,
        turn: &mut Turn,
    ) {
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
            turn.answer_admin(id, AdminAnswer::NotLeader(leader));
        }
        if let Some(transfer) = old.transfer {
            self.end_transfer(transfer, leader, turn);
        }
        self.turn_readers_away(old.readers, leader, turn);
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

    /// Writes term and vote. With `persist-vote` off the vote stays in memory only.
    pub(super) fn write_vote(&mut self, turn: &mut Turn) -> WriteId {
        self.late_term = None;
        let vote = self.vote.filter(|_| self.rules.on(Rule::PersistVote));
        self.write(
            Write::Vote {
                term: self.term,
                vote,
            },
            turn,
        )
    }

    pub(super) fn write(&mut self, write: Write, turn: &mut Turn) -> WriteId {
        self.written += 1;
        let id = self.written;
        let cause = turn.cause;
        turn.effects.push(Effect::Write { id, write, cause });
        id
    }

    /// Sends a message that promises what has been written so far: it waits until that is safe,
    /// unless `sync-before-reply` is off.
    pub(super) fn send_promise(&self, to: NodeId, message: Message, turn: &mut Turn) {
        let waits = self.written > self.synced && self.rules.on(Rule::SyncBeforeReply);
        self.send(to, self.term, message, waits.then_some(self.written), turn);
    }

    /// Sends a message, after a write if one is named.
    pub(super) fn send(
        &self,
        to: NodeId,
        term: Term,
        message: Message,
        after: Option<WriteId>,
        turn: &mut Turn,
    ) {
        let envelope = Arc::new(Envelope {
            from: self.id,
            to,
            term,
            message,
        });
        turn.effects.push(Effect::Send {
            envelope,
            after,
            cause: turn.cause,
        });
    }

    pub(super) fn send_answer(
        &self,
        to: NodeId,
        round: u64,
        answer: AppendAnswer,
        turn: &mut Turn,
    ) {
        self.send_promise(to, Message::AppendReply { round, answer }, turn);
    }

    fn on_synced(&mut self, write: WriteId, turn: &mut Turn) {
        self.synced = self.synced.max(write);
        let done = self.unsynced.partition_point(|&(id, _)| id <= write);
        if let Some(&(_, index)) = self.unsynced[..done].last() {
            self.stable = self.stable.max(index);
        }
        self.unsynced.drain(..done);
        if self.late_term.is_some_and(|entries| write >= entries) {
            self.write_vote(turn);
        }
        match &self.role {
            Role::Candidate(_) => self.count_own_vote(turn),
            Role::Leader(_) => self.advance_commit(turn),
            _ => {}
        }
    }

    /// Adds an entry of the current term to the end of the log; leaders only.
    pub(super) fn append_own(&mut self, payload: Payload, turn: &mut Turn) -> Index {
        let (prev_index, prev_term) = (self.log.last(), self.log.last_term());
        let configuration = match &payload {
            Payload::Configuration(configuration) => Some(configuration.clone()),
            _ => None,
        };
        let entry = Entry {
            term: self.term,
            payload,
        };
        let index = self.log.push(entry.clone());
        let entries: super::Entries = Arc::new([entry]);
        turn.event(Event::Append {
            prev_index,
            prev_term,
            entries: entries.clone(),
            leader: None,
        });
        if let Role::Leader(leader) = &mut self.role {
            leader.share(index, entries.clone());
        }
        self.write_entries(index, entries, turn);
        if let Some(configuration) = configuration {
            self.note_configuration(index, self.term, &configuration, turn);
        }
        index
    }

    /// Writes entries that the log already holds from `from` on.
    pub(super) fn write_entries(
        &mut self,
        from: Index,
        entries: super::Entries,
        turn: &mut Turn,
    ) -> WriteId {
        let id = self.write(Write::Entries { from, entries }, turn);
        let last = self.log.last();
        if self.rules.on(Rule::SyncBeforeReply) {
            self.unsynced.push((id, last));
        } else {
            self.stable = last;
        }
        id
    }

    /// Cuts the log before `from`: what was safe or on its way to the disk there is no more.
    pub(super) fn truncate(&mut self, from: Index, turn: &mut Turn) {
        let count = self.log.truncate(from);
        if count == 0 {
            return;
        }
        let last = self.log.last();
        self.stable = self.stable.min(last);
        for (_, index) in &mut self.unsynced {
            *index = (*index).min(last);
        }
        self.commit = self.commit.min(last);
        turn.event(Event::Truncate { from, count });
        if self.history.truncate(from) {
            self.use_configuration(ConfigurationReason::TakenBack, turn);
        }
    }

    /// Raises the commit index to `to`, at most to the end of the log, and applies what is new.
    pub(super) fn commit_to(&mut self, to: Index, evidence: Option<Vec<EventId>>, turn: &mut Turn) {
        let to = to.min(self.log.last());
        if to <= self.commit {
            return;
        }
        let from = std::mem::replace(&mut self.commit, to);
        let event = Event::Commit { from, to };
        match evidence {
            Some(ids) => turn.event_because(event, ids),
            None => turn.event(event),
        }
        while self.applied < self.commit {
            self.apply_next(turn);
        }
        self.answer_asked(turn);
        // The first configuration is known without an entry: mostly there is nothing to heed.
        if self.history.newest().0 > 0 {
            self.heed_committed_configuration(turn);
        }
        self.compact_if_due(turn);
    }

    fn apply_next(&mut self, turn: &mut Turn) {
        let index = self.applied + 1;
        let Some(entry) = self.log.get(index).cloned() else {
            // Only after a violation can the log have been cut below what is committed.
            self.applied = self.commit;
            return;
        };
        self.applied = index;
        let applied = match &entry.payload {
            Payload::Command(request) => {
                let sessions = self.rules.on(Rule::ClientSessions);
                Some(self.store.apply(request, sessions))
            }
            Payload::Noop => None,
            Payload::Configuration(_) => {
                if !self.rules.on(Rule::ConfigOnAppend) {
                    self.use_configuration(ConfigurationReason::Applied, turn);
                }
                None
            }
        };
        turn.event(Event::Apply {
            index,
            term: entry.term,
            payload: entry.payload,
            fresh: applied.as_ref().is_none_or(|applied| applied.fresh),
        });
        if let (Role::Leader(leader), Some(applied)) = (&mut self.role, applied)
            && let Some(asker) = leader.writer_of(index)
        {
            let answer = Answer::Outcome(applied.outcome);
            self.answer(asker, answer, Some((index, entry.term)), turn);
        }
    }

    /// Applies silently what was known to be committed before the start.
    fn restore_applied(&mut self) {
        for index in self.applied + 1..=self.commit {
            if let Some(Payload::Command(request)) = self.log.get(index).map(|e| &e.payload) {
                self.store
                    .apply(request, self.rules.on(Rule::ClientSessions));
            }
        }
        self.applied = self.commit;
    }
}
