//! What is done with a session when a person sits before it: the script goes on, the person acts,
//! rewinds, waits for something. Knows nothing of the wall's time.

use super::{Ask, Begin, speeds};
use crate::command::{Caption, Dashboard, Show, Statement, ViewName};
use crate::kv::Text;
use crate::raft::{Micros, NodeId, Rules};
use crate::script::logbook::Logbook;
use crate::script::play::{Outcome, Player, Progress, endless_words, times_real};
use crate::session::{Answered, Manner, Notice, Scene, Session};
use crate::world::Hosts;
use crate::world::run::EndlessInstant;

mod breakpoint;
mod by_hand;
mod errand;
mod keep;
mod odds;
#[cfg(test)]
mod tests;
mod travel;

use breakpoint::Watch;
use by_hand::Before;
use errand::Errand;
use odds::Asked;

/// Free play begins so long before the first thing happens: nobody wants to look at a cluster
/// that only waits.
const LEAD: Micros = 40_000;
/// A script and what a person waits for take turns in steps of at most this.
const TURN: Micros = 1_000;
/// Events kept in memory.
const KEEP: usize = 20_000;
/// Events kept on the way to the first instant that is shown: so few that they stay in the cache.
const KEEP_ON_THE_WAY: usize = 64;
/// Events that a scene carries.
const SHOWN: usize = 500;

/// What the session's thread works with.
pub(super) struct Director {
    begin: Begin,
    session: Session,
    logbook: Option<Logbook>,
    /// The reader of the script, until the script ends or a person takes over.
    player: Option<Player>,
    /// The reader as it stood before each thing that a person did while it was there, the newest
    /// last: undoing the deed gives it back.
    before: Vec<Before>,
    errand: Option<Errand>,
    /// A statement about the cluster given by hand, until it is known what came of it.
    awaited: Option<Text>,
    watches: Vec<Watch>,
    playing: bool,
    speed: f64,
    /// Whether it was said that the speeds of the script are not heeded.
    told_of_speed: bool,
    /// The node that was wanted last, with a number that grows.
    focus: Option<(u64, NodeId)>,
    /// The view that the script wanted last, with a number that grows.
    view: Option<(u64, ViewName)>,
    notice: Option<Notice>,
    /// What was copied last, with its number.
    clip: Option<(u64, Text)>,
    /// What was explained last.
    answer: Option<Answered>,
    odds: Option<Asked>,
    /// How many times `odds` was asked.
    questions: u64,
}

impl Director {
    pub(super) fn new(begin: Begin) -> Director {
        // On threads of their own nodes run in a person's time, inline as fast as they can.
        let manner = Manner {
            hosts: Hosts::Inline,
            keep: KEEP_ON_THE_WAY,
            rewinds: true,
        };
        let mut director = Director {
            session: Session::new(begin.stage.clone(), manner),
            logbook: None,
            player: begin.script.clone().map(Player::attended),
            before: Vec::new(),
            errand: None,
            awaited: None,
            watches: Vec::new(),
            playing: true,
            speed: begin.speed.unwrap_or(begin.usual.speed),
            told_of_speed: false,
            focus: None,
            view: None,
            notice: None,
            clip: None,
            answer: None,
            odds: None,
            questions: 0,
            begin,
        };
        director.go_to_the_beginning();
        let hosts = director.begin.usual.hosts;
        director.session.go_on(hosts, KEEP);
        // What is asked about the first instant shown has its reasons before it.
        let recalled = director.session.recall();
        director.heed(recalled);
        director
    }

    /// Goes to the first instant that is shown.
    fn go_to_the_beginning(&mut self) {
        if self.begin.reopens {
            self.reopen();
        }
        match self.begin.at {
            Some(at) => {
                self.playing = false;
                self.seek(at);
                // A `pause` of the script on the way there is none of the person's business.
                while self.now() < at && self.notice.is_none() {
                    self.seek(at);
                }
            }
            None if self.begin.reopens => {}
            None if self.player.is_none() => {
                let first = self.session.next_instant().unwrap_or(0);
                self.pass(first.saturating_sub(LEAD));
            }
            // What a script does at instant 0 is seen in the first frame.
            None => {
                self.pass(0);
            }
        }
    }

    pub(super) fn playing(&self) -> bool {
        self.playing
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }

