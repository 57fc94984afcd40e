//! The logs side by side: a row for each node, a column for each index.
//!
//! ```text
//! ╭ logs ────────────────────────────────────────────────────────╮
//! │          1   2   3                                           │
//! │ ♛ S1    ■1│ □2  □4                       commit 1  applied 1 │
//! │ ○ S3    ■1│ □2  ··                       commit 1  applied 1 │
//! │ ✝ S4    ■1│ ··  ··                       down since 2.900 s  │
//! │                                                              │
//! │ ■ applied  ▣ committed│ □ uncommitted  ·· missing  ' unsynced│
//! ╰──────────────────────────────────────────────────────────────╯
//! ```
//! The number is the entry's term. What changed a moment ago is underlined, and `××` stands where
//! an entry was. With more entries than columns the newest are shown, and of
//! the older ones those where something ends: a commit index, a log, what two logs agree on.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;

use crate::raft::{Index, Log, NodeId};
use crate::screen::Screen;
use crate::screen::change::Change;
use crate::screen::legend::{Sign, told};
use crate::screen::paint::{corner, first_shown, frame, put, put_right, shorten, width};
use crate::screen::theme::role_glyph;
use crate::screen::units::{Seconds, digits};
use crate::world::View;
use crate::world::view::{Life, NodeStatus};

const APPLIED: Sign = ("■", "applied");
const COMMITTED: Sign = ("▣", "committed");
const UNCOMMITTED: Sign = ("□", "uncommitted");
const MISSING: Sign = ("··", "missing");
const SNAPSHOT: Sign = ("▒▒", "in the snapshot");
const CUT: Sign = ("××", "cut off just now");
const COMMIT: Sign = ("│", "commit index");
const UNSYNCED: Sign = ("'", "unsynced");

/// The signs with their meaning; the number behind an entry is its term.
pub const SIGNS: &[Sign] = &[
    APPLIED,
    COMMITTED,
    UNCOMMITTED,
    MISSING,
    SNAPSHOT,
    CUT,
    COMMIT,
    UNSYNCED,
];

/// The longest name that is written out.
const NAME: u16 = 10;
/// From so many columns on there are words for how far commit and apply are.
const WORDY: u16 = 70;

/// How the pane is divided: names, entries, and how far commit and apply are.
struct Table {
    /// The columns of the longest name.
    name: u16,
    marks: Marks,
    /// Where the entries stand, below the row of the indices.
    cells: Rect,
    /// The columns of an entry.
    cell: u16,
    /// The index of each column of entries; `None` stands for a gap.
    columns: Vec<Option<Index>>,
}

impl Table {
    fn of(world: &View, inner: Rect) -> Table {
        let nodes = world.nodes.iter();
        let names = nodes.clone().map(|node| width(&node.name).min(NAME));
        let name = names.max().unwrap_or(0);
        let marks = if inner.width >= WORDY {
            Marks::Words
        } else {
            Marks::Short
        };
        let marks_width = nodes.clone().map(|node| marks.width(node)).max();
        // A blank, a glyph and a blank stand before a name, and one blank behind it.
        let before = name + 4;
        let behind = marks_width.unwrap_or(0) + 2;
        let cells = Rect::new(
            inner.x + before,
            inner.y,
            inner.width.saturating_sub(before + behind),
            inner.height,
        );
        let last = nodes.map(|node| node.node.log.last()).max().unwrap_or(0);
        // A glyph, the term, and room for the commit marker; or the index above it.
        let tight = digits(last).max(digits(world.term()) + 1) + 1;
        let fits = |cell: &u16| u64::from(*cell) * last <= u64::from(cells.width);
        let wider = [tight + 2, tight + 1].into_iter().find(fits);
        let cell = wider.unwrap_or(tight);
        Table {
            name,
            marks,
            cells,
            cell,
            columns: columns(world, usize::from(cells.width / cell)),
        }
    }

    /// The columns of entries, each with the area of its cell in the row `y`.
    fn cells(&self, y: u16) -> impl Iterator<Item = (Option<Index>, Rect)> {
        let lefts = (self.cells.x..).step_by(usize::from(self.cell));
        let areas = lefts.map(move |x| Rect::new(x, y, self.cell, 1));
        self.columns.iter().copied().zip(areas)
    }
}

/// Draws it, with what changed on each node.
pub fn draw(screen: &Screen<'_>, changes: &[Change], area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let inner = frame(buf, area, "logs", theme.border, theme.quiet);
    let world = &screen.scene.world;
    if inner.height < 2 || inner.width < 12 || world.nodes.is_empty() {
        return;
    }
    let table = Table::of(world, inner);
    for (index, cell) in table.cells(inner.y) {
        let (text, style) = match index {
            Some(index) => (index.to_string(), theme.quiet),
            None => ("⋯".into(), theme.faint),
        };
        put_right(buf, table.cells, cell.right() - 1, cell.y, &text, style);
    }
    let (first, room) = visible(screen, inner);
    for (node, y) in world.nodes.iter().skip(first).take(room).zip(inner.y + 1..) {
        let row = Rect::new(inner.x, y, inner.width, 1);
        log(screen, node, &changes[node.id.slot()], &table, row, buf);
    }
    legend(screen, changes, area, buf);
    if world.nodes.len() > room {
        let text = format!("{room} of {} nodes", world.nodes.len());
        corner(buf, area, &text, theme.quiet);
    }
}

