//! Opening the staff file that `--workforce` names. The only place that knows where it lies.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use dated::{Fault, Place, Severity};
use dispute::Dispute;
use pay::Workforce;
use workforce::{Meaning, Options, Reading};

use crate::answer::{self, Outcome};

/// Opens a staff file for computing. Faults refuse it, with all of them shown; what was understood goes to standard error.
pub(crate) fn open(path: impl AsRef<Path>, dispute: &Dispute, as_json: bool) -> Result<Workforce, Outcome> {
    let path = path.as_ref().display().to_string();
    let path = path.as_str();
    let reading = read(path, &options(path, Some(dispute)))?;
    if !reading.faults.is_empty() {
        return Err(answer::refuse(&reading.faults, as_json));
    }
    if !as_json {
        for note in said(&reading) {
            complain!("{path}: {note}");
        }
        if let Some(label) = &reading.workforce.synthetic {
            complain!("{path}: SYNTHETIC: {label}");
        }
    }
    Ok(reading.workforce)
}

/// What a dispute says about its staff: the nations, and how long a full-time week is.
pub(crate) fn options(path: &str, dispute: Option<&Dispute>) -> Options {
    let nations: Vec<String> =
        dispute.map(|dispute| dispute.nations.iter().map(|nation| nation.name.clone()).collect()).unwrap_or_default();
    Options {
        file: path.to_owned(),
        nation: if let [only] = nations.as_slice() { Some(only.clone()) } else { None },
        nations,
        full_time_hours: dispute.and_then(|dispute| dispute.framework().full_time_hours),
        ..Options::default()
    }
}

/// Reads a staff file with all its faults.
pub(crate) fn read(path: &str, options: &Options) -> Result<Reading, Outcome> {
    let not_there = |what: String, fix: &str| {
        let fault = Fault { code: "file-missing", severity: Severity::Error, place: Place::new(path, 1), what, fix: fix.to_owned() };
        Reading {
            workforce: Workforce::default(),
            rows: workforce::Rows::default(),
            columns: Vec::new(),
            notes: Vec::new(),
            faults: vec![fault],
            fault_counts: vec![("file-missing", 1)],
        }
    };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        // A pipe cannot be read twice, and a device may have no end.
        Ok(_) => return Ok(not_there("this is not a file".to_owned(), "name a CSV or XLSX file of staff")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(not_there(
                "there is no such file".to_owned(),
                "name a CSV or XLSX file of staff; `whitley workforce make` makes an invented one",
            ));
        }
        Err(error) => return Err(failed(path, &error)),
    }
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    Ok(workforce::read(&mut BufReader::with_capacity(1 << 18, file), options))
}

fn failed(path: &str, error: &std::io::Error) -> Outcome {
    complain!("{path} cannot be read: {error}");
    Outcome::OurFailure
}

/// What was read as what, and what else the user should know.
pub(crate) fn said(reading: &Reading) -> Vec<String> {
    let own_name = |meaning: Meaning, header: &str| meaning.name() == header;
    let renamed: Vec<String> = reading
        .columns
        .iter()
        .filter_map(|column| column.meaning.filter(|meaning| !own_name(*meaning, &column.header)).map(|meaning| (column, meaning)))
        .map(|(column, meaning)| format!("“{}” as {}", column.header, meaning.name()))
        .collect();
    let list = |personal: bool| -> Vec<&str> {
        let unread = reading.columns.iter().filter(|column| column.meaning.is_none() && column.personal == personal);
        unread.map(|column| column.header.as_str()).filter(|header| !header.is_empty()).collect()
    };
    let (unknown, personal) = (list(false), list(true));
    let mut said = Vec::new();
    if !renamed.is_empty() {
        said.push(format!("columns read: {}", renamed.join(", ")));
    }
    if !unknown.is_empty() {
        said.push(format!("columns not read: {}", unknown.join(", ")));
    }
    if !personal.is_empty() {
        said.push(format!("columns that name a person, not read: {}", personal.join(", ")));
    }
    said.extend(reading.notes.iter().cloned());
    said
}
