//! Conference papers and the plan of action from a plain file: agenda, minute, book of decisions, one page of dates.

use dated::{Date, Place, Table};
use serde_json::{Value, json};

use crate::document::{Document, check_text};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Agenda,
    Minute,
    Decisions,
    Plan,
}

const KINDS: [(&str, Kind); 4] = [("agenda", Kind::Agenda), ("minute", Kind::Minute), ("decisions", Kind::Decisions), ("plan", Kind::Plan)];

/// Reads a file of kind `agenda`, `minute`, `decisions` or `plan` and makes the document.
pub fn read_paper(root: &Table<'_>, date: Date) -> Option<Document> {
    let kind = root.choice("kind", &KINDS);
    let body = text(root, "body");
    let heading = text(root, "heading");
    let opening = texts(root, "text");
    match kind? {
        Kind::Plan => {
            let items = root.list("item", |entry, _| {
                let (when, who, what) = (text(entry, "when"), text(entry, "who"), text(entry, "what"));
                let notice_by = optional(entry, "notice_by");
                Some(json!({ "when": when?, "who": who?, "what": what?, "notice_by": notice_by.unwrap_or_else(|| "–".to_owned()) }))
            });
            let notes = texts(root, "notes");
            let (body, heading) = (body?, heading?);
            let title = format!("{body}: {heading}");
            let data = json!({ "body": body, "heading": heading, "text": opening, "items": items, "notes": notes });
            Some(Document::new("plan.typ", title, date, data))
        }
        kind => {
            let place = optional(root, "place");
            let held_on = root.optional_date("held_on");
            let signed_by = optional(root, "signed_by");
            let signed_as = optional(root, "signed_as");
            let items = root.list("item", |entry, _| read_item(entry, kind));
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
            Some(Document::new("conference.typ", title, date, data))
        }
    }
}

fn read_item(table: &Table<'_>, kind: Kind) -> Option<Value> {
    let title = text(table, "title");
    let number = optional(table, "number");
    let moved_by = optional(table, "moved_by");
    let body = texts(table, "text");
    let (before, after) = (optional(table, "before"), optional(table, "after"));
    let outcome = optional(table, "outcome");
    let votes = table.optional_table("votes", |votes| {
        let (yes, no, abstained) = (votes.count("for"), votes.count("against"), votes.optional_count("abstained"));
        let mut words = format!("for {}, against {}", pay::grouped(yes?), pay::grouped(no?));
        if let Some(abstained) = abstained {
            words.push_str(&format!(", abstained {}", pay::grouped(abstained)));
        }
        Some(words)
    });
    if kind == Kind::Decisions && outcome.is_none() {
        table.fault("missing-key", "outcome", "a decision says what was decided", "add `outcome = \"carried\"`");
    }
    Some(json!({
        "number": number,
        "title": title?,
        "moved_by": moved_by,
        "text": body,
        "before": before,
        "after": after,
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
