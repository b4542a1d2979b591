//! `whitley vote ceremony`: one command for a trustee, which does the next step that is possible.
//!
//! Steps and their files in `POLL/ceremony/`, one of each trustee: certificate, commitment, opening, confirmation, signature. Nobody
//! opens before all commitments are there, and nobody signs a transcript other than the one they took part in.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use vote::companion::{Body, Signature};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::key::Certificates;
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::single::PublicKey;
use vote::trustee::{CeremonyFault, Quorum, TrusteeNumber};
use vote::{Hash, Randomness, SecretScalar};

use super::files::{self, KeyFile, Readers, Signable, System};
use super::plan::{Holders, Poll};
use super::{Done, Refusal};

type Answer<T> = Result<T, Refusal>;

/// Arguments of `whitley vote ceremony`.
#[derive(Args)]
pub(crate) struct Ceremony {
    /// The poll folder
    poll: PathBuf,
    /// Your key file; it is written anew with what the ceremony gives you
    #[arg(long)]
    key: PathBuf,
}

impl From<CeremonyFault> for Refusal {
    fn from(fault: CeremonyFault) -> Self {
        match fault {
            CeremonyFault::Randomness(_) => Self::ours(fault.to_string()),
            _ => Self::no(format!("the ceremony cannot go on: {fault}")),
        }
    }
}

