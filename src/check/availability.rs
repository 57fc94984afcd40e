//! Whether the cluster makes progress: how many messages and elections it takes, how long it
//! stands still, and whether it is well again after faults.

use std::collections::BTreeMap;

use imbl::OrdMap;

use crate::kv::ClientId;
use crate::list::List;
use crate::raft::{Configuration, Event as NodeEvent, Kind, Micros, NodeId, RoleKind};
use crate::world::event::Reply;
use crate::world::view::{Channel, Life};
use crate::world::{Event, Record, Traffic, World};

/// Of so many voters every group is tried.
pub const SEARCHED: usize = 12;
/// Latencies that lie within so many microseconds are kept together.
const ALIKE: Micros = 1024;

/// A stretch without a commit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Outage {
    /// When a commit was wanted, or the last one came, in microseconds of virtual time.
    pub since: Micros,
    /// For how many microseconds.
    pub lasted: Micros,
}

/// Counters since the last `mark`.
#[derive(Clone, Default, Debug)]
pub struct Tally {
    /// Messages that were sent before the mark.
    before: Traffic,
    elections: u64,
    /// The nodes that lead.
    leaders: Vec<NodeId>,
    /// Clients that wait: since when, and whether for a write.
    waiting: BTreeMap<ClientId, (Micros, bool)>,
    /// How long each answered request took, together with those about as long: a percentile may
    /// be asked for at every instant, and must not look at all of them.
    latencies: OrdMap<Micros, List<Micros>>,
    /// Since when no commit has come although one is wanted.
    wanted_since: Option<Micros>,
    longest: Outage,
}

impl Tally {
    /// Looks at one event. Returns how long the request took that it answers, if it answers one.
    pub fn watch(&mut self, record: &Record) -> Option<Micros> {
        let mut took = None;
        match &record.event {
            // Followers commit what a leader has committed before.
            Event::Node(NodeEvent::Commit { .. }) if self.leads(record.node) => {
                self.committed(record.at);
            }
            Event::Node(NodeEvent::Role { role, .. }) => {
                self.elections += u64::from(*role == RoleKind::Candidate);
                self.leaders.retain(|leader| Some(*leader) != record.node);
                if *role == RoleKind::Leader {
                    self.leaders.extend(record.node);
                }
            }
            Event::Crash => self.leaders.retain(|leader| Some(*leader) != record.node),
            Event::Request {
                client,
                operation,
                attempt: 1,
                ..
            }
            // Who looks for the leader first waits already.
            | Event::Probe {
                client, operation, ..
            } => {
                let write = !operation.is_read();
                self.waiting.entry(*client).or_insert((record.at, write));
                self.wanted_again(record.at);
            }
            Event::Reply { client, reply, .. } => {
                if let Some((since, _)) = self.waiting.remove(client)
                    && matches!(reply, Reply::Outcome(_))
                {
                    let latency = record.at - since;
                    let alike = self.latencies.entry(latency / ALIKE).or_default();
                    alike.push(latency);
                    took = Some(latency);
                }
                if !self.write_wanted() {
                    self.committed(record.at);
                }
            }
            _ => {}
        }
        took
    }

    fn leads(&self, node: Option<NodeId>) -> bool {
        node.is_some_and(|node| self.leaders.contains(&node))
    }

    fn write_wanted(&self) -> bool {
        self.waiting.values().any(|&(_, write)| write)
    }

    fn wanted_again(&mut self, now: Micros) {
        if self.write_wanted() && self.wanted_since.is_none() {
            self.wanted_since = Some(now);
        }
    }

    /// A commit ends the stretch; if more is wanted another begins.
    fn committed(&mut self, now: Micros) {
        self.longest = self.outage(now);
        self.wanted_since = self.write_wanted().then_some(now);
    }

    /// Zeroes the counters at the instant `now`; `traffic` is all that the world has seen.
    pub fn mark(&mut self, now: Micros, traffic: Traffic) {
        self.before = traffic;
        self.elections = 0;
        self.latencies = OrdMap::new();
        self.longest = Outage::default();
        self.wanted_since = self.write_wanted().then_some(now);
    }

    /// Messages between nodes of a kind, or of any; `traffic` is all that the world has seen.
    pub fn sent(&self, kind: Option<Kind>, traffic: Traffic) -> u64 {
        traffic.sent(kind) - self.before.sent(kind)
    }

    /// Real candidacies; pre-votes are not counted.
    pub fn elections(&self) -> u64 {
        self.elections
    }

    /// The latency that so many per cent of the answered requests did not exceed (the nearest
    /// rank), in microseconds; `None` when none was answered.
    pub fn latency(&self, percentile: u8) -> Option<Micros> {
        let answered: usize = self.latencies.values().map(List::len).sum();
        let rank = (answered * usize::from(percentile)).div_ceil(100);
        let mut place = rank.checked_sub(1)?;
        for alike in self.latencies.values() {
            if place < alike.len() {
                let mut alike: Vec<Micros> = alike.iter().copied().collect();
                return Some(*alike.select_nth_unstable(place).1);
            }
            place -= alike.len();
        }
        None
    }

    /// Since when a stretch without a commit goes on, if one does.
    pub fn stands_still_since(&self) -> Option<Micros> {
        self.wanted_since
    }

