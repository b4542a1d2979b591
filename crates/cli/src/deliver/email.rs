//! `whitley deliver email` and `remind`.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use deliver::facts::Facts;
use deliver::mail::{Sender, text};
use deliver::send::{Manner, Outcome as Sent, Plan, plan, plan_reminders, send};
use deliver::smtp::Server;
use deliver::{Answer, Ledger, Purpose, Trouble, silent};
use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Done, PackArguments, held_json, held_text, read};
use crate::answer::Outcome;

/// The mail server, and how to send.
#[derive(Args)]
struct Mailing {
    /// The mail server: smtp://HOST:PORT (encrypted by STARTTLS unless it is this machine) or smtps://HOST:PORT
    #[arg(long)]
    smtp: String,
    /// The user at the mail server
    #[arg(long)]
    user: Option<String>,
    /// File with the password; else the variable WHITLEY_SMTP_PASSWORD
    #[arg(long, requires = "user")]
    password_file: Option<PathBuf>,
    /// A certificate to trust besides the public ones, PEM; with it this machine's server must encrypt too
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Who writes: an address, or “NAME <ADDRESS>”
    #[arg(long)]
    from: String,
    /// Where reports of undelivered mail go; else to --from
    #[arg(long, value_name = "ADDRESS")]
    bounces_to: Option<String>,
    /// Messages a minute at most, like 60/min
    #[arg(long, value_name = "N/min", value_parser = parse_rate)]
    rate: Option<u32>,
    /// How often a message that the server puts off is tried in one run
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=20))]
    tries: u32,
    /// Seconds before the second try; doubled before each further one
    #[arg(long, default_value_t = 60)]
    wait_seconds: u64,
    /// Show what would be sent, with one message in full but for its code; send and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// Arguments of `whitley deliver email`.
#[derive(Args)]
pub(crate) struct Email {
    /// Letters files
    #[arg(required = true)]
    letters: Vec<PathBuf>,
    #[command(flatten)]
    packs: PackArguments,
    #[command(flatten)]
    mailing: Mailing,
    /// Send this pack again though it was perhaps sent; may be given again
    #[arg(long, value_name = "PACK")]
    resend: Vec<String>,
}

/// Arguments of `whitley deliver remind`.
#[derive(Args)]
pub(crate) struct Remind {
    /// The scrutineer's list: CSV with a column pack
    list: PathBuf,
    /// Letters files
    #[arg(long, required = true, num_args = 1..)]
    letters: Vec<PathBuf>,
    #[command(flatten)]
    packs: PackArguments,
    #[command(flatten)]
    mailing: Mailing,
}

fn parse_rate(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text);
    number.parse().ok().filter(|rate| (1..=100_000).contains(rate)).ok_or_else(|| format!("“{text}” is no rate; write it like 60/min"))
}

impl Email {
    pub(super) fn run(self, as_json: bool) -> Answer<Done> {
        let work = self.packs.work.domains()?;
        let sending = self.mailing.prepare()?;
        let (facts, letters) = self.packs.letters(&self.letters)?;
        let mut ledger = self.mailing.ledger(&self.packs)?;
        for pack in &self.resend {
            ledger.demand(pack)?;
        }
        let plan = plan(&letters, &ledger, &work, &self.resend);
        self.mailing.go(plan, Purpose::Credential, &facts, &sending, &mut ledger, as_json)
    }
}

impl Remind {
    pub(super) fn run(self, as_json: bool) -> Answer<Done> {
        let work = self.packs.work.domains()?;
        let sending = self.mailing.prepare()?;
        let list = silent::read_list(&self.list.to_string_lossy(), &read(&self.list)?)?;
        let (facts, letters) = self.packs.letters(&self.letters)?;
        let mut ledger = self.mailing.ledger(&self.packs)?;
        let now = Timestamp::now();
        if now >= facts.closes_at {
            return Err(Trouble::No(format!("voting closed at {}; if it was extended, give --closes-at", facts.closes_at)));
        }
        let plan = plan_reminders(&list, &letters, &ledger, &work, now);
        self.mailing.go(plan, Purpose::Reminder, &facts, &sending, &mut ledger, as_json)
    }
}

struct Sending {
    server: Server,
    sender: Sender,
}

impl Mailing {
    /// To look at, where nothing is sent; else to go on with.
    fn ledger(&self, packs: &PackArguments) -> Answer<Ledger> {
        if self.dry_run { packs.ledger.read() } else { packs.ledger.open() }
    }

