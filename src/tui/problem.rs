//! What is wrong with a TOML file that a person wrote: all of it at once, each with its place.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use toml::Spanned;
use toml::de::DeTable;

use crate::command::clean::clean;
use crate::command::diagnostic::nearest;

/// Something wrong in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where, in bytes.
    pub at: Range<usize>,
    /// What is wrong, in one line.
    pub title: String,
    /// What is said below the place.
    pub label: String,
    /// Where the other one stands, if the problem is two things that cannot be together.
    pub other: Option<String>,
    /// What would be right.
    pub help: String,
}

/// The table of a file; `example` is a line as it should look.
pub fn table<'a>(
    file: &str,
    text: &'a str,
    example: &str,
) -> Result<Spanned<DeTable<'a>>, Problem> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        let first = earlier(text, &at).filter(|_| error.message() == "duplicate key");
        match first {
            Some(first) => Problem {
                title: format!("`{}` stands here twice", &text[at.clone()]),
                label: "the second one".into(),
                other: Some(format!("the first one is at {}", place(file, text, first))),
                help: "keep one of the two".into(),
                at,
            },
            None => Problem {
                at,
                title: "this is not TOML".into(),
                label: error.message().to_string(),
                other: None,
                help: example.into(),
            },
        }
    })
}

/// Where the key at this place stands for the first time.
fn earlier(text: &str, at: &Range<usize>) -> Option<usize> {
    let line = text.get(..at.start)?.rfind('\n')? + 1;
    let (head, _) = DeTable::parse_recoverable(&text[..line]);
    let alone = format!("{} = 0", text.get(at.clone())?);
    let alone = DeTable::parse(&alone).ok()?;
    let (wanted, _) = alone.get_ref().iter().next()?;
    // It is a section's, or else one of those in the section that was begun last.
    let sections = head.get_ref().iter();
    let newest = sections.max_by_key(|(name, _)| name.span().start)?;
    let within = newest.1.get_ref().as_table();
    let keys = within.into_iter().chain([head.get_ref()]).flatten();
    let mut keys = keys.map(|(key, _)| key);
    let same = keys.find(|key| key.get_ref() == wanted.get_ref())?;
    Some(same.span().start)
}

/// A place as it is written: file, line and column.
pub fn place(file: &str, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&ch| ch != '\n').count() + 1;
    format!("{file}:{line}:{column}")
}

/// The known word that was probably meant, or else what holds in general.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>, general: &str) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => general.into(),
    }
}

/// The problems for a person, in the order of the file: file, line, column, the text underlined,
/// and what would be right.
pub fn report(file: &str, text: &str, mut problems: Vec<Problem>) -> String {
    problems.sort_by_key(|problem| problem.at.start);
    let file = clean(file);
    let groups: Vec<Group<'_>> = problems
        .iter()
        .map(|problem| {
            let label = clean(&problem.label).into_owned();
            let annotation = AnnotationKind::Primary
                .span(problem.at.clone())
                .label(label);
            let snippet = Snippet::source(text).path(&*file).annotation(annotation);
            let mut group = Level::ERROR
                .primary_title(clean(&problem.title).into_owned())
                .element(snippet);
            if let Some(other) = &problem.other {
                group = group.element(Level::NOTE.message(clean(other).into_owned()));
            }
            group.element(Level::HELP.message(clean(&problem.help).into_owned()))
        })
        .collect();
    Renderer::plain()
        .decor_style(DecorStyle::Ascii)
        .render(&groups)
}
