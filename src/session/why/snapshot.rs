//! How far a server's snapshot reaches, and what came of one that was asked for: each server takes
//! its own, and a frozen one takes it when it goes on (paper, section 7).

use super::Answer;
use super::account::Account;
use super::facts::{Facts, statement_text};
use crate::raft::{self, EventId, NodeId};
use crate::session::Entry;
use crate::world::command::Nodes;
use crate::world::explain::Seconds;
use crate::world::{Event, Record};

/// What a server did when it was told to take a snapshot.
enum Fate<'a> {
    /// It took it.
    Taken(&'a Record),
    /// It had nothing to put in.
    Empty,
    /// It is frozen, and takes it later.
    Waits,
    /// It was down already.
    Absent(&'a Record),
    /// It went down before it could.
    Down(&'a Record),
}

/// What came of a `snapshot` of these nodes.
pub(super) fn asked(facts: &Facts<'_>, entry: &Entry, nodes: &Nodes) -> Answer {
    let mut account = Account::new(facts);
    let statement = statement_text(entry).unwrap_or_default();
    let given = Seconds(entry.at);
    let Some(told) = facts.told(entry) else {
        return account.finish(format!(
            "`{statement}` was given at {given}; what came of it is no longer held."
        ));
    };
    let (mut each, mut waits) = (Vec::new(), false);
    for id in facts.meant(nodes) {
        let name = facts.name(id);
        each.push(match fate(facts, id, told) {
            Fate::Taken(taken) => {
                account.visible(taken, 0);
                facts.words(taken)
            }
            Fate::Empty => format!("{name} had applied nothing that was in no snapshot yet"),
            Fate::Waits => {
                waits = true;
                if let Some(lost) = facts.lost(id, EventId::MAX) {
                    account.visible(lost, 0);
                }
                account.offers(format!("`resume {name}` lets it go on"));
                let frozen = facts.absent(id).unwrap_or_default();
                format!("{frozen}, and takes its snapshot when it goes on")
            }
            Fate::Absent(lost) => {
                account.visible(lost, 0);
                let since = Seconds(lost.at);
                let still = facts.lost(id, EventId::MAX);
                match still.is_some_and(|still| still.id == lost.id) {
                    true => {
                        account.offers(format!("`restart {name}` brings it back"));
                        format!("{name} is down since {since}, and takes none")
                    }
                    false => format!("{name} was down since {since}, and took none"),
                }
            }
            Fate::Down(lost) => {
                account.visible(lost, 0);
                format!("{name} went down at {}, before it could", Seconds(lost.at))
            }
        });
    }
    if let Some(told) = facts.record(told) {
        account.visible(told, 0);
    }
    let each = each.join("; ");
    account.finish(match waits {
        true => format!("`{statement}` waits since {given}: {each}."),
        false => format!("`{statement}` was given at {given}: {each}."),
    })
}

/// How far the snapshot of a node reaches.
pub(super) fn reach(facts: &Facts<'_>, id: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let node = facts.node(id);
    let (name, covered) = (&node.name, node.node.log.first() - 1);
    let applied = node.node.applied;
    let made = facts.newest(id, |event| match event {
        raft::Event::Snapshot { index, .. } | raft::Event::Install { index, .. } => {
            *index == covered
        }
        _ => false,
    });
    let headline = match (covered, made) {
        (0, _) => format!("{name} has no snapshot: its log begins with entry 1."),
        (_, Some(made)) => {
            account.visible(made, 0);
            let (at, words) = (Seconds(made.at), facts.words(made));
            format!("The snapshot of {name} reaches to {covered} since {at}: {words}.")
        }
        (_, None) => {
            let held = Seconds(facts.held_since());
            format!(
                "The snapshot of {name} reaches to {covered}; how it came was before {held}, and is no longer held."
            )
        }
    };
    account.lacks_some(facts.absent(id));
    match (applied > covered, node.options.snapshot_every) {
        (false, _) => account.lacks(format!(
            "{name} has applied nothing that could go in a new one"
        )),
        (true, 0) => account.lacks(format!(
            "`snapshot-every` is 0: {name} takes one when it is told to, with `snapshot {name}`"
        )),
        (true, every) => account.awaits(format!(
            "{name} takes one every {every} entries (`snapshot-every`), and has applied {} since",
            applied - covered
        )),
    }
    account.finish(headline)
}

/// What became of it on one node that heard of it with the event `told`.
fn fate<'a>(facts: &Facts<'a>, id: NodeId, told: EventId) -> Fate<'a> {
    let on_node = |record: &&'a Record| record.node == Some(id);
    let began = match facts.lost(id, told) {
        Some(lost) if matches!(lost.event, Event::Crash) => return Fate::Absent(lost),
        Some(_) => {
            let ends = |record: &&Record| matches!(record.event, Event::Crash | Event::Resume);
            match facts.after(told).filter(on_node).find(ends) {
                Some(lost) if matches!(lost.event, Event::Crash) => return Fate::Down(lost),
                Some(resumed) => Some(resumed),
                None => return Fate::Waits,
            }
        }
        None => facts.record(told),
    };
    let taken = began.and_then(|began| {
        let at_once = facts.after(began.id).take_while(|it| it.at == began.at);
        at_once
            .filter(on_node)
            .find(|record| matches!(record.event, Event::Node(raft::Event::Snapshot { .. })))
    });
    taken.map_or(Fate::Empty, Fate::Taken)
}
