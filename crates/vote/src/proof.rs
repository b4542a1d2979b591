//! Proofs: of knowledge of one exponent, and that one of several claims about ciphertexts holds.
//!
//! Every proof is a pair (challenge c, response z); the commitment is what anybody recomputes as g^z · X^c.
//!
//! Making the disjunctive proof needs no power of anything but g and y. The voter knows r with α = g^r, β = y^r·g^m. For a
//! branch that claims the value M, take random a and c and commit to
//!
//! ```text
//! A = g^a        B = y^a · g^((m − M)·c)        and later  z = a − r·c
//! ```
//!
//! Then g^z·α^c = A and y^z·(β·g^(−M))^c = B for every branch, true or not; for the true one the last factor is 1 whatever c
//! is, so its c may still be chosen to make the sum come out. All branches are computed alike: no time depends on the vote.

use serde_json::Value;
use subtle::Choice;

use crate::group::{Element, Encoded, Powers, Scalar, SecretScalar};
use crate::json::{self, ShapeFault};
use crate::random::{NoRandomness, Randomness};
use crate::transcript::{self, Prefix};

/// A challenge and its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// c.
    pub challenge: Scalar,
    /// z.
    pub response: Scalar,
}

impl Proof {
    pub(crate) fn write(&self, text: &mut String) {
        use std::fmt::Write as _;
        let _ = write!(text, "{{\"challenge\":\"{}\",\"response\":\"{}\"}}", self.challenge, self.response);
    }

    pub(crate) fn read(value: &Value) -> Result<Self, ShapeFault> {
        let fields = json::fields(value, &["challenge", "response"])?;
        let scalar = |name: &str| Scalar::parse(fields.text(name)?).map_err(|_| ShapeFault::new(name));
        Ok(Self { challenge: scalar("challenge")?, response: scalar("response")? })
    }
}

/// Proves knowledge of x with X = g^x under this prefix.
pub(crate) fn prove_knowledge(secret: &SecretScalar, prefix: Prefix<'_>, random: &mut Randomness<'_>) -> Result<Proof, NoRandomness> {
    let w = SecretScalar::random(random)?;
    let commitment = Element::generator_secret_power(&w).encode();
    let challenge = transcript::challenge(prefix, &[commitment]);
    Ok(Proof { challenge, response: w.response(&challenge, secret) })
}

/// Checks such a proof for X = `public`.
pub(crate) fn check_knowledge(proof: &Proof, public: &Element, prefix: Prefix<'_>) -> bool {
    let commitment = Element::commitment_of(&proof.response, public, &proof.challenge).encode();
    transcript::challenge(prefix, &[commitment]) == proof.challenge
}

/// One claim of a disjunction: that the ciphertext with this r holds the claimed value. `offset` is m − M: what it holds
/// less what is claimed; zero if the claim is true.
pub(crate) struct Claim<'a> {
    pub(crate) r: &'a SecretScalar,
    pub(crate) offset: SecretScalar,
}

/// A disjunction whose commitments are made and not yet hashed.
pub(crate) struct Committed<'a> {
    branches: Vec<Branch<'a>>,
    first: usize,
}

struct Branch<'a> {
    r: &'a SecretScalar,
    a: SecretScalar,
    c: SecretScalar,
    holds: Choice,
}

impl<'a> Committed<'a> {
    /// Draws the commitments A, B of each claim and appends them to `powers`.
    pub(crate) fn to_one_of(claims: Vec<Claim<'a>>, powers: &mut Powers<'_>, random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let first = powers.number();
        let only = claims.len() == 1;
        let mut branches = Vec::with_capacity(claims.len());
        for Claim { r, offset } in claims {
            let a = SecretScalar::random(random)?;
            let c = SecretScalar::random(random)?;
            powers.push_generator(&a);
            // A single claim is true or there is no proof at all: its last factor is 1 for everybody.
            if only {
                powers.push_key(&a);
            } else {
                powers.push_key_times_generator(&a, offset.times(&c));
            }
            branches.push(Branch { r, a, c, holds: offset.is_zero() });
        }
        Ok(Self { branches, first })
    }

    /// Hashes the commitments and answers. `encoded` are the digits of all elements, in the order they were appended.
    pub(crate) fn answer(self, prefix: Prefix<'_>, encoded: &[Encoded]) -> Vec<Proof> {
        let end = self.first + 2 * self.branches.len();
        let hash = transcript::challenge(prefix, &encoded[self.first..end]);
        // The first claim that holds takes what the others leave of the hash.
        let mut taken = Choice::from(0);
        let mut sum = SecretScalar::zero();
        let mut takes = Vec::with_capacity(self.branches.len());
        for branch in &self.branches {
            let take = branch.holds & !taken;
            taken |= take;
            sum = sum.plus(&SecretScalar::select(&branch.c, &SecretScalar::zero(), take));
            takes.push(take);
        }
        let rest = sum.subtracted_from(&hash);
        let answer = |(branch, take): (&Branch<'_>, &Choice)| {
            let challenge = SecretScalar::select(&branch.c, &rest, *take).publish();
            Proof { challenge, response: branch.a.response(&challenge, branch.r) }
        };
        self.branches.iter().zip(&takes).map(answer).collect()
    }
}
