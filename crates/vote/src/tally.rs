//! The count: adding up encrypted ballots, and reading the sum with the trustees' factors (voting.md sections 8 and 9).

use std::collections::HashMap;
use std::fmt;

use crate::ballot::{Ballot, Ciphertext};
use crate::credential::PublicCredentials;
use crate::election::Election;
use crate::group::{Element, Encoded, Scalar};
use crate::json::{self, ShapeFault};
use crate::question::Question;
use crate::transcript::Hash;
use crate::trustee::TrusteeNumber;
use crate::trustee::decrypt::PartialDecryption;
use crate::trustee::record::{Group, Trustees};

/// Adds up ballots as they come: the last ballot of each credential counts, times its weight.
///
/// It does not check proofs: ballots are judged by `verify` before they are accepted.
pub struct Tally<'a> {
    credentials: &'a PublicCredentials,
    shape: Vec<usize>,
    sums: Vec<Vec<Ciphertext>>,
    /// The ciphertexts that count now, by credential, as written: they are taken out again when their voter votes again.
    counted: HashMap<Encoded, Vec<Encoded>>,
    total_weight: u128,
}

/// A ballot cannot be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TallyFault {
    /// Its credential is not on the list.
    UnknownCredential(Encoded),
    /// It has not the shape of this election's ballots.
    Shape(ShapeFault),
}

impl fmt::Display for TallyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCredential(credential) => write!(f, "a ballot by {credential}, which is not on the list"),
            Self::Shape(fault) => write!(f, "a ballot cannot be read: {fault}"),
        }
    }
}

impl std::error::Error for TallyFault {}

impl From<ShapeFault> for TallyFault {
    fn from(fault: ShapeFault) -> Self {
        Self::Shape(fault)
    }
}

impl<'a> Tally<'a> {
    /// An empty count.
    pub fn new(questions: &[Question], credentials: &'a PublicCredentials) -> Self {
        let shape: Vec<usize> = questions.iter().map(Question::choices).collect();
        let sums = shape.iter().map(|choices| vec![Ciphertext::empty(); *choices]).collect();
        Self { credentials, shape, sums, counted: HashMap::new(), total_weight: 0 }
    }

    /// Adds a ballot made here.
    pub fn add(&mut self, ballot: &Ballot) -> Result<(), TallyFault> {
        self.add_choices(*ballot.credential(), ballot.choices(), ballot.encoded.clone())
    }

    /// Adds a ballot from its payload.
    pub fn add_payload(&mut self, payload: &[u8]) -> Result<(), TallyFault> {
        let value = json::parse(payload, "ballot")?;
        let fields = json::fields(&value, &["election_uuid", "election_hash", "credential", "answers", "signature"])?;
        let credential = Element::parse_key(fields.text("credential")?).map_err(|_| ShapeFault::new("credential"))?.encode();
        let mut choices = Vec::new();
        for answer in fields.array("answers")? {
            let list = json::fields_of(answer)?.array("choices")?;
            choices.push(list.iter().map(read_ciphertext).collect::<Result<Vec<_>, _>>()?);
        }
        let flat: Vec<Element> = choices.iter().flatten().flat_map(|ciphertext| [ciphertext.alpha, ciphertext.beta]).collect();
        self.add_choices(credential, &choices, Element::encode_all(&flat))
    }

    fn add_choices(&mut self, credential: Encoded, choices: &[Vec<Ciphertext>], encoded: Vec<Encoded>) -> Result<(), TallyFault> {
        let weight = self.credentials.weight(&credential).ok_or(TallyFault::UnknownCredential(credential))?;
        if !choices.iter().map(Vec::len).eq(self.shape.iter().copied()) {
            return Err(ShapeFault::new("answers").into());
        }
        match self.counted.insert(credential, encoded) {
            None => self.total_weight += u128::from(weight),
            Some(earlier) => {
                let elements = earlier.iter().map(|code| Element::parse(code.as_str())).collect::<Result<Vec<_>, _>>();
                let elements = elements.map_err(|_| ShapeFault::new("choices"))?;
                let earlier = elements.chunks_exact(2).map(|pair| Ciphertext { alpha: pair[0], beta: pair[1] });
                for (sum, ciphertext) in self.sums.iter_mut().flatten().zip(earlier) {
                    *sum = sum.divided_by(&weighted(&ciphertext, weight));
                }
            }
        }
        for (sum, ciphertext) in self.sums.iter_mut().flatten().zip(choices.iter().flatten()) {
            *sum = sum.times(&weighted(ciphertext, weight));
        }
        Ok(())
    }

    /// Whether this credential has a ballot that counts.
    pub fn has(&self, credential: &Encoded) -> bool {
        self.counted.contains_key(credential)
    }

    /// Ends the count.
    pub fn close(self) -> EncryptedTally {
        EncryptedTally::of(self.sums, self.counted.len() as u64, self.total_weight)
    }
}

