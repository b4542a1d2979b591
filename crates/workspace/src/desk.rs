//! The workspace as its users meet it: addresses in, pages out. `web` brings the request and puts the layout around the answer.
//!
//! | address below `/d/` | what is there |
//! | --- | --- |
//! | *(nothing)* | the disputes of the shelf |
//! | `new`, `import` | begin one |
//! | `ID` | its home, and below it the pages of [`crate::pages::NAVIGATION`] |
//! | `ID/files`, `ID/files/PATH` | its files as text, each with its faults |
//! | `ID/history`, `ID/history/VERSION` | who changed what |
//! | `ID/scales` | its pay scales, and where one is brought |
//! | `ID/briefing` | two pages to print |
//! | `ID/publish`, `ID/copy`, `ID/export.zip`, `ID/evidence.zip` | what the names say |
//!
//! Below `/public/` are published versions, for everybody: `ID` leads to the latest, `ID/NUMBER` stays for ever.

mod begin;
mod evidence;
mod files;
mod history;
mod public;
mod scales;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use dated::{Date, Fault, Severity};
use dispute::{Dispute, Folder, Library};
use law::Rulebook;

use crate::asked::{Answer, Asked, File, Opened, Page, Reader, Trouble};
use crate::offer_form;
use crate::pages::NAVIGATION;
use crate::places::PlacesRead;
use crate::shelf::{By, Shelf, ShelfError};
use crate::table::{Origin, Table};

/// The fault of an offer with a rate below the legal minimum.
pub(crate) const TOO_LOW: &str = "below-minimum-wage";

/// Disputes that were read and are kept in memory, by id and version.
const KEPT: usize = 24;

/// The shelf with what its disputes are read with.
pub struct Desk {
    shelf: Shelf,
    library: Library,
    book: Rulebook,
    places: PlacesRead,
    kept: Mutex<VecDeque<Arc<Read>>>,
}

/// What was asked, by whom and when.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// Who asks, as the history names them: a role.
    pub who: &'c str,
    /// Whether they may change files.
    pub may_write: bool,
    /// The instant, as `2026-11-22T08:00:00Z`.
    pub at: &'c str,
    /// The day, in London.
    pub today: Date,
    /// What follows `/d/` or `/public/`.
    pub path: &'c str,
    /// The pairs of the query, and of the form if one was sent.
    pub pairs: &'c [(String, String)],
    /// A file that came with the form.
    pub upload: Option<&'c [u8]>,
    /// It was sent as a form that may change something.
    pub is_post: bool,
}

/// What the caller shows.
pub enum Reply {
    /// A page.
    Page(Shown),
    /// A file to keep.
    File(File),
    /// Another address of this service.
    See(String),
}

/// A page and what stands around it.
pub struct Shown {
    /// Its title.
    pub title: String,
    /// The dispute's title, for the head of every page; `None` outside of a dispute.
    pub dispute: Option<String>,
    /// The navigation, as HTML.
    pub navigation: String,
    /// The content, as HTML.
    pub body: String,
    /// The status is 400.
    pub is_refusal: bool,
}

/// A dispute that was read.
pub(crate) struct Read {
    pub(crate) id: String,
    pub(crate) folder: Folder,
    pub(crate) version: String,
    pub(crate) is_founding: bool,
    pub(crate) dispute: Option<Dispute>,
    pub(crate) faults: Vec<Fault>,
}

impl Read {
    /// The dispute, if no fault stops it from being used.
    pub(crate) fn usable(&self) -> Option<&Dispute> {
        self.dispute.as_ref().filter(|_| self.errors() == 0)
    }

    /// The dispute, also where its offers pay less than the legal minimum and nothing else is wrong: its scales show where.
    pub(crate) fn with_scales(&self) -> Option<&Dispute> {
        let is_too_low = |fault: &Fault| fault.severity != Severity::Error || fault.code == TOO_LOW;
        self.dispute.as_ref().filter(|_| self.faults.iter().all(is_too_low))
    }

