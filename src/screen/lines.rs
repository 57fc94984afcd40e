//! Fine lines: each cell is two by four dots of braille.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A point in cells; the middle of a cell is at whole numbers.
pub type Point = (f64, f64);

/// Lines inside an area, drawn dot by dot before they are shown.
pub struct Lines {
    area: Rect,
    /// For each cell its dots, and the weightiest line through it with its style.
    cells: Vec<(u8, u8, Style)>,
}

impl Lines {
    /// Nothing is drawn yet.
    pub fn new(area: Rect) -> Lines {
        let count = usize::from(area.width) * usize::from(area.height);
        Lines {
            area,
            cells: vec![(0, 0, Style::new()); count],
        }
    }

    /// Draws a line; what lies outside the area is left out. Where lines meet, the cell looks like
    /// the one of the greatest weight.
    pub fn draw(&mut self, from: Point, to: Point, weight: u8, style: Style) {
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let dot = |point: Point| {
            let x = (point.0 - f64::from(self.area.x) + 0.5) * 2.0;
            let y = (point.1 - f64::from(self.area.y) + 0.5) * 4.0;
            (x, y)
        };
        let (from, to) = (dot(from), dot(to));
        let steps = (to.0 - from.0)
            .abs()
            .max((to.1 - from.1).abs())
            .ceil()
            .clamp(1.0, 4_000.0);
        for step in 0..=steps as u32 {
            let part = f64::from(step) / steps;
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            if x < 0.0 || y < 0.0 || x as usize / 2 >= usize::from(self.area.width) {
                continue;
            }
            let (x, y) = (x as usize, y as usize);
            let cell = y / 4 * usize::from(self.area.width) + x / 2;
            if let Some((bits, heaviest, look)) = self.cells.get_mut(cell) {
                *bits |= BITS[y % 4][x % 2];
                if weight >= *heaviest {
                    (*heaviest, *look) = (weight, style);
                }
            }
        }
    }

    /// Shows all that was drawn.
    pub fn show(&self, buf: &mut Buffer) {
        for (position, &(bits, _, style)) in self.area.positions().zip(&self.cells) {
            if bits != 0 {
                let ch = char::from_u32(0x2800 + u32::from(bits)).unwrap_or('·');
                buf[position].set_char(ch).set_style(style);
            }
        }
    }
}
