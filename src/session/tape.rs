//! The tape: terms, leaders, faults and violations of the whole branch.

use super::{Mark, Session};
use crate::raft::{Event as NodeEvent, Micros, RoleKind};
use crate::world::{Command, Event};

impl Session {
    /// Looks at the events that nobody has looked at yet.
    pub(super) fn watch_for_tape(&mut self) {
        for record in self.world.trace().since(self.seen) {
            match (&record.event, record.node) {
                (Event::Node(NodeEvent::Term { term, .. }), _) => {
                    let higher = |&(_, mark): &(Micros, Mark)| match mark {
                        Mark::Term(known) => known >= *term,
                        _ => false,
                    };
                    if !self.tape.iter().rev().any(higher) {
                        self.tape.push((record.at, Mark::Term(*term)));
                    }
                }
                (
                    Event::Node(NodeEvent::Role {
                        role: RoleKind::Leader,
                        term,
                        ..
                    }),
                    Some(node),
                ) => remember(&mut self.tape, record.at, Mark::Leader(node, *term)),
                _ => {}
            }
        }
    }

    /// Puts a command on the tape, if it makes a fault or mends one.
    pub(super) fn put_on_tape(&mut self, command: &Command) {
        if command.is_fault() && self.manner.rewinds {
            remember(&mut self.tape, self.world.now(), Mark::Fault);
        }
    }
}

/// Adds a mark in order of time, once.
pub(super) fn remember(tape: &mut Vec<(Micros, Mark)>, at: Micros, mark: Mark) {
    if !tape.contains(&(at, mark)) {
        let place = tape.partition_point(|&(when, _)| when <= at);
        tape.insert(place, (at, mark));
    }
}
