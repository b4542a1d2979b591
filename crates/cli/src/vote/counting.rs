//! After voting: `whitley vote close`, `share`, `result`, `export`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use vote::archive::EventKind;
use vote::companion::{Body, Figures, LineKind};
use vote::trustee::TrusteeNumber;
use vote::trustee::decrypt::{self, PartialDecryption};
use vote::{ElectionResult, Element, EncryptedTally, Hash, Randomness, Tally};

use super::casting;
use super::files::{self, KeyFile, Opened, Readers, Signable, System};
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
    let mut tally = Tally::new(opened.election.questions(), &opened.credentials);
    Opened::read(archive, |_, payload| tally.add_payload(payload).map_err(|fault| Refusal::input(fault.to_string())))?;
    let tally = tally.close();
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
        let (_, closes_at) = casting::schedule(&files::companion_of(&self.archive))?;
        if now < closes_at {
            return Err(Refusal::no(format!("voting is open until {closes_at}")));
        }
        demand_sound(&self.archive, Some(&files::companion_of(&self.archive)))?;
        let (mut opened, tally) = add_up(&self.archive)?;
        let fault = |fault: vote::archive::ArchiveFault| Refusal::no(fault.to_string());
        // A power cut may have come between the two events: then only the tally is missing.
        let mut bytes = match opened.tail.last_kind() {
            Some(EventKind::EndBallots) => Vec::new(),
            _ => opened.tail.append(EventKind::EndBallots, &[]).map_err(fault)?,
        };
        bytes.extend(opened.tail.append(EventKind::EncryptedTally, &[tally.record(), &tally.sized_record()]).map_err(fault)?);
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
        let secret = key.decryption.as_ref().ok_or_else(|| Refusal::input("this key file has not been through a key ceremony"))?;
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
        let (election, sum) = (opened.election.hash().hex(), tally.hash().hex());
        if let Some(before) = key.decrypted.get(&election).filter(|before| **before != sum) {
            // Two sums of one election that differ by a ballot would give that ballot away.
            return Err(Refusal::no(format!(
                "this key has already decrypted another tally of this election ({before}; this one is {sum}). Whoever has both shares can \
                 take one sum from the other and read single votes, so this one is not decrypted. Ask the other trustees which tally they \
                 were shown"
            )));
        }
        let public = Element::generator_secret_power(secret);
        let at = opened.trustees.keys().iter().position(|trustee| *trustee.key() == public);
        let own = at.ok_or_else(|| Refusal::no("this key belongs to none of this election's trustees"))? as u32 + 1;
        let trustee = TrusteeNumber(own);
        let mut source = System;
        // Remembered before anything is given out: a share that is lost on the way may be made again, of the same sum.
        if key.decrypted.insert(election, sum).is_none() {
            key.write(&self.key, true)?;
        }
        let decryption = decrypt::decrypt(&opened.election, &tally, secret, &mut Randomness::new(&mut source))?;
        let record = decryption.record();
        let mut line =
            Signable::new(Body::share(&opened.election.hash(), trustee, &tally.hash(), &Hash::of(&record), &decryption.sound_proofs()));
        line.sign(&format!("trustee {own}"), &key.signing);
        let mut value = line.json();
        value["record"] = record.into();
        files::write(&self.out, format!("{value:#}\n").as_bytes(), Readers::Everybody, false)?;
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
        let lines = files::lines(&companion)?;
        if lines.last().is_some_and(|line| line["type"] == "result") {
            return Err(Refusal::no("the result is signed already"));
        }
        // A crash may have come between archive and companion: the archive then has its result and the companion not yet.
        let recorded = opened.records(EventKind::Result).next().and_then(<[Vec<u8>]>::first).cloned();
        demand_sound(&self.archive, Some(companion.as_path()).filter(|_| recorded.is_none()))?;
        let tally = opened.records(EventKind::EncryptedTally).next();
        let [record, sized] = tally.ok_or_else(|| Refusal::no("voting has not been closed"))? else {
            return Err(Refusal::input("the archive's tally cannot be read"));
        };
        let tally = EncryptedTally::read(record, sized).map_err(|fault| Refusal::input(fault.to_string()))?;
        let (result, event) = match recorded {
            Some(record) => (ElectionResult::read(&record).map_err(|fault| Refusal::input(fault.to_string()))?, Vec::new()),
            None => {
                let decryptions = self.decryptions(&opened, &tally, &lines)?;
                let present: Vec<_> = decryptions.iter().map(|(trustee, decryption)| (*trustee, decryption)).collect();
                let result = vote::tally::result(&opened.election, &opened.trustees, &tally, &present)
                    .map_err(|fault| Refusal::no(fault.to_string()))?;
                let bytes = opened.tail.append(EventKind::Result, &[&result.record()]).map_err(|fault| Refusal::no(fault.to_string()))?;
                (result, bytes)
            }
        };
        let voided = lines.iter().filter(|line| line["type"] == "void").count() as u64;
        let mut chain = files::chain(&companion)?;
        let (Some(before), Some(last_event)) = (chain.last(), opened.tail.last_event()) else {
            return Err(Refusal::input("nothing to sign"));
        };
        let body = Body::result(&Figures {
            election: opened.election.hash(),
            lines: before,
            ballots: opened.ballots,
            tally: &tally,
            voided,
            result: &result,
            last_event,
        });
        let path = self.archive.with_extension("result.json");
        let mut line = Signable::new(body.clone());
        if path.is_file() {
            let earlier = Signable::read(&path)?;
            if earlier.body == body {
                line = earlier;
            }
        }
        line.sign(&key.role, &key.signing);
        let signers = casting::signers(&companion, &line)?;
        if signers.iter().any(|(role, public)| *role == key.role && *public != key.signing.public()) {
            return Err(Refusal::input(format!("{} is not the key of this poll's {}", self.key.display(), key.role)));
        }
        line.write(&path, true)?;
        let mut text = String::new();
        for (question, counts) in opened.election.questions().iter().zip(&result.counts) {
            text.push_str(&format!("{}\n", question.text()));
            let blank = question.limits().blank.then_some("(blank)");
            let names = blank.into_iter().chain(question.answers().iter().map(String::as_str));
            for (name, count) in names.zip(counts) {
                text.push_str(&format!("  {count:>9}  {name}\n"));
            }
        }
        let complete = line.complete(&signers, &path)?;
        // Both files get their end together, when both have signed.
        if let Some(signatures) = &complete {
            files::append(&self.archive, &event)?;
            files::append(&companion, chain.append(&body, signatures).as_bytes())?;
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

    /// The partial decryptions of the archive with the companion's proofs, checked again.
    fn decryptions(&self, opened: &Opened, tally: &EncryptedTally, lines: &[Value]) -> Answer<Vec<(TrusteeNumber, PartialDecryption)>> {
        let shares: Vec<&Value> = lines.iter().filter(|line| line["type"] == LineKind::Share.word()).map(|line| &line["body"]).collect();
        let mut list = Vec::new();
        for records in opened.records(EventKind::PartialDecryption) {
            let [record, owned] = records else { return Err(Refusal::input("a share in the archive cannot be read")) };
            let owned: Value = serde_json::from_slice(owned).map_err(|_| Refusal::input("a share in the archive cannot be read"))?;
            let number = owned["owner"].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
            let keys = opened.trustees.keys();
            let key = (number as usize)
                .checked_sub(1)
                .and_then(|at| keys.get(at))
                .ok_or_else(|| Refusal::no(format!("there is no trustee {number}")))?;
            let sound = shares.iter().find(|body| body["owner"].as_u64() == Some(u64::from(number)));
            let sound = sound.ok_or_else(|| Refusal::no(format!("the companion has no share of trustee {number}")))?;
            let trustee = TrusteeNumber(number);
            let decryption =
                PartialDecryption::check(record, sound["proofs"].to_string().as_bytes(), &opened.election, tally, trustee, key);
            list.push((trustee, decryption.map_err(|fault| Refusal::no(fault.to_string()))?));
        }
        Ok(list)
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
            files::write(&draft.join(name), bytes, Readers::Everybody, false)
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
