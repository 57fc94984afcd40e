//! Going about in time: by steps, to an instant, to a landmark, to another future, and back to
//! before something was done.

use super::Director;
use crate::kv::Text;
use crate::raft::Micros;
use crate::session::{Branch, Deed, Journal, Landmark, Notice, OtherBranch, Session};
use crate::world::explain::Seconds;

/// So long a landmark, or anything at all, is waited for.
const PATIENCE: Micros = 10_000_000;
/// So far beyond the frontier somebody may want to go at once.
const FARTHEST: Micros = 600_000_000;
/// Seeking beyond the frontier and stepping make up time in steps of at most this.
const STRIDE: Micros = 1_000_000;
/// Said to whoever wants to go back further.
const BEGINNING: &str = "the run begins here: nothing was before";

impl Director {
    /// Lets time pass to the next instant that tells something.
    pub(super) fn step_on(&mut self) {
        self.playing = false;
        let before = self.session.world().trace().newest();
        let until = self.now().saturating_add(PATIENCE);
        // Some instants tell nothing: a request reaches a node, a timer was put off; and a leader
        // without anybody to lead has nothing to tell ever again.
        while self.session.world().trace().newest() == before {
            if self.now() >= until {
                self.say("nothing happened within ten seconds");
                return;
            }
            let readers = self.player.is_some() || self.errand.is_some();
            let next = match self.session.next_instant() {
                Some(next) => next.min(until),
                // Nothing happens any more unless a reader does something.
                None if readers => self.now().saturating_add(STRIDE).min(until),
                None => {
                    self.say("nothing happens any more by itself");
                    return;
                }
            };
            if !self.pass(next) {
                return;
            }
        }
    }

    pub(super) fn step_back(&mut self) {
        self.playing = false;
        let before = self.now();
        let stepped = self.session.step_back();
        if self.heed(stepped) && self.now() == before {
            self.say(BEGINNING);
        }
    }

    /// Goes where a person scrubs.
    pub(super) fn seek_by_hand(&mut self, at: Micros) {
        if (at, self.now()) == (0, 0) {
            self.say(BEGINNING);
        } else {
            self.seek(at);
        }
    }

    pub(super) fn seek_end(&mut self) {
        if self.session.at_frontier() {
            self.say("this is the newest instant");
        } else {
            self.seek(self.session.frontier());
        }
    }

    /// Goes to an instant; beyond the frontier time passes until it is reached, or held.
    pub(super) fn seek(&mut self, at: Micros) {
        if at < self.session.frontier() || !self.session.at_frontier() {
            let sought = self.session.seek(at);
            self.heed(sought);
        }
        while self.now() < at && self.session.at_frontier() {
            if !self.pass(at.min(self.now().saturating_add(STRIDE))) {
                return;
            }
        }
    }

    /// Goes to the instant that somebody typed; time passes up to one that has not come yet, but not
    /// for hours.
    pub(super) fn go_to(&mut self, at: Micros) {
        self.playing = false;
        let farthest = self.session.frontier().saturating_add(FARTHEST);
        if at > farthest {
            let words = format!(
                "{} is too far: {} is as far as time passes at once",
                Seconds(at),
                Seconds(farthest)
            );
            self.say(words);
            return;
        }
        self.seek(at);
    }

    /// Goes to the next landmark: where the run is known, or else time passes until it comes.
    pub(super) fn go_to_next(&mut self, landmark: Landmark) {
        self.playing = false;
        let here = self.now();
        if let Some(at) = self.session.landmark_after(landmark) {
            return self.seek(at);
        }
        // What the tape does not know does not come before the frontier.
        if landmark != Landmark::Commit {
            self.seek(self.session.frontier());
        }
        let from = self.now();
        let until = from.saturating_add(PATIENCE);
        let committed = self.session.committed();
        while self.now() < until {
            let before = self.now();
            let next = self.session.next_instant().unwrap_or(until).min(until);
            if !self.pass(next) {
                return;
            }
            let came = match landmark {
                Landmark::Commit => self.session.committed() > committed,
                _ => self.session.landmark_since(before, landmark),
            };
            if came {
                return;
            }
        }
        let (landmark, from) = (landmark.words(), Seconds(from));
        self.seek(here);
        let words = format!(
            "no {landmark} comes in the ten seconds from {from} on: this is where you were"
        );
        self.say(words);
    }

    /// Goes to the landmark before.
    pub(super) fn go_to_last(&mut self, landmark: Landmark) {
        self.playing = false;
        let here = self.session.now();
        match self.session.landmark_before(landmark) {
            Err(endless) => {
                self.heed(Err(endless));
            }
            Ok(Some(at)) => self.seek(at),
            Ok(None) => {
                self.seek(here);
                let words = format!("there was no {} before this", landmark.words());
                self.say(words);
            }
        }
    }

    /// Takes up a future that was left behind, at its newest instant.
    pub(super) fn take_up(&mut self, place: usize) {
        self.playing = false;
        self.errand = None;
        let taken = self.session.switch_to(place);
        if self.heed(taken) {
            self.keep_what_stands_here();
            let words = "this future goes on; the one before is kept among the futures";
            self.say(Notice::done(words));
        }
    }

    /// Takes back what was done by hand last.
    pub(super) fn undo(&mut self) {
        match self.session.undo() {
            Err(endless) => {
                self.heed(Err(endless));
            }
            Ok(None) => self.say("nothing was done by hand that could be undone"),
            Ok(Some(deed)) => {
                let words = words(&deed);
                self.notice = words.map(|words| Notice::done(format!("`{words}` is taken back")));
                self.errand = None;
                self.keep_what_stands_here();
            }
        }
    }

    /// The journal is another: only what stands upon its lines stays, and the script goes on if it
    /// stood here.
    fn keep_what_stands_here(&mut self) {
        let here = self.session.journal().len();
        self.watches.retain(|watch| watch.lines <= here);
        self.give_back();
    }

    /// The futures that were left behind, as they are listed.
    pub(super) fn other_futures(&self) -> Vec<OtherBranch> {
        let branches = self.session.branches().iter();
        branches
            .map(|branch| other(&self.session, branch))
            .collect()
    }
}

/// A future that was left behind, as it is listed.
fn other(session: &Session, branch: &Branch) -> OtherBranch {
    let common = session.journal().common(&branch.journal);
    let next = |journal: &Journal| journal.get(common).map_or(Micros::MAX, |entry| entry.at);
    let parts = next(session.journal()).min(next(&branch.journal));
    let done = branch.journal.iter().skip(common);
    OtherBranch {
        parts: parts.min(branch.frontier).min(session.frontier()),
        until: branch.frontier,
        done: done.filter_map(|entry| words(&entry.deed)).collect(),
    }
}

/// What was done, in the words of the command language; captions are not listed.
fn words(deed: &Deed) -> Option<Text> {
    match deed {
        Deed::Act(command) => Some(command.to_string().into()),
        Deed::Nothing(words) => Some(words.clone()),
        Deed::Mark => Some("mark".into()),
        Deed::Expect(statement) => Some(statement.to_string().into()),
        Deed::Say(_) => None,
    }
}
