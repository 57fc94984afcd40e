//! Every key, from the same table that decides what it does:
//!
//! ```text
//! ╭ keys · @ is the selected node ──────────────────╮
//! │  q  ctrl-c    quit            c   crash, restart│
//! │  ?            help            i   isolate @     │
//! ╰─────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::Screen;
use crate::screen::paint::{corner, frame, put, shorten, width};

/// Draws it, scrolled as far as there is something to be seen where not all fits.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, lines) = (screen.theme, &screen.ui.keys);
    let widest = |columns: &dyn Fn(&crate::screen::Hint) -> u16| {
        lines.iter().map(columns).max().unwrap_or(0)
    };
    let keys = widest(&|line| width(&line.keys));
    let words = widest(&|line| width(&line.words));
    let room = Rect::new(area.x, area.y, area.width, area.height)
        .height
        .saturating_sub(2);
    // As few columns as will do, each as wide as it can be.
    let least = keys + words + 5;
    let most = (area.width.saturating_sub(4) / least.max(1)).clamp(1, 3);
    let fits = |columns: &u16| lines.len().div_ceil(usize::from(*columns)) <= usize::from(room);
    let columns = (1..=most).find(fits).unwrap_or(most);
    let column = (area.width.saturating_sub(4) / columns).min(least + 8);
    let deep = lines.len().div_ceil(usize::from(columns));
    let more = deep.saturating_sub(usize::from(room));
    let title = match more {
        0 => "keys · @ is the selected node",
        _ => "keys · up and down scroll · @ is the selected node",
    };
    let inner = frame(buf, area, title, theme.border, theme.quiet);
    if more > 0 {
        let shown = lines.len().min(usize::from(room) * usize::from(columns));
        let text = format!("{shown} of {}", lines.len());
        corner(buf, area, &text, theme.quiet);
    }
    let top = screen.ui.scrolled.min(more);
    for (block, chunk) in lines.chunks(deep.max(1)).enumerate() {
        let x = inner.x + 1 + block as u16 * column;
        for (line, y) in chunk.iter().skip(top).zip(inner.top()..inner.bottom()) {
            put(buf, inner, x, y, &line.keys, theme.key);
            let room = column.saturating_sub(keys + 4);
            let words = shorten(&line.words, room);
            put(buf, inner, x + keys + 2, y, &words, theme.text);
        }
    }
}