fn weighted(ciphertext: &Ciphertext, weight: u64) -> Ciphertext {
    if weight == 1 {
        return *ciphertext;
    }
    let weight = Scalar::small(weight);
    Ciphertext { alpha: ciphertext.alpha.power(&weight), beta: ciphertext.beta.power(&weight) }
}

pub(crate) fn read_ciphertext(value: &serde_json::Value) -> Result<Ciphertext, ShapeFault> {
    let fields = json::fields(value, &["alpha", "beta"])?;
    let element = |name: &str| Element::parse(fields.text(name)?).map_err(|_| ShapeFault::new(name));
    Ok(Ciphertext { alpha: element("alpha")?, beta: element("beta")? })
}

/// The sum of all counted ballots, still encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedTally {
    ciphertexts: Vec<Vec<Ciphertext>>,
    number: u64,
    total_weight: u128,
    record: String,
}

impl EncryptedTally {
    fn of(ciphertexts: Vec<Vec<Ciphertext>>, number: u64, total_weight: u128) -> Self {
        let mut record = String::from("[");
        json::list(&mut record, &ciphertexts, |text, question| {
            let flat: Vec<Element> = question.iter().flat_map(|ciphertext| [ciphertext.alpha, ciphertext.beta]).collect();
            text.push('[');
            json::list(text, Element::encode_all(&flat).chunks_exact(2), |text, pair| {
                text.push_str(&format!("{{\"alpha\":\"{}\",\"beta\":\"{}\"}}", pair[0], pair[1]));
            });
            text.push(']');
        });
        record.push(']');
        Self { ciphertexts, number, total_weight, record }
    }

    /// Reads both records of an archive.
    pub fn read(record: &[u8], sized: &[u8]) -> Result<Self, ShapeFault> {
        let value = json::parse(sized, "sized_encrypted_tally")?;
        let fields = json::fields(&value, &["num_tallied", "total_weight", "encrypted_tally"])?;
        if Hash::parse(fields.text("encrypted_tally")?) != Some(Hash::of(record)) {
            return Err(ShapeFault::new("encrypted_tally"));
        }
        let number = fields.get("num_tallied")?.as_u64().ok_or_else(|| ShapeFault::new("num_tallied"))?;
        let total_weight = read_count(fields.get("total_weight")?)?;
        let value = json::parse(record, "encrypted_tally")?;
        let ciphertexts = json::array(&value)?.iter().map(|question| json::array(question)?.iter().map(read_ciphertext).collect());
        Ok(Self::of(ciphertexts.collect::<Result<_, _>>()?, number, total_weight))
    }

    /// The ciphertexts, by question.
    pub fn ciphertexts(&self) -> &[Vec<Ciphertext>] {
        &self.ciphertexts
    }

    /// Number of counted ballots.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Sum of their weights.
    pub fn total_weight(&self) -> u128 {
        self.total_weight
    }

    /// The record of the ciphertexts.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// SHA-256 of that record.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.record)
    }

    /// The record that names its size.
    pub fn sized_record(&self) -> String {
        let mut text = format!("{{\"num_tallied\":{},\"total_weight\":", self.number);
        json::count(&mut text, self.total_weight);
        text.push_str(&format!(",\"encrypted_tally\":\"{}\"}}", self.hash()));
        text
    }
}

fn read_count(value: &serde_json::Value) -> Result<u128, ShapeFault> {
    let fault = || ShapeFault::new("count");
    match value {
        serde_json::Value::Number(number) => number.as_u64().map(u128::from).ok_or_else(fault),
        serde_json::Value::String(text) => text.parse().ok().filter(|count: &u128| count.to_string() == *text).ok_or_else(fault),
        _ => Err(fault()),
    }
}

/// The result: a count for each choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionResult {
    /// By question, then by choice; the blank choice first where the question allows it.
    pub counts: Vec<Vec<u128>>,
}

impl ElectionResult {
    /// The bytes of the record.
    pub fn record(&self) -> String {
        format!("{{\"result\":{}}}", self.counts_value())
    }

    /// `[[…],…]`.
    pub fn counts_value(&self) -> String {
        let mut text = String::from("[");
        json::list(&mut text, &self.counts, |text, counts| {
            text.push('[');
            json::list(text, counts, |text, count| json::count(text, *count));
            text.push(']');
        });
        text.push(']');
        text
    }

    /// Reads a record.
    pub fn read(bytes: &[u8]) -> Result<Self, ShapeFault> {
        let value = json::parse(bytes, "result")?;
        let fields = json::fields(&value, &["result"])?;
        let counts = fields.array("result")?.iter().map(|question| json::array(question)?.iter().map(read_count).collect());
        Ok(Self { counts: counts.collect::<Result<_, _>>()? })
    }
}

/// Why the result cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultFault {
    /// Too few partial decryptions (V47).
    NotEnough {
        /// Which are there.
        present: Vec<TrusteeNumber>,
    },
    /// Two of one trustee (V45).
    SecondShare(TrusteeNumber),
    /// More weight than can be searched through.
    TooMuchWeight(u128),
    /// No count up to the total weight fits: something is wrong with the tally or the factors.
    NoCountFits {
        /// Which question, from 0.
        question: usize,
        /// Which choice, from 0.
        choice: usize,
    },
}

