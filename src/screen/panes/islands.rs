//! Who can reach whom, and what each island can do:
//!
//! ```text
//!  S1 S2 S3: can elect, can commit
//!  S5: alone, can do neither
//! ```

use crate::raft::{Configuration, NodeId, RoleKind};
use crate::screen::name;
use crate::world::View;
use crate::world::view::{Life, NodeStatus};

/// Nodes that reach one another.
pub struct Island {
    /// Those of them that run.
    pub running: Vec<NodeId>,
    /// A majority of voters is here and runs.
    pub can_elect: bool,
    /// And one of them leads.
    pub can_commit: bool,
}

/// The islands that have a running node.
pub fn islands(view: &View) -> Vec<Island> {
    let Some(configuration) = configuration(view) else {
        return Vec::new();
    };
    let up = |id: &NodeId| view.nodes[id.slot()].life == Life::Up;
    let mut islands = Vec::new();
    for members in view.islands() {
        let running: Vec<NodeId> = members.into_iter().filter(up).collect();
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
fn configuration(view: &View) -> Option<&Configuration> {
    let newest = || {
        let age = |node: &&NodeStatus| (node.node.log.last_term(), node.node.log.last());
        view.nodes.iter().max_by_key(age)
    };
    let node = view.leader().or_else(newest)?;
    Some(&node.node.configuration)
}

/// What an island can do, with whether that is well.
pub fn verdict(island: &Island) -> (&'static str, bool) {
    match (island.can_elect, island.can_commit) {
        (true, true) => ("can elect, can commit", true),
        (true, false) => ("can elect; no leader to commit", true),
        _ if island.running.len() == 1 => ("alone, can do neither", false),
        _ => ("no majority, can do neither", false),
    }
}

/// A line for each kind of island: those that are alone share one.
pub fn lines(view: &View) -> Vec<(String, &'static str, bool)> {
    let islands = islands(view);
    if islands.is_empty() {
        return vec![("nobody runs".into(), "nothing can be done", false)];
    }
    let mut lines: Vec<(String, &'static str, bool)> = Vec::new();
    for island in &islands {
        let (words, well) = verdict(island);
        let whole = island.running.len() == view.nodes.len() && view.nodes.len() > 1;
        let names = match whole {
            true => "all together".into(),
            false => names(view, &island.running),
        };
        match lines
            .iter_mut()
            .find(|line| !well && line.1 == words && island.running.len() == 1)
        {
            Some(line) => {
                line.0.push_str(" · ");
                line.0.push_str(&names);
            }
            None => lines.push((names, words, well)),
        }
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
