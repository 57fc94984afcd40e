//! Many nodes, where a ring would be a knot: names in order, as wide as there is room for.
//!
//! ```text
//!  ♛ n1   t4          ○ n2   t4 ▕███▏ 2→   ○ n3   t4 ▕██ ▏
//!  ○ n4   t4 ▕████▏   ✝ n5   t3            ‖ n6   t4
//!  … 45 more
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::Screen;
use crate::screen::paint::{bar, put, shorten, width};
use crate::screen::theme::role_glyph;
use crate::world::view::{Life, NodeStatus};

/// Draws it; when not all fit, the rows around the selected node.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
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
    let (first, shown) = if needed <= rows {
        (0, rows)
    } else {
        let rows = rows.saturating_sub(1).max(1);
        let here = screen.ui.selected.slot() / columns;
        (here.saturating_sub(rows / 2).min(needed - rows), rows)
    };
    let visible = nodes.iter().skip(first * columns).take(shown * columns);
    for (place, node) in visible.enumerate() {
        let x = area.x + 1 + (place % columns) as u16 * cell;
        let y = area.y + (place / columns) as u16;
        entry(
            screen,
            node,
            Rect::new(x, y, cell, 1).intersection(area),
            name,
            buf,
        );
    }
    if needed > rows {
        let more = format!("… {} more", nodes.len().saturating_sub(shown * columns));
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
    let style = theme.node(node);
    let glyph = if screen.marked(node.id) {
        "◉"
    } else {
        role_glyph(node)
    };
    let x = put(buf, area, area.x, area.y, glyph, style);
    let label = match node.id == screen.ui.selected {
        true => style.patch(theme.selected),
        false => style,
    };
    put(buf, area, x + 1, area.y, &shorten(&node.name, name), label);
    let x = x + 2 + name;
    let x = put(
        buf,
        area,
        x,
        area.y,
        &format!("t{}", node.node.term),
        theme.term(node.node.term),
    );
    let timed = area.right().saturating_sub(x) > 5;
    if let (true, Life::Up, Some((left, whole))) = (timed, node.life, node.node.election_timer) {
        let x = put(buf, area, x, area.y, "▕", theme.quiet);
        let x = put(
            buf,
            area,
            x,
            area.y,
            &bar(left, whole, 3),
            theme.term(node.node.term),
        );
        put(buf, area, x, area.y, "▏", theme.quiet);
    }
}
