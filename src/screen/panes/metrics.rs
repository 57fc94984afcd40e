//! How the run went so far: a row or more for each measure, over virtual time.
//!
//! ```text
//! ╭ metrics · a step is 100 ms ──────────────────────────────────────────╮
//! │ commits/s       ▁▃▃▃▃▃▃▃▂ ░░░░░▃▃▃▃▃▃▃▃▃▃▃      now 10    peak 30     │
//! │ latency p50     ▂▂▂▂▂▂▂▂▂▂░░░░█▂▂▂▂▂▂▂▂▂▂▂      now 24 ms peak 1.2 s  │
//! │ latency p99     ▂▂▂▂▂▂▂▂▂▂░░░░█▃▂▂▂▂▂▂▂▂▂▂      now 24 ms peak 1.2 s  │
//! │ messages/s      …                                                     │
//! │ elections       ▁         ▁▁                    now 0     all 3       │
//! │ has a leader     ████████  ░░░█████████████     now 100 % all 91 %    │
//! │ faults                    ▒▒▒▒▒▒                                      │
//! │                 0 s                          3.412 s                  │
//! ╰───────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::raft::{Kind, Micros};
use crate::screen::Screen;
use crate::screen::paint::{frame, put, put_right, width};
use crate::screen::units::{Seconds, Short};
use crate::session::Metrics;
use crate::session::metrics::{Interval, Latency};

/// The columns before the charts, and behind them.
const LABEL: u16 = 20;
const VALUES: u16 = 28;
/// So many measures are no single kind of message.
const GENERAL: usize = 6;
/// The fewest columns that make a chart.
const FEWEST: usize = 8;
/// The most columns of a step, and the most rows of a measure.
const WIDEST: usize = 4;
const HIGHEST: usize = 12;
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One measure over time.
struct Series {
    label: String,
    /// A value for each step; `None` where there is nothing to measure.
    values: Vec<Option<f64>>,
    /// The value of a full chart.
    top: f64,
    /// What is written behind it.
    words: String,
    style: Style,
}

/// The run in steps of equal length, of which the newest may be longer.
struct Steps {
    intervals: Vec<Interval>,
    /// How long each is.
    lengths: Vec<Micros>,
    /// How long all but the newest are.
    usual: Micros,
}

impl Steps {
    /// As many steps as there are columns at the most; `None` before anything has been measured.
    fn of(metrics: &Metrics, now: Micros, columns: usize) -> Option<Steps> {
        let all: Vec<&Interval> = metrics.intervals().iter().collect();
        // An interval that is not over would look like a bad one: it counts with the one before.
        let over = (now / metrics.length()) as usize;
        let (whole, begun) = all.split_at(over.max(1).min(all.len()));
        if whole.is_empty() {
            return None;
        }
        let sum = |some: &[&Interval]| {
            let nothing = Interval::default();
            some.iter().fold(nothing, |sum, one| sum.with(one))
        };
        let joined = whole.len().div_ceil(columns);
        let mut intervals: Vec<Interval> = whole.chunks(joined).map(sum).collect();
        let lengths = whole.chunks(joined).map(<[_]>::len);
        let mut lengths: Vec<Micros> = lengths.map(|len| metrics.length() * len as u64).collect();
        // So that what is said of now is of now.
        if let (Some(newest), Some(length)) = (intervals.last_mut(), lengths.last_mut()) {
            *newest = std::mem::take(newest).with(&sum(begun));
            let since = now % metrics.length();
            *length = if over == 0 {
                since.max(1)
            } else {
                *length + since
            };
        }
        Some(Steps {
            intervals,
            lengths,
            usual: metrics.length() * joined as u64,
        })
    }
}