/// The row of a node: its name, its log, and how far commit and apply are.
fn log(
    screen: &Screen<'_>,
    node: &NodeStatus,
    change: &Change,
    table: &Table,
    row: Rect,
    buf: &mut Buffer,
) {
    let (theme, y) = (screen.theme, row.y);
    let x = put(buf, row, row.x + 1, y, role_glyph(node), theme.node(node));
    let name = shorten(&node.name, table.name);
    put(buf, row, x + 1, y, &name, screen.style_of_name(node));
    for (index, cell) in table.cells(y) {
        entry(screen, node, change, index, cell, buf);
    }
    let long = table.marks.width(node);
    let mut x = (row.right() - 1).saturating_sub(long).max(row.x);
    for (text, what) in table.marks.of(node) {
        let style = match what.is_some_and(|what| what.of(change)) {
            true => theme.quiet.patch(theme.changed),
            false => theme.quiet,
        };
        x = put(buf, row, x, y, &text, style);
    }
}

/// What the signs mean: on a row of their own, or else in the frame those that are not always
/// there.
fn legend(screen: &Screen<'_>, changes: &[Change], area: Rect, buf: &mut Buffer) {
    let (theme, world) = (screen.theme, &screen.scene.world);
    let inner = area.inner(Margin::new(1, 1));
    let own = has_legend(world, inner);
    let unsynced = |node: &NodeStatus| node.node.synced < node.node.log.last();
    let commits = |node: &NodeStatus| (1..node.node.log.last()).contains(&node.node.commit);
    let any = |holds: &dyn Fn(&NodeStatus) -> bool| world.nodes.iter().any(holds);
    // The mark of the commit index stands where it does in the rows: between the two.
    let usual = [
        told(APPLIED),
        format!("{}{} {}", told(COMMITTED), COMMIT.0, told(UNCOMMITTED)),
        told(MISSING),
    ];
    let changed = changes.iter().any(Change::any);
    let at_times = [
        (told(COMMIT), Style::new(), !own && any(&commits)),
        (told(UNSYNCED), Style::new(), own || any(&unsynced)),
        ("changed".to_owned(), theme.changed, own || changed),
    ];
    let usual = usual.into_iter().filter(|_| own);
    let usual = usual.map(|text| (text, theme.faint));
    let at_times = at_times.into_iter().filter(|(.., there)| *there);
    let at_times = at_times.map(|(text, style, _)| (text, theme.faint.patch(style)));
    let row = if own { inner } else { area };
    let (edge, gap) = if own { ("", 2) } else { (" ", 0) };
    let mut x = inner.x + u16::from(own);
    for (text, style) in usual.chain(at_times) {
        let text = format!("{edge}{text}{edge}");
        if x + width(&text) > inner.right() {
            break;
        }
        x = put(buf, row, x, row.bottom() - 1, &text, style) + gap;
    }
}

/// The rows of the nodes that are shown.
pub fn nodes(screen: &Screen<'_>, area: Rect) -> Vec<(NodeId, Rect)> {
    let inner = area.inner(Margin::new(1, 1));
    let (first, room) = visible(screen, inner);
    let nodes = screen.scene.world.nodes.iter().skip(first).take(room);
    let row = |y| Rect::new(inner.x, y, inner.width, 1);
    nodes
        .zip(inner.y + 1..)
        .map(|(node, y)| (node.id, row(y)))
        .collect()
}

/// True when there is room for a row that says what the signs mean.
fn has_legend(world: &View, inner: Rect) -> bool {
    usize::from(inner.height) >= world.nodes.len() + 3
}

/// The first node that is shown, and how many are: those around the selected one.
fn visible(screen: &Screen<'_>, inner: Rect) -> (usize, usize) {
    let world = &screen.scene.world;
    let below = usize::from(has_legend(world, inner));
    let room = usize::from(inner.height.saturating_sub(1)).saturating_sub(below);
    let first = first_shown(world.nodes.len(), room, screen.ui.selected.slot());
    (first, room)
}

/// One entry: right-aligned, with its commit marker behind it, or the sign that this node has not
/// synced it.
fn entry(
    screen: &Screen<'_>,
    node: &NodeStatus,
    change: &Change,
    column: Option<Index>,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = screen.theme;
    let right = area.right() - 1;
    let Some(index) = column else {
        return;
    };
    let state = &node.node;
    let (text, style) = match state.log.get(index) {
        Some(entry) => {
            let glyph = match index {
                _ if index <= state.applied => APPLIED.0,
                _ if index <= state.commit => COMMITTED.0,
                _ => UNCOMMITTED.0,
            };
            (format!("{glyph}{}", entry.term), theme.term(entry.term))
        }
        None if index < state.log.first() => (SNAPSHOT.0.into(), theme.faint),
        None if change.was_at(index) => (CUT.0.into(), theme.warn),
        None => (MISSING.0.into(), theme.faint),
    };
    let style = match change.at(index) {
        true => style.patch(theme.changed),
        false => style,
    };
    put_right(buf, area, right, area.y, &text, style);
    if index > state.synced && index <= state.log.last() {
        put(buf, area, right, area.y, UNSYNCED.0, theme.warn);
    } else if index == state.commit && index < state.log.last() {
        put(buf, area, right, area.y, COMMIT.0, theme.good);
    }
}

