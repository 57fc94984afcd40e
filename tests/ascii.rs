//! A screen in ASCII tells the same as one with glyphs.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/odds.rs"]
mod odds;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use raft_playground::command::{Lang, ViewName};
use raft_playground::raft::NodeId;
use raft_playground::screen::ascii::sign;
use raft_playground::screen::{Hint, Overlay, Prompt, Theme, Ui};
use raft_playground::session::odds::Outcome;
use raft_playground::session::{Answer, Scene};
use raft_playground::world::explain::brief::TERM;
use raft_playground::world::view::Life;
use ratatui::buffer::Buffer;

fn draw(scene: &Scene, ui: &Ui, size: (u16, u16), ascii: bool) -> Buffer {
    frame::draw_in(scene, ui, size, &Theme::dark().in_ascii(ascii))
}

fn lines(buf: &Buffer) -> String {
    let width = usize::from(buf.area.width);
    let rows = buf.content().chunks(width);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let line: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
        format!("{}\n", line.trim_end())
    };
    rows.map(row).collect()
}

fn overlays() -> Vec<Overlay> {
    let prompt = Prompt {
        text: "crash n".into(),
        cursor: 7,
        choices: vec![("n1".into(), "a node with a name".repeat(9))],
        ..Prompt::default()
    };
    vec![
        Overlay::None,
        Overlay::Branches { chosen: 0 },
        Overlay::Breakpoints { chosen: 0 },
        Overlay::Why {
            told: fixtures::answered(
                1,
                Answer {
                    headline: "It is so.".into(),
                    ..Answer::default()
                },
                &fixtures::figure_8(),
            ),
            chosen: None,
        },
        Overlay::Odds,
        Overlay::Palette(prompt.clone()),
        Overlay::Filter(prompt),
        Overlay::Partition {
            marked: [NodeId(1), NodeId(2)].into(),
        },
    ]
}

fn hint(number: usize) -> Hint {
    Hint {
        keys: format!("{number}"),
        words: "a key".into(),
    }
}

#[test]
fn every_cell_is_ascii_and_nothing_moves() {
    let mut scenes = [
        fixtures::figure_8(),
        fixtures::partitioned(),
        fixtures::election(),
        fixtures::crowd(9),
        fixtures::crowd(51),
    ];
    for scene in &mut scenes {
        let came_of = [(Outcome::Came(5_000), 3), (Outcome::Came(9_000), 7)];
        scene.odds = Some((1, odds::forecast("odds leader", 0, &came_of)));
    }
    for scene in &scenes {
        let views = ViewName::ALL.iter().map(|&view| (view, Overlay::None));
        let overlays = overlays().into_iter();
        let shown = views.chain(overlays.map(|overlay| (ViewName::Main, overlay)));
        for (view, overlay) in shown {
            for size in [(80, 24), (120, 36), (200, 60), (40, 10)] {
                let ui = Ui {
                    view,
                    overlay: overlay.clone(),
                    keys: (0..90).map(hint).collect(),
                    ..Ui::default()
                };
                let (with, without) = (draw(scene, &ui, size, false), draw(scene, &ui, size, true));
                for (one, other) in with.content().iter().zip(without.content()) {
                    assert!(other.symbol().is_ascii(), "{:?}", other.symbol());
                    assert_eq!((one.fg, one.modifier), (other.fg, other.modifier));
                    let kept = one.symbol().is_ascii();
                    assert!(!kept || one.symbol() == other.symbol());
                }
            }
        }
    }
    insta::assert_snapshot!(lines(&draw(&scenes[0], &Ui::default(), (120, 36), true)));
}

/// What people wrote stays as they wrote it, and takes the columns that it took.
/// Held time looks like the sign of a pause, and is not that of a server that is stopped.
#[test]
fn held_time_reads_as_a_pause() {
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    scene.world.nodes[1].life = Life::Stopped;
    let drawn = lines(&draw(&scene, &frame::ui(), (80, 24), true));
    assert!(drawn.contains(" || 0.25x "), "{drawn}");
    assert!(drawn.contains("H S2"), "{drawn}");
}

