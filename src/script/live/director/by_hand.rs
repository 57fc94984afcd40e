//! What a person does by hand, and how it takes over from a script.

use std::sync::Arc;

use super::Director;
use crate::command::{Caption, Dashboard, Show, Statement, Why};
use crate::raft::{Micros, Refusal};
use crate::script::play::{Player, times_real};
use crate::session::{Answered, Branch, Deed, Entry, Notice, Session};
use crate::world::Command;
use crate::world::asked::Asked;
use crate::world::operator::AdminReply;

/// The reader of a script, and the run, before a person did something.
pub(super) struct Before {
    branch: Branch,
    reader: Player,
    /// False where the script goes on all the same.
    took_over: bool,
}

/// So many of them are kept.
const MOST_BEFORE: usize = 100;

const PARTED: &str = "another future begins here; the one that was ahead is kept among the futures";
const TAKEN_OVER: &str = "you have taken over, and the script is silent; :back returns to it";

impl Director {
    /// Carries out a statement given by hand, at the instant shown.
    pub(super) fn perform(&mut self, statement: &Statement) {
        if statement.sets_the_stage() {
            let instead = match statement {
                Statement::Cluster(_) => "; --nodes begins with another cluster",
                Statement::Seed(_) => "; --seed begins with another seed, and N with a fresh one",
                _ => "",
            };
            return self.say(format!("this stands at the head of a script only{instead}"));
        }
        match statement {
            Statement::Act(command) => self.carry_out(command),
            Statement::Show(show) => self.show_by_hand(show),
            Statement::Dashboard(asked) => self.serve(asked),
            Statement::Pause => self.playing = false,
            Statement::Never(condition) | Statement::Always(condition) => {
                let kept = self.by_hand(|session| session.expect(statement.clone(), true));
                if self.heed(kept) {
                    let stops_when = matches!(statement, Statement::Never(_));
                    self.watch(statement, condition, stops_when, false);
                }
            }
            Statement::Mark => {
                let marked = self.by_hand(Session::mark);
                if self.heed(marked) {
                    self.say_too(Notice::done("what is counted is counted from now on"));
                }
            }
            statement if statement.takes_time() => self.begin_errand(statement),
            statement => {
                let mut reader = self.reader_of(statement);
                let now = self.now();
                self.by_hand(|session| reader.advance(session, now));
                if let Some(notice) = self.conclusion(&reader) {
                    self.say_too(notice);
                }
            }
        }
        // The script sees at once what it asked for, also while nobody lets time pass.
        if self.asks() {
            self.pass(self.now());
        }
    }

    /// Shows what a person wants to see; a script need not be told what came of it.
    fn show_by_hand(&mut self, show: &Show) {
        match show {
            Show::Speed(millionths) => self.speed = times_real(*millionths),
            Show::View(view) => self.show_view(*view),
            Show::Focus(nodes) => match self.session.world().select(nodes).first() {
                Some(&node) => self.focus_on(node),
                None => self.say(format!("`{show}` named no node")),
            },
            Show::BreakWhen(condition) => {
                self.break_when(condition);
                let words = match self.session.judge().holds(condition) {
                    true => "it is so now; time is held when it comes true again",
                    false => "time is held when it comes true",
                };
                self.say(Notice::done(format!("`{show}`: {words}")));
            }
            Show::BreakClear => {
                self.break_clear();
                self.say(Notice::done("no condition holds the time any more"));
            }
        }
    }

    /// Does what is known only in the dashboard.
    fn serve(&mut self, asked: &Dashboard) {
        match asked {
            Dashboard::Why(why) => self.explain(why),
            Dashboard::Odds(odds) => self.ask_odds(odds),
            Dashboard::Goto(at) => self.go_to(*at),
            Dashboard::Save { file, force } => self.save(file, *force),
            Dashboard::Export(export) => self.export(export),
            // For those above us.
            Dashboard::Open(_)
            | Dashboard::Back
            | Dashboard::Tour
            | Dashboard::Record { .. }
            | Dashboard::RecordOff => {}
        }
    }

    /// Does something to the cluster, and says what of it is not done at once.
    fn carry_out(&mut self, command: &Command) {
        if let Some(words) = self.session.world().idle(command) {
            return self.say(format!("`{command}`: nothing is done: {words}"));
        }
        match self.by_hand(|session| session.act(command, true)) {
            Ok(None) => {
                let remark = self.remark(command);
                if command.is_administrative() {
                    self.awaited = Some(command.to_string().into());
                    self.tell_what_came();
                }
                if let Some(remark) = remark {
                    self.say_too(remark);
                }
            }
            Ok(words) => self.notice = words.map(Notice::from),
            Err(endless) => {
                self.heed(Err(endless));
            }
        }
    }

    /// Words about what was done last, where it is not done at once: of the nodes that were meant
    /// then, `random` drawn.
    fn remark(&self, command: &Command) -> Option<Notice> {
        let world = self.session.world();
        let remark = match &self.session.past().last()?.deed {
            Deed::Act(done) => world.remark(done)?,
            _ => return None,
        };
        let reply = command
            .is_administrative()
            .then(|| world.operator().reply());
        Some(match reply {
            Some(Asked::Pending) => {
                Notice::under_way(format!("`{command}` is under way: {remark}"))
            }
            // What is refused at once is told with its reason.
            Some(Asked::Ended(AdminReply::Refused(_) | AdminReply::Down)) => return None,
            None if matches!(command, Command::Request { .. }) => Notice::under_way(remark),
            _ => remark.into(),
        })
    }

