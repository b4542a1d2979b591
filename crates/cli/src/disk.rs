//! Which dispute folder a name means, and reading it as the workspace does.

use std::path::Path;

use dated::{Fault, Place, Severity, nearest_name};
use dispute::{Dispute, Folder, FoundingDisputes, Library};

use crate::answer::{self, Outcome};

/// A dispute that may be computed from, with the library it was checked against.
pub(crate) struct Opened {
    pub(crate) dispute: Dispute,
    pub(crate) library: Library,
}

/// Opens a dispute for computing. Errors refuse it, with all faults shown; warnings go to standard error.
pub(crate) fn open(name: &str, as_json: bool) -> Result<Opened, Outcome> {
    let (dispute, library, faults) = read(name, as_json)?;
    let has_error = faults.iter().any(|fault| fault.severity == Severity::Error);
    match dispute {
        Some(dispute) if !has_error => {
            answer::print_to_err(&answer::faults_text(&faults));
            Ok(Opened { dispute, library })
        }
        _ => Err(answer::refuse(&faults, as_json)),
    }
}

/// Reads a dispute with all its faults.
pub(crate) fn read(name: &str, as_json: bool) -> Result<(Option<Dispute>, Library, Vec<Fault>), Outcome> {
    let folder = find(name, as_json)?;
    let library = library()?;
    let (dispute, faults) = Dispute::read(&folder, &library);
    Ok((dispute, library, faults))
}

/// The published data that the program carries.
pub(crate) fn library() -> Result<Library, Outcome> {
    let (library, data_faults) = Library::built_in();
    if !data_faults.is_empty() {
        answer::print_to_err(&answer::faults_text(&data_faults));
        complain!("the data that this program carries are broken; this is a fault of ours");
        return Err(Outcome::OurFailure);
    }
    Ok(library)
}

/// The folder of that name: a path, a name under ./disputes, or a founding dispute.
pub(crate) fn find(name: &str, as_json: bool) -> Result<Folder, Outcome> {
    let path = Path::new(name);
    let named = Path::new("disputes").join(name);
    if path.is_dir() {
        return read_folder(path);
    }
    if named.is_dir() {
        return read_folder(&named);
    }
    if let Some(folder) = FoundingDisputes::folder(name) {
        return Ok(folder);
    }
    let known = FoundingDisputes::ids();
    let fix = match nearest_name(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("give the path of a dispute folder, or one of {}", known.join(", ")),
    };
    let fault = Fault {
        code: "unknown-dispute",
        severity: Severity::Error,
        place: Place::new(name, 1),
        what: format!("there is no dispute folder “{name}”"),
        fix,
    };
    Err(answer::refuse(&[fault], as_json))
}

fn read_folder(path: &Path) -> Result<Folder, Outcome> {
    workspace::shelf::read_folder(path, path.to_string_lossy().trim_end_matches('/')).map_err(|(path, error)| {
        complain!("{} cannot be read: {error}", path.display());
        Outcome::OurFailure
    })
}
