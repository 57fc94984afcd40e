//! All options at once, as `set` names them.

use super::client::ClientOptions;
use super::command::Setting;
use crate::raft::Options;

impl Setting {
    /// Every option with its value, in the order of the list of options.
    pub fn all(options: &Options, clients: &ClientOptions) -> [Setting; 14] {
        [
            Setting::Heartbeat(options.heartbeat),
            Setting::ElectionTimeout(options.election_timeout),
            Setting::MaxAppend(options.max_append),
            Setting::Inflight(options.inflight),
            Setting::Backtracking(options.backtracking),
            Setting::ParallelDisk(options.parallel_disk),
            Setting::SnapshotEvery(options.snapshot_every),
            Setting::SnapshotChunk(options.snapshot_chunk),
            Setting::Membership(options.membership),
            Setting::DriftBound(options.drift_bound),
            Setting::Discovery(clients.discovery),
            Setting::ClientTimeout(clients.timeout),
            Setting::ClientRetries(clients.retries),
            Setting::Reads(clients.reads),
        ]
    }
}
