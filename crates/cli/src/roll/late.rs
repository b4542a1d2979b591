//! `whitley roll change`, `sign`, `apply`: late changes over the signatures of officer and scrutineer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dated::{Date, parse_date};
use dispute::roll::{Change, ChangeKind, Changes, ROLL_COLUMNS, SIGNERS, SignedChange};
use ed25519_dalek::{Signer as _, SigningKey};
use poll::Poll;
use serde_json::{Value, json};
use vote::companion::{PublicRoleKey, Signature};
use zeroize::Zeroizing;

use super::freeze::frozen;
use super::{Done, Stop, read_text, write};
use crate::answer::{self, Outcome};

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Join,
    Leave,
    Move,
}

/// Arguments of `whitley roll change`.
#[derive(Args)]
pub(crate) struct Make {
    /// The roll folder
    folder: PathBuf,
    /// What happens
    kind: Kind,
    /// Membership number
    #[arg(long)]
    member: String,
    /// A cell of the roll, as in "unit=hospital"; may be said several times
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = parse_cell)]
    set: Vec<(String, String)>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who asked for it
    #[arg(long)]
    by: String,
    /// On which day
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    date: Date,
    /// The file for the change, to be signed
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The poll (folder or poll.json): earlier changes must be signed by its officer and its scrutineer
    #[arg(long, value_name = "POLL")]
    poll: Option<PathBuf>,
}

