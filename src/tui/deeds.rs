//! Commands that depend on what is seen: one step more of loss, the next server to be added.

use std::collections::BTreeSet;

use crate::kv::Operation;
use crate::raft::{NodeId, Rule};
use crate::world::command::{Handling, Link, Millionths, NodeRef, Nodes, Pick, Workload};
use crate::world::event::MessageId;
use crate::world::view::{NodeStatus, OnWay};
use crate::world::{Command, View};

/// The shares of messages lost that the keys step through, up to a half.
const LOSS: [Millionths; 7] = [0, 10_000, 50_000, 100_000, 200_000, 300_000, 500_000];

/// Adds a node of a name that nobody has: `n6` beside five.
pub fn add_node(view: &View) -> Command {
    let taken = |name: &str| view.nodes.iter().any(|node| &*node.name == name);
    let mut names = (view.nodes.len() + 1..).map(|number| format!("n{number}"));
    let name = names.find(|name| !taken(name)).unwrap_or_default();
    Command::Add {
        node: NodeRef::Name(name.into()),
        learner: false,
        via: None,
    }
}

/// How a statement names a message on its way, if it still is: by its kind, its link and its place
/// among those alike.
pub fn pick(view: &View, message: MessageId) -> Option<Pick> {
    let chosen = view.on_way().find(|it| it.message() == message)?;
    let [from, to] = chosen.link(view);
    let kind = chosen.kind();
    // What is of no kind is one of all on its link.
    let alike = |it: &OnWay<'_>| {
        let ends = it.link(view) == [from.clone(), to.clone()];
        ends && (kind.is_none() || it.kind() == kind)
    };
    let mut numbers = view.on_way().filter(alike).map(|it| it.message());
    let place = numbers.position(|number| number == message)?;
    Some(Pick {
        kind,
        link: Link {
            from,
            to,
            both: false,
        },
        nth: place as u64 + 1,
        count: Some(1),
    })
}

/// Does something to a message on its way, if it still is.
pub fn handle(view: &View, message: MessageId, handling: Handling) -> Option<Command> {
    let pick = pick(view, message)?;
    Some(Command::Handle { handling, pick })
}

/// The next step up, if there is one.
pub fn more_loss(view: &View) -> Option<Command> {
    let share = LOSS.into_iter().find(|&share| share > view.channel.loss)?;
    Some(Command::Loss { share, link: None })
}

/// The next step down, if there is one.
pub fn less_loss(view: &View) -> Option<Command> {
    let mut steps = LOSS.into_iter().rev();
    let share = steps.find(|&share| share < view.channel.loss)?;
    Some(Command::Loss { share, link: None })
}

/// Switches a rule off, or on again.
pub fn switch(view: &View, rule: Rule) -> Command {
    let on = !view.rules.on(rule);
    Command::Rule { rule, on }
}

/// Ten requests a second by the defaults of the language, or none.
pub fn workload(view: &View) -> Command {
    match view.workload {
        Some(_) => Command::WorkloadOff,
        None => Command::Workload(Workload::at(10_000_000)),
    }
}

/// The next number that no node holds as the value of a key.
pub fn fresh_value(view: &View, last: u64) -> u64 {
    let held = |number: u64| {
        let text = number.to_string();
        let holds = |node: &NodeStatus| node.node.store.iter().any(|(_, value)| **value == *text);
        view.nodes.iter().any(holds)
    };
    (last + 1..).find(|&number| !held(number)).unwrap_or(last)
}

/// Puts the value of this number.
pub fn write(number: u64) -> Command {
    Command::Request {
        operation: Operation::Put {
            key: "x".into(),
            value: number.to_string().into(),
        },
        by: None,
        via: None,
        reads: None,
    }
}

/// The marked nodes on one side, the rest on the other; nothing when a side would be empty.
pub fn partition(view: &View, marked: &BTreeSet<NodeId>) -> Option<Command> {
    let side = |inside: bool| -> Vec<NodeRef> {
        let nodes = view
            .nodes
            .iter()
            .filter(|node| marked.contains(&node.id) == inside);
        nodes.map(|node| NodeRef::Name(node.name.clone())).collect()
    };
    let (one, other) = (side(true), side(false));
    if one.is_empty() || other.is_empty() {
        return None;
    }
    Some(Command::Partition(vec![
        Nodes::these(one),
        Nodes::these(other),
    ]))
}

/// The text with the selected node's name for each `@` outside strings and comments.
pub fn with_selected(text: &str, name: &str) -> String {
    let mut filled = String::with_capacity(text.len() + name.len());
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(ch) = characters.next() {
        match ch {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                filled.push(ch);
                filled.extend(characters.next());
                continue;
            }
            '#' if !quoted => {
                filled.push(ch);
                filled.extend(characters);
                return filled;
            }
            '@' if !quoted => {
                filled.push_str(name);
                continue;
            }
            _ => {}
        }
        filled.push(ch);
    }
    filled
}

/// Where in `text` stands what is at `at` once the selected node is filled in.
pub fn before_selected(text: &str, name: &str, at: usize) -> usize {
    let mut places = text.char_indices().map(|(place, _)| place);
    let place = places.find(|&place| with_selected(&text[..place], name).len() >= at);
    place.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_node_is_filled_in_outside_strings() {
        assert_eq!(with_selected("isolate @", "n3"), "isolate n3");
        assert_eq!(
            with_selected(r#"put "@\"@" x via @ # @"#, "S1"),
            r#"put "@\"@" x via S1 # @"#
        );
        let (text, filled) = ("stop @ nwo", "stop node_3 nwo");
        let wrong = filled.find("nwo").expect("it is there");
        assert_eq!(before_selected(text, "node_3", wrong), 7);
        assert_eq!(before_selected(text, "node_3", filled.len()), text.len());
    }

    #[test]
    fn nothing_stands_before_a_place_in_an_empty_line() {
        assert_eq!(before_selected("", "n1", 0), 0);
    }
}
