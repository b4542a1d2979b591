//! After voting: `whitley vote close`, `share`, `result`, `export`.

use std::path::{Path, PathBuf};

use clap::Args;
use poll::board::{self, Closed, Sum};
use poll::{KeyFile, Replace, Signable, System};
use serde_json::{Value, json};
use vote::archive::EventKind;
use vote::{ElectionResult, EncryptedTally, Randomness};

use super::files::{self, Opened, Readers};
use super::{Done, Refusal};
use crate::judge;

type Answer<T> = std::result::Result<T, Refusal>;

/// Refuses to go on with an archive that fails any check.
fn demand_sound(archive: &Path, companion: Option<&Path>) -> Answer<()> {
    files::demand_whole(archive)?;
    let question = judge::Question { archive, companion, more_archive: &[], more_companion: &[], remembered: None };
    let report = judge::report(&question).map_err(Refusal::input)?;
    if report.verdict == verify::Verdict::Failed {
        return Err(Refusal::no(format!("{} fails its checks:\n{}", archive.display(), judge::faults(&report, 20).join("\n"))));
    }
    Ok(())
}

/// Adds up the ballots of an archive.
fn add_up(archive: &Path) -> Answer<(Opened, EncryptedTally)> {
    // Read twice: once for the list of credentials, once for the ballots, so that nothing is held in memory.
    let opened = Opened::read(archive, |_, _| Ok(()))?;
    let mut sum = Sum::begin(&opened.election, &opened.credentials);
    Opened::read(archive, |_, payload| sum.add(payload))?;
    let tally = sum.close();
    Ok((opened, tally))
}

