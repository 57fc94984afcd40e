//! Films as pictures: what is on the screen is in the file, and the file is the same everywhere.

#[path = "fixtures/decode.rs"]
mod decode;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "pictures/glyphs.rs"]
mod glyphs;
#[path = "fixtures/scene.rs"]
mod scene;
#[path = "pictures/svg.rs"]
mod svg_files;

use decode::Pixels;
use raft_playground::command::{Lang, Script};
use raft_playground::raft::Micros;
use raft_playground::record::picture::{MARK, Picture};
use raft_playground::record::{Frame, Reel, gif, png, svg};
use raft_playground::screen::{Screen, Theme, Ui};
use raft_playground::script::demos;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::Widget;

/// Screens with the moments from which on they are shown.
type Shots = Vec<(Micros, Buffer)>;

fn shoot(mut reel: impl Reel, shots: &[(Micros, Buffer)], end: Micros) {
    for (at, screen) in shots {
        let frame = Frame {
            at: *at,
            screen,
            caption: None,
        };
        reel.frame(frame).expect("memory takes everything");
    }
    reel.end(end).expect("memory takes everything");
}

fn as_png(picture: &Picture, shots: &[(Micros, Buffer)]) -> Vec<u8> {
    let mut file = Vec::new();
    shoot(png::Png::new(&mut file, picture), shots, 0);
    file
}

fn as_gif(picture: &Picture, shots: &[(Micros, Buffer)], end: Micros) -> Vec<u8> {
    let mut file = Vec::new();
    shoot(gif::Gif::new(&mut file, picture), shots, end);
    file
}

fn as_svg(picture: &Picture, shots: &[(Micros, Buffer)], end: Micros) -> String {
    let mut file = Vec::new();
    shoot(svg::Svg::new(&mut file, picture), shots, end);
    String::from_utf8(file).expect("a text")
}

/// A demo at some moments of its run, a fifteenth of a second of film after one another.
fn demo(name: &str, lang: Lang, size: (u16, u16), moments: &[Micros]) -> Shots {
    let demo = demos::named(name).expect("a demo of that name");
    let theme = Theme::dark();
    let shot = |(place, &moment): (u64, &Micros)| {
        let script = Script::parse(demo.name, demo.text).expect("the demo is right");
        let scene = scene::played(script, Some(moment));
        let ui = Ui {
            lang,
            ..frame::ui()
        };
        let area = Rect::new(0, 0, size.0, size.1);
        let mut screen = Buffer::empty(area);
        Screen {
            scene: &scene,
            ui: &ui,
            theme: &theme,
        }
        .render(area, &mut screen);
        (place * 66_667, screen)
    };
    (0..).zip(moments).map(shot).collect()
}

/// A film of two small screens with something of everything.
fn small() -> Shots {
    let mut first = Buffer::empty(Rect::new(0, 0, 24, 5));
    let plain = Style::new();
    let lines = [
        "╭─ n1 ♛ ─╮┏━┳┓╱╲╳ ▁▂▄▆█▏",
        "│ leader ├┨░▒▓┊┄ ⣿⠉⠒ ▛▞▐",
        "╰────────╯┗━┻┛ 领导者 ■□▣○",
        "a&b <tag> \"quoted\" é…→✘",
    ];
    for (line, y) in lines.into_iter().zip(0..) {
        first.set_string(0, y, line, plain);
    }
    let styles = [
        plain.fg(Color::Rgb(1, 200, 30)).bg(Color::Indexed(17)),
        plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        plain.add_modifier(Modifier::REVERSED | Modifier::DIM),
        plain.add_modifier(Modifier::UNDERLINED | Modifier::CROSSED_OUT),
    ];
    for (style, x) in styles.into_iter().zip([0, 6, 12, 18]) {
        first.set_string(x, 4, "styles", style);
    }
    let mut second = first.clone();
    second.set_string(2, 1, "voter ", plain.fg(Color::Rgb(255, 175, 0)));
    second.set_string(15, 2, "投票 ", plain);
    vec![(0, first), (400_000, second)]
}

fn picture() -> Picture {
    Picture::new(&Theme::dark(), Some("two & <more> 领导"))
}

