//! Events in a few words, for diagrams, where a sentence has no room.

use std::fmt;

use super::Names;
use super::membership::{admin_words, change_words, members_words};
use super::message::{again, answered, asked, place, question};
use crate::kv::ClientId;
use crate::raft::{
    self, Answer, AppendAnswer, Envelope, Index, Message, NodeId, RoleKind, Term, VoteReason,
};
use crate::world::event::{ClientMessage, Event};
use crate::world::view::Life;

/// The sign of a new term. Arrows are answers, in ASCII too.
pub const TERM: &str = "▴";

/// The sign for what a node is.
pub fn role_sign(life: Life, role: RoleKind) -> &'static str {
    match (life, role) {
        (Life::Down, _) => "✝",
        (Life::Stopped, _) => "‖",
        (_, RoleKind::Leader) => "♛",
        (_, RoleKind::Follower) => "○",
        (_, RoleKind::PreCandidate) => "◔",
        (_, RoleKind::Candidate) => "◑",
        (_, RoleKind::Learner) => "◇",
        (_, RoleKind::Removed) => "∅",
    }
}

/// What a node is, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether its process runs.
    pub life: Life,
    /// Its role.
    pub role: Option<RoleKind>,
    /// Its term.
    pub term: Option<Term>,
}

impl Standing {
    /// A node that runs, of which nothing else is known.
    pub const UNKNOWN: Standing = Standing {
        life: Life::Up,
        role: None,
        term: None,
    };

    /// Takes in an event of that node; true when it says what the node is from now on.
    pub fn take(&mut self, event: &Event) -> bool {
        match event {
            Event::Node(raft::Event::Role { role, term, .. }) => {
                (self.role, self.term) = (Some(*role), Some(*term));
                self.life = Life::Up;
            }
            Event::Node(raft::Event::Term { term, .. }) => self.term = Some(*term),
            Event::Crash => self.life = Life::Down,
            Event::Boot | Event::Restart | Event::Reboot => {
                self.life = Life::Up;
                self.role = Some(RoleKind::Follower);
            }
            Event::Stop => self.life = Life::Stopped,
            Event::Resume => self.life = Life::Up,
            _ => return false,
        }
        true
    }

    /// The stroke of its lane: `┃` leads, `│` follows, `╎` campaigns, `·` is down, `‖` is stopped.
    pub fn stroke(&self) -> char {
        match (self.life, self.role) {
            (Life::Down, _) => '·',
            (Life::Stopped, _) => '‖',
            (_, Some(RoleKind::Leader)) => '┃',
            (_, Some(RoleKind::Candidate | RoleKind::PreCandidate)) => '╎',
            _ => '│',
        }
    }
}

impl fmt::Display for Standing {
    /// `♛ leader t2`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.unwrap_or(RoleKind::Follower);
        let word = match self.life {
            Life::Down => "down",
            Life::Stopped => "stopped",
            Life::Up => role.name(),
        };
        write!(f, "{} {word}", role_sign(self.life, role))?;
        match (self.life, self.term) {
            (Life::Up, Some(term)) => write!(f, " t{term}"),
            _ => Ok(()),
        }
    }
}

/// What is written beside a node's lane: a sign, and a few words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The sign.
    pub sign: &'static str,
    /// The words.
    pub words: String,
    /// What stands for the words where they have no room; it may be empty.
    pub short: String,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign, self.words)
    }
}

/// What an event has to say beside the lane of its node, if anything.
pub fn mark(event: &Event, names: Names<'_>) -> Option<Mark> {
    let (sign, words, short) = match event {
        Event::Crash => ("✝", "crash".to_owned(), String::new()),
        Event::Wipe => ("∅", "wiped".into(), String::new()),
        Event::Boot => ("○", "boots".into(), String::new()),
        Event::Restart | Event::Reboot => ("○", "restart".into(), String::new()),
        Event::Stop => ("‖", "stop".into(), String::new()),
        Event::Resume => ("○", "goes on".into(), String::new()),
        Event::Node(event) => transition(event, names)?,
        _ => return None,
    };
    Some(Mark { sign, words, short })
}

