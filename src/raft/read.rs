//! Reads that write no entry (dissertation, section 6.4).

use std::collections::VecDeque;

use super::forward::Asker;
use super::node::{Answer, Node, Role, Turn};
use super::options::ReadMode;
use super::rule::Rule;
use super::{Index, NodeId};
use crate::kv::Text;

/// A linearizable read that waits.
#[derive(Clone, Debug)]
struct Reader {
    asker: Asker,
    key: Text,
    /// The round that must be confirmed, and the index that must be applied; `None` until the
    /// leader has committed an entry of its own term and a round has begun.
    ticket: Option<(u64, Index)>,
}

/// The linearizable reads at a leader. One round of heartbeats confirms all that came before it
/// began.
#[derive(Clone, Default, Debug)]
pub(super) struct Readers {
    waiting: VecDeque<Reader>,
    round: u64,
}

impl Readers {
    /// The round that AppendEntries carry now; an answer to it confirms leadership at the time
    /// the round began or later.
    pub fn round(&self) -> u64 {
        self.round
    }
}

impl Node {
    /// A leader that steps down cannot confirm: its readers are sent on.
    pub(super) fn turn_readers_away(
        &self,
        readers: Readers,
        leader: Option<NodeId>,
        turn: &mut Turn,
    ) {
        for reader in readers.waiting {
            self.answer(reader.asker, Answer::NotLeader(leader), None, turn);
        }
    }

    pub(super) fn on_read(&mut self, asker: Asker, key: Text, mode: ReadMode, turn: &mut Turn) {
        let leads = matches!(self.role, Role::Leader(_));
        match mode {
            ReadMode::Stale => return self.answer_read(asker, &key, turn),
            _ if !leads => return self.redirect(asker, turn),
            ReadMode::Leader => return self.answer_read(asker, &key, turn),
            ReadMode::Linearizable | ReadMode::Lease => {}
        }
        if let Role::Leader(leader) = &mut self.role {
            leader.readers.waiting.push_back(Reader {
                asker,
                key,
                ticket: None,
            });
        }
        self.answer_readers(turn);
    }

    /// Begins a round for the reads that have none, if none is under way, and answers those
    /// whose round is confirmed and whose index is applied.
    pub(super) fn answer_readers(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        if leader.readers.waiting.is_empty() {
            return;
        }
        let confirms = self.rules.on(Rule::ConfirmLeadership);
        let own_commit = self.commit >= leader.first_own
            && self.log.term_at(self.commit) == Some(self.term)
            || !self.rules.on(Rule::ReadAfterOwnCommit);
        let confirmed = self
            .configuration
            .reached(|id| leader.peer(id).map_or(u64::MAX, |peer| peer.round))
            .unwrap_or(u64::MAX);
        let mut begins = false;
        if own_commit {
            let idle = confirmed >= leader.readers.round;
            let commit = self.commit;
            for reader in &mut leader.readers.waiting {
                if reader.ticket.is_none() && !confirms {
                    reader.ticket = Some((0, commit));
                } else if reader.ticket.is_none() && idle {
                    begins = true;
                    reader.ticket = Some((leader.readers.round + 1, commit));
                }
            }
        }
        if begins {
            leader.readers.round += 1;
        }
        let mut ready = Vec::new();
        while let Some(reader) = leader.readers.waiting.front()
            && reader
                .ticket
                .is_some_and(|(round, index)| round <= confirmed && index <= self.applied)
        {
            ready.extend(leader.readers.waiting.pop_front());
        }
        for reader in ready {
            self.answer_read(reader.asker, &reader.key, turn);
        }
        if begins {
            self.heartbeat(turn);
        }
    }

    fn answer_read(&self, asker: Asker, key: &str, turn: &mut Turn) {
        let answer = Answer::Outcome(self.store.read(key));
        self.answer(asker, answer, None, turn);
    }
}