/// Where there is more to be seen is no answer, the place on the row of time is no violation, who
/// was removed is no follower, and a new term is no consent.
#[test]
fn signs_are_not_mistaken_for_others() {
    for (one, other) in [("▾", "✔"), ("┃", "!"), ("∅", "○"), (TERM, "→")] {
        let sign = |glyphs: &str| {
            let glyph = glyphs.chars().next().expect("one");
            sign(glyph).unwrap_or(glyph)
        };
        assert_ne!(
            sign(one).to_ascii_lowercase(),
            sign(other).to_ascii_lowercase()
        );
    }
}

#[test]
fn texts_in_other_languages_are_left_alone() {
    let mut scene = fixtures::figure_8();
    scene.caption = Some(("崩溃 café".into(), 0));
    let ui = Ui {
        lang: Lang::Zh,
        ..Ui::default()
    };
    let text = lines(&draw(&scene, &ui, (80, 24), true));
    assert!(text.contains("崩 溃  café"), "{text}");
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sources are readable") {
        let path = entry.expect("the sources are readable").path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

/// The glyphs in the code of a file, without its comments and its tests.
fn glyphs(path: &Path) -> Vec<char> {
    let text = std::fs::read_to_string(path).expect("the sources are readable");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let glyphs = code.flat_map(str::chars).filter(|ch| !ch.is_ascii());
    glyphs.collect()
}

#[test]
fn every_glyph_has_a_sign() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join("world/explain.rs"), root.join("tui/hints.rs")];
    for folder in ["screen", "world/explain"] {
        sources(&root.join(folder), &mut files);
    }
    // The table itself, and one of Chinese punctuation.
    files.retain(|file| !file.ends_with("ascii.rs") && !file.ends_with("wrap.rs"));
    assert!(files.len() > 20, "the sources were not found");
    for file in files {
        for glyph in glyphs(&file) {
            let sign = sign(glyph);
            assert!(
                sign.is_some_and(|sign| sign.is_ascii() && !sign.is_ascii_control()),
                "{}: {glyph} has no sign in screen/ascii.rs",
                file.display()
            );
        }
    }
}

/// Glyphs that say the same, or more and less of the same, may share a sign.
const ALIKE: [&str; 15] = [
    "─·—–−",
    "│├┤",
    "╭╮",
    "╰╯",
    "▎▍",
    "▌▋▊▉█",
    "►◄▼▲",
    "▷◁▽△",
    "▹◃▿▵",
    "→←↓↑✔",
    "⇢⇠⇣⇡✘",
    "✗×",
    "…⋯",
    "“”",
    "‘’",
];

/// What is drawn into one pane, by the files that draw it.
const PANES: [&[&str]; 15] = [
    &[
        "paint",
        "theme",
        "panes/cluster",
        "panes/ring",
        "panes/traffic",
        "panes/islands",
    ],
    &[
        "paint",
        "theme",
        "panes/cluster",
        "panes/grid",
        "panes/islands",
    ],
    &["paint", "theme", "panes/logs"],
    &["paint", "theme", "panes/node", "units"],
    &["paint", "panes/events"],
    &["panes/tape"],
    &["panes/head", "units"],
    &["paint", "panes/lists"],
    &["paint", "panes/why"],
    &["paint", "panes/rules"],
    &["paint", "theme", "panes/clients", "panes/calls"],
    &["paint", "panes/metrics"],
    &["paint", "panes/links"],
    &["paint", "panes/flights", "lines"],
    &[
        "paint",
        "panes/timeline",
        "panes/timeline/arrows",
        "panes/timeline/lanes",
    ],
];

#[test]
fn what_differs_in_a_pane_differs_in_ascii() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/screen");
    for files in PANES {
        let mut seen: BTreeMap<char, char> = BTreeMap::new();
        for file in files {
            for glyph in glyphs(&root.join(file).with_extension("rs")) {
                let sign = sign(glyph).expect("every glyph has a sign");
                let other = *seen.entry(sign).or_insert(glyph);
                let alike = |group: &&str| group.contains(other) && group.contains(glyph);
                assert!(
                    other == glyph || ALIKE.iter().any(alike),
                    "{files:?}: {other} and {glyph} both become {sign}"
                );
            }
        }
    }
}