fn transition(event: &raft::Event, names: Names<'_>) -> Option<(&'static str, String, String)> {
    use raft::Event as E;
    let plain = |sign, words: String| Some((sign, words, String::new()));
    let at = |sign, words: &str, index: &Index| {
        let index = index.to_string();
        Some((sign, format!("{words} {index}"), index))
    };
    match event {
        E::Timeout { election: true } => plain("◷", "timeout".into()),
        E::Role { role, term, .. } => {
            let term = format!("t{term}");
            let words = format!("{} {term}", role.name());
            Some((role_sign(Life::Up, *role), words, term))
        }
        E::Term { term, .. } => Some((TERM, format!("term {term}"), format!("t{term}"))),
        E::Vote {
            candidate,
            pre,
            reason,
            ..
        } => {
            let candidate = names(*candidate);
            match (*reason == VoteReason::Granted, pre) {
                (true, false) => plain("→", format!("votes for {candidate}")),
                (true, true) => plain("→", format!("would vote for {candidate}")),
                (false, false) => plain("⇢", format!("no vote for {candidate}")),
                (false, true) => plain("⇢", format!("no pre-vote for {candidate}")),
            }
        }
        E::Append {
            prev_index,
            entries,
            ..
        } if !entries.is_empty() => {
            let words = stretch(prev_index + 1, entries.len() as u64);
            plain("+", format!("appends {words}"))
        }
        E::AppendRefused { prev_index, .. } => at("⇢", "refuses after", prev_index),
        E::Truncate { from, count } => {
            let entries = stretch(*from, *count);
            Some(("✂", format!("cuts {entries}"), entries))
        }
        E::Commit { to, .. } => at("✔", "commit", to),
        E::CommitHeld { index, .. } => at("✘", "no commit", index),
        E::Configuration { configuration, .. } => plain("=", members_words(configuration, names)),
        E::Snapshot { index, .. } => at("■", "takes snapshot", index),
        E::Install { index, .. } => at("■", "snapshot", index),
        E::TransferBegun { target } => plain("♛", format!("hands over to {}", names(*target))),
        E::TransferGivenUp { .. } => plain("♛", "goes on leading".into()),
        _ => None,
    }
}

/// A message in a few words: its kind, its term, and what decides: how far a log reaches, which
/// entries, yes or no.
pub fn label(envelope: &Envelope) -> String {
    let kind = envelope.message.kind().name();
    let term = envelope.term;
    let answer = |yes: bool| match yes {
        true => format!("{kind} t{term}: yes"),
        false => format!("{kind} t{term}: no"),
    };
    match &envelope.message {
        Message::PreVote(ballot) | Message::Vote { ballot, .. } => {
            let log = place(ballot.last_index, ballot.last_term);
            format!("{kind} t{term}, log to {log}")
        }
        Message::PreVoteReply { granted, .. } | Message::VoteReply { granted } => answer(*granted),
        Message::Append(append) if append.entries.is_empty() => {
            format!("heartbeat t{term}, commit {}", append.commit)
        }
        Message::Append(append) => {
            let entries = stretch(append.prev_index + 1, append.entries.len() as u64);
            let after = place(append.prev_index, append.prev_term);
            format!("{kind} t{term}: {entries} after {after}")
        }
        Message::AppendReply { answer: reply, .. } => match reply {
            AppendAnswer::Accepted { matched, .. } => format!("{}, to {matched}", answer(true)),
            AppendAnswer::Refused {
                prev_index,
                last,
                conflict_term: None,
                ..
            } if last >= prev_index => format!("{}, term {term}", answer(false)),
            AppendAnswer::Refused { prev_index, .. } => {
                format!("{}, not after {prev_index}", answer(false))
            }
        },
        Message::Snapshot(chunk) if chunk.length == 0 => format!("{kind} t{term}: heartbeat"),
        Message::Snapshot(chunk) => format!(
            "{kind} t{term}: to {}, bytes {} to {} of {}",
            place(chunk.snapshot.index, chunk.snapshot.term),
            chunk.offset,
            chunk.offset + chunk.length,
            chunk.snapshot.size
        ),
        Message::SnapshotReply(reply) => {
            format!("{kind} t{term}: {} of {}", reply.received, reply.size)
        }
        Message::TimeoutNow => format!("{kind} t{term}"),
        Message::TimeoutNowReply { campaigns } => answer(*campaigns),
        Message::Read { id } => format!("{kind} t{term}: {}", question(*id)),
        Message::ReadReply { id, index } => match index {
            Some(index) => format!("{kind} t{term}: {}, when applied {index}", question(*id)),
            None => format!("{kind} t{term}: {}, I do not lead", question(*id)),
        },
        Message::Request { request, .. } => {
            let wish = asked(&request.operation);
            format!(
                "{kind} {}: {wish}",
                numbered(request.client, request.serial)
            )
        }
        Message::RequestReply {
            client,
            serial,
            answer,
            ..
        } => {
            let answer = match answer {
                Answer::Outcome(outcome) => answered(outcome),
                Answer::NotLeader(_) | Answer::Health { .. } => "I do not lead".into(),
            };
            format!("{kind} {}: {answer}", numbered(*client, *serial))
        }
    }
}

