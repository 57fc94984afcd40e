//! From statements to a script: the stage is set first, and no instant lies in the past.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::clean::printable;
use super::diagnostic::{Diagnostics, Fault};
use super::lex::lex;
use super::number::{LONGEST, duration_text};
use super::parse::{Named, Program, read};
use super::{Cluster, Given, Line, Script, Show, Statement};
use crate::kv::Text;
use crate::raft::{Micros, NodeId};
use crate::world::Command;
use crate::world::command::{NodeRef, Selector};

/// How many nodes there are when a script doesn't say.
const DEFAULT_NODES: u16 = 5;

impl Cluster {
    /// The names of its nodes, in order of creation.
    pub fn names(&self) -> Vec<Text> {
        match self {
            Cluster::Count(count) => (1..=*count).map(|n| format!("n{n}").into()).collect(),
            Cluster::Names(names) => names.clone(),
        }
    }
}

/// How far a script has come; what sets the stage must come early enough.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// No node has been named.
    Bare,
    /// Nodes have been named, but nothing was done to them.
    Named,
    /// Something was done to the cluster.
    Acted,
    /// Time may have passed.
    Running,
}

impl Progress {
    /// How far it is after a statement.
    fn after(statement: &Statement) -> Progress {
        match statement {
            Statement::Act(Command::Rule { .. } | Command::Set { on: None, .. }) => Progress::Bare,
            Statement::Act(Command::Set { .. }) => Progress::Named,
            Statement::Act(_) => Progress::Acted,
            Statement::Repeat(_, lines) => {
                let inner = lines.iter().map(|line| Progress::after(&line.statement));
                inner.max().unwrap_or(Progress::Bare)
            }
            statement if statement.takes_time() => Progress::Running,
            Statement::Title(_)
            | Statement::About(_)
            | Statement::Cluster(_)
            | Statement::Seed(_)
            | Statement::Say(_)
            | Statement::Mark
            | Statement::Pause
            | Statement::Show(Show::Speed(_) | Show::View(_) | Show::BreakClear) => Progress::Bare,
            _ => Progress::Named,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Progress::Bare => "",
            Progress::Named => "nodes are named before it",
            Progress::Acted => "something is done to the cluster before it",
            Progress::Running => "time passes before it",
        }
    }
}

impl Script {
    /// Reads a script and resolves it: names are known, the stage is set before time passes, and
    /// what can be known to fail without running is refused. `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order of place.
    pub fn parse(file: &str, text: &str) -> Result<Script, Diagnostics> {
        let mut faults = Vec::new();
        let mut cluster: Vec<Text> = Vec::new();
        let names = |named: Named| {
            cluster = match named {
                Named::So(cluster) => cluster.names(),
                Named::Nowhere => Cluster::Count(DEFAULT_NODES).names(),
                Named::Wrongly => Vec::new(),
            };
            Cow::Owned(cluster.clone())
        };
        let mut program = read(text, false, names, &mut faults);
        let lines = std::mem::take(&mut program.lines);
        let mut stage = Stage {
            program: &program,
            faults: &mut faults,
            progress: Progress::Bare,
            script: Script {
                file: file.into(),
                title: printable(file).as_ref().into(),
                about: Vec::new(),
                cluster,
                seed: None,
                given: Vec::new(),
                lines: Vec::new(),
                source: text.into(),
            },
            titled: false,
            clustered: false,
        };
        for line in lines {
            stage.take(line);
        }
        let script = stage.script;
        let mut clock = Clock {
            program: &program,
            faults: &mut faults,
            earliest: 0,
            found: BTreeSet::new(),
            overlong: false,
        };
        clock.run(&script.lines);
        match faults.is_empty() {
            true => Ok(script),
            false => Err(Diagnostics::locate(file, text, faults)),
        }
    }
}

impl Script {
    /// Refuses a script that cannot go on where there is no person. `text` is what it was read
    /// from.
    ///
    /// # Errors
    /// Names every `ask` without an `else`.
    pub fn unattended(&self, text: &str) -> Result<(), Diagnostics> {
        let mut numbers = Vec::new();
        asks(&self.lines, &mut numbers);
        if numbers.is_empty() {
            return Ok(());
        }
        let mut faults = Vec::new();
        let mut start = 0;
        for (number, line) in (1..).zip(text.split('\n')) {
            if numbers.contains(&number) {
                let verb = start + line.find("ask").unwrap_or(0);
                let message = "`ask` waits for a person, and nobody is there";
                faults.push(
                    Fault::new(verb..verb + "ask".len(), message)
                        .help("say what is done instead, on a line after it: else STATEMENT"),
                );
            }
            start += line.len() + 1;
        }
        Err(Diagnostics::locate(&self.file, text, faults))
    }

    /// What is wrong when the run comes to `at` on this line, and the instant that it names is over.
    pub fn past(&self, line: usize, now: Micros) -> Diagnostics {
        let text = &self.source;
        let before = text.split('\n').take(line.saturating_sub(1));
        let start: usize = before.map(|line| line.len() + 1).sum();
        let start = start.min(text.len());
        let tokens = lex(text[start..].lines().next().unwrap_or_default(), start);
        let span = match tokens.as_deref() {
            Ok([first, .., last]) => first.span.start..last.span.end,
            _ => start..start,
        };
        let now = duration_text(now);
        let fault = Fault::new(span, "this instant is in the past")
            .help(format!("the script is at {now} by then"));
        Diagnostics::locate(&self.file, text, vec![fault])
    }
}

/// The lines of every `ask` without an `else`.
fn asks(lines: &[Line], numbers: &mut Vec<usize>) {
    for line in lines {
        match &line.statement {
            Statement::Ask {
                otherwise: None, ..
            } => numbers.push(line.number),
            Statement::Repeat(_, lines) => asks(lines, numbers),
            _ => {}
        }
    }
}

