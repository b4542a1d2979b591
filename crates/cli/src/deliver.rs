//! `whitley deliver`: packs to members, and the ledger of what became of each. On the authority's own machine, never on the service.
//!
//! Here are only arguments, files, and the clock; what may be done is decided in the crate `deliver`.

mod begin;
mod board;
mod email;
mod post;
mod status;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use deliver::facts::Facts;
use deliver::send::HeldBack;
use deliver::{Answer, Kind, Letter, Trouble, WorkDomains};
use jiff::Timestamp;
use poll::Poll;
use serde_json::{Value, json};

use crate::answer::{self, Done, Outcome, Table};

/// Who runs what, in order.
const STEPS: &str = "\
On the authority's own machine, which the service never reaches:

  authority   whitley deliver begin LETTERS… --ledger LEDGER
  authority   whitley deliver email LETTERS… --ledger LEDGER --poll POLL --origin https://… --smtp … --from … --employers FILE
  authority   whitley deliver bounces REPORTS… --ledger LEDGER
  authority   whitley deliver letters LETTERS… --ledger LEDGER --poll POLL --origin https://… --out DIR
  authority   whitley deliver replace PACK --ledger LEDGER --letters LETTERS… --spares SPARES --archive UUID.bel --out DIR
  scrutineer  whitley deliver not-voted --archive UUID.bel… --packs packs.csv --out LIST.csv
  authority   whitley deliver remind LIST.csv --ledger LEDGER --letters LETTERS… …
  authority   whitley deliver status --ledger LEDGER --public

A pack goes one way. After e-mail, letters prints what is left: no address, work addresses, bounced.
";

/// The verbs.
#[derive(Subcommand)]
#[command(after_help = STEPS)]
pub(crate) enum Verb {
    /// Begin the ledger with the packs of the letters files, once a poll
    Begin(begin::Begin),
    /// Print files for the mailing house, with codes to scan and a manifest
    Letters(post::Letters),
    /// Send the codes to personal e-mail addresses; goes on where it was stopped
    Email(email::Email),
    /// Mark packs by the reports of undelivered mail (.eml or mbox)
    Bounces(status::Bounces),
    /// Record letters that came back
    Returned(status::Returned),
    /// Record packs that are worth nothing any more: a member who left, a paper vote
    Void(status::Void),
    /// Counts by unit; `--public` the summary that is published
    Status(status::Status),
    /// A spare in place of a lost pack
    Replace(board::Replace),
    /// Scrutineer: the packs without a vote on the board, by number
    NotVoted(board::NotVoted),
    /// Remind the packs of a list by e-mail, without the code; never twice a day
    Remind(email::Remind),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let done = match self {
            Self::Begin(command) => command.run(),
            Self::Letters(command) => command.run(),
            Self::Email(command) => command.run(as_json),
            Self::Bounces(command) => command.run(),
            Self::Returned(command) => command.run(),
            Self::Void(command) => command.run(),
            Self::Status(command) => command.run(),
            Self::Replace(command) => command.run(),
            Self::NotVoted(command) => command.run(),
            Self::Remind(command) => command.run(as_json),
        };
        match done {
            Ok(done) => done.say(as_json),
            Err(Trouble::Faults(faults)) => answer::refuse(&faults, as_json),
            Err(trouble @ (Trouble::No(_) | Trouble::Ours(_))) => {
                if as_json {
                    answer::print_json(&json!({ "error": trouble.to_string() }));
                }
                complain!("{trouble}");
                if matches!(trouble, Trouble::No(_)) { Outcome::No } else { Outcome::OurFailure }
            }
        }
    }
}

/// The ledger, which most commands need.
#[derive(Args)]
struct LedgerFile {
    /// The ledger that `whitley deliver begin` made
    #[arg(long, value_name = "LEDGER")]
    ledger: PathBuf,
}

impl LedgerFile {
    /// To go on with.
    fn open(&self) -> Answer<deliver::Ledger> {
        let ledger = deliver::Ledger::open(&self.ledger)?;
        if let Some(cut) = ledger.cut() {
            complain!("{}: {cut}; it was taken away", self.ledger.display());
        }
        Ok(ledger)
    }

    /// To look at.
    fn read(&self) -> Answer<deliver::Ledger> {
        let ledger = deliver::Ledger::read(&self.ledger)?;
        if let Some(cut) = ledger.cut() {
            complain!("{}: {cut}", self.ledger.display());
        }
        Ok(ledger)
    }
}

