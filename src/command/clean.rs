//! Text from outside (names, values, captions, titles) on its way to the terminal.
//!
//! Everything that is drawn passes through [`clean`], and every line that is printed through
//! [`printable`], so no name and no value can carry an escape sequence, turn the line around or
//! hide in it. One table says for both which characters that are.

use std::borrow::Cow;

/// The text with every character that could steer the terminal replaced by one that shows.
/// Borrows when there is nothing to replace, which is nearly always.
pub fn clean(text: &str) -> Cow<'_, str> {
    match text.contains(steers) {
        true => Cow::Owned(text.chars().map(visible).collect()),
        false => Cow::Borrowed(text),
    }
}

/// The text as [`clean`] leaves it, on a line of prose: a tab is a space there.
pub fn printable(text: &str) -> Cow<'_, str> {
    match text.contains('\t') {
        true => Cow::Owned(clean(&text.replace('\t', " ")).into_owned()),
        false => clean(text),
    }
}

/// True for characters that [`clean`] replaces: they steer a terminal, turn the direction of
/// writing, or are made not to be seen.
pub fn steers(ch: char) -> bool {
    visible(ch) != ch
}

/// What stands for a character: itself, unless it is a control or is made not to be seen.
fn visible(ch: char) -> char {
    match ch {
        ' '..='~' => ch,
        // Unicode has a picture for each of the old controls.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + ch as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // Fillers, soft hyphen, zero-width characters, line separators, bidirectional marks,
        // overrides and isolates, variation selectors, annotations, tags.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        // No characters at all: files of text may not hold them.
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => '\u{fffd}',
        _ => ch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_turn_into_pictures() {
        assert_eq!(clean("\u{1b}[31mred\n"), "␛[31mred␊");
        assert_eq!(clean("a\u{9b}2Jb"), "a\u{fffd}2Jb");
        assert_eq!(clean("x\u{202e}y\u{200b}z"), "x\u{fffd}y\u{fffd}z");
        assert_eq!(clean("x\u{fffe}\u{fdd0}"), "x\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_line_in_print_is_clean_and_keeps_the_width_of_its_tabs() {
        assert_eq!(clean("a\tb\u{7f}"), "a␉b␡");
        assert_eq!(printable("a\tb\u{7f}"), "a b␡");
        let hidden = "a\u{200b}\u{2028}\u{e0061}\u{ad}b";
        assert_eq!(printable(hidden), clean(hidden));
        assert!(!printable(hidden).contains(steers));
    }

    #[test]
    fn other_text_is_left_alone() {
        assert!(matches!(clean("naïve 選舉 ✔"), Cow::Borrowed(_)));
    }
}
