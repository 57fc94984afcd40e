//! What is under a cell of the screen, for the mouse: found with the same layout that is drawn.

use ratatui::layout::{Position, Rect};

use super::layout::Layout;
use super::panes::{cluster, logs, main, prompt, tape, views};
use super::{Overlay, Screen};
use crate::command::ViewName;
use crate::raft::{Micros, NodeId};

/// What the mouse can mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A node: its label among the links, or its row of the logs.
    Node(NodeId),
    /// The name of a view.
    View(ViewName),
    /// An instant on the tape.
    Instant(Micros),
    /// A choice of the palette, by its place among all.
    Choice(usize),
}

/// What is under the cell at `(x, y)` when the screen is drawn on `area`. Where a list or a line
/// that is typed lies over the panes, nothing of theirs is meant.
pub fn at(screen: &Screen<'_>, area: Rect, x: u16, y: u16) -> Option<Target> {
    let covered = !matches!(screen.ui.overlay, Overlay::None | Overlay::Partition { .. });
    let layout = Layout::of(area, screen)?;
    let cell = Position::new(x, y);
    if let Overlay::Palette(line) = &screen.ui.overlay {
        let rows = prompt::rows(line, area)?;
        let place = rows.first + usize::from(y.saturating_sub(rows.area.y));
        return rows.area.contains(cell).then_some(Target::Choice(place));
    }
    if covered {
        return None;
    }
    if layout.tape.contains(cell) {
        return instant(screen, area, x).map(Target::Instant);
    }
    if layout.views.contains(cell) {
        return views::at(screen, layout.views, x).map(Target::View);
    }
    if screen.ui.view != ViewName::Main {
        return None;
    }
    let places = main::places(screen, layout.body);
    let nodes = match () {
        () if places.cluster.contains(cell) => cluster::nodes(screen, places.cluster),
        () if places.logs.contains(cell) => logs::nodes(screen, places.logs),
        () => return None,
    };
    let hit = nodes.into_iter().find(|(_, place)| place.contains(cell));
    hit.map(|(id, _)| Target::Node(id))
}

/// The instant of the tape that is nearest to a column, for dragging: beyond the ends it stays at
/// them.
pub fn instant(screen: &Screen<'_>, area: Rect, x: u16) -> Option<Micros> {
    let layout = Layout::of(area, screen)?;
    tape::instant(screen, layout.tape, x)
}
