//! Frames, bars, dots and lines. They are drawn, not taken from a font, so that they meet exactly
//! where cells meet.
//!
//! A shape is described once, in the pixels of a cell of [`WIDTH`] by [`HEIGHT`], and drawn by
//! pictures made of pixels and by those made of paths. What is straight lies on whole pixels.

use super::picture::{HEIGHT, WIDTH};

/// A part of a shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// A rectangle: left, top, right, bottom.
    Block([u8; 4]),
    /// The whole cell, with so many quarters of the ink.
    Shade(u8),
    /// A line from corner to corner, as wide as a light one.
    Diagonal {
        /// True for the one that goes down, to the right.
        falls: bool,
    },
    /// A quarter of a circle, as wide as a light line: from the edge of the cell, at the light line
    /// across, to the light line down or up.
    Bend {
        /// True where it begins at the right edge.
        right: bool,
        /// True where it goes down.
        down: bool,
    },
    /// A dot of braille, by its place: 0 or 1 across, 0 to 3 down.
    Dot(u8, u8),
}

const WIDE: u8 = WIDTH as u8;
const HIGH: u8 = HEIGHT as u8;

/// Where the light lines in the middle of a cell begin, across and down. A light line is one pixel
/// wide, a heavy one three.
pub const MIDDLE: (u8, u8) = (WIDE / 2, HIGH / 2);
/// The radius of a bend, in halves of a pixel: it reaches from the light line down to the edge.
pub const BEND: u8 = WIDE - 1;
/// The distance between two dots of braille.
pub const PITCH: u8 = WIDE / 2;
/// The width of a dot of braille, in quarters of a pixel.
pub const DOT: u8 = 11;

/// Which lines go from the middle of a cell: up, right, down, left; 1 is light, 2 heavy.
const ARMS: &str = "─0101 ━0202 │1010 ┃2020 \
    ┌0110 ┍0210 ┎0120 ┏0220 ┐0011 ┑0012 ┒0021 ┓0022 \
    └1100 ┕1200 ┖2100 ┗2200 ┘1001 ┙1002 ┚2001 ┛2002 \
    ├1110 ┝1210 ┞2110 ┟1120 ┠2120 ┡2210 ┢1220 ┣2220 \
    ┤1011 ┥1012 ┦2011 ┧1021 ┨2021 ┩2012 ┪1022 ┫2022 \
    ┬0111 ┭0112 ┮0211 ┯0212 ┰0121 ┱0122 ┲0221 ┳0222 \
    ┴1101 ┵1102 ┶1201 ┷1202 ┸2101 ┹2102 ┺2201 ┻2202 \
    ┼1111 ┽1112 ┾1211 ┿1212 ╀2111 ╁1121 ╂2121 ╃2112 \
    ╄2211 ╅1122 ╆1221 ╇2212 ╈1222 ╉2122 ╊2221 ╋2222 \
    ╴0001 ╵1000 ╶0100 ╷0010 ╸0002 ╹2000 ╺0200 ╻0020 ╼0201 ╽1020 ╾0102 ╿2010";

/// Broken lines: into how many dashes, 1 for light and 2 for heavy, and whether it goes across.
const DASHES: [(char, u8, u8, bool); 12] = [
    ('┄', 3, 1, true),
    ('┅', 3, 2, true),
    ('┆', 3, 1, false),
    ('┇', 3, 2, false),
    ('┈', 4, 1, true),
    ('┉', 4, 2, true),
    ('┊', 4, 1, false),
    ('┋', 4, 2, false),
    ('╌', 2, 1, true),
    ('╍', 2, 2, true),
    ('╎', 2, 1, false),
    ('╏', 2, 2, false),
];

/// Which quarters of a cell are filled, from U+2596 on: upper left 1, upper right 2, lower left 4,
/// lower right 8.
const QUARTERS: [u8; 10] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

/// Where the dots of braille are, in the order of their bits.
const DOTS: [(u8, u8); 8] = [
    (0, 0),
    (0, 1),
    (0, 2),
    (1, 0),
    (1, 1),
    (1, 2),
    (0, 3),
    (1, 3),
];

/// What is drawn for a character; nothing when it is one for a font.
pub fn shape(ch: char) -> Option<Vec<Piece>> {
    let diagonal = |falls| Piece::Diagonal { falls };
    Some(match ch {
        '╭' => corner(true, true),
        '╮' => corner(false, true),
        '╰' => corner(true, false),
        '╯' => corner(false, false),
        '╱' => vec![diagonal(false)],
        '╲' => vec![diagonal(true)],
        '╳' => vec![diagonal(false), diagonal(true)],
        '░' => vec![Piece::Shade(1)],
        '▒' => vec![Piece::Shade(2)],
        '▓' => vec![Piece::Shade(3)],
        '\u{2500}'..='\u{257f}' => return dashes(ch).or_else(|| arms(ch)),
        '\u{2580}'..='\u{259f}' => blocks(ch),
        '\u{2800}'..='\u{28ff}' => dots(ch),
        _ => return None,
    })
}

/// A line of that weight about the middle: where it begins and where it ends.
fn line(middle: u8, weight: u8) -> (u8, u8) {
    match weight {
        0 => (middle, middle),
        _ => (middle + 1 - weight, middle + weight),
    }
}

