//! What can be asked with `why`, and how it is read and written.

use std::fmt;

use super::condition::Asker;
use super::cursor::Cursor;
use super::diagnostic::Parsed;
use super::nodes::Place;
use super::print::Value;
use crate::kv::{ClientId, Text};
use crate::raft::{EventId, Index, Invariant};
use crate::world::command::Nodes;

/// What somebody wants explained. Whether the thing is so or not is no part of the question: the
/// answer says how it is, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// `leader`: who leads, or why nobody does.
    Leader,
    /// `role NODE`: what a node is, `down` included.
    Role(Nodes),
    /// `term NODE`: how it came to its term.
    Term(Nodes),
    /// `vote NODE`: whom it voted for in its term, and whom it refused.
    Vote(Nodes),
    /// `commit N [on NODE]`: the entry at that index; with a node, what that one knows.
    Commit(Index, Option<Nodes>),
    /// `log NODE N`: what a node holds at that index.
    Log(Nodes, Index),
    /// `value NODE K`: what a node's state machine holds of a key.
    Value(Nodes, Text),
    /// `snapshot NODE`: how far its snapshot reaches.
    Snapshot(Nodes),
    /// `config [NODE]`: the configuration in use, stable or joint; the leader's when no node is
    /// named.
    Config(Option<Nodes>),
    /// `reply [CLIENT|admin]`: what came of the newest request.
    Reply(Asker),
    /// `latency`: the answered request that took longest since the last `mark`.
    Latency,
    /// `outage`: the longest stretch without a commit since the last `mark` while one was wanted.
    Outage,
    /// `elections`: who campaigned since the last `mark`, and what came of it.
    Elections,
    /// `violation [INVARIANT]`: the first, or the first of that invariant.
    Violation(Option<Invariant>),
    /// `event N`: an event by its number in the trace.
    Event(EventId),
}

/// A row of the table of questions.
pub struct Topic {
    /// The word that the question begins with.
    pub name: &'static str,
    /// How it is written, without `why`.
    pub usage: &'static str,
    /// The same with `why`.
    form: &'static str,
    /// What is asked.
    pub help: &'static str,
    read: fn(&mut Cursor) -> Parsed<Why>,
}

macro_rules! topics {
    ($( $name:literal $usage:literal $help:literal => $read:expr; )*) => {
        /// Every question, with the words that mean the same.
        pub static TOPICS: &[Topic] = &[ $( Topic {
            name: $name,
            usage: concat!($name, $usage),
            form: concat!("why ", $name, $usage),
            help: $help,
            read: $read,
        }, )* ];
    };
}

topics! {
    "leader" " [NODE]" "who leads, or why nobody does; that node's role" => leader;
    "role" " NODE" "what the node is" => |c| node(c).map(Why::Role);
    "down" " NODE" "the same as role" => |c| node(c).map(Why::Role);
    "term" " NODE" "how it came to its term" => |c| node(c).map(Why::Term);
    "vote" " NODE" "whom it voted for in its term, and whom it refused" => |c| node(c).map(Why::Vote);
    "commit" " N [on NODE]" "the entry at that index; what that node knows of it" => commit;
    "committed" " N [on NODE]" "the same as commit" => commit;
    "applied" " N [on NODE]" "the same as commit: what is committed is applied at once" => commit;
    "log" " NODE N" "what the node holds at that index" => |c| Ok(Why::Log(node(c)?, index(c)?));
    "value" " NODE K" "what its state machine holds of the key" => |c| Ok(Why::Value(node(c)?, c.value("a key")?));
    "snapshot" " NODE" "how far its snapshot reaches" => |c| node(c).map(Why::Snapshot);
    "config" " [NODE]" "the configuration in use; the leader's unless a node is named" => config;
    "members" " [NODE]" "the same as config" => config;
    "joint" " [NODE]" "the same as config" => config;
    "reply" " [CLIENT|admin]" "what came of the newest request" => reply;
    "latency" "" "the answered request that took longest since the last mark" => |_| Ok(Why::Latency);
    "outage" "" "the longest stretch without a commit while one was wanted" => |_| Ok(Why::Outage);
    "elections" "" "who campaigned since the last mark, why, and what came of it" => |_| Ok(Why::Elections);
    "violation" " [INVARIANT]" "what was violated first; that invariant" => violation;
    "event" " N" "an event of the trace by its number" => |c| c.count("N", 1..=u64::MAX).map(Why::Event);
}

