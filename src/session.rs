//! World, checker and journal together: run, pause, rewind, branch.
//!
//! A [`Session`] stands at a position of its branch: an instant, and how many lines of the
//! journal are done. At the frontier, the end of the branch, new deeds are added to the journal;
//! behind it the journal is played again. A deed behind the frontier begins a new branch, and
//! the old one is kept.

pub mod journal;
pub mod judge;
pub mod scene;

pub use crate::check::Violation;
pub use journal::{Deed, Entry, Journal};
pub use judge::Judge;
pub use scene::{Mark, Scene};

use crate::check::{Invariants, Tally};
use crate::kv::Text;
use crate::raft::{Event as NodeEvent, EventId, Micros, RoleKind};
use crate::world::run::EndlessInstant;
use crate::world::{Causes, Command, Event, Hosts, Record, Stage, World};

/// Events between two checkpoints, at first.
const CHECKPOINT_EVERY: u64 = 4_000;
/// So many checkpoints are kept at most; beyond that every second one goes.
const MOST_CHECKPOINTS: usize = 128;

/// Takes every event once, as it happens; called with the names of the nodes at hand.
pub type Sink = Box<dyn FnMut(&Record, &World) + Send>;

/// How a session is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manner {
    /// Where nodes run.
    pub hosts: Hosts,
    /// How many events stay in memory.
    pub keep: usize,
    /// Whether the session can be rewound.
    pub rewinds: bool,
}

/// A place on a branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The instant.
    pub at: Micros,
    /// How many lines of the journal are done.
    pub done: usize,
}

struct Checkpoint {
    position: Position,
    world: World,
    invariants: Invariants,
    tally: Tally,
    caption: Option<(Text, Micros)>,
}

/// The future that a branch had before something else was done.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its journal.
    pub journal: Journal,
    /// Its newest instant.
    pub frontier: Micros,
}

/// One run of one world.
pub struct Session {
    stage: Stage,
    manner: Manner,
    world: World,
    invariants: Invariants,
    tally: Tally,
    journal: Journal,
    done: usize,
    frontier: Micros,
    /// The newest event that everybody has looked at.
    seen: EventId,
    caption: Option<(Text, Micros)>,
    tape: Vec<(Micros, Mark)>,
    checkpoints: Vec<Checkpoint>,
    checkpoint_every: u64,
    branches: Vec<Branch>,
    sink: Option<Sink>,
}

impl Session {
    /// Sets the stage. Nothing has happened yet, and it is instant 0.
    pub fn new(stage: Stage, manner: Manner) -> Session {
        let world = World::new(&stage, manner.hosts, manner.keep);
        let invariants = Invariants::new(&world);
        let mut session = Session {
            stage,
            manner,
            world,
            invariants,
            tally: Tally::default(),
            journal: Journal::default(),
            done: 0,
            frontier: 0,
            seen: 0,
            caption: None,
            tape: Vec::new(),
            checkpoints: Vec::new(),
            checkpoint_every: CHECKPOINT_EVERY,
            branches: Vec::new(),
            sink: None,
        };
        session.save_checkpoint();
        session
    }

    /// Has every event told to `sink` from now on.
    pub fn set_sink(&mut self, sink: Sink) {
        self.sink = Some(sink);
    }

    /// The world at the present instant.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What the run began with.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The present instant.
    pub fn now(&self) -> Micros {
        self.world.now()
    }

    /// The newest instant of this branch.
    pub fn frontier(&self) -> Micros {
        self.frontier
    }

    /// True at the end of the branch, where new things happen.
    pub fn at_frontier(&self) -> bool {
        self.done == self.journal.len() && self.now() >= self.frontier
    }

    /// What was done on this branch.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The futures that were left behind, oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// All violations up to the present instant.
    pub fn violations(&self) -> &[Violation] {
        self.invariants.violations()
    }

    /// The caption that stands now, and since when.
    pub fn caption(&self) -> Option<&(Text, Micros)> {
        self.caption.as_ref()
    }

    /// Terms, leaders, faults and violations of the whole branch.
    pub fn tape(&self) -> &[(Micros, Mark)] {
        &self.tape
    }

