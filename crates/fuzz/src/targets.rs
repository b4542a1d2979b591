//! The bodies of the targets.

use std::sync::OnceLock;

use dated::{FileBytes, Severity};
use dispute::{Dispute, Folder, Library, starter_files};
use sha2::{Digest, Sha256};
use verify::curve::{Element, FixedBase, Point};
use verify::{BallotJudge, Options, Verdict, judge};
use vote::trustee::single::PublicKey;
use vote::{Choice, Credential, Draft, Election, People, PublicCredentials, Question, Randomness, SecretScalar, Seeded, Uuid, make_ballot};

/// An election made by another program.
const ARCHIVE: &[u8] = include_bytes!("../../../vectors/belenios/ed25519-threshold/5v22jrwEV2n64T.bel");

/// The JSON reader: no panic, and a text that it calls canonical has no other form.
pub fn json(data: &[u8]) {
    if let Ok(parsed) = verify::json::parse(data) {
        let value = &parsed.value;
        assert!(value.start <= value.end && value.end <= data.len());
        if parsed.first_non_canonical.is_none() {
            assert_eq!((value.start, value.end), (0, data.len()));
        }
        let _ = (value.small(), value.count(), value.fields(["a", "b?"]), verify::parse_scalar(value));
    }
}

/// Whole archives as bytes: no panic, the same report for any number of threads, and strictness takes no fault away.
pub fn archive(data: &[u8]) {
    let one = judge(data, None::<&[u8]>, &Options::default());
    let strict = judge(data, None::<&[u8]>, &Options { strict: true, threads: 2, ..Options::default() });
    assert!(one.failed().iter().all(|check| strict.failed().contains(check)));
    let _ = (verify::output::to_json(&one), verify::output::to_text(&strict, true));
}

/// Records whose container and names are always right, so that every reader behind them is reached.
///
/// Input: records, each one byte of kind (even: data, odd: event), two bytes of length, the body.
pub fn records(data: &[u8]) {
    let archive = archive_of(data);
    let report = judge(&archive[..], None::<&[u8]>, &Options::default());
    // The container is as the format fixes it, whatever the records say.
    assert!(!report.failed().contains(&verify::Check::V1) && !report.failed().contains(&verify::Check::V2));
}

fn archive_of(mut data: &[u8]) -> Vec<u8> {
    let mut out = record("BELENIOS", b"{\"version\":1,\"timestamp\":\"1900000000\"}");
    while let [kind, high, low, rest @ ..] = data {
        let length = (usize::from(*high) << 8 | usize::from(*low)).min(rest.len());
        let (body, after) = rest.split_at(length);
        let kind = if kind % 2 == 0 { "data" } else { "event" };
        let hash: [u8; 32] = Sha256::digest(body).into();
        out.extend(record(&format!("{}.{kind}.json", verify::hex::to_hex(&hash)), body));
        data = after;
    }
    out
}

