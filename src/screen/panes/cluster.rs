//! The living cluster: a ring while there is room, a grid when it is crowded, and below it what
//! each island can do.
//!
//! ```text
//! ╭ cluster ───────────────────────────────╮
//! │                ♛ S1 t4                 │
//! │               ╱  │  ╲                  │
//! │              ▸   │   ╲                 │
//! │    ○ S5 t3       ▾       ○ S2 t4       │
//! │    ▕███   ▏              ▕██    ▏      │
//! │        ✝ S4          ○ S3 t4           │
//! │                                        │
//! │ S1 S2 S3: can elect, can commit        │
//! │ S5: alone, can do neither              │
//! ╰ ► entries ▸ beat ▷ vote → yes ⇢ no ────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};

use super::{grid, islands, ring, traffic};
use crate::raft::NodeId;
use crate::screen::change::Change;
use crate::screen::paint::{frame, put, width};
use crate::screen::{Overlay, Screen};
use crate::world::View;
use crate::world::event::MessageId;

/// Draws it, with what changed on each node.
pub fn draw(screen: &Screen<'_>, changes: &[Change], area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let title = match &screen.ui.overlay {
        Overlay::Partition { .. } => "cluster · mark one side".to_owned(),
        _ => title(&screen.scene.world),
    };
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    // What the glyphs mean stands in the frame, where it takes no room.
    let legend = traffic::legend(area.width.saturating_sub(2));
    if let Some(legend) = legend.filter(|_| inner.height > 0) {
        let y = area.bottom() - 1;
        put(buf, area, area.x + 1, y, &legend, theme.faint);
    }
    let lines = islands::lines(&screen.scene.world);
    let [nodes, foot] = divided(inner, lines.len());
    match ring::Ring::fit(&screen.scene.world, nodes) {
        Some(ring) => ring.draw(screen, changes, buf),
        None => grid::draw(screen, changes, nodes, buf),
    }
    for (line, y) in lines.iter().zip(foot.top()..foot.bottom()) {
        let full = width(&line.names) + width(line.words) + 4;
        let words = if full <= foot.width {
            line.words
        } else {
            line.short
        };
        let names = line.names_in(foot.width.saturating_sub(width(words) + 3).max(4));
        let x = put(buf, foot, foot.x + 1, y, &names, theme.text);
        let x = put(buf, foot, x, y, ": ", theme.text);
        let style = if line.well { theme.good } else { theme.warn };
        put(buf, foot, x, y, words, style);
    }
}

/// Where the nodes are drawn in the pane.
pub fn nodes(screen: &Screen<'_>, area: Rect) -> Vec<(NodeId, Rect)> {
    let world = &screen.scene.world;
    let area = room(screen, area);
    match ring::Ring::fit(world, area) {
        Some(ring) => {
            let ids = world.nodes.iter().map(|node| node.id);
            ids.zip(ring.labels().iter().copied()).collect()
        }
        None => grid::Grid::of(screen, area).nodes(screen).collect(),
    }
}

/// The message that is drawn at a cell of the pane.
pub fn message(screen: &Screen<'_>, area: Rect, cell: Position) -> Option<MessageId> {
    let ring = ring::Ring::fit(&screen.scene.world, room(screen, area))?;
    ring.message(screen, cell)
}

/// The room for the nodes inside the frame.
fn room(screen: &Screen<'_>, area: Rect) -> Rect {
    let lines = islands::lines(&screen.scene.world);
    let [nodes, _] = divided(area.inner(Margin::new(1, 1)), lines.len());
    nodes
}

/// The room for the nodes, and below it that for so many lines about islands.
fn divided(inner: Rect, lines: usize) -> [Rect; 2] {
    let shown = lines.min(usize::from(inner.height * 2 / 5)) as u16;
    [
        Rect::new(inner.x, inner.y, inner.width, inner.height - shown),
        Rect::new(inner.x, inner.bottom() - shown, inner.width, shown),
    ]
}

/// What holds for the whole cluster, as long as it does: `pre-vote off · loss 5% · load 10/s`. What
/// explains most comes first: the end may have no room.
fn title(view: &View) -> String {
    let percent = |word, share: u32| {
        let tenths = share.div_ceil(1_000);
        (share > 0).then(|| format!("{word} {}%", f64::from(tenths) / 10.0))
    };
    let load = view.workload.as_ref();
    let mut off = view.rules.off();
    let rules = match (off.next(), off.count()) {
        (None, _) => None,
        (Some(rule), 0) => Some(format!("{} off", rule.info().name)),
        (Some(_), more) => Some(format!("{} rules off", more + 1)),
    };
    let facts = [
        rules,
        view.chaos.then(|| "chaos".to_owned()),
        percent("loss", view.channel.loss),
        percent("twice", view.channel.duplicate),
        load.map(|load| format!("load {}/s", load.rate as f64 / 1e6)),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    match facts.is_empty() {
        true => "cluster".to_owned(),
        false => facts.join(" · "),
    }
}
