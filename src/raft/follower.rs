//! What a node does with its leader's AppendEntries (paper, Figure 2, "AppendEntries RPC", receiver).

use super::event::{AppendRefusal, Event, RoleReason};
use super::log::{Entries, Entry, Payload};
use super::message::{Append, AppendAnswer, Chunk};
use super::node::{Node, Role};
use super::rule::Rule;
use super::turn::Turn;
use super::{Index, NodeId, Write};

impl Node {
    /// Takes a leader's AppendEntries (paper, Figure 2, AppendEntries).
    pub(super) fn on_append(&mut self, from: NodeId, append: &Append, turn: &mut Turn) {
        if !self.hear_leader(from, turn) {
            return self.refuse_stale_append(from, append, turn);
        }
        let prev_index = append.prev_index;
        let base = self.log.first() - 1;
        let count = append.entries.len() as u64;
        let vouched = if prev_index < base {
            // What the snapshot covers is committed: only what comes after it is of interest.
            let covered = (base - prev_index).min(count);
            self.take_entries(from, base, &append.entries[covered as usize..].into(), turn);
            (prev_index + count).max(base)
        } else {
            if self.rules.on(Rule::PrevLogCheck)
                && self.log.term_at(prev_index) != Some(append.prev_term)
            {
                return self.refuse_append(from, append, turn);
            }
            // Without the check entries may come for a place beyond the end: the log has no
            // gaps, so they land at its end.
            let prev = prev_index.min(self.log.last());
            self.take_entries(from, prev, &append.entries, turn);
            prev + count
        };
        if !self.rules.on(Rule::TruncateOnConflict) && self.log.last() > vouched {
            self.truncate(vouched + 1, turn);
            let from = vouched + 1;
            self.write(Write::Truncate { from }, turn);
        }
        let commit = match self.rules.on(Rule::CapCommitIndex) {
            true => append.commit.min(vouched),
            false => append.commit,
        };
        self.commit_to(commit, None, turn);
        let matched = prev_index + count;
        let commit = self.commit;
        let answer = AppendAnswer::Accepted { matched, commit };
        self.send_answer(from, append.round, answer, turn);
    }

    /// Notes that the leader of the current term was heard. False when this node leads that term
    /// itself, which only a violation can bring about.
    pub(super) fn hear_leader(&mut self, from: NodeId, turn: &mut Turn) -> bool {
        match &self.role {
            Role::Leader(_) => return false,
            Role::Follower { leader } if *leader == Some(from) => {}
            Role::Follower { .. } => {
                self.role = Role::Follower { leader: Some(from) };
                self.redirect_follower_reads(turn);
            }
            Role::PreCandidate(_) | Role::Candidate(_) => {
                self.become_follower(Some(from), RoleReason::LeaderHeard, turn);
            }
        }
        self.heard = Some(turn.now);
        self.restart_election_timer(turn.now);
        if !self.rules.on(Rule::VoteOnce) && self.vote.take().is_some() {
            self.write_vote(turn);
        }
        true
    }

    /// Adds the entries after `prev` that the log does not hold yet; where one conflicts, the
    /// log is cut first.
    fn take_entries(&mut self, leader: NodeId, prev: Index, entries: &Entries, turn: &mut Turn) {
        let held = |(place, entry): &(usize, &Entry)| {
            self.log.term_at(prev + 1 + *place as u64) == Some(entry.term)
        };
        let known = entries.iter().enumerate().take_while(held).count();
        if known == entries.len() {
            return;
        }
        let from = prev + 1 + known as u64;
        self.truncate(from, turn);
        let new = match known {
            0 => entries.clone(),
            _ => entries[known..].into(),
        };
        let prev_term = self.log.last_term();
        let configures = |entry: &Entry| matches!(entry.payload, Payload::Configuration(_));
        let configured = new.iter().any(configures);
        self.log.extend(&new);
        turn.event(Event::Append {
            prev_index: from - 1,
            prev_term,
            entries: new.clone(),
            leader: Some(leader),
        });
        let write = self.write_entries(from, new.clone(), turn);
        if self.late_term.is_some() {
            self.late_term = Some(write);
        }
        if configured {
            for (index, entry) in (from..).zip(new.iter()) {
                if let Payload::Configuration(configuration) = &entry.payload {
                    self.note_configuration(index, entry.term, configuration, turn);
                }
            }
        }
    }

    fn refuse_append(&mut self, from: NodeId, append: &Append, turn: &mut Turn) {
        let (last, prev_index) = (self.log.last(), append.prev_index);
        let conflict_term = self.log.term_at(prev_index);
        turn.event(Event::AppendRefused {
            leader: from,
            prev_index,
            prev_term: append.prev_term,
            reason: match conflict_term {
                Some(held) => AppendRefusal::Conflict { held },
                None => AppendRefusal::TooShort { last },
            },
        });
        let answer = AppendAnswer::Refused {
            prev_index,
            last,
            conflict_term,
            conflict_index: match conflict_term {
                Some(_) => self.log.run_start(prev_index),
                None => last + 1,
            },
        };
        self.send_answer(from, append.round, answer, turn);
    }

    pub(super) fn refuse_stale_append(&mut self, from: NodeId, append: &Append, turn: &mut Turn) {
        turn.event(Event::AppendRefused {
            leader: from,
            prev_index: append.prev_index,
            prev_term: append.prev_term,
            reason: AppendRefusal::StaleTerm,
        });
        let last = self.log.last();
        let answer = AppendAnswer::Refused {
            prev_index: append.prev_index,
            last,
            conflict_term: None,
            conflict_index: last + 1,
        };
        self.send_answer(from, append.round, answer, turn);
    }

    pub(super) fn refuse_stale_chunk(&mut self, from: NodeId, chunk: &Chunk, turn: &mut Turn) {
        let append = Append {
            prev_index: chunk.snapshot.index,
            prev_term: chunk.snapshot.term,
            entries: Entries::default(),
            commit: 0,
            round: chunk.round,
        };
        self.refuse_stale_append(from, &append, turn);
    }
}
