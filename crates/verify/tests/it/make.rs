//! Makes elections for the tests, honest or not: a third implementation, with plain `curve25519-dalek` operators, written
//! from the specification and nothing else. Every text passes through a hook that can change it before what depends on it
//! is made, so that a forged archive is wrong in one place only.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256, Sha512};
use verify::hex::{hash_to_base64, to_hex};

pub type Hash = [u8; 32];

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Scalars from a seed, the same on each run.
pub struct Chance {
    seed: Vec<u8>,
    drawn: u64,
}

impl Chance {
    pub fn new(seed: &str) -> Chance {
        Chance { seed: seed.as_bytes().to_vec(), drawn: 0 }
    }

    pub fn scalar(&mut self) -> Scalar {
        self.drawn += 1;
        let input = [&self.seed[..], &self.drawn.to_le_bytes()].concat();
        Scalar::from_bytes_mod_order_wide(&Sha512::digest(input).into())
    }
}

pub fn g(exponent: &Scalar) -> EdwardsPoint {
    EdwardsPoint::mul_base(exponent)
}

pub fn enc(point: &EdwardsPoint) -> String {
    let mut bytes = point.compress().to_bytes();
    bytes.reverse();
    to_hex(&bytes)
}

pub fn dec(scalar: &Scalar) -> String {
    let mut words: Vec<u32> = scalar.as_bytes().chunks(4).map(|c| u32::from_le_bytes(c.try_into().unwrap())).collect();
    let mut digits = Vec::new();
    while words.iter().any(|w| *w != 0) {
        let mut rest = 0u64;
        for word in words.iter_mut().rev() {
            let n = rest << 32 | u64::from(*word);
            *word = (n / 10) as u32;
            rest = n % 10;
        }
        digits.push(b'0' + rest as u8);
    }
    if digits.is_empty() {
        digits.push(b'0');
    }
    digits.reverse();
    String::from_utf8(digits).unwrap()
}

/// SHA-256, big-endian, modulo q.
pub fn challenge(input: &str) -> Scalar {
    let mut hash = sha256(input.as_bytes());
    hash.reverse();
    Scalar::from_bytes_mod_order(hash)
}

pub fn proof(challenge: &Scalar, response: &Scalar) -> String {
    format!("{{\"challenge\":\"{}\",\"response\":\"{}\"}}", dec(challenge), dec(response))
}

/// A Schnorr-like proof of knowledge of `x`.
pub fn prove(prefix: &str, x: &Scalar, chance: &mut Chance) -> String {
    let w = chance.scalar();
    let c = challenge(&format!("{prefix}{}", enc(&g(&w))));
    proof(&c, &(w - c * x))
}

fn sign(message: &str, key: &Scalar, chance: &mut Chance) -> String {
    prove(&format!("sigmsg|{message}|"), key, chance)
}

#[derive(Clone)]
pub struct QuestionSpec {
    pub answers: Vec<&'static str>,
    pub blank: bool,
    pub min: i64,
    pub max: i64,
}

#[derive(Clone, Copy, PartialEq)]
pub enum TrusteeSpec {
    Single,
    Pedersen { threshold: usize, members: usize },
}

/// Ways of making a ballot dishonestly.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cheat {
    No,
    /// Proofs with another election's hash in their context.
    OtherElection,
    /// Proofs with another credential in their context.
    OtherCredential,
    /// Individual proofs without context.
    NoContext,
    /// Challenges of commitments only.
    CommitmentsOnly,
    /// Signed with the key of the next voter.
    OtherSigner,
    /// Overall proof made for ciphertexts in another order.
    OtherOrder,
    /// The ciphertexts and the randomness of this ballot are those of an earlier one.
    SameRandomness(usize),
}

#[derive(Clone)]
pub struct Vote {
    pub voter: usize,
    /// Per question, per choice (blank first if there is one).
    pub marks: Vec<Vec<i64>>,
    pub cheat: Cheat,
}

#[derive(Clone)]
pub struct Spec {
    pub seed: String,
    pub uuid: String,
    pub questions: Vec<QuestionSpec>,
    pub weights: Option<Vec<u64>>,
    pub voters: usize,
    pub trustees: Vec<TrusteeSpec>,
    pub votes: Vec<Vote>,
    /// Owners who give shares, in order.
    pub shares: Vec<usize>,
    pub revote_one: bool,
    pub voided: Vec<usize>,
    /// Which of the voters' credentials are spares.
    pub spares: Vec<usize>,
    /// Old and new, after the voids.
    pub replaced: Vec<(usize, usize)>,
    pub extensions: Vec<&'static str>,
    /// Ballots left out of, or added again to, the tally.
    pub tally_without: Vec<usize>,
    pub tally_twice: Vec<usize>,
    /// Re-randomises the tally: it decrypts to the same, and is not the product.
    pub tally_rerandomised: bool,
    /// Ballots that do not count for the numbers of the tally and the result (dishonest ones, for instance).
    pub election_key_off: bool,
    /// A Pedersen member whose verification key is of another exponent.
    pub stray_key: Option<usize>,
    /// Two trustees with one key.
    pub same_keys: bool,
    /// A trustee who copies the proof of possession of the first.
    pub copied_possession: bool,
}

