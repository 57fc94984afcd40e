//! Leases (dissertation, section 6.4.1): a leader that a majority has just heard need not ask
//! again, because for a while none of them would vote for anybody else.
//!
//! That is safe as long as
//! - the lease counts from when the confirmed round was sent, which is before anybody heard it;
//! - whoever answered withholds its vote for the cluster's smallest election timeout (rule
//!   `leader-stickiness`), over a restart too, and does not campaign meanwhile either;
//! - clocks drift no more than `drift-bound`: the leader's may be slow and a follower's fast; of a
//!   clock that is set a node is told, and counts from then;
//! - the leader has not told anybody to campaign (`TimeoutNow` asks voters to make an exception);
//! - what it counts from is never older than a change of these numbers.

use super::node::{Node, Role};
use super::rule::Rule;
use super::{Micros, Term};

impl Node {
    /// How long votes are withheld after a leader was heard, by the voter's own clock.
    pub(super) fn stickiness(&self) -> Micros {
        self.options.stickiness
    }

    /// How long a lease lasts by the leader's clock. With clocks between `1 - d` and `1 + d`, a
    /// follower that withholds its vote for `t` does so for `t / (1 + d)` at least, in which the
    /// leader's clock goes on by `t (1 - d) / (1 + d)` at least.
    fn lease_length(&self) -> Micros {
        const ONE: u64 = 1_000_000;
        let drift = match self.rules.on(Rule::LeaseUnderDrift) {
            true => u64::from(self.options.drift_bound).min(ONE),
            false => 0,
        };
        let scaled = u128::from(self.stickiness()) * u128::from(ONE - drift);
        (scaled / u128::from(ONE + drift)) as Micros
    }

    /// True while the leader may answer reads without asking anybody.
    pub(super) fn holds_lease(&self, now: Micros) -> bool {
        let Role::Leader(leader) = &self.role else {
            return false;
        };
        if leader.lease_ended || !self.options.leases || !self.rules.on(Rule::LeaderStickiness) {
            return false;
        }
        let since = leader.rounds.begun(self.confirmed_round());
        since.is_some_and(|since| now.saturating_sub(since) < self.lease_length())
    }

    /// True while a leader may hold a lease that counts on this node: it votes for nobody, and
    /// does not campaign even when its timer is fired by hand. Terms that it hears of meanwhile
    /// change nothing, and what it heard before a restart it does not know.
    pub(super) fn lease_granted(&self, now: Micros) -> bool {
        let lately =
            |at: Option<Micros>| at.is_some_and(|at| now.saturating_sub(at) < self.stickiness());
        let leases = self.options.leases && self.rules.on(Rule::LeaderStickiness);
        leases && (lately(self.heard) || lately(self.restarted))
    }

    /// What a lease counts from is void: its conditions have changed.
    pub(super) fn renew_lease(&mut self) {
        if let Role::Leader(leader) = &mut self.role {
            leader.rounds.forget();
        }
    }

    /// True when an entry of the leader's own term is committed: only then does its commit index
    /// say all that earlier leaders have committed (paper, section 8).
    pub(super) fn committed_own(&self) -> bool {
        let own: Option<Term> = self.log.term_at(self.commit);
        own == Some(self.term)
    }
}
