//! Events in plain words: what happened, the values that decided it, and the rule.

pub mod brief;
mod membership;
mod message;

pub use membership::{change_words, refusal_words};
pub use message::{asked, message, said};

use std::fmt;

use membership::{admin_words, configuration_used};
use message::{again, answered, bytes, client_route, listed, payload_words, place, route};

use super::event::{DropReason, Event, Record, Reply, Written};
use crate::raft::{
    self, AdminAnswer, AppendRefusal, Ballot, Index, Micros, NodeId, RoleKind, RoleReason, Rule,
    Term, VoteReason,
};

/// An instant or a length of virtual time, in seconds to the millisecond: `3.412 s`.
pub struct Seconds(pub Micros);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", instant_text(self.0))
    }
}

/// An instant in seconds to the millisecond, where no unit is needed: `3.412`.
pub fn instant_text(at: Micros) -> String {
    format!("{}.{:03}", at / 1_000_000, at / 1_000 % 1_000)
}

/// Looks up a node's name.
pub type Names<'a> = &'a dyn Fn(NodeId) -> &'a str;

/// One event on one line. Where a rule decided, its name stands at the end, after ` — `.
pub fn words(record: &Record, names: Names<'_>) -> String {
    let node = record.node.map_or("the cluster", names);
    match &record.event {
        // Time alone has it fire without a cause.
        Event::Node(raft::Event::Timeout { election: true })
            if !record.causes.as_slice().is_empty() =>
        {
            format!("{node}'s election timer fires: it was set off by hand")
        }
        Event::Node(event) => {
            let text = transition(node, event, names);
            match event.rule() {
                Some(rule) => by_rule(text, rule),
                None => text,
            }
        }
        Event::Send { envelope, .. } => route(envelope, "", names),
        Event::Deliver { envelope, .. } => route(envelope, "arrives: ", names),
        Event::Drop {
            envelope, reason, ..
        } => route(envelope, lost(*reason), names),
        Event::ClientDrop {
            client,
            peer,
            message,
            reason,
        } => client_route(*client, names(*peer), lost(*reason), message),
        Event::ClientDuplicate {
            client,
            peer,
            message,
            ..
        } => client_route(*client, names(*peer), "doubled on the way: ", message),
        Event::ClientDeliver {
            client,
            peer,
            message,
        } => client_route(*client, names(*peer), "arrives: ", message),
        Event::Duplicate { envelope, .. } => route(envelope, "doubled on the way: ", names),
        Event::Persist { write, what } => match what {
            Written::Vote => format!("{node} writes term and vote to disk (write {write})"),
            Written::Entries(from, to) if from == to => {
                format!("{node} writes entry {from} to disk (write {write})")
            }
            Written::Entries(from, to) => {
                format!("{node} writes entries {from} to {to} to disk (write {write})")
            }
            Written::Truncate(from) => {
                format!("{node} cuts its log on disk at {from} (write {write})")
            }
            Written::Snapshot(index) => {
                format!("{node} writes a snapshot up to {index} to disk (write {write})")
            }
        },
        Event::Sync { write } => format!("{node}'s disk is synced up to write {write}"),
        Event::Crash => format!("{node} crashes: memory and unsynced writes are gone"),
        Event::Boot => format!("{node} is booted for the first time, with an empty disk"),
        Event::Restart => format!("{node} comes back from its disk"),
        Event::Reboot => {
            "the whole cluster is stopped, and its members are set on every disk".into()
        }
        Event::Wipe => format!("{node}'s disk is emptied"),
        Event::Stop => format!("{node} is stopped: it keeps its memory, and nothing moves"),
        Event::Resume => format!("{node} goes on, and takes what arrived meanwhile"),
        Event::Request {
            client,
            attempt,
            operation,
            to,
            ..
        } => {
            let again = again(*attempt, " (", ")");
            format!("{client} ▸ {}: {}{again}", names(*to), asked(operation))
        }
        Event::Probe {
            client,
            operation,
            to,
            ..
        } => {
            let (to, wish) = (names(*to), asked(operation));
            format!("{client} ▸ {to}: do you lead? I want {wish}")
        }
        Event::Reply {
            client,
            serial,
            reply,
            entry,
            ..
        } => {
            format!("{client} request {serial}: {}", ended(reply, *entry))
        }
        Event::Order {
            change,
            attempt,
            to,
            ..
        } => {
            let (to, change) = (names(*to), change_words(change, names));
            format!("admin ▸ {to}: {change}{}", again(*attempt, " (", ")"))
        }
        Event::Settled { id, answer } => {
            format!("admin request {id}: {}", settled(answer.as_ref(), names))
        }
        Event::Command(text) => format!("» {text}"),
        Event::Say(text) => format!("“{text}”"),
        Event::Violation(text) => format!("VIOLATION {text}"),
    }
}

