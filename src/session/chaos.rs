//! Trouble drawn at random, aimed at what matters: a leader that crashes as it is elected, a cut
//! around a change of membership, an answer that comes after the next election. `chaos on` and the
//! search for violations draw from here.
//!
//! What is drawn depends on the stream and on the names of the nodes, and on nothing else: so a run
//! can be written down as a script before it is played.

use std::collections::VecDeque;

use super::Session;
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{Kind, Membership, Micros, NodeId, ReadMode, Rng, Span};
use crate::world::Command;
use crate::world::command::{
    AdminVerb, ClockChange, DiskChange, End, Group, Handling, KindPattern, Link, NodeRef, Nodes,
    Pick, Setting,
};

/// Microseconds in a millisecond.
const MS: Micros = 1_000;
/// Beyond that many nodes no new ones join.
pub const MOST_NODES: usize = 9;
/// Clients that ask now and then, apart from those of the workload.
const ASKERS: u64 = 3;
/// The first of them.
const FIRST_ASKER: u32 = 51;

/// How often a kind of trouble comes, compared with the others.
type Weight = u32;
/// Plans a trouble.
type Plan = fn(&mut Chaos);

/// Each kind of trouble, with how much of it there is in a run of the middling sort.
const TROUBLES: [(Plan, Weight); 22] = [
    (Chaos::crash, 4),
    (Chaos::restart, 5),
    (Chaos::flicker, 3),
    (Chaos::rivals, 3),
    (Chaos::topple, 3),
    (Chaos::dance, 2),
    (Chaos::split, 3),
    (Chaos::depose, 3),
    (Chaos::heal, 3),
    (Chaos::cut, 3),
    (Chaos::lose, 3),
    (Chaos::delay, 4),
    (Chaos::echo, 2),
    (Chaos::weather, 2),
    (Chaos::clock, 1),
    (Chaos::disk, 2),
    (Chaos::freeze, 2),
    (Chaos::timer, 3),
    (Chaos::change, 3),
    (Chaos::change_in_trouble, 3),
    (Chaos::snapshot, 1),
    (Chaos::ask, 3),
];

/// What there may be besides crashes, cuts and bad links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kinds {
    /// Nodes join and leave.
    pub changes: bool,
    /// Reads by a lease. Its promise holds while clocks drift no more than 10 % and do not jump,
    /// so they do not.
    pub leases: bool,
}

/// What a run's chaos is like, and what of it is still to come.
#[derive(Clone, Debug)]
pub struct Chaos {
    rng: Rng,
    /// The mean time between two troubles.
    pace: Micros,
    /// How much there is of each kind.
    weights: [Weight; TROUBLES.len()],
    /// The nodes, those that do not exist yet included as they are made up.
    names: Vec<Text>,
    kinds: Kinds,
    /// What was thought of, with how long after the one before it comes.
    planned: VecDeque<(Micros, Command)>,
    /// Values written so far; each is unique.
    values: u64,
}

/// The name of its streams.
const CHAOS: u64 = 0x6368_616f;

/// The chaos of a session, with what is due next.
#[derive(Clone, Debug)]
pub struct Trouble {
    chaos: Chaos,
    /// When it is due, in microseconds.
    pub at: Micros,
    due: Command,
}

impl Trouble {
    /// Begins at the present instant of a session; the first trouble comes later.
    pub fn begin(session: &Session) -> Trouble {
        let world = session.world();
        let rng = Rng::stream(world.seed(), &[CHAOS, world.now()]);
        let ids = (0..world.size()).map(NodeId::from_slot);
        let names = ids.map(|id| world.name(id).clone()).collect();
        let kinds = Kinds {
            changes: world.size() > 1,
            leases: false,
        };
        let mut chaos = Chaos::new(rng, names, kinds);
        let (after, due) = chaos.draw();
        Trouble {
            chaos,
            at: world.now() + after.max(1),
            due,
        }
    }

    /// Draws from the stream of another seed from now on. What was thought of already comes as it
    /// would have.
    pub fn draw_anew(&mut self, seed: u64) {
        self.chaos.rng = Rng::stream(seed, &[CHAOS]);
    }

    /// What is due, which will be something else from now on.
    pub fn take(&mut self) -> Command {
        let (after, next) = self.chaos.draw();
        self.at += after;
        std::mem::replace(&mut self.due, next)
    }
}

