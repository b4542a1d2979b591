//! What is hashed, byte for byte: one function for making and checking each proof.
//!
//! Version 1 (the archive): a prefix that begins with a word and ends in `|`, then the commitments joined by commas;
//! SHA-256 read as a big-endian number modulo q. The companion: labelled parts with lengths. The tables of all prefixes and
//! labels are in voting.md section 3.

use sha2::{Digest as _, Sha256, Sha512};

use crate::group::{Encoded, Scalar};
use crate::hex;

/// SHA-256 of a record's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Hashes bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes.as_ref()).into())
    }

    /// 64 small hexadecimal digits: references between records.
    pub fn hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// Reads 64 small hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }

    /// 43 characters of unpadded base 64: fingerprints and trackers that people compare.
    pub fn base64(&self) -> String {
        hex::base64(&self.0)
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

/// The prefixes of version 1. Each use has its own word, so that no proof holds in another place.
#[derive(Clone, Copy)]
pub(crate) enum Prefix<'a> {
    /// `pok|Ed25519|X|`: a trustee knows its key.
    Possession { key: &'a Encoded },
    /// `sigmsg|M|`: a trustee's signed message.
    Message { message: &'a str },
    /// `prove|T|α,β|`: a ciphertext holds one of several values.
    OneOf { context: &'a str, alpha: &'a Encoded, beta: &'a Encoded },
    /// `bproof0|S|`: blank is not chosen, or nothing else is.
    BlankAlone { context: &'a str },
    /// `bproof1|S|`: blank is chosen, or as many others as allowed.
    BlankOrLimits { context: &'a str },
    /// `sig|h|`: the ballot's signature.
    Ballot { hash: &'a str },
    /// `decrypt|φ|X|`: a partial decryption.
    Decryption { election: &'a str, key: &'a Encoded },
}

impl Prefix<'_> {
    fn feed(&self, hash: &mut Sha256) {
        let parts: &[&str] = match self {
            Self::Possession { key } => &["pok|", crate::group::GROUP, "|", key.as_str(), "|"],
            Self::Message { message } => &["sigmsg|", message, "|"],
            Self::OneOf { context, alpha, beta } => &["prove|", context, "|", alpha.as_str(), ",", beta.as_str(), "|"],
            Self::BlankAlone { context } => &["bproof0|", context, "|"],
            Self::BlankOrLimits { context } => &["bproof1|", context, "|"],
            Self::Ballot { hash } => &["sig|", hash, "|"],
            Self::Decryption { election, key } => &["decrypt|", election, "|", key.as_str(), "|"],
        };
        for part in parts {
            hash.update(part.as_bytes());
        }
    }
}

/// H(P; A_1, …, A_n) of version 1.
pub(crate) fn challenge(prefix: Prefix<'_>, commitments: &[Encoded]) -> Scalar {
    let mut hash = Sha256::new();
    prefix.feed(&mut hash);
    for (at, commitment) in commitments.iter().enumerate() {
        if at > 0 {
            hash.update(b",");
        }
        hash.update(commitment.as_str().as_bytes());
    }
    Scalar::from_hash(&hash.finalize().into())
}

/// Labelled parts of the companion: `length of label, label, length of data as eight bytes, data`.
pub(crate) struct Parts(Vec<u8>);

impl Parts {
    /// Begins with the part `use`.
    pub(crate) fn begin(purpose: &str) -> Self {
        Self(Vec::new()).part("use", purpose.as_bytes())
    }

    pub(crate) fn part(mut self, label: &str, data: impl AsRef<[u8]>) -> Self {
        let data = data.as_ref();
        // Labels are constants of this crate, all far below 256 characters.
        self.0.push(label.len() as u8);
        self.0.extend_from_slice(label.as_bytes());
        self.0.extend_from_slice(&(data.len() as u64).to_be_bytes());
        self.0.extend_from_slice(data);
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn hash(self) -> Hash {
        Hash::of(self.0)
    }

    pub(crate) fn challenge(self) -> Scalar {
        Scalar::from_wide_hash(&Sha512::digest(self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Element;

    /// Every hash input that an independent checker recorded of elections by the foreign program comes out of
    /// [`challenge`], taken apart and put together again.
    #[test]
    fn recorded_transcripts_come_out_again() {
        let mut kinds = std::collections::BTreeMap::new();
        for set in ["ed25519-basic", "ed25519-threshold"] {
            let path = format!("{}/../../vectors/belenios/{set}/trace.json", env!("CARGO_MANIFEST_DIR"));
            let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect(&path)).expect("JSON");
            let ballots = trace["ballots"].as_array().expect("ballots").iter();
            let of_ballots = ballots.flat_map(|ballot| ballot["fiat_shamir_hashes_in_order_of_verification"].as_array().expect("hashes"));
            for entry in of_ballots {
                let input = entry["hash_input"].as_str().expect("text");
                let (head, commitments) = input.rsplit_once('|').expect("a prefix");
                let commitments: Vec<Encoded> =
                    commitments.split(',').map(|code| Element::parse(code).expect("an element").encode()).collect();
                let (word, rest) = head.split_once('|').expect("a word");
                let pair;
                let prefix = match word {
                    "sig" => Prefix::Ballot { hash: rest },
                    "bproof0" => Prefix::BlankAlone { context: rest },
                    "bproof1" => Prefix::BlankOrLimits { context: rest },
                    "prove" => {
                        let (context, ciphertext) = rest.rsplit_once('|').expect("a ciphertext");
                        let (alpha, beta) = ciphertext.split_once(',').expect("two parts");
                        pair = [alpha, beta].map(|code| Element::parse(code).expect("an element").encode());
                        Prefix::OneOf { context, alpha: &pair[0], beta: &pair[1] }
                    }
                    other => panic!("a new kind of transcript: {other}"),
                };
                assert_eq!(challenge(prefix, &commitments).to_string(), entry["challenge_mod_q"], "{word}");
                *kinds.entry(word.to_owned()).or_insert(0) += 1;
            }
        }
        assert_eq!(kinds.keys().map(String::as_str).collect::<Vec<_>>(), ["bproof0", "bproof1", "prove", "sig"]);
    }
}
