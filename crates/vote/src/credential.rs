//! Credentials: 128 secret bits on paper for the voter, one public element on the list.
//!
//! A private credential is 22 digits of base 58, `XXXXX-XXXXXX-XXXXX-XXXXXX`; its exponent is hashed from it together with
//! the election's uuid, so one credential means nothing in another election (voting.md section 4). The credential authority
//! makes them away from the server and hands out letters; the server sees the public list only (R29).

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::group::{Element, Encoded, SecretScalar};
use crate::json;
use crate::random::{NoRandomness, Randomness};
use crate::transcript::Hash;

/// The digits of base 58, in order of value.
pub const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A private credential. No `Debug`; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Credential(String);

/// Why a text is not a credential. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialFault {
    /// Not four groups of 5, 6, 5 and 6 with hyphens between.
    Shape,
    /// A character that is no digit of base 58, at this place from 1.
    Digit(usize),
}

impl fmt::Display for CredentialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => f.write_str("a credential has 22 characters in groups of 5, 6, 5 and 6 with hyphens between"),
            Self::Digit(place) => write!(f, "character {place} cannot occur in a credential (0, I, O and l never do)"),
        }
    }
}

impl std::error::Error for CredentialFault {}

impl Credential {
    /// A fresh credential.
    pub fn random(random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let digits = random_digits::<22>(random)?;
        let mut text = String::with_capacity(25);
        for (at, digit) in digits.iter().enumerate() {
            if matches!(at, 5 | 11 | 16) {
                text.push('-');
            }
            text.push(char::from(*digit));
        }
        Ok(Self(text))
    }

    /// Reads a credential as the voter typed it, spaces at the ends aside.
    pub fn parse(text: &str) -> Result<Self, CredentialFault> {
        let text = text.trim();
        for (at, byte) in text.bytes().enumerate() {
            let hyphen = matches!(at, 5 | 12 | 18);
            if hyphen != (byte == b'-') {
                return Err(CredentialFault::Shape);
            }
            if !hyphen && !BASE58.as_bytes().contains(&byte) {
                return Err(CredentialFault::Digit(at + 1));
            }
        }
        if text.len() == 25 { Ok(Self(text.to_owned())) } else { Err(CredentialFault::Shape) }
    }

    /// The text for the voter's letter, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The signing key of this credential in one election.
    pub fn key(&self, uuid: &Uuid) -> CredentialKey {
        let exponent = self.exponent(uuid);
        let public = Element::generator_secret_power(&exponent);
        CredentialKey { exponent, public, encoded: public.encode() }
    }

    /// The public credentials of many, with one field inversion for all. The points are as secret as the exponents until their
    /// coordinates are divided out; the inversion is one fixed power of their product, so its time depends on none of them.
    pub fn public_all<'c>(credentials: impl IntoIterator<Item = &'c Self>, uuid: &Uuid) -> Vec<Encoded> {
        let points = credentials.into_iter().map(|credential| Element::generator_secret_power(&credential.exponent(uuid)));
        Element::encode_all(&points.collect::<Vec<_>>())
    }

    fn exponent(&self, uuid: &Uuid) -> SecretScalar {
        let mut wide = Zeroizing::new([0_u8; 64]);
        for (half, number) in wide.chunks_exact_mut(32).zip(["0", "1"]) {
            let mut hash = Sha256::new();
            for part in ["derive_credential|", uuid.as_str(), "|", number, "|", &self.0] {
                hash.update(part.as_bytes());
            }
            half.copy_from_slice(&Zeroizing::new(<[u8; 32]>::from(hash.finalize()))[..]);
        }
        SecretScalar::from_wide_hash(&wide)
    }
}

/// The exponent s and the public credential g^s.
pub struct CredentialKey {
    pub(crate) exponent: SecretScalar,
    public: Element,
    encoded: Encoded,
}

impl CredentialKey {
    /// The public credential as it stands in the list.
    pub fn encoded(&self) -> &Encoded {
        &self.encoded
    }

    /// The decimal digits of s, for test vectors and for nothing else.
    pub fn expose_exponent(&self) -> Zeroizing<String> {
        self.exponent.expose_decimal()
    }

    /// The public credential.
    pub fn public(&self) -> &Element {
        &self.public
    }
}

/// The public credentials record: elements, sorted, all with a weight or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCredentials {
    entries: Vec<(Encoded, u64)>,
    weighted: bool,
}

/// Why a list of credentials cannot be used (V16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// An empty list.
    Empty,
    /// The same credential twice.
    Twice(Encoded),
    /// The record or an entry (numbered from 1) cannot be read.
    Entry(usize),
}

impl fmt::Display for ListFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the list of credentials is empty"),
            Self::Twice(credential) => write!(f, "credential {credential} is listed twice"),
            Self::Entry(0) => f.write_str("this is not a list of public credentials"),
            Self::Entry(number) => write!(f, "entry {number} is not a public credential"),
        }
    }
}

impl std::error::Error for ListFault {}

impl PublicCredentials {
    /// A list in which everybody has one vote.
    pub fn new(credentials: Vec<Encoded>) -> Result<Self, ListFault> {
        Self::sorted(credentials.into_iter().map(|credential| (credential, 1)).collect(), false)
    }

    /// A list with weights.
    pub fn weighted(credentials: Vec<(Encoded, u64)>) -> Result<Self, ListFault> {
        Self::sorted(credentials, true)
    }

