//! While voting is open: `whitley vote cast`, `accept`, `void`, `extend`, `replace`, `sign`.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use poll::board::{self, Board, Closed};
use poll::{Companion, KeyFile, Replace, Signable, System};
use serde_json::{Value, json};
use verify::Remembered;
use vote::archive::EventKind;
use vote::companion::LineKind;
use vote::{Choice, Credential, Hash, Question, Randomness, make_ballot};
use zeroize::Zeroizing;

use super::files::{self, Opened, Readers};
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
        files::write(&self.out, ballot.payload().as_bytes(), Readers::Everybody, Replace::No)?;
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
            let Companion { opens_at, closes_at, .. } = files::companion(companion)?;
            if now < opens_at || now >= closes_at {
                return Err(Refusal::no(format!("voting is open from {opens_at} until {closes_at}")));
            }
            let text = String::from_utf8(bytes).map_err(|_| strange())?;
            let archive =
                opened.tail.append(EventKind::Ballot, &[text.trim_end_matches('\n')]).map_err(|fault| Refusal::no(fault.to_string()))?;
            let tracker = Hash::of(text.trim_end_matches('\n')).base64();
            return Ok(Addition { archive, companion: String::new(), what: "ballot", name: tracker });
        }
        let shown = path.display().to_string();
        let line = Signable::of(&value, &shown).map_err(|_| strange())?;
        let mut said = files::companion(companion)?;
        let addition = if line.body.kind() == LineKind::Share {
            let tally = opened.tally()?.ok_or_else(|| Refusal::no("voting has not been closed: there is nothing to decrypt yet"))?;
            let closed = Closed { election: &opened.election, trustees: &opened.trustees, tally: &tally, companion: &said };
            board::check_share(&closed, &opened.shares()?, &value, &shown)?
        } else {
            let voted = self.voted()?;
            let board = Board {
                election: &opened.election,
                credentials: &opened.credentials,
                companion: &said,
                voted: &|credential| voted.contains(credential),
            };
            board::check_line(&board, &line, &shown)?
        };
        let archive = match &addition.event {
            None => Vec::new(),
            Some((kind, records)) => {
                let records: Vec<&str> = records.iter().map(String::as_str).collect();
                opened.tail.append(*kind, &records).map_err(|fault| Refusal::no(fault.to_string()))?
            }
        };
        let (body, signatures) = &addition.line;
        let companion = said.append(body, signatures)?;
        Ok(Addition { archive, companion, what: addition.what, name: addition.name })
    }

    /// Who has a ballot in the archive.
    fn voted(&self) -> Answer<HashSet<String>> {
        let mut voted = HashSet::new();
        Opened::read(&self.archive, |_, payload| {
            voted.extend(credential_of(payload));
            Ok(())
        })?;
        Ok(voted)
    }
}

/// The public credential of a ballot.
fn credential_of(ballot: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(ballot).ok()?;
    value["credential"].as_str().map(str::to_owned)
}

/// What every line of officer and scrutineer is made from.
#[derive(Args)]
struct Line {
    /// The archive of the unit
    archive: PathBuf,
    /// The officer's key file
    #[arg(long)]
    key: PathBuf,
    /// The line, for the scrutineer to sign
    #[arg(long)]
    out: PathBuf,
}

impl Line {
    /// Makes the line; `credential` is the one that must not have voted, if it is about one.
    fn make(&self, credential: Option<&str>, line: impl FnOnce(&Board<'_>, &KeyFile) -> poll::Answer<Signable>) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer"])?;
        let mut voted = false;
        let opened = Opened::read(&self.archive, |_, payload| {
            voted |= credential.is_some() && credential_of(payload).as_deref() == credential;
            Ok(())
        })?;
        let companion = files::companion(&files::companion_of(&self.archive))?;
        let board = Board {
            election: &opened.election,
            credentials: &opened.credentials,
            companion: &companion,
            voted: &|asked| voted && Some(asked) == credential,
        };
        files::write(&self.out, &line(&board, &key)?.bytes(), Readers::Everybody, Replace::No)?;
        Ok(signed_next(&self.out, &self.archive))
    }
}

/// Arguments of `whitley vote void`.
#[derive(Args)]
pub(crate) struct Void {
    #[command(flatten)]
    line: Line,
    /// The public credential whose holder voted on paper
    #[arg(long)]
    credential: String,
    /// Number of the paper pack; nothing about the person
    #[arg(long)]
    paper: String,
}

impl Void {
    pub(crate) fn run(self) -> Answer<Done> {
        self.line.make(Some(&self.credential), |board, key| board::void(board, &self.credential, &self.paper, key))
    }
}

/// Arguments of `whitley vote extend`.
#[derive(Args)]
pub(crate) struct Extend {
    #[command(flatten)]
    line: Line,
    /// The new closing time, later than the one in force
    #[arg(long, value_name = "TIME")]
    closes_at: String,
    /// Why
    #[arg(long)]
    reason: String,
}

impl Extend {
    pub(crate) fn run(self) -> Answer<Done> {
        let later = files::now(Some(&self.closes_at))?;
        self.line.make(None, |board, key| board::extend(board, later, &self.reason, key))
    }
}

/// Arguments of `whitley vote replace`.
#[derive(Args)]
pub(crate) struct ReplaceOne {
    #[command(flatten)]
    line: Line,
    /// The public credential whose letter was lost; the scrutineer's packs.csv has it by pack number
    #[arg(long, value_name = "ELEMENT")]
    old: String,
    /// The public credential of an unused spare
    #[arg(long, value_name = "ELEMENT")]
    new: String,
    /// Why; nothing about the person
    #[arg(long)]
    reason: String,
}

impl ReplaceOne {
    pub(crate) fn run(self) -> Answer<Done> {
        self.line.make(Some(&self.old), |board, key| board::replace(board, &self.old, &self.new, &self.reason, key))
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
    /// A line made by void, extend or replace
    line: PathBuf,
    /// Your key file
    #[arg(long)]
    key: PathBuf,
}

impl Sign {
    pub(crate) fn run(self) -> Answer<Done> {
        let key = KeyFile::of_role(&self.key, &["officer", "scrutineer"])?;
        let mut line = Signable::read(&files::read(&self.line)?, &self.line.display().to_string())?;
        if !board::is_signed_one_by_one(line.body.kind()) {
            return Err(Refusal::input("only lines made by void, extend and replace are signed here"));
        }
        line.sign(&key.role, &key.signing);
        files::write(&self.line, &line.bytes(), Readers::Everybody, Replace::Yes)?;
        let text = format!("The {} signed this:\n{}\n", key.role, line.body.text());
        Ok(Done::new(text, json!({ "line": self.line.display().to_string(), "signed_by": key.role })))
    }
}
