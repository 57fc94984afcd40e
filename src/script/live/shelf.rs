//! The session that is shown, and those that were left for another: each is kept whole, and can be
//! returned to.

use std::sync::Arc;

use super::director::Director;
use super::{Ask, Begin};
use crate::command::Script;
use crate::script::{free_stage, stage};
use crate::session::{Notice, Scene};

/// So many sessions are kept besides the one that is shown.
const KEPT: usize = 4;

const IS_KEPT: &str = "what you left is kept; :back returns to it";

/// The sessions of one start of the dashboard.
pub(super) struct Shelf {
    shown: Director,
    /// Those that were left, the newest last.
    left: Vec<Director>,
}

impl Shelf {
    pub fn new(begin: Begin) -> Shelf {
        Shelf {
            shown: Director::new(begin),
            left: Vec::new(),
        }
    }

    /// The session that is shown.
    pub fn shown(&mut self) -> &mut Director {
        &mut self.shown
    }

    /// What is seen, with all that can be returned to.
    pub fn scene(&self) -> Scene {
        let mut scene = self.shown.scene();
        let left = self.left.iter().rev();
        let left = left.map(|director| (director.title(), director.now()));
        scene.back.extend(left);
        scene
    }

    /// Does what is asked of the sessions; the rest is for the one that is shown. True when a run
    /// has begun.
    pub fn obey(&mut self, ask: Ask) -> bool {
        let begins = match &ask {
            Ask::Open(_) | Ask::NewRun { .. } => true,
            Ask::Leave => self.left.is_empty(),
            _ => false,
        };
        match ask {
            Ask::Open(script) => self.open(script),
            Ask::NewRun { fresh_seed } => self.begin_anew(fresh_seed),
            Ask::Leave if begins => self.open(None),
            Ask::Leave => self.exchange(0),
            Ask::Back(place) => self.back(place),
            ask => self.shown.obey(ask),
        }
        begins
    }

    fn open(&mut self, script: Option<Arc<Script>>) {
        let begin = self.shown.begin();
        let stage = match &script {
            Some(script) => stage(script, None),
            None => free_stage(begin.usual.nodes, (begin.draw_seed)()),
        };
        let mut opened = Director::new(Begin {
            stage,
            script,
            reopens: false,
            at: None,
            ..begin.clone()
        });
        opened.say_too(Notice::done(IS_KEPT));
        self.leave_for(opened);
    }

    /// A run in which nobody did anything is not missed: the same seed brings it back.
    fn begin_anew(&mut self, fresh_seed: bool) {
        let mut anew = self.shown.anew(fresh_seed);
        if self.shown.is_worth_keeping() {
            anew.say_too(Notice::done(IS_KEPT));
            self.leave_for(anew);
        } else {
            self.shown = anew;
        }
    }

    /// Returns to a place of [`Scene::back`].
    fn back(&mut self, place: usize) {
        match (self.shown.left().is_some(), place) {
            (true, 0) => self.shown.return_to_script(),
            (true, place) => self.exchange(place - 1),
            (false, place) => self.exchange(place),
        }
    }

    /// Shows a session that was left, counted from the newest, and leaves the present one.
    fn exchange(&mut self, place: usize) {
        let slot = self.left.len().checked_sub(place + 1);
        let Some(slot) = slot else {
            self.shown.say("there is nothing to return to");
            return;
        };
        let wanted = self.left.remove(slot);
        self.leave_for(wanted);
        self.shown.take_the_floor();
    }

