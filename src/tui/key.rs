//! Keys and their names.
//!
//! Terminals disagree on how a key arrives: `G` comes with Shift, `?` without it on some layouts
//! and with it on others, back-tab has a code of its own. A [`Key`] is the one form that all of
//! them are brought to.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::command::diagnostic::nearest;

/// A key with its modifiers, in the one normal form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Names of keys that are no characters. The first name of a code is how it is written.
const NAMES: [(&str, KeyCode); 22] = [
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("del", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("page-up", KeyCode::PageUp),
    ("pageup", KeyCode::PageUp),
    ("page-down", KeyCode::PageDown),
    ("pagedown", KeyCode::PageDown),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("minus", KeyCode::Char('-')),
    ("plus", KeyCode::Char('+')),
];

const MODIFIERS: [(&str, KeyModifiers); 3] = [
    ("ctrl-", KeyModifiers::CONTROL),
    ("alt-", KeyModifiers::ALT),
    ("shift-", KeyModifiers::SHIFT),
];

impl Key {
    /// A key without modifiers.
    pub fn plain(code: KeyCode) -> Key {
        Key::normal(code, KeyModifiers::NONE)
    }

    /// The key that was pressed, or nothing when one was let go.
    pub fn pressed(event: &KeyEvent) -> Option<Key> {
        (event.kind != KeyEventKind::Release).then(|| Key::normal(event.code, event.modifiers))
    }

    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Key {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = modifiers & known;
        let code = match code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            // With Ctrl a letter's case says nothing that Shift does not.
            KeyCode::Char(ch) if modifiers.contains(KeyModifiers::CONTROL) => {
                KeyCode::Char(ch.to_ascii_lowercase())
            }
            // Without it, the character itself tells that Shift was held.
            KeyCode::Char(ch) if modifiers.contains(KeyModifiers::SHIFT) && ch != ' ' => {
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(ch.to_ascii_uppercase())
            }
            other => other,
        };
        Key { code, modifiers }
    }

    /// The code of this key.
    pub fn code(self) -> KeyCode {
        self.code
    }

    /// True while Ctrl is held, and nothing else.
    pub fn is_ctrl(self) -> bool {
        self.modifiers == KeyModifiers::CONTROL
    }

    /// True while Shift is held, and nothing else; a character tells it by itself.
    pub fn is_shift(self) -> bool {
        self.modifiers == KeyModifiers::SHIFT
    }

    /// The character that the key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(ch) if (self.modifiers - KeyModifiers::SHIFT).is_empty() => Some(ch),
            _ => None,
        }
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(name: &str) -> Result<Key, UnknownKey> {
        let mut rest = name;
        let mut modifiers = KeyModifiers::NONE;
        while let Some((tail, held)) = MODIFIERS.iter().find_map(|(prefix, held)| {
            let tail = rest.strip_prefix(prefix)?;
            (!tail.is_empty()).then_some((tail, *held))
        }) {
            modifiers |= held;
            rest = tail;
        }
        let mut characters = rest.chars();
        let code = match (characters.next(), characters.next()) {
            (Some(ch), None) if !ch.is_control() && ch != ' ' => KeyCode::Char(ch),
            _ => match NAMES.iter().find(|(known, _)| *known == rest) {
                Some((_, code)) => *code,
                None => function_key(rest).ok_or_else(|| UnknownKey::near(rest))?,
            },
        };
        Ok(Key::normal(code, modifiers))
    }
}

fn function_key(name: &str) -> Option<KeyCode> {
    let number: u8 = name.strip_prefix('f')?.parse().ok()?;
    (1..=12).contains(&number).then_some(KeyCode::F(number))
}

/// A name that no key has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownKey {
    /// The name that may have been meant.
    pub near: Option<&'static str>,
}

impl UnknownKey {
    fn near(name: &str) -> UnknownKey {
        UnknownKey {
            near: nearest(name, NAMES.iter().map(|(known, _)| *known)),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (prefix, held) in MODIFIERS {
            if self.modifiers.contains(held) {
                f.write_str(prefix)?;
            }
        }
        let name = NAMES.iter().find(|(_, code)| *code == self.code);
        match (self.code, name) {
            (KeyCode::Char(ch), _) if ch != ' ' => write!(f, "{ch}"),
            (_, Some((name, _))) => f.write_str(name),
            (KeyCode::F(number), _) => write!(f, "f{number}"),
            (other, _) => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        Key::pressed(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn one_key_has_one_form() {
        let shift = KeyModifiers::SHIFT;
        let none = KeyModifiers::NONE;
        let parsed = |name: &str| Some(name.parse::<Key>().expect("a key"));
        assert_eq!(event(KeyCode::Char('G'), shift), parsed("G"));
        assert_eq!(event(KeyCode::Char('g'), shift), parsed("shift-g"));
        assert_eq!(
            event(KeyCode::Char('?'), shift),
            event(KeyCode::Char('?'), none)
        );
        assert_eq!(event(KeyCode::BackTab, shift), parsed("shift-tab"));
        assert_eq!(
            event(KeyCode::Char('C'), KeyModifiers::CONTROL),
            parsed("ctrl-c")
        );
    }

    #[test]
    fn names_are_written_as_they_are_read() {
        for name in [
            "g",
            "G",
            "?",
            "space",
            "ctrl-c",
            "shift-right",
            "alt-x",
            "f5",
            "-",
            "+",
            "ctrl--",
        ] {
            assert_eq!(name.parse::<Key>().expect("a key").to_string(), name);
        }
    }

    #[test]
    fn an_unknown_name_is_compared_with_known_ones() {
        assert_eq!(
            "spcae".parse::<Key>(),
            Err(UnknownKey {
                near: Some("space")
            })
        );
        assert_eq!("hyperspace-7".parse::<Key>().ok(), None);
    }
}
