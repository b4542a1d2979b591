//! The files of a dispute as text: each with its faults, and saved only over the version that was seen.

use askama::Template;
use dated::{Fault, FileBytes, Severity};
use dispute::{Dispute, Folder};

use super::{Asking, Desk, FaultLine, Reply, counted, fault_line, fault_lines};
use crate::asked::{File, Page, Trouble};
use crate::shelf::{ShelfError, is_file_path};
use crate::table::{Table, words};

/// The longest text that is edited in the browser.
const MOST_TEXT: usize = 512 << 10;

/// Lines that are shown with their numbers.
const MOST_LINES: usize = 3_000;

#[derive(Template)]
#[template(path = "files.html")]
struct FilesPage<'f> {
    base: &'f str,
    may_write: bool,
    wanted: &'f str,
    faults: Vec<FaultLine>,
    table: String,
    version: &'f str,
}

#[derive(Template)]
#[template(path = "file.html")]
struct FilePage<'f> {
    base: &'f str,
    path: &'f str,
    version: &'f str,
    may_write: bool,
    is_new: bool,
    text: Option<&'f str>,
    why_no_text: &'f str,
    rows: usize,
    note: &'f str,
    wrong: Vec<String>,
    faults: Vec<FaultLine>,
    offer_anyway: bool,
    lines: Vec<(&'f str, bool)>,
}

/// A file as it is shown for editing.
struct Edited<'e> {
    path: &'e str,
    text: &'e str,
    is_new: bool,
    note: &'e str,
    wrong: Vec<String>,
    faults: &'e [Fault],
    offer_anyway: bool,
    /// The version over which it will be saved.
    version: &'e str,
}

impl Desk {
    /// `/d/ID/files`.
    pub(super) fn files(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        let wanted = asked.one("new").unwrap_or_default();
        if is_file_path(wanted) {
            return Ok(Reply::See(format!("{}/files/{wanted}", asked.base)));
        }
        let read = asked.read;
        let mut table = Table::new("files", "The files of this dispute", &["file", ">bytes", ">faults", "SHA-256"]);
        for (path, bytes) in &read.folder.files {
            let faults = read.faults.iter().filter(|fault| inside(fault, &read.id) == path).count();
            let name = words(path);
            let name = if is_file_path(path) { name.from(format!("{}/files/{path}", asked.base)) } else { name };
            let faults = if faults == 0 { words("") } else { words(faults.to_string()).class("bad") };
            match bytes {
                FileBytes::Read(bytes) => {
                    let hash = crate::shelf::hash(bytes);
                    let size = words(pay::grouped(bytes.len() as u64)).exact(bytes.len().to_string());
                    table.row([name, size, faults, words(&hash[..12]).exact(&hash)]);
                }
                FileBytes::TooLarge { bytes } => table.row([name, words(pay::grouped(*bytes)), faults, words("too large to be read")]),
                FileBytes::Unreadable { why } => table.row([name, words(""), faults, words(why)]),
            }
        }
        if let Some(file) = asked.rows(&table) {
            return Ok(Reply::File(file));
        }
        let page = FilesPage {
            base: &asked.base,
            may_write: asked.may_write(),
            wanted,
            faults: fault_lines(read, &asked.base),
            table: table.html(Some(&format!("{}/files", asked.base))),
            version: &read.version,
        };
        let page = Page { title: "Files".to_owned(), body: page.render()?, ..Page::default() };
        Ok(Reply::Page(self.around(asked, "files", page)))
    }

