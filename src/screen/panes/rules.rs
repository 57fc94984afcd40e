//! Every rule of Raft with its switch, what it protects, and what the chosen one is for; below,
//! the options that somebody set.
//!
//! ```text
//! ╭ rules · 1 of 30 is off ──────────────────────────────────────────────────╮
//! │   on   persist-vote          election-safety       A node writes its vote …│
//! │ ▸ OFF  commit-current-term   leader-completeness   A leader commits by …   │
//! │                                                                          │
//! │ commit-current-term is off. A leader commits by counting replicas only … │
//! │ Without it: entries of older terms are committed by counting replicas.   │
//! │ paper, section 5.4.2, Figure 8                                           │
//! │                                                                          │
//! │ options: heartbeat 20ms (default 50ms)                                   │
//! ╰──────────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;

use crate::raft::{Options, Rule};
use crate::screen::Screen;
use crate::screen::paint::{corner, first_shown, frame, put, shorten, width};
use crate::screen::wrap::wrap;
use crate::world::View;
use crate::world::client::ClientOptions;
use crate::world::command::Setting;

/// Rows that tell of the chosen rule, on the smallest screen.
const ABOUT: u16 = 4;

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, rules) = (screen.theme, screen.scene.world.rules);
    let off = rules.off().count();
    let (title, style) = match off {
        0 => (
            format!("rules · all {} are on", Rule::ALL.len()),
            theme.quiet,
        ),
        1 => (
            format!("rules · 1 of {} is OFF", Rule::ALL.len()),
            theme.warn,
        ),
        off => (
            format!("rules · {off} of {} are OFF", Rule::ALL.len()),
            theme.warn,
        ),
    };
    let inner = frame(buf, area, &title, theme.border, style);
    let (list, about) = divided(screen, inner);
    let listed = list.height;
    draw_list(screen, list, buf);
    let shown = Rule::ALL.len().min(usize::from(listed)) as u16;
    for ((text, style), y) in about.iter().zip(inner.y + shown + 1..) {
        put(buf, inner, inner.x + 1, y, text, *style);
    }
    if Rule::ALL.len() > usize::from(listed) {
        let text = format!("{listed} of {}", Rule::ALL.len());
        corner(buf, area, &text, theme.quiet);
    }
}

/// The rule in row `y` of the pane.
pub fn at(screen: &Screen<'_>, area: Rect, y: u16) -> Option<Rule> {
    let (list, _) = divided(screen, area.inner(Margin::new(1, 1)));
    let place = y.checked_sub(list.y).filter(|row| *row < list.height)?;
    let place = first(screen, list) + usize::from(place);
    Rule::ALL.get(place).copied()
}

/// How many rules are in sight.
pub fn page(screen: &Screen<'_>, area: Rect) -> usize {
    let (list, _) = divided(screen, area.inner(Margin::new(1, 1)));
    usize::from(list.height)
}

/// The room for the list, and what is told of the chosen rule below it.
fn divided(screen: &Screen<'_>, inner: Rect) -> (Rect, Vec<(String, Style)>) {
    let mut about = about(screen, inner.width.saturating_sub(2));
    let most = (inner.height / 2).max(ABOUT);
    about.truncate(usize::from(most));
    let listed = inner.height.saturating_sub(about.len() as u16 + 1);
    let list = Rect::new(inner.x, inner.y, inner.width, listed);
    (list, about)
}

/// The place of the first rule that is shown, so that the chosen one is.
fn first(screen: &Screen<'_>, list: Rect) -> usize {
    let chosen = screen.ui.rule as usize;
    first_shown(Rule::ALL.len(), usize::from(list.height), chosen)
}

/// The rules around the chosen one.
fn draw_list(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (theme, rules) = (screen.theme, screen.scene.world.rules);
    let longest = |text: fn(Rule) -> &'static str| {
        let widths = Rule::ALL.iter().map(|&rule| width(text(rule)));
        widths.max().unwrap_or(0)
    };
    let names = longest(|rule| rule.info().name);
    let guarded = longest(|rule| rule.info().protects.name());
    let first = first(screen, area);
    for (&rule, y) in Rule::ALL.iter().skip(first).zip(area.top()..area.bottom()) {
        let info = rule.info();
        let on = rules.on(rule);
        let (switch, style) = match on {
            true => ("on", theme.good),
            false => ("OFF", theme.bad),
        };
        let row = match rule == screen.ui.rule {
            true => {
                put(buf, area, area.x + 1, y, "▸", theme.key);
                theme.selected
            }
            false => Style::new(),
        };
        put(buf, area, area.x + 3, y, switch, style);
        let x = area.x + 8;
        let name = if on { theme.text } else { theme.bad };
        put(buf, area, x, y, info.name, name.patch(row));
        let x = x + names + 2;
        put(buf, area, x, y, rule.info().protects.name(), theme.quiet);
        let x = x + guarded + 2;
        let room = (area.right() - 1).saturating_sub(x);
        if room >= 20 {
            put(buf, area, x, y, &shorten(info.holds, room), theme.text);
        }
    }
}

/// The chosen rule, and the options that are not what they are by default.
fn about(screen: &Screen<'_>, room: u16) -> Vec<(String, Style)> {
    let theme = screen.theme;
    let rule = screen.ui.rule;
    let info = rule.info();
    let (state, style) = match screen.scene.world.rules.on(rule) {
        true => ("on", theme.text),
        false => ("OFF", theme.bad),
    };
    let mut rows = Vec::new();
    let mut tell = |text: &str, style| {
        rows.extend(wrap(text, room).into_iter().map(|line| (line, style)));
    };
    tell(&format!("{} is {state}. {}", info.name, info.holds), style);
    tell(&format!("Without it: {}.", info.without), theme.text);
    let set = set(&screen.scene.world);
    match set.is_empty() {
        true => tell("options: all have their defaults", theme.quiet),
        false => tell(&format!("options: {}", set.join(" · ")), theme.warn),
    }
    tell(
        &format!("{}; protects {}", info.source, rule.info().protects.name()),
        theme.quiet,
    );
    rows
}

/// The options that differ from their defaults, and those of single nodes that differ from all.
fn set(view: &View) -> Vec<String> {
    let clients = &view.client_options;
    let usual = Setting::all(&Options::default(), &ClientOptions::default());
    let now = Setting::all(&view.options, clients);
    let differ = now.iter().zip(&usual).filter(|(now, usual)| now != usual);
    let mut texts: Vec<String> = differ
        .map(|(now, usual)| {
            let usual = usual.to_string();
            let usual = usual.split_once(' ').map_or("", |(_, value)| value);
            format!("{now} (default {usual})")
        })
        .collect();
    for node in &view.nodes {
        let own = Setting::all(&node.options, clients);
        let own = own.iter().zip(&now).filter(|(own, now)| own != now);
        texts.extend(own.map(|(own, _)| format!("{own} on {}", node.name)));
    }
    texts
}
