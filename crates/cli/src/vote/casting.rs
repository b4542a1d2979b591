//! While voting is open: `whitley vote cast`, `accept`, `void`, `extend`, `sign`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use verify::Remembered;
use vote::archive::EventKind;
use vote::companion::{Body, LineKind, PublicRoleKey};
use vote::{Choice, Credential, Hash, Question, Randomness, make_ballot};
use zeroize::Zeroizing;

use super::files::{self, KeyFile, Opened, Readers, Signable, System};
use super::{Done, Refusal};
use crate::judge;

type Answer<T> = std::result::Result<T, Refusal>;

/// Arguments of `whitley vote cast`.
#[derive(Args)]
pub(crate) struct Cast {
    /// The archive of your unit
    archive: PathBuf,
    /// A file with your credential and nothing else; - reads it from standard input
    #[arg(long)]
    credential: PathBuf,
    /// Your answer, by its text or number; once for each question, in order. Several answers: "1,3". Open abstention: "blank"
    #[arg(long, required = true)]
    choose: Vec<String>,
    /// The encrypted ballot
    #[arg(long)]
    out: PathBuf,
}

impl Cast {
    pub(crate) fn run(self) -> Answer<Done> {
        let opened = Opened::read(&self.archive, |_, _| Ok(()))?;
        let text = if self.credential == Path::new("-") {
            let mut text = Zeroizing::new(String::new());
            std::io::stdin()
                .take(1000)
                .read_to_string(&mut text)
                .map_err(|error| Refusal::input(format!("the credential cannot be read: {error}")))?;
            text
        } else {
            files::read_text(&self.credential)?
        };
        let credential = Credential::parse(&text).map_err(|fault| Refusal::input(fault.to_string()))?;
        let key = credential.key(opened.election.uuid());
        if opened.credentials.weight(key.encoded()).is_none() {
            return Err(Refusal::no("this credential is not on the list of this election: is it the archive of your unit?"));
        }
        let questions = opened.election.questions();
        if self.choose.len() != questions.len() {
            return Err(Refusal::input(format!("there are {} questions: give --choose once for each, in order", questions.len())));
        }
        let choices = questions.iter().zip(&self.choose).map(|(question, text)| choice(question, text)).collect::<Answer<Vec<_>>>()?;
        let mut source = System;
        let ballot = make_ballot(&opened.election, &key, &choices, &mut Randomness::new(&mut source))
            .map_err(|fault| Refusal::ours(fault.to_string()))?;
        files::write(&self.out, ballot.payload().as_bytes(), Readers::Everybody, false)?;
        let text = format!(
            "Encrypted ballot: {}\ntracker: {}\nKeep the tracker: it must be on the board, and it shows nobody what you chose.\nnext: the server runs  whitley vote accept {} {}\n",
            self.out.display(),
            ballot.tracker(),
            self.archive.display(),
            self.out.display()
        );
        Ok(Done::new(text, json!({ "ballot": self.out.display().to_string(), "tracker": ballot.tracker() })))
    }
}

/// What was typed, as a choice. The refusal does not repeat it.
fn choice(question: &Question, text: &str) -> Answer<Choice> {
    let fault = |fault: vote::question::ChoiceFault| Refusal::input(format!("“{}”: {fault}", question.text()));
    if text.trim().eq_ignore_ascii_case("blank") {
        return Choice::blank(question).map_err(fault);
    }
    let whole = question.answers().iter().position(|answer| answer.trim().eq_ignore_ascii_case(text.trim()));
    let chosen = match whole {
        Some(at) => vec![at],
        None => text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let numbered = part.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                numbered.or(question.answers().iter().position(|answer| answer.trim().eq_ignore_ascii_case(part)))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| fault(vote::question::ChoiceFault::NoSuchAnswer))?,
    };
    Choice::answers(question, &chosen).map_err(fault)
}

