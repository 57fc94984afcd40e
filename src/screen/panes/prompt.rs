//! A line being typed, at the foot, with what could be meant above it:
//!
//! ```text
//! ╭──────────────────────────────────────╮
//! │ crash    lose memory and unsynced …  │
//! │ cut      a link carries nothing      │
//! ╰──────────────────────────────────────╯
//!  : c▏
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::{Modifier, Style};

use crate::screen::paint::{blank, corner, frame, put, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Prompt, Screen};

/// The most completions shown at once.
pub const SHOWN: usize = 8;
/// The most columns that they take, frame included.
const WIDEST: u16 = 76;

/// Draws it over the last rows of `area`.
pub fn draw(screen: &Screen<'_>, sign: char, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let line = Rect::new(area.x, area.bottom() - 1, area.width, 1);
    blank(buf, line);
    let sign = format!("{sign} ");
    let x = put(buf, line, line.x + 1, line.y, &sign, theme.key);
    let rest = Rect::new(x, line.y, line.right().saturating_sub(x), 1);
    typed(screen, prompt, rest, buf);
    choices(screen, prompt, above(area), buf);
}

/// The text around its cursor: what is left of the room is scrolled away.
pub fn typed(screen: &Screen<'_>, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let split = prompt
        .text
        .char_indices()
        .nth(prompt.cursor)
        .map_or(prompt.text.len(), |(at, _)| at);
    let before = &prompt.text[..split];
    let mut shown = before;
    while width(shown) + 1 > area.width {
        let Some(ch) = shown.chars().next() else {
            break;
        };
        shown = &shown[ch.len_utf8()..];
    }
    let cursor = area.x + width(shown);
    let hidden = before.chars().count() - shown.chars().count();
    let visible = &prompt.text[before.len() - shown.len()..];
    let place = |character: usize| {
        let mut places = visible.char_indices().map(|(at, _)| at);
        places
            .nth(character.saturating_sub(hidden))
            .unwrap_or(visible.len())
    };
    let wrong = place(prompt.wrong.start)..place(prompt.wrong.end);
    let underlined = theme.bad.add_modifier(Modifier::UNDERLINED);
    let mut x = area.x;
    for (part, style) in [
        (&visible[..wrong.start], theme.text),
        (&visible[wrong.clone()], underlined),
        (&visible[wrong.end..], theme.text),
    ] {
        x = put(buf, area, x, area.y, part, style);
    }
    if let Some(cell) = buf.cell_mut((cursor, area.y))
        && cursor < area.right()
    {
        cell.modifier.insert(Modifier::REVERSED);
    }
}

/// The choices as they are drawn.
pub struct Rows {
    /// A row for each that is shown.
    pub area: Rect,
    /// The place of the first that is shown.
    pub first: usize,
}

/// Where the choices are drawn, if any are.
pub fn rows(prompt: &Prompt, area: Rect) -> Option<Rows> {
    let shown = prompt.error.is_none().then_some(prompt.choices.len())?;
    let area = framed(shown, above(area))?.inner(Margin::new(1, 1));
    let first = first(prompt, area.height);
    Some(Rows { area, first })
}

/// The room above the line that is typed.
fn above(area: Rect) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height - 1)
}

/// A frame around so many rows, or as many as there is room for.
fn framed(rows: usize, area: Rect) -> Option<Rect> {
    let room = usize::from(area.height.saturating_sub(4));
    let height = rows.min(SHOWN).min(room) as u16 + 2;
    let place = Rect::new(
        area.x,
        area.bottom() - height.min(area.height),
        area.width.min(WIDEST),
        height,
    );
    (height > 2).then_some(place)
}

/// The first choice that is shown, so that the chosen one is.
fn first(prompt: &Prompt, rows: u16) -> usize {
    let page = prompt.top..prompt.top + usize::from(rows);
    match prompt.chosen {
        Some(chosen) if !page.contains(&chosen) => (chosen + 1).saturating_sub(page.len()),
        _ => prompt.top,
    }
}

/// Completions, or how it is written where there are none, or why the line was refused.
fn choices(screen: &Screen<'_>, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    match &prompt.error {
        Some(error) => told(screen, prompt, error, theme.warn, area, buf),
        None if prompt.choices.is_empty() => {
            told(screen, prompt, &prompt.usage, theme.quiet, area, buf);
        }
        None => completions(screen, prompt, area, buf),
    }
}

/// Draws the frame around so many rows; what is inside, if anything is.
fn list(
    screen: &Screen<'_>,
    prompt: &Prompt,
    rows: usize,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Rect> {
    let place = framed(rows, area)?;
    blank(buf, place);
    let title = if prompt.searches { "typed before" } else { "" };
    let (border, text) = (screen.theme.quiet, screen.theme.title);
    Some(frame(buf, place, title, border, text))
}

fn told(
    screen: &Screen<'_>,
    prompt: &Prompt,
    words: &str,
    style: Style,
    area: Rect,
    buf: &mut Buffer,
) {
    let columns = area.width.min(WIDEST) - 4;
    let lines: Vec<String> = words.lines().flat_map(|line| wrap(line, columns)).collect();
    let Some(inner) = list(screen, prompt, lines.len(), area, buf) else {
        return;
    };
    for (text, y) in lines.iter().zip(inner.top()..inner.bottom()) {
        put(buf, inner, inner.x + 1, y, text, style);
    }
}

fn completions(screen: &Screen<'_>, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let choices = &prompt.choices;
    let Some(inner) = list(screen, prompt, choices.len(), area, buf) else {
        return;
    };
    let first = first(prompt, inner.height);
    let (shown, all) = (usize::from(inner.height), choices.len());
    if shown < all {
        let text = format!("{}–{} of {all}", first + 1, all.min(first + shown));
        corner(buf, inner.outer(Margin::new(1, 1)), &text, theme.quiet);
    }
    let widest = choices.iter().map(|(text, _)| width(text)).max();
    let explained = choices.iter().any(|(_, meaning)| !meaning.is_empty());
    let room = if explained {
        inner.width / 2
    } else {
        inner.width - 2
    };
    let column = widest.unwrap_or(0).min(room);
    for (place, y) in (first..all).zip(inner.top()..inner.bottom()) {
        let (text, meaning) = &choices[place];
        let style = if prompt.chosen == Some(place) {
            theme.selected
        } else {
            theme.key
        };
        put(buf, inner, inner.x + 1, y, &shorten(text, column), style);
        let x = inner.x + column + 3;
        let room = inner.right().saturating_sub(x + 1);
        put(buf, inner, x, y, &shorten(meaning, room), theme.quiet);
    }
}