/// Draws it.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    // Between the frame and a blank before the values.
    let columns = usize::from(area.width.saturating_sub(LABEL + VALUES + 3));
    let steps = match columns {
        ..FEWEST => None,
        _ => Steps::of(&scene.metrics, scene.world.now, columns),
    };
    let Some(steps) = steps else {
        let inner = frame(buf, area, "metrics", theme.border, theme.quiet);
        let text = "nothing has been measured yet";
        put(buf, inner, inner.x + 1, inner.y, text, theme.faint);
        return;
    };
    let title = format!("metrics · a step is {}", Short(steps.usual));
    let inner = frame(buf, area, &title, theme.border, theme.quiet);
    // Steps are drawn as wide as there is room for.
    let wide = (columns / steps.lengths.len()).clamp(1, WIDEST);

    let series = series(screen, &steps);
    // Each has a row; what is left goes to those that are no single kind of message, evenly, with
    // air between them.
    let room = usize::from(inner.height.saturating_sub(2));
    let shown = series.len().min(room);
    let kinds = shown.saturating_sub(GENERAL);
    let each = ((room - kinds) / GENERAL).clamp(1, HIGHEST) as u16;
    let mut y = inner.y;
    for (place, one) in series.iter().take(shown).enumerate() {
        let rows = if place < GENERAL { each } else { 1 };
        let height = rows.saturating_sub(1).max(1);
        let chart = Rect::new(inner.x, y, inner.width, height);
        draw_chart(screen, one, &steps, wide, chart, buf);
        y += rows;
    }
    let rest = Rect::new(inner.x, y, inner.width, inner.bottom().saturating_sub(y));
    draw_faults(screen, &steps, wide, rest, buf);
}

/// Below the charts: when something was broken, and the scale of time.
fn draw_faults(screen: &Screen<'_>, steps: &Steps, wide: usize, area: Rect, buf: &mut Buffer) {
    let theme = screen.theme;
    let (start, y) = (area.x + LABEL, area.y);
    put(buf, area, area.x + 1, y, "faults", theme.warn);
    let faulty = steps.intervals.iter().enumerate();
    for (place, _) in faulty.filter(|(_, step)| step.faulty) {
        let x = start + (place * wide) as u16;
        put(buf, area, x, y, &"▒".repeat(wide), theme.warn);
    }
    let values = area.right().saturating_sub(VALUES);
    put(buf, area, values, y, "░ ▒ something is broken", theme.faint);
    let y = y + 1;
    put(buf, area, start, y, "0 s", theme.faint);
    let end = Seconds(steps.lengths.iter().sum()).to_string();
    let right = start + (steps.lengths.len() * wide) as u16;
    // Never into the start.
    let right = right.max(start + 5 + width(&end));
    put_right(buf, area, right, y, &end, theme.faint);
}

/// The measures, the most telling first.
fn series(screen: &Screen<'_>, steps: &Steps) -> Vec<Series> {
    let theme = screen.theme;
    let (steps, lengths) = (&steps.intervals, &steps.lengths);
    let rate = |label: &str, style, count: &dyn Fn(&Interval) -> u64| {
        let values = steps.iter().zip(lengths);
        let values = values.map(|(step, length)| Some(count(step) as f64 * 1e6 / *length as f64));
        let values: Vec<Option<f64>> = values.collect();
        let (now, peak) = (last(&values), peak(&values));
        Series {
            label: label.into(),
            words: format!("now {:<8} peak {}", number(now), number(peak)),
            values,
            top: peak,
            style,
        }
    };
    let latency = |percentile: u64| {
        let told: Vec<Option<Latency>> =
            steps.iter().map(|step| step.latency(percentile)).collect();
        let text = |latency: Option<Latency>| latency.map_or("—".into(), took);
        let newest = text(told.iter().rev().flatten().next().copied());
        let most = text(told.iter().flatten().max().copied());
        let values = told.into_iter().map(|it| Some(it?.at_most as f64));
        let values: Vec<Option<f64>> = values.collect();
        Series {
            label: format!("latency p{percentile}"),
            words: format!("last {newest:<7} peak {most}"),
            top: peak(&values),
            values,
            style: theme.key,
        }
    };
    let total = |count: &dyn Fn(&Interval) -> u64| steps.iter().map(count).sum::<u64>();
    let mut series = vec![
        rate("commits/s", theme.good, &|step| step.commits),
        latency(50),
        latency(99),
        rate("messages/s", theme.text, &|step| step.sent.iter().sum()),
    ];
    let elections: Vec<Option<f64>> = steps
        .iter()
        .map(|step| Some(step.elections as f64))
        .collect();
    series.push(Series {
        label: "elections".into(),
        words: format!(
            "now {:<8} all  {}",
            number(last(&elections)),
            total(&|step| step.elections)
        ),
        top: peak(&elections),
        values: elections,
        style: theme.warn,
    });
    let share = |led: Micros, length: Micros| 100.0 * led as f64 / length.max(1) as f64;
    let led = steps
        .iter()
        .zip(lengths)
        .map(|(step, length)| Some(share(step.led, *length)));
    let led: Vec<Option<f64>> = led.collect();
    let whole = share(total(&|step| step.led), lengths.iter().sum());
    series.push(Series {
        label: "has a leader".into(),
        words: format!(
            "now {:<8} all  {whole:.1} %",
            format!("{:.0} %", last(&led))
        ),
        values: led,
        top: 100.0,
        style: theme.text,
    });
    // Each kind that there was, those with most messages first.
    let of_kind = |kind: Kind| move |step: &Interval| step.sent[kind as usize];
    let mut kinds: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|&kind| total(&of_kind(kind)) > 0)
        .collect();
    kinds.sort_by_key(|&kind| std::cmp::Reverse(total(&of_kind(kind))));
    for kind in kinds {
        series.push(rate(
            &format!(" {}", kind.name()),
            theme.quiet,
            &of_kind(kind),
        ));
    }
    series
}

