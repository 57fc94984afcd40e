//! How many messages there were.

use crate::raft::Kind;

/// How many messages there were of each outcome.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// Handed to the network, of each kind.
    pub sent: [u64; Kind::ALL.len()],
    /// Arrived.
    pub delivered: u64,
    /// Lost, for whatever reason.
    pub dropped: u64,
    /// Copies made.
    pub duplicated: u64,
}

impl Traffic {
    /// Messages handed to the network, of a kind or of any.
    pub fn sent(&self, kind: Option<Kind>) -> u64 {
        match kind {
            Some(kind) => self.sent[kind as usize],
            None => self.sent.iter().sum(),
        }
    }
}
