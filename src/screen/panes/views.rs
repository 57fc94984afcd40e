//! The names of the views, the one that is shown in brackets:
//!
//! ```text
//!  main  [timeline]  network  clients  metrics  rules  help
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::command::ViewName;
use crate::screen::Screen;
use crate::screen::paint::{put, width};

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    for (view, text, x) in names(screen, area) {
        let style = match view == screen.ui.view {
            true => theme.title,
            false => theme.quiet,
        };
        put(buf, area, x, area.y, &text, style);
    }
}

/// The view whose name stands in a column.
pub fn at(screen: &Screen<'_>, area: Rect, column: u16) -> Option<ViewName> {
    let mut names = names(screen, area);
    let hit = names.find(|(_, text, x)| (*x..*x + width(text)).contains(&column));
    hit.map(|(view, ..)| view)
}

/// Each name as it is written, and its first column.
fn names(screen: &Screen<'_>, area: Rect) -> impl Iterator<Item = (ViewName, String, u16)> {
    let mut x = area.x + 1;
    let shown = screen.ui.view;
    ViewName::ALL.iter().map(move |&view| {
        let text = match view == shown {
            true => format!("[{}]", view.name()),
            false => format!(" {} ", view.name()),
        };
        let place = x;
        x += width(&text);
        (view, text, place)
    })
}
