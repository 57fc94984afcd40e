//! What a person may not expect of a command: it takes effect later, or never.

use super::disk::DEFAULT_LATENCY;
use super::server::Server;
use super::time::TRUE_RATE;
use super::view::{Life, NodeStatus};
use super::{Command, World};
use crate::kv::ClientId;
use crate::raft::{Change, NodeId, RoleKind, Rule};

/// Why a node does not do now what it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    Down,
    Stopped,
    Leads,
    NoVote,
}

impl World {
    /// Words about a command that finds nothing to do now.
    pub fn idle(&self, command: &Command) -> Option<&'static str> {
        let calm = |server: &Server| {
            let disk = server.disk.view();
            server.life != Life::Stopped
                && !server.held
                && server.clock.rate() == TRUE_RATE
                && !disk.stalled
                && disk.latency == DEFAULT_LATENCY
        };
        let (idle, words) = match command {
            Command::Heal => (!self.network.is_cut(), "nothing is cut off"),
            Command::Calm => (
                self.network.is_calm() && self.servers.iter().all(calm),
                "all is calm already",
            ),
            Command::Isolate(nodes) => {
                let nodes = self.select(nodes);
                let isolated = |id: &NodeId| self.network.is_isolated(*id);
                let all = !nodes.is_empty() && nodes.iter().all(isolated);
                (all, "it is isolated already")
            }
            Command::WorkloadOff => (self.workloads.current().is_none(), "no workload runs"),
            _ => return None,
        };
        idle.then_some(words)
    }

    /// Words about a command, which was carried out, that is not done at once: what it waits for,
    /// or which of its nodes do it later or never; nothing when all did.
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
            Command::Add { .. } | Command::Admin { .. } => return self.what_is_awaited(),
            Command::Snapshot(nodes) => (nodes, |why| match why {
                Down => Some("what is down takes no snapshot"),
                Stopped => Some("it takes its snapshot when it goes on (:resume)"),
                Leads | NoVote => None,
            }),
            Command::Request { by, .. } => return self.queued(by.unwrap_or(ClientId(1))),
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

    /// What is asked waits until its client is free.
    fn queued(&self, client: ClientId) -> Option<String> {
        let all = self.clients.view();
        let client = all.iter().find(|it| it.id == client && it.queued > 0)?;
        Some(match client.queued {
            1 => format!(
                "{} waits for an answer: this is asked after that",
                client.id
            ),
            queued => format!(
                "{} waits for an answer: this is asked after that and {} more",
                client.id,
                queued - 1
            ),
        })
    }

    /// What the newest statement waits for that a leader must answer.
    fn what_is_awaited(&self) -> Option<String> {
        let (change, to) = self.operator.newest()?;
        let Some(to) = to.map(|id| self.status(id)) else {
            return Some("nobody leads: it waits for whoever is elected".to_owned());
        };
        let leader = &to.name;
        match (to.life, to.role()) {
            (Life::Stopped, _) => {
                return Some(format!(
                    "{leader} is stopped: it answers when it goes on (:resume)"
                ));
            }
            (Life::Up, Some(RoleKind::Leader)) => {}
            _ => {
                return Some(format!(
                    "{leader} does not lead: whoever leads is asked next"
                ));
            }
        }
        let (log, commit) = (&to.node.log, to.node.commit);
        if let Change::Transfer(target) = *change {
            let target = self.status(target);
            let name = &target.name;
            return Some(match self.out_of_reach(&to, &target) {
                None => format!("{name} must hold the whole log, and then win an election"),
                Some(how) => {
                    format!("{name} is {how}: {leader} gives it up within an election timeout")
                }
            });
        }
        if self.rules.on(Rule::CommitBeforeChange) && log.term_at(commit) != Some(to.node.term) {
            return Some(format!(
                "{leader} must first commit an entry of its own term"
            ));
        }
        let comes = match change {
            Change::Add(node) | Change::Promote(node) => std::slice::from_ref(node),
            Change::Members(nodes) => nodes,
            _ => &[],
        };
        let learns = |id: &&NodeId| !to.node.configuration.is_voter(**id);
        let mut newcomers = comes.iter().filter(learns).map(|id| self.status(*id));
        let Some(first) = newcomers.next() else {
            return Some("a majority must hold the new configuration".to_owned());
        };
        let name = &first.name;
        Some(match self.out_of_reach(&to, &first) {
            None => format!("{name} must catch up before it has a vote"),
            Some(how) => format!("{name} is {how}, and must catch up before it has a vote"),
        })
    }

    /// Why a node does not answer its leader.
    fn out_of_reach(&self, leader: &NodeStatus, node: &NodeStatus) -> Option<&'static str> {
        let (there, back) = (leader.id, node.id);
        match node.life {
            Life::Down => Some("down"),
            Life::Stopped => Some("stopped"),
            Life::Up if self.connected(there, back) && self.connected(back, there) => None,
            Life::Up => Some("cut off"),
        }
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