/// Arguments of `whitley vote accept`.
#[derive(Args)]
pub(crate) struct Accept {
    /// The archive; its companion lies beside it
    archive: PathBuf,
    /// Ballots, shares, and signed lines
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Take this as the time now, in a rehearsal
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// What one file would append.
struct Addition {
    archive: Vec<u8>,
    companion: String,
    what: &'static str,
    name: String,
}

impl Accept {
    pub(crate) fn run(self) -> Answer<Done> {
        let now = files::now(self.at.as_deref())?;
        let companion = files::companion_of(&self.archive);
        files::demand_whole(&self.archive)?;
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        let mut remembered = None;
        // All ballots at once; one by one only if one of them is bad, so that it is named and the others go in.
        let mut rest = self.files.as_slice();
        if rest.len() > 1
            && let Some(many) = self.all_ballots(&companion, now)?
        {
            files::append(&self.archive, &many.0)?;
            accepted = many.1;
            rest = &[];
        }
        for path in rest {
            let mut opened = Opened::read(&self.archive, |_, _| Ok(()))?;
            let added = self.addition(path, &mut opened, &companion, now).and_then(|addition| {
                let report = self.judged(&companion, &addition.archive, addition.companion.as_bytes(), remembered)?;
                if report.verdict == verify::Verdict::Failed {
                    return Err(Refusal::no(judge::faults(&report, 5).join("; ")));
                }
                Ok((addition, report.to_remember()))
            });
            match added {
                Ok((addition, state)) => {
                    // The archive first: it is the truth, the companion only adds.
                    if !addition.archive.is_empty() {
                        files::append(&self.archive, &addition.archive)?;
                    }
                    if !addition.companion.is_empty() {
                        files::append(&companion, addition.companion.as_bytes())?;
                    }
                    remembered = state;
                    accepted.push(json!({ "file": path.display().to_string(), "what": addition.what, "name": addition.name }));
                }
                Err(refusal) => refused.push(json!({ "file": path.display().to_string(), "why": refusal.why })),
            }
        }
        let mut text = String::new();
        for one in &accepted {
            text.push_str(&format!(
                "accepted {} {} ({})\n",
                one["what"].as_str().unwrap_or_default(),
                one["file"].as_str().unwrap_or_default(),
                one["name"].as_str().unwrap_or_default()
            ));
        }
        for one in &refused {
            text.push_str(&format!("REFUSED {}: {}\n", one["file"].as_str().unwrap_or_default(), one["why"].as_str().unwrap_or_default()));
        }
        let mut done = Done::new(text, json!({ "accepted": accepted, "refused": refused }));
        if !refused.is_empty() {
            done.outcome = crate::answer::Outcome::No;
        }
        Ok(done)
    }

    fn judged(&self, companion: &Path, archive: &[u8], line: &[u8], remembered: Option<Remembered>) -> Answer<verify::Report> {
        let question =
            judge::Question { archive: &self.archive, companion: Some(companion), more_archive: archive, more_companion: line, remembered };
        judge::report(&question).map_err(Refusal::ours)
    }

    /// What appends all files, if all are ballots and all pass.
    fn all_ballots(&self, companion: &Path, now: jiff::Timestamp) -> Answer<Option<(Vec<u8>, Vec<Value>)>> {
        let mut opened = Opened::read(&self.archive, |_, _| Ok(()))?;
        let (mut bytes, mut accepted) = (Vec::new(), Vec::new());
        for path in &self.files {
            match self.addition(path, &mut opened, companion, now) {
                Ok(addition) if addition.what == "ballot" => {
                    bytes.extend(addition.archive);
                    accepted.push(json!({ "file": path.display().to_string(), "what": addition.what, "name": addition.name }));
                }
                Ok(_) | Err(_) => return Ok(None),
            }
        }
        let report = self.judged(companion, &bytes, &[], None)?;
        Ok((report.verdict != verify::Verdict::Failed).then_some((bytes, accepted)))
    }

