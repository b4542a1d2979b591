//! `whitley letters …`, `whitley postcards …`, `whitley mp …`: reading what they need, and each of their verbs.

pub(crate) mod letters;
pub(crate) mod mp;
pub(crate) mod postcards;

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, Faults, FileBytes, Place, Sources, parse_date};
use dispute::Dispute;
use dispute::campaign::{Sites, Writers};
use workspace::places::{PlacesRead, read_postcodes};

use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// The largest file of members that is read: some hundred thousand with a letter each.
const MOST_MEMBER_BYTES: u64 = 128 << 20;

/// Which campaign, and who takes part.
#[derive(Args)]
pub(crate) struct Campaigners {
    /// The dispute folder, with campaign.toml
    dispute: String,
    /// Who writes or signs: member,name,branch,address,postcode,point,…,words
    #[arg(long)]
    members: PathBuf,
}

/// Files that say who is written to.
#[derive(Args)]
pub(crate) struct PlaceFiles {
    /// Postcodes with their constituency by date: postcode,constituency,from,until
    #[arg(long)]
    postcodes: Option<PathBuf>,
    /// Employers' sites: site,postcode,constituency,from,until
    #[arg(long)]
    sites: Option<PathBuf>,
    /// By-elections, vacancies, earlier members: constituency,mp,party,from,until,source
    #[arg(long)]
    sittings: Option<PathBuf>,
}

impl PlaceFiles {
    /// Reads the files that are given; all their faults go into the list.
    pub(crate) fn read(&self, sources: &Sources, faults: &Faults) -> Result<PlacesRead, Outcome> {
        let mut read = PlacesRead::built_in(sources).map_err(|data_faults| {
            answer::print_to_err(&answer::faults_text(&data_faults));
            complain!("the data that this program carries are broken; this is a fault of ours");
            Outcome::OurFailure
        })?;
        if let Some(path) = &self.sittings {
            read.seats.add_sittings(&path.display().to_string(), &file_bytes(path, dated::MAX_FILE_BYTES), faults);
        }
        if let Some(path) = &self.postcodes {
            let name = path.display().to_string();
            match File::open(path) {
                Ok(file) => {
                    let input = BufReader::with_capacity(1 << 18, file);
                    read.postcodes = read_postcodes(&name, input, &mut read.seats, faults);
                }
                Err(error) => {
                    let what = format!("the file cannot be read: {error}");
                    let fix = "give a CSV file: postcode,constituency,from,until";
                    faults.error("file-unreadable", &Place::new(&name, 1), what, fix);
                }
            }
        }
        if let Some(path) = &self.sites {
            read.sites = Sites::read(&path.display().to_string(), &file_bytes(path, dated::MAX_FILE_BYTES), &read.seats, faults);
        }
        Ok(read)
    }
}

fn file_bytes(path: &Path, most: u64) -> FileBytes {
    let unreadable = |error: std::io::Error| FileBytes::Unreadable { why: format!("cannot be read: {error}") };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => FileBytes::Unreadable { why: "is a folder where a file belongs".to_owned() },
        Ok(metadata) if metadata.len() > most => FileBytes::TooLarge { bytes: metadata.len() },
        Ok(_) => std::fs::read(path).map_or_else(unreadable, FileBytes::Read),
        Err(error) => unreadable(error),
    }
}

/// The dispute, and the members of a file, with all faults of the file.
fn open_with_members(who: &Campaigners, faults: &Faults, as_json: bool) -> Result<(Opened, Writers), Outcome> {
    let opened = disk::open(&who.dispute, as_json)?;
    let bytes = file_bytes(&who.members, MOST_MEMBER_BYTES);
    let writers = Writers::read(&who.members.display().to_string(), &bytes, &opened.dispute.campaign_plan, faults);
    Ok((opened, writers))
}

/// A dispute that says nothing of letters, or of postcards, cannot be asked for them.
fn no_plan(dispute: &Dispute, table: &str, as_json: bool) -> Outcome {
    let faults = Faults::new();
    faults.error(
        "no-campaign",
        &Place::new(&format!("{}/campaign.toml", dispute.id), 1),
        format!("the dispute has no [{table}] in campaign.toml"),
        format!("add [{table}]: docs/spec/campaign.md says what belongs there, and `whitley new NAME` writes an example"),
    );
    answer::refuse(&faults.into_sorted(), as_json)
}

fn parse_day(text: &str) -> Result<Date, String> {
    parse_date(text)
}

/// A CSV answer: a header and rows.
fn csv_rows<'r>(header: &[&str], rows: impl Iterator<Item = Vec<Cow<'r, str>>>) -> String {
    let mut text = csv_row(header.iter().map(|name| Cow::Borrowed(*name)));
    rows.for_each(|row| text.push_str(&csv_row(row.into_iter())));
    text
}

/// One row of CSV with its line end. A cell that a spreadsheet would run is kept from it by an apostrophe in front.
fn csv_row<'r>(cells: impl Iterator<Item = Cow<'r, str>>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            line.push(',');
        }
        let is_number =
            || cell.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
        let runs = cell.starts_with(['=', '+', '@', '\t']) || (cell.starts_with('-') && !is_number());
        let mark = if runs { "'" } else { "" };
        if cell.contains([',', '"', '\n', '\r']) {
            line.push_str(&format!("\"{mark}{}\"", cell.replace('"', "\"\"")));
        } else {
            line.push_str(mark);
            line.push_str(&cell);
        }
    }
    line.push('\n');
    line
}
