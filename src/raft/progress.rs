//! What a leader knows of its peers and owes to its clients (paper, Figure 2, "Volatile state on
//! leaders"; flow control: dissertation, section 10.2.1).

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::forward::Asker;
use super::log::Entries;
use super::membership::Changes;
use super::read::{PendingReads, Rounds};
use super::rule::{Rule, Rules};
use super::snapshot::Snapshot;
use super::transfer::Transfer;
use super::view::PeerView;
use super::{EventId, Index, Micros, NodeId, Term};
use crate::kv::ClientId;

/// How entries are sent to a peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// The leader searches for where the logs part, one message at a time.
    Probe { waiting: bool },
    /// The logs agree so far; several messages may be under way.
    Replicate,
    /// What the peer lacks is compacted: it is sent a snapshot, one chunk at a time.
    Snapshot(Shipment),
}

/// A snapshot on its way to a peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shipment {
    pub snapshot: Arc<Snapshot>,
    /// So many bytes have arrived.
    pub offset: u64,
    /// The next chunk is under way.
    pub waiting: bool,
}

/// What a leader knows of one peer.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub id: NodeId,
    pub next: Index,
    pub matched: Index,
    pub mode: Mode,
    /// The last index of each message with entries that is not answered yet, in order.
    pub in_flight: VecDeque<Index>,
    /// When it last answered, by the leader's clock; at first, when the leader was elected.
    pub heard: Micros,
    pub answered: bool,
    /// The newest round that it answered.
    pub round: u64,
    /// The event that brought the answer which raised `matched`.
    pub evidence: EventId,
    /// When the leader sent it something last, by the leader's clock.
    pub sent: Micros,
    /// How far the peer knows the log to be committed, as it told.
    pub commit: Index,
    /// The entry that removed it: it is kept informed until it knows that this is committed.
    pub leaving: Option<Index>,
}

impl Peer {
    pub fn new(id: NodeId, next: Index, now: Micros) -> Peer {
        Peer {
            id,
            next,
            matched: 0,
            mode: Mode::Probe { waiting: false },
            in_flight: VecDeque::new(),
            heard: now,
            answered: false,
            round: 0,
            evidence: 0,
            sent: now,
            commit: 0,
            leaving: None,
        }
    }

    /// Takes note of an accepted message.
    pub fn accepted(&mut self, matched: Index, cause: EventId) {
        if matched > self.matched {
            self.matched = matched;
            self.evidence = cause;
        }
        while self.in_flight.front().is_some_and(|&last| last <= matched) {
            self.in_flight.pop_front();
        }
        if !matches!(self.mode, Mode::Snapshot(_)) {
            self.mode = Mode::Replicate;
        }
        self.next = self.next.max(matched + 1);
    }

    /// True when a refusal of a message after `prev_index` says something new.
    pub fn refusal_is_news(&self, prev_index: Index) -> bool {
        match self.mode {
            Mode::Probe { .. } => prev_index + 1 == self.next,
            Mode::Replicate => true,
            Mode::Snapshot(_) => false,
        }
    }

    /// True when the peer refuses what it has told that it holds.
    pub fn contradicts_itself(&self, prev_index: Index) -> bool {
        self.mode == Mode::Replicate && prev_index <= self.matched
    }

    pub fn step_back(&mut self, next: Index) {
        self.next = next.max(1);
        self.mode = Mode::Probe { waiting: false };
        self.in_flight.clear();
    }
}

/// The clients' writes that wait for their entries to be committed.
#[derive(Clone, Default, Debug)]
pub(super) struct Writers {
    /// The index of each entry and who asked for it, ascending.
    waiting: VecDeque<(Index, Asker)>,
    /// Where each request waits, so that it is found at once when it comes again.
    places: BTreeMap<(ClientId, u64), Index>,
}

