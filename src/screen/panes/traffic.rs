//! Messages on their way. The glyph's shape tells the kind, its direction where it goes, its
//! colour the term:
//!
//! ```text
//!  ► entries   ▸ heartbeat   ▷ vote   ▹ pre-vote   → yes   ⇢ no   ✗ lost
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::raft::{Answer, AppendAnswer, Envelope, Message, Micros, NodeId};
use crate::screen::Screen;
use crate::screen::change::moment;
use crate::screen::legend::{Sign, line};
use crate::screen::lines::Point;
use crate::screen::paint::{put, width};
use crate::world::Event;
use crate::world::event::MessageId;
use crate::world::view::Flight;

/// The glyphs with their meaning.
pub const SIGNS: &[Sign] = &[
    ("►", "entries"),
    ("▸", "beat"),
    ("▷", "vote"),
    ("→", "yes"),
    ("⇢", "no"),
    ("✗", "lost"),
];

/// The glyphs of messages that come more rarely.
pub const RARE: &[Sign] = &[
    ("▹", "pre-vote"),
    ("■", "snapshot"),
    ("♛", "hands over"),
    ("?", "read"),
];

/// What the glyphs mean, in so many columns: all of them if there is room, or else the usual ones.
pub fn legend(room: u16) -> Option<String> {
    let all = line(&[SIGNS, RARE].concat(), " ");
    let mut lines = [all, line(SIGNS, " ")].into_iter();
    lines.find(|line| width(line) <= room)
}

/// How far back the sending of a lost message is looked for.
const REMEMBERED: usize = 1_000;

/// Draws messages in flight and those just lost, between the centres of their ends.
pub fn draw(
    screen: &Screen<'_>,
    area: Rect,
    centre: &dyn Fn(NodeId) -> Option<Point>,
    buf: &mut Buffer,
) {
    let world = &screen.scene.world;
    let mut show = |envelope: &Envelope, part: f64, glyph: Option<&str>, style| {
        let ends = (centre(envelope.from), centre(envelope.to));
        let (Some(from), Some(to)) = ends else {
            return;
        };
        let at = place(from, to, part);
        let glyph = glyph.unwrap_or_else(|| sign(envelope, to.0 - from.0, to.1 - from.1));
        put(buf, area, at.x, at.y, glyph, style);
    };
    for flight in &world.flights {
        let part = part(world.now, flight.sent, flight.arrives);
        let style = screen.theme.term(flight.envelope.term);
        show(&flight.envelope, part, None, style);
    }
    // The chosen one lies above the others, and is marked by more than its colour.
    let chosen = |flight: &&Flight| Some(flight.message) == screen.ui.flight;
    if let Some(flight) = world.flights.iter().find(chosen) {
        let part = part(world.now, flight.sent, flight.arrives);
        show(&flight.envelope, part, Some("◉"), screen.theme.key);
    }
    for (envelope, part, age) in dying(screen) {
        let (glyph, style) = match age {
            ..0.4 => ("✗", screen.theme.bad),
            ..0.75 => ("×", screen.theme.warn),
            _ => ("·", screen.theme.faint),
        };
        show(envelope, part, Some(glyph), style);
    }
}

/// The message on its way that is drawn at a cell, or else right beside it.
pub fn at(
    screen: &Screen<'_>,
    centre: &dyn Fn(NodeId) -> Option<Point>,
    cell: Position,
) -> Option<MessageId> {
    let world = &screen.scene.world;
    let near = world.flights.iter().filter_map(|flight| {
        let (from, to) = (centre(flight.envelope.from)?, centre(flight.envelope.to)?);
        let at = place(from, to, part(world.now, flight.sent, flight.arrives));
        let beside = at.x.abs_diff(cell.x);
        (at.y == cell.y && beside <= 1).then_some((beside, flight.message))
    });
    near.min().map(|(_, message)| message)
}

/// The cell after a part of the way.
fn place(from: Point, to: Point, part: f64) -> Position {
    // The ends lie under the labels of the nodes.
    let part = 0.15 + 0.7 * part;
    let x = from.0 + (to.0 - from.0) * part;
    let y = from.1 + (to.1 - from.1) * part;
    Position::new(x.round() as u16, y.round() as u16)
}

