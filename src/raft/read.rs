//! Reads that write no entry (dissertation, section 6.4).

use std::collections::VecDeque;

use super::message::Message;
use super::node::{Answer, Node, Role, Turn};
use super::options::ReadMode;
use super::rule::Rule;
use super::{Index, Micros, NodeId};
use crate::kv::{ClientId, Text};

/// A client's read.
#[derive(Clone, Debug)]
struct Query {
    client: ClientId,
    serial: u64,
    key: Text,
}

/// A follower's question for a read index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub node: NodeId,
    pub id: u64,
}

/// Who reads.
#[derive(Clone, Debug)]
enum Asker {
    /// A client of the leader.
    Client(Query),
    /// A follower, for a client of its own.
    Node(Question),
}

/// A linearizable read that waits.
#[derive(Clone, Debug)]
struct Reader {
    asker: Asker,
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
    /// A leader that steps down cannot confirm: its clients are sent on, and the questions of
    /// followers are given back.
    pub fn turn_away(self, leader: Option<NodeId>, turn: &mut Turn) -> Vec<Question> {
        let mut questions = Vec::new();
        for reader in self.waiting {
            match reader.asker {
                Asker::Node(question) => questions.push(question),
                Asker::Client(query) => {
                    let answer = Answer::NotLeader(leader);
                    turn.reply(query.client, query.serial, answer, None);
                }
            }
        }
        questions
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
    query: Query,
    /// What must be applied, once the leader has told.
    index: Option<Index>,
}

/// The linearizable reads at a follower.
#[derive(Clone, Default, Debug)]
pub(super) struct Asked {
    waiting: Vec<Asking>,
    /// Questions asked so far.
    count: u64,
}

impl Node {
    pub(super) fn on_read(
        &mut self,
        client: ClientId,
        serial: u64,
        key: Text,
        mode: ReadMode,
        turn: &mut Turn,
    ) {
        let query = Query {
            client,
            serial,
            key,
        };
        let leads = matches!(self.role, Role::Leader(_));
        match mode {
            ReadMode::Stale => self.answer_read(&query, turn),
            ReadMode::Linearizable if !leads => self.ask_leader(query, turn),
            _ if !leads => self.redirect(client, serial, turn),
            ReadMode::Leader => self.answer_read(&query, turn),
            ReadMode::Lease if self.may_read() && self.holds_lease(turn.now) => {
                self.answer_read(&query, turn);
            }
            ReadMode::Lease | ReadMode::Linearizable => {
                self.add_reader(Asker::Client(query), turn);
            }
        }
    }

    fn answer_read(&self, query: &Query, turn: &mut Turn) {
        let answer = Answer::Outcome(self.store.read(&query.key));
        turn.reply(query.client, query.serial, answer, None);
    }

    /// A new leader's commit index may be old: it reads only after an entry of its own term.
    fn may_read(&self) -> bool {
        self.committed_own() || !self.rules.on(Rule::ReadAfterOwnCommit)
    }

    fn add_reader(&mut self, asker: Asker, turn: &mut Turn) {
        if let Role::Leader(leader) = &mut self.role {
            let ticket = None;
            leader.readers.waiting.push_back(Reader { asker, ticket });
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

    /// Messages carry a new round from now on.
    pub(super) fn begin_round(&mut self, now: Micros) {
        if let Role::Leader(leader) = &mut self.role {
            leader.rounds.begin(now);
        }
    }

    /// Begins a round for the reads that have none, if none is under way, and answers those
    /// whose round is confirmed and whose index is applied.
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
        let mut begins = false;
        if may_read {
            let idle = confirmed >= leader.rounds.newest();
            for reader in &mut leader.readers.waiting {
                if reader.ticket.is_none() && !confirms {
                    reader.ticket = Some((0, commit));
                } else if reader.ticket.is_none() && idle {
                    begins = true;
                    reader.ticket = Some((leader.rounds.newest() + 1, commit));
                }
            }
        }
        if begins {
            leader.rounds.begin(turn.now);
        }
        let mut ready = Vec::new();
        while let Some(reader) = leader.readers.waiting.front()
            && let Some((round, index)) = reader.ticket
            && round <= confirmed
            && index <= applied
        {
            let reader = leader.readers.waiting.pop_front();
            ready.extend(reader.map(|reader| (reader.asker, index)));
        }
        for (asker, index) in ready {
            match asker {
                Asker::Client(query) => self.answer_read(&query, turn),
                Asker::Node(Question { node, id }) => {
                    let index = Some(index);
                    self.send(
                        node,
                        self.term,
                        Message::ReadReply { id, index },
                        None,
                        turn,
                    );
                }
            }
        }
        if begins {
            self.heartbeat(turn);
        }
    }

    /// A follower asks the leader how far it must have applied the log (dissertation, section
    /// 6.4, at the end). A client that asks again has lost patience: it is asked again too.
    fn ask_leader(&mut self, query: Query, turn: &mut Turn) {
        let Some(leader) = self.leader_hint() else {
            return self.redirect(query.client, query.serial, turn);
        };
        let asked = &mut self.asked;
        asked.waiting.retain(|it| it.query.client != query.client);
        asked.count += 1;
        let id = asked.count;
        let index = None;
        asked.waiting.push(Asking { id, query, index });
        self.send(leader, self.term, Message::Read { id }, None, turn);
    }

    /// A follower asks for a read index.
    pub(super) fn on_remote_read(&mut self, node: NodeId, id: u64, turn: &mut Turn) {
        match &self.role {
            Role::Leader(_) => self.add_reader(Asker::Node(Question { node, id }), turn),
            _ => {
                let answer = Message::ReadReply { id, index: None };
                self.send(node, self.term, answer, None, turn);
            }
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
                let Query { client, serial, .. } = waiting.remove(place).query;
                self.redirect(client, serial, turn);
            }
        }
    }

    /// Answers the reads at a follower that have applied enough.
    pub(super) fn answer_asked(&mut self, turn: &mut Turn) {
        if self.asked.waiting.is_empty() {
            return;
        }
        let applied = self.applied;
        let waiting = std::mem::take(&mut self.asked.waiting);
        for asking in waiting {
            match asking.index {
                Some(index) if index <= applied => self.answer_read(&asking.query, turn),
                _ => self.asked.waiting.push(asking),
            }
        }
    }

    /// The leader that was asked leads no more, or is not known to: the clients try elsewhere.
    pub(super) fn turn_asked_away(&mut self, turn: &mut Turn) {
        for asking in std::mem::take(&mut self.asked.waiting) {
            let Query { client, serial, .. } = asking.query;
            self.redirect(client, serial, turn);
        }
    }
}
