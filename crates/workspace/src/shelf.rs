//! Dispute folders on disk: the one place of this crate that touches it.
//!
//! A [`Shelf`] is a folder with one folder for each dispute. The files are the truth: plain, editable by hand and by other programs, fit for
//! git. What is written here is written whole or not at all, only over the version that its writer saw, and every former file is
//! kept ([`History`]). The disputes that the program carries stand beside them, to be read and copied.

mod disk;
mod log;
mod package;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dated::{Faults, FileBytes, MAX_FILE_BYTES, Sources};
use dispute::{Folder, FoundingDisputes, starter_files};

use crate::places::{PlacesRead, read_postcodes};

pub use disk::{MOST_FILES, hash, listing, read_folder, version};
pub use log::{Entry, FileChange, History, What, differences};
pub use package::{Unpacked, pack, unpack};

/// A folder of dispute folders.
#[derive(Debug)]
pub struct Shelf {
    path: PathBuf,
    /// One write at a time in this program; the lock file keeps other programs out.
    turn: Mutex<()>,
}

/// A dispute on the shelf.
#[derive(Clone, Debug)]
pub struct OnShelf {
    /// Its id: the folder's name.
    pub id: String,
    /// Whether it is one that the program carries: it can be read and copied, not changed.
    pub is_founding: bool,
}

/// What was read from the shelf.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its files.
    pub folder: Folder,
    /// Their version.
    pub version: String,
    /// Whether it is one that the program carries.
    pub is_founding: bool,
}

/// Who writes, when and why. Time is an argument.
#[derive(Clone, Copy, Debug)]
pub struct By<'b> {
    /// Who: a role.
    pub who: &'b str,
    /// When, as `2026-11-22T08:00:00Z`.
    pub at: &'b str,
    /// Why, in that person's words; may be empty.
    pub note: &'b str,
}

/// Why the shelf did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShelfError {
    /// There is no such dispute, file or version.
    NotThere(String),
    /// It cannot be done as asked; each sentence says what is wrong and what would be right.
    Refused(Vec<String>),
    /// Somebody else has written since: the version that is there now.
    Stale(String),
    /// The history does not fit together: somebody changed it.
    Damaged(String),
    /// The disk failed.
    Disk(String),
}

impl ShelfError {
    pub(crate) fn disk(path: &Path, error: &io::Error) -> Self {
        Self::Disk(format!("{}: {error}", path.display()))
    }

    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(vec![why.into()])
    }
}

impl std::fmt::Display for ShelfError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotThere(why) | Self::Damaged(why) | Self::Disk(why) => f.write_str(why),
            Self::Refused(why) => f.write_str(&why.join("; ")),
            Self::Stale(_) => f.write_str("somebody else has changed the dispute since"),
        }
    }
}

impl std::error::Error for ShelfError {}

/// Words that are addresses and so no ids.
const TAKEN: [&str; 2] = ["new", "import"];

/// Whether a text can be the id of a dispute on a shelf: small letters, digits, hyphens, and dots inside, as `whitley new` takes; at most 64.
pub fn is_id(id: &str) -> bool {
    let plain = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    plain && (1..=64).contains(&id.len()) && !id.starts_with(['-', '.']) && !TAKEN.contains(&id)
}

/// Whether a path can be a file of a dispute folder: a name, or a folder and a name, of letters, digits, dots, hyphens and underscores.
pub fn is_file_path(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let plain = |part: &&str| {
        (1..=100).contains(&part.len())
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    };
    parts.len() <= 2 && parts.iter().all(plain) && parts.last() != Some(&"roll.csv")
}

/// The most bytes of a file of sittings.
const MOST_SITTINGS_BYTES: u64 = MAX_FILE_BYTES;

