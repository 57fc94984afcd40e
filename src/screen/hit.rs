//! What is under a cell of the screen, for the mouse: found with the same layout that is drawn.

use ratatui::layout::{Position, Rect};

use super::layout::Layout;
use super::panes::{
    cluster, events, flights, help, links, lists, logs, main, network, odds, picker, prompt, rules,
    tape, timeline, views, why,
};
use super::{Overlay, Screen};
use crate::command::ViewName;
use crate::raft::{EventId, Micros, NodeId, Rule};
use crate::world::event::MessageId;

/// What the mouse can mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A node: its label among the links, its row of the logs, or its name elsewhere.
    Node(NodeId),
    /// The name of a view.
    View(ViewName),
    /// An instant on the tape.
    Instant(Micros),
    /// Something that happened.
    Event(EventId),
    /// A message on its way.
    Message(MessageId),
    /// A link, from one node to another.
    Link(NodeId, NodeId),
    /// A rule with its switch.
    Rule(Rule),
    /// A choice of the palette, by its place among all.
    Choice(usize),
    /// A row of the list that lies over the panes, by its place among all: what can be played,
    /// another future, a breakpoint, a step of an answer.
    Row(usize),
}

/// What is under the cell at `(x, y)` when the screen is drawn on `area`. Where a list or a line
/// that is typed lies over the panes, nothing of theirs is meant.
pub fn at(screen: &Screen<'_>, area: Rect, x: u16, y: u16) -> Option<Target> {
    let layout = Layout::of(area, screen.scene, screen.ui)?;
    let cell = Position::new(x, y);
    let scene = screen.scene;
    match &screen.ui.overlay {
        Overlay::None | Overlay::Partition { .. } => under(screen, area, &layout, cell),
        // The window stays until it is closed, and what it leaves free is there to be used.
        Overlay::Odds if odds::place(screen, &layout).contains(cell) => None,
        Overlay::Odds => under(screen, area, &layout, cell),
        Overlay::Palette(line) => {
            let rows = prompt::rows(line, area)?;
            let place = rows.first + usize::from(y.saturating_sub(rows.area.y));
            let there = rows.area.contains(cell) && place < line.choices.len();
            there.then_some(Target::Choice(place))
        }
        Overlay::Filter(_) => None,
        Overlay::Picker(choices) => picker::at(choices, area, cell).map(Target::Row),
        Overlay::Branches { chosen } => {
            lists::at(scene.branches.len(), *chosen, area, cell).map(Target::Row)
        }
        Overlay::Breakpoints { chosen } => {
            lists::at(scene.breakpoints.len(), *chosen, area, cell).map(Target::Row)
        }
        Overlay::Why { told, chosen } => {
            why::at(screen, &told.answer, *chosen, &layout, cell).map(Target::Row)
        }
    }
}

/// How many rows are in sight of what the arrows go through: a list over the panes, or that of the
/// view.
pub fn page(screen: &Screen<'_>, area: Rect) -> usize {
    let Some(layout) = Layout::of(area, screen.scene, screen.ui) else {
        return 1;
    };
    let scene = screen.scene;
    match (&screen.ui.overlay, screen.ui.view) {
        (Overlay::Picker(choices), _) => picker::page(choices, area),
        (Overlay::Branches { .. }, _) => lists::page(scene.branches.len(), area),
        (Overlay::Breakpoints { .. }, _) => lists::page(scene.breakpoints.len(), area),
        (Overlay::Why { told, chosen }, _) => why::page(screen, &told.answer, *chosen, &layout),
        (_, ViewName::Help) => help::page(layout.body),
        (_, ViewName::Rules) => rules::page(screen, layout.body),
        (_, ViewName::Main) => events::page(screen, main::places(screen, layout.body).events),
        _ => 1,
    }
}

/// True where the events are listed, and nothing lies over them.
pub fn on_events(screen: &Screen<'_>, area: Rect, x: u16, y: u16) -> bool {
    let cell = Position::new(x, y);
    let covered = |layout: &Layout| match screen.ui.overlay {
        Overlay::None => false,
        Overlay::Odds => odds::place(screen, layout).contains(cell),
        _ => true,
    };
    let layout = Layout::of(area, screen.scene, screen.ui);
    let main = screen.ui.view == ViewName::Main;
    let layout = layout.filter(|layout| main && !covered(layout));
    layout.is_some_and(|layout| main::places(screen, layout.body).events.contains(cell))
}

/// The same where nothing lies over the panes.
fn under(screen: &Screen<'_>, area: Rect, layout: &Layout, cell: Position) -> Option<Target> {
    let body = layout.body;
    if layout.tape.contains(cell) {
        return instant(screen, area, cell.x).map(Target::Instant);
    }
    if layout.views.contains(cell) {
        return views::at(screen, layout.views, cell.x).map(Target::View);
    }
    if !body.contains(cell) {
        return None;
    }
    match screen.ui.view {
        ViewName::Main => on_main(screen, body, cell),
        ViewName::Timeline => on_timeline(screen, body, cell),
        ViewName::Network => {
            let places = network::places(screen, body);
            if places.flights.contains(cell) {
                return flights::at(screen, places.flights, cell.y).map(Target::Message);
            }
            links::at(screen, places.links, cell).map(|(from, to)| match from == to {
                true => Target::Node(from),
                false => Target::Link(from, to),
            })
        }
        ViewName::Rules => rules::at(screen, body, cell.y).map(Target::Rule),
        ViewName::Clients | ViewName::Metrics | ViewName::Help => None,
    }
}

fn on_main(screen: &Screen<'_>, body: Rect, cell: Position) -> Option<Target> {
    let places = main::places(screen, body);
    let node = |nodes: Vec<(NodeId, Rect)>| {
        let hit = nodes.into_iter().find(|(_, place)| place.contains(cell));
        hit.map(|(id, _)| Target::Node(id))
    };
    match () {
        () if places.cluster.contains(cell) => {
            let message = || cluster::message(screen, places.cluster, cell);
            node(cluster::nodes(screen, places.cluster)).or_else(|| message().map(Target::Message))
        }
        () if places.logs.contains(cell) => node(logs::nodes(screen, places.logs)),
        () if places.events.contains(cell) => {
            events::at(screen, places.events, cell.y).map(Target::Event)
        }
        () if places.timeline.contains(cell) => on_timeline(screen, places.timeline, cell),
        () => None,
    }
}

fn on_timeline(screen: &Screen<'_>, area: Rect, cell: Position) -> Option<Target> {
    let node = timeline::node(screen, area, cell).map(Target::Node);
    node.or_else(|| timeline::message(screen, area, cell).map(Target::Message))
}

/// The instant of the tape that is nearest to a column, for dragging: beyond the ends it stays at
/// them.
pub fn instant(screen: &Screen<'_>, area: Rect, x: u16) -> Option<Micros> {
    let layout = Layout::of(area, screen.scene, screen.ui)?;
    tape::instant(screen, layout.tape, x)
}
