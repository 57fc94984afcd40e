//! The words of conditions: one table, and how each is read.

use super::condition::{
    Asker, Clause, Cmp, Condition, Measure, Percentile, Question, ReplyWord, RoleWord, Subject,
};
use super::cursor::{Choice, Cursor};
use super::diagnostic::{Fault, Parsed};
use super::lex::Lexeme;
use super::nodes::Place;
use super::number;
use super::verb::is_keyword;
use crate::kv::ClientId;
use crate::raft::{Invariant, RoleKind};
use crate::world::command::{Group, Nodes};

/// A word that a condition may begin with.
pub struct Word {
    /// The word.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it asks.
    pub help: &'static str,
    /// Reads what follows the word.
    pub(super) read: fn(&mut Cursor) -> Parsed<Question>,
}

macro_rules! words {
    ($( $name:literal $usage:literal $help:literal => $read:expr; )*) => {
        /// Every word that a condition may begin with.
        pub static WORDS: &[Word] = &[ $( Word { name: $name, usage: $usage, help: $help, read: $read }, )* ];
    };
}

words! {
    "leader" "leader [NODE]" "some live node believes that it leads; that node does" => leader;
    "leaders" "leaders CMP N" "how many live nodes believe that they lead" => |c| c.compared(Question::Leaders);
    "role" "role NODES leader|follower|pre-candidate|candidate|learner|removed|down" "what the nodes are" => role;
    "term" "term NODES CMP N" "their term" => |c| measure(c, Measure::Term);
    "commit" "commit NODES CMP N" "their commit index" => |c| measure(c, Measure::Commit);
    "applied" "applied NODES CMP N" "the index that they have applied" => |c| measure(c, Measure::Applied);
    "last" "last NODES CMP N" "the last index of their logs" => |c| measure(c, Measure::Last);
    "commands" "commands NODES CMP N" "client commands applied" => |c| measure(c, Measure::Commands);
    "log" "log NODES = T1 T2 …|none" "the terms of all entries, from index 1" => log;
    "logs" "logs agree [NODES]" "the same last index and the same entries" => logs_agree;
    "value" "value NODES K = V | value NODES K missing" "what their state machines hold" => value;
    "reply" "reply [CLIENT|admin] = V|ok|missing|mismatch|refused|timeout|pending" "the answer to the request issued last" => reply;
    "members" "members NODES = LIST" "the voters of the configuration in use" => members;
    "learners" "learners NODES = LIST|none" "the learners of the configuration in use" => learners;
    "config" "config NODES = stable|joint" "whether the configuration in use is joint" => config;
    "snapshot" "snapshot NODES CMP N" "the last included index of their snapshots, 0 for none" => |c| measure(c, Measure::Snapshot);
    "sent" "sent KIND CMP N" "messages sent since the last mark" => sent;
    "in-flight" "in-flight KIND CMP N" "messages on their way" => in_flight;
    "elections" "elections CMP N" "candidacies since the last mark, pre-votes not counted" => |c| c.compared(Question::Elections);
    "latency" "latency p50|p99 CMP DURATION" "how long answered requests took since the last mark" => latency;
    "outage" "outage CMP DURATION" "the longest stretch without a commit while one was wanted" => outage;
    "violation" "violation [INVARIANT]" "an invariant was violated" => violation;
    "linearizable" "linearizable" "the clients' history is linearizable" => |_| Ok(Question::Linearizable);
}

