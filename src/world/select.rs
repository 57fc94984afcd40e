//! Which nodes and links a selection means, at the instant at which its statement runs.

use std::collections::BTreeSet;

use super::command::{AdminVerb, Command, End, Group, Link, NodeRef, Nodes, Pick, Selector};
use super::network::Endpoint;
use super::server::Server;
use super::view::Life;
use super::{MAX_NODES, World};
use crate::kv::Text;
use crate::raft::{NodeId, Rng, RoleKind};

impl World {
    /// The node that a name or number means.
    pub fn node(&self, reference: &NodeRef) -> Option<NodeId> {
        match reference {
            NodeRef::Name(name) => {
                let server = self.servers.iter().find(|server| server.name == *name);
                server.map(|server| server.id)
            }
            NodeRef::Number(number) => {
                let known = (1..=self.servers.len()).contains(&usize::from(*number));
                known.then_some(NodeId(*number))
            }
        }
    }

    /// The nodes that a selection means now, ascending. `random` means nobody here: only
    /// [`World::resolve`] draws.
    pub fn select(&self, nodes: &Nodes) -> Vec<NodeId> {
        let mut selected = self.select_side(&nodes.base);
        if let Some(less) = &nodes.less {
            let less = self.select_side(less);
            selected.retain(|id| !less.contains(id));
        }
        selected
    }

    /// False when the selection names a node that does not exist.
    pub fn knows(&self, nodes: &Nodes) -> bool {
        let sides = [Some(&nodes.base), nodes.less.as_ref()];
        sides.into_iter().flatten().all(|side| match side {
            Selector::These(references) => references.iter().all(|it| self.node(it).is_some()),
            Selector::Group(_) => true,
        })
    }

    /// True when the selection names its nodes, and so means them even when they are down.
    pub fn names(nodes: &Nodes) -> bool {
        matches!(nodes.base, Selector::These(_))
    }

    pub(super) fn select_side(&self, side: &Selector) -> Vec<NodeId> {
        match side {
            Selector::These(references) => {
                let mut ids: Vec<NodeId> = references.iter().filter_map(|r| self.node(r)).collect();
                ids.sort_unstable();
                ids.dedup();
                ids
            }
            Selector::Group(group) => self.select_group(*group),
        }
    }

    fn select_group(&self, group: Group) -> Vec<NodeId> {
        let such = |fits: &dyn Fn(&Server) -> bool| -> Vec<NodeId> {
            let here = self.servers.iter().filter(|server| !server.removed);
            let chosen = here.filter(|server| fits(server));
            chosen.map(|server| server.id).collect()
        };
        let up = |server: &Server| server.life != Life::Down;
        let role = |wanted: &[RoleKind]| such(&|s| up(s) && wanted.contains(&s.role));
        match group {
            Group::All => such(&|server| self.membership.configuration.is_member(server.id)),
            Group::Voters => such(&|server| self.membership.configuration.is_voter(server.id)),
            Group::Learners => {
                such(&|server| self.membership.configuration.learners.contains(&server.id))
            }
            Group::Leader => self.leader().into_iter().collect(),
            Group::Followers => role(&[RoleKind::Follower]),
            Group::Candidates => role(&[RoleKind::Candidate, RoleKind::PreCandidate]),
            Group::Up => such(&up),
            Group::Down => such(&|server| !up(server)),
            Group::Random | Group::Selected => Vec::new(),
        }
    }

    /// The command with every selection replaced by the nodes that it means now. `random` is
    /// drawn from the script's stream at the place `number`, the command's own in the journal, so
    /// that going back in time and on again draws the same.
    ///
    /// # Errors
    /// When one of them means nobody: then the command does nothing, and this says why.
    pub fn resolve(&self, command: &Command, number: u64) -> Result<Command, Text> {
        const SCRIPT: u64 = 0x7363_7269;
        let mut rng = Rng::stream(self.seed, &[SCRIPT, number]);
        let mut resolved = command.clone();
        let makes = self.makes(command)?;
        if let Command::Add { via, .. } | Command::Admin { via, .. } = &mut resolved {
            // With nobody to begin with it goes to the leader, as soon as there is one.
            via.take_if(|via| via.base == Selector::Group(Group::Leader));
        }
        for nodes in resolved.selections_mut() {
            if makes && matches!(&nodes.base, Selector::These(_)) {
                continue;
            }
            let ids = self.draw(nodes, &mut rng);
            if ids.is_empty() {
                let words = describe(nodes);
                return Err(format!("nothing is done: {words} means nobody now").into());
            }
            let name = |id: NodeId| NodeRef::Name(self.name(id).clone());
            *nodes = Nodes::these(ids.into_iter().map(name).collect());
        }
        match self.moot(&resolved) {
            Some(words) => Err(format!("nothing is done: {words}").into()),
            None => Ok(resolved),
        }
    }

