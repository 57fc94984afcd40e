//! What is wrong with a text: where, why, and what would be right.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::clean::printable;
use crate::kv::Text;

/// The result of reading a part of a line.
pub(super) type Parsed<T> = Result<T, Fault>;

/// Something wrong, by its place in the text in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub span: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl Fault {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Fault {
        Fault {
            span,
            message: message.into(),
            help: None,
        }
    }

    /// Says what would be right.
    pub fn help(self, help: impl Into<String>) -> Fault {
        Fault {
            help: Some(help.into()),
            ..self
        }
    }

    /// Says what would be right, unless that is said already.
    pub fn or_help(self, help: impl FnOnce() -> String) -> Fault {
        Fault {
            help: self.help.or_else(|| Some(help())),
            ..self
        }
    }
}

/// One error in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The file, as it is called in messages.
    pub file: Text,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What is wrong, in bytes from the start of the text; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong with it, in one line.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// `file:line:column: message (help)`, on one line and without control characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, message) = (printable(&self.file), printable(&self.message));
        write!(f, "{file}:{}:{}: {message}", self.line, self.column)?;
        match &self.help {
            Some(help) => write!(f, " ({})", printable(help)),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a text, in order of place; at least one error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl Diagnostics {
    /// Gives each fault its line and column.
    pub(super) fn locate(file: &str, source: &str, mut faults: Vec<Fault>) -> Diagnostics {
        faults.sort_by_key(|fault| fault.span.start);
        let file: Text = file.into();
        let (mut line, mut line_start) = (1, 0);
        let diagnostics = faults.into_iter().map(|fault| {
            // The faults are in order, so that every line is counted once.
            while let Some(length) = source[line_start..fault.span.start].find('\n') {
                line += 1;
                line_start += length + 1;
            }
            let before = &source[line_start..fault.span.start];
            Diagnostic {
                file: file.clone(),
                line,
                column: before.chars().count() + 1,
                span: fault.span,
                message: fault.message,
                help: fault.help,
            }
        });
        Diagnostics(diagnostics.collect())
    }

    /// The errors for a person: each with its file, line and column, the source with what is
    /// wrong underlined, and what would be right. `source` is the text that was read. With
    /// `color` it carries ANSI styles; otherwise it holds no control characters but new lines.
    pub fn render(&self, source: &str, color: bool) -> String {
        let renderer = match color {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let mut text = String::new();
        for diagnostic in &self.0 {
            text.push_str(&diagnostic.render(source, &renderer));
            text.push('\n');
        }
        text
    }
}

/// More of a wrong text than this is not underlined.
const UNDERLINED: usize = 60;

impl Diagnostic {
    fn render(&self, source: &str, renderer: &Renderer) -> String {
        let start = self.span.start.min(source.len());
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = source[line_start..].lines().next().unwrap_or_default();
        let (shown, span) = excerpt(line, start - line_start..self.span.end - line_start);
        let snippet = Snippet::source(shown)
            .line_start(self.line)
            .path(printable(&self.file))
            .annotation(AnnotationKind::Primary.span(span));
        let mut report = Level::ERROR
            .primary_title(printable(&self.message))
            .element(snippet);
        if let Some(help) = &self.help {
            report = report.element(Level::HELP.message(printable(help)));
        }
        renderer.render(&[report])
    }
}

/// The line without control characters, and where `span` stands in it. Every character stays one
/// character, so that columns stay true.
fn excerpt(line: &str, span: Range<usize>) -> (String, Range<usize>) {
    let place = |offset: usize| line.char_indices().filter(|&(at, _)| at < offset).count();
    let first = place(span.start);
    let last = place(span.end).min(first + UNDERLINED);
    let shown = printable(line);
    let offset = |characters: usize| {
        let mut offsets = shown.char_indices().map(|(at, _)| at);
        offsets.nth(characters).unwrap_or(shown.len())
    };
    let span = offset(first)..offset(last);
    (shown.into_owned(), span)
}

/// The beginning of a text that may be long, for messages.
pub(super) fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The candidate that was probably meant: the nearest by edit distance, where a swap of neighbours
/// is one edit and capitals count for nothing, if it is near or begins with the word.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > 40 {
        return None;
    }
    let small = word.to_lowercase();
    let near = candidates.into_iter().filter_map(|candidate| {
        let distance = strsim::osa_distance(&small, &candidate.to_lowercase());
        // Of two letters, one changed makes another word.
        let is_near = distance <= length.max(candidate.len()) / 3;
        let is_begun = length > 2 && candidate.starts_with(word);
        let may_be_meant = (is_near || is_begun) && !numbered_alike(word, candidate);
        may_be_meant.then_some((distance, candidate))
    });
    near.min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// True for two of a numbered kind, as `p95` and `p99`: another number is no slip of the hand.
fn numbered_alike(word: &str, other: &str) -> bool {
    let is_digit = |c: &char| c.is_ascii_digit();
    let letters = |text: &str| text.chars().filter(|c| !is_digit(c)).collect::<String>();
    let digits = |text: &str| text.chars().filter(is_digit).collect::<String>();
    let (one, two) = (digits(word), digits(other));
    !one.is_empty() && !two.is_empty() && one != two && letters(word) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_only_when_it_is_near() {
        let words = ["crash", "clock", "cut", "restart"];
        assert_eq!(nearest("crush", words), Some("crash"));
        assert_eq!(nearest("carsh", words), Some("crash"));
        assert_eq!(nearest("restrat", words), Some("restart"));
        assert_eq!(nearest("cra", words), Some("crash"));
        assert_eq!(nearest("rest", words), Some("restart"));
        assert_eq!(nearest("cr", words), None);
        assert_eq!(nearest("zebra", words), None);
        assert_eq!(nearest("x", words), None);
        assert_eq!(nearest("CRASH", words), Some("crash"));
        assert_eq!(nearest("p95", ["p50", "p99"]), None);
        assert_eq!(nearest("serv1", ["server1", "server2"]), Some("server1"));
    }

    #[test]
    fn a_rendering_underlines_and_helps() {
        let source = "seed 1\ncrush n1\n";
        let fault =
            Fault::new(7..12, "there is no statement `crush`").help("did you mean `crash`?");
        let diagnostics = Diagnostics::locate("a.raft", source, vec![fault]);
        assert_eq!(
            diagnostics.render(source, false),
            "error: there is no statement `crush`\n \
             --> a.raft:2:1\n  \
               |\n\
             2 | crush n1\n  \
               | ^^^^^\n  \
               |\n  \
               = help: did you mean `crash`?\n"
        );
        assert!(diagnostics.render(source, true).contains("\u{1b}["));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let source = "say \u{1b}[2J\t\u{7}\u{202e}é x";
        let fault = Fault::new(source.len() - 1..source.len(), "bad \u{1b} word").help("no \u{7}");
        let diagnostics = Diagnostics::locate("\u{1b}.raft", source, vec![fault]);
        let text = diagnostics.render(source, false);
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
        assert!(!text.contains('\u{202e}'));
        assert!(text.contains("␛.raft:1:14"), "{text}");
        assert!(!diagnostics.to_string().contains('\u{1b}'));
    }

    #[test]
    fn a_long_line_is_shown_in_part() {
        let source = format!("say {} x", "a".repeat(60_000));
        let fault = Fault::new(4..60_004, "too long");
        let text = Diagnostics::locate("f", &source, vec![fault]).render(&source, false);
        assert!(text.len() < 2_000, "{}", text.len());
    }
}
