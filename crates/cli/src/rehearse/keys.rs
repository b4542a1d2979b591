//! All keys of a rehearsal, and the lines they sign before voting opens.

use vote::companion::{Body, Chain, Revote, RoleKey, Roles, Setup, Signature};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::key::{Certificates, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::{Quorum, TrusteeNumber};
use vote::{Election, Hash, PublicCredentials, Randomness, SecretScalar, Seeded};

use super::Failure;
use super::units::{Days, SMALL, Unit};

/// Three trustees, any two of whom count.
const TRUSTEES: Quorum = Quorum { members: 3, needed: 2 };

/// All keys of the rehearsal in one hand: in a real poll nobody has two of them.
pub(super) struct Keys {
    ceremony: String,
    pub(super) trustees: Trustees,
    pub(super) secrets: Vec<SecretScalar>,
    pub(super) holders: Vec<RoleKey>,
    commitments: Vec<Hash>,
    officer: RoleKey,
    scrutineer: RoleKey,
    authority: RoleKey,
}

impl Keys {
    /// The whole ceremony: certificates, commitments, openings, confirmations.
    pub(super) fn make(seed: &str) -> Result<Self, Failure> {
        let mut source = Seeded::new(format!("{seed}/ceremony").as_bytes());
        let random = &mut Randomness::new(&mut source);
        let ceremony = format!("rehearsal {seed}");
        let numbers = || (1..=TRUSTEES.members).map(TrusteeNumber);
        let members = numbers().map(|_| MemberKey::random(random)).collect::<Result<Vec<_>, _>>()?;
        let records = members
            .iter()
            .zip(numbers())
            .map(|(key, trustee)| Ok(key.certificate(TRUSTEES, trustee, random)?.record().into_bytes()))
            .collect::<Result<Vec<_>, Failure>>()?;
        let certificates = Certificates::check(&records, TRUSTEES)?;
        let polynomials = numbers().map(|_| Polynomial::random(TRUSTEES.needed, random)).collect::<Result<Vec<_>, _>>()?;
        let commitments: Vec<Hash> = polynomials
            .iter()
            .zip(numbers())
            .map(|(polynomial, trustee)| commit::commitment(&ceremony, trustee, &polynomial.opening()))
            .collect();
        let mut openings = Vec::new();
        for ((key, polynomial), (trustee, committed)) in members.iter().zip(&polynomials).zip(numbers().zip(&commitments)) {
            let record = Opening::make(&certificates, key, polynomial, random)?.record();
            openings.push(Opening::check(record.as_bytes(), &certificates, trustee, &ceremony, committed)?);
        }
        let (mut confirmations, mut secrets) = (Vec::new(), Vec::new());
        for key in &members {
            let (confirmation, secret) = Confirmation::make(&certificates, &openings, key, random)?;
            confirmations.push(confirmation);
            secrets.push(secret);
        }
        let trustees = confirm::finish(&certificates, &openings, &confirmations)?;
        let holders = numbers().map(|_| RoleKey::random(random)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            ceremony,
            trustees,
            secrets,
            holders,
            commitments,
            officer: RoleKey::random(random)?,
            scrutineer: RoleKey::random(random)?,
            authority: RoleKey::random(random)?,
        })
    }

    pub(super) fn both(&self, body: &Body) -> Vec<Signature> {
        vec![self.officer.sign(body), self.scrutineer.sign(body)]
    }

    /// The beginning of a unit's companion: setup, commitments, ceremony, list of credentials.
    pub(super) fn open_companion(
        &self,
        chain: &mut Chain,
        (election, credentials): (&Election, &PublicCredentials),
        unit: &Unit,
        roll: &Hash,
        revote: Revote,
        days: Days,
    ) -> String {
        let roles = Roles {
            officer: self.officer.public(),
            scrutineer: self.scrutineer.public(),
            authority: self.authority.public(),
            trustees: self.holders.iter().map(RoleKey::public).collect(),
        };
        let body = Body::setup(
            election,
            &Setup {
                unit: &unit.name,
                ceremony: &self.ceremony,
                opens_at: &format!("{}T08:00:00Z", days.opens_on),
                closes_at: &format!("{}T17:00:00Z", days.closes_on),
                roll: *roll,
                entitled: credentials.number(),
                revote,
                minimum: SMALL,
                units: std::slice::from_ref(&unit.name),
                small_allowed: credentials.number() < SMALL as usize,
                roles: &roles,
            },
        );
        let mut text = chain.append(&body, &self.both(&body));
        for ((holder, commitment), number) in self.holders.iter().zip(&self.commitments).zip(1..) {
            let body = Body::commitment(&self.ceremony, TrusteeNumber(number), commitment);
            text.push_str(&chain.append(&body, &[holder.sign(&body)]));
        }
        let body = Body::ceremony(&self.ceremony, &self.trustees.hash(), &commit::commitments(&self.commitments));
        text.push_str(&chain.append(&body, &self.holders.iter().map(|holder| holder.sign(&body)).collect::<Vec<_>>()));
        let body = Body::credentials(election, credentials);
        text.push_str(&chain.append(&body, &[self.authority.sign(&body)]));
        text
    }
}