impl Spec {
    /// One question with three answers, exactly one; Single and 2-of-3; a re-vote.
    pub fn small() -> Spec {
        let vote = |voter, choice: usize| Vote { voter, marks: vec![(0..3).map(|i| i64::from(i == choice)).collect()], cheat: Cheat::No };
        Spec {
            seed: "small".into(),
            uuid: "3vKq8mTzXw5RbN".into(),
            questions: vec![QuestionSpec { answers: vec!["Accept", "Reject", "Neither"], blank: false, min: 1, max: 1 }],
            weights: None,
            voters: 7,
            trustees: vec![TrusteeSpec::Single, TrusteeSpec::Pedersen { threshold: 2, members: 3 }],
            votes: vec![vote(0, 0), vote(1, 1), vote(2, 0), vote(3, 2), vote(0, 1)],
            shares: vec![1, 2, 4, 3],
            revote_one: false,
            voided: vec![5],
            spares: vec![],
            replaced: vec![],
            extensions: vec!["2031-05-08T12:00:00Z"],
            tally_without: vec![],
            tally_twice: vec![],
            tally_rerandomised: false,
            election_key_off: false,
            stray_key: None,
            same_keys: false,
            copied_possession: false,
        }
    }

    /// Nine credentials, three of them spares: one stood for a lost letter and voted, one for that of somebody who did not.
    pub fn spare() -> Spec {
        let small = Spec::small();
        let votes = [(0, 0), (1, 1), (7, 2), (3, 2)].map(|(voter, choice): (usize, usize)| Vote {
            voter,
            marks: vec![(0..3).map(|i| i64::from(i == choice)).collect()],
            cheat: Cheat::No,
        });
        Spec {
            seed: "spare".into(),
            uuid: "5TgNb8sKqWm2Xz".into(),
            voters: 9,
            trustees: vec![TrusteeSpec::Single, TrusteeSpec::Single],
            votes: votes.into(),
            shares: vec![1, 2],
            voided: vec![5],
            spares: vec![6, 7, 8],
            replaced: vec![(4, 7), (2, 8)],
            ..small
        }
    }

    /// Blank allowed, a second question with zero to two marks, weights.
    pub fn rich() -> Spec {
        let vote =
            |voter, first: [i64; 3], second: [i64; 4]| Vote { voter, marks: vec![first.to_vec(), second.to_vec()], cheat: Cheat::No };
        Spec {
            seed: "rich".into(),
            uuid: "9YhRfM2pLd4WsQx".into(),
            questions: vec![
                QuestionSpec { answers: vec!["Yes", "No"], blank: true, min: 1, max: 1 },
                QuestionSpec { answers: vec!["A \"quoted\"", "B", "C é", "D"], blank: false, min: 0, max: 2 },
            ],
            weights: Some(vec![1, 3, 2, 2_000_000_000, 1, 0]),
            voters: 6,
            trustees: vec![TrusteeSpec::Single, TrusteeSpec::Single],
            votes: vec![
                vote(0, [1, 0, 0], [0, 0, 0, 0]),
                vote(1, [0, 1, 0], [1, 1, 0, 0]),
                vote(2, [0, 0, 1], [0, 0, 1, 0]),
                vote(3, [0, 1, 0], [0, 1, 0, 1]),
            ],
            shares: vec![1, 2],
            voided: vec![],
            extensions: vec![],
            ..Spec::small()
        }
    }
}

