//! `whitley deliver replace` and `not-voted`: what needs the public board.

use std::path::PathBuf;

use clap::Args;
use deliver::board::Board;
use deliver::{Answer, Kind, post, replace, silent};
use jiff::Timestamp;
use serde_json::json;

use super::{Done, LedgerFile, read, read_letters};
use crate::answer::Outcome;

/// Arguments of `whitley deliver replace`.
#[derive(Args)]
pub(crate) struct Replace {
    /// Number of the lost pack
    pack: String,
    #[command(flatten)]
    ledger: LedgerFile,
    /// The letters file of the pack's unit
    #[arg(long, required = true, num_args = 1..)]
    letters: Vec<PathBuf>,
    /// The unit's spare packs
    #[arg(long, required = true, num_args = 1..)]
    spares: Vec<PathBuf>,
    /// The unit's board, downloaded just now, with its companion beside it: a code that has a vote is not replaced
    #[arg(long, value_name = "FILE.bel")]
    archive: PathBuf,
    /// Folder for the new letters file, one row (mode 0600)
    #[arg(long)]
    out: PathBuf,
}

impl Replace {
    pub(super) fn run(self) -> Answer<Done> {
        let letters = read_letters(&self.letters, Kind::Members)?;
        let spares = read_letters(&self.spares, Kind::Spares)?;
        let board = Board::read(&self.archive)?;
        let mut ledger = self.ledger.open()?;
        let done = replace::replace(&mut ledger, &self.pack, &letters, &spares, &board, Timestamp::now())?;
        let path = self.out.join(format!("{}.letters.csv", done.new));
        post::write(&path, done.row.as_bytes())?;
        let first = if done.already {
            format!("Pack {} is replaced already, by {}; nothing was recorded.", self.pack, done.new)
        } else {
            format!("Pack {} is void; {} takes its place.", self.pack, done.new)
        };
        let text = format!(
            "{first}\nold public credential: {}\nnew public credential: {}\nThe new letter's row: {} (secret).\n\
             next: the officer runs  whitley vote replace {} --old {} --new {} --reason lost --key officer.key --out LINE.json\n\
             the new code may vote once that line, signed by officer and scrutineer too, is on the board\n\
             next: whitley deliver letters {} … or whitley deliver email {} …\n",
            done.old_public,
            done.new_public,
            path.display(),
            self.archive.display(),
            done.old_public,
            done.new_public,
            path.display(),
            path.display(),
        );
        let json = json!({
            "pack": self.pack,
            "new": done.new,
            "old_public": done.old_public,
            "new_public": done.new_public,
            "letters": path.display().to_string(),
            "already": done.already,
        });
        Ok(Done { outcome: if done.already { Outcome::No } else { Outcome::Yes }, text, json })
    }
}

/// Arguments of `whitley deliver not-voted`.
#[derive(Args)]
pub(crate) struct NotVoted {
    /// The boards of all units, each with its companion beside it
    #[arg(long = "archive", required = true, num_args = 1.., value_name = "FILE.bel")]
    archives: Vec<PathBuf>,
    /// The scrutineer's secret list of packs and public credentials
    #[arg(long)]
    packs: PathBuf,
    /// The list to write: unit and pack, no credential (mode 0600)
    #[arg(long)]
    out: PathBuf,
}

impl NotVoted {
    pub(super) fn run(self) -> Answer<Done> {
        let packs = silent::read_packs(&self.packs.to_string_lossy(), &read(&self.packs)?)?;
        let boards = self.archives.iter().map(|path| Board::read(path)).collect::<Answer<Vec<_>>>()?;
        let found = silent::not_voted(&boards, &packs);
        let mut list = String::from("unit,pack\n");
        for (unit, pack) in &found.packs {
            list.push_str(&format!("{unit},{pack}\n"));
        }
        post::write(&self.out, list.as_bytes())?;
        let mut text = format!(
            "{} packs have no vote, {} have one, {} may not vote (void, replaced, unused spares).\nThe list is in {}, by number, for the authority.\n",
            found.packs.len(),
            found.voted,
            found.without_right,
            self.out.display()
        );
        for (unit, count) in &found.not_looked_at {
            text.push_str(&format!("{count} packs of {unit} were not looked at: their board was not given\n"));
        }
        text.push_str("next: the authority runs  whitley deliver remind\n");
        let json = json!({
            "not_voted": found.packs.len(),
            "voted": found.voted,
            "without_right": found.without_right,
            "not_looked_at": found.not_looked_at,
            "out": self.out.display().to_string(),
        });
        let outcome = if found.not_looked_at.is_empty() { Outcome::Yes } else { Outcome::CouldNotCheck };
        Ok(Done { outcome, text, json })
    }
}