    /// `/d/ID/files/PATH`.
    pub(super) fn file(&self, asked: &Asking<'_>, path: &str) -> Result<Reply, Trouble> {
        let read = asked.read;
        if !is_file_path(path) {
            return Err(Trouble::not_there(format!("“{path}” cannot be a file of a dispute; the list of files has them all")));
        }
        let bytes = read.folder.files.get(path);
        if asked.one("raw").is_some() {
            let Some(FileBytes::Read(bytes)) = bytes else { return Err(Trouble::not_there(format!("there is no file {path} to be had"))) };
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            return Ok(Reply::File(File { name, kind: "application/octet-stream", bytes: bytes.clone() }));
        }
        if bytes.is_none() && !asked.may_write() {
            return Err(Trouble::not_there(format!("there is no file {path}; the list of files has them all")));
        }
        let empty = FileBytes::Read(Vec::new());
        let shown = match bytes.unwrap_or(&empty) {
            FileBytes::Read(bytes) if bytes.len() > MOST_TEXT => {
                Err("The file is too long to be edited here; take it as it is, and change it in the folder.")
            }
            FileBytes::Read(bytes) => {
                std::str::from_utf8(bytes).map_err(|_| "The file is no UTF-8 text, so it is not shown; take it as it is.")
            }
            FileBytes::TooLarge { .. } => Err("The file is too large to be read."),
            FileBytes::Unreadable { .. } => Err("There is something of this name that cannot be read as a file."),
        };
        let faults: Vec<Fault> = read.faults.iter().filter(|fault| inside(fault, &read.id) == path).cloned().collect();
        match shown {
            Ok(text) => {
                let edited = Edited {
                    path,
                    text,
                    is_new: bytes.is_none(),
                    note: "",
                    wrong: Vec::new(),
                    faults: &faults,
                    offer_anyway: false,
                    version: &read.version,
                };
                self.edit(asked, edited)
            }
            Err(why) => {
                let page = FilePage {
                    base: &asked.base,
                    path,
                    version: &read.version,
                    may_write: false,
                    is_new: false,
                    text: None,
                    why_no_text: why,
                    rows: 0,
                    note: "",
                    wrong: Vec::new(),
                    faults: faults.iter().map(|fault| fault_line(fault, &read.id, None)).collect(),
                    offer_anyway: false,
                    lines: Vec::new(),
                };
                let page = Page { title: path.to_owned(), body: page.render()?, ..Page::default() };
                Ok(Reply::Page(self.around(asked, "files", page)))
            }
        }
    }

    fn edit(&self, asked: &Asking<'_>, edited: Edited<'_>) -> Result<Reply, Trouble> {
        let is_refusal = !edited.wrong.is_empty();
        let bad = |number: usize| edited.faults.iter().any(|fault| fault.place.line as usize == number);
        let lines = edited.text.lines().take(MOST_LINES).enumerate().map(|(at, line)| (line, bad(at + 1))).collect();
        let page = FilePage {
            base: &asked.base,
            path: edited.path,
            version: edited.version,
            may_write: asked.may_write(),
            is_new: edited.is_new,
            text: Some(edited.text),
            why_no_text: "",
            rows: edited.text.lines().count().clamp(12, 40),
            note: edited.note,
            wrong: edited.wrong,
            faults: edited
                .faults
                .iter()
                .map(|fault| {
                    let mut line = fault_line(fault, &asked.read.id, Some(&asked.base));
                    if inside(fault, &asked.read.id) == edited.path {
                        line.href = Some(format!("#line-{}", fault.place.line));
                    }
                    line
                })
                .collect(),
            offer_anyway: edited.offer_anyway,
            lines,
        };
        let title = if is_refusal { format!("Error: {}", edited.path) } else { edited.path.to_owned() };
        Ok(Reply::Page(self.around(asked, "files", Page { title, body: page.render()?, is_refusal, ..Page::default() })))
    }

