//! Where people work: `site,postcode,constituency,from,until`.

use dated::{CsvFile, Date, Faults, FileBytes, Place, nearest_name, parse_date};

use super::postcode::Postcode;
use super::postcodes::Postcodes;
use super::safe_text::{line_fault, shown};
use super::seats::{SeatId, Seats};

/// An employer's site in one constituency, from a day to a day.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Its postcode.
    pub postcode: Option<Postcode>,
    /// Its constituency, where the file says it.
    pub seat: Option<SeatId>,
    /// First day.
    pub from: Date,
    /// First day after.
    pub until: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

/// All sites.
#[derive(Clone, Debug, Default)]
pub struct Sites(Vec<Site>);

impl Sites {
    /// Reads the file. A site in two constituencies on one day is a fault, and so is one without postcode and constituency.
    pub fn read(file: &str, bytes: &FileBytes, seats: &Seats, faults: &Faults) -> Self {
        let Some(csv) = CsvFile::read(file, bytes, &["site", "postcode", "constituency", "from", "until"], faults) else {
            return Self::default();
        };
        let mut sites: Vec<Site> = Vec::new();
        for row in csv.rows() {
            let (name, from) = (row.text("site"), row.date("from"));
            let until = row.optional("until").map(|text| {
                parse_date(text).map_err(|what| faults.error("not-a-date", row.place(), format!("until: {what}"), "write it as 2024-07-04"))
            });
            let postcode = row.optional("postcode").map(|text| {
                Postcode::parse(text).map_err(|why| {
                    faults.error("not-a-postcode", row.place(), format!("“{}” {}", shown(text), why.what()), why.fix());
                })
            });
            let seat =
                row.optional("constituency").map(|text| seats.find(text).ok_or_else(|| seats.say_unknown(text, row.place(), faults)));
            if postcode.is_none() && seat.is_none() {
                faults.error("site-nowhere", row.place(), "the site has neither a postcode nor a constituency", "fill in one of the two");
            }
            if let Some((what, fix)) = name.and_then(line_fault) {
                faults.error("unsafe-text", row.place(), format!("the name of the site {what}"), fix);
            }
            let (Some(name), Some(from)) = (name, from) else { continue };
            let (Ok(until), Ok(postcode), Ok(seat)) = (until.transpose(), postcode.transpose(), seat.transpose()) else { continue };
            if until.is_some_and(|until| until <= from) {
                faults.error(
                    "period-backwards",
                    row.place(),
                    "the row ends on or before the day it begins",
                    "`until` is the first day after it",
                );
                continue;
            }
            sites.push(Site { name: name.to_owned(), postcode, seat, from, until, place: row.place().clone() });
        }
        sites.sort_by(|a, b| (&a.name, a.from).cmp(&(&b.name, b.from)));
        for pair in sites.windows(2) {
            if pair[0].name == pair[1].name && pair[0].until.is_none_or(|until| until > pair[1].from) {
                faults.error(
                    "site-in-two-places",
                    &pair[1].place,
                    format!("{} stands in two places on {}; the other row is at {}", shown(&pair[1].name), pair[1].from, pair[0].place),
                    format!("let the earlier row end: until {}", pair[1].from),
                );
            }
        }
        Self(sites)
    }

    /// The site of that name on that day.
    ///
    /// # Errors
    /// What is wrong and what would be right.
    pub fn on(&self, name: &str, day: Date) -> Result<&Site, (String, String)> {
        let mut known = false;
        for site in self.0.iter().filter(|site| site.name == name) {
            known = true;
            if site.from <= day && site.until.is_none_or(|until| day < until) {
                return Ok(site);
            }
        }
        if known {
            return Err((format!("the site {} has no row for {day}", shown(name)), "add the row that holds on that day".to_owned()));
        }
        let fix = match nearest_name(name, self.0.iter().map(|site| site.name.as_str())) {
            Some(near) => format!("did you mean {near}?"),
            None if self.0.is_empty() => "give the file of sites with --sites".to_owned(),
            None => "add it to the file of sites".to_owned(),
        };
        Err((format!("there is no site “{}”", shown(name)), fix))
    }

    /// Every row.
    pub fn all(&self) -> &[Site] {
        &self.0
    }

    /// Spec K4: the constituency of a site on a day: the one its row names, else that of its postcode. When both are known and
    /// differ, neither is taken.
    ///
    /// # Errors
    /// What is wrong and what would be right.
    pub fn seat_on(&self, name: &str, day: Date, postcodes: &Postcodes, seats: &Seats) -> Result<SeatId, (String, String)> {
        let site = self.on(name, day)?;
        let by_postcode = site.postcode.and_then(|postcode| postcodes.on(postcode, day));
        match (site.seat, by_postcode) {
            (Some(named), Some(found)) if named != found => Err((
                format!("{}: the sites file says {}, the postcode file {}", shown(name), seats.seat(named).name, seats.seat(found).name),
                "correct one of the two".to_owned(),
            )),
            (Some(seat), _) | (None, Some(seat)) => Ok(seat),
            (None, None) => Err((
                format!("the postcode of {} is in no constituency that is known on {day}", shown(name)),
                "give a file of postcodes with --postcodes, or fill in the constituency".to_owned(),
            )),
        }
    }
}
