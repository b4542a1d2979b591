//! `whitley new` and `whitley check`.

use std::path::Path;

use clap::Args;
use dated::{Fault, Place, Severity};
use serde_json::json;

use crate::answer::{self, Outcome};
use crate::disk;

/// Arguments of `whitley new`.
#[derive(Args)]
pub(crate) struct New {
    /// Name of the new folder: small letters, digits and hyphens
    name: String,
}

impl New {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let path = Path::new(&self.name);
        let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        if !is_id {
            let what = format!("“{id}” cannot be the name of a dispute");
            return self.refuse("bad-name", what, "use small letters, digits and hyphens, as in our-trust-2026", as_json);
        }
        if path.exists() {
            let what = format!("{} is already there; nothing was written", path.display());
            return self.refuse("already-there", what, "choose another name", as_json);
        }
        match write(path, &id) {
            Ok(written) => {
                if as_json {
                    answer::print_json(&json!({ "folder": self.name, "files": written }));
                } else {
                    let list: String = written.iter().map(|name| format!("  {}/{name}\n", path.display())).collect();
                    answer::print(&format!("Made {} with an invented example in every file:\n{list}", path.display()));
                    answer::print(&format!("Write your dispute over it, then: whitley check {}\n", path.display()));
                }
                Outcome::Yes
            }
            Err(error) => {
                let why = format!("{} cannot be written: {error}", path.display());
                if as_json {
                    answer::print_json(&json!({ "error": why }));
                }
                complain!("{why}");
                Outcome::OurFailure
            }
        }
    }

    fn refuse(&self, code: &'static str, what: String, fix: &str, as_json: bool) -> Outcome {
        let fault = Fault { code, severity: Severity::Error, place: Place::new(&self.name, 1), what, fix: fix.into() };
        answer::refuse(&[fault], as_json)
    }
}

/// Writes to a folder beside the wanted one and renames it, so that a failure leaves nothing half-written.
fn write(path: &Path, id: &str) -> std::io::Result<Vec<&'static str>> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let draft = parent.join(format!(".{id}.draft-{}", std::process::id()));
    let result = (|| {
        let mut written = Vec::new();
        for (name, text) in dispute::starter_files(id) {
            let file = draft.join(name);
            std::fs::create_dir_all(file.parent().unwrap_or(&draft))?;
            std::fs::write(&file, text)?;
            written.push(name);
        }
        std::fs::rename(&draft, path)?;
        Ok(written)
    })();
    if result.is_err() {
        // The draft is ours alone; if even this fails there is nothing more to do.
        let _ = std::fs::remove_dir_all(&draft);
    }
    result
}

/// Arguments of `whitley check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The dispute folder
    dispute: String,
}

impl Check {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let (dispute, _, faults) = match disk::read(&self.dispute, as_json) {
            Ok(read) => read,
            Err(outcome) => return outcome,
        };
        let outcome = if faults.is_empty() { Outcome::Yes } else { Outcome::BadInput };
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.as_ref().map(|dispute| dispute.id.as_str()),
                "faults": answer::faults_json(&faults),
                "errors": errors,
                "warnings": faults.len() - errors,
            }));
            return outcome;
        }
        answer::print(&answer::faults_text(&faults));
        match (dispute, faults.len()) {
            (Some(dispute), 0) => answer::print(&format!(
                "{}: no faults ({} offers, {} polls, {} quoted figures)\nnext: whitley offer value {}\n",
                self.dispute,
                dispute.offers.len(),
                dispute.polls.len(),
                dispute.figures.len(),
                self.dispute
            )),
            (_, count) => answer::print(&format!(
                "{}: {count} {} ({errors} that stop it from being used)\n",
                self.dispute,
                if count == 1 { "fault" } else { "faults" }
            )),
        }
        outcome
    }
}
