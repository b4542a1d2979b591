//! One ballot: its form, its signature, and the proofs that it marks what may be marked (Spec V27–V35).
//!
//! All commitments of a ballot are recomputed from challenges and responses in one [`Chain`], encoded together, and hashed.
//! Context strings: `S0` = φ `|` credential binds every proof to election and credential; `S` adds all ciphertexts and binds
//! the order.

use crate::container::Hash;
use crate::credentials::{Credentials, parse_key};
use crate::curve::{
    Chain, Element, ElementFault, Encoded, FixedBase, Naf, Point, Quartered, UncheckedElement, encode_all, generator_table,
};
use crate::election::{Election, Question};
use crate::json::{Value, parse};
use crate::reading::sha256;
use crate::report::{Check, Fault, Part, Place, Warning, What};
use crate::scalar::{ScalarFault, challenge, parse_foreign_scalar, parse_scalar};
use curve25519_dalek::Scalar;

/// What ballots are judged against.
pub(crate) struct Judge<'a> {
    pub(crate) election: &'a Election,
    pub(crate) credentials: &'a Credentials,
    pub(crate) key_table: &'a FixedBase,
    /// Our own archives must be canonical throughout; in others, odd forms inside answers are warnings.
    pub(crate) strict: bool,
}

/// An encrypted choice that is in the group.
#[derive(Clone, Copy)]
pub(crate) struct Ciphertext {
    pub(crate) alpha: Element,
    pub(crate) beta: Element,
}

/// A ballot that passed every check that looks at it alone. Only [`Judge::check`] makes one.
pub(crate) struct CheckedBallot {
    /// Position of its credential in the list.
    pub(crate) credential: u32,
    /// Per question, per choice.
    pub(crate) answers: Vec<Vec<Ciphertext>>,
}

/// What the checks of one ballot found.
pub(crate) struct Judged {
    pub(crate) hash: Hash,
    pub(crate) faults: Vec<Fault>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) counts: Vec<(Check, u64)>,
    pub(crate) checked: Option<CheckedBallot>,
}

#[derive(Clone, Copy)]
struct Proof {
    challenge: Scalar,
    response: Scalar,
}

struct Answer {
    choices: Vec<(UncheckedElement, UncheckedElement)>,
    individual: Vec<[Proof; 2]>,
    overall: Vec<Proof>,
    blank: Option<[Proof; 2]>,
}

/// One of the values that an output is a commitment to: how to recompute it.
struct FixedPart {
    g: Scalar,
    y: Option<Scalar>,
}

/// A disjunctive proof whose commitments stand in outputs `first..first + 2·proofs`.
struct Claim {
    check: Check,
    place: Place,
    /// What is hashed before the commitments; without the ciphertext if that is the sum `Plan::sums[sum]`.
    prefix: Vec<u8>,
    sum: Option<usize>,
    first: usize,
    proofs: Vec<Proof>,
}

impl Judge<'_> {
    /// Judges one ballot record. `remembered`: an earlier run found it valid, so proofs and signature are not judged again.
    pub(crate) fn check(&self, body: &[u8], hash: Hash, place: Place, remembered: bool) -> Judged {
        let mut work = Work { judge: self, body, place: place.ballot(hash), faults: Vec::new(), warnings: Vec::new(), counts: Vec::new() };
        let checked = work.check(remembered);
        Judged {
            hash,
            checked: checked.filter(|_| work.faults.is_empty()),
            faults: work.faults,
            warnings: work.warnings,
            counts: work.counts,
        }
    }
}

struct Work<'j, 'b> {
    judge: &'j Judge<'j>,
    body: &'b [u8],
    place: Place,
    faults: Vec<Fault>,
    warnings: Vec<Warning>,
    counts: Vec<(Check, u64)>,
}

impl Work<'_, '_> {
    fn fault(&mut self, check: Check, place: Place, what: What) {
        self.faults.push(Fault { check, place, what });
    }

    /// A form that our own archives may not have: a fault there, a warning elsewhere.
    fn odd(&mut self, check: Check, place: Place, what: What) {
        if self.judge.strict {
            self.fault(check, place, what);
        } else {
            self.warnings.push(Warning { place, what });
        }
    }

