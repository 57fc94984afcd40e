//! A lane for each client over a stretch of time, and below it the newest requests in words.
//!
//! ```text
//! ╭ clients · the last 2 s · reads linearizable ─────────────────────────────╮
//! │  c1  ├──✔  ├───✔ ├─────2──✔                    ├────  waits 120 ms, to n2│
//! │  c2     ├─✔     ├──✘      ├────────────────?          1 in the queue     │
//! │                                                                          │
//! │    from      client  request    outcome     took     sent   answered by  │
//! │    3.102 s   c1      x = one    ✔ ok        12 ms    once   n1           │
//! │ !  3.240 s   c2      get x      ✔ ok one    31 ms    twice  n3           │
//! ╰─ ✔ ok  ✘ failed  ? unknown  … waits  ! in conflict ──────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::calls::{Call, Standing, calls};
use crate::command::read_mode;
use crate::kv::ClientId;
use crate::raft::{Invariant, Micros};
use crate::screen::legend::{Sign, line};
use crate::screen::paint::{frame, put, put_right, shorten, width};
use crate::screen::units::{Seconds, Short};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, Theme, name};
use crate::world::explain::{asked, change_words};
use crate::world::view::ClientView;

/// The glyphs with their meaning.
pub const SIGNS: &[Sign] = &[
    ("✔", "ok"),
    ("✘", "failed"),
    ("?", "unknown"),
    ("…", "waits"),
    ("2", "sent again"),
    ("!", "in conflict"),
];
/// Lengths of time that a lane may show.
const STRETCHES: [Micros; 10] = [
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    60_000_000,
    600_000_000,
];
/// So many statements about the cluster that wait are told of.
const ORDERS: usize = 3;
/// The columns before a lane for the client's name, and behind it for how the client stands.
const NAME: u16 = 7;
const STATE: u16 = 32;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let world = &scene.world;
    let calls = calls(scene);
    // Inside the frame, with a blank behind the lane.
    let lane_columns = area.width.saturating_sub(NAME + STATE + 3);
    // Nothing was before instant 0.
    let stretch = stretch(&calls, world.now, lane_columns).min(world.now.max(1));
    let title = match world.clients.is_empty() {
        true => "clients".to_owned(),
        false => format!(
            "clients · the last {} · reads {}",
            Short(stretch),
            read_mode(world.client_options.reads)
        ),
    };
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    let room = inner.width.saturating_sub(2);
    let mut told = orders(screen, room);
    if world.clients.is_empty() || inner.height < 3 {
        if told.is_empty() {
            told.push(("nobody has asked anything yet".into(), theme.faint));
        }
        for ((text, style), y) in told.iter().zip(inner.top()..inner.bottom()) {
            put(buf, inner, inner.x + 1, y, text, *style);
        }
        return;
    }
    told.extend(conflict(screen, room));
    let legend = line(SIGNS, "  ");
    if area.width > width(&legend) + 2 {
        put(
            buf,
            area,
            area.x + 1,
            area.bottom() - 1,
            &legend,
            theme.faint,
        );
    }
    let rest = inner.height.saturating_sub(told.len() as u16);
    // The lanes get half of the room, the requests the rest.
    let wanted = u16::try_from(world.clients.len()).unwrap_or(u16::MAX);
    let lanes = wanted.min((rest / 2).max(1));
    let shown = busiest(&world.clients, &calls, usize::from(lanes));
    let from = world.now.saturating_sub(stretch);
    for (client, y) in shown.iter().zip(inner.y..) {
        let row = Rect::new(inner.x, y, inner.width, 1);
        lane(screen, client, &calls, (from, stretch), row, buf);
    }
    if shown.len() < world.clients.len() {
        let text = format!(" {} of {} clients ", shown.len(), world.clients.len());
        put_right(buf, area, area.right() - 2, area.y, &text, theme.quiet);
    }
    let mut y = inner.y + shown.len() as u16;
    for (line, style) in &told {
        put(buf, inner, inner.x + 1, y, line, *style);
        y += 1;
    }
    let table = Rect::new(inner.x, y, inner.width, inner.bottom().saturating_sub(y));
    requests(screen, &calls, table, buf);
}

/// The statements about the cluster that wait, the newest last: the operator is a client too.
fn orders(screen: &Screen<'_>, room: u16) -> Vec<(String, Style)> {
    let world = &screen.scene.world;
    let first = world.orders.len().saturating_sub(ORDERS);
    let told = world.orders[first..].iter().map(|order| {
        let change = change_words(&order.change, &|id| name(world, id));
        let waited = Short(world.now.saturating_sub(order.given));
        let to = match order.to {
            Some(to) => format!("handed to {} last", name(world, to)),
            None => "and nobody leads whom it could be handed to".to_owned(),
        };
        let words = format!("… {change} waits {waited}, {to}");
        (shorten(&words, room), screen.theme.text)
    });
    told.collect()
}

