//! The companion: what version 1 has no place for, signed by roles (archive.md, part B).

use crate::archive::Archive;
use crate::container::Hash;
use crate::hex::{bytes_from_hex, to_hex};
use crate::json::{Value, parse};
use crate::reading::{hash_value, proof_value, sha256};
use crate::report::{Check, Facts, Ledger, Part, Place, Reason, What};
use crate::tally::Statement;
use curve25519_dalek::Scalar;
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256, Sha512};
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read};

/// Longest line in bytes.
const MAX_LINE: u64 = 8 << 20;
/// Longest text in bytes.
const MAX_TEXT: usize = 4096;

/// Labelled parts, hashed or signed (archive.md B2).
pub(crate) struct Parts(Vec<u8>);

impl Parts {
    pub(crate) fn new(used_for: &str) -> Parts {
        let mut parts = Parts(Vec::new());
        parts.push("use", format!("whitley/companion/v1/{used_for}").as_bytes());
        parts
    }

    pub(crate) fn push(&mut self, label: &str, data: &[u8]) {
        // Labels are literals of this crate, far below 256 bytes.
        self.0.push(label.len() as u8);
        self.0.extend_from_slice(label.as_bytes());
        self.0.extend_from_slice(&(data.len() as u64).to_be_bytes());
        self.0.extend_from_slice(data);
    }

    pub(crate) fn sha256(&self) -> Hash {
        Sha256::digest(&self.0).into()
    }

    /// SHA-512, read big-endian, modulo q.
    pub(crate) fn challenge(&self) -> Scalar {
        let mut hash: [u8; 64] = Sha512::digest(&self.0).into();
        hash.reverse();
        Scalar::from_bytes_mod_order_wide(&hash)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LineType {
    Setup,
    Commitment,
    Ceremony,
    Credentials,
    /// `void`, `schedule` and `replace` in any order.
    Void,
    Schedule,
    Replace,
    Share,
    Result,
}

impl LineType {
    fn of(name: &str) -> Option<LineType> {
        Some(match name {
            "setup" => LineType::Setup,
            "commitment" => LineType::Commitment,
            "ceremony" => LineType::Ceremony,
            "credentials" => LineType::Credentials,
            "void" => LineType::Void,
            "schedule" => LineType::Schedule,
            "replace" => LineType::Replace,
            "share" => LineType::Share,
            "result" => LineType::Result,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            LineType::Setup => "setup",
            LineType::Commitment => "commitment",
            LineType::Ceremony => "ceremony",
            LineType::Credentials => "credentials",
            LineType::Void => "void",
            LineType::Schedule => "schedule",
            LineType::Replace => "replace",
            LineType::Share => "share",
            LineType::Result => "result",
        }
    }
}

/// The keys named in the setup. Absent ones were not well-formed.
#[derive(Default)]
struct Roles {
    officer: Option<VerifyingKey>,
    scrutineer: Option<VerifyingKey>,
    authority: Option<VerifyingKey>,
    trustees: Vec<Option<VerifyingKey>>,
}

struct Terms {
    ceremony: String,
    opens_at: String,
    closes_at: String,
    entitled: u32,
    one_only: bool,
}

struct Reader<'a> {
    archive: &'a Archive,
    facts: &'a mut Facts,
    ledger: &'a mut Ledger,
    roles: Roles,
    terms: Option<Terms>,
    commitments: Vec<Option<Hash>>,
    voided: BTreeSet<u32>,
    voids: u64,
    /// Listed credentials that may not vote now: spares that replaced nobody, and replaced ones.
    unused_spares: BTreeSet<u32>,
    replaced: BTreeSet<u32>,
    shares: usize,
    last: Option<LineType>,
}

/// Everything that a companion checks.
const CHECKS: [Check; 12] = [
    Check::V17,
    Check::V20,
    Check::V26,
    Check::V38,
    Check::V41,
    Check::V42,
    Check::V62,
    Check::V63,
    Check::V64,
    Check::V65,
    Check::V66,
    Check::V67,
];

/// Reads the companion and checks it against the archive.
pub(crate) fn read_companion(mut from: impl BufRead, archive: &Archive, facts: &mut Facts, ledger: &mut Ledger) -> Option<Reason> {
    facts.companion = true;
    let mut reader = Reader {
        archive,
        facts,
        ledger,
        roles: Roles::default(),
        terms: None,
        commitments: Vec::new(),
        voided: BTreeSet::new(),
        voids: 0,
        unused_spares: BTreeSet::new(),
        replaced: BTreeSet::new(),
        shares: 0,
        last: None,
    };
    let mut previous = None;
    let mut number = 0;
    loop {
        let mut line = Vec::new();
        match read_line(&mut from, &mut line) {
            Err(_) => return Some(Reason::Unreadable),
            Ok(0) => break,
            Ok(_) => {}
        }
        let place = Place::default().line(number);
        reader.ledger.count(Check::V62, 1);
        let ended = line.pop() == Some(b'\n');
        if !ended || line.len() as u64 >= MAX_LINE {
            let what = if ended || line.len() as u64 + 1 < MAX_LINE { What::LineEnding } else { What::LineTooLong };
            reader.ledger.fault(Check::V62, place, what);
            return Some(Reason::After(Check::V62));
        }
        if reader.line(&line, number, previous, place).is_none() {
            return Some(Reason::After(reader.ledger.first_failed_of_all().unwrap_or(Check::V62)));
        }
        previous = Some(sha256(&line));
        number += 1;
    }
    if number == 0 {
        reader.ledger.fault(Check::V62, Place::default(), What::CompanionEnds);
        return Some(Reason::After(Check::V62));
    }
    reader.finish()
}

fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    from.by_ref().take(MAX_LINE).read_until(b'\n', line)
}

impl Reader<'_> {
    fn fields_fault(&mut self, place: Place, part: Part) {
        self.ledger.fault(Check::V62, place, What::Fields(part));
    }

