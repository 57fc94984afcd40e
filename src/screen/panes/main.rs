//! The main view: the cluster, the selected node, the logs and the events.
//!
//! ```text
//! ╭ cluster ───╮╭ logs ────────────╮   Each column is divided by what its own panes need:
//! │            ││                  │   the logs take a row for each node, the events the
//! │            │╰──────────────────╯   rest. A very wide screen has room for a third column,
//! ╰────────────╯╭ events ──────────╮   the timeline.
//! ╭ node ──────╮│                  │
//! ╰────────────╯╰──────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{cluster, events, logs, node, timeline};
use crate::screen::Screen;
use crate::screen::change::changes;

/// From so many columns on the timeline stands beside the rest.
const WIDE: u16 = 240;

/// The rows of the logs of five servers, with the indices and the frame.
const USUAL: u16 = 8;

/// The place of each pane.
pub struct Places {
    /// The ring of nodes.
    pub cluster: Rect,
    /// The selected node.
    pub node: Rect,
    /// The logs, side by side.
    pub logs: Rect,
    /// What happened.
    pub events: Rect,
    /// The timeline; of no width where there is no room.
    pub timeline: Rect,
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let places = places(screen, area);
    // Three panes mark what changed; it is found once for all of them.
    let changes = changes(screen.scene);
    cluster::draw(screen, &changes, places.cluster, buf);
    node::draw(screen, &changes, places.node, buf);
    logs::draw(screen, &changes, places.logs, buf);
    events::draw(screen, places.events, buf);
    if !places.timeline.is_empty() {
        timeline::draw(screen, places.timeline, buf);
    }
}

/// Divides the area.
pub fn places(screen: &Screen<'_>, area: Rect) -> Places {
    let wide = area.width >= WIDE;
    let third = if wide { area.width / 3 } else { 0 };
    let (rest, timeline) = columns(area, area.width - third);
    let most = if wide { rest.width } else { 72 };
    let (left, right) = columns(rest, (rest.width * 38 / 100).clamp(26, most));

    let node_rows =
        (node::rows(screen, left.width.saturating_sub(2)) + 2).clamp(6, (left.height / 2).max(6));
    // A ring higher than wide would only leave room above and below it.
    let round = left.width / 2 + 4;
    let (cluster, node) = rows(left, (left.height - node_rows).min(round));

    let nodes = u16::try_from(screen.scene.world.nodes.len()).unwrap_or(u16::MAX);
    // A frame, the indices, the rows; two more for the legend where there is room.
    let wanted = nodes.saturating_add(if right.height >= 24 { 5 } else { 3 });
    // On a low screen captions still speak of all of the usual servers.
    let most = (right.height * 6 / 10).max(USUAL.min(right.height.saturating_sub(4)));
    let (logs, events) = rows(right, wanted.min(most).max(5));
    Places {
        cluster,
        node,
        logs,
        events,
        timeline,
    }
}

fn columns(area: Rect, left: u16) -> (Rect, Rect) {
    let right = Rect::new(area.x + left, area.y, area.width - left, area.height);
    (Rect::new(area.x, area.y, left, area.height), right)
}

fn rows(area: Rect, top: u16) -> (Rect, Rect) {
    let bottom = Rect::new(area.x, area.y + top, area.width, area.height - top);
    (Rect::new(area.x, area.y, area.width, top), bottom)
}
