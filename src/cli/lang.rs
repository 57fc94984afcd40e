//! The language of captions: as asked for, or else that of the locale.

use clap::{Args, ValueEnum};

use crate::command::Lang;

/// What says which locale messages are in; the first that is set decides.
const LOCALES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// `--lang`, for every mode that shows captions.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LangArg {
    /// The language of titles and captions; that of the locale when not said
    #[arg(long, value_enum, value_name = "LANG")]
    lang: Option<Tongue>,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum Tongue {
    /// English
    En,
    /// Simplified Chinese, where a script has it
    Zh,
}

impl LangArg {
    /// The language that is meant.
    pub(super) fn lang(self) -> Lang {
        match self.lang {
            Some(Tongue::En) => Lang::En,
            Some(Tongue::Zh) => Lang::Zh,
            None => of_environment(|name| std::env::var(name).ok()),
        }
    }
}

fn of_environment(value: impl Fn(&str) -> Option<String>) -> Lang {
    let set = LOCALES.into_iter().filter_map(value);
    let locale = set.into_iter().find(|locale| !locale.is_empty());
    Lang::of_locale(&locale.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_decides() {
        let lang = |set: &[(&str, &str)]| {
            of_environment(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(lang(&[]), Lang::En);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&[("LC_ALL", "C"), ("LANG", "zh_CN")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW")]), Lang::Zh);
    }
}
