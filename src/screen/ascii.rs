//! For terminals that know ASCII only: one sign for each glyph that the screen uses.
//!
//! The frame is drawn as ever, and its glyphs are exchanged at the end, cell by cell; so no pane
//! knows of it. Glyphs that mean different things in one pane have different signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Glyphs with the sign of each, by what they mean.
const SIGNS: [(&str, &str); 26] = [
    // Frames, and the place on the tape.
    ("─│╭╮╰╯├┤┃╱╲", "-|..''||#/\\"),
    // Bars, and what begins and ends them: running, or held. Less than half a cell is not seen.
    ("▎▍▌▋▊▉█", "  ====="),
    ("▕▏⊣⊢", "[]{}"),
    // Terms on the tape.
    ("▁▂▃▄▅▆▇", "1234567"),
    // Nodes: leader, follower, pre-candidate, candidate, learner; removed, down, stopped (halted);
    // marked.
    ("♛○◔◑◇", "*o?%&"),
    ("∅✝‖◉", "R+H@"),
    // Messages: entries, heartbeats, votes, votes before an election.
    ("►◄▼▲", "EEEE"),
    ("▸◂▾▴", "><v^"),
    ("▷◁▽△", "VVVV"),
    ("▹◃▿▵", "PPPP"),
    // Answers, and verdicts.
    ("→←↓↑✔", "YYYYY"),
    ("⇢⇠⇣⇡✘", "NNNNN"),
    // Links that carry nothing, and what was lost.
    ("╳", "X"),
    ("✗×", "xx"),
    // Entries: applied, committed, not committed; in a snapshot.
    ("■▣□▒", "#@_:"),
    // Something left out.
    ("…⋯", "~~"),
    // Time passes.
    ("▶", ">"),
    // What was done by hand, and how messages go over lanes: a copy, lines, a timer, a cut.
    ("»«", ":("),
    ("┄┊╎◷✂", "_,;T8"),
    // A fault was on.
    ("░", "%"),
    // What holds the time: by the session, switched on.
    ("◆●", "+*"),
    // Punctuation.
    ("·—–−", "----"),
    ("“”‘’", "\"\"''"),
    ("§µ", "$u"),
    ("≤≥≠≈", "<>!~"),
    ("\u{a0}\u{fffd}", " ?"),
];

/// The sign for a glyph; nothing for what somebody wrote in a language of their own.
pub fn sign(glyph: char) -> Option<char> {
    // A link is drawn in dots.
    if ('\u{2801}'..='\u{28ff}').contains(&glyph) {
        return Some(':');
    }
    SIGNS.iter().find_map(|(glyphs, signs)| {
        let place = glyphs.chars().position(|known| known == glyph)?;
        signs.chars().nth(place)
    })
}

/// Exchanges every glyph in the area for its sign.
pub fn write(buf: &mut Buffer, area: Rect) {
    for position in area.intersection(buf.area).positions() {
        let cell = &mut buf[position];
        let mut characters = cell.symbol().chars();
        if let (Some(glyph), None) = (characters.next(), characters.next())
            && !glyph.is_ascii()
            && let Some(sign) = sign(glyph)
        {
            cell.set_char(sign);
        }
    }
}
