//! Leader election (paper, section 5.2 and 5.4.1; PreVote: dissertation, section 9.6; leader
//! stickiness: section 4.2.3).

use super::durable::WriteId;
use super::event::{Event, RoleReason, VoteReason};
use super::message::{Ballot, Message};
use super::node::{Node, Role, Turn};
use super::rule::Rule;
use super::view::RoleKind;
use super::{EventId, Micros, NodeId, Term};

/// The election timer: one deadline, drawn anew at each start, which may be held by hand.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct ElectionTimer {
    deadline: Micros,
    span: Micros,
    held: bool,
}

impl ElectionTimer {
    /// When it fires; `None` while it is held.
    pub fn deadline(&self) -> Option<Micros> {
        (!self.held).then_some(self.deadline)
    }

    pub fn due(&self, now: Micros) -> bool {
        !self.held && now >= self.deadline
    }

    /// The whole timeout that was drawn, in microseconds.
    pub fn span(&self) -> Micros {
        self.span
    }

    pub fn held(&self) -> bool {
        self.held
    }
}

/// The answers that a candidate or pre-candidate has, each with the event that brought it.
#[derive(Clone, Default, Debug)]
pub(super) struct Votes {
    answers: Vec<(NodeId, bool, EventId)>,
    /// The write after which the candidate's own vote counts, until it does.
    own: Option<WriteId>,
}

impl Votes {
    fn add(&mut self, voter: NodeId, granted: bool, cause: EventId) {
        if !self.answers.iter().any(|&(known, ..)| known == voter) {
            self.answers.push((voter, granted, cause));
        }
    }

    fn has(&self, voter: NodeId, wanted: bool) -> bool {
        self.answers
            .iter()
            .any(|&(known, granted, _)| known == voter && granted == wanted)
    }

    fn evidence(&self) -> Vec<EventId> {
        let granted = self.answers.iter().filter(|&&(_, granted, _)| granted);
        granted.map(|&(.., cause)| cause).collect()
    }

    fn granted(&self) -> u16 {
        self.answers
            .iter()
            .filter(|&&(_, granted, _)| granted)
            .count() as u16
    }

    pub fn view(&self) -> Vec<(NodeId, bool)> {
        let mut votes: Vec<_> = self.answers.iter().map(|&(id, yes, _)| (id, yes)).collect();
        votes.sort_unstable();
        votes
    }
}

impl Node {
    /// Draws a new election timeout and starts it now.
    pub(super) fn restart_election_timer(&mut self, now: Micros) {
        let range = self.options.election_timeout;
        let span = match self.rules.on(Rule::RandomizedTimeouts) {
            true => self.rng.span(range),
            false => range.min,
        };
        self.timer.span = span;
        self.timer.deadline = now + span;
    }

    pub(super) fn hold_election_timer(&mut self, held: bool, now: Micros) {
        if std::mem::replace(&mut self.timer.held, held) && !held {
            self.restart_election_timer(now);
        }
    }

    /// No leader was heard in time: ask whether an election could be won, or begin one.
    pub(super) fn fire_election_timer(&mut self, turn: &mut Turn) {
        if !self.has_vote() || self.kind() == RoleKind::Leader {
            return;
        }
        turn.event(Event::Timeout { election: true });
        if self.rules.on(Rule::PreVote) {
            self.ask_first(turn);
        } else {
            self.campaign(turn);
        }
    }

    fn ask_first(&mut self, turn: &mut Turn) {
        self.restart_election_timer(turn.now);
        let mut votes = Votes::default();
        votes.add(self.id, true, turn.cause);
        self.role = Role::PreCandidate(votes);
        turn.event(Event::Role {
            role: RoleKind::PreCandidate,
            term: self.term,
            reason: RoleReason::AskFirst,
        });
        let ballot = self.ballot();
        for voter in self.other_voters() {
            // Nothing is promised, so nothing has to be on disk.
            self.send(voter, self.term + 1, Message::PreVote(ballot), None, turn);
        }
        self.count_pre_votes(turn);
    }

    /// Begins an election in a new term (paper, section 5.2).
    fn campaign(&mut self, turn: &mut Turn) {
        self.restart_election_timer(turn.now);
        self.term += 1;
        self.vote = Some(self.id);
        self.heard = None;
        turn.event(Event::Term {
            term: self.term,
            from: None,
        });
        let own = self.write_vote(turn);
        let waits = self.rules.on(Rule::SyncBeforeReply);
        self.role = Role::Candidate(Votes {
            answers: Vec::new(),
            own: Some(if waits { own } else { 0 }),
        });
        turn.event(Event::Role {
            role: RoleKind::Candidate,
            term: self.term,
            reason: RoleReason::Campaign,
        });
        let ballot = self.ballot();
        for voter in self.other_voters() {
            self.send_promise(voter, Message::Vote(ballot), turn);
        }
        self.count_own_vote(turn);
    }

    fn other_voters(&self) -> Vec<NodeId> {
        let mut members = self.configuration.members();
        members.retain(|&id| id != self.id && self.configuration.is_voter(id));
        members
    }

    /// A candidate's own vote counts once it is on its disk.
    pub(super) fn count_own_vote(&mut self, turn: &mut Turn) {
        let (id, synced) = (self.id, self.synced);
        if let Role::Candidate(votes) = &mut self.role
            && votes.own.is_some_and(|write| write <= synced)
        {
            votes.own = None;
            votes.add(id, true, turn.cause);
            self.count_votes(turn);
        }
    }

