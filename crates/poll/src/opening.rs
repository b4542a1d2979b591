//! The opening: what officer and scrutineer sign of each unit, and the beginning of its archive and companion.

use vote::archive::{SetupRecords, Tail};
use vote::companion::{Body, Setup, Signature};
use vote::{Election, PublicCredentials};

use crate::ceremony::Finished;
use crate::files::{Files, Replace};
use crate::{Answer, Companion, KeyFile, Poll, Refusal, Signable, Unit, credentials};

/// A unit that can be opened: everything but the two signatures.
pub struct Due {
    /// What is signed.
    pub body: Body,
    /// The election.
    pub election: Election,
    /// Its credentials.
    pub credentials: PublicCredentials,
    /// The companion's lines before the signatures' turn: of the ceremony, then of the list.
    lines: Vec<(Body, Vec<Signature>)>,
    /// The trustees record.
    trustees: String,
}

/// What is to be signed for a unit.
pub fn due(files: &dyn Files, poll: &Poll, ceremony: &Finished, unit: &Unit) -> Answer<Due> {
    let election = poll.election(unit, ceremony.trustees.key())?;
    let listed = credentials::listed(files, poll, unit, &election)?;
    let listed = listed.ok_or_else(|| Refusal::no("the credentials are not there yet: the authority runs whitley vote credentials"))?;
    let body = Body::setup(
        &election,
        &Setup {
            unit: &unit.name,
            ceremony: &poll.ceremony,
            opens_at: &poll.opens_at,
            closes_at: &poll.closes_at,
            roll: listed.roll,
            entitled: listed.entitled(),
            revote: poll.revote,
            minimum: poll.minimum,
            units: &unit.merged,
            small_allowed: unit.small_allowed,
            roles: &poll.roles,
        },
    );
    let mut lines = ceremony.lines.clone();
    lines.push((listed.body, listed.signatures));
    Ok(Due { body, election, credentials: listed.credentials, lines, trustees: ceremony.trustees.record().to_owned() })
}

/// Who signs a unit's setup. Refuses a key that is neither's.
pub fn demand_signer(poll: &Poll, key: &KeyFile, shown: &str) -> Answer<()> {
    let due = if key.role == "officer" { &poll.roles.officer } else { &poll.roles.scrutineer };
    if key.signing.public() == *due {
        return Ok(());
    }
    Err(Refusal::input(format!("{shown} is not the key of this poll's {}", key.role)))
}

/// Adds a signature to a unit's setup, beside the other's if that is of the same setup. Gives what was begun, if both are there.
pub fn sign(files: &mut dyn Files, poll: &Poll, due: &Due, unit: &Unit, key: &KeyFile) -> Answer<Option<Begun>> {
    let mut setup = signed_so_far(files, due, unit)?;
    setup.sign(&key.role, &key.signing);
    files.put(&unit.file("setup.json"), &setup.bytes(), Replace::Yes)?;
    begun(files, poll, due, unit)
}

/// Takes a signed setup that was brought in: its signatures, each checked, join those that are there.
pub fn receive(files: &mut dyn Files, poll: &Poll, due: &Due, unit: &Unit, bytes: &[u8]) -> Answer<Option<Begun>> {
    let name = unit.file("setup.json");
    let brought = Signable::read(bytes, &name)?;
    if brought.body != due.body {
        return Err(Refusal::no(format!("{name}: this is not the setup of {} as the files here make it", unit.id)));
    }
    let mut setup = signed_so_far(files, due, unit)?;
    let mut taken = 0;
    for (signer, public) in poll.signers() {
        let one = [(signer.clone(), public)];
        if let Some(signature) = brought.complete(&one, &name)?.and_then(|list| list.into_iter().next()) {
            setup.signatures.retain(|(earlier, _)| *earlier != signer);
            setup.signatures.push((signer, signature));
            taken += 1;
        }
    }
    if taken == 0 {
        return Err(Refusal::input(format!("{name} has no signature of the officer or the scrutineer")));
    }
    files.put(&name, &setup.bytes(), Replace::Yes)?;
    begun(files, poll, due, unit)
}

/// Who has signed a unit's setup so far.
pub fn signers_so_far(files: &dyn Files, due: &Due, unit: &Unit) -> Answer<Vec<String>> {
    Ok(signed_so_far(files, due, unit)?.signatures.into_iter().map(|(signer, _)| signer).collect())
}

/// What archive and companion of a unit begin with, if both have signed.
pub fn begun(files: &dyn Files, poll: &Poll, due: &Due, unit: &Unit) -> Answer<Option<Begun>> {
    let name = unit.file("setup.json");
    let setup = signed_so_far(files, due, unit)?;
    let Some(signatures) = setup.complete(&poll.signers(), &files.shown(&name))? else { return Ok(None) };
    let mut lines = vec![(due.body.clone(), signatures)];
    lines.extend(due.lines.iter().cloned());
    Ok(Some(Begun {
        election: due.election.record().to_owned(),
        trustees: due.trustees.clone(),
        credentials: due.credentials.record(),
        lines,
    }))
}

fn signed_so_far(files: &dyn Files, due: &Due, unit: &Unit) -> Answer<Signable> {
    let name = unit.file("setup.json");
    if let Some(bytes) = files.get(&name)? {
        let earlier = Signable::read(&bytes, &files.shown(&name))?;
        // A setup of earlier files is signed anew.
        if earlier.body == due.body {
            return Ok(earlier);
        }
    }
    Ok(Signable::new(due.body.clone()))
}

/// The beginning of a unit's archive and companion.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The election record.
    pub election: String,
    /// The trustees record.
    pub trustees: String,
    /// The public credentials record.
    pub credentials: String,
    /// Setup, commitments, ceremony, credentials, with their signatures.
    pub lines: Vec<(Body, Vec<Signature>)>,
}

impl Begun {
    /// The records of the Setup event.
    pub fn records(&self) -> SetupRecords<'_> {
        SetupRecords { election: &self.election, trustees: &self.trustees, credentials: &self.credentials }
    }

    /// The archive's first bytes; `timestamp` in seconds since 1970 goes into every header.
    pub fn archive(&self, timestamp: u64) -> Answer<(Tail, Vec<u8>)> {
        Tail::begin(timestamp, &self.records()).map_err(|fault| Refusal::input(fault.to_string()))
    }

    /// The companion's first lines, and what they say.
    pub fn companion(&self) -> Answer<(Companion, String)> {
        let mut chain = vote::companion::Chain::default();
        let text: String = self.lines.iter().map(|(body, signatures)| chain.append(body, signatures)).collect();
        Ok((Companion::read(text.as_bytes(), "the companion")?, text))
    }
}
