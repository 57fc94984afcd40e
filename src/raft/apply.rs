//! A node's own log, disk and state machine: what it writes, sends, commits and applies (paper,
//! Figure 2; dissertation, section 10.2.1).

use std::sync::Arc;

use super::durable::{Write, WriteId};
use super::event::{ConfigurationReason, Event};
use super::log::{Entry, Payload};
use super::message::{AppendAnswer, Envelope, Message};
use super::node::{Node, Role};
use super::rule::Rule;
use super::turn::{Answer, Effect, Evidence, Turn};
use super::{Index, NodeId, Term};
use crate::kv::Applied;
use crate::room::Put;

impl Node {
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
        turn.effects.put(Effect::Write { id, write, cause });
        id
    }

    /// Sends a message that promises what has been written so far: it waits until that is safe,
    /// unless `sync-before-reply` is off.
    #[inline(always)]
    pub(super) fn send_promise(&self, to: NodeId, message: Message, turn: &mut Turn) {
        let waits = self.written > self.synced && self.rules.on(Rule::SyncBeforeReply);
        self.send(to, self.term, message, waits.then_some(self.written), turn);
    }

    /// Sends a message, after a write if one is named.
    #[inline(always)]
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
        turn.effects.put(Effect::Send {
            envelope,
            after,
            cause: turn.cause,
        });
    }

    #[inline(always)]
    pub(super) fn send_answer(
        &self,
        to: NodeId,
        round: u64,
        answer: AppendAnswer,
        turn: &mut Turn,
    ) {
        self.send_promise(to, Message::AppendReply { round, answer }, turn);
    }

    pub(super) fn on_synced(&mut self, write: WriteId, turn: &mut Turn) {
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
            leader.shared = Some((index, prev_term, entries.clone()));
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
        self.unsynced.push((id, self.log.last()));
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
    pub(super) fn commit_to(&mut self, to: Index, evidence: Option<Evidence>, turn: &mut Turn) {
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
        self.answer_follower_reads(turn);
        // The first configuration is known without an entry: mostly there is nothing to heed.
        if self.history.newest().0 > 0 {
            self.heed_committed_configuration(turn);
        }
        self.compact_if_due(turn);
    }

    fn apply_next(&mut self, turn: &mut Turn) {
        self.applied += 1;
        let index = self.applied;
        if !self.rules.on(Rule::ConfigOnAppend) {
            self.use_configuration_at(index, turn);
        }
        let Some(entry) = self.log.get(index) else {
            // Only after a violation can the log have been cut below what is committed.
            self.applied = self.commit;
            return;
        };
        let term = entry.term;
        let applies = |fresh| Event::Apply {
            index,
            term,
            payload: entry.payload.clone(),
            fresh,
        };
        match &entry.payload {
            Payload::Command(request) => {
                let sessions = self.rules.on(Rule::ClientSessions);
                let applied = self.store.apply(request, sessions);
                turn.event(applies(applied.fresh));
                self.answer_writer((index, term), applied, turn);
            }
            Payload::Noop | Payload::Configuration(_) => turn.event(applies(true)),
        }
    }

    /// Answers the client whose request stands at `entry` and was applied, if it asked this leader.
    fn answer_writer(&mut self, entry: (Index, Term), applied: Applied, turn: &mut Turn) {
        if let Role::Leader(leader) = &mut self.role
            && let Some(asker) = leader.writers.take(entry.0)
            // Nobody waits for an answer to a request that the client has left behind.
            && let Some(outcome) = applied.outcome
        {
            self.answer(asker, Answer::Outcome(outcome), Some(entry), turn);
        }
    }

    /// Without the rule `config-on-append` a configuration is used as soon as it is applied.
    fn use_configuration_at(&mut self, index: Index, turn: &mut Turn) {
        let entry = self.log.get(index);
        if entry.is_some_and(|entry| matches!(entry.payload, Payload::Configuration(_))) {
            self.use_configuration(ConfigurationReason::Applied, turn);
        }
    }

    /// Applies silently what was known to be committed before the start.
    pub(super) fn restore_applied(&mut self) {
        for index in self.applied + 1..=self.commit {
            if let Some(Payload::Command(request)) = self.log.get(index).map(|e| &e.payload) {
                self.store
                    .apply(request, self.rules.on(Rule::ClientSessions));
            }
        }
        self.applied = self.commit;
    }
}
