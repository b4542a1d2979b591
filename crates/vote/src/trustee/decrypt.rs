//! A partial decryption: one factor for each ciphertext of the count, with a proof (voting.md section 9).
//!
//! The archive has a place for version 1's proof only, whose challenge names neither ciphertext nor factor. So every
//! trustee makes a second proof of the same factors for the companion, which fixes both and the position (archive.md B8).

use serde_json::Value;

use super::TrusteeNumber;
use super::single::PublicKey;
use crate::election::Election;
use crate::group::{Element, Encoded, Scalar, SecretScalar};
use crate::json::{self, ShapeFault};
use crate::proof::Proof;
use crate::random::{NoRandomness, Randomness};
use crate::tally::EncryptedTally;
use crate::transcript::{self, Hash, Parts, Prefix};

/// Factors and both proofs of one trustee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialDecryption {
    pub(crate) factors: Vec<Vec<Element>>,
    /// The proofs of version 1, for the archive.
    proofs: Vec<Vec<Proof>>,
    /// The proofs that fix ciphertext, factor and position, for the companion.
    sound_proofs: Vec<Vec<Proof>>,
}

/// What a sound proof is about.
struct Statement<'a> {
    election: &'a Hash,
    key: &'a Encoded,
    encrypted_tally: &'a Hash,
    question: usize,
    choice: usize,
    alpha: &'a Encoded,
    factor: &'a Encoded,
}

impl Statement<'_> {
    fn challenge(&self, commitment_g: &Encoded, commitment_alpha: &Encoded) -> Scalar {
        Parts::begin("whitley/companion/v1/decryption-proof")
            .part("election", self.election.hex())
            .part("trustee_key", self.key.as_str())
            .part("encrypted_tally", self.encrypted_tally.hex())
            .part("question", self.question.to_string())
            .part("choice", self.choice.to_string())
            .part("alpha", self.alpha.as_str())
            .part("factor", self.factor.as_str())
            .part("commitment_g", commitment_g.as_str())
            .part("commitment_alpha", commitment_alpha.as_str())
            .challenge()
    }
}

/// Decrypts every ciphertext of the count as far as one trustee can.
pub fn decrypt(
    election: &Election,
    tally: &EncryptedTally,
    secret: &SecretScalar,
    random: &mut Randomness<'_>,
) -> Result<PartialDecryption, NoRandomness> {
    let key = Element::generator_secret_power(secret).encode();
    let tally_hash = tally.hash();
    let mut decryption = PartialDecryption { factors: Vec::new(), proofs: Vec::new(), sound_proofs: Vec::new() };
    for (question, ciphertexts) in tally.ciphertexts().iter().enumerate() {
        let (mut factors, mut proofs, mut sound_proofs) = (Vec::new(), Vec::new(), Vec::new());
        for (choice, ciphertext) in ciphertexts.iter().enumerate() {
            let alpha = ciphertext.alpha;
            let factor = alpha.secret_power(secret);
            let (w1, w2) = (SecretScalar::random(random)?, SecretScalar::random(random)?);
            let commitments = [&w1, &w2].map(|w| [Element::generator_secret_power(w), alpha.secret_power(w)]);
            let encoded = Element::encode_all(&[alpha, factor, commitments[0][0], commitments[0][1], commitments[1][0], commitments[1][1]]);
            let challenge = transcript::challenge(Prefix::Decryption { election: election.fingerprint(), key: &key }, &encoded[2..4]);
            proofs.push(Proof { challenge, response: w1.response(&challenge, secret) });
            let statement = Statement {
                election: &election.hash(),
                key: &key,
                encrypted_tally: &tally_hash,
                question,
                choice,
                alpha: &encoded[0],
                factor: &encoded[1],
            };
            let challenge = statement.challenge(&encoded[4], &encoded[5]);
            sound_proofs.push(Proof { challenge, response: w2.response(&challenge, secret) });
            factors.push(factor);
        }
        decryption.factors.push(factors);
        decryption.proofs.push(proofs);
        decryption.sound_proofs.push(sound_proofs);
    }
    Ok(decryption)
}

/// What is wrong with a partial decryption, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecryptionFault {
    /// A record that cannot be read.
    Shape {
        /// Who.
        trustee: TrusteeNumber,
        /// What.
        what: String,
    },
    /// Not one factor and proof for each ciphertext.
    Number {
        /// Who.
        trustee: TrusteeNumber,
    },
    /// A proof that does not hold (V46).
    Proof {
        /// Who.
        trustee: TrusteeNumber,
        /// Which question, from 0.
        question: usize,
        /// Which choice, from 0.
        choice: usize,
        /// Of the companion, not of the archive.
        sound: bool,
    },
}

impl std::fmt::Display for DecryptionFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape { trustee, what } => write!(f, "trustee {trustee}: {what} of the share cannot be read"),
            Self::Number { trustee } => write!(f, "trustee {trustee}: not one factor and proof for each ciphertext"),
            Self::Proof { trustee, question, choice, sound } => {
                let of = if *sound { "the companion" } else { "the archive" };
                write!(f, "trustee {trustee}: the proof in {of} for question {}, choice {} does not hold", question + 1, choice + 1)
            }
        }
    }
}

