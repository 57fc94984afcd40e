//! The first line of a text that this program wrote. It tells so, and has a sum of the rest: while
//! the sum is right nobody has changed the text, and the program may put another in its place.

/// How such a line begins and ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seal<'a> {
    begins: &'a str,
    ends: &'a str,
}

impl<'a> Seal<'a> {
    /// A line that begins and ends so; neither may break it.
    pub const fn new(begins: &'a str, ends: &'a str) -> Seal<'a> {
        Seal { begins, ends }
    }

    /// The text with the line before it.
    pub fn put(self, text: &str) -> String {
        format!("{}\n{text}", self.line(text.as_bytes()))
    }

    /// True for a text that was written so and is as it was.
    pub fn is_whole(self, text: &[u8]) -> bool {
        let mut lines = text.splitn(2, |&byte| byte == b'\n');
        let (line, rest) = (lines.next(), lines.next());
        rest.is_some_and(|rest| line == Some(self.line(rest).as_bytes()))
    }

    fn line(self, text: &[u8]) -> String {
        format!("{} {:08x}{}", self.begins, sum(text), self.ends)
    }
}

/// FNV-1a in 32 bits: enough to tell a text from what somebody made of it.
fn sum(text: &[u8]) -> u32 {
    let add = |sum: u32, &byte: &u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.iter().fold(0x811c_9dc5, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_changes_a_text_breaks_the_seal() {
        let seal = Seal::new("<!-- ours", " -->");
        let text = seal.put("one\ntwo\n");
        assert_eq!(text, "<!-- ours 295989f7 -->\none\ntwo\n");
        assert!(seal.is_whole(text.as_bytes()));
        for changed in [
            format!("{text}three\n"),
            text.replace("two", "too"),
            text.replace("ours", "mine"),
            text[..text.len() - 1].to_owned(),
        ] {
            assert!(!seal.is_whole(changed.as_bytes()), "{changed}");
        }
        assert!(!seal.is_whole(b""));
        assert!(!seal.is_whole(b"<!-- ours -->"));
    }
}
