//! From counted ballots to the result: encrypted tally, shares, decryption (Spec V40, V43, V45–V50, V61).

use crate::ballot::{CheckedBallot, Ciphertext};
use crate::container::Hash;
use crate::credentials::Credentials;
use crate::curve::{Element, Encoded, Point, generator_table};
use crate::election::Question;
use crate::hex::to_hex;
use crate::json::Value;
use crate::reading::{Proof, element_value, hash_value, proof_value, read_record};
use crate::report::{Check, Ledger, Part, Place, What};
use crate::scalar::challenge;
use crate::trustees::{Item, Trustees};
use curve25519_dalek::Scalar;
use std::collections::BTreeMap;

/// One ciphertext of a tally.
pub(crate) type Pair = (Point, Point);

/// The product of the last ballot of each credential, kept up to date ballot by ballot.
pub(crate) struct RunningTally {
    shape: Vec<usize>,
    /// By weight, so that each weight is applied once.
    sums: BTreeMap<u128, Vec<Pair>>,
    /// By credential: the event of its last ballot, and that ballot's ciphertexts as 32-byte strings.
    last: Vec<Option<(u64, Box<[u8]>)>>,
    counted: u64,
    total_weight: u128,
    /// Ballots whose credential had voted before: (this event, the earlier one).
    pub(crate) again: Vec<(u64, u64)>,
}

impl RunningTally {
    pub(crate) fn new(questions: &[Question], credentials: &Credentials) -> RunningTally {
        RunningTally {
            shape: questions.iter().map(Question::choices).collect(),
            sums: BTreeMap::new(),
            last: vec![None; credentials.list.len()],
            counted: 0,
            total_weight: 0,
            again: Vec::new(),
        }
    }

    /// Adds a ballot; an earlier one by the same credential counts no more.
    pub(crate) fn add(&mut self, ballot: &CheckedBallot, event: u64, credentials: &Credentials) {
        let weight = credentials.list[ballot.credential as usize].weight;
        let choices: usize = self.shape.iter().sum();
        let sums = self.sums.entry(weight).or_insert_with(|| vec![(Point::IDENTITY, Point::IDENTITY); choices]);
        let mut kept = Vec::with_capacity(64 * choices);
        for (sum, choice) in sums.iter_mut().zip(ballot.answers.iter().flatten()) {
            let Ciphertext { alpha, beta } = choice;
            sum.0 = sum.0.add(alpha.point());
            sum.1 = sum.1.add(beta.point());
            kept.extend_from_slice(&alpha.bytes());
            kept.extend_from_slice(&beta.bytes());
        }
        let slot = &mut self.last[ballot.credential as usize];
        match slot.replace((event, kept.into())) {
            None => {
                self.counted += 1;
                self.total_weight += weight;
            }
            Some((earlier, bytes)) => {
                self.again.push((event, earlier));
                for (sum, pair) in sums.iter_mut().zip(bytes.chunks_exact(64)) {
                    let point = |bytes: &[u8]| bytes.try_into().ok().and_then(|b| Point::decode(&b));
                    if let (Some(alpha), Some(beta)) = (point(&pair[..32]), point(&pair[32..])) {
                        sum.0 = sum.0.sub(&alpha);
                        sum.1 = sum.1.sub(&beta);
                    }
                }
            }
        }
    }

    /// Whether the ballot of that event is the last of its credential.
    pub(crate) fn counts(&self, credential: u32, event: u64) -> bool {
        self.last[credential as usize].as_ref().is_some_and(|(last, _)| *last == event)
    }

    /// The event of a credential's counted ballot.
    pub(crate) fn last_of(&self, credential: u32) -> Option<u64> {
        self.last.get(credential as usize)?.as_ref().map(|(event, _)| *event)
    }

    pub(crate) fn counted(&self) -> u64 {
        self.counted
    }

    pub(crate) fn total_weight(&self) -> u128 {
        self.total_weight
    }