impl Chaos {
    /// Chaos among these nodes. How fast it goes and which kinds there are is drawn too, so that
    /// some runs are quiet, some storms, and some are all about one thing.
    pub fn new(mut rng: Rng, names: Vec<Text>, kinds: Kinds) -> Chaos {
        let pace = [25, 60, 150, 400, 1_000][rng.below(5) as usize] * MS;
        let mut weights = TROUBLES.map(|(_, weight)| weight * [0, 1, 1, 8][rng.below(4) as usize]);
        if weights.iter().all(|&weight| weight == 0) {
            weights = TROUBLES.map(|(_, weight)| weight);
        }
        Chaos {
            rng,
            pace,
            weights,
            names,
            kinds,
            planned: VecDeque::new(),
            values: 0,
        }
    }

    /// What comes next, and how long after the one before.
    pub fn draw(&mut self) -> (Micros, Command) {
        while self.planned.is_empty() {
            let all: Weight = self.weights.iter().sum();
            let mut drawn = self.below(all.into()) as Weight;
            let place = self.weights.iter().position(|&weight| {
                let here = drawn < weight;
                drawn = drawn.saturating_sub(weight);
                here
            });
            let pause = self.below(2 * self.pace + 1);
            let (trouble, _) = TROUBLES[place.unwrap_or(0)];
            trouble(self);
            if let Some((after, _)) = self.planned.front_mut() {
                *after += pause;
            }
        }
        self.planned.pop_front().expect("something is planned")
    }

    // Small draws

