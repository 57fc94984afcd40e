//! The network: what each directed link is like, and what is on its way.
//!
//! ```text
//! ╭ links ─────────────────────╮╭ on the way · 2 ───────────────────────────╮
//! │ all: 5–15 ms, nothing lost ││ ▸ in 4 ms   S1->S3  append        t4  …   │
//! │                            ││   in 6 ms   S2->S1  append-reply  t4  …   │
//! │ from     S1   S2   S3      ││                                           │
//! │ S1       —    ·    ·1      ││                                           │
//! │ S2       ·1   —    ✗       ││                                           │
//! │ S3       ≠20% ·    —       ││                                           │
//! │ 1,204 sent 3 lost          ││                                           │
//! ╰────────────────────────────╯╰───────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{flights, links};
use crate::screen::Screen;

/// From this width on, matrix and messages stand side by side.
const WIDE: u16 = 110;

/// The place of each pane.
pub struct Places {
    /// What each link is like.
    pub links: Rect,
    /// What is on its way.
    pub flights: Rect,
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let places = places(screen, area);
    links::draw(screen, places.links, buf);
    flights::draw(screen, places.flights, buf);
}

/// Divides the area.
pub fn places(screen: &Screen<'_>, area: Rect) -> Places {
    let nodes = screen.scene.world.nodes.len() as u16;
    if area.width >= WIDE {
        let left = (area.width * 45 / 100)
            .max(12 + nodes.min(16) * 5)
            .min(area.width * 55 / 100);
        return Places {
            links: Rect::new(area.x, area.y, left, area.height),
            flights: Rect::new(area.x + left, area.y, area.width - left, area.height),
        };
    }
    // A frame, the channels in general, the names, the rows, the counts.
    let top = (nodes + 6).min(area.height.saturating_sub(4));
    Places {
        links: Rect::new(area.x, area.y, area.width, top),
        flights: Rect::new(area.x, area.y + top, area.width, area.height - top),
    }
}
