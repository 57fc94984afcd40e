//! How statements about who is in the cluster are read after their verb.

use super::cursor::Cursor;
use super::diagnostic::{Fault, Parsed};
use super::lex::Lexeme;
use super::nodes::Place;
use crate::world::Command;
use crate::world::command::{AdminVerb, Nodes};

/// Reads `via NODE` if it comes next.
fn via(c: &mut Cursor) -> Parsed<Option<Nodes>> {
    match c.keyword("via", "which node is asked; the leader when not said") {
        true => c.one_node(Place::Action).map(Some),
        false => Ok(None),
    }
}

/// A second node after a `,` is refused here, where it is known what takes several.
fn no_more(c: &Cursor) -> Parsed<()> {
    match c.peek() {
        Some(Lexeme::Comma) => Err(Fault::new(c.span(), "here stands one node, not several")
            .help("`members` takes several: members n1,n2,n3")),
        _ => Ok(()),
    }
}

pub(super) fn add(c: &mut Cursor) -> Parsed<Command> {
    let node = c.new_node()?;
    no_more(c)?;
    let learner = c.keyword("as", "in which part, if not as a voter");
    if learner {
        c.expect_keyword("learner", "it receives the log and has no vote")?;
    }
    let via = via(c)?;
    Ok(Command::Add { node, learner, via })
}

/// Reads what follows a verb that is about one node.
pub(super) fn of_one(c: &mut Cursor, verb: AdminVerb) -> Parsed<Command> {
    let nodes = c.one_node(Place::Action)?;
    no_more(c)?;
    let via = via(c)?;
    Ok(Command::Admin { verb, nodes, via })
}

pub(super) fn members(c: &mut Cursor) -> Parsed<Command> {
    let nodes = c.nodes(Place::Making)?;
    let via = via(c)?;
    let verb = AdminVerb::Members;
    Ok(Command::Admin { verb, nodes, via })
}

pub(super) fn reboot(c: &mut Cursor) -> Parsed<Command> {
    c.nodes(Place::Making).map(Command::Reboot)
}
