//! A print run: many files into one folder, each whole or not there, with a manifest for the mailing house.
//!
//! The manifest is written after every file, so a run that was killed goes on where it stopped: what the manifest lists and the
//! disk holds is not printed again. The same input gives the same bytes, so what was printed but not yet listed comes out equal.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::document::{Document, hex};
use crate::templates::Templates;
use crate::typeset::{TemplateError, forget, typeset};

/// One file of a run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its name, without a folder.
    pub file: String,
    /// What it holds, in words for the mailing house.
    pub what: String,
    /// How many records (letters, cards, papers).
    pub records: usize,
    /// The first record's id or number.
    pub first: String,
    /// The last record's.
    pub last: String,
    /// The document.
    pub document: Document,
}

/// A line of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// File name.
    pub file: String,
    /// What it holds.
    pub what: String,
    /// Records.
    pub records: usize,
    /// First record.
    pub first: String,
    /// Last record.
    pub last: String,
    /// First page, counted through the run.
    pub first_page: usize,
    /// Last page.
    pub last_page: usize,
    /// Size.
    pub bytes: usize,
    /// SHA-256 of the file.
    pub sha256: String,
    /// SHA-256 of what it was made from: document and templates.
    pub made_from: String,
}

/// What to do with the files of an earlier run of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write over them: single papers, printed again after a correction.
    Replace,
    /// Refuse unless it is the same run: cards and numbered papers, which nobody may get twice.
    Once,
}

/// Why a run stopped.
#[derive(Debug)]
pub enum RunError {
    /// A template is wrong.
    Template(TemplateError),
    /// The folder holds another run, whose files were or will be posted.
    OtherRun(String),
    /// Our disk failed.
    Disk(String),
}

/// Prints a run into `out`. `progress` is told after each file how many files are done and whether this one was there already.
///
/// # Errors
/// [`RunError`]; the files listed in the manifest stay good.
pub fn run(
    out: &Path,
    name: &str,
    mode: Mode,
    templates: &Templates,
    batches: impl Iterator<Item = Batch>,
    mut progress: impl FnMut(&Entry, bool),
) -> Result<Vec<Entry>, RunError> {
    fs::create_dir_all(out).map_err(|error| disk(out, &error))?;
    let manifest = out.join(format!("{name}.manifest.json"));
    let earlier = read_manifest(&manifest)?;
    let templates_hash = hash_of(templates.files().flat_map(|(name, text)| [name, text]));
    let mut entries: Vec<Entry> = Vec::new();
    let mut page = 0;
    for batch in batches {
        let made_from = hash_of([batch.document.identity().as_str(), &templates_hash, env!("CARGO_PKG_VERSION")]);
        let path = out.join(&batch.file);
        let known = earlier.iter().find(|entry| entry.file == batch.file);
        if let (Some(known), Mode::Once) = (known, mode)
            && known.made_from != made_from
        {
            return Err(RunError::OtherRun(format!(
                "{} was printed from other data, texts or templates; nothing was printed over it",
                path.display()
            )));
        }
        let pages_before = page;
        let kept = known.filter(|known| known.made_from == made_from && is_whole(&path, &known.sha256));
        let entry = match kept {
            Some(known) => {
                Entry { first_page: pages_before + 1, last_page: pages_before + 1 + (known.last_page - known.first_page), ..known.clone() }
            }
            None => {
                let printed = typeset(templates, &batch.document).map_err(RunError::Template)?;
                forget();
                write_whole(&path, &printed.bytes)?;
                Entry {
                    file: batch.file,
                    what: batch.what,
                    records: batch.records,
                    first: batch.first,
                    last: batch.last,
                    first_page: pages_before + 1,
                    last_page: pages_before + printed.pages,
                    bytes: printed.bytes.len(),
                    sha256: hex(&Sha256::digest(&printed.bytes)),
                    made_from,
                }
            }
        };
        page = entry.last_page;
        let was_there = kept.is_some();
        entries.push(entry);
        // Entries of the earlier run that are still to come stay listed, or a second kill would forget them.
        let rest: Vec<Entry> = earlier.iter().filter(|entry| !entries.iter().any(|done| done.file == entry.file)).cloned().collect();
        if !was_there || rest.is_empty() {
            let listed: Vec<&Entry> = entries.iter().chain(&rest).collect();
            write_whole(&manifest, format!("{:#}\n", to_json(name, &listed)).as_bytes())?;
        }
        if let Some(last) = entries.last() {
            progress(last, was_there);
        }
    }
    if mode == Mode::Once
        && let Some(extra) = earlier.iter().find(|entry| !entries.iter().any(|done| done.file == entry.file))
    {
        return Err(RunError::OtherRun(format!("{} is of another run with more files", out.join(&extra.file).display())));
    }
    let listed: Vec<&Entry> = entries.iter().collect();
    write_whole(&manifest, format!("{:#}\n", to_json(name, &listed)).as_bytes())?;
    write_whole(&out.join(format!("{name}.manifest.csv")), to_csv(&listed).as_bytes())?;
    Ok(entries)
}

