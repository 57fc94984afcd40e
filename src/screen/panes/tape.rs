//! The whole run on one row: terms as steps in their colours, leaders, faults and violations
//! where they happened, and where we are.
//!
//! ```text
//!  0 s ▁▁▁▁♛▂▂▂▂▂▂×▂▂♛▃▃▃▃▃▃▃▃×▃▃♛▄▄▄▄▄▄!▄┃ 3.412 s
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::raft::Micros;
use crate::screen::Screen;
use crate::screen::legend::Sign;
use crate::screen::paint::{put, width};
use crate::screen::units::Seconds;
use crate::session::{Mark, Scene};

const STEPS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

const LEADER: &str = "♛";
const FAULT: &str = "×";
const VIOLATION: &str = "!";
const HERE: &str = "┃";

/// What stands on it, with its meaning.
pub const SIGNS: &[Sign] = &[
    ("▁▂▃", "terms"),
    (LEADER, "a new leader"),
    (FAULT, "a fault, or its end"),
    (VIOLATION, "a violation"),
    (HERE, "the instant shown"),
];

const BEGINNING: &str = "0 s ";

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    put(buf, area, area.x + 1, area.y, BEGINNING, theme.quiet);
    let Some((start, columns)) = track(scene, area) else {
        return;
    };
    let end = end(scene);
    put(buf, area, start + columns, area.y, &end, theme.quiet);

    let place = |at: Micros| column(at, scene.frontier, columns);
    let mut marks = scene.tape.iter().peekable();
    let mut term = 0;
    for column in 0..columns {
        // What stands in a column: the gravest of what happened there, else the term.
        let mut sign: Option<(u8, &str, Style)> = None;
        while let Some((_, mark)) = marks.next_if(|(at, _)| place(*at) <= column) {
            let new = match mark {
                Mark::Term(new) => {
                    term = *new;
                    continue;
                }
                Mark::Leader(_, of) => (1, LEADER, theme.term(*of)),
                Mark::Fault => (2, FAULT, theme.warn),
                Mark::Violation => (3, VIOLATION, theme.bad),
            };
            if sign.is_none_or(|(weight, ..)| new.0 > weight) {
                sign = Some(new);
            }
        }
        let (sign, style) = match sign {
            Some((_, sign, style)) => (sign, style),
            None if term == 0 => ("·", theme.faint),
            None => {
                let step = STEPS[((term - 1) % STEPS.len() as u64) as usize];
                (step, theme.term(term))
            }
        };
        buf[(start + column, area.y)]
            .set_symbol(sign)
            .set_style(style);
    }
    let here = &mut buf[(start + place(scene.world.now), area.y)];
    here.set_symbol(HERE).set_style(theme.title);
}

/// The instant at a column of the screen; beyond the ends it is theirs.
pub fn instant(screen: &Screen<'_>, area: Rect, x: u16) -> Option<Micros> {
    let (start, columns) = track(screen.scene, area)?;
    let column = u128::from(x.saturating_sub(start).min(columns - 1));
    let frontier = u128::from(screen.scene.frontier);
    Some((column * frontier / u128::from(columns - 1)) as Micros)
}

/// Where the tape begins, and how many columns it has, which are two at least.
fn track(scene: &Scene, area: Rect) -> Option<(u16, u16)> {
    let start = area.x + 1 + width(BEGINNING);
    let columns = area.right().checked_sub(start + width(&end(scene)) + 1)?;
    (columns >= 2).then_some((start, columns))
}

fn end(scene: &Scene) -> String {
    format!(" {}", Seconds(scene.frontier))
}

fn column(at: Micros, frontier: Micros, columns: u16) -> u16 {
    let last = u128::from(columns - 1);
    (u128::from(at.min(frontier)) * last / u128::from(frontier.max(1))) as u16
}
