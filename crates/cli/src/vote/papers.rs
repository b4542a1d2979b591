//! `whitley vote sign-paper` and `check-paper`: a printed paper with its maker's signature beside it.

use std::path::PathBuf;

use clap::Args;
use poll::{KeyFile, Poll, ROLES, Replace, paper};
use serde_json::json;

use super::files::{Readers, poll_folder, read, write};
use super::{Done, Refusal};

/// Arguments of `whitley vote sign-paper`.
#[derive(Args)]
pub(crate) struct SignPaper {
    /// The paper, such as scrutineer-report.pdf; it is not changed
    paper: PathBuf,
    /// Your key file
    #[arg(long)]
    key: PathBuf,
    /// The file of the signature (default: PAPER.signature.json)
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Arguments of `whitley vote check-paper`.
#[derive(Args)]
pub(crate) struct CheckPaper {
    /// The paper
    paper: PathBuf,
    /// The file of the signature (default: PAPER.signature.json)
    #[arg(long)]
    signature: Option<PathBuf>,
    /// The poll folder, whose roles are known: where poll.json is
    #[arg(long)]
    poll: PathBuf,
}

fn beside(paper: &std::path::Path) -> PathBuf {
    let mut name = paper.as_os_str().to_owned();
    name.push(".signature.json");
    PathBuf::from(name)
}

impl SignPaper {
    pub(crate) fn run(self) -> Result<Done, Refusal> {
        let key = KeyFile::of_role(&self.key, &ROLES)?;
        let bytes = read(&self.paper)?;
        let name = self.paper.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let out = self.out.unwrap_or_else(|| beside(&self.paper));
        write(&out, paper::sign(&bytes, &name, &key).as_bytes(), Readers::Everybody, Replace::Yes)?;
        let sha256 = vote::Hash::of(&bytes).hex();
        let text = format!("{name} (SHA-256 {sha256}) is signed by the {}: {}\n", key.role, out.display());
        Ok(Done::new(text, json!({ "file": name, "sha256": sha256, "role": key.role, "signature": out.display().to_string() })))
    }
}

impl CheckPaper {
    pub(crate) fn run(self) -> Result<Done, Refusal> {
        let (_, poll) = poll_folder(&self.poll)?;
        let file = self.signature.unwrap_or_else(|| beside(&self.paper));
        let key = paper::signer(&read(&self.paper)?, &read(&file)?, &file.display().to_string())?;
        let Some(role) = role_of(&poll, key.as_str()) else {
            return Err(Refusal::no(format!(
                "{} is signed by the key {}, which has no role in this poll",
                self.paper.display(),
                key.as_str()
            )));
        };
        let text = format!("{} is signed by the {role} of “{}”, and was not changed since.\n", self.paper.display(), poll.title);
        Ok(Done::new(text, json!({ "role": role, "key": key.as_str() })))
    }
}

fn role_of(poll: &Poll, key: &str) -> Option<String> {
    let roles = &poll.roles;
    let named = [("officer", &roles.officer), ("scrutineer", &roles.scrutineer), ("credential authority", &roles.authority)];
    let trustees = (1..).zip(&roles.trustees).map(|(number, known)| (format!("trustee {number}"), known));
    let mut all = named.into_iter().map(|(role, known)| (role.to_owned(), known)).chain(trustees);
    all.find(|(_, known)| known.as_str() == key).map(|(role, _)| role)
}
