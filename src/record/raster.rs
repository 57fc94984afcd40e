//! Screens as pixels: cells, each drawn once and then copied to wherever it stands.

use std::collections::HashMap;

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr;

use super::colours::{ColourId, Colours};
use super::ink::{CELL, FULL, Ink, PIXEL, covered, disc};
use super::picture::{DOT, DOTS, HEIGHT, Measures, Picture, Rgb, THROUGH, UNDER, WIDTH};

/// The pixels of one cell.
type Tile = [ColourId; CELL];

/// A tile, by its place among all.
type TileId = usize;

/// A picture that follows a screen: only cells that changed are drawn again.
pub struct Raster {
    picture: Picture,
    measures: Measures,
    columns: u16,
    colours: Colours,
    tiles: Vec<Tile>,
    /// The first tile of each cell that was ever drawn; a wide one has two in a row. Only looked
    /// up, so that the order of hashes decides nothing.
    known: HashMap<Cell, TileId>,
    /// The tile that stands in each cell.
    shown: Vec<Option<TileId>>,
    pixels: Vec<ColourId>,
}

impl Raster {
    /// The picture of a screen.
    pub fn new(picture: &Picture, screen: &Buffer) -> Raster {
        let (columns, rows) = (screen.area.width, screen.area.height);
        let measures = picture.measures(columns, rows);
        let size = usize::from(measures.width) * usize::from(measures.height);
        let mut colours = Colours::default();
        let ground = colours.id(picture.ground);
        let mut raster = Raster {
            picture: picture.clone(),
            measures,
            columns,
            colours,
            tiles: Vec::new(),
            known: HashMap::new(),
            shown: vec![None; screen.area.area() as usize],
            pixels: vec![ground; size],
        };
        raster.window();
        raster.draw(screen);
        raster
    }

    /// Shows a screen: in a new picture, or in the one that was made for the screens before it.
    pub fn show<'a>(
        raster: &'a mut Option<Raster>,
        picture: &Picture,
        screen: &Buffer,
    ) -> &'a mut Raster {
        match raster {
            Some(raster) => {
                raster.draw(screen);
                raster
            }
            none => none.insert(Raster::new(picture, screen)),
        }
    }

    /// Shows another screen of the same size.
    pub fn draw(&mut self, screen: &Buffer) {
        let columns = usize::from(self.columns);
        for (y, place) in (0..).zip((0..self.shown.len()).step_by(columns.max(1))) {
            let tiles = self.row(screen, y);
            for (x, (place, tile)) in (0..).zip((place..).zip(tiles)) {
                if self.shown[place] != Some(tile) {
                    self.shown[place] = Some(tile);
                    let left = self.measures.left + x * WIDTH;
                    let top = self.measures.top + y * HEIGHT;
                    self.copy(tile, left, top);
                }
            }
        }
    }

    /// Where things are.
    pub fn measures(&self) -> Measures {
        self.measures
    }

    /// The pixels, row by row.
    pub fn pixels(&self) -> &[ColourId] {
        &self.pixels
    }

    /// The colours of the pixels.
    pub fn colours(&self) -> &Colours {
        &self.colours
    }

    /// The tiles of a row of a screen.
    fn row(&mut self, screen: &Buffer, y: u16) -> Vec<TileId> {
        let area = screen.area;
        let mut tiles = Vec::with_capacity(usize::from(area.width));
        while tiles.len() < usize::from(area.width) {
            let cell = &screen[(area.x + tiles.len() as u16, area.y + y)];
            let tile = self.tile(cell);
            tiles.push(tile);
            // What follows a wide character is its second half.
            if !cell.symbol().is_ascii() && cell.symbol().width() > 1 {
                tiles.push(tile + 1);
            }
        }
        tiles.truncate(usize::from(area.width));
        tiles
    }

    /// The tile of a cell, the first of two if it holds a wide character.
    fn tile(&mut self, cell: &Cell) -> TileId {
        if let Some(&tile) = self.known.get(cell) {
            return tile;
        }
        let tile = self.drawn(cell);
        self.known.insert(cell.clone(), tile);
        tile
    }

    /// Draws a cell for the first time.
    fn drawn(&mut self, cell: &Cell) -> TileId {
        let look = self.picture.look(cell);
        let mut ink = Ink::of(cell.symbol(), look.bold);
        if look.underlined {
            ink.rule(UNDER);
        }
        if look.crossed {
            ink.rule(THROUGH);
        }
        let mut shades = [ColourId::default(); FULL as usize + 1];
        for (share, shade) in (0..=FULL).zip(&mut shades) {
            *shade = self.colours.id(look.ground.towards(look.text, share, FULL));
        }
        let first = self.tiles.len();
        for column in 0..ink.columns() {
            let mut tile = [shades[0]; CELL];
            for (pixel, cover) in tile.iter_mut().zip(ink.cell(column)) {
                *pixel = shades[usize::from(cover)];
            }
            self.tiles.push(tile);
        }
        first
    }

    fn copy(&mut self, tile: TileId, left: u16, top: u16) {
        let (wide, across) = (usize::from(WIDTH), usize::from(self.measures.width));
        let start = usize::from(top) * across + usize::from(left);
        let rows = self.pixels[start..].chunks_mut(across);
        for (to, from) in rows.zip(self.tiles[tile].chunks(wide)) {
            to[..wide].copy_from_slice(from);
        }
    }

    /// The bar with its dots and the title.
    fn window(&mut self) {
        let Some(title) = self.picture.title(self.measures) else {
            return;
        };
        let measures = self.measures;
        let across = usize::from(measures.width);
        let bottom = across * usize::from(measures.bar);
        let (bar, line) = self.picture.bar();
        let (bar_id, line_id) = (self.colours.id(bar), self.colours.id(line));
        self.pixels[..bottom].fill(bar_id);
        self.pixels[bottom - across..bottom].fill(line_id);
        for (dot, colour) in measures.dots().into_iter().zip(DOTS) {
            self.dot(dot, colour, bar);
        }
        let tiles = self.row(&title, 0);
        let (left, top) = measures.title(title.area.width);
        for (x, tile) in (0..).zip(tiles) {
            self.copy(tile, left + x * WIDTH, top);
        }
    }

    fn dot(&mut self, (x, y): (u16, u16), colour: Rgb, ground: Rgb) {
        let radius = DOT;
        let inside = disc(
            i32::from(x) * PIXEL,
            i32::from(y) * PIXEL,
            i32::from(radius) * PIXEL,
        );
        for py in y - radius..y + radius {
            for px in x - radius..x + radius {
                let share = covered(i32::from(px), i32::from(py), &inside);
                let colour = self.colours.id(ground.towards(colour, share, FULL));
                let place = usize::from(py) * usize::from(self.measures.width) + usize::from(px);
                self.pixels[place] = colour;
            }
        }
    }
}
