//! What the dashboard makes of a line that is typed: a statement, its completions, a script to open.

use super::input;
use crate::command::{self, Script, Statement};
use crate::kv::Text;
use crate::script::demos::DEMOS;

/// Reads a statement, given the names of the nodes.
pub(super) fn parse(text: &str, names: &[Text]) -> Result<Statement, String> {
    Statement::parse(text, names, true).map_err(|diagnostics| diagnostics.to_string())
}

/// The script of a name; what is wrong with it in words, a line for each error.
pub(super) fn open(name: &str) -> Result<Script, String> {
    input::script_or_words(name)
}

/// Where the word at the cursor begins, and what could stand there.
pub(super) fn complete(
    line: &str,
    cursor: usize,
    names: &[Text],
) -> (usize, Vec<(String, String)>) {
    if let Some(demos) = demos(&line[..line.floor_char_boundary(cursor)]) {
        return demos;
    }
    let completion = command::complete(line, cursor, names);
    let candidates = completion.candidates.into_iter();
    let pairs = candidates.map(|candidate| (candidate.text, candidate.help.to_owned()));
    (completion.start, pairs.collect())
}

/// The demos that `open` may mean: the language knows no names of scripts.
fn demos(head: &str) -> Option<(usize, Vec<(String, String)>)> {
    let name = head.trim_start().strip_prefix("open ")?.trim_start();
    let fit = DEMOS.iter().filter(|demo| demo.name.starts_with(name));
    let pairs = fit.filter_map(|demo| {
        let script = demo.script().ok()?;
        Some((demo.name.to_owned(), script.title.text.to_string()))
    });
    Some((head.len() - name.len(), pairs.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demos_are_offered_to_open() {
        let words = |line: &str| -> Vec<String> {
            let (_, pairs) = complete(line, line.len(), &[]);
            pairs.into_iter().map(|(word, _)| word).collect()
        };
        assert_eq!(words("open fail"), ["failover"]);
        assert_eq!(words(" open  figure-8"), ["figure-8", "figure-8-off"]);
        assert_eq!(
            words("open "),
            DEMOS.iter().map(|demo| demo.name).collect::<Vec<_>>()
        );
        assert_eq!(words("ope"), ["open"]);
        assert_eq!(complete("open fail", 9, &[]).0, 5);
    }

    #[test]
    fn what_cannot_be_opened_says_why_without_steering() {
        let wrong = |name: &str| open(name).expect_err("it is wrong");
        assert!(wrong("failver").contains("did you mean `failover`?"));
        assert!(wrong("no/such.raft").contains("no/such.raft"));
        assert!(!wrong("\u{1b}[2J.raft").contains('\u{1b}'));
    }
}
