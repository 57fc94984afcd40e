//! What can be done with a thing that is pointed at: statements, each with what it does.

use super::action::Action;
use super::deeds;
use crate::command::{Statement, range_text};
use crate::kv::Text;
use crate::raft::{Configuration, NodeId, RoleKind, Rule};
use crate::world::command::{AdminVerb, DiskChange, Handling, NodeRef, Nodes};
use crate::world::event::MessageId;
use crate::world::view::{Channel, Life, NodeStatus};
use crate::world::{Command, View};

/// Statements with their words.
pub type Offers = Vec<(String, String)>;

/// By how much a message is delayed when nobody says it, in microseconds.
pub const DELAY: u64 = 50_000;

/// Something that can be done with a server.
struct OnNode {
    /// The statement, of its name.
    does: fn(Text) -> Command,
    /// What comes of it.
    words: &'static str,
    /// The action whose key does it, where one key does several things.
    key: Option<Action>,
    /// When it can be done.
    fits: fn(&View, &NodeStatus) -> bool,
}

/// All of it, in the order in which it is offered; what a key does with a server is the first of
/// its lines that fits.
const ON_NODE: [OnNode; 17] = [
    OnNode {
        does: |name| Command::Restart(Nodes::named(name)),
        words: "come back with what is on disk",
        key: Some(Action::CrashOrRestart),
        fits: |_, node| node.life == Life::Down,
    },
    OnNode {
        does: |name| Command::Wipe(Nodes::named(name)),
        words: "empty its disk",
        key: None,
        fits: |_, node| node.life == Life::Down,
    },
    OnNode {
        does: |name| Command::Resume(Nodes::named(name)),
        words: "let the process go on",
        key: Some(Action::StopOrResume),
        fits: |_, node| node.life == Life::Stopped,
    },
    OnNode {
        does: |name| Command::Crash(Nodes::named(name)),
        words: "lose memory and what is not synced",
        key: Some(Action::CrashOrRestart),
        fits: |_, node| node.life != Life::Down,
    },
    OnNode {
        does: |name| Command::Stop(Nodes::named(name)),
        words: "freeze the process",
        key: Some(Action::StopOrResume),
        fits: |_, node| node.life == Life::Up,
    },
    OnNode {
        does: |name| Command::Isolate(Nodes::named(name)),
        words: "cut it off from everybody",
        key: None,
        fits: |view, node| {
            let mut others = view.nodes.iter().filter(|other| other.id != node.id);
            others.any(|other| view.joined(node.id, other.id))
        },
    },
    OnNode {
        does: |name| Command::Timeout(Nodes::named(name)),
        words: "fire its election timer",
        key: None,
        fits: |_, node| {
            use RoleKind::{Candidate, Follower, PreCandidate};
            let times = matches!(node.role(), Some(Follower | PreCandidate | Candidate));
            times && node.life == Life::Up
        },
    },
    OnNode {
        does: |name| Command::ReleaseTimer(Nodes::named(name)),
        words: "let its election timer run again",
        key: Some(Action::HoldOrRelease),
        fits: |_, node| node.node.timer_held,
    },
    OnNode {
        does: |name| Command::HoldTimer(Nodes::named(name)),
        words: "keep its election timer from firing",
        key: Some(Action::HoldOrRelease),
        fits: |_, node| !node.node.timer_held,
    },
    OnNode {
        does: |name| administer(AdminVerb::Transfer, name),
        words: "have the leader hand over to it",
        key: None,
        fits: |view, node| {
            let leads = node.role() == Some(RoleKind::Leader);
            node.life == Life::Up && !leads && used(view, node).is_voter(node.id)
        },
    },
    OnNode {
        does: |name| Command::Snapshot(Nodes::named(name)),
        words: "compact its log",
        key: None,
        fits: |_, node| node.life == Life::Up,
    },
    OnNode {
        does: |name| Command::Disk {
            nodes: Nodes::named(name),
            change: DiskChange::Ok,
        },
        words: "what waits is synced",
        key: None,
        fits: |_, node| node.disk.stalled,
    },
    OnNode {
        does: |name| Command::Disk {
            nodes: Nodes::named(name),
            change: DiskChange::Stall,
        },
        words: "nothing is synced until `ok`",
        key: None,
        fits: |_, node| !node.disk.stalled,
    },
    // Whoever was refused, or removed, asks to be taken in.
    OnNode {
        does: |name| Command::Add {
            node: NodeRef::Name(name),
            learner: false,
            via: None,
        },
        words: "take it into the cluster",
        key: Some(Action::PromoteOrDemote),
        fits: |view, node| !used(view, node).is_member(node.id),
    },
    OnNode {
        does: |name| administer(AdminVerb::Promote, name),
        words: "give it a vote",
        key: Some(Action::PromoteOrDemote),
        fits: |view, node| used(view, node).learners.contains(&node.id),
    },
    OnNode {
        does: |name| administer(AdminVerb::Demote, name),
        words: "take its vote: it learns only",
        key: Some(Action::PromoteOrDemote),
        fits: |view, node| used(view, node).is_voter(node.id),
    },
    OnNode {
        does: |name| administer(AdminVerb::Remove, name),
        words: "take it out of the cluster",
        key: None,
        fits: |view, node| used(view, node).is_member(node.id),
    },
];

fn administer(verb: AdminVerb, name: Text) -> Command {
    Command::Admin {
        verb,
        nodes: Nodes::named(name),
        via: None,
    }
}

/// The configuration that counts: the leader's, or else the node's own.
fn used<'a>(view: &'a View, node: &'a NodeStatus) -> &'a Configuration {
    &view.leader().unwrap_or(node).node.configuration
}

/// What can be done with a node.
pub fn of_node(view: &View, node: &NodeStatus) -> Offers {
    let fit = ON_NODE.iter().filter(|offer| (offer.fits)(view, node));
    let offers = fit.map(|offer| ((offer.does)(node.name.clone()), offer.words));
    let offers = offers.map(|(command, words)| (Statement::Act(command).to_string(), words));
    let why = (
        format!("why role {}", node.name),
        "how it came to be what it is",
    );
    let all = offers.chain([why]);
    all.map(|(text, words)| (text, words.to_owned())).collect()
}

/// What the key of an action does with a node as it is; nothing where none of it fits.
pub fn by_key(view: &View, node: &NodeStatus, action: Action) -> Option<Command> {
    let mut of_key = ON_NODE.iter().filter(|offer| offer.key == Some(action));
    let offer = of_key.find(|offer| (offer.fits)(view, node))?;
    Some((offer.does)(node.name.clone()))
}

/// What can be done with a link; with that of a node to itself, what can be done with the node.
pub fn of_link(view: &View, (from, to): (NodeId, NodeId)) -> Offers {
    if from == to {
        let node = view.nodes.get(from.slot());
        return node.map_or_else(Offers::new, |node| of_node(view, node));
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
