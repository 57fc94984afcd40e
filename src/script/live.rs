//! The session's thread: it maps wall time to virtual time, answers what is asked of it, and
//! publishes a [`Scene`] whenever there is something new to see.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use tokio::sync::watch;

use super::logbook::Logbook;
use super::play::{Outcome, Player, Progress, Show};
use crate::command::{Caption, Line, Script, Statement};
use crate::kv::Text;
use crate::raft::{Micros, NodeId};
use crate::session::{Manner, Scene, Session};
use crate::world::run::EndlessInstant;
use crate::world::{Hosts, Stage};

/// The speed of a session that asks for none: slow enough to see messages fly.
const DEFAULT_SPEED: f64 = 0.2;
/// The slowest and the fastest that a person can set.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.001..=1_000.0;
/// Scenes are published this often while time passes.
const FRAME: Duration = Duration::from_micros(33_333);
/// So much of a frame's wall time may be spent on letting virtual time pass.
const SLICE: Duration = Duration::from_millis(20);
/// Virtual time passes in steps of at most this, so that a slice ends in time.
const STRIDE: Micros = 10_000;
/// Events kept in memory.
const KEEP: usize = 20_000;
/// Events that a scene carries.
const SHOWN: usize = 500;

/// What the dashboard may ask of the session's thread.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// Carry out a statement given by hand, at the instant shown.
    Perform(Statement),
    /// Let time pass, or hold it.
    Play(bool),
    /// Multiply the speed: 2.0 is twice as fast.
    Pace(f64),
    /// One event on.
    StepOn,
    /// One event back.
    StepBack,
    /// Go to an instant; beyond the frontier time is made up to it.
    Seek(Micros),
    /// Go to the newest instant.
    SeekEnd,
    /// Rewind to before the last statement given by hand.
    Undo,
    /// Begin anew: with the same seed, or with a drawn one.
    NewRun {
        /// Draw a new seed.
        fresh_seed: bool,
    },
    /// End the thread.
    Quit,
}

/// The dashboard's end of the session's thread.
pub struct Live {
    /// The newest scene.
    pub scenes: watch::Receiver<Arc<Scene>>,
    asks: Sender<Ask>,
}

/// How a live session begins.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The stage.
    pub stage: Stage,
    /// The script that plays, or none for free play.
    pub script: Option<Arc<Script>>,
    /// Virtual seconds in a wall second, if a speed was asked for.
    pub speed: Option<f64>,
    /// The instant to begin at, in microseconds; the session waits there.
    pub at: Option<Micros>,
    /// Draws the seed of a new run.
    pub draw_seed: fn() -> u64,
}

impl Live {
    /// The dashboard's end, from the channels to the session's thread.
    pub fn new(scenes: watch::Receiver<Arc<Scene>>, asks: Sender<Ask>) -> Live {
        Live { scenes, asks }
    }

    /// Starts the thread.
    pub fn start(begin: Begin) -> Live {
        let (asks, inbox) = unbounded();
        let mut director = Director::new(begin);
        let (publisher, scenes) = watch::channel(Arc::new(director.scene()));
        std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || director.serve(&inbox, &publisher))
            .expect("the operating system has room for one more thread");
        Live { scenes, asks }
    }

    /// Asks something; the answer is the next scene.
    pub fn ask(&self, ask: Ask) {
        // The thread ends only on `Quit` or a panic, and then the dashboard ends too.
        let _ = self.asks.send(ask);
    }
}

/// What the session's thread works with.
struct Director {
    begin: Begin,
    session: Session,
    logbook: Option<Logbook>,
    /// The reader of the script, until the script ends or a person takes over.
    player: Option<Player>,
    /// The reader that a person took over from, and the length of the journal then: undoing that
    /// deed gives the script back.
    parked: Option<(usize, Player)>,
    /// The reader of a statement given by hand that takes time.
    errand: Option<Player>,
    playing: bool,
    speed: f64,
    /// Virtual time at a moment of wall time: where the pace is counted from.
    anchor: (Instant, Micros),
    focus: Option<NodeId>,
    notice: Option<Text>,
}

impl Director {
    fn new(begin: Begin) -> Director {
        let manner = Manner {
            hosts: Hosts::Threads,
            keep: KEEP,
            rewinds: true,
        };
        let mut director = Director {
            session: Session::new(begin.stage.clone(), manner),
            logbook: Logbook::begin(&begin.stage, begin.script.as_deref()),
            player: begin.script.clone().map(Player::new),
            parked: None,
            errand: None,
            playing: true,
            speed: begin.speed.unwrap_or(DEFAULT_SPEED),
            anchor: (Instant::now(), 0),
            focus: None,
            notice: None,
            begin,
        };
        if let Some(at) = director.begin.at {
            director.playing = false;
            director.seek(at);
        }
        // What a script does at instant 0 is seen in the first frame.
        director.pass(director.session.now());
        director
    }

