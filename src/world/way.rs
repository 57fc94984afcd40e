//! The ways of messages between nodes and of writes to their disks: most of what happens, and of
//! interest only to somebody who watches.

use std::sync::Arc;

use super::event::{DropReason, Event, MessageId, Written};
use crate::raft::{Envelope, Micros, WriteId};

/// A step on such a way. The event that tells of it is made where somebody wants to have it.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// See [`Event::Send`].
    Send {
        message: MessageId,
        envelope: &'a Arc<Envelope>,
        arrives: Micros,
    },
    /// See [`Event::Deliver`].
    Deliver {
        message: MessageId,
        envelope: &'a Arc<Envelope>,
    },
    /// See [`Event::Drop`].
    Drop {
        message: MessageId,
        envelope: &'a Arc<Envelope>,
        reason: DropReason,
    },
    /// See [`Event::Duplicate`].
    Duplicate {
        message: MessageId,
        copy: MessageId,
        envelope: &'a Arc<Envelope>,
        arrives: Micros,
    },
    /// See [`Event::Persist`].
    Persist { write: WriteId, what: Written },
    /// See [`Event::Sync`].
    Sync { write: WriteId },
}

impl Way<'_> {
    /// The event that tells of it.
    #[inline(always)]
    pub fn event(self) -> Event {
        match self {
            Way::Send {
                message,
                envelope,
                arrives,
            } => Event::Send {
                message,
                envelope: envelope.clone(),
                arrives,
            },
            Way::Deliver { message, envelope } => Event::Deliver {
                message,
                envelope: envelope.clone(),
            },
            Way::Drop {
                message,
                envelope,
                reason,
            } => Event::Drop {
                message,
                envelope: envelope.clone(),
                reason,
            },
            Way::Duplicate {
                message,
                copy,
                envelope,
                arrives,
            } => Event::Duplicate {
                message,
                copy,
                envelope: envelope.clone(),
                arrives,
            },
            Way::Persist { write, what } => Event::Persist { write, what },
            Way::Sync { write } => Event::Sync { write },
        }
    }
}
