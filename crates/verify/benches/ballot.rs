//! Judging one ballot with three options, strictly: the way of this crate beside the straightforward way, in one run.
//!
//! `cargo bench -p verify --bench ballot`. Windows of both alternate, so that they share the machine's moods; the least and
//! the 10th percentile of each are shown. The straightforward way uses `curve25519-dalek`'s operators, compresses one point at a
//! time and checks the order of each element by multiplication; it parses with the same reader and hashes with the same
//! hash. `floor` is the least work known to us, in field multiplications, at the speed measured for one; see `floor`.
#![allow(missing_docs, clippy::unwrap_used, clippy::float_arithmetic)]

use crrl::field::GF25519;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::time::Instant;
use verify::json::Value;

/// The straightforward way. Returns whether the ballot is good.
struct Straightforward {
    uuid: String,
    fingerprint: String,
    credentials: Vec<String>,
    key: EdwardsPoint,
}

fn element(text: &str) -> Option<EdwardsPoint> {
    let mut bytes = verify::hex::hash_from_hex(text.as_bytes())?;
    bytes.reverse();
    let point = CompressedEdwardsY(bytes).decompress()?;
    (point.is_torsion_free() && point.compress().0 == bytes).then_some(point)
}

fn encode(point: &EdwardsPoint) -> String {
    let mut bytes = point.compress().0;
    bytes.reverse();
    verify::hex::to_hex(&bytes)
}

fn challenge(input: &str) -> Scalar {
    let mut hash: [u8; 32] = Sha256::digest(input).into();
    hash.reverse();
    Scalar::from_bytes_mod_order(hash)
}

fn proofs(value: &Value<'_>) -> Option<Vec<(Scalar, Scalar)>> {
    value
        .array()?
        .iter()
        .map(|proof| {
            let [c, z] = proof.exactly(["challenge", "response"])?;
            Some((verify::parse_scalar(c).ok()?, verify::parse_scalar(z).ok()?))
        })
        .collect()
}

impl Straightforward {
    fn disjunction(&self, context: &str, pair: &(EdwardsPoint, EdwardsPoint), from: u64, proofs: &[(Scalar, Scalar)]) -> bool {
        let mut input = format!("prove|{context}|{},{}|", encode(&pair.0), encode(&pair.1));
        for (i, (c, z)) in proofs.iter().enumerate() {
            let a = EdwardsPoint::mul_base(z) + pair.0 * c;
            let shifted = pair.1 - EdwardsPoint::mul_base(&Scalar::from(from + i as u64));
            let b = self.key * z + shifted * c;
            if i > 0 {
                input.push(',');
            }
            input.push_str(&encode(&a));
            input.push(',');
            input.push_str(&encode(&b));
        }
        challenge(&input) == proofs.iter().map(|(c, _)| c).sum::<Scalar>()
    }

    fn judge(&self, ballot: &[u8]) -> Option<()> {
        let parsed = verify::json::parse(ballot).ok()?;
        if parsed.first_non_canonical.is_some() {
            return None;
        }
        let [uuid, hash, credential, answers, signature] =
            parsed.value.exactly(["election_uuid", "election_hash", "credential", "answers", "signature"])?;
        let credential = credential.string()?;
        if uuid.string()? != self.uuid || hash.string()? != self.fingerprint {
            return None;
        }
        self.credentials.binary_search_by(|c| c.as_str().cmp(credential)).ok()?;
        let s0 = format!("{}|{credential}", self.fingerprint);
        for answer in answers.array()? {
            let [choices, individual, overall] = answer.exactly(["choices", "individual_proofs", "overall_proof"])?;
            let pairs: Vec<(EdwardsPoint, EdwardsPoint)> = choices
                .array()?
                .iter()
                .map(|choice| {
                    let [alpha, beta] = choice.exactly(["alpha", "beta"])?;
                    Some((element(alpha.string()?)?, element(beta.string()?)?))
                })
                .collect::<Option<_>>()?;
            for (pair, proof) in pairs.iter().zip(individual.array()?) {
                if !self.disjunction(&s0, pair, 0, &proofs(proof)?) {
                    return None;
                }
            }
            let all: Vec<String> = pairs.iter().map(|(a, b)| format!("{},{}", encode(a), encode(b))).collect();
            let sum = pairs.iter().fold((EdwardsPoint::default(), EdwardsPoint::default()), |s, p| (s.0 + p.0, s.1 + p.1));
            if !self.disjunction(&format!("{s0}|{}", all.join(",")), &sum, 1, &proofs(overall)?) {
                return None;
            }
        }
        let [signed, proof] = signature.exactly(["hash", "proof"])?;
        let [c, z] = proof.exactly(["challenge", "response"])?;
        let (c, z) = (verify::parse_scalar(c).ok()?, verify::parse_scalar(z).ok()?);
        let end = signature.start - ",\"signature\":".len();
        let unsigned = [&ballot[..end], b"}"].concat();
        let h = verify::hex::hash_to_base64(&Sha256::digest(unsigned).into());
        let commitment = EdwardsPoint::mul_base(&z) + element(credential)? * c;
        (h == signed.string()? && challenge(&format!("sig|{h}|{}", encode(&commitment))) == c).then_some(())
    }
}

