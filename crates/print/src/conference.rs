//! Agenda, minute and decisions book of a conference, straight from what its log gives (`dispute::conference`).
//!
//! Amendments that conflict are marked as such, each beside the other, and every text that changes is shown before and after,
//! with the words that go and come marked by strokes as well as by weight: nothing hangs on colour.

use dated::Date;
use dispute::conference::{BookEntry, Conference, Mark, changed_words};
use serde_json::{Value, json};

use crate::document::Document;

/// Which paper of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConferencePaper {
    /// The agenda in the order of business.
    Agenda,
    /// The minute.
    Minute,
    /// What was decided, with final texts.
    DecisionsBook,
}

impl ConferencePaper {
    /// What it is called on the paper.
    pub fn title(self) -> &'static str {
        match self {
            Self::Agenda => "Agenda",
            Self::Minute => "Minute",
            Self::DecisionsBook => "Decisions",
        }
    }

    /// The paper as a document.
    pub fn document(self, conference: &Conference, date: Date) -> Document {
        let (title, when, sections, closing) = match self {
            Self::Agenda => agenda(conference),
            Self::Minute => minute(conference),
            Self::DecisionsBook => book(conference),
        };
        let data = json!({
            "body": title,
            "heading": self.title(),
            "when": when,
            "sections": sections,
            "closing": closing,
            "status": if conference.status == dated::Status::Synthetic { "Invented, to show what the paper looks like." } else { "" },
        });
        Document::new("conference.typ", format!("{}: {title}", self.title()), date, data)
    }
}

type Parts = (String, Option<String>, Vec<Value>, Vec<String>);

fn agenda(conference: &Conference) -> Parts {
    let agenda = conference.agenda();
    let items = agenda.entries.iter().map(|entry| {
        json!({
            "heading": entry.heading,
            "depth": entry.depth,
            "mover": entry.mover,
            "text": entry.text,
            "conflicts": entry.conflicts_with,
            "changes": changes(entry.before_and_after.as_ref(), "Text now", "Text if this alone is carried"),
            "notes": entry.notes.iter().filter(|note| !note.starts_with("Conflicts with")).collect::<Vec<_>>(),
            "outcome": null,
        })
    });
    let guillotine =
        (!agenda.guillotine.is_empty()).then(|| format!("Put without debate when time runs out: {}.", agenda.guillotine.join(", ")));
    (agenda.title.clone(), agenda.when, vec![section(None, items.collect())], guillotine.into_iter().collect())
}

fn minute(conference: &Conference) -> Parts {
    let minute = conference.minute();
    let is_amended_motion = |id: &str| {
        let of_motion = |decision: &&dispute::conference::Decision| decision.id == id && decision.amends.is_none();
        conference
            .decisions
            .iter()
            .find(of_motion)
            .is_some_and(|decision| decision.text_after.as_ref().is_some_and(|after| *after != decision.text_before))
    };
    let items = minute.items.iter().map(|item| {
        json!({
            "heading": item.heading,
            "depth": 0,
            "mover": null,
            // Of a motion the text put to the vote stands in the pair already; of an amendment this is what it asked.
            "text": if is_amended_motion(&item.id) { &[] } else { item.text.as_slice() },
            "conflicts": item.conflicts_with,
            "changes": changes(item.before_and_after.as_ref(), "Text before", "Text after"),
            "notes": [],
            "outcome": item.sentences.join(" "),
        })
    });
    let business = (!minute.business.is_empty()).then(|| {
        json!({
            "heading": "Order of business",
            "depth": 0,
            "mover": null,
            "text": [],
            "conflicts": [],
            "changes": null,
            "notes": minute.business,
            "outcome": null,
        })
    });
    let items = business.into_iter().chain(items);
    let sources = (!minute.sources.is_empty()).then(|| format!("Reported in: {}", minute.sources.join("; ")));
    (minute.title.clone(), minute.when, vec![section(None, items.collect())], sources.into_iter().collect())
}

fn book(conference: &Conference) -> Parts {
    let book = conference.decisions_book();
    let item = |entry: &BookEntry| {
        let both = entry.before.clone().zip(entry.text.clone());
        // Where the text changed it stands in the pair already.
        let text: Vec<&str> = if both.is_some() { Vec::new() } else { entry.text.iter().flat_map(|text| text.lines()).collect() };
        json!({
            "heading": entry.heading,
            "depth": 0,
            "mover": null,
            "text": text,
            "conflicts": [],
            "changes": changes(both.as_ref(), "Text as it came", "Text as decided"),
            "notes": [],
            "outcome": entry.outcome,
        })
    };
    let sections = book
        .parts()
        .into_iter()
        .filter(|(_, entries)| !entries.is_empty())
        .map(|(title, entries)| section(Some(title), entries.iter().map(item).collect()))
        .collect();
    (book.title.clone(), book.when.clone(), sections, Vec::new())
}

fn section(title: Option<&str>, items: Vec<Value>) -> Value {
    json!({ "title": title, "items": items })
}

/// A text before and after as lists of parts, each with what became of it.
fn changes(both: Option<&(String, String)>, before_title: &str, after_title: &str) -> Value {
    let Some((before, after)) = both else { return Value::Null };
    let parts = |parts: Vec<(Mark, String)>| {
        let part = |(mark, text): (Mark, String)| {
            let mark = match mark {
                Mark::Same => "same",
                Mark::Gone => "gone",
                Mark::New => "new",
            };
            json!({ "mark": mark, "text": text })
        };
        parts.into_iter().map(part).collect::<Vec<_>>()
    };
    let [old, new] = changed_words(before, after);
    json!({ "before_title": before_title, "after_title": after_title, "before": parts(old), "after": parts(new) })
}
