//! What each directed link is like: from the node of the row, to that of the column. One may be
//! chosen; the title tells of it.
//!
//! ```text
//! ╭ links · S1->S3: cut ───────╮
//! │ 5–15 ms, nothing is lost   │
//! │                            │
//! │ from     S1   S2   S3      │
//! │ S1       ╲    ·    ▸✗      │
//! │ S2       1    ╲    ·       │
//! │ S3       ≠20% ·    ╲       │
//! ╰────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::style::Style;

use crate::raft::{NodeId, Span};
use crate::screen::legend::{Sign, line};
use crate::screen::paint::{first_shown, frame, put, put_right, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, name};
use crate::world::view::Channel;

/// The glyphs with their meaning.
pub const SIGNS: &[Sign] = &[
    ("·", "as all"),
    ("1", "on its way"),
    ("≠", "its own"),
    ("✗", "cut"),
];

/// What stands above the matrix, and the room for it.
struct Parts {
    above: Vec<String>,
    matrix: Rect,
    /// Rows that are left below it.
    spare: u16,
}

/// Where each cell stands.
struct Matrix {
    area: Rect,
    /// The columns of the names on the left, and the longest name that is written out.
    label: u16,
    named: u16,
    /// The columns of a cell.
    cell: u16,
    /// The rows of the names above.
    head: u16,
    /// Of the rows and of the columns: the first that is shown, and how many are.
    rows: (usize, usize),
    columns: (usize, usize),
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, view) = (screen.theme, &screen.scene.world);
    let title = match screen.ui.link {
        Some((from, to)) => format!("links · {}", told(screen, from, to)),
        None => "links".into(),
    };
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    let legend = line(SIGNS, "  ");
    if area.width > width(&legend) + 2 {
        let y = area.bottom() - 1;
        put(buf, area, area.x + 1, y, &legend, theme.faint);
    }
    let Some(parts) = parts(screen, inner) else {
        return;
    };
    for (line, y) in parts.above.iter().zip(inner.y..) {
        put(buf, inner, inner.x + 1, y, line, theme.text);
    }
    if let Some(matrix) = Matrix::of(screen, parts.matrix) {
        matrix.draw(screen, buf);
        let all = view.nodes.len();
        let (rows, columns) = (matrix.rows.1, matrix.columns.1);
        if rows < all || columns < all {
            let text = format!(" {rows} × {columns} of {all} × {all} ");
            put_right(buf, area, area.right() - 2, area.y, &text, theme.quiet);
        }
    }
    let spare = parts.spare;
    let own = view.links.iter().take(usize::from(spare.saturating_sub(1)));
    for (((from, to), channel), y) in own.zip((inner.bottom() - spare).saturating_add(1)..) {
        let ends = format!("≠ {}->{}: ", name(view, *from), name(view, *to));
        let text = shorten(&format!("{ends}{}", in_words(channel)), parts.matrix.width);
        put(buf, inner, inner.x + 1, y, &text, theme.warn);
    }
}

/// The link under a cell of the pane, from one node to another; under the sign that there is no
/// link to oneself, or under a name on the left, the node twice.
pub fn at(screen: &Screen<'_>, area: Rect, cell: Position) -> Option<(NodeId, NodeId)> {
    let parts = parts(screen, area.inner(Margin::new(1, 1)))?;
    Matrix::of(screen, parts.matrix)?.at(cell)
}

/// The links come first: above them stands what leaves them room, below what is left.
fn parts(screen: &Screen<'_>, inner: Rect) -> Option<Parts> {
    if inner.height < 4 || inner.width < 20 {
        return None;
    }
    let view = &screen.scene.world;
    let room = inner.width - 2;
    let traffic = view.traffic;
    let general = format!("all: {}", in_words(&view.channel));
    let counts = format!(
        "{} sent, {} arrived, {} lost, {} doubled",
        traffic.sent(None),
        traffic.delivered,
        traffic.dropped,
        traffic.duplicated
    );
    let mut spare = usize::from(inner.height).saturating_sub(1 + view.nodes.len());
    let mut above = Vec::new();
    for text in [&general, &counts] {
        let lines = wrap(text, room);
        if lines.len() <= spare || above.is_empty() && spare > 0 {
            spare -= lines.len().min(spare);
            above.extend(lines);
        }
    }
    let mut y = inner.y + above.len() as u16;
    if spare > 0 {
        (y, spare) = (y + 1, spare - 1);
    }
    let matrix = Rect::new(inner.x + 1, y, room, inner.bottom().saturating_sub(y));
    Some(Parts {
        above,
        matrix,
        spare: spare as u16,
    })
}

