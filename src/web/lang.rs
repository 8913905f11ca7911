//! The two languages of the pages: Chinese first, English by a switch (pages design, section 3).
//!
//! Short words stand in the templates side by side; words that the program knows elsewhere, such
//! as labels of funds, come from where they are declared.

use crate::base::words::Label;

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a code, as the cookie and `?lang=` carry it.
    pub fn parse(code: &str) -> Option<Lang> {
        match code {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        self.t("zh", "en")
    }

    /// As HTML names it.
    pub fn tag(self) -> &'static str {
        self.t("zh-Hans", "en")
    }

    /// The other one.
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// Is it Chinese?
    pub fn is_zh(self) -> bool {
        self == Lang::Zh
    }

    /// Of two texts the one in this language.
    pub fn t<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A label in this language.
    pub fn label(self, label: Label) -> &'static str {
        self.t(label.zh, label.en)
    }
}
