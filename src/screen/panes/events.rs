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
//! until a filter asks for it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::raft::{self, AppendAnswer, Envelope, Message};
use crate::screen::paint::{frame, put, put_right, shorten, wrap};
use crate::screen::words::words;
use crate::screen::{Screen, name};
use crate::world::{Event, Record};

/// How many events are searched for those that the filter wants.
const SEARCHED: usize = 4_000;
/// The column after the time.
const INDENT: u16 = 10;

/// Draws it, from the foot up.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let filter = screen.ui.filter.trim().to_lowercase();
    let title = match filter.is_empty() {
        true => "events".into(),
        false => format!("events · with “{filter}”"),
    };
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    if inner.width <= INDENT + 8 {
        return;
    }
    let room = inner.width - INDENT - 1;
    let names = |id| name(&scene.world, id);
    let mut bottom = inner.bottom();
    for record in scene.records.iter().rev().take(SEARCHED) {
        if bottom == inner.top() {
            return;
        }
        if filter.is_empty() && !telling(record) {
            continue;
        }
        let text = words(record, &names);
        if !filter.is_empty() && !matches(&text, &filter) {
            continue;
        }
        bottom = line(screen, record, &text, inner, room, bottom, buf);
    }
}

/// Writes one event so that it ends above `bottom`; returns its first row.
fn line(
    screen: &Screen<'_>,
    record: &Record,
    text: &str,
    inner: Rect,
    room: u16,
    bottom: u16,
    buf: &mut Buffer,
) -> u16 {
    let theme = screen.theme;
    let (text, rule) = match text.rsplit_once(" — ") {
        Some((text, rule)) if rule.starts_with("rule ") => (text, Some(rule)),
        _ => (text, None),
    };
    // A value may be 64 KiB long; three lines of it are enough.
    let mut lines = wrap(&shorten(text, room.saturating_mul(3)), room);
    let style = style(screen, &record.event);
    let ruled = lines.len();
    if let Some(rule) = rule {
        let last = lines
            .last()
            .map_or(0, |line| crate::screen::paint::width(line));
        match lines.last_mut() {
            Some(line) if last + 3 + rule.len() as u16 <= room => {
                // It stands behind the text where it fits.
                line.push_str("   ");
            }
            _ => lines.push(String::new()),
        }
    }
    let top = bottom.saturating_sub(lines.len() as u16).max(inner.top());
    // The oldest event may be cut by the frame: its last lines are shown.
    let hidden = lines.len() - usize::from(bottom - top);
    for (place, y) in (hidden..lines.len()).zip(top..bottom) {
        if place == 0 {
            let millis = record.at / 1000;
            let time = format!("{}.{:03}", millis / 1000, millis % 1000);
            put_right(buf, inner, inner.x + INDENT - 2, y, &time, theme.faint);
        }
        let style = if place < ruled { style } else { theme.quiet };
        let x = put(buf, inner, inner.x + INDENT, y, &lines[place], style);
        if place + 1 == lines.len()
            && let Some(rule) = rule
        {
            put(buf, inner, x, y, rule, theme.quiet);
        }
    }
    top
}

fn matches(text: &str, filter: &str) -> bool {
    let text = text.to_lowercase();
    filter.split_whitespace().all(|word| text.contains(word))
}

/// Whether an event tells something new to somebody who watches.
fn telling(record: &Record) -> bool {
    match &record.event {
        Event::Send { envelope, .. } => !routine(envelope),
        Event::Drop { envelope, .. } => !routine(envelope),
        Event::Node(raft::Event::Append { entries, .. }) => !entries.is_empty(),
        Event::Node(raft::Event::Timeout { election }) => *election,
        Event::Deliver { .. }
        | Event::Duplicate { .. }
        | Event::Persist { .. }
        | Event::Sync { .. } => false,
        _ => true,
    }
}

/// Heartbeats and plain agreement.
fn routine(envelope: &Envelope) -> bool {
    match &envelope.message {
        Message::Append(append) => append.entries.is_empty(),
        Message::AppendReply { answer, .. } => matches!(answer, AppendAnswer::Accepted { .. }),
        _ => false,
    }
}

fn style(screen: &Screen<'_>, event: &Event) -> Style {
    let theme = screen.theme;
    match event {
        Event::Violation(_) | Event::Crash => theme.bad,
        Event::Drop { .. } | Event::Stop | Event::Wipe => theme.warn,
        Event::Command(_) => theme.key,
        Event::Say(_) => theme.caption,
        Event::Send { .. } | Event::Deliver { .. } => theme.quiet,
        Event::Node(raft::Event::Role { term, .. } | raft::Event::Term { term, .. }) => {
            theme.term(*term)
        }
        Event::Node(raft::Event::Commit { .. }) => theme.good,
        Event::Node(raft::Event::CommitHeld { .. }) => theme.warn,
        _ => theme.text,
    }
}
