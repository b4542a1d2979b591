//! The history of a dispute folder: a log that is only added to, each line with the hash of the line before, and every former file.
//!
//! It lies in the folder itself, in `.history`, which no reader of dispute folders looks into:
//!
//! | file | holds |
//! | --- | --- |
//! | `log.jsonl` | one line a version: number, when, who, what, note, version, files that changed, hash of the line before |
//! | `versions/HASH` | the list of a version's files as `sha256sum` writes it; its own SHA-256 is the version |
//! | `files/HASH` | a file as it was; its SHA-256 is its name |
//!
//! The chain shows accidents and careless edits. Who may write the disk can write a new chain; what was published and cited by its hash
//! cannot be replaced unnoticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use dated::{FileBytes, MAX_FILE_BYTES};
use dispute::Folder;
use serde_json::{Value, json};

use super::ShelfError;
use super::disk::{hash, listing};

/// What a line of the log records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The history begins with files that were there before.
    Found,
    /// The dispute was begun here: from the example, as a copy, or from a package.
    Made,
    /// A file was written here.
    Changed,
    /// Files were changed by another program.
    Outside,
    /// A version was published. No file changed.
    Published,
}

impl What {
    const WORDS: [(&'static str, Self); 5] = [
        ("found", Self::Found),
        ("made", Self::Made),
        ("changed", Self::Changed),
        ("outside", Self::Outside),
        ("published", Self::Published),
    ];

    /// The word in the log.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, what)| *what == self).map_or("changed", |(word, _)| word)
    }

    /// In words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Found => "found as it was",
            Self::Made => "made",
            Self::Changed => "changed here",
            Self::Outside => "changed outside, by another program",
            Self::Published => "published",
        }
    }
}

/// One line of the history.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When, as `2026-11-22T08:00:00Z`.
    pub at: String,
    /// Who: a role.
    pub who: String,
    /// What happened.
    pub what: What,
    /// Why, in that person's words.
    pub note: String,
    /// The version afterwards.
    pub version: String,
    /// The files that differ from the version before: path, former hash, new hash.
    pub files: Vec<FileChange>,
    /// For a publication: its number, from 1.
    pub publication: Option<u64>,
    /// For a publication: on which terms others may use it.
    pub licence: Option<String>,
}

/// A file that differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Its path in the folder.
    pub path: String,
    /// Its hash before; `None` if it was not there.
    pub was: Option<String>,
    /// Its hash after; `None` if it is gone.
    pub is: Option<String>,
}

impl FileChange {
    /// `new`, `changed`, `removed`.
    pub fn word(&self) -> &'static str {
        match (&self.was, &self.is) {
            (None, _) => "new",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

/// The history of one folder.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Its lines, the first first.
    pub entries: Vec<Entry>,
    /// The hash of the last line.
    last: String,
}

impl History {
    /// The version after the last line.
    pub fn version(&self) -> Option<&str> {
        self.entries.last().map(|entry| entry.version.as_str())
    }

    /// The publications, the first first.
    pub fn publications(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.publication.is_some())
    }

    /// The publication of that number.
    pub fn publication(&self, number: u64) -> Option<&Entry> {
        self.publications().find(|entry| entry.publication == Some(number))
    }

    /// Whether a version is in it.
    pub fn has(&self, version: &str) -> bool {
        self.entries.iter().any(|entry| entry.version == version)
    }

    /// Reads the log of a folder; empty where there is none.
    ///
    /// # Errors
    /// The disk's, or a line that does not follow from the one before.
    pub(super) fn read(folder: &Path) -> Result<Self, ShelfError> {
        let path = log_path(folder);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(ShelfError::disk(&path, &error)),
        };
        let mut history = Self { entries: Vec::new(), last: "0".repeat(64) };
        // What stands after the last line end was never acknowledged.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in bytes[..whole].split_inclusive(|byte| *byte == b'\n') {
            let number = history.entries.len() as u64 + 1;
            let entry = read_line(line, number, &history.last);
            let entry = entry.map_err(|why| ShelfError::Damaged(format!("{}, line {number}: {why}", path.display())))?;
            history.entries.push(entry);
            history.last = hash(line);
        }
        Ok(history)
    }

    /// Adds a line and keeps the files of `now`; nothing is acknowledged before it is on the disk.
    pub(super) fn add(&mut self, folder: &Path, draft: Draft<'_>) -> Result<(), ShelfError> {
        let before = match self.version() {
            Some(version) => files_of(folder, version)?,
            None => BTreeMap::new(),
        };
        let now = hashes(draft.now);
        let store = folder.join(".history");
        for (path, bytes) in &draft.now.files {
            if let FileBytes::Read(bytes) = bytes
                && before.get(path) != now.get(path)
            {
                keep(&store.join("files"), &hash(bytes), bytes)?;
            }
        }
        let list = listing(draft.now);
        let version = hash(list.as_bytes());
        keep(&store.join("versions"), &version, list.as_bytes())?;
        let files = differences(&before, &now);
        let number = self.entries.len() as u64 + 1;
        let publication = (draft.what == What::Published).then(|| self.publications().count() as u64 + 1);
        let chain = if self.entries.is_empty() { "0".repeat(64) } else { self.last.clone() };
        let line = json!({
            "number": number,
            "at": draft.at,
            "who": draft.who,
            "what": draft.what.word(),
            "note": draft.note,
            "version": version,
            "publication": publication,
            "licence": draft.licence,
            "files": files.iter().map(|file| json!({ "path": file.path, "was": file.was, "is": file.is })).collect::<Vec<_>>(),
            "before": chain,
        });
        let line = format!("{line}\n");
        append(&log_path(folder), line.as_bytes())?;
        self.last = hash(line.as_bytes());
        self.entries.push(Entry {
            number,
            at: draft.at.to_owned(),
            who: draft.who.to_owned(),
            what: draft.what,
            note: draft.note.to_owned(),
            version,
            files,
            publication,
            licence: draft.licence.map(str::to_owned),
        });
        Ok(())
    }
}

