//! How each statement is read after its verb; the table of verbs names these functions, and those
//! of the actions on the world.

use super::cursor::{Choice, Cursor};
use super::diagnostic::{Fault, Parsed};
use super::lex::Lexeme;
use super::nodes::{Place, wrong_name};
use super::number::{self, MILLIONTHS, SPEEDS};
use super::question::WORDS;
use super::verb::{Form, Group, VERBS, Verb};
use super::{Caption, Cluster, Dashboard, Export, Given, Show, Statement, ViewName};
use crate::kv::Text;
use crate::world::MAX_NODES;
use crate::world::command::Nodes;

/// The most times that statements may be repeated.
pub const MAX_REPEATS: u64 = 1_000_000;

/// The verb that comes next.
pub(super) fn verb(c: &mut Cursor) -> Parsed<&'static Verb> {
    let row = |verb: &'static Verb| (verb.name, verb.help, verb);
    let verb = c
        .choose("a statement", VERBS.iter().map(row))
        .map_err(|fault| {
            fault.or_help(|| c.in_form("`raft-playground commands` lists them all"))
        })?;
    // What can be typed and bound to a key, but stands in no script.
    if verb.group == Group::Dashboard && !c.scope.selected {
        return Err(
            Fault::new(c.last_span(), "this is known only in the dashboard")
                .help("a script plays one cluster, to its end"),
        );
    }
    Ok(verb)
}

// Setting the stage

fn caption(c: &mut Cursor) -> Parsed<Caption> {
    let text = c.quoted()?;
    let zh = match c.keyword("zh", "the same in Chinese") {
        true => Some(c.quoted()?),
        false => None,
    };
    Ok(Caption { text, zh })
}

pub(super) fn title(c: &mut Cursor) -> Parsed<Statement> {
    caption(c).map(Statement::Title)
}

pub(super) fn about(c: &mut Cursor) -> Parsed<Statement> {
    caption(c).map(Statement::About)
}

pub(super) fn say(c: &mut Cursor) -> Parsed<Statement> {
    caption(c).map(Statement::Say)
}

pub(super) fn cluster(c: &mut Cursor) -> Parsed<Statement> {
    let all_digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    if c.peek_word().is_some_and(all_digits) {
        let count = c.count("the number of nodes", 1..=MAX_NODES as u64)?;
        return Ok(Statement::Cluster(Cluster::Count(count as u16)));
    }
    let mut names: Vec<Text> = Vec::new();
    while !c.at_end() || names.is_empty() {
        if names.len() == MAX_NODES {
            let message = format!("a cluster has at most {MAX_NODES} nodes");
            return Err(Fault::new(c.span(), message));
        }
        let help = "write the number of nodes, or their names with blanks between them";
        let name = c.quantity("a name", help, |word| match wrong_name(word) {
            Some(why) => Err(why),
            None if names.iter().any(|name| &**name == word) => Err("is named twice"),
            None => Ok(word.into()),
        })?;
        names.push(name);
    }
    Ok(Statement::Cluster(Cluster::Names(names)))
}

pub(super) fn seed(c: &mut Cursor) -> Parsed<Statement> {
    c.count("a seed", 0..=u64::MAX).map(Statement::Seed)
}

/// The latest term that a node may be given: whatever follows, terms never overflow.
const LATEST_TERM: u64 = 1 << 40;