    pub(crate) fn errors(&self) -> usize {
        self.faults.iter().filter(|fault| fault.severity == Severity::Error).count()
    }

    pub(crate) fn title(&self) -> &str {
        self.dispute.as_ref().map_or(&self.id, |dispute| &dispute.title)
    }
}

#[derive(Template)]
#[template(path = "navigation.html")]
struct Navigation<'n> {
    crumbs: Vec<(String, String)>,
    base: &'n str,
    home: bool,
    title: &'n str,
    links: Vec<(&'static str, &'static str, bool)>,
    tools: Vec<(&'static str, &'static str, bool)>,
    notice: Option<Notice>,
}

/// A line above a page: what is shown here, and what to do about it.
struct Notice {
    text: String,
    link: Option<(String, String)>,
    is_bad: bool,
}

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage<'f> {
    heading: &'f str,
    text: &'f str,
    /// Where the scales show what is too low, if that is all that is wrong.
    scales: Option<String>,
    faults: Vec<FaultLine>,
}

/// A fault with the way to its file.
pub(crate) struct FaultLine {
    pub(crate) place: String,
    pub(crate) href: Option<String>,
    pub(crate) what: String,
    pub(crate) fix: String,
    pub(crate) is_error: bool,
}

impl Desk {
    /// The desk of the shelf at a path.
    ///
    /// # Errors
    /// The folder cannot be had, its files of places have faults, or the data of the program are broken (a bug).
    pub fn open(path: &Path) -> Result<Self, String> {
        let shelf = Shelf::open(path).map_err(|error| error.to_string())?;
        let (library, faults) = Library::built_in();
        if let Some(fault) = faults.first() {
            return Err(format!("the data that this program carries are broken: {fault}"));
        }
        let book = Rulebook::built_in().map_err(|faults| {
            format!(
                "the rules of law that this program carries are broken: {}",
                faults.first().map(ToString::to_string).unwrap_or_default()
            )
        })?;
        let places = shelf.places(&library.sources)?;
        Ok(Self { shelf, library, book, places, kept: Mutex::default() })
    }

