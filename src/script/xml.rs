//! Texts in XML files.

/// A text in which nothing is markup, and nothing is left that an XML file cannot hold. Control
/// characters are the caller's: what steers has no business in a text for people anyway.
pub fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for ch in text.chars() {
        match ch {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            ch => safe.push(ch),
        }
    }
    safe
}
