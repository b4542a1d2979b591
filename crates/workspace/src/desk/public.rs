//! Publishing, and what everybody can read of it.

use std::sync::Arc;

use askama::Template;

use super::history::changes;
use super::{Asking, Call, Desk, Navigation, Notice, Read, Reply, Shown, at_words};
use crate::asked::{Answer, Asked, Opened, Page, Reader, Trouble};
use crate::pages::NAVIGATION;
use crate::shelf::{Entry, History, ShelfError};
use crate::table::{Origin, Table, words};

/// Terms on which a union may let others use what it publishes.
const LICENCES: [&str; 4] = [
    "Creative Commons Attribution 4.0 (CC BY 4.0)",
    "Creative Commons Zero 1.0 (CC0 1.0)",
    "Open Government Licence v3.0",
    "All rights reserved; figures may be quoted with their source",
];

#[derive(Template)]
#[template(path = "publish.html")]
struct PublishPage<'p> {
    base: &'p str,
    wrong: Vec<String>,
    errors: usize,
    /// The number of the last publication, and the files that differ from it.
    last: Option<(u64, Vec<(String, &'static str)>)>,
    note: &'p str,
    licence: &'p str,
    licences: &'static [&'static str],
    table: String,
    version: &'p str,
}

#[derive(Template)]
#[template(path = "published.html")]
struct PublishedPage {
    /// Id, title, number, a line about it.
    disputes: Vec<(String, String, u64, String)>,
}

#[derive(Template)]
#[template(path = "citation.html")]
struct Citation<'c> {
    title: &'c str,
    number: u64,
    at: String,
    version: &'c str,
    licence: &'c str,
    table: String,
}

impl Desk {
    /// `/d/ID/publish`.
    pub(super) fn publish(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        asked.must_write()?;
        let read = asked.read;
        let note = asked.one("note").unwrap_or_default();
        let licence = asked.one("licence").filter(|licence| LICENCES.contains(licence)).unwrap_or(LICENCES[0]);
        let mut wrong = Vec::new();
        if asked.call.is_post && read.usable().is_some() {
            if asked.one("sure").is_none() {
                wrong.push("Tick that you may publish this for the union.".to_owned());
            } else {
                match self.shelf.publish(&read.id, asked.one("seen").unwrap_or_default(), licence, asked.by(note)) {
                    Ok(number) => return Ok(Reply::See(format!("/public/{}/{number}", read.id))),
                    Err(ShelfError::Refused(why)) => wrong.extend(why),
                    Err(ShelfError::Stale(_)) => wrong.push(
                        "Somebody has saved since you opened this page: look at what is published now, below, and publish again."
                            .to_owned(),
                    ),
                    Err(other) => return Err(other.into()),
                }
            }
        }
        let history = self.shelf.history(&read.id)?;
        let last = match history.publications().next_back() {
            Some(last) => {
                let before = self.shelf.read_version(&read.id, &last.version)?;
                let files = changes(&before, &read.folder).into_iter().map(|change| (change.path, change.word)).collect();
                Some((last.publication.unwrap_or_default(), files))
            }
            None => None,
        };
        let table = if last.is_some() { self.corrections(&read.id, &history)?.html(None) } else { String::new() };
        let is_refusal = !wrong.is_empty();
        let page = PublishPage {
            base: &asked.base,
            wrong,
            errors: read.errors(),
            last,
            note,
            licence,
            licences: &LICENCES,
            table,
            version: &read.version,
        };
        let title = if is_refusal { "Error: Publish" } else { "Publish" }.to_owned();
        Ok(Reply::Page(self.around(asked, "publish", Page { title, body: page.render()?, is_refusal, ..Page::default() })))
    }

