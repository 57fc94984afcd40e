//! World, checker and journal together: run, pause, rewind, branch.
//!
//! A [`Session`] stands at a position of its branch: an instant, and how many lines of the
//! journal are done. At the frontier, the end of the branch, new deeds are added to the journal;
//! behind it the journal is played again. A deed behind the frontier begins a new branch, and
//! the old one is kept.

pub mod chaos;
mod checkpoint;
pub mod journal;
pub mod judge;
mod landmark;
pub mod metrics;
pub mod odds;
mod rank;
pub mod scene;
mod tape;
mod time;
mod watch;
pub mod why;

pub use crate::check::Violation;
pub use journal::{Deed, Entry, Journal};
pub use judge::Judge;
pub use landmark::Landmark;
pub use metrics::Metrics;
pub use odds::{Forecast, Futures};
pub use scene::{Answered, Breakpoint, Mark, Notice, OtherBranch, Scene, Tone};
pub use why::{Answer, Missing};

use std::collections::VecDeque;

use chaos::Trouble;
use checkpoint::Checkpoint;

use crate::check::{Checker, Tally};
use crate::command::{Caption, Statement};
use crate::kv::Text;
use crate::raft::{EventId, Micros};
use crate::world::run::EndlessInstant;
use crate::world::{Causes, Command, Event, Hosts, Record, Stage, World};

/// Takes every event once, as it happens; called with the names of the nodes at hand.
pub type Sink = Box<dyn FnMut(&Record, &World) + Send>;

/// How a session is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manner {
    /// Where nodes run.
    pub hosts: Hosts,
    /// How many events stay in memory. With 0, what happens to messages and writes in transit is not
    /// even held for those who watch; a sink raises it to 1.
    pub keep: usize,
    /// Whether the session can be rewound.
    pub rewinds: bool,
}

impl Manner {
    /// Nodes inline, nobody who watches and no way back: as fast as it goes.
    pub fn unwatched(keep: usize) -> Manner {
        Manner {
            hosts: Hosts::Inline,
            keep,
            rewinds: false,
        }
    }
}

/// A place on a branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The instant.
    pub at: Micros,
    /// How many lines of the journal are done.
    pub done: usize,
}

/// The future that a branch had before something else was done.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its journal.
    pub journal: Journal,
    /// Its newest instant.
    pub frontier: Micros,
    /// Its tape.
    pub tape: Vec<(Micros, Mark)>,
}

/// What there is at an instant besides the world and the place in the journal: it is left and
/// found again with them.
#[derive(Clone)]
struct State {
    checker: Checker,
    tally: Tally,
    metrics: Metrics,
    caption: Option<(Caption, Micros)>,
    /// What is drawn at random, while it is.
    trouble: Option<Trouble>,
}

