//! The selected node, from the inside.
//!
//! ```text
//! ╭ S1 · leader since 3.102 s ─────────────╮
//! │ disk    term 4  voted S1  log to 3     │
//! │ memory  commit 2*  applied 2*  log to 3│
//! │         clock ×1.00                    │
//! │                                        │
//! │ peer   next  match  flight    heard    │
//! │ S2        4      3       0    12 ms    │
//! │ S3        3      2       1     4 ms    │
//! │                                        │
//! │ voters S1 S2 S3 S4 S5                  │
//! │ x = one                                │
//! ╰────────────────────────────────────────╯
//! ```
//! What is on disk survives a crash, the rest does not. A star marks what changed a moment ago.

mod facts;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::raft::{Configuration, Index, NodeId, Payload, PeerView, RoleView};
use crate::screen::change::Change;
use crate::screen::legend::Sign;
use crate::screen::paint::{frame, put, shorten, width};
use crate::screen::theme::role_word;
use crate::screen::units::{Seconds, Short};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, name};
use crate::world::View;
use crate::world::view::{Life, NodeStatus};

/// From so many columns on there is room for what is left out else.
const WIDE: u16 = 34;
/// So many rows of the configuration and the keys are wanted at least.
const SOME: usize = 2;
/// Stands behind what changed.
const CHANGED: &str = "*";
/// Stands behind a peer of which the leader does not know where the logs part.
const SEARCHES: &str = "?";
/// Stands before the share of a snapshot.
const SENT: &str = "■";

/// Stands behind a voter that has the joint configuration.
const HAS_IT: &str = "✔";

/// The signs with their meaning.
pub const SIGNS: &[Sign] = &[
    (CHANGED, "changed a moment ago"),
    (SEARCHES, "it is searched where the logs part"),
    (SENT, "so much of a snapshot has arrived"),
    (HAS_IT, "has the joint configuration, or votes"),
];

/// A row: pieces of text with their styles.
type Row = Vec<(String, Style)>;

/// How many rows the pane would like inside its frame.
pub fn rows(screen: &Screen<'_>, columns: u16) -> u16 {
    // The shape is kept while roles come and go, so that the panes stand still: all nodes'
    // peers, a few keys.
    let peers = screen.scene.world.nodes.len().saturating_sub(1).min(12) as u16;
    let facts = facts::usual_rows(columns.saturating_sub(4)) as u16;
    facts + 1 + peers + 2 + 2
}

/// Draws it, with what changed on each node.
pub fn draw(screen: &Screen<'_>, changes: &[Change], area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let Some(node) = screen.selected() else {
        let inner = frame(buf, area, "node", theme.border, theme.quiet);
        let text = wrap(
            "the selected node does not exist at this instant",
            inner.width.saturating_sub(2),
        );
        for (line, y) in text.iter().zip(inner.top()..inner.bottom()) {
            put(buf, inner, inner.x + 1, y, line, theme.faint);
        }
        return;
    };
    let change = &changes[node.id.slot()];
    let star = if change.role { CHANGED } else { "" };
    let mut title = format!(
        "{} · {}{star}",
        shorten(&node.name, 12),
        role_word(&screen.scene.world, node)
    );
    let since = format!(" since {}", Seconds(node.since));
    if width(&title) + width(&since) + 6 <= area.width {
        title.push_str(&since);
    }
    let inner = frame(buf, area, &title, theme.border, theme.node(node));
    let room = inner.width.saturating_sub(2);

    let mut rows = facts::facts(screen, node, change, room);
    let spare = usize::from(inner.height).saturating_sub(rows.len());
    let role = role(screen, node, room);
    let tail = tail(screen, node, change, room);
    // Air between the blocks where they fit with it, and some of the keys: and they stand still
    // while writes come and go.
    let whole = facts::usual_rows(room).max(rows.len());
    let wanted = whole + role.len() + tail.len().min(SOME) + 2;
    let air = spare + rows.len() >= wanted;
    if air {
        rows.resize(whole, Row::new());
    }
    for block in [role, tail] {
        if air && !block.is_empty() {
            rows.push(Row::new());
        }
        rows.extend(block);
    }
    for (row, y) in rows.iter().zip(inner.top()..inner.bottom()) {
        let mut x = inner.x + 1;
        for (text, style) in row {
            x = put(buf, inner, x, y, text, *style);
        }
    }
}

