//! What a node reports of itself, in the digest.

use super::{Digest, feed_admin, feed_ballot, feed_configuration, feed_entries, feed_outcome};
use crate::raft::{Event as E, RoleReason, VoteReason};

/// Adds an event of a node to the digest.
pub(super) fn feed_node(digest: &mut Digest, event: &E) {
    match event {
        E::Timeout { election } => digest.add(u64::from(*election)),
        E::Role { role, term, reason } => {
            digest.add((term << 8) ^ *role as u64 ^ (2 << 60));
            digest.add(match reason {
                RoleReason::AskFirst => 2,
                RoleReason::Campaign => 3,
                RoleReason::Majority { votes, voters } => {
                    (u64::from(*votes) << 32) | (u64::from(*voters) << 8) | 4
                }
                RoleReason::HigherTerm => 5,
                RoleReason::LeaderHeard => 6,
                RoleReason::Refused => 7,
                RoleReason::NoQuorum => 8,
                RoleReason::HandedOver => 9,
                RoleReason::LeftOut => 10,
                RoleReason::Configured => 11,
            });
        }
        E::Term { term, from } => {
            digest.add(term ^ (3 << 60));
            digest.add_node(*from);
        }
        E::Vote {
            candidate,
            term,
            pre,
            ballot,
            reason,
        } => {
            digest.add((term << 20) ^ u64::from(candidate.0) ^ (4 << 60) ^ u64::from(*pre) << 58);
            feed_ballot(digest, *ballot);
            match reason {
                VoteReason::Granted => digest.add(1),
                VoteReason::StaleTerm => digest.add(2),
                VoteReason::AlreadyVoted(node) => digest.add((u64::from(node.0) << 8) | 3),
                VoteReason::LogBehind { own } => feed_ballot(digest, *own),
                VoteReason::LeaderHeard(node) => digest.add((u64::from(node.0) << 8) | 4),
                VoteReason::Outsider { own } => {
                    digest.add(5);
                    feed_ballot(digest, *own);
                }
                VoteReason::LeaseGranted => digest.add(6),
            }
        }
        E::Append {
            prev_index,
            prev_term,
            entries,
            leader,
        } => {
            digest.add(prev_index ^ (prev_term << 36) ^ (5 << 60));
            digest.add_node(*leader);
            feed_entries(digest, entries);
        }
        E::AppendRefused {
            leader,
            prev_index,
            prev_term,
            ..
        } => {
            digest.add(prev_index ^ (prev_term << 36) ^ (6 << 60));
            digest.add_node(Some(*leader));
        }
        E::Truncate { from, count } => digest.add(from ^ (count << 36) ^ (7 << 60)),
        E::CommitHeld { index, entry_term } => digest.add(index ^ (entry_term << 36) ^ (8 << 60)),
        E::Commit { from, to } => digest.add(from ^ (to << 30) ^ (9 << 60)),
        E::Configuration {
            index,
            configuration,
            reason,
        } => {
            digest.add(index ^ ((*reason as u64) << 48) ^ (13 << 60));
            feed_configuration(digest, configuration);
        }
        E::Snapshot { index, term, size } => {
            digest.add(index ^ (term << 36) ^ (14 << 60));
            digest.add(*size);
        }
        E::Install {
            leader,
            index,
            term,
            kept,
        } => {
            digest.add(index ^ (term << 36) ^ (15 << 60));
            digest.add_node(Some(*leader));
            digest.add(*kept);
        }
        E::SnapshotPassed {
            leader,
            index,
            commit,
        } => {
            digest.add(index ^ (commit << 32));
            digest.add_node(Some(*leader));
        }
        E::TransferBegun { target } => digest.add((u64::from(target.0) << 8) | 1),
        E::TransferGivenUp { target } => digest.add((u64::from(target.0) << 8) | 2),
        E::AdminAnswered { id, answer } => {
            digest.add(id ^ (1 << 50));
            feed_admin(digest, Some(answer));
        }
        E::Apply {
            index,
            term,
            payload,
            fresh,
        } => {
            digest.add(index ^ (term << 36) ^ (10 << 60));
            digest.add(payload.identity() ^ (u64::from(*fresh) << 63));
        }
        E::Answered {
            client,
            serial,
            outcome,
            entry,
        } => {
            digest.add(serial ^ (u64::from(client.0) << 36) ^ (11 << 60));
            feed_outcome(digest, outcome);
            let (index, term) = entry.unwrap_or_default();
            digest.add(index ^ (term << 40));
        }
        E::Redirected {
            client,
            serial,
            leader,
        } => {
            digest.add(serial ^ (u64::from(client.0) << 36) ^ (12 << 60));
            digest.add_node(*leader);
        }
        E::Health {
            client,
            probe,
            leads,
            term,
        } => {
            // A bit besides the tag tells it from a redirection.
            digest.add(probe ^ (u64::from(client.0) << 36) ^ (12 << 60) ^ (1 << 59));
            digest.add((term << 1) | u64::from(*leads));
        }
    }
}
