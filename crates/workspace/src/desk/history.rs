//! The history of a dispute: versions, what differs between them by file and line, and former files.

use askama::Template;
use dated::FileBytes;
use dispute::Folder;
use similar::{ChangeTag, TextDiff};

use super::{Asking, Desk, Reply, at_words};
use crate::asked::{File, Page, Trouble};
use crate::shelf::{Entry, FileChange, History, differences, listing};
use crate::table::{Table, words};

/// Lines of difference that are shown of one file.
const MOST_LINES: usize = 400;

/// The longest files that are compared line by line.
const MOST_TEXT: usize = 512 << 10;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'h> {
    base: &'h str,
    may_write: bool,
    outside: Option<&'static str>,
    changed: Vec<FileChange>,
    table: String,
    version: &'h str,
}

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage<'v> {
    heading: String,
    meta: String,
    note: &'v str,
    version: &'v str,
    changes: Vec<Changed>,
    /// The version it is compared with.
    with: Option<u64>,
    here: String,
    /// The other versions, and which of them that is.
    others: Vec<(u64, bool)>,
    files: Vec<(String, Option<String>)>,
}

#[derive(Template)]
#[template(path = "old_file.html")]
struct OldFile<'o> {
    base: &'o str,
    path: &'o str,
    number: u64,
    at: String,
    lines: Vec<&'o str>,
    may_write: bool,
    seen: &'o str,
    version: &'o str,
}

/// What differs in one file.
pub(super) struct Changed {
    pub(super) path: String,
    pub(super) word: &'static str,
    pub(super) lines: Vec<DiffLine>,
    pub(super) too_long: bool,
}

/// A line of a difference.
pub(super) struct DiffLine {
    class: &'static str,
    was: String,
    is: String,
    sign: &'static str,
    text: String,
}

impl Desk {
    /// `/d/ID/history`.
    pub(super) fn history(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        let read = asked.read;
        let history = if read.is_founding { History::default() } else { self.shelf.history(&read.id)? };
        let mut table =
            Table::new("versions", "Versions, the latest first", &[">number", "when (UTC)", "who", "what", "note", "files", "version"]);
        for entry in history.entries.iter().rev() {
            let what = match entry.publication {
                Some(number) => words(format!("published, number {number}")).from(format!("/public/{}/{number}", read.id)),
                None => words(entry.what.words()),
            };
            let files = match entry.files.as_slice() {
                [] => String::new(),
                [one] => format!("{} {}", one.path, one.word()),
                several => format!("{} files", several.len()),
            };
            table.row([
                words(entry.number.to_string()).from(format!("{}/history/{}", asked.base, entry.number)),
                words(at_words(&entry.at)).exact(&entry.at),
                words(&entry.who),
                what,
                words(&entry.note),
                words(files),
                words(&entry.version[..12]).exact(&entry.version),
            ]);
        }
        if let Some(file) = asked.rows(&table) {
            return Ok(Reply::File(file));
        }
        let outside = history.version().is_some_and(|version| version != read.version);
        let changed = match history.version().filter(|_| outside) {
            Some(version) => {
                let before = self.shelf.read_version(&read.id, version)?;
                differences(&by_path(&before), &by_path(&read.folder))
            }
            None => Vec::new(),
        };
        let page = HistoryPage {
            base: &asked.base,
            may_write: asked.may_write(),
            outside: outside.then_some("The files were changed by another program since the last version. The next version made here notes that first, as its own line."),
            changed,
            table: if history.entries.is_empty() { String::new() } else { table.html(Some(&format!("{}/history", asked.base))) },
            version: &read.version,
        };
        let page = Page { title: "History".to_owned(), body: page.render()?, ..Page::default() };
        Ok(Reply::Page(self.around(asked, "history", page)))
    }

