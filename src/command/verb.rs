//! The one table of verbs, and that of options: parser, completion, help and the list of commands
//! are made from them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::action::*;
use super::cursor::Cursor;
use super::diagnostic::Parsed;
use super::membership::*;
use super::question::WORDS;
use super::statement::*;
use super::{Dashboard, Statement};
use crate::world::Command::*;
use crate::world::command::{AdminVerb, Group as Selection, Setting};

/// What a verb is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Before the run, at instant 0.
    Stage,
    /// How nodes and clients run.
    Running,
    /// What goes wrong.
    Faults,
    /// Who is in the cluster.
    Membership,
    /// What clients ask.
    Clients,
    /// Waiting, expecting, repeating.
    Watching,
    /// How it is shown; without effect on the run.
    Showing,
    /// Scripts that are played and files that are written, and questions about the run, by hand:
    /// these stand in no script.
    Dashboard,
}

impl Group {
    /// Every group with its heading, in the order of the table.
    pub const ALL: [(Group, &'static str); 8] = [
        (Group::Stage, "Setting the stage"),
        (Group::Running, "At any time"),
        (Group::Faults, "Faults"),
        (Group::Membership, "Membership and state"),
        (Group::Clients, "Clients"),
        (Group::Watching, "Watching"),
        (Group::Showing, "Showing"),
        (Group::Dashboard, "In the dashboard only"),
    ];
}

/// What a verb leads to.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A statement; the function reads what follows the verb.
    Statement(fn(&mut Cursor) -> Parsed<Statement>),
    /// `end`: the statement that `repeat` began is complete.
    End,
    /// `else`: a statement follows, which belongs to the `ask` before.
    Else,
}

/// A row of the table of verbs.
pub struct Verb {
    /// The word that the statement begins with.
    pub name: &'static str,
    /// How it is written: keywords in lower case, what is to be filled in in capitals.
    pub usage: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
    /// What it is for.
    pub group: Group,
    pub(super) form: Form,
}

impl Verb {
    /// The verb with this name.
    pub fn named(name: &str) -> Option<&'static Verb> {
        VERBS.iter().find(|verb| verb.name == name)
    }
}

macro_rules! verbs {
    ($( $group:ident { $( $name:literal $usage:literal $help:literal => $form:tt $($read:expr)?; )* } )*) => {
        /// Every verb, group by group.
        pub static VERBS: &[Verb] = &[ $( $( Verb {
            name: $name,
            usage: concat!($name, $usage),
            help: $help,
            group: Group::$group,
            form: verbs!(@ $form $($read)?),
        }, )* )* ];
    };
    (@ read $read:expr) => { Form::Statement($read) };
    (@ acts $read:expr) => { Form::Statement(|c| $read(c).map(Statement::Act)) };
    (@ shows $read:expr) => { Form::Statement(|c| $read(c).map(Statement::Show)) };
    (@ asks $read:expr) => { Form::Statement(|c| $read(c).map(Statement::Dashboard)) };
    (@ on_nodes $command:expr) => { Form::Statement(|c| action_nodes(c).map($command).map(Statement::Act)) };
    (@ alone $statement:expr) => { Form::Statement(|_| Ok($statement)) };
    (@ end) => { Form::End };
    (@ instead) => { Form::Else };
}