    /// Answers a request below `/public/`, by anybody.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn public(&self, call: Call<'_>) -> Result<Reply, Trouble> {
        let parts: Vec<&str> = call.path.split('/').filter(|part| !part.is_empty()).collect();
        let nothing = || Trouble::not_there("nothing of that name is published here; the list of published disputes has them all");
        let (id, rest) = match parts.as_slice() {
            [] => return self.published(),
            [id, rest @ ..] => (*id, rest),
        };
        // Also for a dispute that is there and was never published: it is nobody's business that it is.
        let history = self.shelf.history(id).map_err(|_| nothing())?;
        let latest = history.publications().next_back().and_then(|entry| entry.publication).ok_or_else(nothing)?;
        let Some((number, rest)) = rest.split_first() else { return Ok(Reply::See(format!("/public/{id}/{latest}"))) };
        let entry = number.parse().ok().and_then(|number| history.publication(number));
        let entry =
            entry.ok_or_else(|| Trouble::not_there(format!("there is no publication {number} of this dispute; the latest is {latest}")))?;
        let read = self.published_version(id, entry)?;
        let dispute = read.usable().ok_or_else(|| {
            Trouble::Ours(format!(
                "{id}, publication {number}: it had no fault when it was published, and has one for this version of the program"
            ))
        })?;
        let base = format!("/public/{id}/{number}");
        let path = rest.join("/");
        let opened = Opened {
            dispute,
            library: &self.library,
            book: &self.book,
            places: &self.places,
            warnings: &[],
            version: &read.version,
            licence: entry.licence.as_deref(),
            base: &base,
            today: call.today,
            reader: Reader::Public,
        };
        let question = Asked { path: &path, pairs: call.pairs };
        let corrections = if rest.is_empty() { self.corrections(id, &history)? } else { Table::default() };
        let origin = Origin { id, version: &read.version, licence: opened.licence };
        if let Some(file) = corrections.file(&question, origin).filter(|_| rest.is_empty()) {
            return Ok(Reply::File(file));
        }
        let mut page = match crate::answer(&opened, &question)? {
            Answer::File(file) => return Ok(Reply::File(file)),
            Answer::Page(page) => page,
        };
        if rest.is_empty() {
            let citation = Citation {
                title: &dispute.title,
                number: entry.publication.unwrap_or_default(),
                at: at_words(&entry.at),
                version: &entry.version,
                licence: entry.licence.as_deref().unwrap_or(LICENCES[3]),
                table: corrections.html(Some(&base)),
            };
            page.body.push_str(&citation.render()?);
        }
        let here = rest.first().copied().unwrap_or_default();
        let is_latest = entry.publication == Some(latest);
        let text = format!("Published version {number}, {}, SHA-256 {}…", at_words(&entry.at), &entry.version[..12]);
        let navigation = Navigation {
            crumbs: vec![("/public".to_owned(), "Published disputes".to_owned())],
            base: &base,
            home: here.is_empty(),
            title: &dispute.title,
            links: NAVIGATION.iter().map(|(path, name, _)| (*path, *name, *path == here)).collect(),
            tools: Vec::new(),
            notice: Some(Notice {
                text: if is_latest { text } else { format!("{text} It has been corrected since.") },
                link: Some(if is_latest {
                    (format!("{base}#cite"), "How to cite it".to_owned())
                } else {
                    (format!("/public/{id}/{latest}"), format!("The latest is number {latest}"))
                }),
                is_bad: !is_latest,
            }),
        };
        Ok(Reply::Page(Shown {
            title: page.title,
            dispute: Some(dispute.title.clone()),
            navigation: navigation.render()?,
            body: page.body,
            is_refusal: page.is_refusal,
        }))
    }

    fn published(&self) -> Result<Reply, Trouble> {
        let mut disputes = Vec::new();
        for on_shelf in self.shelf.list()?.into_iter().filter(|on_shelf| !on_shelf.is_founding) {
            // One damaged history must not hide the others; its own page says what is wrong.
            let Ok(history) = self.shelf.history(&on_shelf.id) else { continue };
            let Some(entry) = history.publications().next_back() else { continue };
            let read = self.published_version(&on_shelf.id, entry)?;
            let line =
                format!("{}; {}", at_words(&entry.at), super::counted(history.publications().count(), "publication", "publications"));
            disputes.push((on_shelf.id, read.title().to_owned(), entry.publication.unwrap_or_default(), line));
        }
        let page = PublishedPage { disputes };
        Ok(Reply::Page(Shown {
            title: "Published disputes".to_owned(),
            dispute: None,
            navigation: String::new(),
            body: page.render()?,
            is_refusal: false,
        }))
    }

    fn published_version(&self, id: &str, entry: &Entry) -> Result<Arc<Read>, Trouble> {
        Ok(self.keep(id, entry.version.clone(), false, || self.shelf.read_version(id, &entry.version))?)
    }

    /// Each publication with what changed since the one before.
    fn corrections(&self, id: &str, history: &History) -> Result<Table, Trouble> {
        let mut table = Table::new(
            "corrections",
            "Publications, the latest first",
            &[">number", "when (UTC)", "version (SHA-256)", "what changed", "note"],
        );
        let mut before = None;
        let mut rows = Vec::new();
        for entry in history.publications() {
            let now = self.shelf.read_version(id, &entry.version)?;
            let what = match &before {
                None => "first publication".to_owned(),
                Some(before) => {
                    let said: Vec<String> = changes(before, &now).iter().map(|change| format!("{} {}", change.path, change.word)).collect();
                    said.join("; ")
                }
            };
            before = Some(now);
            let number = entry.publication.unwrap_or_default();
            rows.push([
                words(number.to_string()).from(format!("/public/{id}/{number}")),
                words(at_words(&entry.at)).exact(&entry.at),
                words(&entry.version[..12]).exact(&entry.version),
                words(what),
                words(&entry.note),
            ]);
        }
        rows.reverse();
        rows.into_iter().for_each(|row| table.row(row));
        Ok(table)
    }
}
