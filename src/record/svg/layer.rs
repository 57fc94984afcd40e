//! Cells as paths and texts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::buffer::Cell;
use unicode_width::UnicodeWidthStr;

use crate::command::clean::clean;
use crate::record::font::Face;
use crate::record::picture::{HEIGHT, Look, Picture, Rgb, THROUGH, UNDER, WIDTH};
use crate::record::shape::{BEND, DOT, MIDDLE, PITCH, Piece, shape};
use crate::script::xml::escaped;

/// A kind of cell: what stands in it and how it looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// How many cells it takes.
    pub columns: u16,
    look: Look,
    text: String,
    /// What is drawn in the place of the text.
    shape: Option<Vec<Piece>>,
    /// The face of its text, if one has it.
    pub face: Option<Face>,
}

impl Kind {
    /// The kind of a cell.
    pub fn of(cell: &Cell, picture: &Picture) -> Kind {
        let text = clean(cell.symbol()).into_owned();
        let look = picture.look(cell);
        let first = text.chars().next().unwrap_or(' ');
        let shape = shape(first);
        let is_text = shape.is_none() && first != ' ';
        Kind {
            columns: text.width().clamp(1, 2) as u16,
            look,
            text,
            shape,
            face: is_text.then(|| Face::of(first, look.bold)).flatten(),
        }
    }

    fn blank(&self) -> bool {
        matches!(self.text.as_str(), "" | " ")
    }
}

/// Left, top, right, bottom.
type Block = [u32; 4];

/// A run of text in one style.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Run {
    left: u32,
    /// The upper edge of its row.
    top: u32,
    columns: u32,
    text: String,
    colour: Rgb,
    face: Option<Face>,
}

/// What lies on one level of the picture: grounds, upon them shapes, upon them text.
#[derive(Clone, Default, Debug)]
pub struct Layer {
    grounds: BTreeMap<Rgb, Vec<Block>>,
    blocks: BTreeMap<Rgb, Vec<Block>>,
    lines: BTreeMap<Rgb, String>,
    dots: BTreeMap<Rgb, String>,
    runs: Vec<Run>,
}