impl Cursor<'_> {
    /// Reads a COND: questions joined by `and`.
    pub fn condition(&mut self) -> Parsed<Condition> {
        let mut clauses = Vec::new();
        loop {
            let negated = self.keyword("not", "the contrary holds")
                || self.keyword("no", "the contrary holds");
            let choices = WORDS.iter().map(|word| (word.name, word.help, word));
            let meant = self.meant_condition(negated);
            let word = self.choose("a condition", choices);
            let word = word.map_err(|fault| match meant {
                Some(help) => fault.help(help),
                None => fault,
            })?;
            let around = std::mem::replace(&mut self.form, word.usage);
            let question = (word.read)(self)?;
            self.form = around;
            clauses.push(Clause { negated, question });
            if self.keyword("and", "another condition that must hold too") {
                continue;
            }
            let joined = self.peek_word() == Some("or");
            return match self.condition_ends() && !joined {
                true => Ok(Condition(clauses)),
                false => Err(self.after_condition(word)),
            };
        }
    }

    /// What was probably meant where no condition begins, if that can be told.
    fn meant_condition(&self, negated: bool) -> Option<String> {
        let word = self.peek_word()?;
        let nodes = word.split('-').next().unwrap_or_default();
        let is_node = self.scope.names().iter().any(|name| **name == *nodes);
        let is_group = nodes == "any" || Group::ALL.iter().any(|(_, group)| *group == nodes);
        match word {
            "not" | "no" if negated => Some("a condition is denied once".to_owned()),
            _ if WORDS.iter().any(|known| known.name == word) => None,
            _ if is_node || is_group => {
                Some("first comes what is asked, and then of whom: role n1 leader".to_owned())
            }
            _ => None,
        }
    }

    /// The fault of something standing behind a condition that does not belong there.
    fn after_condition(&self, word: &Word) -> Fault {
        let fault = self.not_expected();
        match self.peek_word() {
            Some("or") => fault.help("conditions are joined by `and`, and by nothing else"),
            // How long is said with a word of the statement's own.
            Some(_) if self.time_next() => fault.help(format!("as in: {}", self.form)),
            _ => fault.help(format!("as in: {}; `and` joins another", word.usage)),
        }
    }

    /// True when a DURATION comes next, or a word that is no node's and a DURATION.
    fn time_next(&self) -> bool {
        let unknown = |word: &str| self.scope.find(word).is_none();
        let is_time = |word: &str| unknown(word) && number::duration(word).is_ok();
        self.peek_word().is_some_and(|word| {
            is_time(word) || unknown(word) && self.word_after().is_some_and(is_time)
        })
    }

    /// True where a condition may end.
    fn condition_ends(&self) -> bool {
        match self.peek_word() {
            Some("and" | "within" | "for") => true,
            // A node may be called so.
            Some("or") => self.scope.find("or").is_none(),
            // A word of the dashboard's own: in a script a node may be called so.
            Some("runs") => self.scope.selected,
            _ => self.at_end(),
        }
    }

    /// True where a condition may end, or what follows can't belong to it.
    fn question_ends(&self) -> bool {
        let group = |word: &str| Group::ALL.iter().any(|(_, group)| *group == word);
        let elsewhere = |word: &str| is_keyword(word) && !group(word);
        self.condition_ends() || self.time_next() || self.peek_word().is_none_or(elsewhere)
    }

    fn subject(&mut self) -> Parsed<Subject> {
        let any = self.any();
        let nodes = self.nodes(Place::Condition)?;
        Ok(Subject { any, nodes })
    }

    fn any(&mut self) -> bool {
        self.keyword("any", "it holds for one of them at least")
    }

    fn cmp(&mut self) -> Parsed<Cmp> {
        use Cmp::{AtLeast, AtMost, Equal, Less, More, Unequal};
        let signs = [Equal, Unequal, Less, AtMost, More, AtLeast];
        self.offer(signs.map(|cmp| (cmp.sign(), "a comparison")));
        match self.peek() {
            Some(&Lexeme::Cmp(cmp)) => {
                self.advance();
                Ok(cmp)
            }
            _ => Err(self
                .unexpected("a comparison")
                .help(self.in_form("CMP is one of: = != < <= > >="))),
        }
    }

    fn equals(&mut self) -> Parsed<()> {
        self.offer([("=", "is")]);
        match self.sign(&Lexeme::Cmp(Cmp::Equal)) {
            true => Ok(()),
            false => Err(self.unexpected("`=`")),
        }
    }

    fn number(&mut self) -> Parsed<u64> {
        self.count("N", 0..=u64::MAX)
    }

    /// Refuses a comparison where the word itself is all that stands.
    fn no_comparison(&self) -> Parsed<()> {
        match self.peek() {
            Some(Lexeme::Cmp(_)) => Err(Fault::new(self.span(), "nothing is compared here")
                .help(format!("without a sign, as in: {}", self.form))),
            _ => Ok(()),
        }
    }

    fn compared(&mut self, question: fn(Cmp, u64) -> Question) -> Parsed<Question> {
        Ok(question(self.cmp()?, self.number()?))
    }
}

