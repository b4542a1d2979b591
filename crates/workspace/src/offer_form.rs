//! The form of an offer: dated steps, one to a row, without script. What it is worth can be worked out before anything is saved.
//!
//! The file stays the truth. An offer that is changed keeps everything that the form does not know (comments, rates by point, points that move or
//! begin) as it stands; only what was changed is written. Saving itself is the desk's, as for any file.

mod row;
mod text;

use askama::Template;
use dated::{FileBytes, Severity, parse_date};
use dispute::{Dispute, Folder};
use pay::{Offer, OfferKind};

use crate::asked::{Answer, Asked, Opened, Page, Reader, Trouble};
use crate::desk::{FaultLine, fault_line};
use crate::pages::offers;
use crate::shelf::hash;

use row::{Head, Kind, Row};

/// Most rows of a form.
const MOST_ROWS: usize = 40;

#[derive(Template)]
#[template(path = "offer_form.html")]
struct FormPage<'f> {
    base: &'f str,
    action: String,
    heading: String,
    is_new: bool,
    wrong: Vec<Wrong>,
    head: &'f Head,
    rows: Vec<Shown<'f>>,
    known: Known<'f>,
    seen: &'f str,
    file: Option<String>,
    worth: Option<String>,
    worth_title: String,
}

#[derive(Template)]
#[template(path = "offer_check.html")]
struct CheckPage<'c> {
    base: &'c str,
    action: String,
    title: &'c str,
    path: &'c str,
    toml: &'c str,
    version: &'c str,
    then: String,
    pairs: Vec<(&'c str, &'c str)>,
    warnings: Vec<FaultLine>,
    worth: String,
}

impl FormPage<'_> {
    /// What is wrong with a field.
    fn says(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.text.as_str())
    }
}

/// A row as it is shown: with its number and what a person sees of it.
struct Shown<'s> {
    at: usize,
    name: String,
    row: &'s Row,
}

/// What can be chosen.
struct Known<'k> {
    parties: Vec<(&'k str, &'k str)>,
    nations: Vec<&'k str>,
    groups: Vec<(&'k str, &'k str)>,
    sources: Vec<&'k str>,
}

/// Something wrong, and the field it is in.
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) text: String,
}

/// The form of a new offer (`None`) or of one that is there.
///
/// # Errors
/// As [`crate::answer`].
pub(crate) fn answer(opened: &Opened<'_>, folder: &Folder, offer: Option<&str>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    if opened.reader != (Reader::Desk { may_write: true }) {
        return Err(Trouble::question(
            "Only the negotiator changes offers, and only in a dispute that is not one of those that come with the program. Make a copy and work on that.",
        ));
    }
    let existing = offer.map(|id| offers::find(opened.dispute, id)).transpose()?;
    let path = existing
        .map(|offer| offer.place.file.strip_prefix(folder.name.as_str()).unwrap_or(&offer.place.file).trim_start_matches('/').to_owned());
    let before = match path.as_ref().map(|path| folder.files.get(path)) {
        Some(Some(FileBytes::Read(bytes))) => String::from_utf8_lossy(bytes).into_owned(),
        Some(_) => return Err(Trouble::Ours("an offer that was read has no file".to_owned())),
        None => String::new(),
    };
    let seen = hash(before.as_bytes());
    let form = Form { opened, folder, existing, path, before: &before, seen: &seen };
    match asked.one("do") {
        None => {
            let (head, rows) = text::read(&before)?;
            form.page(&head, &rows, Vec::new(), None)
        }
        Some(act) => form.acted(asked, act),
    }
}

struct Form<'a, 'o> {
    opened: &'a Opened<'o>,
    folder: &'a Folder,
    existing: Option<&'o Offer>,
    path: Option<String>,
    before: &'a str,
    seen: &'a str,
}

impl Form<'_, '_> {
    fn acted(&self, asked: &Asked<'_>, act: &str) -> Result<Answer, Trouble> {
        if asked.one("base") != Some(self.seen) {
            return Err(Trouble::question(
                "Somebody else has changed this offer since you opened the form. Open it again and repeat what you did.",
            ));
        }
        let head = Head::sent(asked);
        let count = asked.one("rows").and_then(|text| text.parse().ok()).unwrap_or(0).min(MOST_ROWS);
        let mut rows: Vec<Row> = (0..count).map(|at| Row::sent(asked, at)).collect();
        let (word, number) = act.split_once(':').unwrap_or((act, ""));
        let number = number.parse::<usize>().ok().filter(|at| *at < rows.len());
        match (word, number) {
            ("add-step" | "add-lump" | "add-also", _) if rows.len() >= MOST_ROWS => {
                let wrong =
                    Wrong { field: "rows".to_owned(), text: format!("A form has at most {MOST_ROWS} rows; write the rest as text.") };
                return self.page(&head, &rows, vec![wrong], None);
            }
            ("add-step", _) => rows.push(Row::new(Kind::Step)),
            ("add-lump", _) => rows.push(Row::new(Kind::Lump)),
            ("add-also", Some(at)) => {
                let after = (at + 1..rows.len()).find(|at| rows[*at].kind != Kind::Also).unwrap_or(rows.len());
                rows.insert(after, Row::new(Kind::Also));
            }
            ("remove", Some(at)) => {
                let until = match rows[at].kind {
                    // A further change goes with its step.
                    Kind::Step => (at + 1..rows.len()).find(|at| rows[*at].kind != Kind::Also).unwrap_or(rows.len()),
                    Kind::Also | Kind::Lump => at + 1,
                };
                rows.drain(at..until);
            }
            ("work-out" | "check", _) => return self.worked_out(asked, &head, &rows, word == "check"),
            _ => {}
        }
        self.page(&head, &rows, Vec::new(), None)
    }

