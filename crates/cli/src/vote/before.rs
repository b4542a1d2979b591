//! Before the voting: `whitley vote key`, `sign-in`, `credentials`, `open`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use poll::credentials::{self, Roll, Spare};
use poll::{Files as _, KeyFile, ROLES, Replace, System, ceremony, opening, sign_in};
use serde_json::json;
use vote::Randomness;

use super::files::{self, Readers};
use super::{Done, Refusal};

type Answer<T> = std::result::Result<T, Refusal>;

/// Who holds a key.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Sets up and signs
    Officer,
    /// The independent person who signs with the officer
    Scrutineer,
    /// Makes the credentials
    Authority,
    /// Holds a part of the key to the count
    Trustee,
    /// Works on disputes in the browser; has no part in a poll
    Negotiator,
}

/// Arguments of `whitley vote key`.
#[derive(Args)]
pub(crate) struct Key {
    /// Your role
    role: Role,
    /// Your secret key file (mode 0600)
    #[arg(long)]
    out: PathBuf,
}

impl Key {
    pub(crate) fn run(self) -> Answer<Done> {
        let role = match self.role {
            Role::Officer => "officer",
            Role::Scrutineer => "scrutineer",
            Role::Authority => "authority",
            Role::Trustee => "trustee",
            Role::Negotiator => "negotiator",
        };
        let mut source = System;
        let key = KeyFile::random(role, &mut Randomness::new(&mut source))?;
        key.write(&self.out, Replace::No)?;
        let public = key.signing.public();
        let whom = match self.role {
            Role::Negotiator => "Give the public key to whoever starts the service: whitley serve --disputes DIR --negotiator KEY",
            _ => "Give the public key to the officer, for the plan.",
        };
        let text = format!(
            "Secret key of the {role}: {} (keep it; make a copy on another medium)\npublic key: {}\n{whom}\n",
            self.out.display(),
            public.as_str()
        );
        Ok(Done::new(text, json!({ "role": role, "file": self.out.display().to_string(), "public": public.as_str() })))
    }
}

/// Arguments of `whitley vote sign-in`.
#[derive(Args)]
pub(crate) struct SignIn {
    /// The challenge that the sign-in page shows
    challenge: String,
    /// Your key file
    #[arg(long)]
    key: PathBuf,
}

impl SignIn {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &ROLES)?;
        let challenge = self.challenge.trim();
        let origin = sign_in::origin(challenge)?;
        let answer = sign_in::answer(challenge, &key)?;
        // Standard output has the answer alone, to be piped to the clipboard.
        eprintln!("This signs the {} in to {origin}. If that is not the page you see, do not paste it there.", key.role);
        Ok(Done::new(format!("{answer}\n"), json!({ "role": key.role, "origin": origin, "answer": answer })))
    }
}

/// Arguments of `whitley vote credentials`.
#[derive(Args)]
pub(crate) struct Credentials {
    /// The poll folder
    poll: PathBuf,
    /// The authority's key file
    #[arg(long)]
    key: PathBuf,
    /// The frozen roll: CSV with columns `unit` and `member`, and `weight` if votes are weighted; others go to the letters as they are
    #[arg(long)]
    roll: PathBuf,
    /// Folder for the voters' secret credentials, one file a unit, and for packs.csv, which goes to the scrutineer alone (mode 0600)
    #[arg(long)]
    letters: PathBuf,
    /// Spare credentials for letters that get lost: so many for each unit, or a share of its members, as 1%
    #[arg(long, default_value = "0", value_name = "N|N%")]
    spare: String,
}

