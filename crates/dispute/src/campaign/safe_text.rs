//! What may stand in a name and in a message that will be printed: nothing invisible, nothing that turns the line round,
//! in names nothing that a printer or a spreadsheet would obey.

/// Marks that are not seen and change how a line is read or what is searched for.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e007f}' | '\u{fff0}'..='\u{fff8}')
}

fn turns_round(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with a line such as a name or an address, and how to mend it. The line itself is not repeated.
pub(crate) fn line_fault(text: &str) -> Option<(String, &'static str)> {
    if text.contains(['\n', '\r']) {
        return Some(("has more than one line".to_owned(), "write it on one line; lines of an address are parted by semicolons"));
    }
    if let Some(found) = block_fault(text) {
        return Some(found);
    }
    if let Some(c) = text.chars().find(|c| "<>{}[]\\`$#*_@|~^=\"".contains(*c)) {
        return Some((
            format!("has “{c}” in it, which is markup and no part of a name"),
            "remove it: it would not be printed as it stands",
        ));
    }
    if text.starts_with(['+', '-', '=', '@']) {
        return Some(("begins with a mark that a spreadsheet takes for a formula".to_owned(), "begin with a letter or a figure"));
    }
    None
}

/// What is wrong with a message of several lines.
pub(crate) fn block_fault(text: &str) -> Option<(String, &'static str)> {
    let c = text.chars().find(|c| is_hidden(*c) || (c.is_control() && !matches!(c, '\n' | '\r' | '\t')))?;
    let what = if turns_round(c) {
        format!("has a mark in it that turns the direction of writing (U+{:04X})", c as u32)
    } else {
        format!("has a mark in it that is not seen (U+{:04X})", c as u32)
    };
    Some((what, "type it again: such marks come with pasted text"))
}

/// A text as a message may repeat it: short, and nothing that a terminal would obey.
pub(crate) fn shown(text: &str) -> String {
    let safe = |c: char| if c.is_control() || is_hidden(c) { '�' } else { c };
    let short: String = text.chars().take(40).map(safe).collect();
    if text.chars().count() > 40 { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_pass_and_tricks_do_not() {
        for name in
            ["Siân O’Neill-Jones", "Órfhlaith Begley", "李小龍", "محمد علي", "Dr A. B. de la Cruz (retired)", "Smith & Sons, Flat 2/1"]
        {
            assert_eq!(line_fault(name), None, "{name}");
        }
        let trick = ["Ann <b>Lee</b>", "Ann \u{202e}eeL", "Ann\u{200b}Lee", "=1+1", "Ann\nLee", "#strong[Ann]", "Ann\u{7}", "$x$", "+44"];
        for name in trick {
            assert!(line_fault(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn a_message_may_have_lines_and_signs_but_nothing_hidden() {
        assert_eq!(block_fault("Pay < prices.\n\n“Fair” = £5 #1"), None);
        assert!(block_fault("Fair \u{2066}pay").is_some_and(|(what, _)| what.contains("U+2066")));
        assert!(block_fault("Fair\u{0}pay").is_some());
        assert_eq!(shown("a\u{1b}[31m\u{202e}"), "a�[31m�");
    }
}
