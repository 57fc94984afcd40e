//! The space-time diagram: a lane for each node, time downwards, and an arrow for each message.
//!
//! ```text
//! ╭ timeline · 2.5 ms a row ───────────────────────────────────────────╮
//! │            ♛ S1 t4          ○ S2 t4          ○ S3 t4               │
//! │  3.390       ┃                │                │                   │
//! │              ┃⢄               │                │                   │
//! │              ┃ ⠑⠤⡀            │                │                   │
//! │  3.400       ┃   ⠈⠒⢄  append ►│                │                   │
//! │              ┃⠒⠤⣀             │                │                   │
//! │              ┃   ⠉⠒✗          │                │                   │
//! │ ▸3.412 ┄┄┄┄┄┄┃┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄           │
//! │              ┊                ┊                ┊                   │
//! ╰────────────────────────────────────────────────────────────────────╯
//! ```
//! Below the present instant messages on their way go on to where they will arrive.

mod arrows;
mod lanes;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};

use crate::raft::{Micros, NodeId};
use crate::screen::Screen;
use crate::screen::legend::{Sign, line};
use crate::screen::paint::{frame, put, put_right, shorten, width};
use crate::screen::panes::traffic;
use crate::screen::theme::role_glyph;
use crate::screen::units::Seconds;
use crate::session::Scene;
use crate::world::event::MessageId;
use crate::world::explain::instant_text;
use lanes::Lane;

/// The glyphs with their meaning, but for those of the messages.
pub const SIGNS: &[Sign] = &[("»", "copy"), (VIOLATED, "violated")];
/// How lanes are drawn.
pub const LANES: &[Sign] = &[("┃", "leads"), ("│", "follows"), ("╎", "campaigns")];
/// The sign of what was violated, beside the lanes of whom it concerns and before its time.
const VIOLATED: &str = "✘";
/// The columns for the time.
const TIMES: u16 = 9;

/// How time runs down the pane.
pub struct Scale {
    /// The instant of the first row, and its place.
    from: Micros,
    top: u16,
    /// How many rows there are.
    rows: u16,
    /// How much time a row is.
    row: Micros,
}

impl Scale {
    /// A few message delays, most of them in the past.
    fn of(scene: &Scene, area: Rect) -> Scale {
        let latency = scene.world.channel.latency;
        let delay = ((latency.min + latency.max) / 2).max(400);
        let rows_a_delay = if area.height < 24 { 2 } else { 4 };
        let row = delay / rows_a_delay;
        let past = u64::from(area.height - area.height / 5);
        // Whole rows, so that the picture moves up row by row.
        let from = scene.world.now.saturating_sub((past - 1) * row) / row * row;
        Scale {
            from,
            top: area.y,
            rows: area.height,
            row,
        }
    }

    /// The place of an instant, as far down as it is.
    fn place(&self, at: Micros) -> f64 {
        let rows = (at as f64 - self.from as f64) / self.row as f64;
        f64::from(self.top) + rows - 0.5
    }

    /// The row in which an instant lies, if it is shown.
    fn row_of(&self, at: Micros) -> Option<u16> {
        let rows = at.checked_sub(self.from)? / self.row;
        (rows < u64::from(self.rows)).then(|| self.top + rows as u16)
    }

    /// The instants of the rows, from the first on.
    fn rows(&self) -> impl Iterator<Item = (u16, Micros)> {
        let instants = (0..).map(|row| self.from + row * self.row);
        (self.top..self.top + self.rows).zip(instants)
    }

    /// The instant after the last row.
    fn end(&self) -> Micros {
        self.from + u64::from(self.rows) * self.row
    }
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let inner = frame(buf, area, "", theme.border, theme.quiet);
    let Some((diagram, scale, lanes)) = parts(screen, inner) else {
        return;
    };
    let millis = scale.row as f64 / 1e3;
    let mut title = format!(" timeline · a row is {millis} ms ");
    if lanes.len() < scene.world.nodes.len() {
        let all = scene.world.nodes.len();
        title = format!(
            " timeline · {} of {all} nodes, and what they say to one another ",
            lanes.len()
        );
    }
    put(buf, area, area.x + 1, area.y, &title, theme.quiet);
    let legend = |signs: &[&[Sign]]| line(&signs.concat(), " ");
    let (usual, rare) = (traffic::SIGNS, traffic::RARE);
    let legend = [
        legend(&[usual, SIGNS, LANES, rare]),
        legend(&[usual, SIGNS, LANES]),
        legend(&[usual, SIGNS]),
    ]
    .into_iter();
    if let Some(legend) = { legend }.find(|text| width(text) + 2 <= area.width) {
        let y = area.bottom() - 1;
        put(buf, area, area.x + 1, y, &legend, theme.faint);
    }

