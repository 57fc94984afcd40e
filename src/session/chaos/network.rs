//! Trouble with the network: islands, cuts, and messages that are lost, late or doubled.

use super::{Chaos, MS};
use crate::raft::{Micros, Span};
use crate::world::Command;
use crate::world::command::{Group, Handling, Link, Nodes, Pick};

impl Chaos {
    /// Islands, for a time or for good.
    pub(super) fn split(&mut self) {
        self.islands(0);
        if self.once_in(2) {
            let place = self.place();
            let (after, whom) = (self.below(60 * MS), self.named(place));
            self.then(after, Command::Timeout(whom));
        }
        self.healed_after(2);
    }

    pub(super) fn islands(&mut self, after: Micros) {
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
        self.then(after, Command::Partition(islands));
    }

    /// The leader is cut off, others elect one of their own, and it comes back.
    pub(super) fn depose(&mut self) {
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
    pub(super) fn healed_after(&mut self, one_stays_in: u64) {
        if !self.once_in(one_stays_in) {
            let after = self.up_to(1_500);
            self.then(after, Command::Heal);
        }
    }

    pub(super) fn heal(&mut self) {
        self.now(Command::Heal);
    }

    pub(super) fn cut(&mut self) {
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
    pub(super) fn lose(&mut self) {
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
    pub(super) fn delay(&mut self) {
        let late = self.up_to(2_000);
        let command = self.handle(Handling::Delay(late));
        self.now(command);
        if self.once_in(2) {
            let (after, whom) = (self.below(60 * MS), self.any());
            self.then(after, Command::Timeout(whom));
        }
    }

    /// Messages come twice, and the second time late.
    pub(super) fn echo(&mut self) {
        let command = self.handle(Handling::Copy);
        self.now(command.clone());
        if let (Command::Handle { pick, .. }, true) = (command, self.once_in(2)) {
            let handling = Handling::Delay(self.up_to(1_000));
            self.now(Command::Handle { handling, pick });
        }
    }

    /// All links get worse, or one, or all are as ever again.
    pub(super) fn weather(&mut self) {
        if self.kinds.by_hand {
            return self.timer();
        }
        let link = self.once_in(2).then(|| self.link());
        let share = self.below(400_000) as u32;
        let shortest = self.below(40) * MS;
        let longest = shortest + self.up_to(400);
        let span = Span {
            min: shortest,
            max: longest,
        };
        let bytes = 1_000 + self.below(50_000);
        let command = match self.below(6) {
            0 => Command::Loss { share, link },
            1 => Command::Duplicate { share, link },
            2 => Command::Latency { span, link },
            3 => Command::Latency {
                span: Span::millis(5, 15),
                link: None,
            },
            4 => Command::Bandwidth {
                rate: self.once_in(2).then_some(bytes),
                link,
            },
            _ => Command::Loss {
                share: 0,
                link: None,
            },
        };
        self.now(command);
    }
}
