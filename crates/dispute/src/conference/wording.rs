//! The words of motions: one spelling of blanks, exact changes, and the text that comes of those that are carried.
//!
//! Every change is drafted on the words as printed. The text after the votes is the printed text with all carried
//! changes made at once, so that the order of the votes cannot alter it; a change whose words a carried one has
//! taken out cannot be made any more, and its amendment falls.

use std::ops::Range;

use dated::{Place, Table};

/// C2: a text with single blanks inside a paragraph and one line break between paragraphs.
pub(crate) fn tidy(text: &str) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            open = false;
            continue;
        }
        let line = words.join(" ");
        match paragraphs.last_mut() {
            Some(paragraph) if open => {
                paragraph.push(' ');
                paragraph.push_str(&line);
            }
            _ => paragraphs.push(line),
        }
        open = true;
    }
    paragraphs.join("\n")
}

/// One change of words. What it deletes, replaces or stands beside must be in the text once, as whole words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordChange {
    /// These words go.
    Delete(String),
    /// These words come in.
    Insert {
        /// What is put in.
        words: String,
        /// Where.
        at: InsertAt,
    },
    /// Words give way to others.
    Replace {
        /// What goes.
        words: String,
        /// What comes in its place.
        with: String,
    },
}

/// Where new words go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InsertAt {
    /// Behind these words.
    After(String),
    /// Before these words.
    Before(String),
    /// At the end of the text.
    End,
}

/// A change with the place where it stands.
#[derive(Clone, Debug)]
pub struct PlacedChange {
    /// What it does.
    pub change: WordChange,
    /// Where it stands.
    pub place: Place,
}

impl WordChange {
    /// Reads one `[[change]]`: `delete`; `insert` with `after`, `before` or `at_end`; or `replace` and `with`.
    pub(crate) fn read(table: &Table<'_>) -> Option<PlacedChange> {
        let text = |key: &str| {
            let text = table.optional_text(key)?;
            super::names::check_visible(table, key, &text);
            Some(tidy(&text))
        };
        let (delete, insert, replace) = (text("delete"), text("insert"), text("replace"));
        let (with, after, before) = (text("with"), text("after"), text("before"));
        let at_end = table.optional_bool("at_end").unwrap_or(false);
        let at: Vec<InsertAt> =
            [after.map(InsertAt::After), before.map(InsertAt::Before), at_end.then_some(InsertAt::End)].into_iter().flatten().collect();
        let change = match (delete, insert, replace, with, at.as_slice()) {
            (Some(words), None, None, None, []) => Some(Self::Delete(words)),
            (None, Some(words), None, None, [at]) => Some(Self::Insert { words, at: at.clone() }),
            (None, None, Some(words), Some(with), []) => Some(Self::Replace { words, with }),
            _ => None,
        };
        if change.is_none() {
            table.faults().error(
                "not-a-change",
                &table.place(),
                "this does not say what is done to the text",
                "write `delete`; or `insert` with one of `after`, `before`, `at_end = true`; or `replace` and `with`",
            );
        }
        Some(PlacedChange { change: change?, place: table.place() })
    }

    /// The words it brings in.
    pub fn new_words(&self) -> Option<&str> {
        match self {
            Self::Delete(_) => None,
            Self::Insert { words, .. } => Some(words),
            Self::Replace { with, .. } => Some(with),
        }
    }

    /// The same change with other new words.
    pub(crate) fn with_new_words(&self, new: &str) -> Self {
        match self {
            Self::Delete(words) => Self::Delete(words.clone()),
            Self::Insert { at, .. } => Self::Insert { words: new.to_owned(), at: at.clone() },
            Self::Replace { words, .. } => Self::Replace { words: words.clone(), with: new.to_owned() },
        }
    }

    /// The words of the text that it holds on to.
    pub(crate) fn anchor(&self) -> Option<&str> {
        match self {
            Self::Delete(words) | Self::Replace { words, .. } => Some(words),
            Self::Insert { at: InsertAt::After(words) | InsertAt::Before(words), .. } => Some(words),
            Self::Insert { at: InsertAt::End, .. } => None,
        }
    }

    /// In words, as an agenda prints it.
    pub fn words(&self) -> String {
        match self {
            Self::Delete(words) => format!("Delete “{words}”."),
            Self::Insert { words, at: InsertAt::After(anchor) } => format!("After “{anchor}” insert “{words}”."),
            Self::Insert { words, at: InsertAt::Before(anchor) } => format!("Before “{anchor}” insert “{words}”."),
            Self::Insert { words, at: InsertAt::End } => format!("At the end add “{words}”."),
            Self::Replace { words, with } => format!("Replace “{words}” with “{with}”."),
        }
    }
}

/// A change found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The words it holds on to.
    pub(crate) anchor: Range<usize>,
    /// Whether those words go.
    pub(crate) deletes: bool,
    /// Where new words come in.
    at: usize,
    new: String,
}

/// How often words stand in a text, if not once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotOnce {
    Absent,
    Several(usize),
}