    fn count(&mut self, check: Check, more: usize) {
        self.counts.push((check, more as u64));
    }

    fn check(&mut self, remembered: bool) -> Option<CheckedBallot> {
        let place = self.place;
        let body = self.body;
        self.count(Check::V3, 1);
        self.count(Check::V4, 1);
        let parsed = match parse(body) {
            Ok(parsed) => parsed,
            Err(fault) => {
                let (at, kind, part) = (fault.at, fault.what, Part::Ballot);
                self.fault(Check::V4, place, What::Json { part, at, kind });
                return None;
            }
        };
        let value = &parsed.value;
        let parts = value.exactly(["election_uuid", "election_hash", "credential", "answers", "signature"]).and_then(
            |[uuid, hash, credential, answers, signature]| {
                let [signed, proof] = signature.exactly(["hash", "proof"])?;
                let [challenge, response] = proof.exactly(["challenge", "response"])?;
                Some((
                    uuid.string()?,
                    hash.string()?,
                    credential.string()?,
                    (answers.array()?, answers.start, answers.end),
                    (signature.start, signed.string()?, challenge, response),
                ))
            },
        );
        let Some((uuid, election_hash, credential, (answers, from, to), signature)) = parts else {
            self.fault(Check::V4, place, What::Fields(Part::Ballot));
            return None;
        };
        // Spec V3. Between the answers' brackets, version 1 keeps what the voter's program wrote.
        if let (Some(first), Some(last)) = (parsed.first_non_canonical, parsed.last_non_canonical) {
            let what = |at| What::NotCanonical { part: Part::Ballot, at };
            if first > from && last < to {
                self.odd(Check::V3, place, what(first));
            } else {
                self.fault(Check::V3, place, what(if first > from { last } else { first }));
                return None;
            }
        }

        // Spec V27. A ballot for another election is nothing to be judged by this one.
        self.count(Check::V27, 1);
        let election = self.judge.election;
        if uuid != election.uuid {
            self.fault(Check::V27, place, What::UuidDiffers);
        }
        if election_hash != election.fingerprint {
            self.fault(Check::V27, place, What::ElectionHashDiffers);
        }
        if self.faults.iter().any(|f| f.check == Check::V27) {
            return None;
        }

        // Spec V28.
        self.count(Check::V28, 1);
        let listed = self.judge.credentials.find(credential);
        let key = match listed {
            Some(i) => Some(self.judge.credentials.list[i as usize].key),
            None => match parse_key(credential) {
                Ok(key) => {
                    self.fault(Check::V28, place, What::CredentialUnknown);
                    Some(key)
                }
                Err(fault) => {
                    self.fault(Check::V31, place, What::Element(fault));
                    None
                }
            },
        };

        // Spec V30, V31 (but for the order), V32.
        self.count(Check::V30, 1);
        if answers.len() != election.questions.len() {
            self.fault(Check::V30, place, What::Shape(Part::Ballot));
            return None;
        }
        let mut read = Vec::with_capacity(answers.len());
        for (i, (answer, question)) in answers.iter().zip(&election.questions).enumerate() {
            if let Some(answer) = self.read_answer(answer, question, place.question(i as u32)) {
                read.push(answer);
            }
        }
        let (signature_at, signed_hash, challenge_value, response_value) = signature;
        let signature = (self.scalar(challenge_value, place, false), self.scalar(response_value, place, false));
        let (Some(key), (Some(challenge), Some(response)), true) = (key, signature, read.len() == answers.len()) else {
            return None;
        };

        if remembered {
            let answers = read.iter().map(Answer::found_in_group).collect();
            return Some(CheckedBallot { credential: listed?, answers });
        }
        let before = self.faults.len();
        self.check_proofs(credential, &key, &read, signature_at, signed_hash, Proof { challenge, response });
        if self.faults.len() > before {
            return None;
        }
        Some(CheckedBallot { credential: listed?, answers: read.iter().map(Answer::found_in_group).collect() })
    }

