//! A document before it is typeset: which template, and the data for it. Text from data is checked here, once, for all papers.

use dated::{Date, Faults, Place};
use dispute::campaign::Language;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What is to be printed. The data go to the template as JSON, so nothing in them can be markup.
#[derive(Clone, Debug)]
pub struct Document {
    /// The template's file name.
    pub template: &'static str,
    /// The title, shown by readers and announced to those who listen.
    pub title: String,
    /// The day it is dated; also the creation date of the file.
    pub date: Date,
    /// Everything the template prints.
    pub data: Value,
}

/// How a paper for members is to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// No letter smaller than 16 points.
    pub large_print: bool,
    /// The language of what the program says; texts of data stay as they are.
    pub language: Language,
}

impl Document {
    /// A document whose template also gets `title`, `date`, `lang`, `large` and `label`.
    pub fn new(template: &'static str, title: impl Into<String>, date: Date, mut data: Value) -> Self {
        let title = title.into();
        data["title"] = title.clone().into();
        data["label"] = Value::Null;
        Self { template, title, date, data }.with(Look::default())
    }

    /// The same paper with another look.
    #[must_use]
    pub fn with(mut self, look: Look) -> Self {
        self.data["lang"] = look.language.code().into();
        self.data["large"] = look.large_print.into();
        self.data["date"] = look.language.date(self.date).into();
        self
    }

    /// The same paper with words at the head of every page: that it is invented.
    #[must_use]
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        self.data["label"] = label.into();
        self
    }

    /// What makes it this document and no other: a hash of template name, date and data.
    pub(crate) fn identity(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.template, &self.title, &self.date.to_string(), &self.data.to_string()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The longest line of an address or a name that fits its place on paper.
pub const NAME_LETTERS: usize = 60;

/// Refuses letters that would print something else than they say: controls, and marks that turn the direction of writing
/// (U+202A to U+202E, U+2066 to U+2069, U+200E, U+200F, U+061C). `record` says whose text it is.
pub fn check_text(text: &str, record: &str, place: &Place, faults: &Faults) -> bool {
    let bad = text.chars().find(|c| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
            || (c.is_control() && *c != '\n')
    });
    if let Some(bad) = bad {
        faults.error(
            "hidden-character",
            place,
            format!("{record} holds U+{:04X}, a character that is not seen and changes how the rest is read", u32::from(bad)),
            "remove it: type the text again instead of pasting it",
        );
    }
    bad.is_none()
}

/// As [`check_text`], for every text of a document.
pub fn check_document(document: &Document, place: &Place, faults: &Faults) {
    fn check(value: &Value, title: &str, place: &Place, faults: &Faults) {
        match value {
            Value::String(text) => drop(check_text(text, title, place, faults)),
            Value::Array(list) => list.iter().for_each(|one| check(one, title, place, faults)),
            Value::Object(map) => map.values().for_each(|one| check(one, title, place, faults)),
            _ => {}
        }
    }
    check(&document.data, &format!("“{}”", document.template.trim_end_matches(".typ")), place, faults);
}

/// As [`check_text`], for a line that has to fit its place: at most [`NAME_LETTERS`] letters, no line break.
pub fn check_line(text: &str, record: &str, place: &Place, faults: &Faults) -> bool {
    let count = text.chars().count();
    if count > NAME_LETTERS {
        faults.error(
            "too-long",
            place,
            format!("{record} has {count} letters; {NAME_LETTERS} fit on a line"),
            "shorten it, or divide it over two lines of the address",
        );
    }
    if text.contains('\n') {
        faults.error("line-break", place, format!("{record} goes over several lines"), "write it on one line");
    }
    check_text(text, record, place, faults) && count <= NAME_LETTERS && !text.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_the_writing_round_is_refused_and_other_scripts_are_not() {
        let place = Place::new("members.csv", 3);
        let faults = Faults::new();
        for fine in ["Zoë O’Brien", "#let x = *1*", "<b>", "אבי כהן", "محمد", "김", "$x$ [y] \\ @z"] {
            assert!(check_line(fine, "the name", &place, &faults), "{fine}");
        }
        assert!(faults.is_empty());
        for bad in ["Anna\u{202e}nnA", "a\u{2067}b", "a\u{7}b", "a\u{200f}"] {
            assert!(!check_line(bad, "the name", &place, &faults), "{bad:?}");
        }
        assert!(!check_line(&"x".repeat(61), "the name", &place, &faults));
        assert_eq!(faults.error_count(), 5);
    }
}
