//! Going to what matters: the next or the last election, commit, fault or violation.

use super::{Mark, Session};
use crate::raft::{Index, Micros, NodeId};
use crate::world::run::EndlessInstant;

/// Something that a person may want to go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landmark {
    /// A term begins, or somebody comes to lead.
    Election,
    /// More is committed than ever before.
    Commit,
    /// A fault is made or mended by a statement.
    Fault,
    /// An invariant is violated.
    Violation,
}

impl Landmark {
    /// What it is called where there is none.
    pub fn words(self) -> &'static str {
        match self {
            Landmark::Election => "election",
            Landmark::Commit => "commit",
            Landmark::Fault => "fault",
            Landmark::Violation => "violation",
        }
    }

    fn is(self, mark: Mark) -> bool {
        match mark {
            Mark::Term(_) | Mark::Leader(..) => self == Landmark::Election,
            Mark::Fault => self == Landmark::Fault,
            Mark::Violation => self == Landmark::Violation,
        }
    }
}

impl Session {
    /// The last instant before the present one with such a landmark. The tape knows all but
    /// commits, which are too many for it: those are looked for by playing again what was before,
    /// stretch by stretch. The session may stand elsewhere afterwards.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn landmark_before(&mut self, wanted: Landmark) -> Result<Option<Micros>, EndlessInstant> {
        let now = self.now();
        if wanted != Landmark::Commit {
            let mut marks = self.tape.iter().rev();
            let found = marks.find(|&&(at, mark)| at < now && wanted.is(mark));
            return Ok(found.map(|&(at, _)| at));
        }
        let mut end = now;
        while end > 0 {
            let mut begin = self.checkpoints.iter().rev().map(|it| it.position.at);
            let begin = begin.find(|&at| at < end).unwrap_or(0);
            self.seek(begin)?;
            let (mut found, mut known) = (None, self.committed());
            while self.next_instant().is_some_and(|next| next < end) {
                self.step()?;
                if self.committed() > known {
                    (found, known) = (Some(self.now()), self.committed());
                }
            }
            if found.is_some() {
                return Ok(found);
            }
            end = begin;
        }
        Ok(None)
    }

    /// The next instant after the present one, on this branch as far as it is known, at which the
    /// tape has such a landmark.
    pub fn landmark_after(&self, wanted: Landmark) -> Option<Micros> {
        let now = self.now();
        let mut marks = self.tape.iter();
        let found = marks.find(|&&(at, mark)| at > now && wanted.is(mark));
        found.map(|&(at, _)| at)
    }

    /// True when such a landmark came after `before`, up to now.
    pub fn landmark_since(&self, before: Micros, wanted: Landmark) -> bool {
        let now = self.now();
        let newest = self.tape.iter().rev().skip_while(|&&(at, _)| at > now);
        let mut newest = newest.take_while(|&&(at, _)| at > before);
        newest.any(|&(_, mark)| wanted.is(mark))
    }

    /// How far any node knows the log to be committed.
    pub fn committed(&self) -> Index {
        let nodes = (0..self.world.size()).map(NodeId::from_slot);
        let commits = nodes.map(|node| self.world.standing(node).2);
        commits.max().unwrap_or(0)
    }
}