impl std::error::Error for DecryptionFault {}

impl PartialDecryption {
    /// The record for the archive.
    pub fn record(&self) -> String {
        let mut text = String::from("{\"decryption_factors\":[");
        json::list(&mut text, &self.factors, |text, factors| {
            text.push('[');
            json::list(text, Element::encode_all(factors), |text, factor| text.push_str(&format!("\"{factor}\"")));
            text.push(']');
        });
        text.push_str("],\"decryption_proofs\":");
        write_proofs(&mut text, &self.proofs);
        text.push('}');
        text
    }

    /// The value of `proofs` in the companion.
    pub fn sound_proofs(&self) -> String {
        let mut text = String::new();
        write_proofs(&mut text, &self.sound_proofs);
        text
    }

    /// Reads both parts and checks all proofs under the trustee's key (V46).
    pub fn check(
        record: &[u8],
        sound_proofs: &[u8],
        election: &Election,
        tally: &EncryptedTally,
        trustee: TrusteeNumber,
        key: &PublicKey,
    ) -> Result<Self, DecryptionFault> {
        let decryption = Self::read(record, sound_proofs, trustee)?;
        decryption.check_proofs(election, tally, trustee, key)?;
        Ok(decryption)
    }

    fn read(record: &[u8], sound_proofs: &[u8], trustee: TrusteeNumber) -> Result<Self, DecryptionFault> {
        let shape = |fault: ShapeFault| DecryptionFault::Shape { trustee, what: fault.what };
        let value = json::parse(record, "partial decryption").map_err(shape)?;
        let fields = json::fields(&value, &["decryption_factors", "decryption_proofs"]).map_err(shape)?;
        let factor = |value: &Value| Element::parse(json::text(value)?).map_err(|_| ShapeFault::new("decryption_factors"));
        let factors = matrix(fields.get("decryption_factors").map_err(shape)?, factor).map_err(shape)?;
        let proofs = matrix(fields.get("decryption_proofs").map_err(shape)?, Proof::read).map_err(shape)?;
        let sound_proofs = matrix(&json::parse(sound_proofs, "proofs").map_err(shape)?, Proof::read).map_err(shape)?;
        Ok(Self { factors, proofs, sound_proofs })
    }

    fn check_proofs(
        &self,
        election: &Election,
        tally: &EncryptedTally,
        trustee: TrusteeNumber,
        key: &PublicKey,
    ) -> Result<(), DecryptionFault> {
        let shape: Vec<usize> = tally.ciphertexts().iter().map(Vec::len).collect();
        let fits = shape.iter().copied().eq(self.factors.iter().map(Vec::len))
            && shape.iter().copied().eq(self.proofs.iter().map(Vec::len))
            && shape.iter().copied().eq(self.sound_proofs.iter().map(Vec::len));
        if !fits {
            return Err(DecryptionFault::Number { trustee });
        }
        let tally_hash = tally.hash();
        for (question, ciphertexts) in tally.ciphertexts().iter().enumerate() {
            for (choice, ciphertext) in ciphertexts.iter().enumerate() {
                let factor = self.factors[question][choice];
                let recompute = |proof: &Proof| {
                    let on_alpha = ciphertext.alpha.power(&proof.response).times(&factor.power(&proof.challenge));
                    [Element::commitment_of(&proof.response, key.key(), &proof.challenge).encode(), on_alpha.encode()]
                };
                let proof = &self.proofs[question][choice];
                let prefix = Prefix::Decryption { election: election.fingerprint(), key: key.encoded() };
                if transcript::challenge(prefix, &recompute(proof)) != proof.challenge {
                    return Err(DecryptionFault::Proof { trustee, question, choice, sound: false });
                }
                let proof = &self.sound_proofs[question][choice];
                let [commitment_g, commitment_alpha] = recompute(proof);
                let statement = Statement {
                    election: &election.hash(),
                    key: key.encoded(),
                    encrypted_tally: &tally_hash,
                    question,
                    choice,
                    alpha: &ciphertext.alpha.encode(),
                    factor: &factor.encode(),
                };
                if statement.challenge(&commitment_g, &commitment_alpha) != proof.challenge {
                    return Err(DecryptionFault::Proof { trustee, question, choice, sound: true });
                }
            }
        }
        Ok(())
    }
}

fn write_proofs(text: &mut String, proofs: &[Vec<Proof>]) {
    text.push('[');
    json::list(text, proofs, |text, proofs| {
        text.push('[');
        json::list(text, proofs, |text, proof| proof.write(text));
        text.push(']');
    });
    text.push(']');
}

fn matrix<T>(value: &Value, read: impl Fn(&Value) -> Result<T, ShapeFault>) -> Result<Vec<Vec<T>>, ShapeFault> {
    json::array(value)?.iter().map(|row| json::array(row)?.iter().map(&read).collect()).collect()
}
