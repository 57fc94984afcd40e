//! Where a line may be broken: between words, and in Chinese between any two characters, but not
//! before what closes nor after what opens, nor between a number and its unit.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands at the end of something, never at the start of a line.
const CLOSING: &str = "，。、；：？！）》」』】〉〕…—～·”’,.;:?!)]}%";
/// What stands at the start of something, never at the end of a line.
const OPENING: &str = "（《「『【〈〔“‘([{";
/// What belongs to the number before it.
const UNITS: [&str; 5] = ["s", "ms", "µs", "bytes", "%"];

/// Lines of at most `columns`, broken where possible at blanks or between wide characters. Never
/// empty lines.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = usize::from(columns.max(1));
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text) {
        let mut gap = usize::from(used > 0);
        for piece in pieces(word) {
            let needed = piece.width();
            if used > 0 && used + gap + needed > columns {
                lines.push(std::mem::take(&mut line));
                (used, gap) = (0, 0);
            }
            line.push_str(&" "[..gap]);
            used += std::mem::take(&mut gap);
            if used + needed <= columns {
                line.push_str(piece);
                used += needed;
                continue;
            }
            // A piece longer than a line is cut, at its blank if it has one.
            for ch in piece.chars() {
                let needed = ch.width().unwrap_or(0);
                if used > 0 && (ch == ' ' || used + needed > columns) {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                if ch != ' ' {
                    line.push(ch);
                    used += needed;
                }
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text; a number and its unit are one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_matches(' ');
    std::iter::from_fn(move || {
        let mut blanks = rest.match_indices(' ').map(|(at, _)| at);
        let end = blanks.find(|&at| !is_quantity(&rest[..at], &rest[at + 1..]));
        let (word, left) = rest.split_at(end.unwrap_or(rest.len()));
        rest = left.trim_start_matches(' ');
        (!word.is_empty()).then_some(word)
    })
}

/// True when what stands before a blank ends with a number, and what follows begins with its unit.
fn is_quantity(before: &str, after: &str) -> bool {
    let letters = |unit: &&str| after.starts_with(unit);
    let whole =
        |unit: &str| !after[unit.len()..].starts_with(|ch: char| ch.is_ascii_alphanumeric());
    before.ends_with(|ch: char| ch.is_ascii_digit()) && UNITS.into_iter().filter(letters).any(whole)
}

/// A word in the pieces that are not broken.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let after = rest.char_indices().zip(rest.chars().skip(1));
        let mut breaks = after.filter(|&((_, before), after)| may_break(before, after));
        let end = match breaks.next() {
            Some(((at, before), _)) => at + before.len_utf8(),
            None => rest.len(),
        };
        let (piece, left) = rest.split_at(end);
        rest = left;
        (!piece.is_empty()).then_some(piece)
    })
}

/// True when a line may end between two characters of a word.
fn may_break(before: char, after: char) -> bool {
    let wide = |ch: char| ch.width() == Some(2);
    (wide(before) || wide(after))
        && after.width() != Some(0)
        && !CLOSING.contains(after)
        && !OPENING.contains(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_long_ones_are_cut() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a bcdefgh", 3), ["a", "bcd", "efg", "h"]);
        assert!(wrap("", 5).is_empty());
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(
            wrap("since 0.773 s, twice", 11),
            ["since", "0.773 s,", "twice"]
        );
        assert_eq!(wrap(" at  2 ms or 90 % ", 7), ["at 2 ms", "or 90 %"]);
        assert_eq!(wrap("of 3 servers", 5), ["of 3", "serve", "rs"]);
        assert_eq!(wrap("自 0.773 s起", 8), ["自", "0.773 s", "起"]);
        // Where there is no room at all it is cut.
        assert_eq!(wrap("0.773 s", 6), ["0.773", "s"]);
    }

    #[test]
    fn chinese_is_broken_between_characters() {
        assert_eq!(wrap("五台服务器选举", 6), ["五台服", "务器选", "举"]);
        // An odd column stays free: no character is halved.
        assert_eq!(wrap("五台服务器", 5), ["五台", "服务", "器"]);
        assert_eq!(wrap("按 c 让 n1 崩溃", 7), ["按 c 让", "n1 崩溃"]);
        assert_eq!(wrap("写入x=1成功", 7), ["写入x=1", "成功"]);
    }

    #[test]
    fn no_line_begins_with_what_closes_or_ends_with_what_opens() {
        assert_eq!(wrap("五台，好。", 4), ["五", "台，", "好。"]);
        assert_eq!(wrap("他说“好”吗", 6), ["他说", "“好”吗"]);
        assert_eq!(wrap("编号（任期）", 6), ["编号", "（任", "期）"]);
        assert_eq!(wrap("得到 n1，n2。", 9), ["得到 n1，", "n2。"]);
        // What cannot be helped is cut all the same.
        assert_eq!(wrap("好。。。", 4), ["好。", "。。"]);
    }

    #[test]
    fn no_line_is_too_wide() {
        let text = "领导者（leader）把日志 entry 3 发给 “n2” 与 n3，等多数派的确认：done！再提交。";
        for columns in 2..60 {
            for line in wrap(text, columns) {
                assert!(line.width() <= usize::from(columns), "{columns}: {line}");
            }
        }
    }
}
