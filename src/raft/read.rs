//! Reads that write no entry (dissertation, section 6.4).

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::forward::Asker;
use super::message::Message;
use super::node::{Node, Role};
use super::options::ReadMode;
use super::rule::Rule;
use super::turn::{Answer, Turn};
use super::{Index, Micros, NodeId};
use crate::kv::Text;

/// A follower's request for a read index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct IndexRequest {
    node: NodeId,
    /// The follower's number of it.
    id: u64,
}

/// What is asked of a leader.
#[derive(Clone, Debug)]
enum Read {
    /// A client reads a key.
    Key { asker: Asker, key: Text },
    /// A follower needs a read index, for a client of its own.
    Index(IndexRequest),
}

impl Read {
    /// Which of two reads of one client came first, `Equal` where it is the same one, whichever
    /// way it came; `None` for reads that have nothing to do with one another.
    fn order(&self, other: &Read) -> Option<Ordering> {
        match (self, other) {
            (Read::Key { asker, .. }, Read::Key { asker: other, .. }) if asker.is_of(*other) => {
                Some(asker.request().cmp(&other.request()))
            }
            (Read::Index(one), Read::Index(other)) if one == other => Some(Ordering::Equal),
            _ => None,
        }
    }
}

/// What must come before a read is answered (ReadIndex).
#[derive(Clone, Copy, Debug)]
struct Condition {
    /// The round that a majority must confirm; 0 for none, without `confirm-leadership`.
    round: u64,
    /// The index that must be applied: the commit index when the round began.
    read_index: Index,
}

/// A linearizable read that waits.
#[derive(Clone, Debug)]
struct PendingRead {
    read: Read,
    /// `None` until the leader has committed an entry of its own term and a round has begun.
    condition: Option<Condition>,
}

/// The linearizable reads that wait at a leader, in the order in which they came. One round of
/// heartbeats confirms all that came before it began.
#[derive(Clone, Default, Debug)]
pub(super) struct PendingReads {
    waiting: VecDeque<PendingRead>,
}

impl PendingReads {
    /// One more waits. A client waits for one answer: whoever asks the same once more waits
    /// already, and what it asked before, or what of that comes late, is of no use any more.
    fn add(&mut self, read: Read) {
        let mut known = self.waiting.iter().enumerate();
        let known = known.find_map(|(place, it)| Some((place, it.read.order(&read)?)));
        match known {
            Some((_, Ordering::Greater)) => return,
            Some((place, Ordering::Equal)) => {
                self.waiting[place].read = read;
                return;
            }
            Some((place, Ordering::Less)) => drop(self.waiting.remove(place)),
            None => {}
        }
        let condition = None;
        self.waiting.push_back(PendingRead { read, condition });
    }

    /// All wait for another round.
    fn begin_anew(&mut self) {
        for pending in &mut self.waiting {
            pending.condition = None;
        }
    }

    /// True when some wait for a round to begin.
    fn any_without_round(&self) -> bool {
        // Those that came last are the last to get one.
        let newest = self.waiting.back();
        newest.is_some_and(|it| it.condition.is_none())
    }

    /// A round begins: those without one wait for it.
    fn admit(&mut self, condition: Condition) {
        let without = |pending: &&mut PendingRead| pending.condition.is_none();
        for pending in self.waiting.iter_mut().rev().take_while(without) {
            pending.condition = Some(condition);
        }
    }
}

/// The rounds of a leader: AppendEntries carry the number of the newest, and an answer confirms
/// that the leader still led when the round began.
#[derive(Clone, Default, Debug)]
pub(super) struct Rounds {
    newest: u64,
    /// When the newest of them began, by the leader's clock, oldest first.
    begun: VecDeque<(u64, Micros)>,
}

impl Rounds {
    /// So many rounds are remembered; a lease only gets shorter by what is forgotten.
    const REMEMBERED: usize = 64;

    /// The round that messages carry now; 0 before the first.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    fn begin(&mut self, now: Micros) {
        self.newest += 1;
        if self.begun.len() == Self::REMEMBERED {
            self.begun.pop_front();
        }
        self.begun.push_back((self.newest, now));
    }

    /// When the newest round up to `round` began, if that is known.
    pub fn begun(&self, round: u64) -> Option<Micros> {
        let older = self.begun.partition_point(|&(number, _)| number <= round);
        self.begun.get(older.checked_sub(1)?).map(|&(_, at)| at)
    }

    /// Forgets when rounds began.
    pub fn forget(&mut self) {
        self.begun.clear();
    }
}

