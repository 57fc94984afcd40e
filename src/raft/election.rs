//! Leader election (paper, section 5.2 and 5.4.1; PreVote: dissertation, section 9.6; leader
//! stickiness: section 4.2.3).

use super::durable::WriteId;
use super::event::{Event, RoleReason, VoteReason};
use super::message::{Ballot, Message};
use super::node::{Node, Role};
use super::random::Rng;
use super::rule::Rule;
use super::turn::{Evidence, Turn};
use super::view::RoleKind;
use super::{EventId, Micros, NodeId, Span, Term};

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

    /// True when it fires after `limit`, if it is not held.
    pub fn lies_beyond(&self, limit: Micros) -> bool {
        self.deadline > limit
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

    /// Forgets all but the candidate's own.
    pub fn keep_own(&mut self, candidate: NodeId) {
        self.answers.retain(|&(voter, ..)| voter == candidate);
    }

    fn evidence(&self) -> Evidence {
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

    /// Draws from another stream from now on. Of what was drawn before, only the timeout that runs
    /// is drawn anew: nobody who looks at the node can know when it ends, only that it has not
    /// ended yet, so that is what it is drawn among.
    pub fn draw_anew(&mut self, rng: Rng, now: Micros) {
        self.rng = rng;
        let range = self.options.election_timeout;
        let begun = self.timer.deadline.saturating_sub(self.timer.span);
        let possible = Span {
            min: range.min.max(now.saturating_sub(begun) + 1),
            max: range.max,
        };
        let runs = !self.timer.held && self.timer.deadline > now;
        if runs && self.rules.on(Rule::RandomizedTimeouts) && possible.min <= possible.max {
            self.timer.span = self.rng.span(possible);
            self.timer.deadline = begun + self.timer.span;
        }
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
        if self.lease_granted(turn.now) {
            self.decline_own_vote(turn);
        } else if self.rules.on(Rule::PreVote) {
            self.ask_first(turn);
        } else {
            self.campaign(RoleReason::Campaign, turn);
        }
    }

    /// The timer was fired by hand while a leader may hold a lease that counts on this node.
    fn decline_own_vote(&mut self, turn: &mut Turn) {
        self.restart_election_timer(turn.now);
        turn.event(Event::Vote {
            candidate: self.id,
            term: self.term + 1,
            pre: self.rules.on(Rule::PreVote),
            ballot: self.ballot(),
            reason: VoteReason::LeaseGranted,
        });
    }

    fn ask_first(&mut self, turn: &mut Turn) {
        self.restart_election_timer(turn.now);
        let mut votes = Votes::default();
        votes.add(self.id, true, turn.cause);
        self.role = Role::PreCandidate(votes);
        self.report_role(RoleReason::AskFirst, Evidence::new(), turn);
        self.redirect_follower_reads(turn);
        let ballot = self.ballot();
        for voter in self.other_voters() {
            // Nothing is promised, so nothing has to be on disk.
            self.send(voter, self.term + 1, Message::PreVote(ballot), None, turn);
        }
        self.count_pre_votes(turn);
    }

    /// Begins an election in a new term (paper, section 5.2).
    pub(super) fn campaign(&mut self, reason: RoleReason, turn: &mut Turn) {
        self.restart_election_timer(turn.now);
        self.term += 1;
        self.vote = Some(self.id);
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
        self.report_role(reason, Evidence::new(), turn);
        self.redirect_follower_reads(turn);
        let ballot = self.ballot();
        let transfer = reason == RoleReason::HandedOver;
        for voter in self.other_voters() {
            self.send_promise(voter, Message::Vote { ballot, transfer }, turn);
        }
        self.count_own_vote(turn);
    }

    fn other_voters(&self) -> Vec<NodeId> {
        let mut voters = self.configuration.merged().voters;
        voters.retain(|&id| id != self.id);
        voters
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
        if self.electorate.quorum(|voter| votes.has(voter, true)) {
            let evidence = votes.evidence();
            let reason = RoleReason::Majority {
                votes: votes.granted(),
                voters: self.configuration.merged().voters.len() as u16,
            };
            self.become_leader(reason, evidence, turn);
        }
    }

    fn count_pre_votes(&mut self, turn: &mut Turn) {
        let Role::PreCandidate(votes) = &self.role else {
            return;
        };
        if self.electorate.quorum(|voter| votes.has(voter, true)) {
            self.campaign(RoleReason::Campaign, turn);
        } else if !self.electorate.quorum(|voter| !votes.has(voter, false)) {
            self.become_follower(None, RoleReason::Refused, turn);
        }
    }

    /// While a leader is heard, no vote is granted (dissertation, section 4.2.3). A leader hears
    /// itself.
    pub(super) fn sticks_to_leader(&self, now: Micros) -> bool {
        if !self.rules.on(Rule::LeaderStickiness) {
            return false;
        }
        match &self.role {
            Role::Leader(_) => true,
            Role::Follower { leader: Some(_) } => self
                .heard
                .is_some_and(|at| now.saturating_sub(at) < self.stickiness()),
            _ => false,
        }
    }

    /// Why a candidate's request is not heeded at all, whatever its term, if that is so.
    pub(super) fn unheeded(
        &self,
        candidate: NodeId,
        ballot: Ballot,
        transfer: bool,
        now: Micros,
    ) -> Option<VoteReason> {
        let own = self.ballot();
        if self.rules.on(Rule::RemovedNodeSilenced) && self.is_outsider(candidate) && ballot <= own
        {
            // A candidate with a newer log may know of a configuration that is not here yet.
            Some(VoteReason::Outsider { own })
        } else if transfer {
            None
        } else if self.sticks_to_leader(now) {
            Some(VoteReason::LeaderHeard(self.known_leader()))
        } else if self.lease_granted(now) {
            Some(VoteReason::LeaseGranted)
        } else {
            None
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
        } else {
            let unheeded = self.unheeded(candidate, ballot, false, turn.now);
            unheeded.unwrap_or_else(|| self.compare_logs(ballot))
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
        // It asks about the term after its own: one that is beyond this one hears nobody here.
        if matches!(reason, VoteReason::Outsider { .. }) && term <= self.term + 1 {
            self.inform_outsider(candidate, turn);
        }
    }

    pub(super) fn on_pre_vote_reply(
        &mut self,
        from: NodeId,
        term: Term,
        granted: bool,
        asked: Term,
        turn: &mut Turn,
    ) {
        let outsider = || self.rules.on(Rule::RemovedNodeSilenced) && self.is_outsider(from);
        if !granted && term > self.term && !outsider() {
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
        transfer: bool,
        turn: &mut Turn,
    ) {
        let reason = match self.vote {
            Some(other) if other != candidate => VoteReason::AlreadyVoted(other),
            _ => {
                let unheeded = self.unheeded(candidate, ballot, transfer, turn.now);
                unheeded.unwrap_or_else(|| self.compare_logs(ballot))
            }
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

    /// Refuses a vote without taking the request's term over.
    pub(super) fn refuse_vote(
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
