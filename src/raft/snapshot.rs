//! Log compaction (paper, section 7; dissertation, chapter 5): every node takes snapshots for
//! itself, and a leader sends its own to a follower that needs entries that are gone.

use std::sync::Arc;

use super::configuration::Configuration;
use super::event::{ConfigurationReason, Event};
use super::message::{Chunk, ChunkAnswer, Message};
use super::node::{Node, Role};
use super::progress::{Mode, Shipment};
use super::rule::Rule;
use super::turn::Turn;
use super::{Index, NodeId, Term, Write};
use crate::kv::Store;

/// The state machine and what Raft must know of the entries that led to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// The last included index.
    pub index: Index,
    /// The term of the entry there.
    pub term: Term,
    /// The configuration as of that entry; `None` without the rule `snapshot-carries-config`.
    pub configuration: Option<Arc<Configuration>>,
    /// The state machine after that entry, sessions included.
    pub store: Store,
    /// How large it is on the wire, in bytes; at least 1.
    pub size: u64,
}

/// A snapshot that a follower has in part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Incoming {
    index: Index,
    term: Term,
    leader: NodeId,
    /// So many bytes are here, from the start.
    received: u64,
}

impl Node {
    /// Takes a snapshot of what is applied, unless there is nothing new.
    pub(super) fn take_snapshot(&mut self, turn: &mut Turn) {
        let index = self.applied;
        let Some(term) = self.log.term_at(index) else {
            return;
        };
        if index < self.log.first() {
            return;
        }
        let carries = self.rules.on(Rule::SnapshotCarriesConfig);
        let snapshot = Arc::new(Snapshot {
            index,
            term,
            configuration: carries.then(|| self.history.up_to(index).1.clone()),
            size: self.store.size().max(1),
            store: self.store.clone(),
        });
        turn.event(Event::Snapshot {
            index,
            term,
            size: snapshot.size,
        });
        self.log.compact(index, term, true);
        self.history.compact(index);
        self.write_snapshot(snapshot, true, turn);
    }

    /// With `snapshot-every` set, a snapshot follows when so many entries were applied.
    pub(super) fn compact_if_due(&mut self, turn: &mut Turn) {
        let every = self.options.snapshot_every;
        if every > 0 && (self.applied + 1).saturating_sub(self.log.first()) >= every {
            self.take_snapshot(turn);
        }
    }

    pub(super) fn write_snapshot(
        &mut self,
        snapshot: Arc<Snapshot>,
        keeps_suffix: bool,
        turn: &mut Turn,
    ) {
        self.snapshot = Some(snapshot.clone());
        let write = Write::Snapshot {
            snapshot,
            keeps_suffix,
            was_member: self.was_member,
        };
        self.write(write, turn);
    }

