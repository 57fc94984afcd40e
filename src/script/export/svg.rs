//! The diagram as a picture that can be scaled: time runs downwards, a lane for each node, a
//! slanted line for each message. It is as high as there is something to show; where nothing
//! happens, time runs faster.

mod arrows;
mod labels;
mod layout;

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::diagram::{Arrow, Diagram, End, Fate, Item, Note, What};
use crate::command::Lang;
use crate::raft::{RoleKind, Term};
use crate::script::wrap::wrap;
use crate::script::xml::escaped;
use crate::world::explain::brief::{Mark, Standing};
use crate::world::explain::instant_text;
use crate::world::view::Life;
use labels::{Area, Labels};
use layout::Layout;

/// The width of a column of the font, and the height of a line, in pixels.
const COLUMN: f64 = 6.7;
const LINE: f64 = 14.0;
/// The room at the left, for the time; that from lane to lane; and that right of the last lane.
const LEFT: f64 = 90.0;
const GAP: f64 = 230.0;
const RIGHT: f64 = 230.0;
/// How far right of a lane is written what happens on it: its arrows' heads come first.
const ASIDE: f64 = 14.0;
/// Where the lanes begin.
const TOP: f64 = 108.0;
/// The colours of terms, in turn, which most people can tell apart (after Okabe and Ito).
const TERMS: [&str; 6] = [
    "#0072b2", "#b85c00", "#00795b", "#a8548b", "#8a6d00", "#4d5b9e",
];

