//! The session's thread: it maps wall time to virtual time, answers what is asked of it, and
//! publishes a [`Scene`] whenever there is something new to see.

mod director;
mod inline;
mod reached;
mod shelf;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use tokio::sync::watch;

use crate::command::number::SPEEDS;
use crate::command::{Lang, Script, Statement};
use crate::raft::Micros;
use crate::script::demos;
use crate::script::play::times_real;
use crate::session::{Landmark, Scene};
use crate::world::{Hosts, Stage};
use director::Director;
pub use inline::Inline;
use reached::Reached;
use shelf::Shelf;

/// The least time between two frames; while time passes, scenes are published this often.
pub const FRAME: Duration = Duration::from_micros(33_333);
/// Virtual seconds in a wall second, where nobody says otherwise: so slow that a message can be
/// seen on its way for three frames or more, and a leader is missed for two seconds.
pub const USUAL_SPEED: f64 = 0.1;
/// So much of a frame's wall time may be spent on letting virtual time pass.
const SLICE: Duration = Duration::from_millis(20);
/// Virtual time passes in steps of at most this, so that a slice ends in time.
const STRIDE: Micros = 10_000;
/// An answer is waited for so long at most: a person must be able to leave, whatever is under way.
const ANSWER: Duration = Duration::from_millis(500);

/// The slowest and the fastest that virtual time is shown, as times of real time.
pub fn speeds() -> RangeInclusive<f64> {
    times_real(*SPEEDS.start())..=times_real(*SPEEDS.end())
}

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
    /// Go to the next landmark of a kind; beyond the frontier time is made up to it.
    Next(Landmark),
    /// Go to the last landmark of a kind.
    Last(Landmark),
    /// Take up a future that was left behind: its place in [`Scene::branches`].
    TakeUp(usize),
    /// Switch a breakpoint on or off: its place in [`Scene::breakpoints`].
    SwitchBreakpoint(usize),
    /// Forget a breakpoint.
    DropBreakpoint(usize),
    /// Rewind to before the last statement given by hand.
    Undo,
    /// Hand out the command that opens what is shown, for the clipboard.
    Copy,
    /// Give up the futures that are played for `odds`, and forget what they told.
    ForgetOdds,
    /// Put the notice away.
    Dismiss,
    /// Begin anew: with the same seed, or with a drawn one.
    NewRun {
        /// Draw a new seed.
        fresh_seed: bool,
    },
    /// Play a script, or a free cluster without one; what runs now is kept.
    Open(Option<Arc<Script>>),
    /// Return to what was left: its place in [`Scene::back`].
    Back(usize),
    /// Leave the script for what was left last, or else for a free cluster.
    Leave,
    /// End the thread.
    Quit,
}

/// The dashboard's end of the session's thread.
pub struct Live {
    /// The newest scene.
    pub scenes: watch::Receiver<Arc<Scene>>,
    asks: Sender<Ask>,
    /// How many things were asked for.
    asked: u64,
    /// The newest of them that is waited for, and until when; `None` before the first.
    awaited: Option<(u64, Instant)>,
}

/// How a live session begins.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The stage.
    pub stage: Stage,
    /// The script that plays, or none for free play.
    pub script: Option<Arc<Script>>,
    /// True when the script is a session to be taken up where it was left: all of it counts as
    /// done by hand, and nothing in it is waited for.
    pub reopens: bool,
    /// Virtual seconds in a wall second, if a speed was asked for: a script does not change it.
    pub speed: Option<f64>,
    /// What holds where nobody says otherwise.
    pub usual: Usual,
    /// The instant to begin at, in microseconds; the session waits there.
    pub at: Option<Micros>,
    /// Draws the seed of a new run.
    pub draw_seed: fn() -> u64,
}

/// How a session runs when neither the person nor a script says how.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Usual {
    /// Virtual seconds in a wall second.
    pub speed: f64,
    /// The nodes of a free cluster.
    pub nodes: u16,
    /// Where the nodes run.
    pub hosts: Hosts,
    /// The language of the captions in what is exported.
    pub lang: Lang,
}

impl Default for Usual {
    fn default() -> Usual {
        Usual {
            speed: USUAL_SPEED,
            nodes: 5,
            hosts: Hosts::Threads,
            lang: Lang::En,
        }
    }
}

impl Begin {
    /// Free play on a stage, with nothing asked for.
    pub fn free(stage: Stage, draw_seed: fn() -> u64) -> Begin {
        Begin {
            stage,
            script: None,
            reopens: false,
            speed: None,
            usual: Usual::default(),
            at: None,
            draw_seed,
        }
    }

    /// True for the tour that is built in.
    fn is_tour(&self) -> bool {
        let script = self.script.as_ref();
        script.is_some_and(|script| &*script.file == demos::TOUR)
    }
}

impl Live {
    /// The dashboard's end, from the channels to the session's thread.
    pub fn new(scenes: watch::Receiver<Arc<Scene>>, asks: Sender<Ask>) -> Live {
        Live {
            scenes,
            asks,
            asked: 0,
            awaited: None,
        }
    }

