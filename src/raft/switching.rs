//! New options and rules while a node runs. A rule that comes on holds from then: what it would have
//! had the node do before is done now, as far as the node still knows how.

use std::sync::Arc;

use super::event::ConfigurationReason;
use super::log::Payload;
use super::node::{Node, Role};
use super::options::Options;
use super::rule::{Rule, Rules};
use super::snapshot::Snapshot;
use super::turn::Turn;

impl Node {
    pub(super) fn configure(&mut self, options: Options, rules: Rules, turn: &mut Turn) {
        let now = turn.now;
        let range = |options: &Options, rules: Rules| {
            let span = options.election_timeout;
            (span, rules.on(Rule::RandomizedTimeouts))
        };
        let redraw = range(&self.options, self.rules) != range(&options, rules);
        let lease = |options: &Options| (options.leases, options.stickiness, options.drift_bound);
        let before = std::mem::replace(&mut self.rules, rules);
        let changed = before != rules;
        if changed || lease(&self.options) != lease(&options) {
            self.renew_lease();
        }
        self.options = options;
        if changed {
            self.use_configuration(ConfigurationReason::Switched, turn);
            self.make_up(before, turn);
        }
        self.compact_if_due(turn);
        let timeout = self.options.election_timeout.max;
        match &mut self.role {
            Role::Leader(leader) => leader.hasten(now, self.options.heartbeat, timeout),
            _ if redraw => self.restart_election_timer(now),
            _ => {}
        }
    }

    /// Does what rules that have come on ask for at moments that are over. Answers that were given
    /// before, and wait for the disk, are not called back.
    fn make_up(&mut self, before: Rules, turn: &mut Turn) {
        let rules = self.rules;
        let comes_on = |rule| rules.on(rule) && !before.on(rule);
        let votes = comes_on(Rule::VoteOnce) || comes_on(Rule::PersistVote);
        if votes && self.vote.is_none() {
            // It may have voted in this term and not know: it votes for nobody else any more.
            let leader = match self.role {
                Role::Follower { leader } => leader,
                _ => None,
            };
            self.vote = leader.or(Some(self.id));
        }
        if comes_on(Rule::RejectStaleTerm)
            && let Role::Candidate(votes) = &mut self.role
        {
            // Some may be of an older term.
            votes.keep_own(self.id);
        }
        if comes_on(Rule::ConfirmLeadership) || comes_on(Rule::ReadAfterOwnCommit) {
            self.begin_reads_anew(turn);
        }
        let waits = comes_on(Rule::TermBeforeEntries) && self.late_term.is_some();
        if waits || votes {
            self.write_vote(turn);
        }
        if comes_on(Rule::SnapshotCarriesConfig) {
            self.complete_snapshot(turn);
        }
        let leads = matches!(self.role, Role::Leader(_));
        if comes_on(Rule::NoopOnElection) && leads && self.log.last_term() != self.term {
            self.append_own(Payload::Noop, turn);
            self.replicate_new(turn);
            self.advance_commit(turn);
        }
    }

    /// A snapshot that was taken without its configuration gets it.
    fn complete_snapshot(&mut self, turn: &mut Turn) {
        let bare = self.snapshot.as_ref();
        if let Some(bare) = bare.filter(|it| it.configuration.is_none()) {
            let snapshot = Snapshot {
                configuration: Some(self.history.up_to(bare.index).1.clone()),
                ..Snapshot::clone(bare)
            };
            self.write_snapshot(Arc::new(snapshot), true, turn);
        }
    }
}
