//! What any cell can be: a text of one line, the mark of a broken formula, bytes of another encoding; and texts as messages show them.

/// Why a cell cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Kind of fault, in kebab case.
    pub code: &'static str,
    /// What is wrong, with the value found.
    pub what: String,
    /// What would be right.
    pub fix: String,
}

impl Trouble {
    /// A trouble of that kind.
    pub fn new(code: &'static str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, what: what.into(), fix: fix.into() }
    }
}

/// A cell that was read, or why not.
pub type Cell<T> = Result<T, Trouble>;

/// The text of a cell without blanks around it; empty where nothing was said.
///
/// # Errors
/// Where it is not UTF-8, has a line break or a control character, is the mark of a broken formula, or is longer than 300 bytes.
pub fn text(raw: &[u8]) -> Cell<&str> {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.trim(),
        Err(error) => {
            return Err(Trouble::new(
                "not-utf8",
                format!("byte 0x{:02x} is not UTF-8 text: the file was saved in an old Windows encoding", raw[error.valid_up_to()]),
                "save it again as “CSV UTF-8”, or as .xlsx",
            ));
        }
    };
    if text.chars().any(char::is_control) {
        let fix = if text.contains('\n') { "a cell of one line; check that every quote is closed" } else { "remove it" };
        return Err(Trouble::new("control-character", format!("“{}” has a line break or a control character in it", short(text)), fix));
    }
    const ERRORS: [&str; 9] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"];
    if text.starts_with('#') && (ERRORS.contains(&text) || text.bytes().all(|b| b == b'#')) {
        let fix = if text.bytes().all(|b| b == b'#') {
            "widen the column before saving as CSV"
        } else {
            "mend the formula, or put the value in its place"
        };
        return Err(Trouble::new("formula-error", format!("{text} is what a spreadsheet writes where it has no value"), fix));
    }
    if text.len() > 300 {
        return Err(Trouble::new(
            "too-long",
            format!("“{}” has {} characters", short(text), text.chars().count()),
            "at most 300 are read; check that every quote is closed",
        ));
    }
    Ok(text)
}

/// Whether a first cell says that the row is a sum of others.
pub fn is_total(raw: &[u8]) -> bool {
    let raw = raw.trim_ascii();
    // Most cells are decided by their first letter.
    if !matches!(raw.first(), Some(b't' | b'T' | b'g' | b'G' | b's' | b'S' | b'o' | b'O')) || raw.len() > 14 {
        return false;
    }
    ["total", "totals", "grand total", "sub total", "subtotal", "sub-total", "sum", "overall total", "total:", "total staff"]
        .iter()
        .any(|word| raw.eq_ignore_ascii_case(word.as_bytes()))
}

/// At most a dozen names.
pub fn shown(names: &[&str]) -> String {
    let more = names.len().saturating_sub(12);
    let list = names.iter().take(12).map(|name| short(name)).collect::<Vec<_>>().join(", ");
    if more == 0 { list } else { format!("{list} and {more} more") }
}

/// A text as a message can show it: not too long, nothing in it that a terminal would obey.
pub fn short(text: &str) -> String {
    let clean: String = text.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect();
    if clean.chars().count() <= 40 { clean } else { clean.chars().take(37).chain("...".chars()).collect() }
}

/// Whether a character is not seen but changes what is: control characters, and marks that turn the direction of writing.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_named() {
        assert_eq!(text(b"  a ").expect("text"), "a");
        assert_eq!(text(b"\xa324,000").expect_err("a fault").code, "not-utf8");
        assert_eq!(text(b"#REF!").expect_err("a fault").code, "formula-error");
        assert_eq!(text(b"######").expect_err("a fault").code, "formula-error");
        assert_eq!(text(b"a\x1b[31m").expect_err("a fault").code, "control-character");
        assert!(is_total(b"Total") && is_total(b" grand total ") && !is_total(b"Tottenham") && !is_total(b""));
    }
}
