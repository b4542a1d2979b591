//! Letters to members of Parliament as sheets: each is a member's own, from `dispute::campaign`, to whoever sits on its date.

use dated::{Date, Faults, long_date};
use dispute::campaign::{COMMONS, Letter};
use serde_json::json;

use crate::document::{Document, check_line, check_text};

/// Checks what is printed of a letter; faults name the writer's row. A letter in the post needs the writer's postcode: it is how
/// an MP's office tells a constituent.
pub fn check_letter(letter: &Letter, faults: &Faults) {
    let record = |what: &str| format!("{what} of member {}", letter.member);
    check_line(&letter.member, "the member's number", &letter.place, faults);
    check_line(&letter.name, &record("the name"), &letter.place, faults);
    for line in &letter.address {
        check_line(line, &record("a line of the address"), &letter.place, faults);
    }
    for paragraph in &letter.paragraphs {
        check_text(paragraph, &record("the letter"), &letter.place, faults);
    }
    if letter.postcode.is_none() {
        faults.error(
            "postcode-missing",
            &letter.place,
            format!("the letter of member {} has no postcode, by which an MP’s office tells a constituent", letter.member),
            "fill in the column postcode",
        );
    }
}

/// A file of letters, each beginning on a page of its own.
pub fn letters_document(letters: &[Letter], date: Date) -> Document {
    let list: Vec<_> = letters
        .iter()
        .map(|letter| {
            json!({
                "id": letter.member,
                "from": std::iter::once(&letter.name).chain(&letter.address).collect::<Vec<_>>(),
                "to": std::iter::once(letter.mp.as_str()).chain(COMMONS).collect::<Vec<_>>(),
                "constituency": letter.constituency,
                "date": long_date(letter.on),
                "paragraphs": letter.paragraphs,
            })
        })
        .collect();
    let title = match letters {
        [only] => format!("Letter to {}", only.mp),
        _ => "Letters to members of Parliament".to_owned(),
    };
    Document::new("letter.typ", title, date, json!({ "letters": list }))
}