impl Writers {
    /// A client waits for the newest entry of the log, which is at `index`.
    pub fn push(&mut self, index: Index, asker: Asker) {
        self.waiting.push_back((index, asker));
        self.places.entry(asker.request()).or_insert(index);
    }

    /// Who is answered when the entry of the same request is committed, if it waits.
    pub fn waiting_with(&mut self, asker: Asker) -> Option<&mut Asker> {
        let index = self.places.get(&asker.request())?;
        let place = self
            .waiting
            .binary_search_by_key(index, |&(index, _)| index);
        self.waiting.get_mut(place.ok()?).map(|(_, asker)| asker)
    }

    /// Who waits for the entry at `index`, which was applied, if it was asked of this leader.
    pub fn take(&mut self, index: Index) -> Option<Asker> {
        while let Some(&(own, asker)) = self.waiting.front()
            && own <= index
        {
            self.waiting.pop_front();
            self.places.remove(&asker.request());
            if own == index {
                return Some(asker);
            }
        }
        None
    }
}

/// The data of a leader.
#[derive(Clone, Debug)]
pub(super) struct Leader {
    /// All other members, ascending.
    pub peers: Vec<Peer>,
    pub heartbeat_at: Micros,
    pub check_at: Micros,
    pub writers: Writers,
    pub pending_reads: PendingReads,
    pub rounds: Rounds,
    pub changes: Changes,
    pub transfer: Option<Transfer>,
    /// Leadership was offered to another node: the lease is over for this term.
    pub lease_ended: bool,
    /// The newest entry that was reported as held by a majority and still not committed.
    pub held: Index,
    /// The slice sent last, shared between peers that are equally far: its first index, the term
    /// before it, and the entries.
    pub shared: Option<(Index, Term, Entries)>,
}

impl Leader {
    /// When the leader wants to act again.
    pub fn deadline(&self, rules: Rules) -> Micros {
        let check = match rules.on(Rule::CheckQuorum) {
            true => self.check_at,
            false => Micros::MAX,
        };
        let transfer = self.transfer.as_ref().map_or(Micros::MAX, |it| it.until);
        self.heartbeat_at.min(check).min(transfer)
    }

    /// The leader's clock was set to `now`: nothing that it waits for lies further ahead than if
    /// it began now, and nothing that it remembers lies ahead at all.
    pub fn on_clock_set(&mut self, now: Micros, heartbeat: Micros, timeout: Micros) {
        self.rounds.forget();
        self.hasten(now, heartbeat, timeout);
        for peer in &mut self.peers {
            peer.heard = peer.heard.min(now);
            peer.sent = peer.sent.min(now);
        }
        self.changes.on_clock_set(now);
    }

    /// Nothing that the leader waits for lies further ahead than if it began `now`.
    pub fn hasten(&mut self, now: Micros, heartbeat: Micros, timeout: Micros) {
        let sooner = |at: &mut Micros, span: Micros| *at = (*at).min(now.saturating_add(span));
        sooner(&mut self.heartbeat_at, heartbeat);
        sooner(&mut self.check_at, timeout);
        if let Some(transfer) = &mut self.transfer {
            sooner(&mut transfer.until, timeout);
        }
    }

    pub fn view(&self, now: Micros) -> Vec<PeerView> {
        let view = |peer: &Peer| PeerView {
            id: peer.id,
            next: peer.next,
            matched: peer.matched,
            in_flight: match peer.mode {
                Mode::Probe { waiting } => usize::from(waiting),
                _ => peer.in_flight.len(),
            },
            probing: matches!(peer.mode, Mode::Probe { .. }),
            snapshot: match &peer.mode {
                Mode::Snapshot(shipment) => Some((shipment.offset, shipment.snapshot.size)),
                _ => None,
            },
            heard: peer.answered.then(|| now.saturating_sub(peer.heard)),
        };
        self.peers.iter().map(view).collect()
    }

    pub fn peer(&self, id: NodeId) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.id == id)
    }
}
