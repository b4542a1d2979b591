//! The folder of a rehearsal: whose it is, whether it is new, stopped or whole, and that two programs never write to it at once.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Failure;
use super::stages::{WORKING, read_json, remove, write};

/// The file that says that everything beside it is invented.
const LABEL: &str = "SYNTHETIC.txt";

/// The file that says from what the folder was made, and at the end what came of it.
pub(super) const RECORD: &str = "rehearsal.json";

/// What is in the folder.
pub(super) enum State {
    /// Nothing yet, or a part of it: the stages know.
    Begun,
    /// All of it: the record.
    Whole(Value),
}

/// The folder, held by this program alone while it lives.
pub(super) struct Held {
    pub(super) state: State,
    /// Where it is, whatever folder the program stands in.
    pub(super) path: PathBuf,
    _lock: File,
}

/// Why a folder is not taken.
pub(super) enum NotTaken {
    /// It is somebody else's: a sentence.
    Others(String),
    Ours(Failure),
}

impl<E: Into<Failure>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

/// Takes the folder for a rehearsal with these arguments, makes it if it is not there, and stands in it.
pub(super) fn take(out: &Path, arguments: &Value, about: &str) -> Result<Held, NotTaken> {
    let others = |why: String| Err(NotTaken::Others(format!("{}: {why}", out.display())));
    let (label, record) = (out.join(LABEL), out.join(RECORD));
    if out.exists() && !label.is_file() {
        return others("it is already there and is no rehearsal; nothing was written".to_owned());
    }
    if !out.exists() {
        // Made beside and renamed: the label is there before anything that it is about, and a folder without it is never ours.
        let name = out.file_name().ok_or("--out names no folder")?.to_string_lossy().into_owned();
        let draft = out.with_file_name(format!(".{name}.draft-{}", std::process::id()));
        write(&draft.join(LABEL), about.as_bytes())?;
        std::fs::rename(&draft, out)?;
    }
    let lock = File::open(&label)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return others("another rehearsal is being made in it just now; nothing was written".to_owned()),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let state = if record.is_file() {
        let known = read_json(&record)?;
        if known["arguments"] != *arguments {
            return others(format!(
                "it is a rehearsal with other arguments ({}); nothing was written. Say another --out, or remove it first",
                differences(&known["arguments"], arguments)
            ));
        }
        if known["whole"] == true { State::Whole(known) } else { State::Begun }
    } else {
        let known = |name: &std::ffi::OsStr| name == LABEL || name.to_string_lossy().starts_with('.');
        if std::fs::read_dir(out)?.any(|entry| entry.is_ok_and(|entry| !known(&entry.file_name()))) {
            return others(format!("it is a rehearsal without {RECORD}, by another version of the program; nothing was written"));
        }
        write(&record, format!("{:#}\n", json!({ "arguments": arguments, "whole": false })).as_bytes())?;
        State::Begun
    };
    let path = std::path::absolute(out)?;
    std::env::set_current_dir(&path)?;
    match state {
        State::Begun => std::fs::create_dir_all(WORKING)?,
        // A run that was stopped at its very last step.
        State::Whole(_) => remove(Path::new(WORKING))?,
    }
    Ok(Held { state, path, _lock: lock })
}

/// Puts the record of the whole in place: from now on the rehearsal is finished.
pub(super) fn finish(record: &Value) -> Result<(), Failure> {
    write(Path::new(RECORD), format!("{record:#}\n").as_bytes())?;
    remove(Path::new(WORKING))
}

/// What is not the same, in words.
fn differences(before: &Value, now: &Value) -> String {
    let keys = now.as_object().into_iter().flatten().map(|(key, _)| key);
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let list: Vec<String> = keys
        .filter(|key| before[*key] != now[*key])
        .map(|key| match key.as_str() {
            "dispute_sha256" => "the dispute’s files were others".to_owned(),
            _ => format!("{key} was {}, now {}", shown(&before[key]), shown(&now[key])),
        })
        .collect();
    list.join("; ")
}

/// Bytes of all files in the folder in which the program stands.
pub(super) fn disk_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => disk_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// The most memory that the process held, in bytes; Linux says it.
pub(super) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
