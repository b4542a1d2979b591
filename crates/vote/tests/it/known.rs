//! Known values: elections made by the foreign program, and their recorded transcripts.

use std::path::PathBuf;

use serde_json::Value;
use vote::archive::{BLOCK, Event, EventKind, Head, SetupRecords, Tail};
use vote::trustee::commit;
use vote::trustee::confirm::Confirmation;
use vote::trustee::key::{Certificates, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::{CeremonyFault, Quorum, TrusteeNumber};
use vote::{Credential, Election, EncryptedTally, PublicCredentials, Randomness, Seeded, Tally, Uuid};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/belenios").join(name)
}

/// The loose records of an archive, by event.
struct Loose {
    archive: Vec<u8>,
    setup: Vec<String>,
    ballots: Vec<String>,
    tally: Vec<String>,
    shares: Vec<Vec<String>>,
    result: String,
}

fn read(set: &str, uuid: &str) -> Loose {
    let path = folder(set).join(format!("{uuid}.bel"));
    let archive = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut loose = Loose {
        archive: archive.clone(),
        setup: Vec::new(),
        ballots: Vec::new(),
        tally: Vec::new(),
        shares: Vec::new(),
        result: String::new(),
    };
    let (mut rest, mut data) = (archive.as_slice(), Vec::new());
    while !rest.is_empty() {
        let head = Head::read(rest).expect("a header");
        let body = String::from_utf8(rest[BLOCK..BLOCK + head.size as usize].to_vec()).expect("text");
        rest = &rest[BLOCK + head.padded() as usize..];
        if !head.is_event() {
            if head.name != "BELENIOS" {
                data.push(body);
            }
            continue;
        }
        let records = std::mem::take(&mut data);
        match Event::read(body.as_bytes()).expect("an event").kind {
            EventKind::Setup => loose.setup = records,
            EventKind::Ballot => loose.ballots.extend(records),
            EventKind::EndBallots => {}
            EventKind::EncryptedTally => loose.tally = records,
            EventKind::PartialDecryption => loose.shares.push(records),
            EventKind::Result => loose.result = records.concat(),
        }
    }
    loose
}

const SETS: [(&str, &str); 2] = [("ed25519-basic", "mDYWKVdAaNwDDk"), ("ed25519-threshold", "5v22jrwEV2n64T")];

