//! Texts that a person reads, in more than one language.
//!
//! A script carries all of its languages everywhere; only what shows a text chooses one. So the
//! run, its digest, its journal and its report are the same whoever reads along.

use crate::kv::Text;

/// A language that captions may be shown in.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Lang {
    /// English, which every caption has.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// The language of a locale, as in `zh_CN.UTF-8`: Chinese when it begins so, else English.
    pub fn of_locale(locale: &str) -> Lang {
        let language = locale.split(['_', '-', '.', '@']).next();
        match language {
            Some(language) if language.eq_ignore_ascii_case("zh") => Lang::Zh,
            _ => Lang::En,
        }
    }
}

/// A text with its translation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// In English.
    pub text: Text,
    /// In Simplified Chinese.
    pub zh: Option<Text>,
}

impl Caption {
    /// The text in a language; in English where it is not translated.
    pub fn text_in(&self, lang: Lang) -> &Text {
        match (lang, &self.zh) {
            (Lang::Zh, Some(zh)) => zh,
            _ => &self.text,
        }
    }
}

impl From<&str> for Caption {
    /// A text in English only.
    fn from(text: &str) -> Caption {
        Caption {
            text: text.into(),
            zh: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_a_language() {
        for locale in ["zh_CN.UTF-8", "zh", "zh-Hans", "ZH_tw.Big5", "zh@pinyin"] {
            assert_eq!(Lang::of_locale(locale), Lang::Zh, "{locale}");
        }
        for locale in ["C.UTF-8", "en_GB", "", "POSIX", "zhx_XX", "de_DE.zh"] {
            assert_eq!(Lang::of_locale(locale), Lang::En, "{locale}");
        }
    }

    #[test]
    fn english_stands_in_where_there_is_no_translation() {
        let mut caption = Caption::from("leader");
        assert_eq!(&**caption.text_in(Lang::Zh), "leader");
        caption.zh = Some("领导者".into());
        assert_eq!(&**caption.text_in(Lang::Zh), "领导者");
        assert_eq!(&**caption.text_in(Lang::En), "leader");
    }
}
