//! An answer to `why`, over the lower half of the screen, so that what it tells of stays in sight:
//!
//! ```text
//! ╭ Is entry 2 committed, and why? ────────────────────────── :why commit 2 ─╮
//! │ Entry 2 is not committed: n1, leader of term 1, counts it on n1 and n2:  │
//! │ 2 of the 3 needed.                                                       │
//! │  ✗ n3 is cut off from n1 since 3.200 s (`isolate n3`)                    │
//! │  ✗ n4 is down since 3.100 s (`crash n4`)                                 │
//! │     3.412 ▸ n1 appends its own [2,t1 x = 1]                              │
//! │     3.400     c1 ▸ n1: x = 1                                             │
//! │     3.400       » put x 1                                                │
//! ╰ asked at 3.412 s ────────────────────────────────────────────────────────╯
//! ```
//! Each cause stands below what it led to. What is missing and comes by itself has a `◷` before it,
//! and a statement that would help a `»`.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position};
use ratatui::style::Style;

use crate::screen::Screen;
use crate::screen::layout::Layout;
use crate::screen::paint::{blank, frame, put, put_right, shorten, width};
use crate::screen::units::Seconds;
use crate::screen::wrap::wrap;
use crate::session::why::Way;
use crate::session::{Answer, Answered};

/// The column after the time.
const INDENT: u16 = 12;
/// Deeper steps are set in no further.
const DEEPEST: usize = 6;
/// A value may be very long: so many lines of a step or a sentence are enough.
const LINES: u16 = 4;
/// And so many of the headline, which may tell of several elections.
const HEADLINE: u16 = 8;

/// A row inside the frame.
struct Row {
    /// The place of the step that it tells of, if it tells of one.
    step: Option<usize>,
    /// On the first row of a step: when.
    time: Option<String>,
    /// Where the text begins.
    x: u16,
    text: String,
    style: Style,
}

/// Draws it above the caption.
pub fn draw(
    screen: &Screen<'_>,
    told: &Answered,
    chosen: Option<usize>,
    layout: &Layout,
    buf: &mut Buffer,
) {
    let (theme, answer) = (screen.theme, &*told.answer);
    let (rows, reach) = rows(screen, answer, chosen, layout.head.width.saturating_sub(4));
    let place = layout.window(rows.len());
    blank(buf, place);
    let inner = frame(buf, place, &answer.title, theme.quiet, theme.title);
    // Whoever wants to ask it anew sees how that is typed.
    let typed = format!(" :{} ", answer.question);
    if width(&answer.title) + width(&typed) + 8 <= place.width {
        let right = place.right() - 2;
        put_right(buf, place, right, place.y, &typed, theme.faint);
    }
    let (asked, style) = match told.newest == screen.scene.newest() {
        true => (String::new(), theme.quiet),
        false => (", and the screen shows another moment".into(), theme.warn),
    };
    let asked = format!(" asked at {}{asked} ", Seconds(told.at));
    put(buf, place, place.x + 1, place.bottom() - 1, &asked, style);
    // The headline stands at the top until a step below is chosen.
    let top = reach.saturating_sub(usize::from(inner.height));
    for (row, y) in rows.iter().skip(top).zip(inner.top()..inner.bottom()) {
        if let Some(time) = &row.time {
            put_right(buf, inner, inner.x + INDENT - 2, y, time, theme.faint);
        }
        put(buf, inner, inner.x + row.x, y, &row.text, row.style);
    }
    if rows.len() > top + usize::from(inner.height) {
        put_right(
            buf,
            place,
            place.right() - 2,
            place.bottom() - 1,
            " ▾ more ",
            theme.key,
        );
    }
}

/// How many steps are in sight.
pub fn page(screen: &Screen<'_>, answer: &Answer, chosen: Option<usize>, layout: &Layout) -> usize {
    let (rows, reach) = rows(screen, answer, chosen, layout.head.width.saturating_sub(4));
    let height = usize::from(layout.window(rows.len()).inner(Margin::new(1, 1)).height);
    let shown = rows.iter().skip(reach.saturating_sub(height)).take(height);
    shown.filter(|row| row.time.is_some()).count()
}

/// The step under a cell, by its place in the answer.
pub fn at(
    screen: &Screen<'_>,
    answer: &Answer,
    chosen: Option<usize>,
    layout: &Layout,
    cell: Position,
) -> Option<usize> {
    let (rows, reach) = rows(screen, answer, chosen, layout.head.width.saturating_sub(4));
    let inner = layout.window(rows.len()).inner(Margin::new(1, 1));
    let top = reach.saturating_sub(usize::from(inner.height));
    let row = rows.get(top + usize::from(cell.y.saturating_sub(inner.y)))?;
    row.step.filter(|_| inner.contains(cell))
}

/// All rows, and how many of them reach to the end of the chosen step.
fn rows(
    screen: &Screen<'_>,
    answer: &Answer,
    chosen: Option<usize>,
    width: u16,
) -> (Vec<Row>, usize) {
    let theme = screen.theme;
    let mut rows = broken_into(HEADLINE, &answer.headline, "", 1, width, theme.text);
    for missing in &answer.missing {
        let (sign, style) = match missing.way {
            Way::ByItself => ("◷ ", theme.text),
            Way::Blocked => ("✗ ", theme.warn),
            Way::ByHand => ("» ", theme.text),
        };
        rows.extend(broken(&missing.words, sign, 1, width, style));
    }
    let mut reach = 0;
    for (place, step) in answer.steps.iter().enumerate() {
        let here = chosen == Some(place);
        let (sign, style) = match here {
            true => ("▸ ", theme.selected),
            false => ("  ", theme.quiet),
        };
        let x = INDENT + 2 * step.depth.min(DEEPEST) as u16;
        let mut lines = broken(&step.words, sign, x, width, style);
        if let Some(first) = lines.first_mut() {
            first.time = Some(Seconds(step.at).to_string());
        }
        for line in &mut lines {
            line.step = Some(place);
        }
        rows.extend(lines);
        if here {
            reach = rows.len();
        }
    }
    if answer.left_out > 0 {
        let words = match answer.left_out {
            1 => "… and one more that tells less".to_owned(),
            several => format!("… and {several} more that tell less"),
        };
        rows.extend(broken(&words, "  ", INDENT, width, theme.faint));
    }
    (rows, reach)
}

/// A text in rows from column `x` on, with a sign before the first.
fn broken(text: &str, sign: &str, x: u16, width: u16, style: Style) -> Vec<Row> {
    broken_into(LINES, text, sign, x, width, style)
}

/// The same, of no more than so many full lines.
fn broken_into(most: u16, text: &str, sign: &str, x: u16, width: u16, style: Style) -> Vec<Row> {
    let room = width.saturating_sub(x + 2);
    let lines = wrap(&shorten(text, room.saturating_mul(most)), room);
    let signs =
        std::iter::once(sign).chain(std::iter::repeat(if sign.is_empty() { "" } else { "  " }));
    let row = |(line, sign): (String, &str)| Row {
        step: None,
        time: None,
        x,
        text: format!("{sign}{line}"),
        style,
    };
    lines.into_iter().zip(signs).map(row).collect()
}
