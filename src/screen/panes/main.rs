//! The main view: the cluster, the selected node, the logs and the events.
//!
//! ```text
//! ╭ cluster ───╮╭ logs ────────────╮   Each column is divided by what its own panes need:
//! │            ││                  │   the logs take a row for each node, the events the
//! │            │╰──────────────────╯   rest.
//! ╰────────────╯╭ events ──────────╮
//! ╭ node ──────╮│                  │
//! ╰────────────╯╰──────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{cluster, events, logs, node};
use crate::screen::Screen;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (left, right) = columns(area, (area.width * 38 / 100).clamp(26, 72));

    let node_rows =
        (node::rows(screen, left.width.saturating_sub(2)) + 2).clamp(6, (left.height / 2).max(6));
    let (top, bottom) = rows(left, left.height - node_rows);
    cluster::draw(screen, top, buf);
    node::draw(screen, bottom, buf);

    let nodes = u16::try_from(screen.scene.world.nodes.len()).unwrap_or(u16::MAX);
    // A frame, the indices, the rows; two more for the legend where there is room.
    let wanted = nodes.saturating_add(if right.height >= 24 { 5 } else { 3 });
    let (top, bottom) = rows(right, wanted.min(right.height * 6 / 10).max(5));
    logs::draw(screen, top, buf);
    events::draw(screen, bottom, buf);
}

fn columns(area: Rect, left: u16) -> (Rect, Rect) {
    let right = Rect::new(area.x + left, area.y, area.width - left, area.height);
    (Rect::new(area.x, area.y, left, area.height), right)
}

fn rows(area: Rect, top: u16) -> (Rect, Rect) {
    let bottom = Rect::new(area.x, area.y + top, area.width, area.height - top);
    (Rect::new(area.x, area.y, area.width, top), bottom)
}