/// Arguments of `whitley vote close`.
#[derive(Args)]
pub(crate) struct Close {
    /// The archive; its companion lies beside it
    archive: PathBuf,
    /// Take this as the time now, in a rehearsal
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Close {
    pub(crate) fn run(self) -> Answer<Done> {
        let now = files::now(self.at.as_deref())?;
        let closes_at = files::companion(&files::companion_of(&self.archive))?.closes_at;
        if now < closes_at {
            return Err(Refusal::no(format!("voting is open until {closes_at}")));
        }
        demand_sound(&self.archive, Some(&files::companion_of(&self.archive)))?;
        let (mut opened, tally) = add_up(&self.archive)?;
        let fault = |fault: vote::archive::ArchiveFault| Refusal::no(fault.to_string());
        let [end, sum] = board::closing_events(&tally);
        // A power cut may have come between the two events: then only the tally is missing.
        let due = if opened.tail.last_kind() == Some(EventKind::EndBallots) { vec![sum] } else { vec![end, sum] };
        let mut bytes = Vec::new();
        for (kind, records) in &due {
            let records: Vec<&str> = records.iter().map(String::as_str).collect();
            bytes.extend(opened.tail.append(*kind, &records).map_err(fault)?);
        }
        files::append(&self.archive, &bytes)?;
        let text = format!(
            "Closed: {} ballots, {} counted. Encrypted tally: {}\nnext: trustees run  whitley vote share {} --key THEIR.key --out SHARE.json\n",
            opened.ballots,
            tally.number(),
            tally.hash().base64(),
            self.archive.display()
        );
        Ok(Done::new(text, json!({ "ballots": opened.ballots, "counted": tally.number(), "encrypted_tally": tally.hash().hex() })))
    }
}

/// Arguments of `whitley vote share`.
#[derive(Args)]
pub(crate) struct Share {
    /// The archive
    archive: PathBuf,
    /// Your key file
    #[arg(long)]
    key: PathBuf,
    /// Your share, for the server
    #[arg(long)]
    out: PathBuf,
    /// The companion, if it does not lie beside the archive
    #[arg(long)]
    companion: Option<PathBuf>,
}

impl Share {
    pub(crate) fn run(self) -> Answer<Done> {
        let mut key = KeyFile::of_role(&self.key, &["trustee"])?;
        if key.decryption.is_none() {
            return Err(board::no_ceremony());
        }
        let beside = files::companion_of(&self.archive);
        let companion = self.companion.or(beside.is_file().then_some(beside));
        demand_sound(&self.archive, companion.as_deref())?;
        // What is decrypted is what this trustee added up itself.
        let (opened, tally) = add_up(&self.archive)?;
        let recorded = opened.records(EventKind::EncryptedTally).next();
        let recorded = recorded.ok_or_else(|| Refusal::no("voting has not been closed: there is nothing to decrypt yet"))?;
        let same = recorded.first().is_some_and(|record| record == tally.record().as_bytes())
            && recorded.get(1).is_some_and(|record| *record == tally.sized_record().into_bytes());
        if !same {
            return Err(Refusal::no("the recorded tally is not the sum of the ballots: it is not decrypted"));
        }
        let mut keep = |key: &KeyFile| key.write(&self.key, Replace::Yes);
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let (own, share) = board::share(&opened.election, &opened.trustees, &tally, &mut key, &mut keep, random)?;
        files::write(&self.out, &share, Readers::Everybody, Replace::No)?;
        let text = format!(
            "Trustee {own}: checked the archive, added up its {} ballots, and decrypted the sum: {}\nnext: the server runs  whitley vote accept {} {}\n",
            opened.ballots,
            self.out.display(),
            self.archive.display(),
            self.out.display()
        );
        Ok(Done::new(text, json!({ "trustee": own, "share": self.out.display().to_string(), "ballots": opened.ballots })))
    }
}

/// Arguments of `whitley vote result`.
#[derive(Args)]
pub(crate) struct Result {
    /// The archive; its companion lies beside it
    archive: PathBuf,
    /// The key file of the officer or the scrutineer
    #[arg(long)]
    key: PathBuf,
}

impl Result {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer", "scrutineer"])?;
        let companion = files::companion_of(&self.archive);
        let mut opened = Opened::read(&self.archive, |_, _| Ok(()))?;
        let mut said = files::companion(&companion)?;
        if said.has_result {
            return Err(Refusal::no("the result is signed already"));
        }
        // A crash may have come between archive and companion: the archive then has its result and the companion not yet.
        let recorded = opened.records(EventKind::Result).next().and_then(<[Vec<u8>]>::first).cloned();
        demand_sound(&self.archive, Some(companion.as_path()).filter(|_| recorded.is_none()))?;
        let tally = opened.tally()?.ok_or_else(|| Refusal::no("voting has not been closed"))?;
        let shares = opened.shares()?;
        let closed = Closed { election: &opened.election, trustees: &opened.trustees, tally: &tally, companion: &said };
        let (result, event) = match recorded {
            Some(record) => (ElectionResult::read(&record).map_err(|fault| Refusal::input(fault.to_string()))?, Vec::new()),
            None => {
                let result = board::count(&closed, &shares)?;
                let bytes = opened.tail.append(EventKind::Result, &[&result.record()]).map_err(|fault| Refusal::no(fault.to_string()))?;
                (result, bytes)
            }
        };
        let last_event = opened.tail.last_event().ok_or_else(|| Refusal::input("nothing to sign"))?;
        let body = board::result_body(&closed, opened.ballots, &result, last_event)?;
        let voided = said.voided.len();
        let path = self.archive.with_extension("result.json");
        let shown = path.display().to_string();
        let earlier = path.is_file().then(|| files::read(&path)).transpose()?;
        let mut line: Signable = board::signed_so_far(&body, earlier.as_deref(), &shown)?;
        board::sign_result(&said, &mut line, &key, &self.key.display().to_string())?;
        files::write(&path, &line.bytes(), Readers::Everybody, Replace::Yes)?;
        let mut text = String::new();
        for (question, counts) in opened.election.questions().iter().zip(&result.counts) {
            text.push_str(&format!("{}\n", question.text()));
            let blank = question.limits().blank.then_some("(blank)");
            let names = blank.into_iter().chain(question.answers().iter().map(String::as_str));
            for (name, count) in names.zip(counts) {
                text.push_str(&format!("  {count:>9}  {name}\n"));
            }
        }
        let complete = line.complete(&said.signers(&line)?, &shown)?;
        // Both files get their end together, when both have signed.
        if let Some(signatures) = &complete {
            files::append(&self.archive, &event)?;
            files::append(&companion, said.append(&body, signatures)?.as_bytes())?;
            text.push_str(&format!(
                "Signed by officer and scrutineer.\nnext: anybody runs  whitley vote verify {}\n",
                self.archive.display()
            ));
        } else {
            let other = if key.role == "officer" { "scrutineer" } else { "officer" };
            text.push_str(&format!("next: the {other} runs  whitley vote result {} --key {other}.key\n", self.archive.display()));
        }
        let counts: Value = serde_json::from_str(&result.counts_value()).unwrap_or_default();
        Ok(Done::new(
            text,
            json!({ "result": counts, "ballots": opened.ballots, "counted": tally.number(), "voided": voided, "signed": complete.is_some() }),
        ))
    }
}

