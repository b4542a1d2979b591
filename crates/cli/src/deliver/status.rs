//! `whitley deliver bounces`, `returned`, `void` and `status`.

use std::path::PathBuf;

use clap::Args;
use deliver::bounce::{Marked, mark};
use deliver::summary::{Counts, counted, counts, public, signed};
use deliver::{Answer, Event, State, Step, Trouble, post};
use jiff::Timestamp;
use serde_json::json;

use super::{Done, LedgerFile, read};
use crate::answer::{Outcome, Table};

/// Arguments of `whitley deliver bounces`.
#[derive(Args)]
pub(crate) struct Bounces {
    /// Reports of undelivered mail: .eml files, or mbox
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    ledger: LedgerFile,
}

impl Bounces {
    pub(super) fn run(self) -> Answer<Done> {
        let mut ledger = self.ledger.open()?;
        let mut marked = Marked::default();
        for path in &self.files {
            mark(&mut ledger, &path.to_string_lossy(), &read(path)?, Timestamp::now(), &mut marked)?;
        }
        let mut text = format!("{} packs bounced{}\n", marked.bounced.len(), listed(&marked.bounced));
        for (pack, stands) in &marked.already {
            text.push_str(&format!("  {pack}: nothing recorded, it is {stands}\n"));
        }
        if !marked.reminders.is_empty() {
            text.push_str(&format!("{} reminders did not arrive{}\n", marked.reminders.len(), listed(&marked.reminders)));
        }
        if marked.harmless > 0 {
            text.push_str(&format!("{} delays and receipts: nothing to do.\n", marked.harmless));
        }
        for (place, why) in &marked.unknown {
            text.push_str(&format!("  {place}: {why}\n"));
        }
        if !marked.bounced.is_empty() {
            text.push_str("next: whitley deliver letters prints them for the post\n");
        }
        let pairs =
            |list: &[(String, String)], names: [&str; 2]| list.iter().map(|(a, b)| json!({ names[0]: a, names[1]: b })).collect::<Vec<_>>();
        let json = json!({
            "bounced": marked.bounced,
            "already": pairs(&marked.already, ["pack", "state"]),
            "reminders": marked.reminders,
            "harmless": marked.harmless,
            "unknown": pairs(&marked.unknown, ["place", "why"]),
        });
        let outcome = if marked.unknown.is_empty() { Outcome::Yes } else { Outcome::CouldNotCheck };
        Ok(Done { outcome, text, json })
    }
}

fn listed(packs: &[String]) -> String {
    if packs.is_empty() { ".".to_owned() } else { format!(": {}", packs.join(" ")) }
}

/// Arguments of `whitley deliver returned`.
#[derive(Args)]
pub(crate) struct Returned {
    /// Numbers of the packs, as they stand on the envelopes
    #[arg(required = true)]
    packs: Vec<String>,
    /// Why: gone away, refused
    #[arg(long, default_value = "came back")]
    why: String,
    #[command(flatten)]
    ledger: LedgerFile,
}

/// Arguments of `whitley deliver void`.
#[derive(Args)]
pub(crate) struct Void {
    /// Numbers of the packs
    #[arg(required = true)]
    packs: Vec<String>,
    /// Why, without naming the member
    #[arg(long)]
    why: String,
    #[command(flatten)]
    ledger: LedgerFile,
}

impl Returned {
    pub(super) fn run(self) -> Answer<Done> {
        record(&self.ledger, &self.packs, Step::Returned, &|| Event::Returned { why: plain(&self.why) })
    }
}

impl Void {
    pub(super) fn run(self) -> Answer<Done> {
        record(&self.ledger, &self.packs, Step::Void, &|| Event::Void { why: plain(&self.why) })
    }
}

fn plain(why: &str) -> String {
    deliver::Reply::new(why).as_str().to_owned()
}

/// All or none: a wrong number among many stops the line before anything is recorded.
fn record(file: &LedgerFile, packs: &[String], step: Step, event: &dyn Fn() -> Event) -> Answer<Done> {
    let mut ledger = file.open()?;
    let mut packs = packs.to_vec();
    packs.sort();
    packs.dedup();
    let mut faults = Vec::new();
    for pack in &packs {
        match ledger.demand(pack) {
            Err(Trouble::Faults(more)) => faults.extend(more),
            Err(other) => return Err(other),
            Ok(_) => {}
        }
    }
    if !faults.is_empty() {
        return Err(Trouble::Faults(faults));
    }
    if let Some(pack) = packs.iter().find(|pack| !ledger.allows(pack, step)) {
        let stands = ledger.get(pack).map_or("not in the ledger", |standing| standing.state.words());
        return Err(Trouble::No(format!("pack {pack} is {stands}, so “{}” cannot follow; nothing was recorded", step.word())));
    }
    ledger.append(Timestamp::now(), packs.iter().map(|pack| (pack.as_str(), event())))?;
    Ok(Done::new(format!("{} recorded as {}.\n", packs.len(), step.word()), json!({ "recorded": packs, "event": step.word() })))
}

/// Arguments of `whitley deliver status`.
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    ledger: LedgerFile,
    /// The summary to be published: counts, and the ledger's last hash; no pack and no person in it
    #[arg(long)]
    public: bool,
    /// Sign the public summary with the authority's key file
    #[arg(long, requires = "public")]
    key: Option<PathBuf>,
    /// Write the public summary to this file
    #[arg(long, requires = "public")]
    out: Option<PathBuf>,
}

impl Status {
    pub(super) fn run(self) -> Answer<Done> {
        let ledger = self.ledger.read()?;
        if self.public {
            let mut summary = public(&ledger, Timestamp::now());
            if let Some(path) = &self.key {
                let key = poll::KeyFile::of_role(path, &["authority"]).map_err(|why| {
                    Trouble::input("not-the-key", &path.to_string_lossy(), why.to_string(), "give the authority's key file")
                })?;
                summary = signed(&summary, &key);
            }
            let mut text = format!("{summary:#}\n");
            if let Some(out) = &self.out {
                post::write(out, text.as_bytes())?;
                text = format!("The summary is in {}.\n", out.display());
            }
            return Ok(Done::new(text, summary));
        }
        let (units, all) = counts(&ledger);
        let mut table = Table::new(&[
            "unit",
            ">issued",
            ">not sent",
            ">queued",
            ">perhaps sent",
            ">by post",
            ">by e-mail",
            ">bounced",
            ">returned",
            ">replaced",
            ">void",
            ">spares",
            ">reminded",
        ]);
        let mut row = |name: &str, c: &Counts| {
            let numbers = [
                c.issued,
                c.not_sent,
                c.queued,
                c.perhaps_sent,
                c.by_post,
                c.by_email,
                c.bounced,
                c.returned,
                c.replaced,
                c.void,
                c.unused_spares,
                c.reminded,
            ];
            table.row(std::iter::once(name.to_owned()).chain(numbers.map(|number| number.to_string())));
        };
        units.iter().for_each(|(unit, counts)| row(unit, counts));
        row("all", &all);
        let perhaps: Vec<&str> =
            ledger.packs().filter(|(_, standing)| standing.state == State::PerhapsSent).map(|(pack, _)| pack).collect();
        let mut text = table.text();
        if !perhaps.is_empty() {
            text.push_str(&format!("perhaps sent: {}\n", perhaps.join(" ")));
        }
        let mut json = counted(&ledger);
        json["perhaps_sent"] = perhaps.into();
        Ok(Done::new(text, json))
    }
}
