//! The messages on their way, the next to arrive first; one of them may be chosen.
//!
//! ```text
//! ╭ on the way · 2 ─────────────────────────────────────────────────────╮
//! │ ▸ in 4 ms   S1->S3  append        t4  append after (2,t2): [3,t4 …] │
//! │   in 6 ms   S2->S1  append-reply  t4  my log matches yours to 3     │
//! │   in 9 ms   c1->S1  request           x = one                       │
//! ╰─────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};

use crate::raft::Kind;
use crate::screen::Screen;
use crate::screen::paint::{corner, first_shown, frame, put, shorten, width};
use crate::screen::units::Short;
use crate::world::View;
use crate::world::event::MessageId;
use crate::world::view::OnWay;

/// Where it stands in a row in how long a message arrives, and where between whom it is.
const WHEN: u16 = 3;
const ENDS: u16 = 13;
/// The longest name that is written out.
const NAME: u16 = 8;
/// The fewest columns in which words are told.
const FEWEST: u16 = 8;

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
    let table = Table::of(view, &flights);
    for (flight, y) in flights.iter().skip(first).take(room).zip(inner.y..) {
        table.draw_row(screen, flight, Rect::new(inner.x, y, inner.width, 1), buf);
    }
}

/// The widest of each column.
struct Table {
    names: u16,
    kinds: u16,
    terms: u16,
}

impl Table {
    fn of(view: &View, flights: &[OnWay<'_>]) -> Table {
        let nodes = view.nodes.iter().map(|node| width(&node.name));
        let letters = view.letters.iter();
        let clients = letters.map(|letter| width(&letter.client.to_string()));
        let kinds = flights.iter().map(|flight| width(kind(flight)));
        let terms = flights.iter().map(|flight| width(&term(flight)));
        Table {
            names: nodes.chain(clients).max().unwrap_or(0).min(NAME),
            kinds: kinds.max().unwrap_or(0),
            terms: terms.max().unwrap_or(0),
        }
    }

    fn draw_row(&self, screen: &Screen<'_>, flight: &OnWay<'_>, row: Rect, buf: &mut Buffer) {
        let (theme, view) = (screen.theme, &screen.scene.world);
        let y = row.y;
        let chosen = Some(flight.message()) == screen.ui.flight;
        if chosen {
            put(buf, row, row.x + 1, y, "▸", theme.key);
        }
        let left = flight.arrives().saturating_sub(view.now);
        let left = format!("in {}", Short(left));
        put(buf, row, row.x + WHEN, y, &left, theme.quiet);

        let x = row.x + ENDS;
        let [from, to] = flight.ends(view).map(|end| shorten(&end, self.names));
        let style = flight.term().map_or(theme.text, |term| theme.term(term));
        let marked = match chosen {
            true => style.patch(theme.selected),
            false => style,
        };
        put(buf, row, x, y, &format!("{from}->{to}"), marked);
        let x = x + 2 * self.names + 4;
        put(buf, row, x, y, kind(flight), theme.text);
        let x = x + self.kinds + 2;
        put(buf, row, x, y, &term(flight), style);
        let x = x + if self.terms > 0 { self.terms + 2 } else { 0 };
        let room = (row.right() - 1).saturating_sub(x);
        if room >= FEWEST {
            put(buf, row, x, y, &shorten(&flight.words(), room), theme.text);
        }
    }
}

fn kind(flight: &OnWay<'_>) -> &'static str {
    flight.kind().map_or("", Kind::name)
}

fn term(flight: &OnWay<'_>) -> String {
    flight
        .term()
        .map_or(String::new(), |term| format!("t{term}"))
}
