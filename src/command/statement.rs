//! How each statement is read after its verb; the table of verbs names these functions.

use std::collections::BTreeMap;

use super::cursor::{Choice, Cursor};
use super::diagnostic::{Fault, Parsed};
use super::lex::Lexeme;
use super::nodes::{MAX_CLIENTS, MAX_NODES, Place, wrong_name};
use super::number;
use super::verb::{LATER_RULES, OPTIONS, VERBS, VIEWS, Verb, Whose};
use super::{Caption, Cluster, Given, Statement};
use crate::kv::{Operation, Text};
use crate::raft::{Backtracking, ReadMode, Rule, Span};
use crate::world::Command;
use crate::world::command::{
    ClockChange, Discovery, DiskChange, Handling, Nodes, Pick, Selector, Setting, Workload,
};

/// The most times that statements may be repeated.
pub const MAX_REPEATS: u64 = 1_000_000;

/// The fastest that virtual time may be shown, and a clock may run.
const FASTEST: u64 = 1_000_000;

/// The verb that comes next.
pub(super) fn verb(c: &mut Cursor) -> Parsed<&'static Verb> {
    let row = |verb: &'static Verb| (verb.name, verb.help, verb.built().then_some(verb));
    c.choose("a statement", VERBS.iter().map(row))
        .map_err(|fault| fault.or_help(|| "`raft-playground commands` lists them all".to_owned()))
}

pub(super) fn action_nodes(c: &mut Cursor) -> Parsed<Nodes> {
    c.nodes(Place::Action)
}

pub(super) fn range(c: &mut Cursor, min: u64) -> Parsed<Span> {
    let help = "a RANGE is two durations or one: 10ms..30ms, 10ms";
    c.quantity("a RANGE", help, |word| match number::range(word)? {
        span if span.min < min => Err("is too short"),
        span => Ok(span),
    })
}

