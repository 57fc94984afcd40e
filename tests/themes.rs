//! Themes: what is written can be read.

use raft_playground::screen::Theme;
use raft_playground::screen::theme::{Depth, THEMES};
use ratatui::style::Color;

/// The sixteen colours as xterm shows them; a user may have set others.
const SIXTEEN: [u32; 16] = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f,
    0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];

fn rgb(colour: Color) -> [u8; 3] {
    match colour {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(index @ 0..16) => {
            let [_, red, green, blue] = SIXTEEN[usize::from(index)].to_be_bytes();
            [red, green, blue]
        }
        Color::Indexed(index @ 232..) => [8 + 10 * (index - 232); 3],
        Color::Indexed(index) => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let place = index - 16;
            [level(place / 36), level(place / 6 % 6), level(place % 6)]
        }
        other => panic!("{other:?} depends on the terminal"),
    }
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: Color) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        match part <= 0.040_45 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        }
    };
    let [red, green, blue] = rgb(colour).map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_stands_out_from_its_ground() {
    let mut weak = Vec::new();
    for named in &THEMES {
        for depth in Depth::ALL {
            let theme = Theme::named(named.name, depth).expect("it is there");
            let Some(ground) = theme.ground.bg else {
                assert_eq!(named.name, "mono");
                continue;
            };
            let wanted = match named.name {
                "high-contrast" if depth != Depth::Sixteen => 7.0,
                _ => 4.5,
            };
            for (name, style) in theme.of_text() {
                let found = contrast(style.fg.expect("a colour"), ground);
                if found < wanted {
                    let theme = named.name;
                    weak.push(format!("{theme}, {depth:?}: {name} {found:.2} of {wanted}"));
                }
            }
        }
    }
    assert!(weak.is_empty(), "{}", weak.join("\n"));
}

#[test]
fn terms_that_follow_one_another_differ() {
    for named in THEMES.iter().filter(|named| named.name != "mono") {
        for depth in Depth::ALL {
            let theme = Theme::named(named.name, depth).expect("it is there");
            for term in 1..20 {
                let name = named.name;
                assert_ne!(
                    theme.term(term),
                    theme.term(term + 1),
                    "{name} {depth:?} {term}"
                );
            }
        }
    }
}
