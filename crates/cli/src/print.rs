//! `whitley notice`, `paper`, `certificate`, `print`, and `--pdf` of other commands: PDFs with a manifest. What stands in them is
//! decided in `print`, what must stand in them in `law`.

mod polls;
#[cfg(feature = "serve")]
mod service;
mod sheets;

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dated::{Date, Fault, Faults, FileBytes, MAX_FILE_BYTES, Place, TomlFile, parse_date};
use law::Rulebook;
use print::{Batch, Entry, Mode, RunError, Templates, read_meeting};
use serde_json::json;

#[cfg(feature = "serve")]
pub(crate) use service::Typesetter;
pub(crate) use sheets::{conference, letters, plan, postcards};

use crate::answer::{self, Outcome};

/// The commands that print.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print notices and statements of a ballot: to employers and members
    #[command(subcommand)]
    Notice(polls::Notice),
    /// Print voting papers: a sample, or the numbered papers of every unit
    Paper(polls::Paper),
    /// Print the certificate of each unit that won a mandate; the others are refused with the reason
    Certificate(polls::CertificateArguments),
    /// Print the agenda or minute of a meeting that keeps no log, from a file; write out the templates
    #[command(subcommand)]
    Print(PrintVerb),
}

#[derive(Subcommand)]
pub(crate) enum PrintVerb {
    /// Write the built-in templates out for editing
    Templates {
        /// The folder; it must not hold templates already
        #[arg(long)]
        out: PathBuf,
    },
    /// Print the agenda or minute of a joint council, a branch committee: a meeting that keeps no log
    Meeting {
        /// The file; its key `kind` is agenda or minute
        file: PathBuf,
        #[command(flatten)]
        how: HowArguments,
    },
}

/// Arguments that every paper has.
#[derive(Args)]
pub(crate) struct HowArguments {
    /// The day the paper is dated
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    date: Date,
    /// Where the files go; made if it is not there
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// A folder of templates in place of the built-in ones (see `whitley print templates`)
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

impl Command {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let done = match self {
            Self::Notice(notice) => notice.run(as_json),
            Self::Paper(paper) => paper.run(as_json),
            Self::Certificate(arguments) => arguments.run(as_json),
            Self::Print(PrintVerb::Templates { out }) => write_templates(&out, as_json),
            Self::Print(PrintVerb::Meeting { file, how }) => meeting(&file, &how, as_json),
        };
        done.unwrap_or_else(|outcome| outcome)
    }
}

/// A command that ended early has given its reason.
type Done = Result<Outcome, Outcome>;

fn meeting(file: &Path, how: &HowArguments, as_json: bool) -> Done {
    let faults = Faults::new();
    let templates = how.templates(&faults);
    let document = read_toml(file, &faults, |root| read_meeting(root, how.date)).flatten();
    let faults = stop_on_error(faults, as_json)?;
    let Some(document) = document else { return Err(answer::refuse(&faults, as_json)) };
    let stem = file.file_stem().map_or_else(|| "paper".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let batch = Batch::single(format!("{stem}.pdf"), "paper of a meeting", &stem, document);
    print_all(&how.out, &stem, Mode::Replace, &templates, [batch].into_iter(), 1, &[], as_json)
}

fn write_templates(out: &Path, as_json: bool) -> Done {
    let templates = Templates::built_in();
    let taken: Vec<Fault> = {
        let faults = Faults::new();
        for (name, _) in templates.files().filter(|(name, _)| out.join(name).exists()) {
            faults.error(
                "already-there",
                &Place::new(&out.join(name).to_string_lossy(), 1),
                "this template is already there; nothing was written",
                "choose another --out",
            );
        }
        faults.into_sorted()
    };
    if !taken.is_empty() {
        return Err(answer::refuse(&taken, as_json));
    }
    let written =
        std::fs::create_dir_all(out).and_then(|()| templates.files().try_for_each(|(name, text)| std::fs::write(out.join(name), text)));
    if let Err(error) = written {
        complain!("{} cannot be written: {error}", out.display());
        return Err(Outcome::OurFailure);
    }
    let names: Vec<&str> = templates.files().map(|(name, _)| name).collect();
    if as_json {
        answer::print_json(&json!({ "out": out.to_string_lossy(), "files": names }));
    } else {
        answer::print(&format!(
            "{} templates in {}. Edit them, delete those you leave as they are, and print with --templates {}.\n",
            names.len(),
            out.display(),
            out.display()
        ));
    }
    Ok(Outcome::Yes)
}

impl HowArguments {
    /// The templates, a union's own over the built-in ones.
    fn templates(&self, faults: &Faults) -> Templates {
        read_templates(self.templates.as_deref(), faults)
    }
}

/// The built-in templates, those of a folder over them.
fn read_templates(folder: Option<&Path>, faults: &Faults) -> Templates {
    let mut templates = Templates::built_in();
    let Some(folder) = folder else { return templates };
    let shown = folder.to_string_lossy();
    let unreadable = |error: &std::io::Error| {
        faults.error(
            "file-unreadable",
            &Place::new(&shown, 1),
            format!("the templates cannot be read: {error}"),
            "check the name and that you may read it",
        );
    };
    let mut files = BTreeMap::new();
    match std::fs::read_dir(folder) {
        Err(error) => unreadable(&error),
        Ok(entries) => {
            for path in entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_file()) {
                match read_bytes(&path, MAX_FILE_BYTES) {
                    Ok(bytes) => {
                        drop(files.insert(path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), bytes))
                    }
                    Err(error) => unreadable(&error),
                }
            }
        }
    }
    templates.replace(&files, &shown, faults);
    templates
}