    fn addition(&self, path: &Path, opened: &mut Opened, companion: &Path, now: jiff::Timestamp) -> Answer<Addition> {
        let bytes = files::read(path)?;
        let strange = || Refusal::input("neither a ballot nor a share nor a signed line");
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| strange())?;
        if value.get("election_uuid").is_some() {
            let (opens_at, closes_at) = schedule(companion)?;
            if now < opens_at || now >= closes_at {
                return Err(Refusal::no(format!("voting is open from {opens_at} until {closes_at}")));
            }
            let text = String::from_utf8(bytes).map_err(|_| strange())?;
            let archive =
                opened.tail.append(EventKind::Ballot, &[text.trim_end_matches('\n')]).map_err(|fault| Refusal::no(fault.to_string()))?;
            let tracker = Hash::of(text.trim_end_matches('\n')).base64();
            return Ok(Addition { archive, companion: String::new(), what: "ballot", name: tracker });
        }
        let line = Signable::of(&value, path).map_err(|_| strange())?;
        let signers = signers(companion, &line)?;
        let Some(signatures) = line.complete(&signers, path)? else {
            let missing: Vec<&str> = signers
                .iter()
                .map(|(name, _)| name.as_str())
                .filter(|name| !line.signatures.iter().any(|(signer, _)| signer == name))
                .collect();
            return Err(Refusal::no(format!("the signature of the {} is missing", missing.join(" and the "))));
        };
        let mut chain = files::chain(companion)?;
        let line_text = chain.append(&line.body, &signatures);
        match line.body.kind() {
            LineKind::Void | LineKind::Schedule => {
                Ok(Addition { archive: Vec::new(), companion: line_text, what: line.body.kind().word(), name: String::new() })
            }
            LineKind::Share => {
                let record = value.get("record").and_then(Value::as_str).ok_or_else(strange)?;
                let body: Value = serde_json::from_str(line.body.text()).map_err(|_| strange())?;
                let owner = body.get("owner").and_then(Value::as_u64).ok_or_else(strange)?;
                let owned = format!("{{\"owner\":{owner},\"payload\":\"{}\"}}", Hash::of(record));
                // A crash may have come between archive and companion: then only the companion's line is missing.
                let last = opened.records(EventKind::PartialDecryption).last().and_then(|records| records.first());
                let shares =
                    files::lines(companion)?.iter().filter(|line| line.get("type").and_then(Value::as_str) == Some("share")).count();
                let only_line =
                    last.is_some_and(|last| last == record.as_bytes()) && shares < opened.records(EventKind::PartialDecryption).count();
                let archive = if only_line {
                    Vec::new()
                } else {
                    opened.tail.append(EventKind::PartialDecryption, &[record, &owned]).map_err(|fault| Refusal::no(fault.to_string()))?
                };
                Ok(Addition { archive, companion: line_text, what: "share", name: format!("trustee {owner}") })
            }
            LineKind::Setup | LineKind::Commitment | LineKind::Ceremony | LineKind::Credentials | LineKind::Result => {
                Err(Refusal::input(format!("a {} line is not accepted one by one", line.body.kind().word())))
            }
        }
    }
}

/// Opening and closing time in force.
pub(crate) fn schedule(companion: &Path) -> Answer<(jiff::Timestamp, jiff::Timestamp)> {
    let wrong = || Refusal::input(format!("{} has no schedule", companion.display()));
    let lines = files::lines(companion)?;
    let time = |line: &Value, name: &str| line["body"].get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
    let setup = lines.first().ok_or_else(wrong)?;
    let opens_at = time(setup, "opens_at").ok_or_else(wrong)?;
    let last = lines.iter().rev().find_map(|line| time(line, "closes_at"));
    Ok((opens_at, last.ok_or_else(wrong)?))
}

/// Who signs this line, with the keys of the companion's setup.
pub(crate) fn signers(companion: &Path, line: &Signable) -> Answer<Vec<(String, PublicRoleKey)>> {
    let wrong = || Refusal::input(format!("{} names no role keys", companion.display()));
    let lines = files::lines(companion)?;
    let roles = &lines.first().ok_or_else(wrong)?["body"]["roles"];
    let role = |name: &str| -> Answer<(String, PublicRoleKey)> {
        Ok((name.to_owned(), roles[name].as_str().and_then(PublicRoleKey::parse).ok_or_else(wrong)?))
    };
    match line.body.kind() {
        LineKind::Void | LineKind::Schedule | LineKind::Setup | LineKind::Result => Ok(vec![role("officer")?, role("scrutineer")?]),
        LineKind::Credentials => Ok(vec![role("authority")?]),
        LineKind::Share => {
            let body: Value = serde_json::from_str(line.body.text()).map_err(|_| wrong())?;
            let owner = body.get("owner").and_then(Value::as_u64).unwrap_or(0);
            let key = usize::try_from(owner)
                .ok()
                .and_then(|owner| owner.checked_sub(1))
                .and_then(|at| roles["trustees"].get(at))
                .and_then(Value::as_str);
            let key = key.and_then(PublicRoleKey::parse).ok_or_else(|| Refusal::no(format!("there is no trustee {owner}")))?;
            Ok(vec![(format!("trustee {owner}"), key)])
        }
        LineKind::Commitment | LineKind::Ceremony => Err(Refusal::input("lines of the key ceremony are made by whitley vote ceremony")),
    }
}

