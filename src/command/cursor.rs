//! Reads the words of one statement from left to right. What it would accept at the end of the
//! words is offered for completion, so that parser and completion can't differ.

use std::ops::{Range, RangeInclusive};

use super::diagnostic::{Fault, Parsed, nearest, shorten};
use super::lex::{Lexeme, Token, is_plain_word};
use super::number;
use super::scope::Scope;
use super::verb::is_keyword;
use crate::kv::Text;

/// A word to choose, what it means, and its value.
pub(super) type Choice<T> = (&'static str, &'static str, T);

/// Of so many words to choose from all are listed.
const LISTED: usize = 24;

/// Words of other tongues, the paper's among them, and what is said here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("kill", "crash"),
    ("start", "restart"),
    ("recover", "restart"),
    ("freeze", "stop"),
    ("unfreeze", "resume"),
    ("continue", "resume"),
    ("disconnect", "cut"),
    ("connect", "mend"),
    ("reconnect", "mend"),
    ("write", "put"),
    ("read", "get"),
    ("delete", "del"),
    ("increment", "add-to"),
    ("incr", "add-to"),
    ("sleep", "wait"),
    ("assert", "expect"),
    ("check", "expect"),
    ("print", "say"),
    ("echo", "say"),
    ("loop", "repeat"),
    ("for", "repeat"),
    ("nodes", "cluster"),
    ("servers", "cluster"),
    ("campaign", "timeout"),
    ("elect", "timeout"),
    ("heartbeat", "append"),
    ("append-entries", "append"),
    ("appendentries", "append"),
    ("request-vote", "vote"),
    ("requestvote", "vote"),
    ("install-snapshot", "snapshot"),
    ("all", "any"),
    ("yes", "on"),
    ("true", "on"),
    ("enabled", "on"),
    ("no", "off"),
    ("false", "off"),
    ("disabled", "off"),
    ("crashed", "down"),
    ("dead", "down"),
    ("no-op", "noop-on-election"),
    ("timeout", "election-timeout"),
];

