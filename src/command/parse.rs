//! From text to statements: line by line, and then what is repeated into one statement.

use std::ops::Range;

use super::cursor::Cursor;
use super::diagnostic::{Diagnostics, Fault, Parsed, nearest};
use super::lex::{Lexeme, Token, lex};
use super::scope::{Roll, Scope};
use super::statement::{MAX_REPEATS, otherwise, verb};
use super::verb::{Form, VERBS};
use super::{Caption, Cluster, Condition, Line, Statement};
use crate::kv::Text;

/// The longest script, in bytes.
pub const MAX_SCRIPT: usize = 1024 * 1024;

/// The most statements in a script; those repeated are counted once.
pub const MAX_STATEMENTS: usize = 10_000;

/// How deep `repeat` may nest.
const MAX_NESTING: usize = 64;

/// What a line comes to.
#[derive(Debug)]
enum Step {
    Statement(Statement),
    End,
    Else(Statement),
}

/// A line with words on it.
struct Source<'a> {
    number: usize,
    tokens: Vec<Token<'a>>,
    end: usize,
}

/// The statements of a text, and where they stand.
pub(super) struct Program {
    pub lines: Vec<Line>,
    /// The place of each statement, by line number.
    spans: Vec<Range<usize>>,
}

impl Program {
    /// Where the statement on a line stands.
    pub fn span(&self, number: usize) -> Range<usize> {
        self.spans[number].clone()
    }
}

/// Where a text says what its nodes are called.
pub(super) enum Named {
    /// In its first `cluster` statement.
    So(Cluster),
    /// In one that is wrong: then any name may be meant, and only that statement is called wrong.
    Wrongly,
    /// Nowhere.
    Nowhere,
}

/// Reads a text. What is wrong goes to `faults`, and the rest is read all the same. `names` gives
/// the nodes' names once the words of the first `cluster` statement are known.
pub(super) fn read<'n>(
    text: &str,
    selected: bool,
    names: impl FnOnce(Named) -> std::borrow::Cow<'n, [Text]>,
    faults: &mut Vec<Fault>,
) -> Program {
    if text.len() > MAX_SCRIPT {
        faults.push(
            Fault::new(0..0, format!("the script has {} bytes", text.len()))
                .help("a script has at most 1 MiB"),
        );
        return Program {
            lines: Vec::new(),
            spans: Vec::new(),
        };
    }
    let (sources, is_whole) = words(text, faults);
    let names = names(cluster(text, &sources)).into_owned();
    let roll = roll(&sources, Roll::new(names, selected));
    let mut blocks = Blocks::default();
    let mut spans = Vec::new();
    for source in &sources {
        let start = source
            .tokens
            .first()
            .map_or(source.end, |token| token.span.start);
        let end = source
            .tokens
            .last()
            .map_or(source.end, |token| token.span.end);
        spans.resize(source.number + 1, 0..0);
        spans[source.number] = start..end;
        let step = match step(source, roll.scope(source.number)) {
            Ok(step) => Some(step),
            Err(fault) => {
                faults.push(fault);
                in_place_of(source).map(Step::Statement)
            }
        };
        if let Some(step) = step
            && let Err(fault) = blocks.add(source.number, start..end, step)
        {
            faults.push(fault);
        }
    }
    // Where the rest was not read nothing can be said of what it closes.
    let lines = match is_whole {
        true => blocks.finish(faults),
        false => Vec::new(),
    };
    Program { lines, spans }
}

/// The words of every line that has any; true when there were not too many of them.
fn words<'a>(text: &'a str, faults: &mut Vec<Fault>) -> (Vec<Source<'a>>, bool) {
    let mut sources = Vec::new();
    let mut start = 0;
    let mut statements = 0;
    for (number, line) in (1..).zip(text.split('\n')) {
        let shown = line.strip_suffix('\r').unwrap_or(line);
        let end = start + shown.len();
        let tokens = lex(shown, start);
        start += line.len() + 1;
        if tokens.as_ref().is_ok_and(Vec::is_empty) {
            continue;
        }
        statements += 1;
        if statements > MAX_STATEMENTS {
            faults.push(
                Fault::new(end - shown.len()..end, "this is one statement too many").help(
                    "a script has at most 10000 statements; `repeat` counts what it repeats once",
                ),
            );
            return (sources, false);
        }
        match tokens {
            Ok(tokens) => sources.push(Source {
                number,
                tokens,
                end,
            }),
            Err(fault) => faults.push(fault),
        }
    }
    (sources, true)
}

