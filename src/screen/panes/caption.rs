//! What the script says, and what deserves a word:
//!
//! ```text
//!  Entry 2 is on three of five servers, and still nobody may call it committed.
//!  ! `crash S9` named no node
//! ```
//! While the script waits for the person, a sign stands before it:
//!
//! ```text
//!  ▸ Press c to crash S1, and see why.
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::screen::Screen;
use crate::screen::paint::{blank, put, shorten, width};
use crate::screen::wrap::wrap;

/// The most rows that a caption gets: what a caption holds, on the narrowest screen.
const MOST: u16 = 3;
/// Stands before what waits for the person.
const ASKED: &str = "▸ ";

/// How many rows the pane needs on this screen.
pub fn rows(screen: &Screen<'_>, area: Rect) -> u16 {
    let (said, sign) = said(screen);
    let text = said.or(screen.ui.advice.as_deref());
    let lines = text.map_or(0, |text| wrap(text, room(area, sign)).len() as u16);
    // Captions have one row or two: room for two as soon as there are any, and wherever there is
    // plenty, so that the panes stand still.
    let least = if said.is_some() || area.height >= 30 {
        2
    } else {
        1
    };
    lines.clamp(least, MOST)
}

/// Draws it. A notice stands below the caption: in its last rows if they are free, or else over
/// the tape, until the next key. Advice waits for free rows.
pub fn draw(screen: &Screen<'_>, area: Rect, tape: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let notice = screen.ui.message.as_deref();
    let notice = notice.or(screen.scene.notice.as_deref());
    let (said, sign) = said(screen);
    let advice = screen.ui.advice.as_deref();
    let (text, style) = match (said, &screen.ui.welcome) {
        (Some(said), _) => (said, theme.caption),
        (None, Some(welcome)) if notice.or(advice).is_none() => (welcome.as_str(), theme.quiet),
        _ => ("", theme.quiet),
    };
    let used = write(sign, text, area, theme.key, style, buf);
    if let Some(notice) = notice.or(advice.filter(|_| used < area.height)) {
        let free = area.height - used;
        let place = match free {
            0 => tape,
            _ => Rect::new(area.x, area.y + used, area.width, free),
        };
        blank(buf, place);
        write(
            "",
            &format!("! {notice}"),
            place,
            theme.warn,
            theme.warn,
            buf,
        );
    }
}

/// The caption in the language of the screen, and the sign before it.
fn said<'a>(screen: &Screen<'a>) -> (Option<&'a str>, &'static str) {
    let caption = screen.scene.caption.as_ref();
    let said = caption.map(|(caption, _)| &**caption.text_in(screen.ui.lang));
    (said, if screen.scene.asks { ASKED } else { "" })
}

/// The columns for text behind a sign.
fn room(area: Rect, sign: &str) -> u16 {
    area.width.saturating_sub(2 + width(sign))
}

/// Writes wrapped text, the last row cut if it must be; returns how many rows it took.
fn write(
    sign: &str,
    text: &str,
    area: Rect,
    sign_style: Style,
    style: Style,
    buf: &mut Buffer,
) -> u16 {
    let room = room(area, sign);
    let mut lines = wrap(text, room);
    let rows = usize::from(area.height);
    if lines.len() > rows && rows > 0 {
        let rest = lines.split_off(rows - 1).join(" ");
        lines.push(shorten(&rest, room));
    }
    let x = put(buf, area, area.x + 1, area.y, sign, sign_style);
    for (line, y) in lines.iter().zip(area.y..) {
        put(buf, area, x, y, line, style);
    }
    lines.len() as u16
}