const STYLE: &str = "\
text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:11px;fill:#222}
.title{font-size:15px;font-weight:bold}
.name{font-size:13px;font-weight:bold}
.quiet{fill:#666}
.bad{fill:#b00020}
.ground{fill:#fff;fill-opacity:.84}
.arrives{stroke-width:1.4}
.routine{stroke-width:.8}
.lost{stroke-width:1.2;stroke-dasharray:5 3}
.open{stroke-width:1;stroke-dasharray:2 3}
.follows{stroke-width:1.6}
.leads{stroke-width:5}
.campaigns{stroke-width:2.4;stroke-dasharray:7 4}
.learns{stroke-width:1.6;stroke-dasharray:1 3}
.down{stroke:#b00020;stroke-width:1.2;stroke-dasharray:1 6}
.stopped{stroke:#888;stroke-width:1.6;stroke-dasharray:10 3 2 3}
.clients{stroke:#bbb;stroke-width:1;stroke-dasharray:2 4}
.caption{fill:#fff6d5;fill-opacity:.85;stroke:#e0cf8f}
.command{fill:#eef1f5;fill-opacity:.85;stroke:#c5ccd6}
.violation{fill:#fde7ea;fill-opacity:.85;stroke:#b00020}";

const LEGEND: [&str; 2] = [
    "thick line: leads · thin: follows · dashed: campaigns · dotted: down · dash and dot: stopped",
    "arrow: arrives · ✗: lost · open arrow: under way at the end, or not known to have arrived · grey: heartbeats and plain agreement",
];

/// The picture, without the first line of the file.
pub fn svg(diagram: &Diagram, lang: Lang) -> String {
    let page = Page {
        diagram,
        layout: Layout::of(diagram),
    };
    let (width, height) = (right(diagram), page.layout.bottom + 14.0);
    let heading = escaped(&diagram.heading(lang));
    let mut text = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">
<title>{heading}</title>
<style>
{STYLE}
</style>
<rect width="100%" height="100%" fill="#fff"/>
<text class="title" x="14" y="26">{heading}</text>
"##
    );
    for (legend, y) in LEGEND.iter().zip([44, 58]) {
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            r#"<text class="quiet" x="14" y="{y}">{legend}</text>"#
        );
    }
    text.push_str(&page.lanes());
    text.push_str(&page.times());
    text.push_str(&page.items());
    text.push_str("</svg>\n");
    text
}

/// A diagram, and where everything stands.
struct Page<'a> {
    diagram: &'a Diagram,
    layout: Layout,
}

impl Page<'_> {
    fn x(&self, end: End) -> f64 {
        lane_x(self.diagram.column(end))
    }

    /// The lanes, each with its name and what the node is at first.
    fn lanes(&self) -> String {
        let mut text = String::new();
        let bottom = self.layout.bottom;
        for (column, lane) in self.diagram.lanes.iter().enumerate() {
            let x = lane_x(column);
            let name = escaped(&lane.name);
            let _ = writeln!(
                text,
                r#"<text class="name" x="{x}" y="82" text-anchor="middle">{name}</text>"#
            );
            if lane.end == End::Clients {
                let _ = writeln!(
                    text,
                    r#"<line class="clients" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom:.1}"/>"#
                );
            }
            if let Some(first) = lane.states.first().filter(|state| state.item.is_none()) {
                let state = escaped(&first.standing.to_string());
                let _ = writeln!(
                    text,
                    r#"<text class="quiet" x="{x}" y="97" text-anchor="middle">{state}</text>"#
                );
            }
            let begins = lane.states.iter().map(|state| match state.item {
                None => TOP,
                Some(_) => self.layout.y(state.since),
            });
            let ends = begins.clone().skip(1).chain([bottom]);
            for ((state, y), end) in lane.states.iter().zip(begins).zip(ends) {
                let look = look(state.standing);
                let _ = writeln!(
                    text,
                    r#"<line {look} x1="{x}" y1="{y:.1}" x2="{x}" y2="{end:.1}"/>"#
                );
            }
        }
        text
    }

    /// The instants, where there is room for them.
    fn times(&self) -> String {
        let (mut text, mut free) = (String::new(), 0.0);
        let x = LEFT - 10.0;
        for (at, y) in self.layout.instants() {
            if y < free {
                continue;
            }
            free = y + LINE;
            let (y, at) = (y + 4.0, instant_text(at));
            let _ = writeln!(
                text,
                r#"<text class="quiet" x="{x}" y="{y:.1}" text-anchor="end">{at} s</text>"#
            );
        }
        text
    }

    /// The lines of messages, then what is written over them, then what stands at their ends.
    fn items(&self) -> String {
        let (mut lines, mut words, mut ends) = (String::new(), String::new(), String::new());
        let mut labels = Labels::default();
        for (place, item) in self.diagram.items.iter().enumerate() {
            match &item.what {
                What::Note(note, _) => words.push_str(&self.note(place, *note, &mut labels)),
                What::Marks(end, marks) => {
                    let (x, y) = (self.x(*end), self.layout.y(item.at));
                    let below = self.layout.mark(place, item.at);
                    words.push_str(&marked(x, below, marks, &mut labels));
                    let _ = writeln!(
                        ends,
                        r##"<circle cx="{x}" cy="{y:.1}" r="3.2" fill="#222"/>"##
                    );
                }
                What::Arrow(arrow) => {
                    let (line, end) = self.arrow(item, arrow, &mut labels);
                    lines.push_str(&line);
                    ends.push_str(&end);
                }
            }
        }
        // What matters most is written first, while there is room.
        let all = self.diagram.items.iter();
        let all = all.filter_map(|item| match &item.what {
            What::Arrow(arrow) => Some((item, arrow)),
            _ => None,
        });
        let mut all: Vec<(&Item, &Arrow)> = all.collect();
        all.sort_by_key(|(_, arrow)| (!matches!(arrow.fate, Fate::Lost(_)), arrow.routine));
        for (item, arrow) in all {
            words.push_str(&self.label(item, arrow, &mut labels));
        }
        lines + &words + &ends
    }

    fn note(&self, place: usize, note: Note, labels: &mut Labels) -> String {
        let Some((y, lines)) = self.layout.note(place) else {
            return String::new();
        };
        let class = match note {
            Note::Caption => "caption",
            Note::Command => "command",
            Note::Violation => "violation",
        };
        let (x, width) = (LEFT, right(self.diagram) - LEFT - 8.0);
        let height = LINE * lines.len() as f64 + 4.0;
        labels.take(Area {
            x,
            y,
            width,
            height,
        });
        let mut text = format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>\n"
        );
        for (line, number) in lines.iter().zip(1_u32..) {
            let (x, y) = (x + 8.0, y + LINE * f64::from(number) - 2.0);
            let line = escaped(line);
            let _ = writeln!(text, r#"<text x="{x}" y="{y:.1}">{line}</text>"#);
        }
        text
    }
}

/// What is written beside a lane, to the right of what stands on it.
fn marked(x: f64, y: f64, marks: &[Mark], labels: &mut Labels) -> String {
    let mut text = String::new();
    let lines = marks.iter().flat_map(mark_lines);
    for (line, number) in lines.zip(0_u32..) {
        let area = Area {
            x: x + ASIDE,
            y: y + LINE * f64::from(number) - 6.0,
            width: columns(&line),
            height: LINE - 1.0,
        };
        labels.take(area);
        written(&mut text, &area, "", &line);
    }
    text
}

/// Words, on a ground that lets lines shine through.
fn written(text: &mut String, area: &Area, class: &str, words: &str) {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    let _ = writeln!(
        text,
        r#"<rect class="ground" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height}"/>"#
    );
    let class = match class {
        "" => String::new(),
        class => format!(r#" class="{class}""#),
    };
    let (x, y, words) = (x + 1.0, y + 10.0, escaped(words));
    let _ = writeln!(text, r#"<text{class} x="{x:.1}" y="{y:.1}">{words}</text>"#);
}

fn lane_x(column: usize) -> f64 {
    LEFT + 40.0 + GAP * column as f64
}

/// The width of the picture.
fn right(diagram: &Diagram) -> f64 {
    lane_x(diagram.lanes.len().saturating_sub(1)) + RIGHT
}

/// The width of a text.
fn columns(text: &str) -> f64 {
    text.width() as f64 * COLUMN
}

/// What is written beside a lane, in lines that end before the next lane.
fn mark_lines(mark: &Mark) -> Vec<String> {
    wrap(&mark.to_string(), ((GAP - ASIDE - 8.0) / COLUMN) as u16)
}

/// How a lane looks: its line tells what the node is, and the colour its term.
fn look(standing: Standing) -> String {
    let class = match (standing.life, standing.role) {
        (Life::Down, _) => return r#"class="down""#.to_owned(),
        (Life::Stopped, _) => return r#"class="stopped""#.to_owned(),
        (_, Some(RoleKind::Leader)) => "leads",
        (_, Some(RoleKind::Candidate | RoleKind::PreCandidate)) => "campaigns",
        (_, Some(RoleKind::Learner | RoleKind::Removed)) => "learns",
        _ => "follows",
    };
    let colour = of_term(standing.term.unwrap_or(0));
    format!(r#"class="{class}" stroke="{colour}""#)
}

/// The colour of a term.
fn of_term(term: Term) -> &'static str {
    TERMS[(term % TERMS.len() as u64) as usize]
}
