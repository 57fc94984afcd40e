//! Trouble drawn at random, aimed at what matters: a leader that crashes as it is elected, a cut
//! around a change of membership, an answer that comes after the next election. `chaos on` and the
//! search for violations draw from here.
//!
//! What is drawn depends on the stream and on the names of the nodes, and on nothing else: so a run
//! can be written down as a script before it is played.

mod membership;
mod network;
mod troubles;

use std::collections::VecDeque;

use super::Session;
use crate::kv::Text;
use crate::raft::{Kind, Micros, NodeId, Rng};
use crate::world::Command;
use crate::world::command::{Group, KindPattern, Link, NodeRef, Nodes};
use troubles::{TROUBLES, Weight};

/// Microseconds in a millisecond.
pub(crate) const MS: Micros = 1_000;

/// What there may be besides crashes, cuts and bad links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kinds {
    /// Nodes join and leave.
    pub changes: bool,
    /// Reads by a lease. Its promise holds while clocks drift no more than 10 %, so they do not.
    pub leases: bool,
    /// Links, clocks and timers are left as they are: nothing but what is said happens.
    pub by_hand: bool,
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
            by_hand: false,
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

    /// All places, in any order.
    fn order(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        self.rng.shuffle(&mut order);
        order
    }

    fn several(&self, places: impl Iterator<Item = usize>) -> Nodes {
        let nodes = places.map(|place| NodeRef::Name(self.names[place].clone()));
        Nodes::these(nodes.collect())
    }

    /// Some links: of one node to another, or all that lead to a node or away from it.
    fn link(&mut self) -> Link {
        let (one, other) = self.two();
        if one == other {
            let all = Nodes::group(Group::All);
            return Link::one_way(all.clone(), all);
        }
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
        Link::one_way(from, to)
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
}
