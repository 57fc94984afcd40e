//! Each kind of trouble.

use super::{Chaos, MS};
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{Kind, Micros, ReadMode, Span};
use crate::world::Command;
use crate::world::command::{ClockChange, DiskChange, Group, Handling, Link, Nodes, Pick};
use crate::world::disk::DEFAULT_LATENCY;

/// Clients that ask now and then, apart from those of the workload.
const ASKERS: u64 = 3;
/// The first of them.
const FIRST_ASKER: u16 = 51;
/// What they write to; a workload does so too …
const TEXTS: &str = "k1";
/// … and what they add to.
const NUMBERS: &str = "k0";

/// How often a kind of trouble comes, compared with the others.
pub(super) type Weight = u32;
/// Plans a trouble.
pub(super) type Plan = fn(&mut Chaos);

/// Each kind of trouble, with how much of it there is in a run of the middling sort.
pub(super) const TROUBLES: [(Plan, Weight); 27] = [
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
    (Chaos::late_voter, 2),
    (Chaos::lose, 3),
    (Chaos::delay, 4),
    (Chaos::echo, 2),
    (Chaos::weather, 2),
    (Chaos::clock, 1),
    (Chaos::drift, 1),
    (Chaos::disk, 2),
    (Chaos::freeze, 2),
    (Chaos::timer, 3),
    (Chaos::change, 3),
    (Chaos::change_in_trouble, 3),
    (Chaos::rival_changes, 3),
    (Chaos::reboot, 1),
    (Chaos::snapshot, 1),
    (Chaos::late_snapshot, 1),
    (Chaos::ask, 3),
];

impl Chaos {
    pub(super) fn then(&mut self, after: Micros, command: Command) {
        self.planned.push_back((after, command));
    }

    pub(super) fn now(&mut self, command: Command) {
        self.then(0, command);
    }