    /// `POST /d/ID/save`: one file, written or removed.
    pub(super) fn save(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        asked.must_write()?;
        let path = asked.one("path").unwrap_or_default();
        let seen = asked.one("seen").unwrap_or_default();
        let note = asked.one("note").unwrap_or_default();
        if !asked.call.is_post || !is_file_path(path) {
            return Err(Trouble::question("Nothing was saved: the form names no file. Go to the list of files and open one."));
        }
        let text = self.text_to_save(asked, path)?;
        let (id, before) = (asked.read.id.as_str(), &asked.read.faults);
        let after = faults_with(self, &asked.read.folder, path, text.as_deref());
        let is_new_error = |fault: &&Fault| fault.severity == Severity::Error && !before.contains(fault);
        let errors = after.iter().filter(is_new_error).count();
        let mut wrong = Vec::new();
        let mut offer_anyway = false;
        let mut version = seen.to_owned();
        if text.as_ref().is_some_and(|text| text.len() > MOST_TEXT) {
            wrong.push(format!("The text is longer than {} KB, which is the most that is edited here.", MOST_TEXT >> 10));
        } else if errors > 0 && asked.one("anyway").is_none() {
            offer_anyway = true;
            wrong.push(format!(
                "{} would stop the dispute from being worked out; each is listed below.",
                counted(errors, "fault", "faults")
            ));
        } else {
            match self.shelf.write(id, path, text.as_deref().map(str::as_bytes), seen, asked.by(note)) {
                Ok(_) => {
                    let to = asked.one("then").filter(|page| is_file_path(page)).map_or_else(|| "files".to_owned(), str::to_owned);
                    return Ok(Reply::See(format!("{}/{to}", asked.base)));
                }
                Err(ShelfError::Stale(now)) => {
                    wrong.push("Somebody else has saved since you opened this page. Your text is below. Look at the history first; if you save now, yours takes the place of theirs.".to_owned());
                    version = now;
                }
                Err(ShelfError::Refused(why)) => wrong.extend(why),
                Err(other) => return Err(other.into()),
            }
        }
        let text = text.unwrap_or_default();
        let faults: Vec<Fault> = after.into_iter().filter(|fault| inside(fault, id) == path || !before.contains(fault)).collect();
        let is_new = !asked.read.folder.files.contains_key(path);
        self.edit(asked, Edited { path, text: &text, is_new, note, wrong, faults: &faults, offer_anyway, version: &version })
    }

    /// What is to stand in the file: the form's text, a file of an old version, or nothing at all.
    fn text_to_save(&self, asked: &Asking<'_>, path: &str) -> Result<Option<String>, Trouble> {
        if asked.one("remove").is_some() {
            return Ok(None);
        }
        if let Some(version) = asked.one("from_version") {
            let folder = self.shelf.read_version(&asked.read.id, version)?;
            return match folder.files.get(path) {
                Some(FileBytes::Read(bytes)) => match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Some(text.to_owned())),
                    Err(_) => Err(Trouble::question(format!("{path} is no UTF-8 text; put it back in the folder itself"))),
                },
                _ => Err(Trouble::not_there(format!("that version has no file {path}"))),
            };
        }
        // Browsers send the line ends of Windows; the files have those of everybody else.
        let text =
            asked.call.pairs.iter().find(|(name, _)| name == "text").map(|(_, value)| value.replace("\r\n", "\n").replace('\r', "\n"));
        let text = text.ok_or_else(|| Trouble::question("Nothing was saved: the form has no text."))?;
        Ok(Some(if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }))
    }
}

/// The faults of a dispute if one file were another.
pub(crate) fn faults_with(desk: &Desk, folder: &Folder, path: &str, text: Option<&str>) -> Vec<Fault> {
    let mut changed = folder.clone();
    match text {
        Some(text) => changed.files.insert(path.to_owned(), FileBytes::Read(text.as_bytes().to_vec())),
        None => changed.files.remove(path),
    };
    Dispute::read(&changed, &desk.library).1
}

/// The file of a fault, inside the dispute's folder.
fn inside<'f>(fault: &'f Fault, id: &str) -> &'f str {
    fault.place.file.strip_prefix(id).map_or(&*fault.place.file, |rest| rest.trim_start_matches('/'))
}
