//! Who can reach whom, and what each island can do:
//!
//! ```text
//!  S1 S2 S3: can elect, can commit
//!  S5: alone, can do neither
//! ```

use std::collections::BTreeSet;

use crate::raft::{Configuration, NodeId, RoleKind};
use crate::screen::name;
use crate::screen::paint::width;
use crate::world::View;
use crate::world::view::{Life, NodeStatus};

/// Members that reach one another.
pub struct Island {
    /// Those of them that run; a removed node is not among them.
    pub running: Vec<NodeId>,
    /// One of them reaches a majority of the voters that it knows of, itself counted.
    pub can_elect: bool,
    /// One that leads does.
    pub can_commit: bool,
    /// One of them leads.
    leads: bool,
}

/// The islands that have a running member.
pub fn islands(view: &View) -> Vec<Island> {
    let members = members(view);
    let up = |id: NodeId| view.nodes[id.slot()].life == Life::Up;
    let runs = |id: &NodeId| up(*id) && members.contains(id);
    let mut islands = Vec::new();
    for nodes in view.islands() {
        let running: Vec<NodeId> = nodes.into_iter().filter(runs).collect();
        if running.is_empty() {
            continue;
        }
        // Each counts by the configuration of its own log, and hears only whom it reaches itself.
        let used = |id: NodeId| &view.nodes[id.slot()].node.configuration;
        let has_quorum = |id: NodeId| used(id).quorum(|other| up(other) && view.joined(id, other));
        let leaders = || running.iter().filter(|&&id| leads(&view.nodes[id.slot()]));
        let mut voters = running.iter().filter(|&&id| used(id).is_voter(id));
        islands.push(Island {
            can_elect: voters.any(|&id| has_quorum(id)),
            can_commit: leaders().any(|&id| has_quorum(id)),
            leads: leaders().next().is_some(),
            running,
        });
    }
    islands
}

fn leads(node: &NodeStatus) -> bool {
    node.role() == Some(RoleKind::Leader)
}

/// Whoever leads, or belongs to the configuration that decides, or to that of somebody who leads.
fn members(view: &View) -> BTreeSet<NodeId> {
    let leads = |node: &&NodeStatus| node.life == Life::Up && leads(node);
    let leaders = || view.nodes.iter().filter(leads);
    let used = leaders().map(|node| &node.node.configuration);
    let all = configuration(view).into_iter().chain(used);
    let members = all.flat_map(Configuration::members);
    members.chain(leaders().map(|node| node.id)).collect()
}

/// The configuration that decides: the leader's, or that of the node with the newest log.
pub fn configuration(view: &View) -> Option<&Configuration> {
    let newest = || {
        let age = |node: &&NodeStatus| (node.node.log.last_term(), node.node.log.last());
        view.nodes.iter().max_by_key(age)
    };
    let node = view.leader().or_else(newest)?;
    Some(&node.node.configuration)
}

/// What one or several islands can do.
pub struct Line {
    /// Who.
    pub names: String,
    /// How many they are.
    pub count: usize,
    /// What they can do, in words.
    pub words: &'static str,
    /// The same for narrow panes.
    pub short: &'static str,
    /// True when nothing is wanting.
    pub well: bool,
}

impl Line {
    /// Who, in so many columns; where that is too tight, the first of them and
    /// how many more, or how many in all.
    pub fn names_in(&self, columns: u16) -> String {
        if width(&self.names) <= columns {
            return self.names.clone();
        }
        let named: Vec<&str> = self
            .names
            .split([' ', ','])
            .filter(|name| !name.is_empty())
            .collect();
        let mut fewer = (1..named.len().min(self.count))
            .rev()
            .map(|shown| format!("{} +{}", named[..shown].join(" "), self.count - shown));
        fewer
            .find(|text| width(text) <= columns)
            .unwrap_or_else(|| format!("{} up", self.count))
    }
}

/// What an island can do: in words, in short, and whether that is all.
fn verdict(island: &Island) -> (&'static str, &'static str, bool) {
    match (island.can_elect, island.can_commit) {
        (true, true) => ("can elect, can commit", "elect ✔ commit ✔", true),
        (true, false) if island.leads => {
            ("can elect; leader cannot commit", "elect ✔ commit ✘", false)
        }
        (true, false) => ("can elect; no leader to commit", "elect ✔ commit ✘", false),
        (false, true) => ("can commit, cannot elect", "elect ✘ commit ✔", false),
        _ if island.running.len() == 1 => ("alone, can do neither", "elect ✘ commit ✘", false),
        _ => ("no majority, can do neither", "elect ✘ commit ✘", false),
    }
}

/// A line for each island; those that are alone share one.
pub fn lines(view: &View) -> Vec<Line> {
    let islands = islands(view);
    let members = members(view).len();
    let mut lines: Vec<Line> = Vec::new();
    for island in &islands {
        let (words, short, well) = verdict(island);
        let whole = island.running.len() == members && members > 1;
        let names = match whole {
            true => "all".into(),
            false => names(view, &island.running),
        };
        let alone = island.running.len() == 1 && !well;
        match lines.iter_mut().find(|line| alone && line.words == words) {
            Some(line) => {
                line.count += 1;
                line.names.push_str(", ");
                line.names.push_str(&names);
            }
            None => lines.push(Line {
                names,
                count: island.running.len(),
                words,
                short,
                well,
            }),
        }
    }
    if lines.is_empty() {
        lines.push(Line {
            names: "nobody runs".into(),
            count: 0,
            words: "nothing can be done",
            short: "all is down",
            well: false,
        });
    }
    lines
}

fn names(view: &View, ids: &[NodeId]) -> String {
    const SHOWN: usize = 6;
    let mut text = String::new();
    for &id in ids.iter().take(SHOWN) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(name(view, id));
    }
    if ids.len() > SHOWN {
        text.push_str(&format!(" +{}", ids.len() - SHOWN));
    }
    text
}
