//! A run with nothing drawn in it: every timer is held and fired by a statement at the instant at
//! which it fired by itself, every message takes the same time, and every request of the workload
//! is asked by a statement.

use crate::explore::Case;
use crate::explore::run::{self, Target};
use crate::kv::ClientId;
use crate::raft::{Event as NodeEvent, Micros, NodeId, Span};
use crate::world::command::{Command, Group, NodeRef, Nodes, Selector};
use crate::world::{Event, World};

/// More requests than that are not written down.
const MOST_REQUESTS: usize = 300;

/// Of longer runs only the end is looked at.
const MOST_EVENTS: usize = 1_000_000;

/// What is taken out of chance's hands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    timers: bool,
    requests: bool,
    latency: Option<Span>,
}

const fn way(timers: bool, requests: bool, latency: Option<u64>) -> Way {
    let latency = match latency {
        Some(millis) => Some(Span::millis(millis, millis)),
        None => None,
    };
    Way {
        timers,
        requests,
        latency,
    }
}

/// All at once if that goes, else one after the other.
pub(super) const WAYS: [Way; 9] = [
    way(true, true, Some(10)),
    way(true, true, Some(5)),
    way(true, true, Some(20)),
    way(true, true, None),
    way(true, false, Some(10)),
    way(true, false, None),
    way(false, true, Some(10)),
    way(false, true, None),
    way(false, false, Some(10)),
];

/// True while something in the run is drawn.
pub(super) fn draws(case: &Case) -> bool {
    let holds = |command: &Command| *command == hold();
    let all = || case.setup.iter().chain(case.steps.iter().map(|(_, it)| it));
    !case.setup.iter().any(holds)
        || latency_is_drawn(case)
        || all().any(|command| match command {
            Command::Workload(_) | Command::ReleaseTimer(_) | Command::Calm => true,
            Command::Loss { share, .. } | Command::Duplicate { share, .. } => *share > 0,
            _ => false,
        })
}

/// True when messages do not all take the same time.
pub(super) fn latency_is_drawn(case: &Case) -> bool {
    let exact =
        |it: &Command| matches!(it, Command::Latency { span, link: None } if span.min == span.max);
    let latency = |it: &Command| matches!(it, Command::Latency { .. });
    !case.setup.iter().any(exact) || case.steps.iter().any(|(_, it)| latency(it) && !exact(it))
}

/// Every message takes this long.
pub(super) fn fix_latency(case: &mut Case, span: Span) {
    let latency = |it: &Command| matches!(it, Command::Latency { .. });
    case.setup.retain(|it| !latency(it));
    case.steps.retain(|(_, it)| !latency(it));
    case.setup.push(Command::Latency { span, link: None });
}

fn hold() -> Command {
    Command::HoldTimer(Nodes::group(Group::All))
}

/// The run with less drawn in it; `None` where that changes nothing, or there is too much of it.
pub(super) fn case(case: &Case, target: Target, way: Way) -> Option<Case> {
    let mut new = case.clone();
    let timers = way.timers && !case.setup.contains(&hold());
    let workload = |it: &Command| matches!(it, Command::Workload(_) | Command::WorkloadOff);
    let has_workload = case.setup.iter().any(workload);
    let requests = way.requests && has_workload;
    if timers || requests {
        let played = run::play_keeping(case, target, MOST_EVENTS).ok()?;
        let world = played.session.world();
        if timers {
            new.setup.push(hold());
            new.steps
                .retain(|(_, it)| !matches!(it, Command::HoldTimer(_) | Command::ReleaseTimer(_)));
            let joins: Vec<_> = new.steps.iter().filter_map(newcomer).collect();
            add(&mut new, joins);
            let fired = fired(world, &new);
            add(&mut new, fired);
        }
        if requests {
            new.setup.retain(|it| !workload(it));
            new.steps.retain(|(_, it)| !workload(it));
            let asked = asked(world, case);
            if asked.len() > MOST_REQUESTS {
                return None;
            }
            add(&mut new, asked);
        }
    }
    if let Some(span) = way.latency {
        fix_latency(&mut new, span);
    }
    Some(new)
}

/// Adds steps, after those of the same instant.
fn add(case: &mut Case, steps: Vec<(Micros, Command)>) {
    case.steps.extend(steps);
    case.steps.sort_by_key(|(at, _)| *at);
}

/// The timer of a node that joins is held too.
fn newcomer((at, command): &(Micros, Command)) -> Option<(Micros, Command)> {
    match command {
        Command::Add {
            node: NodeRef::Name(name),
            ..
        } => Some((*at, Command::HoldTimer(Nodes::named(name.clone())))),
        _ => None,
    }
}

/// The election timers that fired by themselves.
fn fired(world: &World, case: &Case) -> Vec<(Micros, Command)> {
    let by_statement = |at: Micros, id: NodeId| {
        let name = world.name(id);
        case.steps.iter().any(|(when, command)| {
            let named = |node: &NodeRef| matches!(node, NodeRef::Name(named) if named == name);
            *when == at
                && matches!(command, Command::Timeout(Nodes { base: Selector::These(nodes), .. })
                    if nodes.iter().any(named))
        })
    };
    let records = world.trace().records();
    let timers = records.filter(|record| {
        matches!(
            record.event,
            Event::Node(NodeEvent::Timeout { election: true })
        )
    });
    let timers = timers.filter_map(|record| Some((record.at, record.node?)));
    let timers = timers.filter(|(at, id)| !by_statement(*at, *id));
    timers
        .map(|(at, id)| (at, Command::Timeout(Nodes::named(world.name(id).clone()))))
        .collect()
}

/// What the workload asked, and of whom.
fn asked(world: &World, case: &Case) -> Vec<(Micros, Command)> {
    let asks = case.steps.iter().filter_map(|(_, command)| match command {
        Command::Request { by, .. } => *by,
        _ => None,
    });
    let by_statement: Vec<ClientId> = asks.collect();
    let records = world.trace().records();
    let asked = records.filter_map(|record| match &record.event {
        Event::Request {
            client,
            attempt: 1,
            operation,
            reads,
            to,
            ..
        } if !by_statement.contains(client) => Some((
            record.at,
            Command::Request {
                operation: operation.clone(),
                by: Some(*client),
                via: Some(Nodes::named(world.name(*to).clone())),
                reads: operation.is_read().then_some(*reads),
            },
        )),
        _ => None,
    });
    asked.collect()
}
