//! From the characters of one line to its words.

use std::ops::Range;

use super::condition::Cmp;
use super::diagnostic::{Fault, Parsed, shorten};
use crate::kv::MAX_VALUE;

/// What stands between two blanks, or needs none around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Lexeme<'a> {
    /// A keyword, name, number, duration, selector …: what it means depends on where it stands.
    Word(&'a str),
    /// A text in double quotes, with its escapes resolved.
    Quoted(String),
    /// `,`
    Comma,
    /// `|`
    Bar,
    /// `->`
    Arrow,
    /// `<->`
    BothArrow,
    /// A comparison.
    Cmp(Cmp),
}

/// A lexeme with its place in the whole text, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token<'a> {
    pub lexeme: Lexeme<'a>,
    pub span: Range<usize>,
}

/// Signs that are free of blanks; a sign stands before those that it begins with.
const SIGNS: [(&str, Lexeme<'static>); 10] = [
    ("<->", Lexeme::BothArrow),
    ("->", Lexeme::Arrow),
    ("<=", Lexeme::Cmp(Cmp::AtMost)),
    (">=", Lexeme::Cmp(Cmp::AtLeast)),
    ("!=", Lexeme::Cmp(Cmp::Unequal)),
    ("<", Lexeme::Cmp(Cmp::Less)),
    (">", Lexeme::Cmp(Cmp::More)),
    ("=", Lexeme::Cmp(Cmp::Equal)),
    (",", Lexeme::Comma),
    ("|", Lexeme::Bar),
];

/// Signs of other languages, and what is written here; one stands before those that it begins with.
const MISTAKEN: [(&str, &str); 15] = [
    ("==", "`=` compares"),
    ("<=>", "a LINK in both directions is written n1<->n2"),
    ("<-->", "a LINK in both directions is written n1<->n2"),
    ("-->", "a LINK is written n1->n2"),
    (
        "--",
        "a LINK is written n1->n2; a comment begins with `#`, and a value like this stands in double quotes",
    ),
    ("<-", "a LINK is written from its sender: n2->n1"),
    ("→", "a LINK is written n1->n2"),
    ("←", "a LINK is written from its sender: n2->n1"),
    // By its number: not every font has it.
    ("\u{2194}", "a LINK in both directions is written n1<->n2"),
    (
        "//",
        "a comment begins with `#`, and a value like this stands in double quotes",
    ),
    ("=>", "write `>=` to compare, and n1->n2 for a LINK"),
    ("=<", "write `<=`"),
    ("<>", "write `!=`"),
    ("&&", "conditions are joined by `and`"),
    (
        "||",
        "`|` divides islands; conditions are joined by `and`, and by nothing else",
    ),
];

/// True for the characters of keys, values and names that need no quotes.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// True for the characters of any word: numbers have points, shares `%`, rates `/`.
pub(super) fn in_word(c: char) -> bool {
    is_plain(c) || matches!(c, '.' | '%' | '/' | '@')
}

fn is_blank(c: char) -> bool {
    c == '\t' || (c.is_whitespace() && !c.is_control())
}

/// True for letters, digits and `_`, joined by single `-`: a text that needs no quotes unless it
/// equals a keyword.
pub(super) fn is_plain_word(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(is_plain);
    text.split('-').all(plain)
}

/// The words of one line, without its comment. `base` is where the line begins in the text.
pub(super) fn lex(line: &str, base: usize) -> Parsed<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        if is_blank(c) {
            at += c.len_utf8();
            continue;
        }
        if c == '#' {
            break;
        }
        let start = base + at;
        let (lexeme, length) = if c == '"' {
            quoted(rest, start)?
        } else if let Some((lexeme, length)) = sign(rest, start)? {
            (lexeme, length)
        } else {
            let length = word_length(rest);
            if length == 0 {
                return Err(unexpected(c, start));
            }
            (Lexeme::Word(&rest[..length]), length)
        };
        let span = start..start + length;
        if matches!(&lexeme, Lexeme::Word(word) if word.len() > MAX_VALUE)
            || matches!(&lexeme, Lexeme::Quoted(text) if text.len() > MAX_VALUE)
        {
            return Err(Fault::new(span, "this is longer than 64 KiB").help("keep values shorter"));
        }
        tokens.push(Token { lexeme, span });
        at += length;
    }
    Ok(tokens)
}

/// The sign that `text` begins with, and its length. The longest counts: `<-` is none of ours, but
/// `<->` is.
fn sign(text: &str, start: usize) -> Parsed<Option<(Lexeme<'static>, usize)>> {
    let sign = SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
    let length = sign.map_or(0, |(sign, _)| sign.len());
    match MISTAKEN.iter().find(|(wrong, _)| text.starts_with(wrong)) {
        Some((wrong, right)) if wrong.len() > length => {
            let span = start..start + wrong.len();
            Err(Fault::new(span, format!("`{wrong}` is no sign here")).help(*right))
        }
        _ => Ok(sign.map(|(_, lexeme)| (lexeme.clone(), length))),
    }
}

