//! What happened, in words, newest last.
//!
//! ```text
//! ╭ events ──────────────────────────────────────────────────────╮
//! │  3.401  S3 appends [3,t4 x = two] from S1: its log matches   │
//! │         at (2,t2)                                            │
//! │  3.412  S1 does not commit 2, though a majority holds it: it │
//! │         is of term 2, not of S1's own                        │
//! │         rule commit-current-term                             │
//! ╰──────────────────────────────────────────────────────────────╯
//! ```
//! What repeats without telling anything new (heartbeats, arrivals, disk writes) is left out,
//! until a filter asks for it, or the time stands at its instant: whoever goes from event to event
//! sees where they are.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;

use crate::raft::{self, EventId, Micros};
use crate::screen::paint::{first_shown, frame, put, put_right, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, Ui, name};
use crate::session::Scene;
use crate::world::explain::{instant_text, words};
use crate::world::{Event, Record};

/// The column after the time.
const INDENT: u16 = 10;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let filter = screen.ui.filter.trim().to_lowercase();
    let title = match filter.is_empty() {
        true => "events".into(),
        false => format!("events · with “{filter}”"),
    };
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    if inner.width <= INDENT + 8 {
        return;
    }
    let rows = rows(screen, inner);
    if rows.is_empty() {
        let text = match filter.is_empty() {
            true => "nothing has happened yet",
            false => "no event says so",
        };
        put(buf, inner, inner.x + 1, inner.y, text, theme.faint);
    }
    for (row, y) in rows.iter().zip(inner.top()..) {
        let chosen = screen.ui.event == Some(row.event);
        if let Some(time) = &row.time {
            let style = if row.here { theme.title } else { theme.faint };
            put_right(buf, inner, inner.x + INDENT - 2, y, time, style);
            let sign = if chosen { "▸" } else { " " };
            put(buf, inner, inner.x + INDENT - 2, y, sign, theme.key);
        }
        let style = if chosen { theme.selected } else { row.style };
        let x = put(buf, inner, inner.x + INDENT, y, &row.text, style);
        let gap = if row.text.is_empty() { 0 } else { 3 };
        put(buf, inner, x + gap, y, &row.rule, theme.quiet);
    }
}

/// The event that is told in row `y` of the pane.
pub fn at(screen: &Screen<'_>, area: Rect, y: u16) -> Option<EventId> {
    let inner = area.inner(Margin::new(1, 1));
    let place = y.checked_sub(inner.y)?;
    let rows = rows(screen, inner);
    rows.get(usize::from(place)).map(|row| row.event)
}

/// How many events are in sight.
pub fn page(screen: &Screen<'_>, area: Rect) -> usize {
    let rows = rows(screen, area.inner(Margin::new(1, 1)));
    rows.iter().filter(|row| row.time.is_some()).count()
}

/// What fits inside the frame, from the top.
fn rows(screen: &Screen<'_>, inner: Rect) -> Vec<Row> {
    let Some(room) = inner.width.checked_sub(INDENT + 1) else {
        return Vec::new();
    };
    // Gathered from the newest back, until the pane is full, also behind the chosen one.
    let height = usize::from(inner.height);
    let mut rows: Vec<Row> = Vec::with_capacity(height);
    let held = |event| screen.scene.records.iter().any(|it| it.id == event);
    let mut wanted = match screen.ui.event.is_some_and(held) {
        true => usize::MAX,
        false => height,
    };
    let mut chosen = 0;
    for (record, text) in listed(screen.scene, screen.ui) {
        if rows.len() >= wanted {
            break;
        }
        if screen.ui.event == Some(record.id) {
            chosen = rows.len();
            wanted = chosen + height;
        }
        rows.extend(explained(screen, record, &text, room).into_iter().rev());
    }
    let first = first_shown(rows.len(), height, chosen);
    rows.drain(..first);
    rows.truncate(height);
    rows.reverse();
    rows
}

/// The events that are listed, each with its words, from the newest back.
pub fn listed<'a>(scene: &'a Scene, ui: &Ui) -> impl Iterator<Item = (&'a Record, String)> {
    let filter = ui.filter.trim().to_lowercase();
    scene.records.iter().rev().filter_map(move |record| {
        let wanted = !filter.is_empty() || record.is_telling() || stands_at(scene, record.at);
        let text = wanted.then(|| words(record, &|id| name(&scene.world, id)))?;
        matches(&text, &filter).then_some((record, text))
    })
}

/// True while the time is held at an instant.
fn stands_at(scene: &Scene, at: Micros) -> bool {
    !scene.playing && at == scene.world.now
}

/// One row of the pane.
struct Row {
    /// The event that is told.
    event: EventId,
    /// Whether the time stands at its instant.
    here: bool,
    /// On the first row of an event: when.
    time: Option<String>,
    text: String,
    style: Style,
    /// On the last row of an event: the rule that decided, if one did.
    rule: String,
}

/// An event in rows: its words, and the rule behind them where there is room, or below.
fn explained(screen: &Screen<'_>, record: &Record, text: &str, room: u16) -> Vec<Row> {
    let (text, rule) = match text.rsplit_once(" — ") {
        Some((text, rule)) if rule.starts_with("rule ") => (text, rule),
        _ => (text, ""),
    };
    let style = style(screen, &record.event);
    let row = |text: String| Row {
        event: record.id,
        here: stands_at(screen.scene, record.at),
        time: None,
        text,
        style,
        rule: String::new(),
    };
    // A value may be 64 KiB long; three lines of it are enough, unless they tell what is violated.
    let most = match record.event {
        Event::Violation(_) => 6,
        _ => 3,
    };
    let lines = wrap(&shorten(text, room.saturating_mul(most)), room);
    let mut rows: Vec<Row> = lines.into_iter().map(row).collect();
    let fits = |last: &Row| width(&last.text) + 3 + width(rule) <= room;
    if !rule.is_empty() && !rows.last().is_some_and(fits) {
        rows.push(row(String::new()));
    }
    if let Some(last) = rows.last_mut() {
        last.rule = rule.into();
    }
    if let Some(first) = rows.first_mut() {
        first.time = Some(instant_text(record.at));
    }
    rows
}

fn matches(text: &str, filter: &str) -> bool {
    let text = text.to_lowercase();
    filter.split_whitespace().all(|word| text.contains(word))
}

fn style(screen: &Screen<'_>, event: &Event) -> Style {
    let theme = screen.theme;
    match event {
        Event::Violation(_) | Event::Crash => theme.bad,
        Event::Drop { .. } | Event::ClientDrop { .. } | Event::Stop | Event::Wipe => theme.warn,
        Event::Command(_) => theme.key,
        Event::Say(_) => theme.caption,
        Event::Send { .. } | Event::Deliver { .. } | Event::ClientDeliver { .. } => theme.quiet,
        Event::Node(raft::Event::Role { term, .. } | raft::Event::Term { term, .. }) => {
            theme.term(*term)
        }
        Event::Node(raft::Event::Commit { .. }) => theme.good,
        Event::Node(raft::Event::CommitHeld { .. }) => theme.warn,
        _ => theme.text,
    }
}