verbs! {
    Stage {
        "title" " \"…\" [zh \"…\"]" "what the script is called" => read title;
        "about" " \"…\" [zh \"…\"]" "what it shows; may repeat" => read about;
        "cluster" " N|NAME …" "the first voters" => read cluster;
        "seed" " N" "the run's seed" => read seed;
        "given" " NODE [term T] [voted NODE] [log T1 T2 …] [commit N]" "the durable state that a node starts with" => read given;
    }
    Running {
        "set" " OPTION VALUE [on NODES]" "an option, for all or for some nodes" => acts set;
        "rule" " RULE on|off" "a rule of Raft" => acts rule;
    }
    Faults {
        "crash" " NODES" "lose memory and unsynced writes" => on_nodes Crash;
        "restart" " NODES" "come back from disk" => on_nodes Restart;
        "wipe" " NODES" "empty the disk of a crashed node" => on_nodes Wipe;
        "stop" " NODES" "freeze the process; its memory is kept" => on_nodes Stop;
        "resume" " NODES" "let a stopped process go on" => on_nodes Resume;
        "partition" " NODES | NODES [| …]" "islands; a node not named is one of its own" => acts partition;
        "isolate" " NODES" "each alone, added to what is" => on_nodes Isolate;
        "heal" "" "end partition, isolation and cuts" => acts heal;
        "cut" " LINK" "no message passes" => acts (|c: &mut Cursor| c.link().map(Cut));
        "mend" " LINK" "messages pass again" => acts (|c: &mut Cursor| c.link().map(Mend));
        "loss" " PERCENT [LINK]" "the share of messages lost" => acts loss;
        "duplicate" " PERCENT [LINK]" "the share of messages that arrive twice" => acts duplicate;
        "latency" " RANGE [LINK]" "how long messages are on their way" => acts latency;
        "bandwidth" " RATE|none [LINK]" "bytes a second, or no limit" => acts bandwidth;
        "drop" " KIND LINK [nth N] [count N|all] | drop off" "lose messages by hand; end all that is pending" => acts drop_messages;
        "delay" " KIND LINK by DURATION [nth N] [count N|all]" "let messages arrive later" => acts delay;
        "deliver" " KIND LINK [nth N] [count N|all]" "let messages arrive now" => acts deliver;
        "copy" " KIND LINK [nth N] [count N|all]" "let messages arrive twice" => acts copy;
        "clock" " NODES rate N | clock NODES jump DURATION" "drift of a node's own clock; a jump" => acts clock;
        "disk" " NODES latency RANGE | disk NODES stall | disk NODES ok" "how long a sync takes; none ends until ok" => acts disk;
        "timeout" " NODES" "fire the election timer now" => on_nodes Timeout;
        "hold-timer" " NODES" "hold the election timer" => on_nodes HoldTimer;
        "release-timer" " NODES" "let the election timer go" => on_nodes ReleaseTimer;
        "calm" "" "all as at first: links, disks, clocks, timers, stops" => alone Statement::Act(Calm);
        "chaos" " on|off" "faults drawn at random, until off" => acts chaos;
    }
    Membership {
        "add" " NODE [as learner] [via NODE]" "boot a node, a new one too, and ask the leader to add it" => acts add;
        "promote" " NODE [via NODE]" "make a learner a voter" => acts (|c: &mut Cursor| of_one(c, AdminVerb::Promote));
        "demote" " NODE [via NODE]" "make a voter a learner" => acts (|c: &mut Cursor| of_one(c, AdminVerb::Demote));
        "remove" " NODE [via NODE]" "take a node out" => acts (|c: &mut Cursor| of_one(c, AdminVerb::Remove));
        "members" " NODES [via NODE]" "change to these voters, new nodes too" => acts members;
        "transfer" " NODE [via NODE]" "hand leadership over" => acts (|c: &mut Cursor| of_one(c, AdminVerb::Transfer));
        "snapshot" " NODES" "compact the log" => on_nodes Snapshot;
        "reboot" " NODES" "restart the whole cluster with these, new nodes too" => acts reboot;
    }
    Clients {
        "put" " K V [by CLIENT] [via NODE] [reads MODE]" "set a key" => acts put;
        "get" " K [by CLIENT] [via NODE] [reads MODE]" "read a key" => acts get;
        "del" " K [by CLIENT] [via NODE] [reads MODE]" "remove a key" => acts del;
        "add-to" " K N [by CLIENT] [via NODE] [reads MODE]" "add to a number" => acts add_to;
        "append" " K V [by CLIENT] [via NODE] [reads MODE]" "append to a text" => acts append;
        "cas" " K OLD|missing NEW [by CLIENT] [via NODE] [reads MODE]" "set a key if it still has its old value" => acts cas;
        "workload" " RATE [keys N] [reads PERCENT] [clients N] | workload off" "requests at a fixed interval" => acts workload;
    }
    Watching {
        "wait" " DURATION | wait until COND [within DURATION]" "let time pass" => read wait;
        "expect" " COND [for DURATION]" "must hold now, or throughout" => read expect;
        "never" " COND" "must not hold from here to the end" => read (|c| c.condition().map(Statement::Never));
        "always" " COND" "must hold from here to the end" => read (|c| c.condition().map(Statement::Always));
        "mark" "" "zero the counters of sent, elections, latency and outage" => alone Statement::Mark;
        "at" " TIME STATEMENT" "wait until then and run a statement that takes no time" => read at;
        "repeat" " N" "the statements up to the matching end, N times" => read repeat;
        "end" "" "the end of what is repeated" => end;
        "ask" " \"…\" [zh \"…\"] until COND" "a caption; wait until the person has made it true" => read ask;
        "else" " STATEMENT" "what runs instead of the ask before, without a person" => instead;
    }
    Showing {
        "say" " \"…\" [zh \"…\"]" "a caption" => read say;
        "break" " when COND | break clear" "pause the dashboard when it becomes true" => shows break_when;
        "speed" " N" "virtual seconds in a second" => shows speed;
        "pause" "" "hold the dashboard" => alone Statement::Pause;
        "view" " NAME" "what the dashboard shows" => shows view;
        "focus" " NODE" "select a node" => shows focus;
    }
    Dashboard {
        "open" " NAME|FILE" "play a demo or a script; what runs now is kept" => asks open;
        "back" "" "return to the script or demo that you left" => alone Statement::Dashboard(Dashboard::Back);
        "tour" "" "play the tour" => alone Statement::Dashboard(Dashboard::Tour);
        "goto" " TIME" "go to an instant, and hold the time there" => asks goto;
        "why" " [not|no] QUESTION" "explain how it came about, or what is missing" => asks why;
        "save" " FILE [force]" "write what was done as a script" => asks save;
        "record" " FILE [force] | record off" "make a film of what is shown, up to record off" => asks record;
        "export" " FILE [from TIME] [to TIME] [force]" "write a stretch of time as .mmd, .svg, .txt or .jsonl" => asks export;
        "odds" " COND [within DURATION] [runs N]" "in how many futures of this instant it comes true" => asks odds;
    }
}

