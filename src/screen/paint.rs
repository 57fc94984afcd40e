//! The few strokes that every pane is made of: text that stays inside its area, frames, bars.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::command::clean::clean;

/// Writes text at `(x, y)`, clipped to `area`; returns the column after it, so that calls chain.
pub fn put(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    let inside = area.top() <= y && y < area.bottom() && area.left() <= x && x < area.right();
    if !inside {
        return x.saturating_add(width(text));
    }
    let room = area.right() - x;
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        // Plain ASCII is nearly everything that is drawn, and needs no segmentation.
        for (place, byte) in text.bytes().take(usize::from(room)).enumerate() {
            let cell = &mut buf[(x + place as u16, y)];
            cell.set_char(char::from(byte)).set_style(style);
        }
        return x.saturating_add(u16::try_from(text.len()).unwrap_or(u16::MAX));
    }
    let (end, _) = buf.set_stringn(x, y, clean(text), usize::from(room), style);
    end
}

/// Writes text so that it ends at column `right` (exclusive).
pub fn put_right(buf: &mut Buffer, area: Rect, right: u16, y: u16, text: &str, style: Style) {
    let x = right.saturating_sub(width(text)).max(area.left());
    put(buf, area, x, y, text, style);
}

/// Says in the lower right corner of a frame how much of a list there is room for.
pub fn corner(buf: &mut Buffer, area: Rect, words: &str, style: Style) {
    let text = format!(" {words} ");
    put_right(buf, area, area.right() - 2, area.bottom() - 1, &text, style);
}

/// The columns that a text takes once it is clean.
pub fn width(text: &str) -> u16 {
    let columns = if text.is_ascii() {
        text.len()
    } else {
        clean(text).width()
    };
    u16::try_from(columns).unwrap_or(u16::MAX)
}

/// The text cut to `columns`, with an ellipsis where something is missing.
pub fn shorten(text: &str, columns: u16) -> String {
    let text = clean(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for ch in text.chars() {
        used += ch.width().unwrap_or(0);
        if used > usize::from(columns) {
            break;
        }
        short.push(ch);
    }
    short.push('…');
    short
}

/// A rounded frame with a title; returns what is inside.
pub fn frame(buf: &mut Buffer, area: Rect, title: &str, border: Style, text: Style) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect::ZERO;
    }
    let (left, right) = (area.left(), area.right() - 1);
    let (top, bottom) = (area.top(), area.bottom() - 1);
    for x in left + 1..right {
        buf[(x, top)].set_char('─').set_style(border);
        buf[(x, bottom)].set_char('─').set_style(border);
    }
    for y in top + 1..bottom {
        buf[(left, y)].set_char('│').set_style(border);
        buf[(right, y)].set_char('│').set_style(border);
    }
    let corners = [
        (left, top, '╭'),
        (right, top, '╮'),
        (left, bottom, '╰'),
        (right, bottom, '╯'),
    ];
    for (x, y, ch) in corners {
        buf[(x, y)].set_char(ch).set_style(border);
    }
    if area.width > 6 && !title.is_empty() {
        let title = shorten(title, area.width - 6);
        let x = put(buf, area, left + 1, top, " ", border);
        let x = put(buf, area, x, top, &title, text);
        put(buf, area, x, top, " ", border);
    }
    Rect::new(left + 1, top + 1, area.width - 2, area.height - 2)
}

/// A place of `(columns, rows)` in the middle of `room`, which must be as large at least.
pub fn centred(room: Rect, (columns, rows): (u16, u16)) -> Rect {
    Rect::new(
        room.x + (room.width - columns) / 2,
        room.y + (room.height - rows) / 2,
        columns,
        rows,
    )
}

/// The first row shown of a list with too many: the chosen one is in the middle, as far as the
/// ends allow.
pub fn first_shown(count: usize, room: usize, chosen: usize) -> usize {
    chosen
        .saturating_sub(room / 2)
        .min(count.saturating_sub(room))
}

/// Blanks an area, for what is drawn over the rest; the ground stays.
pub fn blank(buf: &mut Buffer, area: Rect) {
    let area = area.intersection(buf.area);
    for position in area.positions() {
        let cell = &mut buf[position];
        let ground = cell.bg;
        cell.reset();
        cell.bg = ground;
    }
    // A wide character that the left edge cuts through would hide what is drawn there.
    if let Some(left) = area.x.checked_sub(1).filter(|&left| left >= buf.area.x) {
        for y in area.top()..area.bottom() {
            if buf[(left, y)].symbol().width() > 1 {
                buf[(left, y)].set_symbol(" ");
            }
        }
    }
}

/// A bar of `columns` cells, filled to `part` of `whole`, in eighths of a cell.
pub fn bar(part: u64, whole: u64, columns: u16) -> String {
    // A single eighth is not drawn as one: that is how the edge of a bar looks.
    const EIGHTHS: [char; 8] = [' ', '▎', '▎', '▍', '▌', '▋', '▊', '▉'];
    let total = u64::from(columns) * 8;
    let filled = match whole {
        0 => 0,
        _ => (u128::from(part.min(whole)) * u128::from(total) / u128::from(whole)) as u64,
    };
    (0..u64::from(columns))
        .map(|cell| match filled.saturating_sub(cell * 8) {
            0 => ' ',
            eighths @ 1..8 => EIGHTHS[eighths as usize],
            _ => '█',
        })
        .collect()
}

/// A bar between two edges, over the whole width of a row: so much of a whole.
pub fn gauge(buf: &mut Buffer, row: Rect, (part, whole): (u64, u64), filled: Style, edges: Style) {
    let bar = bar(part, whole, row.width.saturating_sub(2));
    let x = put(buf, row, row.x, row.y, "▕", edges);
    let x = put(buf, row, x, row.y, &bar, filled);
    put(buf, row, x, row.y, "▏", edges);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_by_eighths() {
        assert_eq!(bar(0, 10, 3), "   ");
        assert_eq!(bar(5, 10, 3), "█▌ ");
        assert_eq!(bar(10, 10, 3), "███");
        assert_eq!(bar(3, 0, 2), "  ");
    }

    #[test]
    fn text_stays_in_its_area() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        let area = Rect::new(1, 0, 3, 1);
        put(&mut buf, area, 1, 0, "abcdef", Style::new());
        put(&mut buf, area, 9, 0, "x", Style::new());
        assert_eq!(buf, Buffer::with_lines([" abc  "]));
    }
}
