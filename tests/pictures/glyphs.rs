//! Whatever a screen shows can be drawn.

use std::collections::BTreeSet;
use std::path::Path;

use raft_playground::record::font::Face;
use raft_playground::record::ink::Ink;
use raft_playground::record::shape::shape;

fn texts(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        match path.is_dir() {
            true => texts(&path, found),
            false => found.push(std::fs::read_to_string(&path).expect("a text")),
        }
    }
}

/// Every character of the demos with their captions in both languages, of the code that draws and
/// of the words that it draws, and of every screen that a test keeps.
fn shown() -> BTreeSet<char> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in [
        "demos",
        "src",
        "tests/snapshots",
        "tests/found",
        "tests/scripts",
    ] {
        texts(&root.join(folder), &mut found);
    }
    assert!(found.len() > 300, "the files were not found");
    let characters: BTreeSet<char> = found.iter().flat_map(|text| text.chars()).collect();
    // What steers is drawn as its picture (`command::clean`).
    let steers =
        |ch: &char| raft_playground::command::clean::clean(&ch.to_string()) != ch.to_string();
    let pictures = ('\u{2400}'..='\u{2421}').chain(['\u{fffd}']);
    let characters = characters.into_iter().filter(|ch| !steers(ch));
    characters.chain(pictures).collect()
}

#[test]
fn every_character_has_a_glyph_or_a_shape() {
    let without = |bold: bool| -> String {
        let shown = shown().into_iter().filter(|ch| *ch != ' ');
        let unknown = shown.filter(|&ch| shape(ch).is_none() && Face::of(ch, bold).is_none());
        unknown.collect()
    };
    assert_eq!(
        without(false),
        "",
        "no font has these: see assets/fonts/README.md"
    );
    assert_eq!(without(true), "", "no font has these in bold");
}

#[test]
fn what_is_drawn_stays_in_its_cell_or_nearly_so() {
    // Frames of double lines, which no screen has, are glyphs that reach into their neighbours.
    let glyphs = shown().into_iter().filter(|ch| shape(*ch).is_none());
    for ch in glyphs.filter(|ch| !('═'..='╬').contains(ch)) {
        let Some(face) = Face::of(ch, false) else {
            continue;
        };
        let glyph = face.glyph(ch);
        let ink = Ink::of(&ch.to_string(), false);
        let (right, bottom) = (
            glyph.left + glyph.width as i32,
            glyph.top + (glyph.cover.len() / glyph.width.max(1)) as i32,
        );
        let width = 10 * ink.columns() as i32;
        let within = glyph.left >= -1 && right <= width + 1 && glyph.top >= -1 && bottom <= 21;
        assert!(
            within,
            "{ch}: {}..{right}, {}..{bottom}",
            glyph.left, glyph.top
        );
    }
}

#[test]
fn a_character_that_nobody_knows_is_drawn_as_a_frame() {
    let drawn = |symbol| Ink::of(symbol, false);
    assert_eq!(drawn("☃"), drawn("☂"));
    assert_ne!(drawn("☃"), drawn(" "));
    assert_ne!(drawn("a"), drawn("b"));
    assert_eq!(drawn("한").columns(), 2);
}