impl Shelf {
    /// The constituencies that the program carries, with what stands beside the disputes: `postcodes.csv` (postcode, constituency, from,
    /// until) and `sittings.csv` (by-elections, vacancies). Neither must be there.
    ///
    /// # Errors
    /// All faults of these files, a line each.
    pub fn places(&self, sources: &Sources) -> Result<PlacesRead, String> {
        let said = |faults: Vec<dated::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let mut read = PlacesRead::built_in(sources).map_err(said)?;
        let faults = Faults::new();
        let open = |name: &str| {
            let path = self.path.join(name);
            match File::open(&path) {
                Ok(file) => Ok(Some((path, file))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(ShelfError::disk(&path, &error).to_string()),
            }
        };
        if let Some((path, file)) = open("sittings.csv")? {
            let mut bytes = Vec::new();
            file.take(MOST_SITTINGS_BYTES + 1).read_to_end(&mut bytes).map_err(|error| ShelfError::disk(&path, &error).to_string())?;
            let size = bytes.len() as u64;
            let bytes = if size > MOST_SITTINGS_BYTES { FileBytes::TooLarge { bytes: size } } else { FileBytes::Read(bytes) };
            read.seats.add_sittings(&path.display().to_string(), &bytes, &faults);
        }
        if let Some((path, file)) = open("postcodes.csv")? {
            let input = io::BufReader::with_capacity(1 << 18, file);
            read.postcodes = read_postcodes(&path.display().to_string(), input, &mut read.seats, &faults);
        }
        if faults.error_count() > 0 { Err(said(faults.into_sorted())) } else { Ok(read) }
    }

    /// The shelf at a path, which is made if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or is no folder.
    pub fn open(path: &Path) -> Result<Self, ShelfError> {
        fs::create_dir_all(path).map_err(|error| ShelfError::disk(path, &error))?;
        Ok(Self { path: path.to_owned(), turn: Mutex::new(()) })
    }

    /// The disputes on it, by id: those of the folder, then those that the program carries and the folder has not.
    ///
    /// # Errors
    /// The disk's.
    pub fn list(&self) -> Result<Vec<OnShelf>, ShelfError> {
        let failed = |error| ShelfError::disk(&self.path, &error);
        let mut own = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let id = entry.file_name().to_string_lossy().into_owned();
            if is_id(&id) && entry.path().is_dir() {
                own.push(OnShelf { id, is_founding: false });
            }
        }
        own.sort_by(|a, b| a.id.cmp(&b.id));
        let founding = FoundingDisputes::ids().into_iter().filter(|id| !own.iter().any(|known| known.id == *id));
        let founding: Vec<OnShelf> = founding.map(|id| OnShelf { id, is_founding: true }).collect();
        Ok(own.into_iter().chain(founding).collect())
    }

    /// Reads a dispute as it is now.
    ///
    /// # Errors
    /// There is none of that id, or the disk failed.
    pub fn read(&self, id: &str) -> Result<Reading, ShelfError> {
        let path = self.path.join(id);
        if is_id(id) && path.is_dir() {
            let folder = self.read_own(id)?;
            return Ok(Reading { version: version(&folder), folder, is_founding: false });
        }
        let folder = FoundingDisputes::folder(id).ok_or_else(|| not_there(id))?;
        Ok(Reading { version: version(&folder), folder, is_founding: true })
    }

    /// The history of a dispute; empty for one that the program carries, and for a folder that nobody has changed here.
    ///
    /// # Errors
    /// The disk's, or the log was changed.
    pub fn history(&self, id: &str) -> Result<History, ShelfError> {
        if is_id(id) { History::read(&self.path.join(id)) } else { Ok(History::default()) }
    }

    /// A version of the history.
    ///
    /// # Errors
    /// It is not in the history, the disk failed, or a kept file was changed.
    pub fn read_version(&self, id: &str, version: &str) -> Result<Folder, ShelfError> {
        if !self.history(id)?.has(version) {
            return Err(ShelfError::NotThere(format!("{id} has no version {version}; its history lists them all")));
        }
        log::read_version(&self.path.join(id), version, id)
    }

    /// Writes one file, or removes it (`None`), if `seen` is still the version. Edits by other programs since the last line of the
    /// history get a line of their own first. The new version.
    ///
    /// # Errors
    /// As [`ShelfError`] says; nothing is half-written.
    pub fn write(&self, id: &str, path: &str, bytes: Option<&[u8]>, seen: &str, by: By<'_>) -> Result<String, ShelfError> {
        self.write_all(id, &[(path, bytes)], seen, by)
    }

