//! A ballot: choices encrypted, proved to be within the limits, and signed with the voter's credential.
//!
//! ```text
//! {"election_uuid":…,"election_hash":φ,"credential":C,"answers":[…],"signature":{"hash":h,"proof":{…}}}
//! ```
//!
//! Voting.md section 7. A ballot raises only g and y to powers, so two tables do all the work, and all its points are written
//! out with one inversion. Nothing here branches on a choice.

use std::fmt;
use std::fmt::Write as _;

use subtle::Choice as Bit;

use crate::credential::CredentialKey;
use crate::election::Election;
use crate::group::{Element, Encoded, Powers, SecretScalar};
use crate::json;
use crate::proof::{Claim, Committed, Proof};
use crate::question::{Choice, ChoiceFault, Limits, Question};
use crate::random::{NoRandomness, Randomness};
use crate::transcript::{self, Hash, Prefix};

/// An encrypted value: α = g^r, β = y^r·g^m.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    /// α.
    pub alpha: Element,
    /// β.
    pub beta: Element,
}

impl Ciphertext {
    /// The encryption of nothing: both parts 1.
    pub fn empty() -> Self {
        Self { alpha: Element::identity(), beta: Element::identity() }
    }

    /// Component-wise product: the sum of what is inside.
    pub fn times(&self, other: &Self) -> Self {
        Self { alpha: self.alpha.times(&other.alpha), beta: self.beta.times(&other.beta) }
    }

    /// Takes `other` out again.
    pub fn divided_by(&self, other: &Self) -> Self {
        Self { alpha: self.alpha.divided_by(&other.alpha), beta: self.beta.divided_by(&other.beta) }
    }
}

/// A finished ballot.
pub struct Ballot {
    payload: String,
    credential: Encoded,
    choices: Vec<Vec<Ciphertext>>,
    /// The same as written, α and β in turn.
    pub(crate) encoded: Vec<Encoded>,
}

impl Ballot {
    /// The bytes that are cast.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The public credential that signed it.
    pub fn credential(&self) -> &Encoded {
        &self.credential
    }

    /// The ciphertexts, by question.
    pub fn choices(&self) -> &[Vec<Ciphertext>] {
        &self.choices
    }

    /// What the voter keeps: SHA-256 of the payload in unpadded base 64.
    pub fn tracker(&self) -> String {
        Hash::of(&self.payload).base64()
    }
}

/// Why there is no ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BallotFault {
    /// The choices do not fit the questions.
    Choice(ChoiceFault),
    /// No randomness.
    Randomness(NoRandomness),
}

impl fmt::Display for BallotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(fault) => fault.fmt(f),
            Self::Randomness(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for BallotFault {}

impl From<NoRandomness> for BallotFault {
    fn from(fault: NoRandomness) -> Self {
        Self::Randomness(fault)
    }
}

impl From<ChoiceFault> for BallotFault {
    fn from(fault: ChoiceFault) -> Self {
        Self::Choice(fault)
    }
}

/// Encrypts, proves and signs.
pub fn make_ballot(
    election: &Election,
    credential: &CredentialKey,
    choices: &[Choice],
    random: &mut Randomness<'_>,
) -> Result<Ballot, BallotFault> {
    let questions = election.questions();
    if choices.len() != questions.len() {
        return Err(ChoiceFault::NumberOfQuestions.into());
    }
    let mut powers = Powers::new(election.key());
    let secrets = choices
        .iter()
        .zip(questions)
        .map(|(choice, question)| encrypt(question, choice, &mut powers, random))
        .collect::<Result<Vec<_>, BallotFault>>()?;
    let committed = secrets
        .iter()
        .zip(questions)
        .map(|(secret, question)| commit(question, secret, &mut powers, random))
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    let signature = SecretScalar::random(random)?;
    powers.push_generator(&signature);
    let elements = powers.compute();
    let encoded = Element::encode_all(&elements);

    // S0 binds every proof of the ballot to the election and the credential (V35).
    let binding = format!("{}|{}", election.fingerprint(), credential.encoded());
    let mut body = format!(
        "{{\"election_uuid\":\"{}\",\"election_hash\":\"{}\",\"credential\":\"{}\",\"answers\":[",
        election.uuid(),
        election.fingerprint(),
        credential.encoded()
    );
    body.reserve(1024 * questions.len() * 4);
    let mut ciphertexts = Vec::with_capacity(questions.len());
    let mut digits = Vec::new();
    for (at, (secret, committed)) in secrets.iter().zip(committed).enumerate() {
        if at > 0 {
            body.push(',');
        }
        let range = secret.first..secret.first + 2 * secret.r.len();
        committed.write(&mut body, &binding, &encoded[range.clone()], &encoded);
        digits.extend_from_slice(&encoded[range.clone()]);
        ciphertexts.push(elements[range].chunks_exact(2).map(|pair| Ciphertext { alpha: pair[0], beta: pair[1] }).collect());
    }
    body.push(']');

    // h is the hash of the ballot without its signature: the same bytes with the closing brace.
    body.push('}');
    let hash = Hash::of(&body).base64();
    body.pop();
    let last = encoded.len() - 1;
    let challenge = transcript::challenge(Prefix::Ballot { hash: &hash }, &encoded[last..]);
    let proof = Proof { challenge, response: signature.response(&challenge, &credential.exponent) };
    let _ = write!(body, ",\"signature\":{{\"hash\":\"{hash}\",\"proof\":");
    proof.write(&mut body);
    body.push_str("}}");
    Ok(Ballot { payload: body, credential: *credential.encoded(), choices: ciphertexts, encoded: digits })
}

/// What must stay secret of one encrypted answer. Wiped when dropped.
struct Secrets {
    /// The exponent of each choice.
    r: Vec<SecretScalar>,
    /// 0 or 1 for each choice.
    m: Vec<SecretScalar>,
    /// Sums over all choices but the blank one.
    r_sum: SecretScalar,
    m_sum: SecretScalar,
    /// Where its ciphertexts begin among the ballot's elements.
    first: usize,
}

fn encrypt(question: &Question, choice: &Choice, powers: &mut Powers<'_>, random: &mut Randomness<'_>) -> Result<Secrets, BallotFault> {
    if choice.marks.len() != question.choices() {
        return Err(ChoiceFault::NoSuchAnswer.into());
    }
    let blank = usize::from(question.limits().blank);
    let mut secrets =
        Secrets { r: Vec::new(), m: Vec::new(), r_sum: SecretScalar::zero(), m_sum: SecretScalar::zero(), first: powers.number() };
    for (at, mark) in choice.marks.iter().enumerate() {
        let r = SecretScalar::random(random)?;
        powers.push_generator(&r);
        powers.push_key_times_generator_if(&r, Bit::from(*mark));
        let m = SecretScalar::small(u64::from(*mark));
        if at >= blank {
            secrets.r_sum = secrets.r_sum.plus(&r);
            secrets.m_sum = secrets.m_sum.plus(&m);
        }
        secrets.r.push(r);
        secrets.m.push(m);
    }
    if blank == 0 {
        let end = powers.number();
        powers.push_every_second(secrets.first, end);
        powers.push_every_second(secrets.first + 1, end);
    }
    Ok(secrets)
}

/// The disjunctions of one answer, committed.
struct CommittedAnswer<'a> {
    individual: Vec<Committed<'a>>,
    overall: Committed<'a>,
    blank: Option<Committed<'a>>,
    /// Where the product of the choices stands among the elements, if there is no blank choice.
    sum: usize,
}