    /// Reads conditions at the present instant.
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            world: &self.world,
            invariants: &self.invariants,
            tally: &self.tally,
        }
    }

    /// The next instant at which something happens, if anything ever will.
    pub fn next_instant(&mut self) -> Option<Micros> {
        let due = self.world.next_instant();
        let deed = self.journal.get(self.done).map(|entry| entry.at);
        match (due, deed) {
            (Some(due), Some(deed)) => Some(due.min(deed)),
            (due, deed) => due.or(deed),
        }
    }

    /// Goes to the next instant and settles it, deeds of the journal included.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn step(&mut self) -> Result<Option<Micros>, EndlessInstant> {
        let Some(at) = self.next_instant() else {
            return Ok(None);
        };
        self.settle_at(at)?;
        Ok(Some(at))
    }

    /// Settles the instant `at`, which must be the next one; deeds of the journal included.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn settle_at(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        self.world.pass_to(at);
        self.settle()?;
        self.replay_deeds(usize::MAX)
    }

    /// Lets time pass up to `at`, `at` included.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn run_to(&mut self, at: Micros) -> Result<(), EndlessInstant> {
        while let Some(next) = self.next_instant()
            && next <= at
        {
            self.settle_at(next)?;
        }
        self.pass_to(at);
        Ok(())
    }

    /// Lets time pass to `at` without anything happening; nothing may be due before.
    pub fn pass_to(&mut self, at: Micros) {
        if at > self.now() {
            self.world.pass_to(at);
        }
        self.frontier = self.frontier.max(self.now());
    }

    /// Carries out a command now, as a new line of the journal. Returns the words for the person
    /// when it did nothing.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn act(
        &mut self,
        command: &Command,
        by_hand: bool,
    ) -> Result<Option<Text>, EndlessInstant> {
        self.branch();
        let deed = match self.world.resolve(command) {
            Ok(resolved) => Deed::Act(resolved),
            Err(words) => Deed::Nothing(words),
        };
        let notice = match &deed {
            Deed::Nothing(words) => Some(words.clone()),
            _ => None,
        };
        self.add(deed, by_hand)?;
        Ok(notice)
    }

    /// Zeroes the counters.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn mark(&mut self) -> Result<(), EndlessInstant> {
        self.branch();
        self.add(Deed::Mark, false)
    }

    /// Shows a caption.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn say(&mut self, text: Text) -> Result<(), EndlessInstant> {
        self.branch();
        self.add(Deed::Say(text), false)
    }

    /// What was ahead becomes a branch of its own, if anything was.
    fn branch(&mut self) {
        let here = self.now();
        if self.at_frontier() {
            return;
        }
        self.branches.push(Branch {
            journal: self.journal.clone(),
            frontier: self.frontier,
        });
        self.journal.truncate(self.done);
        self.frontier = here;
        let position = self.position();
        self.checkpoints
            .retain(|checkpoint| checkpoint.position <= position);
        self.tape.retain(|&(at, _)| at <= here);
    }

    fn position(&self) -> Position {
        Position {
            at: self.now(),
            done: self.done,
        }
    }

    fn add(&mut self, deed: Deed, by_hand: bool) -> Result<(), EndlessInstant> {
        let at = self.now();
        self.journal.push(Entry { at, deed, by_hand });
        self.replay_deeds(usize::MAX)
    }

    /// Does the lines of the journal that are due, up to the line `limit`.
    fn replay_deeds(&mut self, limit: usize) -> Result<(), EndlessInstant> {
        while let Some(entry) = self.journal.get(self.done)
            && entry.at <= self.now()
            && self.done < limit
        {
            let deed = entry.deed.clone();
            self.done += 1;
            match deed {
                Deed::Act(command) => {
                    let event = Event::Command(command.to_string().into());
                    let cause = self.world.note(None, Causes::None, event);
                    self.world.act(&command, cause);
                    self.put_on_tape(&command);
                }
                Deed::Nothing(words) => {
                    self.world.note(None, Causes::None, Event::Command(words));
                }
                Deed::Mark => self.tally.mark(self.world.now()),
                Deed::Say(text) => {
                    let event = Event::Say(text.clone());
                    self.world.note(None, Causes::None, event);
                    self.caption = Some((text, self.world.now()));
                }
            }
            self.settle()?;
        }
        Ok(())
    }

    /// Settles the present instant, and lets everybody look at what happened.
    fn settle(&mut self) -> Result<(), EndlessInstant> {
        let settled = self.world.settle();
        let known = self.invariants.violations().len();
        for record in self.world.trace().since(self.seen) {
            self.invariants.watch(record, &self.world);
            self.tally.watch(record);
            if let Some(sink) = &mut self.sink {
                sink(record, &self.world);
            }
        }
        self.frontier = self.frontier.max(self.world.now());
        if self.manner.rewinds {
            self.watch_for_tape();
        }
        if self.invariants.violations().len() > known {
            self.note_violations(known);
        }
        self.seen = self.world.trace().newest();
        self.world.trace_mut().trim();
        if self.manner.rewinds {
            self.save_checkpoint();
        }
        settled
    }

    fn note_violations(&mut self, known: usize) {
        for violation in &self.invariants.violations()[known..] {
            let words = format!("{}: {}", violation.invariant, violation.detail);
            let causes = Causes::one(violation.event);
            let event = Event::Violation(words.into());
            let id = self.world.note(None, causes, event);
            let noted = self.world.trace().since(id - 1).next();
            if let (Some(sink), Some(record)) = (&mut self.sink, noted) {
                sink(record, &self.world);
            }
            if self.manner.rewinds {
                remember(&mut self.tape, violation.at, Mark::Violation);
            }
        }
    }

    fn watch_for_tape(&mut self) {
        for record in self.world.trace().since(self.seen) {
            match (&record.event, record.node) {
                (Event::Node(NodeEvent::Term { term, .. }), _) => {
                    let higher = |&(_, mark): &(Micros, Mark)| match mark {
                        Mark::Term(known) => known >= *term,
                        _ => false,
                    };
                    if !self.tape.iter().rev().any(higher) {
                        self.tape.push((record.at, Mark::Term(*term)));
                    }
                }
                (
                    Event::Node(NodeEvent::Role {
                        role: RoleKind::Leader,
                        term,
                        ..
                    }),
                    Some(node),
                ) => remember(&mut self.tape, record.at, Mark::Leader(node, *term)),
                _ => {}
            }
        }
    }

    fn put_on_tape(&mut self, command: &Command) {
        let fault = !matches!(
            command,
            Command::Set { .. }
                | Command::Rule { .. }
                | Command::Latency { .. }
                | Command::Timeout(_)
                | Command::HoldTimer(_)
                | Command::ReleaseTimer(_)
                | Command::Request { .. }
                | Command::Workload(_)
                | Command::WorkloadOff
        );
        if fault && self.manner.rewinds {
            remember(&mut self.tape, self.world.now(), Mark::Fault);
        }
    }

    /// Keeps a checkpoint if the newest one is far enough behind.
    fn save_checkpoint(&mut self) {
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
            invariants: self.invariants.clone(),
            tally: self.tally.clone(),
            caption: self.caption.clone(),
        });
        if self.checkpoints.len() > MOST_CHECKPOINTS {
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
    /// the future is kept as a branch. False when no such line is left.
    ///
    /// # Errors
    /// When an instant does not end.
    pub fn undo(&mut self) -> Result<bool, EndlessInstant> {
        let by_hand = |&place: &usize| self.journal.get(place).is_some_and(|entry| entry.by_hand);
        let Some(done) = (0..self.done).rev().find(by_hand) else {
            return Ok(false);
        };
        let at = self.journal.get(done).map_or(0, |entry| entry.at);
        self.go_to(Position { at, done })?;
        self.branch();
        Ok(true)
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

    /// Goes to a position of this branch: it plays from here, or from a checkpoint where that is
    /// nearer or here is too far. Not from the last one before the position but from the one
    /// before that, so that the events just before the position are there to be read.
    fn go_to(&mut self, position: Position) -> Result<(), EndlessInstant> {
        let older = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.position <= position);
        let from = self.checkpoints.get(older.saturating_sub(2));
        let here = self.position();
        if let Some(checkpoint) = from
            && (position < here || checkpoint.position > here)
        {
            self.world = checkpoint.world.copy();
            self.invariants = checkpoint.invariants.clone();
            self.tally = checkpoint.tally.clone();
            self.caption = checkpoint.caption.clone();
            self.done = checkpoint.position.done;
            self.seen = self.world.trace().newest();
        }
        let tape = std::mem::take(&mut self.tape);
        let hosts = self.manner.hosts;
        self.world.move_to(Hosts::Inline);
        let played = self.play_to(position);
        self.world.move_to(hosts);
        self.tape = tape;
        played
    }

    /// Plays the journal up to a position ahead.
    fn play_to(&mut self, position: Position) -> Result<(), EndlessInstant> {
        while let Some(at) = self.next_instant()
            && at <= position.at
        {
            self.world.pass_to(at);
            self.settle()?;
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

/// Adds a mark in order of time, once.
fn remember(tape: &mut Vec<(Micros, Mark)>, at: Micros, mark: Mark) {
    if !tape.contains(&(at, mark)) {
        let place = tape.partition_point(|&(when, _)| when <= at);
        tape.insert(place, (at, mark));
    }
}