fn last(values: &[Option<f64>]) -> f64 {
    values.last().copied().flatten().unwrap_or(0.0)
}

fn peak(values: &[Option<f64>]) -> f64 {
    values.iter().flatten().copied().fold(0.0, f64::max)
}

/// A latency to two digits at least. All are rounded up alike, so that a longer one never looks
/// shorter than one that is not known so well.
fn took(latency: Latency) -> String {
    let in_units = |unit: Micros| latency.at_most.div_ceil(unit);
    let text = match latency.at_most {
        0..=9_900 => format!("{}.{} ms", in_units(100) / 10, in_units(100) % 10),
        9_901..=999_000 => format!("{} ms", in_units(1_000)),
        _ => format!("{}.{:02} s", in_units(10_000) / 100, in_units(10_000) % 100),
    };
    match latency.exact {
        true => text,
        false => format!("≤{text}"),
    }
}

fn number(value: f64) -> String {
    match value {
        ..10.0 if value.fract() > 0.05 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// A label, a chart, and what it says in numbers.
fn draw_chart(
    screen: &Screen<'_>,
    series: &Series,
    steps: &Steps,
    wide: usize,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = screen.theme;
    let bottom = area.bottom() - 1;
    put(buf, area, area.x + 1, bottom, &series.label, theme.text);
    let x = area.right().saturating_sub(VALUES);
    put(buf, area, x, bottom, &series.words, theme.quiet);
    let levels = u32::from(area.height) * 8;
    for (place, (value, step)) in series.values.iter().zip(&steps.intervals).enumerate() {
        let part = match value {
            Some(value) if series.top > 0.0 => value / series.top * f64::from(levels),
            _ => 0.0,
        };
        // Whatever is not nothing can be seen.
        let filled = match part > 0.0 {
            true => (part.round() as u32).max(1),
            false => 0,
        };
        for row in 0..area.height {
            let here = filled.saturating_sub(u32::from(row) * 8).min(8) as usize;
            let (ch, style) = match here {
                0 if step.faulty => ('░', theme.faint),
                here => (EIGHTHS[here], series.style),
            };
            for column in 0..wide {
                let x = area.x + LABEL + (place * wide + column) as u16;
                put(
                    buf,
                    area,
                    x,
                    bottom - row,
                    ch.encode_utf8(&mut [0; 4]),
                    style,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_latency_never_looks_shorter() {
        let told = |at_most, exact| took(Latency { at_most, exact });
        for (at_most, text) in [
            (9_840, "9.9 ms"),
            (61_439, "62 ms"),
            (999_000, "999 ms"),
            (999_001, "1.00 s"),
            (1_196_343, "1.20 s"),
        ] {
            assert_eq!(told(at_most, true), text);
            assert_eq!(told(at_most, false), format!("≤{text}"));
        }
    }
}
