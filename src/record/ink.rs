//! How much of each pixel of a cell is covered by what stands in it.

use unicode_width::UnicodeWidthStr;

use super::font::{Face, Glyph};
use super::picture::{HEIGHT, WIDTH};
use super::shape::{BEND, DOT, MIDDLE, PITCH, Piece, shape};
use crate::command::clean::clean;

/// How much of a pixel is covered goes in so many steps: few enough that the colours of a frame
/// fit into the palette of a GIF.
pub const FULL: u8 = 8;

/// The pixels of a cell.
pub const CELL: usize = WIDTH as usize * HEIGHT as usize;

/// A pixel is looked at in this many places, across and down.
const PLACES: i32 = 16;
/// The size of a pixel where places in it are named: places are at the odd numbers.
pub const PIXEL: i32 = 2 * PLACES;

/// What stands in a cell, or in two.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ink {
    columns: usize,
    cover: Vec<u8>,
}

impl Ink {
    /// What a symbol covers. Of a letter with marks upon it only the letter is drawn.
    pub fn of(symbol: &str, bold: bool) -> Ink {
        let columns = symbol.width().clamp(1, 2);
        let cover = vec![0; columns * CELL];
        let mut ink = Ink { columns, cover };
        let ch = clean(symbol).chars().next().unwrap_or(' ');
        if let Some(pieces) = shape(ch) {
            pieces.into_iter().for_each(|piece| ink.piece(piece));
        } else if ch != ' ' {
            match Face::of(ch, bold) {
                Some(face) => ink.glyph(&face.glyph(ch)),
                None => ink.unknown(),
            }
        }
        ink
    }

    /// How many cells it takes.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What it covers of one of its cells, row by row, each from 0 to [`FULL`].
    pub fn cell(&self, column: usize) -> impl Iterator<Item = u8> {
        let wide = usize::from(WIDTH);
        let rows = self.cover.chunks(self.columns * wide);
        rows.flat_map(move |row| row[column * wide..(column + 1) * wide].iter().copied())
    }

    /// A line from edge to edge, one pixel high.
    pub fn rule(&mut self, top: u16) {
        let top = i32::from(top);
        self.block(0, top, self.width(), top + 1);
    }

    fn width(&self) -> i32 {
        self.columns as i32 * i32::from(WIDTH)
    }

    fn put(&mut self, x: i32, y: i32, cover: u8) {
        let within = (0..self.width()).contains(&x) && (0..i32::from(HEIGHT)).contains(&y);
        if within {
            let place = (y * self.width() + x) as usize;
            let pixel = &mut self.cover[place];
            *pixel = cover.max(*pixel);
        }
    }

    fn block(&mut self, left: i32, top: i32, right: i32, bottom: i32) {
        for y in top..bottom {
            for x in left..right {
                self.put(x, y, FULL);
            }
        }
    }

    /// Whatever of the first cell is inside.
    fn inside(&mut self, inside: impl Fn(i32, i32) -> bool) {
        for y in 0..i32::from(HEIGHT) {
            for x in 0..i32::from(WIDTH) {
                self.put(x, y, covered(x, y, &inside));
            }
        }
    }

    fn piece(&mut self, piece: Piece) {
        let (x, y) = (i32::from(MIDDLE.0) * PIXEL, i32::from(MIDDLE.1) * PIXEL);
        let half = PIXEL / 2;
        match piece {
            Piece::Block(edges) => {
                let [left, top, right, bottom] = edges.map(i32::from);
                self.block(left, top, right, bottom);
            }
            Piece::Shade(quarters) => self.cover.fill(quarters * FULL / 4),
            Piece::Diagonal { falls } => {
                let (wide, high) = (i32::from(WIDTH), i32::from(HEIGHT));
                self.inside(|x, y| {
                    let x = if falls { x } else { wide * PIXEL - x };
                    let away = wide * y - high * x;
                    // Twice the distance to the line is at most a pixel, and a little.
                    4 * away.pow(2) <= (wide.pow(2) + high.pow(2)) * (PIXEL + 4).pow(2)
                });
            }
            Piece::Bend { right, down } => {
                let radius = i32::from(BEND) * PIXEL / 2;
                let centre = |from: i32, forwards: bool| match forwards {
                    true => from + half + radius,
                    false => from + half - radius,
                };
                let (x, y) = (centre(x, right), centre(y, down));
                let ring = (radius - half).pow(2)..=(radius + half).pow(2);
                self.inside(|px, py| {
                    (px < x) == right
                        && (py < y) == down
                        && ring.contains(&((px - x).pow(2) + (py - y).pow(2)))
                });
            }
            Piece::Dot(column, row) => {
                let centre = |place: u8| (2 * i32::from(place) + 1) * i32::from(PITCH) * PIXEL / 2;
                let radius = i32::from(DOT) * PIXEL / 8;
                self.inside(disc(centre(column), centre(row), radius));
            }
        }
    }

    fn glyph(&mut self, glyph: &Glyph) {
        let rows = glyph.cover.chunks(glyph.width.max(1));
        for (y, row) in (glyph.top..).zip(rows) {
            for (x, &cover) in (glyph.left..).zip(row) {
                let steps = (u16::from(cover) * u16::from(FULL) + 127) / 255;
                self.put(x, y, steps as u8);
            }
        }
    }

    /// A frame, for a character that no font has.
    fn unknown(&mut self) {
        let (right, bottom) = (self.width() - 2, i32::from(Face::Regular.baseline()));
        let top = 3;
        self.block(2, top, right, top + 1);
        self.block(2, bottom - 1, right, bottom);
        self.block(2, top, 3, bottom);
        self.block(right - 1, top, right, bottom);
    }
}

/// How much of a pixel is inside, in steps.
pub fn covered(x: i32, y: i32, inside: impl Fn(i32, i32) -> bool) -> u8 {
    let places = |from: i32| (0..PLACES).map(move |place| from * PIXEL + 2 * place + 1);
    let all = places(y).flat_map(|y| places(x).map(move |x| (x, y)));
    let count = all.filter(|&(x, y)| inside(x, y)).count() as i32;
    let whole = PLACES * PLACES;
    ((count * i32::from(FULL) + whole / 2) / whole) as u8
}

/// A filled circle for [`covered`], in parts of a [`PIXEL`].
pub fn disc(x: i32, y: i32, radius: i32) -> impl Fn(i32, i32) -> bool {
    move |px, py| (px - x).pow(2) + (py - y).pow(2) <= radius.pow(2)
}
