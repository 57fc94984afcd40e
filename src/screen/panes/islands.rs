//! Who can reach whom, and what each island can do:
//!
//! ```text
//!  S1 S2 S3: can elect, can commit
//!  S5: alone, can do neither
//! ```

use crate::raft::{Configuration, NodeId, RoleKind};
use crate::screen::name;
use crate::screen::paint::width;
use crate::world::View;
use crate::world::view::{Life, NodeStatus};

/// Members that reach one another.
pub struct Island {
    /// Those of them that run; a removed node is not among them.
    pub running: Vec<NodeId>,
    /// A majority of voters is here and runs.
    pub can_elect: bool,
    /// And one of them leads.
    pub can_commit: bool,
}

/// The islands that have a running member.
pub fn islands(view: &View) -> Vec<Island> {
    let Some(configuration) = configuration(view) else {
        return Vec::new();
    };
    let members = configuration.members();
    let runs = |id: &NodeId| view.nodes[id.slot()].life == Life::Up && members.contains(id);
    let mut islands = Vec::new();
    for nodes in view.islands() {
        let running: Vec<NodeId> = nodes.into_iter().filter(runs).collect();
        if running.is_empty() {
            continue;
        }
        let can_elect = configuration.quorum(|id| running.contains(&id));
        let leads = |id: &NodeId| view.nodes[id.slot()].role() == Some(RoleKind::Leader);
        let can_commit = can_elect && running.iter().any(leads);
        islands.push(Island {
            running,
            can_elect,
            can_commit,
        });
    }
    islands
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
        (true, false) => ("can elect; no leader to commit", "elect ✔ commit ✘", false),
        _ if island.running.len() == 1 => ("alone, can do neither", "elect ✘ commit ✘", false),
        _ => ("no majority, can do neither", "elect ✘ commit ✘", false),
    }
}

/// A line for each island; those that are alone share one.
pub fn lines(view: &View) -> Vec<Line> {
    let islands = islands(view);
    let members = configuration(view).map_or(0, |known| known.members().len());
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
