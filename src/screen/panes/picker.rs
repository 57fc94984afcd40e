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
use ratatui::layout::{Margin, Position, Rect};
use ratatui::style::Style;

use super::prompt;
use crate::screen::paint::{blank, centred, first_shown, frame, put, put_right, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Choices, Preview, Row, Screen};

/// The largest that it grows to.
const LARGEST: (u16, u16) = (150, 44);
/// Less than this beside it, or above and below it, is no use to anybody.
const SLIVERS: u16 = 24;
/// From this width on the preview stands beside the list.
const BESIDE: u16 = 110;

/// Draws it over `area`, but for the foot.
pub fn draw(screen: &Screen<'_>, choices: &Choices, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let place = place(area);
    blank(buf, place);
    let inner = frame(buf, place, "what to play", theme.quiet, theme.title);
    if inner.width < 8 || inner.height < 6 {
        return;
    }
    let (list, preview) = divided(inner);
    draw_edge(screen, place, list, buf);
    let x = put(buf, list, list.x + 1, list.y, "/ ", theme.key);
    let line = Rect::new(x, list.y, list.right() - x, 1);
    prompt::typed(screen, &choices.prompt, line, buf);
    draw_rows(screen, choices, rows(list), buf);
    if let Some(shown) = &choices.preview {
        draw_preview(screen, shown, preview, buf);
    }
}

/// The place of the choice under a cell, among the rows.
pub fn at(choices: &Choices, area: Rect, cell: Position) -> Option<usize> {
    let (list, _) = divided(place(area).inner(Margin::new(1, 1)));
    let area = rows(list);
    let row = top(choices, area) + usize::from(cell.y.saturating_sub(area.y));
    let choice = matches!(choices.rows.get(row), Some(Row::Choice { .. }));
    (area.contains(cell) && choice).then_some(row)
}

/// How many choices are in sight, as headings go on the whole: so a page down and one up lead back.
pub fn page(choices: &Choices, area: Rect) -> usize {
    let (list, _) = divided(place(area).inner(Margin::new(1, 1)));
    let all = choices.rows.iter();
    let all = all.filter(|row| matches!(row, Row::Choice { .. })).count();
    usize::from(rows(list).height) * all / choices.rows.len().max(1)
}

/// All of the room, but where a good deal of it would be left.
fn place(area: Rect) -> Rect {
    let room = Rect::new(area.x, area.y, area.width, area.height - 1);
    let side = |all: u16, largest| {
        if all < largest + SLIVERS {
            all
        } else {
            largest
        }
    };
    let size = (side(room.width, LARGEST.0), side(room.height, LARGEST.1));
    centred(room, size)
}

/// The list with what is chosen beside it, or below where that is too narrow.
fn divided(inner: Rect) -> (Rect, Rect) {
    if inner.width >= BESIDE {
        let left = inner.width * 6 / 10;
        return (
            Rect::new(inner.x, inner.y, left, inner.height),
            Rect::new(
                inner.x + left + 1,
                inner.y,
                inner.width - left - 1,
                inner.height,
            ),
        );
    }
    let told = (inner.height / 3).clamp(3, 9);
    let y = inner.bottom() - told - 1;
    (
        Rect::new(inner.x, inner.y, inner.width, y - inner.y),
        Rect::new(inner.x, y + 1, inner.width, told),
    )
}

/// The line between the two.
fn draw_edge(screen: &Screen<'_>, place: Rect, list: Rect, buf: &mut Buffer) {
    let style = screen.theme.quiet;
    if list.right() + 1 < place.right() {
        for y in list.top()..list.bottom() {
            buf[(list.right(), y)].set_char('│').set_style(style);
        }
        return;
    }
    let y = list.bottom();
    for x in list.left()..list.right() {
        buf[(x, y)].set_char('─').set_style(style);
    }
    buf[(place.left(), y)].set_char('├');
    buf[(place.right() - 1, y)].set_char('┤');
}

/// Below what is typed.
fn rows(list: Rect) -> Rect {
    Rect::new(
        list.x,
        list.y + 1,
        list.width,
        list.height.saturating_sub(1),
    )
}

/// The first row that is shown: the chosen one stands in the middle, but at the ends of the list.
fn top(choices: &Choices, area: Rect) -> usize {
    let room = usize::from(area.height);
    first_shown(choices.rows.len(), room, choices.chosen.unwrap_or(0))
}

fn draw_rows(screen: &Screen<'_>, choices: &Choices, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
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
    let rows = choices.rows.iter().enumerate().skip(top(choices, area));
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