/// What was not linearizable, in words.
fn conflict(screen: &Screen<'_>, room: u16) -> Vec<(String, Style)> {
    let mut wrong = screen.scene.violations.iter();
    let wrong = wrong.find(|violation| violation.invariant == Invariant::Linearizability);
    let text = wrong.map(|violation| format!("! not linearizable: {}", violation.detail));
    let mut lines = text.map_or(Vec::new(), |text| wrap(&text, room));
    lines.truncate(4);
    let lines = lines.into_iter();
    lines.map(|line| (line, screen.theme.bad)).collect()
}

/// How much time the lanes show: so much that what the newest requests took can be told apart.
fn stretch(calls: &[Call<'_>], now: Micros, columns: u16) -> Micros {
    let mut begun: Vec<Micros> = calls.iter().filter_map(|call| call.sent).collect();
    begun.sort_unstable();
    let wanted = usize::from(columns / 6).max(1);
    let oldest = begun.iter().rev().take(wanted).next_back();
    let needed = oldest.map_or(0, |&oldest| now.saturating_sub(oldest));
    let fits = STRETCHES.into_iter().find(|&stretch| stretch >= needed);
    fits.unwrap_or(needed)
}

/// So many clients, in order: those that asked something last.
fn busiest<'a>(clients: &'a [ClientView], calls: &[Call<'_>], most: usize) -> Vec<&'a ClientView> {
    if clients.len() <= most {
        return clients.iter().collect();
    }
    let mut wanted: Vec<ClientId> = Vec::new();
    let recent = calls.iter().rev().map(|call| call.client);
    for id in recent.chain(clients.iter().map(|client| client.id)) {
        if wanted.len() < most && !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    let shown = clients.iter().filter(|client| wanted.contains(&client.id));
    shown.collect()
}

fn style(theme: &Theme, standing: Standing) -> Style {
    match standing {
        Standing::Ok => theme.good,
        Standing::Failed => theme.bad,
        Standing::Unknown => theme.warn,
        Standing::Waits => theme.text,
    }
}

/// A client's requests in the stretch of time from `from` on, and how it stands.
fn lane(
    screen: &Screen<'_>,
    client: &ClientView,
    calls: &[Call<'_>],
    (from, stretch): (Micros, Micros),
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = screen.theme;
    let now = screen.scene.world.now;
    let id = client.id.to_string();
    put(buf, area, area.x + 1, area.y, &id, theme.key);
    let state_columns = STATE.min(area.width / 3);
    let columns = area.width.saturating_sub(NAME + state_columns + 1);
    let lane = Rect::new(area.x + NAME, area.y, columns, 1);
    for x in lane.left()..lane.right() {
        put(buf, lane, x, lane.y, "·", theme.faint);
    }
    let last = u128::from(columns.saturating_sub(1));
    let place = |at: Micros| {
        let gone = u128::from(at.saturating_sub(from).min(stretch));
        lane.x + (gone * last / u128::from(stretch.max(1))) as u16
    };
    let own = calls.iter().filter(|call| call.client == client.id);
    for call in own.filter(|call| call.end(now) >= from) {
        let style = style(theme, call.standing());
        let start = place(call.sent.unwrap_or(from));
        let end = place(call.end(now));
        for x in start..=end {
            put(buf, lane, x, lane.y, "─", style);
        }
        if call.sent.is_some_and(|sent| sent >= from) {
            put(buf, lane, start, lane.y, "├", style);
        }
        for (&again, attempt) in call.again.iter().zip(2..) {
            if again >= from {
                let sign = match attempt {
                    ..10 => attempt.to_string(),
                    _ => "+".into(),
                };
                put(buf, lane, place(again), lane.y, &sign, theme.warn);
            }
        }
        let glyph = match call.conflicts {
            true => '!',
            false => call.standing().glyph(),
        };
        put(
            buf,
            lane,
            end,
            lane.y,
            &glyph.to_string(),
            style_of(theme, call),
        );
    }
    let x = lane.right() + 1;
    let room = area.right().saturating_sub(x + 1);
    let (words, style) = state(screen, client, calls);
    put(buf, area, x, area.y, &shorten(&words, room), style);
}

/// How a client stands, in words.
fn state(screen: &Screen<'_>, client: &ClientView, calls: &[Call<'_>]) -> (String, Style) {
    let theme = screen.theme;
    let newest = calls.iter().rev().find(|call| call.client == client.id);
    let (mut words, style) = match (&client.outstanding, newest) {
        (Some((_, since, attempt)), call) => {
            let waited = screen.scene.world.now.saturating_sub(*since);
            let mut words = format!("waits {}", Short(waited));
            if let Some(to) = call.and_then(|call| call.to) {
                words.push_str(&format!(" for {}", name(&screen.scene.world, to)));
            }
            if *attempt > 1 {
                words.push_str(&format!(", sent {attempt}×"));
            }
            (words, theme.text)
        }
        (None, Some(call)) => {
            let standing = call.standing();
            let took = call.latency(screen.scene.world.now);
            let took = took.map_or(String::new(), |took| format!(" in {}", Short(took)));
            let words = format!("{} {}{took}", standing.glyph(), standing.word());
            (words, style_of(theme, call))
        }
        (None, None) => (format!("{} answered", client.answered), theme.quiet),
    };
    if client.queued > 0 {
        words.push_str(&format!(", {} queued", client.queued));
    }
    (words, style)
}

fn style_of(theme: &Theme, call: &Call<'_>) -> Style {
    match call.conflicts {
        true => theme.bad,
        false => style(theme, call.standing()),
    }
}

/// The newest requests, a row each, the newest last; those in conflict are always among them.
fn requests(screen: &Screen<'_>, calls: &[Call<'_>], area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    if area.height < 3 {
        return;
    }
    let columns = columns(area.width);
    let widths = columns.map(|(_, width)| width);
    let y = area.y + 1;
    let heads = columns.map(|(head, _)| (head.to_owned(), theme.quiet));
    row(buf, area, y, &widths, &heads);
    for (call, y) in newest(calls, usize::from(area.height - 2)).zip(y + 1..) {
        row(buf, area, y, &widths, &cells(screen, call));
    }
}

/// The columns of the table of requests: their heads, and how wide they are. What is left goes to
/// the two that have no fixed width.
fn columns(room: u16) -> [(&'static str, u16); 8] {
    let (when, times) = if room < 76 { (0, 0) } else { (11, 6) };
    let (sign, client, took, from) = (3, 7, 9, 9);
    let fixed = sign + when + client + took + times + from;
    // On wide screens the columns stay near one another.
    let flexible = room.saturating_sub(fixed + 1).min(120);
    let request = flexible / 2;
    [
        ("", sign),
        ("sent at", when),
        ("client", client),
        ("request", request),
        ("outcome", flexible - request),
        ("took", took),
        ("sent", times),
        ("from", from),
    ]
}

/// So many of the newest requests, the newest last; those in conflict are among them before others.
fn newest<'a>(calls: &'a [Call<'a>], room: usize) -> impl Iterator<Item = &'a Call<'a>> {
    let conflicting = calls.iter().filter(|call| call.conflicts).count().min(room);
    let mut left = room - conflicting;
    let mut rows: Vec<&Call<'_>> = Vec::with_capacity(room);
    for call in calls.iter().rev() {
        if call.conflicts || left > 0 {
            left -= usize::from(!call.conflicts);
            rows.push(call);
        }
    }
    rows.truncate(room);
    rows.into_iter().rev()
}

/// A request in the columns of the table.
fn cells(screen: &Screen<'_>, call: &Call<'_>) -> [(String, Style); 8] {
    let (theme, world) = (screen.theme, &screen.scene.world);
    let (sign, text) = if call.conflicts {
        ("!", theme.bad)
    } else {
        ("", theme.text)
    };
    let sent = call.sent.map(|at| Seconds(at).to_string());
    let standing = call.standing();
    let outcome = format!("{} {} {}", standing.glyph(), standing.word(), call.told());
    let took = call.latency(world.now).map(|took| Short(took).to_string());
    let (times, times_style) = match call.attempts {
        0 | 1 => ("once".to_owned(), theme.quiet),
        more => (format!("{more}×"), theme.warn),
    };
    let from = match (call.from, call.to) {
        (Some(from), _) => name(world, from).to_owned(),
        (None, Some(to)) if call.reply.is_none() => format!("({})", name(world, to)),
        _ => String::new(),
    };
    [
        (sign.to_owned(), theme.bad),
        (sent.unwrap_or_else(|| "earlier".into()), theme.faint),
        (call.client.to_string(), theme.key),
        (request(screen, call), text),
        (outcome, style_of(theme, call)),
        (took.unwrap_or_else(|| "—".into()), theme.text),
        (times, times_style),
        (from, theme.text),
    ]
}

/// What is asked; of a read also how it is read, if that is not what holds in general.
fn request(screen: &Screen<'_>, call: &Call<'_>) -> String {
    let Some(operation) = call.operation else {
        return "…".into();
    };
    let usual = screen.scene.world.client_options.reads;
    match call.reads.filter(|reads| *reads != usual) {
        Some(reads) => format!("{}, {}", asked(operation), read_mode(reads)),
        None => asked(operation),
    }
}

/// Cells side by side, each cut to its width.
fn row(buf: &mut Buffer, area: Rect, y: u16, widths: &[u16; 8], cells: &[(String, Style); 8]) {
    let mut x = area.x + 1;
    let shown = widths
        .iter()
        .zip(cells)
        .filter(|(columns, _)| **columns > 0);
    for (&columns, (text, style)) in shown {
        let text = shorten(text, columns.saturating_sub(1));
        put(buf, area, x, y, &text, *style);
        x += columns;
    }
}