impl Credentials {
    pub(crate) fn run(self) -> Answer<Done> {
        let (mut folder, poll) = files::poll_folder(&self.poll)?;
        let key = KeyFile::of_role(&self.key, &["authority"])?;
        if key.signing.public() != poll.roles.authority {
            return Err(Refusal::input(format!("{} is not the key of this poll's authority", self.key.display())));
        }
        let ceremony = ceremony::finished(&folder, &poll)?;
        let roll = Roll::read(&files::read(&self.roll)?, &self.roll.display().to_string(), &poll)?;
        let spare = Spare::parse(&self.spare)?;
        // All before any: a unit without members, or files that are there already.
        credentials::demand_ready(&folder, &poll, &roll, spare)?;
        let names = credentials::secret_names(&poll, &roll, spare);
        if let Some(path) = names.iter().map(|name| self.letters.join(name)).find(|path| path.exists()) {
            return Err(Refusal::input(format!("{} is already there; nothing was written", path.display())));
        }
        let mut source = System;
        let prepared = credentials::prepare(&poll, &ceremony, &key, &roll, spare, &mut Randomness::new(&mut source))?;
        // The secrets first: public lists whose letters are lost could never be used.
        for (at, secret) in prepared.secrets.iter().enumerate() {
            let written = files::write(&self.letters.join(&secret.name), secret.text.as_bytes(), Readers::Owner, Replace::No);
            if written.is_err() {
                // Ours alone, made a moment ago; if even this fails there is nothing more to do.
                prepared.secrets[..at].iter().for_each(|secret| drop(std::fs::remove_file(self.letters.join(&secret.name))));
            }
            written?;
        }
        prepared.publish(&mut folder)?;
        let packs = self.letters.join(credentials::PACKS);
        let mut units = Vec::new();
        let mut text = format!("Credentials for {} units; letters in {} (secret).\n", prepared.units.len(), self.letters.display());
        for unit in &prepared.units {
            let spares = if unit.spares > 0 { format!(" and {} spare", unit.spares) } else { String::new() };
            text.push_str(&format!(
                "  \"{}\": {} entitled{spares}, fingerprint of the public list \"{}\"\n",
                unit.id, unit.entitled, unit.fingerprint
            ));
            let letters = self.letters.join(format!("{}.letters.csv", unit.id));
            units.push(json!({
                "id": unit.id, "entitled": unit.entitled, "spares": unit.spares, "fingerprint": unit.fingerprint,
                "letters": letters.display().to_string(),
            }));
        }
        text.push_str(&format!(
            "For the scrutineer alone, over a safe channel: {} (which public credential is in which pack; no names).\n",
            packs.display()
        ));
        text.push_str(&format!(
            "Keep the fingerprints and compare them when the archives are out.\nnext: the officer runs  whitley vote open {} --key officer.key\n",
            self.poll.display()
        ));
        Ok(Done::new(text, json!({ "units": units, "packs": packs.display().to_string() })))
    }
}

/// Arguments of `whitley vote open`.
#[derive(Args)]
pub(crate) struct Open {
    /// The poll folder
    poll: PathBuf,
    /// The key file of the officer or the scrutineer
    #[arg(long)]
    key: PathBuf,
    /// Take this as the time now, in a rehearsal
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Open {
    pub(crate) fn run(self) -> Answer<Done> {
        let (mut folder, poll) = files::poll_folder(&self.poll)?;
        let key = KeyFile::of_role(&self.key, &["officer", "scrutineer"])?;
        opening::demand_signer(&poll, &key, &self.key.display().to_string())?;
        let now = files::now(self.at.as_deref())?;
        let ceremony = ceremony::finished(&folder, &poll)?;
        let (mut opened, mut waiting) = (Vec::new(), Vec::new());
        for unit in &poll.units {
            if folder.has(&unit.archive())? {
                continue;
            }
            let due = opening::due(&folder, &poll, &ceremony, unit)?;
            let Some(begun) = opening::sign(&mut folder, &poll, &due, unit, &key)? else {
                waiting.push(unit.id.clone());
                continue;
            };
            let seconds = u64::try_from(now.as_second()).map_err(|_| Refusal::input("the clock is before 1970"))?;
            let (_, archive) = begun.archive(seconds)?;
            let (_, companion) = begun.companion()?;
            // The archive last: it is what says that this unit is open.
            folder.put(&unit.companion(), companion.as_bytes(), Replace::Yes)?;
            folder.put(&unit.archive(), &archive, Replace::No)?;
            let path = folder.shown(&unit.archive());
            opened.push(json!({ "unit": unit.id, "archive": path, "election": due.election.fingerprint() }));
        }
        let mut text = String::new();
        for unit in &opened {
            text.push_str(&format!("{}: {} (fingerprint {})\n", unit["unit"], unit["archive"], unit["election"]));
        }
        if waiting.is_empty() {
            text.push_str(&format!("All units are ready. Voting opens at {}.\n", poll.opens_at));
        } else {
            let other = if key.role == "officer" { "scrutineer" } else { "officer" };
            text.push_str(&format!(
                "Signed the setup of {} units.\nnext: the {other} runs  whitley vote open {} --key {other}.key\n",
                waiting.len(),
                self.poll.display()
            ));
        }
        Ok(Done::new(text, json!({ "opened": opened, "waiting_for_the_other_signature": waiting })))
    }
}
