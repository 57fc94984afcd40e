//! Many nodes, where a ring would be a knot: names in order, as wide as there is room for.
//!
//! ```text
//!  ♛ n1   t4          ○ n2   t4 ▕███▏ 2→   ○ n3   t4 ▕██ ▏
//!  ○ n4   t4 ▕████▏   ✝ n5   t3            ‖ n6   t4
//!  … 45 more
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::raft::NodeId;
use crate::screen::Screen;
use crate::screen::change::Change;
use crate::screen::paint::{gauge, put, shorten, width};
use crate::world::view::{Life, NodeStatus};

/// The columns of a timer, edges included.
const TIMER: u16 = 5;

/// Where each node that is shown stands.
pub struct Grid {
    area: Rect,
    /// The widest name.
    name: u16,
    /// The columns of a node.
    cell: u16,
    /// Nodes in a row.
    columns: usize,
    /// The first row of nodes that is shown, and how many are.
    rows: (usize, usize),
    /// How many nodes are left out.
    hidden: usize,
}

impl Grid {
    /// Places the nodes; when not all fit, the rows around the selected one.
    pub fn of(screen: &Screen<'_>, area: Rect) -> Grid {
        let nodes = &screen.scene.world.nodes;
        let name = nodes
            .iter()
            .map(|node| width(&node.name).min(10))
            .max()
            .unwrap_or(0);
        let term = format!("t{}", screen.scene.world.term());
        // Glyph, name, term and timer; the term and the timer only while all nodes fit so.
        let with_term = name + 4 + width(&term);
        let fits = |cell: &u16| per_row(area, *cell) * usize::from(area.height) >= nodes.len();
        let wide = [with_term + 6, with_term].into_iter().find(fits);
        let cell = wide.unwrap_or(name + 3);
        let columns = per_row(area, cell);
        let rows = usize::from(area.height);
        let needed = nodes.len().div_ceil(columns);
        let (rows, hidden) = if needed <= rows {
            ((0, rows), 0)
        } else {
            let rows = rows.saturating_sub(1).max(1);
            let here = screen.ui.selected.slot() / columns;
            let first = here.saturating_sub(rows / 2).min(needed - rows);
            ((first, rows), nodes.len().saturating_sub(rows * columns))
        };
        Grid {
            area,
            name,
            cell,
            columns,
            rows,
            hidden,
        }
    }

    /// The nodes that are shown, each with its place.
    pub fn nodes(&self, screen: &Screen<'_>) -> impl Iterator<Item = (NodeId, Rect)> {
        let (first, shown) = self.rows;
        let count = screen.scene.world.nodes.len();
        let slots = (0..count).skip(first * self.columns);
        let slots = slots.take(shown * self.columns).enumerate();
        slots.map(|(place, slot)| {
            let x = self.area.x + 1 + (place % self.columns) as u16 * self.cell;
            let y = self.area.y + (place / self.columns) as u16;
            let place = Rect::new(x, y, self.cell, 1).intersection(self.area);
            (NodeId::from_slot(slot), place)
        })
    }
}

/// Draws it, with what changed on each node.
pub fn draw(screen: &Screen<'_>, changes: &[Change], area: Rect, buf: &mut Buffer) {
    let grid = Grid::of(screen, area);
    for (id, place) in grid.nodes(screen) {
        let node = &screen.scene.world.nodes[id.slot()];
        entry(screen, node, place, grid.name, buf);
        if changes[id.slot()].any() {
            let name = Rect::new(place.x + 2, place.y, width(&node.name).min(grid.name), 1);
            buf.set_style(name.intersection(place), screen.theme.changed);
        }
    }
    if grid.hidden > 0 {
        let more = format!("… {} more", grid.hidden);
        put(
            buf,
            area,
            area.x + 1,
            area.bottom().saturating_sub(1),
            &more,
            screen.theme.quiet,
        );
    }
}

fn per_row(area: Rect, cell: u16) -> usize {
    usize::from((area.width.saturating_sub(1) / cell).max(1))
}

fn entry(screen: &Screen<'_>, node: &NodeStatus, area: Rect, name: u16, buf: &mut Buffer) {
    let theme = screen.theme;
    let y = area.y;
    let glyph = screen.glyph_of(node);
    let x = put(buf, area, area.x, y, glyph, theme.node(node)) + 1;
    let label = shorten(&node.name, name);
    put(buf, area, x, y, &label, screen.style_of_name(node));
    let term = node.node.term;
    let x = put(
        buf,
        area,
        x + 1 + name,
        y,
        &format!("t{term}"),
        theme.term(term),
    );
    let timed = area.right().saturating_sub(x) > TIMER;
    if let (true, Life::Up, Some(timer)) = (timed, node.life, node.node.election_timer) {
        gauge(
            buf,
            Rect::new(x, y, TIMER, 1),
            timer,
            theme.term(term),
            theme.quiet,
        );
    } else if timed && node.waits_with_held_timer() {
        put(buf, area, x, area.y, "held", theme.quiet);
    }
}
