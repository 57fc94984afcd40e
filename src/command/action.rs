//! How each action on the world is read after its verb; the table of verbs names these functions.

use std::collections::BTreeMap;

use super::cursor::{Cursor, meant};
use super::diagnostic::{Fault, Parsed, nearest};
use super::lex::Lexeme;
use super::nodes::{MAX_CLIENTS, Place};
use super::number;
use super::verb::{OPTIONS, Verb, Whose};
use crate::kv::Operation;
use crate::raft::{Backtracking, Membership, ReadMode, Rule, Span};
use crate::world::Command;
use crate::world::command::{
    ClockChange, Discovery, DiskChange, Handling, NodeRef, Nodes, Pick, Selector, Setting, Workload,
};

pub(super) fn action_nodes(c: &mut Cursor) -> Parsed<Nodes> {
    c.nodes(Place::Action)
}

pub(super) fn range(c: &mut Cursor, min: u64) -> Parsed<Span> {
    let help = "a RANGE is two durations or one: 10ms..30ms, 10ms";
    let span = c.quantity("a RANGE", help, |word| match number::range(word)? {
        span if span.min < min => Err("is too short"),
        span => Ok(span),
    })?;
    match (c.last_word(), c.peek_word()) {
        (Some(one), Some(two)) if c.scope.find(two).is_none() && number::duration(two).is_ok() => {
            let help = format!("two durations are one RANGE with `..`: {one}..{two}");
            Err(c.not_expected().help(help))
        }
        _ => Ok(span),
    }
}

fn percent(c: &mut Cursor) -> Parsed<u32> {
    let help = "a PERCENT is 0% to 100%, to four decimals: 20%, 0.5%";
    c.quantity("a PERCENT", help, number::percent)
}

// At any time