    /// Writes several files as one version, in this order: should the machine stop in between, what is there must be a dispute
    /// without the rest.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_all(&self, id: &str, files: &[(&str, Option<&[u8]>)], seen: &str, by: By<'_>) -> Result<String, ShelfError> {
        for (path, bytes) in files {
            if !is_file_path(path) {
                return Err(ShelfError::refused(format!("“{path}” cannot be a file of a dispute; a name is like offers/offer-2.toml")));
            }
            if bytes.is_some_and(|bytes| bytes.len() as u64 > MAX_FILE_BYTES) {
                return Err(ShelfError::refused(format!("{path} would be larger than {} MB", MAX_FILE_BYTES >> 20)));
            }
        }
        let (_turn, _lock) = self.begin(id)?;
        let mut history = self.caught_up(id, by)?;
        let folder = self.read_own(id)?;
        let now = version(&folder);
        if now != seen {
            return Err(ShelfError::Stale(now));
        }
        let new = files.iter().filter(|(path, bytes)| bytes.is_some() && !folder.files.contains_key(*path)).count();
        if new > 0 && folder.files.len() + new > MOST_FILES {
            return Err(ShelfError::refused(format!("a dispute has at most {MOST_FILES} files")));
        }
        let mut targets = Vec::new();
        for (path, bytes) in files {
            let target = self.path.join(id).join(path);
            let parent = target.parent().unwrap_or(&self.path);
            match fs::symlink_metadata(parent) {
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(ShelfError::refused(format!("{} is a link; nothing is written through it", parent.display())));
                }
                Ok(_) => {}
                Err(_) => fs::create_dir_all(parent).map_err(|error| ShelfError::disk(parent, &error))?,
            }
            targets.push((*path, target, *bytes));
        }
        for (path, target, bytes) in targets {
            match bytes {
                Some(bytes) => write_whole(&target, bytes)?,
                None => match fs::remove_file(&target) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Err(ShelfError::NotThere(format!("{id} has no file {path}")));
                    }
                    done => done.map_err(|error| ShelfError::disk(&target, &error))?,
                },
            }
        }
        let folder = self.read_own(id)?;
        history.add(
            &self.path.join(id),
            log::Draft { at: by.at, who: by.who, what: What::Changed, note: by.note, licence: None, now: &folder },
        )?;
        Ok(version(&folder))
    }

    /// Notes edits by other programs in the history. Whether there were any.
    ///
    /// # Errors
    /// The disk's, or the log was changed.
    pub fn note_outside(&self, id: &str, by: By<'_>) -> Result<bool, ShelfError> {
        let (_turn, _lock) = self.begin(id)?;
        let before = self.history(id)?.entries.len();
        Ok(self.caught_up(id, by)?.entries.len() > before)
    }

    /// Publishes the version that was seen, on these terms of use. Its number, from 1.
    ///
    /// # Errors
    /// Another version is there now, it is published already, or the disk failed.
    pub fn publish(&self, id: &str, seen: &str, licence: &str, by: By<'_>) -> Result<u64, ShelfError> {
        let (_turn, _lock) = self.begin(id)?;
        let mut history = self.caught_up(id, by)?;
        let folder = self.read_own(id)?;
        let now = version(&folder);
        if now != seen {
            return Err(ShelfError::Stale(now));
        }
        if let Some(last) = history.publications().next_back().filter(|last| last.version == now) {
            let number = last.publication.unwrap_or_default();
            return Err(ShelfError::refused(format!("this version is published already, as number {number}; change something first")));
        }
        history.add(
            &self.path.join(id),
            log::Draft { at: by.at, who: by.who, what: What::Published, note: by.note, licence: Some(licence), now: &folder },
        )?;
        Ok(history.publications().count() as u64)
    }

    /// Begins a dispute with these files.
    ///
    /// # Errors
    /// The id cannot be, or is taken; the disk failed. Nothing is half-written.
    pub fn make(&self, id: &str, files: &BTreeMap<String, Vec<u8>>, by: By<'_>) -> Result<(), ShelfError> {
        if !is_id(id) {
            return Err(ShelfError::refused(format!(
                "“{id}” cannot be the name of a dispute: small letters, digits and hyphens, as in our-trust-2026"
            )));
        }
        let taken = || ShelfError::refused(format!("there is a dispute “{id}” already; choose another name"));
        let _turn = self.turn();
        let target = self.path.join(id);
        if fs::symlink_metadata(&target).is_ok() || FoundingDisputes::folder(id).is_some() {
            return Err(taken());
        }
        let draft = self.path.join(format!(".{id}.draft-{}", std::process::id()));
        // Of an earlier start that was broken off.
        let _ = fs::remove_dir_all(&draft);
        let made = (|| {
            for (path, bytes) in files {
                let file = draft.join(path);
                let parent = file.parent().unwrap_or(&draft);
                fs::create_dir_all(parent).map_err(|error| ShelfError::disk(parent, &error))?;
                write_whole(&file, bytes)?;
            }
            let folder = read_folder(&draft, id).map_err(|(path, error)| ShelfError::disk(&path, &error))?;
            fs::create_dir_all(draft.join(".history")).map_err(|error| ShelfError::disk(&draft, &error))?;
            History::default()
                .add(&draft, log::Draft { at: by.at, who: by.who, what: What::Made, note: by.note, licence: None, now: &folder })?;
            fs::rename(&draft, &target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => taken(),
                _ => ShelfError::disk(&target, &error),
            })
        })();
        if made.is_err() {
            // The draft is ours alone; if even this fails there is nothing more to do.
            let _ = fs::remove_dir_all(&draft);
        }
        made
    }

    /// Begins a dispute with the invented example of `whitley new`.
    ///
    /// # Errors
    /// As [`Shelf::make`].
    pub fn make_example(&self, id: &str, by: By<'_>) -> Result<(), ShelfError> {
        let files = starter_files(id).into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
        self.make(id, &files, by)
    }

    /// Begins a dispute as a copy of another one, with its own id in `dispute.toml`.
    ///
    /// # Errors
    /// There is no such dispute, or as [`Shelf::make`].
    pub fn copy(&self, from: &str, to: &str, by: By<'_>) -> Result<(), ShelfError> {
        let reading = self.read(from)?;
        let mut files = BTreeMap::new();
        for (path, bytes) in reading.folder.files {
            match bytes {
                FileBytes::Read(bytes) if is_file_path(&path) => files.insert(path, bytes),
                _ => return Err(ShelfError::refused(format!("{from} has “{path}”, which is no file that can be copied"))),
            };
        }
        if let Some(head) = files.get_mut("dispute.toml") {
            *head = with_id(head, to);
        }
        self.make(to, &files, by)
    }

    fn read_own(&self, id: &str) -> Result<Folder, ShelfError> {
        read_folder(&self.path.join(id), id).map_err(|(path, error)| ShelfError::disk(&path, &error))
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn to write to a dispute of the folder.
    fn begin(&self, id: &str) -> Result<(MutexGuard<'_, ()>, File), ShelfError> {
        let folder = self.path.join(id);
        if !is_id(id) || !folder.is_dir() {
            return Err(if FoundingDisputes::folder(id).is_some() {
                ShelfError::refused(format!("{id} comes with the program and is not changed; make a copy and work on that"))
            } else {
                not_there(id)
            });
        }
        let turn = self.turn();
        let store = folder.join(".history");
        fs::create_dir_all(&store).map_err(|error| ShelfError::disk(&store, &error))?;
        let path = store.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| ShelfError::disk(&path, &error))?;
        Ok((turn, lock))
    }

    /// The history, with a line for what other programs changed since its last one.
    fn caught_up(&self, id: &str, by: By<'_>) -> Result<History, ShelfError> {
        let path = self.path.join(id);
        let mut history = History::read(&path)?;
        let folder = self.read_own(id)?;
        if history.version() != Some(version(&folder).as_str()) {
            let what = if history.entries.is_empty() { What::Found } else { What::Outside };
            history.add(&path, log::Draft { at: by.at, who: "not known", what, note: "", licence: None, now: &folder })?;
        }
        Ok(history)
    }
}

