//! The end of the trouble: a connected majority is well again, some cuts stay. Whether the cluster
//! is of use then is what the rules of availability are about.

use crate::kv::{ClientId, Operation, Text};
use crate::raft::{Backtracking, Micros, Options, Rng};
use crate::session::chaos::MS;
use crate::world::client::ClientOptions;
use crate::world::command::{
    AdminVerb, ClockChange, Command, DiskChange, Group, Link, Nodes, Setting,
};
use crate::world::disk::DEFAULT_LATENCY;
use crate::world::view::Channel;

/// The client whose write may be left to the next leader.
const HEIR: ClientId = ClientId(61);

struct Ending<'a> {
    rng: &'a mut Rng,
    /// The first voters in any order; those of a majority come first and are spared.
    order: Vec<Text>,
    at: Micros,
    steps: &'a mut Vec<(Micros, Command)>,
}

/// Adds the end, which begins at `from`. Returns the instant from which all must be well.
pub fn add(
    rng: &mut Rng,
    names: &[Text],
    from: Micros,
    steps: &mut Vec<(Micros, Command)>,
) -> Micros {
    let mut order = names.to_vec();
    rng.shuffle(&mut order);
    let mut ending = Ending {
        rng,
        order,
        at: from,
        steps,
    };
    ending.mend();
    ending.last_act();
    ending.cut();
    ending.at
}

impl Ending<'_> {
    fn then(&mut self, after: Micros, command: Command) {
        self.at += after;
        self.steps.push((self.at, command));
    }

    fn now(&mut self, command: Command) {
        self.then(0, command);
    }

    /// Everything works again, and what is left to do goes as fast as it can.
    fn mend(&mut self) {
        let all = || Nodes::group(Group::All);
        self.now(Command::WorkloadOff);
        self.now(Command::Calm);
        let (usual, patient) = (Options::default(), ClientOptions::default());
        let quick = [
            // With little randomness votes may be split for longer than is waited for.
            Setting::ElectionTimeout(usual.election_timeout),
            Setting::Heartbeat(usual.heartbeat),
            Setting::Backtracking(Backtracking::Hint),
            Setting::MaxAppend(64),
            Setting::Inflight(8),
            Setting::SnapshotChunk(4096),
            // Who asks then waits for the answer.
            Setting::ClientTimeout(patient.timeout),
            Setting::ClientRetries(patient.retries),
        ];
        for setting in quick {
            self.now(Command::Set { setting, on: None });
        }
        self.now(Command::Latency {
            span: Channel::default().latency,
            link: None,
        });
        for change in [DiskChange::Ok, DiskChange::Latency(DEFAULT_LATENCY)] {
            let nodes = all();
            self.now(Command::Disk { nodes, change });
        }
        self.now(Command::Clock {
            nodes: all(),
            change: ClockChange::Rate(1_000_000),
        });
        self.now(Command::Restart(Nodes::group(Group::Down)));
    }

    /// What decides who leads when the cuts come, and what is left for a leader to do.
    fn last_act(&mut self) {
        match self.rng.below(4) {
            0 => {
                let place = self.rng.below(self.order.len() as u64) as usize;
                let nodes = self.node(place);
                let verb = AdminVerb::Transfer;
                self.then(
                    1_000 * MS,
                    Command::Admin {
                        verb,
                        nodes,
                        via: None,
                    },
                );
                self.at += 300 * MS;
            }
            1 => {
                let leader = || Nodes::group(Group::Leader);
                let operation = Operation::Put {
                    key: "tail".into(),
                    value: "1".into(),
                };
                let request = Command::Request {
                    operation,
                    by: Some(HEIR),
                    via: Some(leader()),
                    reads: None,
                };
                self.then(1_500 * MS, request);
                let after = (5 + self.rng.below(40)) * MS;
                self.then(after, Command::Crash(leader()));
                self.then(400 * MS, Command::Restart(Nodes::group(Group::Down)));
            }
            _ => self.at += self.rng.below(1_500) * MS,
        }
    }

    /// The cuts that stay, outside the majority.
    fn cut(&mut self) {
        let all = self.order.len();
        let majority = all / 2 + 1;
        if majority == all {
            return;
        }
        let one = majority;
        let inside = self.rng.below(majority as u64) as usize;
        match self.rng.below(10) {
            // It takes part in nothing, or what it takes part in never gets onto its disk: a leader
            // commits by the disks of others then, if it does not wait for its own.
            8 => self.now(Command::Stop(self.node(one))),
            9 => {
                let setting = Setting::ParallelDisk(true);
                self.now(Command::Set { setting, on: None });
                self.now(Command::Disk {
                    nodes: self.node(one),
                    change: DiskChange::Stall,
                });
            }
            // It can send, and hears nothing; or the other way round.
            0 => self.link(self.all_but(one), self.node(one), false),
            1 => self.link(self.node(one), self.all_but(one), false),
            // Each of the others reaches one of the majority only.
            2 => {
                for other in majority..all {
                    let friend = self.rng.below(majority as u64) as usize;
                    for peer in (0..all).filter(|&peer| peer != friend && peer != other) {
                        self.link(self.node(other), self.node(peer), true);
                    }
                }
            }
            3 | 4 => self.link(self.node(one), self.node(inside), true),
            // Little comes through, but enough to be up to date.
            5 | 6 => {
                let share = 400_000 + self.rng.below(500_000) as u32;
                let link = Some(Link {
                    both: true,
                    ..Link::one_way(self.node(one), self.node(inside))
                });
                self.now(Command::Loss { share, link });
            }
            _ => {}
        }
    }

    fn link(&mut self, from: Nodes, to: Nodes, both: bool) {
        self.now(Command::Cut(Link {
            both,
            ..Link::one_way(from, to)
        }));
    }

    fn node(&self, place: usize) -> Nodes {
        Nodes::named(self.order[place].clone())
    }

    fn all_but(&self, place: usize) -> Nodes {
        Nodes {
            less: Some(self.node(place).base),
            ..Nodes::group(Group::All)
        }
    }
}