    /// Answers a request below `/d/`, by somebody who is signed in.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn staff(&self, call: Call<'_>) -> Result<Reply, Trouble> {
        let parts: Vec<&str> = call.path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => self.list(call),
            ["new"] => self.new_dispute(call),
            ["import"] => self.import(call),
            [id, rest @ ..] => {
                let read = self.read(id)?;
                let asked = Asking { call, read: &read, base: format!("/d/{id}") };
                match rest {
                    ["files"] => self.files(&asked),
                    ["files", path @ ..] => self.file(&asked, &path.join("/")),
                    ["save"] => self.save(&asked),
                    ["history"] => self.history(&asked),
                    ["history", version, path @ ..] => self.old_version(&asked, version, &path.join("/")),
                    ["note-outside"] => self.note_outside(&asked),
                    ["publish"] => self.publish(&asked),
                    ["copy"] => self.copy(&asked),
                    ["scales"] if call.is_post => self.take_scale(&asked),
                    ["evidence.zip"] => self.evidence(&asked),
                    ["export.zip"] => Ok(Reply::File(export(&read)?)),
                    rest => self.dispute_page(&asked, rest),
                }
            }
        }
    }

    /// A page that is worked out from the dispute.
    fn dispute_page(&self, asked: &Asking<'_>, rest: &[&str]) -> Result<Reply, Trouble> {
        let read = asked.read;
        let path = rest.join("/");
        let of_scales = || read.with_scales().filter(|_| rest == ["scales"]);
        let Some(dispute) = read.usable().or_else(of_scales) else {
            if !path.is_empty() {
                return Ok(Reply::See(asked.base.clone()));
            }
            let text = format!(
                "Nothing is worked out from a dispute with faults. {} to mend; each is listed with its file and line.",
                counted(read.errors(), "fault is", "faults are")
            );
            let heading = read.title().to_owned();
            let page = FaultsPage {
                heading: &heading,
                text: &text,
                scales: read.with_scales().map(|_| format!("{}/scales", asked.base)),
                faults: fault_lines(read, &asked.base),
            };
            return Ok(Reply::Page(self.around(asked, "", Page { title: "Faults".to_owned(), body: page.render()?, ..Page::default() })));
        };
        let opened = Opened {
            dispute,
            library: &self.library,
            book: &self.book,
            places: &self.places,
            warnings: &read.faults,
            version: &read.version,
            licence: None,
            base: &asked.base,
            today: asked.call.today,
            reader: Reader::Desk { may_write: asked.may_write() },
        };
        let question = Asked { path: &path, pairs: asked.call.pairs };
        let answer = match rest {
            ["offers", "new"] => offer_form::answer(&opened, &read.folder, None, &question)?,
            ["offers", offer, "edit"] => offer_form::answer(&opened, &read.folder, Some(offer), &question)?,
            _ => crate::answer(&opened, &question)?,
        };
        Ok(match answer {
            Answer::Page(page) => Reply::Page(self.around(asked, rest.first().copied().unwrap_or_default(), page)),
            Answer::File(file) => Reply::File(file),
        })
    }

    /// A dispute as it is now.
    fn read(&self, id: &str) -> Result<Arc<Read>, Trouble> {
        let reading = self.shelf.read(id)?;
        let is_founding = reading.is_founding;
        Ok(self.keep(id, reading.version, is_founding, || Ok(reading.folder))?)
    }

    /// Reads a folder, or takes it from memory if this version was read before.
    fn keep(
        &self,
        id: &str,
        version: String,
        is_founding: bool,
        folder: impl FnOnce() -> Result<Folder, ShelfError>,
    ) -> Result<Arc<Read>, ShelfError> {
        let fits = |kept: &Arc<Read>| kept.id == id && kept.version == version && kept.is_founding == is_founding;
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|kept| fits(kept)) {
            return Ok(Arc::clone(kept));
        }
        let folder = folder()?;
        let (dispute, faults) = Dispute::read(&folder, &self.library);
        let read = Arc::new(Read { id: id.to_owned(), folder, version, is_founding, dispute, faults });
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_front(Arc::clone(&read));
        all.truncate(KEPT);
        Ok(read)
    }

    /// A page with the navigation of its dispute.
    fn around(&self, asked: &Asking<'_>, here: &str, page: Page) -> Shown {
        let read = asked.read;
        let tools = [("files", "Files"), ("history", "History"), ("publish", "Publish")];
        let notice = if read.is_founding {
            Some(Notice {
                text: "This dispute comes with the program and cannot be changed.".to_owned(),
                link: asked.call.may_write.then(|| (format!("{}/copy", asked.base), "Make a copy to work on".to_owned())),
                is_bad: false,
            })
        } else if read.usable().is_none() && !here.is_empty() {
            Some(Notice {
                text: format!("{} this dispute from being worked out.", counted(read.errors(), "fault stops", "faults stop")),
                link: Some((asked.base.clone(), "All faults".to_owned())),
                is_bad: true,
            })
        } else {
            None
        };
        let navigation = Navigation {
            crumbs: vec![("/d".to_owned(), "Disputes".to_owned())],
            base: &asked.base,
            home: here.is_empty(),
            title: read.title(),
            links: NAVIGATION.iter().map(|(path, name, _)| (*path, *name, *path == here)).collect(),
            tools: tools
                .iter()
                .filter(|(path, _)| *path != "publish" || asked.may_write())
                .map(|(path, name)| (*path, *name, *path == here))
                .collect(),
            notice,
        };
        // Our own template over our own data: if it cannot be filled, the page is shown without it.
        let navigation = navigation.render().unwrap_or_default();
        Shown { title: page.title, dispute: Some(read.title().to_owned()), navigation, body: page.body, is_refusal: page.is_refusal }
    }
}

/// A request within a dispute.
pub(crate) struct Asking<'a> {
    pub(crate) call: Call<'a>,
    pub(crate) read: &'a Read,
    pub(crate) base: String,
}

