//! Step 1 of the key ceremony: a member's seed, its two keys, its certificate (voting.md section 6.2).

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::message::SignedMessage;
use super::{CeremonyFault, Quorum, TrusteeNumber};
use crate::credential::{BASE58, random_digits};
use crate::group::{Element, GROUP, SecretScalar};
use crate::json::{self, ShapeFault};
use crate::random::{NoRandomness, Randomness};

/// A member's secret keys, made from 22 digits of base 58. No `Debug`; wiped when dropped.
pub struct MemberKey {
    seed: Zeroizing<String>,
    pub(crate) signing: SecretScalar,
    pub(crate) decryption: SecretScalar,
}

impl MemberKey {
    /// A fresh key.
    pub fn random(random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let digits = random_digits::<22>(random)?;
        Ok(Self::from_checked(digits.iter().map(|digit| char::from(*digit)).collect()))
    }

    /// The key of this seed; `None` if these are not 22 digits of base 58.
    pub fn from_seed(seed: &str) -> Option<Self> {
        let fits = seed.len() == 22 && seed.bytes().all(|byte| BASE58.as_bytes().contains(&byte));
        fits.then(|| Self::from_checked(seed.to_owned()))
    }

    fn from_checked(seed: String) -> Self {
        let seed = Zeroizing::new(seed);
        let derive = |label: &[u8]| {
            let mut hash = Sha256::new();
            hash.update(label);
            hash.update(seed.as_bytes());
            SecretScalar::from_hash(&Zeroizing::new(hash.finalize().into()))
        };
        let (signing, decryption) = (derive(b"sk|"), derive(b"dk|"));
        Self { seed, signing, decryption }
    }

    /// The seed, for the member's own key file and for nothing else.
    pub fn expose_seed(&self) -> &str {
        &self.seed
    }

    /// vk, under which this member's messages are checked.
    pub fn verification_key(&self) -> Element {
        Element::generator_secret_power(&self.signing)
    }

    /// ek, to which messages are encrypted.
    pub fn encryption_key(&self) -> Element {
        Element::generator_secret_power(&self.decryption)
    }

    /// Step 1: the signed certificate of both keys for one place in one group.
    pub fn certificate(&self, quorum: Quorum, trustee: TrusteeNumber, random: &mut Randomness<'_>) -> Result<Certificate, NoRandomness> {
        let (verification, encryption) = (self.verification_key(), self.encryption_key());
        let message = format!(
            "{{\"context\":{},\"verification\":\"{}\",\"encryption\":\"{}\"}}",
            context(quorum, trustee),
            verification.encode(),
            encryption.encode()
        );
        Ok(Certificate { signed: SignedMessage::sign(message, &self.signing, random)?, verification, encryption })
    }
}

fn context(quorum: Quorum, trustee: TrusteeNumber) -> String {
    format!("{{\"group\":\"{GROUP}\",\"size\":{},\"threshold\":{},\"index\":{trustee}}}", quorum.members, quorum.needed)
}

/// A checked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub(crate) signed: SignedMessage,
    pub(crate) verification: Element,
    pub(crate) encryption: Element,
}

impl Certificate {
    /// The bytes that are published.
    pub fn record(&self) -> String {
        self.signed.record()
    }

    /// vk.
    pub fn verification_key(&self) -> &Element {
        &self.verification
    }

    /// Reads one certificate and checks it: context, members of the group, signature (V19).
    pub fn check(bytes: &[u8], quorum: Quorum, trustee: TrusteeNumber) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let signed = SignedMessage::read(&json::parse(bytes, "certificate").map_err(shape)?).map_err(shape)?;
        Self::of(signed, quorum, trustee)
    }

    pub(crate) fn of(signed: SignedMessage, quorum: Quorum, trustee: TrusteeNumber) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let value = json::parse(signed.message.as_bytes(), "certificate").map_err(shape)?;
        let fields = json::fields(&value, &["context", "verification", "encryption"]).map_err(shape)?;
        let given = fields.get("context").map_err(shape)?.to_string();
        if given != context(quorum, trustee) {
            return Err(CeremonyFault::Context { trustee });
        }
        let element = |name: &str| {
            Element::parse_key(fields.text(name).map_err(shape)?).map_err(|_| CeremonyFault::Shape { trustee, what: name.to_owned() })
        };
        let (verification, encryption) = (element("verification")?, element("encryption")?);
        if signed.is_by(&verification) {
            Ok(Self { signed, verification, encryption })
        } else {
            Err(CeremonyFault::Signature { trustee, what: "certificate" })
        }
    }
}

/// All certificates of a group, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificates {
    pub(crate) quorum: Quorum,
    pub(crate) list: Vec<Certificate>,
}

impl Certificates {
    /// One certificate of each member, in order, all keys different (V19).
    pub fn check(records: &[Vec<u8>], quorum: Quorum) -> Result<Self, CeremonyFault> {
        let list = (1..)
            .zip(records)
            .map(|(number, record)| Certificate::check(record, quorum, TrusteeNumber(number)))
            .collect::<Result<_, _>>()?;
        Self::of(list, quorum)
    }

    pub(crate) fn of(list: Vec<Certificate>, quorum: Quorum) -> Result<Self, CeremonyFault> {
        if list.len() != quorum.members as usize {
            return Err(CeremonyFault::NumberOfMembers { expected: quorum.members, found: list.len() });
        }
        for (two, certificate) in list.iter().enumerate() {
            let same =
                |earlier: &Certificate| earlier.verification == certificate.verification || earlier.encryption == certificate.encryption;
            if let Some(one) = list[..two].iter().position(same) {
                return Err(CeremonyFault::SameKey { one: TrusteeNumber(one as u32 + 1), two: TrusteeNumber(two as u32 + 1) });
            }
        }
        Ok(Self { quorum, list })
    }

    /// Members and quorum.
    pub fn quorum(&self) -> Quorum {
        self.quorum
    }

    /// Whose key this is.
    pub fn member(&self, key: &MemberKey) -> Result<TrusteeNumber, CeremonyFault> {
        let verification = key.verification_key();
        let at = self.list.iter().position(|certificate| certificate.verification == verification).ok_or(CeremonyFault::NotAMember)?;
        Ok(TrusteeNumber(at as u32 + 1))
    }

    /// `certs_sig|{"certs":[…],"coefexps":[…]}`: what a member's second signature of its coefficients covers.
    pub(crate) fn bound_to(&self, coefficients: &str) -> String {
        let mut text = String::from("certs_sig|{\"certs\":[");
        json::list(&mut text, &self.list, |text, certificate| certificate.signed.write(text));
        text.push_str(&format!("],\"coefexps\":{coefficients}}}"));
        text
    }
}
