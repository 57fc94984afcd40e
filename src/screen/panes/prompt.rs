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
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::screen::paint::{blank, frame, put, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Prompt, Screen};

/// The most completions shown at once.
const SHOWN: usize = 8;

/// Draws it over the last rows of `area`.
pub fn draw(screen: &Screen<'_>, sign: char, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let line = Rect::new(area.x, area.bottom() - 1, area.width, 1);
    blank(buf, line);
    let x = put(
        buf,
        line,
        line.x + 1,
        line.y,
        &format!("{sign} "),
        theme.key,
    );
    typed(
        screen,
        prompt,
        Rect::new(x, line.y, line.right().saturating_sub(x), 1),
        buf,
    );
    choices(
        screen,
        prompt,
        Rect::new(area.x, area.y, area.width, area.height - 1),
        buf,
    );
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

/// Completions, or why the line was refused.
fn choices(screen: &Screen<'_>, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let columns = area.width.min(76);
    let error: Vec<String> = match &prompt.error {
        Some(error) => {
            let lines = error.lines();
            lines.flat_map(|line| wrap(line, columns - 4)).collect()
        }
        None => Vec::new(),
    };
    let rows = match &prompt.error {
        Some(_) => error.len(),
        None => prompt.choices.len(),
    };
    let rows = rows
        .min(SHOWN)
        .min(usize::from(area.height.saturating_sub(4)));
    if rows == 0 {
        return;
    }
    let size = (columns, rows as u16 + 2);
    let place = Rect::new(area.x, area.bottom() - size.1, size.0, size.1);
    blank(buf, place);
    let title = match prompt.searches {
        true => "typed before",
        false => "",
    };
    let inner = frame(buf, place, title, theme.quiet, theme.title);
    if !error.is_empty() {
        for (text, y) in error.iter().zip(inner.top()..inner.bottom()) {
            put(buf, inner, inner.x + 1, y, text, theme.warn);
        }
        return;
    }
    let chosen = prompt.chosen.unwrap_or(0);
    let first = (chosen + 1).saturating_sub(rows);
    let column = prompt
        .choices
        .iter()
        .map(|(text, _)| width(text))
        .max()
        .unwrap_or(0);
    let meant = prompt
        .choices
        .iter()
        .any(|(_, meaning)| !meaning.is_empty());
    let column = column.min(if meant {
        inner.width / 2
    } else {
        inner.width - 2
    });
    for (place, y) in (first..prompt.choices.len()).zip(inner.top()..inner.bottom()) {
        let (text, meaning) = &prompt.choices[place];
        let style = match prompt.chosen {
            Some(chosen) if chosen == place => theme.selected,
            _ => theme.key,
        };
        put(buf, inner, inner.x + 1, y, &shorten(text, column), style);
        let x = inner.x + column + 3;
        let room = inner.right().saturating_sub(x + 1);
        put(buf, inner, x, y, &shorten(meaning, room), theme.quiet);
    }
}
