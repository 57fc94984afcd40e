//! The colours of each theme, for terminals that know any colour, 256 of them, or sixteen.

use ratatui::style::Color;

/// How many colours a terminal knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// The sixteen that every terminal has, as its user has set them.
    Sixteen,
    /// The 256 of xterm.
    Many,
    /// Any colour.
    Any,
}

impl Depth {
    /// Every depth.
    pub const ALL: [Depth; 3] = [Depth::Sixteen, Depth::Many, Depth::Any];

    /// What the terminal says of itself in `COLORTERM` and `TERM`.
    pub fn told(colorterm: Option<&str>, term: Option<&str>) -> Depth {
        if matches!(colorterm, Some("truecolor" | "24bit")) {
            return Depth::Any;
        }
        let poor = |term: &str| {
            let (plain, few) = (["linux", "ansi", "dumb"], ["16color", "8color"]);
            plain.contains(&term)
                || term.starts_with("vt")
                || few
                    .iter()
                    .any(|end| term.ends_with(end) && !term.ends_with("256color"))
        };
        match term {
            Some(term) if term.ends_with("-direct") => Depth::Any,
            Some(term) if poor(term) => Depth::Sixteen,
            _ => Depth::Many,
        }
    }
}

/// One colour: as red, green and blue, and which of the sixteen stands for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour {
    rgb: u32,
    sixteen: u8,
}

const fn colour(rgb: u32, sixteen: u8) -> Colour {
    Colour { rgb, sixteen }
}

impl Colour {
    /// The colour for a terminal of that depth.
    pub fn at(self, depth: Depth) -> Color {
        let [_, red, green, blue] = self.rgb.to_be_bytes();
        match depth {
            Depth::Any => Color::Rgb(red, green, blue),
            Depth::Many => Color::Indexed(nearest([red, green, blue])),
            Depth::Sixteen => Color::Indexed(self.sixteen),
        }
    }
}

/// The levels of the colour cube of the 256 colours.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Of the 256 colours the one that differs least; the first sixteen are the user's own and can
/// be anything.
fn nearest(wanted: [u8; 3]) -> u8 {
    let difference = |index: &u8| -> u32 {
        let parts = of_256(*index).into_iter().zip(wanted);
        parts
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum()
    };
    (16..=255).min_by_key(difference).unwrap_or(16)
}

/// Red, green and blue of one of the 256 colours of xterm: of the cube, from 16 on, or of the greys
/// behind it.
pub fn of_256(index: u8) -> [u8; 3] {
    match index.checked_sub(232) {
        Some(grey) => [8 + 10 * grey; 3],
        None => {
            let place = usize::from(index.saturating_sub(16));
            [LEVELS[place / 36], LEVELS[place / 6 % 6], LEVELS[place % 6]]
        }
    }
}

/// A colour for each meaning.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// What lies under everything.
    pub ground: Colour,
    pub text: Colour,
    pub quiet: Colour,
    pub faint: Colour,
    pub border: Colour,
    pub title: Colour,
    pub caption: Colour,
    pub key: Colour,
    pub good: Colour,
    pub warn: Colour,
    pub bad: Colour,
    /// Terms take turns with these: they stay apart for people with colour blindness (after
    /// Okabe and Ito).
    pub terms: [Colour; 7],
}

/// Light text on a dark ground.
pub const DARK: Palette = Palette {
    ground: colour(0x10_14_1c, 0),
    text: colour(0xd8_de_e9, 7),
    quiet: colour(0xa3_ac_bb, 7),
    faint: colour(0x80_88_98, 8),
    border: colour(0x4a_52_62, 8),
    title: colour(0xe5_e9_f0, 15),
    caption: colour(0xff_f3_c4, 15),
    key: colour(0x5f_d7_d7, 14),
    good: colour(0x5f_d7_af, 10),
    warn: colour(0xff_af_5f, 11),
    bad: colour(0xff_6b_6b, 9),
    terms: [
        colour(0x5f_af_ff, 14),
        colour(0xff_af_00, 11),
        colour(0x00_d7_87, 10),
        colour(0xff_ff_5f, 13),
        colour(0xd7_87_af, 6),
        colour(0xff_5f_00, 3),
        colour(0xaf_af_ff, 15),
    ],
};

/// Dark text on a light ground.
pub const LIGHT: Palette = Palette {
    ground: colour(0xff_ff_ff, 15),
    text: colour(0x1f_23_28, 0),
    quiet: colour(0x4a_52_5c, 0),
    faint: colour(0x62_6a_74, 0),
    border: colour(0xb8_be_c6, 8),
    title: colour(0x0d_11_17, 0),
    caption: colour(0x5c_3d_00, 4),
    key: colour(0x00_5f_6b, 4),
    good: colour(0x0e_5f_34, 0),
    warn: colour(0x87_47_00, 1),
    bad: colour(0xb3_1d_1d, 1),
    terms: [
        colour(0x05_50_ae, 4),
        colour(0x87_4a_00, 1),
        colour(0x0b_5c_2c, 0),
        colour(0x66_39_ba, 5),
        colour(0x96_25_6b, 4),
        colour(0xad_2f_00, 1),
        colour(0x0b_5f_6b, 5),
    ],
};

/// Bright on black, for weak eyes and bad projectors.
pub const HIGH_CONTRAST: Palette = Palette {
    ground: colour(0x00_00_00, 0),
    text: colour(0xff_ff_ff, 15),
    quiet: colour(0xe4_e4_e4, 15),
    faint: colour(0xbc_bc_bc, 7),
    border: colour(0xff_ff_ff, 15),
    title: colour(0xff_ff_ff, 15),
    caption: colour(0xff_ff_00, 11),
    key: colour(0x00_ff_ff, 14),
    good: colour(0x00_ff_87, 10),
    warn: colour(0xff_b0_00, 11),
    bad: colour(0xff_87_87, 13),
    terms: [
        colour(0x87_c7_ff, 14),
        colour(0xff_b0_00, 11),
        colour(0x00_ff_87, 10),
        colour(0xff_ff_5f, 13),
        colour(0xff_af_d7, 6),
        colour(0xff_8f_4f, 3),
        colour(0xd0_c0_ff, 15),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_says_how_many_colours_it_knows() {
        let cases = [
            (Some("truecolor"), Some("xterm"), Depth::Any),
            (Some("24bit"), None, Depth::Any),
            (None, Some("xterm-direct"), Depth::Any),
            (None, Some("xterm-256color"), Depth::Many),
            (Some(""), Some("tmux-256color"), Depth::Many),
            (None, Some("screen"), Depth::Many),
            (None, None, Depth::Many),
            (None, Some("linux"), Depth::Sixteen),
            (None, Some("vt220"), Depth::Sixteen),
            (None, Some("xterm-16color"), Depth::Sixteen),
            (None, Some("dumb"), Depth::Sixteen),
        ];
        for (colorterm, term, depth) in cases {
            assert_eq!(
                Depth::told(colorterm, term),
                depth,
                "{colorterm:?} {term:?}"
            );
        }
    }

    #[test]
    fn the_256_colours_are_those_of_xterm() {
        for (index, rgb) in [
            (16, [0, 0, 0]),
            (75, [95, 175, 255]),
            (231, [255, 255, 255]),
            (232, [8, 8, 8]),
            (255, [238, 238, 238]),
        ] {
            assert_eq!(of_256(index), rgb);
            assert_eq!(nearest(rgb), index);
        }
        assert_eq!(nearest([96, 174, 250]), 75);
    }
}
