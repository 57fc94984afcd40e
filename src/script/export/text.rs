//! The diagram as text: a lane a column, a row an event.
//!
//! ```text
//!   s       n1        n2        n3
//!           │         ┃         │
//!   1.203   │◀────────┤         │         append t2: 4 after (3,t2) → 1.212
//!   1.203   │         ├╌╌╌╌✗    │         append t2: 4 after (3,t2) ✗ lost, link cut
//!   1.214   │         ●         │         n2 ✔ commit 4
//! ```

use unicode_width::UnicodeWidthStr;

use super::diagram::{Arrow, Diagram, End, Fate, What};
use crate::command::Lang;
use crate::raft::Micros;
use crate::script::wrap::wrap;
use crate::world::explain::instant_text;

/// The columns for an instant at least, and between it and the first lane.
const TIME: (usize, usize) = (7, 4);
/// The columns of all lanes together, as far as there are few enough.
const LANES: usize = 60;
/// The columns from lane to lane at most, and at least.
const GAP: (usize, usize) = (12, 5);
/// The columns for words.
const WORDS: u16 = 48;

const LEGEND: &str = "\
┃ leads   │ follows   ╎ campaigns   · down   ‖ stopped   ● something happens here
──▶ arrives   ╌╌✗ lost   ┄┄▷ under way at the end, or not known to have arrived
A message stands at the instant when it was sent; after → is the instant when it arrived.
";

/// The diagram as text, without the first line of the file.
pub fn text(diagram: &Diagram, lang: Lang) -> String {
    let page = Page {
        diagram,
        gap: (LANES / diagram.lanes.len().max(1)).clamp(GAP.1, GAP.0),
        // The last instant is the longest.
        time: diagram
            .items
            .last()
            .map_or(0, |item| instant_text(item.at).len())
            .max(TIME.0),
    };
    let mut text = format!("{}\n\n{LEGEND}\n", diagram.heading(lang));
    for line in page.head() {
        push(&mut text, &line);
    }
    for (place, item) in diagram.items.iter().enumerate() {
        let at = instant_text(item.at);
        let (marks, words) = match &item.what {
            What::Note(note, words) => {
                page.across(&mut text, place, &at, &note.said(words));
                continue;
            }
            What::Marks(end, marks) => {
                let marks: Vec<String> = marks.iter().map(ToString::to_string).collect();
                let name = page.name(*end);
                (
                    page.dot(place, *end),
                    format!("{name} {}", marks.join(" · ")),
                )
            }
            What::Arrow(arrow) => (page.arrow(place, arrow), words(item.at, arrow)),
        };
        page.row(&mut text, place, &at, &marks, &words);
    }
    text
}