fn leader(c: &mut Cursor) -> Parsed<Question> {
    c.offer_names();
    c.no_comparison()?;
    let node = match c.question_ends() {
        true => None,
        false => Some(c.one_node(Place::Condition)?),
    };
    Ok(Question::Leader(node))
}

/// What a node can be, with what it means.
fn roles() -> [Choice<RoleWord>; 7] {
    let role = |kind: RoleKind, help| (kind.name(), help, RoleWord::Role(kind));
    [
        role(RoleKind::Leader, "it leads"),
        role(RoleKind::Follower, "it follows, or waits for a leader"),
        role(RoleKind::PreCandidate, "it asks whether it could win"),
        role(RoleKind::Candidate, "it campaigns"),
        role(RoleKind::Learner, "it receives the log and has no vote"),
        role(RoleKind::Removed, "it left the configuration for good"),
        ("down", "it crashed", RoleWord::Down),
    ]
}

/// How a role is written.
pub(super) fn role_text(role: RoleWord) -> &'static str {
    let row = roles().into_iter().find(|row| row.2 == role);
    row.expect("every role has its row").0
}

fn role(c: &mut Cursor) -> Parsed<Question> {
    let subject = c.subject()?;
    c.no_comparison()?;
    Ok(Question::Role(subject, c.choose("a role", roles())?))
}

fn measure(c: &mut Cursor, measure: Measure) -> Parsed<Question> {
    let subject = c.subject()?;
    let cmp = c.cmp()?;
    Ok(Question::Measure(measure, subject, cmp, c.number()?))
}

fn log(c: &mut Cursor) -> Parsed<Question> {
    let subject = c.subject()?;
    c.equals()?;
    let mut terms = Vec::new();
    if !c.keyword("none", "an empty log") {
        terms.push(c.count("a term", 1..=u64::MAX)?);
        while c
            .peek_word()
            .is_some_and(|word| number::whole(word).is_ok())
        {
            terms.push(c.count("a term", 1..=u64::MAX)?);
        }
    }
    Ok(Question::Log(subject, terms))
}

fn logs_agree(c: &mut Cursor) -> Parsed<Question> {
    c.expect_keyword("agree", "the same last index and the same entries")?;
    let nodes = optional_nodes(c)?;
    Ok(Question::LogsAgree(nodes))
}

fn optional_nodes(c: &mut Cursor) -> Parsed<Option<Nodes>> {
    c.offer_nodes(Place::Condition);
    match c.question_ends() {
        true => Ok(None),
        false => c.nodes(Place::Condition).map(Some),
    }
}

fn value(c: &mut Cursor) -> Parsed<Question> {
    // A key may be called as a node is.
    let subject = Subject {
        any: c.any(),
        nodes: c.selection(Place::Condition)?,
    };
    let key = c.value("a key")?;
    let value = match c.keyword("missing", "the key does not exist") {
        true => None,
        false => {
            c.equals()?;
            Some(c.value("a value")?)
        }
    };
    Ok(Question::Value(subject, key, value))
}

/// The replies that are no values, with what they mean.
fn replies() -> [Choice<ReplyWord>; 6] {
    [
        ("ok", "any success", ReplyWord::Ok),
        ("missing", "the key does not exist", ReplyWord::Missing),
        ("mismatch", "a failed cas", ReplyWord::Mismatch),
        ("refused", "refused", ReplyWord::Refused),
        (
            "timeout",
            "given up; the outcome is unknown",
            ReplyWord::Timeout,
        ),
        ("pending", "not ended yet", ReplyWord::Pending),
    ]
}