fn not_there(id: &str) -> ShelfError {
    ShelfError::NotThere(format!("there is no dispute “{id}” here; the list of disputes has them all"))
}

/// Writes to a file beside the wanted one and renames it, so that a failure leaves nothing half-written.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ShelfError> {
    let failed = |error: io::Error| ShelfError::disk(path, &error);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(ShelfError::Disk(format!("{} is no file", path.display())));
    };
    let draft = parent.join(format!(".{}.draft-{}", name.to_string_lossy(), std::process::id()));
    let written = File::create(&draft).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    let written = written.and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(failed)?;
    // Some systems cannot open a folder for this; the file itself is on the disk.
    if let Ok(folder) = File::open(parent) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// `dispute.toml` with another id; unchanged if its id does not stand on a line of its own before the first table.
fn with_id(bytes: &[u8], id: &str) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(bytes) else { return bytes.to_vec() };
    let mut done = false;
    let mut in_head = true;
    let lines = text.split_inclusive('\n').map(|line| {
        in_head &= !line.starts_with('[');
        let is_id = in_head && !done && line.split_once('=').is_some_and(|(key, _)| key.trim() == "id");
        if !is_id {
            return line.to_owned();
        }
        done = true;
        format!("id = \"{id}\"\n")
    });
    lines.collect::<String>().into_bytes()
}
