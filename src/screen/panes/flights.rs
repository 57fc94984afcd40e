//! The messages on their way, the next to arrive first; one of them may be chosen.
//!
//! ```text
//! ╭ on the way · 2 ─────────────────────────────────────────────────────╮
//! │   arrives                                                           │
//! │ ▸ in 4 ms   S1 → S3  append        t4  append after (2,t2): [3,t4 …]│
//! │   in 6 ms   S2 → S1  append-reply  t4  my log matches yours to 3    │
//! ╰─────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;

use crate::screen::paint::{corner, first_shown, frame, put, shorten, width};
use crate::screen::units::Short;
use crate::screen::{Screen, name};
use crate::world::View;
use crate::world::event::MessageId;
use crate::world::explain::message;
use crate::world::view::Flight;

/// The messages in the order of the list.
pub fn listed(view: &View) -> Vec<&Flight> {
    let mut flights: Vec<&Flight> = view.flights.iter().collect();
    flights.sort_by_key(|flight| (flight.arrives, flight.message));
    flights
}

/// The message `by` places further down the list than the chosen one; the first when none is
/// chosen, or the chosen one has arrived.
pub fn step(view: &View, chosen: Option<MessageId>, by: isize) -> Option<MessageId> {
    let flights = listed(view);
    let here = flights
        .iter()
        .position(|flight| Some(flight.message) == chosen);
    let there = match here {
        Some(here) => (here as isize + by).rem_euclid(flights.len() as isize) as usize,
        None => 0,
    };
    flights.get(there).map(|flight| flight.message)
}

/// The place of the first that is shown, so that the chosen one is.
fn first(screen: &Screen<'_>, flights: &[&Flight], room: usize) -> usize {
    let chosen = flights
        .iter()
        .position(|flight| Some(flight.message) == screen.ui.flight);
    first_shown(flights.len(), room, chosen.unwrap_or(0))
}

/// The message in row `y` of the pane.
pub fn at(screen: &Screen<'_>, area: Rect, y: u16) -> Option<MessageId> {
    let inner = area.inner(Margin::new(1, 1));
    let flights = listed(&screen.scene.world);
    let place = y.checked_sub(inner.y).filter(|row| *row < inner.height)?;
    let first = first(screen, &flights, usize::from(inner.height));
    let flight = flights.get(first + usize::from(place))?;
    Some(flight.message)
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, view) = (screen.theme, &screen.scene.world);
    let flights = listed(view);
    let title = format!("on the way · {}", flights.len());
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    if flights.is_empty() {
        put(buf, inner, inner.x + 1, inner.y, "no message", theme.faint);
        return;
    }
    let room = usize::from(inner.height);
    let first = first(screen, &flights, room);
    if flights.len() > room {
        let text = format!("{room} of {}", flights.len());
        corner(buf, area, &text, theme.quiet);
    }
    let names = view.nodes.iter().map(|node| width(&node.name).min(8)).max();
    let names = names.unwrap_or(0);
    let kinds = flights
        .iter()
        .map(|flight| width(flight.envelope.message.kind().name()));
    let kinds = kinds.max().unwrap_or(0);
    for (flight, y) in flights.iter().skip(first).take(room).zip(inner.y..) {
        let envelope = &flight.envelope;
        let row = match Some(flight.message) == screen.ui.flight {
            true => {
                put(buf, inner, inner.x + 1, y, "▸", theme.key);
                theme.selected
            }
            false => Style::new(),
        };
        let left = flight.arrives.saturating_sub(view.now);
        put(
            buf,
            inner,
            inner.x + 3,
            y,
            &format!("in {}", Short(left)),
            theme.quiet,
        );
        let ends = [name(view, envelope.from), name(view, envelope.to)];
        let ends = ends.map(|end| shorten(end, names));
        let style = theme.term(envelope.term);
        let x = inner.x + 13;
        put(
            buf,
            inner,
            x,
            y,
            &format!("{} → {}", ends[0], ends[1]),
            style.patch(row),
        );
        let x = x + 2 * names + 5;
        put(buf, inner, x, y, envelope.message.kind().name(), theme.text);
        let x = x + kinds + 2;
        let x = put(buf, inner, x, y, &format!("t{}", envelope.term), style) + 2;
        let room = (inner.right() - 1).saturating_sub(x);
        if room >= 8 {
            put(
                buf,
                inner,
                x,
                y,
                &shorten(&message(envelope), room),
                theme.text,
            );
        }
    }
}