    /// Shows another session and keeps the present one. What may come of it is asked for no more.
    fn leave_for(&mut self, other: Director) {
        self.shown.forget_odds();
        self.left.push(std::mem::replace(&mut self.shown, other));
        let excess = self.left.len().saturating_sub(KEPT);
        self.left.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::demos::{self, TOUR};
    use crate::script::live::Usual;

    fn demo(name: &str) -> Option<Arc<Script>> {
        let demo = demos::named(name).expect("a demo");
        Some(Arc::new(demo.script().expect("it is right")))
    }

    fn shelf(script: Option<Arc<Script>>) -> Shelf {
        let stage = match &script {
            Some(script) => stage(script, None),
            None => free_stage(3, 7),
        };
        Shelf::new(Begin {
            script,
            ..Begin::free(stage, || 99)
        })
    }

    fn titles(shelf: &Shelf) -> Vec<String> {
        let back = shelf.scene().back;
        back.iter()
            .map(|(title, _)| title.text.to_string())
            .collect()
    }

    #[test]
    fn what_was_left_is_returned_to_as_it_was() {
        let mut shelf = shelf(None);
        shelf.shown().pass(1_000_000);
        let digest = shelf.scene().world.digest;
        shelf.obey(Ask::Open(demo("election")));
        let scene = shelf.scene();
        assert!(scene.title.text.starts_with("Election") && scene.scripted);
        assert!(
            scene
                .notice
                .is_some_and(|notice| notice.words.contains(":back"))
        );
        assert_eq!(titles(&shelf), ["free play"]);
        shelf.obey(Ask::Back(0));
        let scene = shelf.scene();
        assert_eq!(
            (&*scene.title.text, scene.world.digest),
            ("free play", digest)
        );
        assert_eq!((scene.world.now, scene.seed), (1_000_000, 7));
        assert_eq!(scene.notice, None);
        assert!(titles(&shelf)[0].starts_with("Election"));
    }

    #[test]
    fn the_script_that_was_taken_over_comes_first() {
        let mut shelf = shelf(demo("election"));
        shelf.obey(Ask::Open(demo("failover")));
        shelf.obey(Ask::Perform(
            crate::command::Statement::parse("stop S1", &[], true).expect("a statement"),
        ));
        let back = titles(&shelf);
        assert!(back[0].starts_with("Failover") && back[1].starts_with("Election"));
        shelf.obey(Ask::Back(1));
        assert!(shelf.scene().title.text.starts_with("Election"));
        shelf.obey(Ask::Back(0));
        assert!(!shelf.scene().scripted);
        shelf.obey(Ask::Back(0));
        assert!(shelf.scene().scripted);
        assert_eq!(titles(&shelf).len(), 1);
        shelf.obey(Ask::Back(7));
        let notice = shelf.scene().notice;
        assert!(notice.is_some_and(|notice| notice.words.contains("nothing to return to")));
    }

    #[test]
    fn a_new_run_keeps_what_was_done_before_it() {
        let mut shelf = shelf(None);
        shelf.obey(Ask::NewRun { fresh_seed: false });
        assert!(titles(&shelf).is_empty(), "nothing is lost");
        let said = crate::command::Statement::parse("stop n1", &[], true);
        shelf.obey(Ask::Perform(said.expect("a statement")));
        let digest = shelf.scene().world.digest;
        shelf.obey(Ask::NewRun { fresh_seed: true });
        assert_eq!((shelf.scene().seed, shelf.scene().undoable), (99, 0));
        shelf.obey(Ask::Back(0));
        assert_eq!(
            (shelf.scene().seed, shelf.scene().world.digest),
            (7, digest)
        );
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut shelf = shelf(None);
        for _ in 0..7 {
            shelf.obey(Ask::Open(demo("election")));
        }
        assert_eq!(titles(&shelf).len(), KEPT);
    }

    #[test]
    fn the_tour_is_left_for_a_free_cluster_or_for_what_was_before() {
        let mut first = shelf(demo(TOUR));
        assert!(first.scene().tour);
        first.obey(Ask::Leave);
        let scene = first.scene();
        assert_eq!((&*scene.title.text, scene.seed), ("free play", 99));
        assert_eq!(scene.world.nodes.len(), usize::from(Usual::default().nodes));
        assert!(!scene.tour && titles(&first)[0].starts_with("Tour"));

        let mut later = shelf(demo("election"));
        later.obey(Ask::Open(demo(TOUR)));
        later.obey(Ask::Leave);
        assert!(later.scene().title.text.starts_with("Election"));
    }

    #[test]
    fn what_may_come_is_forgotten_with_the_session() {
        let mut shelf = shelf(None);
        let ask = |text: &str| {
            Ask::Perform(crate::command::Statement::parse(text, &[], true).expect("a statement"))
        };
        shelf.obey(ask("odds leaders > 9 within 60m"));
        assert!(shelf.shown().plays_futures());
        shelf.obey(Ask::Open(demo("election")));
        assert!(!shelf.shown().plays_futures());
        shelf.obey(Ask::Back(0));
        assert_eq!(shelf.scene().odds, None);
        // A new question takes the place of the one before, with a number of its own.
        for (text, number) in [("odds leaders > 9 within 60m", 2), ("odds no leader", 3)] {
            shelf.obey(ask(text));
            let asked = shelf.scene().odds.expect("it was asked");
            assert_eq!(
                (asked.0, asked.1.question.to_string()),
                (number, text.to_owned())
            );
        }
        // So it is now: nothing has to be played.
        assert!(!shelf.shown().plays_futures());
        shelf.obey(Ask::ForgetOdds);
        assert_eq!(shelf.scene().odds, None);
    }
}
