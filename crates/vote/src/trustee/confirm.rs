//! Step 4 of the key ceremony: a member checks all it received, adds up its key shares, and publishes its key.

use subtle::ConstantTimeEq as _;

use super::key::{Certificates, MemberKey};
use super::message;
use super::record::Trustees;
use super::share::{self, Opening};
use super::single::PublicKey;
use super::{CeremonyFault, TrusteeNumber};
use crate::group::{Element, SecretScalar};
use crate::json::{self, ShapeFault};
use crate::proof::Proof;
use crate::random::Randomness;

/// A member's verification key, proved and signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The decryption key encrypted to its own holder.
    private_key: String,
    pub(crate) key: VerificationKey,
}

/// `{"pok":…,"public_key":X,"signature":…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerificationKey {
    pub(crate) public: PublicKey,
    pub(crate) signature: Proof,
}

impl VerificationKey {
    pub(crate) fn write(&self, text: &mut String) {
        text.push('{');
        self.public.write_fields(text);
        text.push_str(",\"signature\":");
        self.signature.write(text);
        text.push('}');
    }

    /// Reads one and checks proof, signature, and that it is what the coefficients give (V22, V24).
    pub(crate) fn check(
        value: &serde_json::Value,
        certificates: &Certificates,
        exponents: &[Vec<Element>],
        trustee: TrusteeNumber,
    ) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let fields = json::fields(value, &["pok", "public_key", "signature"]).map_err(shape)?;
        let signature = Proof::read(fields.get("signature").map_err(shape)?).map_err(shape)?;
        let public = PublicKey::of(value, trustee)?;
        let certificate = certificates
            .list
            .get((trustee.0 as usize).wrapping_sub(1))
            .ok_or(CeremonyFault::NumberOfMembers { expected: certificates.quorum.members, found: trustee.0 as usize })?;
        if !message::is_signed(public.encoded.as_str(), &signature, &certificate.verification) {
            return Err(CeremonyFault::Signature { trustee, what: "verification key" });
        }
        if public.key != share::expected_key(exponents, trustee) {
            return Err(CeremonyFault::VerificationKeyDiffers { trustee });
        }
        Ok(Self { public, signature })
    }
}

impl Confirmation {
    /// Checks the key shares this member received and confirms. Returns the exponent that decrypts: it goes to the member's
    /// own key file (V24).
    pub fn make(
        certificates: &Certificates,
        openings: &[Opening],
        key: &MemberKey,
        random: &mut Randomness<'_>,
    ) -> Result<(Self, SecretScalar), CeremonyFault> {
        let own = certificates.member(key)?;
        if openings.len() != certificates.list.len() {
            return Err(CeremonyFault::NumberOfMembers { expected: certificates.quorum.members, found: openings.len() });
        }
        let mut sum = SecretScalar::zero();
        for ((number, opening), certificate) in (1..).zip(openings).zip(&certificates.list) {
            let trustee = TrusteeNumber(number);
            let unreadable = CeremonyFault::ShareUnreadable { trustee };
            let sealed = opening.shares.get(own.0 as usize - 1).ok_or(unreadable.clone())?;
            let opened = message::receive(key, &certificate.verification, sealed).ok_or(unreadable.clone())?;
            let value = json::parse_secret(opened.as_bytes(), "share").map_err(|_| unreadable.clone())?;
            let fields = json::fields(&value, &["secret"]).map_err(|_| unreadable.clone())?;
            let share = fields.text("secret").map_err(|_| unreadable.clone())?;
            let share = SecretScalar::parse(share).map_err(|_| unreadable.clone())?;
            let given = Element::generator_secret_power(&share).encode();
            let expected = share::on_polynomial(&opening.exponents, own).encode();
            if !bool::from(given.as_str().as_bytes().ct_eq(expected.as_str().as_bytes())) {
                return Err(CeremonyFault::ShareDiffers { trustee });
            }
            sum = sum.plus(&share);
        }
        let text = zeroize::Zeroizing::new(format!("{{\"decryption_key\":\"{}\"}}", *sum.expose_decimal()));
        let private_key = message::send(key, &key.encryption_key(), &text, random)?;
        let public = PublicKey::prove(&sum, random)?;
        let signature = message::sign(public.encoded.as_str(), &key.signing, random)?;
        Ok((Self { private_key, key: VerificationKey { public, signature } }, sum))
    }

    /// The bytes that are published.
    pub fn record(&self) -> String {
        let mut text = String::from("{\"private_key\":");
        json::string(&mut text, &self.private_key);
        text.push_str(",\"public_key\":");
        self.key.write(&mut text);
        text.push('}');
        text
    }

    /// The key under which this member's partial decryptions are checked.
    pub fn verification_key(&self) -> &PublicKey {
        &self.key.public
    }

    /// Reads a confirmation and checks what everybody can check (V22, V24).
    pub fn check(bytes: &[u8], certificates: &Certificates, openings: &[Opening], trustee: TrusteeNumber) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let value = json::parse(bytes, "confirmation").map_err(shape)?;
        let fields = json::fields(&value, &["private_key", "public_key"]).map_err(shape)?;
        let exponents: Vec<Vec<Element>> = openings.iter().map(|opening| opening.exponents.clone()).collect();
        let key = VerificationKey::check(fields.get("public_key").map_err(shape)?, certificates, &exponents, trustee)?;
        Ok(Self { private_key: fields.text("private_key").map_err(shape)?.to_owned(), key })
    }
}

/// Puts the group together: the record that goes into the archive.
pub fn finish(certificates: &Certificates, openings: &[Opening], confirmations: &[Confirmation]) -> Result<Trustees, CeremonyFault> {
    for found in [openings.len(), confirmations.len()] {
        if found != certificates.list.len() {
            return Err(CeremonyFault::NumberOfMembers { expected: certificates.quorum.members, found });
        }
    }
    let mut text = format!("[[\"Pedersen\",{{\"threshold\":{},\"certs\":[", certificates.quorum.needed);
    json::list(&mut text, &certificates.list, |text, certificate| certificate.signed.write(text));
    text.push_str("],\"coefexps\":[");
    json::list(&mut text, openings, |text, opening| opening.coefficients.write(text));
    text.push_str("],\"signatures\":[");
    json::list(&mut text, openings, |text, opening| opening.bound.write(text));
    text.push_str("],\"verification_keys\":[");
    json::list(&mut text, confirmations, |text, confirmation| confirmation.key.write(text));
    text.push_str("]}]]");
    // Read again with all checks: what is written is what was checked.
    Trustees::check(text.as_bytes())
}
