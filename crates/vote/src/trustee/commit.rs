//! Step 2 of the key ceremony: everybody fixes a polynomial and commits to it before anybody shows one.
//!
//! Version 1 has no such step, and a member who waits could bend the joint key. The commitment stands in the companion; the
//! polynomial is the same that version 1 opens afterwards (archive.md B4).

use zeroize::Zeroizing;

use super::TrusteeNumber;
use crate::group::{Element, SecretScalar};
use crate::json;
use crate::random::{NoRandomness, Randomness};
use crate::transcript::{Hash, Parts};

/// A member's secret polynomial of degree k − 1, and its coefficients in the exponent. No `Debug`; wiped when dropped.
pub struct Polynomial {
    pub(crate) coefficients: Vec<SecretScalar>,
    pub(crate) exponents: Vec<Element>,
}

impl Polynomial {
    /// A fresh polynomial with `needed` coefficients.
    pub fn random(needed: u32, random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let coefficients = (0..needed).map(|_| SecretScalar::random(random)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of(coefficients))
    }

    pub(crate) fn of(coefficients: Vec<SecretScalar>) -> Self {
        let exponents = coefficients.iter().map(Element::generator_secret_power).collect();
        Self { coefficients, exponents }
    }

    /// Reads `{"polynomial":[…]}` from the member's own file.
    pub fn read_secret(text: &str) -> Option<Self> {
        let value = json::parse_secret(text.as_bytes(), "polynomial").ok()?;
        let fields = json::fields(&value, &["polynomial"]).ok()?;
        let coefficients =
            fields.array("polynomial").ok()?.iter().map(|entry| SecretScalar::parse(entry.as_str()?).ok()).collect::<Option<Vec<_>>>()?;
        (!coefficients.is_empty()).then(|| Self::of(coefficients))
    }

    /// The secret coefficients, for the member's own key file and for the message to itself.
    pub fn expose(&self) -> Zeroizing<String> {
        // Room for all, so that no half-grown copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(32 + 80 * self.coefficients.len()));
        text.push_str("{\"polynomial\":[");
        json::list(&mut text, &self.coefficients, |text, coefficient| {
            text.push('"');
            text.push_str(&coefficient.expose_decimal());
            text.push('"');
        });
        text.push_str("]}");
        text
    }

    /// f(j).
    pub(crate) fn at(&self, member: TrusteeNumber) -> SecretScalar {
        let place = SecretScalar::small(u64::from(member.0));
        self.coefficients.iter().rev().fold(SecretScalar::zero(), |sum, coefficient| sum.times(&place).plus(coefficient))
    }

    /// `["…",…]`: the coefficients in the exponent.
    pub(crate) fn exponents_value(&self) -> String {
        let mut text = String::from("[");
        json::list(&mut text, Element::encode_all(&self.exponents), |text, code| text.push_str(&format!("\"{code}\"")));
        text.push(']');
        text
    }

    /// O, which the commitment covers: the message that step 3 signs.
    pub fn opening(&self) -> String {
        format!("{{\"coefexps\":{}}}", self.exponents_value())
    }
}

/// The commitment to an opening (archive.md B4): of a Single trustee the digits of its public key, of a member
/// [`Polynomial::opening`].
pub fn commitment(ceremony: &str, trustee: TrusteeNumber, opening: &str) -> Hash {
    Parts::begin("whitley/companion/v1/opening")
        .part("ceremony", ceremony)
        .part("trustee", trustee.to_string())
        .part("opening", opening)
        .hash()
}

/// The hash of all commitments, in trustee order (archive.md B5).
pub fn commitments(list: &[Hash]) -> Hash {
    list.iter().fold(Parts::begin("whitley/companion/v1/commitments"), |parts, hash| parts.part("commitment", hash.hex())).hash()
}