    /// Says something before what is said already.
    pub(in crate::script::live) fn say_too(&mut self, notice: Notice) {
        self.notice = Some(match self.notice.take() {
            Some(said) => Notice {
                words: format!("{} · {}", notice.words, said.words).into(),
                why: notice.why.or(said.why),
                ..notice
            },
            None => notice,
        });
    }

    /// Answers a question, and holds the time, so that what is told stays true.
    fn explain(&mut self, why: &Why) {
        self.playing = false;
        self.answer = Some(Answered {
            number: self.answer.as_ref().map_or(1, |last| last.number + 1),
            at: self.now(),
            newest: self.session.world().trace().newest(),
            answer: Arc::new(self.session.why(why)),
        });
    }

    /// Does something that a person wants done. If it changes the run, the script ends on this
    /// branch: whoever wrote it did not reckon with that. Only where it asks for something it goes
    /// on, unless the person went back to before it was asked.
    pub(super) fn by_hand<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> R {
        let before = self.player.as_ref().map(|_| self.session.present());
        let journal = self.session.journal();
        let (lines, kept) = (journal.len(), journal.up_to(self.now()));
        let branches = self.session.branches().len();
        let done = act(&mut self.session);
        let branched = self.session.branches().len() > branches;
        if branched {
            self.say(PARTED);
            // Nothing goes on where another past leads.
            self.watches.retain(|watch| watch.lines <= kept);
            self.errand.take_if(|errand| errand.lines > kept);
        }
        let new = self.session.journal().iter().skip(lines);
        let new: Vec<&Entry> = new.filter(|entry| entry.by_hand).collect();
        if !branched && new.is_empty() {
            return done;
        }
        let idle = |deed: &Deed| matches!(deed, Deed::Nothing(_)) || deed.is_said();
        let changed = branched || !new.iter().all(|entry| idle(&entry.deed));
        if let (Some(branch), Some(reader)) = (before, self.player.take()) {
            let asked = reader.asked_at().is_some_and(|asked| asked <= kept);
            let took_over = changed && !asked;
            if took_over {
                self.say(TAKEN_OVER);
            } else {
                self.player = Some(reader.clone());
            }
            self.before.push(Before {
                branch,
                reader,
                took_over,
            });
            let excess = self.before.len().saturating_sub(MOST_BEFORE);
            self.before.drain(..excess);
        }
        done
    }

    /// True while the script waits for the person, where its question is seen.
    pub(super) fn asks(&self) -> bool {
        let asked = self.player.as_ref().and_then(Player::asked_at);
        asked.is_some_and(|asked| asked <= self.session.journal().up_to(self.now()))
    }

    /// The script that a person took over, with the instant where.
    pub(in crate::script::live) fn left(&self) -> Option<(Caption, Micros)> {
        let before = self.before.last()?;
        let left = before.took_over && self.player.is_none();
        left.then(|| (self.title(), before.branch.frontier))
    }

    /// The caption that stands: not that of a script after a person took it over, of whose deeds it
    /// knows nothing.
    pub(super) fn standing_caption(&self) -> Option<(Caption, Micros)> {
        let caption = self.session.caption().cloned();
        let Some(before) = self.before.last().filter(|_| self.left().is_some()) else {
            return caption;
        };
        let common = self.session.journal().common(&before.branch.journal);
        let mut since = self.session.past().skip(common).peekable();
        let untouched = since.peek().is_none();
        let own = since.any(|entry| matches!(entry.deed, Deed::Say(_)));
        caption.filter(|_| untouched || own)
    }

    /// Returns to the script at the instant where a person took over.
    pub(in crate::script::live) fn return_to_script(&mut self) {
        if self.left().is_none() {
            return;
        }
        if let Some(before) = self.before.pop() {
            self.errand = None;
            self.notice = None;
            let returned = self.session.take_up(before.branch);
            self.player = Some(before.reader);
            self.heed(returned);
        }
    }

    /// Gives the script the reader back that stood here; one that stands elsewhere cannot go on.
    pub(super) fn give_back(&mut self) {
        let here = |before: &Before| {
            before.branch.frontier == self.now() && before.branch.journal == *self.session.journal()
        };
        match self.before.iter().rposition(here) {
            Some(place) => {
                self.before.truncate(place + 1);
                self.player = self.before.pop().map(|before| before.reader);
            }
            None => self.player = None,
        }
    }

    /// What can be done where a statement was refused because its node is not in the cluster.
    fn help_of_stranger(&self) -> Option<String> {
        let world = self.session.world();
        let Asked::Ended(AdminReply::Refused(
            Refusal::NoMember(id) | Refusal::NoVoter(id) | Refusal::NoLearner(id),
        )) = world.operator().reply()
        else {
            return None;
        };
        let (view, name) = (world.view(), world.name(id));
        let waits = view.awaits_its_addition(view.nodes.get(id.slot())?);
        waits.then(|| {
            format!(": it runs beside the cluster. `add {name}` asks again, `crash {name}` ends it")
        })
    }

    /// Says what came of a statement about the cluster, once that is known.
    pub(super) fn tell_what_came(&mut self) {
        if let Some(statement) = self.awaited.take() {
            match self.session.judge().admin_reply() {
                None => self.awaited = Some(statement),
                Some(reply) => {
                    let help = self.help_of_stranger().unwrap_or_default();
                    let words = format!("`{statement}`: {reply}{help}");
                    let done = self.session.world().operator().reply();
                    self.notice = Some(match done {
                        Asked::Ended(AdminReply::Done) => Notice::done(words),
                        _ => words.into(),
                    });
                }
            }
        }
    }
}