/// Nanoseconds of one call, in a window of `calls`.
fn window(calls: u32, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        work();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

/// The least and the 10th percentile: on a machine with other work, most longer windows were interrupted.
fn least_and_tenth(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 10])
}

/// Nanoseconds of the operations that the floor is counted in, each at the throughput of four independent chains.
#[derive(Clone, Copy)]
struct Costs {
    multiplication: f64,
    squaring: f64,
    /// Field addition or subtraction.
    addition: f64,
    hashing: f64,
}

/// The least work known to us that judging such a ballot needs, in nanoseconds.
///
/// Commitments must be recomputed from challenge and response to be hashed. 6 bases with 252 doublings each that all their scalars
/// share; 13 scalars of 42 additions and 6 more where the two sums ride on the options' chains, less the first of 8 in each
/// bucket, and 14 (and a doubling) to empty the buckets, for 15 outputs; the signature's key from stored multiples (64 doublings,
/// 42 additions); 19 fixed-base products of 16 additions from tables of 16 bits; 6 square roots (250S+20M); 17 encodings (5M) with
/// one inversion (250M).
///
/// An addition of 8M needs a prepared second point: its fourth coordinate and that times 2d. So each multiple that is added
/// costs 2M and 3 field additions once (107 of the 252 multiples of a base, if three scalars have a digit at one in six), and each
/// addition that empties buckets 1M. And the order of each element: the 150M once written here were for checking many together,
/// which leaves a chance of error; exactly, it takes 14 additions on the same chain and 14 to empty the buckets.
///
/// Not counted: reading JSON, loads, branches, and that a bucket's first multiple is also made ready.
fn floor(doubling: f64, addition: f64, table_addition: f64, costs: &Costs) -> f64 {
    let Costs { multiplication: m, squaring: s, addition: a, hashing } = costs;
    (6.0 * 252.0 + 64.0 + 15.0) * doubling
        + (19.0 * 42.0 - 15.0 * 8.0 + 15.0 * 14.0) * addition
        + 19.0 * 16.0 * table_addition
        + 6.0 * (250.0 * s + 20.0 * m)
        + (17.0 * 5.0 + 250.0) * m
        + 6.0 * 107.0 * (2.0 * m + 3.0 * a)
        + 15.0 * 14.0 * m
        + 6.0 * 28.0 * addition
        + hashing
}

/// With group operations taken apart into field operations: 3M+4S+6A, 8M+6A and 7M+7A.
fn floor_in_field_operations(costs: &Costs) -> f64 {
    let Costs { multiplication: m, squaring: s, addition: a, .. } = costs;
    floor(3.0 * m + 4.0 * s + 6.0 * a, 8.0 * m + 6.0 * a, 7.0 * m + 7.0 * a, costs)
}