    /// The longest stretch without a commit while one was wanted, up to `now`; of several the
    /// first.
    pub fn outage(&self, now: Micros) -> Outage {
        let running = self.wanted_since.map(|since| Outage {
            since,
            lasted: now - since,
        });
        let longer = running.filter(|running| running.lasted > self.longest.lasted);
        longer.unwrap_or(self.longest)
    }
}

/// Why the cluster is not well, or `None` when it is: one leader whom every live member that it
/// can reach follows, and everything in its log committed on all of them.
pub fn unavailable(world: &World) -> Option<String> {
    let Some(leader) = world.leader() else {
        return Some("no live node leads".to_owned());
    };
    let glance = world.glance(leader);
    let (term, last) = (glance.term, glance.last);
    let configuration = world.configuration();
    let well = |node: NodeId| world.life(node) == Life::Up && reaches(world, leader, node);
    if !configuration.quorum(well) {
        let name = world.name(leader);
        return Some(format!("{name} leads term {term} but reaches no majority"));
    }
    for member in configuration.members().into_iter().filter(|&id| well(id)) {
        let (role, its_term, commit) = world.standing(member);
        let name = world.name(member);
        let wanted = match member == leader {
            true => RoleKind::Leader,
            false => RoleKind::Follower,
        };
        if its_term != term || role != wanted && configuration.is_voter(member) {
            let role = role.name();
            return Some(format!(
                "{name} is a {role} of term {its_term}, not a follower of term {term}"
            ));
        }
        if commit != last {
            return Some(format!("{name} has committed {commit} of {last} entries"));
        }
    }
    None
}

/// True when messages pass between two nodes both ways; a node reaches itself.
pub fn reaches(world: &World, one: NodeId, other: NodeId) -> bool {
    one == other || (world.connected(one, other) && world.connected(other, one))
}

/// A quorum in which every node is well and hears every other, if there is one: then the cluster
/// must be of use, whatever the others do. It is looked for among the first [`SEARCHED`] voters
/// that are well.
pub fn sound_majority(world: &World) -> Option<Vec<NodeId>> {
    let view = world.view();
    let ordinary = |channel: &Channel| {
        let usual = Channel::default();
        channel.loss == 0 && channel.latency.max <= usual.latency.max && channel.bandwidth.is_none()
    };
    if !ordinary(&view.channel) {
        return None;
    }
    let well = |id: NodeId| {
        let status = &view.nodes[id.slot()];
        let calm = !status.disk.stalled && status.clock_rate == 1_000_000;
        status.life == Life::Up && calm && !status.node.timer_held
    };
    let hears = |from: NodeId, to: NodeId| {
        let own = view.links.get(&(from, to));
        !view.blocked.contains(&(from, to)) && own.is_none_or(ordinary)
    };
    // One that is under way may be needed to commit as well.
    let used = view.nodes.iter().map(|status| &status.node.configuration);
    let configurations: Vec<&Configuration> = used.chain([world.configuration()]).collect();
    let is_voter = |id: NodeId| configurations.iter().any(|it| it.is_voter(id));
    let voters = view.nodes.iter().map(|status| status.id);
    let voters: Vec<NodeId> = voters.filter(|&id| is_voter(id) && well(id)).collect();
    // The largest group that hears one another first.
    let mut subsets: Vec<u32> = (1..1_u32 << voters.len().min(SEARCHED)).collect();
    subsets.sort_unstable_by_key(|subset| std::cmp::Reverse(subset.count_ones()));
    subsets.into_iter().find_map(|subset| {
        let chosen = voters.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| subset >> place & 1 == 1);
        let chosen: Vec<NodeId> = chosen.map(|(_, &id)| id).collect();
        let pairs = chosen
            .iter()
            .flat_map(|&from| chosen.iter().map(move |&to| (from, to)));
        let connected = pairs
            .filter(|(from, to)| from != to)
            .all(|(from, to)| hears(from, to));
        let enough = configurations
            .iter()
            .all(|it| it.voters.is_empty() || it.quorum(|id| chosen.contains(&id)));
        (connected && enough).then_some(chosen)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::Outcome;
    use crate::raft::{Causes, Rng};

    fn answered(at: Micros) -> Record {
        Record {
            id: 1,
            at,
            node: None,
            causes: Causes::None,
            event: Event::Reply {
                client: ClientId(1),
                serial: 1,
                reply: Reply::Outcome(Outcome::Done),
                from: None,
                entry: None,
            },
        }
    }

    #[test]
    fn percentiles_are_those_of_all_latencies_sorted() {
        let (mut tally, mut rng) = (Tally::default(), Rng::stream(1, &[1]));
        assert_eq!(tally.latency(50), None);
        let mut sorted = Vec::new();
        for _ in 0..500 {
            let latency = rng.below(20_000);
            tally.waiting.insert(ClientId(1), (0, false));
            tally.watch(&answered(latency));
            sorted.push(latency);
            sorted.sort_unstable();
            for percentile in [1, 50, 99, 100] {
                let rank = (sorted.len() * percentile).div_ceil(100);
                assert_eq!(tally.latency(percentile as u8), Some(sorted[rank - 1]));
            }
        }
    }
}