pub(super) fn given(c: &mut Cursor) -> Parsed<Statement> {
    let node = Nodes::these(vec![c.node()?]);
    let term = match c.keyword("term", "its term") {
        true => Some(c.count("a term", 1..=LATEST_TERM)?),
        false => None,
    };
    let term_span = c.last_span();
    let voted = match c.keyword("voted", "whom it voted for in that term") {
        true => Some(c.node()?),
        false => None,
    };
    let voted_span = c.last_span();
    let mut log: Vec<u64> = Vec::new();
    if c.keyword("log", "the terms of its entries, from index 1") {
        loop {
            let least = log.last().copied().unwrap_or(1);
            let span = c.span();
            let next = c.count("a term", 1..=LATEST_TERM)?;
            if next < least {
                return Err(
                    Fault::new(span, format!("term {next} follows term {least}"))
                        .help("the terms in a log never fall"),
                );
            }
            log.push(next);
            if c.at_end() || c.peek_word() == Some("commit") {
                break;
            }
        }
    }
    if let (Some(term), Some(&last)) = (term, log.last())
        && term < last
    {
        return Err(Fault::new(
            term_span,
            format!("the log ends in term {last}, and this is less"),
        )
        .help(format!(
            "a node's term is at least that of its entries: term {last}"
        )));
    }
    if voted.is_some() && term.is_none() && log.is_empty() {
        return Err(Fault::new(voted_span, "a vote is given in a term")
            .help("say which, before the vote: term 1"));
    }
    let commit = match c.keyword("commit", "how far its log is known to be committed") {
        true => Some(c.count(
            "the commit index, no further than the log,",
            0..=log.len() as u64,
        )?),
        false => None,
    };
    Ok(Statement::Given(Given {
        node,
        term,
        voted,
        log,
        commit,
    }))
}

// Watching

pub(super) fn wait(c: &mut Cursor) -> Parsed<Statement> {
    if !c.keyword("until", "until a condition holds") {
        if let Some(word) = c.peek_word()
            && WORDS.iter().any(|known| known.name == word)
        {
            let help = format!("a condition is waited for with `until`: wait until {word}");
            return Err(c.unexpected("a DURATION").help(help));
        }
        return c.duration(0).map(Statement::Wait);
    }
    let condition = c.condition()?;
    let within = match c.keyword("within", "how long at most; 10s when not said") {
        true => Some(c.duration(0)?),
        false => None,
    };
    Ok(Statement::WaitUntil { condition, within })
}

pub(super) fn expect(c: &mut Cursor) -> Parsed<Statement> {
    let condition = c.condition()?;
    let throughout = match c.keyword("for", "throughout that time") {
        true => Some(c.duration(0)?),
        false => None,
    };
    Ok(Statement::Expect {
        condition,
        throughout,
    })
}

pub(super) fn ask(c: &mut Cursor) -> Parsed<Statement> {
    let caption = caption(c)?;
    c.expect_keyword("until", "until the person has made it true")?;
    let until = c.condition()?;
    Ok(Statement::Ask {
        caption,
        until,
        otherwise: None,
    })
}

/// What follows `else`.
pub(super) fn otherwise(c: &mut Cursor) -> Parsed<Statement> {
    instantly(c, "else", "this can't be done instead of an `ask`")
}

pub(super) fn at(c: &mut Cursor) -> Parsed<Statement> {
    let instant = c.duration(0)?;
    let statement = instantly(c, "at", "this can't be done `at` an instant")?;
    Ok(Statement::At(instant, Box::new(statement)))
}

/// A statement after `verb` that takes no time and does not set the stage.
fn instantly(c: &mut Cursor, after: &str, refusal: &str) -> Parsed<Statement> {
    let start = c.span().start;
    let refuse = |c: &Cursor| {
        Fault::new(start..c.last_span().end, refusal).help(format!(
            "`{after}` runs one statement that takes no time and does not set the stage"
        ))
    };
    // Looked at before it is read, so that nothing nests.
    if matches!(
        c.peek_word(),
        Some("at" | "repeat" | "end" | "ask" | "else")
    ) {
        c.advance();
        return Err(refuse(c));
    }
    let verb = verb(c)?;
    let Form::Statement(read) = verb.form else {
        return Err(refuse(c));
    };
    c.form = verb.usage;
    let statement = read(c)?;
    if verb.group == Group::Dashboard {
        let help = format!("`{}` is the dashboard's own: say it by itself", verb.name);
        return Err(refuse(c).help(help));
    }
    match statement.sets_the_stage() || statement.takes_time() {
        true => Err(refuse(c)),
        false => Ok(statement),
    }
}

