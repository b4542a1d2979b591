//! `whitley mp find`: who sits for a place on a day.

use clap::{Args, Subcommand};
use dated::{Date, Faults, Place, long_date};
use serde_json::json;
use workspace::places::Whose;

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
        let whose = match (&self.postcode, &self.site, &self.constituency) {
            (Some(postcode), ..) => Whose::Postcode(postcode),
            (_, Some(site), _) => Whose::Site(site),
            (.., name) => Whose::Constituency(name.as_deref().unwrap_or_default()),
        };
        let found = read.find(whose, self.on, &asked, &faults);
        let faults = faults.into_sorted();
        let (Some(found), true) = (found, faults.is_empty()) else { return Err(answer::refuse(&faults, as_json)) };
        let (constituency, sitting) = (found.seat, &found.sitting);
        let periods = || found.history.iter().map(|(from, until, name)| (from.to_string(), until.map(|until| until.to_string()), *name));
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
            let label = if found.label.is_empty() { String::new() } else { format!("{} is in ", found.label) };
            let mut text = format!("On {}: {label}{}\n", long_date(self.on), found.place());
            match sitting {
                Ok(sitting) => {
                    let party = if sitting.party.is_empty() { String::new() } else { format!(" ({})", sitting.party) };
                    text.push_str(&format!("  {}{party}, {}\n", sitting.name.as_deref().unwrap_or_default(), sitting.note));
                }
                Err(why) => text.push_str(&format!("  {why}\n    fix: {}\n", why.fix())),
            }
            if found.history.len() > 1 {
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