fn record(name: &str, body: &[u8]) -> Vec<u8> {
    let mut block = vec![0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    block[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    block[136..147].copy_from_slice(format!("{:011o}", 1_900_000_000u64).as_bytes());
    block[148..156].copy_from_slice(b"        ");
    block[156] = b'0';
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.extend_from_slice(body);
    block.resize(block.len().div_ceil(512) * 512, 0);
    block
}

/// Single ballots of a real election: no panic, and only the election's own ballots are accepted.
pub fn ballot(data: &[u8]) {
    static KNOWN: OnceLock<(BallotJudge, Vec<[u8; 32]>)> = OnceLock::new();
    let (judge, trackers) = KNOWN.get_or_init(|| {
        let mut container = verify::container::Container::new(ARCHIVE);
        let mut records = Vec::new();
        while let Ok(Some(record)) = container.next_record() {
            records.push(record);
        }
        let judge = BallotJudge::new(&records[1].body, &records[3].body, 1).expect("the vector is good");
        let ballots = records.iter().filter(|record| record.body.starts_with(b"{\"election_uuid\""));
        (judge, ballots.map(|record| record.named).collect())
    });
    if let Ok(accepted) = judge.judge(data) {
        assert!(trackers.contains(&accepted.tracker()), "a ballot that nobody made was accepted");
    }
}

/// Companions beside a real archive: no panic. A first byte of 1 makes numbers, links and hashes of the lines right first, so
/// that what stands in the lines is reached.
pub fn companion(data: &[u8]) {
    let Some((mode, data)) = data.split_first() else { return };
    let mut companion = Vec::new();
    if mode % 2 == 0 {
        companion.extend_from_slice(data);
    } else {
        let mut previous: Option<[u8; 32]> = None;
        for (i, rest) in data.split(|b| *b == b'\n').filter(|l| !l.is_empty()).enumerate() {
            let mut line = Vec::from(&b"{"[..]);
            if let Some(previous) = previous {
                line.extend(format!("\"prev\":\"{}\",", verify::hex::to_hex(&previous)).bytes());
            }
            line.extend(format!("\"line\":{i},").bytes());
            line.extend_from_slice(rest);
            previous = Some(Sha256::digest(&line).into());
            companion.extend(line);
            companion.push(b'\n');
        }
    }
    // The archive is the same each time: its ballots are judged once.
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    let options = OPTIONS
        .get_or_init(|| Options { remembered: judge(ARCHIVE, None::<&[u8]>, &Options::default()).to_remember(), ..Options::default() });
    let report = judge(ARCHIVE, Some(&companion[..]), options);
    assert_ne!(report.verdict, Verdict::Passed, "nobody signed a companion for this archive");
}

/// Encodings: what decodes encodes to itself, and scalar products of it agree however they are computed. Takes 64 bytes.
pub fn curve(data: &[u8]) {
    let Some((little, digits_of_scalar)) = data.split_first_chunk::<32>() else { return };
    let Some(digits_of_scalar) = digits_of_scalar.first_chunk::<32>() else { return };
    let mut digits = *little;
    digits.reverse();
    let text = verify::hex::to_hex(&digits);
    let Some(point) = Point::decode(little) else {
        assert!(Element::parse(&text).is_err());
        return;
    };
    assert_eq!(point.encode().as_str(), text);
    let number: String = digits_of_scalar.iter().map(|b| char::from(b'0' + b % 10)).collect();
    let json = format!("\"{}\"", number.trim_start_matches('0'));
    let scalar = verify::json::parse(json.as_bytes()).ok().and_then(|p| verify::parse_scalar(&p.value).ok());
    if let Some(scalar) = scalar {
        let product = point.times(&scalar);
        assert!(FixedBase::new(&point, 3).times(&scalar).equals(&product));
        assert!(point.add(&point).times(&scalar).equals(&product.double()));
    }
    if let Ok(element) = Element::parse(&text) {
        assert!(element.point().equals(&point));
    }
}

/// Any bytes as a file of a dispute folder: faults or a dispute, never a panic; and what has no error can be valued. The first
/// byte says which file.
pub fn dispute_folder(data: &[u8]) {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::built_in().0);
    let [which, rest @ ..] = data else { return };
    let mut folder = Folder { name: "fuzzed".into(), ..Folder::default() };
    for (path, text) in starter_files("fuzzed") {
        folder.files.insert(path.to_owned(), FileBytes::Read(text.into_bytes()));
    }
    let paths: Vec<String> = folder.files.keys().cloned().collect();
    folder.files.insert(paths[usize::from(*which) % paths.len()].clone(), FileBytes::Read(rest.to_vec()));
    let (dispute, faults) = Dispute::read(&folder, library);
    if let Some(dispute) = dispute
        && faults.iter().all(|fault| fault.severity != Severity::Error)
    {
        let framework = dispute.framework();
        for offer in dispute.offers.iter().filter(|offer| offer.steps.len() < 50) {
            let _ = framework.value_points(offer);
        }
        let _ = dispute.check_figures(library);
    }
}

struct Poll {
    election: Election,
    letters: Vec<Credential>,
    uuid: Uuid,
    judge: BallotJudge,
}

fn poll() -> &'static Poll {
    static POLL: OnceLock<Poll> = OnceLock::new();
    POLL.get_or_init(|| {
        let mut source = Seeded::new(b"a fuzzed poll");
        let random = &mut Randomness::new(&mut source);
        let key = PublicKey::prove(&SecretScalar::random(random).expect("random"), random).expect("a key");
        let uuid = Uuid::random(random).expect("a uuid");
        let question = |text| Question::one_of(text, &["Yes", "No"]).expect("a question");
        let questions = [question("Strike?"), question("Short of a strike?")];
        let draft = Draft { uuid: &uuid, name: "Ballot", description: "", questions: &questions, people: &People::default() };
        let election = Election::new(&draft, key.key()).expect("an election");
        let letters: Vec<Credential> = (0..8).map(|_| Credential::random(random).expect("a letter")).collect();
        let publics = letters.iter().map(|letter| *letter.key(&uuid).encoded()).collect();
        let list = PublicCredentials::new(publics).expect("a list");
        let judge = BallotJudge::new(election.record().as_bytes(), list.record().as_bytes(), 1).expect("a judge");
        Poll { election, letters, uuid, judge }
    })
}

