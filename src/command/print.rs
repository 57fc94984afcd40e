//! Statements as text. What is printed is read back as the same statement.

mod condition;

use std::fmt::{self, Display, Formatter, Write};

use super::clean::steers;
use super::lex::is_plain_word;
use super::number::{MILLIONTHS, decimal_text, duration_text, percent_text, range_text, rate_text};
use super::verb::is_keyword;
use super::{Caption, Cluster, Dashboard, Given, Show, Statement};
use crate::kv::Operation;
use crate::raft::{Backtracking, Kind, Membership, ReadMode};
use crate::world::Command;
use crate::world::command::{
    ClockChange, Discovery, DiskChange, End, Handling, Link, NodeRef, Nodes, Pick, Selector,
    Setting, Workload,
};

/// A text in double quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                c if steers(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// A key or value: in quotes only where it needs them.
pub(super) struct Value<'a>(pub &'a str);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Some letters are not seen.
        let is_seen = !self.0.contains(steers);
        match is_plain_word(self.0) && !is_keyword(self.0) && is_seen {
            true => f.write_str(self.0),
            false => Quoted(self.0).fmt(f),
        }
    }
}

/// A part that may be missing, with the word before it.
struct Part<'a, T>(&'a str, &'a Option<T>);

impl<T: Display> Display for Part<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Some(part) => write!(f, " {}{part}", self.0),
            None => Ok(()),
        }
    }
}

/// Parts with a separator between them.
struct Joined<'a, T>(&'a [T], &'a str);

impl<T: Display> Display for Joined<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, part) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { self.1 };
            write!(f, "{separator}{part}")?;
        }
        Ok(())
    }
}

impl Display for NodeRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            NodeRef::Name(name) => f.write_str(name),
            NodeRef::Number(number) => number.fmt(f),
        }
    }
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Selector::These(nodes) => Joined(nodes, ",").fmt(f),
            Selector::Group(group) => f.write_str(group.word()),
        }
    }
}

impl Display for Nodes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.less {
            Some(less) => write!(f, "{}-{less}", self.base),
            None => self.base.fmt(f),
        }
    }
}

impl Display for End {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            End::Nodes(nodes) => nodes.fmt(f),
            End::Client(client) => client.fmt(f),
        }
    }
}

impl Display for Link {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let arrow = if self.both { "<->" } else { "->" };
        write!(f, "{}{arrow}{}", self.from, self.to)
    }
}

impl Display for Caption {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let zh = self.zh.as_deref().map(Quoted);
        write!(f, "{}{}", Quoted(&self.text), Part("zh ", &zh))
    }
}

impl Display for Cluster {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Cluster::Count(count) => count.fmt(f),
            Cluster::Names(names) => Joined(names, " ").fmt(f),
        }
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let log = (!self.log.is_empty()).then_some(Joined(&self.log, " "));
        write!(
            f,
            "{}{}{}{}{}",
            self.node,
            Part("term ", &self.term),
            Part("voted ", &self.voted),
            Part("log ", &log),
            Part("commit ", &self.commit)
        )
    }
}

fn kind(kind: Option<Kind>) -> &'static str {
    kind.map_or("any", Kind::name)
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// How a way of reading is written.
pub fn read_mode(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::Linearizable => "linearizable",
        ReadMode::Lease => "lease",
        ReadMode::Leader => "leader",
        ReadMode::Stale => "stale",
    }
}

fn discovery_text(discovery: Discovery) -> &'static str {
    match discovery {
        Discovery::Redirect => "redirect",
        Discovery::Poll => "poll",
        Discovery::HealthCheck => "health-check",
        Discovery::Forward => "forward",
    }
}

impl Display for Setting {
    /// The option's name and its value.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Setting::Heartbeat(micros) => write!(f, "heartbeat {}", duration_text(micros)),
            Setting::ElectionTimeout(span) => write!(f, "election-timeout {}", range_text(span)),
            Setting::MaxAppend(n) => write!(f, "max-append {n}"),
            Setting::Inflight(n) => write!(f, "inflight {n}"),
            Setting::Backtracking(Backtracking::Hint) => f.write_str("backtracking hint"),
            Setting::Backtracking(Backtracking::Naive) => f.write_str("backtracking naive"),
            Setting::ParallelDisk(on) => write!(f, "parallel-disk {}", on_off(on)),
            Setting::SnapshotEvery(n) => write!(f, "snapshot-every {n}"),
            Setting::SnapshotChunk(n) => write!(f, "snapshot-chunk {n}"),
            Setting::Membership(Membership::Joint) => f.write_str("membership joint"),
            Setting::Membership(Membership::Single) => f.write_str("membership single"),
            Setting::DriftBound(share) => write!(f, "drift-bound {}", percent_text(share)),
            Setting::Discovery(discovery) => write!(f, "discovery {}", discovery_text(discovery)),
            Setting::ClientTimeout(micros) => write!(f, "client-timeout {}", duration_text(micros)),
            Setting::ClientRetries(on) => write!(f, "client-retries {}", on_off(on)),
            Setting::Reads(mode) => write!(f, "reads {}", read_mode(mode)),
        }
    }
}

