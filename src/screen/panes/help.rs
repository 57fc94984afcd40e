//! Every key, from the same table that decides what it does:
//!
//! ```text
//! ╭ keys ───────────────────────────────────────────╮
//! │  q  ctrl-c    quit            c   crash, restart│
//! │  ?            help            i   isolate @     │
//! ╰─────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::paint::{blank, centred, frame, put, shorten, width};
use crate::screen::{Hint, Screen};

/// Draws it over the middle of `area`, from line `top` on where not all fits.
pub fn draw(screen: &Screen<'_>, lines: &[Hint], top: usize, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let keys = lines
        .iter()
        .map(|line| width(&line.keys))
        .max()
        .unwrap_or(0);
    let words = lines
        .iter()
        .map(|line| width(&line.words))
        .max()
        .unwrap_or(0);
    let column = keys + words + 5;
    let columns = (area.width.saturating_sub(6) / column.max(1)).clamp(1, 3);
    let deep = lines.len().div_ceil(usize::from(columns));
    let rows = u16::try_from(deep)
        .unwrap_or(u16::MAX)
        .min(area.height.saturating_sub(6));
    let size = (
        (columns * column + 3).min(area.width),
        (rows + 2).min(area.height),
    );
    let place = centred(area, size);
    blank(buf, place);
    let top = top.min(deep.saturating_sub(usize::from(rows)));
    let more = deep > usize::from(rows);
    let title = match more {
        true => "keys · up and down scroll · @ is the selected node",
        false => "keys · @ is the selected node",
    };
    let inner = frame(buf, place, title, theme.quiet, theme.title);
    for (block, chunk) in lines.chunks(deep.max(1)).enumerate() {
        let x = inner.x + 1 + block as u16 * column;
        for (line, y) in chunk.iter().skip(top).zip(inner.top()..inner.bottom()) {
            put(buf, inner, x, y, &line.keys, theme.key);
            let x = x + keys + 2;
            let room = inner.right().saturating_sub(x);
            put(buf, inner, x, y, &shorten(&line.words, room), theme.text);
        }
    }
}
