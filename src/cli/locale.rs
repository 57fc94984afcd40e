//! What the locale says where nobody else does: the language of captions, and whether the
//! terminal knows more than ASCII.

use clap::{Args, ValueEnum};

use crate::command::Lang;

/// What says which locale messages are in; the first that is set decides.
const MESSAGES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];
/// What says which characters there are; the first that is set decides.
const CHARACTERS: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// `--lang`, for every mode that shows captions.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LangArg {
    /// The language of titles and captions; that of the locale when not said
    #[arg(long, value_enum, value_name = "LANG")]
    lang: Option<Tongue>,
}

/// `--lang`, for what is written to a file. Not the locale's language: the same command writes the
/// same file everywhere.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct FileLangArg {
    /// The language of titles and captions
    #[arg(long, value_enum, value_name = "LANG", default_value = "en")]
    lang: Tongue,
}

impl FileLangArg {
    /// The language that is meant.
    pub(super) fn lang(self) -> Lang {
        self.lang.lang()
    }
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum Tongue {
    /// English
    En,
    /// Simplified Chinese, where a script has it
    Zh,
}

impl Tongue {
    fn lang(self) -> Lang {
        match self {
            Tongue::En => Lang::En,
            Tongue::Zh => Lang::Zh,
        }
    }
}

impl LangArg {
    /// The language that is meant.
    pub(super) fn lang(self) -> Lang {
        self.or(None)
    }

    /// The language that is meant; without a flag the `usual` one, or else that of the locale.
    pub(super) fn or(self, usual: Option<Lang>) -> Lang {
        match self.lang {
            Some(tongue) => tongue.lang(),
            None => usual.unwrap_or_else(|| Lang::of_locale(&locale(MESSAGES, environment))),
        }
    }
}

/// True when the locale says that only ASCII characters can be shown.
pub(super) fn is_ascii() -> bool {
    ascii(&locale(CHARACTERS, environment))
}

/// `C` and `POSIX` know ASCII only, and so do we of any other character set than UTF-8. Where
/// nothing is said, the locale is `C` to the letter; but containers and `ssh` set none, and their
/// terminals know UTF-8 nearly always. So does a locale that names no character set.
fn ascii(locale: &str) -> bool {
    let locale = locale.split('@').next().unwrap_or_default();
    match locale.split_once('.') {
        Some((_, set)) => !set.replace('-', "").eq_ignore_ascii_case("utf8"),
        None => matches!(locale, "C" | "POSIX"),
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The first of these variables that is set.
fn locale(names: [&str; 3], value: impl Fn(&str) -> Option<String>) -> String {
    let set = names.into_iter().filter_map(value);
    let locale = set.into_iter().find(|locale| !locale.is_empty());
    locale.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_decides() {
        let lang = |set: &[(&str, &str)]| {
            let locale = locale(MESSAGES, |name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            Lang::of_locale(&locale)
        };
        assert_eq!(lang(&[]), Lang::En);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&[("LC_ALL", "C"), ("LANG", "zh_CN")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW")]), Lang::Zh);
    }

    #[test]
    fn only_a_locale_that_says_so_knows_ascii_only() {
        for locale in [
            "C",
            "POSIX",
            "de_DE.ISO-8859-1",
            "zh_CN.GB18030",
            "de_DE.latin1@euro",
        ] {
            assert!(ascii(locale), "{locale}");
        }
        for locale in [
            "",
            "C.UTF-8",
            "C.utf8",
            "en_US.UTF-8",
            "de_DE@euro",
            "zh_CN",
            "C.UTF8@x",
        ] {
            assert!(!ascii(locale), "{locale}");
        }
    }
}
