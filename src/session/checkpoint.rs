//! Checkpoints, and going to any instant by way of them.

use std::ops::RangeInclusive;

use super::{Branch, Deed, Position, Session, Sink, State};
use crate::raft::{EventId, Micros};
use crate::world::run::EndlessInstant;
use crate::world::{Hosts, Record, World};

/// Events between two checkpoints, at first.
pub const EVERY: u64 = 4_000;
/// So many checkpoints are kept at most; beyond that every second one goes.
const MOST: usize = 128;

/// The whole session at a position.
pub(super) struct Checkpoint {
    pub position: Position,
    pub world: World,
    pub state: State,
    pub telling: Vec<Record>,
}

impl Session {
    /// Keeps a checkpoint if the newest one is far enough behind.
    pub(super) fn save_checkpoint(&mut self) {
        let position = self.position();
        let events = self.world.trace().counted();
        let due = match self.checkpoints.last() {
            None => true,
            Some(last) => {
                position > last.position
                    && events >= last.world.trace().counted() + self.checkpoint_every
            }
        };
        if !due || !self.manner.rewinds {
            return;
        }
        self.checkpoints.push(Checkpoint {
            position,
            world: self.world.copy(),
            state: self.state.clone(),
            telling: self.telling(EventId::MAX),
        });
        if self.checkpoints.len() > MOST {
            let mut number = 0;
            self.checkpoints.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.checkpoint_every *= 2;
        }
    }

    /// Goes to an instant of this branch, at most to its frontier; all that was done at that
    /// instant is done.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn seek(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        let at = at.min(self.frontier);
        let done = self.journal.up_to(at);
        self.go_to(Position { at, done })
    }

    /// Goes to before the last line that a person added, and forgets the line and what followed;
    /// the future is kept as a branch. Returns what was taken back, if such a line was left.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn undo(&mut self) -> Result<Option<Deed>, EndlessInstant> {
        let by_hand = |&place: &usize| self.journal.get(place).is_some_and(|entry| entry.by_hand);
        let Some(done) = (0..self.done).rev().find(by_hand) else {
            return Ok(None);
        };
        let undone = self.journal.get(done).cloned();
        let at = undone.as_ref().map_or(0, |entry| entry.at);
        self.go_to(Position { at, done })?;
        self.branch();
        Ok(undone.map(|entry| entry.deed))
    }

    /// Takes up a branch of this run again, at its frontier; the present one is kept.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn take_up(&mut self, branch: Branch) -> Result<(), EndlessInstant> {
        self.branches.push(self.present());
        let common = self.journal.common(&branch.journal);
        // Where both did the same up to that instant.
        let next = branch.journal.get(common).map(|entry| entry.at);
        self.checkpoints.retain(|Checkpoint { position, .. }| {
            position.done < common
                || position.done == common && next.is_none_or(|next| position.at <= next)
        });
        self.journal = branch.journal;
        self.frontier = branch.frontier;
        self.tape = branch.tape;
        let position = Position {
            at: self.frontier,
            done: self.journal.len(),
        };
        self.load(position);
        self.go_to(position)
    }

    /// Takes up a branch that was left behind, counted from the oldest; the present one is kept in
    /// its place among them.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn switch_to(&mut self, place: usize) -> Result<(), EndlessInstant> {
        if place >= self.branches.len() {
            return Ok(());
        }
        let branch = self.branches.remove(place);
        self.take_up(branch)
    }

    /// How many lines that a person added are done.
    pub fn undoable(&self) -> usize {
        let done = self.journal.iter().take(self.done);
        done.filter(|entry| entry.by_hand).count()
    }

    /// Goes to the instant before the present one at which something happened, if there is one.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn step_back(&mut self) -> Result<(), EndlessInstant> {
        let now = self.now();
        let before = |session: &Session| {
            let mut instants = session.world.trace().records().rev();
            instants
                .find(|record| record.at < now)
                .map(|record| record.at)
        };
        if before(self).is_none() {
            // The trace begins later: make it again from an earlier checkpoint.
            self.seek(now.saturating_sub(1))?;
        }
        match before(self) {
            Some(at) => self.seek(at),
            None => self.seek(0),
        }
    }

    /// Plays a stretch of this branch again, and has every event of it told, and events before it
    /// too: `begin` is shown the world before the first of them and gives what takes them. The
    /// session stands where it stood afterwards.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn tell(
        &mut self,
        stretch: RangeInclusive<Micros>,
        begin: impl FnOnce(&World) -> Sink,
    ) -> Result<(), EndlessInstant> {
        let here = self.position();
        let (from, to) = (*stretch.start(), self.frontier.min(*stretch.end()));
        // All that was done at the instant before is done there; before the first is nothing.
        let before = from.checked_sub(1);
        self.load(before.map_or(Position { at: 0, done: 0 }, |at| Position {
            at,
            done: self.journal.up_to(at),
        }));
        let sink = begin(&self.world);
        let usual = self.sink.replace(sink);
        let position = Position {
            at: to,
            done: self.journal.up_to(to),
        };
        let told = self.play_inline(position);
        self.sink = usual;
        told.and_then(|()| self.go_to(here))
    }

    /// Plays the way here again, so that as many events are held as the manner has it, although
    /// fewer were on the way.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn recall(&mut self) -> Result<(), EndlessInstant> {
        let here = self.position();
        self.load(here);
        self.play_inline(here)
    }

    /// Goes to a position of this branch: it plays from here, or from a checkpoint where that is
    /// nearer or here is too far. Not from the last one before the position but from the one
    /// before that, so that the events just before the position are there to be read.
    fn go_to(&mut self, position: Position) -> Result<(), EndlessInstant> {
        let here = self.position();
        let from = self.checkpoint_before(position);
        let from = from.map(|from| self.checkpoints[from].position);
        if from.is_some_and(|from| position < here || from > here) {
            self.load(position);
        }
        self.play_inline(position)
    }

    /// Plays what was played before, up to a position ahead.
    fn play_inline(&mut self, position: Position) -> Result<(), EndlessInstant> {
        let tape = std::mem::take(&mut self.tape);
        let hosts = self.manner.hosts;
        self.world.move_to(Hosts::Inline);
        let played = self.play_to(position);
        self.world.move_to(hosts);
        self.tape = tape;
        played
    }

    /// The place of the checkpoint from which a position is reached.
    fn checkpoint_before(&self, position: Position) -> Option<usize> {
        let older = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.position <= position);
        let place = older.saturating_sub(2);
        (place < self.checkpoints.len()).then_some(place)
    }

    /// Goes to the checkpoint from which a position is reached.
    fn load(&mut self, position: Position) {
        let Some(place) = self.checkpoint_before(position) else {
            return;
        };
        let checkpoint = &self.checkpoints[place];
        self.world = checkpoint.world.copy();
        self.world.trace_mut().keep(self.manner.keep);
        self.state = checkpoint.state.clone();
        self.telling = checkpoint.telling.clone().into();
        self.done = checkpoint.position.done;
        self.seen = self.world.trace().newest();
    }

    /// Plays the journal up to a position ahead.
    fn play_to(&mut self, position: Position) -> Result<(), EndlessInstant> {
        while let Some(at) = self.next_instant()
            && at <= position.at
        {
            self.arrive(at)?;
            if at == position.at && self.done >= position.done {
                break;
            }
            self.replay_deeds(position.done)?;
            if at == position.at {
                break;
            }
        }
        self.pass_to(position.at);
        Ok(())
    }
}
