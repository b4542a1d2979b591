//! `whitley deliver begin`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use deliver::{Answer, Event, Kind, Ledger, Trouble};
use jiff::Timestamp;
use serde_json::json;

use super::{Done, LedgerFile, read_letters};

/// Arguments of `whitley deliver begin`.
#[derive(Args)]
pub(crate) struct Begin {
    /// Letters files of all units, as whitley vote credentials wrote them
    #[arg(required = true)]
    letters: Vec<PathBuf>,
    /// Files of spare packs
    #[arg(long, num_args = 1..)]
    spares: Vec<PathBuf>,
    #[command(flatten)]
    ledger: LedgerFile,
}

impl Begin {
    pub(super) fn run(self) -> Answer<Done> {
        let letters = read_letters(&self.letters, Kind::Members)?;
        let spares = read_letters(&self.spares, Kind::Spares)?;
        if let Some(both) = spares.iter().find(|spare| letters.iter().any(|letter| letter.pack == spare.pack)) {
            return Err(Trouble::at(
                "pack-twice",
                both.place.clone(),
                format!("pack {} is a member's and a spare", both.pack),
                "give the files as whitley vote credentials wrote them",
            ));
        }
        let mut salt = [0; deliver::event::SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|error| Trouble::Ours(format!("there is no randomness: {error}")))?;
        let now = Timestamp::now();
        let mut ledger = Ledger::begin(&self.ledger.ledger, now, salt)?;
        let made = |letter: &deliver::Letter, spare| Event::Made { unit: letter.unit.clone(), spare };
        let all = letters.iter().map(|letter| (letter, false)).chain(spares.iter().map(|spare| (spare, true)));
        ledger.append(now, all.map(|(letter, spare)| (letter.pack.as_str(), made(letter, spare))))?;
        let mut units: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
        for (letter, spare) in letters.iter().map(|letter| (letter, 0)).chain(spares.iter().map(|letter| (letter, 1))) {
            units.entry(&letter.unit).or_default()[spare] += 1;
        }
        let mut text = format!(
            "{} packs and {} spares in {} (secret; keep it, and copy it after each run).\n",
            letters.len(),
            spares.len(),
            self.ledger.ledger.display()
        );
        for (unit, [packs, spares]) in &units {
            text.push_str(&format!("  {unit}: {packs} packs, {spares} spares\n"));
        }
        text.push_str("next: whitley deliver email, or whitley deliver letters\n");
        let units: Vec<_> = units.iter().map(|(unit, [packs, spares])| json!({ "unit": unit, "packs": packs, "spares": spares })).collect();
        Ok(Done::new(
            text,
            json!({ "ledger": self.ledger.ledger.display().to_string(), "packs": letters.len(), "spares": spares.len(), "units": units }),
        ))
    }
}