    /// Sends a peer the next chunk of a snapshot, because what it lacks is compacted. One chunk is
    /// under way at a time. Meanwhile heartbeats are chunks of no bytes: the answer tells whether
    /// what went before has arrived, and only what has not is sent again. Whole chunks with each
    /// heartbeat would pile up on a link that is slower.
    pub(super) fn send_chunk(&mut self, place: usize, heartbeat: bool, turn: &mut Turn) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let peer = &mut leader.peers[place];
        let Mode::Snapshot(shipment) = &mut peer.mode else {
            return;
        };
        let left = match shipment.waiting {
            true if heartbeat => 0,
            true => return,
            false => shipment.snapshot.size - shipment.offset,
        };
        shipment.waiting = true;
        let chunk = Chunk {
            snapshot: shipment.snapshot.clone(),
            offset: shipment.offset,
            length: left.min(self.options.snapshot_chunk),
            round: leader.rounds.newest(),
        };
        peer.sent = turn.now;
        let to = peer.id;
        self.send(to, self.term, Message::Snapshot(chunk), None, turn);
    }

    /// The peer needs entries that are gone: it gets the newest snapshot instead.
    pub(super) fn ship_snapshot(&mut self, place: usize, heartbeat: bool, turn: &mut Turn) {
        if let (Role::Leader(leader), Some(snapshot)) = (&mut self.role, &self.snapshot) {
            let peer = &mut leader.peers[place];
            peer.in_flight.clear();
            peer.mode = Mode::Snapshot(Shipment {
                snapshot: snapshot.clone(),
                offset: 0,
                waiting: false,
            });
            self.send_chunk(place, heartbeat, turn);
        }
    }

    /// Takes a chunk of the leader's snapshot (paper, Figure 13, InstallSnapshot).
    pub(super) fn on_chunk(&mut self, from: NodeId, chunk: &Chunk, turn: &mut Turn) {
        if !self.hear_leader(from, turn) {
            return;
        }
        let snapshot = &chunk.snapshot;
        let (index, term) = (snapshot.index, snapshot.term);
        if index <= self.commit && self.rules.on(Rule::SnapshotKeepsSuffix) {
            self.incoming.take_if(|incoming| incoming.index <= index);
            turn.event(Event::SnapshotPassed {
                leader: from,
                index,
                commit: self.commit,
            });
            return self.answer_chunk(from, chunk, snapshot.size, turn);
        }
        let same = |incoming: &&mut Incoming| {
            (incoming.index, incoming.term, incoming.leader) == (index, term, from)
        };
        let mut received = match self.incoming.as_mut().filter(same) {
            Some(incoming) => incoming.received,
            None => 0,
        };
        // Chunks that come twice or out of order are answered with what is here.
        if chunk.offset == received {
            received += chunk.length;
        }
        if received < snapshot.size {
            self.incoming = Some(Incoming {
                index,
                term,
                leader: from,
                received,
            });
        } else {
            self.incoming = None;
            self.install(from, snapshot.clone(), turn);
        }
        self.answer_chunk(from, chunk, received, turn);
    }

    fn answer_chunk(&self, to: NodeId, chunk: &Chunk, received: u64, turn: &mut Turn) {
        let answer = Message::SnapshotReply(ChunkAnswer {
            index: chunk.snapshot.index,
            offset: chunk.offset,
            received,
            size: chunk.snapshot.size,
            round: chunk.round,
        });
        self.send_promise(to, answer, turn);
    }

    /// The whole snapshot is here: it takes the place of the state machine and of the log up to
    /// its last entry. What follows it in the log stays, if it does follow.
    fn install(&mut self, leader: NodeId, snapshot: Arc<Snapshot>, turn: &mut Turn) {
        let (index, term) = (snapshot.index, snapshot.term);
        let keeps_suffix = self.rules.on(Rule::SnapshotKeepsSuffix);
        let kept = self.log.compact(index, term, keeps_suffix);
        let last = self.log.last();
        turn.event(Event::Install {
            leader,
            index,
            term,
            kept,
        });
        match kept {
            0 => {
                let void = self.history.void_through();
                let began = self.began_with.clone();
                let holds = match &snapshot.configuration {
                    Some(configuration) if term > void => configuration.clone(),
                    _ => began,
                };
                self.history.restart(index, holds);
            }
            _ => self.history.compact(index),
        }
        self.store = snapshot.store.clone();
        self.commit = index;
        self.applied = index;
        self.stable = self.stable.min(last);
        for (_, safe) in &mut self.unsynced {
            *safe = (*safe).min(last);
        }
        self.write_snapshot(snapshot, keeps_suffix, turn);
        self.unsynced.push((self.written, last));
        self.use_configuration(ConfigurationReason::Snapshot, turn);
        self.answer_follower_reads(turn);
    }

    /// A follower tells how much of a snapshot it has.
    pub(super) fn on_chunk_reply(&mut self, from: NodeId, answer: ChunkAnswer, turn: &mut Turn) {
        let Some((place, confirms)) = self.peer_answered(from, answer.round, turn) else {
            return;
        };
        if let Role::Leader(leader) = &mut self.role {
            let peer = &mut leader.peers[place];
            if let Mode::Snapshot(shipment) = &mut peer.mode
                && shipment.snapshot.index == answer.index
            {
                // Chunks may come twice, and so may be answered twice. A follower that restarted
                // has nothing left, and says so.
                if answer.offset == shipment.offset {
                    shipment.offset = answer.received;
                    shipment.waiting = false;
                }
                if shipment.offset >= answer.size {
                    peer.mode = Mode::Replicate;
                    peer.accepted(answer.index, turn.cause);
                    self.advance_commit(turn);
                }
                self.send_append_to(from, turn);
            }
        }
        if confirms {
            self.answer_pending_reads(turn);
        }
        self.pursue_changes(turn);
    }
}
