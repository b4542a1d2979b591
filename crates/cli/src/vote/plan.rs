//! `whitley vote setup`: the officer's plan becomes the fixed poll.

use std::path::PathBuf;

use clap::Args;
use poll::{Folder, Poll, System, plan};
use serde_json::{Value, json};
use vote::Randomness;

use super::files;
use super::{Done, Refusal};

/// Arguments of `whitley vote setup`.
#[derive(Args)]
pub(crate) struct Setup {
    /// The plan, TOML; docs/vote-a-poll.sh has an example
    plan: PathBuf,
    /// The poll folder to make
    #[arg(long)]
    out: PathBuf,
}

impl Setup {
    pub(crate) fn run(self) -> Result<Done, Refusal> {
        let text = files::read_text(&self.plan)?;
        let mut source = System;
        let (poll, bytes) = plan::fix(&text, &self.plan.display().to_string(), &mut Randomness::new(&mut source))?;
        Poll::begin(&mut Folder(self.out.clone()), &bytes)?;
        let text = format!(
            "Fixed {} with {} units in {}.\nCompare the role keys in it with their holders over another channel.\nnext: every trustee runs  whitley vote ceremony {} --key THEIR.key\n",
            poll.title,
            poll.units.len(),
            self.out.display(),
            self.out.display()
        );
        let units: Vec<Value> = poll.units.iter().map(|unit| json!({ "id": unit.id, "uuid": unit.uuid.as_str() })).collect();
        Ok(Done::new(text, json!({ "folder": self.out.display().to_string(), "ceremony": poll.ceremony, "units": units })))
    }
}
