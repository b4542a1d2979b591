//! `whitley roll …`: a membership file checked, brought into a roll folder, frozen, changed late, counted into units and notices.

mod check;
mod folder;
mod freeze;
mod late;
mod make;
mod notices;
mod units;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use clap::Subcommand;
use dated::{Fault, Place, Severity};

use crate::answer::{self, Outcome};

/// The verbs of the roll.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Every fault of a membership file, with row, column and what would be right; nothing is written
    Check(check::Check),
    /// Take a membership file into a roll folder; `undo` takes it out again
    Import(folder::Import),
    /// What was imported into a roll folder
    Imports(folder::Imports),
    /// Put a roll folder back to what it was before the last import
    Undo(folder::Undo),
    /// The balloting units, and what is to be done about small ones
    Units(units::Units),
    /// Fix who may vote and why, with a fingerprint; faults that stop it are shown
    Freeze(freeze::Freeze),
    /// Write down a late change, to be signed by officer and scrutineer
    Change(late::Make),
    /// Sign a late change
    Sign(late::Sign),
    /// Apply a signed change; the present roll has a new fingerprint
    Apply(late::Apply),
    /// The figures of the notice to each employer, and how they were arrived at
    Notices(notices::Write),
    /// Make a labelled invented membership with faults put in and a list of them
    Make(make::Make),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let done = match self {
            Self::Check(command) => command.run(as_json),
            Self::Import(command) => command.run(as_json),
            Self::Imports(command) => command.run(as_json),
            Self::Undo(command) => command.run(as_json),
            Self::Units(command) => command.run(as_json),
            Self::Freeze(command) => command.run(as_json),
            Self::Change(command) => command.run(as_json),
            Self::Sign(command) => command.run(as_json),
            Self::Apply(command) => command.run(as_json),
            Self::Notices(command) => command.run(as_json),
            Self::Make(command) => command.run(as_json),
        };
        match done {
            Ok(outcome) => outcome,
            Err(Stop::Input(what)) => refuse_question(&what, as_json),
            Err(Stop::Ours(what)) => {
                complain!("{what}");
                Outcome::OurFailure
            }
        }
    }
}

/// Why a command ends early.
enum Stop {
    /// What was given is wrong.
    Input(String),
    /// Our disk failed.
    Ours(String),
}

type Done = Result<Outcome, Stop>;

fn refuse_question(what: &str, as_json: bool) -> Outcome {
    if !as_json {
        complain!("{what}");
        return Outcome::BadInput;
    }
    let fix = "ask again as said; `--help` shows what can be asked".to_owned();
    let place = Place::new("command line", 1);
    answer::refuse(&[Fault { code: "question", severity: Severity::Error, place, what: what.to_owned(), fix }], true)
}

/// Reads a whole file.
fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::IsADirectory => {
            Stop::Input(format!("{}: there is no such file", path.display()))
        }
        _ => Stop::Ours(format!("{} cannot be read: {error}", path.display())),
    })
}

fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?).map_err(|_| Stop::Input(format!("{} is not a text file", path.display())))
}

/// Writes a file with personal data: for its owner only (mode 0600), beside its place and renamed there, so that nobody meets half a file.
fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Stop> {
    if !replace && path.exists() {
        return Err(Stop::Input(format!("{} is already there; nothing was written", path.display())));
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = folder.join(format!(".{name}.draft-{}", std::process::id()));
    let written = (|| {
        make_folder(folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    })();
    if written.is_err() {
        // The draft is ours alone; if even this fails there is nothing more to do.
        let _ = std::fs::remove_file(&draft);
    }
    written.map_err(|error| Stop::Ours(format!("{} cannot be written: {error}", path.display())))
}

/// A folder for its owner only, where it is not there yet.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