impl Layer {
    /// Adds a row of cells; where there is none, nothing is drawn.
    pub fn row<'a>(&mut self, cells: impl Iterator<Item = Option<&'a Kind>>, left: u16, top: u32) {
        let mut run: Option<Run> = None;
        // What a wide character covers is passed over.
        let mut covered = 0;
        for (left, kind) in (u32::from(left)..).step_by(WIDTH.into()).zip(cells) {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let Some(kind) = kind else {
                self.runs.extend(run.take());
                continue;
            };
            covered = kind.columns - 1;
            self.ground(kind, left, top);
            match &kind.shape {
                Some(pieces) => {
                    self.runs.extend(run.take());
                    for piece in pieces {
                        self.piece(*piece, kind.look, left, top);
                    }
                }
                None if kind.blank() => {}
                None => match run.as_mut().filter(|run| run.goes_on(kind)) {
                    Some(run) => run.push(kind, left),
                    None => self.runs.extend(run.replace(Run::of(kind, left, top))),
                },
            }
        }
        self.runs.extend(run);
    }

    /// What lies under a cell, and the lines under and through it.
    fn ground(&mut self, kind: &Kind, left: u32, top: u32) {
        let right = left + u32::from(kind.columns * WIDTH);
        let bottom = top + u32::from(HEIGHT);
        let Look { text, ground, .. } = kind.look;
        let grounds = self.grounds.entry(ground).or_default();
        grounds.push([left, top, right, bottom]);
        let rules = [(kind.look.underlined, UNDER), (kind.look.crossed, THROUGH)];
        for (_, rule) in rules.into_iter().filter(|(drawn, _)| *drawn) {
            let y = top + u32::from(rule);
            self.block(text, [left, y, right, y + 1]);
        }
    }

    fn block(&mut self, colour: Rgb, block: Block) {
        self.blocks.entry(colour).or_default().push(block);
    }

    fn piece(&mut self, piece: Piece, look: Look, left: u32, top: u32) {
        let (right, bottom) = (left + u32::from(WIDTH), top + u32::from(HEIGHT));
        match piece {
            Piece::Block(edges) => {
                let [from_x, from_y, to_x, to_y] = edges.map(u32::from);
                self.block(
                    look.text,
                    [left + from_x, top + from_y, left + to_x, top + to_y],
                );
            }
            Piece::Shade(quarters) => {
                let mixed = look.ground.towards(look.text, quarters, 4);
                self.block(mixed, [left, top, right, bottom]);
            }
            Piece::Diagonal { falls } => {
                let (from, to) = if falls { (top, bottom) } else { (bottom, top) };
                self.line(look, format_args!("M{left} {from}L{right} {to}"));
            }
            Piece::Bend {
                right: opens_right,
                down,
            } => {
                let (x, y) = (half(left, MIDDLE.0), half(top, MIDDLE.1));
                let radius = f64::from(BEND) / 2.0;
                let reach = |forwards| if forwards { radius } else { -radius };
                let (from, to) = (x + reach(opens_right), y + reach(down));
                let sweep = u8::from(opens_right != down);
                self.line(
                    look,
                    format_args!("M{from} {y}A{radius} {radius} 0 0 {sweep} {x} {to}"),
                );
            }
            Piece::Dot(column, row) => {
                let place =
                    |from, place: u8| f64::from(from) + f64::from(PITCH) * (f64::from(place) + 0.5);
                let (x, y) = (place(left, column), place(top, row));
                let dots = self.dots.entry(look.text).or_default();
                // A line of no length with a round end.
                write!(dots, "M{x} {y}h0").expect("a text takes everything");
            }
        }
    }

    fn line(&mut self, look: Look, path: std::fmt::Arguments<'_>) {
        let lines = self.lines.entry(look.text).or_default();
        lines.write_fmt(path).expect("a text takes everything");
    }

    /// The elements, in the order in which they lie upon each other.
    pub fn svg(&self, picture: &Picture) -> String {
        let mut svg = String::new();
        let grounds = self.grounds.iter();
        let grounds = grounds.filter(|(colour, _)| **colour != picture.ground);
        for (colour, blocks) in grounds.chain(&self.blocks) {
            let path = outlined(blocks);
            writeln!(svg, r#"<path fill="{colour}" d="{path}"/>"#).expect("a text");
        }
        for (colour, path) in &self.lines {
            let stroke = format!(r#"fill="none" stroke="{colour}""#);
            writeln!(svg, r#"<path {stroke} d="{path}"/>"#).expect("a text");
        }
        let size = f64::from(DOT) / 4.0;
        for (colour, path) in &self.dots {
            let stroke =
                format!(r#"stroke="{colour}" stroke-width="{size}" stroke-linecap="round""#);
            writeln!(svg, r#"<path {stroke} d="{path}"/>"#).expect("a text");
        }
        for run in &self.runs {
            svg.push_str(&run.svg(picture));
        }
        svg
    }
}

/// The middle of a light line.
fn half(from: u32, middle: u8) -> f64 {
    f64::from(from) + f64::from(middle) + 0.5
}

/// The outlines of blocks; those that meet at a whole side become one, so that no seam is seen
/// between them at any size.
fn outlined(blocks: &[Block]) -> String {
    let mut path = String::new();
    for [left, top, right, bottom] in upright(&level(blocks)) {
        let (width, height) = (right - left, bottom - top);
        write!(path, "M{left} {top}h{width}v{height}h-{width}z").expect("a text");
    }
    path
}

/// Joins blocks that stand side by side.
fn level(blocks: &[Block]) -> Vec<Block> {
    let mut blocks = blocks.to_vec();
    blocks.sort_by_key(|&[left, top, _, bottom]| (top, bottom, left));
    blocks.dedup_by(|next, last| {
        let joined = (last[1], last[3]) == (next[1], next[3]) && next[0] <= last[2];
        if joined {
            last[2] = last[2].max(next[2]);
        }
        joined
    });
    blocks
}

/// Joins blocks that stand upon each other.
fn upright(blocks: &[Block]) -> Vec<Block> {
    let turned = |&[left, top, right, bottom]: &Block| [top, left, bottom, right];
    let blocks: Vec<Block> = blocks.iter().map(turned).collect();
    level(&blocks).iter().map(turned).collect()
}

impl Run {
    fn of(kind: &Kind, left: u32, top: u32) -> Run {
        Run {
            left,
            top,
            columns: u32::from(kind.columns),
            text: kind.text.clone(),
            colour: kind.look.text,
            face: kind.face,
        }
    }

    /// True when a cell can go on with this run. A symbol stands alone: it need not be as wide as
    /// its cell.
    fn goes_on(&self, kind: &Kind) -> bool {
        let lettered = !matches!(kind.face, None | Some(Face::Symbols));
        lettered && (self.face, self.colour) == (kind.face, kind.look.text)
    }

    fn push(&mut self, kind: &Kind, left: u32) {
        let columns = (left - self.left) / u32::from(WIDTH);
        let blanks = columns - self.columns;
        self.text.extend((0..blanks).map(|_| ' '));
        self.text.push_str(&kind.text);
        self.columns = columns + u32::from(kind.columns);
    }

    fn svg(&self, picture: &Picture) -> String {
        let face = self.face.unwrap_or(Face::Regular);
        let x = self.left + u32::from(face.inset());
        let y = self.top + u32::from(face.baseline());
        let mut svg = format!(r#"<text x="{x}" y="{y}""#);
        let mut add = |words: String| svg.push_str(&words);
        if self.columns > 1 || self.face.is_none() {
            add(format!(
                r#" textLength="{}""#,
                self.columns * u32::from(WIDTH)
            ));
        }
        if self.face.is_none() {
            add(r#" lengthAdjust="spacingAndGlyphs""#.into());
        }
        match face {
            Face::Bold => add(r#" class="b""#.into()),
            Face::Chinese => add(r#" class="z""#.into()),
            Face::Symbols => add(r#" class="s""#.into()),
            Face::Regular => {}
        }
        if self.colour != picture.text {
            add(format!(r#" fill="{}""#, self.colour));
        }
        add(format!(">{}</text>\n", escaped(&self.text)));
        svg
    }
}
