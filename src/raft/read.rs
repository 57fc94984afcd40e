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

/// A follower's question for a read index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Question {
    node: NodeId,
    id: u64,
}

/// What waits for a confirmation.
#[derive(Clone, Debug)]
enum Query {
    /// A client's read.
    Read { asker: Asker, key: Text },
    /// A follower's question, for a client of its own.
    Index(Question),
}

impl Query {
    /// Which of two questions of one client came first, `Equal` where it is the same one, whichever
    /// way it came; `None` for questions that have nothing to do with one another.
    fn order(&self, other: &Query) -> Option<Ordering> {
        match (self, other) {
            (Query::Read { asker, .. }, Query::Read { asker: other, .. })
                if asker.is_of(*other) =>
            {
                Some(asker.request().cmp(&other.request()))
            }
            (Query::Index(one), Query::Index(other)) if one == other => Some(Ordering::Equal),
            _ => None,
        }
    }
}

/// A linearizable read that waits.
#[derive(Clone, Debug)]
struct Reader {
    query: Query,
    /// The round that must be confirmed, and the index that must be applied; `None` until the
    /// leader has committed an entry of its own term and a round has begun.
    ticket: Option<(u64, Index)>,
}

/// The linearizable reads at a leader. One round of heartbeats confirms all that came before it
/// began.
#[derive(Clone, Default, Debug)]
pub(super) struct Readers {
    waiting: VecDeque<Reader>,
}

impl Readers {
    /// One more waits. A client waits for one answer: whoever asks the same once more waits
    /// already, and what it asked before, or what of that comes late, is of no use any more.
    fn add(&mut self, query: Query) {
        let mut known = self.waiting.iter().enumerate();
        let known = known.find_map(|(place, it)| Some((place, it.query.order(&query)?)));
        match known {
            Some((_, Ordering::Greater)) => return,
            Some((place, Ordering::Equal)) => {
                self.waiting[place].query = query;
                return;
            }
            Some((place, Ordering::Less)) => drop(self.waiting.remove(place)),
            None => {}
        }
        let ticket = None;
        self.waiting.push_back(Reader { query, ticket });
    }

    fn any_without_ticket(&self) -> bool {
        // Those that came last are the last to get one.
        self.waiting.back().is_some_and(|it| it.ticket.is_none())
    }