    /// Works the offer out as it stands in the form; then shows the form with it, or what will be written.
    fn worked_out(&self, asked: &Asked<'_>, head: &Head, rows: &[Row], is_check: bool) -> Result<Answer, Trouble> {
        let mut wrong = head.faults(!rows.is_empty());
        rows.iter().enumerate().for_each(|(at, row)| wrong.extend(row.faults(at)));
        let path = self.path.clone().unwrap_or_else(|| format!("offers/{}.toml", head.id));
        if self.existing.is_none() && (self.folder.files.contains_key(&path) || self.opened.dispute.offer(&head.id).is_some()) {
            wrong.push(Wrong {
                field: "id".to_owned(),
                text: format!("There is an offer “{}” already: choose another short name.", head.id),
            });
        }
        if !wrong.is_empty() {
            return self.page(head, rows, wrong, None);
        }
        let written = text::write(self.before, head, rows)?;
        let mut folder = self.folder.clone();
        folder.files.insert(path.clone(), FileBytes::Read(written.clone().into_bytes()));
        let (dispute, faults) = Dispute::read(&folder, self.opened.library);
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error && !self.opened.warnings.contains(fault));
        let shown_name = format!("{}/{path}", folder.name);
        for fault in errors {
            let row = (*fault.place.file == *shown_name).then(|| text::row_of_line(&written, rows, fault.place.line as usize)).flatten();
            let field = row.map_or_else(|| "title".to_owned(), |at| format!("row-{at}"));
            let name = row.map_or_else(String::new, |at| format!("{}: ", names(rows)[at]));
            wrong.push(Wrong { field, text: format!("{name}{}. {}.", fault.what, fault.fix) });
        }
        let offer_id = self.existing.map_or(head.id.as_str(), |offer| offer.id.as_str());
        let Some(dispute) = dispute.filter(|_| wrong.is_empty()) else { return self.page(head, rows, wrong, None) };
        let Some(offer) = dispute.offer(offer_id) else {
            return Err(Trouble::Ours(format!("the offer {offer_id} was written and cannot be found")));
        };
        let worth = offers::worth(&dispute, offer, &dispute.framework(), None)?.html;
        if !is_check {
            return self.page(head, rows, Vec::new(), Some((offer.title.clone(), worth)));
        }
        let pairs = asked.pairs.iter().filter(|(name, _)| name != "do").map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let warnings = faults.iter().filter(|fault| *fault.place.file == *shown_name).map(|fault| fault_line(fault, &folder.name, None));
        let page = CheckPage {
            base: self.opened.base,
            action: self.action(),
            title: &offer.title,
            path: &path,
            toml: &written,
            version: self.opened.version,
            then: format!("offers/{offer_id}"),
            pairs,
            warnings: warnings.collect(),
            worth,
        };
        Ok(Answer::Page(Page { title: "Check what will be written".to_owned(), body: page.render()?, ..Page::default() }))
    }

    fn page(&self, head: &Head, rows: &[Row], wrong: Vec<Wrong>, worth: Option<(String, String)>) -> Result<Answer, Trouble> {
        let dispute = self.opened.dispute;
        let is_refusal = !wrong.is_empty();
        let heading = self.existing.map_or_else(|| "Write down an offer".to_owned(), |offer| format!("Change “{}”", offer.title));
        let mut sources: Vec<&str> = dispute.sources.iter().map(|source| source.id.as_str()).collect();
        sources.sort_unstable();
        let known = Known {
            parties: dispute.parties.iter().map(|party| (party.id.as_str(), party.name.as_str())).collect(),
            nations: dispute.nations.iter().map(|nation| nation.name.as_str()).collect(),
            groups: dispute.groups.iter().map(|group| (group.id.as_str(), group.name.as_str())).collect(),
            sources,
        };
        let shown = rows.iter().zip(names(rows)).enumerate().map(|(at, (row, name))| Shown { at, name, row }).collect();
        let (worth_title, worth) = worth.map_or_else(Default::default, |(title, html)| (title, Some(html)));
        let page = FormPage {
            base: self.opened.base,
            action: self.action(),
            heading: heading.clone(),
            is_new: self.existing.is_none(),
            wrong,
            head,
            rows: shown,
            known,
            seen: self.seen,
            file: self.path.clone(),
            worth,
            worth_title,
        };
        let title = if is_refusal { format!("Error: {heading}") } else { heading };
        Ok(Answer::Page(Page { title, body: page.render()?, is_refusal, ..Page::default() }))
    }

    fn action(&self) -> String {
        match self.existing {
            Some(offer) => format!("{}/offers/{}/edit", self.opened.base, offer.id),
            None => format!("{}/offers/new", self.opened.base),
        }
    }
}

/// What people call each row: `Step 2`, `Step 2, further change 1`, `One-off sum 1`.
fn names(rows: &[Row]) -> Vec<String> {
    let (mut steps, mut also, mut lumps) = (0, 0, 0);
    rows.iter()
        .map(|row| match row.kind {
            Kind::Step => {
                steps += 1;
                also = 0;
                format!("Step {steps}")
            }
            Kind::Also => {
                also += 1;
                format!("Step {steps}, further change {also}")
            }
            Kind::Lump => {
                lumps += 1;
                format!("One-off sum {lumps}")
            }
        })
        .collect()
}

/// Whether a text is the word of a kind of offer.
fn is_kind(word: &str) -> bool {
    OfferKind::WORDS.iter().any(|(known, _)| *known == word)
}

/// A day, or what is wrong with it.
fn check_day(text: &str) -> Result<(), String> {
    parse_date(text).map(|_| ()).map_err(|why| format!("{why}; write it as in 2007-04-01"))
}
