//! What a person does by hand: deeds, which take over from a script; errands, which take time;
//! watches, which hold it.

use std::sync::Arc;

use super::Director;
use crate::command::{Caption, Condition, Line, Script, Statement};
use crate::raft::Micros;
use crate::script::play::{Outcome, Player, Progress};
use crate::session::Session;

/// A `break when`, `never` or `always` given by hand: time is held when it comes true.
pub(super) struct Watch {
    /// How many lines of the journal it stands upon: it goes when one of them goes.
    pub(super) lines: usize,
    text: String,
    condition: Condition,
    /// What the condition must become to hold the time.
    stops_when: bool,
    /// Whether it was so when it was looked at last.
    was_so: bool,
}

impl Director {
    /// Carries out a statement given by hand, at the instant shown.
    pub(super) fn perform(&mut self, statement: &Statement) {
        if statement.sets_the_stage() {
            self.notice = Some("this stands at the head of a script only".into());
            return;
        }
        match statement {
            Statement::Speed(millionths) => self.set_speed(*millionths as f64 / 1e6),
            Statement::Pause => self.playing = false,
            Statement::Focus(nodes) => match self.session.world().select(nodes).first() {
                Some(node) => self.focus = Some(*node),
                None => self.notice = Some(format!("`{statement}` named no node").into()),
            },
            Statement::Act(command) => match self.by_hand(|session| session.act(command, true)) {
                Ok(None) if command.is_administrative() => {
                    self.awaited = Some(statement.to_string().into());
                    self.tell_what_came();
                }
                Ok(None) => {}
                Ok(notice) => self.notice = notice,
                Err(endless) => {
                    self.heed(Err(endless));
                }
            },
            Statement::BreakWhen(condition) => {
                let holds = self.session.judge().holds(condition);
                self.watch(statement, condition, true, holds);
            }
            Statement::Never(condition) | Statement::Always(condition) => {
                let kept = self.by_hand(|session| session.expect(statement.clone(), true));
                if self.heed(kept) {
                    let stops_when = matches!(statement, Statement::Never(_));
                    self.watch(statement, condition, stops_when, false);
                }
            }
            Statement::BreakClear => self.watches.clear(),
            Statement::Save { file, force } => self.save(file, *force),
            statement if statement.takes_time() => {
                if let Some((_, errand)) = &self.errand
                    && let [line] = errand.script().lines.as_slice()
                    && line.statement.expects()
                {
                    let words = format!("`{}` is not over yet; undo ends it", line.statement);
                    self.notice = Some(words.into());
                    return;
                }
                let done = self.session.past().len() + usize::from(statement.expects());
                self.errand = Some((done, self.reader_of(statement)));
                self.playing = true;
                self.pass(self.now());
            }
            statement => {
                let mut reader = self.reader_of(statement);
                let now = self.now();
                self.by_hand(|session| reader.advance(session, now));
                self.conclude(&reader);
            }
        }
    }

    fn watch(
        &mut self,
        statement: &Statement,
        condition: &Condition,
        stops_when: bool,
        was_so: bool,
    ) {
        self.watches.push(Watch {
            lines: match statement.expects() {
                true => self.session.journal().len(),
                false => 0,
            },
            text: statement.to_string(),
            condition: condition.clone(),
            stops_when,
            was_so,
        });
        if self.look() && statement.expects() {
            let found = self.session.judge().found(condition);
            self.notice = Some(format!("`{statement}` holds so far: {found}").into());
        }
    }

    /// Does something that a person wants done. If it changes the run, the script ends on this
    /// branch: whoever wrote it did not reckon with that.
    fn by_hand<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> R {
        let at_frontier = self.session.at_frontier();
        let journal = self.session.journal();
        let (lines, kept) = (journal.len(), journal.up_to(self.now()));
        let branches = self.session.branches().len();
        let done = act(&mut self.session);
        let branched = self.session.branches().len() > branches;
        if branched {
            // Nobody can go on where another past leads.
            self.parked.retain(|&(then, _)| then <= kept);
            self.watches.retain(|watch| watch.lines <= kept);
            self.errand.take_if(|(then, _)| *then > kept);
        }
        let new = self.session.journal().iter().skip(lines);
        let new: Vec<_> = new.filter(|entry| entry.by_hand).collect();
        let acts = new.iter().any(|entry| !entry.deed.is_expected());
        if let Some(player) = &self.player
            && (branched || !new.is_empty())
        {
            if at_frontier {
                self.parked.push((lines, player.clone()));
            }
            if branched || acts {
                self.player = None;
                let words = match at_frontier {
                    true => "you have taken over, and the script is silent; undo gives it back",
                    false => "you have taken over: the script does not go on from here",
                };
                self.notice = Some(words.into());
            }
        }
        done
    }

    /// A reader of one statement, as a script of one line.
    fn reader_of(&self, statement: &Statement) -> Player {
        Player::by_hand(Arc::new(Script {
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
        }))
    }

    /// Lets the errand look, and move if nobody else did. When it is done the time is held.
    pub(super) fn run_errand(&mut self, until: Micros) -> bool {
        let Some((done, mut errand)) = self.errand.take() else {
            return true;
        };
        let progress = self.by_hand(|session| errand.advance(session, until));
        let shows = errand.take_shows();
        self.show(shows);
        match progress {
            Progress::Ends => {
                self.conclude(&errand);
                self.hold()
            }
            progress => {
                self.errand = Some((done, errand));
                progress == Progress::Waits || self.hold()
            }
        }
    }

    /// Says what became of a statement given by hand.
    fn conclude(&mut self, errand: &Player) {
        self.notice = match errand.outcome(self.session.violations()) {
            Some(Outcome::Error(message)) => Some(message.into()),
            _ => errand.expectations().last().map(|one| match one.held {
                true => format!("`{}` holds: {}", one.text, one.found).into(),
                false => format!("`{}` does not hold: {}", one.text, one.found).into(),
            }),
        };
    }

    /// Says what came of a statement about the cluster, once that is known.
    fn tell_what_came(&mut self) {
        if let Some(statement) = self.awaited.take() {
            match self.session.judge().admin_reply() {
                None => self.awaited = Some(statement),
                Some(reply) => self.notice = Some(format!("`{statement}`: {reply}").into()),
            }
        }
    }

    /// Looks at the watches; holds the time when one has come true.
    pub(super) fn look(&mut self) -> bool {
        self.tell_what_came();
        let judge = self.session.judge();
        let mut news = None;
        for watch in &mut self.watches {
            let so = judge.holds(&watch.condition) == watch.stops_when;
            if so && !watch.was_so {
                let found = judge.found(&watch.condition);
                news = Some(format!("`{}`: {found}", watch.text));
            }
            watch.was_so = so;
        }
        match news {
            None => true,
            Some(news) => {
                self.notice = Some(news.into());
                self.hold()
            }
        }
    }
}