/// What the first `cluster` statement says.
fn cluster(text: &str, sources: &[Source]) -> Named {
    let is_cluster = |source: &&Source| source.tokens[0].lexeme == Lexeme::Word("cluster");
    if let Some(source) = sources.iter().find(is_cluster) {
        return match step(source, Scope::of(&[], false)) {
            Ok(Step::Statement(Statement::Cluster(cluster))) => Named::So(cluster),
            _ => Named::Wrongly,
        };
    }
    // One that is misspelt, or holds signs that are none, is wrong too.
    let mut first_words = text
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let verbs = || VERBS.iter().map(|verb| verb.name);
    let meant = first_words.any(|word| match verbs().find(|&verb| verb == word) {
        Some(verb) => verb == "cluster",
        None => nearest(word, verbs()) == Some("cluster"),
    });
    match meant {
        true => Named::Wrongly,
        false => Named::Nowhere,
    }
}

/// The nodes that there are, and with them those that the statements make. A statement that is
/// wrong makes its nodes too, so that those after it are not called wrong on its account.
fn roll(sources: &[Source], mut roll: Roll) -> Roll {
    for source in sources {
        let mut cursor = Cursor::new(&source.tokens, source.end, roll.scope(source.number));
        attempt(&mut cursor);
        let (made, draws) = (cursor.made, cursor.draws);
        roll.add(source.number, made);
        if draws {
            roll.let_draw(source.number);
        }
    }
    roll
}

fn step(source: &Source, scope: Scope) -> Parsed<Step> {
    statement(&mut Cursor::new(&source.tokens, source.end, scope))
}

/// What stands for a statement that is wrong: it still has the lines that belong to it.
fn in_place_of(source: &Source) -> Option<Statement> {
    match source.tokens[0].lexeme {
        Lexeme::Word("repeat") => Some(Statement::Repeat(1, Vec::new())),
        Lexeme::Word("ask") => Some(Statement::Ask {
            caption: Caption::from(""),
            until: Condition(Vec::new()),
            otherwise: None,
        }),
        _ => None,
    }
}

/// Reads a whole statement.
fn statement(c: &mut Cursor) -> Parsed<Step> {
    let verb = verb(c)?;
    c.form = verb.usage;
    let read = |c: &mut Cursor| {
        let step = match verb.form {
            Form::Statement(read) => Step::Statement(read(c)?),
            Form::Else => Step::Else(otherwise(c)?),
            Form::End => Step::End,
        };
        c.finish()?;
        Ok(step)
    };
    let read = read(c);
    read.map_err(|fault: Fault| c.spelt(fault).or_help(|| format!("as in: {}", c.form)))
}

/// Reads as much of a statement as there is, for what it offers.
pub(super) fn attempt(c: &mut Cursor) {
    // Half a statement is wrong by nature.
    let _ = statement(c);
}

/// A `repeat` that waits for its `end`.
struct Open {
    line: usize,
    span: Range<usize>,
    times: u64,
    /// With those around it.
    product: u64,
    lines: Vec<Line>,
}

/// Puts statements between `repeat` and `end` into one.
#[derive(Default)]
struct Blocks {
    done: Vec<Line>,
    open: Vec<Open>,
}

impl Blocks {
    fn add(&mut self, number: usize, span: Range<usize>, step: Step) -> Parsed<()> {
        match step {
            Step::Statement(Statement::Repeat(times, _)) => self.open(number, span, times),
            Step::Statement(statement) => {
                self.push(Line { number, statement });
                Ok(())
            }
            Step::End => self.close().ok_or_else(|| {
                Fault::new(span, "there is nothing to end here")
                    .help("`end` closes a `repeat N` before it")
            }),
            Step::Else(statement) => {
                let line = Line { number, statement };
                self.instead(line).ok_or_else(|| {
                    Fault::new(span, "there is no `ask` that this belongs to")
                        .help("`else STATEMENT` stands on the line after an `ask`")
                })
            }
        }
    }

    /// The lines of the innermost block.
    fn lines(&mut self) -> &mut Vec<Line> {
        self.open
            .last_mut()
            .map_or(&mut self.done, |open| &mut open.lines)
    }

    fn push(&mut self, line: Line) {
        self.lines().push(line);
    }

