//! A film as an SVG file: still when it has one frame, moving by itself, without a script, when it
//! has more.
//!
//! What never changes is drawn once. Every stretch of a row that changes is a strip: all that it
//! ever shows, one below the other, behind a window one row high, moved from one to the next. The
//! film loops for ever.
//!
//! Text is text, and can be selected and searched. The Latin letters and the symbols bring their
//! fonts with them. The Chinese font is too large for that: the reader's own one is taken. Every run
//! of text says how long it is, so that columns hold whatever the font.

mod layer;
mod strip;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::buffer::{Buffer, Cell};

use super::font::Face;
use super::picture::{DOT, DOTS, HEIGHT, MARK, Measures, Picture, WIDTH};
use super::{Frame, Reel};
use crate::raft::Micros;
use crate::script::xml::escaped;
use layer::{Kind, Layer};
use strip::Row;

/// The radius of the corners of the whole.
const CORNER: u16 = 8;

/// An SVG file being written.
pub struct Svg<W> {
    out: W,
    picture: Picture,
    /// Every kind of cell that was met.
    kinds: Vec<Kind>,
    /// The place of each; only looked up, so that the order of hashes decides nothing.
    known: HashMap<Cell, usize>,
    rows: Vec<Row>,
    columns: u16,
}

impl<W: Write> Svg<W> {
    /// The file will be written to `out`, at the end.
    pub fn new(out: W, picture: &Picture) -> Svg<W> {
        Svg {
            out,
            picture: picture.clone(),
            kinds: Vec::new(),
            known: HashMap::new(),
            rows: Vec::new(),
            columns: 0,
        }
    }

    /// The kinds of the cells of a row, by their places among all.
    fn row(&mut self, screen: &Buffer, y: u16) -> Vec<usize> {
        let area = screen.area;
        let cells = (area.left()..area.right()).map(|x| &screen[(x, area.y + y)]);
        cells.map(|cell| self.kind(cell)).collect()
    }

    fn kind(&mut self, cell: &Cell) -> usize {
        if let Some(&known) = self.known.get(cell) {
            return known;
        }
        let new = self.kinds.len();
        self.kinds.push(Kind::of(cell, &self.picture));
        self.known.insert(cell.clone(), new);
        new
    }

    fn document(&mut self, end: Micros) -> String {
        let measures = self.picture.measures(self.columns, self.rows.len() as u16);
        let mut still = Layer::default();
        if let Some(title) = self.picture.title(measures) {
            let cells = self.row(&title, 0);
            let (left, top) = measures.title(title.area.width);
            let cells = cells.iter().map(|&cell| Some(&self.kinds[cell]));
            still.row(cells, left, top.into());
        }
        let mut moving = String::new();
        for (row, y) in self.rows.iter().zip(0..) {
            let top = measures.top + y * HEIGHT;
            let varies = row.varies(&self.kinds);
            still.row(row.still(&varies, &self.kinds), measures.left, top.into());
            for strip in row.strips(&varies) {
                let left = measures.left + strip.column * WIDTH;
                moving.push_str(&strip.moving(&self.kinds, (left, top), end, &self.picture));
            }
        }
        let mut svg = self.head(measures);
        svg.push_str(&still.svg(&self.picture));
        svg.push_str(&moving);
        svg.push_str("</svg>\n");
        svg
    }

    /// All before the cells: the fonts, the ground, the window.
    fn head(&self, measures: Measures) -> String {
        let Measures { width, height, .. } = measures;
        let Picture { ground, text, .. } = self.picture;
        let title = self.picture.window.as_deref();
        let title = escaped(title.unwrap_or("A screen of raft-playground"));
        let style = self.style();
        let window = self.window(measures);
        format!(
            r#"<!-- {MARK} -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{title}" fill="{text}" xml:space="preserve">
{style}<rect width="{width}" height="{height}" rx="{CORNER}" fill="{ground}"/>
{window}"#
        )
    }

    /// The bar with its dots.
    fn window(&self, measures: Measures) -> String {
        let Measures { width, bar, .. } = measures;
        if bar == 0 {
            return String::new();
        }
        let (ground, line) = self.picture.bar();
        let (right, bottom, round) = (width - CORNER, bar - 1, CORNER);
        let corner = format!("a{round} {round} 0 0 1 {round}");
        let dots = measures.dots().into_iter().zip(DOTS);
        let dots = dots.map(|((x, y), fill)| {
            format!(r#"<circle cx="{x}" cy="{y}" r="{DOT}" fill="{fill}"/>"#)
        });
        let dots: String = dots.collect();
        format!(
            r#"<path d="M0 {bar}V{round}{corner}-{round}H{right}{corner} {round}V{bar}z" fill="{ground}"/>
<path d="M0 {bottom}h{width}v1h-{width}z" fill="{line}"/>
{dots}
"#
        )
    }

    /// The fonts, as far as they are needed.
    fn style(&self) -> String {
        let size = Face::Regular.size();
        let (symbols, chinese) = (Face::Symbols.size(), Face::Chinese.size());
        // So much is missing from a letter to its cell.
        let gap = |face: Face, cells: u16| f32::from(cells * WIDTH) - face.advance();
        let (between, apart) = (gap(Face::Regular, 1), gap(Face::Chinese, 2));
        let mut style = format!(
            "<style>text{{font:{size}px Playground,'Playground Symbols','JetBrains Mono',\
             ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
             letter-spacing:{between:.2}px;white-space:pre;font-synthesis:none}}\
             .b{{font-weight:bold}}.s{{font-size:{symbols}px}}\
             .z{{font:{chinese}px 'Noto Sans CJK SC','Noto Sans SC','PingFang SC',\
             'Microsoft YaHei','WenQuanYi Micro Hei',sans-serif;letter-spacing:{apart:.2}px}}"
        );
        let faces: BTreeSet<Face> = self.kinds.iter().filter_map(|kind| kind.face).collect();
        for face in faces {
            let (name, weight) = match face {
                Face::Regular => ("Playground", 400),
                Face::Bold => ("Playground", 700),
                Face::Symbols => ("'Playground Symbols'", 400),
                Face::Chinese => continue,
            };
            let Some(font) = face.carried() else { continue };
            let data = STANDARD.encode(font);
            style.push_str(&format!(
                "\n@font-face{{font-family:{name};font-weight:{weight};\
                 src:url(data:font/woff2;base64,{data})}}"
            ));
        }
        style.push_str("</style>\n");
        style
    }
}

impl<W: Write> Reel for Svg<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let area = frame.screen.area;
        self.columns = area.width;
        self.rows.resize_with(area.height.into(), Row::default);
        for y in 0..area.height {
            let cells = self.row(frame.screen, y);
            self.rows[usize::from(y)].turn(frame.at, cells);
        }
        Ok(())
    }

    fn end(&mut self, at: Micros) -> io::Result<()> {
        let document = self.document(at);
        self.out.write_all(document.as_bytes())?;
        self.out.flush()
    }
}

/// True for the beginning of an SVG file that this program made.
pub fn is_own(head: &[u8]) -> bool {
    head.starts_with(format!("<!-- {MARK} -->\n<svg ").as_bytes())
}