/// What the role keeps: a leader's peers, a candidate's votes, whom a follower follows.
fn role(screen: &Screen<'_>, node: &NodeStatus, room: u16) -> Vec<Row> {
    let (theme, view) = (screen.theme, &screen.scene.world);
    if node.life == Life::Down {
        return vec![vec![("only its disk is left".into(), theme.warn)]];
    }
    match &node.node.role {
        RoleView::Leader { peers } if peers.is_empty() => {
            vec![vec![("leads nobody else".into(), theme.quiet)]]
        }
        RoleView::Leader { peers } => peer_table(screen, view, peers, room),
        RoleView::Candidate { votes } => {
            votes_rows(screen, "votes", &node.node.configuration, votes, room)
        }
        RoleView::PreCandidate { votes } => {
            votes_rows(screen, "pre-votes", &node.node.configuration, votes, room)
        }
        RoleView::Removed => vec![vec![("it has left the cluster".into(), theme.quiet)]],
        RoleView::Follower { leader } | RoleView::Learner { leader } => {
            vec![match leader {
                Some(leader) => vec![
                    ("follows ".into(), theme.quiet),
                    (name(view, *leader).into(), theme.text),
                ],
                None => vec![("knows no leader".into(), theme.quiet)],
            }]
        }
    }
}

fn peer_table(screen: &Screen<'_>, view: &View, peers: &[PeerView], room: u16) -> Vec<Row> {
    let theme = screen.theme;
    let named = peers
        .iter()
        .map(|peer| width(name(view, peer.id)).min(8))
        .max();
    let named = usize::from(named.unwrap_or(0).max(4));
    let wide = usize::from(room) >= named + 32;
    let heard_fits = usize::from(room) >= named + 20;
    let head = match (wide, heard_fits) {
        (true, _) => format!(
            "{:named$}  {:>5} {:>6} {:>7} {:>9}",
            "peer", "next", "match", "flight", "heard"
        ),
        (false, true) => format!(
            "{:named$} {:>4} {:>5} {:>8}",
            "peer", "next", "match", "heard"
        ),
        (false, false) => format!("{:named$} {:>4} {:>5}", "peer", "next", "match"),
    };
    let mut rows = vec![vec![(head, theme.quiet)]];
    for peer in peers {
        let heard = peer
            .heard
            .map_or("not yet".into(), |ago| Short(ago).to_string());
        let label = shorten(name(view, peer.id), 8);
        let label = format!(
            "{label}{}",
            " ".repeat(named.saturating_sub(usize::from(width(&label))))
        );
        // Whoever is sent a snapshot has so much of it.
        let flight = match peer.snapshot {
            Some((here, whole)) => format!("{SENT} {} %", here * 100 / whole.max(1)),
            None => peer.in_flight.to_string(),
        };
        let text = match (wide, heard_fits) {
            (true, _) => format!(
                "  {:>5} {:>6} {flight:>7} {heard:>9} {}",
                peer.next,
                peer.matched,
                if peer.probing { SEARCHES } else { "" },
            ),
            (false, true) => format!(" {:>4} {:>5} {heard:>8}", peer.next, peer.matched),
            (false, false) => format!(" {:>4} {:>5}", peer.next, peer.matched),
        };
        let style = view
            .nodes
            .get(peer.id.slot())
            .map_or(theme.text, |node| theme.node(node));
        rows.push(vec![(label, style), (text, theme.text)]);
    }
    rows
}

fn votes_rows(
    screen: &Screen<'_>,
    what: &str,
    configuration: &Configuration,
    votes: &[(NodeId, bool)],
    room: u16,
) -> Vec<Row> {
    let theme = screen.theme;
    let side = |voters: &[NodeId]| {
        let granted = |id: &&NodeId| votes.contains(&(**id, true));
        let yes = voters.iter().filter(granted).count();
        format!("{yes} of {}", voters.len() / 2 + 1)
    };
    let mut voters = configuration.members();
    voters.retain(|&id| configuration.is_voter(id));
    let head = match &configuration.voters_old {
        None => format!("{what} {} needed ", side(&configuration.voters)),
        Some(old) => {
            let new = side(&configuration.voters);
            format!("{what} old {}, new {new} needed ", side(old))
        }
    };
    let mut used = width(&head);
    let mut rows: Vec<Row> = vec![vec![(head, theme.text)]];
    for id in &voters {
        let said = votes
            .iter()
            .find(|(voter, _)| voter == id)
            .map(|(_, granted)| *granted);
        let (sign, style) = match said {
            Some(true) => ("✔", theme.good),
            Some(false) => ("✘", theme.bad),
            None => ("?", theme.quiet),
        };
        let text = format!(" {}{sign}", name(&screen.scene.world, *id));
        if used + width(&text) > room {
            rows.push(Row::new());
            used = 0;
        }
        used += width(&text);
        if let Some(row) = rows.last_mut() {
            row.push((text, style));
        }
    }
    rows
}

/// The configuration and the state machine.
fn tail(screen: &Screen<'_>, node: &NodeStatus, change: &Change, room: u16) -> Vec<Row> {
    let mut rows = members(screen, node, change, room);
    if node.life != Life::Down {
        rows.extend(keys(screen, node, room));
    }
    rows
}

