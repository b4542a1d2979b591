//! A poll's public files, wherever they lie; and files on a disk: written beside and renamed, secret ones for their owner only.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::{Answer, Refusal};

/// Largest file that is read whole. Archives are streamed.
pub const MOST_BYTES: u64 = 256 << 20;

/// Whether an earlier file of the name may be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// The new bytes stand instead of the old ones.
    Yes,
    /// An earlier file is a refusal.
    No,
}

/// The public files of a poll: `poll.json`, `ceremony/…`, `units/…`, archives and companions. Names have `/` between folder and
/// file. Nothing secret is ever put here.
pub trait Files {
    /// The bytes of a file; none if there is no such file.
    fn get(&self, name: &str) -> Answer<Option<Vec<u8>>>;

    /// Writes a whole file: nobody meets half of it.
    fn put(&mut self, name: &str, bytes: &[u8], replace: Replace) -> Answer<()>;

    /// All names, in order.
    fn names(&self) -> Answer<Vec<String>>;

    /// Whether there is a file of this name.
    fn has(&self, name: &str) -> Answer<bool> {
        Ok(self.get(name)?.is_some())
    }

    /// How a file is called in a sentence to a person.
    fn shown(&self, name: &str) -> String {
        name.to_owned()
    }

    /// The bytes of a file that must be there.
    fn demand(&self, name: &str) -> Answer<Vec<u8>> {
        self.get(name)?.ok_or_else(|| Refusal::input(format!("{} is not there", self.shown(name))))
    }

    /// A JSON file that must be there.
    fn json(&self, name: &str) -> Answer<Value> {
        serde_json::from_slice(&self.demand(name)?).map_err(|_| Refusal::input(format!("{} is not a JSON file", self.shown(name))))
    }
}

/// A poll folder on a disk.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Where a file of it lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Files for Folder {
    fn get(&self, name: &str) -> Answer<Option<Vec<u8>>> {
        let path = self.path(name);
        if path.is_file() { read(&path).map(Some) } else { Ok(None) }
    }

    fn put(&mut self, name: &str, bytes: &[u8], replace: Replace) -> Answer<()> {
        write(&self.path(name), bytes, Readers::Everybody, replace)
    }

    fn names(&self) -> Answer<Vec<String>> {
        let mut names = Vec::new();
        let mut open = vec![String::new()];
        while let Some(prefix) = open.pop() {
            let folder = self.0.join(&prefix);
            let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", folder.display()));
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                // Drafts, and what is not ours.
                if name.starts_with('.') {
                    continue;
                }
                if entry.path().is_dir() { open.push(format!("{prefix}{name}/")) } else { names.push(format!("{prefix}{name}")) }
            }
        }
        names.sort();
        Ok(names)
    }

    fn has(&self, name: &str) -> Answer<bool> {
        Ok(self.path(name).exists())
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

/// A poll's files in memory, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InMemory(pub BTreeMap<String, Vec<u8>>);

impl Files for InMemory {
    fn get(&self, name: &str) -> Answer<Option<Vec<u8>>> {
        Ok(self.0.get(name).cloned())
    }

    fn put(&mut self, name: &str, bytes: &[u8], replace: Replace) -> Answer<()> {
        if replace == Replace::No && self.0.contains_key(name) {
            return Err(already_there(name));
        }
        self.0.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn names(&self) -> Answer<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn has(&self, name: &str) -> Answer<bool> {
        Ok(self.0.contains_key(name))
    }
}

pub(crate) fn already_there(shown: &str) -> Refusal {
    Refusal::input(format!("{shown} is already there; nothing was written"))
}

/// Reads a whole file from the disk.
pub fn read(path: &Path) -> Answer<Vec<u8>> {
    let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MOST_BYTES {
        return Err(Refusal::input(format!("{} is too large to be what is wanted here", path.display())));
    }
    std::fs::read(path).map_err(failed)
}

/// Reads a whole text file, whose content may be secret.
pub fn read_text(path: &Path) -> Answer<Zeroizing<String>> {
    match String::from_utf8(read(path)?) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(Refusal::input(format!("{} is not a text file", path.display())))
        }
    }
}

/// Reads a JSON file from the disk.
pub fn read_json(path: &Path) -> Answer<Value> {
    serde_json::from_slice(&read(path)?).map_err(|_| Refusal::input(format!("{} is not a JSON file", path.display())))
}

/// Who may read a file on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the machine's rules let.
    Everybody,
    /// Mode 0600.
    Owner,
}

/// Writes a file beside its place and renames it there, so that nobody meets half a file. Refuses to replace one unless told.
pub fn write(path: &Path, bytes: &[u8], readers: Readers, replace: Replace) -> Answer<()> {
    if replace == Replace::No && path.exists() {
        return Err(already_there(&path.display().to_string()));
    }
    let failed = |error: std::io::Error| Refusal::ours(format!("{} cannot be written: {error}", path.display()));
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = folder.join(format!(".{name}.draft-{}", std::process::id()));
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        // The draft is ours alone; if even this fails there is nothing more to do.
        let _ = std::fs::remove_file(&draft);
    }
    written.map_err(failed)
}
