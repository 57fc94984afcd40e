//! What a person may not expect of a command: on some of its nodes it takes effect later, or never.

use super::view::Life;
use super::{Command, World};
use crate::raft::{NodeId, RoleKind};

/// Why a node does not do now what it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    Down,
    Stopped,
    Leads,
    NoVote,
}

impl World {
    /// Words about the nodes of a command, which was carried out, that did not do it at once;
    /// nothing when all did.
    pub fn remark(&self, command: &Command) -> Option<String> {
        use Hindrance::{Down, Leads, NoVote, Stopped};
        let (nodes, comes): (_, fn(Hindrance) -> Option<&'static str>) = match command {
            Command::Timeout(nodes) => (nodes, |why| {
                Some(match why {
                    Down => "no timer runs that could fire",
                    Stopped => "the timer fires when it goes on (:resume)",
                    Leads => "a leader has no election timer",
                    NoVote => "whoever has no vote does not campaign",
                })
            }),
            Command::HoldTimer(nodes) => (nodes, |why| {
                Some(match why {
                    Down => "the timer is held from its restart on",
                    Stopped => "the timer is held when it goes on (:resume)",
                    Leads => "the timer is held as soon as it leads no more",
                    NoVote => "the timer is held as soon as it has a vote",
                })
            }),
            Command::ReleaseTimer(nodes) => (nodes, |why| {
                Some(match why {
                    Down => "the timer runs from its restart on",
                    Stopped => "the timer runs when it goes on (:resume)",
                    Leads => "the timer runs as soon as it leads no more",
                    NoVote => "the timer runs as soon as it has a vote",
                })
            }),
            Command::Snapshot(nodes) => (nodes, |why| match why {
                Down => Some("what is down takes no snapshot"),
                Stopped => Some("it takes its snapshot when it goes on (:resume)"),
                Leads | NoVote => None,
            }),
            _ => return None,
        };
        let hindered = self.select(nodes).into_iter();
        let mut hindered = hindered.filter_map(|id| Some((id, self.hindrance(id)?)));
        let told = hindered.find_map(|(id, why)| Some((id, why, comes(why)?)));
        let (id, why, comes) = told?;
        let how = match why {
            Down => "is down",
            Stopped => "is stopped",
            Leads => "leads",
            NoVote => "has no vote",
        };
        Some(format!("{} {how}: {comes}", self.name(id)))
    }

    fn hindrance(&self, id: NodeId) -> Option<Hindrance> {
        let status = self.status(id);
        match (status.life, status.role()) {
            (Life::Down, _) | (_, None) => Some(Hindrance::Down),
            (Life::Stopped, _) => Some(Hindrance::Stopped),
            (Life::Up, Some(RoleKind::Leader)) => Some(Hindrance::Leads),
            (Life::Up, Some(RoleKind::Learner | RoleKind::Removed)) => Some(Hindrance::NoVote),
            (Life::Up, Some(_)) => None,
        }
    }
}
