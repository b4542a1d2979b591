//! Letters to MPs: the words are the writer's own, one letter to a sitting member.

use dated::{Date, Place, Table};
use serde_json::json;

use crate::document::{Document, check_line, check_text};

/// One letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub to: String,
    address: Vec<String>,
    constituency: Option<String>,
    dear: String,
    body: Vec<String>,
}

/// A file of letters with one sender.
#[derive(Clone, Debug)]
pub struct Letters {
    from: String,
    from_address: Vec<String>,
    subject: String,
    closing: String,
    signed_by: String,
    signed_as: Option<String>,
    /// The letters, in the order of the file.
    pub letters: Vec<Letter>,
}

impl Letters {
    /// Reads the file. Two letters to one member are a fault: many copies are read by nobody.
    pub fn read(root: &Table<'_>) -> Option<Self> {
        let faults = root.faults();
        let line = |table: &Table<'_>, key: &str| {
            let text = table.text(key)?;
            check_line(&text, key, &table.place_of(key), faults).then_some(text)
        };
        let lines = |table: &Table<'_>, key: &str, needed: bool| {
            let lines = table.text_list(key);
            for (text, place) in &lines {
                check_line(text, &format!("a line of {key}"), place, faults);
            }
            if needed && lines.is_empty() {
                faults.error(
                    "address-missing",
                    &table.place(),
                    "the letter has no address, so it cannot be sent",
                    format!("add `{key} = [\"…\"]`, a line each"),
                );
            }
            lines.into_iter().map(|(text, _)| text).collect::<Vec<_>>()
        };
        let from = line(root, "from");
        let from_address = lines(root, "from_address", false);
        let subject = line(root, "subject");
        let closing = root.optional_text("closing").unwrap_or_else(|| "Yours sincerely,".to_owned());
        let signed_by = line(root, "signed_by");
        let signed_as = root.optional_text("signed_as");
        let mut seen: Vec<(String, Place)> = Vec::new();
        let letters = root.list("letter", |entry, _| {
            let to = line(entry, "to");
            let address = lines(entry, "address", true);
            let constituency = entry.optional_text("constituency");
            let dear = line(entry, "dear");
            let body = entry.text_list("body");
            if body.is_empty() {
                entry.fault("missing-key", "body", "the letter says nothing", "add `body = [\"…\"]`, a paragraph each");
            }
            for (text, place) in &body {
                check_text(text, "the letter", place, faults);
            }
            let to = to?;
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == to) {
                faults.error(
                    "letter-twice",
                    &entry.place(),
                    format!("a second letter to {to}; the first is at {first}"),
                    "one letter a member: put what is new into the first",
                );
            }
            seen.push((to.clone(), entry.place()));
            Some(Letter { to, address, constituency, dear: dear?, body: body.into_iter().map(|(text, _)| text).collect() })
        });
        if letters.is_empty() && !root.has("letter") {
            root.fault("missing-key", "letter", "there is no letter", "add [[letter]] with to, address, dear and body");
        }
        Some(Self { from: from?, from_address, subject: subject?, closing, signed_by: signed_by?, signed_as, letters })
    }

    /// One letter as a document.
    pub fn document(&self, letter: &Letter, date: Date) -> Document {
        let data = json!({
            "union": self.from,
            "union_address": self.from_address,
            "to": letter.to,
            "address": letter.address,
            "constituency": letter.constituency,
            "subject": self.subject,
            "dear": letter.dear,
            "body": letter.body,
            "closing": self.closing,
            "signed_by": self.signed_by,
            "signed_as": self.signed_as,
        });
        Document::new("letter.typ", format!("{} to {}", self.subject, letter.to), date, data)
    }
}
