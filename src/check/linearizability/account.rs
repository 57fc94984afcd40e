//! Why a history is not linearizable, in words.

use super::call::{Answer, Call};
use super::history::History;
use crate::check::Violation;
use crate::command::duration_text;
use crate::kv::Outcome;
use crate::raft::Invariant;
use crate::world::explain::Names;

/// The violation that the answer to a call shows: what was answered, and the last that others
/// were told before it was sent and that speaks against it.
pub(super) fn violation(
    history: &History,
    call: &Call,
    answer: &Answer,
    names: Names<'_>,
) -> Violation {
    let from = match answer.from {
        Some(node) => format!(" (from {})", names(node)),
        None => String::new(),
    };
    let at = duration_text(answer.at);
    let mut detail = format!("{} answered {} at {at}{from}", asked(call), told(answer));
    let against = evidence(history, call);
    if let Some((other, before)) = against {
        let at = duration_text(before.at);
        let other = match other.only_looked() {
            true => format!(
                "{} had been answered {} at {at}",
                asked(other),
                told(before)
            ),
            false => format!("{} was acknowledged at {at}", asked(other)),
        };
        detail.push_str(&format!(", though {other}"));
    }
    let key = short(&history.key);
    detail.push_str(&match history.count {
        1 => format!("; nothing else was asked of {key}"),
        count => format!("; no order of the {count} operations on {key} explains it"),
    });
    let mut events = vec![call.request, answer.event];
    let mut nodes: Vec<_> = answer.from.into_iter().collect();
    if let Some((other, before)) = against {
        events.extend([other.request, before.event]);
        nodes.extend(before.from);
    }
    let shown = (answer.at, answer.event);
    Violation::new(Invariant::Linearizability, shown, detail, events, nodes)
}

/// The newest write that was answered before the call was sent, if the call should have met what
/// it left and did not; else the newest answer that told of another value than the call's.
fn evidence<'a>(history: &'a History, call: &Call) -> Option<(&'a Call, &'a Answer)> {
    let met = call.met();
    let before = history.at_hand().filter_map(|other| {
        let answer = other.answer.as_ref()?;
        let mine = other.client == call.client && other.number < call.number;
        (answer.at < call.sent || mine).then_some((other, answer))
    });
    let newest = |looks: bool| {
        let kind = before
            .clone()
            .filter(|(other, _)| other.only_looked() == looks);
        kind.max_by_key(|(_, answer)| answer.place)
    };
    let speaks_against = |&(other, _): &(&Call, &Answer)| match (other.left(), &met) {
        (Some(left), Some(met)) => left != *met,
        (left, _) => left.is_some(),
    };
    let written = newest(false).filter(speaks_against);
    written.or_else(|| newest(true).filter(speaks_against))
}

fn asked(call: &Call) -> String {
    let operation = call.operation.to_string();
    format!("{} by {}", short(&operation), call.client)
}

fn told(answer: &Answer) -> String {
    match &answer.outcome {
        Outcome::Done => "ok".to_owned(),
        Outcome::Value(value) => short(value),
        Outcome::Missing => "missing".to_owned(),
        Outcome::Mismatch => "mismatch".to_owned(),
    }
}

/// Values may be long.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