fn arms(ch: char) -> Option<Vec<Piece>> {
    let mut known = ARMS.split_whitespace();
    let weights = known.find_map(|arms| arms.strip_prefix(ch))?;
    let mut weights = weights.bytes().map(|digit| digit - b'0');
    let mut next = || weights.next().unwrap_or(0);
    let (up, right, down, left) = (next(), next(), next(), next());
    // Where lines cross, each goes to the far side of the other.
    let (from_x, to_x) = line(MIDDLE.0, up.max(down));
    let (from_y, to_y) = line(MIDDLE.1, left.max(right));
    let across = |weight, from, to| {
        let (top, bottom) = line(MIDDLE.1, weight);
        [from, top, to, bottom]
    };
    let along = |weight, from, to| {
        let (start, end) = line(MIDDLE.0, weight);
        [start, from, end, to]
    };
    let blocks = [
        (up, along(up, 0, to_y)),
        (right, across(right, from_x, WIDE)),
        (down, along(down, from_y, HIGH)),
        (left, across(left, 0, to_x)),
    ];
    let drawn = blocks.into_iter().filter(|(weight, _)| *weight > 0);
    Some(drawn.map(|(_, block)| Piece::Block(block)).collect())
}

fn dashes(ch: char) -> Option<Vec<Piece>> {
    let &(_, count, weight, across) = DASHES.iter().find(|dash| dash.0 == ch)?;
    let (length, middle) = if across {
        (WIDE, MIDDLE.1)
    } else {
        (HIGH, MIDDLE.0)
    };
    let gap = (length / count * 2 / 5).max(1);
    let (near, far) = line(middle, weight);
    let dash = |place| {
        let (from, to) = (length * place / count, length * (place + 1) / count - gap);
        Piece::Block(if across {
            [from, near, to, far]
        } else {
            [near, from, far, to]
        })
    };
    Some((0..count).map(dash).collect())
}

/// A rounded corner: a bend, and what is left of the straight lines.
fn corner(right: bool, down: bool) -> Vec<Piece> {
    let (x, y) = MIDDLE;
    let reach = BEND / 2;
    let upright = if down {
        [x, y + reach + 1, x + 1, HIGH]
    } else {
        [x, 0, x + 1, y - reach]
    };
    let mut pieces = vec![Piece::Bend { right, down }, Piece::Block(upright)];
    if !right {
        pieces.push(Piece::Block([0, y, x - reach, y + 1]));
    }
    pieces
}

fn blocks(ch: char) -> Vec<Piece> {
    let eighths = |count: u32, size: u8| (u32::from(size) * count).div_ceil(8) as u8;
    let number = ch as u32;
    let block = match number {
        0x2580 => [0, 0, WIDE, HIGH / 2],
        0x2581..=0x2588 => [0, HIGH - eighths(number - 0x2580, HIGH), WIDE, HIGH],
        0x2589..=0x258f => [0, 0, eighths(0x2590 - number, WIDE), HIGH],
        0x2590 => [WIDE / 2, 0, WIDE, HIGH],
        0x2594 => [0, 0, WIDE, eighths(1, HIGH)],
        0x2595 => [WIDE - eighths(1, WIDE), 0, WIDE, HIGH],
        _ => return quarters(number),
    };
    vec![Piece::Block(block)]
}

fn quarters(number: u32) -> Vec<Piece> {
    let place = number.saturating_sub(0x2596) as usize;
    let filled = QUARTERS.get(place).copied().unwrap_or(0);
    let (wide, high) = (WIDE / 2, HIGH / 2);
    let quarters = (0..4_u8).filter(|quarter| filled & (1 << quarter) != 0);
    let block = |quarter| {
        let (x, y) = (quarter % 2 * wide, quarter / 2 * high);
        Piece::Block([x, y, x + wide, y + high])
    };
    quarters.map(block).collect()
}

fn dots(ch: char) -> Vec<Piece> {
    let set = ch as u32 - 0x2800;
    let drawn = (0..).zip(DOTS).filter(|(bit, _)| set & (1 << bit) != 0);
    drawn.map(|(_, (x, y))| Piece::Dot(x, y)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_line_block_and_dot_has_a_shape_within_its_cell() {
        let frames = ('\u{2500}'..='\u{257f}').filter(|ch| !('═'..='╬').contains(ch));
        let all = frames
            .chain('\u{2580}'..='\u{259f}')
            .chain('\u{2801}'..='\u{28ff}');
        for ch in all {
            let pieces = shape(ch).unwrap_or_else(|| panic!("{ch} has no shape"));
            assert!(!pieces.is_empty(), "{ch}");
            for piece in pieces {
                if let Piece::Block([left, top, right, bottom]) = piece {
                    let within = left < right && right <= WIDE && top < bottom && bottom <= HIGH;
                    assert!(within, "{ch}: {piece:?}");
                }
            }
        }
        assert_eq!(shape('a'), None);
        assert_eq!(shape('\u{2800}'), Some(Vec::new()));
    }

    #[test]
    fn lines_that_meet_at_an_edge_are_of_one_width() {
        let edge = |ch: char, left: bool| -> Vec<(u8, u8)> {
            let pieces = shape(ch).expect("a shape");
            let mut met: Vec<_> = pieces
                .into_iter()
                .filter_map(|piece| match piece {
                    Piece::Block([0, top, _, bottom]) if left => Some((top, bottom)),
                    Piece::Block([_, top, WIDE, bottom]) if !left => Some((top, bottom)),
                    Piece::Bend { right, .. } if right != left => Some((MIDDLE.1, MIDDLE.1 + 1)),
                    _ => None,
                })
                .collect();
            met.dedup();
            met
        };
        for (one, other) in [("─├┌└┬╭╰╾", "─┤┐┘┴╮╯╼"), ("━┣┏┗┳╼", "━┫┓┛┻╾")]
        {
            for left in one.chars() {
                for right in other.chars() {
                    assert_eq!(edge(left, false), edge(right, true), "{left}{right}");
                }
            }
        }
    }
}