/// Takes what sets the stage out of the statements.
struct Stage<'a> {
    program: &'a Program,
    faults: &'a mut Vec<Fault>,
    progress: Progress,
    script: Script,
    titled: bool,
    clustered: bool,
}

impl Stage<'_> {
    fn take(&mut self, line: Line) {
        let span = self.program.span(line.number);
        let after = Progress::after(&line.statement);
        match line.statement {
            Statement::Title(caption) => {
                self.in_time(&span, "title", Progress::Acted);
                self.once(&span, "title", self.titled);
                self.titled = true;
                self.script.title = caption;
            }
            Statement::About(caption) => {
                self.in_time(&span, "about", Progress::Acted);
                self.script.about.push(caption);
            }
            Statement::Cluster(_) => {
                self.in_time(&span, "cluster", Progress::Bare);
                self.once(&span, "cluster", self.clustered);
                self.clustered = true;
            }
            Statement::Seed(seed) => {
                self.in_time(&span, "seed", Progress::Named);
                self.once(&span, "seed", self.script.seed.is_some());
                self.script.seed = Some(seed);
            }
            Statement::Given(given) => {
                self.in_time(&span, "given", Progress::Named);
                self.give(&span, given);
            }
            statement => {
                if let Statement::Repeat(_, lines) = &statement {
                    self.refuse_inside(lines);
                }
                let line = Line {
                    number: line.number,
                    statement,
                };
                self.script.lines.push(line);
            }
        }
        self.progress = self.progress.max(after);
    }

    fn in_time(&mut self, span: &Range<usize>, verb: &str, latest: Progress) {
        if self.progress > latest {
            let message = format!("`{verb}` comes too late: {}", self.progress.word());
            self.faults.push(
                Fault::new(span.clone(), message)
                    .help(format!("write `{verb}` at the head of the script")),
            );
        }
    }

    fn once(&mut self, span: &Range<usize>, verb: &str, before: bool) {
        if before {
            let message = format!("there is a `{verb}` already");
            self.faults
                .push(Fault::new(span.clone(), message).help(format!("a script has one `{verb}`")));
        }
    }

    fn give(&mut self, span: &Range<usize>, given: Given) {
        let Some(id) = self.id(&given) else {
            return;
        };
        if self.script.given.iter().any(|(other, _)| *other == id) {
            self.faults.push(
                Fault::new(span.clone(), "this node's state is given already")
                    .help("a node has one `given`"),
            );
        }
        self.script.given.push((id, given));
    }

    /// The node that is meant; names were checked as they were read.
    fn id(&self, given: &Given) -> Option<NodeId> {
        let Selector::These(nodes) = &given.node.base else {
            return None;
        };
        match nodes.first()? {
            NodeRef::Number(number) => Some(NodeId(*number)),
            NodeRef::Name(name) => {
                let slot = self.script.cluster.iter().position(|other| other == name);
                slot.map(NodeId::from_slot)
            }
        }
    }

    fn refuse_inside(&mut self, lines: &[Line]) {
        for line in lines {
            if line.statement.sets_the_stage() {
                let span = self.program.span(line.number);
                self.faults.push(
                    Fault::new(span, "the stage is not set in a `repeat`")
                        .help("write this at the head of the script"),
                );
            }
            if let Statement::Repeat(_, lines) = &line.statement {
                self.refuse_inside(lines);
            }
        }
    }
}

/// Follows the instants as far as they are certain, and finds those that lie in the past.
struct Clock<'a> {
    program: &'a Program,
    faults: &'a mut Vec<Fault>,
    /// The script is at this instant, or later.
    earliest: Micros,
    /// The lines found to be wrong; each is told once.
    found: BTreeSet<usize>,
    /// The script is longer than any run.
    overlong: bool,
}

/// The earliest instant that `at` names between two places of a script, with its line.
type Earliest = Option<(Micros, usize)>;

impl Clock<'_> {
    /// Runs once over the lines; the earliest instant among them, with its line.
    fn run(&mut self, lines: &[Line]) -> Earliest {
        let mut first: Earliest = None;
        for line in lines {
            let named = match &line.statement {
                Statement::Wait(micros) => {
                    self.earliest = self.earliest.saturating_add(*micros);
                    None
                }
                Statement::Expect { throughout, .. } => {
                    self.earliest = self.earliest.saturating_add(throughout.unwrap_or(0));
                    None
                }
                Statement::At(instant, _) => {
                    if *instant < self.earliest {
                        self.refuse(line.number, "this instant is in the past");
                    }
                    self.earliest = self.earliest.max(*instant);
                    Some((*instant, line.number))
                }
                Statement::Repeat(times, lines) => self.repeat(*times, lines),
                _ => None,
            };
            if self.earliest > LONGEST && !self.overlong {
                self.overlong = true;
                self.refuse(line.number, "with this the run is longer than any");
            }
            first = match (first, named) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        first
    }

    fn repeat(&mut self, times: u64, lines: &[Line]) -> Earliest {
        let before = self.earliest;
        let first = self.run(lines);
        let once = self.earliest - before;
        match first {
            None => self.earliest = before.saturating_add(once.saturating_mul(times)),
            Some((instant, number)) if times > 1 && instant < self.earliest => {
                self.refuse(number, "this instant is in the past when it is repeated");
            }
            Some(_) => {}
        }
        first
    }

    fn refuse(&mut self, number: usize, message: &str) {
        if !self.found.insert(number) {
            return;
        }
        let now = duration_text(self.earliest);
        self.faults.push(
            Fault::new(self.program.span(number), message)
                .help(format!("the script is at {now} by then, at least")),
        );
    }
}