    fn serve(&mut self, inbox: &Receiver<Ask>, publisher: &watch::Sender<Arc<Scene>>) {
        let mut next_frame = Instant::now();
        self.anchor();
        loop {
            let ask = match self.playing {
                true => inbox.recv_deadline(next_frame),
                false => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match ask {
                Ok(Ask::Quit) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(ask) => {
                    self.obey(ask);
                    // Whatever else was asked meanwhile is seen in the same scene.
                    while let Ok(ask) = inbox.try_recv() {
                        if ask == Ask::Quit {
                            return;
                        }
                        self.obey(ask);
                    }
                }
                Err(RecvTimeoutError::Timeout) => next_frame = Instant::now() + FRAME,
            }
            if self.playing {
                self.slice();
            }
            if let Some(logbook) = &mut self.logbook {
                logbook.keep(self.session.journal(), self.session.branches().len());
            }
            publisher.send_replace(Arc::new(self.scene()));
        }
    }

    fn anchor(&mut self) {
        self.anchor = (Instant::now(), self.session.now());
    }

    fn play(&mut self, playing: bool) {
        self.playing = playing;
        self.anchor();
    }

    /// Lets virtual time pass up to where the wall's time has come, as far as a slice allows.
    fn slice(&mut self) {
        let (since, from) = self.anchor;
        let begun = Instant::now();
        let passed = (begun - since).as_secs_f64() * self.speed * 1e6;
        let target = from.saturating_add(passed as Micros);
        while self.playing && self.session.now() < target {
            let stride = target.min(self.session.now() + STRIDE);
            self.pass(stride);
            if begun.elapsed() >= SLICE {
                // It cannot keep up: the pace is counted from here.
                return self.anchor();
            }
        }
    }

    /// Lets virtual time pass up to `until`. Behind the frontier the journal is played again;
    /// at the frontier the readers say what happens.
    fn pass(&mut self, until: Micros) {
        if !self.session.at_frontier() {
            let to = until.min(self.session.frontier());
            let run = self.session.run_to(to);
            self.heed(run);
            if !self.session.at_frontier() {
                return;
            }
        }
        if self.errand.is_some() {
            return self.pass_errand(until);
        }
        let Some(player) = &mut self.player else {
            let run = self.session.run_to(until);
            return self.heed(run);
        };
        let progress = player.advance(&mut self.session, until);
        for show in player.take_shows() {
            match show {
                Show::Speed(speed) if self.begin.speed.is_none() => {
                    self.speed = speed;
                    self.anchor();
                }
                Show::Speed(_) => {}
                Show::Focus(nodes) => {
                    self.focus = self.session.world().select(&nodes).first().copied()
                }
            }
        }
        match progress {
            Progress::Waits => {}
            Progress::Pauses => self.play(false),
            Progress::Ends => self.end_script(),
        }
    }

    fn end_script(&mut self) {
        let Some(player) = self.player.take() else {
            return;
        };
        let words = match player.outcome(self.session.violations()) {
            Some(Outcome::Passed) | None => {
                "the script has ended, and all it expected held; the cluster lives on".to_owned()
            }
            Some(Outcome::Violation) => {
                "the script has ended: an invariant was violated".to_owned()
            }
            Some(Outcome::Error(message)) => message,
            Some(Outcome::Failed) => {
                let failed = player.expectations().last();
                failed.map_or_else(String::new, |failed| {
                    format!(
                        "line {}: `{}` does not hold: found {}",
                        failed.line, failed.text, failed.found
                    )
                })
            }
        };
        self.notice = Some(words.into());
        let ended_well = player.expectations().iter().all(|one| one.held);
        if !ended_well {
            self.play(false);
        }
    }

    fn pass_errand(&mut self, until: Micros) {
        let Some(errand) = &mut self.errand else {
            return;
        };
        let progress = errand.advance(&mut self.session, until);
        if progress == Progress::Waits {
            return;
        }
        let ended = (progress == Progress::Ends)
            .then(|| self.errand.take())
            .flatten();
        let Some(errand) = ended else {
            return self.play(false);
        };
        let last = errand.expectations().last();
        self.notice = match errand.outcome(self.session.violations()) {
            Some(Outcome::Error(message)) => Some(message.into()),
            _ => last.map(|one| match one.held {
                true => format!("`{}` holds: {}", one.text, one.found).into(),
                false => format!("`{}` does not hold: {}", one.text, one.found).into(),
            }),
        };
        self.play(false);
    }

    /// Tells the person of an instant that never ends, and holds the time.
    fn heed(&mut self, run: Result<(), EndlessInstant>) {
        if let Err(endless) = run {
            self.notice = Some(super::play::endless_text(&endless, &self.session).into());
            self.play(false);
        }
    }

    fn obey(&mut self, ask: Ask) {
        self.notice = None;
        match ask {
            Ask::Perform(statement) => self.perform(&statement),
            Ask::Play(playing) => self.play(playing),
            Ask::Pace(factor) => {
                self.speed = (self.speed * factor).clamp(*SPEEDS.start(), *SPEEDS.end());
                self.anchor();
            }
            Ask::StepOn => self.step_on(),
            Ask::StepBack => {
                self.play(false);
                let stepped = self.session.step_back();
                self.heed(stepped);
            }
            Ask::Seek(at) => {
                self.seek(at);
                self.anchor();
            }
            Ask::SeekEnd => {
                let end = self.session.frontier();
                self.seek(end);
                self.anchor();
            }
            Ask::Undo => self.undo(),
            Ask::NewRun { fresh_seed } => {
                let mut begin = self.begin.clone();
                begin.at = None;
                if fresh_seed {
                    begin.stage.seed = (begin.draw_seed)();
                }
                let speed = self.speed;
                *self = Director::new(begin);
                self.speed = speed;
                self.anchor();
            }
            Ask::Quit => {}
        }
    }

    fn step_on(&mut self) {
        self.play(false);
        let before = self.session.world().trace().newest();
        // Some instants tell nothing: a request reaches a node, a timer was put off.
        while let Some(next) = self.session.next_instant()
            && self.session.world().trace().newest() == before
        {
            self.pass(next);
        }
    }

    fn seek(&mut self, at: Micros) {
        if at < self.session.frontier() || !self.session.at_frontier() {
            let sought = self.session.seek(at);
            self.heed(sought);
        }
        while self.session.now() < at && self.session.at_frontier() {
            let before = self.session.now();
            self.pass(at.min(before.saturating_add(100 * STRIDE)));
            if self.session.now() == before {
                return;
            }
        }
    }

    fn undo(&mut self) {
        match self.session.undo() {
            Err(endless) => self.heed(Err(endless)),
            Ok(false) => self.notice = Some("nothing was done by hand that could be undone".into()),
            Ok(true) => {
                self.errand = None;
                let here = self.session.journal().len();
                if let Some((length, _)) = &self.parked
                    && *length == here
                {
                    self.player = self.parked.take().map(|(_, player)| player);
                }
                self.anchor();
            }
        }
    }

    /// Carries out a statement given by hand.
    fn perform(&mut self, statement: &Statement) {
        if statement.sets_the_stage() {
            self.notice = Some("this stands at the head of a script only".into());
            return;
        }
        match statement {
            Statement::Speed(millionths) => {
                let speed = *millionths as f64 / 1e6;
                self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
                self.anchor();
            }
            Statement::Pause => self.play(false),
            Statement::Focus(nodes) => {
                self.focus = self.session.world().select(nodes).first().copied();
            }
            Statement::Act(command) => {
                self.take_over();
                match self.session.act(command, true) {
                    Ok(notice) => self.notice = notice,
                    Err(endless) => self.heed(Err(endless)),
                }
            }
            statement => self.send_on_errand(statement),
        }
    }

    /// A person acts: the script ends on this branch.
    fn take_over(&mut self) {
        let at_frontier = self.session.at_frontier();
        if let Some(player) = self.player.take()
            && at_frontier
        {
            self.parked = Some((self.session.journal().len(), player));
        }
    }

    /// Plays a statement that takes time, or asks something, as a script of one line.
    fn send_on_errand(&mut self, statement: &Statement) {
        let script = Script {
            file: "by hand".into(),
            title: Caption {
                text: "by hand".into(),
                zh: None,
            },
            about: Vec::new(),
            cluster: self.begin.stage.names.clone(),
            seed: None,
            given: Vec::new(),
            lines: vec![Line {
                number: 1,
                statement: statement.clone(),
            }],
        };
        if !self.session.at_frontier() {
            let end = self.session.frontier();
            let sought = self.session.seek(end);
            self.heed(sought);
        }
        if statement.takes_time() {
            self.take_over();
            self.play(true);
        }
        let playing = self.playing;
        self.errand = Some(Player::by_hand(Arc::new(script)));
        self.pass(self.session.now());
        if !statement.takes_time() {
            self.play(playing);
        }
    }

    fn scene(&self) -> Scene {
        let session = &self.session;
        let records = session.world().trace().records();
        let skip = records.len().saturating_sub(SHOWN);
        let title = match &self.begin.script {
            Some(script) => script.title.text.clone(),
            None => "free play".into(),
        };
        Scene {
            world: session.world().view(),
            title,
            seed: session.stage().seed,
            caption: session.caption().cloned(),
            playing: self.playing,
            speed: self.speed,
            frontier: session.frontier(),
            violations: session.violations().to_vec(),
            records: records.skip(skip).cloned().collect(),
            tape: session.tape().to_vec(),
            scripted: self.player.is_some(),
            notice: self.notice.clone(),
            undoable: session.undoable(),
            focus: self.focus,
        }
    }
}
