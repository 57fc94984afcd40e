//! What a person does by hand: deeds, which take over from a script, and errands, which take time.

use std::sync::Arc;

use super::Director;
use crate::command::{Caption, Line, Script, Statement, Why};
use crate::raft::{Micros, Refusal};
use crate::script::play::{Player, Progress};
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
            let words = format!("this stands at the head of a script only{instead}");
            self.notice = Some(words.into());
            return;
        }
        match statement {
            Statement::Speed(millionths) => self.speed = *millionths as f64 / 1e6,
            Statement::Pause => self.playing = false,
            Statement::Why(why) => self.explain(why),
            Statement::Odds(odds) => self.ask_odds(odds),
            Statement::Goto(at) => self.go_to(*at),
            Statement::Focus(nodes) => match self.session.world().select(nodes).first() {
                Some(&node) => self.focus_on(node),
                None => self.notice = Some(format!("`{statement}` named no node").into()),
            },
            Statement::View(view) => self.show_view(*view),
            Statement::Act(command) => self.carry_out(command),
            Statement::BreakWhen(condition) => {
                self.break_when(condition);
                let words = match self.session.judge().holds(condition) {
                    true => "it is so now; time is held when it comes true again",
                    false => "time is held when it comes true",
                };
                self.notice = Some(Notice::done(format!("`{statement}`: {words}")));
            }
            Statement::Never(condition) | Statement::Always(condition) => {
                let kept = self.by_hand(|session| session.expect(statement.clone(), true));
                if self.heed(kept) {
                    let stops_when = matches!(statement, Statement::Never(_));
                    self.watch(statement, condition, stops_when, false);
                }
            }
            Statement::BreakClear => {
                self.break_clear();
                self.notice = Some(Notice::done("no condition holds the time any more"));
            }
            Statement::Mark => {
                let marked = self.by_hand(Session::mark);
                if self.heed(marked) {
                    self.say_too(Notice::done("what is counted is counted from now on"));
                }
            }
            Statement::Save { file, force } => self.save(file, *force),
            Statement::Export(export) => self.export(export),
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
                self.notice = Some(Notice::under_way(format!("`{statement}` is under way")));
                self.playing = true;
                self.pass(self.now());
            }
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

    /// Does something to the cluster, and says what of it is not done at once.
    fn carry_out(&mut self, command: &Command) {
        if let Some(words) = self.session.world().idle(command) {
            self.notice = Some(format!("nothing is done: {words}").into());
            return;
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
    fn by_hand<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> R {
        let before = self.player.as_ref().map(|_| self.session.present());
        let journal = self.session.journal();
        let (lines, kept) = (journal.len(), journal.up_to(self.now()));
        let branches = self.session.branches().len();
        let done = act(&mut self.session);
        let branched = self.session.branches().len() > branches;
        if branched {
            self.notice = Some(PARTED.into());
            // Nothing goes on where another past leads.
            self.watches.retain(|watch| watch.lines <= kept);
            self.errand.take_if(|(then, _)| *then > kept);
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
                self.notice = Some(TAKEN_OVER.into());
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

    /// A reader of one statement, as a script of one line.
    fn reader_of(&self, statement: &Statement) -> Player {
        Player::by_hand(Arc::new(Script {
            file: "by hand".into(),
            title: "by hand".into(),
            about: Vec::new(),
            cluster: self.begin.stage.names.clone(),
            seed: None,
            given: Vec::new(),
            lines: vec![Line {
                number: 1,
                statement: statement.clone(),
            }],
            source: "".into(),
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
                self.notice = self.conclusion(&errand);
                let done = errand.script().lines.first().map(|line| &line.statement);
                if let (None, Some(statement)) = (&self.notice, done) {
                    let words = format!("`{statement}` is done; time is held");
                    self.notice = Some(Notice::done(words));
                }
                self.hold()
            }
            progress => {
                self.errand = Some((done, errand));
                progress == Progress::Waits || self.hold()
            }
        }
    }

    /// What became of a statement given by hand, where that deserves a word.
    fn conclusion(&self, errand: &Player) -> Option<Notice> {
        let outcome = errand.outcome(self.session.violations());
        match outcome.and_then(|outcome| outcome.error(None)) {
            Some(message) => Some(message.into()),
            None => errand.expectations().last().map(|one| match one.held {
                true => Notice::done(format!("`{}` holds: {}", one.text, one.found)),
                false => Notice::from(format!("`{}` does not hold: {}", one.text, one.found))
                    .with_why(one.why.clone()),
            }),
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