impl Display for Operation {
    /// The statement that asks for it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Put { key, value } => write!(f, "put {} {}", Value(key), Value(value)),
            Operation::Get { key } => write!(f, "get {}", Value(key)),
            Operation::Delete { key } => write!(f, "del {}", Value(key)),
            Operation::Add { key, amount } => write!(f, "add-to {} {amount}", Value(key)),
            Operation::Append { key, value } => write!(f, "append {} {}", Value(key), Value(value)),
            Operation::Cas {
                key,
                old: None,
                new,
            } => {
                write!(f, "cas {} missing {}", Value(key), Value(new))
            }
            Operation::Cas {
                key,
                old: Some(old),
                new,
            } => {
                write!(f, "cas {} {} {}", Value(key), Value(old), Value(new))
            }
        }
    }
}

fn handle(f: &mut Formatter<'_>, handling: Handling, pick: &Pick) -> fmt::Result {
    let verb = match handling {
        Handling::Drop => "drop",
        Handling::Delay(_) => "delay",
        Handling::Deliver => "deliver",
        Handling::Copy => "copy",
    };
    write!(f, "{verb} {} {}", kind(pick.kind), pick.link)?;
    if let Handling::Delay(micros) = handling {
        write!(f, " by {}", duration_text(micros))?;
    }
    if pick.nth != 1 {
        write!(f, " nth {}", pick.nth)?;
    }
    match pick.count {
        None => f.write_str(" count all"),
        Some(1) => Ok(()),
        Some(count) => write!(f, " count {count}"),
    }
}

fn clock(f: &mut Formatter<'_>, nodes: &Nodes, change: ClockChange) -> fmt::Result {
    match change {
        ClockChange::Rate(rate) => {
            write!(f, "clock {nodes} rate {}", rate_text(rate))
        }
        ClockChange::Jump(micros) => {
            let sign = if micros < 0 { "-" } else { "" };
            let size = duration_text(micros.unsigned_abs());
            write!(f, "clock {nodes} jump {sign}{size}")
        }
    }
}

impl Display for Workload {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rate = decimal_text(self.rate, MILLIONTHS);
        let (keys, reads, clients) = (self.keys, percent_text(self.reads), self.clients);
        write!(
            f,
            "workload {rate}/s keys {keys} reads {reads} clients {clients}"
        )
    }
}

impl Display for Command {
    /// The statement.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Command::Set { setting, on } => write!(f, "set {setting}{}", Part("on ", on)),
            Command::Rule { rule, on } => write!(f, "rule {} {}", rule.info().name, on_off(*on)),
            Command::Crash(nodes) => write!(f, "crash {nodes}"),
            Command::Restart(nodes) => write!(f, "restart {nodes}"),
            Command::Wipe(nodes) => write!(f, "wipe {nodes}"),
            Command::Stop(nodes) => write!(f, "stop {nodes}"),
            Command::Resume(nodes) => write!(f, "resume {nodes}"),
            Command::Partition(islands) => write!(f, "partition {}", Joined(islands, " | ")),
            Command::Isolate(nodes) => write!(f, "isolate {nodes}"),
            Command::Heal => f.write_str("heal"),
            Command::Cut(link) => write!(f, "cut {link}"),
            Command::Mend(link) => write!(f, "mend {link}"),
            Command::Loss { share, link } => {
                write!(f, "loss {}{}", percent_text(*share), Part("", link))
            }
            Command::Duplicate { share, link } => {
                write!(f, "duplicate {}{}", percent_text(*share), Part("", link))
            }
            Command::Latency { span, link } => {
                write!(f, "latency {}{}", range_text(*span), Part("", link))
            }
            Command::Bandwidth { rate, link } => {
                match rate {
                    Some(rate) => write!(f, "bandwidth {rate}/s")?,
                    None => f.write_str("bandwidth none")?,
                }
                write!(f, "{}", Part("", link))
            }
            Command::Handle { handling, pick } => handle(f, *handling, pick),
            Command::HandleOff => f.write_str("drop off"),
            Command::Clock { nodes, change } => clock(f, nodes, *change),
            Command::Disk { nodes, change } => match change {
                DiskChange::Latency(span) => {
                    write!(f, "disk {nodes} latency {}", range_text(*span))
                }
                DiskChange::Stall => write!(f, "disk {nodes} stall"),
                DiskChange::Ok => write!(f, "disk {nodes} ok"),
            },
            Command::Timeout(nodes) => write!(f, "timeout {nodes}"),
            Command::HoldTimer(nodes) => write!(f, "hold-timer {nodes}"),
            Command::ReleaseTimer(nodes) => write!(f, "release-timer {nodes}"),
            Command::Calm => f.write_str("calm"),
            Command::Chaos(on) => write!(f, "chaos {}", on_off(*on)),
            Command::Add { node, learner, via } => {
                let learner = if *learner { " as learner" } else { "" };
                write!(f, "add {node}{learner}{}", Part("via ", via))
            }
            Command::Admin { verb, nodes, via } => {
                write!(f, "{} {nodes}{}", verb.word(), Part("via ", via))
            }
            Command::Snapshot(nodes) => write!(f, "snapshot {nodes}"),
            Command::Reboot(nodes) => write!(f, "reboot {nodes}"),
            Command::Request {
                operation,
                by,
                via,
                reads,
            } => {
                let reads = reads.map(read_mode);
                let (by, via) = (Part("by ", by), Part("via ", via));
                write!(f, "{operation}{by}{via}{}", Part("reads ", &reads))
            }
            Command::Workload(workload) => workload.fmt(f),
            Command::WorkloadOff => f.write_str("workload off"),
        }
    }
}

