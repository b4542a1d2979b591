//! What a print run lists: its files, and the place of every record in them, so that the mailing house and the union can find one card.

use serde_json::{Value, json};

use crate::typeset::Located;

/// One record of a file: a card, a letter, a numbered paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The member's number, or the paper's.
    pub id: String,
    /// SHA-256 of the row of figures that the record was made from; none for papers that are no member's.
    pub row_sha256: Option<String>,
}

/// One file of a run, as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// File name.
    pub file: String,
    /// What it holds.
    pub what: String,
    /// Records.
    pub records: usize,
    /// First record.
    pub first: String,
    /// Last record.
    pub last: String,
    /// First page, counted through the run.
    pub first_page: usize,
    /// Last page.
    pub last_page: usize,
    /// Size.
    pub bytes: usize,
    /// SHA-256 of the file.
    pub sha256: String,
    /// SHA-256 of the list of places beside it, where it has one.
    pub places_sha256: Option<String>,
    /// SHA-256 of what it was made from: document, templates, records.
    pub made_from: String,
}

impl Entry {
    /// As it stands in the manifest.
    pub fn to_json(&self) -> Value {
        json!({
            "file": self.file,
            "what": self.what,
            "records": self.records,
            "first": self.first,
            "last": self.last,
            "first_page": self.first_page,
            "last_page": self.last_page,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "places": self.places_sha256.as_ref().map(|_| self.places_file()),
            "places_sha256": self.places_sha256,
            "made_from": self.made_from,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let number = |key: &str| value[key].as_u64().and_then(|number| usize::try_from(number).ok());
        Some(Self {
            file: text("file")?,
            what: text("what")?,
            records: number("records")?,
            first: text("first")?,
            last: text("last")?,
            first_page: number("first_page")?,
            last_page: number("last_page").filter(|last| number("first_page").is_some_and(|first| first <= *last))?,
            bytes: number("bytes")?,
            sha256: text("sha256")?,
            places_sha256: text("places_sha256"),
            made_from: text("made_from")?,
        })
    }

    /// The name of the list of places that stands beside the file.
    pub fn places_file(&self) -> String {
        places_file(&self.file)
    }
}

pub(crate) fn places_file(file: &str) -> String {
    format!("{}.places.csv", file.trim_end_matches(".pdf"))
}

/// The manifest of a run.
pub(crate) fn to_json(name: &str, entries: &[&Entry]) -> Value {
    json!({
        "run": name,
        "files": entries.iter().map(|entry| entry.to_json()).collect::<Vec<_>>(),
        "records": entries.iter().map(|entry| entry.records).sum::<usize>(),
        "pages": entries.iter().map(|entry| entry.last_page + 1 - entry.first_page).sum::<usize>(),
    })
}

/// Reads a manifest back; `None` where it is not one.
pub(crate) fn from_json(text: &str) -> Option<Vec<Entry>> {
    let value: Value = serde_json::from_str(text).ok()?;
    value["files"].as_array()?.iter().map(Entry::from_json).collect()
}

/// The same as a table.
pub(crate) fn to_csv(entries: &[&Entry]) -> String {
    let mut text = String::from("file,what,records,first,last,first_page,last_page,bytes,sha256,places_sha256\n");
    for entry in entries {
        let row = [
            cell(&entry.file),
            cell(&entry.what),
            entry.records.to_string(),
            cell(&entry.first),
            cell(&entry.last),
            entry.first_page.to_string(),
            entry.last_page.to_string(),
            entry.bytes.to_string(),
            entry.sha256.clone(),
            entry.places_sha256.clone().unwrap_or_default(),
        ];
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

/// Where each record of a file is: the page in the file, the place on the page counted across and then down, and the top left
/// corner in millimetres. `row_sha256` is that of the row the record was made from.
pub(crate) fn places_csv(file: &str, records: &[Record], located: &[Located]) -> String {
    let mut text = String::from("record,file,page,place,left_mm,top_mm,row_sha256\n");
    let (mut page, mut place) = (0, 0);
    for (record, at) in records.iter().zip(located) {
        place = if at.page == page { place + 1 } else { 1 };
        page = at.page;
        let row = [
            cell(&record.id),
            cell(file),
            at.page.to_string(),
            place.to_string(),
            at.left_mm.to_string(),
            at.top_mm.to_string(),
            record.row_sha256.clone().unwrap_or_default(),
        ];
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

/// A cell of CSV. One that a spreadsheet would run has an apostrophe in front.
fn cell(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