    fn scalar(&mut self, value: &Value<'_>, place: Place, inside_answer: bool) -> Option<Scalar> {
        match parse_scalar(value) {
            Ok(scalar) => Some(scalar),
            Err(ScalarFault::NotDecimal) if inside_answer && !self.judge.strict => match parse_foreign_scalar(value) {
                Ok(scalar) => {
                    let what = What::Scalar(ScalarFault::NotDecimal);
                    self.warnings.push(Warning { place, what });
                    Some(scalar)
                }
                Err(fault) => {
                    self.fault(Check::V32, place, What::Scalar(fault));
                    None
                }
            },
            Err(fault) => {
                self.fault(Check::V32, place, What::Scalar(fault));
                None
            }
        }
    }

    /// The named fields: exactly and in order, or (foreign archives, with a warning) somewhere among others.
    fn fields<'v, 'a, const N: usize>(
        &mut self,
        value: &'v Value<'a>,
        names: [&str; N],
        part: Part,
        place: Place,
    ) -> Option<[&'v Value<'a>; N]> {
        if let Some(fields) = value.exactly(names) {
            return Some(fields);
        }
        if !self.judge.strict {
            let mut found = [value; N];
            if found.iter_mut().zip(names).all(|(slot, name)| value.field(name).map(|field| *slot = field).is_some()) {
                let what = What::Fields(part);
                self.warnings.push(Warning { place, what });
                return Some(found);
            }
        }
        self.fault(Check::V4, place, What::Fields(part));
        None
    }

    fn proofs(&mut self, value: &Value<'_>, expected: usize, part: Part, place: Place) -> Option<Vec<Proof>> {
        let items = value.array().filter(|items| items.len() == expected);
        let Some(items) = items else {
            self.fault(Check::V30, place, What::Shape(part));
            return None;
        };
        let mut proofs = Vec::with_capacity(expected);
        for item in items {
            let [challenge, response] = self.fields(item, ["challenge", "response"], part, place)?;
            let (challenge, response) = (self.scalar(challenge, place, true), self.scalar(response, place, true));
            proofs.push(Proof { challenge: challenge?, response: response? });
        }
        Some(proofs)
    }