impl Display for Show {
    /// The statement.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Show::BreakWhen(condition) => write!(f, "break when {condition}"),
            Show::BreakClear => f.write_str("break clear"),
            Show::Speed(speed) => write!(f, "speed {}", decimal_text(*speed, MILLIONTHS)),
            Show::View(name) => write!(f, "view {}", name.name()),
            Show::Focus(node) => write!(f, "focus {node}"),
        }
    }
}

fn forced(force: bool) -> &'static str {
    if force { " force" } else { "" }
}

impl Display for Dashboard {
    /// The statement.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Dashboard::Open(name) => write!(f, "open {}", Value(name)),
            Dashboard::Back => f.write_str("back"),
            Dashboard::Tour => f.write_str("tour"),
            Dashboard::Goto(at) => write!(f, "goto {}", duration_text(*at)),
            Dashboard::Why(why) => why.fmt(f),
            Dashboard::Odds(odds) => odds.fmt(f),
            Dashboard::Save { file, force } => write!(f, "save {}{}", Value(file), forced(*force)),
            Dashboard::Record { file, force } => {
                write!(f, "record {}{}", Value(file), forced(*force))
            }
            Dashboard::RecordOff => f.write_str("record off"),
            Dashboard::Export(export) => {
                let (from, to) = (export.from.map(duration_text), export.to.map(duration_text));
                let (from, to) = (Part("from ", &from), Part("to ", &to));
                let (file, force) = (Value(&export.file), forced(export.force));
                write!(f, "export {file}{from}{to}{force}")
            }
        }
    }
}

impl Display for Statement {
    /// One line; `repeat` has a line for each statement in it, and `end`, and `ask` one for `else`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Statement::Title(caption) => write!(f, "title {caption}"),
            Statement::About(caption) => write!(f, "about {caption}"),
            Statement::Cluster(cluster) => write!(f, "cluster {cluster}"),
            Statement::Seed(seed) => write!(f, "seed {seed}"),
            Statement::Given(given) => write!(f, "given {given}"),
            Statement::Act(command) => command.fmt(f),
            Statement::Wait(micros) => write!(f, "wait {}", duration_text(*micros)),
            Statement::WaitUntil { condition, within } => {
                let within = within.map(duration_text);
                write!(f, "wait until {condition}{}", Part("within ", &within))
            }
            Statement::Expect {
                condition,
                throughout,
            } => {
                let throughout = throughout.map(duration_text);
                write!(f, "expect {condition}{}", Part("for ", &throughout))
            }
            Statement::Never(condition) => write!(f, "never {condition}"),
            Statement::Always(condition) => write!(f, "always {condition}"),
            Statement::Mark => f.write_str("mark"),
            Statement::Say(caption) => write!(f, "say {caption}"),
            Statement::Ask {
                caption,
                until,
                otherwise,
            } => {
                write!(f, "ask {caption} until {until}")?;
                match otherwise {
                    Some(line) => write!(f, "\nelse {}", line.statement),
                    None => Ok(()),
                }
            }
            Statement::Pause => f.write_str("pause"),
            Statement::Show(show) => show.fmt(f),
            Statement::Dashboard(asked) => asked.fmt(f),
            Statement::At(instant, statement) => {
                write!(f, "at {} {statement}", duration_text(*instant))
            }
            Statement::Repeat(times, lines) => {
                writeln!(f, "repeat {times}")?;
                for line in lines {
                    writeln!(f, "{}", line.statement)?;
                }
                f.write_str("end")
            }
        }
    }
}
