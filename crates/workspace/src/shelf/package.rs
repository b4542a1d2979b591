//! A dispute as one file: a .zip of its folder, out and in.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use dated::{FileBytes, MAX_FILE_BYTES};
use dispute::Folder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::disk::MOST_FILES;
use super::is_file_path;

/// Most bytes that a package unpacks to.
const MOST_BYTES: u64 = 32 << 20;

/// The folder as a .zip: every file that can be read, below a folder of the dispute's id. The same files give the same bytes.
///
/// # Errors
/// A sentence, if the archive cannot be written: a bug of ours, since it is made in memory.
pub fn pack(id: &str, folder: &Folder) -> Result<Vec<u8>, String> {
    let failed = |error: zip::result::ZipError| format!("the package cannot be made: {error}");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in &folder.files {
        let FileBytes::Read(bytes) = bytes else { continue };
        writer.start_file(format!("{id}/{path}"), options).map_err(failed)?;
        writer.write_all(bytes).map_err(|error| format!("the package cannot be made: {error}"))?;
    }
    Ok(writer.finish().map_err(failed)?.into_inner())
}

/// What a package holds.
#[derive(Debug)]
pub struct Unpacked {
    /// The folder that all its files lie in, if they lie in one.
    pub id: Option<String>,
    /// Its files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was left out and is no fault: names with a dot, folders, the roll.
    pub left_out: Vec<String>,
}

/// Unpacks in memory, and nothing of it if anything is wrong.
///
/// # Errors
/// Every fault, each with the file it is in.
pub fn unpack(bytes: &[u8]) -> Result<Unpacked, Vec<String>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
        vec![format!("this is no .zip file, or a damaged one ({error}); choose one that “Export” made, or zip the folder")]
    })?;
    if archive.len() > MOST_FILES * 2 {
        return Err(vec![format!("it has {} entries; a dispute has at most {MOST_FILES} files", archive.len())]);
    }
    let mut faults = Vec::new();
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut left_out = Vec::new();
    let mut total = 0_u64;
    for number in 0..archive.len() {
        let mut entry = match archive.by_index(number) {
            Ok(entry) => entry,
            Err(error) => {
                faults.push(format!("entry {}: cannot be unpacked: {error}", number + 1));
                continue;
            }
        };
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => {
                faults.push(format!("entry {}: its name is no text", number + 1));
                continue;
            }
        };
        let shown: String = name.chars().filter(|letter| !letter.is_control()).take(200).collect();
        if entry.is_symlink() || entry.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000)) {
            faults.push(format!("“{shown}” is a link or a device; only plain files can be taken"));
            continue;
        }
        if entry.encrypted() {
            faults.push(format!("“{shown}” is locked with a password; pack it without one"));
            continue;
        }
        let parts: Vec<&str> = name.split('/').collect();
        if name.starts_with('/') || name.contains('\\') || name.contains(':') || parts.iter().any(|part| *part == ".." || *part == ".") {
            faults.push(format!("“{shown}” points out of the folder; names are like offers/offer.toml"));
            continue;
        }
        if name.ends_with('/') {
            continue;
        }
        let mut content = Vec::new();
        // What is written in the head of the entry is not believed.
        let read = entry.by_ref().take(MAX_FILE_BYTES + 1).read_to_end(&mut content);
        if let Err(error) = read {
            faults.push(format!("“{shown}” cannot be unpacked: {error}"));
            continue;
        }
        total += content.len() as u64;
        if total > MOST_BYTES {
            faults.push(format!("it unpacks to more than {} MB; a dispute needs less than one", MOST_BYTES >> 20));
            break;
        }
        if content.len() as u64 > MAX_FILE_BYTES {
            faults.push(format!("“{shown}” is larger than {} MB, which no file of a dispute may be", MAX_FILE_BYTES >> 20));
            continue;
        }
        if parts.iter().any(|part| part.starts_with('.') || *part == "__MACOSX") || parts.last() == Some(&"roll.csv") {
            left_out.push(shown);
            continue;
        }
        all.push((name, content));
    }
    let id = common_folder(&all);
    let mut files = BTreeMap::new();
    for (name, content) in all {
        let path = id.as_ref().map_or(name.as_str(), |id| name[id.len()..].trim_start_matches('/')).to_owned();
        if !is_file_path(&path) {
            faults.push(format!(
                "“{path}” cannot be a file of a dispute: small letters, digits, hyphens and one folder at most, as in offers/offer.toml"
            ));
        } else if files.insert(path.clone(), content).is_some() {
            faults.push(format!("“{path}” is in it twice"));
        }
    }
    if faults.is_empty() && !files.contains_key("dispute.toml") {
        faults.push("it has no dispute.toml; pack the folder of one dispute, not several and not a folder above it".to_owned());
    }
    if files.len() > MOST_FILES {
        faults.push(format!("it has {} files; a dispute has at most {MOST_FILES}", files.len()));
    }
    if faults.is_empty() { Ok(Unpacked { id, files, left_out }) } else { Err(faults) }
}

