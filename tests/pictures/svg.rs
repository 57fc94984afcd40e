//! SVG files, read as a browser reads them.

use raft_playground::raft::Micros;
use raft_playground::record::picture::{HEIGHT, Picture, WIDTH};
use raft_playground::record::shape::shape;
use raft_playground::screen::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use roxmltree::{Document, Node};
use unicode_width::UnicodeWidthStr;

use super::{as_svg, demo, picture, small};
use raft_playground::command::Lang;

fn number(node: Node<'_, '_>, name: &str) -> i64 {
    let text = node.attribute(name).unwrap_or("0");
    text.parse().unwrap_or_else(|_| panic!("{name}={text}"))
}

/// How far a strip is moved up at a moment.
fn moved(strip: Node<'_, '_>, share: f64) -> i64 {
    let animation = strip
        .descendants()
        .find(|node| node.has_tag_name("animateTransform"));
    let animation = animation.expect("strips are moved");
    let list = |name: &str| animation.attribute(name).expect("both lists").split(';');
    let times = list("keyTimes").map(|time| time.parse::<f64>().expect("a number"));
    let now = list("values")
        .zip(times)
        .take_while(|(_, time)| *time <= share);
    let (value, _) = now.last().expect("it begins at 0");
    let (_, y) = value.split_once(',').expect("across, down");
    y.parse().expect("a number")
}

/// The texts that are seen at a moment: where each character begins, and the character.
fn seen(document: &Document<'_>, share: f64) -> Vec<((i64, i64), String)> {
    let mut seen = Vec::new();
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    for text in texts {
        let (mut x, mut y) = (number(text, "x"), number(text, "y"));
        let strip = text
            .ancestors()
            .find(|node| node.has_tag_name("svg") && node.attribute("role").is_none());
        if let Some(strip) = strip {
            y += moved(strip, share);
            if !(0..i64::from(HEIGHT)).contains(&y) {
                continue;
            }
            (x, y) = (x + number(strip, "x"), y + number(strip, "y"));
        }
        for ch in text.text().unwrap_or_default().chars() {
            let symbol = ch.to_string();
            let columns = symbol.width() as i64;
            seen.push(((x, y), symbol));
            x += columns * i64::from(WIDTH);
        }
    }
    seen.retain(|(_, symbol)| symbol != " ");
    seen.sort();
    seen
}

/// The texts of a screen, in the columns and rows where they stand.
fn written(screen: &Buffer) -> Vec<((i64, i64), String)> {
    let places = screen.area.positions();
    let cells = places.map(|at| (at, screen[at].symbol().to_owned()));
    let mut written: Vec<_> = cells
        .filter(|(_, symbol)| {
            symbol != " " && shape(symbol.chars().next().expect("a sign")).is_none()
        })
        .map(|(at, symbol)| ((i64::from(at.x), i64::from(at.y)), symbol))
        .collect();
    written.sort();
    written
}

/// Pixels of a text in a picture as its column and row.
fn cells(picture: &Picture, seen: Vec<((i64, i64), String)>) -> Vec<((i64, i64), String)> {
    let measures = picture.measures(1, 1);
    let (left, top) = (i64::from(measures.left), i64::from(measures.top));
    let (wide, high) = (i64::from(WIDTH), i64::from(HEIGHT));
    let placed = seen.into_iter().filter(|((_, y), _)| *y >= top);
    let mut cells: Vec<_> = placed
        .map(|((x, y), symbol)| (((x - left) / wide, (y - top) / high), symbol))
        .collect();
    cells.sort();
    cells
}

#[test]
fn at_every_moment_it_shows_the_screen() {
    let moments = [
        0, 300_000, 1_327_000, 1_340_000, 1_400_000, 300_000, 5_000_000,
    ];
    for (shots, end) in [
        (small(), 1_000_000),
        (demo("figure-8", Lang::En, (120, 36), &moments), 500_000),
        (demo("figure-8", Lang::Zh, (80, 24), &moments), 500_000),
    ] {
        let picture = picture();
        let svg = as_svg(&picture, &shots, end);
        let document = Document::parse(&svg).expect("a right XML file");
        for (at, screen) in &shots {
            let share = (*at as f64 + 1_000.0) / end as f64;
            let shown = cells(&picture, seen(&document, share));
            assert_eq!(shown, written(screen), "at {at}");
        }
    }
}

#[test]
fn one_frame_does_not_move_and_more_do_so_without_a_script() {
    let shots = small();
    let still = as_svg(&picture(), &shots[..1], 1_000_000);
    let film = as_svg(&picture(), &shots, 1_000_000);
    assert!(!still.contains("<animate"));
    assert!(film.contains(r#"repeatCount="indefinite""#) && film.contains(r#"dur="1s""#));
    for svg in [still, film] {
        let document = Document::parse(&svg).expect("a right XML file");
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            let known = [
                "svg",
                "g",
                "path",
                "rect",
                "circle",
                "text",
                "style",
                "animateTransform",
            ];
            assert!(known.contains(&name), "<{name}>");
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && !name.contains("href"), "{name}");
                assert!(!attribute.value().contains("url("), "{name}");
            }
        }
        let urls: Vec<_> = svg.match_indices("url(").collect();
        assert!(!urls.is_empty(), "it brings its fonts");
        for (at, _) in urls {
            assert!(svg[at..].starts_with("url(data:font/woff2;base64,"));
        }
        assert!(!svg.contains("@import"));
    }
}

#[test]
fn texts_from_outside_are_nothing_but_text() {
    let mut screen = Buffer::empty(Rect::new(0, 0, 40, 2));
    screen.set_string(0, 0, "<&>\"' </text> ]]> <!--", Style::new());
    for (x, symbol) in (0..).zip(["\u{1b}", "\0", "\u{9b}", "\u{202e}", "\u{fffe}", "\u{ffff}"]) {
        screen[(x, 1)].set_symbol(symbol);
    }
    let title = "a <b> & \"c\" \u{1b}[2J --> '";
    let picture = Picture::new(&Theme::dark(), Some(title));
    let svg = as_svg(&picture, &[(0 as Micros, screen)], 0);
    let controls = |ch: char| ch.is_control() && ch != '\n';
    assert!(!svg.contains(controls));
    let document = Document::parse(&svg).expect("a right XML file");
    let texts: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    assert!(texts.contains(&"<&>\"' </text> ]]> <!--"), "{texts:?}");
    assert!(
        texts.contains(&"␛␀\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        "{texts:?}"
    );
    assert!(texts.contains(&"a <b> & \"c\" ␛[2J --> '"), "{texts:?}");
    let label = document.root_element().attribute("aria-label");
    assert_eq!(label, Some("a <b> & \"c\" ␛[2J --> '"));
}