/// The rules that come with the program.
fn rules() -> Result<Rulebook, Outcome> {
    Rulebook::built_in().map_err(|faults| {
        answer::print_to_err(&answer::faults_text(&faults));
        complain!("the rules that this program carries are broken; this is a fault of ours");
        Outcome::OurFailure
    })
}

fn read_bytes(path: &Path, most: u64) -> std::io::Result<FileBytes> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(if read > most { FileBytes::TooLarge { bytes: read } } else { FileBytes::Read(bytes) })
}

/// Reads a file that the user named; that it cannot be read is a fault of the input.
fn read_named(path: &Path, most: u64, faults: &Faults) -> Option<FileBytes> {
    read_bytes(path, most)
        .map_err(|error| {
            let place = Place::new(&path.to_string_lossy(), 1);
            faults.error("file-unreadable", &place, format!("the file cannot be read: {error}"), "check the name and that you may read it");
        })
        .ok()
}

fn read_toml<T>(path: &Path, faults: &Faults, read: impl FnOnce(&dated::Table<'_>) -> T) -> Option<T> {
    let bytes = read_named(path, MAX_FILE_BYTES, faults)?;
    TomlFile::read(&path.to_string_lossy(), &bytes, faults).map(|file| file.with_root(faults, read))
}

/// Errors stop the print before anything is written, all at once; warnings are said and do not.
fn stop_on_error(faults: Faults, as_json: bool) -> Result<Vec<Fault>, Outcome> {
    let stop = faults.error_count() > 0;
    let faults = faults.into_sorted();
    if stop {
        return Err(answer::refuse(&faults, as_json));
    }
    answer::print_to_err(&answer::faults_text(&faults));
    Ok(faults)
}

/// Prints, says what was printed, and what was refused.
#[allow(clippy::too_many_arguments)]
fn print_all(
    out: &Path,
    run: &str,
    mode: Mode,
    templates: &Templates,
    batches: impl Iterator<Item = Batch>,
    files: usize,
    refused: &[String],
    as_json: bool,
) -> Done {
    let mut progress = Progress { done: 0, files, kept: 0 };
    let result = print::run(out, run, mode, templates, batches, |entry, was_there| progress.step(entry, was_there));
    progress.end();
    let entries = match result {
        Ok(entries) => entries,
        Err(error) => return Err(run_error(error, as_json)),
    };
    let pages = entries.last().map_or(0, |entry| entry.last_page);
    let records: usize = entries.iter().map(|entry| entry.records).sum();
    if as_json {
        answer::print_json(&json!({
            "out": out.to_string_lossy(),
            "manifest": format!("{run}.manifest.json"),
            "files": entries.iter().map(Entry::to_json).collect::<Vec<_>>(),
            "records": records,
            "pages": pages,
            "refused": refused,
        }));
    } else {
        let mut table = answer::Table::new(&["file", "what", ">records", ">pages", "first", "last"]);
        let shown = entries.len().min(20);
        for entry in &entries[..shown] {
            let pages = (entry.last_page + 1 - entry.first_page).to_string();
            table.row([entry.file.clone(), entry.what.clone(), entry.records.to_string(), pages, entry.first.clone(), entry.last.clone()]);
        }
        answer::print(&table.text());
        if entries.len() > shown {
            answer::print(&format!("  … and {} files more\n", entries.len() - shown));
        }
        for why in refused {
            answer::print(&format!("Refused: {why}\n"));
        }
        answer::print(&format!(
            "{records} records on {pages} pages in {}; counts and hashes: {run}.manifest.csv and .json\n",
            out.display()
        ));
        if progress.kept > 0 {
            answer::print(&format!("{} files were there already and were left as they are.\n", progress.kept));
        }
    }
    Ok(Outcome::Yes)
}

fn run_error(error: RunError, as_json: bool) -> Outcome {
    let (what, fix, place) = match error {
        RunError::Disk(why) => {
            if as_json {
                answer::print_json(&json!({ "error": why }));
            }
            complain!("{why}");
            return Outcome::OurFailure;
        }
        RunError::Template(error) => {
            (error.to_string(), "mend the template; without --templates the built-in ones are used", "--templates")
        }
        RunError::OtherRun(why) => (why, "choose another --out: a folder holds one run, so that nobody gets two", "--out"),
    };
    let faults = Faults::new();
    faults.error("print", &Place::new(place, 1), what, fix);
    answer::refuse(&faults.into_sorted(), as_json)
}

/// A bar on standard error where somebody sees it; nothing when it is piped. Shown for runs of several files only.
struct Progress {
    done: usize,
    files: usize,
    kept: usize,
}

impl Progress {
    fn step(&mut self, entry: &Entry, was_there: bool) {
        self.done += 1;
        self.kept += usize::from(was_there);
        if self.files < 2 || !std::io::stderr().is_terminal() {
            return;
        }
        let filled = (self.done * 30).checked_div(self.files).unwrap_or(30).min(30);
        let bar = format!("{}{}", "#".repeat(filled), ".".repeat(30 - filled));
        answer::print_to_err(&format!("\r[{bar}] {}/{} files, {} pages", self.done, self.files, entry.last_page));
    }

    fn end(&self) {
        if self.files >= 2 && self.done > 0 && std::io::stderr().is_terminal() {
            answer::print_to_err("\n");
        }
    }
}