    pub(super) fn now(&self) -> Micros {
        self.session.now()
    }

    /// Begins the journal on disk of this run.
    pub(super) fn open_logbook(&mut self) {
        self.logbook = Logbook::begin(&self.begin.stage, self.begin.script.as_deref());
    }

    /// Is shown again.
    pub(super) fn take_the_floor(&mut self) {
        self.notice = None;
        self.answer = None;
        if let Some(logbook) = &self.logbook {
            logbook.remember_where();
        }
    }

    pub(super) fn begin(&self) -> &Begin {
        &self.begin
    }

    /// Tells the person something.
    pub(super) fn say(&mut self, notice: impl Into<Notice>) {
        self.notice = Some(notice.into());
    }

    /// Brings the journal on disk up to date.
    pub(super) fn keep_logbook(&mut self) {
        if let Some(logbook) = &mut self.logbook {
            logbook.keep(self.session.journal());
        }
    }

    /// Holds the time; false, for those who let it pass.
    fn hold(&mut self) -> bool {
        self.playing = false;
        false
    }

    /// Tells the person of an instant that never ends, and holds the time.
    fn heed(&mut self, run: Result<(), EndlessInstant>) -> bool {
        match run {
            Ok(()) => true,
            Err(endless) => {
                self.say(endless_words(&endless));
                self.hold()
            }
        }
    }

    /// Lets virtual time pass up to `until`. Behind the frontier the journal is played again;
    /// at the frontier the readers say what happens. False when something held the time.
    pub(super) fn pass(&mut self, until: Micros) -> bool {
        loop {
            let sound = self.may_be_first_violated();
            let next = self.next_stop(until);
            // An errand moves the session itself, unless the script does.
            let scripted = self.player.is_some() && self.session.at_frontier();
            let moved = (self.errand.is_some() && !scripted) || self.move_on(next);
            if !(moved && self.run_errand(next) && self.look()) {
                return false;
            }
            if sound && self.tell_of_violation() {
                return self.hold();
            }
            let due =
                self.session.at_frontier() && self.player.as_ref().is_some_and(Player::is_due);
            if self.now() >= until && !due {
                return true;
            }
        }
    }

    /// How far time may pass before somebody must look again.
    fn next_stop(&mut self, until: Micros) -> Micros {
        let at_frontier = self.session.at_frontier();
        let mut next = match at_frontier {
            true => until,
            false => until.min(self.session.frontier()),
        };
        // Without all rules something may be violated at any instant.
        let sound = self.session.world().rules() == Rules::default();
        let breaks = !sound && self.may_be_first_violated();
        if self.errand.is_some() || !self.watches.is_empty() || breaks {
            next = next.min(self.session.next_instant().unwrap_or(next));
            if self.player.is_some() && at_frontier {
                next = next.min(self.now().saturating_add(TURN));
            }
        }
        next
    }

    fn move_on(&mut self, until: Micros) -> bool {
        let Some(player) = self.player.as_mut().filter(|_| self.session.at_frontier()) else {
            let run = self.session.run_to(until);
            return self.heed(run);
        };
        player.be_watched(!self.watches.is_empty());
        let progress = player.advance(&mut self.session, until);
        let shows = player.take_shows();
        self.show(shows);
        match progress {
            Progress::Waits | Progress::Steps { .. } => true,
            Progress::Pauses => self.hold(),
            Progress::Ends => self.end_script(),
        }
    }

    fn show(&mut self, shows: Vec<Show>) {
        for show in shows {
            match show {
                Show::Speed(millionths) => self.take_speed(times_real(millionths)),
                Show::Focus(nodes) => {
                    if let Some(&node) = self.session.world().select(&nodes).first() {
                        self.focus_on(node);
                    }
                }
                Show::BreakWhen(condition) => self.break_when(&condition),
                Show::BreakClear => self.break_clear(),
                Show::View(view) => self.show_view(view),
            }
        }
    }

    /// The script wants another speed: `--speed` has the last word, and that is said once.
    fn take_speed(&mut self, speed: f64) {
        match self.begin.speed {
            None => self.speed = speed,
            Some(asked) if speed != asked && !self.told_of_speed => {
                self.told_of_speed = true;
                let words = format!(
                    "the script asks for `speed {speed}`; --speed {asked} overrules its speeds"
                );
                self.say_too(words.into());
            }
            Some(_) => {}
        }
    }

