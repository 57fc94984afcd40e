//! What a node runs with. Most of it changes how fast the node works, never whether it is safe.
//! Leases are the exception: they rely on `leases` and `stickiness` being the same on every node,
//! and on clocks that drift by no more than `drift_bound` (`raft/lease.rs` says why).

use super::Micros;

/// A range of durations, ends included; one duration when both ends are equal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The shortest, in microseconds.
    pub min: Micros,
    /// The longest, in microseconds; at least `min`.
    pub max: Micros,
}

impl Span {
    /// A range of milliseconds.
    pub const fn millis(min: u64, max: u64) -> Span {
        Span {
            min: min * 1000,
            max: max * 1000,
        }
    }

    /// One duration.
    pub const fn exactly(micros: Micros) -> Span {
        Span {
            min: micros,
            max: micros,
        }
    }
}

/// How a leader finds where a follower's log parts from its own (paper, end of section 5.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backtracking {
    /// One index back after each refusal.
    Naive,
    /// One term back, by the term and index that the follower tells.
    Hint,
}

/// How a read is answered (dissertation, section 6.4).
// The numbers go into the digests of runs, so they must not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// By a leader that has confirmed that it still leads (ReadIndex).
    Linearizable = 0,
    /// By a leader at once, while a confirmation is so fresh that nobody else can lead yet.
    Lease = 1,
    /// By a node that believes that it leads, at once.
    Leader = 2,
    /// By any node, at once.
    Stale = 3,
}

/// How voters are changed (paper, section 6; dissertation, chapter 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Membership {
    /// By joint consensus: any change at once, by way of both majorities.
    Joint,
    /// One server at a time.
    Single,
}

/// The options of one node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The time between two heartbeats of a leader, in microseconds, at least 1.
    pub heartbeat: Micros,
    /// The range that election timeouts are drawn from.
    pub election_timeout: Span,
    /// The most entries in one message, at least 1.
    pub max_append: u64,
    /// The most messages with entries to one follower that are not answered yet, at least 1.
    pub inflight: usize,
    /// How a leader finds where a follower's log parts from its own.
    pub backtracking: Backtracking,
    /// The leader sends entries before its own write of them is synced
    /// (dissertation, section 10.2.1).
    pub parallel_disk: bool,
    /// Entries applied between two snapshots; 0 for never.
    pub snapshot_every: u64,
    /// Bytes of a snapshot in one message, at least 1.
    pub snapshot_chunk: u64,
    /// How voters are changed.
    pub membership: Membership,
    /// How much a clock may run fast or slow, in millionths; leases allow for it.
    pub drift_bound: u32,
    /// The smallest election timeout of the whole cluster, in microseconds: so long a vote is
    /// withheld after a leader was heard.
    pub stickiness: Micros,
    /// Lease reads are in use: a node that restarted withholds its vote for a while.
    pub leases: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            heartbeat: 50_000,
            election_timeout: Span::millis(150, 300),
            max_append: 64,
            inflight: 8,
            backtracking: Backtracking::Hint,
            parallel_disk: true,
            snapshot_every: 0,
            snapshot_chunk: 4096,
            membership: Membership::Joint,
            drift_bound: 100_000,
            stickiness: 150_000,
            leases: false,
        }
    }
}