/// Arguments of `whitley roll sign`.
#[derive(Args)]
pub(crate) struct Sign {
    /// The change
    change: PathBuf,
    /// The key file of the officer or the scrutineer
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Arguments of `whitley roll apply`.
#[derive(Args)]
pub(crate) struct Apply {
    /// The roll folder
    folder: PathBuf,
    /// The signed change
    change: PathBuf,
    /// The officer's public key
    #[arg(long, value_name = "KEY", value_parser = parse_key, required_unless_present = "poll")]
    officer: Option<PublicRoleKey>,
    /// The scrutineer's public key
    #[arg(long, value_name = "KEY", value_parser = parse_key, required_unless_present = "poll")]
    scrutineer: Option<PublicRoleKey>,
    /// The poll (folder or poll.json), whose officer and scrutineer must have signed
    #[arg(long, value_name = "POLL", conflicts_with_all = ["officer", "scrutineer"])]
    poll: Option<PathBuf>,
    /// The day the papers were posted: changes after it need spare credentials
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    posted: Option<Date>,
}

fn parse_cell(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or_else(|| format!("“{text}”: write column and value, as in unit=hospital"))?;
    if !ROLL_COLUMNS.contains(&column) || ["member", "reason"].contains(&column) {
        let known: Vec<&str> = ROLL_COLUMNS.into_iter().filter(|name| !["member", "reason"].contains(name)).collect();
        return Err(format!("“{column}” is no column that can be set; one of {}", known.join(", ")));
    }
    Ok((column.to_owned(), value.to_owned()))
}

fn parse_key(text: &str) -> Result<PublicRoleKey, String> {
    PublicRoleKey::parse(text).ok_or_else(|| "this is not a public key printed by whitley vote key".to_owned())
}

/// Whose signatures count, by role.
pub(super) type Keys = BTreeMap<&'static str, PublicRoleKey>;

/// The keys of a poll's officer and scrutineer.
pub(super) fn keys_of(poll: &Path) -> Result<Keys, Stop> {
    let path = if poll.is_dir() { poll.join(poll::plan::POLL) } else { poll.to_owned() };
    let shown = path.display().to_string();
    let value: Value = serde_json::from_str(&read_text(&path)?).map_err(|_| Stop::Input(format!("{shown} is not a poll")))?;
    let poll = Poll::of(&value, &shown).map_err(|refusal| Stop::Input(refusal.why))?;
    Ok(Keys::from([("officer", poll.roles.officer), ("scrutineer", poll.roles.scrutineer)]))
}

/// The frozen roll with the changes that were applied so far. Their signatures were checked when they were applied and are checked
/// again where keys are given.
pub(super) fn present(folder: &Path, keys: Option<&Keys>) -> Result<(Changes, Value), Stop> {
    let (roll, record) = frozen(folder)?;
    let mut changes = Changes::of(roll);
    let path = folder.join("changes.jsonl");
    if path.is_file() {
        for (number, line) in (1..).zip(read_text(&path)?.lines()) {
            let wrong = |why: &dyn std::fmt::Display| Stop::Input(format!("{}:{number}: {why}", path.display()));
            let change = SignedChange::parse(line).map_err(|why| wrong(&why))?;
            let body = change.change.body();
            let verify = |role: &str, _: &[u8], signature: &str| keys.is_none_or(|keys| verify(keys, role, &body, signature));
            changes.apply(&change, &verify).map_err(|why| wrong(&why))?;
        }
    }
    Ok((changes, record))
}

fn verify(keys: &Keys, role: &str, body: &str, signature: &str) -> bool {
    let found = keys.get(role).zip(Signature::parse(signature));
    found.is_some_and(|(key, signature)| key.signed_roll_change(body, &signature))
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != N * 2 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The one line of a file.
fn read_change(path: &Path) -> Result<SignedChange, Stop> {
    let text = read_text(path)?;
    SignedChange::parse(text.trim_end_matches('\n')).map_err(|why| Stop::Input(format!("{}: {why}", path.display())))
}

impl Make {
    pub(super) fn run(self, as_json: bool) -> Done {
        let keys = self.poll.as_deref().map(keys_of).transpose()?;
        let (changes, _) = present(&self.folder, keys.as_ref())?;
        let change = Change {
            number: changes.next_number(),
            before: changes.hash(),
            kind: match self.kind {
                Kind::Join => ChangeKind::Join,
                Kind::Leave => ChangeKind::Leave,
                Kind::Move => ChangeKind::Move,
            },
            member: self.member,
            cells: self.set,
            reason: self.reason,
            by: self.by,
            date: self.date,
        };
        let change = SignedChange::new(change);
        // What cannot be read back or applied is not given out to be signed.
        let checked = SignedChange::parse(&change.line()).and_then(|_| changes.fits(&change.change));
        checked.map_err(|why| Stop::Input(format!("this change cannot be made: {why}")))?;
        write(&self.out, format!("{}\n", change.line()).as_bytes(), false)?;
        let to_sign: String = change.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        if as_json {
            answer::print_json(
                &json!({ "change": change.change.number, "file": self.out.display().to_string(), "signers": SIGNERS, "to_sign": to_sign }),
            );
            return Ok(Outcome::Yes);
        }
        answer::print(&format!(
            "Change {} ({} {}) is in {}.\nnext: officer and scrutineer each run  whitley roll sign {} --key THEIR.key\n",
            change.change.number,
            change.change.member,
            change.change.kind.word(),
            self.out.display(),
            self.out.display()
        ));
        Ok(Outcome::Yes)
    }
}

impl Sign {
    pub(super) fn run(self, as_json: bool) -> Done {
        let mut change = read_change(&self.change)?;
        let wrong = || Stop::Input(format!("{} is not a key file of whitley vote", self.key.display()));
        let text = Zeroizing::new(read_text(&self.key)?);
        let value: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
        let role = value["role"].as_str().ok_or_else(wrong)?.to_owned();
        if !SIGNERS.contains(&role.as_str()) {
            return Err(Stop::Input(format!(
                "{} is the key of the {role}; a change is signed by {}",
                self.key.display(),
                SIGNERS.join(" and ")
            )));
        }
        let seed = Zeroizing::new(value["signing_seed"].as_str().and_then(unhex::<32>).ok_or_else(wrong)?);
        let signature = SigningKey::from_bytes(&seed).sign(&change.bytes());
        change.sign(&role, signature.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect());
        write(&self.change, format!("{}\n", change.line()).as_bytes(), true)?;
        let missing: Vec<&str> =
            SIGNERS.into_iter().filter(|signer| !change.signatures.iter().any(|(signed, _)| signed == signer)).collect();
        if as_json {
            answer::print_json(&json!({ "signed_by": role, "missing": missing }));
            return Ok(Outcome::Yes);
        }
        answer::print(&format!(
            "Signed as {role}: {} {}, because {}.\n",
            change.change.kind.word(),
            change.change.member,
            change.change.reason
        ));
        answer::print(&match missing.first() {
            Some(missing) => format!("next: the {missing} signs too\n"),
            None => format!("next: whitley roll apply FOLDER {} --poll POLL\n", self.change.display()),
        });
        Ok(Outcome::Yes)
    }
}

impl Apply {
    pub(super) fn run(self, as_json: bool) -> Done {
        let keys = match (&self.poll, self.officer, self.scrutineer) {
            (Some(poll), ..) => keys_of(poll)?,
            (None, Some(officer), Some(scrutineer)) => Keys::from([("officer", officer), ("scrutineer", scrutineer)]),
            (None, ..) => return Err(Stop::Input("say whose signatures count: --poll, or --officer and --scrutineer".to_owned())),
        };
        if keys.get("officer") == keys.get("scrutineer") {
            return Err(Stop::Input("officer and scrutineer have the same key: nobody may hold two roles".to_owned()));
        }
        let (mut changes, _) = present(&self.folder, Some(&keys))?;
        let (roll, _) = frozen(&self.folder)?;
        let change = read_change(&self.change)?;
        let body = change.change.body();
        let verified = |role: &str, _: &[u8], signature: &str| verify(&keys, role, &body, signature);
        if let Err(why) = changes.apply(&change, &verified) {
            if as_json {
                answer::print_json(&json!({ "applied": false, "why": why.to_string() }));
            } else {
                complain!("not applied: {why}");
            }
            return Ok(Outcome::No);
        }
        let path = self.folder.join("changes.jsonl");
        let mut lines = if path.is_file() { read_text(&path)? } else { String::new() };
        lines.push_str(&format!("{}\n", change.line()));
        write(&path, lines.as_bytes(), true)?;
        // Made again from the lines on each change, so it can be behind them only until the next one.
        write(&self.folder.join("present.csv"), &changes.roll().bytes(), true)?;
        let spares = self.posted.map(|posted| changes.after_posting(&roll, posted)).unwrap_or_default();
        if as_json {
            let spares: BTreeMap<&String, Value> =
                spares.iter().map(|(unit, need)| (unit, json!({ "spares": need.spares, "to_void": need.to_void }))).collect();
            answer::print_json(&json!({
                "applied": true, "change": change.change.number, "sha256": changes.hash().to_string(), "entitled": changes.roll().entries.len(),
                "roll": self.folder.join("present.csv").display().to_string(), "after_posting": spares,
            }));
            return Ok(Outcome::Yes);
        }
        answer::print(&format!(
            "Change {} is applied: {} entitled.\nfingerprint of the present roll ({}):\n  {}\n",
            change.change.number,
            pay::grouped(changes.roll().entries.len() as u64),
            self.folder.join("present.csv").display(),
            changes.hash()
        ));
        for (unit, need) in &spares {
            answer::print(&format!(
                "WARNING: after the posting {unit} needs {} spare credentials, and {} are to be voided.\n",
                need.spares, need.to_void
            ));
        }
        Ok(Outcome::Yes)
    }
}
