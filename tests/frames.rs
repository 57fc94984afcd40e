//! Frames as text, to be read as prose, and frames of any size, which must not panic.

mod fixtures;
#[path = "fixtures/run.rs"]
mod run;

use proptest::prelude::*;
use raft_playground::raft::NodeId;
use raft_playground::screen::{Hint, Overlay, Prompt, Screen, Theme, Ui};
use raft_playground::session::Scene;
use raft_playground::tui::Keymap;
use raft_playground::world::Hosts;
use raft_playground::world::view::Life;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

fn draw(scene: &Scene, ui: &Ui, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buf = Buffer::empty(area);
    let theme = Theme::dark();
    Screen {
        scene,
        ui,
        theme: &theme,
    }
    .render(area, &mut buf);
    buf
}

fn text(scene: &Scene, ui: &Ui, columns: u16, rows: u16) -> String {
    let buf = draw(scene, ui, columns, rows);
    let mut text = String::new();
    for y in 0..rows {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..columns {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn ui() -> Ui {
    let hint = |keys: &str, words: &str| Hint {
        keys: keys.into(),
        words: words.into(),
    };
    Ui {
        hints: vec![
            hint("space", "pause"),
            hint(".", "step"),
            hint("c", "crash"),
            hint("p", "partition"),
            hint("w", "write"),
            hint(":", "command"),
            hint("?", "help"),
        ],
        ..Ui::default()
    }
}

#[test]
fn figure_8_at_120_by_36() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 120, 36));
}

#[test]
fn figure_8_at_80_by_24() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 80, 24));
}

#[test]
fn figure_8_at_200_by_60() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 200, 60));
}

#[test]
fn a_partition_rewound() {
    let ui = Ui {
        selected: NodeId(3),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::partitioned(), &ui, 120, 36));
}

#[test]
fn an_election_among_three() {
    let ui = Ui {
        selected: NodeId(2),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::election(), &ui, 100, 30));
}

#[test]
fn nine_nodes() {
    insta::assert_snapshot!(text(&fixtures::crowd(9), &ui(), 120, 36));
}

#[test]
fn one_node() {
    insta::assert_snapshot!(text(&fixtures::crowd(1), &ui(), 80, 24));
}

#[test]
fn fifty_one_nodes() {
    let ui = Ui {
        selected: NodeId(30),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::crowd(51), &ui, 120, 36));
}

#[test]
fn a_hundred_and_one_nodes_on_a_small_screen() {
    insta::assert_snapshot!(text(&fixtures::crowd(101), &ui(), 80, 24));
}

#[test]
fn a_small_terminal_is_told_what_is_needed() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 40, 10));
}

#[test]
fn the_palette_offers_what_can_be_meant() {
    let mut ui = ui();
    ui.overlay = Overlay::Palette(Prompt {
        text: "cr".into(),
        cursor: 2,
        choices: vec![
            ("crash".into(), "lose memory and unsynced writes".into()),
            ("cut".into(), "a link carries nothing".into()),
        ],
        chosen: Some(0),
        error: None,
    });
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, 80, 24));
}

#[test]
fn help_lists_every_key() {
    for (columns, rows) in [(120, 36), (80, 24)] {
        let mut ui = ui();
        ui.overlay = Overlay::Help {
            lines: Keymap::default().table(),
            top: 0,
        };
        insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, columns, rows));
    }
}

#[test]
fn a_filter_finds_events_by_their_words() {
    let mut ui = ui();
    ui.filter = "vote S5".into();
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, 120, 36));
}

/// The longest caption that a script may have is seen whole, also while there is a notice.
#[test]
fn the_longest_caption_is_whole_and_a_notice_does_not_hide_it() {
    let caption = "Entry 2 is on three of five servers, and still nobody may call it committed: \
                   that is what Figure 8 of the paper is about. Press c to crash S1, and see.";
    assert!(caption.len() >= 150);
    let mut scene = fixtures::figure_8();
    scene.caption = Some((caption.into(), 0));
    scene.notice = Some("the script has ended, and all it expected held".into());
    for (columns, rows) in [(60, 18), (80, 24), (120, 36), (200, 60)] {
        let drawn = text(&scene, &ui(), columns, rows);
        let words: Vec<&str> = drawn.split_whitespace().collect();
        assert!(words.join(" ").contains(caption), "{drawn}");
        assert!(drawn.contains("! the script has ended"), "{drawn}");
    }
}

/// What comes from outside cannot steer the terminal.
#[test]
fn no_control_character_reaches_the_screen() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\r\n\u{7}";
    let mut scene = fixtures::figure_8();
    scene.title = evil.into();
    scene.caption = Some((evil.into(), 0));
    scene.notice = Some(evil.into());
    for node in &mut scene.world.nodes {
        node.name = evil.into();
    }
    for (columns, rows) in [(80, 24), (200, 60)] {
        let drawn = text(&scene, &ui(), columns, rows);
        let bad = |ch: char| ch != '\n' && (ch.is_control() || "\u{202e}\u{200b}".contains(ch));
        assert!(!drawn.contains(bad), "{drawn:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn any_size_and_any_scene_can_be_drawn(
        columns in 1_u16..220,
        rows in 1_u16..70,
        count in 1_u16..=101,
        selected in 1_u16..=101,
        down in proptest::collection::vec(0_usize..101, 0..6),
        side in 0_u16..101,
        name in "\\PC{0,14}",
        overlay in 0_u8..5,
        now in 0_u64..6_000_000,
    ) {
        let mut scene = fixtures::crowd(count);
        scene.world.now = now;
        scene.world.nodes[0].name = name.as_str().into();
        scene.caption = Some((name.as_str().into(), 0));
        for slot in down {
            if let Some(node) = scene.world.nodes.get_mut(slot) {
                node.life = Life::Down;
            }
        }
        let one: Vec<u16> = (1..=side.min(count)).collect();
        let other: Vec<u16> = (side + 1..=count).collect();
        fixtures::cut(&mut scene.world, &one, &other);
        let prompt = Prompt { text: name.clone(), cursor: 1, ..Prompt::default() };
        let overlay = match overlay {
            0 => Overlay::None,
            1 => Overlay::Help { lines: ui().hints, top: 2 },
            2 => Overlay::Palette(prompt),
            3 => Overlay::Filter(prompt),
            _ => Overlay::Partition { marked: [NodeId(1)].into() },
        };
        let ui = Ui { selected: NodeId(selected), overlay, ..ui() };
        draw(&scene, &ui, columns, rows);
    }
}

/// A removed server runs on, but belongs to no island: those that are left are all.
#[test]
fn a_removed_server_is_in_no_island() {
    let script = "cluster 3\nhold-timer all\ntimeout n1\nwait until leader\nremove n3\nwait until role n3 removed\nisolate n1\n";
    let (_, _, session) = run::run("removed", script, Some(1), Hosts::Inline);
    let lines = |view: &raft_playground::world::View| {
        let lines = raft_playground::screen::panes::islands::lines(view);
        let told = lines.into_iter().map(|line| (line.names, line.words));
        told.collect::<Vec<_>>()
    };
    let alone = ("n1, n2".to_owned(), "alone, can do neither");
    assert_eq!(lines(&session.world().view()), [alone]);
    let (_, _, session) = run::run("healed", &format!("{script}heal\n"), Some(1), Hosts::Inline);
    let all = ("all".to_owned(), "can elect, can commit");
    assert_eq!(lines(&session.world().view()), [all]);
}