/// What stands beside an arrow.
fn words(sent: Micros, arrow: &Arrow) -> String {
    let words = arrow.words();
    match (arrow.fate, arrow.end) {
        (Fate::Arrived | Fate::UnderWay, Some(end)) => format!("{words} → {}", instant_text(end)),
        (Fate::Lost(_), Some(end)) if end > sent => format!("{words} {}", instant_text(end)),
        _ => words,
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// Where the lanes stand.
struct Page<'a> {
    diagram: &'a Diagram,
    /// The columns from lane to lane.
    gap: usize,
    /// The columns for an instant.
    time: usize,
}

impl Page<'_> {
    /// Whose the lanes are, and what the nodes are at first.
    fn head(&self) -> [String; 2] {
        let lanes = &self.diagram.lanes;
        let names = lanes.iter().map(|lane| self.cell(&lane.name));
        let states = lanes.iter().map(|lane| {
            let state = lane.states.first().filter(|state| state.item.is_none());
            let state = state.map(|state| state.standing.to_string());
            // The word is in the first column of the legend: the sign and the term are enough.
            let state = state.unwrap_or_default();
            let mut parts = state.split(' ');
            let sign = parts.next().unwrap_or_default().to_owned();
            let term = parts.next_back().filter(|term| term.starts_with('t'));
            self.cell(&format!("{sign} {}", term.unwrap_or_default()))
        });
        let line = |first: &str, cells: String| self.timed(first) + &cells;
        [line("s", names.collect()), line("", states.collect())]
    }

    /// What stands before the first lane: an instant, or nothing.
    fn timed(&self, at: &str) -> String {
        format!("{at:>0$}{1:2$}", self.time, "", TIME.1)
    }

    /// A text in the columns of a lane.
    fn cell(&self, text: &str) -> String {
        let mut cell = String::new();
        let room = self.gap - 1;
        for ch in text.chars() {
            if cell.width() + 1 > room {
                break;
            }
            cell.push(ch);
        }
        let free = self.gap.saturating_sub(cell.width());
        cell + &" ".repeat(free)
    }

    fn name(&self, end: End) -> &str {
        &self.diagram.lanes[self.diagram.column(end)].name
    }

    /// The lanes as they go on from an item.
    fn lanes(&self, place: usize) -> Vec<char> {
        let mut row = vec![' '; self.diagram.lanes.len() * self.gap];
        for (lane, column) in self.diagram.lanes.iter().zip((0..).step_by(self.gap)) {
            row[column] = match lane.end {
                End::Clients => '┊',
                End::Node(_) => lane.at_item(place).map_or(' ', |state| state.stroke()),
            };
        }
        row
    }

    /// Something on one lane.
    fn dot(&self, place: usize, end: End) -> Vec<char> {
        let mut row = self.lanes(place);
        row[self.diagram.column(end) * self.gap] = '●';
        row
    }

    /// A message from lane to lane.
    fn arrow(&self, place: usize, arrow: &Arrow) -> Vec<char> {
        let mut row = self.lanes(place);
        let column = |end| self.diagram.column(end) * self.gap;
        let (from, to) = (column(arrow.from), column(arrow.to));
        let rightwards = from < to;
        // A lost one comes half the way.
        let stop = match (arrow.fate, rightwards) {
            (Fate::Lost(_), true) => from + (to - from) / 2,
            (Fate::Lost(_), false) => from - (from - to) / 2,
            (_, true) => to - 1,
            (_, false) => to + 1,
        };
        let (stroke, crossing, head) = match arrow.fate {
            Fate::Arrived if rightwards => ('─', '┼', '▶'),
            Fate::Arrived => ('─', '┼', '◀'),
            Fate::Lost(_) => ('╌', '┆', '✗'),
            _ if rightwards => ('┄', '┆', '▷'),
            _ => ('┄', '┆', '◁'),
        };
        let (low, high) = (from.min(stop), from.max(stop));
        for cell in &mut row[low + 1..high] {
            *cell = match *cell {
                ' ' => stroke,
                _ => crossing,
            };
        }
        row[from] = if rightwards { '├' } else { '┤' };
        row[stop] = head;
        row
    }

    /// A row: the instant, the lanes, and words, which go on below where they are long.
    fn row(&self, text: &mut String, place: usize, at: &str, marks: &[char], words: &str) {
        let marks: String = marks.iter().collect();
        let lines = wrap(words, WORDS);
        let first = lines.first().map_or("", String::as_str);
        push(text, &format!("{}{marks}{first}", self.timed(at)));
        for line in lines.iter().skip(1) {
            let lanes: String = self.lanes(place).into_iter().collect();
            push(text, &format!("{}{lanes}  {line}", self.timed("")));
        }
    }

    /// What concerns all lanes stands across them.
    fn across(&self, text: &mut String, place: usize, at: &str, words: &str) {
        let columns = self.diagram.lanes.len() * self.gap + usize::from(WORDS);
        let lines = wrap(words, u16::try_from(columns).unwrap_or(u16::MAX));
        let lanes: String = self.lanes(place).into_iter().collect();
        push(text, &format!("{}{lanes}", self.timed("")));
        for (line, at) in lines
            .iter()
            .zip(std::iter::once(at).chain(std::iter::repeat("")))
        {
            push(text, &format!("{}{line}", self.timed(at)));
        }
    }
}