/// C3: finds the words of a change in the text. They must stand there exactly once, as whole words.
pub(crate) fn find(text: &str, change: &WordChange) -> Result<Edit, NotOnce> {
    let Some(anchor) = change.anchor() else {
        let new = change.new_words().unwrap_or_default();
        return Ok(Edit { anchor: text.len()..text.len(), deletes: false, at: text.len(), new: format!(" {new} ") });
    };
    let found = whole_words(text, anchor);
    let at = match found.as_slice() {
        [] => return Err(NotOnce::Absent),
        [at] => *at,
        several => return Err(NotOnce::Several(several.len())),
    };
    let range = at..at + anchor.len();
    Ok(match change {
        WordChange::Delete(_) => Edit { at: range.start, anchor: range, deletes: true, new: String::new() },
        WordChange::Replace { with, .. } => Edit { at: range.start, anchor: range, deletes: true, new: with.clone() },
        WordChange::Insert { words, at } => {
            let at = if matches!(at, InsertAt::Before(_)) { range.start } else { range.end };
            Edit { anchor: range, deletes: false, at, new: format!(" {words} ") }
        }
    })
}

/// Where `words` stand in `text` with no letter or digit touching them.
pub(crate) fn whole_words(text: &str, words: &str) -> Vec<usize> {
    let joins = |a: Option<char>, b: Option<char>| a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric);
    text.match_indices(words)
        .filter(|(at, _)| {
            let (before, after) = (text[..*at].chars().next_back(), text[at + words.len()..].chars().next());
            !words.is_empty() && !joins(before, words.chars().next()) && !joins(words.chars().next_back(), after)
        })
        .map(|(at, _)| at)
        .collect()
}

/// C4: the text with all these changes made. Changes at one place come in the order given.
pub(crate) fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let edits: Vec<&Edit> = edits.collect();
    let mut result = String::with_capacity(text.len());
    for (at, letter) in text.char_indices().map(|(at, letter)| (at, Some(letter))).chain([(text.len(), None)]) {
        edits.iter().filter(|edit| edit.at == at).for_each(|edit| result.push_str(&edit.new));
        match letter {
            Some(letter) if !edits.iter().any(|edit| edit.deletes && edit.anchor.contains(&at)) => result.push(letter),
            _ => {}
        }
    }
    close_gaps(&result)
}

/// Whether a carried change has taken out words that `edit` holds on to.
pub(crate) fn has_lost_its_words(edit: &Edit, carried: &[Edit]) -> bool {
    carried.iter().any(|other| other.deletes && other.anchor.start < edit.anchor.end && edit.anchor.start < other.anchor.end)
}

/// One blank between words, none before a full stop or comma, none at the ends of a line.
fn close_gaps(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut out = String::with_capacity(line.len());
        for word in line.split_whitespace() {
            let hangs = word.starts_with([',', '.', ';', ':', '!', '?', ')']);
            if !out.is_empty() && !hangs && !out.ends_with('(') {
                out.push(' ');
            }
            out.push_str(word);
        }
        if !out.is_empty() {
            lines.push(out);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(words: &str, with: &str) -> WordChange {
        WordChange::Replace { words: words.into(), with: with.into() }
    }

    #[test]
    fn a_change_holds_on_to_whole_words_that_stand_once() {
        let text = "Pay more pay, not less.";
        assert_eq!(find(text, &replace("les", "more")), Err(NotOnce::Absent));
        assert_eq!(find("pay and pay", &replace("pay", "x")), Err(NotOnce::Several(2)));
        let edit = find(text, &replace("not less", "in full")).expect("it stands there once");
        assert_eq!(apply(text, [edit].iter()), "Pay more pay, in full.");
    }

    #[test]
    fn gaps_close_and_new_words_get_their_blanks() {
        let text = "Reject the offer (in full), and act.";
        let edits = [
            find(text, &WordChange::Delete("(in full)".into())).expect("once"),
            find(text, &WordChange::Insert { words: "staged".into(), at: InsertAt::Before("offer".into()) }).expect("once"),
            find(text, &WordChange::Insert { words: "Ballot members.".into(), at: InsertAt::End }).expect("at the end"),
        ];
        assert_eq!(apply(text, edits.iter()), "Reject the staged offer, and act. Ballot members.");
        assert_eq!(apply(text, edits.iter().rev()), apply(text, edits.iter()));
    }

    #[test]
    fn a_change_whose_words_are_gone_has_lost_them() {
        let text = "Claim three per cent from April.";
        let gone = find(text, &WordChange::Delete("three per cent".into())).expect("once");
        let late = find(text, &replace("per cent from", "pounds from")).expect("once");
        let other = find(text, &replace("April", "May")).expect("once");
        assert!(has_lost_its_words(&late, std::slice::from_ref(&gone)));
        assert!(!has_lost_its_words(&other, &[gone]));
    }

    #[test]
    fn blanks_are_spelled_in_one_way() {
        assert_eq!(tidy("  Claim\n  more  pay.\n\n\n And   act.\n"), "Claim more pay.\nAnd act.");
    }
}
