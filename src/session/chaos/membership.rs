//! Trouble about who is in the cluster.

use super::{Chaos, MS};
use crate::raft::Membership;
use crate::world::Command;
use crate::world::command::{AdminVerb, Group, MOST_DRAWN, NodeRef, Nodes, Setting};

impl Chaos {
    /// The membership changes, or leadership is handed over.
    pub(super) fn change(&mut self) {
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
            size if size < MOST_DRAWN && self.once_in(2) => {
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
    pub(super) fn change_in_trouble(&mut self) {
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

    /// Changes on both sides of a cut, and then the cut is another: neither side knows what the
    /// other has decided.
    pub(super) fn rival_changes(&mut self) {
        let mut after = 0;
        for _ in 0..1 + self.below(3) {
            self.islands(after);
            let place = self.place();
            let whom = self.named(place);
            if !self.once_in(3) {
                let after = self.below(60 * MS);
                self.then(after, Command::Timeout(whom.clone()));
            }
            after = self.below(60 * MS);
            for _ in 0..self.below(3) {
                let verb = self.one(&[AdminVerb::Remove, AdminVerb::Remove, AdminVerb::Demote]);
                let nodes = self.any();
                let via = Some(whom.clone());
                self.then(after, Command::Admin { verb, nodes, via });
                after = self.below(20 * MS);
            }
            after = self.below(150 * MS);
            if self.once_in(3) {
                self.then(after, Command::Crash(whom.clone()));
                self.now(Command::Restart(whom));
                after = self.below(200 * MS);
            }
        }
        if self.once_in(2) {
            self.islands(after);
            after = self.below(100 * MS);
        }
        for _ in 0..1 + self.below(3) {
            let whom = self.any();
            self.then(after, Command::Timeout(whom));
            after = self.below(60 * MS);
        }
    }

    /// The whole cluster is stopped, and started again with those who voted: with others it might
    /// lose what is committed, as it might with a disk that is emptied.
    pub(super) fn reboot(&mut self) {
        if !self.kinds.changes {
            return self.crash();
        }
        let voters = Nodes::group(Group::Voters);
        self.now(Command::Reboot(voters));
    }
}