    /// Per question, per choice: the product of ciphertext^weight.
    pub(crate) fn finish(&self) -> Vec<Vec<Pair>> {
        let mut flat = vec![(Point::IDENTITY, Point::IDENTITY); self.shape.iter().sum()];
        for (weight, sums) in &self.sums {
            for (total, sum) in flat.iter_mut().zip(sums) {
                total.0 = total.0.add(&sum.0.times_number(*weight));
                total.1 = total.1.add(&sum.1.times_number(*weight));
            }
        }
        let mut rest = flat.into_iter();
        self.shape.iter().map(|n| rest.by_ref().take(*n).collect()).collect()
    }
}

/// `{"num_tallied":…,"total_weight":…,"encrypted_tally":…}`
pub(crate) struct SizedTally {
    pub(crate) counted: u64,
    pub(crate) total_weight: u128,
    pub(crate) tally_hash: Hash,
}

pub(crate) fn read_sized_tally(body: &[u8], place: Place, ledger: &mut Ledger) -> Option<SizedTally> {
    let value = read_record(body, Part::SizedTally, place, ledger)?;
    let parts = value.exactly(["num_tallied", "total_weight", "encrypted_tally"]).and_then(|[counted, weight, hash]| {
        Some(SizedTally { counted: u64::from(counted.small()?), total_weight: weight.count()?, tally_hash: hash_value(hash)? })
    });
    if parts.is_none() {
        ledger.fault(Check::V4, place, What::Fields(Part::SizedTally));
    }
    parts
}

/// The recorded encrypted tally: per question, per choice.
pub(crate) struct Tally {
    pub(crate) answers: Vec<Vec<Ciphertext>>,
    pub(crate) hash: Hash,
}

pub(crate) fn read_tally(body: &[u8], hash: Hash, questions: &[Question], place: Place, ledger: &mut Ledger) -> Option<Tally> {
    let value = read_record(body, Part::Tally, place, ledger)?;
    let lists = matrix(&value, questions);
    let Some(lists) = lists else {
        ledger.fault(Check::V4, place, What::Shape(Part::Tally));
        return None;
    };
    let mut answers = Vec::new();
    let mut complete = true;
    for (i, list) in lists.iter().enumerate() {
        let mut choices = Vec::new();
        for (j, item) in list.iter().enumerate() {
            let place = place.question(i as u32).choice(j as u32);
            let Some([alpha, beta]) = item.exactly(["alpha", "beta"]) else {
                ledger.fault(Check::V4, place, What::Fields(Part::Tally));
                return None;
            };
            match (element_value(alpha, place, ledger), element_value(beta, place, ledger)) {
                (Some(alpha), Some(beta)) => choices.push(Ciphertext { alpha, beta }),
                _ => complete = false,
            }
        }
        answers.push(choices);
    }
    complete.then_some(Tally { answers, hash })
}

/// An array for each question with an item for each choice.
fn matrix<'v, 'a>(value: &'v Value<'a>, questions: &[Question]) -> Option<Vec<&'v [Value<'a>]>> {
    let lists = value.array()?.iter().map(Value::array).collect::<Option<Vec<_>>>()?;
    let shape_fits = lists.len() == questions.len() && lists.iter().zip(questions).all(|(list, question)| list.len() == question.choices());
    shape_fits.then_some(lists)
}

/// Spec V43.
pub(crate) fn compare_tally(recorded: &Tally, computed: &[Vec<Pair>], place: Place, ledger: &mut Ledger) {
    for (i, (recorded, computed)) in recorded.answers.iter().zip(computed).enumerate() {
        for (j, (recorded, computed)) in recorded.iter().zip(computed).enumerate() {
            ledger.count(Check::V43, 1);
            if !recorded.alpha.point().equals(&computed.0) || !recorded.beta.point().equals(&computed.1) {
                let place = place.question(i as u32).choice(j as u32);
                ledger.fault(Check::V43, place, What::TallyDiffers);
            }
        }
    }
    ledger.complete(Check::V43);
}

