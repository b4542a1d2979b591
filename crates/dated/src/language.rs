//! The languages that papers and letters are written in.

use crate::Date;
use crate::text::long_date;

/// In which language a paper is written. Official names, titles of offers and what members write stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Welsh.
    Welsh,
}

impl Language {
    /// Its code, for readers of a file.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
        }
    }

    /// A date in words; in Welsh in figures, day/month/year, which needs no form of a month's name.
    pub fn date(self, day: Date) -> String {
        match self {
            Self::English => long_date(day),
            Self::Welsh => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        }
    }
}
