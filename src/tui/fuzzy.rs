//! What a few letters find.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The places of the texts that fit the letters, the best first, and else in the order they have.
pub fn find<'a>(letters: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let pattern = Pattern::new(
        letters,
        CaseMatching::Ignore,
        Normalization::Smart,
        AtomKind::Fuzzy,
    );
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut characters = Vec::new();
    let scores = texts.enumerate().filter_map(|(place, text)| {
        let text = Utf32Str::new(text, &mut characters);
        Some((pattern.score(text, &mut matcher)?, place))
    });
    let mut found: Vec<(u32, usize)> = scores.collect();
    // Letters that lie far apart are found nearly everywhere, and mean nothing.
    let best = found.iter().map(|&(score, _)| score).max().unwrap_or(0);
    found.retain(|&(score, _)| score * 4 >= best * 3);
    found.sort_by_key(|&(score, place)| (Reverse(score), place));
    found.into_iter().map(|(_, place)| place).collect()
}