/// `{"owner":…,"payload":…}`
pub(crate) fn read_owned(body: &[u8], place: Place, ledger: &mut Ledger) -> Option<(u32, Hash)> {
    let value = read_record(body, Part::OwnedShare, place, ledger)?;
    let parts = value.exactly(["owner", "payload"]).and_then(|[owner, payload]| Some((owner.small()?, hash_value(payload)?)));
    if parts.is_none() {
        ledger.fault(Check::V4, place, What::Fields(Part::OwnedShare));
    }
    parts
}

/// A trustee's partial decryption with valid version-1 proofs.
pub(crate) struct Share {
    pub(crate) owner: u32,
    /// SHA-256 of the partial decryption record.
    pub(crate) hash: Hash,
    pub(crate) factors: Vec<Vec<Element>>,
    pub(crate) proven: bool,
}

/// Reads a share and checks its proofs. Spec V31, V32, V46. `owner` is a known trustee.
#[allow(clippy::too_many_arguments)]
pub(crate) fn read_share(
    body: &[u8],
    hash: Hash,
    owner: u32,
    fingerprint: &str,
    questions: &[Question],
    trustees: &Trustees,
    tally: Option<&Tally>,
    place: Place,
    ledger: &mut Ledger,
) -> Option<Share> {
    let place = place.trustee(owner);
    let value = read_record(body, Part::Share, place, ledger)?;
    let lists = value
        .exactly(["decryption_factors", "decryption_proofs"])
        .map(|[factors, proofs]| (matrix(factors, questions), matrix(proofs, questions)));
    let Some((Some(factors), Some(proofs))) = lists else {
        ledger.fault(Check::V4, place, What::Shape(Part::Share));
        return None;
    };
    let key = &trustees.all[owner as usize - 1].key;
    let prefix = format!("decrypt|{fingerprint}|{}|", key.encoded().as_str());
    let mut read = Vec::new();
    let mut complete = true;
    let mut proven = tally.is_some();
    for (i, (factors, proofs)) in factors.iter().zip(proofs).enumerate() {
        let mut list = Vec::new();
        for (j, (factor, proof)) in factors.iter().zip(proofs).enumerate() {
            let place = place.question(i as u32).choice(j as u32);
            let (factor, proof) = (element_value(factor, place, ledger), proof_value(proof, Part::Share, place, ledger));
            let (Some(factor), Some(proof)) = (factor, proof) else {
                complete = false;
                continue;
            };
            if let Some(tally) = tally {
                ledger.count(Check::V46, 1);
                let commitments = proof.equality_commitments(key.point(), tally.answers[i][j].alpha.point(), factor.point());
                let mut input = prefix.clone().into_bytes();
                input.extend_from_slice(&commitments[0].0);
                input.push(b',');
                input.extend_from_slice(&commitments[1].0);
                if challenge(&input) != proof.challenge {
                    ledger.fault(Check::V46, place, What::ProofFails);
                    proven = false;
                }
            }
            list.push(factor);
        }
        read.push(list);
    }
    complete.then_some(Share { owner, hash, factors: read, proven })
}

/// Which shares are combined with which coefficient, in one way of choosing the smallest sufficient number.
type Combination = Vec<(usize, Scalar)>;

/// Ways of choosing compared for Spec V48; with more trustees than make so many, the first so many.
const MAX_SUBSETS: usize = 64;

/// Spec V47: the ways in which the shares suffice, or none. `shares` are distinct by owner.
fn combinations(trustees: &Trustees, shares: &[Share], place: Place, ledger: &mut Ledger) -> Vec<Combination> {
    let mut ways: Vec<Combination> = vec![Vec::new()];
    let mut first = 1u32;
    for item in &trustees.items {
        ledger.count(Check::V47, 1);
        let members = match item {
            Item::Single => 1,
            Item::Pedersen { members, .. } => *members as u32,
        };
        let needed = match item {
            Item::Single => 1,
            Item::Pedersen { threshold, .. } => *threshold,
        };
        // (index among shares, number within the item from 1)
        let present: Vec<(usize, u32)> = shares
            .iter()
            .enumerate()
            .filter(|(_, s)| s.proven && (first..first + members).contains(&s.owner))
            .map(|(i, s)| (i, s.owner - first + 1))
            .collect();
        if present.len() < needed {
            let what = What::TooFewShares { needed: needed as u32, found: present.len() as u32 };
            ledger.fault(Check::V47, place.trustee(first), what);
            return Vec::new();
        }
        let mut next = Vec::new();
        for way in &ways {
            for subset in subsets(&present, needed, MAX_SUBSETS) {
                if next.len() == MAX_SUBSETS {
                    break;
                }
                let mut way = way.clone();
                for (i, j) in &subset {
                    let lambda = match item {
                        Item::Single => Scalar::ONE,
                        Item::Pedersen { .. } => lagrange(*j, &subset),
                    };
                    way.push((*i, lambda));
                }
                next.push(way);
            }
        }
        ways = next;
        first += members;
    }
    ways
}