fn to_json(name: &str, entries: &[&Entry]) -> Value {
    json!({
        "run": name,
        "files": entries.iter().map(|entry| json!({
            "file": entry.file,
            "what": entry.what,
            "records": entry.records,
            "first": entry.first,
            "last": entry.last,
            "first_page": entry.first_page,
            "last_page": entry.last_page,
            "bytes": entry.bytes,
            "sha256": entry.sha256,
            "made_from": entry.made_from,
        })).collect::<Vec<_>>(),
        "records": entries.iter().map(|entry| entry.records).sum::<usize>(),
        "pages": entries.iter().map(|entry| entry.last_page + 1 - entry.first_page).sum::<usize>(),
    })
}

fn to_csv(entries: &[&Entry]) -> String {
    let mut text = String::from("file,what,records,first,last,first_page,last_page,bytes,sha256\n");
    for entry in entries {
        let cell =
            |text: &str| if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() };
        text.push_str(&format!(
            "{},{},{},{},{},{},{},{},{}\n",
            cell(&entry.file),
            cell(&entry.what),
            entry.records,
            cell(&entry.first),
            cell(&entry.last),
            entry.first_page,
            entry.last_page,
            entry.bytes,
            entry.sha256
        ));
    }
    text
}

/// The entries of an earlier run; none when there was none. A manifest is written whole, so one that cannot be read is not ours.
fn read_manifest(path: &Path) -> Result<Vec<Entry>, RunError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk(path, &error)),
    };
    let read = |value: &Value| {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let number = |key: &str| value[key].as_u64().and_then(|number| usize::try_from(number).ok());
        Some(Entry {
            file: text("file")?,
            what: text("what")?,
            records: number("records")?,
            first: text("first")?,
            last: text("last")?,
            first_page: number("first_page")?,
            last_page: number("last_page").filter(|last| number("first_page").is_some_and(|first| first <= *last))?,
            bytes: number("bytes")?,
            sha256: text("sha256")?,
            made_from: text("made_from")?,
        })
    };
    serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|value| value["files"].as_array().and_then(|files| files.iter().map(read).collect::<Option<Vec<_>>>()))
        .ok_or_else(|| RunError::OtherRun(format!("{} is not a manifest of a print run", path.display())))
}

fn is_whole(path: &Path, sha256: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| hex(&Sha256::digest(&bytes)) == sha256)
}

fn hash_of<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// Beside it, to the disk, then renamed: the file is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = path.with_file_name(format!(".{name}.draft"));
    let write = || {
        let mut file = fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|error| disk(path, &error))
}

fn disk(path: &Path, error: &std::io::Error) -> RunError {
    RunError::Disk(format!("{} cannot be read or written: {error}", path.display()))
}