/// A read that a follower answers itself, once it has applied as much as the leader says.
#[derive(Clone, Debug)]
struct FollowerRead {
    /// The number of the request for a read index.
    id: u64,
    asker: Asker,
    key: Text,
    /// What must be applied, once the leader has told.
    read_index: Option<Index>,
}

/// The linearizable reads that wait at a follower.
#[derive(Clone, Debug)]
pub(super) struct FollowerReads {
    waiting: Vec<FollowerRead>,
    /// The number of the newest request for a read index.
    newest: u64,
}

impl FollowerReads {
    /// None yet. Every life of a node begins to count somewhere else: an answer to a request of
    /// an earlier life must not be taken for one to a request of this.
    pub fn beginning_at(start: u64) -> FollowerReads {
        FollowerReads {
            waiting: Vec::new(),
            newest: start,
        }
    }
}

impl Node {
    /// A leader that steps down cannot confirm: those that read are sent on.
    pub(super) fn redirect_pending_reads(
        &self,
        pending: PendingReads,
        leader: Option<NodeId>,
        turn: &mut Turn,
    ) {
        for pending in pending.waiting {
            match pending.read {
                Read::Key { asker, .. } => {
                    self.answer(asker, Answer::NotLeader(leader), None, turn);
                }
                Read::Index(request) => self.answer_index_request(request, None, turn),
            }
        }
    }

    pub(super) fn on_read(&mut self, asker: Asker, key: Text, mode: ReadMode, turn: &mut Turn) {
        let leads = matches!(self.role, Role::Leader(_));
        match mode {
            ReadMode::Stale => self.answer_read(asker, &key, turn),
            ReadMode::Linearizable if !leads => self.request_read_index(asker, key, turn),
            _ if !leads => self.redirect(asker, turn),
            ReadMode::Leader => self.answer_read(asker, &key, turn),
            ReadMode::Lease if self.may_read() && self.holds_lease(turn.now) => {
                self.answer_read(asker, &key, turn);
            }
            ReadMode::Lease | ReadMode::Linearizable => {
                self.add_pending_read(Read::Key { asker, key }, turn);
            }
        }
    }

    fn answer_read(&self, asker: Asker, key: &str, turn: &mut Turn) {
        let answer = Answer::Outcome(self.store.read(key));
        self.answer(asker, answer, None, turn);
    }

    fn answer_index_request(&self, request: IndexRequest, index: Option<Index>, turn: &mut Turn) {
        let IndexRequest { node, id } = request;
        let answer = Message::ReadReply { id, index };
        self.send(node, self.term, answer, None, turn);
    }

    /// A new leader's commit index may be old: it reads only after an entry of its own term.
    fn may_read(&self) -> bool {
        self.committed_own() || !self.rules.on(Rule::ReadAfterOwnCommit)
    }

    fn add_pending_read(&mut self, read: Read, turn: &mut Turn) {
        if let Role::Leader(leader) = &mut self.role {
            leader.pending_reads.add(read);
        }
        self.answer_pending_reads(turn);
    }

    /// The newest round that a majority has confirmed.
    pub(super) fn confirmed_round(&self) -> u64 {
        let Role::Leader(leader) = &self.role else {
            return 0;
        };
        let round = |id| leader.peer(id).map_or(u64::MAX, |peer| peer.round);
        self.electorate.reached(round).unwrap_or(u64::MAX)
    }

    /// Messages carry a new round from now on, which will confirm the reads that have none.
    pub(super) fn begin_round(&mut self, now: Micros) {
        let (may_read, read_index) = (self.may_read(), self.commit);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        leader.rounds.begin(now);
        if may_read {
            let round = leader.rounds.newest();
            leader.pending_reads.admit(Condition { round, read_index });
        }
    }

    /// Reads that wait are to be answered by stricter rules: what a leader was to confirm it
    /// confirms anew, and whoever asked a follower is sent on.
    pub(super) fn begin_reads_anew(&mut self, turn: &mut Turn) {
        if let Role::Leader(leader) = &mut self.role {
            leader.pending_reads.begin_anew();
            self.answer_pending_reads(turn);
        }
        self.redirect_follower_reads(turn);
    }

