//! The keys that apply now, as many as fit:
//!
//! ```text
//!  space pause  . step  c crash  p partition  w write  : command  ? help
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::Screen;
use crate::screen::paint::{put, width};

/// Draws it; a key is never cut from its word.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let mut x = area.x + 1;
    for hint in &screen.ui.hints {
        let end = x + width(&hint.keys) + 1 + width(&hint.words);
        if end > area.right() {
            break;
        }
        x = put(buf, area, x, area.y, &hint.keys, screen.theme.key) + 1;
        x = put(buf, area, x, area.y, &hint.words, screen.theme.quiet) + 2;
    }
}