    fn below(&mut self, bound: u64) -> u64 {
        self.rng.below(bound)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// True once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A time of up to so many milliseconds, short ones as likely as long ones.
    fn up_to(&mut self, millis: u64) -> Micros {
        let scale = 1 + self.below(millis);
        (1 + self.below(scale)) * MS
    }

    /// A place among the nodes.
    fn place(&mut self) -> usize {
        self.below(self.names.len() as u64) as usize
    }

    fn named(&self, place: usize) -> Nodes {
        Nodes::named(self.names[place].clone())
    }

    fn any(&mut self) -> Nodes {
        let place = self.place();
        self.named(place)
    }

    /// Somebody worth a blow: the leader more often than others.
    fn victim(&mut self) -> Nodes {
        match self.below(3) {
            0 => Nodes::group(Group::Leader),
            _ => self.any(),
        }
    }

    /// Two different nodes; the same one twice where there is only one.
    fn two(&mut self) -> (usize, usize) {
        let (one, step) = (self.place(), self.below(self.names.len() as u64 - 1));
        (one, (one + 1 + step as usize) % self.names.len())
    }

    fn several(&self, places: impl Iterator<Item = usize>) -> Nodes {
        let nodes = places.map(|place| NodeRef::Name(self.names[place].clone()));
        Nodes::these(nodes.collect())
    }

    /// Some links: of one node to another, or all that lead to a node or away from it.
    fn link(&mut self) -> Link {
        let (one, other) = self.two();
        let drawn = self.below(6);
        let less = |place| Nodes {
            less: Some(self.named(place).base),
            ..Nodes::group(Group::All)
        };
        let leader = Nodes::group(Group::Leader);
        let all_but_leader = Nodes {
            less: Some(leader.base.clone()),
            ..Nodes::group(Group::All)
        };
        let (one_node, other_node) = (self.named(one), self.named(other));
        let (from, to) = match drawn {
            0 => (leader, all_but_leader),
            1 => (all_but_leader, leader),
            2 => (one_node, less(one)),
            3 => (less(one), one_node),
            _ => (one_node, other_node),
        };
        Link {
            from: End::Nodes(from),
            to: End::Nodes(to),
            both: false,
        }
    }

    fn kind(&mut self) -> KindPattern {
        let usual = [
            Kind::Append,
            Kind::Append,
            Kind::AppendReply,
            Kind::Vote,
            Kind::VoteReply,
        ];
        match self.below(8) {
            0 => None,
            1 => Some(self.one(&Kind::ALL)),
            _ => Some(self.one(&usual)),
        }
    }

    // Plans

    fn then(&mut self, after: Micros, command: Command) {
        self.planned.push_back((after, command));
    }

    fn now(&mut self, command: Command) {
        self.then(0, command);
    }

    // Troubles

    fn crash(&mut self) {
        let whom = self.victim();
        self.now(Command::Crash(whom));
        if self.once_in(3) {
            let after = self.up_to(1_000);
            self.then(after, Command::Restart(Nodes::group(Group::Down)));
        }
    }

    fn restart(&mut self) {
        let whom = match self.below(2) {
            0 => Nodes::group(Group::Down),
            _ => self.any(),
        };
        self.now(Command::Restart(whom));
    }

    /// A node forgets what was not on its disk, and is back at once.
    fn flicker(&mut self) {
        let whom = self.any();
        self.now(Command::Crash(whom.clone()));
        let after = self.below(30 * MS);
        self.then(after, Command::Restart(whom));
    }

    /// Two campaign one after the other, and those who vote may have crashed in between.
    fn rivals(&mut self) {
        let (one, other) = self.two();
        let third = self.place();
        let (one, other, third) = (self.named(one), self.named(other), self.named(third));
        self.now(Command::Timeout(one));
        let after = self.below(30 * MS);
        if self.once_in(2) {
            self.then(after, Command::Crash(third.clone()));
            let after = self.below(10 * MS);
            self.then(after, Command::Restart(third));
        }
        let after = self.below(30 * MS);
        self.then(after, Command::Timeout(other));
    }

    /// Somebody is elected, and meets trouble at once.
    fn topple(&mut self) {
        let place = self.place();
        let whom = self.named(place);
        self.now(Command::Timeout(whom.clone()));
        if self.once_in(2) {
            let after = self.below(60 * MS);
            self.write(after);
        }
        let after = self.below(80 * MS);
        let whom = match self.once_in(2) {
            true => whom,
            false => Nodes::group(Group::Leader),
        };
        let blow = match self.below(3) {
            0 => Command::Isolate(whom),
            _ => Command::Crash(whom),
        };
        self.then(after, blow);
    }

    /// One leader after the other, each for a moment: what Figure 8 of the paper is made of.
    fn dance(&mut self) {
        for _ in 0..3 + self.below(4) {
            let place = self.place();
            let whom = self.named(place);
            if self.once_in(2) {
                self.now(Command::Restart(Nodes::group(Group::Down)));
            }
            let after = self.below(20 * MS);
            self.then(after, Command::Timeout(whom.clone()));
            let after = 15 * MS + self.below(40 * MS);
            self.write(after);
            let after = self.below(40 * MS);
            let blow = match self.below(4) {
                0 => Command::Isolate(whom),
                1 => Command::Heal,
                _ => Command::Crash(whom),
            };
            self.then(after, blow);
        }
    }

    /// Islands, for a time or for good.
    fn split(&mut self) {
        let islands = 2 + self.below(2) as usize;
        let of: Vec<usize> = (0..self.names.len())
            .map(|_| self.below(islands as u64) as usize)
            .collect();
        let island = |number| {
            let places = of.iter().enumerate();
            let here = places.filter(move |(_, island)| **island == number);
            self.several(here.map(|(place, _)| place))
        };
        let islands: Vec<Nodes> = (0..islands)
            .filter(|number| of.contains(number))
            .map(island)
            .collect();
        self.now(Command::Partition(islands));
        if self.once_in(2) {
            let place = self.place();
            let (after, whom) = (self.below(60 * MS), self.named(place));
            self.then(after, Command::Timeout(whom));
        }
        self.healed_after(2);
    }

    /// The leader is cut off, others elect one of their own, and it comes back.
    fn depose(&mut self) {
        let leader = match self.below(3) {
            0 => self.any(),
            _ => Nodes::group(Group::Leader),
        };
        self.now(Command::Isolate(leader));
        for _ in 0..self.below(3) {
            let after = self.below(60 * MS);
            self.write(after);
        }
        if self.once_in(2) {
            let (after, whom) = (self.up_to(600), self.any());
            self.then(after, Command::Timeout(whom));
        }
        self.healed_after(3);
    }

    /// Most cuts are mended, sooner or later; one in so many stays.
    fn healed_after(&mut self, one_stays_in: u64) {
        if !self.once_in(one_stays_in) {
            let after = self.up_to(1_500);
            self.then(after, Command::Heal);
        }
    }

    fn heal(&mut self) {
        self.now(Command::Heal);
    }

    fn cut(&mut self) {
        let link = Link {
            both: self.once_in(3),
            ..self.link()
        };
        self.now(Command::Cut(link.clone()));
        if !self.once_in(3) {
            let after = self.up_to(2_000);
            self.then(after, Command::Mend(link));
        }
    }

    fn handle(&mut self, handling: Handling) -> Command {
        let pick = Pick {
            kind: self.kind(),
            link: self.link(),
            nth: 1 + self.below(3) * self.below(2),
            count: Some(1 + self.below(4)),
        };
        Command::Handle { handling, pick }
    }

    /// Messages of one kind are lost, a few of them or all for a time.
    fn lose(&mut self) {
        let mut command = self.handle(Handling::Drop);
        if self.once_in(3)
            && let Command::Handle { pick, .. } = &mut command
        {
            pick.count = None;
            self.now(command);
            let after = self.up_to(800);
            self.then(after, Command::HandleOff);
        } else {
            self.now(command);
        }
    }

    /// Messages come late, perhaps after the next election or the one after that.
    fn delay(&mut self) {
        let late = self.up_to(2_000);
        let command = self.handle(Handling::Delay(late));
        self.now(command);
        if self.once_in(2) {
            let (after, whom) = (self.below(60 * MS), self.any());
            self.then(after, Command::Timeout(whom));
        }
    }

    /// Messages come twice, and the second time late.
    fn echo(&mut self) {
        let command = self.handle(Handling::Copy);
        self.now(command.clone());
        if let (Command::Handle { pick, .. }, true) = (command, self.once_in(2)) {
            let handling = Handling::Delay(self.up_to(1_000));
            self.now(Command::Handle { handling, pick });
        }
    }

    /// All links get worse, or one, or all are as ever again.
    fn weather(&mut self) {
        let link = self.once_in(2).then(|| self.link());
        let share = self.below(400_000) as u32;
        let shortest = self.below(40) * MS;
        let longest = shortest + self.up_to(400);
        let span = Span {
            min: shortest,
            max: longest,
        };
        let command = match self.below(5) {
            0 => Command::Loss { share, link },
            1 => Command::Duplicate { share, link },
            2 => Command::Latency { span, link },
            3 => Command::Latency {
                span: Span::millis(5, 15),
                link: None,
            },
            _ => Command::Loss {
                share: 0,
                link: None,
            },
        };
        self.now(command);
    }

    fn clock(&mut self) {
        let nodes = self.victim();
        let change = match self.below(3) {
            // Within what leases allow for.
            0 => ClockChange::Rate(900_000 + self.below(200_001) as u32),
            _ if self.kinds.leases => ClockChange::Rate(self.one(&[900_000, 1_100_000])),
            1 => ClockChange::Rate(self.one(&[500_000, 2_000_000, 1_000_000])),
            _ => ClockChange::Jump(self.up_to(400) as i64),
        };
        self.now(Command::Clock { nodes, change });
    }

    /// A disk is slow or stands still; it may crash with all that it has not synced.
    fn disk(&mut self) {
        let nodes = self.victim();
        let slow = Span::exactly(self.up_to(60));
        let change = match self.below(3) {
            0 => DiskChange::Latency(slow),
            _ => DiskChange::Stall,
        };
        let nodes_of = |change| Command::Disk {
            nodes: nodes.clone(),
            change,
        };
        let (stall, well) = (nodes_of(change), nodes_of(DiskChange::Ok));
        self.now(stall);
        let after = self.up_to(400);
        if self.once_in(2) {
            self.then(after, Command::Crash(nodes.clone()));
            self.now(well);
            let after = self.below(50 * MS);
            self.then(after, Command::Restart(Nodes::group(Group::Down)));
        } else {
            self.then(after, well);
        }
    }

    /// A process stands still, and goes on as if nothing had happened.
    fn freeze(&mut self) {
        let whom = self.victim();
        self.now(Command::Stop(whom));
        let after = self.up_to(2_000);
        self.then(after, Command::Resume(Nodes::group(Group::All)));
    }

    fn timer(&mut self) {
        let whom = self.any();
        match self.below(4) {
            0 => {
                self.now(Command::HoldTimer(whom));
                let after = self.up_to(2_000);
                self.then(after, Command::ReleaseTimer(Nodes::group(Group::All)));
            }
            _ => self.now(Command::Timeout(whom)),
        }
    }

    /// The membership changes, or leadership is handed over.
    fn change(&mut self) {
        let command = match self.below(10) {
            0..6 if !self.kinds.changes => self.transfer(),
            0 | 1 => self.join(),
            2 => Command::Admin {
                verb: AdminVerb::Remove,
                nodes: self.victim(),
                via: None,
            },
            3 => self.members(),
            4 => self.admin(AdminVerb::Promote),
            5 => self.admin(AdminVerb::Demote),
            6 if self.kinds.changes => {
                let way = self.one(&[Membership::Joint, Membership::Single]);
                Command::Set {
                    setting: Setting::Membership(way),
                    on: None,
                }
            }
            _ => self.transfer(),
        };
        self.now(command);
    }

    fn transfer(&mut self) -> Command {
        self.admin(AdminVerb::Transfer)
    }

    fn admin(&mut self, verb: AdminVerb) -> Command {
        let nodes = self.any();
        Command::Admin {
            verb,
            nodes,
            via: None,
        }
    }

    fn join(&mut self) -> Command {
        let place = match self.names.len() {
            size if size < MOST_NODES && self.once_in(2) => {
                self.names.push(format!("n{}", size + 1).into());
                size
            }
            _ => self.place(),
        };
        Command::Add {
            node: NodeRef::Name(self.names[place].clone()),
            learner: self.once_in(4),
            via: None,
        }
    }

    fn members(&mut self) -> Command {
        let (first, count) = (self.place(), 1 + self.below(5) as usize);
        let all = self.names.len();
        let places = (0..count.min(all)).map(|step| (first + step) % all);
        Command::Admin {
            verb: AdminVerb::Members,
            nodes: self.several(places),
            via: None,
        }
    }

    /// A change of membership, and trouble while it is under way.
    fn change_in_trouble(&mut self) {
        if self.once_in(3) {
            let place = self.place();
            let whom = self.named(place);
            self.now(Command::Timeout(whom));
        }
        for _ in 0..1 + self.below(2) {
            let before = self.planned.len();
            self.change();
            let after = self.below(40 * MS);
            if let Some((pause, _)) = self.planned.get_mut(before) {
                *pause += after;
            }
        }
        let after = self.below(60 * MS);
        let before = self.planned.len();
        match self.below(4) {
            0 => self.split(),
            1 => self.depose(),
            2 => self.topple(),
            _ => self.crash(),
        }
        if let Some((pause, _)) = self.planned.get_mut(before) {
            *pause += after;
        }
    }

    fn snapshot(&mut self) {
        let whom = match self.once_in(2) {
            true => Nodes::group(Group::Up),
            false => self.any(),
        };
        self.now(Command::Snapshot(whom));
        if self.once_in(2) {
            let (after, whom) = (self.up_to(200), self.any());
            self.then(after, Command::Crash(whom.clone()));
            let after = self.up_to(200);
            self.then(after, Command::Restart(whom));
        }
    }

    /// Somebody asks a certain node for something: one that led, perhaps.
    fn ask(&mut self) {
        for _ in 0..1 + self.below(3) {
            let after = self.below(30 * MS);
            match self.once_in(2) {
                true => self.write(after),
                false => self.read(after),
            }
        }
    }

    fn asker(&mut self) -> Option<ClientId> {
        Some(ClientId(FIRST_ASKER + self.below(ASKERS) as u32))
    }

    fn write(&mut self, after: Micros) {
        self.values += 1;
        let operation = Operation::Put {
            key: "k1".into(),
            value: format!("w{}", self.values).into(),
        };
        let (by, via) = (self.asker(), self.any());
        let command = Command::Request {
            operation,
            by,
            via: Some(via),
            reads: None,
        };
        self.then(after, command);
    }

    fn read(&mut self, after: Micros) {
        let operation = Operation::Get { key: "k1".into() };
        let reads = match self.kinds.leases {
            true => self.one(&[None, Some(ReadMode::Lease)]),
            false => None,
        };
        let (by, via) = (self.asker(), self.any());
        let command = Command::Request {
            operation,
            by,
            via: Some(via),
            reads,
        };
        self.then(after, command);
    }
}