    /// Begins a round for the reads that have none, if none is under way, and answers those
    /// whose round is confirmed and whose index is applied. While rounds begin at every heartbeat
    /// there is always one under way, and the next takes the reads along.
    pub(super) fn answer_pending_reads(&mut self, turn: &mut Turn) {
        match &self.role {
            Role::Leader(leader) if !leader.pending_reads.waiting.is_empty() => {}
            _ => return,
        }
        let confirms = self.rules.on(Rule::ConfirmLeadership);
        let may_read = self.may_read();
        let confirmed = self.confirmed_round();
        let (read_index, applied) = (self.commit, self.applied);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        if may_read && !confirms {
            let round = 0;
            leader.pending_reads.admit(Condition { round, read_index });
        }
        let idle = confirmed >= leader.rounds.newest();
        let begins = may_read && idle && leader.pending_reads.any_without_round();
        if begins {
            self.begin_round(turn.now);
        }
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let mut ready = Vec::new();
        let waiting = &mut leader.pending_reads.waiting;
        while let Some(pending) = waiting.front()
            && let Some(Condition { round, read_index }) = pending.condition
            && round <= confirmed
            && read_index <= applied
        {
            let pending = waiting.pop_front();
            ready.extend(pending.map(|pending| (pending.read, read_index)));
        }
        for (read, read_index) in ready {
            match read {
                Read::Key { asker, key } => self.answer_read(asker, &key, turn),
                Read::Index(request) => {
                    self.answer_index_request(request, Some(read_index), turn);
                }
            }
        }
        if begins {
            self.heartbeat(turn);
        }
    }

    /// A follower asks the leader how far it must have applied the log (dissertation, section
    /// 6.4, at the end). A client waits for one answer at a time: what it asked before is of no use
    /// once it asks something else, and no more is a late copy of it.
    fn request_read_index(&mut self, asker: Asker, key: Text, turn: &mut Turn) {
        let Some(leader) = self.leader_hint() else {
            return self.redirect(asker, turn);
        };
        let reads = &mut self.follower_reads;
        let is_newer = |known: &FollowerRead| {
            known.asker.is_of(asker) && known.asker.request() > asker.request()
        };
        if reads.waiting.iter().any(is_newer) {
            return;
        }
        reads.waiting.retain(|known| !known.asker.is_of(asker));
        reads.newest = reads.newest.wrapping_add(1);
        let id = reads.newest;
        reads.waiting.push(FollowerRead {
            id,
            asker,
            key,
            read_index: None,
        });
        self.send(leader, self.term, Message::Read { id }, None, turn);
    }

    /// A follower asks for a read index.
    pub(super) fn on_index_request(&mut self, node: NodeId, id: u64, turn: &mut Turn) {
        let request = IndexRequest { node, id };
        match &self.role {
            Role::Leader(_) => self.add_pending_read(Read::Index(request), turn),
            _ => self.answer_index_request(request, None, turn),
        }
    }

    /// The leader has told how far to apply, or that it leads no more.
    pub(super) fn on_read_reply(&mut self, id: u64, index: Option<Index>, turn: &mut Turn) {
        let waiting = &mut self.follower_reads.waiting;
        let Some(place) = waiting.iter().position(|read| read.id == id) else {
            return;
        };
        match index {
            Some(_) => {
                waiting[place].read_index = index;
                self.answer_follower_reads(turn);
            }
            None => {
                let asker = waiting.remove(place).asker;
                self.redirect(asker, turn);
            }
        }
    }

    /// Answers the reads at a follower that have applied enough.
    pub(super) fn answer_follower_reads(&mut self, turn: &mut Turn) {
        if self.follower_reads.waiting.is_empty() {
            return;
        }
        let applied = self.applied;
        for read in std::mem::take(&mut self.follower_reads.waiting) {
            match read.read_index {
                Some(index) if index <= applied => self.answer_read(read.asker, &read.key, turn),
                _ => self.follower_reads.waiting.push(read),
            }
        }
    }

    /// The leader that was asked leads no more, or is not known to: the clients try elsewhere.
    pub(super) fn redirect_follower_reads(&mut self, turn: &mut Turn) {
        for read in std::mem::take(&mut self.follower_reads.waiting) {
            self.redirect(read.asker, turn);
        }
    }
}