/// What a trustee could do now.
enum Next {
    Did(&'static str),
    WaitsFor(&'static str, Vec<u32>),
    Done(Box<Trustees>),
}

impl Ceremony {
    pub(crate) fn run(self) -> Answer<Done> {
        let poll = Poll::read(&self.poll)?;
        let mut key = KeyFile::of_role(&self.key, &["trustee"])?;
        let public = key.signing.public();
        let at = poll.roles.trustees.iter().position(|trustee| *trustee == public);
        let own = at.ok_or_else(|| Refusal::input(format!("{} belongs to none of this poll's trustees", self.key.display())))? as u32 + 1;
        if key.ceremony.as_ref().is_some_and(|ceremony| *ceremony != poll.ceremony) {
            return Err(Refusal::no(format!("{} took part in another ceremony: make a new key for each", self.key.display())));
        }
        key.ceremony = Some(poll.ceremony.clone());
        let steps = Steps { poll: &poll, own, key_path: self.key.clone() };
        let mut did = Vec::new();
        loop {
            let next = match poll.holders {
                Holders::Group(quorum) => steps.next_of_group(&mut key, quorum)?,
                Holders::Singles => steps.next_of_single(&mut key)?,
            };
            match next {
                Next::Did(what) => did.push(what),
                Next::WaitsFor(what, whom) => {
                    let list: Vec<String> = whom.iter().map(u32::to_string).collect();
                    let text = format!(
                        "Trustee {own}: {}.\nwaiting for the {what} of trustee {}; then run this again\n",
                        if did.is_empty() { "nothing to do yet".to_owned() } else { format!("made the {}", did.join(" and the ")) },
                        list.join(", ")
                    );
                    return Ok(Done::new(
                        text,
                        json!({ "trustee": own, "made": did, "waiting_for": { "what": what, "trustees": whom }, "done": false }),
                    ));
                }
                Next::Done(trustees) => {
                    let text = format!(
                        "Trustee {own}: the ceremony is done{}.\nelection key: {}\nCompare it with the other trustees over another channel.\nnext: the credential authority runs  whitley vote credentials\n",
                        if did.is_empty() { String::new() } else { format!(" (made the {})", did.join(" and the ")) },
                        trustees.key().encode()
                    );
                    let key = trustees.key().encode().to_string();
                    return Ok(Done::new(
                        text,
                        json!({ "trustee": own, "made": did, "done": true, "election_key": key, "trustees": trustees.hash().hex() }),
                    ));
                }
            }
        }
    }
}

struct Steps<'a> {
    poll: &'a Poll,
    own: u32,
    key_path: PathBuf,
}

impl Steps<'_> {
    fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        1..=self.poll.roles.trustees.len() as u32
    }

    fn path(&self, trustee: u32, step: &str) -> PathBuf {
        path(self.poll, trustee, step)
    }

    fn missing(&self, step: &str) -> Vec<u32> {
        self.numbers().filter(|trustee| !self.path(*trustee, step).is_file()).collect()
    }

    fn all(&self, step: &str) -> Answer<Vec<Vec<u8>>> {
        self.numbers().map(|trustee| files::read(&self.path(trustee, step))).collect()
    }

    fn publish(&self, step: &str, bytes: &[u8]) -> Answer<()> {
        files::write(&self.path(self.own, step), bytes, Readers::Everybody, false)
    }

    fn publish_commitment(&self, key: &KeyFile, opening: &str) -> Answer<()> {
        let trustee = TrusteeNumber(self.own);
        let hash = commit::commitment(&self.poll.ceremony, trustee, opening);
        let mut line = Signable::new(Body::commitment(&self.poll.ceremony, trustee, &hash));
        line.sign(&format!("trustee {trustee}"), &key.signing);
        line.write(&self.path(self.own, "commitment"), false)
    }

    /// Keeps what the key file needs for the next steps; the secret polynomial never leaves it in clear.
    fn keep(&self, key: &KeyFile) -> Answer<()> {
        key.write(&self.key_path, true)
    }

    fn next_of_group(&self, key: &mut KeyFile, quorum: Quorum) -> Answer<Next> {
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let own = TrusteeNumber(self.own);
        let member = key.member.as_ref().ok_or_else(|| Refusal::input("this trustee's key file has no member key"))?;
        let missing = self.missing("certificate");
        if missing.contains(&self.own) {
            self.publish("certificate", member.certificate(quorum, own, random)?.record().as_bytes())?;
            return Ok(Next::Did("certificate"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("certificate", missing));
        }
        let certificates = Certificates::check(&self.all("certificate")?, quorum)?;
        if certificates.member(member)? != own {
            return Err(CeremonyFault::NotAMember.into());
        }
        let missing = self.missing("commitment");
        if missing.contains(&self.own) {
            if key.polynomial.is_none() {
                key.polynomial = Some(Polynomial::random(quorum.needed, random)?);
                self.keep(key)?;
            }
            let opening = key.polynomial.as_ref().map(Polynomial::opening).unwrap_or_default();
            self.publish_commitment(key, &opening)?;
            return Ok(Next::Did("commitment"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("commitment", missing));
        }
        let commitments = commitments(self.poll)?;
        let missing = self.missing("opening");
        if missing.contains(&self.own) {
            let polynomial =
                key.polynomial.as_ref().ok_or_else(|| Refusal::input("this key file has no polynomial: it did not commit here"))?;
            let opening = Opening::make(&certificates, member, polynomial, random)?.record();
            key.commitments = Some(commit::commitments(&commitments));
            self.keep(key)?;
            self.publish("opening", opening.as_bytes())?;
            return Ok(Next::Did("opening"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("opening", missing));
        }
        let openings = self
            .all("opening")?
            .iter()
            .zip(self.numbers().zip(&commitments))
            .map(|(bytes, (trustee, committed))| {
                Opening::check(bytes, &certificates, TrusteeNumber(trustee), &self.poll.ceremony, committed)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let missing = self.missing("confirmation");
        if missing.contains(&self.own) {
            let (confirmation, secret) = Confirmation::make(&certificates, &openings, member, random)?;
            key.decryption = Some(secret);
            self.keep(key)?;
            self.publish("confirmation", confirmation.record().as_bytes())?;
            return Ok(Next::Did("confirmation"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("confirmation", missing));
        }
        let confirmations = self
            .all("confirmation")?
            .iter()
            .zip(self.numbers())
            .map(|(bytes, trustee)| Confirmation::check(bytes, &certificates, &openings, TrusteeNumber(trustee)))
            .collect::<Result<Vec<_>, _>>()?;
        let trustees = confirm::finish(&certificates, &openings, &confirmations)?;
        self.sign(key, trustees, &commitments)
    }

    fn next_of_single(&self, key: &mut KeyFile) -> Answer<Next> {
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let missing = self.missing("commitment");
        if missing.contains(&self.own) {
            if key.single.is_none() {
                key.single = Some(SecretScalar::random(random)?);
                self.keep(key)?;
            }
            let secret = key.single.as_ref().ok_or_else(|| Refusal::ours("no key"))?;
            self.publish_commitment(key, PublicKey::prove(secret, random)?.encoded().as_str())?;
            return Ok(Next::Did("commitment"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("commitment", missing));
        }
        let commitments = commitments(self.poll)?;
        let missing = self.missing("opening");
        if missing.contains(&self.own) {
            let secret = key.single.as_ref().ok_or_else(|| Refusal::input("this key file did not commit here"))?;
            let record = PublicKey::prove(secret, random)?.record();
            key.decryption = Some(SecretScalar::parse(&secret.expose_decimal()).map_err(|_| Refusal::ours("no key"))?);
            key.commitments = Some(commit::commitments(&commitments));
            self.keep(key)?;
            self.publish("opening", record.as_bytes())?;
            return Ok(Next::Did("opening"));
        }
        if !missing.is_empty() {
            return Ok(Next::WaitsFor("opening", missing));
        }
        let mut keys = Vec::new();
        for (bytes, (trustee, committed)) in self.all("opening")?.iter().zip(self.numbers().zip(&commitments)) {
            let trustee = TrusteeNumber(trustee);
            let public = PublicKey::check(bytes, trustee)?;
            if commit::commitment(&self.poll.ceremony, trustee, public.encoded().as_str()) != *committed {
                return Err(CeremonyFault::OpeningDiffers { trustee }.into());
            }
            keys.push(public);
        }
        self.sign(key, Trustees::singles(&keys)?, &commitments)
    }

    /// The end: everybody signs the whole transcript they took part in (V21).
    fn sign(&self, key: &KeyFile, trustees: Trustees, commitments: &[Hash]) -> Answer<Next> {
        let seen = commit::commitments(commitments);
        if key.commitments.is_some_and(|earlier| earlier != seen) {
            return Err(CeremonyFault::TranscriptDiffers.into());
        }
        let mine = key.decryption.as_ref().map(vote::Element::generator_secret_power);
        let listed = trustees.keys().get(self.own as usize - 1).map(|public| *public.key());
        if mine.is_none() || mine != listed {
            return Err(CeremonyFault::TranscriptDiffers.into());
        }
        let missing = self.missing("signature");
        if missing.contains(&self.own) {
            let mut line = Signable::new(Body::ceremony(&self.poll.ceremony, &trustees.hash(), &seen));
            line.sign(&format!("trustee {}", self.own), &key.signing);
            line.write(&self.path(self.own, "signature"), false)?;
            return Ok(Next::Did("signature"));
        }
        let record = self.poll.folder.join("ceremony").join("trustees.json");
        if !record.is_file() {
            files::write(&record, trustees.record().as_bytes(), Readers::Everybody, false)?;
        }
        if missing.is_empty() { Ok(Next::Done(Box::new(trustees))) } else { Ok(Next::WaitsFor("signature", missing)) }
    }
}

fn path(poll: &Poll, trustee: u32, step: &str) -> PathBuf {
    poll.folder.join("ceremony").join(format!("trustee-{trustee}.{step}.json"))
}

fn commitments(poll: &Poll) -> Answer<Vec<Hash>> {
    commitment_lines(poll)?.into_iter().map(|(hash, ..)| Ok(hash)).collect()
}

/// The commitments with their signed lines, checked.
fn commitment_lines(poll: &Poll) -> Answer<Vec<(Hash, Body, Signature)>> {
    let mut lines = Vec::new();
    for (number, key) in (1..).zip(&poll.roles.trustees) {
        let path = path(poll, number, "commitment");
        let line = Signable::read(&path)?;
        let signer = format!("trustee {number}");
        let signature = line.complete(&[(signer, key.clone())], &path)?.and_then(|list| list.into_iter().next());
        let wrong = || Refusal::input(format!("{} is not the commitment of trustee {number} in this ceremony", path.display()));
        let value: Value = serde_json::from_str(line.body.text()).map_err(|_| wrong())?;
        let hash = value.get("commitment").and_then(Value::as_str).and_then(Hash::parse).ok_or_else(wrong)?;
        if line.body != Body::commitment(&poll.ceremony, TrusteeNumber(number), &hash) {
            return Err(wrong());
        }
        lines.push((hash, line.body, signature.ok_or_else(wrong)?));
    }
    Ok(lines)
}

/// A finished ceremony: the trustees and the companion's lines about it.
pub(crate) struct Finished {
    pub(crate) trustees: Trustees,
    pub(crate) lines: Vec<(Body, Vec<Signature>)>,
}

/// Reads a finished ceremony and checks all of it again.
pub(crate) fn finished(poll: &Poll) -> Answer<Finished> {
    let record = poll.folder.join("ceremony").join("trustees.json");
    if !record.is_file() {
        return Err(Refusal::no("the key ceremony is not done yet: every trustee runs whitley vote ceremony"));
    }
    let trustees = Trustees::check(&files::read(&record)?)?;
    let commitments = commitment_lines(poll)?;
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
        let path = path(poll, number, "signature");
        if !path.is_file() {
            return Err(Refusal::no(format!("trustee {number} has not signed the ceremony yet")));
        }
        let line = Signable::read(&path)?;
        let signature = line.complete(&[(format!("trustee {number}"), key.clone())], &path)?;
        match signature {
            Some(list) if line.body == body => signatures.extend(list),
            _ => return Err(Refusal::no(format!("trustee {number} signed another transcript"))),
        }
    }
    let mut lines: Vec<(Body, Vec<Signature>)> = commitments.into_iter().map(|(_, body, signature)| (body, vec![signature])).collect();
    lines.push((body, signatures));
    Ok(Finished { trustees, lines })
}
