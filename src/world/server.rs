//! What the world keeps of each node.

use super::disk::Disk;
use super::host::{Batch, Host};
use super::time::NodeClock;
use super::view::Life;
use crate::kv::Text;
use crate::raft::{self, Durable, Index, Micros, NodeId, Options, Rng, RoleKind, Term};

/// A node's place in the world: its host while it lives, and what is there even when it does not.
#[derive(Debug)]
pub(super) struct Server {
    pub id: NodeId,
    pub name: Text,
    pub life: Life,
    pub since: Micros,
    pub host: Option<Host>,
    pub options: Options,
    pub clock: NodeClock,
    pub disk: Disk,
    /// Rises with every start and every crash; 0 before the first start. Syncs of another epoch
    /// are ignored.
    pub epoch: u64,
    /// Its election timer is held by hand.
    pub held: bool,
    /// It has left the cluster.
    pub removed: bool,
    /// When it wants to be woken, in true time.
    pub due: Option<Micros>,
    /// The earliest [`super::Due::Timer`] in the queue for it.
    pub armed: Option<Micros>,
    pub batch: Box<Batch>,
    /// Role, term and commit index, as its events told.
    pub role: RoleKind,
    pub term: Term,
    pub commit: Index,
}

impl Server {
    /// True while it runs and leads, or did as it was stopped.
    pub fn leads(&self) -> bool {
        self.life != Life::Down && self.role == RoleKind::Leader
    }

    /// True when it runs, or ran before.
    pub fn has_run(&self) -> bool {
        self.epoch > 0
    }

    /// A node that does not run yet.
    pub fn new(seed: u64, id: NodeId, name: Text, durable: Durable) -> Server {
        Server {
            id,
            name,
            life: Life::Down,
            since: 0,
            host: None,
            options: Options::default(),
            clock: NodeClock::default(),
            disk: Disk::new(durable, Disk::stream(seed, id)),
            epoch: 0,
            held: false,
            removed: false,
            due: None,
            armed: None,
            batch: Box::default(),
            role: RoleKind::Follower,
            term: 0,
            commit: 0,
        }
    }

    /// The stream of the node's present life.
    pub fn stream(&self, seed: u64) -> Rng {
        const NODE: u64 = 0x6e6f_6465;
        Rng::stream(seed, &[NODE, self.id.0.into(), self.epoch])
    }

    /// A copy with the node inline.
    pub fn copy(&self) -> Server {
        let mut batch = Box::<Batch>::default();
        batch.inputs = self.batch.inputs.clone();
        batch.deadline = self.batch.deadline;
        Server {
            id: self.id,
            name: self.name.clone(),
            life: self.life,
            since: self.since,
            host: self.host.as_ref().map(|host| Host::Inline(host.copy())),
            options: self.options.clone(),
            clock: self.clock,
            disk: self.disk.clone(),
            epoch: self.epoch,
            held: self.held,
            removed: self.removed,
            due: self.due,
            armed: self.armed,
            batch,
            role: self.role,
            term: self.term,
            commit: self.commit,
        }
    }

    /// Hands the node its inputs; false when it has none, or cannot work.
    pub fn begin(&mut self, now: Micros) -> bool {
        match &mut self.host {
            Some(host) if self.life == Life::Up && !self.batch.inputs.is_empty() => {
                self.batch.now = self.clock.local(now);
                host.begin(&mut self.batch);
                true
            }
            _ => false,
        }
    }

    /// Remembers what the world must know of a node without asking it.
    pub fn heed(&mut self, event: &raft::Event, now: Micros) {
        match *event {
            raft::Event::Role { role, term, .. } => {
                self.term = term;
                if self.role != role {
                    self.since = now;
                }
                self.role = role;
            }
            raft::Event::Term { term, .. } => self.term = term,
            raft::Event::Commit { to, .. } => self.commit = to,
            raft::Event::Install { index, .. } => self.commit = index,
            _ => {}
        }
    }
}
