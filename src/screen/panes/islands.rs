//! Who can reach whom, and what each island can do:
//!
//! ```text
//!  S1 S2 S3: can elect, can commit
//!  S5: alone, can do neither
//! ```

use crate::raft::{NodeId, RoleKind};
use crate::screen::name;
use crate::screen::paint::width;
use crate::world::View;
use crate::world::view::{Island, Life, NodeStatus};

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
    let islands = view.islands();
    let members = view.members();
    // Whoever was left out and does not know it, or is down, is drawn like any other.
    let knows = |node: &NodeStatus| node.role() == Some(RoleKind::Removed);
    let nobody_else = view
        .nodes
        .iter()
        .all(|node| members.contains(&node.id) || knows(node));
    let mut lines: Vec<Line> = Vec::new();
    for island in &islands {
        let (words, short, well) = verdict(island);
        let whole = nobody_else && island.running.len() == members.len() && members.len() > 1;
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
        let somebody = view.nodes.iter().any(|node| node.life == Life::Up);
        let names = if somebody {
            "no member runs"
        } else {
            "nobody runs"
        };
        lines.push(Line {
            names: names.into(),
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
