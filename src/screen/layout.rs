//! Where the panes stand.
//!
//! ```text
//! head
//! ╭ cluster ───╮╭ logs ────────────╮   Each column is divided by what its own panes need:
//! │            ││                  │   the logs take a row for each node, the events the
//! │            │╰──────────────────╯   rest.
//! ╰────────────╯╭ events ──────────╮
//! ╭ node ──────╮│                  │
//! ╰────────────╯╰──────────────────╯
//! caption
//! tape
//! foot
//! ```

use ratatui::layout::Rect;

use super::Screen;
use super::panes::{caption, node};

/// The smallest screen that the panes fit on.
pub const SMALLEST: (u16, u16) = (60, 18);

/// The place of each pane.
pub struct Layout {
    /// Title, time, verdict.
    pub head: Rect,
    /// The ring of nodes.
    pub cluster: Rect,
    /// The selected node.
    pub node: Rect,
    /// The logs, side by side.
    pub logs: Rect,
    /// What happened.
    pub events: Rect,
    /// What the script says.
    pub caption: Rect,
    /// The run at a glance.
    pub tape: Rect,
    /// Keys.
    pub foot: Rect,
}

impl Layout {
    /// Divides the area; `None` when it is too small to be of use.
    pub fn of(area: Rect, screen: &Screen<'_>) -> Option<Layout> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        let caption_rows = caption::rows(screen, area);
        let row = |y, height| Rect::new(area.x, y, area.width, height);
        let foot = row(area.bottom() - 1, 1);
        let tape = row(foot.y - 1, 1);
        let caption = row(tape.y - caption_rows, caption_rows);
        let body = row(area.y + 1, caption.y - area.y - 1);

        let left = (body.width * 38 / 100).clamp(26, 72);
        let (left, right) = columns(body, left);

        let node_rows = (node::rows(screen, left.width.saturating_sub(2)) + 2)
            .clamp(6, (left.height / 2).max(6));
        let (cluster, node) = rows(left, left.height - node_rows);

        let nodes = u16::try_from(screen.scene.world.nodes.len()).unwrap_or(u16::MAX);
        // A frame, the indices, the rows; two more for the legend where there is room.
        let wanted = nodes.saturating_add(if right.height >= 24 { 5 } else { 3 });
        let (logs, events) = rows(right, wanted.min(right.height * 6 / 10).max(5));
        Some(Layout {
            head: row(area.y, 1),
            cluster,
            node,
            logs,
            events,
            caption,
            tape,
            foot,
        })
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