fn trace(set: &str) -> Value {
    let path = folder(set).join("trace.json");
    serde_json::from_slice(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("JSON")
}

#[test]
fn credentials_are_derived_as_recorded() {
    for (set, uuid) in SETS {
        let listed = PublicCredentials::read(read(set, uuid).setup[2].as_bytes()).expect("a list");
        let uuid = Uuid::parse(uuid).expect("a uuid");
        let traced = trace(set);
        let traced = traced["credentials"].as_array().expect("a list");
        assert!(traced.len() >= 5);
        for entry in traced {
            let key = Credential::parse(entry["private_credential"].as_str().expect("text")).expect("a credential").key(&uuid);
            assert_eq!(key.encoded().as_str(), entry["public_credential"]);
            assert!(listed.weight(key.encoded()).is_some());
        }
    }
}

#[test]
fn elections_trustees_and_tallies_are_read_and_written_again() {
    for (set, uuid) in SETS {
        let loose = read(set, uuid);
        let election = Election::read(loose.setup[0].as_bytes()).expect("an election");
        assert_eq!(election.uuid().as_str(), uuid);
        assert_eq!(election.fingerprint(), trace(set)["election_hash_b64"]);
        let trustees = Trustees::check(loose.setup[1].as_bytes()).expect("trustees");
        assert_eq!(trustees.key(), election.key().element());
        let credentials = PublicCredentials::read(loose.setup[2].as_bytes()).expect("a list");
        let mut tally = Tally::new(election.questions(), &credentials);
        for ballot in &loose.ballots {
            tally.add_payload(ballot.as_bytes()).expect("a ballot");
        }
        let tally = tally.close();
        assert_eq!([tally.record(), &tally.sized_record()], [&loose.tally[0], &loose.tally[1]]);
        assert!(EncryptedTally::read(tally.record().as_bytes(), tally.sized_record().as_bytes()).is_ok());
    }
}

/// The whole archive, byte for byte, from its loose records.
#[test]
fn the_archive_is_written_as_by_the_foreign_program() {
    for (set, uuid) in SETS {
        let loose = read(set, uuid);
        let header = std::str::from_utf8(&loose.archive[512..600]).expect("text");
        let timestamp = header.split("timestamp\":\"").nth(1).and_then(|rest| rest.split('"').next()).and_then(|text| text.parse().ok());
        let setup = SetupRecords { election: &loose.setup[0], trustees: &loose.setup[1], credentials: &loose.setup[2] };
        let (mut tail, mut ours) = Tail::begin(timestamp.expect("a timestamp"), &setup).expect("an archive");
        let mut append = |kind, records: &[&str]| ours.extend(tail.append(kind, records).expect("in order"));
        for ballot in &loose.ballots {
            append(EventKind::Ballot, &[ballot]);
        }
        append(EventKind::EndBallots, &[]);
        append(EventKind::EncryptedTally, &[&loose.tally[0], &loose.tally[1]]);
        for share in &loose.shares {
            append(EventKind::PartialDecryption, &[&share[0], &share[1]]);
        }
        append(EventKind::Result, &[&loose.result]);
        assert!(ours == loose.archive, "{set}: {} bytes, theirs {}", ours.len(), loose.archive.len());
    }
}

/// The foreign program's key ceremony is read whole: certificates, openings, key shares sealed to each member. Who has one
/// of its seeds comes to the verification key in its trustees record.
#[test]
fn a_foreign_key_ceremony_is_followed_to_its_end() {
    let ceremony = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/v1/foreign-ceremony");
    let file = |name: &str| std::fs::read_to_string(ceremony.join(name)).expect("a vector");
    let records: Vec<Vec<u8>> = file("certs.jsons").lines().map(|line| line.as_bytes().to_vec()).collect();
    let certificates = Certificates::check(&records, Quorum::new(3, 2).expect("a quorum")).expect("certificates");
    let mut openings = Vec::new();
    for (number, line) in (1..).zip(file("polynomials.jsons").lines()) {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let message = value["coefexps"]["message"].as_str().expect("text");
        let trustee = TrusteeNumber(number);
        let committed = commit::commitment("theirs", trustee, message);
        openings.push(Opening::check(line.as_bytes(), &certificates, trustee, "theirs", &committed).expect("an opening"));
        let other = commit::commitment("another", trustee, message);
        assert_eq!(
            Opening::check(line.as_bytes(), &certificates, trustee, "theirs", &other),
            Err(CeremonyFault::OpeningDiffers { trustee })
        );
    }
    let trustees = Trustees::check(read(SETS[1].0, SETS[1].1).setup[1].as_bytes()).expect("trustees");
    let mut members = Vec::new();
    for entry in std::fs::read_dir(&ceremony).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "key") {
            continue;
        }
        let seed = std::fs::read_to_string(&path).expect("a seed");
        let key = MemberKey::from_seed(seed.trim()).expect("a seed");
        let member = certificates.member(&key).expect("a member");
        let mut source = Seeded::new(b"known");
        let (confirmation, _) = Confirmation::make(&certificates, &openings, &key, &mut Randomness::new(&mut source)).expect("key shares");
        // Trustee 1 of this election is a Single one; the members follow.
        assert_eq!(confirmation.verification_key().encoded(), trustees.keys()[member.0 as usize].encoded());
        members.push(member);
    }
    members.sort();
    assert_eq!(members, [TrusteeNumber(1), TrusteeNumber(2), TrusteeNumber(3)]);
}