pub(super) fn repeat(c: &mut Cursor) -> Parsed<Statement> {
    let times = c.count("how often", 1..=MAX_REPEATS)?;
    if !c.at_end() {
        return Err(c
            .not_expected()
            .help("what is repeated stands on the lines between `repeat N` and `end`"));
    }
    Ok(Statement::Repeat(times, Vec::new()))
}

// Showing

pub(super) fn break_when(c: &mut Cursor) -> Parsed<Show> {
    if c.keyword("clear", "forget all breaks") {
        return Ok(Show::BreakClear);
    }
    if !c.keyword("when", "pause when a condition becomes true") {
        return Err(c.unexpected("`when` or `clear`"));
    }
    c.condition().map(Show::BreakWhen)
}

pub(super) fn speed(c: &mut Cursor) -> Parsed<Show> {
    let [slowest, fastest] =
        [SPEEDS.start(), SPEEDS.end()].map(|&speed| number::decimal_text(speed, MILLIONTHS));
    let help = format!("virtual seconds in a second, from {slowest} to {fastest}: 1, 0.1, 20");
    c.quantity("N", &help, number::speed).map(Show::Speed)
}

pub(super) fn view(c: &mut Cursor) -> Parsed<Show> {
    let views = ViewName::ALL.iter();
    let views = views.map(|&view| -> Choice<ViewName> { (view.name(), view.shows(), view) });
    c.choose("a view", views).map(Show::View)
}

pub(super) fn focus(c: &mut Cursor) -> Parsed<Show> {
    // It is looked at, not acted upon: nobody draws lots.
    c.one_node(Place::Condition).map(Show::Focus)
}

// In the dashboard

pub(super) fn save(c: &mut Cursor) -> Parsed<Dashboard> {
    let file = c.file()?;
    let force = c.keyword("force", "replace a file that something else wrote");
    Ok(Dashboard::Save { file, force })
}

pub(super) fn record(c: &mut Cursor) -> Parsed<Dashboard> {
    if c.keyword("off", "end the film") {
        return Ok(Dashboard::RecordOff);
    }
    let file = c.file()?;
    let force = c.keyword("force", "replace a file that something else wrote");
    Ok(Dashboard::Record { file, force })
}

pub(super) fn why(c: &mut Cursor) -> Parsed<Dashboard> {
    super::why::why(c).map(Dashboard::Why)
}

pub(super) fn odds(c: &mut Cursor) -> Parsed<Dashboard> {
    super::odds::odds(c).map(Dashboard::Odds)
}

pub(super) fn goto(c: &mut Cursor) -> Parsed<Dashboard> {
    c.duration(0).map(Dashboard::Goto)
}

pub(super) fn export(c: &mut Cursor) -> Parsed<Dashboard> {
    let file = c.file()?;
    let instant = |c: &mut Cursor, word, help| match c.keyword(word, help) {
        true => c.duration(0).map(Some),
        false => Ok(None),
    };
    let from = instant(c, "from", "where the stretch begins")?;
    let span = c.span();
    let to = instant(c, "to", "where it ends; at the instant shown when not said")?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let span = span.start..c.last_span().end;
        return Err(Fault::new(span, "the stretch ends before it begins"));
    }
    let force = c.keyword("force", "replace a file that something else wrote");
    Ok(Dashboard::Export(Export {
        file,
        from,
        to,
        force,
    }))
}

pub(super) fn open(c: &mut Cursor) -> Parsed<Dashboard> {
    let help = "the name of a demo, or a file";
    let name = match c.peek() {
        Some(Lexeme::Quoted(_)) => c.quoted()?,
        _ => c.quantity("NAME or FILE", help, |word| Ok(word.into()))?,
    };
    Ok(Dashboard::Open(name))
}