/// How a client's request ended, and where its entry stands in the log, if it has one.
pub fn ended(reply: &Reply, entry: Option<(Index, Term)>) -> String {
    let how = match reply {
        Reply::Outcome(outcome) => answered(outcome),
        Reply::Timeout => GAVE_UP.into(),
    };
    format!("{how}{}", placed(entry))
}

/// How a statement about the cluster ended; without an answer it was given up.
pub fn settled(answer: Option<&AdminAnswer>, names: Names<'_>) -> String {
    answer.map_or_else(|| GAVE_UP.into(), |answer| admin_words(answer, names))
}

const GAVE_UP: &str = "gave up waiting, the outcome is unknown";

/// Why a message is lost, before what it says.
fn lost(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Loss => "lost on the way: ",
        DropReason::Partition => "lost, the link is cut: ",
        DropReason::Down => "lost, the target is down: ",
        DropReason::ByHand => "dropped by hand: ",
    }
}

/// A transition of the node called `node`, without the rule.
fn transition(node: &str, event: &raft::Event, names: Names<'_>) -> String {
    use raft::Event as E;
    match event {
        E::Timeout { election: true } => {
            format!("{node}'s election timer fires: it heard no leader in time")
        }
        E::Timeout { election: false } => {
            format!("{node} checks that a majority still answers it")
        }
        E::Role { role, term, reason } => role_taken(node, *role, *term, *reason),
        E::Term {
            term,
            from: Some(from),
        } => format!("{node} moves to term {term}, told by {}", names(*from)),
        E::Term { term, from: None } => format!("{node} moves to term {term} to campaign"),
        E::Vote {
            candidate,
            term,
            pre,
            ballot,
            reason,
        } => vote(
            node,
            names(*candidate),
            *term,
            *pre,
            *ballot,
            *reason,
            names,
        ),
        E::Append {
            prev_index,
            prev_term,
            entries,
            leader,
        } => match leader {
            None => format!("{node} appends its own {}", listed(*prev_index, entries)),
            Some(_) if entries.is_empty() => format!(
                "{node} has nothing to add: its log matches at {}",
                place(*prev_index, *prev_term)
            ),
            Some(leader) => format!(
                "{node} appends {} from {}: its log matches at {}",
                listed(*prev_index, entries),
                names(*leader),
                place(*prev_index, *prev_term)
            ),
        },
        E::AppendRefused {
            leader,
            prev_index,
            prev_term,
            reason,
        } => append_refused(node, names(*leader), *prev_index, *prev_term, *reason),
        E::Truncate { from, count } => {
            let entries = if *count == 1 { "entry" } else { "entries" };
            format!(
                "{node} removes {count} {entries} from {from} on: they conflict with the leader's"
            )
        }
        E::CommitHeld { index, entry_term } => {
            format!(
                "{node} does not commit {index}, though a majority holds it: \
                 it is of term {entry_term}, not of {node}'s own"
            )
        }
        E::Configuration {
            index,
            configuration,
            reason,
        } => configuration_used(node, *index, configuration, *reason, names),
        E::Snapshot { index, term, size } => format!(
            "{node} takes a snapshot up to {}, {}, and compacts its log",
            place(*index, *term),
            bytes(*size)
        ),
        E::Install {
            leader,
            index,
            term,
            kept,
        } => {
            let snapshot = format!(
                "{node} installs the snapshot of {} up to {}",
                names(*leader),
                place(*index, *term)
            );
            match kept {
                0 => format!("{snapshot}: its log begins after it"),
                1 => format!("{snapshot} and keeps the entry after it"),
                more => format!("{snapshot} and keeps the {more} entries after it"),
            }
        }
        E::SnapshotPassed {
            leader,
            index,
            commit,
        } => format!(
            "{node} passes over the snapshot of {} up to {index}: it has committed {commit} already",
            names(*leader)
        ),
        E::TransferBegun { target } => format!(
            "{node} hands leadership over to {}: new requests wait until it has the whole log",
            names(*target)
        ),
        E::TransferGivenUp { target } => format!(
            "{node} goes on leading: {} did not take over in time, or would not",
            names(*target)
        ),
        E::AdminAnswered { id, answer } => {
            format!(
                "{node} answers admin request {id}: {}",
                admin_words(answer, names)
            )
        }
        E::Commit { from, to } if *to == from + 1 => format!("{node} commits {to}"),
        E::Commit { from, to } => format!("{node} commits {} to {to}", from + 1),
        E::Apply {
            index,
            payload,
            fresh: true,
            ..
        } => format!("{node} applies {index}: {}", payload_words(payload)),
        E::Apply { index, payload, .. } => {
            format!(
                "{node} passes over {index}: {} was applied before",
                payload_words(payload)
            )
        }
        E::Answered {
            client,
            serial,
            outcome,
            entry,
        } => format!(
            "{node} answers {client} request {serial}: {}{}",
            answered(outcome),
            placed(*entry)
        ),
        E::Redirected {
            client,
            serial,
            leader,
        } => {
            let hint = leader.map_or("it knows no leader".into(), |leader| {
                format!("{} leads", names(leader))
            });
            format!("{node} turns {client} request {serial} away: {hint}")
        }
        E::Health {
            client,
            leads,
            term,
            ..
        } => match leads {
            true => format!("{node} tells {client} that it leads term {term}"),
            false => format!("{node} tells {client} that it does not lead, and is in term {term}"),
        },
    }
}