    /// Gives a line to the `ask` just before it, if there is one that has none.
    fn instead(&mut self, line: Line) -> Option<()> {
        match &mut self.lines().last_mut()?.statement {
            Statement::Ask { otherwise, .. } if otherwise.is_none() => {
                *otherwise = Some(Box::new(line));
                Some(())
            }
            _ => None,
        }
    }

    fn open(&mut self, line: usize, span: Range<usize>, times: u64) -> Parsed<()> {
        let around = self.open.last().map_or(1, |open| open.product);
        let product = around.saturating_mul(times);
        let fault = if product > MAX_REPEATS {
            let message = format!("with those around it this repeats {product} times");
            Some(Fault::new(span.clone(), message).help("at most 1000000 repeats, all in all"))
        } else if self.open.len() == MAX_NESTING {
            Some(Fault::new(span.clone(), "`repeat` is nested too deep").help("at most 64 deep"))
        } else {
            None
        };
        // Its `end` belongs to it, wrong or not. A fault means that the statements are not used.
        let lines = Vec::new();
        self.open.push(Open {
            line,
            span,
            times,
            product,
            lines,
        });
        fault.map_or(Ok(()), Err)
    }

    fn close(&mut self) -> Option<()> {
        let open = self.open.pop()?;
        let statement = Statement::Repeat(open.times, open.lines);
        // Below the limit, so that what is built never nests without bound.
        if self.open.len() < MAX_NESTING {
            self.push(Line {
                number: open.line,
                statement,
            });
        }
        Some(())
    }

    fn finish(self, faults: &mut Vec<Fault>) -> Vec<Line> {
        for open in self.open {
            // Of one that is wrong itself nothing more can be said.
            let here = open.span.start..=open.span.end;
            if faults.iter().any(|fault| here.contains(&fault.span.start)) {
                continue;
            }
            faults.push(
                Fault::new(open.span, "this `repeat` has no `end`")
                    .help("close it with a line `end`"),
            );
        }
        self.done
    }
}

impl Statement {
    /// Reads one statement, as it is typed or bound to a key. Only `repeat`, and `ask` with
    /// its `else`, span several lines.
    /// Nodes must be among `names`, unless there are none; `@` stands for the selected node when
    /// `selected` says so.
    pub fn parse(text: &str, names: &[Text], selected: bool) -> Result<Statement, Diagnostics> {
        let mut faults = Vec::new();
        let program = read(text, selected, |_| names.into(), &mut faults);
        let mut lines = program.lines.into_iter();
        let first = lines.next();
        if let (true, Some(second)) = (faults.is_empty(), lines.next()) {
            faults.push(Fault::new(
                program.spans[second.number].clone(),
                "one statement was expected, and this is another",
            ));
        }
        match first {
            Some(line) if faults.is_empty() => Ok(line.statement),
            None if faults.is_empty() => {
                let fault = Fault::new(0..0, "a statement is missing").help("as in: crash n1");
                Err(Diagnostics::locate("statement", text, vec![fault]))
            }
            _ => Err(Diagnostics::locate("statement", text, faults)),
        }
    }

    /// True when virtual time may pass while it runs.
    pub fn takes_time(&self) -> bool {
        match self {
            Statement::Wait(_)
            | Statement::WaitUntil { .. }
            | Statement::Ask { .. }
            | Statement::At(..) => true,
            Statement::Expect { throughout, .. } => throughout.is_some(),
            Statement::Repeat(_, lines) => lines.iter().any(|line| line.statement.takes_time()),
            _ => false,
        }
    }

    /// True for what says what must hold: `expect never always`.
    pub fn expects(&self) -> bool {
        matches!(
            self,
            Statement::Expect { .. } | Statement::Never(_) | Statement::Always(_)
        )
    }

    /// True for what stands at the head of a script: `title about cluster seed given`.
    pub fn sets_the_stage(&self) -> bool {
        matches!(
            self,
            Statement::Title(_)
                | Statement::About(_)
                | Statement::Cluster(_)
                | Statement::Seed(_)
                | Statement::Given(_)
        )
    }
}

/// Checks that every node in a statement is among `names`.
///
/// # Errors
/// Names the nodes that are not, by their place in the statement as it is printed.
pub fn check_names(statement: &Statement, names: &[Text]) -> Result<(), Diagnostics> {
    Statement::parse(&statement.to_string(), names, true).map(drop)
}
