//! The network: what each directed link is like, and what is on its way.
//!
//! ```text
//! ╭ links ─────────────────────╮╭ on the way · 2 ───────────────────────────╮
//! │ all: 5–15 ms, nothing lost ││   arrives   message               term    │
//! │                            ││ ▸ in 4 ms   S1 → S3 append        t4  …    │
//! │ from\to  S1   S2   S3      ││   in 6 ms   S2 → S1 append-reply  t4  …    │
//! │ S1       —    ·    ·1      ││                                            │
//! │ S2       ·1   —    ✗       ││                                            │
//! │ S3       ≠20% ·    —       ││                                            │
//! │ 1,204 sent 3 lost          ││                                            │
//! ╰────────────────────────────╯╰────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::flights;
use crate::raft::{NodeId, Span};
use crate::screen::paint::{first_shown, frame, put, put_right, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, name};
use crate::world::view::Channel;

/// The glyphs with their meaning.
const LEGEND: &str = " · as all  1 on its way  ≠ its own  ✗ cut ";
/// From this width on, matrix and messages stand side by side.
const WIDE: u16 = 110;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let nodes = screen.scene.world.nodes.len() as u16;
    let (matrix, messages) = if area.width >= WIDE {
        let left = (area.width * 45 / 100)
            .max(12 + nodes.min(16) * 5)
            .min(area.width * 55 / 100);
        let right = Rect::new(area.x + left, area.y, area.width - left, area.height);
        (Rect::new(area.x, area.y, left, area.height), right)
    } else {
        // A frame, the channels in general, the names, the rows, the counts.
        let top = (nodes + 6).min(area.height.saturating_sub(4));
        let below = Rect::new(area.x, area.y + top, area.width, area.height - top);
        (Rect::new(area.x, area.y, area.width, top), below)
    };
    draw_matrix(screen, matrix, buf);
    flights::draw(screen, messages, buf);
}

fn draw_matrix(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, view) = (screen.theme, &screen.scene.world);
    let inner = frame(buf, area, "links", theme.border, theme.quiet);
    if area.width > width(LEGEND) + 2 {
        put(
            buf,
            area,
            area.x + 1,
            area.bottom() - 1,
            LEGEND,
            theme.faint,
        );
    }
    if inner.height < 4 || inner.width < 20 {
        return;
    }
    let room = inner.width.saturating_sub(2);
    let traffic = view.traffic;
    let general = format!("all: {}", in_words(&view.channel));
    let counts = format!(
        "{} sent, {} arrived, {} lost, {} doubled",
        traffic.sent, traffic.delivered, traffic.dropped, traffic.duplicated
    );
    // The links come first: above them stands what leaves them room, below what is left.
    let mut spare = usize::from(inner.height).saturating_sub(1 + view.nodes.len());
    let mut y = inner.y;
    for text in [&general, &counts] {
        let lines = wrap(text, room);
        if lines.len() <= spare || y == inner.y && spare > 0 {
            spare -= lines.len().min(spare);
            for line in &lines {
                put(buf, inner, inner.x + 1, y, line, theme.text);
                y += 1;
            }
        }
    }
    if spare > 0 {
        (y, spare) = (y + 1, spare - 1);
    }
    let links = Rect::new(inner.x + 1, y, room, inner.bottom().saturating_sub(y));
    if let Some((rows, columns)) = draw_links(screen, links, buf) {
        let all = view.nodes.len();
        if rows < all || columns < all {
            let text = format!(" {rows} × {columns} of {all} × {all} ");
            put_right(buf, area, area.right() - 2, area.y, &text, theme.quiet);
        }
    }
    let own = view.links.iter().take(spare.saturating_sub(1));
    for (((from, to), channel), y) in own.zip(inner.bottom() - spare as u16 + 1..) {
        let ends = format!("≠ {} → {}: ", name(view, *from), name(view, *to));
        let text = shorten(&format!("{ends}{}", in_words(channel)), room);
        put(buf, inner, inner.x + 1, y, &text, theme.warn);
    }
}