/// Messages lost a moment ago: where, as a part of the way, and how long ago, as a part of the
/// time that they can be seen.
fn dying<'a>(screen: &Screen<'a>) -> Vec<(&'a Envelope, f64, f64)> {
    let scene = screen.scene;
    let window = moment(scene) as f64;
    let mut lost = Vec::new();
    for (place, record) in scene.records.iter().enumerate().rev() {
        let age = scene.world.now.saturating_sub(record.at) as f64 / window;
        if age >= 1.0 {
            break;
        }
        if let Event::Drop {
            message, envelope, ..
        } = &record.event
        {
            let before = &scene.records[place.saturating_sub(REMEMBERED)..place];
            let way = before.iter().rev().find_map(|record| {
                sent(&record.event, *message).map(|arrives| (record.at, arrives))
            });
            // One that was lost as it was sent dies midway, where it can be seen.
            let part = match way {
                Some((sent, arrives)) if record.at > sent => part(record.at, sent, arrives),
                _ => 0.5,
            };
            lost.push((envelope.as_ref(), part, age));
        }
    }
    lost
}

/// When the message would arrive, if this event is its sending.
fn sent(event: &Event, wanted: MessageId) -> Option<Micros> {
    match event {
        Event::Send {
            message, arrives, ..
        } if *message == wanted => Some(*arrives),
        Event::Duplicate { copy, arrives, .. } if *copy == wanted => Some(*arrives),
        _ => None,
    }
}

fn part(now: Micros, sent: Micros, arrives: Micros) -> f64 {
    let whole = arrives.saturating_sub(sent).max(1);
    let gone = now.saturating_sub(sent).min(whole);
    gone as f64 / whole as f64
}

/// The glyph of a message that goes that way.
pub fn sign(envelope: &Envelope, across: f64, down: f64) -> &'static str {
    const ENTRIES: [&str; 4] = ["►", "◄", "▼", "▲"];
    const HEARTBEAT: [&str; 4] = ["▸", "◂", "▾", "▴"];
    const VOTE: [&str; 4] = ["▷", "◁", "▽", "△"];
    const PRE_VOTE: [&str; 4] = ["▹", "◃", "▿", "▵"];
    const SNAPSHOT: [&str; 4] = ["■"; 4];
    const TRANSFER: [&str; 4] = ["♛"; 4];
    const QUESTION: [&str; 4] = ["?"; 4];
    const YES: [&str; 4] = ["→", "←", "↓", "↑"];
    const NO: [&str; 4] = ["⇢", "⇠", "⇣", "⇡"];
    let shape = match &envelope.message {
        Message::Append(append) if append.entries.is_empty() => HEARTBEAT,
        // What a client asked is on its way into the log.
        Message::Append(_) | Message::Request { .. } => ENTRIES,
        Message::Vote { .. } => VOTE,
        Message::PreVote(_) => PRE_VOTE,
        Message::VoteReply { granted: true }
        | Message::PreVoteReply { granted: true, .. }
        | Message::AppendReply {
            answer: AppendAnswer::Accepted { .. },
            ..
        }
        | Message::SnapshotReply(_)
        | Message::TimeoutNowReply { campaigns: true }
        | Message::ReadReply { index: Some(_), .. }
        | Message::RequestReply {
            answer: Answer::Outcome(_),
            ..
        } => YES,
        Message::VoteReply { .. }
        | Message::PreVoteReply { .. }
        | Message::AppendReply { .. }
        | Message::TimeoutNowReply { .. }
        | Message::ReadReply { .. }
        | Message::RequestReply { .. } => NO,
        Message::Snapshot(_) => SNAPSHOT,
        Message::TimeoutNow => TRANSFER,
        Message::Read { .. } => QUESTION,
    };
    // A cell is twice as high as wide.
    let level = across.abs() >= 2.0 * down.abs();
    match (level, across >= 0.0, down >= 0.0) {
        (true, true, _) => shape[0],
        (true, false, _) => shape[1],
        (false, _, true) => shape[2],
        (false, _, false) => shape[3],
    }
}