    fn elements<const N: usize>(&mut self, values: [&Value<'_>; N], place: Place) -> [Option<UncheckedElement>; N] {
        // What is not a string is not digits either.
        UncheckedElement::parse_together(values.map(|value| value.string().unwrap_or_default()))
            .map(|read| read.map_err(|fault| self.fault(Check::V31, place, What::Element(fault))).ok())
    }

    fn read_answer(&mut self, value: &Value<'_>, question: &Question, place: Place) -> Option<Answer> {
        // A missing or superfluous blank proof is a matter of shape, not of spelling.
        let has_blank = value.field("blank_proof").is_some();
        if has_blank != question.blank {
            self.fault(Check::V30, place, What::Shape(Part::BlankProof));
            return None;
        }
        let (choices, individual, overall, blank) = if question.blank {
            let names = ["choices", "individual_proofs", "overall_proof", "blank_proof"];
            let [a, b, c, d] = self.fields(value, names, Part::Answer, place)?;
            (a, b, c, Some(d))
        } else {
            let names = ["choices", "individual_proofs", "overall_proof"];
            let [a, b, c] = self.fields(value, names, Part::Answer, place)?;
            (a, b, c, None)
        };
        let n = question.choices();
        let lists = choices.array().filter(|list| list.len() == n).zip(individual.array().filter(|list| list.len() == n));
        let Some((choices, individual)) = lists else {
            self.fault(Check::V30, place, What::Shape(Part::Answer));
            return None;
        };
        let mut answer = Answer { choices: Vec::with_capacity(n), individual: Vec::with_capacity(n), overall: Vec::new(), blank: None };
        for (i, choice) in choices.iter().enumerate() {
            let place = place.choice(i as u32);
            let pair = self.fields(choice, ["alpha", "beta"], Part::Answer, place)?;
            if let [Some(alpha), Some(beta)] = self.elements(pair, place) {
                answer.choices.push((alpha, beta));
            }
        }
        for (i, proofs) in individual.iter().enumerate() {
            let place = place.choice(i as u32);
            if let Some(proofs) = self.proofs(proofs, 2, Part::IndividualProof, place) {
                answer.individual.push([proofs[0], proofs[1]]);
            }
        }
        let overall = self.proofs(overall, question.overall_proofs(), Part::OverallProof, place);
        if let Some(blank) = blank {
            let proofs = self.proofs(blank, 2, Part::BlankProof, place)?;
            answer.blank = Some([proofs[0], proofs[1]]);
        }
        answer.overall = overall?;
        (answer.choices.len() == n && answer.individual.len() == n).then_some(answer)
    }

    /// Spec V29, V31 (order), V33, V34, V35.
    fn check_proofs(
        &mut self,
        credential: &str,
        key: &Quartered,
        answers: &[Answer],
        signature_at: usize,
        signed_hash: &str,
        signature: Proof,
    ) {
        let s0 = format!("{}|{credential}", self.judge.election.fingerprint).into_bytes();
        let mut plan = Plan::new();
        for (i, (answer, question)) in answers.iter().zip(&self.judge.election.questions).enumerate() {
            plan.answer(answer, question, &s0, self.place.question(i as u32));
        }
        // The signature rides along: c = H("sig|" h "|"; g^z·C^c).
        let signature_output = plan.output(signature.response, None);

        let Computed { encoded, sums, outside } = plan.compute(self.judge.key_table, Some((key, &signature.challenge, signature_output)));
        let elements = 2 * plan.bases.iter().filter(|b| b.element.is_some()).count();
        self.count(Check::V31, elements);
        self.count(Check::V32, 2 + plan.claims.iter().map(|c| 2 * c.proofs.len()).sum::<usize>());
        for place in &outside {
            self.fault(Check::V31, *place, What::Element(ElementFault::NotInGroup));
        }

        // Spec V29: over the bytes of the ballot without its signature field.
        self.count(Check::V29, 1);
        let unsigned_end = signature_at.saturating_sub(",\"signature\":".len());
        let mut unsigned = self.body[..unsigned_end].to_vec();
        unsigned.push(b'}');
        if crate::hex::hash_to_base64(&sha256(&unsigned)) != signed_hash {
            self.fault(Check::V29, self.place, What::SignedHashDiffers);
        } else {
            let mut input = format!("sig|{signed_hash}|").into_bytes();
            input.extend_from_slice(&encoded[signature_output].0);
            if challenge(&input) != signature.challenge {
                self.fault(Check::V29, self.place, What::SignatureFails);
            }
        }
        if !outside.is_empty() {
            return;
        }

        let mut input = Vec::new();
        let mut individual = 0;
        let mut limits = 0;
        let claims = std::mem::take(&mut plan.claims);
        for claim in &claims {
            match claim.check {
                Check::V33 => individual += 1,
                _ => limits += 1,
            }
            input.clear();
            input.extend_from_slice(&claim.prefix);
            if let Some(i) = claim.sum {
                push_joined(&mut input, sums[2 * i..2 * i + 2].iter());
                input.push(b'|');
            }
            push_joined(&mut input, encoded[claim.first..claim.first + 2 * claim.proofs.len()].iter());
            let sum: Scalar = claim.proofs.iter().map(|p| p.challenge).sum();
            if challenge(&input) != sum {
                match self.made_for_other_choice(claim, answers, &s0) {
                    Some(choice) => self.fault(Check::V35, claim.place, What::ProofOfOtherChoice { choice }),
                    None => self.fault(claim.check, claim.place, What::ProofFails),
                }
            }
        }
        self.count(Check::V33, individual);
        self.count(Check::V34, limits);
        self.count(Check::V35, individual);
    }

    /// Spec V35: a failing proof of one choice may be a good one of another choice in the same answer.
    fn made_for_other_choice(&self, claim: &Claim, answers: &[Answer], s0: &[u8]) -> Option<u32> {
        if claim.check != Check::V33 {
            return None;
        }
        let answer = answers.get(claim.place.question? as usize)?;
        let proofs = [claim.proofs[0], claim.proofs[1]];
        (0..answer.choices.len() as u32).filter(|i| Some(*i) != claim.place.choice).find(|i| {
            let mut plan = Plan::new();
            plan.individual(answer, *i as usize, &proofs, s0, claim.place);
            let encoded = plan.compute(self.judge.key_table, None).encoded;
            let mut input = plan.claims[0].prefix.clone();
            push_joined(&mut input, encoded.iter());
            challenge(&input) == proofs[0].challenge + proofs[1].challenge
        })
    }
}

impl Answer {
    /// Only after the order of every element was checked.
    fn found_in_group(&self) -> Vec<Ciphertext> {
        self.choices.iter().map(|(alpha, beta)| Ciphertext { alpha: alpha.found_in_group(), beta: beta.found_in_group() }).collect()
    }
}

fn push_joined<'e>(out: &mut Vec<u8>, elements: impl Iterator<Item = &'e Encoded>) {
    for (i, element) in elements.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&element.0);
    }
}