/// How a reply that is no value is written.
pub(super) fn reply_text(reply: &ReplyWord) -> &'static str {
    let row = replies().into_iter().find(|row| row.2 == *reply);
    row.expect("every reply but a value has its row").0
}

fn reply(c: &mut Cursor) -> Parsed<Question> {
    let asker = if c.client_next() {
        Asker::Client(c.client()?)
    } else if c.keyword("admin", "membership statements") {
        Asker::Admin
    } else {
        c.offer([("c1", "a client")]);
        Asker::Client(ClientId(1))
    };
    c.equals()?;
    let reply = match asker {
        Asker::Admin => c.choose("an answer to membership statements", admin_replies())?,
        Asker::Client(_) => client_reply(c)?,
    };
    Ok(Question::Reply(asker, reply))
}

/// What membership statements are answered: they have no values.
fn admin_replies() -> impl Iterator<Item = Choice<ReplyWord>> + Clone {
    use ReplyWord::{Ok, Pending, Refused, Timeout};
    let answers = |row: &Choice<_>| matches!(row.2, Ok | Refused | Timeout | Pending);
    replies().into_iter().filter(answers)
}

fn client_reply(c: &mut Cursor) -> Parsed<ReplyWord> {
    match c.peek_word() {
        Some(word) if !replies().iter().any(|row| row.0 == word) => {
            c.value("a value").map(ReplyWord::Value)
        }
        None if !c.at_end() => c.value("a value").map(ReplyWord::Value),
        _ => c.choose("a reply", replies()),
    }
}

fn members(c: &mut Cursor) -> Parsed<Question> {
    let subject = c.subject()?;
    c.equals()?;
    Ok(Question::Members(subject, c.nodes(Place::Condition)?))
}

fn learners(c: &mut Cursor) -> Parsed<Question> {
    let subject = c.subject()?;
    c.equals()?;
    let list = match c.keyword("none", "there is no learner") {
        true => None,
        false => Some(c.nodes(Place::Condition)?),
    };
    Ok(Question::Learners(subject, list))
}

fn config(c: &mut Cursor) -> Parsed<Question> {
    let subject = c.subject()?;
    c.equals()?;
    let choices = [
        ("stable", "one configuration", false),
        ("joint", "on the way from one to another", true),
    ];
    Ok(Question::Joint(
        subject,
        c.choose("`stable` or `joint`", choices)?,
    ))
}

fn sent(c: &mut Cursor) -> Parsed<Question> {
    let kind = c.kind()?;
    let cmp = c.cmp()?;
    Ok(Question::Sent(kind, cmp, c.number()?))
}

fn in_flight(c: &mut Cursor) -> Parsed<Question> {
    let kind = c.kind()?;
    let cmp = c.cmp()?;
    Ok(Question::InFlight(kind, cmp, c.number()?))
}

fn latency(c: &mut Cursor) -> Parsed<Question> {
    let choices = Percentile::ALL.map(|percentile| {
        let help = match percentile {
            Percentile::P50 => "half of the requests took no longer",
            Percentile::P99 => "99 of 100 requests took no longer",
        };
        (percentile.name(), help, percentile)
    });
    let percentile = c.choose("`p50` or `p99`", choices)?;
    let cmp = c.cmp()?;
    Ok(Question::Latency(percentile, cmp, c.duration(0)?))
}

fn outage(c: &mut Cursor) -> Parsed<Question> {
    let cmp = c.cmp()?;
    Ok(Question::Outage(cmp, c.duration(0)?))
}

fn violation(c: &mut Cursor) -> Parsed<Question> {
    let choices = Invariant::ALL.map(|it| (it.name(), "an invariant", it));
    c.offer(Invariant::ALL.map(|it| (it.name(), "an invariant")));
    c.no_comparison()?;
    let invariant = match c.question_ends() {
        true => None,
        false => Some(c.choose("an invariant", choices)?),
    };
    Ok(Question::Violation(invariant))
}
