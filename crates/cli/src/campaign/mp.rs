//! `whitley mp find`: who sits for a place on a day.

use clap::{Args, Subcommand};
use dated::{Date, Faults, Place, long_date};
use dispute::campaign::{Postcode, SeatId};
use serde_json::json;

use super::{PlaceFiles, parse_day};
use crate::answer::{self, Outcome};
use crate::disk;

/// The verbs.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Who sits for a constituency, a postcode or an employer's site on a day
    Find(Find),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Self::Find(command) = self;
        command.run(as_json).unwrap_or_else(|outcome| outcome)
    }
}

/// Arguments of `whitley mp find`.
#[derive(Args)]
#[group(id = "whose", required = true, args = ["postcode", "site", "constituency"])]
pub(crate) struct Find {
    /// A home postcode; needs --postcodes
    #[arg(long, requires = "postcodes")]
    postcode: Option<String>,
    /// An employer's site; needs --sites
    #[arg(long, requires = "sites")]
    site: Option<String>,
    /// The name or the code of a constituency
    #[arg(long)]
    constituency: Option<String>,
    /// The day
    #[arg(long, value_parser = parse_day)]
    on: Date,
    #[command(flatten)]
    files: PlaceFiles,
}

impl Find {
    fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let library = disk::library()?;
        let faults = Faults::new();
        let read = self.files.read(&library.sources, &faults)?;
        let asked = Place::new("command line", 1);
        let mut history = Vec::new();
        let mut label = String::new();
        let mut seat: Option<SeatId> = None;
        if let Some(text) = &self.postcode {
            match Postcode::parse(text) {
                Err(why) => faults.error("not-a-postcode", &asked, format!("“{text}” {}", why.what()), why.fix()),
                Ok(postcode) => {
                    label = postcode.to_string();
                    history = read.postcodes.all(postcode).collect();
                    seat = read.postcodes.on(postcode, self.on);
                    if seat.is_none() {
                        let what = format!("in which constituency {postcode} is on {} is not in the file", self.on);
                        faults.error("postcode-not-known", &asked, what, "add the row that holds on that day");
                    }
                }
            }
        } else if let Some(site) = &self.site {
            label.clone_from(site);
            match read.sites.seat_on(site, self.on, &read.postcodes, &read.seats) {
                Ok(found) => seat = Some(found),
                Err((what, fix)) => faults.error("site-not-known", &asked, what, fix),
            }
        } else if let Some(name) = &self.constituency {
            seat = read.seats.find(name);
            if seat.is_none() {
                read.seats.say_unknown(name, &asked, &faults);
            }
        }
        let faults = faults.into_sorted();
        let (Some(seat), true) = (seat, faults.is_empty()) else { return Err(answer::refuse(&faults, as_json)) };
        let constituency = read.seats.seat(seat);
        let sitting = read.seats.member_on(seat, self.on);
        let periods = || {
            history.iter().map(|(from, until, seat)| {
                let name = &read.seats.seat(*seat).name;
                (from.to_string(), until.map(|until| until.to_string()), name.clone())
            })
        };
        if as_json {
            answer::print_json(&json!({
                "on": self.on.to_string(),
                "constituency": constituency.name,
                "code": constituency.code,
                "region": constituency.region,
                "mp": sitting.as_ref().ok().and_then(|sitting| sitting.name.clone()),
                "party": sitting.as_ref().ok().map(|sitting| sitting.party.clone()),
                "mp_note": sitting.as_ref().ok().map(|sitting| sitting.note.clone()),
                "why_none": sitting.as_ref().err().map(ToString::to_string),
                "postcode_history": periods().map(|(from, until, name)| json!({ "from": from, "until": until, "constituency": name })).collect::<Vec<_>>(),
            }));
        } else {
            let label = if label.is_empty() { String::new() } else { format!("{label} is in ") };
            let code =
                if constituency.code.is_empty() { String::new() } else { format!(" ({}, {})", constituency.code, constituency.region) };
            let mut text = format!("On {}: {label}{}{code}\n", long_date(self.on), constituency.name);
            match &sitting {
                Ok(sitting) => {
                    let party = if sitting.party.is_empty() { String::new() } else { format!(" ({})", sitting.party) };
                    text.push_str(&format!("  {}{party}, {}\n", sitting.name.as_deref().unwrap_or_default(), sitting.note));
                }
                Err(why) => text.push_str(&format!("  {why}\n    fix: {}\n", why.fix())),
            }
            if history.len() > 1 {
                text.push_str("  The postcode by date:\n");
                for (from, until, name) in periods() {
                    let until = until.map_or_else(|| "on".to_owned(), |until| format!("until {until}"));
                    text.push_str(&format!("    from {from} {until}: {name}\n"));
                }
            }
            answer::print(&text);
        }
        Ok(if sitting.is_ok() { Outcome::Yes } else { Outcome::CouldNotCheck })
    }
}
