//! Whatever is read, nothing makes the parser panic or takes long.

use raft_playground::command::{Script, Statement, complete};

use super::{SCRIPT, membership, wrong};

/// A small generator, the same numbers on every run (Vigna's splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// Reads, renders and completes a text; only a panic is wrong.
fn try_all(text: &str, dice: &mut Dice) {
    let names = ["n1".into(), "复".into()];
    if let Err(errors) = Script::parse("fuzz", text) {
        assert!(!errors.0.is_empty());
        let shown = errors.render(text, false);
        assert!(
            !shown.contains(|c: char| c.is_control() && c != '\n'),
            "{shown:?}"
        );
    }
    let _ = Statement::parse(text, &names, true);
    let line = text.lines().nth(dice.roll(4)).unwrap_or_default();
    let _ = complete(line, dice.roll(line.len() + 2), &names);
}

#[test]
fn random_bytes_and_mutated_scripts_never_panic_the_parser() {
    let mut dice = Dice(7);
    for _ in 0..5_000 {
        let bytes: Vec<u8> = (0..dice.roll(200)).map(|_| dice.roll(256) as u8).collect();
        try_all(&String::from_utf8_lossy(&bytes), &mut dice);
    }
    let pieces = [
        "\"",
        "\\",
        "-",
        "->",
        "<->",
        "..",
        "99999999999999999999",
        "-1",
        "%",
        "/s",
        "é",
        "\u{0}",
        "\u{1b}",
        "\n",
        " ",
        "@",
        "all-",
        ",",
        "|",
        "repeat 2\n",
        "end\n",
        "at 1s ",
        "not ",
        "and ",
        "\u{feff}",
        "\u{202e}",
        "=",
        "random",
        "c0",
        "0ms",
        "\\u{",
        "#",
    ];
    let wrong = wrong::WRONG
        .iter()
        .chain(membership::WRONG)
        .map(|row| row.0);
    let texts: Vec<&str> = SCRIPT.lines().chain(wrong).collect();
    for _ in 0..5_000 {
        let mut text = (0..1 + dice.roll(4))
            .map(|_| texts[dice.roll(texts.len())])
            .collect::<Vec<_>>()
            .join("\n");
        for _ in 0..dice.roll(5) {
            let from = text.floor_char_boundary(dice.roll(text.len() + 1));
            let to = text.floor_char_boundary((from + dice.roll(6)).min(text.len()));
            text.replace_range(from..to.max(from), pieces[dice.roll(pieces.len())]);
        }
        try_all(&text, &mut dice);
    }
}

#[test]
fn long_inputs_take_no_long_time() {
    let mut dice = Dice(1);
    let repeated = |piece: &str| piece.repeat(1024 * 1024 / piece.len());
    for text in [
        format!("crash {}", repeated("n1,")),
        format!("partition {}", repeated("n1|n2|")),
        format!("expect {}", repeated("leader and ")),
        format!("given n1 log {}", repeated("1 ")),
        format!("members {}", repeated("a,bc,d,")),
        (0..100_000).map(|n| format!("reboot x{n}\n")).collect(),
        (0..100_000).fold("members ".to_owned(), |text, n| format!("{text}m{n},")),
        repeated("at 1s "),
        repeated("repeat 1\n"),
        repeated("x\n"),
        repeated("-"),
        repeated("\""),
        repeated("a "),
    ] {
        try_all(&text[..text.floor_char_boundary(1024 * 1024)], &mut dice);
    }
}
