//! Step 3 of the key ceremony: the opening. Coefficients in the exponent for all, a key share for each member.

use serde_json::Value;

use super::commit::{self, Polynomial};
use super::key::{Certificates, MemberKey};
use super::message::{self, SignedMessage};
use super::{CeremonyFault, TrusteeNumber};
use crate::group::{Element, Scalar};
use crate::json::{self, ShapeFault};
use crate::proof::Proof;
use crate::random::Randomness;
use crate::transcript::Hash;

/// What a member publishes in step 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The polynomial encrypted to its own maker.
    polynomial: String,
    /// One key share for each member, encrypted to it.
    pub(crate) shares: Vec<String>,
    pub(crate) coefficients: SignedMessage,
    pub(crate) exponents: Vec<Element>,
    pub(crate) bound: Proof,
}

impl Opening {
    /// Opens the polynomial that was committed to.
    pub fn make(
        certificates: &Certificates,
        key: &MemberKey,
        polynomial: &Polynomial,
        random: &mut Randomness<'_>,
    ) -> Result<Self, CeremonyFault> {
        let own = certificates.member(key)?;
        if polynomial.coefficients.len() != certificates.quorum.needed as usize {
            return Err(CeremonyFault::NumberOfCoefficients { trustee: own });
        }
        let to_self = message::send(key, &key.encryption_key(), &polynomial.expose(), random)?;
        let mut shares = Vec::with_capacity(certificates.list.len());
        for (number, certificate) in (1..).zip(&certificates.list) {
            let share = polynomial.at(TrusteeNumber(number)).expose_decimal();
            let message = zeroize::Zeroizing::new(format!("{{\"secret\":\"{}\"}}", *share));
            shares.push(message::send(key, &certificate.encryption, &message, random)?);
        }
        let coefficients = SignedMessage::sign(polynomial.opening(), &key.signing, random)?;
        let bound = message::sign(&certificates.bound_to(&polynomial.exponents_value()), &key.signing, random)?;
        Ok(Self { polynomial: to_self, shares, coefficients, exponents: polynomial.exponents.clone(), bound })
    }

    /// The bytes that are published.
    pub fn record(&self) -> String {
        let mut text = String::from("{\"polynomial\":");
        json::string(&mut text, &self.polynomial);
        text.push_str(",\"secrets\":[");
        json::list(&mut text, &self.shares, |text, share| json::string(text, share));
        text.push_str("],\"coefexps\":");
        self.coefficients.write(&mut text);
        text.push_str(",\"signature\":");
        self.bound.write(&mut text);
        text.push('}');
        text
    }

    /// What was to be committed to: the message with the coefficients.
    pub fn opening(&self) -> &str {
        &self.coefficients.message
    }

    /// Reads an opening and checks all that everybody can check: signatures, number and membership of coefficients, and
    /// that it is what was committed to (V19, V20).
    pub fn check(
        bytes: &[u8],
        certificates: &Certificates,
        trustee: TrusteeNumber,
        ceremony: &str,
        committed: &Hash,
    ) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let value = json::parse(bytes, "opening").map_err(shape)?;
        let fields = json::fields(&value, &["polynomial", "secrets", "coefexps", "signature"]).map_err(shape)?;
        let polynomial = fields.text("polynomial").map_err(shape)?.to_owned();
        let shares = fields.array("secrets").map_err(shape)?.iter().map(|share| json::text(share).map(str::to_owned));
        let shares: Vec<String> = shares.collect::<Result<_, _>>().map_err(shape)?;
        if shares.len() != certificates.list.len() {
            return Err(CeremonyFault::NumberOfMembers { expected: certificates.quorum.members, found: shares.len() });
        }
        let coefficients = SignedMessage::read(fields.get("coefexps").map_err(shape)?).map_err(shape)?;
        let bound = Proof::read(fields.get("signature").map_err(shape)?).map_err(shape)?;
        let exponents = check_coefficients(&coefficients, &bound, certificates, trustee)?;
        if commit::commitment(ceremony, trustee, &coefficients.message) != *committed {
            return Err(CeremonyFault::OpeningDiffers { trustee });
        }
        Ok(Self { polynomial, shares, coefficients, exponents, bound })
    }
}

/// Signatures, number and membership of one member's coefficients.
pub(crate) fn check_coefficients(
    coefficients: &SignedMessage,
    bound: &Proof,
    certificates: &Certificates,
    trustee: TrusteeNumber,
) -> Result<Vec<Element>, CeremonyFault> {
    let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
    let verification = certificates
        .list
        .get((trustee.0 as usize).wrapping_sub(1))
        .ok_or(CeremonyFault::NumberOfMembers { expected: certificates.quorum.members, found: trustee.0 as usize })?
        .verification;
    if !coefficients.is_by(&verification) {
        return Err(CeremonyFault::Signature { trustee, what: "coefficients" });
    }
    let value: Value = json::parse(coefficients.message.as_bytes(), "coefexps").map_err(shape)?;
    let fields = json::fields(&value, &["coefexps"]).map_err(shape)?;
    let list = fields.array("coefexps").map_err(shape)?;
    if list.len() != certificates.quorum.needed as usize {
        return Err(CeremonyFault::NumberOfCoefficients { trustee });
    }
    let element = |entry: &Value| {
        Element::parse(entry.as_str().unwrap_or_default()).map_err(|_| CeremonyFault::Shape { trustee, what: "coefexps".to_owned() })
    };
    let exponents = list.iter().map(element).collect::<Result<Vec<_>, _>>()?;
    if !message::is_signed(&certificates.bound_to(&list_value(list)), bound, &verification) {
        return Err(CeremonyFault::Signature { trustee, what: "coefficients together with all certificates" });
    }
    Ok(exponents)
}

fn list_value(list: &[Value]) -> String {
    Value::from(list.to_vec()).to_string()
}

/// Π_i Π_k A_ik^(j^k): the verification key that the coefficients give member j.
pub(crate) fn expected_key(exponents: &[Vec<Element>], member: TrusteeNumber) -> Element {
    exponents.iter().map(|list| on_polynomial(list, member)).fold(Element::identity(), |product, key| product.times(&key))
}

/// Π_k A_k^(j^k): g^f(j).
pub(crate) fn on_polynomial(exponents: &[Element], member: TrusteeNumber) -> Element {
    let place = Scalar::small(u64::from(member.0));
    exponents.iter().rev().fold(Element::identity(), |sum, exponent| sum.power(&place).times(exponent))
}