    fn sorted(mut entries: Vec<(Encoded, u64)>, weighted: bool) -> Result<Self, ListFault> {
        entries.sort_unstable();
        if entries.is_empty() {
            return Err(ListFault::Empty);
        }
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(ListFault::Twice(pair[0].0)),
            None => Ok(Self { entries, weighted }),
        }
    }

    /// Reads a record. Elements are not checked for membership here: `verify` does that.
    pub fn read(bytes: &[u8]) -> Result<Self, ListFault> {
        let value = json::parse(bytes, "credentials").map_err(|_| ListFault::Entry(0))?;
        let list = json::array(&value).map_err(|_| ListFault::Entry(0))?;
        let mut entries = Vec::with_capacity(list.len());
        let mut weighted = None;
        for (at, entry) in list.iter().enumerate() {
            let fault = ListFault::Entry(at + 1);
            let text = entry.as_str().ok_or(fault.clone())?;
            let (credential, weight) = match text.split_once(',') {
                Some((credential, text)) => {
                    let weight = text.parse().ok().filter(|weight: &u64| weight.to_string() == text);
                    (credential, Some(weight.ok_or(fault.clone())?))
                }
                None => (text, None),
            };
            if *weighted.get_or_insert(weight.is_some()) != weight.is_some() {
                return Err(fault);
            }
            let encoded = Element::parse_key(credential).map_err(|_| fault)?.encode();
            entries.push((encoded, weight.unwrap_or(1)));
        }
        Self::sorted(entries, weighted.unwrap_or(false))
    }

    /// The bytes of the record.
    pub fn record(&self) -> String {
        let mut text = String::with_capacity(self.entries.len() * 67 + 2);
        text.push('[');
        json::list(&mut text, &self.entries, |text, (credential, weight)| {
            text.push('"');
            text.push_str(credential.as_str());
            if self.weighted {
                text.push_str(&format!(",{weight}"));
            }
            text.push('"');
        });
        text.push(']');
        text
    }

    /// Number of entries.
    pub fn number(&self) -> usize {
        self.entries.len()
    }

    /// Sum of weights.
    pub fn total_weight(&self) -> u128 {
        self.entries.iter().map(|(_, weight)| u128::from(*weight)).sum()
    }

    /// The weight of a listed credential.
    pub fn weight(&self, credential: &Encoded) -> Option<u64> {
        let at = self.entries.binary_search_by(|(listed, _)| listed.cmp(credential)).ok()?;
        Some(self.entries[at].1)
    }

    /// SHA-256 of the record: in unpadded base 64 the fingerprint that the authority compares.
    pub fn hash(&self) -> Hash {
        Hash::of(self.record())
    }
}

/// The name of an election: at least 14 digits of base 58.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid(String);

impl Uuid {
    /// A fresh one.
    pub fn random(random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let digits = random_digits::<14>(random)?;
        Ok(Self(digits.iter().map(|digit| char::from(*digit)).collect()))
    }

    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (14..=64).contains(&text.len()) && text.bytes().all(|byte| BASE58.as_bytes().contains(&byte));
        fits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// N digits of base 58 from 512 random bits, so that the bias is far below 2^-300. No table, no branch on the digits.
pub(crate) fn random_digits<const N: usize>(random: &mut Randomness<'_>) -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    let block = random.block()?;
    let mut limbs = Zeroizing::new([0_u32; 16]);
    for (limb, bytes) in limbs.iter_mut().zip(block.chunks_exact(4)) {
        *limb = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let mut digits = Zeroizing::new([0; N]);
    for digit in digits.iter_mut() {
        let mut remainder = 0_u64;
        for limb in limbs.iter_mut() {
            let part = remainder << 32 | u64::from(*limb);
            *limb = (part / 58) as u32;
            remainder = part % 58;
        }
        *digit = base58_digit(remainder as u8);
    }
    Ok(digits)
}

/// The digit of a value below 58: '1' and up, over the gaps before A, J, P, a and m.
fn base58_digit(value: u8) -> u8 {
    // 1 if value >= start, without a branch: both are below 128.
    let from = |start: u8| 1 - ((value.wrapping_sub(start)) >> 7);
    b'1' + value + 7 * from(9) + from(17) + from(22) + 6 * from(33) + from(44)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;

    #[test]
    fn digits_are_those_of_base_58() {
        let digits: String = (0..58).map(|value| char::from(base58_digit(value))).collect();
        assert_eq!(digits, BASE58);
    }

    #[test]
    fn public_credentials_together_are_those_one_by_one() {
        let mut source = Seeded::new(b"together");
        let random = &mut Randomness::new(&mut source);
        let credentials: Vec<Credential> = (0..20).filter_map(|_| Credential::random(random).ok()).collect();
        let uuid = Uuid::random(random).unwrap_or_else(|fault| panic!("{fault}"));
        let one_by_one: Vec<Encoded> = credentials.iter().map(|credential| *credential.key(&uuid).encoded()).collect();
        assert_eq!(one_by_one.len(), 20);
        assert_eq!(Credential::public_all(&credentials, &uuid), one_by_one);
        assert!(Credential::public_all(&[], &uuid).is_empty());
    }

    #[test]
    fn a_credential_is_read_as_it_was_written() {
        let mut source = Seeded::new(b"credential");
        let credential = Credential::random(&mut Randomness::new(&mut source)).map_err(|fault| panic!("{fault}"));
        let text = credential.map(|credential| credential.expose().to_owned()).unwrap_or_default();
        assert!(Credential::parse(&text).is_ok());
        assert!(Credential::parse(&format!(" {text}\n")).is_ok());
        assert_eq!(Credential::parse(&text[..24]).err(), Some(CredentialFault::Shape));
        assert_eq!(Credential::parse(&text.replace('-', "")).err(), Some(CredentialFault::Shape));
        let with_zero = format!("0{}", &text[1..]);
        assert_eq!(Credential::parse(&with_zero).err(), Some(CredentialFault::Digit(1)));
        assert_eq!(Credential::parse("").err(), Some(CredentialFault::Shape));
    }
}
