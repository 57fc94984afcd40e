//! The messages between the lanes: where each was sent, and where it arrived or was lost. What
//! stands beside the lanes is written over the lines, and under what stands at their ends.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Scale;
use super::lanes::Lane;
use crate::raft::{Envelope, Message, Micros, NodeId};
use crate::screen::lines::Lines;
use crate::screen::paint::{put, width};
use crate::screen::panes::traffic::sign;
use crate::screen::{Screen, Theme};
use crate::world::Event;
use crate::world::event::MessageId;
use crate::world::view::Flight;

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// It arrived.
    Arrived,
    /// It was lost.
    Lost,
    /// It is on its way.
    Flies,
}

/// One message on the diagram.
struct Arrow<'a> {
    envelope: &'a Envelope,
    /// When it was sent, and when it was to arrive; `None` when that is not at hand.
    way: Option<(Micros, Micros)>,
    /// When it arrived or was lost, or will arrive.
    end: Micros,
    fate: Fate,
    /// It is the copy of another.
    copy: bool,
}

/// An arrow with its place on the diagram.
struct Drawn<'a> {
    arrow: Arrow<'a>,
    /// The column where its line begins, and where it ends.
    columns: (f64, f64),
    rightwards: bool,
}

impl<'a> Drawn<'a> {
    /// Its place, where both ends have a lane.
    fn of(arrow: Arrow<'a>, lanes: &[Lane]) -> Option<Drawn<'a>> {
        let column = |id: NodeId| {
            let lane = lanes.iter().find(|lane| lane.node == id)?;
            Some(f64::from(lane.x))
        };
        let start = column(arrow.envelope.from)?;
        let goal = column(arrow.envelope.to)?;
        let step = (goal - start).signum();
        // One that was lost as it was sent comes no further than beside its lane.
        let part = match (arrow.fate, arrow.way) {
            (Fate::Lost, Some((sent, due))) => {
                let whole = due.saturating_sub(sent).max(1) as f64;
                let least = 3.0 / (goal - start).abs().max(3.0);
                ((arrow.end - sent) as f64 / whole).clamp(least, 1.0)
            }
            _ => 1.0,
        };
        let stop = start + (goal - start) * part;
        // Beside the lane, not on it.
        let stop = if stop == goal { goal - step } else { stop };
        Some(Drawn {
            arrow,
            columns: (start + step, stop),
            rightwards: goal >= start,
        })
    }

    /// Its line, if it is known when it was sent.
    fn draw_line(&self, theme: &Theme, scale: &Scale, lines: &mut Lines) {
        let Some((sent, _)) = self.arrow.way else {
            return;
        };
        let (style, weight) = match (self.arrow.fate, is_beat(self.arrow.envelope)) {
            (Fate::Lost, _) => (theme.warn, 3),
            (Fate::Flies, _) => (theme.faint, 1),
            (Fate::Arrived, true) => (theme.border, 1),
            (Fate::Arrived, false) => (theme.term(self.arrow.envelope.term), 2),
        };
        let begin = (self.columns.0, scale.place(sent));
        let end = (self.columns.1, scale.place(self.arrow.end));
        lines.draw(begin, end, weight, style);
    }

    /// What stands at its end.
    fn tip(&self, theme: &Theme) -> (&'static str, Style) {
        let arrow = &self.arrow;
        match (arrow.fate, arrow.copy) {
            (Fate::Lost, _) => ("✗", theme.bad),
            (_, true) if self.rightwards => ("»", theme.warn),
            (_, true) => ("«", theme.warn),
            (fate, false) => {
                let across = if self.rightwards { 1.0 } else { -1.0 };
                let style = match fate {
                    Fate::Flies => theme.quiet,
                    _ => theme.term(arrow.envelope.term),
                };
                (sign(arrow.envelope, across, 0.0), style)
            }
        }
    }
}

/// Draws them all: the lines first, then what stands at their ends.
pub fn draw(screen: &Screen<'_>, lanes: &[Lane], scale: &Scale, area: Rect, buf: &mut Buffer) {
    let known = super::known_since(screen.scene);
    let theme = screen.theme;
    let arrows = arrows(screen, scale).into_iter();
    let arrows: Vec<_> = arrows.filter_map(|arrow| Drawn::of(arrow, lanes)).collect();
    let mut lines = Lines::new(area);
    for drawn in &arrows {
        drawn.draw_line(theme, scale, &mut lines);
    }
    lines.show(buf);
    let mut words: Vec<Rect> = Vec::new();
    for lane in lanes {
        // The lines pass behind the lanes.
        lane.draw(screen, scale, known, buf);
        words.extend(lane.draw_marks(screen, scale, buf));
    }
    let gap = lanes.first().map_or(0, |lane| lane.gap);
    let mut named: BTreeSet<(u16, NodeId, bool)> = BTreeSet::new();
    for drawn in &arrows {
        let (arrow, rightwards) = (&drawn.arrow, drawn.rightwards);
        let Some(y) = scale.row_of(arrow.end) else {
            continue;
        };
        let mut x = drawn.columns.1.round() as u16;
        // What was lost as it was sent stands between the lane and what is written beside it.
        if words
            .iter()
            .any(|words| words.contains(Position::new(x, y)))
        {
            x = drawn.columns.0.round() as u16;
        }
        let (glyph, style) = drawn.tip(theme);
        put(buf, area, x, y, glyph, style);
        // Its kind in a word, where there is room, once in a row on each side.
        let word = arrow.envelope.message.kind().name();
        let roomy = gap >= width(word) + 8 && !is_beat(arrow.envelope);
        let start = match rightwards {
            true => x.saturating_sub(width(word) + 1),
            false => x + 2,
        };
        let place = Rect::new(start, y, width(word), 1).intersection(area);
        if roomy && free(place, buf) && named.insert((y, arrow.envelope.to, rightwards)) {
            put(buf, area, start, y, word, theme.quiet);
        }
    }
}

/// The message on its way whose line goes through a cell, or nearest to it, half a row away at
/// most.
pub fn at(screen: &Screen<'_>, lanes: &[Lane], scale: &Scale, cell: Position) -> Option<MessageId> {
    let column = |id: NodeId| {
        let lane = lanes.iter().find(|lane| lane.node == id);
        lane.map(|lane| f64::from(lane.x))
    };
    let away = |flight: &Flight| {
        let from = column(flight.envelope.from)?;
        let to = column(flight.envelope.to)?;
        let part = (f64::from(cell.x) - from) / (to - from);
        let (sent, arrives) = (scale.place(flight.sent), scale.place(flight.arrives));
        let away = (sent + (arrives - sent) * part - f64::from(cell.y)).abs();
        // A steep line goes through several rows in one column.
        let steep = ((arrives - sent) / (to - from)).abs() / 2.0;
        ((0.0..=1.0).contains(&part) && away <= steep + 0.5).then_some(away)
    };
    let flights = screen.scene.world.flights.iter();
    let near = flights.filter_map(|flight| Some((away(flight)?, flight.message)));
    let nearest = near.min_by(|one, other| one.0.total_cmp(&other.0));
    nearest.map(|(_, message)| message)
}

/// True where nothing but lines is drawn.
fn free(place: Rect, buf: &Buffer) -> bool {
    let line = |ch: char| matches!(ch, ' ' | '┄' | '\u{2800}'..='\u{28ff}');
    let mut cells = place.positions();
    cells.all(|position| buf[position].symbol().chars().all(line))
}

/// Heartbeats and the answers to them, of which there are many.
fn is_beat(envelope: &Envelope) -> bool {
    match &envelope.message {
        Message::Append(append) => append.entries.is_empty(),
        _ => false,
    }
}

/// The messages that were under way in the time that is shown.
fn arrows<'a>(screen: &Screen<'a>, scale: &Scale) -> Vec<Arrow<'a>> {
    let scene = screen.scene;
    let mut ways: BTreeMap<MessageId, (Micros, Micros, bool)> = BTreeMap::new();
    let mut arrows: Vec<Arrow<'_>> = Vec::new();
    for record in &scene.records {
        let (message, envelope, fate) = match &record.event {
            Event::Send {
                message, arrives, ..
            } => {
                ways.insert(*message, (record.at, *arrives, false));
                continue;
            }
            Event::Duplicate { copy, arrives, .. } => {
                ways.insert(*copy, (record.at, *arrives, true));
                continue;
            }
            Event::Deliver { message, envelope } => (message, envelope, Fate::Arrived),
            Event::Drop {
                message, envelope, ..
            } => (message, envelope, Fate::Lost),
            _ => continue,
        };
        if record.at < scale.from {
            continue;
        }
        let way = ways.get(message);
        arrows.push(Arrow {
            envelope: envelope.as_ref(),
            way: way.map(|&(sent, due, _)| (sent, due)),
            end: record.at,
            fate,
            copy: way.is_some_and(|&(_, _, copy)| copy),
        });
    }
    for flight in scene
        .world
        .flights
        .iter()
        .filter(|flight| flight.sent < scale.end())
    {
        let copy = ways.get(&flight.message).is_some_and(|&(_, _, copy)| copy);
        arrows.push(Arrow {
            envelope: flight.envelope.as_ref(),
            way: Some((flight.sent, flight.arrives)),
            end: flight.arrives,
            fate: Fate::Flies,
            copy,
        });
    }
    arrows
}
