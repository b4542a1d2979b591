//! Who sits for a place on a day: constituencies with their members, postcodes and sites, and the one way of asking, for the page of
//! a campaign and `whitley mp find` alike. Spec: `docs/spec/campaign.md`, K1 to K4.

use std::io::Read;

use dated::{Date, Fault, Faults, Place, Sources, nearest_name};
use dispute::campaign::{Places, Postcode, PostcodeRow, Postcodes, PostcodesBuilder, Seat, SeatFault, Seats, Sites, Sitting};

/// So many rows that cannot be read are listed.
const MOST_UNREAD: usize = 20;

/// What is known of places.
#[derive(Clone, Debug, Default)]
pub struct PlacesRead {
    /// Constituencies and who sits for them.
    pub seats: Seats,
    /// Postcodes by date; none unless somebody gave a file.
    pub postcodes: Postcodes,
    /// Employers' sites; none unless somebody gave a file.
    pub sites: Sites,
}

/// Whose member of Parliament is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'w> {
    /// Of a home postcode.
    Postcode(&'w str),
    /// Of an employer's site.
    Site(&'w str),
    /// Of a constituency, by name or code.
    Constituency(&'w str),
}

/// The answer.
pub struct Found<'p> {
    /// The postcode as it is written, or the site; empty where a constituency was asked for.
    pub label: String,
    /// The constituency.
    pub seat: &'p Seat,
    /// Who sits there that day, or why nobody is known.
    pub sitting: Result<&'p Sitting, SeatFault>,
    /// The constituencies that the postcode was in: first day, first day after, name.
    pub history: Vec<(Date, Option<Date>, &'p str)>,
}

impl PlacesRead {
    /// The constituencies that the program carries.
    ///
    /// # Errors
    /// The faults of these data, which are ours.
    pub fn built_in(sources: &Sources) -> Result<Self, Vec<Fault>> {
        let (seats, faults) = Seats::built_in(sources);
        if faults.is_empty() { Ok(Self { seats, ..Self::default() }) } else { Err(faults) }
    }

    /// For letters.
    pub fn places(&self) -> Places<'_> {
        Places { seats: &self.seats, postcodes: &self.postcodes, sites: &self.sites }
    }

    /// Who sits for a place on a day. `None` where it is not known which constituency is meant: the faults say why, at `asked`.
    pub fn find(&self, whose: Whose<'_>, on: Date, asked: &Place, faults: &Faults) -> Option<Found<'_>> {
        let (mut label, mut history) = (String::new(), Vec::new());
        let seat = match whose {
            Whose::Postcode(text) => match Postcode::parse(text) {
                Err(why) => {
                    faults.error("not-a-postcode", asked, format!("“{text}” {}", why.what()), why.fix());
                    None
                }
                Ok(postcode) => {
                    label = postcode.to_string();
                    history =
                        self.postcodes.all(postcode).map(|(from, until, id)| (from, until, self.seats.seat(id).name.as_str())).collect();
                    let seat = self.postcodes.on(postcode, on);
                    if seat.is_none() {
                        let what = format!("in which constituency {postcode} is on {on} is not in the file");
                        faults.error("postcode-not-known", asked, what, "add the row that holds on that day");
                    }
                    seat
                }
            },
            Whose::Site(site) => {
                site.clone_into(&mut label);
                match self.sites.seat_on(site, on, &self.postcodes, &self.seats) {
                    Ok(seat) => Some(seat),
                    Err((what, fix)) => {
                        faults.error("site-not-known", asked, what, fix);
                        None
                    }
                }
            }
            Whose::Constituency(name) => {
                let seat = self.seats.find(name);
                if seat.is_none() {
                    self.seats.say_unknown(name, asked, faults);
                }
                seat
            }
        }?;
        Some(Found { label, seat: self.seats.seat(seat), sitting: self.seats.member_on(seat, on), history })
    }
}

impl Found<'_> {
    /// The constituency with its code and region.
    pub fn place(&self) -> String {
        let seat = self.seat;
        if seat.code.is_empty() { seat.name.clone() } else { format!("{} ({}, {})", seat.name, seat.code, seat.region) }
    }
}

/// Reads `postcode,constituency,from,until` row by row, so that a file of the whole country is never held as text.
pub fn read_postcodes(name: &str, input: impl Read, seats: &mut Seats, faults: &Faults) -> Postcodes {
    let start = Place::new(name, 1);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned()).collect(),
        Err(error) => {
            let what = format!("the header row cannot be read: {error}");
            faults.error("file-unreadable", &start, what, "give a CSV file: postcode,constituency,from,until");
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
    let mut builder = PostcodesBuilder::new(name);
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
                        if unread <= MOST_UNREAD {
                            let what = format!("this row has {} fields that can be read; the header has {}", record.len(), header.len());
                            let fix = "an empty value still needs its comma; save the file as UTF-8";
                            faults.error("row-length", &Place::new(name, line), what, fix);
                        }
                    }
                }
            }
            Err(error) => {
                faults.error("csv-unreadable", &Place::new(name, line), format!("this row cannot be read: {error}"), "check its quotes");
                break;
            }
        }
    }
    if unread > MOST_UNREAD {
        let what = format!("{unread} rows cannot be read; the first {MOST_UNREAD} are listed");
        faults.error("more-faults", &start, what, "mend them and read it again");
    }
    builder.finish(seats, faults)
}