    /// `None`: the line cannot be understood, so what follows cannot either.
    fn line(&mut self, line: &[u8], number: u64, previous: Option<Hash>, place: Place) -> Option<()> {
        let parsed = match parse(line) {
            Ok(parsed) => parsed,
            Err(fault) => {
                let (at, kind, part) = (fault.at, fault.what, Part::Line);
                self.ledger.fault(Check::V62, place, What::Json { part, at, kind });
                return None;
            }
        };
        if let Some(at) = parsed.first_non_canonical {
            let part = Part::Line;
            self.ledger.fault(Check::V62, place, What::NotCanonical { part, at });
            return None;
        }
        let fields = parsed.value.fields(["prev?", "line", "type", "body", "signatures"]);
        let parts = fields.and_then(|[prev, line, name, body, signatures]| {
            let prev = match prev {
                None => None,
                Some(prev) => Some(hash_value(prev)?),
            };
            Some((prev, line?.small()?, LineType::of(name?.string()?)?, body?, signatures?.array()?))
        });
        let Some((prev, stated, kind, body, signatures)) = parts else {
            self.fields_fault(place, Part::Line);
            return None;
        };
        if prev != previous {
            self.ledger.fault(Check::V62, place, What::PreviousDiffers);
        }
        if u64::from(stated) != number {
            self.ledger.fault(Check::V62, place, What::LineNumberDiffers);
        }
        if !self.may_follow(kind) {
            self.ledger.fault(Check::V62, place, What::LineOutOfOrder);
            return None;
        }
        self.last = Some(kind);
        let raw = &line[body.start..body.end];
        let signers = match kind {
            LineType::Setup => self.setup(body, place)?,
            LineType::Commitment => self.commitment(body, place)?,
            LineType::Ceremony => self.ceremony(body, place)?,
            LineType::Credentials => self.credentials(body, place)?,
            LineType::Void => self.void(body, place)?,
            LineType::Schedule => self.schedule(body, place)?,
            LineType::Replace => self.replace(body, place)?,
            LineType::Share => self.share(body, place)?,
            LineType::Result => self.result(body, previous, place)?,
        };
        let check = match kind {
            LineType::Setup | LineType::Schedule => Check::V26,
            LineType::Commitment => Check::V20,
            LineType::Ceremony => Check::V21,
            LineType::Credentials => Check::V17,
            LineType::Void => Check::V41,
            LineType::Replace => Check::V67,
            LineType::Share => Check::V65,
            LineType::Result => Check::V66,
        };
        self.signatures(check, kind, raw, &signers, signatures, place)
    }