    pub(super) fn crash(&mut self) {
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
    pub(super) fn topple(&mut self) {
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

    /// While a leader is cut off, another is elected, whose entries come to somebody that did not
    /// hear of the election, has a slow disk, and forgets what was not yet on it.
    fn late_voter(&mut self) {
        if self.names.len() < 3 {
            return self.crash();
        }
        let order = self.order();
        let [old, new, voter, behind] = [0, 1, 2, 3].map(|it| self.named(order[it % order.len()]));
        self.now(Command::Timeout(old.clone()));
        let after = (40 + self.below(80)) * MS;
        self.then(after, Command::Isolate(old.clone()));
        let after = self.below(20 * MS);
        self.write_via(after, old.clone());
        let lost = |kind, to: &Nodes, count| Command::Handle {
            handling: Handling::Drop,
            pick: Pick {
                kind: Some(kind),
                link: Link::one_way(new.clone(), to.clone()),
                nth: 1,
                count,
            },
        };
        let disk = |latency| Command::Disk {
            nodes: voter.clone(),
            change: DiskChange::Latency(latency),
        };
        self.now(lost(Kind::Vote, &voter, Some(1)));
        if self.once_in(2) {
            self.now(lost(Kind::Append, &behind, None));
        }
        let slow = Span::exactly((10 + self.below(50)) * MS);
        self.now(disk(slow));
        self.now(Command::Timeout(new.clone()));
        let after = (20 + self.below(120)) * MS;
        self.then(after, Command::Crash(voter.clone()));
        let after = self.below(10 * MS);
        self.then(after, Command::Restart(voter.clone()));
        self.now(disk(DEFAULT_LATENCY));
        self.now(Command::HandleOff);
        // The one that was cut off meets the voter first, and then a majority.
        let mut after = 0;
        let met = [0, 2, 3].map(|it| order[it % order.len()]);
        for count in [2, 3] {
            let meets = |place: &usize| met[..count].contains(place);
            let (together, rest): (Vec<_>, Vec<_>) = order.iter().copied().partition(meets);
            let islands = [together, rest]
                .into_iter()
                .filter(|island| !island.is_empty());
            let islands = islands.map(|island| self.several(island.into_iter()));
            let islands = islands.collect();
            self.then(after, Command::Heal);
            self.now(Command::Partition(islands));
            after = (50 + self.below(200)) * MS;
        }
        for _ in 0..2 {
            self.then(after, Command::Timeout(old.clone()));
            after = (50 + self.below(100)) * MS;
        }
    }

    /// Clocks drift as far as leases allow for, a leader is cut off from all but its clients, and
    /// somebody reads there while others write elsewhere.
    fn drift(&mut self) {
        if !self.kinds.leases {
            return self.clock();
        }
        if self.once_in(3) {
            return self.frozen_lease();
        }
        let (one, other) = self.two();
        let (old, new) = (self.named(one), self.named(other));
        let mut rate = |nodes: Nodes, rate| {
            let change = ClockChange::Rate(rate);
            self.now(Command::Clock { nodes, change });
        };
        rate(Nodes::group(Group::All), 1_100_000);
        rate(old.clone(), 900_000);
        self.now(Command::Timeout(old.clone()));
        let after = (50 + self.below(200)) * MS;
        self.then(after, Command::Isolate(old.clone()));
        // Whether the timeouts are those that are usual, or much longer.
        let after = self.one(&[1, 10]) * (90 + self.below(60)) * MS;
        self.then(after, Command::Timeout(new.clone()));
        let after = (2 + self.below(20)) * MS;
        self.write_via(after, new);
        let after = (2 + self.below(20)) * MS;
        self.read_via(after, old);
        self.healed_after(3);
    }

    /// A leader is frozen, another elected, and what waits for the first meets a clock that was set.
    fn frozen_lease(&mut self) {
        let (one, other) = self.two();
        let (old, new) = (self.named(one), self.named(other));
        self.now(Command::Timeout(old.clone()));
        let after = (50 + self.below(200)) * MS;
        self.then(after, Command::Isolate(old.clone()));
        self.now(Command::Stop(old.clone()));
        let after = self.one(&[1, 10]) * (90 + self.below(60)) * MS;
        self.then(after, Command::Timeout(new.clone()));
        let after = (2 + self.below(20)) * MS;
        self.write_via(after, new);
        let after = (2 + self.below(20)) * MS;
        self.read_via(after, old.clone());
        let by = (1 + self.below(30)) as i64 * 100_000;
        let change = ClockChange::Jump(self.one(&[by, -by]));
        let after = (2 + self.below(20)) * MS;
        self.then(after, Command::Clock { nodes: old, change });
        self.now(Command::Resume(Nodes::group(Group::All)));
        self.healed_after(3);
    }

    fn clock(&mut self) {
        let nodes = self.victim();
        let change = match self.below(3) {
            // Within what leases allow for.
            0 => ClockChange::Rate(900_000 + self.below(200_001) as u32),
            1 if self.kinds.leases => ClockChange::Rate(self.one(&[900_000, 1_100_000])),
            1 => ClockChange::Rate(self.one(&[500_000, 2_000_000, 1_000_000])),
            _ => {
                let by = self.up_to(400) as i64;
                ClockChange::Jump(self.one(&[by, -by]))
            }
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

    pub(super) fn timer(&mut self) {
        let whom = self.any();
        match self.below(4) {
            0 if !self.kinds.by_hand => {
                self.now(Command::HoldTimer(whom));
                let after = self.up_to(2_000);
                self.then(after, Command::ReleaseTimer(Nodes::group(Group::All)));
            }
            _ => self.now(Command::Timeout(whom)),
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

    /// A snapshot is on its way to a node that was cut off, and comes when much has happened since.
    fn late_snapshot(&mut self) {
        if self.names.len() < 2 {
            return self.snapshot();
        }
        let order = self.order();
        let [leader, behind, third] = [0, 1, 2].map(|it| self.named(order[it % order.len()]));
        self.now(Command::Timeout(leader.clone()));
        let after = (40 + self.below(80)) * MS;
        self.then(after, Command::Isolate(behind.clone()));
        for _ in 0..1 + self.below(2) {
            let after = self.below(20 * MS);
            self.write_via(after, leader.clone());
        }
        let after = (20 + self.below(60)) * MS;
        self.then(after, Command::Snapshot(leader.clone()));
        let late = (100 + self.below(600)) * MS;
        let pick = Pick {
            kind: Some(Kind::Snapshot),
            link: Link::one_way(leader.clone(), behind),
            nth: 1,
            count: Some(1 + self.below(2)),
        };
        let handling = Handling::Delay(late);
        self.now(Command::Handle { handling, pick });
        self.now(Command::Heal);
        if self.once_in(2) {
            let after = (50 + self.below(300)) * MS;
            self.then(after, Command::Isolate(third.clone()));
        }
        let after = self.below(100 * MS);
        self.write_via(after, leader.clone());
        let after = (30 + self.below(60)) * MS;
        self.then(after, Command::Crash(leader));
        self.then(late, Command::Heal);
        let after = self.below(250 * MS);
        self.then(after, Command::Timeout(third));
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
        Some(ClientId(FIRST_ASKER + self.below(ASKERS) as u16))
    }

    pub(super) fn write(&mut self, after: Micros) {
        let via = self.any();
        self.write_via(after, via);
    }

    fn write_via(&mut self, after: Micros, via: Nodes) {
        let operation = self.writing();
        let by = self.asker();
        let command = Command::Request {
            operation,
            by,
            via: Some(via),
            reads: None,
        };
        self.then(after, command);
    }

    /// Mostly a put, whose value nobody else writes. What the others answer depends on what was
    /// before them: it shows whether anything was lost, or done twice.
    fn writing(&mut self) -> Operation {
        let key = Text::from(TEXTS);
        let before = self.below(self.values + 1);
        self.values += 1;
        let written = |number| Text::from(format!("w{number}"));
        let value = written(self.values);
        match self.below(12) {
            0 => Operation::Append { key, value },
            1 => Operation::Cas {
                key,
                old: (before > 0).then(|| written(before)),
                new: value,
            },
            2 => Operation::Delete { key },
            3 => Operation::Add {
                key: NUMBERS.into(),
                amount: 1,
            },
            _ => Operation::Put { key, value },
        }
    }

    fn read(&mut self, after: Micros) {
        let via = self.any();
        self.read_via(after, via);
    }

    fn read_via(&mut self, after: Micros, via: Nodes) {
        let key = self.one(&[TEXTS, TEXTS, TEXTS, NUMBERS]).into();
        let operation = Operation::Get { key };
        let reads = match self.kinds.leases {
            true => self.one(&[None, Some(ReadMode::Lease)]),
            false => None,
        };
        let by = self.asker();
        let command = Command::Request {
            operation,
            by,
            via: Some(via),
            reads,
        };
        self.then(after, command);
    }
}
