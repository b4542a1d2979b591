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