    /// archive.md B1.
    fn may_follow(&self, kind: LineType) -> bool {
        use LineType::*;
        let trustees = self.roles.trustees.len();
        match (self.last, kind) {
            (None, Setup) => true,
            (Some(Setup), Commitment) => true,
            (Some(Commitment), Commitment) => self.commitments.len() < trustees,
            (Some(Commitment), Ceremony) => self.commitments.len() == trustees,
            (Some(Ceremony), Credentials) => true,
            (Some(Credentials | Void | Schedule | Replace), Void | Schedule | Replace | Share) => true,
            (Some(Share), Share | Result) => true,
            _ => false,
        }
    }

    fn signatures(
        &mut self,
        check: Check,
        kind: LineType,
        body: &[u8],
        signers: &[Option<VerifyingKey>],
        signatures: &[Value<'_>],
        place: Place,
    ) -> Option<()> {
        if signatures.len() != signers.len() {
            let (expected, found) = (signers.len() as u64, signatures.len() as u64);
            self.ledger.fault(check, place, What::ListLength { expected, found });
            return Some(());
        }
        let mut parts = Parts::new(kind.name());
        parts.push("body", body);
        for (i, (signer, signature)) in signers.iter().zip(signatures).enumerate() {
            self.ledger.count(check, 1);
            let valid = signature
                .string()
                .and_then(|digits| bytes_from_hex::<64>(digits.as_bytes()))
                .zip(signer.as_ref())
                .is_some_and(|(bytes, key)| key.verify_strict(&parts.0, &Signature::from_bytes(&bytes)).is_ok());
            // A key that is not well-formed is a fault already.
            if !valid && signer.is_some() {
                self.ledger.fault(check, place.choice(i as u32), What::SignatureFails);
            }
        }
        Some(())
    }

    /// Spec V63: a hash or name in the body is the archive's.
    fn bound<T: PartialEq>(&mut self, stated: &T, actual: Option<&T>, part: Part, place: Place) {
        self.ledger.count(Check::V63, 1);
        if actual.is_some_and(|actual| actual != stated) {
            self.ledger.fault(Check::V63, place, What::HashDiffers(part));
        }
    }

    fn bound_election(&mut self, stated: &Hash, place: Place) {
        let actual = self.archive.setup.as_ref().map(|s| s.election_hash);
        self.bound(stated, actual.as_ref(), Part::Election, place);
    }

    fn setup(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body
            .exactly([
                "version",
                "uuid",
                "election",
                "unit",
                "ceremony",
                "opens_at",
                "closes_at",
                "roll",
                "entitled",
                "questions",
                "revote",
                "merge",
                "roles",
            ])
            .and_then(|f| {
                let [minimum, units, small_allowed] = f[11].exactly(["minimum", "units", "small_allowed"])?;
                let [officer, scrutineer, authority, trustees] = f[12].exactly(["officer", "scrutineer", "authority", "trustees"])?;
                hash_value(f[7])?;
                Some((
                    (f[0].small()? == 1).then_some(())?,
                    text(f[1])?,
                    hash_value(f[2])?,
                    text(f[3])?,
                    text(f[4])?,
                    [time(f[5])?, time(f[6])?],
                    f[8].small()?,
                    hash_value(f[9])?,
                    match f[10].string()? {
                        "last" => false,
                        "one" => true,
                        _ => return None,
                    },
                    (minimum.small()?, units.array()?, small_allowed.bool()?),
                    (
                        [officer.string()?, scrutineer.string()?, authority.string()?],
                        trustees.array()?.iter().map(Value::string).collect::<Option<Vec<_>>>()?,
                    ),
                ))
            });
        let Some((_, uuid, election, unit, ceremony, times, entitled, questions, one_only, merge, roles)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        // Spec V63.
        self.bound_election(&election, place);
        if let Some(setup) = &self.archive.setup {
            let same_uuid = setup.election.uuid == uuid;
            let questions_hash = sha256(&setup.election.questions_bytes);
            self.ledger.count(Check::V63, 1);
            if !same_uuid {
                self.ledger.fault(Check::V63, place, What::UuidDiffers);
            }
            self.bound(&questions, Some(&questions_hash), Part::Question, place);
        }
        // Spec V26.
        self.ledger.count(Check::V26, 1);
        if times[0] >= times[1] {
            self.ledger.fault(Check::V26, place, What::TimesCross);
        }
        // Spec V42.
        self.ledger.count(Check::V42, 1);
        let (minimum, units, small_allowed) = merge;
        let units: Option<Vec<&str>> = units.iter().map(text).collect();
        let Some(mut units) = units.filter(|units| !units.is_empty()) else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        units.sort_unstable();
        if units.windows(2).any(|pair| pair[0] == pair[1]) {
            self.ledger.fault(Check::V42, place, What::EqualUnits);
        }
        if minimum < 5 {
            self.ledger.fault(Check::V42, place, What::MinimumTooSmall);
        }
        if entitled < minimum && !small_allowed {
            self.ledger.fault(Check::V42, place, What::UnitTooSmall);
        }
        // Spec V64.
        let (named, trustees) = roles;
        let mut all: Vec<(String, &str)> = ["officer", "scrutineer", "authority"].map(str::to_owned).into_iter().zip(named).collect();
        all.extend(trustees.iter().enumerate().map(|(i, key)| (format!("trustee {}", i + 1), *key)));
        for (i, (_, key)) in all.iter().enumerate() {
            self.ledger.count(Check::V64, 1);
            if all[..i].iter().any(|(_, other)| other == key) {
                self.ledger.fault(Check::V64, place.choice(i as u32), What::EqualRoleKeys);
            }
        }
        let mut key = |digits: &str| {
            let key = role_key(digits);
            if key.is_none() {
                self.ledger.fault(Check::V64, place, What::KeyForm);
            }
            key
        };
        self.roles = Roles {
            officer: key(named[0]),
            scrutineer: key(named[1]),
            authority: key(named[2]),
            trustees: trustees.iter().map(|digits| key(digits)).collect(),
        };
        let trustees_here = self.archive.setup.as_ref().and_then(|s| s.trustees.as_ref()).map(|t| t.all.len());
        if let Some(expected) = trustees_here.filter(|n| *n != self.roles.trustees.len()) {
            let (expected, found) = (expected as u64, self.roles.trustees.len() as u64);
            self.ledger.fault(Check::V64, place, What::ListLength { expected, found });
            return None;
        }
        self.facts.role_keys = all.into_iter().map(|(role, key)| (role, key.to_owned())).collect();
        self.facts.unit = Some(unit.to_owned());
        self.terms = Some(Terms {
            ceremony: ceremony.to_owned(),
            opens_at: times[0].to_owned(),
            closes_at: times[1].to_owned(),
            entitled,
            one_only,
        });
        Some(vec![self.roles.officer, self.roles.scrutineer])
    }

    /// Spec V20.
    fn check_ceremony(&mut self, stated: &str, check: Check, place: Place) {
        if self.terms.as_ref().is_some_and(|terms| terms.ceremony != stated) {
            self.ledger.fault(check, place, What::CeremonyDiffers);
        }
    }

    fn commitment(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body
            .exactly(["ceremony", "trustee", "commitment"])
            .and_then(|[ceremony, trustee, commitment]| Some((text(ceremony)?, trustee.small()?, hash_value(commitment)?)));
        let Some((ceremony, trustee, commitment)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.check_ceremony(ceremony, Check::V20, place);
        let expected = self.commitments.len() as u32 + 1;
        if trustee != expected {
            self.ledger.fault(Check::V20, place.trustee(trustee), What::OwnerDiffers);
        }
        let place = place.trustee(expected);
        self.ledger.count(Check::V20, 1);
        let trustees = self.archive.setup.as_ref().and_then(|s| s.trustees.as_ref());
        if let Some(known) = trustees.and_then(|t| t.all.get(expected as usize - 1)) {
            let mut parts = Parts::new("opening");
            parts.push("ceremony", ceremony.as_bytes());
            parts.push("trustee", trustee.to_string().as_bytes());
            parts.push("opening", &known.opening);
            if parts.sha256() != commitment && trustee == expected {
                self.ledger.fault(Check::V20, place, What::CommitmentDiffers);
            }
        }
        self.commitments.push(Some(commitment));
        Some(vec![self.roles.trustees[expected as usize - 1]])
    }

    /// Spec V21.
    fn ceremony(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body
            .exactly(["ceremony", "trustees", "commitments"])
            .and_then(|[ceremony, trustees, commitments]| Some((text(ceremony)?, hash_value(trustees)?, hash_value(commitments)?)));
        let Some((ceremony, trustees, commitments)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.check_ceremony(ceremony, Check::V21, place);
        let actual = self.archive.setup.as_ref().map(|s| s.trustees_hash);
        self.bound(&trustees, actual.as_ref(), Part::Trustees, place);
        let mut parts = Parts::new("commitments");
        for commitment in self.commitments.iter().flatten() {
            parts.push("commitment", to_hex(commitment).as_bytes());
        }
        self.ledger.count(Check::V21, 1);
        if parts.sha256() != commitments {
            self.ledger.fault(Check::V21, place, What::CommitmentDiffers);
        }
        Some(self.roles.trustees.clone())
    }

    /// Spec V17, and the list's part of V16 and V67.
    fn credentials(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let fields = body.fields(["election", "credentials", "number", "total_weight", "spares?"]);
        let parts = fields.and_then(|[election, credentials, number, weight, spares]| {
            let spares = match spares {
                None => Vec::new(),
                Some(list) => {
                    let list = list.array()?.iter().map(Value::string).collect::<Option<Vec<_>>>()?;
                    let shaped = |text: &&str| bytes_from_hex::<32>(text.as_bytes()).is_some();
                    Some(list).filter(|list| !list.is_empty() && list.iter().all(shaped))?
                }
            };
            Some((hash_value(election?)?, hash_value(credentials?)?, number?.small()?, weight?.count()?, spares))
        });
        let Some((election, credentials, number, weight, spares)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        self.ledger.count(Check::V17, 1);
        let known = self.archive.setup.as_ref().and_then(|setup| setup.credentials.as_ref());
        if let Some(setup) = &self.archive.setup {
            if setup.credentials_hash != credentials {
                self.ledger.fault(Check::V17, place, What::HashDiffers(Part::Credentials));
            } else if let Some(known) = known {
                let expected = known.list.len() as u64;
                if u64::from(number) != expected {
                    let found = u64::from(number);
                    self.ledger.fault(Check::V17, place, What::NumberDiffers { expected, found });
                }
                let (recorded, computed) = (weight, known.total_weight);
                if recorded != computed {
                    self.ledger.fault(Check::V17, place, What::WeightDiffers { recorded, computed });
                }
            }
        }
        // Spec V67: digits in ascending order, so each once, and all of them listed.
        self.facts.spares = spares.len() as u64;
        self.ledger.count(Check::V67, spares.len() as u64);
        if !spares.is_sorted_by(|a, b| a < b) {
            self.ledger.fault(Check::V67, place, What::SparesNotSorted);
        }
        for spare in known.map(|_| &spares).into_iter().flatten() {
            match known.and_then(|known| known.find(spare)) {
                Some(at) => drop(self.unused_spares.insert(at)),
                None => self.ledger.fault(Check::V67, place, What::CredentialUnknown),
            }
        }
        // Spec V16: the list is the roll and the spares.
        if let (Some(found), Some(terms)) = (self.facts.credentials, &self.terms) {
            self.ledger.count(Check::V16, 1);
            let expected = u64::from(terms.entitled) + spares.len() as u64;
            if found != expected {
                self.ledger.fault(Check::V16, place, What::NumberDiffers { expected, found });
            }
        }
        Some(vec![self.roles.authority])
    }

    /// Whether a listed credential may vote as of this line; `voided` is looked at separately.
    fn may_vote(&self, credential: u32) -> bool {
        !self.unused_spares.contains(&credential) && !self.replaced.contains(&credential)
    }

    fn has_voted(&self, credential: u32) -> bool {
        self.archive.running.as_ref().is_some_and(|running| running.last_of(credential).is_some())
    }

    /// Spec V41.
    fn void(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body.exactly(["election", "credential", "paper"]).and_then(|[election, credential, paper]| {
            text(paper)?;
            Some((hash_value(election)?, credential.string()?))
        });
        let Some((election, credential)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        self.voids += 1;
        self.ledger.count(Check::V41, 1);
        let credentials = self.archive.setup.as_ref().and_then(|s| s.credentials.as_ref());
        if let Some(credentials) = credentials {
            match credentials.find(credential) {
                None => self.ledger.fault(Check::V41, place, What::CredentialUnknown),
                Some(known) => {
                    let place = place.credential(known);
                    if !self.may_vote(known) {
                        self.ledger.fault(Check::V41, place, What::VoidedCannotVote);
                    } else if self.has_voted(known) {
                        self.ledger.fault(Check::V41, place, What::VoidedCredentialVoted);
                    }
                    if !self.voided.insert(known) {
                        self.ledger.fault(Check::V41, place, What::CredentialRepeated { first: known });
                    }
                }
            }
        }
        Some(vec![self.roles.officer, self.roles.scrutineer])
    }

    /// Spec V26.
    fn schedule(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body.exactly(["election", "closes_at", "reason"]).and_then(|[election, closes_at, reason]| {
            text(reason)?;
            Some((hash_value(election)?, time(closes_at)?))
        });
        let Some((election, closes_at)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        self.ledger.count(Check::V26, 1);
        if let Some(terms) = &mut self.terms {
            if closes_at <= terms.closes_at.as_str() || closes_at <= terms.opens_at.as_str() {
                self.ledger.fault(Check::V26, place, What::TimesCross);
            } else {
                terms.closes_at = closes_at.to_owned();
            }
        }
        Some(vec![self.roles.officer, self.roles.scrutineer])
    }

    /// Spec V67.
    fn replace(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body.exactly(["election", "old", "new", "reason"]).and_then(|[election, old, new, reason]| {
            text(reason)?;
            Some((hash_value(election)?, old.string()?, new.string()?))
        });
        let Some((election, old, new)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        self.facts.replaced += 1;
        self.ledger.count(Check::V67, 1);
        if let Some(known) = self.archive.setup.as_ref().and_then(|setup| setup.credentials.as_ref()) {
            match (known.find(old), known.find(new)) {
                (Some(old), Some(new)) => {
                    let at = place.credential(old);
                    if self.voided.contains(&old) || !self.may_vote(old) {
                        self.ledger.fault(Check::V67, at, What::ReplacedCannotVote);
                    } else if self.has_voted(old) {
                        self.ledger.fault(Check::V67, at, What::ReplacedVoted);
                    }
                    let (recorded, computed) = (known.list[new as usize].weight, known.list[old as usize].weight);
                    if recorded != computed {
                        self.ledger.fault(Check::V67, place.credential(new), What::WeightDiffers { recorded, computed });
                    }
                    if !self.unused_spares.remove(&new) {
                        self.ledger.fault(Check::V67, place.credential(new), What::NotAnUnusedSpare);
                    }
                    self.replaced.insert(old);
                }
                _ => self.ledger.fault(Check::V67, place, What::CredentialUnknown),
            }
        }
        Some(vec![self.roles.officer, self.roles.scrutineer])
    }

    /// Spec V65.
    fn share(&mut self, body: &Value<'_>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body.exactly(["election", "owner", "encrypted_tally", "partial_decryption", "proofs"]).and_then(
            |[election, owner, tally, share, proofs]| {
                let proofs = proofs.array()?.iter().map(Value::array).collect::<Option<Vec<_>>>()?;
                Some((hash_value(election)?, owner.small()?, hash_value(tally)?, hash_value(share)?, proofs))
            },
        );
        let Some((election, owner, tally_hash, share_hash, proofs)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        let place = place.trustee(owner);
        let number = self.shares;
        self.shares += 1;
        let signer = owner.checked_sub(1).and_then(|i| self.roles.trustees.get(i as usize).copied());
        let Some(signer) = signer else {
            self.ledger.fault(Check::V65, place, What::UnknownTrustee);
            return Some(vec![]);
        };
        let trustees = self.archive.setup.as_ref().and_then(|s| s.trustees.as_ref());
        let (Some(tally), Some(trustees), Some(setup)) = (&self.archive.recorded, trustees, &self.archive.setup) else {
            return Some(vec![signer]);
        };
        self.bound(&tally_hash, Some(&tally.hash), Part::Tally, place);
        // Shares that the archive refuses have no statement to be proven.
        if self.archive.shares.len() as u64 != self.archive.share_events {
            return Some(vec![signer]);
        }
        let Some(share) = self.archive.shares.get(number).filter(|share| share.owner == owner) else {
            self.ledger.fault(Check::V65, place, What::OwnerDiffers);
            return Some(vec![signer]);
        };
        self.bound(&share_hash, Some(&share.hash), Part::Share, place);
        let shape_fits = proofs.len() == share.factors.len() && proofs.iter().zip(&share.factors).all(|(a, b)| a.len() == b.len());
        if !shape_fits {
            self.ledger.fault(Check::V65, place, What::Shape(Part::Share));
            return Some(vec![signer]);
        }
        for (question, (proofs, factors)) in proofs.iter().zip(&share.factors).enumerate() {
            for (choice, (proof, factor)) in proofs.iter().zip(factors).enumerate() {
                let place = place.question(question as u32).choice(choice as u32);
                self.ledger.count(Check::V65, 1);
                let Some(proof) = proof_value(proof, Part::Share, place, self.ledger) else {
                    continue;
                };
                let statement = Statement {
                    election: &setup.election_hash,
                    key: &trustees.all[owner as usize - 1].key,
                    tally: &tally.hash,
                    question,
                    choice,
                    alpha: &tally.answers[question][choice].alpha,
                    factor,
                };
                if !statement.is_proven_by(&proof) {
                    self.ledger.fault(Check::V65, place, What::ProofFails);
                }
            }
        }
        Some(vec![signer])
    }

    /// Spec V66.
    fn result(&mut self, body: &Value<'_>, previous: Option<Hash>, place: Place) -> Option<Vec<Option<VerifyingKey>>> {
        let parts = body
            .exactly(["election", "lines", "ballots", "counted", "voided", "total_weight", "counts", "result", "last_event"])
            .and_then(|f| {
                let counts = f[6]
                    .array()?
                    .iter()
                    .map(|list| list.array()?.iter().map(Value::count).collect::<Option<Vec<_>>>())
                    .collect::<Option<Vec<_>>>()?;
                Some((
                    [hash_value(f[0])?, hash_value(f[1])?, hash_value(f[7])?, hash_value(f[8])?],
                    [u128::from(f[2].small()?), u128::from(f[3].small()?), u128::from(f[4].small()?), f[5].count()?],
                    counts,
                ))
            });
        let Some(([election, lines, result, last_event], numbers, counts)) = parts else {
            self.fields_fault(place, Part::Body);
            return None;
        };
        self.bound_election(&election, place);
        let (actual_result, actual_last) = (self.archive.result_hash, self.facts.last_event);
        self.bound(&result, actual_result.as_ref(), Part::Result, place);
        self.bound(&last_event, actual_last.as_ref(), Part::Event, place);
        self.ledger.count(Check::V66, 1);
        if Some(lines) != previous {
            self.ledger.fault(Check::V66, place, What::HashDiffers(Part::Line));
        }
        if let Some(running) = self.archive.running.as_ref().filter(|_| self.archive.ballots_complete) {
            let computed = [u128::from(self.facts.ballots), u128::from(running.counted()), u128::from(self.voids), running.total_weight()];
            for (recorded, computed) in numbers.into_iter().zip(computed) {
                self.ledger.count(Check::V66, 1);
                if recorded != computed {
                    self.ledger.fault(Check::V66, place, What::CountDiffers { recorded, computed });
                }
            }
        }
        self.ledger.count(Check::V66, 1);
        if self.archive.counts.as_ref().is_some_and(|known| *known != counts) {
            self.ledger.fault(Check::V66, place, What::CountsDiffer);
        }
        Some(vec![self.roles.officer, self.roles.scrutineer])
    }

    fn finish(self) -> Option<Reason> {
        // Spec V38.
        if let (Some(terms), Some(running)) = (&self.terms, &self.archive.running) {
            self.ledger.count(Check::V38, running.counted() + running.again.len() as u64);
            if terms.one_only {
                for (event, first) in &running.again {
                    let place = Place::default().event(*event);
                    self.ledger.fault(Check::V38, place, What::SecondBallot { first: *first });
                }
            }
        }
        // Spec V67: who may not vote at the end has not voted.
        let voted: Vec<u32> = self.unused_spares.iter().copied().filter(|spare| self.has_voted(*spare)).collect();
        for spare in voted {
            self.ledger.fault(Check::V67, Place::default().credential(spare), What::SpareVoted);
        }
        // Spec V65: every share of the archive has its line.
        let shares_missing = (self.shares as u64) < self.archive.share_events;
        if self.last == Some(LineType::Result) && shares_missing {
            let (needed, found) = (self.archive.share_events as u32, self.shares as u32);
            self.ledger.fault(Check::V65, Place::default(), What::TooFewShares { needed, found });
        }
        if self.last != Some(LineType::Result) {
            // An election that is not finished has a companion that is not finished.
            if self.archive.finished {
                self.ledger.fault(Check::V62, Place::default(), What::CompanionEnds);
            }
            return Some(Reason::NotReached);
        }
        let archive_failed = self.archive.setup.is_none() || !self.archive.ballots_complete;
        for check in CHECKS {
            self.ledger.complete(check);
            if archive_failed {
                let after = self.ledger.first_failed_of_all().unwrap_or(Check::V7);
                self.ledger.skip(check, Reason::After(after));
            }
        }
        None
    }
}

/// An Ed25519 key of a role: canonical, and not of small order.
fn role_key(digits: &str) -> Option<VerifyingKey> {
    let bytes = bytes_from_hex::<32>(digits.as_bytes())?;
    let canonical = CompressedEdwardsY(bytes).decompress()?.compress().0 == bytes;
    let key = VerifyingKey::from_bytes(&bytes).ok()?;
    (canonical && !key.is_weak()).then_some(key)
}

/// 1 … 4096 bytes without control characters.
fn text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.string().filter(|text| (1..=MAX_TEXT).contains(&text.len()) && !text.chars().any(char::is_control))
}

/// `YYYY-MM-DDThh:mm:ssZ`, a date that exists. In this form, text order is time order.
fn time<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let text = value.string()?;
    let b = text.as_bytes();
    let shape = b"0000-00-00T00:00:00Z";
    let fits = b.len() == shape.len()
        && b.iter().zip(shape).all(|(b, s)| match s {
            b'0' => b.is_ascii_digit(),
            s => b == s,
        });
    if !fits {
        return None;
    }
    let number = |from: usize, to: usize| b[from..to].iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    let exists = (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60;
    exists.then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_that_exist() {
        let ok = |text: &str| {
            let json = format!("\"{text}\"");
            time(&parse(json.as_bytes()).unwrap().value).is_some()
        };
        assert!(ok("2028-02-29T23:59:59Z"));
        for text in [
            "2027-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2027-13-01T00:00:00Z",
            "2027-00-01T00:00:00Z",
            "2027-04-31T00:00:00Z",
            "2027-04-00T00:00:00Z",
            "2027-04-01T24:00:00Z",
            "2027-04-01T00:60:00Z",
            "2027-04-01T00:00:60Z",
            "2027-04-01 00:00:00Z",
            "2027-04-01T00:00:00",
            "2027-04-01T00:00:00+00",
            "",
        ] {
            assert!(!ok(text), "{text}");
        }
    }

    #[test]
    fn parts_cannot_be_confused() {
        let hash = |parts: &[(&str, &str)]| {
            let mut all = Parts::new("opening");
            parts.iter().for_each(|(label, data)| all.push(label, data.as_bytes()));
            all.sha256()
        };
        assert_ne!(hash(&[("a", "bc")]), hash(&[("ab", "c")]));
        assert_ne!(hash(&[("a", "b"), ("a", "c")]), hash(&[("a", "bc")]));
        assert_ne!(hash(&[("a", "")]), hash(&[]));
    }
}