fn role_taken(node: &str, role: RoleKind, term: Term, reason: RoleReason) -> String {
    let becomes = format!("{node} becomes {} of term {term}", role.name());
    match reason {
        RoleReason::AskFirst => format!("{node} asks first whether it could win an election"),
        RoleReason::Campaign => format!("{node} campaigns for term {term} and votes for itself"),
        RoleReason::Majority { votes, voters } => {
            format!("{becomes}: {votes} of {voters} voters are for it")
        }
        RoleReason::HigherTerm => {
            format!("{node} steps back to {}: it saw term {term}", role.name())
        }
        RoleReason::LeaderHeard => {
            format!(
                "{node} is a {} again: term {term} has a leader",
                role.name()
            )
        }
        RoleReason::Refused => format!("{node} gives up: a majority would not vote for it"),
        RoleReason::NoQuorum => format!("{node} steps down: no majority answered it in time"),
        RoleReason::HandedOver => format!(
            "{node} campaigns for term {term} at once: the leader hands leadership over to it"
        ),
        RoleReason::LeftOut => {
            format!("{node} steps down: it is no voter of the committed configuration")
        }
        RoleReason::Configured => match role {
            RoleKind::Removed => format!("{node} has left the cluster: that is committed"),
            role => format!("{node} is a {} in its configuration", role.name()),
        },
    }
}

fn vote(
    node: &str,
    candidate: &str,
    term: Term,
    pre: bool,
    ballot: Ballot,
    reason: VoteReason,
    names: Names<'_>,
) -> String {
    let log = place(ballot.last_index, ballot.last_term);
    let what = if pre { "pre-vote" } else { "vote" };
    let refuses = format!("{node} refuses its {what} for {candidate} in term {term}");
    match reason {
        VoteReason::Granted => {
            let does = if pre { "would vote" } else { "votes" };
            format!(
                "{node} {does} for {candidate} in term {term}: its log, to {log}, is new enough"
            )
        }
        // A pre-vote asks about the term after the candidate's own, which may run already.
        VoteReason::StaleTerm => match pre {
            true => format!("{refuses}: that term has begun already"),
            false => format!("{refuses}: that term is over"),
        },
        VoteReason::AlreadyVoted(other) => format!("{refuses}: it has voted for {}", names(other)),
        VoteReason::LogBehind { own } => {
            let own = place(own.last_index, own.last_term);
            format!("{refuses}: its own log, to {own}, is newer than {log}")
        }
        VoteReason::Outsider { own } => {
            let own = place(own.last_index, own.last_term);
            format!(
                "{refuses}: {candidate} is not in its configuration, and a log to {log} is not newer than its own, to {own}"
            )
        }
        VoteReason::LeaseGranted => {
            format!("{refuses}: a leader may hold a lease that counts on it")
        }
        VoteReason::LeaderHeard(leader) => match names(leader) {
            itself if itself == node => format!("{refuses}: it leads itself"),
            leader => format!("{refuses}: it hears {leader} lead"),
        },
    }
}

fn append_refused(
    node: &str,
    leader: &str,
    prev_index: Index,
    prev_term: Term,
    reason: AppendRefusal,
) -> String {
    let refuses = format!("{node} refuses entries of {leader}");
    let after = place(prev_index, prev_term);
    match reason {
        AppendRefusal::StaleTerm => format!("{refuses}: they are of an old term"),
        AppendRefusal::TooShort { last } => {
            format!("{refuses}: they follow {after}, and its log ends at {last}")
        }
        AppendRefusal::Conflict { held } => format!(
            "{refuses}: they follow {after}, and it holds {}",
            place(prev_index, held)
        ),
    }
}

fn placed(entry: Option<(Index, Term)>) -> String {
    entry.map_or(String::new(), |(index, term)| {
        format!(", entry {}", place(index, term))
    })
}

fn by_rule(text: String, rule: Rule) -> String {
    format!("{text} — rule {}", rule.info().name)
}