impl fmt::Display for ResultFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnough { present } => {
                let list: Vec<String> = present.iter().map(TrusteeNumber::to_string).collect();
                write!(f, "too few shares: there are those of trustees [{}]", list.join(", "))
            }
            Self::SecondShare(trustee) => write!(f, "a second share of trustee {trustee}"),
            Self::TooMuchWeight(weight) => write!(f, "a total weight of {weight} cannot be counted: at most {MOST_WEIGHT}"),
            Self::NoCountFits { question, choice } => {
                write!(f, "no count fits question {}, choice {}: the tally or a share is wrong", question + 1, choice + 1)
            }
        }
    }
}

impl std::error::Error for ResultFault {}

/// Largest total weight that is searched for a count: a few seconds.
const MOST_WEIGHT: u128 = 1 << 42;

/// Reads the count from checked partial decryptions.
pub fn result(
    election: &Election,
    trustees: &Trustees,
    tally: &EncryptedTally,
    decryptions: &[(TrusteeNumber, &PartialDecryption)],
) -> Result<ElectionResult, ResultFault> {
    let present: Vec<TrusteeNumber> = decryptions.iter().map(|(trustee, _)| *trustee).collect();
    if let Some((_, trustee)) = present.iter().enumerate().find(|(at, trustee)| present[..*at].contains(trustee)) {
        return Err(ResultFault::SecondShare(*trustee));
    }
    if !trustees.enough(&present) {
        return Err(ResultFault::NotEnough { present });
    }
    if tally.total_weight() > MOST_WEIGHT {
        return Err(ResultFault::TooMuchWeight(tally.total_weight()));
    }
    let weights = combination(trustees, &present);
    let steps = DiscreteLogarithm::up_to(tally.total_weight());
    let mut counts = Vec::new();
    for (question, _) in election.questions().iter().enumerate() {
        let mut row = Vec::new();
        for (choice, ciphertext) in tally.ciphertexts().get(question).into_iter().flatten().enumerate() {
            let fault = ResultFault::NoCountFits { question, choice };
            let mut factor = Element::identity();
            for (trustee, weight) in &weights {
                let decryption = decryptions.iter().find(|(there, _)| there == trustee).map(|(_, decryption)| decryption);
                let part = decryption.and_then(|decryption| decryption.factors.get(question)?.get(choice)).ok_or(fault.clone())?;
                factor = factor.times(&part.power(weight));
            }
            row.push(steps.find(&ciphertext.beta.divided_by(&factor)).ok_or(fault)?);
        }
        counts.push(row);
    }
    Ok(ElectionResult { counts })
}

/// Which trustees' factors are used, and to what power: Single ones as they are, of a group the first k that are there,
/// with Lagrange coefficients at 0.
fn combination(trustees: &Trustees, present: &[TrusteeNumber]) -> Vec<(TrusteeNumber, Scalar)> {
    let mut weights = Vec::new();
    let mut first = 1;
    for group in trustees.groups() {
        match group {
            Group::Single(_) => weights.push((TrusteeNumber(first), Scalar::small(1))),
            Group::Pedersen { quorum, .. } => {
                let members = (1..=quorum.members).filter(|member| present.contains(&TrusteeNumber(first + member - 1)));
                let used: Vec<u32> = members.take(quorum.needed as usize).collect();
                for member in &used {
                    let coefficient = used.iter().filter(|other| *other != member).fold(Scalar::small(1), |product, other| {
                        let difference = Scalar::small(u64::from(*other)).minus(&Scalar::small(u64::from(*member)));
                        product.times(&Scalar::small(u64::from(*other))).times(&difference.inverse())
                    });
                    weights.push((TrusteeNumber(first + member - 1), coefficient));
                }
            }
        }
        first += group.size();
    }
    weights
}

/// Finds n from g^n by small and large steps.
struct DiscreteLogarithm {
    small: HashMap<Encoded, u128>,
    large: Element,
    step: u128,
    most: u128,
}

impl DiscreteLogarithm {
    fn up_to(most: u128) -> Self {
        let step = most.isqrt().max(1) + 1;
        let mut powers = Vec::new();
        let mut power = Element::identity();
        for _ in 0..step {
            powers.push(power);
            power = power.times(&Element::GENERATOR);
        }
        let small = Element::encode_all(&powers).into_iter().zip(0..).collect();
        Self { small, large: power, step, most }
    }

    fn find(&self, element: &Element) -> Option<u128> {
        let mut rest = *element;
        let mut found = 0;
        while found <= self.most {
            if let Some(small) = self.small.get(&rest.encode()) {
                return Some(found + small).filter(|number| *number <= self.most);
            }
            rest = rest.divided_by(&self.large);
            found += self.step;
        }
        None
    }
}
