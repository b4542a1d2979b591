//! `whitley rehearse`: a whole dispute with a synthetic membership and real ballots, from the offer to the plan of action.
//!
//! Everybody in it is invented, and every secret comes from the seed: a rehearsal shows that the machinery works and how
//! long it takes. It says nothing about what members would vote.
//!
//! Each stage is asked of the very command that a user would ask, and its answer is a file of the rehearsal. The same arguments give
//! the same bytes, also when the program was stopped in between: it goes on after the last stage and the last unit that were whole.

mod after;
mod ballot;
mod before;
mod contents;
mod folder;
mod invented;
mod keys;
mod people;
mod report;
mod stages;
mod units;

use std::path::PathBuf;

use clap::Args;
use dated::parse_date;
use dispute::{Dispute, Folder, Poll};
use serde_json::{Value, json};
use vote::Hash;

use self::ballot::{Ballots, Counted};
use self::folder::{Held, NotTaken, State};
use self::invented::Ballot;
use self::people::Members;
use self::stages::Stages;
use self::units::{Days, Unit};
use crate::answer::Outcome;
use crate::disk;

/// Arguments of `whitley rehearse`.
#[derive(Args)]
pub(crate) struct Rehearse {
    /// The dispute: a folder, a name under ./disputes, or one of the founding five
    dispute: String,
    /// Invented members entitled to vote, over all units
    #[arg(long, default_value_t = 2_000)]
    voters: u64,
    /// Number of balloting units (default: those of the poll)
    #[arg(long)]
    units: Option<usize>,
    /// Of a hundred members so many vote (default: as in the result of record, or invented)
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=100))]
    turnout: Option<u64>,
    /// Everything random comes from this
    #[arg(long, default_value = "1")]
    seed: String,
    /// Which poll of the dispute (default: its first statutory one)
    #[arg(long)]
    poll: Option<String>,
    /// The day voting opens, whose law judges the result (default: that of record, or four weeks before the close of record)
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    opens: Option<dated::Date>,
    /// Where it all goes (default: out/rehearsal-DISPUTE). A rehearsal that was stopped goes on there
    #[arg(long)]
    out: Option<PathBuf>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is rehearsed.
struct Rehearsal<'a> {
    dispute: &'a Dispute,
    folder: &'a Folder,
    poll: &'a Poll,
    units: &'a [Unit],
    days: Days,
    seed: &'a str,
}

/// What came of it.
struct Done {
    stages: Stages,
    counted: Vec<Counted>,
    /// Units that an earlier run had finished.
    were_there: usize,
}

impl Rehearse {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let opened = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let folder = match disk::find(&self.dispute, as_json) {
            Ok(folder) => folder,
            Err(outcome) => return outcome,
        };
        let dispute = &opened.dispute;
        let asked = units::choose(dispute, self.poll.as_deref()).and_then(|poll| {
            let units = units::share_out(poll, dispute, self.voters, self.units, self.turnout)?;
            if poll.questions.is_empty() {
                return Err(format!("the poll {} asks nothing", poll.id));
            }
            Ok((poll, units))
        });
        let (poll, units) = match asked {
            Ok(asked) => asked,
            Err(why) => {
                complain!("{why}");
                return Outcome::BadInput;
            }
        };
        let days = Days::of(poll, self.opens);
        let rehearsal = Rehearsal { dispute, folder: &folder, poll, units: &units, days, seed: &self.seed };
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from("out").join(format!("rehearsal-{}", dispute.id)));
        let held = match folder::take(&out, &self.arguments(&rehearsal), &rehearsal.label()) {
            Ok(held) => held,
            Err(NotTaken::Others(why)) => {
                complain!("{why}");
                return Outcome::BadInput;
            }
            Err(NotTaken::Ours(failure)) => {
                complain!("the rehearsal failed: {failure}");
                return Outcome::OurFailure;
            }
        };
        match rehearsal.done(&held, &self.arguments(&rehearsal)) {
            Ok(done) => report::report(&rehearsal, &done, &out, &held, as_json),
            Err(failure) => {
                complain!("the rehearsal failed: {failure}\nThe same command goes on after what is whole in {}", out.display());
                Outcome::OurFailure
            }
        }
    }

    /// Everything on which the bytes depend.
    fn arguments(&self, rehearsal: &Rehearsal<'_>) -> Value {
        json!({
            "dispute": rehearsal.dispute.id,
            "dispute_sha256": fingerprint(rehearsal.folder),
            "poll": rehearsal.poll.id,
            "voters": self.voters,
            "units": rehearsal.units.len(),
            "turnout_percent": self.turnout,
            "seed": self.seed,
            "opens_on": rehearsal.days.opens_on.to_string(),
            "papers_as_pdf": cfg!(feature = "print"),
            "whitley": env!("CARGO_PKG_VERSION"),
        })
    }
}

