//! What a node does, in words.

use super::membership::{admin_words, configuration_used};
use super::message::{answered, bytes, listed, payload_words, place};
use super::{Names, placed};
use crate::raft::{
    AppendRefusal, Ballot, Entry, Event, Index, RoleKind, RoleReason, Term, VoteReason,
};

/// A transition of the node called `node`, without the rule.
pub(super) fn transition(node: &str, event: &Event, names: Names<'_>) -> String {
    match event {
        Event::Timeout { election: true } => {
            format!("{node}'s election timer fires: it heard no leader in time")
        }
        Event::Timeout { election: false } => {
            format!("{node} checks that a majority still answers it")
        }
        Event::Role { role, term, reason } => role_taken(node, *role, *term, *reason),
        Event::Term {
            term,
            from: Some(from),
        } => format!("{node} moves to term {term}, told by {}", names(*from)),
        Event::Term { term, from: None } => format!("{node} moves to term {term} to campaign"),
        Event::Vote {
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
        Event::Append {
            prev_index,
            prev_term,
            entries,
            leader,
        } => appended(node, *prev_index, *prev_term, entries, leader.map(names)),
        Event::AppendRefused {
            leader,
            prev_index,
            prev_term,
            reason,
        } => append_refused(node, names(*leader), *prev_index, *prev_term, *reason),
        Event::Truncate { from, count } => {
            let entries = if *count == 1 { "entry" } else { "entries" };
            format!(
                "{node} removes {count} {entries} from {from} on: they conflict with the leader's"
            )
        }
        Event::CommitHeld { index, entry_term } => {
            format!(
                "{node} does not commit {index}, though a majority holds it: \
                 it is of term {entry_term}, not of {node}'s own"
            )
        }
        Event::Configuration {
            index,
            configuration,
            reason,
        } => configuration_used(node, *index, configuration, *reason, names),
        Event::Snapshot { index, term, size } => format!(
            "{node} takes a snapshot up to {}, {}, and compacts its log",
            place(*index, *term),
            bytes(*size)
        ),
        Event::Install {
            leader,
            index,
            term,
            kept,
        } => {
            let place = place(*index, *term);
            let snapshot = format!(
                "{node} installs the snapshot of {} up to {place}",
                names(*leader)
            );
            match kept {
                0 => format!("{snapshot}: its log begins after it"),
                1 => format!("{snapshot} and keeps the entry after it"),
                more => format!("{snapshot} and keeps the {more} entries after it"),
            }
        }
        Event::SnapshotPassed {
            leader,
            index,
            commit,
        } => format!(
            "{node} passes over the snapshot of {} up to {index}: it has committed {commit} already",
            names(*leader)
        ),
        Event::TransferBegun { target } => format!(
            "{node} hands leadership over to {}: new requests wait until it has the whole log",
            names(*target)
        ),
        Event::TransferGivenUp { target } => format!(
            "{node} goes on leading: {} did not take over in time, or would not",
            names(*target)
        ),
        Event::AdminAnswered { id, answer } => {
            format!(
                "{node} answers admin request {id}: {}",
                admin_words(answer, names)
            )
        }
        Event::Commit { from, to } if *to == from + 1 => format!("{node} commits {to}"),
        Event::Commit { from, to } => format!("{node} commits {} to {to}", from + 1),
        Event::Apply {
            index,
            payload,
            fresh: true,
            ..
        } => format!("{node} applies {index}: {}", payload_words(payload)),
        Event::Apply { index, payload, .. } => {
            format!(
                "{node} passes over {index}: {} was applied before",
                payload_words(payload)
            )
        }
        Event::Answered {
            client,
            serial,
            outcome,
            entry,
        } => format!(
            "{node} answers {client} request {serial}: {}{}",
            answered(outcome),
            placed(*entry)
        ),
        Event::Redirected {
            client,
            serial,
            leader,
        } => {
            let hint = leader.map_or("it knows no leader".into(), |leader| {
                format!("{} leads", names(leader))
            });
            format!("{node} turns {client} request {serial} away: {hint}")
        }
        Event::Health {
            client,
            leads,
            term,
            ..
        } => {
            if *leads {
                format!("{node} tells {client} that it leads term {term}")
            } else {
                format!("{node} tells {client} that it does not lead, and is in term {term}")
            }
        }
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
        RoleReason::Configured if role == RoleKind::Removed => {
            format!("{node} has left the cluster: that is committed")
        }
        RoleReason::Configured => format!("{node} is a {} in its configuration", role.name()),
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
        VoteReason::StaleTerm if pre => format!("{refuses}: that term has begun already"),
        VoteReason::StaleTerm => format!("{refuses}: that term is over"),
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

fn appended(
    node: &str,
    prev_index: Index,
    prev_term: Term,
    entries: &[Entry],
    leader: Option<&str>,
) -> String {
    let (list, after) = (listed(prev_index, entries), place(prev_index, prev_term));
    match leader {
        None => format!("{node} appends its own {list}"),
        Some(_) if entries.is_empty() => {
            format!("{node} has nothing to add: its log matches at {after}")
        }
        Some(leader) => {
            format!("{node} appends {list} from {leader}: its log matches at {after}")
        }
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
