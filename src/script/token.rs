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