    /// Starts the thread.
    pub fn start(begin: Begin) -> Live {
        let (asks, inbox) = unbounded();
        let mut shelf = Shelf::new(begin);
        shelf.shown().open_logbook();
        let (publisher, scenes) = watch::channel(Arc::new(shelf.scene()));
        std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || serve(&mut shelf, &inbox, &publisher))
            .expect("the operating system has room for one more thread");
        Live::new(scenes, asks)
    }

    /// Asks something; the answer is a scene to come.
    pub fn ask(&mut self, ask: Ask) {
        self.asked += 1;
        // Where a person scrubs is reckoned from where they asked to go, not from what is seen:
        // the repeats of a key that is held down must not pile up behind one another.
        if !matches!(ask, Ask::Seek(_)) {
            // While an answer is overdue nobody begins to wait anew: waits must not add up.
            let heard = self.scenes.borrow().heard;
            let unanswered = self.awaited.filter(|&(awaited, _)| heard < awaited);
            let until = unanswered.map_or_else(|| Instant::now() + ANSWER, |(_, until)| until);
            self.awaited = Some((self.asked, until));
        }
        // The thread ends only on `Quit` or a panic, and then the dashboard ends too.
        let _ = self.asks.send(ask);
    }

    /// True when a scene shows what came of all that was asked for.
    pub fn has_heard_all(&self, scene: &Scene) -> bool {
        scene.heard == self.asked
    }

    /// Until when a key should wait: what it means hangs on what is seen, and `scene` does not
    /// show yet what the keys before it have brought about. `None` when it shows all.
    pub fn settles_by(&self, scene: &Scene) -> Option<Instant> {
        let (awaited, until) = self.awaited?;
        (scene.heard < awaited && Instant::now() < until).then_some(until)
    }
}

/// Answers what is asked and lets time pass, until the dashboard goes.
fn serve(shelf: &mut Shelf, inbox: &Receiver<Ask>, publisher: &watch::Sender<Arc<Scene>>) {
    let mut next_frame = Instant::now();
    let mut pace = Pace::of(shelf.shown());
    let mut reached = Reached::default();
    let mut heard = 0;
    loop {
        let ask = match shelf.shown().playing() || shelf.shown().plays_futures() {
            true => inbox.recv_deadline(next_frame),
            false => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match ask {
            Ok(ask) => {
                // Whatever else was asked meanwhile is seen in the same scene.
                for ask in std::iter::once(ask).chain(inbox.try_iter()) {
                    if ask == Ask::Quit {
                        return;
                    }
                    heard += 1;
                    if shelf.obey(ask) {
                        shelf.shown().open_logbook();
                    }
                }
                pace = Pace::of(shelf.shown());
            }
            Err(RecvTimeoutError::Timeout) => next_frame = Instant::now() + FRAME,
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let director = shelf.shown();
        if director.playing() {
            pace.slice(director);
        }
        director.look_at_futures();
        director.keep_logbook();
        let wanted = director.playing().then(|| director.speed());
        let reached = reached.measure(Instant::now(), director.now(), wanted);
        let scene = shelf.scene();
        publisher.send_replace(Arc::new(Scene {
            heard,
            reached,
            ..scene
        }));
    }
}

/// How virtual time follows the wall's.
struct Pace {
    speed: f64,
    /// Virtual time at a moment of wall time: where the pace is counted from.
    anchor: (Instant, Micros),
}

impl Pace {
    fn of(director: &Director) -> Pace {
        Pace {
            speed: director.speed(),
            anchor: (Instant::now(), director.now()),
        }
    }

    /// Lets virtual time pass up to where the wall's time has come, as far as a slice allows.
    fn slice(&mut self, director: &mut Director) {
        let (since, from) = self.anchor;
        let begun = Instant::now();
        let passed = (begun - since).as_secs_f64() * self.speed * 1e6;
        let target = from.saturating_add(passed as Micros);
        while director.playing() && director.now() < target {
            director.pass(target.min(director.now() + STRIDE));
            if director.speed() != self.speed || begun.elapsed() >= SLICE {
                // The script changed its speed, or this machine cannot keep up: the pace is
                // counted from here.
                *self = Pace::of(director);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::free_stage;
    use crate::session::{Manner, Session};

    #[test]
    fn a_key_waits_for_what_was_asked_before_and_once_only() {
        let scene = Session::new(free_stage(3, 1), Manner::unwatched(0)).scene("".into(), 0);
        let scene = |heard| {
            Arc::new(Scene {
                heard,
                ..scene.clone()
            })
        };
        let (publisher, scenes) = watch::channel(scene(0));
        let (asks, _inbox) = unbounded();
        let mut live = Live::new(scenes, asks);
        assert_eq!(live.settles_by(&scene(0)), None);
        live.ask(Ask::Seek(7));
        assert_eq!(live.settles_by(&scene(0)), None);
        live.ask(Ask::Play(true));
        let until = live.settles_by(&scene(1));
        assert!(until.is_some());
        assert_eq!(live.settles_by(&scene(2)), None);
        // Who is not answered yet does not begin to wait anew.
        live.ask(Ask::Play(false));
        assert_eq!(live.settles_by(&scene(2)), until);
        publisher.send_replace(scene(3));
        live.ask(Ask::Play(true));
        assert!(live.settles_by(&scene(3)) > until);
    }
}