/// Whose option it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// A node's; it can be set for some nodes only.
    Nodes,
    /// The clients'.
    Clients,
}

/// A row of the table of options.
pub struct OptionRow {
    /// The option's name.
    pub name: &'static str,
    /// What its value looks like.
    pub value: &'static str,
    /// The value that it has when nobody sets it.
    pub default: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    /// Whose it is.
    pub whose: Whose,
    /// Reads the value.
    pub(super) read: fn(&mut Cursor) -> Parsed<Setting>,
}

macro_rules! options {
    ($( $whose:ident { $( $name:literal $value:literal $default:literal $help:literal => $read:expr; )* } )*) => {
        /// Every option.
        pub static OPTIONS: &[OptionRow] = &[ $( $( OptionRow {
            name: $name, value: $value, default: $default, help: $help, whose: Whose::$whose, read: $read,
        }, )* )* ];
    };
}

options! {
    Nodes {
        "heartbeat" "DURATION" "50ms" "the time between two heartbeats of a leader" => |c| c.duration(1).map(Setting::Heartbeat);
        "election-timeout" "RANGE" "150ms..300ms" "the range that election timeouts are drawn from" => |c| range(c, 1).map(Setting::ElectionTimeout);
        "max-append" "N" "64" "entries in one message" => |c| c.count("N", 1..=u64::MAX).map(Setting::MaxAppend);
        "inflight" "N" "8" "messages with entries not answered yet" => |c| c.count("N", 1..=u64::from(u32::MAX)).map(|n| Setting::Inflight(n as usize));
        "backtracking" "hint|naive" "hint" "how a leader finds where the logs part" => backtracking;
        "parallel-disk" "on|off" "on" "the leader sends before its own write is synced" => |c| c.on_off().map(Setting::ParallelDisk);
        "snapshot-every" "N" "0" "entries between snapshots; 0 for never" => |c| c.count("N", 0..=u64::MAX).map(Setting::SnapshotEvery);
        "snapshot-chunk" "N" "4096" "bytes of a snapshot in one message" => |c| c.count("N", 1..=u64::MAX).map(Setting::SnapshotChunk);
        "membership" "joint|single" "joint" "how the configuration changes" => membership;
        "drift-bound" "PERCENT" "10%" "how far a clock may drift; the lease allows for it" => drift_bound;
    }
    Clients {
        "discovery" "redirect|poll|health-check|forward" "redirect" "how a request finds the leader" => discovery;
        "client-timeout" "DURATION" "1s" "how long a client waits for an answer" => |c| c.duration(1).map(Setting::ClientTimeout);
        "client-retries" "on|off" "on" "a client asks until it is answered" => |c| c.on_off().map(Setting::ClientRetries);
        "reads" "linearizable|lease|leader|stale" "linearizable" "how get is answered" => |c| read_mode(c).map(Setting::Reads);
    }
}

