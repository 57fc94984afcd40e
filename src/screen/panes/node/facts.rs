//! The facts about a node, in two groups: what is on its disk and survives a crash, and what is
//! in its memory only.

use ratatui::style::Style;

use super::{CHANGED, Row, WIDE};
use crate::raft::NodeId;
use crate::screen::change::Change;
use crate::screen::paint::{bar, shorten, width};
use crate::screen::units::Short;
use crate::screen::{Screen, Theme, name};
use crate::world::view::{Life, NodeStatus};

/// A label, a value with its style, and whether it changed a moment ago.
struct Fact(&'static str, String, Style, bool);

/// What survives a crash, and what does not.
pub fn facts(screen: &Screen<'_>, node: &NodeStatus, change: &Change, room: u16) -> Vec<Row> {
    let mut rows = flow(screen, "disk", &durable(screen, node, change), room);
    if node.life != Life::Down {
        rows.extend(flow(
            screen,
            "memory",
            &volatile(screen, node, change, room),
            room,
        ));
    }
    rows
}

/// How many rows that usually takes, in so many columns.
pub fn usual_rows(room: u16) -> usize {
    match room {
        60.. => 3,
        WIDE.. => 4,
        _ => 5,
    }
}

fn durable(screen: &Screen<'_>, node: &NodeStatus, change: &Change) -> Vec<Fact> {
    let (theme, state, disk) = (screen.theme, &node.node, &node.disk);
    let term = change.term && disk.term == state.term;
    let vote = change.vote && disk.vote == state.vote;
    let log = change.synced.is_some() || change.shortened;
    let mut facts = vec![
        Fact("term", disk.term.to_string(), theme.term(disk.term), term),
        Fact("voted", voted(screen, disk.vote), theme.text, vote),
        Fact("log to", disk.last.to_string(), theme.text, log),
    ];
    if state.log.first() > 1 || change.snapshot {
        let covered = (state.log.first() - 1).to_string();
        facts.push(Fact("snapshot to", covered, theme.text, change.snapshot));
    }
    let behind = disk.written.saturating_sub(disk.synced);
    if disk.stalled {
        let text = format!("{behind}, stalled");
        facts.push(Fact("unsynced", text, theme.bad, false));
    } else if behind > 0 {
        facts.push(Fact("unsynced", behind.to_string(), theme.warn, false));
    }
    facts
}

fn volatile(screen: &Screen<'_>, node: &NodeStatus, change: &Change, room: u16) -> Vec<Fact> {
    let (theme, state) = (screen.theme, &node.node);
    let mut facts = Vec::new();
    // Term and vote are told again where the disk does not hold them yet.
    if state.term != node.disk.term {
        let style = theme.term(state.term);
        facts.push(Fact("term", state.term.to_string(), style, change.term));
    }
    if (state.term, state.vote) != (node.disk.term, node.disk.vote) {
        let vote = voted(screen, state.vote);
        facts.push(Fact("voted", vote, theme.warn, change.vote));
    }
    let last = state.log.last();
    let (commit, applied) = (state.commit.to_string(), state.applied.to_string());
    let grown = change.appended.is_some() || change.cut.is_some();
    facts.extend([
        Fact("commit", commit, theme.text, change.committed.is_some()),
        Fact("applied", applied, theme.text, change.applied.is_some()),
        Fact("log to", last.to_string(), theme.text, grown),
    ]);
    if let (Life::Up, Some((left, whole))) = (node.life, state.election_timer) {
        let text = format!("▕{}▏ {}", bar(left, whole, 5), Short(left));
        facts.push(Fact("timer", text, theme.term(state.term), false));
    } else if node.waits_with_held_timer() {
        facts.push(Fact("timer", "held".to_owned(), theme.warn, false));
    }
    let rate = node.clock_rate / 10_000;
    let mut clock = format!("×{}.{:02}", rate / 100, rate % 100);
    let ahead = node.clock_ahead;
    if ahead.unsigned_abs() >= 1_000 {
        let sign = if ahead < 0 { '−' } else { '+' };
        clock.push_str(&format!(" {sign}{}", Short(ahead.unsigned_abs())));
    }
    let steady = node.clock_rate == 1_000_000;
    let style = if steady { theme.text } else { theme.warn };
    // A clock that is right is told where there is room.
    if room >= WIDE || clock != "×1.00" {
        facts.push(Fact("clock", clock, style, false));
    }
    facts
}

fn voted(screen: &Screen<'_>, vote: Option<NodeId>) -> String {
    shorten(
        vote.map_or("nobody", |id| name(&screen.scene.world, id)),
        10,
    )
}

/// Lays facts out behind a heading, in rows of at most `room` columns. The mark of what changed
/// stands in the gap behind it, so that nothing moves when it comes and goes.
fn flow(screen: &Screen<'_>, heading: &str, facts: &[Fact], room: u16) -> Vec<Row> {
    let theme = screen.theme;
    // Where there is room, the facts of all groups stand below one another.
    let indent = if room >= WIDE { 8 } else { 1 };
    let columns = indent.max(heading.len() + 1);
    let heading = format!("{heading:columns$}");
    let mut used = width(&heading);
    let mut rows: Vec<Row> = vec![vec![(heading, theme.title)]];
    for (place, Fact(label, value, style, changed)) in facts.iter().enumerate() {
        let needed = width(label) + 1 + width(value);
        let gap = if rows.last().is_some_and(|row| row.len() > 1) {
            2
        } else {
            0
        };
        if place > 0 && used + gap + needed > room {
            rows.push(vec![(" ".repeat(indent), Style::new())]);
            used = indent as u16;
        } else {
            used += gap;
        }
        let Some(row) = rows.last_mut() else {
            break;
        };
        row.push((format!("{label} "), Style::new()));
        row.push(marked(theme, value, *style, *changed));
        let gap = if *changed { " " } else { "  " };
        row.push((gap.into(), Style::new()));
        used += needed;
    }
    rows
}

/// A value, marked if it changed: by more than its style.
fn marked(theme: &Theme, value: &str, style: Style, changed: bool) -> (String, Style) {
    match changed {
        true => (format!("{value}{CHANGED}"), style.patch(theme.changed)),
        false => (value.to_owned(), style),
    }
}