pub(super) fn set(c: &mut Cursor) -> Parsed<Command> {
    let rows = OPTIONS
        .iter()
        .map(|option| (option.name, option.help, option));
    let option = c.choose("an option", rows);
    let option = option.map_err(|fault| match elsewhere(c) {
        Some(help) => fault.help(help),
        None => fault,
    })?;
    // Words are offered as they are read, with what they mean.
    if option.value.starts_with(char::is_uppercase) {
        c.offer([(option.default, "the default")]);
    }
    let setting = (option.read)(c)
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

/// What is written in place of `set` where the next word is no option, if that can be told.
fn elsewhere(c: &Cursor) -> Option<String> {
    let word = c.peek_word()?;
    let options: Vec<_> = OPTIONS.iter().map(|option| option.name).collect();
    if meant(word, &options).is_some() {
        return None;
    }
    let rules = Rule::ALL.iter().map(|rule| rule.info().name);
    Some(match (Verb::named(word), nearest(word, rules)) {
        (Some(verb), _) => format!("without `set`, as in: {}", verb.usage),
        (None, Some(rule)) => format!("it is a rule: rule {rule} on|off"),
        (None, None) => {
            let options = options.join(", ");
            format!("a key is set with `put K V`, and an option is one of: {options}")
        }
    })
}

pub(super) fn backtracking(c: &mut Cursor) -> Parsed<Setting> {
    let choices = [
        (
            "hint",
            "one term back, as the follower tells",
            Backtracking::Hint,
        ),
        (
            "naive",
            "one index back after each refusal",
            Backtracking::Naive,
        ),
    ];
    c.choose("a way to backtrack", choices)
        .map(Setting::Backtracking)
}

pub(super) fn membership(c: &mut Cursor) -> Parsed<Setting> {
    let choices = [
        (
            "joint",
            "any change at once, by way of both majorities",
            Membership::Joint,
        ),
        ("single", "one server after the other", Membership::Single),
    ];
    c.choose("a way to change membership", choices)
        .map(Setting::Membership)
}

pub(super) fn drift_bound(c: &mut Cursor) -> Parsed<Setting> {
    let help = "a drift bound is a PERCENT below 100%, to four decimals: 10%, 0.5%";
    let share = c.quantity("a PERCENT", help, |word| match number::percent(word)? {
        1_000_000 => Err("would let a clock stand still"),
        share => Ok(share),
    })?;
    Ok(Setting::DriftBound(share))
}

pub(super) fn discovery(c: &mut Cursor) -> Parsed<Setting> {
    let choices = [
        (
            "redirect",
            "the node asked names the leader",
            Discovery::Redirect,
        ),
        (
            "poll",
            "one node after the other is asked, and no hint is heeded",
            Discovery::Poll,
        ),
        (
            "health-check",
            "every node is asked whether it leads",
            Discovery::HealthCheck,
        ),
        (
            "forward",
            "the node asked passes the request on to the leader",
            Discovery::Forward,
        ),
    ];
    c.choose("a way to find the leader", choices)
        .map(Setting::Discovery)
}

pub(super) fn read_mode(c: &mut Cursor) -> Parsed<ReadMode> {
    let choices = [
        (
            "linearizable",
            "by a leader that has confirmed that it leads",
            ReadMode::Linearizable,
        ),
        (
            "lease",
            "by a leader whose lease lasts, at once",
            ReadMode::Lease,
        ),
        (
            "leader",
            "by a node that believes that it leads",
            ReadMode::Leader,
        ),
        ("stale", "by any node, at once", ReadMode::Stale),
    ];
    c.choose("a way to read", choices)
}

pub(super) fn rule(c: &mut Cursor) -> Parsed<Command> {
    let rules = Rule::ALL
        .iter()
        .map(|&rule| (rule.info().name, rule.info().holds, rule));
    let rule = c
        .choose("a rule", rules)
        .map_err(|fault| fault.or_help(|| c.in_form("`raft-playground rules` lists them all")))?;
    Ok(Command::Rule {
        rule,
        on: c.on_off()?,
    })
}

// Faults

pub(super) fn chaos(c: &mut Cursor) -> Parsed<Command> {
    let on = c.on_off()?;
    c.draws |= on;
    Ok(Command::Chaos(on))
}

pub(super) fn partition(c: &mut Cursor) -> Parsed<Command> {
    let mut islands: Vec<Nodes> = Vec::new();
    let mut stands_on = BTreeMap::new();
    loop {
        let start = c.span().start;
        let island = action_nodes(c);
        // Who stands on another island already is not offered here.
        let elsewhere = |word: &str| stands_on.contains_key(&NodeRef::Name(word.into()));
        c.offers.retain(|offer| !elsewhere(&offer.text));
        let island = island?;
        // What is taken from an island may stand on another: that is seen when it is done.
        if let (Selector::These(nodes), None) = (&island.base, &island.less) {
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

pub(super) fn heal(c: &mut Cursor) -> Parsed<Command> {
    match c.at_end() {
        true => Ok(Command::Heal),
        false => Err(c.not_expected().help(format!(
            "as in: {}; one link is mended with: mend LINK",
            c.form
        ))),
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
    let help = "bandwidth is in bytes a second, at least 1: 1000/s, or `none`";
    let rate = match c.keyword("none", "no limit; so it is when not said") {
        true => None,
        false => Some(c.quantity("a RATE", help, |word| number::rate(word, 0))?),
    };
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
    let named = c.last_span();
    let link = c.link()?;
    if let Some(kind) = kind.filter(|&kind| !link.carries(kind)) {
        return Err(
            Fault::new(named, format!("no `{}` goes on this link", kind.name()))
                .help("a client sends `request` and is sent `request-reply`; `any` means either"),
        );
    }
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
    let (mut by, mut via, mut reads) = (None, None, None);
    loop {
        if by.is_none() && c.keyword("by", "which client asks") {
            by = Some(c.client()?);
        } else if via.is_none() && c.keyword("via", "which node is asked first") {
            via = Some(c.one_node(Place::Action)?);
        } else if reads.is_none() && c.keyword("reads", "how a read is answered") {
            reads = Some(read_mode(c)?);
        } else {
            break;
        }
    }
    Ok(Command::Request {
        operation,
        by,
        via,
        reads,
    })
}

/// The most requests a second that a workload may make.
const MOST_REQUESTS: u64 = 100_000;

pub(super) fn workload(c: &mut Cursor) -> Parsed<Command> {
    if c.keyword("off", "no more requests") {
        return Ok(Command::WorkloadOff);
    }
    let help = "a RATE is so many a second, at most 100000: 50/s, 0.5/s";
    let rate = c.quantity("a RATE", help, |word| {
        match number::rate(word, number::MILLIONTHS)? {
            rate if rate <= MOST_REQUESTS * 1_000_000 => Ok(rate),
            _ => Err("is out of bounds"),
        }
    })?;
    let (mut keys, mut reads, mut clients) = (None, None, None);
    loop {
        if keys.is_none() && c.keyword("keys", "how many keys; 10 when not said") {
            keys = Some(c.count("N", 1..=u64::from(u32::MAX))? as u32);
        } else if reads.is_none() && c.keyword("reads", "the share of reads; 0% when not said") {
            reads = Some(percent(c)?);
        } else if clients.is_none() && c.keyword("clients", "how many clients; 5 when not said") {
            clients = Some(c.count("N", 1..=u64::from(MAX_CLIENTS))? as u16);
        } else {
            break;
        }
    }
    let usual = Workload::at(rate);
    Ok(Command::Workload(Workload {
        rate,
        keys: keys.unwrap_or(usual.keys),
        reads: reads.unwrap_or(usual.reads),
        clients: clients.unwrap_or(usual.clients),
    }))
}