/// What follows `why`. With `not` or `no` the question is the same: the answer says how it is.
pub(super) fn why(c: &mut Cursor) -> Parsed<Why> {
    let _ = c.keyword("not", "why it is not so") || c.keyword("no", "why there is none");
    let topics = TOPICS.iter();
    let topic = c.choose(
        "a question",
        topics.map(|topic| (topic.name, topic.help, topic)),
    )?;
    c.form = topic.form;
    (topic.read)(c)
}

fn node(c: &mut Cursor) -> Parsed<Nodes> {
    c.one_node(Place::Condition)
}

fn index(c: &mut Cursor) -> Parsed<Index> {
    c.count("the index N", 1..=u64::MAX)
}

fn optional_node(c: &mut Cursor) -> Parsed<Option<Nodes>> {
    c.offer_names();
    match c.at_end() {
        true => Ok(None),
        false => node(c).map(Some),
    }
}

fn leader(c: &mut Cursor) -> Parsed<Why> {
    Ok(optional_node(c)?.map_or(Why::Leader, Why::Role))
}

fn commit(c: &mut Cursor) -> Parsed<Why> {
    let index = index(c)?;
    let on = match c.keyword("on", "what one node knows of it") {
        true => Some(node(c)?),
        false => None,
    };
    Ok(Why::Commit(index, on))
}

fn config(c: &mut Cursor) -> Parsed<Why> {
    optional_node(c).map(Why::Config)
}

fn reply(c: &mut Cursor) -> Parsed<Why> {
    let asker = if c.client_next() {
        Asker::Client(c.client()?)
    } else if c.keyword("admin", "statements about the cluster") {
        Asker::Admin
    } else {
        c.offer([("c1", "a client")]);
        Asker::Client(ClientId(1))
    };
    Ok(Why::Reply(asker))
}

fn violation(c: &mut Cursor) -> Parsed<Why> {
    let choices = Invariant::ALL.map(|it| (it.name(), "an invariant", it));
    c.offer(Invariant::ALL.map(|it| (it.name(), "an invariant")));
    let invariant = match c.at_end() {
        true => None,
        false => Some(c.choose("an invariant", choices)?),
    };
    Ok(Why::Violation(invariant))
}

impl Why {
    /// The node that is asked about, if it is one.
    pub fn nodes_mut(&mut self) -> Option<&mut Nodes> {
        match self {
            Why::Role(nodes) | Why::Term(nodes) | Why::Vote(nodes) | Why::Snapshot(nodes) => {
                Some(nodes)
            }
            Why::Log(nodes, _) | Why::Value(nodes, _) => Some(nodes),
            Why::Commit(_, nodes) | Why::Config(nodes) => nodes.as_mut(),
            Why::Leader
            | Why::Reply(_)
            | Why::Latency
            | Why::Outage
            | Why::Elections
            | Why::Violation(_)
            | Why::Event(_) => None,
        }
    }