/// The subsets of a size, in lexicographic order, at most `limit`.
fn subsets(of: &[(usize, u32)], size: usize, limit: usize) -> Vec<Vec<(usize, u32)>> {
    let mut out = Vec::new();
    let mut chosen: Vec<usize> = (0..size).collect();
    while out.len() < limit {
        out.push(chosen.iter().map(|i| of[*i]).collect());
        let Some(at) = (0..size).rev().find(|i| chosen[*i] < of.len() - size + i) else {
            break;
        };
        chosen[at] += 1;
        for i in at + 1..size {
            chosen[i] = chosen[i - 1] + 1;
        }
    }
    out
}

/// λ_j = Π i/(i−j) over the other members i.
fn lagrange(j: u32, members: &[(usize, u32)]) -> Scalar {
    let mut numerator = Scalar::ONE;
    let mut denominator = Scalar::ONE;
    for (_, i) in members.iter().filter(|(_, i)| *i != j) {
        numerator *= Scalar::from(*i);
        denominator *= Scalar::from(*i) - Scalar::from(j);
    }
    numerator * denominator.invert()
}

/// `{"result":[[…],…]}`. Spec V4, V49.
pub(crate) fn read_result(body: &[u8], questions: &[Question], place: Place, ledger: &mut Ledger) -> Option<Vec<Vec<u128>>> {
    let value = read_record(body, Part::Result, place, ledger)?;
    let lists = value.exactly(["result"]).and_then(|[lists]| matrix(lists, questions));
    let Some(lists) = lists else {
        ledger.fault(Check::V4, place, What::Shape(Part::Result));
        return None;
    };
    let counts = lists.iter().map(|list| list.iter().map(Value::count).collect::<Option<Vec<_>>>()).collect::<Option<Vec<_>>>();
    if counts.is_none() {
        ledger.fault(Check::V4, place, What::Fields(Part::Result));
    }
    counts
}

/// Spec V49 and V50: no count above the total weight; marks within the question's limits.
pub(crate) fn check_bounds(counts: &[Vec<u128>], questions: &[Question], total_weight: u128, place: Place, ledger: &mut Ledger) {
    for (i, counts) in counts.iter().enumerate() {
        let place = place.question(i as u32);
        for (j, count) in counts.iter().enumerate() {
            ledger.count(Check::V49, 1);
            if *count > total_weight {
                ledger.fault(Check::V49, place.choice(j as u32), What::AboveTotalWeight);
            }
        }
    }
    ledger.complete(Check::V49);
    if ledger.has_failed(Check::V49) {
        ledger.skip(Check::V50, crate::report::Reason::After(Check::V49));
        return;
    }
    for (i, (counts, question)) in counts.iter().zip(questions).enumerate() {
        ledger.count(Check::V50, 1);
        let blank = if question.blank { counts[0] } else { 0 };
        let marking = total_weight - blank;
        let marks: u128 = counts[usize::from(question.blank)..].iter().sum();
        if marks < marking * u128::from(question.min) || marks > marking * u128::from(question.max) {
            ledger.fault(Check::V50, place.question(i as u32), What::SumOutside);
        }
    }
    ledger.complete(Check::V50);
}