fn commit<'a>(
    question: &Question,
    secrets: &'a Secrets,
    powers: &mut Powers<'_>,
    random: &mut Randomness<'_>,
) -> Result<CommittedAnswer<'a>, NoRandomness> {
    let Limits { min, max, blank } = question.limits();
    let claim = |r, m: &SecretScalar, claimed: u32| Claim { r, offset: m.minus(&SecretScalar::small(u64::from(claimed))) };
    let mut individual = Vec::with_capacity(secrets.r.len());
    for (r, m) in secrets.r.iter().zip(&secrets.m) {
        individual.push(Committed::to_one_of(vec![claim(r, m, 0), claim(r, m, 1)], powers, random)?);
    }
    let sums = (min..=max).map(|claimed| claim(&secrets.r_sum, &secrets.m_sum, claimed));
    let (r_blank, m_blank) = (&secrets.r[0], &secrets.m[0]);
    let overall: Vec<Claim<'a>> = if blank { std::iter::once(claim(r_blank, m_blank, 1)).chain(sums).collect() } else { sums.collect() };
    let overall = Committed::to_one_of(overall, powers, random)?;
    let blank = if blank {
        let claims = vec![claim(r_blank, m_blank, 0), claim(&secrets.r_sum, &secrets.m_sum, 0)];
        Some(Committed::to_one_of(claims, powers, random)?)
    } else {
        None
    };
    Ok(CommittedAnswer { individual, overall, blank, sum: secrets.first + 2 * secrets.r.len() })
}

impl CommittedAnswer<'_> {
    /// Answers all challenges and writes the answer. `ciphertexts` are the digits of this answer's, α and β in turn.
    fn write(self, text: &mut String, binding: &str, ciphertexts: &[Encoded], encoded: &[Encoded]) {
        // S: all choices in order. Only this binds the order of the answers.
        let mut statement = binding.to_owned();
        for (at, digits) in ciphertexts.iter().enumerate() {
            statement.push(if at == 0 { '|' } else { ',' });
            statement.push_str(digits.as_str());
        }
        text.push_str("{\"choices\":[");
        json::list(text, ciphertexts.chunks_exact(2), |text, pair| {
            let _ = write!(text, "{{\"alpha\":\"{}\",\"beta\":\"{}\"}}", pair[0], pair[1]);
        });
        text.push_str("],\"individual_proofs\":[");
        json::list(text, self.individual.into_iter().zip(ciphertexts.chunks_exact(2)), |text, (committed, pair)| {
            let prefix = Prefix::OneOf { context: binding, alpha: &pair[0], beta: &pair[1] };
            write_proofs(text, &committed.answer(prefix, encoded));
        });
        text.push_str("],\"overall_proof\":");
        match self.blank {
            Some(blank) => {
                write_proofs(text, &self.overall.answer(Prefix::BlankOrLimits { context: &statement }, encoded));
                text.push_str(",\"blank_proof\":");
                write_proofs(text, &blank.answer(Prefix::BlankAlone { context: &statement }, encoded));
            }
            None => {
                let prefix = Prefix::OneOf { context: &statement, alpha: &encoded[self.sum], beta: &encoded[self.sum + 1] };
                write_proofs(text, &self.overall.answer(prefix, encoded));
            }
        }
        text.push('}');
    }
}

fn write_proofs(text: &mut String, proofs: &[Proof]) {
    text.push('[');
    json::list(text, proofs, |text, proof| proof.write(text));
    text.push(']');
}
