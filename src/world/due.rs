//! What the queue of the world holds.

use std::sync::Arc;

use super::event::MessageId;
use super::letter::Letter;
use crate::kv::ClientId;
use crate::raft::{AdminId, Envelope, EventId, Micros, NodeId};

/// A message on its way.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub message: MessageId,
    pub envelope: Arc<Envelope>,
    pub sent: Micros,
    pub arrives: Micros,
    /// The event that sent it.
    pub cause: EventId,
}

/// Something that is due at an instant.
#[derive(Clone, Debug)]
pub(super) enum Due {
    /// A node may want to be woken.
    Timer(NodeId),
    /// A message arrives.
    Deliver(Journey),
    /// A disk ends a sync; one begun before a crash means nothing.
    Sync { node: NodeId, epoch: u64 },
    /// A message between a client and a node arrives.
    Letter(Letter),
    /// A client may have waited long enough.
    ClientTimer(ClientId),
    /// A client's pause is over.
    ClientPause {
        client: ClientId,
        serial: u64,
        step: u32,
        cause: EventId,
    },
    /// The workload asks again.
    Workload { generation: u64 },
    /// A statement about the cluster is handed over again, or given up.
    Order { id: AdminId, timer: u32 },
}
