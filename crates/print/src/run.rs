//! A print run: many files into one folder, each whole or not there, with a manifest for the mailing house.
//!
//! The manifest is written after every file, so a run that was killed goes on where it stopped: what the manifest lists and the
//! disk holds is not printed again. The same input gives the same bytes, so what was printed but not yet listed comes out equal.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::document::{Document, hex};
use crate::manifest::{self, Entry, Record};
use crate::templates::Templates;
use crate::typeset::{Located, TemplateError, forget, typeset};

/// One file of a run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its name, without a folder.
    pub file: String,
    /// What it holds, in words for the mailing house.
    pub what: String,
    /// Its records in order: letters, cards, numbered papers, or the one paper.
    pub records: Vec<Record>,
    /// Whether the place of each record is listed beside the file; the template marks them.
    pub lists_places: bool,
    /// The document.
    pub document: Document,
}

impl Batch {
    /// A file with one paper.
    pub fn single(file: String, what: &str, record: &str, document: Document) -> Self {
        let records = vec![Record { id: record.to_owned(), row_sha256: None }];
        Self { file, what: what.to_owned(), records, lists_places: false, document }
    }
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
        let made_from = made_from(&batch, &templates_hash);
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
        let kept = known.filter(|known| known.made_from == made_from && is_kept(out, known));
        let entry = match kept {
            Some(known) => Entry { first_page: page + 1, last_page: page + 1 + (known.last_page - known.first_page), ..known.clone() },
            None => print_file(out, templates, batch, made_from, page)?,
        };
        page = entry.last_page;
        let was_there = kept.is_some();
        entries.push(entry);
        // Entries of the earlier run that are still to come stay listed, or a second kill would forget them.
        let rest: Vec<Entry> = earlier.iter().filter(|entry| !entries.iter().any(|done| done.file == entry.file)).cloned().collect();
        if !was_there || rest.is_empty() {
            let listed: Vec<&Entry> = entries.iter().chain(&rest).collect();
            write_file(&manifest, format!("{:#}\n", manifest::to_json(name, &listed)).as_bytes())?;
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
    for (file, bytes) in manifests(name, &listed) {
        write_file(&out.join(file), &bytes)?;
    }
    Ok(entries)
}

/// A file that was made: name and bytes.
pub type Made = (String, Vec<u8>);

/// Prints a run that is handed out and not kept: the same files and manifests that [`run`] writes into an empty folder.
///
/// # Errors
/// [`RunError::Template`].
pub fn print_in_memory(name: &str, templates: &Templates, batches: impl IntoIterator<Item = Batch>) -> Result<Vec<Made>, RunError> {
    let templates_hash = hash_of(templates.files().flat_map(|(name, text)| [name, text]));
    let (mut entries, mut files, mut page) = (Vec::new(), Vec::new(), 0);
    for batch in batches {
        let made_from = made_from(&batch, &templates_hash);
        let (entry, made) = make_file(templates, batch, made_from, page)?;
        page = entry.last_page;
        entries.push(entry);
        files.extend(made);
    }
    files.extend(manifests(name, &entries.iter().collect::<Vec<_>>()));
    Ok(files)
}

/// The manifest of a whole run, as JSON and as a table.
fn manifests(name: &str, entries: &[&Entry]) -> [Made; 2] {
    [
        (format!("{name}.manifest.json"), format!("{:#}\n", manifest::to_json(name, entries)).into_bytes()),
        (format!("{name}.manifest.csv"), manifest::to_csv(entries).into_bytes()),
    ]
}

/// What a file is made from, as a hash.
fn made_from(batch: &Batch, templates_hash: &str) -> String {
    let identity = batch.document.identity();
    let records = batch.records.iter().flat_map(|record| [record.id.as_str(), record.row_sha256.as_deref().unwrap_or_default()]);
    hash_of([identity.as_str(), templates_hash, env!("CARGO_PKG_VERSION")].into_iter().chain(records))
}

/// Typesets and writes one file, and the list of its places before it: a file that is there has its list.
fn print_file(out: &Path, templates: &Templates, batch: Batch, made_from: String, pages_before: usize) -> Result<Entry, RunError> {
    let (entry, files) = make_file(templates, batch, made_from, pages_before)?;
    for (name, bytes) in files {
        write_file(&out.join(name), &bytes)?;
    }
    Ok(entry)
}

/// Typesets one file: its entry, and what is to be written, the list of places first.
fn make_file(templates: &Templates, batch: Batch, made_from: String, pages_before: usize) -> Result<(Entry, Vec<Made>), RunError> {
    let printed = typeset(templates, &batch.document).map_err(RunError::Template)?;
    forget();
    let mut files = Vec::new();
    let places_sha256 = if batch.lists_places {
        check_places(&batch, &printed.located)?;
        let places = manifest::places_csv(&batch.file, &batch.records, &printed.located).into_bytes();
        let sha256 = sha256_hex(&places);
        files.push((manifest::places_file(&batch.file), places));
        Some(sha256)
    } else {
        None
    };
    let id = |record: Option<&Record>| record.map(|record| record.id.clone()).unwrap_or_default();
    let entry = Entry {
        what: batch.what,
        records: batch.records.len(),
        first: id(batch.records.first()),
        last: id(batch.records.last()),
        first_page: pages_before + 1,
        last_page: pages_before + printed.pages,
        bytes: printed.bytes.len(),
        sha256: sha256_hex(&printed.bytes),
        places_sha256,
        made_from,
        file: batch.file,
    };
    files.push((entry.file.clone(), printed.bytes));
    Ok((entry, files))
}

/// The template has marked every record once and in order; a changed template may have forgotten to.
fn check_places(batch: &Batch, located: &[Located]) -> Result<(), RunError> {
    if batch.records.iter().map(|record| &record.id).eq(located.iter().map(|at| &at.id)) {
        return Ok(());
    }
    let what = format!(
        "{}: the template marks {} records and {} were to be printed, or marks them in another order: each needs #metadata(ID) <record>",
        batch.document.template,
        located.len(),
        batch.records.len()
    );
    Err(RunError::Template(TemplateError(vec![what])))
}

/// The entries of an earlier run; none when there was none. A manifest is written whole, so one that cannot be read is not ours.
fn read_manifest(path: &Path) -> Result<Vec<Entry>, RunError> {
    match fs::read_to_string(path) {
        Ok(text) => manifest::from_json(&text)
            .ok_or_else(|| RunError::OtherRun(format!("{} is not a manifest of a print run of this version", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(disk(path, &error)),
    }
}

/// Whether a listed file and its list of places are on the disk as they were written.
fn is_kept(out: &Path, entry: &Entry) -> bool {
    let places = entry.places_sha256.as_ref().is_none_or(|sha256| is_whole(&out.join(entry.places_file()), sha256));
    places && is_whole(&out.join(&entry.file), &entry.sha256)
}

fn is_whole(path: &Path, sha256: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sha256_hex(&bytes) == sha256)
}

/// SHA-256 of bytes, in small hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hash_of<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// Writes one file whole or not at all: beside it, to the disk, then renamed.
///
/// # Errors
/// [`RunError::Disk`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
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
