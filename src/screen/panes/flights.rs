//! The messages on their way, the next to arrive first; one of them may be chosen.
//!
//! ```text
//! ╭ on the way · 2 ─────────────────────────────────────────────────────╮
//! │   arrives                                                           │
//! │ ▸ in 4 ms   S1 → S3  append        t4  append after (2,t2): [3,t4 …]│
//! │   in 6 ms   S2 → S1  append-reply  t4  my log matches yours to 3    │
//! │   in 9 ms   c1 → S1  request           x = one                      │
//! ╰─────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;

use crate::raft::Kind;
use crate::screen::Screen;
use crate::screen::paint::{corner, first_shown, frame, put, shorten, width};
use crate::screen::units::Short;
use crate::world::View;
use crate::world::event::MessageId;
use crate::world::view::OnWay;

/// The messages in the order of the list.
pub fn listed(view: &View) -> Vec<OnWay<'_>> {
    let mut flights: Vec<OnWay<'_>> = view.on_way().collect();
    flights.sort_by_key(|flight| (flight.arrives(), flight.message()));
    flights
}

/// The message `by` places further down the list than the chosen one; the first when none is
/// chosen, or the chosen one has arrived.
pub fn step(view: &View, chosen: Option<MessageId>, by: isize) -> Option<MessageId> {
    let flights = listed(view);
    let here = flights
        .iter()
        .position(|flight| Some(flight.message()) == chosen);
    let there = match here {
        Some(here) => (here as isize + by).rem_euclid(flights.len() as isize) as usize,
        None => 0,
    };
    flights.get(there).map(OnWay::message)
}

/// The place of the first that is shown, so that the chosen one is.
fn first(screen: &Screen<'_>, flights: &[OnWay<'_>], room: usize) -> usize {
    let chosen = flights
        .iter()
        .position(|flight| Some(flight.message()) == screen.ui.flight);
    first_shown(flights.len(), room, chosen.unwrap_or(0))
}

/// The message in row `y` of the pane.
pub fn at(screen: &Screen<'_>, area: Rect, y: u16) -> Option<MessageId> {
    let inner = area.inner(Margin::new(1, 1));
    let flights = listed(&screen.scene.world);
    let place = y.checked_sub(inner.y).filter(|row| *row < inner.height)?;
    let first = first(screen, &flights, usize::from(inner.height));
    let flight = flights.get(first + usize::from(place))?;
    Some(flight.message())
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
    let names = view.nodes.iter().map(|node| width(&node.name));
    let clients = view.letters.iter();
    let clients = clients.map(|letter| width(&letter.client.to_string()));
    let names = names.chain(clients).max().unwrap_or(0).min(8);
    let kind = |flight: &OnWay<'_>| flight.kind().map_or("", Kind::name);
    let kinds = flights.iter().map(|flight| width(kind(flight)));
    let kinds = kinds.max().unwrap_or(0);
    let term = |flight: &OnWay<'_>| {
        flight
            .term()
            .map_or(String::new(), |term| format!("t{term}"))
    };
    let terms = flights.iter().map(|flight| width(&term(flight)));
    let terms = terms.max().unwrap_or(0);
    for (flight, y) in flights.iter().skip(first).take(room).zip(inner.y..) {
        let row = match Some(flight.message()) == screen.ui.flight {
            true => {
                put(buf, inner, inner.x + 1, y, "▸", theme.key);
                theme.selected
            }
            false => Style::new(),
        };
        let left = flight.arrives().saturating_sub(view.now);
        put(
            buf,
            inner,
            inner.x + 3,
            y,
            &format!("in {}", Short(left)),
            theme.quiet,
        );
        let ends = flight.ends(view).map(|end| shorten(&end, names));
        let style = flight.term().map_or(theme.text, |term| theme.term(term));
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
        put(buf, inner, x, y, kind(flight), theme.text);
        let x = x + kinds + 2;
        put(buf, inner, x, y, &term(flight), style);
        let x = x + if terms > 0 { terms + 2 } else { 0 };
        let room = (inner.right() - 1).saturating_sub(x);
        if room >= 8 {
            put(
                buf,
                inner,
                x,
                y,
                &shorten(&flight.words(), room),
                theme.text,
            );
        }
    }
}