/// Least nanoseconds of a doubling, an addition and an addition from a table. The public doubling and addition compute a fourth
/// coordinate and prepare a point, one multiplication each; those are taken off. The table is a small one that stays in the cache.
fn group_operations(rounds: u32, multiplication: f64) -> [f64; 3] {
    use verify::curve::{FixedBase, Point};
    let p = Point::generator().double();
    let q = p.double().add(&p);
    let mut points = [p, q, p.add(&q), q.double()];
    let table = FixedBase::new(&q, 8);
    let scalar = challenge("any");
    let mut least = [f64::MAX; 3];
    for _ in 0..rounds {
        let times = [
            window(200, || points.iter_mut().for_each(|p| *p = p.double())) / 4.0 - multiplication,
            window(200, || points.iter_mut().for_each(|p| *p = p.add(&q))) / 4.0 - multiplication,
            window(40, || points[0] = table.add_to(points[0], black_box(&scalar))) / 32.0,
        ];
        for (least, time) in least.iter_mut().zip(times) {
            *least = least.min(time);
        }
    }
    black_box(points);
    least
}

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/belenios/ed25519-basic");
    let archive = std::fs::read(folder.join("mDYWKVdAaNwDDk.bel")).unwrap();
    let mut container = verify::container::Container::new(&archive[..]);
    let mut records = Vec::new();
    while let Some(record) = container.next_record().unwrap() {
        records.push(record.body);
    }
    let (election, credentials) = (&records[1], &records[3]);
    let ballots: Vec<&Vec<u8>> = records.iter().filter(|body| body.starts_with(b"{\"election_uuid\"")).collect();
    let judge = verify::BallotJudge::new(election, credentials, 1).unwrap();
    let parsed = verify::json::parse(election).unwrap().value;
    let list = verify::json::parse(credentials).unwrap().value;
    let mut list: Vec<String> = list.array().unwrap().iter().map(|c| c.string().unwrap().to_owned()).collect();
    list.sort();
    let plain = Straightforward {
        uuid: parsed.field("uuid").unwrap().string().unwrap().to_owned(),
        fingerprint: verify::hex::hash_to_base64(&Sha256::digest(election).into()),
        credentials: list,
        key: element(parsed.field("public_key").unwrap().string().unwrap()).unwrap(),
    };
    // Both say yes to every ballot and no to every ballot with one digit of its last response changed.
    for ballot in &ballots {
        assert!(judge.judge(ballot).is_ok() && plain.judge(ballot).is_some());
        let mut bad = ballot.to_vec();
        let at = bad.len() - 6;
        bad[at] = if bad[at] == b'1' { b'2' } else { b'1' };
        assert!(judge.judge(&bad).is_err() && plain.judge(&bad).is_none());
    }

    let rounds = if std::env::args().any(|a| a == "--test") { 3 } else { 500 };
    let x = GF25519::w64le(3, 5, 7, 11);
    let y = GF25519::w64le(13, 17, 19, 23);
    let mut four = [x, y, x + y, x - y];
    let mut times: [Vec<f64>; 6] = Default::default();
    let mut next = ballots.iter().cycle();
    let bytes = vec![b'7'; 6800];
    for _ in 0..rounds {
        let [ours, theirs, m, s, a, hash] = &mut times;
        // Four in a row, as they come in an archive.
        ours.push(window(4, || drop(black_box(judge.judge(next.next().unwrap())))));
        theirs.push(window(4, || {
            black_box(plain.judge(next.next().unwrap()));
        }));
        m.push(window(500, || four.iter_mut().for_each(|value| *value *= y)) / 4.0);
        s.push(window(500, || four.iter_mut().for_each(|value| *value = value.square())) / 4.0);
        a.push(window(500, || four.iter_mut().for_each(|value| *value += y)) / 4.0);
        hash.push(window(4, || {
            black_box(Sha256::digest(black_box(&bytes)));
        }));
        black_box(four);
    }
    let [ours, theirs, m, s, a, hash] = times.map(least_and_tenth);
    let least = Costs { multiplication: m.0, squaring: s.0, addition: a.0, hashing: hash.0 };
    let tenth = Costs { multiplication: m.1, squaring: s.1, addition: a.1, hashing: hash.1 };
    let line = |what: &str, least: f64, tenth: f64| println!("{what:<56}{least:>10.2}{tenth:>10.2}");
    println!("judging one ballot, 3 options, exactly one, strictly         least       10%");
    line("straightforward, us", theirs.0 / 1e3, theirs.1 / 1e3);
    line("this crate, us", ours.0 / 1e3, ours.1 / 1e3);
    line("straightforward / this crate", theirs.0 / ours.0, theirs.1 / ours.1);
    line("field multiplication, ns", m.0, m.1);
    line("field squaring, ns", s.0, s.1);
    line("field addition, ns", a.0, a.1);
    line("hashing 6,800 bytes, us", hash.0 / 1e3, hash.1 / 1e3);
    let floors = [&least, &tenth].map(floor_in_field_operations);
    line("floor in field operations, us", floors[0] / 1e3, floors[1] / 1e3);
    line("this crate / that floor", ours.0 / floors[0], ours.1 / floors[1]);
    let [doubling, addition, table_addition] = group_operations(rounds, m.0);
    println!("group operations, ns: doubling {doubling:.1}, addition {addition:.1}, addition from a table {table_addition:.1}");
    let floor = floor(doubling, addition, table_addition, &least);
    println!("floor in group operations at these costs, us            {:>10.2}", floor / 1e3);
    println!("this crate / that floor                                 {:>10.2}", ours.0 / floor);
}
