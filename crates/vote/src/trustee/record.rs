//! The trustees record of an archive: who holds keys, and the election key they give together (voting.md section 6.4).

use super::confirm::VerificationKey;
use super::key::{Certificate, Certificates};
use super::message::SignedMessage;
use super::share;
use super::single::PublicKey;
use super::{CeremonyFault, Quorum, TrusteeNumber};
use crate::group::Element;
use crate::json::{self, ShapeFault};
use crate::proof::Proof;
use crate::transcript::Hash;

/// A checked trustees record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trustees {
    record: String,
    groups: Vec<Group>,
    key: Element,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Single(PublicKey),
    Pedersen { quorum: Quorum, verification_keys: Vec<PublicKey>, openings: Vec<String>, key: Element },
}

impl Trustees {
    /// Single trustees, all of whom are needed.
    pub fn singles(keys: &[PublicKey]) -> Result<Self, CeremonyFault> {
        let mut text = String::from("[");
        json::list(&mut text, keys, |text, key| {
            text.push_str("[\"Single\",");
            text.push_str(&key.record());
            text.push(']');
        });
        text.push(']');
        Self::check(text.as_bytes())
    }

    /// Reads a record and checks all of it.
    pub fn check(bytes: &[u8]) -> Result<Self, CeremonyFault> {
        let whole = |fault: ShapeFault| CeremonyFault::Shape { trustee: TrusteeNumber(0), what: fault.what };
        let value = json::parse(bytes, "trustees").map_err(whole)?;
        let mut groups = Vec::new();
        let mut first = 1;
        for item in json::array(&value).map_err(whole)? {
            let item = json::array(item).map_err(whole)?;
            let group = match (item.first().and_then(|kind| kind.as_str()), item.get(1), item.len()) {
                (Some("Single"), Some(single), 2) => Group::Single(PublicKey::check(single.to_string().as_bytes(), TrusteeNumber(first))?),
                (Some("Pedersen"), Some(pedersen), 2) => check_pedersen(pedersen)?,
                _ => return Err(whole(ShapeFault::new("trustees"))),
            };
            first += group.size();
            groups.push(group);
        }
        let key = groups.iter().map(Group::key).fold(Element::identity(), |product, key| product.times(key));
        let record = String::from_utf8(bytes.to_vec()).map_err(|_| whole(ShapeFault::new("trustees")))?;
        let trustees = Self { record, groups, key };
        let keys = trustees.keys();
        for (two, key) in keys.iter().enumerate() {
            if let Some(one) = keys[..two].iter().position(|earlier| earlier.key == key.key) {
                return Err(CeremonyFault::SameKey { one: TrusteeNumber(one as u32 + 1), two: TrusteeNumber(two as u32 + 1) });
            }
        }
        if trustees.key.is_identity() { Err(CeremonyFault::KeyIsIdentity) } else { Ok(trustees) }
    }

    /// The bytes of the record.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// SHA-256 of the record.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.record)
    }

    /// The election key: the product of all sub-keys.
    pub fn key(&self) -> &Element {
        &self.key
    }

    /// The keys under which partial decryptions are checked, by trustee number from 1.
    pub fn keys(&self) -> Vec<&PublicKey> {
        let mut keys = Vec::new();
        for group in &self.groups {
            match group {
                Group::Single(key) => keys.push(key),
                Group::Pedersen { verification_keys, .. } => keys.extend(verification_keys),
            }
        }
        keys
    }

    /// What each trustee committed to before the ceremony's openings, in order (archive.md B4).
    pub fn openings(&self) -> Vec<&str> {
        let mut list = Vec::new();
        for group in &self.groups {
            match group {
                Group::Single(key) => list.push(key.encoded.as_str()),
                Group::Pedersen { openings, .. } => list.extend(openings.iter().map(String::as_str)),
            }
        }
        list
    }

    /// Whether these trustees are enough to count.
    pub fn enough(&self, present: &[TrusteeNumber]) -> bool {
        let mut first = 1;
        self.groups.iter().all(|group| {
            let members = first..first + group.size();
            first = members.end;
            let there = members.filter(|number| present.contains(&TrusteeNumber(*number))).count();
            there >= group.needed() as usize
        })
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }
}

impl Group {
    pub(crate) fn size(&self) -> u32 {
        match self {
            Self::Single(_) => 1,
            Self::Pedersen { quorum, .. } => quorum.members,
        }
    }

    pub(crate) fn needed(&self) -> u32 {
        match self {
            Self::Single(_) => 1,
            Self::Pedersen { quorum, .. } => quorum.needed,
        }
    }

    fn key(&self) -> &Element {
        match self {
            Self::Single(key) => &key.key,
            Self::Pedersen { key, .. } => key,
        }
    }
}

fn check_pedersen(value: &serde_json::Value) -> Result<Group, CeremonyFault> {
    let whole = |fault: ShapeFault| CeremonyFault::Shape { trustee: TrusteeNumber(0), what: fault.what };
    let fields = json::fields(value, &["threshold", "certs", "coefexps", "signatures", "verification_keys"]).map_err(whole)?;
    let needed = json::number(fields.get("threshold").map_err(whole)?).map_err(whole)?;
    let certs = fields.array("certs").map_err(whole)?;
    let coefficients = fields.array("coefexps").map_err(whole)?;
    let signatures = fields.array("signatures").map_err(whole)?;
    let keys = fields.array("verification_keys").map_err(whole)?;
    let members = u32::try_from(certs.len()).unwrap_or(u32::MAX);
    let quorum = Quorum::new(members, needed).ok_or_else(|| whole(ShapeFault::new("threshold")))?;
    for found in [coefficients.len(), signatures.len(), keys.len()] {
        if found != certs.len() {
            return Err(CeremonyFault::NumberOfMembers { expected: members, found });
        }
    }
    let numbered = || (1..).map(TrusteeNumber);
    let list = numbered()
        .zip(certs)
        .map(|(trustee, cert)| {
            let signed = SignedMessage::read(cert).map_err(|fault| CeremonyFault::Shape { trustee, what: fault.what })?;
            Certificate::of(signed, quorum, trustee)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let certificates = Certificates::of(list, quorum)?;
    let mut openings = Vec::new();
    let mut exponents = Vec::new();
    for (trustee, (coefficients, signature)) in numbered().zip(coefficients.iter().zip(signatures)) {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let signed = SignedMessage::read(coefficients).map_err(shape)?;
        let bound = Proof::read(signature).map_err(shape)?;
        exponents.push(share::check_coefficients(&signed, &bound, &certificates, trustee)?);
        openings.push(signed.message);
    }
    let verification_keys = numbered()
        .zip(keys)
        .map(|(trustee, key)| VerificationKey::check(key, &certificates, &exponents, trustee).map(|key| key.public))
        .collect::<Result<Vec<_>, _>>()?;
    let key = exponents.iter().filter_map(|list| list.first()).fold(Element::identity(), |product, first| product.times(first));
    Ok(Group::Pedersen { quorum, verification_keys, openings, key })
}
