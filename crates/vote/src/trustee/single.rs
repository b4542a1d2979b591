//! A Single trustee: one secret key, all of whom are needed (voting.md section 6.1).

use serde_json::Value;

use super::{CeremonyFault, TrusteeNumber};
use crate::group::{Element, Encoded, SecretScalar};
use crate::json::{self, ShapeFault};
use crate::proof::{self, Proof};
use crate::random::{NoRandomness, Randomness};
use crate::transcript::Prefix;

/// A public key with the proof that its holder knows the secret one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub(crate) key: Element,
    pub(crate) encoded: Encoded,
    pub(crate) possession: Proof,
}

impl PublicKey {
    /// X = g^x and the proof of knowing x.
    pub fn prove(secret: &SecretScalar, random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let key = Element::generator_secret_power(secret);
        let encoded = key.encode();
        let possession = proof::prove_knowledge(secret, Prefix::Possession { key: &encoded }, random)?;
        Ok(Self { key, encoded, possession })
    }

    /// X.
    pub fn key(&self) -> &Element {
        &self.key
    }

    /// X as written: also what a Single trustee commits to.
    pub fn encoded(&self) -> &Encoded {
        &self.encoded
    }

    /// The record of a Single trustee.
    pub fn record(&self) -> String {
        let mut text = String::from("{");
        self.write_fields(&mut text);
        text.push('}');
        text
    }

    pub(crate) fn write_fields(&self, text: &mut String) {
        text.push_str("\"pok\":");
        self.possession.write(text);
        text.push_str(&format!(",\"public_key\":\"{}\"", self.encoded));
    }

    /// Reads the record and checks the proof (V22).
    pub fn check(bytes: &[u8], trustee: TrusteeNumber) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let value = json::parse(bytes, "public key").map_err(shape)?;
        let fields = json::fields_of(&value).map_err(shape)?;
        let names: &[&str] = if fields.optional("name").is_some() { &["pok", "public_key", "name"] } else { &["pok", "public_key"] };
        fields.exactly(names).map_err(shape)?;
        Self::of(&value, trustee)
    }

    /// The same fields inside another record.
    pub(crate) fn of(value: &Value, trustee: TrusteeNumber) -> Result<Self, CeremonyFault> {
        let shape = |fault: ShapeFault| CeremonyFault::Shape { trustee, what: fault.what };
        let fields = json::fields_of(value).map_err(shape)?;
        let possession = Proof::read(fields.get("pok").map_err(shape)?).map_err(shape)?;
        let key = Element::parse_key(fields.text("public_key").map_err(shape)?)
            .map_err(|_| CeremonyFault::Shape { trustee, what: "public_key".to_owned() })?;
        let encoded = key.encode();
        if proof::check_knowledge(&possession, &key, Prefix::Possession { key: &encoded }) {
            Ok(Self { key, encoded, possession })
        } else {
            Err(CeremonyFault::Possession { trustee })
        }
    }
}