    fn count_votes(&mut self, turn: &mut Turn) {
        let Role::Candidate(votes) = &self.role else {
            return;
        };
        if self.configuration.quorum(|voter| votes.has(voter, true)) {
            let evidence = votes.evidence();
            let reason = RoleReason::Majority {
                votes: votes.granted(),
                voters: self.configuration.voters.len() as u16,
            };
            self.become_leader(reason, evidence, turn);
        }
    }

    fn count_pre_votes(&mut self, turn: &mut Turn) {
        let Role::PreCandidate(votes) = &self.role else {
            return;
        };
        if self.configuration.quorum(|voter| votes.has(voter, true)) {
            self.campaign(turn);
        } else if !self.configuration.quorum(|voter| !votes.has(voter, false)) {
            self.become_follower(None, RoleReason::Refused, turn);
        }
    }

    /// While a leader is heard, no vote is granted (dissertation, section 4.2.3). A leader hears
    /// itself.
    pub(super) fn sticks_to_leader(&self, now: Micros) -> bool {
        if !self.rules.on(Rule::LeaderStickiness) {
            return false;
        }
        let shortest = self.options.election_timeout.min;
        match &self.role {
            Role::Leader(_) => true,
            Role::Follower { leader: Some(_) } => self
                .heard
                .is_some_and(|at| now.saturating_sub(at) < shortest),
            _ => false,
        }
    }

    fn known_leader(&self) -> NodeId {
        match &self.role {
            Role::Follower {
                leader: Some(leader),
            } => *leader,
            _ => self.id,
        }
    }

    /// Answers a pre-vote request: would the vote be granted in that term? Nothing changes.
    pub(super) fn on_pre_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        ballot: Ballot,
        turn: &mut Turn,
    ) {
        let reason = if term <= self.term && self.rules.on(Rule::RejectStaleTerm) {
            VoteReason::StaleTerm
        } else if self.sticks_to_leader(turn.now) {
            VoteReason::LeaderHeard(self.known_leader())
        } else {
            self.compare_logs(ballot)
        };
        turn.event(Event::Vote {
            candidate,
            term,
            pre: true,
            ballot,
            reason,
        });
        let reply = Message::PreVoteReply {
            granted: reason == VoteReason::Granted,
            asked: term,
        };
        self.send(candidate, self.term, reply, None, turn);
    }

    pub(super) fn on_pre_vote_reply(
        &mut self,
        from: NodeId,
        term: Term,
        granted: bool,
        asked: Term,
        turn: &mut Turn,
    ) {
        if !granted && term > self.term {
            self.adopt_term(term, from, false, turn);
            return;
        }
        let current = asked == self.term + 1 || !self.rules.on(Rule::RejectStaleTerm);
        if let Role::PreCandidate(votes) = &mut self.role
            && current
        {
            votes.add(from, granted, turn.cause);
            self.count_pre_votes(turn);
        }
    }

    /// Answers a vote request of the current term (paper, Figure 2, RequestVote).
    pub(super) fn on_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        ballot: Ballot,
        turn: &mut Turn,
    ) {
        let reason = match self.vote {
            Some(other) if other != candidate => VoteReason::AlreadyVoted(other),
            _ if self.sticks_to_leader(turn.now) => VoteReason::LeaderHeard(self.known_leader()),
            _ => self.compare_logs(ballot),
        };
        let granted = reason == VoteReason::Granted;
        turn.event(Event::Vote {
            candidate,
            term,
            pre: false,
            ballot,
            reason,
        });
        if granted {
            self.restart_election_timer(turn.now);
            if self.vote.is_none() {
                self.vote = Some(candidate);
                self.write_vote(turn);
            }
        }
        self.send_promise(candidate, Message::VoteReply { granted }, turn);
    }

    /// The comparison of section 5.4.1: the later last term wins, then the longer log.
    fn compare_logs(&self, ballot: Ballot) -> VoteReason {
        let own = self.ballot();
        if ballot >= own || !self.rules.on(Rule::ElectionRestriction) {
            VoteReason::Granted
        } else {
            VoteReason::LogBehind { own }
        }
    }

    pub(super) fn refuse_stale_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        ballot: Ballot,
        turn: &mut Turn,
    ) {
        self.refuse_vote(candidate, term, ballot, VoteReason::StaleTerm, turn);
    }

    /// Refuses a vote of a higher term without taking that term over.
    pub(super) fn refuse_vote_for_leader(
        &mut self,
        candidate: NodeId,
        term: Term,
        ballot: Ballot,
        turn: &mut Turn,
    ) {
        let reason = VoteReason::LeaderHeard(self.known_leader());
        self.refuse_vote(candidate, term, ballot, reason, turn);
    }

    fn refuse_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        ballot: Ballot,
        reason: VoteReason,
        turn: &mut Turn,
    ) {
        turn.event(Event::Vote {
            candidate,
            term,
            pre: false,
            ballot,
            reason,
        });
        self.send_promise(candidate, Message::VoteReply { granted: false }, turn);
    }

    pub(super) fn on_vote_reply(&mut self, from: NodeId, granted: bool, turn: &mut Turn) {
        if let Role::Candidate(votes) = &mut self.role {
            votes.add(from, granted, turn.cause);
            self.count_votes(turn);
        }
    }
}