    /// True for a command that makes the nodes that it names and that do not exist; an error when
    /// that would be too many.
    fn makes(&self, command: &Command) -> Result<bool, Text> {
        let named: &[NodeRef] = match command {
            Command::Add { node, .. } => std::slice::from_ref(node),
            Command::Reboot(nodes)
            | Command::Admin {
                verb: AdminVerb::Members,
                nodes,
                ..
            } => match &nodes.base {
                Selector::These(named) => named,
                Selector::Group(_) => return Ok(false),
            },
            _ => return Ok(false),
        };
        let mut made: Vec<&Text> = Vec::new();
        for node in named.iter().filter(|node| self.node(node).is_none()) {
            match node {
                NodeRef::Name(name) if !made.contains(&name) => made.push(name),
                NodeRef::Name(_) => {}
                NodeRef::Number(number) => {
                    return Err(format!("nothing is done: there is no node {number}").into());
                }
            }
        }
        match self.servers.len() + made.len() > MAX_NODES {
            true => Err(format!("nothing is done: a cluster has at most {MAX_NODES} nodes").into()),
            false => Ok(true),
        }
    }

    /// Why a command can change nothing, where it asks of nodes what none of them is fit for.
    fn moot(&self, command: &Command) -> Option<&'static str> {
        let (nodes, wanted, words): (_, &[Life], _) = match command {
            Command::Crash(nodes) => (nodes, &[Life::Up, Life::Stopped], "it is down already"),
            Command::Restart(nodes) => (nodes, &[Life::Down], "only what is down can restart"),
            Command::Wipe(nodes) => (nodes, &[Life::Down], "only a crashed node can be wiped"),
            Command::Stop(nodes) => (nodes, &[Life::Up], "only what runs can be stopped"),
            Command::Resume(nodes) => (nodes, &[Life::Stopped], "only what is stopped can resume"),
            Command::Partition(islands) => {
                let mut seen = BTreeSet::new();
                let mut all = islands.iter().flat_map(|island| self.select(island));
                let twice = all.any(|id| !seen.insert(id));
                return twice.then_some("no node can be on two islands");
            }
            Command::Cut(link)
            | Command::Mend(link)
            | Command::Loss {
                link: Some(link), ..
            }
            | Command::Duplicate {
                link: Some(link), ..
            }
            | Command::Latency {
                link: Some(link), ..
            }
            | Command::Bandwidth {
                link: Some(link), ..
            }
            | Command::Handle {
                pick: Pick { link, .. },
                ..
            } => {
                let nowhere = self.links(link).is_empty();
                return nowhere.then_some("a node has no link to itself");
            }
            _ => return None,
        };
        let fit = |id: NodeId| wanted.contains(&self.life(id));
        (!self.select(nodes).into_iter().any(fit)).then_some(words)
    }

    /// The nodes that a selection means now; `random` on either side is drawn from among those
    /// that could stand there and are up.
    fn draw(&self, nodes: &Nodes, rng: &mut Rng) -> Vec<NodeId> {
        const RANDOM: Selector = Selector::Group(Group::Random);
        let mut one_of = |mut among: Vec<NodeId>| {
            among.retain(|&id| self.life(id) != Life::Down);
            let place = rng.below(among.len().max(1) as u64) as usize;
            among.get(place).copied()
        };
        let mut selected = match nodes.base {
            RANDOM => self.select_group(Group::Up),
            ref base => self.select_side(base),
        };
        match &nodes.less {
            Some(RANDOM) => {
                let spared = one_of(selected.clone());
                selected.retain(|&id| Some(id) != spared);
            }
            Some(less) => {
                let less = self.select_side(less);
                selected.retain(|id| !less.contains(id));
            }
            None => {}
        }
        match nodes.base {
            RANDOM => one_of(selected).into_iter().collect(),
            _ => selected,
        }
    }

    /// The directed links that a link statement means; a node has no link to itself.
    pub(super) fn links(&self, link: &Link) -> Vec<(Endpoint, Endpoint)> {
        let end = |end: &End| -> Vec<Endpoint> {
            match end {
                End::Nodes(nodes) => self.select(nodes).into_iter().map(Endpoint::Node).collect(),
                End::Client(client) => vec![Endpoint::Client(*client)],
            }
        };
        let (from, to) = (end(&link.from), end(&link.to));
        let mut links = BTreeSet::new();
        for &a in &from {
            for &b in &to {
                if a != b {
                    links.insert((a, b));
                    if link.both {
                        links.insert((b, a));
                    }
                }
            }
        }
        links.into_iter().collect()
    }
}

fn describe(nodes: &Nodes) -> String {
    let side = |side: &Selector| match side {
        Selector::Group(group) => group.word().to_owned(),
        Selector::These(references) => {
            let words = references.iter().map(|reference| match reference {
                NodeRef::Name(name) => name.to_string(),
                NodeRef::Number(number) => number.to_string(),
            });
            words.collect::<Vec<_>>().join(",")
        }
    };
    match &nodes.less {
        Some(less) => format!("`{}-{}`", side(&nodes.base), side(less)),
        None => format!("`{}`", side(&nodes.base)),
    }
}
