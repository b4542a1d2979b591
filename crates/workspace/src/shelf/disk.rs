//! Reading a dispute folder from disk, for the service and the command line alike.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use dated::{FileBytes, MAX_FILE_BYTES};
use dispute::Folder;
use sha2::{Digest as _, Sha256};

/// Most files of one dispute folder; the founding ones have fewer than thirty.
pub const MOST_FILES: usize = 500;

/// Reads the folder at a path; messages name it `name`.
///
/// Two levels deep, which is as deep as a dispute folder goes. Names that begin with a dot are left out, and so is the members'
/// roll (`roll.csv`), which is never read here. What is too large or no file is in the folder as such, so that its fault is found.
///
/// # Errors
/// The path that failed, and why.
pub fn read_folder(path: &Path, name: &str) -> Result<Folder, (PathBuf, io::Error)> {
    let mut folder = Folder { name: name.to_owned(), files: BTreeMap::new() };
    collect(path, "", &mut folder)?;
    Ok(folder)
}

fn collect(path: &Path, prefix: &str, folder: &mut Folder) -> Result<(), (PathBuf, io::Error)> {
    let at = |error| (path.to_owned(), error);
    for entry in std::fs::read_dir(path).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "roll.csv" {
            continue;
        }
        let inner = entry.path();
        let failed = |error| (inner.clone(), error);
        let unreadable = |why: &str| FileBytes::Unreadable { why: why.to_owned() };
        let bytes = match std::fs::metadata(&inner) {
            Ok(metadata) if metadata.is_dir() && prefix.is_empty() => {
                collect(&inner, &format!("{name}/"), folder)?;
                continue;
            }
            Ok(metadata) if metadata.is_dir() => unreadable("is a folder where a file belongs"),
            // A pipe or a device may have no end.
            Ok(metadata) if !metadata.is_file() => unreadable("is neither a file nor a folder"),
            Ok(metadata) if metadata.len() > MAX_FILE_BYTES => FileBytes::TooLarge { bytes: metadata.len() },
            Ok(_) => FileBytes::Read(std::fs::read(&inner).map_err(failed)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => unreadable("is a link to nothing"),
            Err(error) => return Err(failed(error)),
        };
        folder.files.insert(format!("{prefix}{name}"), bytes);
    }
    Ok(())
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The list of a folder's files as `sha256sum` writes it: a hash, two blanks, a path, by path. What is not read has its reason instead.
pub fn listing(folder: &Folder) -> String {
    let mut text = String::new();
    for (path, bytes) in &folder.files {
        let hash = match bytes {
            FileBytes::Read(bytes) => hash(bytes),
            FileBytes::TooLarge { bytes } => format!("{:<64}", format!("too-large:{bytes}")),
            FileBytes::Unreadable { .. } => format!("{:<64}", "not-a-file"),
        };
        let _ = writeln!(text, "{hash}  {path}");
    }
    text
}

/// The version of a folder: the hash of its [`listing`].
pub fn version(folder: &Folder) -> String {
    hash(listing(folder).as_bytes())
}
