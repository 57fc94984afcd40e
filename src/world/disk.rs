//! A node's disk: writes are done in order, one sync takes all that is queued, and what was not
//! synced is lost in a crash.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use super::command::DiskChange;
use super::view::DiskView;
use crate::raft::{
    Causes, Configuration, Durable, Envelope, EventId, Micros, NodeId, Rng, Span, Term, Write,
    WriteId,
};
use crate::room::Put;

/// How long a sync takes unless a statement says otherwise.
pub const DEFAULT_LATENCY: Span = Span::exactly(1_000);

/// A message that waits for a write.
#[derive(Clone, Debug)]
pub struct Waiting {
    after: WriteId,
    /// The message.
    pub envelope: Arc<Envelope>,
    /// The event that had it sent.
    pub cause: EventId,
}

/// One node's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    durable: Durable,
    /// The newest configuration in it, once somebody has asked: the whole log is searched for it.
    newest: OnceLock<Arc<Configuration>>,
    /// What is not synced yet, each with the event that tells of it.
    queue: VecDeque<(WriteId, Write, EventId)>,
    /// The newest write that the running sync takes.
    syncing: Option<WriteId>,
    written: WriteId,
    synced: WriteId,
    stalled: bool,
    latency: Span,
    rng: Rng,
    waiting: VecDeque<Waiting>,
}

impl Disk {
    /// What the disk of a node draws from.
    pub fn stream(seed: u64, node: NodeId) -> Rng {
        const DISK: u64 = 0x6469_736b;
        Rng::stream(seed, &[DISK, node.0.into()])
    }

    /// A disk that holds `durable`.
    pub fn new(durable: Durable, rng: Rng) -> Disk {
        Disk {
            durable,
            newest: OnceLock::new(),
            queue: VecDeque::new(),
            syncing: None,
            written: 0,
            synced: 0,
            stalled: false,
            latency: DEFAULT_LATENCY,
            rng,
            waiting: VecDeque::new(),
        }
    }

    /// Draws from another stream from now on.
    pub fn draw_from(&mut self, rng: Rng) {
        self.rng = rng;
    }

    /// What is safe.
    pub fn durable(&self) -> &Durable {
        &self.durable
    }

    /// The newest configuration that is safe, committed or not.
    pub fn configuration(&self) -> &Arc<Configuration> {
        let newest = || self.durable.configurations().newest().1.clone();
        self.newest.get_or_init(newest)
    }

    /// Queues a write; `event` tells of it.
    pub fn write(&mut self, id: WriteId, write: Write, event: EventId) {
        self.written = id;
        self.queue.put((id, write, event));
    }

    /// Begins a sync of all that is queued; how long it will take, if there is anything to do.
    pub fn begin_sync(&mut self) -> Option<Micros> {
        if self.stalled || self.syncing.is_some() {
            return None;
        }
        let &(newest, ..) = self.queue.back()?;
        self.syncing = Some(newest);
        Some(self.rng.span(self.latency))
    }

    /// Ends the running sync: the newest write that is safe now, and the events that tell of all
    /// that it took. `None` when the disk stalled meanwhile.
    pub fn end_sync(&mut self) -> Option<(WriteId, Causes)> {
        let newest = self.syncing.take()?;
        if self.stalled {
            return None;
        }
        self.newest.take();
        let mut events = Causes::None;
        while let Some((_, write, event)) = self.queue.pop_front_if(|(id, ..)| *id <= newest) {
            self.durable.write(&write);
            events = events.and(event);
        }
        self.synced = newest;
        Some((newest, events))
    }

    /// Holds a message until a write is safe; gives it back at once if it is already.
    pub fn hold(
        &mut self,
        after: WriteId,
        envelope: Arc<Envelope>,
        cause: EventId,
    ) -> Option<Arc<Envelope>> {
        if after <= self.synced {
            return Some(envelope);
        }
        self.waiting.put(Waiting {
            after,
            envelope,
            cause,
        });
        None
    }

    /// The next message whose write is safe.
    pub fn release(&mut self) -> Option<Waiting> {
        let synced = self.synced;
        self.waiting.pop_front_if(|held| held.after <= synced)
    }

    /// Loses what is not synced, messages that wait for it included.
    pub fn crash(&mut self) {
        self.queue.clear();
        self.waiting.clear();
        self.syncing = None;
        self.written = 0;
        self.synced = 0;
        self.durable.commit = 0;
    }

    /// Empties the disk. Terms that a reboot ended are over for it all the same: in them no
    /// configuration counts.
    pub fn wipe(&mut self) {
        self.newest.take();
        let mut held = std::mem::take(&mut self.durable);
        held.log.wipe();
        self.durable = Durable {
            term: held.void_through,
            log: held.log,
            configuration: held.configuration,
            void_through: held.void_through,
            ..Durable::default()
        };
    }

    /// Sets the members that the cluster has from now on; terms up to `newest` are over. What named
    /// the disk's own node `id` is forgotten, but for that.
    pub fn reconfigure(&mut self, id: NodeId, configuration: &Configuration, newest: Term) {
        self.newest.take();
        let named = self.durable.configurations().names(id);
        self.durable.was_member |= named || self.durable.configuration.is_member(id);
        self.durable.configuration = configuration.clone();
        self.durable.void_through = newest;
        if self.durable.term < newest {
            self.durable.term = newest;
            self.durable.vote = None;
        }
    }

    /// Carries out a statement.
    pub fn change(&mut self, change: DiskChange) {
        match change {
            DiskChange::Latency(latency) => self.latency = latency,
            DiskChange::Stall => self.stalled = true,
            DiskChange::Ok => self.stalled = false,
        }
    }

    /// The disk as others may see it.
    pub fn view(&self) -> DiskView {
        DiskView {
            term: self.durable.term,
            vote: self.durable.vote,
            last: self.durable.log.last(),
            written: self.written,
            synced: self.synced,
            stalled: self.stalled,
            latency: self.latency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> Disk {
        Disk::new(Durable::default(), Rng::stream(1, &[1]))
    }

    fn vote(term: u64) -> Write {
        Write::Vote { term, vote: None }
    }

    #[test]
    fn one_sync_takes_all_that_is_queued_when_it_begins() {
        let mut disk = disk();
        disk.write(1, vote(1), 7);
        disk.write(2, vote(2), 8);
        assert_eq!(disk.begin_sync(), Some(1_000));
        disk.write(3, vote(3), 9);
        assert_eq!(disk.begin_sync(), None);
        assert_eq!(disk.end_sync(), Some((2, Causes::two(7, 8))));
        assert_eq!(disk.durable().term, 2);
        assert_eq!(disk.begin_sync(), Some(1_000));
    }

    #[test]
    fn a_crash_loses_what_is_not_synced() {
        let mut disk = disk();
        disk.write(1, vote(1), 7);
        disk.begin_sync();
        disk.crash();
        assert_eq!(disk.end_sync(), None);
        assert_eq!(disk.durable().term, 0);
    }

    #[test]
    fn a_stalled_disk_ends_no_sync_until_it_is_ok() {
        let mut disk = disk();
        disk.write(1, vote(1), 7);
        disk.begin_sync();
        disk.change(DiskChange::Stall);
        assert_eq!(disk.end_sync(), None);
        assert_eq!(disk.begin_sync(), None);
        disk.change(DiskChange::Ok);
        assert!(disk.begin_sync().is_some());
        assert_eq!(disk.end_sync(), Some((1, Causes::one(7))));
    }
}
