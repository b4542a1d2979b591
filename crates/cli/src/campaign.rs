//! `whitley letters …`, `whitley postcards …`, `whitley mp …`: reading what they need, and each of their verbs.

pub(crate) mod letters;
pub(crate) mod mp;
pub(crate) mod postcards;

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, Faults, FileBytes, Place, Sources, nearest_name, parse_date};
use dispute::Dispute;
use dispute::campaign::{Places, PostcodeRow, Postcodes, PostcodesBuilder, Seats, Sites, Writers};

use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// The largest file of members that is read: some hundred thousand with a letter each.
const MOST_MEMBER_BYTES: u64 = 128 << 20;

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

/// What the files say.
pub(crate) struct PlacesRead {
    pub(crate) seats: Seats,
    pub(crate) postcodes: Postcodes,
    pub(crate) sites: Sites,
}

impl PlacesRead {
    pub(crate) fn places(&self) -> Places<'_> {
        Places { seats: &self.seats, postcodes: &self.postcodes, sites: &self.sites }
    }
}

impl PlaceFiles {
    /// Reads the files that are given; all their faults go into the list.
    pub(crate) fn read(&self, sources: &Sources, faults: &Faults) -> Result<PlacesRead, Outcome> {
        let (mut seats, data_faults) = Seats::built_in(sources);
        if !data_faults.is_empty() {
            answer::print_to_err(&answer::faults_text(&data_faults));
            complain!("the data that this program carries are broken; this is a fault of ours");
            return Err(Outcome::OurFailure);
        }
        if let Some(path) = &self.sittings {
            seats.add_sittings(&path.display().to_string(), &file_bytes(path, dated::MAX_FILE_BYTES), faults);
        }
        let postcodes = self.postcodes.as_deref().map_or_else(Postcodes::default, |path| read_postcodes(path, &mut seats, faults));
        let sites = self.sites.as_deref().map_or_else(Sites::default, |path| {
            Sites::read(&path.display().to_string(), &file_bytes(path, dated::MAX_FILE_BYTES), &seats, faults)
        });
        Ok(PlacesRead { seats, postcodes, sites })
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

/// Reads postcodes row by row, so that a file of the whole country is never held as text.
fn read_postcodes(path: &Path, seats: &mut Seats, faults: &Faults) -> Postcodes {
    let name = path.display().to_string();
    let start = Place::new(&name, 1);
    let unreadable = |what: String| faults.error("file-unreadable", &start, what, "give a CSV file: postcode,constituency,from,until");
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            unreadable(format!("the file cannot be read: {error}"));
            return Postcodes::default();
        }
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::with_capacity(1 << 18, file));
    let header: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned()).collect(),
        Err(error) => {
            unreadable(format!("the header row cannot be read: {error}"));
            return Postcodes::default();
        }
    };
    let columns = ["postcode", "constituency", "from", "until"].map(|wanted| {
        let at = header.iter().position(|name| name == wanted);
        if at.is_none() {
            let fix = match nearest_name(wanted, header.iter().map(String::as_str)) {
                Some(near) => format!("rename the column “{near}”, or add “{wanted}”"),
                None => format!("add a column “{wanted}”"),
            };
            faults.error("missing-column", &start, format!("the column “{wanted}” is missing"), fix);
        }
        at
    });
    let [Some(postcode), Some(constituency), Some(from), Some(until)] = columns else { return Postcodes::default() };
    let mut builder = PostcodesBuilder::new(&name);
    let mut record = csv::ByteRecord::new();
    let mut unread = 0;
    loop {
        let more = reader.read_byte_record(&mut record);
        let line = record.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        match more {
            Ok(false) => break,
            Ok(true) if record.iter().all(<[u8]>::is_empty) => {}
            Ok(true) => {
                let field = |at: usize| record.get(at).and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::trim);
                match (field(postcode), field(constituency), field(from), field(until)) {
                    (Some(postcode), Some(constituency), Some(from), Some(until)) => {
                        builder.add(line, PostcodeRow { postcode, constituency, from, until }, seats, faults);
                    }
                    _ => {
                        unread += 1;
                        if unread <= 20 {
                            let what = format!("this row has {} fields that can be read; the header has {}", record.len(), header.len());
                            faults.error(
                                "row-length",
                                &Place::new(&name, line),
                                what,
                                "an empty value still needs its comma; save the file as UTF-8",
                            );
                        }
                    }
                }
            }
            Err(error) => {
                faults.error("csv-unreadable", &Place::new(&name, line), format!("this row cannot be read: {error}"), "check its quotes");
                break;
            }
        }
    }
    if unread > 20 {
        faults.error(
            "more-faults",
            &start,
            format!("{unread} rows cannot be read; the first 20 are listed"),
            "mend them and read it again",
        );
    }
    builder.finish(seats, faults)
}

/// The dispute, and the members of a file, with all faults of the file.
fn open_with_members(dispute: &str, members: &Path, faults: &Faults, as_json: bool) -> Result<(Opened, Writers), Outcome> {
    let opened = disk::open(dispute, as_json)?;
    let bytes = file_bytes(members, MOST_MEMBER_BYTES);
    let writers = Writers::read(&members.display().to_string(), &bytes, &opened.dispute.campaign_plan, faults);
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