/// What a client or the person asks of a node, or a node answers, in a few words.
pub fn errand(event: &Event, names: Names<'_>) -> Option<String> {
    use raft::Event as E;
    Some(match event {
        Event::Request {
            client,
            serial,
            attempt,
            operation,
            ..
        } => {
            let (request, wish) = (numbered(*client, *serial), asked(operation));
            format!("{request}: {wish}{}", again(*attempt, ", ", ""))
        }
        Event::Probe { client, .. } => format!("{client}: do you lead?"),
        Event::Order { change, .. } => {
            format!("admin: {}", change_words(change, names))
        }
        Event::Node(E::Answered {
            client,
            serial,
            outcome,
            ..
        }) => format!("{}: {}", numbered(*client, *serial), answered(outcome)),
        Event::Node(E::Redirected {
            client,
            serial,
            leader,
        }) => redirected(*client, *serial, *leader, names),
        Event::Node(E::Health {
            client,
            leads,
            term,
            ..
        }) => health(*client, *leads, *term),
        Event::ClientDuplicate {
            client, message, ..
        } => match &**message {
            ClientMessage::Request { request, .. } => format!(
                "{}: {}",
                numbered(*client, request.serial),
                asked(&request.operation)
            ),
            ClientMessage::Probe(_) => format!("{client}: do you lead?"),
            ClientMessage::Answer { serial, answer, .. } => match answer {
                Answer::Outcome(outcome) => {
                    format!("{}: {}", numbered(*client, *serial), answered(outcome))
                }
                Answer::NotLeader(leader) => redirected(*client, *serial, *leader, names),
                Answer::Health { leads, term } => health(*client, *leads, *term),
            },
        },
        Event::Node(E::AdminAnswered { answer, .. }) => {
            format!("admin: {}", admin_words(answer, names))
        }
        _ => return None,
    })
}

/// A node that does not lead sends a client on.
fn redirected(client: ClientId, serial: u64, leader: Option<NodeId>, names: Names<'_>) -> String {
    let hint = leader.map_or("I know no leader".into(), |leader| {
        format!("{} leads", names(leader))
    });
    format!("{}: {hint}", numbered(client, serial))
}

/// A node says whether it leads.
fn health(client: ClientId, leads: bool, term: Term) -> String {
    match leads {
        true => format!("{client}: I lead t{term}"),
        false => format!("{client}: I do not lead, t{term}"),
    }
}

/// A client's request by its number: `c1 #3`.
fn numbered(client: ClientId, serial: u64) -> String {
    format!("{client} #{serial}")
}

/// So many entries from an index on: `4`, or `4–6`.
fn stretch(first: Index, count: u64) -> String {
    match count {
        0 | 1 => first.to_string(),
        more => format!("{first}–{}", first + more - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_says_what_goes() {
        let cut = |count| {
            let event = Event::Node(raft::Event::Truncate { from: 16, count });
            mark(&event, &|_| "n1").map(|mark| mark.to_string())
        };
        assert_eq!(cut(1).as_deref(), Some("✂ cuts 16"));
        assert_eq!(cut(2).as_deref(), Some("✂ cuts 16–17"));
    }
}