/// Arguments of `whitley vote export`.
#[derive(Args)]
pub(crate) struct Export {
    /// The archive
    archive: PathBuf,
    /// The folder to make
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub(crate) fn run(self) -> Answer<Done> {
        if self.out.exists() {
            return Err(Refusal::input(format!("{} is already there; nothing was written", self.out.display())));
        }
        let name = self.out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let draft = self.out.with_file_name(format!(".{name}.draft-{}", std::process::id()));
        let made = self.write_to(&draft).and_then(|files| {
            std::fs::rename(&draft, &self.out)
                .map_err(|error| Refusal::ours(format!("{} cannot be written: {error}", self.out.display())))?;
            Ok(files)
        });
        if made.is_err() {
            // The draft is ours alone; if even this fails there is nothing more to do.
            let _ = std::fs::remove_dir_all(&draft);
        }
        let files = made?;
        let text =
            format!("Loose records in {}:\n{}", self.out.display(), files.iter().map(|name| format!("  {name}\n")).collect::<String>());
        Ok(Done::new(text, json!({ "folder": self.out.display().to_string(), "files": files })))
    }

    fn write_to(&self, draft: &Path) -> Answer<Vec<String>> {
        use std::io::Write as _;
        let failed = |error: std::io::Error| Refusal::ours(format!("{} cannot be written: {error}", draft.display()));
        std::fs::create_dir_all(draft).map_err(failed)?;
        let mut ballots = std::io::BufWriter::new(std::fs::File::create(draft.join("ballots.jsons")).map_err(failed)?);
        let opened =
            Opened::read(&self.archive, |_, payload| ballots.write_all(payload).and_then(|()| ballots.write_all(b"\n")).map_err(failed))?;
        ballots.flush().map_err(failed)?;
        let mut names = vec!["ballots.jsons".to_owned()];
        let mut put = |name: &str, bytes: &[u8]| {
            names.push(name.to_owned());
            files::write(&draft.join(name), bytes, Readers::Everybody, Replace::No)
        };
        put("election.json", opened.election.record().as_bytes())?;
        put("trustees.json", opened.trustees.record().as_bytes())?;
        put("public_creds.json", opened.credentials.record().as_bytes())?;
        let mut shares = Vec::new();
        for (kind, records) in &opened.later {
            match (kind, records.as_slice()) {
                (EventKind::EncryptedTally, [tally, sized]) => {
                    put("encrypted_tally.json", tally)?;
                    put("sized_encrypted_tally.json", sized)?;
                }
                (EventKind::PartialDecryption, [share, _]) => {
                    shares.extend_from_slice(share);
                    shares.push(b'\n');
                }
                (EventKind::Result, [result]) => put("result.json", result)?,
                _ => {}
            }
        }
        if !shares.is_empty() {
            put("partial_decryptions.jsons", &shares)?;
        }
        Ok(names)
    }
}