    let known = known_since(scene);
    times(screen, &scale, diagram, buf);
    for lane in &lanes {
        head(screen, lane, inner, buf);
        lane.draw(screen, &scale, known, buf);
    }
    let now = scale.row_of(scene.world.now);
    if let Some(y) = now {
        for x in diagram.x + TIMES..diagram.right() {
            if buf[(x, y)].symbol() == " " {
                buf[(x, y)].set_char('┄').set_style(theme.border);
            }
        }
    }
    arrows::draw(screen, &lanes, &scale, diagram, buf);
    if known > scale.from {
        let text = format!(" what was before {} is not at hand ", Seconds(known));
        let x = diagram.x + TIMES;
        put(buf, diagram, x, diagram.y, &text, theme.warn);
    }
}

/// Where the time runs, how fast, and in which lanes; nothing where there is no room.
fn parts(screen: &Screen<'_>, inner: Rect) -> Option<(Rect, Scale, Vec<Lane>)> {
    if inner.height < 6 || inner.width < 30 {
        return None;
    }
    let diagram = Rect::new(inner.x, inner.y + 1, inner.width, inner.height - 1);
    let scale = Scale::of(screen.scene, diagram);
    let lanes = lanes::choose(screen, &scale, diagram);
    Some((diagram, scale, lanes))
}

/// The node whose name stands under a cell.
pub fn node(screen: &Screen<'_>, area: Rect, cell: Position) -> Option<NodeId> {
    let inner = area.inner(Margin::new(1, 1));
    let (_, _, lanes) = parts(screen, inner)?;
    let from = |lane: &Lane| lane.x.saturating_sub(1);
    let mut lanes = lanes.iter().filter(|_| cell.y == inner.y);
    let hit = lanes.find(|lane| (from(lane)..from(lane) + lane.gap).contains(&cell.x));
    hit.map(|lane| lane.node)
}

/// The message on its way whose line goes through a cell.
pub fn message(screen: &Screen<'_>, area: Rect, cell: Position) -> Option<MessageId> {
    let (diagram, scale, lanes) = parts(screen, area.inner(Margin::new(1, 1)))?;
    let inside = diagram.contains(cell);
    inside.then(|| arrows::at(screen, &lanes, &scale, cell))?
}

/// The instant from which on every event is at hand: only the newest of the older ones that tell
/// something are kept.
fn known_since(scene: &Scene) -> Micros {
    let mut since = scene.world.now;
    let mut next = None;
    for record in scene.records.iter().rev() {
        if next.is_some_and(|next| record.id + 1 != next) {
            return since;
        }
        next = Some(record.id);
        since = record.at;
    }
    // From the very first on: nothing was before.
    match next {
        None | Some(1) => 0,
        Some(_) => since,
    }
}

/// The time, every few rows.
fn times(screen: &Screen<'_>, scale: &Scale, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let now = scale.row_of(screen.scene.world.now);
    for (y, at) in scale.rows() {
        if Some(y) == now {
            let x = put(buf, area, area.x, y, "▸", theme.title);
            put(
                buf,
                area,
                x,
                y,
                &instant_text(screen.scene.world.now),
                theme.title,
            );
        } else if at % (4 * scale.row) == 0 {
            let right = area.x + TIMES - 1;
            put_right(buf, area, right, y, &instant_text(at), theme.faint);
        }
    }
    // What concerns no server, or none whose lane is shown, is seen here.
    for violation in &screen.scene.violations {
        if let Some(y) = scale.row_of(violation.at) {
            put(buf, area, area.x + TIMES - 1, y, VIOLATED, theme.bad);
        }
    }
}

/// Whose lane it is, and what that node is at the present instant.
fn head(screen: &Screen<'_>, lane: &Lane, area: Rect, buf: &mut Buffer) {
    let Some(node) = screen.scene.world.nodes.get(lane.node.slot()) else {
        return;
    };
    let theme = screen.theme;
    let term = format!(" t{}", node.node.term);
    let room = lane.gap.saturating_sub(width(&term) + 3).max(2);
    let name = shorten(&node.name, room);
    // The name stands over the lane, its glyph before it.
    let x = lane.x.saturating_sub(1).max(area.x);
    let x = put(buf, area, x, area.y, role_glyph(node), theme.node(node));
    let x = put(buf, area, x + 1, area.y, &name, screen.style_of_name(node));
    put(buf, area, x, area.y, &term, theme.term(node.node.term));
}
