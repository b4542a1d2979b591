//! The key ceremony of the trustees (docs/spec/voting.md, section 6.5).
//!
//! Steps and their files `ceremony/trustee-N.STEP.json`, one of each trustee: certificate, commitment, opening, confirmation, signature.
//! Nobody opens before all commitments are there, and nobody signs a transcript other than the one they took part in.

use serde_json::Value;
use vote::companion::{Body, Signature};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::key::{Certificate, Certificates};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::single::PublicKey;
use vote::trustee::{CeremonyFault, Quorum, TrusteeNumber};
use vote::{Hash, Randomness, SecretScalar};

use crate::files::{Files, Replace};
use crate::{Answer, Holders, KeyFile, Poll, Refusal, Signable};

/// The trustees record, once all is confirmed.
pub const TRUSTEES: &str = "ceremony/trustees.json";

/// The steps of a ceremony, in order.
pub fn steps(poll: &Poll) -> &'static [&'static str] {
    match poll.holders {
        Holders::Group(_) => &["certificate", "commitment", "opening", "confirmation", "signature"],
        Holders::Singles => &["commitment", "opening", "signature"],
    }
}

/// Name of a trustee's file of a step.
pub fn file(trustee: u32, step: &str) -> String {
    format!("ceremony/trustee-{trustee}.{step}.json")
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// This trustee's file of this step.
    Own(&'static str),
    /// This step's files of these other trustees.
    Others(&'static str, Vec<u32>),
    /// Nothing: the ceremony is done.
    Nothing,
}

/// What a trustee (from 1) can do next, by the files that are there; or whom it waits for.
pub fn due(files: &dyn Files, poll: &Poll, trustee: u32) -> Answer<Due> {
    for step in steps(poll) {
        let missing = missing(files, poll, step)?;
        if missing.contains(&trustee) {
            return Ok(Due::Own(step));
        }
        if !missing.is_empty() {
            return Ok(Due::Others(step, missing));
        }
    }
    Ok(Due::Nothing)
}

/// What a trustee did, and what it waits for.
#[derive(Debug)]
pub struct Progress {
    /// The trustee's number, from 1.
    pub own: u32,
    /// The files it made.
    pub made: Vec<&'static str>,
    /// What it waits for; none if the ceremony is done.
    pub waits_for: Option<(&'static str, Vec<u32>)>,
    /// The trustees, if the ceremony is done.
    pub trustees: Option<Box<Trustees>>,
}

/// A trustee goes as far as the others' files allow. `keep` stores the key file each time it gets something, before anything made with
/// it is shown; `shown` is the key file's name in a refusal.
pub fn go_on(
    files: &mut dyn Files,
    poll: &Poll,
    key: &mut KeyFile,
    shown: &str,
    keep: &mut dyn FnMut(&KeyFile) -> Answer<()>,
    random: &mut Randomness<'_>,
) -> Answer<Progress> {
    let own = trustee_of(poll, key).ok_or_else(|| Refusal::input(format!("{shown} belongs to none of this poll's trustees")))?;
    if key.ceremony.as_ref().is_some_and(|ceremony| *ceremony != poll.ceremony) {
        return Err(Refusal::no(format!("{shown} took part in another ceremony: make a new key for each")));
    }
    key.ceremony = Some(poll.ceremony.clone());
    let mut steps = Steps { files, poll, own, keep, random };
    let mut made = Vec::new();
    loop {
        let next = match poll.holders {
            Holders::Group(quorum) => steps.next_of_group(key, quorum)?,
            Holders::Singles => steps.next_of_single(key)?,
        };
        match next {
            Next::Did(what) => made.push(what),
            Next::WaitsFor(what, whom) => return Ok(Progress { own, made, waits_for: Some((what, whom)), trustees: None }),
            Next::Done(trustees) => return Ok(Progress { own, made, waits_for: None, trustees: Some(trustees) }),
        }
    }
}

/// Number of the trustee whose key this is, from 1.
pub fn trustee_of(poll: &Poll, key: &KeyFile) -> Option<u32> {
    let public = key.signing.public();
    (1..).zip(&poll.roles.trustees).find(|(_, trustee)| **trustee == public).map(|(number, _)| number)
}

/// Takes a trustee's file that was brought in, after every check that is possible now. `name` is as [`file`] makes it, with or without
/// `ceremony/`. The same bytes again are taken again; other bytes are refused. Who brought it is for the caller: certificates are signed
/// by keys that nobody knows yet, so a server takes the files of trustee N from the holder of its role key only.
pub fn receive_ceremony_file(files: &mut dyn Files, poll: &Poll, name: &str, bytes: &[u8]) -> Answer<()> {
    let short = name.strip_prefix("ceremony/").unwrap_or(name);
    let parts = short.strip_prefix("trustee-").and_then(|rest| rest.strip_suffix(".json")).and_then(|rest| rest.split_once('.'));
    let known = parts.and_then(|(number, step)| {
        let number = number.parse::<u32>().ok().filter(|found| (1..=poll.trustees()).contains(found) && found.to_string() == number)?;
        Some((number, *steps(poll).iter().find(|known| **known == step)?))
    });
    let Some((number, step)) = known else {
        return Err(Refusal::input(format!(
            "{name} is no file of this ceremony: they are called trustee-N.STEP.json, N from 1 to {}, STEP one of {}",
            poll.trustees(),
            steps(poll).join(", ")
        )));
    };
    let name = file(number, step);
    if let Some(earlier) = files.get(&name)? {
        return if earlier == bytes {
            Ok(())
        } else {
            Err(Refusal::no(format!("another {step} of trustee {number} is there already; a ceremony is never done twice")))
        };
    }
    for before in steps(poll).iter().take_while(|before| **before != step) {
        let missing = missing(files, poll, before)?;
        if !missing.is_empty() {
            let list: Vec<String> = missing.iter().map(u32::to_string).collect();
            return Err(Refusal::no(format!("the {step} of trustee {number} comes after the {before} of trustee {}", list.join(", "))));
        }
    }
    let trustee = TrusteeNumber(number);
    match (step, poll.holders) {
        ("certificate", Holders::Group(quorum)) => drop(Certificate::check(bytes, quorum, trustee)?),
        ("commitment", _) => drop(commitment_line(poll, number, bytes, &name)?),
        ("opening", Holders::Group(quorum)) => drop(Opening::check(
            bytes,
            &Certificates::check(&all(files, poll, "certificate")?, quorum)?,
            trustee,
            &poll.ceremony,
            commitments(files, poll)?.get(number as usize - 1).ok_or_else(|| Refusal::ours("a commitment is missing"))?,
        )?),
        ("opening", Holders::Singles) => {
            let public = PublicKey::check(bytes, trustee)?;
            let committed = commitments(files, poll)?;
            if committed.get(number as usize - 1) != Some(&commit::commitment(&poll.ceremony, trustee, public.encoded().as_str())) {
                return Err(CeremonyFault::OpeningDiffers { trustee }.into());
            }
        }
        ("confirmation", Holders::Group(quorum)) => {
            let certificates = Certificates::check(&all(files, poll, "certificate")?, quorum)?;
            let openings = openings(files, poll, &certificates, &commitments(files, poll)?)?;
            drop(Confirmation::check(bytes, &certificates, &openings, trustee)?);
        }
        _ => {
            let committed = commitments(files, poll)?;
            let trustees = made_by_all(files, poll, &committed)?;
            let body = Body::ceremony(&poll.ceremony, &trustees.hash(), &commit::commitments(&committed));
            let line = Signable::read(bytes, &name)?;
            if line.body != body {
                return Err(Refusal::no(format!("trustee {number} signed another transcript")));
            }
            let key = poll.roles.trustees.get(number as usize - 1).cloned().ok_or_else(|| Refusal::ours("a key is missing"))?;
            line.demand_complete(&[(format!("trustee {number}"), key)], &name)?;
            files.put(TRUSTEES, trustees.record().as_bytes(), Replace::Yes)?;
        }
    }
    files.put(&name, bytes, Replace::No)
}

/// What a trustee could do now.
enum Next {
    Did(&'static str),
    WaitsFor(&'static str, Vec<u32>),
    Done(Box<Trustees>),
}

struct Steps<'a, 'r> {
    files: &'a mut dyn Files,
    poll: &'a Poll,
    own: u32,
    keep: &'a mut dyn FnMut(&KeyFile) -> Answer<()>,
    random: &'a mut Randomness<'r>,
}

impl Steps<'_, '_> {
    fn missing(&self, step: &str) -> Answer<Vec<u32>> {
        missing(self.files, self.poll, step)
    }

    fn all(&self, step: &str) -> Answer<Vec<Vec<u8>>> {
        all(self.files, self.poll, step)
    }

    fn publish(&mut self, step: &str, bytes: &[u8]) -> Answer<()> {
        self.files.put(&file(self.own, step), bytes, Replace::No)
    }

    fn publish_commitment(&mut self, key: &KeyFile, opening: &str) -> Answer<()> {
        let trustee = TrusteeNumber(self.own);
        let hash = commit::commitment(&self.poll.ceremony, trustee, opening);
        let mut line = Signable::new(Body::commitment(&self.poll.ceremony, trustee, &hash));
        line.sign(&format!("trustee {trustee}"), &key.signing);
        self.publish("commitment", &line.bytes())
    }

    fn next_of_group(&mut self, key: &mut KeyFile, quorum: Quorum) -> Answer<Next> {
        let own = TrusteeNumber(self.own);
        let member = key.member.as_ref().ok_or_else(|| Refusal::input("this trustee's key file has no member key"))?;
        let missing = self.missing("certificate")?;
        if missing.contains(&self.own) {
            let certificate = member.certificate(quorum, own, self.random)?.record();
            self.publish("certificate", certificate.as_bytes())?;
            return Ok(Next::Did("certificate"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("certificate", missing));
        }
        let certificates = Certificates::check(&self.all("certificate")?, quorum)?;
        if certificates.member(member)? != own {
            return Err(CeremonyFault::NotAMember.into());
        }
        let missing = self.missing("commitment")?;
        if missing.contains(&self.own) {
            if key.polynomial.is_none() {
                key.polynomial = Some(Polynomial::random(quorum.needed, self.random)?);
                (self.keep)(key)?;
            }
            let opening = key.polynomial.as_ref().map(Polynomial::opening).unwrap_or_default();
            self.publish_commitment(key, &opening)?;
            return Ok(Next::Did("commitment"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("commitment", missing));
        }
        let commitments = commitments(self.files, self.poll)?;
        let missing = self.missing("opening")?;
        if missing.contains(&self.own) {
            let polynomial =
                key.polynomial.as_ref().ok_or_else(|| Refusal::input("this key file has no polynomial: it did not commit here"))?;
            let opening = Opening::make(&certificates, member, polynomial, self.random)?.record();
            key.commitments = Some(commit::commitments(&commitments));
            (self.keep)(key)?;
            self.publish("opening", opening.as_bytes())?;
            return Ok(Next::Did("opening"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("opening", missing));
        }
        let openings = openings(self.files, self.poll, &certificates, &commitments)?;
        let missing = self.missing("confirmation")?;
        if missing.contains(&self.own) {
            let (confirmation, secret) = Confirmation::make(&certificates, &openings, member, self.random)?;
            key.decryption = Some(secret);
            (self.keep)(key)?;
            self.publish("confirmation", confirmation.record().as_bytes())?;
            return Ok(Next::Did("confirmation"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("confirmation", missing));
        }
        let trustees = made_by_all(self.files, self.poll, &commitments)?;
        self.sign(key, trustees, &commitments)
    }

    fn next_of_single(&mut self, key: &mut KeyFile) -> Answer<Next> {
        let missing = self.missing("commitment")?;
        if missing.contains(&self.own) {
            if key.single.is_none() {
                key.single = Some(SecretScalar::random(self.random)?);
                (self.keep)(key)?;
            }
            let secret = key.single.as_ref().ok_or_else(|| Refusal::ours("no key"))?;
            let opening = PublicKey::prove(secret, self.random)?;
            self.publish_commitment(key, opening.encoded().as_str())?;
            return Ok(Next::Did("commitment"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("commitment", missing));
        }
        let commitments = commitments(self.files, self.poll)?;
        let missing = self.missing("opening")?;
        if missing.contains(&self.own) {
            let secret = key.single.as_ref().ok_or_else(|| Refusal::input("this key file did not commit here"))?;
            let record = PublicKey::prove(secret, self.random)?.record();
            key.decryption = Some(SecretScalar::parse(&secret.expose_decimal()).map_err(|_| Refusal::ours("no key"))?);
            key.commitments = Some(commit::commitments(&commitments));
            (self.keep)(key)?;
            self.publish("opening", record.as_bytes())?;
            return Ok(Next::Did("opening"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("opening", missing));
        }
        let trustees = made_by_all(self.files, self.poll, &commitments)?;
        self.sign(key, trustees, &commitments)
    }

    /// The end: everybody signs the whole transcript they took part in (V21).
    fn sign(&mut self, key: &KeyFile, trustees: Trustees, commitments: &[Hash]) -> Answer<Next> {
        let seen = commit::commitments(commitments);
        if key.commitments.is_some_and(|earlier| earlier != seen) {
            return Err(CeremonyFault::TranscriptDiffers.into());
        }
        let mine = key.decryption.as_ref().map(vote::Element::generator_secret_power);
        let listed = trustees.keys().get(self.own as usize - 1).map(|public| *public.key());
        if mine.is_none() || mine != listed {
            return Err(CeremonyFault::TranscriptDiffers.into());
        }
        let missing = self.missing("signature")?;
        if missing.contains(&self.own) {
            let mut line = Signable::new(Body::ceremony(&self.poll.ceremony, &trustees.hash(), &seen));
            line.sign(&format!("trustee {}", self.own), &key.signing);
            self.publish("signature", &line.bytes())?;
            return Ok(Next::Did("signature"));
        }
        if !self.files.has(TRUSTEES)? {
            self.files.put(TRUSTEES, trustees.record().as_bytes(), Replace::No)?;
        }
        if missing.is_empty() { Ok(Next::Done(Box::new(trustees))) } else { Ok(Next::WaitsFor("signature", missing)) }
    }
}

fn numbers(poll: &Poll) -> std::ops::RangeInclusive<u32> {
    1..=poll.trustees()
}

fn missing(files: &dyn Files, poll: &Poll, step: &str) -> Answer<Vec<u32>> {
    let mut missing = Vec::new();
    for trustee in numbers(poll) {
        if !files.has(&file(trustee, step))? {
            missing.push(trustee);
        }
    }
    Ok(missing)
}

fn all(files: &dyn Files, poll: &Poll, step: &str) -> Answer<Vec<Vec<u8>>> {
    numbers(poll).map(|trustee| files.demand(&file(trustee, step))).collect()
}

fn openings(files: &dyn Files, poll: &Poll, certificates: &Certificates, commitments: &[Hash]) -> Answer<Vec<Opening>> {
    let mut openings = Vec::new();
    for (bytes, (trustee, committed)) in all(files, poll, "opening")?.iter().zip(numbers(poll).zip(commitments)) {
        openings.push(Opening::check(bytes, certificates, TrusteeNumber(trustee), &poll.ceremony, committed)?);
    }
    Ok(openings)
}

/// The trustees record that follows from everybody's files before the signatures, all checked.
fn made_by_all(files: &dyn Files, poll: &Poll, commitments: &[Hash]) -> Answer<Trustees> {
    let Holders::Group(quorum) = poll.holders else {
        let mut keys = Vec::new();
        for (bytes, (trustee, committed)) in all(files, poll, "opening")?.iter().zip(numbers(poll).zip(commitments)) {
            let trustee = TrusteeNumber(trustee);
            let public = PublicKey::check(bytes, trustee)?;
            if commit::commitment(&poll.ceremony, trustee, public.encoded().as_str()) != *committed {
                return Err(CeremonyFault::OpeningDiffers { trustee }.into());
            }
            keys.push(public);
        }
        return Ok(Trustees::singles(&keys)?);
    };
    let certificates = Certificates::check(&all(files, poll, "certificate")?, quorum)?;
    let openings = openings(files, poll, &certificates, commitments)?;
    let mut confirmations = Vec::new();
    for (bytes, trustee) in all(files, poll, "confirmation")?.iter().zip(numbers(poll)) {
        confirmations.push(Confirmation::check(bytes, &certificates, &openings, TrusteeNumber(trustee))?);
    }
    Ok(confirm::finish(&certificates, &openings, &confirmations)?)
}

fn commitments(files: &dyn Files, poll: &Poll) -> Answer<Vec<Hash>> {
    commitment_lines(files, poll)?.into_iter().map(|(hash, ..)| Ok(hash)).collect()
}

/// The commitments with their signed lines, checked.
fn commitment_lines(files: &dyn Files, poll: &Poll) -> Answer<Vec<(Hash, Body, Signature)>> {
    let mut lines = Vec::new();
    for number in numbers(poll) {
        let name = file(number, "commitment");
        lines.push(commitment_line(poll, number, &files.demand(&name)?, &files.shown(&name))?);
    }
    Ok(lines)
}

fn commitment_line(poll: &Poll, number: u32, bytes: &[u8], shown: &str) -> Answer<(Hash, Body, Signature)> {
    let line = Signable::read(bytes, shown)?;
    let wrong = || Refusal::input(format!("{shown} is not the commitment of trustee {number} in this ceremony"));
    let key = poll.roles.trustees.get(number as usize - 1).cloned().ok_or_else(wrong)?;
    let signature = line.complete(&[(format!("trustee {number}"), key)], shown)?.and_then(|list| list.into_iter().next());
    let value: Value = serde_json::from_str(line.body.text()).map_err(|_| wrong())?;
    let hash = value.get("commitment").and_then(Value::as_str).and_then(Hash::parse).ok_or_else(wrong)?;
    if line.body != Body::commitment(&poll.ceremony, TrusteeNumber(number), &hash) {
        return Err(wrong());
    }
    Ok((hash, line.body, signature.ok_or_else(wrong)?))
}

/// A finished ceremony: the trustees and the companion's lines about it.
#[derive(Debug)]
pub struct Finished {
    /// Of the record.
    pub trustees: Trustees,
    /// Commitments and the ceremony line, with their signatures.
    pub lines: Vec<(Body, Vec<Signature>)>,
}

/// Reads a finished ceremony and checks all of it again.
pub fn finished(files: &dyn Files, poll: &Poll) -> Answer<Finished> {
    let Some(record) = files.get(TRUSTEES)? else {
        return Err(Refusal::no("the key ceremony is not done yet: every trustee runs whitley vote ceremony"));
    };
    let trustees = Trustees::check(&record)?;
    let commitments = commitment_lines(files, poll)?;
    for (number, ((hash, ..), opening)) in (1..).zip(commitments.iter().zip(trustees.openings())) {
        let trustee = TrusteeNumber(number);
        if commit::commitment(&poll.ceremony, trustee, opening) != *hash {
            return Err(CeremonyFault::OpeningDiffers { trustee }.into());
        }
    }
    let hashes: Vec<Hash> = commitments.iter().map(|(hash, ..)| *hash).collect();
    let body = Body::ceremony(&poll.ceremony, &trustees.hash(), &commit::commitments(&hashes));
    let mut signatures = Vec::new();
    for (number, key) in (1..).zip(&poll.roles.trustees) {
        let name = file(number, "signature");
        let Some(bytes) = files.get(&name)? else {
            return Err(Refusal::no(format!("trustee {number} has not signed the ceremony yet")));
        };
        let shown = files.shown(&name);
        let line = Signable::read(&bytes, &shown)?;
        match line.complete(&[(format!("trustee {number}"), key.clone())], &shown)? {
            Some(list) if line.body == body => signatures.extend(list),
            _ => return Err(Refusal::no(format!("trustee {number} signed another transcript"))),
        }
    }
    let mut lines: Vec<(Body, Vec<Signature>)> = commitments.into_iter().map(|(_, body, signature)| (body, vec![signature])).collect();
    lines.push((body, signatures));
    Ok(Finished { trustees, lines })
}