/// What `vote` makes, `verify` accepts; the same ballot with anything in it changed, `verify` refuses.
///
/// Input: voter, two answers, place (two bytes) and bits of the change, seed of the ballot's randomness.
pub fn vote_and_verify(data: &[u8]) {
    let [who, first, second, at_low, at_high, flip, seed @ ..] = data else { return };
    let poll = poll();
    let mut source = Seeded::new(seed);
    let random = &mut Randomness::new(&mut source);
    let choices: Vec<Choice> = [first, second]
        .into_iter()
        .zip(poll.election.questions())
        .map(|(answer, question)| Choice::answers(question, &[usize::from(*answer % 2)]).expect("a choice"))
        .collect();
    let letter = &poll.letters[usize::from(*who) % poll.letters.len()];
    let ballot = make_ballot(&poll.election, &letter.key(&poll.uuid), &choices, random).expect("a ballot");
    let mut bytes = ballot.payload().as_bytes().to_vec();
    assert!(poll.judge.judge(&bytes).is_ok(), "a ballot made here was refused");
    let at = usize::from(u16::from_le_bytes([*at_low, *at_high])) % bytes.len();
    if *flip != 0 {
        bytes[at] ^= flip;
        assert!(poll.judge.judge(&bytes).is_err(), "byte {at} changed by {flip:#x} and still accepted");
    }
}

/// Pay files and logs of claims: no panic in reading, searching and pricing; sums of parts are sums of the whole, and periods fill the days.
///
/// Input: how it is read (0: a pay file, 1: with a scale, else: a log of claims), the file.
pub fn pay_file(data: &[u8]) {
    use pay::equal_pay::*;
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let Some((which, bytes)) = data.split_first() else { return };
    let day = |text: &str| dated::parse_date(text).expect("a date");
    let (from, lodged_on) = (day("2004-01-01"), day("2010-01-01"));
    let faults = dated::Faults::new();
    if *which > 1 {
        let board = ClaimBoard::read("claims.csv", &FileBytes::Read(bytes.to_vec()), lodged_on, &faults);
        let (people, all) = (board.claims.iter().fold(0_u64, |sum, claim| sum + claim.people), board.sums());
        assert_eq!((all.claims(), all.people()), (board.claims.len() as u64, people));
        return;
    }
    let library = LIBRARY.get_or_init(|| Library::built_in().0);
    let scale = library.scales.iter().find(|scale| scale.id == "afc-bands").filter(|_| *which == 1);
    let rates = scale.map(|scale| ScaleRates::new(scale, "England", lodged_on));
    let (records, _) = read_pay_file("pay.csv", &mut &bytes[..], rates.as_ref(), &faults);
    if !faults.is_empty() {
        return;
    }
    let question = ComparatorQuestion {
        claimants: pay::Sex::Female,
        claimant_groups: Vec::new(),
        value_groups: Vec::new(),
        equal_value: true,
        rank_by: Money::All,
        weeks: pay::WeeksInYear::Calendar,
    };
    let window = ArrearsWindow { from, lodged_on, left_on_or_after: day("2009-07-01") };
    let findings = best_comparators(&records, &question, Reach::OwnEmployer);
    let cases = Cases::gather(&records, &question, &findings, &|_| (window, None));
    let list = CaseList::choose(&records, &cases, ChooseBy::Arrears, 1);
    let mut sums = CaseList::sums(&list.chosen);
    sums.add(&CaseList::sums(&list.others));
    assert_eq!(sums, cases.sums());
    for case in &cases.list {
        let (hers, his) = (&records.list[case.example.0 as usize], &records.list[case.example.1 as usize]);
        let (owed, periods) =
            (price(&records, hers, his, question.weeks, &window), price_periods(&records, hers, his, question.weeks, &window));
        assert!(periods.windows(2).all(|pair| pair[0].end == pair[1].from));
        assert_eq!(owed.days, periods.iter().map(|period| period.days).sum::<i64>());
        assert_eq!(owed.together_pence, periods.iter().map(|period| period.together_pence).sum::<i64>());
        assert!(owed.days_assumed <= owed.days && owed.together_pence >= 0);
    }
}