impl Matrix {
    /// Places the cells; `None` where there is no room for any.
    fn of(screen: &Screen<'_>, area: Rect) -> Option<Matrix> {
        let view = &screen.scene.world;
        let count = view.nodes.len();
        let names = view.nodes.iter().map(|node| width(&node.name).min(8));
        let named = names.max()?;
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
        let head = if cell < named + 1 { named } else { 1 };
        let rows = area.height.checked_sub(head).filter(|rows| *rows > 0)?;
        let rows = usize::from(rows).min(count);
        let columns = usize::from(across / cell).min(count);
        let selected = screen.ui.selected;
        let (from, to) = screen.ui.link.unwrap_or((selected, selected));
        let first = |shown, id: NodeId| first_shown(count, shown, id.slot().min(count - 1));
        Some(Matrix {
            area,
            label,
            named,
            cell,
            head,
            rows: (first(rows, from), rows),
            columns: (first(columns, to), columns),
        })
    }

    fn at(&self, cell: Position) -> Option<(NodeId, NodeId)> {
        let row = cell.y.checked_sub(self.area.y + self.head)?;
        let row = Some(usize::from(row)).filter(|row| *row < self.rows.1)?;
        let from = NodeId::from_slot(self.rows.0 + row);
        if !self.area.contains(cell) {
            return None;
        }
        let Some(right) = cell.x.checked_sub(self.area.x + self.label) else {
            return Some((from, from));
        };
        let column = usize::from(right / self.cell);
        let to = NodeId::from_slot(self.columns.0 + column);
        (column < self.columns.1).then_some((from, to))
    }

    /// Rows from, columns to.
    fn draw(&self, screen: &Screen<'_>, buf: &mut Buffer) {
        let (theme, view, area) = (screen.theme, &screen.scene.world, self.area);
        put(buf, area, area.x, area.y, "from", theme.faint);
        let shown = |(first, count): (usize, usize)| view.nodes.iter().skip(first).take(count);
        let right = |place: usize| area.x + self.label + (place as u16 + 1) * self.cell;
        for (place, node) in shown(self.columns).enumerate() {
            let style = theme.node(node);
            let text = shorten(&node.name, self.named);
            if self.head == 1 {
                put_right(buf, area, right(place), area.y, &text, style);
                continue;
            }
            let x = right(place) - self.cell;
            for (ch, y) in text.chars().zip(area.y..) {
                put(buf, area, x, y, &ch.to_string(), style);
            }
        }
        for (from, y) in shown(self.rows).zip(area.y + self.head..) {
            let text = shorten(&from.name, self.named);
            put(buf, area, area.x, y, &text, screen.style_of_name(from));
            for (place, to) in shown(self.columns).enumerate() {
                let (text, style) = link(screen, from.id, to.id, self.cell);
                if screen.ui.link != Some((from.id, to.id)) {
                    put_right(buf, area, right(place), y, &text, style);
                    continue;
                }
                let marked = match width(&text) < self.cell {
                    true => format!("▸{text}"),
                    false => text,
                };
                let style = style.patch(theme.selected);
                put_right(buf, area, right(place), y, &marked, style);
            }
        }
    }
}

/// How it is with the chosen link: `S1->S3: cut`.
fn told(screen: &Screen<'_>, from: NodeId, to: NodeId) -> String {
    let view = &screen.scene.world;
    if from == to {
        return format!("{} itself", name(view, from));
    }
    let words = match view.links.get(&(from, to)) {
        _ if view.blocked.contains(&(from, to)) => "cut".into(),
        Some(channel) => in_words(channel),
        None => "as all".into(),
    };
    format!("{}->{}: {words}", name(view, from), name(view, to))
}

/// What a link is like, in so many columns.
fn link(screen: &Screen<'_>, from: NodeId, to: NodeId, room: u16) -> (String, Style) {
    let (theme, view) = (screen.theme, &screen.scene.world);
    if from == to {
        return ("╲".into(), theme.faint);
    }
    if view.blocked.contains(&(from, to)) {
        return ("✗".into(), theme.bad);
    }
    let own = view
        .links
        .get(&(from, to))
        .map(|channel| differs(channel, &view.channel));
    let there = view.flights.iter();
    let there = there.filter(|it| (it.envelope.from, it.envelope.to) == (from, to));
    let on_the_way = there.count();
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
    if own.bandwidth != all.bandwidth {
        parts.push(match own.bandwidth {
            Some(rate) => format!("{rate}/s"),
            None => "no limit".into(),
        });
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
        let bytes = if rate == 1 { "byte" } else { "bytes" };
        parts.push(format!("{rate} {bytes}/s"));
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
