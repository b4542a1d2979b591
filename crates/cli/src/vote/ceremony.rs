//! `whitley vote ceremony`: one command for a trustee, which goes as far as the others' files allow.

use std::path::PathBuf;

use clap::Args;
use poll::{KeyFile, Replace, System, ceremony};
use serde_json::json;
use vote::Randomness;

use super::files;
use super::{Done, Refusal};

/// Arguments of `whitley vote ceremony`.
#[derive(Args)]
pub(crate) struct Ceremony {
    /// The poll folder
    poll: PathBuf,
    /// Your key file; it is written anew with what the ceremony gives you
    #[arg(long)]
    key: PathBuf,
}

impl Ceremony {
    pub(crate) fn run(self) -> Result<Done, Refusal> {
        let (mut folder, poll) = files::poll_folder(&self.poll)?;
        let mut key = KeyFile::of_role(&self.key, &["trustee"])?;
        let mut keep = |key: &KeyFile| key.write(&self.key, Replace::Yes);
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let progress = ceremony::go_on(&mut folder, &poll, &mut key, &self.key.display().to_string(), &mut keep, random)?;
        let (own, made) = (progress.own, progress.made);
        let Some(trustees) = progress.trustees else {
            let (what, whom) = progress.waits_for.unwrap_or_default();
            let list: Vec<String> = whom.iter().map(u32::to_string).collect();
            let text = format!(
                "Trustee {own}: {}.\nwaiting for the {what} of trustee {}; then run this again\n",
                if made.is_empty() { "nothing to do yet".to_owned() } else { format!("made the {}", made.join(" and the ")) },
                list.join(", ")
            );
            let json = json!({ "trustee": own, "made": made, "waiting_for": { "what": what, "trustees": whom }, "done": false });
            return Ok(Done::new(text, json));
        };
        let key = trustees.key().encode().to_string();
        let text = format!(
            "Trustee {own}: the ceremony is done{}.\nelection key: {key}\nCompare it with the other trustees over another channel.\nnext: the credential authority runs  whitley vote credentials\n",
            if made.is_empty() { String::new() } else { format!(" (made the {})", made.join(" and the ")) },
        );
        let json = json!({ "trustee": own, "made": made, "done": true, "election_key": key, "trustees": trustees.hash().hex() });
        Ok(Done::new(text, json))
    }
}