/// Arguments of `whitley vote void`.
#[derive(Args)]
pub(crate) struct Void {
    /// The archive of the unit
    archive: PathBuf,
    /// The public credential whose holder voted on paper
    #[arg(long)]
    credential: String,
    /// Number of the paper pack; nothing about the person
    #[arg(long)]
    paper: String,
    /// The officer's key file
    #[arg(long)]
    key: PathBuf,
    /// The line, for the scrutineer to sign
    #[arg(long)]
    out: PathBuf,
}

impl Void {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer"])?;
        let credential =
            vote::Element::parse_key(&self.credential).map_err(|_| Refusal::input("this is not a public credential"))?.encode();
        let mut voted = false;
        let opened = Opened::read(&self.archive, |_, payload| {
            let value: Value = serde_json::from_slice(payload).unwrap_or_default();
            voted |= value.get("credential").and_then(Value::as_str) == Some(credential.as_str());
            Ok(())
        })?;
        if opened.credentials.weight(&credential).is_none() {
            return Err(Refusal::no("this credential is not on the list of this election"));
        }
        if voted {
            return Err(Refusal::no("this credential has voted on the web already: set the paper aside, the web vote counts"));
        }
        let mut line = Signable::new(Body::void(&opened.election.hash(), &credential, &self.paper));
        line.sign("officer", &key.signing);
        line.write(&self.out, false)?;
        Ok(signed_next(&self.out, &self.archive))
    }
}

/// Arguments of `whitley vote extend`.
#[derive(Args)]
pub(crate) struct Extend {
    /// The archive of the unit
    archive: PathBuf,
    /// The new closing time, later than the one in force
    #[arg(long, value_name = "TIME")]
    closes_at: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// The officer's key file
    #[arg(long)]
    key: PathBuf,
    /// The line, for the scrutineer to sign
    #[arg(long)]
    out: PathBuf,
}

impl Extend {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer"])?;
        let opened = Opened::read(&self.archive, |_, _| Ok(()))?;
        let later = files::now(Some(&self.closes_at))?;
        let (_, closes_at) = schedule(&files::companion_of(&self.archive))?;
        if later <= closes_at {
            return Err(Refusal::no(format!("voting closes at {closes_at}; it can only be extended")));
        }
        let time = later.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut line = Signable::new(Body::schedule(&opened.election.hash(), &time, &self.reason));
        line.sign("officer", &key.signing);
        line.write(&self.out, false)?;
        Ok(signed_next(&self.out, &self.archive))
    }
}

fn signed_next(out: &Path, archive: &Path) -> Done {
    let text = format!(
        "Signed: {0}\nnext: the scrutineer runs  whitley vote sign {0} --key scrutineer.key\nthen: the server runs  whitley vote accept {1} {0}\n",
        out.display(),
        archive.display()
    );
    Done::new(text, json!({ "line": out.display().to_string() }))
}

/// Arguments of `whitley vote sign`.
#[derive(Args)]
pub(crate) struct Sign {
    /// A line made by void or extend
    line: PathBuf,
    /// Your key file
    #[arg(long)]
    key: PathBuf,
}

impl Sign {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer", "scrutineer"])?;
        let mut line = Signable::read(&self.line)?;
        if !matches!(line.body.kind(), LineKind::Void | LineKind::Schedule) {
            return Err(Refusal::input("only lines made by void and extend are signed here"));
        }
        line.sign(&key.role, &key.signing);
        line.write(&self.line, true)?;
        let text = format!("The {} signed this:\n{}\n", key.role, line.body.text());
        Ok(Done::new(text, json!({ "line": self.line.display().to_string(), "signed_by": key.role })))
    }
}
