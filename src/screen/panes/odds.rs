//! The answer to `odds`, as far as it is known, over the lower part of the screen:
//!
//! ```text
//! ╭ odds leader n3 within 2s · from 3.412 s ─────────────────────────────────╮
//! │ 27.4 % of 1,000 futures (274): half of them by 231 ms, 90 % by 301 ms    │
//! │                                                                          │
//! │      150–200 ms   31  ████████▌                                          │
//! │      200–250 ms  120  █████████████████████████████████▌                 │
//! │      250–300 ms   96  ███████████████████████████                        │
//! │      300–350 ms   27  ███████▌                                           │
//! │ never within 2s  726                                                     │
//! │                                                                          │
//! │ From here on with what is under way and fresh randomness: no script …    │
//! ╰──────────────────────────────────────────────────────────────── 48 of 90 ╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::command::duration_text;
use crate::raft::Micros;
use crate::screen::Screen;
use crate::screen::layout::Layout;
use crate::screen::paint::{bar, blank, corner, frame, put, put_right, shorten, width};
use crate::screen::units::{Count, Seconds, Share, Short};
use crate::screen::wrap::wrap;
use crate::session::Forecast;
use crate::session::odds::Bar;

/// The most bars: with more, each tells less.
const BARS: usize = 24;
/// What is found may be long: so many lines are enough.
const LINES: u16 = 4;
/// Said below the answer, where there is room.
const NOTE: &str = "Futures go on from what is under way, with fresh randomness: messages, timers, \
                    clients, the workload and chaos. No script and no hand does anything in them.";

/// A row inside the frame.
enum Row {
    /// Words, from the left.
    Words(String, Style),
    /// How many futures there are of a kind, and a bar where they are compared.
    Count {
        label: String,
        count: u64,
        /// The count of a full bar; 0 for no bar.
        full: u64,
        style: Style,
    },
}

/// Draws it above the caption.
pub fn draw(screen: &Screen<'_>, layout: &Layout, buf: &mut Buffer) {
    let Some((_, forecast)) = &screen.scene.odds else {
        return;
    };
    let theme = screen.theme;
    let rows = rows(screen, forecast, layout);
    let place = layout.window(rows.len());
    blank(buf, place);
    let title = format!("{} · from {}", forecast.question, Seconds(forecast.at));
    let inner = frame(buf, place, &title, theme.quiet, theme.title);
    if !forecast.is_whole() {
        let (ended, runs) = (forecast.outcomes.ended(), forecast.question.runs());
        let words = format!("{} of {} futures played", Count(ended), Count(runs));
        corner(buf, place, &words, theme.key);
    }
    let labels = rows.iter().map(|row| match row {
        Row::Count { label, .. } => width(label),
        Row::Words(..) => 0,
    });
    let labels = labels.max().unwrap_or(0);
    let counts = width(&Count(forecast.question.runs()).to_string());
    for (row, y) in rows.iter().zip(inner.top()..inner.bottom()) {
        match row {
            Row::Words(words, style) => {
                put(buf, inner, inner.x + 1, y, words, *style);
            }
            Row::Count {
                label,
                count,
                full,
                style,
            } => {
                let x = inner.x + 1 + labels;
                put_right(buf, inner, x, y, label, theme.quiet);
                let x = x + 2 + counts;
                put_right(buf, inner, x, y, &Count(*count).to_string(), *style);
                let columns = inner.right().saturating_sub(x + 3);
                put(buf, inner, x + 2, y, &bar(*count, *full, columns), *style);
            }
        }
    }
}

/// Where it stands.
pub fn place(screen: &Screen<'_>, layout: &Layout) -> Rect {
    match &screen.scene.odds {
        Some((_, forecast)) => layout.window(rows(screen, forecast, layout).len()),
        None => Rect::ZERO,
    }
}

/// All rows that there is room for.
fn rows(screen: &Screen<'_>, forecast: &Forecast, layout: &Layout) -> Vec<Row> {
    let theme = screen.theme;
    let columns = layout.head.width.saturating_sub(4);
    let told = |text: &str, style| {
        let lines = wrap(&shorten(text, columns.saturating_mul(LINES)), columns);
        lines.into_iter().map(move |line| Row::Words(line, style))
    };
    let mut rows: Vec<Row> = told(&headline(forecast), theme.text).collect();
    if forecast.already.is_some() {
        return rows;
    }
    let others = others(screen, forecast);
    let room = usize::from(layout.window(usize::MAX).height - 2);
    let bars = room.saturating_sub(rows.len() + others.len()).min(BARS);
    let bars = forecast.outcomes.histogram(bars);
    let full = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    rows.extend(bars.iter().map(|bar| Row::Count {
        label: label(bar),
        count: bar.count,
        full,
        style: theme.text,
    }));
    rows.extend(others);
    let note: Vec<Row> = told(NOTE, theme.faint).collect();
    if rows.len() + 1 + note.len() <= room {
        rows.push(Row::Words(String::new(), theme.faint));
        rows.extend(note);
    }
    rows
}

/// The answer in a sentence.
fn headline(forecast: &Forecast) -> String {
    if let Some(found) = &forecast.already {
        let at = Seconds(forecast.at);
        return format!("It is so already at {at}: {found}. No future was played.");
    }
    let outcomes = &forecast.outcomes;
    let (came, ended) = (outcomes.came(), outcomes.ended());
    let so_far = if forecast.is_whole() { "" } else { "So far " };
    let futures = match ended {
        0 => return "The futures are being played.".to_owned(),
        1 => "1 future".to_owned(),
        several => format!("{} futures", Count(several)),
    };
    let share = Share(came, ended);
    let times = match (outcomes.percentile(50), outcomes.percentile(90)) {
        (Some(half), Some(most)) => {
            format!(": half of them by {}, 90 % by {}", Short(half), Short(most))
        }
        _ => ": it never came true".to_owned(),
    };
    format!("{so_far}{share} of {futures} ({}){times}", Count(came))
}

/// The futures in which it did not come true.
fn others(screen: &Screen<'_>, forecast: &Forecast) -> Vec<Row> {
    let theme = screen.theme;
    let outcomes = &forecast.outcomes;
    let row = |label, count, style| Row::Count {
        label,
        count,
        full: 0,
        style,
    };
    let within = duration_text(forecast.question.within());
    let mut rows = vec![row(
        format!("never within {within}"),
        outcomes.never,
        theme.text,
    )];
    for (invariant, &count) in &outcomes.violated {
        rows.push(row(
            format!("✗ {invariant} violated first"),
            count,
            theme.warn,
        ));
    }
    if outcomes.endless > 0 {
        let label = "✗ an instant that never ends".to_owned();
        rows.push(row(label, outcomes.endless, theme.warn));
    }
    rows
}

/// From when to when, from the instant asked at: `150–200 ms`.
fn label(bar: &Bar) -> String {
    const SECOND: Micros = 1_000_000;
    let (unit, name) = match bar.from.is_multiple_of(SECOND) && bar.to.is_multiple_of(SECOND) {
        true => (SECOND, "s"),
        false => (1_000, "ms"),
    };
    format!("{}–{} {name}", bar.from / unit, bar.to / unit)
}