    fn prepare(&self) -> Answer<Sending> {
        let password = match (&self.user, &self.password_file) {
            (None, _) => None,
            (Some(_), Some(path)) => {
                let text =
                    Zeroizing::new(String::from_utf8(read(path)?).map_err(|_| {
                        Trouble::input("not-text", &path.to_string_lossy(), "the password is no text", "write it on one line")
                    })?);
                Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            (Some(_), None) => std::env::var("WHITLEY_SMTP_PASSWORD").ok().map(Zeroizing::new),
        };
        Ok(Sending {
            server: Server::new(&self.smtp, self.user.as_deref(), password, self.ca.is_some())?,
            sender: Sender::new(&self.from, self.bounces_to.as_deref())?,
        })
    }

    fn go(&self, plan: Plan<'_>, purpose: Purpose, facts: &Facts, with: &Sending, ledger: &mut Ledger, as_json: bool) -> Answer<Done> {
        let Plan { jobs, held_back, perhaps_sent, settled, odd_names } = plan;
        let number = jobs.len();
        let mut before = String::new();
        for (state, count) in &settled {
            before.push_str(&format!("{count} {} already.\n", state.words()));
        }
        before.push_str(&held_text("greeted as member, since the name cannot be shown", &odd_names));
        before.push_str(&held_text("held back", &held_back));
        if !perhaps_sent.is_empty() {
            before.push_str(&format!(
                "{} perhaps sent, and not sent again: {}\n  ask the members, or look in the mail server's log; then --resend PACK, or replace the pack\n",
                perhaps_sent.len(),
                perhaps_sent.join(" ")
            ));
        }
        let mut json = json!({
            "held_back": held_json(&held_back),
            "perhaps_sent": perhaps_sent,
            "settled": settled.values().sum::<u64>(),
            "greeted_as_member": held_json(&odd_names),
        });
        if self.dry_run {
            let sample = jobs.first().map(|job| {
                let (subject, body) = text(facts, job.letter, purpose);
                format!("Subject: {subject}\n\n{}", body.replace(job.letter.credential.expose(), "XXXXX-XXXXXX-XXXXX-XXXXXX"))
            });
            json["would_send"] = number.into();
            json["sample"] = sample.clone().into();
            let sample = sample.map(|sample| format!("The first would read:\n\n{sample}")).unwrap_or_default();
            return Ok(Done::new(format!("{before}{number} would be sent; nothing was sent or recorded.\n{sample}"), json));
        }
        let manner = Manner {
            purpose,
            facts,
            sender: &with.sender,
            server: &with.server,
            authority: self.ca.as_deref(),
            per_minute: self.rate,
            tries: self.tries,
            wait: Duration::from_secs(self.wait_seconds),
        };
        let quiet = as_json || !std::io::stderr().is_terminal();
        let mut shown = 0;
        let mut progress = |done: u64, all: u64| {
            // On a terminal one line that is written over; else a line each thousand.
            if !quiet {
                let _ = write!(std::io::stderr(), "\r{done} of {all}");
            } else if done / 1000 > shown || done == all {
                shown = done / 1000;
                complain!("{done} of {all}");
            }
        };
        let sent = send(jobs, &manner, ledger, &Timestamp::now, &mut progress)?;
        if !quiet {
            complain!("");
        }
        Ok(done(&sent, before, json, purpose))
    }
}

fn done(sent: &Sent, before: String, mut json: serde_json::Value, purpose: Purpose) -> Done {
    let what = if purpose == Purpose::Credential { "handed over" } else { "reminders handed over" };
    let mut text = format!("{before}{} {what} to the mail server.\n", sent.handed_over);
    let mut list = |heading: &str, rows: &[(String, String)]| {
        if !rows.is_empty() {
            text.push_str(&format!("{} {heading}:\n", rows.len()));
            for (pack, why) in rows {
                text.push_str(&format!("  {pack}: {why}\n"));
            }
        }
    };
    list("refused for good", &sent.bounced);
    let left = if purpose == Purpose::Credential { "left queued; run the same command again" } else { "not sent" };
    list(left, &sent.left);
    if !sent.perhaps_sent.is_empty() {
        text.push_str(&format!(
            "{} perhaps sent: the connection broke after the text had begun, and they are not sent again by themselves: {}\n",
            sent.perhaps_sent.len(),
            sent.perhaps_sent.join(" ")
        ));
    }
    if let Some(why) = &sent.stopped {
        text.push_str(&format!("{why}.\n"));
    }
    let rows = |rows: &[(String, String)]| rows.iter().map(|(pack, why)| json!({ "pack": pack, "why": why })).collect::<Vec<_>>();
    json["handed_over"] = sent.handed_over.into();
    json["bounced"] = rows(&sent.bounced).into();
    json["left"] = rows(&sent.left).into();
    json["perhaps_sent_now"] = sent.perhaps_sent.clone().into();
    json["stopped"] = sent.stopped.clone().into();
    let outcome = if !sent.left.is_empty() || !sent.perhaps_sent.is_empty() {
        Outcome::OurFailure
    } else if !sent.bounced.is_empty() {
        Outcome::No
    } else {
        Outcome::Yes
    };
    Done { outcome, text, json }
}