/// A line that is to be added.
pub(super) struct Draft<'d> {
    pub(super) at: &'d str,
    pub(super) who: &'d str,
    pub(super) what: What,
    pub(super) note: &'d str,
    pub(super) licence: Option<&'d str>,
    pub(super) now: &'d Folder,
}

/// The files of a version, from the history, as a folder that messages name `name`.
pub(super) fn read_version(folder: &Path, version: &str, name: &str) -> Result<Folder, ShelfError> {
    let mut read = Folder { name: name.to_owned(), files: BTreeMap::new() };
    for (path, known) in files_of(folder, version)? {
        let bytes = if known.len() == 64 && known.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            FileBytes::Read(kept(&folder.join(".history/files"), &known)?)
        } else {
            FileBytes::Unreadable { why: "was not read when this version was made".to_owned() }
        };
        read.files.insert(path, bytes);
    }
    Ok(read)
}

/// What differs between two lists of files by path and hash.
pub fn differences(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<FileChange> {
    let paths: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let change = |path: &&String| {
        let (was, is) = (before.get(*path).cloned(), now.get(*path).cloned());
        (was != is).then(|| FileChange { path: (*path).clone(), was, is })
    };
    paths.iter().filter_map(change).collect()
}

/// The hash of each file of a folder.
pub(super) fn hashes(folder: &Folder) -> BTreeMap<String, String> {
    read_listing(&listing(folder)).into_iter().collect()
}

/// Path and hash of the files of a version.
pub(super) fn files_of(folder: &Path, version: &str) -> Result<BTreeMap<String, String>, ShelfError> {
    let bytes = kept(&folder.join(".history/versions"), version)?;
    let text = String::from_utf8(bytes).map_err(|_| ShelfError::Damaged(format!("the list of version {version} is no text")))?;
    Ok(read_listing(&text).into_iter().collect())
}

fn read_listing(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(|line| Some((line.get(66..)?.to_owned(), line.get(..64)?.trim_end().to_owned()))).collect()
}

fn log_path(folder: &Path) -> PathBuf {
    folder.join(".history/log.jsonl")
}

fn read_line(line: &[u8], number: u64, before: &str) -> Result<Entry, String> {
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("is no JSON: {error}"))?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("has no {name}"));
    if text("before")? != before {
        return Err("does not follow from the line before: one of the two was changed".to_owned());
    }
    if value.get("number").and_then(Value::as_u64) != Some(number) {
        return Err(format!("is not numbered {number}"));
    }
    let word = text("what")?;
    let what = What::WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, what)| *what)
        .ok_or_else(|| format!("“{word}” is nothing that happens"))?;
    let file = |entry: &Value| {
        let hash = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(FileChange { path: hash("path")?, was: hash("was"), is: hash("is") })
    };
    let version = text("version")?;
    if version.len() != 64 || !version.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("has no version of 64 digits".to_owned());
    }
    Ok(Entry {
        number,
        at: text("at")?,
        who: text("who")?,
        what,
        note: text("note")?,
        version,
        files: value.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(file).collect(),
        publication: value.get("publication").and_then(Value::as_u64),
        licence: value.get("licence").and_then(Value::as_str).map(str::to_owned),
    })
}

/// Keeps bytes under their hash; once kept they are never written again.
fn keep(store: &Path, name: &str, bytes: &[u8]) -> Result<(), ShelfError> {
    let path = store.join(name);
    if path.is_file() {
        return Ok(());
    }
    fs::create_dir_all(store).map_err(|error| ShelfError::disk(store, &error))?;
    super::write_whole(&path, bytes)
}

fn kept(store: &Path, name: &str) -> Result<Vec<u8>, ShelfError> {
    let path = store.join(name);
    let damaged = |why: &str| ShelfError::Damaged(format!("{} {why}", path.display()));
    let file = File::open(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => damaged("is missing from the history"),
        _ => ShelfError::disk(&path, &error),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| ShelfError::disk(&path, &error))?;
    if hash(&bytes) == name { Ok(bytes) } else { Err(damaged("is not what its name says: it was changed")) }
}

fn append(path: &Path, line: &[u8]) -> Result<(), ShelfError> {
    let failed = |error: std::io::Error| ShelfError::disk(path, &error);
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) as u64;
    file.set_len(whole).map_err(failed)?;
    file.seek(SeekFrom::Start(whole)).map_err(failed)?;
    file.write_all(line).and_then(|()| file.sync_all()).map_err(failed)
}
