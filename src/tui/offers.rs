//! What can be done with a thing that is pointed at: statements, each with what it does.

use super::deeds;
use crate::command::{Statement, range_text};
use crate::raft::{NodeId, Rule};
use crate::world::View;
use crate::world::command::Handling;
use crate::world::event::MessageId;
use crate::world::view::{Channel, Life, NodeStatus};

/// Statements with their words.
pub type Offers = Vec<(String, String)>;

/// By how much a message is delayed when nobody says it, in microseconds.
pub const DELAY: u64 = 50_000;

/// What can be done with a node.
pub fn of_node(node: &NodeStatus) -> Offers {
    let up: &[(&str, &str)] = &[
        ("crash @", "lose memory and what is not synced"),
        ("stop @", "freeze the process"),
        ("isolate @", "cut it off from everybody"),
        ("timeout @", "fire its election timer"),
        ("transfer @", "have the leader hand over to it"),
        ("snapshot @", "compact its log"),
        ("disk @ stall", "nothing is synced until `ok`"),
        ("why role @", "how it came to be what it is"),
    ];
    let known: &[(&str, &str)] = match node.life {
        Life::Up => up,
        Life::Stopped => &[
            ("resume @", "let the process go on"),
            ("crash @", "lose memory and what is not synced"),
            ("why role @", "how it came to be what it is"),
        ],
        Life::Down => &[
            ("restart @", "come back with what is on disk"),
            ("wipe @", "empty its disk"),
            ("why role @", "how it came to be what it is"),
        ],
    };
    filled(known, &node.name)
}

/// What can be done with a link; with that of a node to itself, what can be done with the node.
pub fn of_link(view: &View, (from, to): (NodeId, NodeId)) -> Offers {
    if from == to {
        let node = view.nodes.get(from.slot());
        return node.map_or_else(Offers::new, of_node);
    }
    let one_way = format!("{}->{}", view.name(from), view.name(to));
    let both_ways = format!("{}<->{}", view.name(from), view.name(to));
    let own = view.links.get(&(from, to));
    let differs = |channel: &Channel| channel.latency != view.channel.latency;
    let mut offers = match view.blocked.contains(&(from, to)) {
        true => vec![
            ("mend @", "messages pass again"),
            ("mend <->", "messages pass again, both ways"),
            ("heal", "end every partition, isolation and cut"),
        ],
        false => vec![
            ("cut @", "no message passes"),
            ("cut <->", "no message passes, either way"),
        ],
    };
    offers.push(match own.is_some_and(|own| own.loss > 0) {
        true => ("loss 0% @", "nothing is lost"),
        false => ("loss 20% @", "one message in five is lost"),
    });
    offers.push(match own.is_some_and(|own| own.duplicate > 0) {
        true => ("duplicate 0% @", "nothing arrives twice"),
        false => ("duplicate 20% @", "one message in five arrives twice"),
    });
    let usual = format!("latency {} @", range_text(view.channel.latency));
    offers.push(match own.is_some_and(differs) {
        true => (&usual, "as fast as all"),
        false => ("latency 100ms..200ms @", "messages take long"),
    });
    offers.push(("drop any @", "lose the next message on its way"));
    let offers = offers.into_iter().map(|(text, words)| {
        let text = text.replace("<->", &both_ways).replace('@', &one_way);
        (text, words.to_owned())
    });
    offers.collect()
}

/// What can be done with a message, as long as it is on its way.
pub fn of_message(view: &View, message: MessageId) -> Offers {
    let known = [
        (Handling::Drop, "lose it"),
        (Handling::Delay(DELAY), "let it arrive 50 ms later"),
        (Handling::Copy, "let it arrive twice"),
        (Handling::Deliver, "let it arrive now"),
    ];
    let statement = |(handling, words): (Handling, &str)| {
        let command = deeds::handle(view, message, handling)?;
        Some((Statement::Act(command).to_string(), words.to_owned()))
    };
    known.into_iter().filter_map(statement).collect()
}

/// What can be done with a rule.
pub fn of_rule(view: &View, rule: Rule) -> Offers {
    let words = match view.rules.on(rule) {
        true => format!("without it: {}", rule.info().without),
        false => rule.info().holds.to_owned(),
    };
    let command = deeds::switch(view, rule);
    vec![(Statement::Act(command).to_string(), words)]
}

fn filled(known: &[(&str, &str)], name: &str) -> Offers {
    let statement = |(text, words): &(&str, &str)| (text.replace('@', name), (*words).to_owned());
    known.iter().map(statement).collect()
}
