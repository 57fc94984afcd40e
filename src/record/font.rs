//! The fonts of the pictures: which one has a character, and its glyphs as grey pixels.
//!
//! They are part of the program (`assets/fonts`), so a picture is the same on every machine.

use std::sync::OnceLock;

use fontdue::{Font, FontSettings};

/// A font.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Face {
    /// Latin text.
    Regular,
    /// Latin text in heavy strokes.
    Bold,
    /// Shapes, crowns, crosses.
    Symbols,
    /// Chinese.
    Chinese,
}

/// A glyph in grey pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glyph {
    /// From the left edge of the cell to the pixels.
    pub left: i32,
    /// From the upper edge of the cell to the pixels.
    pub top: i32,
    /// How many pixels stand side by side.
    pub width: usize,
    /// The pixels, row by row: how much of each is covered.
    pub cover: Vec<u8>,
}

impl Face {
    /// Every face.
    pub const ALL: [Face; 4] = [Face::Regular, Face::Bold, Face::Symbols, Face::Chinese];

    /// The face that has a character; nothing when none has it.
    pub fn of(ch: char, bold: bool) -> Option<Face> {
        let latin = if bold { Face::Bold } else { Face::Regular };
        let mut faces = [latin, Face::Symbols, Face::Chinese].into_iter();
        faces.find(|face| face.font().lookup_glyph_index(ch) != 0)
    }

    /// How large its letters are, in pixels to the em: Latin ones so that they fill a cell and are
    /// a whole number of pixels high, Chinese ones so that they fill two cells.
    pub fn size(self) -> f32 {
        match self {
            Face::Regular | Face::Bold => 16.4,
            Face::Symbols => 17.0,
            Face::Chinese => 18.0,
        }
    }

    /// From the upper edge of a cell to the line that letters stand on.
    pub fn baseline(self) -> u16 {
        match self {
            Face::Regular | Face::Bold | Face::Symbols => 15,
            Face::Chinese => 16,
        }
    }

    /// From the left edge of a cell to where its letters begin.
    pub fn inset(self) -> u16 {
        match self {
            Face::Regular | Face::Bold | Face::Symbols => 0,
            Face::Chinese => 1,
        }
    }

    /// From one of its widest letters to the next, in pixels.
    pub fn advance(self) -> f32 {
        let letter = if self == Face::Chinese { '一' } else { 'M' };
        self.font().metrics(letter, self.size()).advance_width
    }

    /// The glyph of a character.
    pub fn glyph(self, ch: char) -> Glyph {
        let (metrics, cover) = self.font().rasterize(ch, self.size());
        let height = i32::try_from(metrics.height).unwrap_or(0);
        Glyph {
            left: i32::from(self.inset()) + metrics.xmin,
            top: i32::from(self.baseline()) - metrics.ymin - height,
            width: metrics.width,
            cover,
        }
    }

    /// The font, read when it is first needed.
    fn font(self) -> &'static Font {
        static FONTS: [OnceLock<Font>; Face::ALL.len()] =
            [const { OnceLock::new() }; Face::ALL.len()];
        FONTS[self as usize].get_or_init(|| {
            let settings = FontSettings {
                scale: self.size(),
                load_substitutions: false,
                ..FontSettings::default()
            };
            Font::from_bytes(self.bytes(), settings).expect("the fonts of the program are right")
        })
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Face::Regular => include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
            Face::Bold => include_bytes!("../../assets/fonts/JetBrainsMono-Bold.ttf"),
            Face::Symbols => include_bytes!("../../assets/fonts/DejaVuSansMono-Symbols.ttf"),
            Face::Chinese => include_bytes!("../../assets/fonts/NotoSansCJKsc-Regular.otf"),
        }
    }

    /// The font for files that carry their fonts with them; nothing for one that is too large.
    pub fn carried(self) -> Option<&'static [u8]> {
        match self {
            Face::Regular => Some(include_bytes!(
                "../../assets/fonts/JetBrainsMono-Regular.woff2"
            )),
            Face::Bold => Some(include_bytes!(
                "../../assets/fonts/JetBrainsMono-Bold.woff2"
            )),
            Face::Symbols => Some(include_bytes!(
                "../../assets/fonts/DejaVuSansMono-Symbols.woff2"
            )),
            Face::Chinese => None,
        }
    }
}