/// What every paper says.
#[derive(Args)]
struct FactsArguments {
    /// The poll folder, or its poll.json
    #[arg(long)]
    poll: PathBuf,
    /// The service's address, like https://vote.example.org
    #[arg(long)]
    origin: String,
    /// The closing time, if it was extended since the poll was fixed
    #[arg(long, value_name = "TIME")]
    closes_at: Option<Timestamp>,
}

impl FactsArguments {
    fn facts(&self) -> Answer<Facts> {
        let path = if self.poll.is_dir() { self.poll.join(poll::plan::POLL) } else { self.poll.clone() };
        let shown = path.to_string_lossy();
        let fault = |what: String| Trouble::input("not-a-poll", &shown, what, "give the poll folder of whitley vote setup");
        let value = serde_json::from_slice(&read(&path)?).map_err(|_| fault("it is no JSON file".to_owned()))?;
        let mut facts = Facts::new(&Poll::of(&value, &shown).map_err(|why| fault(why.to_string()))?, &self.origin)?;
        if let Some(closes_at) = self.closes_at {
            if closes_at < facts.closes_at {
                return Err(Trouble::input(
                    "closes-earlier",
                    "--closes-at",
                    format!("{closes_at} is before the {} that members were told", facts.closes_at),
                    "voting can only be extended",
                ));
            }
            facts.closes_at = closes_at;
        }
        Ok(facts)
    }
}

/// Which addresses are at work.
#[derive(Args)]
struct WorkArguments {
    /// The employers file, with their e-mail domains in the column work_domains; a code never goes to an employer's mail server
    #[arg(long)]
    employers: Option<PathBuf>,
    /// A domain of an employer; may be given again
    #[arg(long, value_name = "DOMAIN")]
    work_domain: Vec<String>,
    /// Send to work addresses too
    #[arg(long, conflicts_with_all = ["employers", "work_domain"])]
    allow_work: bool,
}

impl WorkArguments {
    fn domains(&self) -> Answer<WorkDomains> {
        let typed = WorkDomains::new(self.work_domain.iter().map(String::as_str));
        let read = match &self.employers {
            Some(path) => WorkDomains::read(&path.to_string_lossy(), &read(path)?)?,
            None => WorkDomains::default(),
        };
        let all = typed.and(&read);
        if all.number() == 0 && !self.allow_work {
            return Err(Trouble::input(
                "work-domains-missing",
                "--employers",
                "without the employers' e-mail domains nobody can tell which addresses are at work",
                "give --employers FILE or --work-domain DOMAIN; --allow-work sends to all",
            ));
        }
        Ok(all)
    }
}

/// What every way of reaching members needs.
#[derive(Args)]
struct PackArguments {
    #[command(flatten)]
    ledger: LedgerFile,
    #[command(flatten)]
    facts: FactsArguments,
    #[command(flatten)]
    work: WorkArguments,
}

impl PackArguments {
    /// What papers say, and the letters, which must be of the same poll.
    fn letters(&self, paths: &[PathBuf]) -> Answer<(Facts, Vec<Letter>)> {
        let facts = self.facts.facts()?;
        let letters = read_letters(paths, Kind::Members)?;
        facts.demand_units(&letters)?;
        Ok((facts, letters))
    }
}

fn read(path: &Path) -> Answer<Vec<u8>> {
    std::fs::read(path).map_err(|error| Trouble::unreadable(path, &error))
}

fn read_letters(paths: &[PathBuf], kind: Kind) -> Answer<Vec<Letter>> {
    let files = paths
        .iter()
        .map(|path| Ok((path.to_string_lossy().into_owned(), zeroize::Zeroizing::new(read(path)?))))
        .collect::<Answer<Vec<_>>>()?;
    deliver::read_letters(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), kind)
}

fn held_json(list: &[HeldBack]) -> Value {
    list.iter().map(|held| json!({ "pack": held.pack, "unit": held.unit, "why": held.why })).collect()
}

/// The packs held back, by reason; each by number while they are few.
fn held_text(heading: &str, list: &[HeldBack]) -> String {
    const MOST: usize = 20;
    if list.is_empty() {
        return String::new();
    }
    let mut text = format!("{} {heading}:\n", list.len());
    let mut table = Table::new(&["why", ">packs", "numbers"]);
    let mut reasons: Vec<&str> = list.iter().map(|held| held.why.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for why in reasons {
        let of: Vec<&str> = list.iter().filter(|held| held.why == why).map(|held| held.pack.as_str()).collect();
        let more = if of.len() > MOST { " … (all with --json)".to_owned() } else { String::new() };
        table.row([why.to_owned(), of.len().to_string(), format!("{}{more}", of[..of.len().min(MOST)].join(" "))]);
    }
    text.push_str(&table.text());
    text
}