impl Rehearsal<'_> {
    /// The file that says that everything beside it is invented.
    fn label(&self) -> String {
        format!(
            "A rehearsal of the poll “{}” of the dispute {}.\n\nEverybody and everything of the ballot in this folder is invented: members, credentials, votes, keys, calls.\nAll secrets come from the seed “{}” and are known to whoever reads this.\nNothing here says what members voted or would vote.\nindex.html says what each file is.\n",
            self.poll.title, self.dispute.id, self.seed
        )
    }

    /// Runs the stages that are not done yet; of a rehearsal that is whole, reads what came of it.
    fn done(&self, held: &Held, arguments: &Value) -> Result<Done, Failure> {
        if let State::Whole(record) = &held.state {
            let counted: Vec<Counted> = record["units"].as_array().into_iter().flatten().map(Counted::read).collect();
            complain!("{} is there already and whole; nothing was made again", held.path.display());
            return Ok(Done { stages: Stages::of(&record["stages"]), were_there: counted.len(), counted });
        }
        let mut stages = Stages::default();
        let title = format!("{}{}", poll::rehearsal::LABEL, self.poll.title);
        stages.stage("offer", "1. The offer: values and quoted figures", &["dispute", "offer"], |work| {
            invented::copy(self.folder, &invented::place_of_record(self.dispute))?;
            before::offer(self.dispute, work)
        })?;
        stages.stage("decide", "2. Decisions: conference and positions", &["decide"], |work| before::decide(self.dispute, work))?;
        let folders = [people::MEMBERSHIP, people::ROLL, people::NOTICES];
        stages.stage("members", "3. Members: file, check, units, roll, notices", &folders, |work| {
            people::make(self.units, self.days, self.seed, &title, work)
        })?;
        let members = Members::read()?;
        let ballots = Ballots { poll: self.poll, days: self.days, seed: self.seed, members: &members };
        let mut were_there = self.units.len();
        stages.stage("ballot", "4. The ballot: keys, votes, count, verification", &[], |work| {
            were_there = ballots.make(self.units, work)?;
            let what = "archives UUID.bel, each with its companion UUID.companion.jsonl: every ballot, the count and its proof";
            work.note(".", &format!("{} {what}", self.units.len()), None, "");
            work.note(
                "letters/",
                "the letters with the secret voting codes, by unit; in a real poll the authority alone has them",
                None,
                "",
            );
            Ok(())
        })?;
        let counted = ballot::counted(self.units)?;
        let ballot = Ballot { poll: self.poll, days: self.days, units: self.units, counted: &counted };
        stages.stage("law", "5. The law: each result judged", &["law"], |work| after::law(&ballot, work))?;
        stages.stage("action", "6. Mandates and the plan of action", &["rehearsed", "action"], |work| {
            invented::write_dispute(self.dispute, self.folder, &ballot)?;
            after::action(self.dispute, &ballot, work)
        })?;
        stages.stage("certificates", "7. Certificates", &["certificates"], |work| after::certificates(&ballot, work))?;
        stages.stage("campaign", "8. Postcards with each member's own figure", &["campaign"], |work| {
            after::campaign(self.dispute, &ballot, &members, self.seed, work)
        })?;
        stages.stage("papers", "9. Papers of one unit", &["papers"], |work| after::papers(self.dispute, &ballot, work))?;
        let checks = report::checks(&counted, ".");
        let mut summary = report::summary(&counted);
        summary.extend(after::mandates_won()?);
        let head = contents::Head { dispute: &self.dispute.title, poll: &title, seed: self.seed, summary: &summary, checks: &checks };
        contents::write_contents(&head, &stages)?;
        let units: Vec<Value> = counted.iter().map(Counted::json).collect();
        folder::finish(&json!({ "arguments": arguments, "whole": true, "synthetic": true, "stages": stages.json(), "units": units }))?;
        Ok(Done { stages, counted, were_there })
    }
}

/// One fingerprint of all files of a dispute.
fn fingerprint(folder: &Folder) -> String {
    let mut all = String::new();
    for (name, bytes) in &folder.files {
        if let dated::FileBytes::Read(bytes) = bytes {
            all.push_str(&format!("{name}\0{}\n", Hash::of(bytes)));
        }
    }
    Hash::of(all).hex()
}