/// The word among `words` that was probably meant: what `word` means elsewhere, or the nearest.
pub(super) fn meant(word: &str, words: &[&'static str]) -> Option<&'static str> {
    let rows = ELSEWHERE.iter().filter(|row| row.0 == word);
    let same = rows.map(|row| row.1).find(|here| words.contains(here));
    same.or_else(|| nearest(word, words.iter().copied()))
}

/// What could stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The word.
    pub text: String,
    /// What it means, in a line.
    pub help: &'static str,
}

/// The words of one statement, and how far they are read.
pub(super) struct Cursor<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    /// Where the statement ends in the text, in bytes: what is missing is missing there.
    end: usize,
    pub scope: Scope<'a>,
    /// The names of nodes that the statement makes, as far as it is read.
    pub made: Vec<Text>,
    /// True where the statement lets chaos make nodes.
    pub draws: bool,
    /// What could stand after the last word.
    pub offers: Vec<Candidate>,
    /// The place of a word that is nearly a keyword which could stand there, and that keyword.
    meant: Option<(usize, &'static str)>,
    /// How what is being read is written: the statement, or the question within it.
    pub form: &'static str,
}

impl<'a> Cursor<'a> {
    pub fn new(tokens: &'a [Token<'a>], end: usize, scope: Scope<'a>) -> Cursor<'a> {
        Cursor {
            tokens,
            at: 0,
            end: tokens.last().map_or(end, |token| token.span.end),
            scope,
            made: Vec::new(),
            draws: false,
            offers: Vec::new(),
            meant: None,
            form: "",
        }
    }

    /// The next lexeme.
    pub fn peek(&self) -> Option<&'a Lexeme<'a>> {
        self.tokens.get(self.at).map(|token| &token.lexeme)
    }

    /// The next word, if a word comes next.
    pub fn peek_word(&self) -> Option<&'a str> {
        self.word_at(self.at)
    }

    /// The word after the next lexeme, if one stands there.
    pub fn word_after(&self) -> Option<&'a str> {
        self.word_at(self.at + 1)
    }

    /// The lexeme read last, if it was a word.
    pub fn last_word(&self) -> Option<&'a str> {
        self.word_at(self.at.checked_sub(1)?)
    }

    fn word_at(&self, at: usize) -> Option<&'a str> {
        match self.tokens.get(at).map(|token| &token.lexeme) {
            Some(Lexeme::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Goes on by one.
    pub fn advance(&mut self) {
        self.at += 1;
    }

    /// Where the next lexeme stands, or the end of the statement.
    pub fn span(&self) -> Range<usize> {
        let token = self.tokens.get(self.at);
        token.map_or(self.end..self.end, |token| token.span.clone())
    }

    /// Where the lexeme read last stands.
    pub fn last_span(&self) -> Range<usize> {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(self.span(), |token| token.span.clone())
    }

    pub fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Offers what could stand here, when the words end here.
    pub fn offer(
        &mut self,
        candidates: impl IntoIterator<Item = (impl Into<String>, &'static str)>,
    ) {
        if self.at_end() {
            let candidates = candidates.into_iter();
            self.offers.extend(candidates.map(|(text, help)| Candidate {
                text: text.into(),
                help,
            }));
        }
    }

    /// The fault of something else than `what` standing here, or nothing at all.
    pub fn unexpected(&self, what: &str) -> Fault {
        let message = match self.peek() {
            None => format!("{what} is missing"),
            Some(Lexeme::Word(word)) => format!("`{}` is not {what}", shorten(word)),
            Some(Lexeme::Quoted(_)) => format!("a text in quotes is not {what}"),
            Some(_) => format!("{what} is missing before this sign"),
        };
        Fault::new(self.span(), message)
    }

    /// What would be right here: where something is missing, or what comes next belongs elsewhere,
    /// the form of the whole stands before what is said of the part.
    pub fn in_form(&self, help: impl Into<String>) -> String {
        let help = help.into();
        match self.misplaced() && !self.form.is_empty() {
            true => format!("as in: {}; {help}", self.form),
            false => help,
        }
    }

    /// True when what comes next has a meaning in another place, or nothing comes.
    fn misplaced(&self) -> bool {
        let named = |word: &str| self.scope.names().iter().any(|name| **name == *word);
        let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        self.peek_word()
            .is_none_or(|word| is_keyword(word) || named(word) || counts(word))
    }

    /// True when nothing stands behind that place.
    pub fn is_last(&self, span: &Range<usize>) -> bool {
        span.end == self.end
    }

    /// Reads the lexeme if it comes next.
    pub fn sign(&mut self, sign: &Lexeme<'static>) -> bool {
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Reads a keyword if it comes next.
    pub fn keyword(&mut self, keyword: &'static str, help: &'static str) -> bool {
        self.offer([(keyword, help)]);
        let word = self.peek_word().unwrap_or_default();
        let found = word == keyword;
        if !found && nearest(word, [keyword]).is_some() {
            self.meant = Some((self.at, keyword));
        }
        self.at += usize::from(found);
        found
    }

    /// Names the keyword that was meant, if a misspelt one is where the fault is and the fault does
    /// not name it itself.
    pub fn spelt(&self, fault: Fault) -> Fault {
        match self.meant {
            Some((at, keyword))
                if fault.span == self.tokens[at].span
                    && !fault.message.contains(&format!("`{keyword}`")) =>
            {
                fault.help(format!("did you mean `{keyword}`?"))
            }
            _ => fault,
        }
    }

    /// Reads a keyword that must come next.
    pub fn expect_keyword(&mut self, keyword: &'static str, help: &'static str) -> Parsed<()> {
        match self.keyword(keyword, help) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{keyword}`"))),
        }
    }

    /// Reads one of several words.
    pub fn choose<T>(
        &mut self,
        what: &str,
        choices: impl IntoIterator<Item = Choice<T>> + Clone,
    ) -> Parsed<T> {
        let words = |(word, help, _): Choice<T>| (word, help);
        if self.at_end() {
            self.offer(choices.clone().into_iter().map(words));
        }
        let found = match self.peek_word() {
            Some(word) => choices.clone().into_iter().find(|choice| choice.0 == word),
            None => None,
        };
        match found {
            Some((_, _, value)) => {
                self.at += 1;
                Ok(value)
            }
            None => Err(self.no_choice(what, choices.into_iter().map(words))),
        }
    }

    fn no_choice(
        &self,
        what: &str,
        choices: impl Iterator<Item = (&'static str, &'static str)>,
    ) -> Fault {
        let words: Vec<&str> = choices.map(|(word, _)| word).collect();
        let word = self.peek_word();
        let meant = word.and_then(|word| meant(word, &words));
        let fault = self.unexpected(what);
        match meant {
            Some(word) => fault.help(format!("did you mean `{word}`?")),
            // A very long list helps nobody; the form is shown instead.
            None if words.len() > LISTED => fault,
            None => fault.help(self.in_form(format!("it is one of: {}", words.join(", ")))),
        }
    }

    /// Reads `on` or `off`.
    pub fn on_off(&mut self) -> Parsed<bool> {
        self.choose("`on` or `off`", [("on", "yes", true), ("off", "no", false)])
    }

    /// Reads a word that `read` understands.
    pub fn quantity<T>(
        &mut self,
        what: &str,
        help: &str,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Parsed<T> {
        let Some(word) = self.peek_word() else {
            return Err(self.unexpected(what).help(self.in_form(help)));
        };
        let value = read(word).map_err(|why| {
            let is_number = word.starts_with(|c: char| c.is_ascii_digit());
            // A number and its unit are one word.
            let unit = self.word_after().filter(|_| is_number);
            let joined = unit.map(|unit| format!("{word}{unit}"));
            let help = match joined.filter(|joined| read(joined).is_ok()) {
                Some(joined) => format!("without a blank: {}", shorten(&joined)),
                // A wrong number stands where one belongs.
                None if is_number => help.to_owned(),
                None => self.in_form(help),
            };
            Fault::new(self.span(), format!("`{}` {why}", shorten(word))).help(help)
        })?;
        self.at += 1;
        Ok(value)
    }

    /// Reads a whole number within bounds.
    pub fn count(&mut self, what: &str, bounds: RangeInclusive<u64>) -> Parsed<u64> {
        let help = match *bounds.end() {
            u64::MAX => format!("{what} is a whole number, at least {}", bounds.start()),
            most => format!("{what} is a whole number from {} to {most}", bounds.start()),
        };
        self.quantity(what, &help, |word| match number::whole(word)? {
            number if bounds.contains(&number) => Ok(number),
            _ => Err("is out of bounds"),
        })
    }

    /// Reads a duration, at least `min` microseconds.
    pub fn duration(&mut self, min: u64) -> Parsed<u64> {
        let help = "a DURATION is a number with a unit: 250us, 10ms, 1.5s, 2m";
        self.quantity("a DURATION", help, |word| match number::duration(word)? {
            micros if micros < min => Err("is too short"),
            micros => Ok(micros),
        })
    }

    /// Reads a text in double quotes.
    pub fn quoted(&mut self) -> Parsed<Text> {
        match self.peek() {
            Some(Lexeme::Quoted(text)) => {
                self.at += 1;
                Ok(text.as_str().into())
            }
            _ => Err(self
                .unexpected("a text in quotes")
                .help("the text stands in double quotes: \"…\"")),
        }
    }

    /// Reads a key or a value.
    pub fn value(&mut self, what: &str) -> Parsed<Text> {
        let text: Text = match self.peek() {
            Some(Lexeme::Quoted(text)) => text.as_str().into(),
            Some(Lexeme::Word(word)) if is_keyword(word) => {
                let quoted = format!("to use it as {what}, write it in quotes: \"{word}\"");
                return Err(Fault::new(self.span(), format!("`{word}` is a keyword"))
                    .help(self.in_form(quoted)));
            }
            Some(Lexeme::Word(word)) if is_plain_word(word) => (*word).into(),
            Some(Lexeme::Word(word)) => {
                return Err(self.unexpected(what).help(format!(
                    "{what} of more than letters, digits and `_` stands in quotes: \"{}\"",
                    shorten(word)
                )));
            }
            _ => return Err(self.unexpected(what)),
        };
        self.at += 1;
        Ok(text)
    }

    /// Reads the name of a file; it needs quotes only where it is no word.
    pub fn file(&mut self) -> Parsed<Text> {
        let file: Text = match self.peek() {
            Some(Lexeme::Quoted(text)) if !text.is_empty() => text.as_str().into(),
            Some(Lexeme::Word(word)) => (*word).into(),
            _ => return Err(self.unexpected("the name of a file")),
        };
        self.at += 1;
        Ok(file)
    }

    /// Nothing may follow.
    pub fn finish(&self) -> Parsed<()> {
        match self.at_end() {
            true => Ok(()),
            false => Err(match (self.peek_word(), self.word_after()) {
                (Some("at"), Some(time)) => self
                    .not_expected()
                    .help(format!("the instant stands first: at {time} STATEMENT")),
                _ => self.not_expected(),
            }),
        }
    }

    /// The fault of something standing where nothing may follow.
    pub fn not_expected(&self) -> Fault {
        let what = match self.peek() {
            Some(Lexeme::Word(word)) => format!("`{}`", shorten(word)),
            Some(Lexeme::Quoted(_)) => "this text".to_owned(),
            Some(_) => "this sign".to_owned(),
            None => "the end".to_owned(),
        };
        Fault::new(self.span(), format!("{what} is not expected here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::verb::OPTIONS;
    use crate::raft::{Kind, Rule};

    #[test]
    fn what_is_offered_for_words_of_other_tongues_is_said_here() {
        let kinds = Kind::ALL.iter().map(|kind| kind.name());
        let options = OPTIONS.iter().map(|option| option.name);
        let rules = Rule::ALL.iter().map(|rule| rule.info().name);
        let known: Vec<&str> = kinds.chain(options).chain(rules).collect();
        for (elsewhere, here) in ELSEWHERE {
            assert!(is_keyword(here) || known.contains(here), "{here}");
            assert_eq!(meant(elsewhere, &[here]), Some(*here));
        }
    }
}
