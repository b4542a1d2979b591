//! Names and texts as people type them into an agenda: nothing hidden, and no markup in names.

use dated::Table;

/// C1: marks that turn or hide what is read, and control characters. A line break is welcome in a text, not in a name.
pub(crate) fn hidden_mark(letter: char) -> bool {
    let turns_or_hides = matches!(letter,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{00ad}');
    turns_or_hides || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}

/// Reports a hidden mark in a text that was read from `key`.
pub(crate) fn check_visible(table: &Table<'_>, key: &str, text: &str) -> bool {
    let Some(mark) = text.chars().find(|letter| hidden_mark(*letter)) else { return true };
    table.fault(
        "hidden-character",
        key,
        format!("“{key}” has the hidden character U+{:04X} in it: what is read is not what is written", u32::from(mark)),
        format!("type {key} again without it"),
    );
    false
}

/// Reports markup or a line break in a name that was read from `key`.
fn check_plain(table: &Table<'_>, key: &str, text: &str) -> bool {
    if !check_visible(table, key, text) {
        return false;
    }
    let Some(mark) = text.chars().find(|letter| matches!(letter, '<' | '>' | '\n' | '\t')) else { return true };
    let mark = if mark == '\n' || mark == '\t' { "a line break or tab".to_owned() } else { format!("the mark {mark}") };
    table.fault("markup-in-name", key, format!("“{key}” has {mark} in it"), "write the plain name: letters, digits, blanks");
    false
}

/// A name that may be absent.
pub(crate) fn optional_name(table: &Table<'_>, key: &str) -> Option<String> {
    let name = table.optional_text(key)?;
    check_plain(table, key, &name).then_some(name)
}

/// A name that must be there.
pub(crate) fn name(table: &Table<'_>, key: &str) -> Option<String> {
    let name = table.text(key)?;
    check_plain(table, key, &name).then_some(name)
}

/// A text that may be absent, in one spelling of blanks.
pub(crate) fn optional_words(table: &Table<'_>, key: &str) -> Option<String> {
    let text = table.optional_text(key)?;
    check_visible(table, key, &text).then(|| super::wording::tidy(&text))
}

/// A text as Markdown prints it as it stands: nothing in it is a heading, a link or a tag.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let starts_line = at == 0 || text[..at].ends_with('\n');
        let is_mark = matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|');
        if is_mark || (starts_line && matches!(letter, '#' | '+' | '-' | '=')) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_words_is_a_mark_and_accents_are_not() {
        assert!(['\u{202e}', '\u{200b}', '\u{1b}', '\u{2066}'].into_iter().all(hidden_mark));
        assert!(!"Dŵr Cymru, Ó Súilleabháin – £5\n".chars().any(hidden_mark));
    }

    #[test]
    fn markdown_marks_are_shown_and_not_obeyed() {
        assert_eq!(escaped("# a *b* [c](d) <e>"), "\\# a \\*b\\* \\[c\\](d) \\<e\\>");
    }
}
