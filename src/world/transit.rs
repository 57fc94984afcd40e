//! Messages between nodes and writes to their disks on their way: most of what happens, and of
//! interest only to somebody who watches.

use std::sync::Arc;

use super::event::{DropReason, Event, MessageId, Written};
use crate::raft::{Envelope, Micros, WriteId};

/// What happens to a message or a write on its way. The event that tells of it is made only where
/// somebody wants to have it.
#[derive(Clone, Copy)]
pub(super) enum Transit<'a> {
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

impl Transit<'_> {
    /// The event that tells of it.
    #[inline(always)]
    pub fn event(self) -> Event {
        match self {
            Transit::Send {
                message,
                envelope,
                arrives,
            } => Event::Send {
                message,
                envelope: envelope.clone(),
                arrives,
            },
            Transit::Deliver { message, envelope } => Event::Deliver {
                message,
                envelope: envelope.clone(),
            },
            Transit::Drop {
                message,
                envelope,
                reason,
            } => Event::Drop {
                message,
                envelope: envelope.clone(),
                reason,
            },
            Transit::Duplicate {
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
            Transit::Persist { write, what } => Event::Persist { write, what },
            Transit::Sync { write } => Event::Sync { write },
        }
    }
}