    /// Those without a ticket get this one.
    fn admit(&mut self, ticket: (u64, Index)) {
        let without = |reader: &&mut Reader| reader.ticket.is_none();
        for reader in self.waiting.iter_mut().rev().take_while(without) {
            reader.ticket = Some(ticket);
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

/// A read that waits at a follower.
#[derive(Clone, Debug)]
struct Asking {
    id: u64,
    asker: Asker,
    key: Text,
    /// What must be applied, once the leader has told.
    index: Option<Index>,
}

/// The linearizable reads at a follower.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    waiting: Vec<Asking>,
    /// The number of the newest question.
    newest: u64,
}

impl Asked {
    /// None yet. Every life of a node begins to count somewhere else: an answer to a question of
    /// an earlier life must not be taken for one to a question of this.
    pub fn beginning_at(start: u64) -> Asked {
        Asked {
            waiting: Vec::new(),
            newest: start,
        }
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
            match reader.query {
                Query::Read { asker, .. } => {
                    self.answer(asker, Answer::NotLeader(leader), None, turn);
                }
                Query::Index(question) => self.answer_question(question, None, turn),
            }
        }
    }

    pub(super) fn on_read(&mut self, asker: Asker, key: Text, mode: ReadMode, turn: &mut Turn) {
        let leads = matches!(self.role, Role::Leader(_));
        match mode {
            ReadMode::Stale => self.answer_read(asker, &key, turn),
            ReadMode::Linearizable if !leads => self.ask_leader(asker, key, turn),
            _ if !leads => self.redirect(asker, turn),
            ReadMode::Leader => self.answer_read(asker, &key, turn),
            ReadMode::Lease if self.may_read() && self.holds_lease(turn.now) => {
                self.answer_read(asker, &key, turn);
            }
            ReadMode::Lease | ReadMode::Linearizable => {
                self.add_reader(Query::Read { asker, key }, turn);
            }
        }
    }

    fn answer_read(&self, asker: Asker, key: &str, turn: &mut Turn) {
        let answer = Answer::Outcome(self.store.read(key));
        self.answer(asker, answer, None, turn);
    }

    fn answer_question(&self, question: Question, index: Option<Index>, turn: &mut Turn) {
        let Question { node, id } = question;
        let answer = Message::ReadReply { id, index };
        self.send(node, self.term, answer, None, turn);
    }

    /// A new leader's commit index may be old: it reads only after an entry of its own term.
    fn may_read(&self) -> bool {
        self.committed_own() || !self.rules.on(Rule::ReadAfterOwnCommit)
    }

    fn add_reader(&mut self, query: Query, turn: &mut Turn) {
        if let Role::Leader(leader) = &mut self.role {
            leader.readers.add(query);
        }
        self.answer_readers(turn);
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
        let (may_read, commit) = (self.may_read(), self.commit);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        leader.rounds.begin(now);
        if may_read {
            leader.readers.admit((leader.rounds.newest(), commit));
        }
    }

    /// Begins a round for the reads that have none, if none is under way, and answers those
    /// whose round is confirmed and whose index is applied. While rounds begin at every heartbeat
    /// there is always one under way, and the next takes the reads along.
    pub(super) fn answer_readers(&mut self, turn: &mut Turn) {
        match &self.role {
            Role::Leader(leader) if !leader.readers.waiting.is_empty() => {}
            _ => return,
        }
        let confirms = self.rules.on(Rule::ConfirmLeadership);
        let may_read = self.may_read();
        let confirmed = self.confirmed_round();
        let (commit, applied) = (self.commit, self.applied);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        if may_read && !confirms {
            leader.readers.admit((0, commit));
        }
        let idle = confirmed >= leader.rounds.newest();
        let begins = may_read && idle && leader.readers.any_without_ticket();
        if begins {
            self.begin_round(turn.now);
        }
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let mut ready = Vec::new();
        while let Some(reader) = leader.readers.waiting.front()
            && let Some((round, index)) = reader.ticket
            && round <= confirmed
            && index <= applied
        {
            let reader = leader.readers.waiting.pop_front();
            ready.extend(reader.map(|reader| (reader.query, index)));
        }
        for (query, index) in ready {
            match query {
                Query::Read { asker, key } => self.answer_read(asker, &key, turn),
                Query::Index(question) => self.answer_question(question, Some(index), turn),
            }
        }
        if begins {
            self.heartbeat(turn);
        }
    }

    /// A follower asks the leader how far it must have applied the log (dissertation, section
    /// 6.4, at the end). A client waits for one answer at a time: if it asks again, it has lost
    /// patience or found its answer elsewhere.
    fn ask_leader(&mut self, asker: Asker, key: Text, turn: &mut Turn) {
        let Some(leader) = self.leader_hint() else {
            return self.redirect(asker, turn);
        };
        let asked = &mut self.asked;
        asked.waiting.retain(|known| !known.asker.is_of(asker));
        asked.newest = asked.newest.wrapping_add(1);
        let id = asked.newest;
        asked.waiting.push(Asking {
            id,
            asker,
            key,
            index: None,
        });
        self.send(leader, self.term, Message::Read { id }, None, turn);
    }

    /// A follower asks for a read index.
    pub(super) fn on_question(&mut self, node: NodeId, id: u64, turn: &mut Turn) {
        let question = Question { node, id };
        match &self.role {
            Role::Leader(_) => self.add_reader(Query::Index(question), turn),
            _ => self.answer_question(question, None, turn),
        }
    }

    /// The leader has told how far to apply, or that it leads no more.
    pub(super) fn on_read_reply(&mut self, id: u64, index: Option<Index>, turn: &mut Turn) {
        let waiting = &mut self.asked.waiting;
        let Some(place) = waiting.iter().position(|asking| asking.id == id) else {
            return;
        };
        match index {
            Some(_) => {
                waiting[place].index = index;
                self.answer_asked(turn);
            }
            None => {
                let asker = waiting.remove(place).asker;
                self.redirect(asker, turn);
            }
        }
    }

    /// Answers the reads at a follower that have applied enough.
    pub(super) fn answer_asked(&mut self, turn: &mut Turn) {
        if self.asked.waiting.is_empty() {
            return;
        }
        let applied = self.applied;
        for asking in std::mem::take(&mut self.asked.waiting) {
            match asking.index {
                Some(index) if index <= applied => {
                    self.answer_read(asking.asker, &asking.key, turn);
                }
                _ => self.asked.waiting.push(asking),
            }
        }
    }

    /// The leader that was asked leads no more, or is not known to: the clients try elsewhere.
    pub(super) fn turn_asked_away(&mut self, turn: &mut Turn) {
        for asking in std::mem::take(&mut self.asked.waiting) {
            self.redirect(asking.asker, turn);
        }
    }
}
