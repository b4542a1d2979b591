//! A pay scale that somebody brings as a spreadsheet: checked with the whole dispute, then written as one version, or not at all.

use std::io::Cursor;

use dated::{Date, FileBytes, Severity, parse_date};
use dispute::{Dispute, read_scale};
use pay::Rounding;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{Asking, Desk, Reply, TOO_LOW};
use crate::asked::{Answer, Asked, Opened, Reader, Trouble};
use crate::pages::scales::{self, Brought};
use crate::shelf::ShelfError;

const SCALES: &str = "scales/scales.toml";
const HEAD: &str = "dispute.toml";

/// The words for how sure a figure is.
const STATUSES: [&str; 4] = ["published", "derived", "estimated", "synthetic"];

/// What was sent, as far as it is right.
struct Sent<'s> {
    title: &'s str,
    nation: &'s str,
    from: Date,
    source: &'s str,
    status: &'s str,
    rounding: &'s str,
    seen: &'s str,
    file: &'s [u8],
}

impl Desk {
    /// `POST /d/ID/scales`.
    pub(super) fn take_scale(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        asked.must_write()?;
        let Some(dispute) = asked.read.with_scales() else {
            return Err(Trouble::question("The dispute has faults; mend them first, then bring the scale."));
        };
        let one = |name: &str| asked.one(name).unwrap_or_default().to_owned();
        let mut brought =
            Brought { wrong: Vec::new(), nation: one("nation"), from: one("from"), source: one("source"), title: one("title") };
        match sent(asked, dispute).and_then(|sent| self.files_of_scale(asked, &sent).map(|files| (sent, files))) {
            Err(wrong) => brought.wrong = wrong,
            Ok((sent, files)) => {
                let note = format!("pay scale brought: {}", sent.title);
                let files: Vec<(&str, Option<&[u8]>)> = files.iter().map(|(path, text)| (path.as_str(), Some(text.as_bytes()))).collect();
                match self.shelf.write_all(&asked.read.id, &files, sent.seen, asked.by(&note)) {
                    Ok(_) => return Ok(Reply::See(format!("{}/scales?on={}", asked.base, sent.from))),
                    Err(ShelfError::Refused(why)) => brought.wrong = why,
                    Err(other) => return Err(other.into()),
                }
            }
        }
        let opened = Opened {
            dispute,
            library: &self.library,
            book: &self.book,
            places: &self.places,
            warnings: &asked.read.faults,
            version: &asked.read.version,
            licence: None,
            base: &asked.base,
            today: asked.call.today,
            reader: Reader::Desk { may_write: true },
        };
        match scales::page(&opened, &Asked { path: "scales", pairs: &[] }, brought)? {
            Answer::Page(page) => Ok(Reply::Page(self.around(asked, "scales", page))),
            Answer::File(file) => Ok(Reply::File(file)),
        }
    }

