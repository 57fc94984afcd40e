//! What is shown when there is not enough room:
//!
//! ```text
//!  The dashboard needs 60 columns and 18 rows;
//!  this terminal has 40 by 10.
//!  Make it larger, or press q to leave.
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::Theme;
use crate::screen::layout::SMALLEST;
use crate::screen::paint::put;
use crate::screen::wrap::wrap;

/// Draws it.
pub fn draw(area: Rect, buf: &mut Buffer, theme: &Theme) {
    let text = format!(
        "The dashboard needs {} columns and {} rows; this terminal has {} by {}. \
         Make it larger, or press q to leave.",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    for (line, y) in wrap(&text, area.width)
        .iter()
        .zip(area.top()..area.bottom())
    {
        put(buf, area, area.x, y, line, theme.text);
    }
}
