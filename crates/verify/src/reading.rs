//! Helpers shared by the readers of records.

use crate::container::Hash;
use crate::curve::{Element, Encoded, Point, encode_all, generator_table};
use crate::json::{Value, parse};
use crate::report::{Check, Ledger, Part, Place, What};
use crate::scalar::{challenge, parse_scalar};
use curve25519_dalek::Scalar;
use sha2::{Digest, Sha256};

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Parses a record that must be canonical as a whole. Spec V3, V4.
pub(crate) fn read_record<'a>(body: &'a [u8], part: Part, place: Place, ledger: &mut Ledger) -> Option<Value<'a>> {
    ledger.count(Check::V3, 1);
    ledger.count(Check::V4, 1);
    read_canonical(body, part, place, ledger)
}

/// The same for JSON inside a record, which is part of that record's check and not counted again.
pub(crate) fn read_canonical<'a>(body: &'a [u8], part: Part, place: Place, ledger: &mut Ledger) -> Option<Value<'a>> {
    match parse(body) {
        Err(fault) => {
            let (at, kind) = (fault.at, fault.what);
            ledger.fault(Check::V4, place, What::Json { part, at, kind });
            None
        }
        Ok(parsed) => {
            if let Some(at) = parsed.first_non_canonical {
                ledger.fault(Check::V3, place, What::NotCanonical { part, at });
                return None;
            }
            Some(parsed.value)
        }
    }
}

/// A hash written as 64 small hexadecimal digits.
pub(crate) fn hash_value(value: &Value<'_>) -> Option<Hash> {
    crate::hex::hash_from_hex(value.string()?.as_bytes())
}

/// An element; a bad one is a fault. Spec V31.
pub(crate) fn element_value(value: &Value<'_>, place: Place, ledger: &mut Ledger) -> Option<Element> {
    ledger.count(Check::V31, 1);
    let parsed = match value.string() {
        Some(text) => Element::parse(text),
        None => Err(crate::curve::ElementFault::NotDigits),
    };
    parsed.map_err(|fault| ledger.fault(Check::V31, place, What::Element(fault))).ok()
}

/// A challenge and a response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) challenge: Scalar,
    pub(crate) response: Scalar,
}

/// `{"challenge":…,"response":…}`. Spec V4, V32.
pub(crate) fn proof_value(value: &Value<'_>, part: Part, place: Place, ledger: &mut Ledger) -> Option<Proof> {
    let Some([challenge, response]) = value.exactly(["challenge", "response"]) else {
        ledger.fault(Check::V4, place, What::Fields(part));
        return None;
    };
    ledger.count(Check::V32, 2);
    let mut scalar = |value| parse_scalar(value).map_err(|fault| ledger.fault(Check::V32, place, What::Scalar(fault))).ok();
    let (challenge, response) = (scalar(challenge), scalar(response));
    Some(Proof { challenge: challenge?, response: response? })
}

impl Proof {
    /// g^response · key^challenge.
    pub(crate) fn commitment(&self, key: &Point) -> Point {
        generator_table().add_to(key.times(&self.challenge), &self.response)
    }

    /// Whether the challenge is H(prefix; g^response · key^challenge): knowledge of the key's exponent.
    pub(crate) fn proves_knowledge(&self, prefix: &[u8], key: &Point) -> bool {
        let mut input = prefix.to_vec();
        input.extend_from_slice(&self.commitment(key).encode().0);
        challenge(&input) == self.challenge
    }

    /// A signature of version 1 on a message.
    pub(crate) fn signs(&self, message: &str, key: &Point) -> bool {
        self.proves_knowledge(format!("sigmsg|{message}|").as_bytes(), key)
    }

    /// The two commitments of a proof that `factor` is `base` to the exponent of `key`.
    pub(crate) fn equality_commitments(&self, key: &Point, base: &Point, factor: &Point) -> [Encoded; 2] {
        let on_base = base.times(&self.response).add(&factor.times(&self.challenge));
        let both = encode_all(&[self.commitment(key), on_base]);
        [both[0], both[1]]
    }
}
