//! The vectors under `vectors/v1`: made here from fixed seeds, read by every implementation.
//!
//! A vector that changes is a format that changes. To write them anew: `WRITE_VECTORS=1 cargo test -p vote vectors`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use verify::Verdict;
use vote::archive::{EventKind, SetupRecords, Tail};
use vote::companion::{Body, RoleKey};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::decrypt;
use vote::trustee::key::{Certificates, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::single::PublicKey;
use vote::trustee::{Quorum, TrusteeNumber};
use vote::{
    Choice, Credential, Draft, Election, Element, Hash, Limits, People, PublicCredentials, Question, Randomness, Scalar, SecretScalar,
    Seeded, Tally, Uuid, make_ballot,
};

use crate::judged::judge;

const Q: &str = "7237005577332262213973186563042994240857116359379907606001950938285454250989";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/v1")
}

#[test]
fn vectors_are_made_as_they_stand_in_their_folder() {
    let made = all();
    assert!(made.len() > 25);
    for (name, value) in &made {
        let path = folder().join(name);
        let text = format!("{value:#}\n");
        if std::env::var_os("WRITE_VECTORS").is_some() {
            std::fs::write(&path, &text).expect("written");
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(stands == text, "{name} is made differently now");
    }
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        assert!(!name.ends_with(".json") || made.contains_key(&name), "{name} is made by nobody");
    }
}

