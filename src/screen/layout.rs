//! What every view shares: the rows above and below it.
//!
//! ```text
//! head
//! the names of the views, where there is room, and on all but the main one
//! ╭ body ────────────────────────╮
//! │                              │
//! ╰──────────────────────────────╯
//! caption
//! tape
//! foot
//! ```

use ratatui::layout::Rect;

use super::Ui;
use super::panes::caption;
use crate::command::ViewName;
use crate::session::Scene;

/// The smallest screen that the panes fit on.
pub const SMALLEST: (u16, u16) = (60, 18);
/// With so many rows the names of the views can always be seen.
const ROOMY: u16 = 30;

/// The place of each part.
pub struct Layout {
    /// Title, time, verdict.
    pub head: Rect,
    /// The names of the views; of no height where there is no room.
    pub views: Rect,
    /// The view.
    pub body: Rect,
    /// What the script says.
    pub caption: Rect,
    /// The run at a glance.
    pub tape: Rect,
    /// Keys.
    pub foot: Rect,
}

impl Layout {
    /// Divides the area; `None` when it is too small to be of use.
    pub fn of(area: Rect, scene: &Scene, ui: &Ui) -> Option<Layout> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        let row = |y, height| Rect::new(area.x, y, area.width, height);
        let named = area.height >= ROOMY || ui.view != ViewName::Main;
        let head = row(area.y, 1);
        let views = row(head.bottom(), u16::from(named));
        let foot = row(area.bottom() - 1, 1);
        let tape = row(foot.y - 1, 1);
        let caption_rows = caption::rows(scene, ui, area);
        let caption = row(tape.y - caption_rows, caption_rows);
        Some(Layout {
            head,
            views,
            body: row(views.bottom(), caption.y - views.bottom()),
            caption,
            tape,
            foot,
        })
    }
    /// The place of a window with so many rows inside its frame: above the caption, over the lower
    /// part of the view and no more of it, so that what it tells of stays in sight.
    pub fn window(&self, rows: usize) -> Rect {
        let body = self.caption.y - self.head.bottom();
        let wanted = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2);
        let height = wanted.min((body * 6 / 10).max(8)).min(body);
        let y = self.caption.y - height;
        Rect::new(self.head.x, y, self.head.width, height)
    }
}
