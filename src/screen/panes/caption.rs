//! What the script says, and what deserves a word:
//!
//! ```text
//!  Entry 2 is on three of five servers, and still nobody may call it committed.
//!  ! `crash S9` named no node
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::Screen;
use crate::screen::paint::{put, shorten, wrap};

/// Draws it. A notice takes the last row: it is about what was just done.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let room = area.width.saturating_sub(2);
    let notice = screen.ui.message.as_deref().or(scene.notice.as_deref());
    let rows = usize::from(area.height) - usize::from(notice.is_some());
    if let Some((caption, _)) = &scene.caption {
        let mut lines = wrap(caption, room);
        if lines.len() > rows && rows > 0 {
            let rest = lines.split_off(rows - 1).join(" ");
            lines.push(shorten(&rest, room));
        }
        for (line, y) in lines.iter().take(rows).zip(area.y..) {
            put(buf, area, area.x + 1, y, line, theme.caption);
        }
    }
    if let Some(notice) = notice {
        let line = shorten(&format!("! {notice}"), room);
        put(buf, area, area.x + 1, area.bottom() - 1, &line, theme.warn);
    }
}
