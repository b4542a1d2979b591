//! Agenda and minute of a meeting that keeps no log: a joint council, a branch committee. From a plain file.
//!
//! What a conference with a log decided is printed from that log (`conference`), never from such a file.

use dated::{Date, Place, Table};
use serde_json::{Value, json};

use crate::document::{Document, check_text};

const KINDS: [(&str, &str); 2] = [("agenda", "agenda"), ("minute", "minute")];

/// Reads a file of kind `agenda` or `minute` and makes the document.
pub fn read_meeting(root: &Table<'_>, date: Date) -> Option<Document> {
    let kind = root.choice("kind", &KINDS);
    let body = text(root, "body");
    let heading = text(root, "heading");
    let opening = texts(root, "text");
    let place = optional(root, "place");
    let held_on = root.optional_date("held_on");
    let signed_by = optional(root, "signed_by");
    let signed_as = optional(root, "signed_as");
    let items = root.list("item", |entry, _| read_item(entry));
    kind?;
    let (body, heading) = (body?, heading?);
    let place_and_day: Vec<String> = [place, held_on.map(dated::long_date)].into_iter().flatten().collect();
    let title = format!("{body}: {heading}");
    let data = json!({
        "body": body,
        "heading": heading,
        "place_and_day": place_and_day.join(", "),
        "text": opening,
        "items": items,
        "signed_by": signed_by,
        "signed_as": signed_as,
    });
    Some(Document::new("meeting.typ", title, date, data))
}

fn read_item(table: &Table<'_>) -> Option<Value> {
    let title = text(table, "title");
    let number = optional(table, "number");
    let moved_by = optional(table, "moved_by");
    let body = texts(table, "text");
    let outcome = optional(table, "outcome");
    let votes = table.optional_table("votes", |votes| {
        let (yes, no, abstained) = (votes.count("for"), votes.count("against"), votes.optional_count("abstained"));
        let mut words = format!("for {}, against {}", pay::grouped(yes?), pay::grouped(no?));
        if let Some(abstained) = abstained {
            words.push_str(&format!(", abstained {}", pay::grouped(abstained)));
        }
        Some(words)
    });
    Some(json!({
        "number": number,
        "title": title?,
        "moved_by": moved_by,
        "text": body,
        "outcome": outcome,
        "votes": votes.flatten(),
    }))
}

fn checked(text: String, key: &str, place: &Place, table: &Table<'_>) -> Option<String> {
    check_text(&text, key, place, table.faults()).then_some(text)
}

fn text(table: &Table<'_>, key: &str) -> Option<String> {
    table.text(key).and_then(|text| checked(text, key, &table.place_of(key), table))
}

fn optional(table: &Table<'_>, key: &str) -> Option<String> {
    table.optional_text(key).and_then(|text| checked(text, key, &table.place_of(key), table))
}

fn texts(table: &Table<'_>, key: &str) -> Vec<String> {
    table.text_list(key).into_iter().filter_map(|(text, place)| checked(text, key, &place, table)).collect()
}
