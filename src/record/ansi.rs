//! Cells as text for a terminal, with ECMA-48's control sequences. A terminal library would heed
//! this machine's terminal and environment (`NO_COLOR`), which a film must not.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};

/// What a terminal shows at first: nothing, and no cursor.
pub(super) const BLANK: &str = "\x1b[?25l\x1b[0m\x1b[2J";
/// Plain text again.
pub(super) const PLAIN: &str = "\x1b[0m";

/// What a terminal that shows `before` must be sent to show `after`.
pub(super) fn change(before: &Buffer, after: &Buffer) -> String {
    let mut text = String::new();
    let mut style = None;
    let mut next = None;
    for (x, y, cell) in before.diff(after) {
        if next != Some((x, y)) {
            let _ = write!(text, "\x1b[{};{}H", y + 1, x + 1);
        }
        if style != Some(cell.style()) {
            text.push_str(&rendition(cell));
            style = Some(cell.style());
        }
        text.push_str(cell.symbol());
        let width = unicode_width::UnicodeWidthStr::width(cell.symbol());
        next = Some((x + u16::try_from(width).unwrap_or(1), y));
    }
    if style.is_some_and(|style| style != Style::reset()) {
        text.push_str(PLAIN);
    }
    text
}

/// The sequence that sets a cell's look, whatever was set before.
fn rendition(cell: &Cell) -> String {
    let modifiers = [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
        (Modifier::CROSSED_OUT, 9),
    ];
    let mut text = "\x1b[0".to_owned();
    for (modifier, number) in modifiers {
        if cell.modifier.contains(modifier) {
            let _ = write!(text, ";{number}");
        }
    }
    text.push_str(&colour(cell.fg, 30));
    text.push_str(&colour(cell.bg, 40));
    text.push('m');
    text
}

/// A colour's part of the sequence: `base` is 30 for text, 40 for the ground.
fn colour(colour: Color, base: u8) -> String {
    let plain = |number: u8| format!(";{}", base + number);
    let bright = |number: u8| format!(";{}", base + 60 + number);
    match colour {
        Color::Reset => String::new(),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!(";{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!(";{};2;{red};{green};{blue}", base + 8),
    }
}
