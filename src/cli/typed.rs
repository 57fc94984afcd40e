//! What the dashboard makes of a line that is typed: a statement, its completions, a script to open.

mod files;

use super::input;
use crate::command::{self, Script, Statement};
use crate::kv::Text;
use crate::record;
use crate::script::demos::DEMOS;
use crate::script::export;
use crate::tui::palette::{Choices, Refusal};

/// Reads a statement, given the names of the nodes; of several things wrong the first is told.
pub(super) fn parse(text: &str, names: &[Text]) -> Result<Statement, Refusal> {
    Statement::parse(text, names, true).map_err(|wrong| {
        let first = wrong.0.into_iter().next();
        first.map_or_else(Refusal::default, |first| {
            let help = first.help.map(|help| format!(" ({help})"));
            let words = format!("{}{}", first.message, help.unwrap_or_default());
            let at = first.span;
            Refusal { at, words }
        })
    })
}

/// The script of a name; what is wrong with it in words, a line for each error.
pub(super) fn open(name: &str) -> Result<Script, String> {
    input::script_or_words(name)
}

/// What could be typed at the cursor.
pub(super) fn complete(line: &str, cursor: usize, names: &[Text]) -> Choices {
    let completion = command::complete(line, cursor, names);
    let head = &line[..line.floor_char_boundary(cursor)];
    let named = |verb: &str| {
        let name = head.trim_start().strip_prefix(verb)?.strip_prefix(' ')?;
        let name = name.trim_start();
        (!files::is_whole(name)).then_some((head.len() - name.len(), name))
    };
    // The language knows no names of scripts and files.
    let (start, all) = if let Some((start, name)) = named("open") {
        let mut pairs = demos(name);
        pairs.extend(files::complete(name, files::SCRIPTS));
        (start, pairs)
    } else if let Some((start, name)) = named("save") {
        (start, files::complete(name, files::SCRIPTS))
    } else if let Some((start, name)) = named("record") {
        let films = record::Kind::ALL.map(|kind| (kind.ending(), kind.what()));
        (start, files::complete(name, &films))
    } else if let Some((start, name)) = named("export") {
        let exports = export::Kind::ALL.map(|(_, ending, what)| (ending, what));
        (start, files::complete(name, &exports))
    } else {
        let candidates = completion.candidates.into_iter();
        let pairs = candidates.map(|candidate| (candidate.text, candidate.help.to_owned()));
        (completion.start, pairs.collect())
    };
    Choices {
        start,
        all,
        usage: completion.usage.to_owned(),
    }
}

/// The demos whose names begin so.
fn demos(name: &str) -> Vec<(String, String)> {
    let fit = DEMOS.iter().filter(|demo| demo.name.starts_with(name));
    let pairs = fit.filter_map(|demo| {
        let script = demo.script().ok()?;
        Some((demo.name.to_owned(), script.title.text.to_string()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demos_are_offered_to_open() {
        let words = |line: &str| -> Vec<String> {
            let choices = complete(line, line.len(), &[]);
            choices.all.into_iter().map(|(word, _)| word).collect()
        };
        assert_eq!(words("open fail"), ["failover"]);
        assert_eq!(words(" open  figure-8"), ["figure-8", "figure-8-off"]);
        assert!(words("open ").starts_with(&[DEMOS[0].name.to_owned()]));
        assert_eq!(words("ope"), ["open"]);
        assert_eq!(complete("open fail", 9, &[]).start, 5);
    }

    /// Tests run in the folder of the sources.
    #[test]
    fn files_are_offered_to_open_and_to_save() {
        let words = |line: &str| {
            let choices = complete(line, line.len(), &[]);
            (choices.start, choices.all)
        };
        let (start, pairs) = words("open dem");
        assert_eq!((start, &*pairs[0].0), (5, "demos/"));
        let (start, pairs) = words("save demos/figure-7");
        assert_eq!((start, &*pairs[0].0), (5, "demos/figure-7.raft"));
        assert_eq!(words("save demos/figure-7.raft ").1[0].0, "force");
        assert!(words("crash demos/fig").1.is_empty());
        assert_eq!(words("export assets/d").1[0].0, "assets/dashboard.svg");
        let options = words("export a.svg ").1.into_iter().map(|(word, _)| word);
        assert_eq!(options.collect::<Vec<_>>(), ["from", "to", "force"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = parse("crash n9", &["n1".into()]).expect_err("it is wrong");
        assert_eq!(wrong.at, 6..8);
        assert!(wrong.words.contains("n9"), "{}", wrong.words);
        let wrong = parse("", &[]).expect_err("it is wrong");
        assert!(wrong.words.contains("crash n1"));
    }

    #[test]
    fn what_cannot_be_opened_says_why_without_steering() {
        let wrong = |name: &str| open(name).expect_err("it is wrong");
        assert!(wrong("failver").contains("did you mean `failover`?"));
        assert!(wrong("no/such.raft").contains("no/such.raft"));
        assert!(!wrong("\u{1b}[2J.raft").contains('\u{1b}'));
    }
}
