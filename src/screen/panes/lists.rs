//! Lists over the screen, a row of which is chosen: the other futures of the run, and what holds
//! the time.
//!
//! ```text
//! ╭ other futures ─────────────────────────────────────────────╮
//! │ ▸ parts at 3.412 s, reaches 5.020 s   crash n1 · put x 5   │
//! │   parts at 1.200 s, reaches 2.844 s   partition n1 | n2,n3 │
//! ╰────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::style::Style;

use crate::screen::Screen;
use crate::screen::paint::{blank, centred, first_shown, frame, put, shorten};
use crate::screen::units::Seconds;
use crate::screen::wrap::wrap;
use crate::session::{Breakpoint, OtherBranch};

/// The widest that a list grows.
const WIDEST: u16 = 100;

/// A row: what stands first, and what follows where there is room.
struct Row {
    text: String,
    style: Style,
    aside: String,
}

/// Draws the other futures of the run.
pub fn branches(screen: &Screen<'_>, chosen: usize, area: Rect, buf: &mut Buffer) {
    let row = |branch: &OtherBranch| Row {
        text: format!(
            "parts at {}, reaches {}",
            Seconds(branch.parts),
            Seconds(branch.until)
        ),
        style: screen.theme.text,
        aside: match branch.done.is_empty() {
            true => "nothing was done there".into(),
            false => branch.done.join(" · "),
        },
    };
    let rows: Vec<Row> = screen.scene.branches.iter().map(row).collect();
    let empty = "This run has one future so far. Go back in time and do something else: \
                 the future that you leave is kept here.";
    draw(screen, "other futures", &rows, chosen, empty, area, buf);
}

/// Draws what holds the time when it comes true.
pub fn breakpoints(screen: &Screen<'_>, chosen: usize, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let row = |breakpoint: &Breakpoint| {
        let (sign, style, aside) = match breakpoint {
            Breakpoint { stopped: true, .. } => ("■", theme.warn, "holds the time here"),
            Breakpoint { kept: true, .. } => ("◆", theme.text, "belongs to the session"),
            Breakpoint { on: true, .. } => ("●", theme.text, "on"),
            Breakpoint { .. } => ("○", theme.quiet, "off"),
        };
        Row {
            text: format!("{sign} {}", breakpoint.text),
            style,
            aside: aside.into(),
        }
    };
    let rows: Vec<Row> = screen.scene.breakpoints.iter().map(row).collect();
    let empty = "Nothing holds the time by itself. Say what should: `break when leader`, \
                 `break when commit leader >= 7`, `break when violation`.";
    draw(screen, "breakpoints", &rows, chosen, empty, area, buf);
}

/// How many rows of a list of so many are in sight.
pub fn page(count: usize, area: Rect) -> usize {
    usize::from(place(count, area).inner(Margin::new(1, 1)).height)
}

/// The row under a cell, of a list of so many.
pub fn at(count: usize, chosen: usize, area: Rect, cell: Position) -> Option<usize> {
    let inner = place(count, area).inner(Margin::new(1, 1));
    let top = first_shown(count, usize::from(inner.height), chosen);
    let row = top + usize::from(cell.y.saturating_sub(inner.y));
    (inner.contains(cell) && row < count).then_some(row)
}

/// The columns of a list, frame included.
fn columns(area: Rect) -> u16 {
    area.width.saturating_sub(4).min(WIDEST)
}

/// Where a list of so many rows stands.
fn place(rows: usize, area: Rect) -> Rect {
    let room = Rect::new(area.x, area.y, area.width, area.height - 1);
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2);
    centred(
        room,
        (columns(area), height.min(room.height.saturating_sub(2))),
    )
}

/// Draws the rows in the middle of `area`, but for the foot.
fn draw(
    screen: &Screen<'_>,
    title: &str,
    rows: &[Row],
    chosen: usize,
    empty: &str,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = screen.theme;
    let told = match rows.is_empty() {
        true => wrap(empty, columns(area).saturating_sub(4)),
        false => Vec::new(),
    };
    let place = place(rows.len().max(told.len()), area);
    blank(buf, place);
    let inner = frame(buf, place, title, theme.quiet, theme.title);
    for (line, y) in told.iter().zip(inner.top()..inner.bottom()) {
        put(buf, inner, inner.x + 1, y, line, theme.quiet);
    }
    let top = first_shown(rows.len(), usize::from(inner.height), chosen);
    let shown = rows.iter().enumerate().skip(top);
    for ((number, row), y) in shown.zip(inner.top()..inner.bottom()) {
        let here = number == chosen;
        let sign = if here { "▸ " } else { "  " };
        let style = if here { theme.selected } else { row.style };
        let x = put(buf, inner, inner.x + 1, y, sign, theme.key);
        let room = inner.right().saturating_sub(x + 1);
        let x = put(buf, inner, x, y, &shorten(&row.text, room), style) + 3;
        if let Some(room) = inner.right().checked_sub(x + 1) {
            put(buf, inner, x, y, &shorten(&row.aside, room), theme.quiet);
        }
    }
}