    /// `/d/ID/history/NUMBER`: what differs from the version before, and its files.
    pub(super) fn old_version(&self, asked: &Asking<'_>, number: &str, path: &str) -> Result<Reply, Trouble> {
        let read = asked.read;
        let history = if read.is_founding { History::default() } else { self.shelf.history(&read.id)? };
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let entry = at
            .and_then(|at| history.entries.get(at))
            .ok_or_else(|| Trouble::not_there(format!("there is no version {number}; the history lists them all")))?;
        let now = self.shelf.read_version(&read.id, &entry.version)?;
        if !path.is_empty() {
            return self.old_file(asked, entry, &now, path);
        }
        let before =
            match asked.one("with") {
                Some(with) => {
                    let other = with.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).and_then(|at| history.entries.get(at));
                    Some(other.ok_or_else(|| {
                        Trouble::not_there(format!("there is no version {with} to compare with; the history lists them all"))
                    })?)
                }
                None => at.and_then(|at| at.checked_sub(1)).and_then(|at| history.entries.get(at)),
            };
        let with = before.map(|before| before.number);
        let before = before.map(|before| self.shelf.read_version(&read.id, &before.version)).transpose()?.unwrap_or_default();
        // Every line of the first version would be new.
        let changes = if before.files.is_empty() { Vec::new() } else { changes(&before, &now) };
        let page = VersionPage {
            heading: format!("Version {}", entry.number),
            meta: format!("{}, {}, by the {}", entry.what.words(), at_words(&entry.at), entry.who),
            note: &entry.note,
            version: &entry.version,
            changes,
            with,
            here: format!("{}/history/{}", asked.base, entry.number),
            others: history
                .entries
                .iter()
                .filter(|other| other.number != entry.number)
                .map(|other| (other.number, with == Some(other.number)))
                .collect(),
            files: now
                .files
                .keys()
                .map(|file| {
                    (file.clone(), crate::shelf::is_file_path(file).then(|| format!("{}/history/{}/{file}", asked.base, entry.number)))
                })
                .collect(),
        };
        let page = Page { title: format!("Version {}", entry.number), body: page.render()?, ..Page::default() };
        Ok(Reply::Page(self.around(asked, "history", page)))
    }

    fn old_file(&self, asked: &Asking<'_>, entry: &Entry, folder: &Folder, path: &str) -> Result<Reply, Trouble> {
        let Some(FileBytes::Read(bytes)) = folder.files.get(path) else {
            return Err(Trouble::not_there(format!("version {} has no file {path}", entry.number)));
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            return Ok(Reply::File(File { name, kind: "application/octet-stream", bytes: bytes.clone() }));
        };
        let page = OldFile {
            base: &asked.base,
            path,
            number: entry.number,
            at: at_words(&entry.at),
            lines: text.lines().take(10_000).collect(),
            may_write: asked.may_write(),
            seen: &asked.read.version,
            version: &entry.version,
        };
        let page = Page { title: format!("{path}, version {}", entry.number), body: page.render()?, ..Page::default() };
        Ok(Reply::Page(self.around(asked, "history", page)))
    }

    /// `POST /d/ID/note-outside`.
    pub(super) fn note_outside(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        asked.must_write()?;
        if asked.call.is_post {
            self.shelf.note_outside(&asked.read.id, asked.by(""))?;
        }
        Ok(Reply::See(format!("{}/history", asked.base)))
    }
}

/// What differs between two folders, by file and line.
pub(super) fn changes(before: &Folder, now: &Folder) -> Vec<Changed> {
    differences(&by_path(before), &by_path(now))
        .into_iter()
        .map(|change| {
            let text = |folder: &Folder| match folder.files.get(&change.path) {
                Some(FileBytes::Read(bytes)) if bytes.len() <= MOST_TEXT => String::from_utf8(bytes.clone()).ok(),
                Some(_) => None,
                None => Some(String::new()),
            };
            let word = change.word();
            let (Some(was), Some(is)) = (text(before), text(now)) else {
                return Changed { path: change.path, word, lines: Vec::new(), too_long: true };
            };
            let lines = lines(&was, &is);
            let too_long = lines.len() > MOST_LINES;
            Changed { path: change.path, word, lines: lines.into_iter().take(MOST_LINES).collect(), too_long }
        })
        .collect()
}

/// The lines that differ, each with two lines around it.
fn lines(was: &str, is: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(was, is);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        if !lines.is_empty() {
            lines.push(DiffLine { class: "gap", was: String::new(), is: String::new(), sign: "", text: "…".to_owned() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (class, sign) = match change.tag() {
                ChangeTag::Delete => ("del", "−"),
                ChangeTag::Insert => ("ins", "+"),
                ChangeTag::Equal => ("", ""),
            };
            let number = |at: Option<usize>| at.map(|at| (at + 1).to_string()).unwrap_or_default();
            let text = change.value().trim_end_matches('\n').to_owned();
            lines.push(DiffLine { class, was: number(change.old_index()), is: number(change.new_index()), sign, text });
        }
    }
    lines
}

fn by_path(folder: &Folder) -> std::collections::BTreeMap<String, String> {
    let list = listing(folder);
    list.lines().filter_map(|line| Some((line.get(66..)?.to_owned(), line.get(..64)?.trim_end().to_owned()))).collect()
}
