//! What the script says, and what deserves a word:
//!
//! ```text
//!  Entry 2 is on three of five servers, and still nobody may call it committed.
//!  ! `crash S9` named no node
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::screen::Screen;
use crate::screen::paint::{blank, put, shorten, wrap};

/// The most rows that a caption gets: what a caption holds, on the narrowest screen.
const MOST: u16 = 3;

/// How many rows the pane needs on this screen.
pub fn rows(screen: &Screen<'_>, area: Rect) -> u16 {
    let said = screen.scene.caption.as_ref();
    let lines = said.map_or(0, |(caption, _)| lines(caption, area).len() as u16);
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
/// the tape, until the next key.
pub fn draw(screen: &Screen<'_>, area: Rect, tape: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let notice = screen.ui.message.as_deref().or(scene.notice.as_deref());
    let (text, style) = match (&scene.caption, &screen.ui.welcome) {
        (Some((caption, _)), _) => (&**caption, theme.caption),
        (None, Some(welcome)) if notice.is_none() => (welcome.as_str(), theme.quiet),
        _ => ("", theme.quiet),
    };
    let used = write(text, area, style, buf);
    if let Some(notice) = notice {
        let free = area.height - used;
        let place = match free {
            0 => tape,
            _ => Rect::new(area.x, area.y + used, area.width, free),
        };
        blank(buf, place);
        write(&format!("! {notice}"), place, theme.warn, buf);
    }
}

fn lines(text: &str, area: Rect) -> Vec<String> {
    wrap(text, area.width.saturating_sub(2))
}

/// Writes wrapped text, the last row cut if it must be; returns how many rows it took.
fn write(text: &str, area: Rect, style: Style, buf: &mut Buffer) -> u16 {
    let mut lines = lines(text, area);
    let rows = usize::from(area.height);
    if lines.len() > rows && rows > 0 {
        let rest = lines.split_off(rows - 1).join(" ");
        lines.push(shorten(&rest, area.width.saturating_sub(2)));
    }
    for (line, y) in lines.iter().zip(area.y..) {
        put(buf, area, area.x + 1, y, line, style);
    }
    lines.len() as u16
}
