//! `whitley roll make`.

use std::path::PathBuf;

use clap::Args;
use dispute::roll::{Recipe, make};
use serde_json::json;

use super::{Done, Stop, write};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley roll make`.
#[derive(Args)]
pub(crate) struct Make {
    /// How many members
    #[arg(long)]
    members: u32,
    /// How many employers
    #[arg(long)]
    employers: u32,
    /// The same seed gives the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for members.csv, employers.csv and answers.csv
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

impl Make {
    pub(super) fn run(self, as_json: bool) -> Done {
        let files = ["members.csv", "employers.csv", "answers.csv"].map(|name| self.out.join(name));
        // All before any.
        if let Some(there) = files.iter().find(|path| path.exists()) {
            return Err(Stop::Input(format!("{} is already there; nothing was written", there.display())));
        }
        let made = make(Recipe { members: self.members, employers: self.employers, seed: self.seed }).map_err(Stop::Input)?;
        for (path, text) in files.iter().zip([&made.members, &made.employers, &made.answers()]) {
            write(path, text.as_bytes(), false)?;
        }
        if as_json {
            answer::print_json(&json!({
                "synthetic": made.label, "members": self.members, "employers": self.employers, "seed": self.seed,
                "faults": made.seeded.len(), "fault_counts": made.counts(),
                "files": files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
            }));
            return Ok(Outcome::Yes);
        }
        answer::print(&format!("SYNTHETIC: {}\n\n", made.label));
        let mut table = Table::new(&["faults put in", ">"]);
        made.counts().into_iter().for_each(|(code, count)| table.row([code.to_owned(), count.to_string()]));
        answer::print(&table.text());
        let out = self.out.display();
        answer::print(&format!("\nnext: whitley roll check {out}/members.csv --employers {out}/employers.csv\n"));
        Ok(Outcome::Yes)
    }
}