    fn focus_on(&mut self, node: NodeId) {
        let times = self.focus.map_or(0, |(times, _)| times);
        self.focus = Some((times + 1, node));
    }

    fn show_view(&mut self, view: ViewName) {
        let times = self.view.map_or(0, |(times, _)| times);
        self.view = Some((times + 1, view));
    }

    fn end_script(&mut self) -> bool {
        let Some(player) = self.player.take() else {
            return true;
        };
        let outcome = player.outcome(self.session.violations());
        let passed = matches!(outcome, Some(Outcome::Passed) | None);
        let notice = match player.failure(self.session.violations()) {
            Some(words) => Notice::from(words).with_why(player.why(self.session.violations())),
            None if player.expectations().is_empty() => {
                Notice::done("the script has ended; the cluster lives on")
            }
            None => {
                Notice::done("the script has ended, and all it expected held; the cluster lives on")
            }
        };
        self.say(notice);
        passed || self.hold()
    }

    pub(super) fn obey(&mut self, ask: Ask) {
        // What a question may be about stays to be read.
        if !matches!(ask, Ask::Perform(Statement::Dashboard(Dashboard::Why(_)))) {
            self.notice = None;
        }
        match ask {
            Ask::Perform(statement) => self.perform(&statement),
            Ask::Play(playing) => self.playing = playing,
            Ask::Pace(factor) => self.change_pace(factor),
            Ask::StepOn => self.step_on(),
            Ask::StepBack => self.step_back(),
            Ask::Seek(at) => self.seek_by_hand(at),
            Ask::SeekEnd => self.seek_end(),
            Ask::Next(landmark) => self.go_to_next(landmark),
            Ask::Last(landmark) => self.go_to_last(landmark),
            Ask::TakeUp(place) => self.take_up(place),
            Ask::SwitchBreakpoint(place) => self.switch_breakpoint(place),
            Ask::DropBreakpoint(place) => self.drop_breakpoint(place),
            Ask::Undo => self.undo(),
            Ask::Copy => self.copy(),
            Ask::ForgetOdds => self.forget_odds(),
            // Whatever is asked puts the notice away.
            Ask::Dismiss => {}
            // For those above us.
            Ask::NewRun { .. } | Ask::Open(_) | Ask::Back(_) | Ask::Leave | Ask::Quit => {}
        }
    }

    fn change_pace(&mut self, factor: f64) {
        let speeds = speeds();
        let wanted = (self.speed * factor).clamp(*speeds.start(), *speeds.end());
        if wanted == self.speed {
            self.say(match factor < 1.0 {
                true => "time goes no slower",
                false => "time goes no faster",
            });
        }
        self.speed = wanted;
    }

    /// The same from its beginning, with the same seed or a fresh one.
    pub(super) fn anew(&self, fresh_seed: bool) -> Director {
        let mut begin = self.begin.clone();
        (begin.at, begin.reopens) = (None, false);
        if fresh_seed {
            begin.stage.seed = (begin.draw_seed)();
        }
        let mut anew = Director::new(begin);
        // A script sets its own speed, where it wants one.
        if anew.player.is_none() {
            anew.speed = self.speed;
        }
        anew
    }

    /// True when a person has done something that would be lost with it.
    pub(super) fn is_worth_keeping(&self) -> bool {
        self.session.undoable() > 0 || !self.session.branches().is_empty()
    }

    /// What is played.
    pub(super) fn title(&self) -> Caption {
        match &self.begin.script {
            Some(script) => script.title.clone(),
            None => "free play".into(),
        }
    }

    pub(super) fn scene(&self) -> Scene {
        let session = &self.session;
        Scene {
            playing: self.playing,
            speed: self.speed,
            scripted: self.player.is_some(),
            tour: self.player.is_some() && self.begin.is_tour(),
            back: self.left().into_iter().collect(),
            asks: self.asks(),
            notice: self.notice.clone(),
            branches: self.other_futures(),
            breakpoints: self.breakpoints(),
            focus: self.focus,
            view: self.view,
            clip: self.clip.clone(),
            answer: self.answer.clone(),
            odds: self.odds.as_ref().map(Asked::seen),
            caption: self.standing_caption(),
            ..session.scene(self.title(), SHOWN)
        }
    }
}
