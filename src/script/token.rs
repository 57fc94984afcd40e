//! A session in one word: its script, packed, for a command line that opens it anywhere.
//!
//! A token is `r1`, and in base64 without padding, as it may stand in an address, four bytes of
//! checksum and the script as a raw DEFLATE stream.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::command::parse::MAX_SCRIPT;

/// The longest token that is handed out, in characters. With the rest of its command it must fit
/// where it goes: a command line of Windows takes 32,767 characters, one argument of Linux
/// 131,071, and terminals as much as 74,994 in one piece for the clipboard (100,000 in base64).
pub const LONGEST: usize = 32_000;

/// What every token of this form begins with; another form has another number.
const VERSION: &str = "r1";

/// The best that DEFLATE can do. It takes milliseconds.
const LEVEL: u8 = 10;

/// Why a token opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It does not begin as a token does.
    NoToken,
    /// It is of a form that this version does not know.
    Version,
    /// Characters are missing, or are not what they were.
    Damaged,
    /// It holds more than a script may.
    TooLarge,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Damage::NoToken => "this is no replay token: one begins with `r1`",
            Damage::Version => "this replay token comes from another version of raft-playground",
            Damage::Damaged => "this replay token is damaged, or is not all of it",
            Damage::TooLarge => "this replay token holds more than 1 MiB, and a script has less",
        })
    }
}

/// The token of a script.
pub fn pack(script: &str) -> String {
    let packed = compress_to_vec(script.as_bytes(), LEVEL);
    let sealed = [&checksum(&packed).to_le_bytes(), packed.as_slice()].concat();
    format!("{VERSION}{}", BASE64.encode(sealed))
}

/// The script of a token.
///
/// # Errors
/// When it is not all of a token that [`pack`] made, or its script would be larger than any.
pub fn unpack(token: &str) -> Result<String, Damage> {
    let Some(body) = token.strip_prefix(VERSION) else {
        let versions = token.strip_prefix('r');
        return Err(
            match versions.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
                true => Damage::Version,
                false => Damage::NoToken,
            },
        );
    };
    let sealed = BASE64.decode(body).map_err(|_| Damage::Damaged)?;
    let (sum, packed) = sealed.split_first_chunk().ok_or(Damage::Damaged)?;
    if checksum(packed) != u32::from_le_bytes(*sum) {
        return Err(Damage::Damaged);
    }
    let script =
        decompress_to_vec_with_limit(packed, MAX_SCRIPT).map_err(|error| match error.status {
            miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Damage::TooLarge,
            _ => Damage::Damaged,
        })?;
    String::from_utf8(script).map_err(|_| Damage::Damaged)
}

/// FNV-1a. It is there against slips of hands and clipboards, not against malice.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "title \"t\"\ncluster n1 n2 n3\nseed 7\nat 1s crash n1\nwait 500ms\n";

    #[test]
    fn what_was_packed_is_unpacked() {
        for script in ["", SCRIPT, &SCRIPT.repeat(500), "say \"字幕 \\u{1b}\"\n"] {
            let token = pack(script);
            assert_eq!(unpack(&token).as_deref(), Ok(script));
            let safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            assert!(token.chars().all(safe), "{token}");
        }
    }

    #[test]
    fn a_script_of_a_thousand_lines_fits_on_a_command_line() {
        let lines =
            (0..1_000).map(|n| format!("at {}.{}s put k{} v{n}\n", n / 7, n * 31 % 997, n % 9));
        assert!(pack(&lines.collect::<String>()).len() < LONGEST);
    }

    /// Every slip of a hand or a clipboard: a character that is another, one that is missing, one
    /// too many, two that changed places, an end that was cut off.
    #[test]
    fn damage_is_seen_wherever_it_is() {
        let token: Vec<char> = pack(SCRIPT).chars().collect();
        let begins = VERSION.len();
        let damaged = |token: Vec<char>| {
            let token: String = token.into_iter().collect();
            assert_eq!(unpack(&token), Err(Damage::Damaged), "{token}");
        };
        for place in begins..token.len() {
            for other in ['A', 'b', '7', '-', '+', ' ', 'é'] {
                if token[place] != other {
                    let mut token = token.clone();
                    token[place] = other;
                    damaged(token);
                }
            }
            let mut less = token.clone();
            less.remove(place);
            damaged(less);
            let mut more = token.clone();
            more.insert(place, 'A');
            damaged(more);
            damaged(token[..place].to_vec());
            if place + 1 < token.len() && token[place] != token[place + 1] {
                let mut swapped = token.clone();
                swapped.swap(place, place + 1);
                damaged(swapped);
            }
        }
        damaged([token.clone(), token].concat());
    }

    #[test]
    fn what_is_no_token_is_called_so() {
        for text in ["", "r", "abc", "figure-8", "R1AAAA", "-"] {
            assert_eq!(unpack(text), Err(Damage::NoToken), "{text}");
        }
        assert_eq!(unpack("r2AAAA"), Err(Damage::Version));
        assert_eq!(unpack("r1"), Err(Damage::Damaged));
    }

    /// A small token may be made to hold gigabytes: no more is unpacked than a script may have.
    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = pack(&"#".repeat(200 << 20));
        assert!(bomb.len() < 400_000);
        assert_eq!(unpack(&bomb), Err(Damage::TooLarge));
        let most = "#".repeat(MAX_SCRIPT);
        assert_eq!(unpack(&pack(&most)).as_deref(), Ok(most.as_str()));
        assert_eq!(
            unpack(&pack(&"#".repeat(MAX_SCRIPT + 1))),
            Err(Damage::TooLarge)
        );
    }

    #[test]
    fn what_is_no_text_is_damage() {
        let packed = compress_to_vec(&[0xff, 0xfe], LEVEL);
        let sealed = [&checksum(&packed).to_le_bytes(), packed.as_slice()].concat();
        let token = format!("{VERSION}{}", BASE64.encode(sealed));
        assert_eq!(unpack(&token), Err(Damage::Damaged));
    }
}