/// Where a text can be changed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stage {
    Election,
    Trustees,
    /// Message of a certificate or of coefficients, before it is signed.
    Certificate(usize),
    Coefficients(usize),
    Credentials,
    SetupData,
    /// Before it is signed.
    Unsigned(usize),
    Ballot(usize),
    Tally,
    Sized,
    Share(usize),
    Owned(usize),
    Result,
    /// A companion body, by type and number among its type, before it is signed.
    Body(&'static str, usize),
    /// A companion line, by type and number among its type.
    Line(&'static str, usize),
    /// The lines, joined.
    Companion,
}

pub type Hook<'h> = &'h dyn Fn(Stage, &mut Vec<u8>, &Secrets);

/// Keys that a forger may have.
#[derive(Default, Clone)]
pub struct Secrets {
    pub trustee_keys: Vec<Scalar>,
    pub credentials: Vec<Scalar>,
    pub election_key: Scalar,
    pub alphas: Vec<EdwardsPoint>,
    pub factors: Vec<Vec<EdwardsPoint>>,
    pub election_hash: Hash,
    pub tally_hash: Hash,
}

#[derive(Clone, Debug)]
pub struct Record {
    pub body: Vec<u8>,
    pub event: bool,
    /// In the name, instead of the body's hash.
    pub named: Option<Hash>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub name: String,
    pub records: Vec<Record>,
    pub payload: bool,
    pub parent: Option<Option<Hash>>,
    pub height: Option<u64>,
    /// Change of the event's text.
    pub edit: Option<fn(&str) -> String>,
    pub named: Option<Hash>,
    pub payload_is: Option<Hash>,
}

impl Event {
    pub fn new(name: &str, records: Vec<Vec<u8>>) -> Event {
        Event {
            name: name.into(),
            payload: !records.is_empty(),
            records: records.into_iter().map(|body| Record { body, event: false, named: None }).collect(),
            parent: None,
            height: None,
            edit: None,
            named: None,
            payload_is: None,
        }
    }
}

pub struct Made {
    pub archive: Vec<u8>,
    pub companion: Vec<u8>,
    pub counts: Vec<Vec<u128>>,
}

struct Ballot {
    voter: usize,
    ciphertexts: Vec<Vec<(EdwardsPoint, EdwardsPoint)>>,
    marks: Vec<Vec<i64>>,
}

fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn count_text(n: u128) -> String {
    if n < 1 << 30 { n.to_string() } else { format!("\"{n}\"") }
}

/// Makes an archive and its companion. `events` can change the list of events, `hook` every text.
pub fn make(spec: &Spec, hook: Hook<'_>, events: &dyn Fn(&mut Vec<Event>)) -> Made {
    let mut chance = Chance::new(&spec.seed);
    let mut secrets = Secrets::default();
    macro_rules! hooked {
        ($stage:expr, $text:expr) => {{
            let mut bytes: Vec<u8> = $text.into();
            hook($stage, &mut bytes, &secrets);
            bytes
        }};
    }
    let text_of = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();

    // Trustees.
    let mut items = Vec::new();
    let mut y = EdwardsPoint::default();
    let mut keys: Vec<Scalar> = Vec::new();
    let mut openings: Vec<Vec<u8>> = Vec::new();
    let mut election_exponent = Scalar::ZERO;
    let mut first_pok = None;
    for trustee in &spec.trustees {
        match *trustee {
            TrusteeSpec::Single => {
                let x = match keys.first() {
                    Some(x) if spec.same_keys => *x,
                    _ => chance.scalar(),
                };
                let public = enc(&g(&x));
                let mut pok = prove(&format!("pok|Ed25519|{public}|"), &x, &mut chance);
                if spec.copied_possession {
                    pok = first_pok.get_or_insert(pok).clone();
                }
                items.push(format!("[\"Single\",{{\"pok\":{pok},\"public_key\":\"{public}\"}}]"));
                y += g(&x);
                election_exponent += x;
                keys.push(x);
                openings.push(public.into_bytes());
            }
            TrusteeSpec::Pedersen { threshold, members } => {
                let sk: Vec<Scalar> = (0..members).map(|_| chance.scalar()).collect();
                let certs: Vec<String> = (0..members)
                    .map(|i| {
                        let message = format!(
                            "{{\"context\":{{\"group\":\"Ed25519\",\"size\":{members},\"threshold\":{threshold},\"index\":{}}},\"verification\":\"{}\",\"encryption\":\"{}\"}}",
                            i + 1,
                            enc(&g(&sk[i])),
                            enc(&g(&chance.scalar()))
                        );
                        let message = text_of(hooked!(Stage::Certificate(i), message));
                        format!(
                            "{{\"message\":{},\"signature\":{}}}",
                            json_text(&message),
                            sign(&message, &sk[i], &mut chance)
                        )
                    })
                    .collect();
                let certs = format!("[{}]", certs.join(","));
                let polynomials: Vec<Vec<Scalar>> = (0..members).map(|_| (0..threshold).map(|_| chance.scalar()).collect()).collect();
                let mut coefexps = Vec::new();
                let mut signatures = Vec::new();
                for (i, a) in polynomials.iter().enumerate() {
                    let list: Vec<String> = a.iter().map(|a| format!("\"{}\"", enc(&g(a)))).collect();
                    let message = format!("{{\"coefexps\":[{}]}}", list.join(","));
                    let message = text_of(hooked!(Stage::Coefficients(i), message));
                    coefexps.push(format!("{{\"message\":{},\"signature\":{}}}", json_text(&message), sign(&message, &sk[i], &mut chance)));
                    let all = format!("certs_sig|{{\"certs\":{certs},{}", &message[1..]);
                    signatures.push(sign(&all, &sk[i], &mut chance));
                    openings.push(message.into_bytes());
                    y += g(&a[0]);
                    election_exponent += a[0];
                }
                let mut verification = Vec::new();
                for (j, key) in sk.iter().enumerate() {
                    let at = Scalar::from(j as u64 + 1);
                    let mut x: Scalar = polynomials.iter().map(|a| a.iter().rev().fold(Scalar::ZERO, |sum, a| sum * at + a)).sum();
                    if spec.stray_key == Some(j) {
                        x += Scalar::ONE;
                    }
                    let public = enc(&g(&x));
                    let mut pok = prove(&format!("pok|Ed25519|{public}|"), &x, &mut chance);
                    if spec.copied_possession {
                        pok = first_pok.get_or_insert(pok).clone();
                    }
                    verification
                        .push(format!("{{\"pok\":{pok},\"public_key\":\"{public}\",\"signature\":{}}}", sign(&public, key, &mut chance)));
                    keys.push(x);
                }
                items.push(format!(
                    "[\"Pedersen\",{{\"threshold\":{threshold},\"certs\":{certs},\"coefexps\":[{}],\"signatures\":[{}],\"verification_keys\":[{}]}}]",
                    coefexps.join(","),
                    signatures.join(","),
                    verification.join(",")
                ));
            }
        }
    }
    secrets.trustee_keys = keys.clone();
    if spec.election_key_off {
        election_exponent += Scalar::ONE;
        y += g(&Scalar::ONE);
    }
    secrets.election_key = election_exponent;
    let trustees = hooked!(Stage::Trustees, format!("[{}]", items.join(",")));

    // Credentials.
    secrets.credentials = (0..spec.voters).map(|_| chance.scalar()).collect();
    let publics: Vec<String> = secrets.credentials.iter().map(|s| enc(&g(s))).collect();
    let entries: Vec<String> = publics
        .iter()
        .enumerate()
        .map(|(i, c)| match &spec.weights {
            Some(weights) => format!("\"{c},{}\"", weights[i]),
            None => format!("\"{c}\""),
        })
        .collect();
    let credentials = hooked!(Stage::Credentials, format!("[{}]", entries.join(",")));

    // Election.
    let questions: Vec<String> = spec
        .questions
        .iter()
        .map(|q| {
            let answers: Vec<String> = q.answers.iter().map(|a| json_text(a)).collect();
            format!(
                "{{\"answers\":[{}],{}\"min\":{},\"max\":{},\"question\":\"What now?\"}}",
                answers.join(","),
                if q.blank { "\"blank\":true," } else { "" },
                q.min,
                q.max
            )
        })
        .collect();
    let questions = format!("[{}]", questions.join(","));
    let election = format!(
        "{{\"version\":1,\"description\":\"Made for a test.\",\"name\":\"Test\",\"group\":\"Ed25519\",\"public_key\":\"{}\",\"questions\":{questions},\"uuid\":\"{}\",\"administrator\":\"Officer\",\"credential_authority\":\"Authority\"}}",
        enc(&y),
        spec.uuid
    );
    let election = hooked!(Stage::Election, election);
    let election_hash = sha256(&election);
    secrets.election_hash = election_hash;
    let phi = hash_to_base64(&election_hash);
    let setup_data = format!(
        "{{\"election\":\"{}\",\"trustees\":\"{}\",\"credentials\":\"{}\"}}",
        to_hex(&election_hash),
        to_hex(&sha256(&trustees)),
        to_hex(&sha256(&credentials))
    );
    let setup_data = hooked!(Stage::SetupData, setup_data);
    let mut list = vec![Event::new("Setup", vec![election.clone(), trustees.clone(), credentials.clone(), setup_data])];

    // Ballots.
    let mut ballots: Vec<Ballot> = Vec::new();
    for (number, vote) in spec.votes.iter().enumerate() {
        let secret = secrets.credentials[vote.voter];
        let credential = &publics[vote.voter];
        let mut own = match vote.cheat {
            Cheat::SameRandomness(other) => Chance::new(&format!("{} ballot {other}", spec.seed)),
            _ => Chance::new(&format!("{} ballot {number}", spec.seed)),
        };
        let mut ciphertexts = Vec::new();
        let mut answers = Vec::new();
        for (question, marks) in spec.questions.iter().zip(&vote.marks) {
            let (json, pairs) = answer(question, marks, &y, &phi, credential, vote.cheat, &mut own);
            answers.push(json);
            ciphertexts.push(pairs);
        }
        let unsigned = format!(
            "{{\"election_uuid\":\"{}\",\"election_hash\":\"{phi}\",\"credential\":\"{credential}\",\"answers\":[{}]}}",
            spec.uuid,
            answers.join(",")
        );
        let unsigned = text_of(hooked!(Stage::Unsigned(number), unsigned));
        let h = hash_to_base64(&sha256(unsigned.as_bytes()));
        let signer = match vote.cheat {
            Cheat::OtherSigner => secrets.credentials[(vote.voter + 1) % spec.voters],
            _ => secret,
        };
        let signature = prove(&format!("sig|{h}|"), &signer, &mut chance);
        let ballot = format!("{},\"signature\":{{\"hash\":\"{h}\",\"proof\":{signature}}}}}", &unsigned[..unsigned.len() - 1]);
        let body = hooked!(Stage::Ballot(number), ballot);
        list.push(Event::new("Ballot", vec![body]));
        ballots.push(Ballot { voter: vote.voter, ciphertexts, marks: vote.marks.clone() });
    }
    list.push(Event::new("EndBallots", vec![]));

    // Tally: the last ballot of each voter.
    let mut tally: Vec<Vec<(EdwardsPoint, EdwardsPoint)>> =
        spec.questions.iter().map(|q| vec![Default::default(); q.answers.len() + usize::from(q.blank)]).collect();
    let mut counts: Vec<Vec<i128>> = tally.iter().map(|list| vec![0; list.len()]).collect();
    let mut counted = 0u64;
    let mut total_weight = 0u128;
    for (number, ballot) in ballots.iter().enumerate() {
        let is_last = !ballots[number + 1..].iter().any(|b| b.voter == ballot.voter);
        if !is_last {
            continue;
        }
        let weight = spec.weights.as_ref().map_or(1, |w| w[ballot.voter]);
        counted += 1;
        total_weight += u128::from(weight);
        let times = match number {
            n if spec.tally_without.contains(&n) => 0,
            n if spec.tally_twice.contains(&n) => 2,
            _ => 1,
        };
        for (sums, (pairs, (counts, marks))) in tally.iter_mut().zip(ballot.ciphertexts.iter().zip(counts.iter_mut().zip(&ballot.marks))) {
            for ((sum, pair), (count, mark)) in sums.iter_mut().zip(pairs).zip(counts.iter_mut().zip(marks)) {
                let factor = Scalar::from(weight * times);
                sum.0 += pair.0 * factor;
                sum.1 += pair.1 * factor;
                *count += i128::from(*mark) * i128::from(weight * times);
            }
        }
    }
    if spec.tally_rerandomised {
        let r = chance.scalar();
        tally[0][0].0 += g(&r);
        tally[0][0].1 += y * r;
    }
    let counts: Vec<Vec<u128>> = counts.iter().map(|row| row.iter().map(|n| u128::try_from(*n).unwrap_or(0)).collect()).collect();
    let rows: Vec<String> = tally
        .iter()
        .map(|row| {
            let pairs: Vec<String> = row.iter().map(|(a, b)| format!("{{\"alpha\":\"{}\",\"beta\":\"{}\"}}", enc(a), enc(b))).collect();
            format!("[{}]", pairs.join(","))
        })
        .collect();
    let encrypted = hooked!(Stage::Tally, format!("[{}]", rows.join(",")));
    let tally_hash = sha256(&encrypted);
    secrets.tally_hash = tally_hash;
    let sized = format!(
        "{{\"num_tallied\":{counted},\"total_weight\":{},\"encrypted_tally\":\"{}\"}}",
        count_text(total_weight),
        to_hex(&tally_hash)
    );
    let sized = hooked!(Stage::Sized, sized);
    list.push(Event::new("EncryptedTally", vec![encrypted, sized]));

    // Shares.
    secrets.alphas = tally.iter().flatten().map(|(a, _)| *a).collect();
    let mut share_hashes = Vec::new();
    for (number, owner) in spec.shares.iter().enumerate() {
        let x = keys[(*owner + keys.len() - 1) % keys.len()];
        let mut factors = Vec::new();
        let mut proofs = Vec::new();
        let mut all = Vec::new();
        for row in &tally {
            let mut f = Vec::new();
            let mut p = Vec::new();
            for (alpha, _) in row {
                f.push(format!("\"{}\"", enc(&(alpha * x))));
                all.push(alpha * x);
                let w = chance.scalar();
                let input = format!("decrypt|{phi}|{}|{},{}", enc(&g(&x)), enc(&g(&w)), enc(&(alpha * w)));
                let c = challenge(&input);
                p.push(proof(&c, &(w - c * x)));
            }
            factors.push(format!("[{}]", f.join(",")));
            proofs.push(format!("[{}]", p.join(",")));
        }
        secrets.factors.push(all);
        let share = format!("{{\"decryption_factors\":[{}],\"decryption_proofs\":[{}]}}", factors.join(","), proofs.join(","));
        let share = hooked!(Stage::Share(number), share);
        share_hashes.push(sha256(&share));
        let owned = format!("{{\"owner\":{owner},\"payload\":\"{}\"}}", to_hex(&sha256(&share)));
        let owned = hooked!(Stage::Owned(number), owned);
        list.push(Event::new("PartialDecryption", vec![share, owned]));
    }
    let rows: Vec<String> = counts
        .iter()
        .map(|row| {
            let row: Vec<String> = row.iter().map(|n| count_text(*n)).collect();
            format!("[{}]", row.join(","))
        })
        .collect();
    let counts_text = format!("[{}]", rows.join(","));
    let result = hooked!(Stage::Result, format!("{{\"result\":{counts_text}}}"));
    list.push(Event::new("Result", vec![result.clone()]));
    events(&mut list);
    let (archive, last_event) = write_archive(&list);

    // Companion.
    let role = |name: &str| SigningKey::from_bytes(&sha256(format!("{} {name}", spec.seed).as_bytes()));
    let (officer, scrutineer, authority) = (role("officer"), role("scrutineer"), role("authority"));
    let trustee_roles: Vec<SigningKey> = (0..keys.len()).map(|i| role(&format!("trustee {i}"))).collect();
    let key = |k: &SigningKey| format!("\"{}\"", to_hex(k.verifying_key().as_bytes()));
    let election_hex = to_hex(&election_hash);
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut numbers: Vec<(&'static str, usize)> = Vec::new();
    let mut add = |kind: &'static str, body: &dyn Fn(Option<Hash>) -> String, signers: &[&SigningKey]| {
        let number = numbers.iter().filter(|(k, _)| *k == kind).count();
        numbers.push((kind, number));
        let previous = lines.last().map(|line| sha256(line));
        let mut body = body(previous).into_bytes();
        hook(Stage::Body(kind, number), &mut body, &secrets);
        let message = [part("use", format!("whitley/companion/v1/{kind}").as_bytes()), part("body", &body)].concat();
        let signatures: Vec<String> = signers.iter().map(|s| format!("\"{}\"", to_hex(&s.sign(&message).to_bytes()))).collect();
        let mut line = Vec::new();
        line.push(b'{');
        if let Some(previous) = previous {
            line.extend(format!("\"prev\":\"{}\",", to_hex(&previous)).bytes());
        }
        line.extend(format!("\"line\":{},\"type\":\"{kind}\",\"body\":", lines.len()).bytes());
        line.extend(body);
        line.extend(format!(",\"signatures\":[{}]}}", signatures.join(",")).bytes());
        hook(Stage::Line(kind, number), &mut line, &secrets);
        lines.push(line);
    };
    let trustee_keys: Vec<String> = trustee_roles.iter().map(key).collect();
    let ceremony = "ceremony of the test";
    let questions_bytes = {
        let text = String::from_utf8_lossy(&election).into_owned();
        let from = text.find("\"questions\":").map_or(0, |i| i + 12);
        let to = text.find(",\"uuid\"").unwrap_or(text.len()).max(from);
        text.as_bytes()[from..to].to_vec()
    };
    add(
        "setup",
        &|_| {
            format!(
                "{{\"version\":1,\"uuid\":\"{}\",\"election\":\"{election_hex}\",\"unit\":\"Unit\",\"ceremony\":\"{ceremony}\",\"opens_at\":\"2031-04-01T09:00:00Z\",\"closes_at\":\"2031-05-01T12:00:00Z\",\"roll\":\"{}\",\"entitled\":{},\"questions\":\"{}\",\"revote\":\"{}\",\"merge\":{{\"minimum\":5,\"units\":[\"Unit\",\"Annex\"],\"small_allowed\":false}},\"roles\":{{\"officer\":{},\"scrutineer\":{},\"authority\":{},\"trustees\":[{}]}}}}",
                spec.uuid,
                to_hex(&sha256(b"roll")),
                spec.voters - spec.spares.len(),
                to_hex(&sha256(&questions_bytes)),
                if spec.revote_one { "one" } else { "last" },
                key(&officer),
                key(&scrutineer),
                key(&authority),
                trustee_keys.join(",")
            )
        },
        &[&officer, &scrutineer],
    );
    let mut commitments = vec![part("use", b"whitley/companion/v1/commitments")];
    for (i, opening) in openings.iter().enumerate() {
        let commitment = sha256(
            &[
                part("use", b"whitley/companion/v1/opening"),
                part("ceremony", ceremony.as_bytes()),
                part("trustee", (i + 1).to_string().as_bytes()),
                part("opening", opening),
            ]
            .concat(),
        );
        commitments.push(part("commitment", to_hex(&commitment).as_bytes()));
        add(
            "commitment",
            &|_| format!("{{\"ceremony\":\"{ceremony}\",\"trustee\":{},\"commitment\":\"{}\"}}", i + 1, to_hex(&commitment)),
            &[&trustee_roles[i]],
        );
    }
    add(
        "ceremony",
        &|_| {
            format!(
                "{{\"ceremony\":\"{ceremony}\",\"trustees\":\"{}\",\"commitments\":\"{}\"}}",
                to_hex(&sha256(&trustees)),
                to_hex(&sha256(&commitments.concat()))
            )
        },
        &trustee_roles.iter().collect::<Vec<_>>(),
    );
    let list_weight: u128 = match &spec.weights {
        Some(weights) => weights.iter().map(|w| u128::from(*w)).sum(),
        None => spec.voters as u128,
    };
    let mut spares: Vec<String> = spec.spares.iter().map(|spare| format!("\"{}\"", publics[*spare])).collect();
    spares.sort();
    let spares = if spares.is_empty() { String::new() } else { format!(",\"spares\":[{}]", spares.join(",")) };
    add(
        "credentials",
        &|_| {
            format!(
                "{{\"election\":\"{election_hex}\",\"credentials\":\"{}\",\"number\":{},\"total_weight\":{}{spares}}}",
                to_hex(&sha256(&credentials)),
                spec.voters,
                count_text(list_weight)
            )
        },
        &[&authority],
    );
    for voter in &spec.voided {
        add(
            "void",
            &|_| format!("{{\"election\":\"{election_hex}\",\"credential\":\"{}\",\"paper\":\"P-{voter}\"}}", publics[*voter]),
            &[&officer, &scrutineer],
        );
    }
    for (old, new) in &spec.replaced {
        add(
            "replace",
            &|_| {
                format!(
                    "{{\"election\":\"{election_hex}\",\"old\":\"{}\",\"new\":\"{}\",\"reason\":\"letter lost\"}}",
                    publics[*old], publics[*new]
                )
            },
            &[&officer, &scrutineer],
        );
    }
    for closes_at in &spec.extensions {
        add(
            "schedule",
            &|_| format!("{{\"election\":\"{election_hex}\",\"closes_at\":\"{closes_at}\",\"reason\":\"late post\"}}"),
            &[&officer, &scrutineer],
        );
    }
    for (number, owner) in spec.shares.iter().enumerate() {
        let i = (*owner + keys.len() - 1) % keys.len();
        let x = keys[i];
        let mut rows = Vec::new();
        for (question, row) in tally.iter().enumerate() {
            let mut proofs = Vec::new();
            for (choice, (alpha, _)) in row.iter().enumerate() {
                let w = chance.scalar();
                let input = sound_input(&Sound {
                    election: election_hash,
                    key: g(&x),
                    tally: tally_hash,
                    question,
                    choice,
                    alpha: *alpha,
                    factor: alpha * x,
                    commitments: [g(&w), alpha * w],
                });
                let c = sound_challenge(&input);
                proofs.push(proof(&c, &(w - c * x)));
            }
            rows.push(format!("[{}]", proofs.join(",")));
        }
        add(
            "share",
            &|_| {
                format!(
                    "{{\"election\":\"{election_hex}\",\"owner\":{owner},\"encrypted_tally\":\"{}\",\"partial_decryption\":\"{}\",\"proofs\":[{}]}}",
                    to_hex(&tally_hash),
                    to_hex(&share_hashes[number]),
                    rows.join(",")
                )
            },
            &[&trustee_roles[i]],
        );
    }
    add(
        "result",
        &|previous| {
            format!(
                "{{\"election\":\"{election_hex}\",\"lines\":\"{}\",\"ballots\":{},\"counted\":{counted},\"voided\":{},\"total_weight\":{},\"counts\":{counts_text},\"result\":\"{}\",\"last_event\":\"{}\"}}",
                to_hex(&previous.unwrap()),
                ballots.len(),
                spec.voided.len(),
                count_text(total_weight),
                to_hex(&sha256(&result)),
                to_hex(&last_event)
            )
        },
        &[&officer, &scrutineer],
    );
    let mut companion: Vec<u8> = lines.into_iter().flat_map(|line| [line, vec![b'\n']].concat()).collect();
    hook(Stage::Companion, &mut companion, &secrets);
    Made { archive, companion, counts }
}

pub fn part(label: &str, data: &[u8]) -> Vec<u8> {
    let mut out = vec![label.len() as u8];
    out.extend(label.bytes());
    out.extend((data.len() as u64).to_be_bytes());
    out.extend(data);
    out
}

pub struct Sound {
    pub election: Hash,
    pub key: EdwardsPoint,
    pub tally: Hash,
    pub question: usize,
    pub choice: usize,
    pub alpha: EdwardsPoint,
    pub factor: EdwardsPoint,
    pub commitments: [EdwardsPoint; 2],
}

pub fn sound_input(s: &Sound) -> Vec<u8> {
    [
        part("use", b"whitley/companion/v1/decryption-proof"),
        part("election", to_hex(&s.election).as_bytes()),
        part("trustee_key", enc(&s.key).as_bytes()),
        part("encrypted_tally", to_hex(&s.tally).as_bytes()),
        part("question", s.question.to_string().as_bytes()),
        part("choice", s.choice.to_string().as_bytes()),
        part("alpha", enc(&s.alpha).as_bytes()),
        part("factor", enc(&s.factor).as_bytes()),
        part("commitment_g", enc(&s.commitments[0]).as_bytes()),
        part("commitment_alpha", enc(&s.commitments[1]).as_bytes()),
    ]
    .concat()
}

pub fn sound_challenge(input: &[u8]) -> Scalar {
    let mut hash: [u8; 64] = Sha512::digest(input).into();
    hash.reverse();
    Scalar::from_bytes_mod_order_wide(&hash)
}

/// One answer with its proofs; marks that no honest proof allows get the best false one.
#[allow(clippy::type_complexity)]
fn answer(
    question: &QuestionSpec,
    marks: &[i64],
    y: &EdwardsPoint,
    phi: &str,
    credential: &str,
    cheat: Cheat,
    chance: &mut Chance,
) -> (String, Vec<(EdwardsPoint, EdwardsPoint)>) {
    let signed = |m: i64| {
        let size = Scalar::from(m.unsigned_abs());
        if m < 0 { -size } else { size }
    };
    let r: Vec<Scalar> = marks.iter().map(|_| chance.scalar()).collect();
    let pairs: Vec<(EdwardsPoint, EdwardsPoint)> = r.iter().zip(marks).map(|(r, m)| (g(r), y * r + g(&signed(*m)))).collect();
    // What follows must not repeat even where the ciphertexts do.
    if let Cheat::SameRandomness(_) = cheat {
        chance.seed.extend(b" again");
    }
    let s0 = match cheat {
        Cheat::OtherElection => format!("{}|{credential}", hash_to_base64(&sha256(b"another"))),
        Cheat::OtherCredential => format!("{phi}|{}", enc(&g(&Scalar::from(7u8)))),
        _ => format!("{phi}|{credential}"),
    };
    let mut in_order: Vec<String> = pairs.iter().map(|(a, b)| format!("{},{}", enc(a), enc(b))).collect();
    if cheat == Cheat::OtherOrder {
        in_order.reverse();
    }
    let s = format!("{s0}|{}", in_order.join(","));

    // Branches (alpha, beta, value); the true one by index with its randomness.
    let mut disjunction = |prefix: &str, branches: &[(EdwardsPoint, EdwardsPoint, i64)], truth: usize, r: &Scalar| {
        let mut c = vec![Scalar::ZERO; branches.len()];
        let mut z = vec![Scalar::ZERO; branches.len()];
        let mut commitments = Vec::new();
        let w = chance.scalar();
        for (j, (alpha, beta, value)) in branches.iter().enumerate() {
            if j == truth {
                // The commitments of honest knowledge of r in alpha = g^r, beta = y^r·g^value.
                commitments.push(enc(&g(&w)));
                commitments.push(enc(&(y * w)));
                let _ = value;
            } else {
                c[j] = chance.scalar();
                z[j] = chance.scalar();
                commitments.push(enc(&(g(&z[j]) + alpha * c[j])));
                commitments.push(enc(&(y * z[j] + (beta - g(&signed(*value))) * c[j])));
            }
        }
        let input = match cheat {
            Cheat::CommitmentsOnly => commitments.join(","),
            _ => format!("{prefix}{}", commitments.join(",")),
        };
        let total = challenge(&input);
        c[truth] = total - c.iter().sum::<Scalar>();
        z[truth] = w - r * c[truth];
        let proofs: Vec<String> = c.iter().zip(&z).map(|(c, z)| proof(c, z)).collect();
        format!("[{}]", proofs.join(","))
    };

    let individual: Vec<String> = pairs
        .iter()
        .enumerate()
        .map(|(i, (alpha, beta))| {
            let context = match cheat {
                Cheat::NoContext => "",
                _ => &s0,
            };
            let prefix = format!("prove|{context}|{},{}|", enc(alpha), enc(beta));
            let truth = usize::from(marks[i] == 1);
            disjunction(&prefix, &[(*alpha, *beta, 0), (*alpha, *beta, 1)], truth, &r[i])
        })
        .collect();

    let from = usize::from(question.blank);
    let sum = pairs[from..].iter().fold((EdwardsPoint::default(), EdwardsPoint::default()), |s, p| (s.0 + p.0, s.1 + p.1));
    let sum_r: Scalar = r[from..].iter().sum();
    let sum_m: i64 = marks[from..].iter().sum();
    let values: Vec<i64> = (question.min..=question.max).collect();
    let among = values.iter().position(|v| *v == sum_m);
    let choices: Vec<String> = pairs.iter().map(|(a, b)| format!("{{\"alpha\":\"{}\",\"beta\":\"{}\"}}", enc(a), enc(b))).collect();
    let (overall, blank) = if question.blank {
        let (alpha, beta) = pairs[0];
        let (truth, known) = if marks[0] == 0 { (0, r[0]) } else { (1, sum_r) };
        let blank = disjunction(&format!("bproof0|{s}|"), &[(alpha, beta, 0), (sum.0, sum.1, 0)], truth, &known);
        let mut branches = vec![(alpha, beta, 1)];
        branches.extend(values.iter().map(|v| (sum.0, sum.1, *v)));
        let (truth, known) = match (marks[0], among) {
            (1, _) => (0, r[0]),
            (_, Some(i)) => (i + 1, sum_r),
            (_, None) => (1, sum_r),
        };
        let overall = disjunction(&format!("bproof1|{s}|"), &branches, truth, &known);
        (overall, format!(",\"blank_proof\":{blank}"))
    } else {
        let branches: Vec<_> = values.iter().map(|v| (sum.0, sum.1, *v)).collect();
        let prefix = format!("prove|{s}|{},{}|", enc(&sum.0), enc(&sum.1));
        let overall = disjunction(&prefix, &branches, among.unwrap_or(0), &sum_r);
        (overall, String::new())
    };
    let json = format!(
        "{{\"choices\":[{}],\"individual_proofs\":[{}],\"overall_proof\":{overall}{blank}}}",
        choices.join(","),
        individual.join(",")
    );
    (json, pairs)
}

pub const TIMESTAMP: u64 = 1_900_000_000;

/// A tar record as the format fixes it.
pub fn tar_record(name: &str, body: &[u8]) -> Vec<u8> {
    let mut block = vec![0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    block[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    block[136..147].copy_from_slice(format!("{TIMESTAMP:011o}").as_bytes());
    block[156] = b'0';
    set_checksum(&mut block);
    block.extend_from_slice(body);
    block.resize(block.len().div_ceil(512) * 512, 0);
    block
}

pub fn set_checksum(block: &mut [u8]) {
    block[148..156].copy_from_slice(b"        ");
    let sum: u32 = block[..512].iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Writes the events; returns the archive and the hash of the last event.
pub fn write_archive(events: &[Event]) -> (Vec<u8>, Hash) {
    let header = format!("{{\"version\":1,\"timestamp\":\"{TIMESTAMP}\"}}");
    let mut out = tar_record("BELENIOS", header.as_bytes());
    let mut last: Option<Hash> = None;
    for (i, event) in events.iter().enumerate() {
        for record in &event.records {
            let named = record.named.unwrap_or(sha256(&record.body));
            let kind = if record.event { "event" } else { "data" };
            out.extend(tar_record(&format!("{}.{kind}.json", to_hex(&named)), &record.body));
        }
        let mut text = String::from("{");
        if let Some(parent) = event.parent.unwrap_or(last) {
            text.push_str(&format!("\"parent\":\"{}\",", to_hex(&parent)));
        }
        text.push_str(&format!("\"height\":{},\"type\":\"{}\"", event.height.unwrap_or(i as u64), event.name));
        if event.payload {
            let payload = event.payload_is.unwrap_or_else(|| event.records.last().map_or([7; 32], |r| sha256(&r.body)));
            text.push_str(&format!(",\"payload\":\"{}\"", to_hex(&payload)));
        }
        text.push('}');
        if let Some(edit) = event.edit {
            text = edit(&text);
        }
        let hash = sha256(text.as_bytes());
        let named = event.named.unwrap_or(hash);
        out.extend(tar_record(&format!("{}.event.json", to_hex(&named)), text.as_bytes()));
        last = Some(hash);
    }
    (out, last.unwrap_or([0; 32]))
}

/// Makes an honest election.
pub fn honest(spec: &Spec) -> Made {
    make(spec, &|_, _, _| {}, &|_| {})
}