/// One run of one world.
pub struct Session {
    stage: Stage,
    manner: Manner,
    world: World,
    state: State,
    journal: Journal,
    done: usize,
    frontier: Micros,
    /// The newest event that everybody has looked at.
    seen: EventId,
    /// The newest events that tell something, of those that the trace holds no more.
    telling: VecDeque<Record>,
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
        let state = State {
            checker: Checker::new(&world),
            tally: Tally::default(),
            metrics: Metrics::default(),
            caption: None,
            trouble: None,
        };
        let mut session = Session {
            stage,
            manner,
            world,
            state,
            journal: Journal::default(),
            done: 0,
            frontier: 0,
            seen: 0,
            telling: VecDeque::new(),
            tape: Vec::new(),
            checkpoints: Vec::new(),
            checkpoint_every: checkpoint::EVERY,
            branches: Vec::new(),
            sink: None,
        };
        session.save_checkpoint();
        session
    }

    /// Has every event told to `sink` from now on.
    pub fn set_sink(&mut self, sink: Sink) {
        // What happens in transit is held only where something is kept.
        self.manner.keep = self.manner.keep.max(1);
        self.world.trace_mut().keep(self.manner.keep);
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

    /// What was done up to the present instant.
    pub fn past(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.journal.iter().take(self.done)
    }

    /// The futures that were left behind, oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// All violations up to the present instant.
    pub fn violations(&self) -> &[Violation] {
        self.state.checker.violations()
    }

    /// The caption that stands now, and since when.
    pub fn caption(&self) -> Option<&(Caption, Micros)> {
        self.state.caption.as_ref()
    }

    /// Terms, leaders, faults and violations of the whole branch.
    pub fn tape(&self) -> &[(Micros, Mark)] {
        &self.tape
    }

    /// How the run went up to the present instant, if it can be rewound.
    pub fn metrics(&self) -> &Metrics {
        &self.state.metrics
    }

    /// Reads conditions at the present instant.
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            world: &self.world,
            checker: &self.state.checker,
            tally: &self.state.tally,
        }
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
        let number = self.journal.acts(self.done) as u64;
        let (deed, notice) = match self.resolve(command, number) {
            Ok(resolved) => (Deed::Act(resolved), None),
            // The past stays as it is, and what came of it.
            Err(words) if !self.at_frontier() => return Ok(Some(words)),
            Err(words) => (Deed::Nothing(words.clone()), Some(words)),
        };
        self.branch();
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
    pub fn say(&mut self, caption: Caption) -> Result<(), EndlessInstant> {
        self.branch();
        self.add(Deed::Say(caption), false)
    }

    /// Notes what must hold, for whoever makes a script of the journal; nothing happens.
    ///
    /// # Errors
    /// When the instant does not end.
    pub fn expect(&mut self, statement: Statement, by_hand: bool) -> Result<(), EndlessInstant> {
        self.branch();
        self.add(Deed::Expect(statement), by_hand)
    }

    /// The same run once more, from its beginning to an instant, with so many events held and the
    /// newest before them that tell something. An instant that does not end is its end.
    pub fn played_again(&self, until: Micros, keep: usize) -> Session {
        let manner = Manner {
            rewinds: true,
            ..Manner::unwatched(keep)
        };
        let mut again = Session::new(self.stage.clone(), manner);
        again.journal = self.journal.clone();
        // It ends there as this one did, which has told of it.
        let _ = again.run_to(until);
        again
    }

    /// Goes on in another manner, with which it can be rewound as before; the run is the same.
    pub fn go_on(&mut self, hosts: Hosts, keep: usize) {
        self.manner = Manner {
            hosts,
            keep,
            ..self.manner
        };
        self.world.move_to(hosts);
        self.world.trace_mut().keep(keep);
    }

    /// The present branch, up to its frontier.
    pub fn present(&self) -> Branch {
        Branch {
            journal: self.journal.clone(),
            frontier: self.frontier,
            tape: self.tape.clone(),
        }
    }

    /// What was ahead becomes a branch of its own, if anything was.
    fn branch(&mut self) {
        let here = self.now();
        if self.at_frontier() {
            return;
        }
        self.branches.push(self.present());
        self.journal.truncate(self.done);
        self.frontier = here;
        let position = self.position();
        self.checkpoints
            .retain(|checkpoint| checkpoint.position <= position);
        // Of this very instant only the faults that are still done stay.
        self.tape
            .retain(|&(at, mark)| at < here || at == here && mark != Mark::Fault);
        let journal = self.journal.clone();
        let done_here = journal.iter().rev().take_while(|entry| entry.at == here);
        for entry in done_here {
            if let Deed::Act(command) = &entry.deed {
                self.put_on_tape(command);
            }
        }
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
                    self.perform(&command);
                    if let Command::Chaos(on) = command {
                        self.state.trouble = on.then(|| Trouble::begin(self));
                    }
                }
                Deed::Nothing(words) => {
                    self.world.note(None, Causes::None, Event::Command(words));
                }
                Deed::Mark => self
                    .state
                    .tally
                    .mark(self.world.now(), self.world.traffic()),
                Deed::Say(caption) => {
                    // The trace is read by programs: it speaks one language.
                    let event = Event::Say(caption.text.clone());
                    self.world.note(None, Causes::None, event);
                    self.state.caption = Some((caption, self.world.now()));
                }
                Deed::Expect(_) => {}
            }
            self.settle()?;
        }
        Ok(())
    }

    /// The command for the nodes that it means now; else the words for what does nothing, which
    /// name it.
    fn resolve(&self, command: &Command, number: u64) -> Result<Command, Text> {
        let named = |words: Text| format!("`{command}`: {words}").into();
        self.world.resolve(command, number).map_err(named)
    }

    /// Does what a command says.
    fn perform(&mut self, command: &Command) {
        let event = Event::Command(command.to_string().into());
        let cause = self.world.note(None, Causes::None, event);
        self.world.act(command, cause);
        self.put_on_tape(command);
        if self.manner.rewinds {
            let faulty = self.world.is_faulty();
            self.state.metrics.set_faulty(self.world.now(), faulty);
        }
    }

    /// Settles the present instant, and lets everybody look at what happened.
    fn settle(&mut self) -> Result<(), EndlessInstant> {
        let settled = self.world.settle();
        self.look();
        settled.map(drop)
    }
}