/// Who is in the configuration that the node uses.
fn members(screen: &Screen<'_>, node: &NodeStatus, change: &Change, room: u16) -> Vec<Row> {
    let (theme, view) = (screen.theme, &screen.scene.world);
    let configuration = &node.node.configuration;
    let list = |ids: &[NodeId]| {
        let names: Vec<&str> = ids.iter().map(|id| name(view, *id)).collect();
        names.join(" ")
    };
    let row = |label: &str, text: String| {
        let text = shorten(&text, room.saturating_sub(label.len() as u16));
        vec![(label.to_string(), theme.quiet), (text, theme.text)]
    };
    // Many voters take a few rows, and no more.
    let several = |label: &str, text: &str| -> Vec<Row> {
        const MOST: usize = 4;
        let columns = room.saturating_sub(label.len() as u16);
        let mut lines = wrap(text, columns);
        if lines.len() > MOST {
            let rest = lines.split_off(MOST - 1).join(" ");
            lines.push(shorten(&rest, columns));
        }
        let blank = " ".repeat(label.len());
        let labels = std::iter::once(label).chain(std::iter::repeat(&*blank));
        let rows = labels
            .zip(lines)
            .map(|(label, line)| vec![(label.to_owned(), theme.quiet), (line, theme.text)]);
        rows.collect()
    };
    let star = if change.configuration { CHANGED } else { "" };
    let voters = list(&configuration.voters);
    let mut rows = match &configuration.voters_old {
        None => several(&format!("voters{star} "), &voters),
        Some(old) => {
            let has = holders(node);
            let side = |label: &str, voters: &[NodeId]| {
                let needed = voters.len() / 2 + 1;
                let count = has.as_ref().map(|has| {
                    let there = voters.iter().filter(|id| has.contains(id)).count();
                    format!("{there} of ")
                });
                let head = format!("{label}{}{needed} needed", count.unwrap_or_default());
                let mut row: Row = vec![(head, theme.quiet)];
                let mut left = room.saturating_sub(width(&row[0].0));
                for &id in voters {
                    let there = has.as_ref().map(|has| has.contains(&id));
                    let (sign, style) = match there {
                        Some(true) => (HAS_IT, theme.good),
                        _ => ("", theme.text),
                    };
                    let text = format!(" {}{sign}", name(view, id));
                    if width(&text) > left {
                        break;
                    }
                    left -= width(&text);
                    row.push((text, style));
                }
                row
            };
            vec![
                side(&format!("joint{star}, old "), old),
                side("and new ", &configuration.voters),
            ]
        }
    };
    if !configuration.learners.is_empty() {
        rows.push(row("learners ", list(&configuration.learners)));
    }
    rows
}

/// Who holds the joint configuration, as its leader counts; nobody else knows.
fn holders(node: &NodeStatus) -> Option<Vec<NodeId>> {
    let RoleView::Leader { peers } = &node.node.role else {
        return None;
    };
    let log = &node.node.log;
    let is_joint = |&index: &Index| {
        let entry = log.get(index);
        entry.is_some_and(|entry| matches!(entry.payload, Payload::Configuration(_)))
    };
    // It may be part of a snapshot by now.
    let index = (log.first()..=log.last()).rev().find(is_joint);
    let index = index.unwrap_or(log.first() - 1);
    let peers = peers.iter().filter(|peer| peer.matched >= index);
    let own = (node.node.synced >= index).then_some(node.id);
    Some(peers.map(|peer| peer.id).chain(own).collect())
}

/// The first keys with their values, side by side, as many as fit.
fn keys(screen: &Screen<'_>, node: &NodeStatus, room: u16) -> Vec<Row> {
    const MOST: usize = 24;
    const BETWEEN: &str = "   ";
    const IS: &str = " = ";
    let theme = screen.theme;
    if node.node.store.is_empty() {
        return vec![vec![(shorten("no keys yet", room), theme.text)]];
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut used = 0;
    for (key, value) in node.node.store.iter().take(MOST) {
        let key = shorten(key, room / 2);
        let value = shorten(value, room.saturating_sub(width(&key) + width(IS)));
        let needed = width(&key) + width(IS) + width(&value);
        let pair = [
            (key, theme.key),
            (IS.into(), theme.quiet),
            (value, theme.text),
        ];
        match rows.last_mut() {
            Some(row) if used + width(BETWEEN) + needed <= room => {
                row.push((BETWEEN.into(), theme.text));
                row.extend(pair);
                used += width(BETWEEN) + needed;
            }
            _ => {
                rows.push(pair.into());
                used = needed;
            }
        }
    }
    rows
}