fn percent(c: &mut Cursor) -> Parsed<u32> {
    let help = "a PERCENT is 0% to 100%, to four decimals: 20%, 0.5%";
    c.quantity("a PERCENT", help, number::percent)
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
            return Err(Fault::new(c.span(), "a cluster has at most 101 nodes"));
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

pub(super) fn given(c: &mut Cursor) -> Parsed<Statement> {
    let node = Nodes::these(vec![c.node()?]);
    let term = match c.keyword("term", "its term") {
        true => Some(c.count("a term", 1..=u64::MAX)?),
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
            let next = c.count("a term", 1..=u64::MAX)?;
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

// At any time

pub(super) fn set(c: &mut Cursor) -> Parsed<Command> {
    let rows = OPTIONS.iter().map(|option| {
        let value = option.read.map(|read| (option, read));
        (option.name, option.help, value)
    });
    let (option, read) = c.choose("an option", rows)?;
    // Words are offered as they are read, with what they mean.
    if option.value.starts_with(char::is_uppercase) {
        c.offer([(option.default, "the default")]);
    }
    let setting = read(c)
        .map_err(|fault| fault.or_help(|| format!("`{}` takes {}", option.name, option.value)))?;
    let on_span = c.span();
    let on = match c.keyword("on", "for some nodes only") {
        true if option.whose == Whose::Clients => {
            let message = format!("`{}` is an option of clients, not of nodes", option.name);
            return Err(Fault::new(on_span, message).help("leave `on NODES` out"));
        }
        true => Some(action_nodes(c)?),
        false => None,
    };
    Ok(Command::Set { setting, on })
}

pub(super) fn backtracking(c: &mut Cursor) -> Parsed<Setting> {
    let choices = [
        (
            "hint",
            "one term back, as the follower tells",
            Some(Backtracking::Hint),
        ),
        (
            "naive",
            "one index back after each refusal",
            Some(Backtracking::Naive),
        ),
    ];
    c.choose("a way to backtrack", choices)
        .map(Setting::Backtracking)
}

pub(super) fn discovery(c: &mut Cursor) -> Parsed<Setting> {
    let choices = [
        (
            "redirect",
            "the node asked names the leader",
            Some(Discovery::Redirect),
        ),
        ("poll", "", None),
        ("health-check", "", None),
        ("forward", "", None),
    ];
    c.choose("a way to find the leader", choices)
        .map(Setting::Discovery)
}

pub(super) fn read_mode(c: &mut Cursor) -> Parsed<ReadMode> {
    let choices = [
        (
            "linearizable",
            "by a leader that has confirmed that it leads",
            Some(ReadMode::Linearizable),
        ),
        (
            "leader",
            "by a node that believes that it leads",
            Some(ReadMode::Leader),
        ),
        ("stale", "by any node, at once", Some(ReadMode::Stale)),
        ("lease", "", None),
    ];
    c.choose("a way to read", choices)
}

pub(super) fn rule(c: &mut Cursor) -> Parsed<Command> {
    let built = Rule::ALL
        .iter()
        .map(|&rule| (rule.info().name, rule.info().holds, Some(rule)));
    let later = LATER_RULES.iter().map(|&name| (name, "", None));
    let rule = c.choose("a rule", built.chain(later))?;
    Ok(Command::Rule {
        rule,
        on: c.on_off()?,
    })
}

// Faults

pub(super) fn partition(c: &mut Cursor) -> Parsed<Command> {
    let mut islands: Vec<Nodes> = Vec::new();
    let mut stands_on = BTreeMap::new();
    loop {
        let start = c.span().start;
        let island = action_nodes(c)?;
        if let Selector::These(nodes) = &island.base {
            for node in nodes {
                let other = stands_on.insert(node.clone(), islands.len());
                if other.is_some_and(|other| other != islands.len()) {
                    let span = start..c.last_span().end;
                    return Err(
                        Fault::new(span, "a node of this island is on another already")
                            .help("a node stands on one island only"),
                    );
                }
            }
        }
        islands.push(island);
        c.offer([("|", "another island")]);
        if !c.sign(&Lexeme::Bar) {
            return Ok(Command::Partition(islands));
        }
    }
}

pub(super) fn loss(c: &mut Cursor) -> Parsed<Command> {
    Ok(Command::Loss {
        share: percent(c)?,
        link: c.optional_link()?,
    })
}

pub(super) fn duplicate(c: &mut Cursor) -> Parsed<Command> {
    Ok(Command::Duplicate {
        share: percent(c)?,
        link: c.optional_link()?,
    })
}

pub(super) fn latency(c: &mut Cursor) -> Parsed<Command> {
    Ok(Command::Latency {
        span: range(c, 0)?,
        link: c.optional_link()?,
    })
}

pub(super) fn bandwidth(c: &mut Cursor) -> Parsed<Command> {
    let help = "bandwidth is in bytes a second, at least 1: 1000/s";
    let rate = c.quantity("a RATE", help, |word| number::rate(word, 0))?;
    Ok(Command::Bandwidth {
        rate,
        link: c.optional_link()?,
    })
}

pub(super) fn drop_messages(c: &mut Cursor) -> Parsed<Command> {
    match c.keyword("off", "end all that is pending") {
        true => Ok(Command::HandleOff),
        false => handle(c, |_| Ok(Handling::Drop)),
    }
}

pub(super) fn delay(c: &mut Cursor) -> Parsed<Command> {
    handle(c, |c| {
        c.expect_keyword("by", "how much later")?;
        c.duration(0).map(Handling::Delay)
    })
}

pub(super) fn deliver(c: &mut Cursor) -> Parsed<Command> {
    handle(c, |_| Ok(Handling::Deliver))
}

pub(super) fn copy(c: &mut Cursor) -> Parsed<Command> {
    handle(c, |_| Ok(Handling::Copy))
}

fn handle(c: &mut Cursor, handling: fn(&mut Cursor) -> Parsed<Handling>) -> Parsed<Command> {
    let kind = c.kind()?;
    let link = c.link()?;
    let handling = handling(c)?;
    let nth = match c.keyword("nth", "the first to take; 1 when not said") {
        true => c.count("N", 1..=u64::MAX)?,
        false => 1,
    };
    let count = if !c.keyword("count", "how many to take; 1 when not said") {
        Some(1)
    } else if c.keyword("all", "all that come") {
        None
    } else {
        Some(c.count("N", 1..=u64::MAX)?)
    };
    let pick = Pick {
        kind,
        link,
        nth,
        count,
    };
    Ok(Command::Handle { handling, pick })
}

pub(super) fn clock(c: &mut Cursor) -> Parsed<Command> {
    let nodes = action_nodes(c)?;
    let change = if c.keyword("rate", "how fast it runs; 1 is true") {
        let help = "a clock's rate is more than 0 and at most 1000: 1.10, 0.9";
        ClockChange::Rate(c.quantity("a rate", help, |word| {
            match number::decimal(word, number::MILLIONTHS)? {
                rate @ 1..=1_000_000_000 => Ok(rate as u32),
                _ => Err("is out of bounds"),
            }
        })?)
    } else if c.keyword("jump", "on, or back with a minus sign") {
        let help = "a jump is a DURATION, with a minus sign for back: 50ms, -50ms";
        ClockChange::Jump(c.quantity("a DURATION", help, number::signed_duration)?)
    } else {
        return Err(c.unexpected("`rate` or `jump`"));
    };
    Ok(Command::Clock { nodes, change })
}

pub(super) fn disk(c: &mut Cursor) -> Parsed<Command> {
    let nodes = action_nodes(c)?;
    let change = if c.keyword("latency", "how long a sync takes") {
        DiskChange::Latency(range(c, 0)?)
    } else if c.keyword("stall", "no sync ends until ok") {
        DiskChange::Stall
    } else if c.keyword("ok", "syncs go on") {
        DiskChange::Ok
    } else {
        return Err(c.unexpected("`latency`, `stall` or `ok`"));
    };
    Ok(Command::Disk { nodes, change })
}

// Clients

pub(super) fn put(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    let value = c.value("a value")?;
    request(c, Operation::Put { key, value })
}

pub(super) fn get(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    request(c, Operation::Get { key })
}

pub(super) fn del(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    request(c, Operation::Delete { key })
}

pub(super) fn add_to(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    let amount = c.quantity("N", "a whole number: 5, -2", number::signed)?;
    request(c, Operation::Add { key, amount })
}

pub(super) fn append(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    let value = c.value("a value")?;
    request(c, Operation::Append { key, value })
}

pub(super) fn cas(c: &mut Cursor) -> Parsed<Command> {
    let key = c.value("a key")?;
    let old = match c.keyword("missing", "the key does not exist yet") {
        true => None,
        false => Some(c.value("the old value")?),
    };
    let new = c.value("the new value")?;
    request(c, Operation::Cas { key, old, new })
}

fn request(c: &mut Cursor, operation: Operation) -> Parsed<Command> {
    let by = match c.keyword("by", "which client asks") {
        true => Some(c.client()?),
        false => None,
    };
    let via = match c.keyword("via", "which node is asked first") {
        true => Some(c.one_node(Place::Action)?),
        false => None,
    };
    let reads = match c.keyword("reads", "how a read is answered") {
        true => Some(read_mode(c)?),
        false => None,
    };
    Ok(Command::Request {
        operation,
        by,
        via,
        reads,
    })
}

pub(super) fn workload(c: &mut Cursor) -> Parsed<Command> {
    if c.keyword("off", "no more requests") {
        return Ok(Command::WorkloadOff);
    }
    let help = "a RATE is so many a second: 50/s, 0.5/s";
    let rate = c.quantity("a RATE", help, |word| {
        number::rate(word, number::MILLIONTHS)
    })?;
    let mut workload = Workload {
        rate,
        keys: 10,
        reads: 0,
        clients: 5,
    };
    if c.keyword("keys", "how many keys; 10 when not said") {
        workload.keys = c.count("N", 1..=u64::from(u32::MAX))? as u32;
    }
    if c.keyword("reads", "the share of reads; 0% when not said") {
        workload.reads = percent(c)?;
    }
    if c.keyword("clients", "how many clients; 5 when not said") {
        workload.clients = c.count("N", 1..=u64::from(MAX_CLIENTS))? as u32;
    }
    Ok(Command::Workload(workload))
}

// Watching

pub(super) fn wait(c: &mut Cursor) -> Parsed<Statement> {
    if !c.keyword("until", "until a condition holds") {
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

pub(super) fn at(c: &mut Cursor) -> Parsed<Statement> {
    let instant = c.duration(0)?;
    let start = c.span().start;
    let refuse = |c: &Cursor| {
        Fault::new(
            start..c.last_span().end,
            "this can't be done `at` an instant",
        )
        .help("`at` runs one statement that takes no time and does not set the stage")
    };
    // Looked at before it is read, so that `at` never nests.
    if matches!(c.peek_word(), Some("at" | "repeat" | "end")) {
        c.advance();
        return Err(refuse(c));
    }
    let verb = verb(c)?;
    let super::verb::Form::Statement(read) = verb.form else {
        return Err(refuse(c));
    };
    let statement = read(c).map_err(|fault| fault.or_help(|| format!("as in: {}", verb.usage)))?;
    match statement.takes_time() || statement.sets_the_stage() {
        true => Err(refuse(c)),
        false => Ok(Statement::At(instant, Box::new(statement))),
    }
}

pub(super) fn repeat(c: &mut Cursor) -> Parsed<Statement> {
    let times = c.count("how often", 1..=MAX_REPEATS)?;
    Ok(Statement::Repeat(times, Vec::new()))
}

// Showing

pub(super) fn break_when(c: &mut Cursor) -> Parsed<Statement> {
    if c.keyword("clear", "forget all breaks") {
        return Ok(Statement::BreakClear);
    }
    if !c.keyword("when", "pause when a condition becomes true") {
        return Err(c.unexpected("`when` or `clear`"));
    }
    c.condition().map(Statement::BreakWhen)
}

pub(super) fn speed(c: &mut Cursor) -> Parsed<Statement> {
    let help = "virtual seconds in a second, more than 0 and at most 1000000: 1, 0.1, 20";
    let speed = c.quantity("N", help, |word| {
        match number::decimal(word, number::MILLIONTHS)? {
            0 => Err("is no speed"),
            speed if speed > FASTEST * 1_000_000 => Err("is too large"),
            speed => Ok(speed),
        }
    })?;
    Ok(Statement::Speed(speed))
}

pub(super) fn view(c: &mut Cursor) -> Parsed<Statement> {
    let views = VIEWS
        .map(|(name, help, built)| -> Choice<Text> { (name, help, built.then(|| name.into())) });
    c.choose("a view", views).map(Statement::View)
}

pub(super) fn focus(c: &mut Cursor) -> Parsed<Statement> {
    c.one_node(Place::Action).map(Statement::Focus)
}
