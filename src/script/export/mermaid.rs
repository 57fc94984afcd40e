//! The diagram as a sequence diagram of Mermaid, as GitHub and many others draw it.

use std::fmt::Write as _;

use super::diagram::{Arrow, Diagram, End, Fate, Item, Lane, What};
use crate::command::Lang;
use crate::script::wrap::wrap;
use crate::world::explain::instant_text;

/// A note on one lane is broken to so many columns, and one across all lanes.
const LANE: u16 = 30;
const ACROSS: u16 = 90;

/// The diagram, without the first line of the file.
pub fn mermaid(diagram: &Diagram, lang: Lang) -> String {
    let mut text = String::from("sequenceDiagram\n");
    // Writing into a string cannot fail.
    let _ = writeln!(text, "    title {}", escaped(&diagram.heading(lang)));
    for lane in &diagram.lanes {
        let _ = writeln!(
            text,
            "    participant {} as {}",
            id(lane.end),
            escaped(&lane.name)
        );
    }
    if let Some(states) = at_first(diagram) {
        let _ = writeln!(text, "    {}: {states}", across(diagram));
    }
    for item in &diagram.items {
        let _ = writeln!(text, "    {}", statement(diagram, item));
    }
    text
}

fn statement(diagram: &Diagram, item: &Item) -> String {
    let at = instant_text(item.at);
    match &item.what {
        What::Marks(end, marks) => {
            let marks = marks.iter().map(|mark| broken(&mark.to_string(), LANE));
            let marks: Vec<String> = marks.collect();
            format!("Note over {}: {at}<br/>{}", id(*end), marks.join("<br/>"))
        }
        What::Note(note, words) => {
            let words = broken(&format!("{at} {}", note.said(words)), ACROSS);
            format!("{}: {words}", across(diagram))
        }
        What::Arrow(arrow) => {
            let stroke = match arrow.fate {
                Fate::Arrived => "->>",
                Fate::Lost(_) => "--x",
                Fate::UnderWay | Fate::Unseen => "--)",
            };
            let (from, to) = (id(arrow.from), id(arrow.to));
            format!("{from}{stroke}{to}: {}", label(arrow, &at))
        }
    }
}

/// The instants of a message, and what it says.
fn label(arrow: &Arrow, at: &str) -> String {
    let way = match (arrow.fate, arrow.end) {
        (Fate::Arrived | Fate::UnderWay, Some(end)) => format!("{at} → {}", instant_text(end)),
        _ => at.to_owned(),
    };
    let words = escaped(&arrow.label);
    match arrow.remark() {
        Some(remark) => format!("{words}<br/>{way} {}", escaped(&remark)),
        None => format!("{words}<br/>{way}"),
    }
}

/// What the nodes are as the stretch begins.
fn at_first(diagram: &Diagram) -> Option<String> {
    let first = |lane: &Lane| {
        let state = lane.states.first().filter(|state| state.item.is_none())?;
        // The line is not broken between a name and what it is.
        Some(format!("{} {}", lane.name, state.standing).replace(' ', "\u{a0}"))
    };
    let states: Vec<String> = diagram.lanes.iter().filter_map(first).collect();
    let at = instant_text(*diagram.stretch.start());
    let words = format!("{at} {}", states.join(" · "));
    (!states.is_empty()).then(|| broken(&words, ACROSS))
}

/// The name of a lane in the diagram; what the node is called is shown instead. No name that a
/// person gives can be taken for a word of Mermaid.
fn id(end: End) -> String {
    match end {
        End::Clients => "c".to_owned(),
        End::Node(node) => format!("n{}", node.slot() + 1),
    }
}

fn across(diagram: &Diagram) -> String {
    match (diagram.lanes.first(), diagram.lanes.last()) {
        (Some(first), Some(last)) if first.end != last.end => {
            format!("Note over {},{}", id(first.end), id(last.end))
        }
        (Some(only), _) => format!("Note over {}", id(only.end)),
        _ => unreachable!("there is no cluster without nodes"),
    }
}

/// A text in lines of so many columns.
fn broken(text: &str, columns: u16) -> String {
    let lines = wrap(text, columns);
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("<br/>")
}

/// A text in which nothing means anything to Mermaid, nor to the HTML that it makes.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for ch in text.chars() {
        match ch {
            'a'..='z' | 'A'..='Z' | '0'..='9' => safe.push(ch),
            ' ' | ',' | '.' | '(' | ')' | '/' | '+' | '-' | '=' | '_' | '?' | '!' | '\'' => {
                safe.push(ch);
            }
            // A colon ends nothing behind the first one.
            ':' => safe.push(ch),
            ch if ch.is_ascii() => {
                let _ = write!(safe, "#{};", u32::from(ch));
            }
            ch => safe.push(ch),
        }
    }
    safe
}