    /// The question as a person would ask it.
    pub fn words(&self) -> String {
        match self {
            Why::Leader => "Who leads, and why?".into(),
            Why::Role(node) => format!("What is {node} now, and why?"),
            Why::Term(node) => format!("How did {node} come to its term?"),
            Why::Vote(node) => format!("Whom did {node} vote for, and why?"),
            Why::Commit(index, None) => format!("Is entry {index} committed, and why?"),
            Why::Commit(index, Some(node)) => format!("What does {node} know of entry {index}?"),
            Why::Log(node, index) => format!("What does {node} hold at index {index}, and why?"),
            Why::Value(node, key) => format!("What does {node} hold of {key}, and why?"),
            Why::Snapshot(node) => format!("How far does the snapshot of {node} reach, and why?"),
            Why::Config(None) => "Who is in the cluster, and who votes?".into(),
            Why::Config(Some(node)) => format!("Who is in the cluster, as {node} knows it?"),
            Why::Reply(Asker::Client(client)) => {
                format!("What came of the last request of {client}?")
            }
            Why::Reply(Asker::Admin) => "What came of the last statement about the cluster?".into(),
            Why::Latency => "Which request took longest, and why?".into(),
            Why::Outage => "When was nothing committed for longest, and why?".into(),
            Why::Elections => "Who campaigned, and what came of it?".into(),
            Why::Violation(None) => "What went wrong first, and why?".into(),
            Why::Violation(Some(invariant)) => format!("How was {invariant} violated?"),
            Why::Event(event) => format!("What led to event {event}?"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Leader => f.write_str("why leader"),
            Why::Role(node) => write!(f, "why role {node}"),
            Why::Term(node) => write!(f, "why term {node}"),
            Why::Vote(node) => write!(f, "why vote {node}"),
            Why::Commit(index, None) => write!(f, "why commit {index}"),
            Why::Commit(index, Some(node)) => write!(f, "why commit {index} on {node}"),
            Why::Log(node, index) => write!(f, "why log {node} {index}"),
            Why::Value(node, key) => write!(f, "why value {node} {}", Value(key)),
            Why::Snapshot(node) => write!(f, "why snapshot {node}"),
            Why::Config(None) => f.write_str("why config"),
            Why::Config(Some(node)) => write!(f, "why config {node}"),
            Why::Reply(Asker::Client(client)) => write!(f, "why reply {client}"),
            Why::Reply(Asker::Admin) => f.write_str("why reply admin"),
            Why::Latency => f.write_str("why latency"),
            Why::Outage => f.write_str("why outage"),
            Why::Elections => f.write_str("why elections"),
            Why::Violation(None) => f.write_str("why violation"),
            Why::Violation(Some(invariant)) => write!(f, "why violation {invariant}"),
            Why::Event(event) => write!(f, "why event {event}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Script, Statement};

    fn read(text: &str) -> Result<Statement, String> {
        Statement::parse(text, &["n1".into(), "n3".into()], true).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn what_means_the_same_is_the_same_question() {
        for (text, same) in [
            ("why committed 7", "why commit 7"),
            ("why not committed 7", "why commit 7"),
            ("why applied 7 on n3", "why commit 7 on n3"),
            ("why no leader", "why leader"),
            ("why leader n3", "why role n3"),
            ("why down n3", "why role n3"),
            ("why not joint", "why config"),
            ("why members n3", "why config n3"),
            ("why not value n3 \"a key\"", "why value n3 \"a key\""),
            ("why no snapshot n3", "why snapshot n3"),
            ("why no reply", "why reply c1"),
        ] {
            assert_eq!(read(text), read(same), "{text}");
            assert_eq!(read(text).map(|why| why.to_string()), Ok(same.to_owned()));
        }
    }

    #[test]
    fn what_is_no_question_is_refused() {
        for text in [
            "why",
            "why not",
            "why commit",
            "why commit 0",
            "why role",
            "why role all",
            "why vote n9",
            "why log n3",
            "why value n3",
            "why value all x",
            "why snapshot",
            "why event x",
            "why no leader n3 n1",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_script_asks_no_questions() {
        let script = Script::parse("x.raft", "why leader");
        assert!(script.is_err_and(|wrong| wrong.to_string().contains("only in the dashboard")));
    }
}