/// Alpha and beta of a choice, which are raised to the same scalars, and the outputs they go into.
struct Base {
    alpha: Point,
    beta: Point,
    uses: Vec<Use>,
    /// Where the elements stand, if their order is to be checked on the way.
    element: Option<Place>,
}

/// A scalar (an index into `Plan::nafs`) and the outputs for alpha and beta.
#[derive(Clone, Copy)]
struct Use {
    naf: usize,
    alpha: usize,
    beta: usize,
}

/// Everything to be computed for a ballot.
struct Plan {
    bases: Vec<Base>,
    nafs: Vec<Naf>,
    fixed: Vec<FixedPart>,
    claims: Vec<Claim>,
    /// Sums of choices whose encodings are hashed.
    sums: Vec<[Point; 2]>,
}

struct Computed {
    /// One for each output.
    encoded: Vec<Encoded>,
    sums: Vec<Encoded>,
    outside: Vec<Place>,
}

impl Plan {
    fn new() -> Plan {
        Plan { bases: Vec::new(), nafs: Vec::new(), fixed: Vec::new(), claims: Vec::new(), sums: Vec::new() }
    }

    /// A new output g^g·y^y·….
    fn output(&mut self, g: Scalar, y: Option<Scalar>) -> usize {
        self.fixed.push(FixedPart { g, y });
        self.fixed.len() - 1
    }

    fn naf(&mut self, scalar: &Scalar) -> usize {
        self.nafs.push(Naf::of(scalar));
        self.nafs.len() - 1
    }

    /// The commitments of one branch, for (alpha, beta·g^−value): A = g^z·alpha^c, B = y^z·beta^c·g^(−value·c). The base is
    /// added by the caller; what is returned is its use.
    fn branch(&mut self, proof: &Proof, value: u32) -> Use {
        let alpha = self.output(proof.response, None);
        let beta = self.output(-(proof.challenge * Scalar::from(value)), Some(proof.response));
        let naf = self.naf(&proof.challenge);
        Use { naf, alpha, beta }
    }

    fn base(&mut self, pair: &(UncheckedElement, UncheckedElement), place: Option<Place>) -> usize {
        self.bases.push(Base { alpha: pair.0.point, beta: pair.1.point, uses: Vec::with_capacity(4), element: place });
        self.bases.len() - 1
    }

    /// `individual` for choice `i`, with bases of its own.
    fn individual(&mut self, answer: &Answer, i: usize, proofs: &[Proof; 2], s0: &[u8], place: Place) {
        let base = self.base(&answer.choices[i], None);
        self.individual_on(base, &answer.choices[i], proofs, s0, place);
    }

    fn individual_on(
        &mut self,
        base: usize,
        (alpha, beta): &(UncheckedElement, UncheckedElement),
        proofs: &[Proof; 2],
        s0: &[u8],
        place: Place,
    ) {
        let first = self.fixed.len();
        for (value, proof) in proofs.iter().enumerate() {
            let uses = self.branch(proof, value as u32);
            self.bases[base].uses.push(uses);
        }
        self.claims.push(Claim {
            check: Check::V33,
            place,
            prefix: [b"prove|", s0, b"|", &alpha.encoded.0, b",", &beta.encoded.0, b"|"].concat(),
            sum: None,
            first,
            proofs: proofs.to_vec(),
        });
    }

