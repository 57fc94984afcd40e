//! What can be asked with `odds`, and how it is read and written.

use std::fmt;

use super::cursor::Cursor;
use super::diagnostic::Parsed;
use super::number::duration_text;
use super::{Condition, DEFAULT_WITHIN};
use crate::raft::Micros;

/// So many futures are played when nobody says how many.
const USUAL_RUNS: u64 = 1_000;
/// With more, the share is no more telling and the answer only later.
pub const MAX_RUNS: u64 = 10_000;

/// `odds COND [within DURATION] [runs N]`: in how many futures of the present instant it comes true,
/// and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Odds {
    /// What is to come true.
    pub condition: Condition,
    /// How much time it has; 10 s when not said.
    pub within: Option<Micros>,
    /// How many futures are played; 1,000 when not said.
    pub runs: Option<u64>,
}

impl Odds {
    /// How much time it has, in microseconds.
    pub fn within(&self) -> Micros {
        self.within.unwrap_or(DEFAULT_WITHIN)
    }

    /// How many futures are played.
    pub fn runs(&self) -> u64 {
        self.runs.unwrap_or(USUAL_RUNS)
    }
}

/// What follows `odds`.
pub(super) fn odds(c: &mut Cursor) -> Parsed<Odds> {
    let condition = c.condition()?;
    let within = match c.keyword("within", "how much virtual time it has; 10s when not said") {
        true => Some(c.duration(1)?),
        false => None,
    };
    let runs = match c.keyword("runs", "how many futures are played; 1000 when not said") {
        true => Some(c.count("the number of futures", 1..=MAX_RUNS)?),
        false => None,
    };
    Ok(Odds {
        condition,
        within,
        runs,
    })
}

impl fmt::Display for Odds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "odds {}", self.condition)?;
        if let Some(within) = self.within {
            write!(f, " within {}", duration_text(within))?;
        }
        match self.runs {
            Some(runs) => write!(f, " runs {runs}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Script, Statement};

    fn read(text: &str) -> Result<String, String> {
        let read = Statement::parse(text, &["n1".into(), "n3".into()], true);
        read.map(|odds| odds.to_string())
            .map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn what_is_asked_is_read_as_it_is_written() {
        for text in [
            "odds leader",
            "odds leader n3 within 2s",
            "odds leaders >= 2 and no violation within 3s runs 200",
            "odds leader runs 50",
            "odds log n1 = 1 1 2 runs 50",
            "odds commit n1 >= 5 within 500ms",
            "odds leader runs 10000",
        ] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_wrong_is_underlined_with_what_would_be_right() {
        for (text, place, help) in [
            ("odds", "", "it is one of: leader, leaders"),
            ("odds quorum", "quorum", "it is one of: leader, leaders"),
            ("odds leader n9", "n9", "n1, n3"),
            ("odds leader within 2", "2", "has no unit"),
            ("odds leader within 0s", "0s", "is too short"),
            ("odds leader runs 0", "0", "from 1 to 10000"),
            ("odds leader runs 10001", "10001", "from 1 to 10000"),
            ("odds leader runs 1.5", "1.5", "is no whole number"),
            ("odds leader runs 5 within 2s", "within", "not expected"),
        ] {
            let wrong = Statement::parse(text, &["n1".into(), "n3".into()], true);
            let wrong = wrong.expect_err(text);
            assert_eq!(&text[wrong.0[0].span.clone()], place, "{text}");
            assert!(wrong.to_string().contains(help), "{text}: {wrong}");
        }
    }

    /// In a script a node may be called as the word that only the dashboard knows.
    #[test]
    fn a_script_asks_for_no_odds_and_loses_no_word() {
        let script = Script::parse("x.raft", "odds leader");
        assert!(script.is_err_and(|wrong| wrong.to_string().contains("only in the dashboard")));
        let script = Script::parse("x.raft", "cluster runs\nwait until leader runs\nput runs 1");
        assert!(script.is_ok(), "{script:?}");
    }
}