/// The length of the word that `text` begins with, 0 for none. A `-` belongs to it between two
/// characters of a word, and as the sign of a number.
fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut length = 0;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let joins = c == '-'
            && match next {
                Some(next) if at == 0 => next.is_ascii_digit(),
                Some(next) => in_word(next),
                None => false,
            };
        if !in_word(c) && !joins {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// The text in quotes that `text` begins with, and its length in the source.
fn quoted(text: &str, start: usize) -> Parsed<(Lexeme<'_>, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Lexeme::Quoted(value), at + 1)),
            '\\' => {
                let escape = chars.next().map(|(_, escape)| escape);
                let resolved = match escape {
                    Some('"') => Some('"'),
                    Some('\\') => Some('\\'),
                    Some('n') => Some('\n'),
                    Some('u') => code_point(&mut chars),
                    _ => None,
                };
                let end = at + 1 + escape.map_or(0, char::len_utf8);
                value.push(resolved.ok_or_else(|| {
                    Fault::new(start + at..start + end, "this escape is not known")
                        .help(r#"write \" for a quote, \\ for a backslash, \n for a new line, \u{1b} for any character by its number"#)
                })?);
            }
            c if c.is_control() && c != '\t' => {
                let place = start + at..start + at + c.len_utf8();
                return Err(Fault::new(place, "a control character stands in this text")
                    .help(format!("write `\\u{{{:x}}}` in its place", u32::from(c))));
            }
            c => value.push(c),
        }
    }
    Err(
        Fault::new(start..start + text.len(), "this text has no closing quote")
            .help("end it with `\"` on the same line"),
    )
}

/// The character of `{HEX}`.
fn code_point(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let mut digits = chars.map(|(_, c)| c);
    if digits.next() != Some('{') {
        return None;
    }
    let mut code = 0;
    for (count, c) in digits.enumerate() {
        if c == '}' && count > 0 {
            return char::from_u32(code);
        }
        if count == 6 {
            return None;
        }
        code = code * 16 + c.to_digit(16)?;
    }
    None
}

fn unexpected(c: char, start: usize) -> Fault {
    let span = start..start + c.len_utf8();
    let shown: String = match c {
        '\'' => c.to_string(),
        c => c.escape_debug().collect(),
    };
    let help = match c {
        '!' => "`not` stands before a condition, and `!=` compares",
        '&' => "conditions are joined by `and`",
        '\'' | '“' | '”' | '„' | '‘' | '’' => "a text stands in double quotes: \"…\"",
        ';' => {
            "a statement ends with its line; values of more than letters, digits and `_` stand in double quotes"
        }
        '-' => "a `-` has no blanks about it: all-leader, -50ms",
        '+' => "a number is written without it: 5, 50ms",
        '(' | ')' | '[' | ']' | '{' | '}' => {
            "nothing stands in brackets: `and` joins conditions, `,` joins nodes, `|` divides islands, `end` ends a `repeat`"
        }
        _ => "keys, values and names of more than letters, digits and `_` stand in double quotes",
    };
    Fault::new(span, format!("`{}` is not expected here", shorten(&shown))).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexemes(line: &str) -> Vec<Lexeme<'_>> {
        let tokens = lex(line, 0).expect("the line is right");
        tokens.into_iter().map(|token| token.lexeme).collect()
    }

    #[test]
    fn signs_need_no_blanks() {
        use Lexeme::{Arrow, Bar, BothArrow, Comma, Word};
        assert_eq!(
            lexemes("n1->n2 n1 <-> n2,n3|n4"),
            [
                Word("n1"),
                Arrow,
                Word("n2"),
                Word("n1"),
                BothArrow,
                Word("n2"),
                Comma,
                Word("n3"),
                Bar,
                Word("n4")
            ]
        );
        assert_eq!(
            lexemes("term>=2"),
            [Word("term"), Lexeme::Cmp(Cmp::AtLeast), Word("2")]
        );
    }

    #[test]
    fn a_hyphen_joins_or_signs_a_number() {
        use Lexeme::{Arrow, Word};
        assert_eq!(
            lexemes("all-leader -50ms"),
            [Word("all-leader"), Word("-50ms")]
        );
        assert_eq!(lexemes("a->b"), [Word("a"), Arrow, Word("b")]);
        assert!(lex("a--b", 0).is_err());
        assert!(lex("a-", 0).is_err());
    }

    #[test]
    fn a_comment_begins_outside_a_text() {
        assert_eq!(
            lexemes(r##""# is \"kept\"\n\\\u{1b}" # gone"##),
            [Lexeme::Quoted("# is \"kept\"\n\\\u{1b}".to_owned())]
        );
    }

    #[test]
    fn wrong_texts_are_refused_where_they_are_wrong() {
        for (line, span) in [
            (r#"say "open"#, 4..9),
            (r#"say "a\tb""#, 6..8),
            (r#"say "\u{110000}""#, 5..7),
            ("say \"\u{1b}\"", 5..6),
            ("say ;", 4..5),
        ] {
            assert_eq!(
                lex(line, 0).map_err(|fault| fault.span),
                Err(span),
                "{line}"
            );
        }
    }
}
