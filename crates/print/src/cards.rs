//! Postcards as sheets: each card of the campaign with the member's own figure, own words and name, several up, with marks to cut.
//!
//! What stands on a card is decided in `dispute::campaign`; here it is checked that it fits, and laid out.

use dated::{Date, Faults};
use dispute::campaign::{Language, Postcard};
use serde_json::{Value, json};

use crate::document::{Document, Look, check_line, check_text};

/// How large the cards are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardSize {
    /// Two A5 cards on an upright A4 sheet: what large print needs.
    A5,
    /// Four A6 cards on a landscape A4 sheet.
    A6,
    /// Eight A7 cards on an upright A4 sheet.
    A7,
}

impl CardSize {
    /// Columns and rows on a sheet.
    pub fn grid(self) -> (usize, usize) {
        match self {
            Self::A5 => (1, 2),
            Self::A6 => (2, 2),
            Self::A7 => (2, 4),
        }
    }

    /// Cards on a sheet.
    pub fn per_sheet(self) -> usize {
        let (columns, rows) = self.grid();
        columns * rows
    }
}

/// The longest word that fits on a line of the smallest card.
const WORD_LETTERS: usize = 28;

/// Checks what is printed of a card; faults name the member's row.
pub fn check_card(card: &Postcard, faults: &Faults) {
    let record = |what: &str| format!("{what} of member {}", card.member);
    check_line(&card.member, "the member's number", &card.place, faults);
    check_line(&card.name, &record("the name"), &card.place, faults);
    check_line(&card.branch, &record("the branch"), &card.place, faults);
    for text in [Some(card.text.as_str()), card.own_words.as_deref()].into_iter().flatten() {
        check_text(text, &record("the card"), &card.place, faults);
        if let Some(word) = text.split_whitespace().find(|word| word.chars().count() > WORD_LETTERS) {
            faults.error(
                "word-too-long",
                &card.place,
                format!("“{word}” on member {}’s card is longer than a line", card.member),
                format!("divide it: {WORD_LETTERS} letters fit"),
            );
        }
    }
}

/// A file of cards: one batch of the campaign. `branch` gives the name that stands for a branch's id.
pub fn cards_document<'p>(cards: &'p [Postcard], branch: impl Fn(&'p str) -> &'p str, size: CardSize, look: Look, date: Date) -> Document {
    let (columns, rows) = size.grid();
    let list: Vec<Value> = cards
        .iter()
        .map(|card| {
            json!({
                "id": card.member,
                "text": card.text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>(),
                "own": card.own_words.iter().flat_map(|own| own.lines()).filter(|line| !line.trim().is_empty()).collect::<Vec<_>>(),
                "from": format!("{}, {}", card.name, branch(&card.branch)),
                "basis": basis(card, look.language),
            })
        })
        .collect();
    let first = cards.first();
    let to: Vec<&str> = first.iter().flat_map(|card| std::iter::once(&card.to).chain(&card.address)).map(String::as_str).collect();
    let data = json!({
        "to": to,
        "heading": first.and_then(|card| card.heading.as_deref()),
        "columns": columns,
        "rows": rows,
        "cards": list,
    });
    let title = first.map_or_else(String::new, |card| format!("Postcards, batch {}", card.batch));
    Document::new("postcards.typ", title, date, data).with(look)
}

/// How the figure comes about: in English a sentence, in Welsh the parts that the Welsh texts put together.
fn basis(card: &Postcard, language: Language) -> Value {
    if language == Language::English {
        return json!({ "sentence": card.basis.words() });
    }
    let (post, basis) = (&card.basis.post, &card.basis);
    json!({
        "sentence": null,
        "point": post.point,
        "band": post.band,
        "salary": post.salary.map(|salary| salary.to_string()),
        "hours": basis.hours.map(|hours| hours.to_short(2)),
        "year": basis.pay_year,
        "against": basis.against,
        "offer": basis.offer,
        "loss": basis.by_months.to_string(),
        "by_days": basis.by_days.to_string(),
    })
}
