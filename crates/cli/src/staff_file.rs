//! Opening the staff file that `--workforce` names. The only place that knows where it lies.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use clap::Args;
use dated::{Fault, Place, Ratio, Severity};
use dispute::Dispute;
use pay::Workforce;
use workforce::{Meaning, Options, Reading, parse_mapping};

use crate::answer::{self, Outcome};
use crate::offer::Stop;

/// How a staff file is laid out, where it does not say so itself.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The staff file")]
pub(crate) struct Layout {
    /// What columns mean, as in "Pay Point=point,Org=employer,Job=ignore"
    #[arg(long, value_parser = parse_mapping)]
    map: Vec<Mapping>,
    /// The nation of rows that do not say it
    #[arg(long)]
    default_nation: Option<String>,
    /// Hours of a full-time week, for files that give hours
    #[arg(long, value_parser = parse_hours)]
    full_time_hours: Option<Ratio>,
    /// The sheet of a workbook
    #[arg(long)]
    sheet: Option<String>,
}

type Mapping = Vec<(String, Option<Meaning>)>;

fn parse_hours(text: &str) -> Result<Ratio, String> {
    Ratio::parse_decimal(text)
        .filter(|hours| *hours > Ratio::ZERO && *hours <= Ratio::whole(168))
        .ok_or_else(|| format!("“{text}” is not a number of hours a week; write 37.5"))
}

impl Layout {
    /// With what a dispute says about its staff: the nations, and how long a full-time week is.
    ///
    /// # Errors
    /// A sentence, when the nation asked for is none of the dispute's.
    pub(crate) fn options(&self, path: &str, dispute: Option<&Dispute>) -> Result<Options, String> {
        let nations: Vec<String> =
            dispute.map(|dispute| dispute.nations.iter().map(|nation| nation.name.clone()).collect()).unwrap_or_default();
        let only = if let [only] = nations.as_slice() { Some(only.clone()) } else { None };
        if let Some(nation) = self.default_nation.as_ref().filter(|nation| !nations.is_empty() && !nations.contains(nation)) {
            return Err(format!("{nation} is no nation of this dispute; it has {}", nations.join(", ")));
        }
        Ok(Options {
            file: path.to_owned(),
            nation: self.default_nation.clone().or(only),
            nations,
            full_time_hours: self.full_time_hours.or(dispute.and_then(|dispute| dispute.framework().full_time_hours)),
            mapping: self.map.concat(),
            sheet: self.sheet.clone(),
        })
    }
}

/// Opens a staff file for computing. Faults refuse it, with all of them shown; what was understood goes to standard error.
pub(crate) fn open(path: &Path, layout: &Layout, dispute: &Dispute, as_json: bool) -> Result<Workforce, Stop> {
    let path = path.display().to_string();
    let path = path.as_str();
    let options = layout.options(path, Some(dispute)).map_err(Stop::Question)?;
    let reading = read(path, &options)?;
    if !reading.faults.is_empty() {
        return Err(answer::refuse(&reading.faults, as_json).into());
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
