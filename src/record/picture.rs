//! How a film looks as a picture: its colours, its measures, the window around it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::command::clean::clean;
use crate::screen::Theme;
use crate::screen::theme::of_256;

/// What every file says of itself, so that this program knows which ones are its own.
pub const MARK: &str = "Made by raft-playground";

/// A cell in pixels, across.
pub const WIDTH: u16 = 10;
/// A cell in pixels, down.
pub const HEIGHT: u16 = 20;
/// The pixels around the cells.
const MARGIN: u16 = 14;
/// The height of the bar with the title.
const BAR: u16 = 34;
/// From the left edge to the middle of the first dot of the bar.
const EDGE: u16 = 20;
/// From the middle of a dot to that of the next.
const APART: u16 = 18;
/// The radius of a dot.
pub const DOT: u16 = 6;

/// Where the line under a text begins; it is one pixel high.
pub const UNDER: u16 = 17;
/// Where the line through a text begins.
pub const THROUGH: u16 = 10;

/// Red, green and blue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// A share of the way to another colour.
    #[must_use]
    pub fn towards(self, other: Rgb, share: u8, whole: u8) -> Rgb {
        let (share, whole) = (u32::from(share), u32::from(whole));
        let mut mixed = self.0;
        for (part, other) in mixed.iter_mut().zip(other.0) {
            let sum = u32::from(*part) * (whole - share) + u32::from(other) * share;
            *part = u8::try_from((sum + whole / 2) / whole).unwrap_or(u8::MAX);
        }
        Rgb(mixed)
    }

    /// How different another colour is.
    pub fn distance(self, other: Rgb) -> u32 {
        let parts = self.0.into_iter().zip(other.0);
        parts
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum()
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The ground and the text of a theme that leaves them to the terminal.
const GROUND: Rgb = Rgb([0x10, 0x14, 0x1c]);
const TEXT: Rgb = Rgb([0xd8, 0xde, 0xe9]);

/// The sixteen colours that a terminal's user may choose, as xterm has them.
const SIXTEEN: [Rgb; 16] = [
    Rgb([0, 0, 0]),
    Rgb([205, 0, 0]),
    Rgb([0, 205, 0]),
    Rgb([205, 205, 0]),
    Rgb([0, 0, 238]),
    Rgb([205, 0, 205]),
    Rgb([0, 205, 205]),
    Rgb([229, 229, 229]),
    Rgb([127, 127, 127]),
    Rgb([255, 0, 0]),
    Rgb([0, 255, 0]),
    Rgb([255, 255, 0]),
    Rgb([92, 92, 255]),
    Rgb([255, 0, 255]),
    Rgb([0, 255, 255]),
    Rgb([255, 255, 255]),
];

/// The three dots of a window's bar.
pub const DOTS: [Rgb; 3] = [
    Rgb([0xf0, 0x65, 0x5a]),
    Rgb([0xf2, 0xbd, 0x4b]),
    Rgb([0x5f, 0xc4, 0x54]),
];

/// What all pictures of a film share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// What lies under everything.
    pub ground: Rgb,
    /// Text without a colour of its own.
    pub text: Rgb,
    /// The title of the window around the screen; nothing for no window.
    pub window: Option<String>,
}

/// How the cells of one style look.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Look {
    /// The colour of what is drawn.
    pub text: Rgb,
    /// The colour of what lies under it.
    pub ground: Rgb,
    /// Heavy strokes.
    pub bold: bool,
    /// A line under it.
    pub underlined: bool,
    /// A line through it.
    pub crossed: bool,
}

/// Where things are, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Measures {
    /// The whole, across.
    pub width: u16,
    /// The whole, down.
    pub height: u16,
    /// The left edge of the first column.
    pub left: u16,
    /// The upper edge of the first row.
    pub top: u16,
    /// The height of the bar with the title, 0 without one.
    pub bar: u16,
}

impl Picture {
    /// Pictures in the colours of a theme, in a window of that title or in none.
    pub fn new(theme: &Theme, window: Option<&str>) -> Picture {
        Picture {
            ground: theme.ground.bg.and_then(rgb).unwrap_or(GROUND),
            text: theme.ground.fg.and_then(rgb).unwrap_or(TEXT),
            window: window.map(|title| clean(title).into_owned()),
        }
    }

    /// How a cell looks.
    pub fn look(&self, cell: &Cell) -> Look {
        let has = |modifier| cell.modifier.contains(modifier);
        let mut text = rgb(cell.fg).unwrap_or(self.text);
        let mut ground = rgb(cell.bg).unwrap_or(self.ground);
        if has(Modifier::REVERSED) {
            (text, ground) = (ground, text);
        }
        if has(Modifier::DIM) {
            text = text.towards(ground, 2, 5);
        }
        if has(Modifier::HIDDEN) {
            text = ground;
        }
        Look {
            text,
            ground,
            bold: has(Modifier::BOLD),
            underlined: has(Modifier::UNDERLINED),
            crossed: has(Modifier::CROSSED_OUT),
        }
    }

    /// The colours of the window's bar and of the line below it.
    pub fn bar(&self) -> (Rgb, Rgb) {
        let shade = |share| self.ground.towards(self.text, share, 32);
        (shade(2), shade(5))
    }

    /// The title in the bar as one row of cells; nothing without a window.
    pub fn title(&self, measures: Measures) -> Option<Buffer> {
        let title = self.window.as_ref()?;
        // As much is left free on the right as the dots take on the left.
        let room = measures.width.saturating_sub(2 * EDGE + 6 * APART) / WIDTH;
        let columns = u16::try_from(title.width()).map_or(room, |columns| columns.min(room));
        let mut row = Buffer::empty(Rect::new(0, 0, columns, 1));
        let color = |Rgb([red, green, blue])| Color::Rgb(red, green, blue);
        let (ground, _) = self.bar();
        let text = self.text.towards(self.ground, 2, 8);
        let style = Style::new().fg(color(text)).bg(color(ground));
        row.set_stringn(0, 0, title, usize::from(columns), style);
        row.set_style(row.area, style);
        Some(row)
    }

    /// Where things are in the picture of a screen of that size.
    pub fn measures(&self, columns: u16, rows: u16) -> Measures {
        let bar = if self.window.is_some() { BAR } else { 0 };
        let cells = |count: u16, size: u16| count.saturating_mul(size).saturating_add(2 * MARGIN);
        Measures {
            width: cells(columns, WIDTH),
            height: cells(rows, HEIGHT).saturating_add(bar),
            left: MARGIN,
            top: MARGIN + bar,
            bar,
        }
    }
}

impl Measures {
    /// The middles of the three dots.
    pub fn dots(self) -> [(u16, u16); 3] {
        [0, 1, 2].map(|place| (EDGE + place * APART, self.bar / 2))
    }

    /// The upper left corner of a title of so many columns.
    pub fn title(self, columns: u16) -> (u16, u16) {
        let left = self.width.saturating_sub(columns * WIDTH) / 2;
        (left, self.bar.saturating_sub(HEIGHT) / 2)
    }
}

/// A colour of a terminal; `None` for the one that it has by itself.
fn rgb(color: Color) -> Option<Rgb> {
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => return Some(Rgb([red, green, blue])),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let sixteen = SIXTEEN.get(usize::from(index)).copied();
    Some(sixteen.unwrap_or_else(|| Rgb(of_256(index))))
}