    fn answer(&mut self, answer: &Answer, question: &Question, s0: &[u8], place: Place) {
        let mut s = s0.to_vec();
        s.push(b'|');
        push_joined(&mut s, answer.choices.iter().flat_map(|(a, b)| [&a.encoded, &b.encoded]));

        let first_base = self.bases.len();
        for (i, (pair, proofs)) in answer.choices.iter().zip(&answer.individual).enumerate() {
            let place = place.choice(i as u32);
            let base = self.base(pair, Some(place));
            self.individual_on(base, pair, proofs, s0, place);
        }

        let summed = usize::from(question.blank)..answer.choices.len();
        let mut on_sum = Vec::new();
        let sum = answer.choices[summed.clone()]
            .iter()
            .fold([Point::IDENTITY; 2], |[alpha, beta], (a, b)| [alpha.add(&a.point), beta.add(&b.point)]);
        // Spec V34: blank, or a number of marks within the limits.
        let claim_at = |first, proofs: Vec<Proof>, prefix, sum| Claim { check: Check::V34, place, prefix, sum, first, proofs };
        match &answer.blank {
            None => {
                let first = self.fixed.len();
                for (proof, value) in answer.overall.iter().zip(question.min..) {
                    let uses = self.branch(proof, value);
                    on_sum.push(uses);
                }
                let prefix = [b"prove|", &s[..], b"|"].concat();
                self.claims.push(claim_at(first, answer.overall.clone(), prefix, Some(self.sums.len())));
                self.sums.push(sum);
            }
            Some(blank) => {
                let prefix = |word: &str| [word.as_bytes(), b"|", &s, b"|"].concat();
                // m_0 = 0 or m_Σ = 0.
                let first = self.fixed.len();
                let uses = self.branch(&blank[0], 0);
                self.bases[first_base].uses.push(uses);
                let uses = self.branch(&blank[1], 0);
                on_sum.push(uses);
                self.claims.push(claim_at(first, blank.to_vec(), prefix("bproof0"), None));
                // m_0 = 1 or m_Σ within the limits.
                let first = self.fixed.len();
                let uses = self.branch(&answer.overall[0], 1);
                self.bases[first_base].uses.push(uses);
                for (proof, value) in answer.overall[1..].iter().zip(question.min..) {
                    let uses = self.branch(proof, value);
                    on_sum.push(uses);
                }
                self.claims.push(claim_at(first, answer.overall.clone(), prefix("bproof1"), None));
            }
        }
        // The sum's scalars go either on every summed base (more additions) or on one base more (more doublings):
        // 42 additions a scalar, and 252 doublings that cost three quarters of an addition each.
        if on_sum.len() * summed.len().saturating_sub(1) <= 4 {
            for i in summed {
                self.bases[first_base + i].uses.extend_from_slice(&on_sum);
            }
        } else {
            let [alpha, beta] = sum;
            self.bases.push(Base { alpha, beta, uses: on_sum, element: None });
        }
    }

    /// `signer`: the key of the ballot's signature, what it is raised to, and the output.
    fn compute(&self, key_table: &FixedBase, signer: Option<(&Quartered, &Scalar, usize)>) -> Computed {
        let mut chain = Chain::new(self.fixed.len());
        let mut outside = Vec::new();
        for base in &self.bases {
            let check_order = base.element.is_some();
            let uses = base.uses.iter().map(|u| (&self.nafs[u.naf], [u.alpha, u.beta]));
            let in_group = chain.add_bases([base.alpha, base.beta], uses, check_order) == [true; 2];
            if let Some(place) = base.element.filter(|_| !in_group) {
                outside.push(place);
            }
        }
        let mut points = chain.finish();
        if let Some((key, challenge, output)) = signer {
            points[output] = key.times(challenge);
        }
        for (point, fixed) in points.iter_mut().zip(&self.fixed) {
            if fixed.g != Scalar::ZERO {
                *point = generator_table().add_to(*point, &fixed.g);
            }
            if let Some(y) = &fixed.y {
                *point = key_table.add_to(*point, y);
            }
        }
        points.extend(self.sums.as_flattened());
        let mut encoded = encode_all(&points);
        let sums = encoded.split_off(self.fixed.len());
        Computed { encoded, sums, outside }
    }
}
