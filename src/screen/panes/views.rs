//! The names of the views, the one that is shown in brackets:
//!
//! ```text
//!  main  [timeline]  network  clients  metrics  rules  help
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::command::ViewName;
use crate::screen::Screen;
use crate::screen::paint::put;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let mut x = area.x + 1;
    for &view in ViewName::ALL {
        let (text, style) = match view == screen.ui.view {
            true => (format!("[{}]", view.name()), theme.title),
            false => (format!(" {} ", view.name()), theme.quiet),
        };
        x = put(buf, area, x, area.y, &text, style);
    }
}
