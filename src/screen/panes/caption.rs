//! What the script says, and what deserves a word:
//!
//! ```text
//!  Entry 2 is on three of five servers, and still nobody may call it committed.
//!  ! `crash S9` named no node
//! ```
//! The sign before a notice tells of what kind it is: `!` refused or worth a look, `✔` done, `…`
//! under way.
//! While the script waits for the person, a sign stands before it:
//!
//! ```text
//!  ▸ Press c to crash S1, and see why.
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::screen::paint::{put, shorten, width};
use crate::screen::wrap::wrap;
use crate::screen::{Screen, Ui};
use crate::session::{Scene, Tone};

/// The most rows that a caption gets: what a caption holds, on the narrowest screen.
const MOST: u16 = 3;
/// Stands before what waits for the person.
const ASKED: &str = "▸ ";

/// How many rows the pane needs on this screen. A notice that is too long for the rows that are
/// free gets more, so that what it says at its end, what to try, is seen too, and the tape as well.
pub fn rows(scene: &Scene, ui: &Ui, area: Rect) -> u16 {
    let (said, sign) = said(scene, ui);
    let lines = |text: Option<&str>, sign| -> u16 {
        text.map_or(0, |text| wrap(text, room(area, sign)).len() as u16)
    };
    let told = notice(scene, ui).map(|(words, _)| words);
    let told = lines(told.as_deref(), "");
    let taken = lines(said, sign);
    let text = taken.max(lines(ui.advice.as_deref().filter(|_| said.is_none()), ""));
    // Captions have one row or two: room for two as soon as there are any, and wherever there is
    // plenty, so that the panes stand still.
    let least = if said.is_some() || area.height >= 30 {
        2
    } else {
        1
    };
    let noticed = taken.min(MOST) + told.min(MOST);
    text.clamp(least, MOST).max(noticed)
}

/// A word from the dashboard or the session, as it is written.
fn notice(scene: &Scene, ui: &Ui) -> Option<(String, Tone)> {
    let notice = ui.message.as_ref().or(scene.notice.as_ref())?;
    Some((signed(notice.tone, &notice.words), notice.tone))
}

fn signed(tone: Tone, words: &str) -> String {
    format!("{} {words}", tone.sign())
}

/// Draws it. A notice stands below the caption, until the next key. Advice waits for free rows.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let notice = notice(screen.scene, screen.ui);
    let (said, sign) = said(screen.scene, screen.ui);
    let advice = screen.ui.advice.as_deref();
    let (text, style) = match (said, &screen.ui.welcome) {
        (Some(said), _) => (said, theme.caption),
        (None, Some(welcome)) if notice.is_none() && advice.is_none() => {
            (welcome.as_str(), theme.quiet)
        }
        _ => ("", theme.quiet),
    };
    let used = write(sign, text, area, theme.key, style, buf);
    let free = area.height - used;
    let advice = advice
        .filter(|_| free > 0)
        .map(|words| (signed(Tone::Look, words), Tone::Look));
    let Some((words, tone)) = notice.or(advice) else {
        return;
    };
    let style = match tone {
        Tone::Look => theme.warn,
        Tone::Done => theme.good,
        Tone::UnderWay => theme.text,
    };
    let place = Rect::new(area.x, area.y + used, area.width, free);
    write("", &words, place, style, style, buf);
}

/// The caption in the language of the screen, and the sign before it.
fn said<'a>(scene: &'a Scene, ui: &Ui) -> (Option<&'a str>, &'static str) {
    let caption = scene.caption.as_ref();
    let caption = caption.filter(|_| scene.caption != ui.put_away);
    let said = caption.map(|(caption, _)| &**caption.text_in(ui.lang));
    (said, if scene.asks { ASKED } else { "" })
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