/// A fact that the words behind a log tell.
#[derive(Clone, Copy)]
enum Fact {
    Commit,
    Applied,
    Life,
}

impl Fact {
    fn of(self, change: &Change) -> bool {
        match self {
            Fact::Commit => change.committed.is_some(),
            Fact::Applied => change.applied.is_some(),
            Fact::Life => change.role,
        }
    }
}

/// How far commit and apply are, in words or short.
#[derive(Clone, Copy)]
enum Marks {
    Words,
    Short,
}

impl Marks {
    /// Each piece with the fact that it tells.
    fn of(self, node: &NodeStatus) -> Vec<(String, Option<Fact>)> {
        let (commit, applied) = (node.node.commit, node.node.applied);
        let (words, between) = match (self, node.life) {
            (Marks::Words, Life::Down) => {
                let text = format!("down since {}", Seconds(node.since));
                return vec![(text, Some(Fact::Life))];
            }
            (Marks::Short, Life::Down) => return vec![("down".into(), Some(Fact::Life))],
            (Marks::Words, _) => (["commit ", "applied "], "  "),
            (Marks::Short, _) => (["c", "a"], " "),
        };
        vec![
            (format!("{}{commit}", words[0]), Some(Fact::Commit)),
            (between.into(), None),
            (format!("{}{applied}", words[1]), Some(Fact::Applied)),
        ]
    }

    /// The columns of all pieces.
    fn width(self, node: &NodeStatus) -> u16 {
        self.of(node).iter().map(|(text, _)| width(text)).sum()
    }
}

/// The indices to show, at most `room` columns; `None` stands for a gap.
fn columns(view: &View, room: usize) -> Vec<Option<Index>> {
    let last = view
        .nodes
        .iter()
        .map(|node| node.node.log.last())
        .max()
        .unwrap_or(0);
    if room == 0 || last == 0 {
        return Vec::new();
    }
    if last <= room as u64 {
        return (1..=last).map(Some).collect();
    }
    // The newest third is sure of its place, then come the interesting ones, the newest first,
    // and what is left is filled from the end.
    let sure = (room as u64 / 3).max(1);
    let mut chosen: BTreeSet<Index> = (last + 1 - sure..=last).collect();
    for index in interesting(view).into_iter().rev() {
        if chosen.insert(index) && cost(&chosen) > room {
            chosen.remove(&index);
        }
    }
    for index in (1..last).rev() {
        if chosen.insert(index) && cost(&chosen) > room {
            chosen.remove(&index);
            break;
        }
    }
    let mut columns = with_gaps(chosen);
    columns.truncate(room);
    columns
}

/// The indices, and where some are left out between them a gap.
fn with_gaps(chosen: BTreeSet<Index>) -> Vec<Option<Index>> {
    let mut columns = Vec::with_capacity(chosen.len());
    let mut before = 0;
    for index in chosen {
        match index - before {
            1 => {}
            // The sign that something is left out would be as wide.
            2 => columns.push(Some(before + 1)),
            _ => columns.push(None),
        }
        columns.push(Some(index));
        before = index;
    }
    columns
}

/// The columns that the indices take, gaps included.
fn cost(chosen: &BTreeSet<Index>) -> usize {
    let mut before = 0;
    let mut gaps = 0;
    for &index in chosen {
        gaps += usize::from(index > before + 1);
        before = index;
    }
    chosen.len() + gaps
}

/// Where something ends: commit indices, logs, and what each log shares with the longest one.
fn interesting(view: &View) -> BTreeSet<Index> {
    let mut places = BTreeSet::new();
    let Some(longest) = view
        .nodes
        .iter()
        .map(|node| &node.node.log)
        .max_by_key(|log| log.last())
    else {
        return places;
    };
    for node in &view.nodes {
        let agreed = agreed(&node.node.log, longest);
        for index in [node.node.commit, node.node.log.last(), agreed + 1] {
            if (1..=longest.last()).contains(&index) {
                places.insert(index);
            }
        }
    }
    places
}

/// The highest index at which two logs agree. By the log matching property they agree on all
/// before it, so halving finds it.
fn agreed(log: &Log, other: &Log) -> Index {
    let mut low = log.first().max(other.first()).saturating_sub(1);
    let mut high = log.last().min(other.last());
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if log.term_at(middle) == other.term_at(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_entry_is_never_left_out() {
        let columns = with_gaps([2, 3, 5, 8].into());
        let shown = [Some(1), Some(2), Some(3), Some(4), Some(5), None, Some(8)];
        assert_eq!(columns, shown);
    }
}
