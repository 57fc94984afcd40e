//! What can be played, over the main screen; what is chosen is told below the list, or beside it
//! where there is room:
//!
//! ```text
//! ╭ what to play ────────────────────────────────────────────────────╮
//! │ / fail                                                           │
//! │ election                                                         │
//! │ ▸ Failover: what is lost when the leader dies?          failover │
//! │   Election: who leads when nobody does?                 election │
//! ├──────────────────────────────────────────────────────────────────┤
//! │ failover · 5 servers · election                                  │
//! │ S2 leads and crashes, with one write acknowledged and one not.   │
//! │ “Five servers. S2 asks the others for their votes; three of …”   │
//! ╰──────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::prompt;
use crate::screen::paint::{blank, centred, frame, put, put_right, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Choices, Preview, Row, Screen};

/// The largest that it grows to.
const LARGEST: (u16, u16) = (150, 44);
/// From this width on the preview stands beside the list.
const BESIDE: u16 = 110;

/// Draws it over `area`, but for the foot.
pub fn draw(screen: &Screen<'_>, choices: &Choices, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let room = Rect::new(area.x, area.y, area.width, area.height - 1);
    let size = (
        room.width.saturating_sub(4).min(LARGEST.0),
        room.height.saturating_sub(2).min(LARGEST.1),
    );
    let place = centred(room, size);
    blank(buf, place);
    let inner = frame(buf, place, "what to play", theme.quiet, theme.title);
    if inner.width < 8 || inner.height < 6 {
        return;
    }
    let (list, preview) = match inner.width >= BESIDE {
        true => beside(screen, inner, buf),
        false => below(screen, place, inner, buf),
    };
    let x = put(buf, list, list.x + 1, list.y, "/ ", theme.key);
    let line = Rect::new(x, list.y, list.right() - x, 1);
    prompt::typed(screen, &choices.prompt, line, buf);
    let rows = Rect::new(list.x, list.y + 1, list.width, list.height - 1);
    draw_rows(screen, choices, rows, buf);
    if let Some(shown) = &choices.preview {
        draw_preview(screen, shown, preview, buf);
    }
}

/// The list on the left, and what is chosen on the right.
fn beside(screen: &Screen<'_>, inner: Rect, buf: &mut Buffer) -> (Rect, Rect) {
    let left = inner.width * 6 / 10;
    let x = inner.x + left;
    for y in inner.top()..inner.bottom() {
        buf[(x, y)].set_char('│').set_style(screen.theme.quiet);
    }
    (
        Rect::new(inner.x, inner.y, left, inner.height),
        Rect::new(x + 1, inner.y, inner.width - left - 1, inner.height),
    )
}

/// The list above, and what is chosen below a line.
fn below(screen: &Screen<'_>, place: Rect, inner: Rect, buf: &mut Buffer) -> (Rect, Rect) {
    let rows = (inner.height / 3).clamp(3, 9);
    let y = inner.bottom() - rows - 1;
    for x in inner.left()..inner.right() {
        buf[(x, y)].set_char('─').set_style(screen.theme.quiet);
    }
    buf[(place.left(), y)].set_char('├');
    buf[(place.right() - 1, y)].set_char('┤');
    (
        Rect::new(inner.x, inner.y, inner.width, y - inner.y),
        Rect::new(inner.x, y + 1, inner.width, rows),
    )
}

fn draw_rows(screen: &Screen<'_>, choices: &Choices, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let height = usize::from(area.height);
    if choices.rows.is_empty() {
        put(
            buf,
            area,
            area.x + 1,
            area.y,
            "nothing is called so",
            theme.warn,
        );
    }
    // The chosen row stands in the middle, but at the ends of the list.
    let most = choices.rows.len().saturating_sub(height);
    let chosen = choices.chosen.unwrap_or(0);
    let top = chosen.saturating_sub(height / 2).min(most);
    let rows = choices.rows.iter().enumerate().skip(top);
    for ((place, row), y) in rows.zip(area.top()..area.bottom()) {
        match row {
            Row::Heading(text) => {
                put(buf, area, area.x + 1, y, text, theme.quiet);
            }
            Row::Choice { text, name } => {
                let here = choices.chosen == Some(place);
                let sign = if here { "▸ " } else { "  " };
                let x = put(buf, area, area.x + 1, y, sign, theme.key);
                let room = area.right().saturating_sub(x + 1);
                let style = if here { theme.selected } else { theme.text };
                let end = put(buf, area, x, y, &shorten(text, room), style);
                // The name is told where it does not press upon the question.
                if end + 2 + width(name) < area.right() {
                    put_right(buf, area, area.right() - 1, y, name, theme.faint);
                }
            }
        }
    }
}

fn draw_preview(screen: &Screen<'_>, preview: &Preview, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let room = area.width.saturating_sub(2);
    // The title stands in the list already, where it may be cut: here only if there is plenty.
    let title = (area.height >= 12).then_some((&preview.title, theme.title));
    let about = preview.about.iter().map(|text| (text, theme.text));
    let head = title.into_iter().chain([(&preview.facts, theme.quiet)]);
    let head = head.chain(about).map(|(text, style)| (text.clone(), style));
    let said = preview.said.iter();
    let said = said.map(|text| (format!("“{text}”"), theme.caption));
    let mut lines: Vec<(String, Style)> = Vec::new();
    let told = head.chain(said).filter(|(text, _)| !text.is_empty());
    for (text, style) in told {
        // Where there is plenty of room, it is used to keep texts apart.
        if area.height >= 12 && !lines.is_empty() {
            lines.push((String::new(), style));
        }
        lines.extend(wrap(&text, room).into_iter().map(|line| (line, style)));
    }
    let height = usize::from(area.height);
    if lines.len() > height
        && let Some((last, _)) = lines.get_mut(height - 1)
    {
        *last = shorten(&format!("{last} …"), room);
    }
    for ((line, style), y) in lines.iter().zip(area.top()..area.bottom()) {
        put(buf, area, area.x + 1, y, line, *style);
    }
}