/// Rows from, columns to; how many of each there was room for.
fn draw_links(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) -> Option<(usize, usize)> {
    let (theme, view) = (screen.theme, &screen.scene.world);
    let count = view.nodes.len();
    let named = view
        .nodes
        .iter()
        .map(|node| width(&node.name).min(8))
        .max()?;
    let label = named.max(4) + 1;
    let across = area.width.checked_sub(label)?;
    // As wide as what there is to say, or as there is room for.
    let needed = view
        .links
        .values()
        .map(|channel| width(&differs(channel, &view.channel)) + 2);
    let wished = needed.max().unwrap_or(0).max(named + 1).max(3);
    let even = across / u16::try_from(count).unwrap_or(u16::MAX).max(1);
    let cell = even.clamp(1, wished.max(6));
    // Names that do not fit stand upright.
    let upright = cell < named + 1;
    let digits = if upright { named } else { 1 };
    let rows = usize::from(area.height.checked_sub(digits).filter(|rows| *rows > 0)?).min(count);
    let columns = usize::from(across / cell).min(count);
    let selected = screen.ui.selected.slot().min(count - 1);
    let (top, left) = (
        first_shown(count, rows, selected),
        first_shown(count, columns, selected),
    );
    put(buf, area, area.x, area.y, "from", theme.faint);

    let on_the_way = |from: NodeId, to: NodeId| {
        let there = view.flights.iter();
        let there = there.filter(|flight| flight.envelope.from == from && flight.envelope.to == to);
        there.count()
    };
    for (place, node) in view.nodes.iter().skip(left).take(columns).enumerate() {
        let x = area.x + label + place as u16 * cell;
        let style = theme.node(node);
        let text = shorten(&node.name, named);
        match upright {
            true => {
                for (ch, y) in text.chars().zip(area.y..) {
                    put(buf, area, x, y, &ch.to_string(), style);
                }
            }
            false => put_right(buf, area, x + cell, area.y, &text, style),
        }
    }
    for (row, from) in view.nodes.iter().skip(top).take(rows).enumerate() {
        let y = area.y + digits + row as u16;
        let style = match from.id == screen.ui.selected {
            true => theme.node(from).patch(theme.selected),
            false => theme.node(from),
        };
        put(buf, area, area.x, y, &shorten(&from.name, named), style);
        for (place, to) in view.nodes.iter().skip(left).take(columns).enumerate() {
            let (text, style) = link(screen, from.id, to.id, on_the_way(from.id, to.id), cell);
            let right = area.x + label + (place as u16 + 1) * cell;
            put_right(buf, area, right, y, &text, style);
        }
    }
    Some((rows, columns))
}

/// What a link is like, in so many columns.
fn link(
    screen: &Screen<'_>,
    from: NodeId,
    to: NodeId,
    on_the_way: usize,
    room: u16,
) -> (String, Style) {
    let (theme, view) = (screen.theme, &screen.scene.world);
    if from == to {
        return ("—".into(), theme.faint);
    }
    if view.blocked.contains(&(from, to)) {
        return ("✗".into(), theme.bad);
    }
    let own = view
        .links
        .get(&(from, to))
        .map(|channel| differs(channel, &view.channel));
    let count = match on_the_way {
        0 => String::new(),
        1..10 => on_the_way.to_string(),
        _ => "+".into(),
    };
    match own {
        Some(own) if width(&own) + 2 <= room => (format!("≠{own}"), theme.warn),
        Some(_) => ("≠".into(), theme.warn),
        None if count.is_empty() => ("·".into(), theme.faint),
        None => (count, theme.text),
    }
}

/// How a link differs from all, in short: `20% 40 ms`.
fn differs(own: &Channel, all: &Channel) -> String {
    let mut parts = Vec::new();
    if own.loss != all.loss {
        parts.push(percent(own.loss));
    }
    if own.duplicate != all.duplicate {
        parts.push(format!("2×{}", percent(own.duplicate)));
    }
    if own.latency != all.latency {
        parts.push(span(own.latency).replace(' ', ""));
    }
    if let Some(rate) = own.bandwidth
        && own.bandwidth != all.bandwidth
    {
        parts.push(format!("{rate}/s"));
    }
    parts.join(" ")
}

fn in_words(channel: &Channel) -> String {
    let mut parts = vec![span(channel.latency)];
    parts.push(match channel.loss {
        0 => "nothing is lost".into(),
        share => format!("{} lost", percent(share)),
    });
    if channel.duplicate > 0 {
        parts.push(format!("{} doubled", percent(channel.duplicate)));
    }
    if let Some(rate) = channel.bandwidth {
        parts.push(format!("{rate} bytes/s"));
    }
    parts.join(", ")
}

fn percent(share: u32) -> String {
    format!("{}%", f64::from(share) / 1e4)
}

/// A range of times: `5–15 ms`.
fn span(span: Span) -> String {
    let millis = |micros: u64| micros as f64 / 1e3;
    match span.min == span.max {
        true => format!("{} ms", millis(span.min)),
        false => format!("{}–{} ms", millis(span.min), millis(span.max)),
    }
}
