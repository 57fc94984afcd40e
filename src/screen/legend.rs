//! What the signs mean: each pane has a table of its own signs, and help shows them all.

use super::Hint;
use super::paint::width;
use super::panes::{clients, links, logs, node, tape, timeline, traffic};
use crate::raft::RoleKind;
use crate::session::Tone;
use crate::world::explain::brief::role_sign;
use crate::world::view::Life;

/// The columns of a row in the help, so that the narrowest screen shows it whole.
const ROOM: u16 = 40;

/// A sign, and what it stands for.
pub type Sign = (&'static str, &'static str);

/// A sign before what it stands for: `► entries`.
pub fn told((sign, meaning): Sign) -> String {
    format!("{sign} {meaning}")
}

/// A table in a line, for the frame of a pane: ` ► entries ▸ beat `.
pub fn line(signs: &[Sign], gap: &str) -> String {
    let words: Vec<String> = signs.iter().copied().map(told).collect();
    format!(" {} ", words.join(gap))
}

/// Every sign, a group for each pane, in rows of `ROOM` columns.
pub fn table() -> Vec<Hint> {
    let up = |role| (role_sign(Life::Up, role), RoleKind::name(role));
    let roles = [
        RoleKind::Leader,
        RoleKind::Follower,
        RoleKind::PreCandidate,
        RoleKind::Candidate,
        RoleKind::Learner,
        RoleKind::Removed,
    ];
    let halted = [(Life::Down, "down"), (Life::Stopped, "stopped")];
    let halted = halted.map(|(life, word)| (role_sign(life, RoleKind::Follower), word));
    let servers: Vec<Sign> = roles.map(up).into_iter().chain(halted).collect();
    let notices = Tone::ALL.map(|(tone, meaning)| (tone.sign(), meaning));
    let groups: [(&str, &[Sign]); 11] = [
        ("servers", &servers),
        ("messages", traffic::SIGNS),
        ("", traffic::RARE),
        ("logs", logs::SIGNS),
        ("node", node::SIGNS),
        ("time row", tape::SIGNS),
        ("notices", &notices),
        ("timeline", timeline::SIGNS),
        ("", timeline::LANES),
        ("network", links::SIGNS),
        ("clients", clients::SIGNS),
    ];
    groups.into_iter().flat_map(rows).collect()
}

/// A group in rows, its name before the first.
fn rows((name, signs): (&str, &[Sign])) -> Vec<Hint> {
    let mut rows: Vec<Hint> = Vec::new();
    for words in signs.iter().copied().map(told) {
        match rows.last_mut() {
            Some(row) if width(&row.words) + 2 + width(&words) <= ROOM => {
                row.words.push_str("  ");
                row.words.push_str(&words);
            }
            before => {
                let name = if before.is_none() { name } else { "" };
                let keys = name.to_owned();
                rows.push(Hint { keys, words });
            }
        }
    }
    rows
}
