//! Smaller commands for greater ones.

use crate::kv::Text;
use crate::raft::Span;
use crate::world::command::{
    Command, DiskChange, End, Link, NodeRef, Nodes, Pick, Selector, Setting,
};

/// Takes a node out of a command; false when nothing is left of it.
pub(super) fn forget(command: &mut Command, name: &Text) -> bool {
    let is_it = |node: &NodeRef| matches!(node, NodeRef::Name(known) if known == name);
    if let Command::Add { node, .. } = command
        && is_it(node)
    {
        return false;
    }
    let empty = |selector: &mut Selector| match selector {
        Selector::These(nodes) => {
            nodes.retain(|node| !is_it(node));
            nodes.is_empty()
        }
        Selector::Group(_) => false,
    };
    let islands = matches!(command, Command::Partition(_));
    let mut left = true;
    for nodes in command.selections_mut() {
        left &= !empty(&mut nodes.base);
        if nodes.less.as_mut().is_some_and(empty) {
            nodes.less = None;
        }
    }
    if islands && let Command::Partition(islands) = command {
        islands.retain(|nodes| !matches!(&nodes.base, Selector::These(nodes) if nodes.is_empty()));
        return !islands.is_empty();
    }
    left
}

/// Calls a node by another name.
pub(super) fn rename(command: &mut Command, old: &Text, new: &Text) {
    let change = |node: &mut NodeRef| {
        if matches!(node, NodeRef::Name(name) if name == old) {
            *node = NodeRef::Name(new.clone());
        }
    };
    if let Command::Add { node, .. } = command {
        change(node);
    }
    for nodes in command.selections_mut() {
        for selector in [Some(&mut nodes.base), nodes.less.as_mut()] {
            if let Some(Selector::These(these)) = selector {
                these.iter_mut().for_each(change);
            }
        }
    }
}

/// Simpler commands that may do as well, the simplest first.
pub(super) fn simpler(command: &Command) -> Vec<Command> {
    match command {
        Command::Handle { handling, pick } => {
            let with = |pick: Pick| Command::Handle {
                handling: *handling,
                pick,
            };
            let once = (pick.count != Some(1)).then(|| Pick {
                count: Some(1),
                ..pick.clone()
            });
            let first = (pick.nth > 1).then(|| Pick {
                nth: 1,
                ..pick.clone()
            });
            let picks = once.into_iter().chain(first).map(with);
            picks.chain(of_fewer(command)).collect()
        }
        Command::Request {
            operation,
            by,
            via: Some(_),
            reads,
        } => vec![Command::Request {
            operation: operation.clone(),
            by: *by,
            via: None,
            reads: *reads,
        }],
        Command::Latency { span, link } if span.min != span.max => [span.max, span.min]
            .map(|exact| Command::Latency {
                span: Span::exactly(exact),
                link: link.clone(),
            })
            .into(),
        Command::Disk {
            nodes,
            change: DiskChange::Latency(_),
        } => vec![Command::Disk {
            nodes: nodes.clone(),
            change: DiskChange::Stall,
        }],
        Command::Set {
            setting: Setting::SnapshotEvery(every),
            on,
        } if *every > 1 => vec![Command::Set {
            setting: Setting::SnapshotEvery(every / 2),
            on: on.clone(),
        }],
        // A node alone behind a partition is isolated.
        Command::Partition(islands) => {
            let alone = islands.iter().filter(|island| count(island) == Some(1));
            alone
                .map(|island| Command::Isolate(island.clone()))
                .collect()
        }
        Command::Admin { .. } => Vec::new(),
        command => of_fewer(command),
    }
}

/// How many nodes are named.
fn count(nodes: &Nodes) -> Option<usize> {
    match &nodes.base {
        Selector::These(these) => Some(these.len()),
        Selector::Group(_) => None,
    }
}

/// The same for one node, of each selection that names several.
fn of_fewer(command: &Command) -> Vec<Command> {
    let mut fewer = Vec::new();
    let selections = command.clone().selections_mut().len();
    for place in 0..selections {
        let mut whole = command.clone();
        let Selector::These(these) = whole.selections_mut()[place].base.clone() else {
            continue;
        };
        if these.len() < 2 {
            continue;
        }
        for node in these {
            let mut one = command.clone();
            one.selections_mut()[place].base = Selector::These(vec![node]);
            fewer.push(one);
        }
    }
    fewer
}

/// One command for two that say the same of different nodes.
pub(super) fn merged(one: &Command, other: &Command) -> Option<Command> {
    use Command::{Crash, Cut, Handle, Isolate, Mend, Restart, Resume, Stop, Timeout};
    Some(match (one, other) {
        (Crash(a), Crash(b)) => Crash(union(a, b)?),
        (Restart(a), Restart(b)) => Restart(union(a, b)?),
        (Stop(a), Stop(b)) => Stop(union(a, b)?),
        (Resume(a), Resume(b)) => Resume(union(a, b)?),
        (Isolate(a), Isolate(b)) => Isolate(union(a, b)?),
        (Timeout(a), Timeout(b)) => Timeout(union(a, b)?),
        (Cut(a), Cut(b)) => Cut(link(a, b)?),
        (Mend(a), Mend(b)) => Mend(link(a, b)?),
        (
            Handle { handling, pick: a },
            Handle {
                handling: same,
                pick: b,
            },
        ) if handling == same && a.kind == b.kind && a.nth == b.nth => Handle {
            handling: *handling,
            pick: Pick {
                link: link(&a.link, &b.link)?,
                count: a.count.zip(b.count).map(|(a, b)| a + b),
                ..a.clone()
            },
        },
        (
            Command::Disk { nodes, change },
            Command::Disk {
                nodes: b,
                change: same,
            },
        ) if change == same => Command::Disk {
            nodes: union(nodes, b)?,
            change: *change,
        },
        _ => return None,
    })
}

fn union(one: &Nodes, other: &Nodes) -> Option<Nodes> {
    let (Selector::These(a), Selector::These(b)) = (&one.base, &other.base) else {
        return None;
    };
    if one.less.is_some() || other.less.is_some() {
        return None;
    }
    let new = b.iter().filter(|node| !a.contains(node));
    Some(Nodes::these(a.iter().chain(new).cloned().collect()))
}

/// Links that share an end, or are each other's way back.
fn link(one: &Link, other: &Link) -> Option<Link> {
    let end = |one: &End, other: &End| match (one, other) {
        (End::Nodes(a), End::Nodes(b)) => union(a, b).map(End::Nodes),
        _ => None,
    };
    if one == other {
        return Some(one.clone());
    }
    if one.from == other.to && one.to == other.from {
        return Some(Link {
            both: true,
            ..one.clone()
        });
    }
    if one.both != other.both {
        return None;
    }
    let (mut from, mut to) = (one.from.clone(), one.to.clone());
    match (one.from == other.from, one.to == other.to) {
        (true, _) => to = end(&one.to, &other.to)?,
        (_, true) => from = end(&one.from, &other.from)?,
        _ => return None,
    }
    let both = one.both;
    Some(Link { from, to, both })
}