/// Spec V47, V48, V61.
pub(crate) fn check_decryption(
    tally: &Tally,
    trustees: &Trustees,
    shares: &[Share],
    counts: &[Vec<u128>],
    place: Place,
    ledger: &mut Ledger,
) {
    let ways = combinations(trustees, shares, place, ledger);
    ledger.complete(Check::V47);
    let Some(first) = ways.first() else {
        for check in [Check::V48, Check::V61] {
            ledger.skip(check, crate::report::Reason::After(Check::V47));
        }
        return;
    };
    for (i, counts) in counts.iter().enumerate() {
        for (j, count) in counts.iter().enumerate() {
            let place = place.question(i as u32).choice(j as u32);
            let factor = |way: &Combination| {
                way.iter().fold(Point::IDENTITY, |sum, (share, lambda)| sum.add(&shares[*share].factors[i][j].point().times(lambda)))
            };
            let total = factor(first);
            ledger.count(Check::V48, ways.len() as u64);
            if ways[1..].iter().any(|way| !factor(way).equals(&total)) {
                ledger.fault(Check::V48, place, What::SubsetsDiffer);
            }
            ledger.count(Check::V61, 1);
            let expected = generator_table().times(&Scalar::from(*count)).add(&total);
            if !expected.equals(tally.answers[i][j].beta.point()) {
                ledger.fault(Check::V61, place, What::NotTheDecryption);
            }
        }
    }
    ledger.complete(Check::V48);
    ledger.complete(Check::V61);
}

/// What a share proof of the companion is about. Spec V65, archive.md B8.
pub(crate) struct Statement<'a> {
    pub(crate) election: &'a Hash,
    pub(crate) key: &'a Element,
    pub(crate) tally: &'a Hash,
    pub(crate) question: usize,
    pub(crate) choice: usize,
    pub(crate) alpha: &'a Element,
    pub(crate) factor: &'a Element,
}

impl Statement<'_> {
    /// Whether the proof's challenge is the hash of the statement and its commitments.
    pub(crate) fn is_proven_by(&self, proof: &Proof) -> bool {
        let [on_g, on_alpha] = proof.equality_commitments(self.key.point(), self.alpha.point(), self.factor.point());
        self.challenge(&on_g, &on_alpha) == proof.challenge
    }

    fn challenge(&self, on_g: &Encoded, on_alpha: &Encoded) -> Scalar {
        let mut parts = crate::companion::Parts::new("decryption-proof");
        parts.push("election", to_hex(self.election).as_bytes());
        parts.push("trustee_key", &self.key.encoded().0);
        parts.push("encrypted_tally", to_hex(self.tally).as_bytes());
        parts.push("question", self.question.to_string().as_bytes());
        parts.push("choice", self.choice.to_string().as_bytes());
        parts.push("alpha", &self.alpha.encoded().0);
        parts.push("factor", &self.factor.encoded().0);
        parts.push("commitment_g", &on_g.0);
        parts.push("commitment_alpha", &on_alpha.0);
        parts.challenge()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec V48: every way of choosing k of the present members gives the same value of the polynomial at 0.
    #[test]
    fn every_subset_finds_the_same_secret_and_a_wrong_share_is_seen() {
        let polynomial = [7u64, 11, 13].map(Scalar::from);
        let at = |j: u32| {
            let j = Scalar::from(j);
            polynomial[0] + polynomial[1] * j + polynomial[2] * j * j
        };
        let present: Vec<(usize, u32)> = [1, 2, 4, 5, 6].into_iter().enumerate().collect();
        let chosen = subsets(&present, 3, MAX_SUBSETS);
        assert_eq!(chosen.len(), 10);
        let secret = |subset: &Vec<(usize, u32)>, wrong: u32| -> Scalar {
            subset.iter().map(|(_, j)| lagrange(*j, subset) * (at(*j) + Scalar::from(u64::from(*j == wrong)))).sum()
        };
        assert!(chosen.iter().all(|subset| secret(subset, 0) == polynomial[0]));
        assert!(chosen.iter().any(|subset| secret(subset, 4) != polynomial[0]));
        assert_eq!(subsets(&present, 3, 4).len(), 4);
        assert_eq!(subsets(&present[..1], 1, 4), [vec![(0, 1)]]);
    }
}