/// The judging side reads the same files: good ballots pass, bad ones fail at the rule they name and at no other.
#[test]
fn vectors_are_judged_as_they_say() {
    let (mut good, mut bad, mut wrong) = (0, 0, Vec::new());
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with("ballot_") || !name.ends_with(".json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        let text = |name: &str| vector[name].as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
        let (election, trustees, credentials) = (text("election_record"), text("trustees_record"), text("credentials_record"));
        let setup = SetupRecords { election: &election, trustees: &trustees, credentials: &credentials };
        let (mut tail, mut archive) = Tail::begin(1_795_290_802, &setup).expect("an archive");
        archive.extend(tail.append(EventKind::Ballot, &[&text("payload")]).expect("a ballot"));
        let report = judge(&archive, None);
        let failed: Vec<&str> = report.failed().into_iter().map(verify::Check::id).collect();
        match vector.get("must_fail") {
            None => {
                assert_eq!(report.verdict, Verdict::CouldNotCheck, "{name}: an election that is not finished: {failed:?}");
                good += 1;
            }
            Some(must_fail) => {
                assert_eq!(must_fail["step"], "check_ballot");
                let also = must_fail["also"].as_array().expect("a list").iter();
                let rules: Vec<&str> = std::iter::once(&must_fail["rule"]).chain(also).map(|rule| rule.as_str().expect("a rule")).collect();
                if failed != rules {
                    wrong.push(format!("{name}: must fail at {rules:?}, failed at {failed:?}"));
                }
                bad += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(good >= 4 && bad >= 15, "{good} good, {bad} bad");
}

/// Answers to one question, or blank.
type Chosen<'a> = Option<&'a [usize]>;

/// Everything that one election of the vectors is made of.
struct Setting {
    election: Election,
    trustees: Trustees,
    credentials: PublicCredentials,
    letters: Vec<Credential>,
}

fn setting(seed: &str, questions: Vec<Question>) -> Setting {
    let mut source = Seeded::new(seed.as_bytes());
    let random = &mut Randomness::new(&mut source);
    let key = PublicKey::prove(&SecretScalar::random(random).expect("seeded"), random).expect("seeded");
    let trustees = Trustees::singles(&[key]).expect("a trustee");
    let uuid = Uuid::random(random).expect("seeded");
    let draft = Draft { uuid: &uuid, name: "Vectors", description: "Test data.", questions: &questions, people: &People::default() };
    let election = Election::new(&draft, trustees.key()).expect("an election");
    let letters: Vec<Credential> = (0..3).map(|_| Credential::random(random).expect("seeded")).collect();
    let listed = letters[..2].iter().map(|letter| *letter.key(&uuid).encoded()).collect();
    Setting { election, trustees, credentials: PublicCredentials::new(listed).expect("a list"), letters }
}

fn all() -> BTreeMap<String, Value> {
    let mut files = BTreeMap::new();
    let yes_no = || Question::one_of("Are you prepared to take part in a strike?", &["Yes", "No"]).expect("a question");
    let names = |list: &[&str]| -> Vec<String> { list.iter().map(|name| (*name).to_owned()).collect() };
    let blank =
        || Question::new("Up to two, or blank", &names(&["A", "B", "C"]), Limits { min: 1, max: 2, blank: true }).expect("a question");
    let one = setting("vectors one", vec![yes_no()]);
    let two = setting("vectors two", vec![yes_no(), blank()]);
    files.insert("credentials.json".to_owned(), credentials());
    files.insert("random.json".to_owned(), random());
    let ballots: [(&str, &Setting, &[Chosen<'_>]); 5] = [
        ("ballot_yes", &one, &[Some(&[0])]),
        ("ballot_no", &one, &[Some(&[1])]),
        ("ballot_two_questions", &two, &[Some(&[1]), Some(&[0, 2])]),
        ("ballot_two_questions_one_answer", &two, &[Some(&[0]), Some(&[1])]),
        ("ballot_blank", &two, &[Some(&[0]), None]),
    ];
    for (name, setting, choices) in ballots {
        files.insert(format!("{name}.json"), ballot(name, setting, choices));
    }
    bad_ballots(&one, &two, &mut files);
    files.insert("key_ceremony.json".to_owned(), ceremony());
    files.insert("partial_decryption.json".to_owned(), decryption(&one));
    files.insert("companion_signatures.json".to_owned(), signatures(&one));
    files.insert("role_signatures.json".to_owned(), role_signatures(&one));
    files
}

fn random() -> Value {
    let mut source = Seeded::new(b"an example seed");
    let random = &mut Randomness::new(&mut source);
    let scalars: Vec<String> = (0..3).map(|_| SecretScalar::random(random).expect("seeded").expose_decimal().to_string()).collect();
    let credential = Credential::random(random).expect("seeded").expose().to_owned();
    json!({
        "what": "the seeded source: SHA-512 of a label, the seed, and the block's number; each scalar and credential takes one block of 64 bytes",
        "seed": "an example seed", "label": "whitley seeded source", "scalars": scalars, "then_a_credential": credential,
    })
}

fn credentials() -> Value {
    let mut source = Seeded::new(b"vectors credentials");
    let random = &mut Randomness::new(&mut source);
    let uuid = Uuid::random(random).expect("seeded");
    let list: Vec<Value> = (0..5)
        .map(|_| {
            let credential = Credential::random(random).expect("seeded");
            let key = credential.key(&uuid);
            let input = |number: u8| format!("derive_credential|{uuid}|{number}|{}", credential.expose());
            json!({
                "private": credential.expose(),
                "hash_inputs": [input(0), input(1)],
                "hashes": [Hash::of(input(0)).hex(), Hash::of(input(1)).hex()],
                "exponent": *key.expose_exponent(),
                "public": key.encoded().as_str(),
            })
        })
        .collect();
    let refused: Vec<&str> = vec![
        "",
        "12345-123456-12345-12345",
        "12345-123456-12345-1234560",
        "0BCDE-123456-12345-123456",
        "123456-12345-12345-123456",
        "ABCDl-123456-12345-123456",
    ];
    for text in &refused {
        assert!(Credential::parse(text).is_err(), "{text}");
    }
    json!({ "uuid": uuid.as_str(), "credentials": list, "refused": refused })
}

/// A good ballot with every drawn number and every hash on the way.
fn ballot(name: &str, setting: &Setting, chosen: &[Chosen<'_>]) -> Value {
    let election = &setting.election;
    let letter = &setting.letters[0];
    let payload = make(name, setting, 0, chosen);
    let mut source = Seeded::new(name.as_bytes());
    let random = &mut Randomness::new(&mut source);
    let mut draws = Vec::new();
    let mut draw =
        |name: String| draws.push(json!({ "name": name, "value": *SecretScalar::random(random).expect("seeded").expose_decimal() }));
    for (at, question) in election.questions().iter().enumerate() {
        (0..question.choices()).for_each(|choice| draw(format!("r[{at}][{choice}]")));
    }
    for (at, question) in election.questions().iter().enumerate() {
        let mut claims = |what: String, number: u32| {
            for claim in 0..number {
                draw(format!("a {what} claim {claim}"));
                draw(format!("c {what} claim {claim} (not used if this is the first claim that holds)"));
            }
        };
        (0..question.choices()).for_each(|choice| claims(format!("individual[{at}][{choice}]"), 2));
        let Limits { min, max, blank } = question.limits();
        claims(format!("overall[{at}]"), max - min + 1 + u32::from(blank));
        if blank {
            claims(format!("blank[{at}]"), 2);
        }
    }
    draw("w of the signature".to_owned());
    let choices: Vec<Value> = chosen.iter().map(|chosen| chosen.map_or(json!("blank"), |list| json!(list))).collect();
    json!({
        "seed": name,
        "uuid": election.uuid().as_str(),
        "election_record": election.record(),
        "election_hash": election.fingerprint(),
        "trustees_record": setting.trustees.record(),
        "credentials_record": setting.credentials.record(),
        "credential": letter.expose(),
        "choices": choices,
        "draws": draws,
        "transcripts": transcripts(election, &payload),
        "payload": payload,
        "tracker": Hash::of(&payload).base64(),
    })
}

fn make(seed: &str, setting: &Setting, voter: usize, chosen: &[Chosen<'_>]) -> String {
    let mut source = Seeded::new(seed.as_bytes());
    let choices: Vec<Choice> = setting
        .election
        .questions()
        .iter()
        .zip(chosen)
        .map(|(question, chosen)| chosen.map_or_else(|| Choice::blank(question), |list| Choice::answers(question, list)).expect("a choice"))
        .collect();
    let key = setting.letters[voter].key(setting.election.uuid());
    make_ballot(&setting.election, &key, &choices, &mut Randomness::new(&mut source)).expect("a ballot").payload().to_owned()
}

/// SHA-256 read as a big-endian number modulo q, by Horner's rule.
fn reduced(hash: &[u8]) -> Scalar {
    hash.iter().fold(Scalar::small(0), |sum, byte| sum.times(&Scalar::small(256)).plus(&Scalar::small(u64::from(*byte))))
}

fn scalar(value: &Value) -> Scalar {
    Scalar::parse(value.as_str().expect("text")).expect("a scalar")
}

fn element(value: &Value) -> Element {
    Element::parse(value.as_str().expect("text")).expect("an element")
}

/// Recomputes every commitment of a ballot from challenges and responses, and with them every hash input. It is written anew
/// here, from the specification, and fails if a sum of challenges is not the hash.
fn transcripts(election: &Election, payload: &str) -> Value {
    let ballot: Value = serde_json::from_str(payload).expect("JSON");
    let (g, y) = (Element::GENERATOR, *election.key().element());
    let s0 = format!("{}|{}", election.fingerprint(), ballot["credential"].as_str().expect("text"));
    let mut list = Vec::new();
    let mut proof = |name: String, prefix: String, proofs: &Value, claims: Vec<(Element, Element, u64)>| {
        let (mut points, mut sum) = (Vec::new(), Scalar::small(0));
        for (proof, (alpha, beta, claimed)) in proofs.as_array().expect("proofs").iter().zip(&claims) {
            let (c, z) = (scalar(&proof["challenge"]), scalar(&proof["response"]));
            let rest = beta.divided_by(&g.power(&Scalar::small(*claimed)));
            points.push(g.power(&z).times(&alpha.power(&c)).encode().to_string());
            points.push(y.power(&z).times(&rest.power(&c)).encode().to_string());
            sum = sum.plus(&c);
        }
        assert_eq!(proofs.as_array().map(Vec::len), Some(claims.len()));
        let input = format!("{prefix}{}", points.join(","));
        let hash = Sha256::digest(&input);
        assert_eq!(reduced(&hash), sum, "{name}");
        list.push(json!({ "proof": name, "hash_input": input, "sha256": Hash(hash.into()).hex(), "challenges_sum": sum.to_string() }));
    };
    for (at, (answer, question)) in ballot["answers"].as_array().expect("answers").iter().zip(election.questions()).enumerate() {
        let pairs: Vec<(Element, Element)> =
            answer["choices"].as_array().expect("choices").iter().map(|pair| (element(&pair["alpha"]), element(&pair["beta"]))).collect();
        let digits: Vec<String> = pairs.iter().flat_map(|(alpha, beta)| [alpha.encode().to_string(), beta.encode().to_string()]).collect();
        let s = format!("{s0}|{}", digits.join(","));
        for (choice, (alpha, beta)) in pairs.iter().enumerate() {
            let prefix = format!("prove|{s0}|{},{}|", alpha.encode(), beta.encode());
            proof(
                format!("individual[{at}][{choice}]"),
                prefix,
                &answer["individual_proofs"][choice],
                vec![(*alpha, *beta, 0), (*alpha, *beta, 1)],
            );
        }
        let Limits { min, max, blank } = question.limits();
        let summed = pairs[usize::from(blank)..]
            .iter()
            .fold((Element::identity(), Element::identity()), |(a, b), (alpha, beta)| (a.times(alpha), b.times(beta)));
        let mut claims: Vec<(Element, Element, u64)> = (min..=max).map(|claimed| (summed.0, summed.1, u64::from(claimed))).collect();
        let mut prefix = format!("prove|{s}|{},{}|", summed.0.encode(), summed.1.encode());
        if blank {
            claims.insert(0, (pairs[0].0, pairs[0].1, 1));
            prefix = format!("bproof1|{s}|");
            proof(
                format!("blank[{at}]"),
                format!("bproof0|{s}|"),
                &answer["blank_proof"],
                vec![(pairs[0].0, pairs[0].1, 0), (summed.0, summed.1, 0)],
            );
        }
        proof(format!("overall[{at}]"), prefix, &answer["overall_proof"], claims);
    }
    let body = unsigned(payload);
    let hash = Hash::of(&body).base64();
    assert_eq!(ballot["signature"]["hash"], hash);
    let (c, z) = (scalar(&ballot["signature"]["proof"]["challenge"]), scalar(&ballot["signature"]["proof"]["response"]));
    let input = format!("sig|{hash}|{}", g.power(&z).times(&element(&ballot["credential"]).power(&c)).encode());
    assert_eq!(reduced(&Sha256::digest(&input)), c);
    list.push(json!({ "proof": "signature", "signed_part": body, "hash_input": input, "sha256": Hash::of(&input).hex(), "challenges_sum": c.to_string() }));
    list.into()
}

/// The ballot without its signature: what h is the hash of.
fn unsigned(payload: &str) -> String {
    format!("{}}}", payload.split_once(",\"signature\":").expect("a signature").0)
}

/// Signs a changed ballot, so that nothing but the change is wrong with it.
fn signed(body: &str, credential: &Credential, uuid: &Uuid) -> String {
    let hash = Hash::of(body).base64();
    let exponent = Scalar::parse(&credential.key(uuid).expose_exponent()).expect("a scalar");
    let w = reduced(&Sha256::digest(format!("nonce {body}")));
    let c = reduced(&Sha256::digest(format!("sig|{hash}|{}", Element::generator_power(&w).encode())));
    let z = w.minus(&c.times(&exponent));
    let start = &body[..body.len() - 1];
    format!("{start},\"signature\":{{\"hash\":\"{hash}\",\"proof\":{{\"challenge\":\"{c}\",\"response\":\"{z}\"}}}}}}")
}

/// The text of the n-th object that begins with this field, from its brace to the matching one.
fn object<'a>(text: &'a str, field: &str, number: usize) -> &'a str {
    let start = text.match_indices(&format!("{{\"{field}\"")).nth(number).expect("an object").0;
    let end = text[start..].find('}').expect("a brace") + start;
    &text[start..=end]
}

/// The n-th value of a field that is a text.
fn value<'a>(text: &'a str, field: &str, number: usize) -> &'a str {
    let start = text.match_indices(&format!("\"{field}\":\"")).nth(number).expect("a field").0 + field.len() + 4;
    &text[start..start + text[start..].find('"').expect("an end")]
}

fn bad_ballots(one: &Setting, two: &Setting, files: &mut BTreeMap<String, Value>) {
    let uuid = one.election.uuid();
    let [first, second, unlisted] = &one.letters[..] else { panic!("three letters") };
    let good = make("ballot_yes", one, 0, &[Some(&[0])]);
    let body = unsigned(&good);
    let by = |letter: &Credential| letter.key(uuid).encoded().to_string();
    let other_no = unsigned(&make("another", one, 0, &[Some(&[1])]));
    let of_second = make("of second", one, 1, &[Some(&[1])]);
    let swap = |text: &str, a: &str, b: &str| text.replacen(a, "\u{1}", 1).replacen(b, a, 1).replacen('\u{1}', b, 1);
    let individual = |text: &str| {
        let start = text.find("\"individual_proofs\":[").expect("proofs") + 21;
        let end = text.find("],\"overall_proof\"").expect("proofs");
        text[start..end].to_owned()
    };
    let proofs_of = |text: &str| -> (String, String) {
        let both = individual(text);
        let at = both.find("],[").expect("two lists") + 1;
        (both[..at].to_owned(), both[at + 1..].to_owned())
    };
    let sign = |body: &str| signed(body, first, uuid);
    let plus_q = |text: &str| add_decimal(text, Q);
    let response = value(&body, "response", 0).to_owned();
    let challenge = value(&body, "challenge", 0).to_owned();
    let alpha = value(&body, "alpha", 0).to_owned();
    let overall = body[body.find("\"overall_proof\":").expect("a proof")..].to_owned();
    let other_overall = other_no[other_no.find("\"overall_proof\":").expect("a proof")..].to_owned();
    let (p0, p1) = proofs_of(&body);
    let answer = &body[body.find("\"answers\":[").expect("answers") + 11..body.len() - 2];
    let last_digit = |text: &str| {
        let digit = if text.ends_with('1') { '2' } else { '1' };
        format!("{}{digit}", &text[..text.len() - 1])
    };
    // Name, rule, what is wrong, payload.
    let cases: Vec<(&str, &str, &str, String)> = vec![
        (
            "proof_from_other_credential",
            "V33",
            "a ballot made with one credential, its credential replaced by another and signed with that",
            signed(&body.replacen(&by(first), &by(second), 1), second, uuid),
        ),
        ("signature_of_other_credential", "V29", "signed with a credential that is not the one it names", signed(&body, second, uuid)),
        (
            "signature_from_other_ballot",
            "V29",
            "the signature of another ballot",
            format!("{}{}", &body[..body.len() - 1], &of_second[of_second.find(",\"signature\"").expect("a signature")..]),
        ),
        (
            "changed_after_signing",
            "V29",
            "the hash in the signature is another",
            good.replacen(value(&good, "hash", 0), &Hash::of("x").base64(), 1),
        ),
        ("response_changed", "V33", "one digit of a response", sign(&body.replacen(&response, &last_digit(&response), 1))),
        ("challenge_changed", "V33", "one digit of a challenge", sign(&body.replacen(&challenge, &last_digit(&challenge), 1))),
        (
            "proofs_swapped_between_choices",
            "V35",
            "the proof of choice 1 stands at choice 2 and the other way round",
            sign(&swap(&body, &p0, &p1)),
        ),
        (
            "choices_swapped",
            "V34",
            "both choices with their proofs in the other order",
            sign(&swap(&swap(&body, object(&body, "alpha", 0), object(&body, "alpha", 1)), &p0, &p1)),
        ),
        (
            "limits_proof_from_other_ballot",
            "V34",
            "the overall proof of another ballot by the same credential",
            sign(&body.replacen(&overall, &other_overall, 1)),
        ),
        ("response_not_reduced", "V32", "a response with q added", sign(&body.replacen(&response, &plus_q(&response), 1))),
        ("challenge_not_reduced", "V32", "a challenge with q added", sign(&body.replacen(&challenge, &plus_q(&challenge), 1))),
        ("response_leading_zero", "V32", "a response with a leading zero", sign(&body.replacen(&response, &format!("0{response}"), 1))),
        ("element_capitals", "V31", "an element in capital digits", sign(&body.replacen(&alpha, &alpha.to_uppercase(), 1))),
        (
            "element_of_order_two",
            "V31",
            "an element of the curve outside the subgroup",
            sign(&body.replacen(&alpha, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", 1)),
        ),
        (
            "element_not_canonical",
            "V31",
            "an element with y = p",
            sign(&body.replacen(&alpha, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 1)),
        ),
        ("other_uuid", "V27", "the uuid of another election", sign(&body.replacen(uuid.as_str(), two.election.uuid().as_str(), 1))),
        (
            "other_election_hash",
            "V27",
            "the hash of another election",
            sign(&body.replacen(one.election.fingerprint(), two.election.fingerprint(), 1)),
        ),
        (
            "credential_not_listed",
            "V28",
            "a good ballot by a credential that is not on the list",
            make(
                "unlisted",
                &Setting {
                    letters: vec![Credential::parse(unlisted.expose()).expect("a credential")],
                    ..setting("vectors one", one.election.questions().to_vec())
                },
                0,
                &[Some(&[0])],
            ),
        ),
        ("no_answers", "V30", "no answer at all", sign(&body.replacen(answer, "", 1))),
        ("one_answer_too_many", "V30", "the answer twice", sign(&body.replacen(answer, &format!("{answer},{answer}"), 1))),
        ("individual_proof_missing", "V30", "one proof for two choices", sign(&body.replacen(&format!("{p0},{p1}"), &p0, 1))),
        ("white_space", "V3", "a space after the first brace", sign(&body.replacen('{', "{ ", 1))),
    ];
    for (name, rule, what, payload) in cases {
        // Proofs are bound to the credential all at once: then the limits' proof fails with the individual ones.
        let also: &[&str] = if name == "proof_from_other_credential" { &["V34"] } else { &[] };
        let vector = json!({
            "what": what,
            "election_record": one.election.record(),
            "trustees_record": one.trustees.record(),
            "credentials_record": one.credentials.record(),
            "payload": payload,
            "must_fail": { "step": "check_ballot", "rule": rule, "also": also },
        });
        files.insert(format!("ballot_bad_{name}.json"), vector);
    }
}

/// The sum of two decimal numbers as text.
fn add_decimal(a: &str, b: &str) -> String {
    let (mut a, mut b) = (a.bytes().rev(), b.bytes().rev());
    let (mut digits, mut carry) = (Vec::new(), 0);
    loop {
        let (x, y) = (a.next(), b.next());
        if x.is_none() && y.is_none() && carry == 0 {
            break;
        }
        let sum = x.map_or(0, |digit| digit - b'0') + y.map_or(0, |digit| digit - b'0') + carry;
        digits.push(char::from(b'0' + sum % 10));
        carry = sum / 10;
    }
    digits.iter().rev().collect()
}

/// The key ceremony of a 2-of-3 group, step by step.
fn ceremony() -> Value {
    let mut source = Seeded::new(b"vectors ceremony");
    let random = &mut Randomness::new(&mut source);
    let (ceremony, quorum) = ("vectors", Quorum::new(3, 2).expect("a quorum"));
    let keys: Vec<MemberKey> = (0..3).map(|_| MemberKey::random(random).expect("seeded")).collect();
    let numbers = || (1..=3).map(TrusteeNumber);
    let certs: Vec<String> =
        keys.iter().zip(numbers()).map(|(key, number)| key.certificate(quorum, number, random).expect("seeded").record()).collect();
    let records: Vec<Vec<u8>> = certs.iter().map(|record| record.clone().into_bytes()).collect();
    let certificates = Certificates::check(&records, quorum).expect("certificates");
    let polynomials: Vec<Polynomial> = keys.iter().map(|_| Polynomial::random(2, random).expect("seeded")).collect();
    let committed: Vec<Hash> =
        polynomials.iter().zip(numbers()).map(|(polynomial, number)| commit::commitment(ceremony, number, &polynomial.opening())).collect();
    let opened: Vec<String> = keys
        .iter()
        .zip(&polynomials)
        .map(|(key, polynomial)| Opening::make(&certificates, key, polynomial, random).expect("an opening").record())
        .collect();
    let openings: Vec<Opening> = opened
        .iter()
        .zip(numbers().zip(&committed))
        .map(|(record, (number, committed))| {
            Opening::check(record.as_bytes(), &certificates, number, ceremony, committed).expect("an opening")
        })
        .collect();
    let (mut confirmations, mut decryption_keys) = (Vec::new(), Vec::new());
    for key in &keys {
        let (confirmation, secret) = Confirmation::make(&certificates, &openings, key, random).expect("key shares");
        confirmations.push(confirmation);
        decryption_keys.push(secret.expose_decimal().to_string());
    }
    let trustees = confirm::finish(&certificates, &openings, &confirmations).expect("a group");
    let members: Vec<Value> = (0..3)
        .map(|at| {
            json!({
                "seed": keys[at].expose_seed(),
                "verification_key": keys[at].verification_key().encode().as_str(),
                "encryption_key": keys[at].encryption_key().encode().as_str(),
                "certificate": certs[at],
                "polynomial": *polynomials[at].expose(),
                "opening_committed_to": polynomials[at].opening(),
                "commitment_input_hex": hex(&parts(&[("use", "whitley/companion/v1/opening"), ("ceremony", ceremony), ("trustee", &(at + 1).to_string()), ("opening", &polynomials[at].opening())])),
                "commitment": committed[at].hex(),
                "opening": opened[at],
                "confirmation": confirmations[at].record(),
                "decryption_key": decryption_keys[at],
            })
        })
        .collect();
    for (member, hash) in members.iter().zip(&committed) {
        let input = member["commitment_input_hex"].as_str().expect("text");
        assert_eq!(Hash(Sha256::digest(unhex(input)).into()), *hash);
    }
    json!({
        "seed": "vectors ceremony", "ceremony": ceremony, "members": members, "commitments": commit::commitments(&committed).hex(),
        "trustees_record": trustees.record(), "election_key": trustees.key().encode().as_str(),
    })
}

/// A partial decryption with both proofs and the bytes that the sound one hashes.
fn decryption(setting: &Setting) -> Value {
    let mut source = Seeded::new(b"vectors one");
    let secret = SecretScalar::random(&mut Randomness::new(&mut source)).expect("seeded");
    let mut tally = Tally::new(setting.election.questions(), &setting.credentials);
    for (voter, answer) in [(0, 0), (1, 0)] {
        tally.add_payload(make("counted", setting, voter, &[Some(&[answer])]).as_bytes()).expect("a ballot");
    }
    let tally = tally.close();
    let mut source = Seeded::new(b"vectors decryption");
    let made = decrypt::decrypt(&setting.election, &tally, &secret, &mut Randomness::new(&mut source)).expect("seeded");
    let (record, sound): (Value, Value) =
        (serde_json::from_str(&made.record()).expect("JSON"), serde_json::from_str(&made.sound_proofs()).expect("JSON"));
    let key = Element::generator_secret_power(&secret);
    let mut inputs = Vec::new();
    for (choice, ciphertext) in tally.ciphertexts()[0].iter().enumerate() {
        let (c, z) = (scalar(&sound[0][choice]["challenge"]), scalar(&sound[0][choice]["response"]));
        let factor = element(&record["decryption_factors"][0][choice]);
        let a = Element::generator_power(&z).times(&key.power(&c)).encode();
        let b = ciphertext.alpha.power(&z).times(&factor.power(&c)).encode();
        let input = parts(&[
            ("use", "whitley/companion/v1/decryption-proof"),
            ("election", &setting.election.hash().hex()),
            ("trustee_key", key.encode().as_str()),
            ("encrypted_tally", &tally.hash().hex()),
            ("question", "0"),
            ("choice", &choice.to_string()),
            ("alpha", ciphertext.alpha.encode().as_str()),
            ("factor", factor.encode().as_str()),
            ("commitment_g", a.as_str()),
            ("commitment_alpha", b.as_str()),
        ]);
        let hash = Sha512::digest(&input);
        assert_eq!(reduced(&hash), c);
        inputs.push(json!({ "hash_input_hex": hex(&input), "sha512": hex(&hash), "challenge": c.to_string() }));
    }
    json!({
        "election_record": setting.election.record(), "encrypted_tally_record": tally.record(), "sized_encrypted_tally_record": tally.sized_record(),
        "secret_key": *secret.expose_decimal(), "seed": "vectors decryption",
        "partial_decryption_record": made.record(), "sound_proofs": made.sound_proofs(), "sound_transcripts": inputs,
    })
}

/// A role's signature of a companion body.
fn signatures(setting: &Setting) -> Value {
    let seed = Hash::of("vectors role").hex();
    let key = RoleKey::from_seed(&seed).expect("a seed");
    let body = Body::credentials(&setting.election, &setting.credentials);
    let bytes = parts(&[("use", "whitley/companion/v1/credentials"), ("body", body.text())]);
    let signature = key.sign(&body);
    assert!(key.public().signed(&body, &signature));
    json!({
        "ed25519_seed": seed, "public": key.public().as_str(), "type": body.kind().word(), "body": body.text(),
        "signed_bytes_hex": hex(&bytes), "signature": signature.as_str(),
    })
}

/// A role's signatures of a list with spares, of a replace line, and of a sign-in challenge.
fn role_signatures(setting: &Setting) -> Value {
    let seed = Hash::of("vectors role").hex();
    let key = RoleKey::from_seed(&seed).expect("a seed");
    let listed: Vec<Value> = serde_json::from_str(&setting.credentials.record()).expect("a list");
    let element = |at: usize| {
        let entry = listed[at].as_str().expect("text");
        vote::Element::parse_key(entry.split(',').next().expect("digits")).expect("an element").encode()
    };
    let spares = [element(listed.len() - 1)];
    let lines = [
        Body::credentials_with_spares(&setting.election, &setting.credentials, &spares),
        Body::replace(&setting.election.hash(), &element(0), &spares[0], "letter not delivered"),
    ];
    let lines: Vec<Value> = lines
        .iter()
        .map(|body| {
            let label = format!("whitley/companion/v1/{}", body.kind().word());
            let signature = key.sign(body);
            assert!(key.public().signed(body, &signature));
            json!({
                "type": body.kind().word(), "body": body.text(), "signed_bytes_hex": hex(&parts(&[("use", &label), ("body", body.text())])),
                "signature": signature.as_str(),
            })
        })
        .collect();
    let challenge = format!("whitley-sign-in:https://ballot.example.org:{}", Hash::of("vectors challenge").hex());
    let signature = key.sign_in(&challenge);
    assert!(key.public().signed_in(&challenge, &signature));
    json!({
        "ed25519_seed": seed, "public": key.public().as_str(), "lines": lines,
        "sign_in": {
            "challenge": challenge, "signed_bytes_hex": hex(&parts(&[("use", "whitley/sign-in/v1"), ("challenge", &challenge)])),
            "answer": format!("{}.{}", key.public().as_str(), signature.as_str()),
        },
    })
}

/// Labelled parts, written anew from the specification.
fn parts(list: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (label, data) in list {
        bytes.push(u8::try_from(label.len()).expect("short"));
        bytes.extend_from_slice(label.as_bytes());
        bytes.extend_from_slice(&(data.len() as u64).to_be_bytes());
        bytes.extend_from_slice(data.as_bytes());
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect()
}