/// Every word that stands in a usage in lower case, and every word for several nodes: as keys,
/// values and names they would be read as something else by a person or by the parser. What stands
/// in no script takes no word away from scripts.
static KEYWORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let verbs = VERBS.iter();
    let verbs = verbs.filter(|verb| verb.group != Group::Dashboard);
    let usages = verbs.map(|verb| verb.usage);
    let usages = usages.chain(WORDS.iter().map(|word| word.usage));
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let words =
        usages.flat_map(move |usage| usage.split(move |c| !letters(c) && !c.is_ascii_uppercase()));
    let groups = Selection::ALL.map(|(_, word)| word);
    let words = words
        .chain(groups)
        .chain(["and", "any", "no", "none", "not"]);
    words
        .filter(|word| !word.is_empty() && word.chars().all(letters))
        .collect()
});

/// True for words that have a meaning of their own and stand in quotes as keys and values.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::Options;
    use crate::world::client::ClientOptions;

    /// The list in the palette has 70 columns for a name and its help.
    #[test]
    fn names_and_help_fit_the_list() {
        let longest = VERBS.iter().map(|verb| verb.name.len()).max();
        let room = 70 - longest.unwrap_or_default();
        for verb in VERBS {
            assert!(verb.help.len() <= room, "{}: {}", verb.name, verb.help);
        }
    }

    #[test]
    fn names_are_unique_and_usages_begin_with_them() {
        for (at, verb) in VERBS.iter().enumerate() {
            assert!(VERBS[..at].iter().all(|other| other.name != verb.name));
            assert!(verb.usage.starts_with(verb.name));
        }
        for word in WORDS {
            assert!(word.usage.starts_with(word.name));
        }
    }

    #[test]
    fn keywords_are_the_words_of_the_usages() {
        for word in [
            "crash",
            "via",
            "missing",
            "leader",
            "none",
            "not",
            "admin",
            "hold-timer",
            "p99",
        ] {
            assert!(is_keyword(word), "{word}");
        }
        // What stands in no script takes no word away from scripts.
        for word in [
            "x", "n1", "lock", "T1", "", "N", "open", "tour", "why", "odds", "runs", "export",
            "save", "force",
        ] {
            assert!(!is_keyword(word), "{word}");
        }
    }

    #[test]
    fn every_default_is_what_its_option_is_when_nobody_sets_it() {
        let defaults = Setting::all(&Options::default(), &ClientOptions::default());
        assert_eq!(OPTIONS.len(), defaults.len());
        for (option, setting) in OPTIONS.iter().zip(defaults) {
            let text = format!("set {} {}", option.name, option.default);
            let set = Statement::Act(Set { setting, on: None });
            assert_eq!(Statement::parse(&text, &[], false), Ok(set), "{text}");
        }
    }
}