/// A short name for many bytes (FNV-1a).
fn digest(bytes: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[test]
fn the_same_film_is_the_same_file_on_every_machine() {
    let (shots, picture) = (small(), picture());
    let files = || {
        let svg = as_svg(&picture, &shots, 1_000_000).into_bytes();
        let still = as_svg(&picture, &shots[..1], 0).into_bytes();
        let gif = as_gif(&picture, &shots, 1_000_000);
        [as_png(&picture, &shots), gif, still, svg]
    };
    let files = [files(), files()];
    assert!(files[0] == files[1], "made twice, they differ");
    let digests = files[0].each_ref().map(|file| digest(file));
    insta::assert_debug_snapshot!(digests.map(|digest| format!("{digest:016x}")));
}

#[test]
fn every_frame_of_a_gif_is_the_picture_of_its_screen() {
    let moments = [0, 300_000, 1_327_000, 1_340_000, 1_400_000, 5_000_000];
    let figure_8 = demo("figure-8", Lang::En, (80, 24), &moments);
    let picture = picture();
    for shots in [small(), figure_8] {
        let film = decode::gif(&as_gif(&picture, &shots, 9_000_000));
        assert!(film.loops);
        assert_eq!(film.comment, MARK);
        assert_eq!(film.shots.len(), shots.len());
        for ((seen, _), shot) in film.shots.iter().zip(shots.chunks(1)) {
            let still = decode::png(&as_png(&picture, shot));
            assert!(*seen == still, "at {}", shot[0].0);
        }
        let total: u64 = film.shots.iter().map(|(_, delay)| delay).sum();
        assert_eq!(total, 900);
    }
}

/// A screen that counts.
fn counting(number: u64) -> Buffer {
    Buffer::with_lines([format!("{number:4}")])
}

#[test]
fn the_times_of_a_gif_add_up_however_long_it_is() {
    let picture = Picture::new(&Theme::dark(), None);
    let film = |shots: &Shots, end| decode::gif(&as_gif(&picture, shots, end)).shots;
    let shots: Shots = (0..300)
        .map(|place| (place * 1_000_000 / 15, counting(place)))
        .collect();
    let seen = film(&shots, 20_000_000);
    assert_eq!(seen.len(), 300);
    let mut at = 0;
    for ((_, delay), (shown, _)) in seen.iter().zip(&shots) {
        assert!(
            (at * 10_000_i64 - *shown as i64).abs() <= 5_000,
            "{at} {shown}"
        );
        at += *delay as i64;
    }
    assert_eq!(at, 2_000);

    // Longer than a GIF can say in one.
    let seen = film(
        &vec![(0, counting(1)), (660_000_000, counting(2))],
        661_000_000,
    );
    let delays: Vec<u64> = seen.iter().map(|(_, delay)| *delay).collect();
    assert_eq!(delays, [60_000, 6_000, 100]);
    assert!(seen[0].0 == seen[1].0 && seen[1].0 != seen[2].0);

    // Shorter than viewers can show: the later one is seen.
    let shots = vec![
        (0, counting(1)),
        (100_000, counting(2)),
        (105_000, counting(3)),
        (200_000, counting(4)),
    ];
    let seen = film(&shots, 300_000);
    assert_eq!(seen.len(), 3);
    let third = decode::png(&as_png(&picture, &shots[2..3]));
    assert!(seen[1].0 == third);
}

#[test]
fn a_gif_holds_only_what_changed() {
    let shots = small();
    let film = decode::gif(&as_gif(&picture(), &shots, 1_000_000));
    assert!(film.sizes[1] * 4 < film.sizes[0], "{:?}", film.sizes);
}

/// What lies at the left edge of the middle of a picture.
fn ground(pixels: &Pixels) -> [u8; 3] {
    pixels.rgb[pixels.height / 2 * pixels.width]
}

#[test]
fn the_ground_is_that_of_the_theme() {
    let grounds = [
        ("dark", [0x10, 0x14, 0x1c]),
        ("light", [0xff; 3]),
        ("high-contrast", [0; 3]),
        ("mono", [0x10, 0x14, 0x1c]),
    ];
    for (name, wanted) in grounds {
        let depth = raft_playground::screen::theme::Depth::Any;
        let theme = Theme::named(name, depth).expect("a theme of that name");
        let picture = Picture::new(&theme, None);
        let shots = [(0, Buffer::empty(Rect::new(0, 0, 3, 3)))];
        assert_eq!(ground(&decode::png(&as_png(&picture, &shots))), wanted);
    }
}

#[test]
fn more_colours_than_a_palette_holds_become_the_nearest_ones() {
    let mut screen = Buffer::empty(Rect::new(0, 0, 40, 10));
    for (place, cell) in screen.content.iter_mut().enumerate() {
        cell.set_char('█')
            .set_fg(Color::Rgb((place / 2) as u8, (place % 2) as u8, 9));
    }
    let picture = Picture::new(&Theme::dark(), None);
    let seen = decode::gif(&as_gif(&picture, &[(0, screen.clone())], 0));
    let still = decode::png(&as_png(&picture, &[(0, screen.clone())]));
    for (place, cell) in screen.content.iter().enumerate() {
        let (x, y) = (14 + place % 40 * 10, 14 + place / 40 * 20);
        for pixels in [&seen.shots[0].0, &still] {
            let [red, green, blue] = pixels.rgb[y * pixels.width + x];
            let Color::Rgb(wanted, ..) = cell.fg else {
                panic!("a colour")
            };
            assert!(
                red.abs_diff(wanted) <= 2 && green <= 1 && blue == 9,
                "{place}"
            );
        }
    }
}

#[test]
fn files_of_this_program_are_known_by_their_heads() {
    let (shots, picture) = (small(), picture());
    let png_file = as_png(&picture, &shots);
    let gif_file = as_gif(&picture, &shots, 1_000_000);
    let svg_file = as_svg(&picture, &shots, 1_000_000).into_bytes();
    let heads = [&png_file, &gif_file, &svg_file].map(|file| &file[..512]);
    let kinds: [fn(&[u8]) -> bool; 3] = [png::is_own, gif::is_own, svg::is_own];
    for (place, is_own) in kinds.into_iter().enumerate() {
        for (other, head) in heads.into_iter().enumerate() {
            assert_eq!(is_own(head), place == other);
        }
        assert!(!is_own(b""));
        let foreign = String::from_utf8_lossy(heads[place]).replace("raft", "some");
        assert!(!is_own(foreign.as_bytes()));
    }
}