impl Asking<'_> {
    /// Whether this person may change this dispute.
    fn may_write(&self) -> bool {
        self.call.may_write && !self.read.is_founding
    }

    fn must_write(&self) -> Result<(), Trouble> {
        if self.may_write() {
            return Ok(());
        }
        let why = if self.read.is_founding {
            "This dispute comes with the program and is not changed. Make a copy and work on that."
        } else {
            "Only the negotiator changes files; sign in with the negotiator's key."
        };
        Err(Trouble::question(why))
    }

    fn one(&self, name: &str) -> Option<&str> {
        one(self.call.pairs, name)
    }

    /// The file that is asked of a table, if it is.
    fn rows(&self, table: &Table) -> Option<File> {
        let origin = Origin { id: &self.read.id, version: &self.read.version, licence: None };
        table.file(&Asked { path: self.call.path, pairs: self.call.pairs }, origin)
    }

    fn by<'b>(&'b self, note: &'b str) -> By<'b> {
        By { who: self.call.who, at: self.call.at, note }
    }
}

impl Call<'_> {
    fn one(&self, name: &str) -> Option<&str> {
        one(self.pairs, name)
    }
}

fn one<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// A page outside of any dispute.
fn plain(page: Page) -> Reply {
    let navigation = Navigation {
        crumbs: vec![("/d".to_owned(), "Disputes".to_owned())],
        base: "",
        home: false,
        title: "",
        links: Vec::new(),
        tools: Vec::new(),
        notice: None,
    };
    Reply::Page(Shown {
        title: page.title,
        dispute: None,
        navigation: navigation.render().unwrap_or_default(),
        body: page.body,
        is_refusal: page.is_refusal,
    })
}

fn export(read: &Read) -> Result<File, Trouble> {
    let bytes = crate::shelf::pack(&read.id, &read.folder).map_err(Trouble::Ours)?;
    Ok(File { name: format!("{}-{}.zip", read.id, &read.version[..12]), kind: "application/zip", bytes })
}

/// The faults of a dispute, errors first, each with the way to its file.
pub(crate) fn fault_lines(read: &Read, base: &str) -> Vec<FaultLine> {
    let mut lines: Vec<FaultLine> = read.faults.iter().map(|fault| fault_line(fault, &read.id, Some(base))).collect();
    lines.sort_by_key(|line| !line.is_error);
    lines
}

pub(crate) fn fault_line(fault: &Fault, id: &str, base: Option<&str>) -> FaultLine {
    let path = fault.place.file.strip_prefix(id).map_or(&*fault.place.file, |rest| rest.trim_start_matches('/'));
    let href = base.filter(|_| crate::shelf::is_file_path(path)).map(|base| format!("{base}/files/{path}#line-{}", fault.place.line));
    FaultLine {
        place: format!("{path}, line {}", fault.place.line),
        href,
        what: fault.what.clone(),
        fix: fault.fix.clone(),
        is_error: fault.severity == Severity::Error,
    }
}

/// `1 fault is`, `3 faults are`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `22 November 2026, 08:00 UTC` of `2026-11-22T08:00:00Z`.
pub(crate) fn at_words(at: &str) -> String {
    let day = at.get(..10).and_then(|day| dated::parse_date(day).ok());
    match (day, at.get(11..16)) {
        (Some(day), Some(time)) => format!("{}, {time} UTC", dated::long_date(day)),
        _ => at.to_owned(),
    }
}

impl From<ShelfError> for Trouble {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::NotThere(why) => Self::NotThere(why),
            ShelfError::Refused(why) => Self::Question(why.join("; ")),
            ShelfError::Stale(_) => Self::Question(
                "Somebody else has changed the dispute since this page was made. Load it again and repeat what you did.".to_owned(),
            ),
            ShelfError::Damaged(why) => Self::Question(format!(
                "The history of this dispute does not fit together: {why}. Its files can be read; ask whoever runs the machine to restore .history from a copy."
            )),
            ShelfError::Disk(why) => Self::Ours(why),
        }
    }
}