/// The first folder of all names, where `dispute.toml` lies in it and not beside it.
fn common_folder(all: &[(String, Vec<u8>)]) -> Option<String> {
    if all.iter().any(|(name, _)| name == "dispute.toml") {
        return None;
    }
    let (first, _) = all.first()?.0.split_once('/')?;
    let inside = |name: &str| name.strip_prefix(first).is_some_and(|rest| rest.starts_with('/'));
    all.iter().all(|(name, _)| inside(name)).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(bytes).expect("written");
        }
        writer.finish().expect("an archive").into_inner()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let folder = dispute::FoundingDisputes::folder("nhs-2007").expect("a dispute");
        let packed = pack("nhs-2007", &folder).expect("a package");
        assert_eq!(packed, pack("nhs-2007", &folder).expect("a package"), "the same files give the same bytes");
        let unpacked = unpack(&packed).expect("files");
        assert_eq!(unpacked.id.as_deref(), Some("nhs-2007"));
        assert_eq!(unpacked.files.len(), folder.files.len());
        for (path, bytes) in &folder.files {
            assert!(matches!(bytes, FileBytes::Read(bytes) if unpacked.files.get(path) == Some(bytes)), "{path}");
        }
    }

    #[test]
    fn packages_that_would_do_harm_are_refused_with_every_fault() {
        let faults = |entries: &[(&str, &[u8])]| unpack(&zip(entries)).expect_err("refused").join("\n");
        let both = faults(&[("dispute.toml", b"x"), ("../escape.toml", b"x"), ("/etc/passwd", b"x"), ("offers\\x.toml", b"x")]);
        assert_eq!(both.lines().filter(|line| line.contains("points out of the folder")).count(), 3, "{both}");
        assert!(faults(&[("dispute.toml", b"x"), ("a/b/c.toml", b"x")]).contains("one folder at most"));
        assert!(faults(&[("offers/x.toml", b"x")]).contains("no dispute.toml"));
        assert!(faults(&[("one/dispute.toml", b"x"), ("two/dispute.toml", b"x")]).contains("no dispute.toml"));
        let bomb = vec![0_u8; 5 << 20];
        assert!(faults(&[("dispute.toml", &bomb)]).contains("larger than 4 MB"));
        let part = vec![0_u8; 4 << 20];
        let names: Vec<String> = (0..12).map(|number| format!("offers/{number}.toml")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), part.as_slice())).collect();
        assert!(faults(&many).contains("more than 32 MB"));
        assert!(unpack(b"PK no zip").expect_err("refused")[0].contains("no .zip file"));
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("dispute.toml", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
        let link = writer.finish().expect("an archive").into_inner();
        assert!(unpack(&link).expect_err("refused").join(" ").contains("is a link"));
    }

    #[test]
    fn the_roll_and_hidden_files_stay_out() {
        let unpacked = unpack(&zip(&[("x/dispute.toml", b"a"), ("x/roll.csv", b"b"), ("x/.history/log.jsonl", b"c")])).expect("files");
        assert_eq!(unpacked.files.keys().collect::<Vec<_>>(), ["dispute.toml"]);
        assert_eq!(unpacked.left_out.len(), 2);
    }
}