    /// The files as they will be, in the order in which they may be written; or everything that is wrong.
    fn files_of_scale(&self, asked: &Asking<'_>, sent: &Sent<'_>) -> Result<Vec<(String, String)>, Vec<String>> {
        let scale = read_scale("the file", &mut Cursor::new(sent.file)).map_err(|faults| {
            faults.iter().map(|fault| format!("Row {}: {}; {}.", fault.place.line, fault.what, fault.fix)).collect::<Vec<_>>()
        })?;
        let folder = &asked.read.folder;
        let text_of = |path: &str| match folder.files.get(path) {
            Some(FileBytes::Read(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        let ours = |path: &str, error: &dyn std::fmt::Display| vec![format!("{path} cannot be changed here: {error}. Change it as text.")];
        let mut described: DocumentMut = text_of(SCALES).parse().map_err(|error| ours(SCALES, &error))?;
        let mut head: DocumentMut = text_of(HEAD).parse().map_err(|error| ours(HEAD, &error))?;
        let (id, points) = describe(&mut described, sent);
        let is_used = use_scale(&mut head, &id);
        let csv = scale.points_csv(sent.nation, sent.from, sent.source, sent.status);
        // The points first, then what names them, then who uses it: each is whole without the next.
        let mut files = vec![(format!("scales/{points}"), csv), (SCALES.to_owned(), described.to_string())];
        if !is_used {
            files.push((HEAD.to_owned(), head.to_string()));
        }
        let mut changed = folder.clone();
        for (path, text) in &files {
            changed.files.insert(path.clone(), FileBytes::Read(text.clone().into_bytes()));
        }
        let before = &asked.read.faults;
        let (_, after) = Dispute::read(&changed, &self.library);
        // A rate below the legal minimum is a fact about the scale that its page must be able to show.
        let stops = |fault: &dated::Fault| fault.severity == Severity::Error && fault.code != TOO_LOW && !before.contains(fault);
        let new = after.into_iter().filter(stops);
        let wrong: Vec<String> = new.map(|fault| format!("With this scale, {}: {}; {}.", fault.place, fault.what, fault.fix)).collect();
        if wrong.is_empty() { Ok(files) } else { Err(wrong) }
    }
}

fn sent<'s>(asked: &'s Asking<'_>, dispute: &Dispute) -> Result<Sent<'s>, Vec<String>> {
    let mut wrong = Vec::new();
    let mut must = |name: &str, why: &str| {
        let text = asked.one(name);
        if text.is_none() {
            wrong.push(why.to_owned());
        }
        text.unwrap_or_default()
    };
    let title = must("title", "What the scale is called: write its name.");
    let source =
        must("source", "From which publication: choose one. dispute.toml lists them under [[publication]]; add one if there is none.");
    let from = must("from", "In force from: choose the day from which these rates hold.");
    let (nation, status, rounding) =
        (must("nation", "Where: choose a nation."), must("status", "How sure it is: choose."), must("rounding", "Rounding: choose."));
    let from = match parse_date(from) {
        Ok(day) => Some(day),
        Err(why) => {
            if !from.is_empty() {
                wrong.push(format!("In force from: {why}."));
            }
            None
        }
    };
    if !nation.is_empty() && !dispute.nations.iter().any(|known| known.name == nation) {
        wrong.push(format!("Where: “{nation}” is no nation of this dispute."));
    }
    if !status.is_empty() && !STATUSES.contains(&status) {
        wrong.push(format!("How sure it is: “{status}” is none of {}.", STATUSES.join(", ")));
    }
    if !rounding.is_empty() && !Rounding::WORDS.iter().any(|(word, _)| *word == rounding) {
        wrong.push(format!("Rounding: “{rounding}” is none that is known."));
    }
    let file = asked.call.upload.unwrap_or_default();
    if file.is_empty() {
        wrong.push("The file: choose one; it is a CSV file or an Excel workbook.".to_owned());
    }
    match (from, wrong.is_empty()) {
        (Some(from), true) => {
            let seen = asked.one("seen").unwrap_or_default();
            Ok(Sent { title, nation, from, source, status, rounding, seen, file })
        }
        _ => Err(wrong),
    }
}

/// The description of the scale of that title, new or as it is. Its id and its file of points.
fn describe(described: &mut DocumentMut, sent: &Sent<'_>) -> (String, String) {
    if !described.get("scale").is_some_and(Item::is_array_of_tables) {
        described["scale"] = Item::ArrayOfTables(toml_edit::ArrayOfTables::new());
    }
    let slug: String = sent.title.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "scale".to_owned() } else { slug };
    let Some(list) = described["scale"].as_array_of_tables_mut() else { return (slug.clone(), format!("{slug}.csv")) };
    let text = |table: &Table, key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let same = |table: &&Table| text(table, "title").as_deref() == Some(sent.title) || text(table, "id").as_deref() == Some(slug.as_str());
    if let Some(known) = list.iter().find(same) {
        return (text(known, "id").unwrap_or(slug.clone()), text(known, "file").unwrap_or_else(|| format!("{slug}.csv")));
    }
    let mut scale = Table::new();
    scale["id"] = value(&slug);
    scale["title"] = value(sent.title);
    scale["file"] = value(format!("{slug}.csv"));
    let mut rounding = Table::new();
    let day: Option<toml_edit::Datetime> = sent.from.to_string().parse().ok();
    if let Some(day) = day {
        rounding["from"] = value(day);
    }
    rounding["rule"] = value(sent.rounding);
    rounding["source"] = value(sent.source);
    rounding["status"] = value(sent.status);
    let mut roundings = toml_edit::ArrayOfTables::new();
    roundings.push(rounding);
    scale["rounding"] = Item::ArrayOfTables(roundings);
    list.push(scale);
    (slug.clone(), format!("{slug}.csv"))
}

/// Puts the scale in front of those that the dispute uses. Whether it was among them already.
fn use_scale(head: &mut DocumentMut, id: &str) -> bool {
    if !head.get("pay").is_some_and(Item::is_table) {
        head["pay"] = Item::Table(Table::new());
    }
    if !head["pay"].get("scales").is_some_and(Item::is_array) {
        head["pay"]["scales"] = value(Array::new());
    }
    let Some(list) = head["pay"]["scales"].as_array_mut() else { return true };
    if list.iter().any(|known| known.as_str() == Some(id)) {
        return true;
    }
    list.insert(0, id);
    false
}
