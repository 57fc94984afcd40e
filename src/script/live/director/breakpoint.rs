//! What holds the time when it comes true: `break when`, and `never` and `always` by hand; and, in
//! free play, the first violation.

use super::Director;
use crate::command::{Condition, Show, Statement, Why};
use crate::kv::Text;
use crate::raft::Micros;
use crate::session::{Breakpoint, Notice};

/// A condition that is looked at after each instant.
pub(super) struct Watch {
    /// How many lines of the journal it stands upon: it goes when one of them goes.
    pub lines: usize,
    text: Text,
    condition: Condition,
    /// What the condition must become to hold the time.
    stops_when: bool,
    /// Whether it was so when it was looked at last.
    was_so: bool,
    /// False while it is switched off.
    on: bool,
    /// When it held the time last.
    stopped: Option<Micros>,
}

impl Watch {
    /// True for what belongs to the session and goes only when it is undone.
    fn kept(&self) -> bool {
        self.lines > 0
    }
}

impl Director {
    /// Looks out for a condition from now on; one that is looked out for already is switched on.
    pub(super) fn break_when(&mut self, condition: &Condition) {
        let holds = self.session.judge().holds(condition);
        let statement = Statement::Show(Show::BreakWhen(condition.clone()));
        let text: Text = statement.to_string().into();
        self.watches.retain(|watch| watch.text != text);
        self.watch(&statement, condition, true, holds);
    }

    /// Forgets every `break when`.
    pub(super) fn break_clear(&mut self) {
        self.watches.retain(Watch::kept);
    }

    pub(super) fn watch(
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
            text: statement.to_string().into(),
            condition: condition.clone(),
            stops_when,
            was_so,
            on: true,
            stopped: None,
        });
        if self.look() && statement.expects() {
            let found = self.session.judge().found(condition);
            self.say_too(Notice::done(format!("`{statement}` holds so far: {found}")));
        }
    }

    /// Looks at the watches; holds the time when one has come true.
    pub(super) fn look(&mut self) -> bool {
        self.tell_what_came();
        let (judge, now) = (self.session.judge(), self.session.now());
        let mut news = None;
        for watch in &mut self.watches {
            let so = judge.holds(&watch.condition) == watch.stops_when;
            if so && !watch.was_so && watch.on {
                let found = judge.found(&watch.condition);
                news = Some(format!("`{}`: {found}", watch.text));
                watch.stopped = Some(now);
            }
            watch.was_so = so;
        }
        match news {
            None => true,
            Some(news) => {
                self.say(news);
                self.hold()
            }
        }
    }

    /// True where a violation would be the first, in a future that nobody has seen: a script speaks
    /// of violations for itself, and what follows from the first one is no news.
    pub(super) fn may_be_first_violated(&self) -> bool {
        let new = self.player.is_none() && self.session.at_frontier();
        new && self.session.violations().is_empty()
    }

    /// Tells of the first violation, if there is one: true then.
    pub(super) fn tell_of_violation(&mut self) -> bool {
        let Some(first) = self.session.violations().first() else {
            return false;
        };
        let words = format!("{} is violated", first.invariant);
        let question = Why::Violation(None);
        self.say_too(Notice::from(words).with_why(Some(question)));
        true
    }

    /// Switches one on or off.
    pub(super) fn switch_breakpoint(&mut self, place: usize) {
        match self.watches.get_mut(place) {
            Some(watch) if watch.kept() => {
                let words = format!(
                    "`{}` belongs to the session; undo takes it back",
                    watch.text
                );
                self.say(words);
            }
            Some(watch) => watch.on = !watch.on,
            None => {}
        }
    }

    /// Forgets one.
    pub(super) fn drop_breakpoint(&mut self, place: usize) {
        match self.watches.get(place) {
            Some(watch) if watch.kept() => self.switch_breakpoint(place),
            Some(_) => drop(self.watches.remove(place)),
            None => {}
        }
    }

    /// All of them, as others may see them.
    pub(super) fn breakpoints(&self) -> Vec<Breakpoint> {
        let now = self.session.now();
        let shown = |watch: &Watch| Breakpoint {
            text: watch.text.clone(),
            on: watch.on,
            stopped: watch.stopped == Some(now),
            kept: watch.kept(),
        };
        self.watches.iter().map(shown).collect()
    }
}
