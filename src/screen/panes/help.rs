//! Every key, from the same table that decides what it does, and what the signs mean, from those that
//! they are drawn by:
//!
//! ```text
//! ╭ keys and signs · @ is the selected node ────────╮
//! │  q  ctrl-c    quit            c   crash, restart│
//! │  ?            help            i   isolate @     │
//! ╰─────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::paint::{corner, frame, put, shorten, width};
use crate::screen::{Hint, Screen};

/// How the keys are laid out.
struct Shape {
    /// The columns that the names of the keys take.
    keys: u16,
    /// How wide a column of keys and words is.
    column: u16,
    /// How many lines stand below one another.
    deep: usize,
    /// How many of them there is room for.
    room: usize,
}

impl Shape {
    fn of(lines: &[Hint], area: Rect) -> Shape {
        let widest = |text: fn(&Hint) -> &str| lines.iter().map(|line| width(text(line))).max();
        let keys = widest(|line| &line.keys).unwrap_or(0);
        let words = widest(|line| &line.words).unwrap_or(0);
        let room = page(area);
        // As few columns as will do, each as wide as it can be.
        let least = keys + words + 5;
        let most = (area.width.saturating_sub(4) / least.max(1)).clamp(1, 3);
        let fits = |columns: &u16| lines.len().div_ceil(usize::from(*columns)) <= room;
        let columns = (1..=most).find(fits).unwrap_or(most);
        Shape {
            keys,
            column: (area.width.saturating_sub(4) / columns).min(least + 8),
            deep: lines.len().div_ceil(usize::from(columns)),
            room,
        }
    }

    /// How many lines do not fit.
    fn more(&self) -> usize {
        self.deep.saturating_sub(self.room)
    }
}

/// How far it can be scrolled on an area.
pub fn reach(lines: &[Hint], area: Rect) -> usize {
    Shape::of(lines, area).more()
}

/// How many rows are in sight.
pub fn page(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(2))
}

/// Draws it, scrolled as far as there is something to be seen where not all fits.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, lines) = (screen.theme, &screen.ui.keys);
    let shape = Shape::of(lines, area);
    let more = shape.more();
    let top = screen.ui.scrolled.min(more);
    let title = match more {
        0 => "keys and signs · @ is the selected node",
        _ => "keys, then signs · arrows, pages scroll · @ is the selected node",
    };
    let inner = frame(buf, area, title, theme.border, theme.quiet);
    if more > 0 {
        let text = format!("{}–{} of {}", top + 1, top + shape.room, shape.deep);
        corner(buf, area, &text, theme.quiet);
    }
    for (block, chunk) in lines.chunks(shape.deep.max(1)).enumerate() {
        let x = inner.x + 1 + block as u16 * shape.column;
        for (line, y) in chunk.iter().skip(top).zip(inner.top()..inner.bottom()) {
            put(buf, inner, x, y, &line.keys, theme.key);
            let room = shape.column.saturating_sub(shape.keys + 4);
            let words = shorten(&line.words, room);
            put(buf, inner, x + shape.keys + 2, y, &words, theme.text);
        }
    }
}
