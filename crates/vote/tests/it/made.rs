//! Elections made for the tests.

use vote::archive::{EventKind, SetupRecords, Tail};
use vote::companion::{Body, Chain, Figures, Revote, RoleKey, Roles, Setup, Signature};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::decrypt::{self, PartialDecryption};
use vote::trustee::key::{Certificates, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::single::PublicKey;
use vote::trustee::{Quorum, TrusteeNumber};
use vote::{
    Ballot, Choice, Credential, CredentialKey, Draft, Election, ElectionResult, EncryptedTally, Hash, People, PublicCredentials, Question,
    Randomness, SecretScalar, Seeded, Tally, Uuid, make_ballot,
};

pub(crate) const CEREMONY: &str = "ceremony of the tests";

/// How the keys are held.
#[derive(Clone, Copy)]
pub(crate) enum Holders {
    Singles(u32),
    Group { members: u32, needed: u32 },
}

/// A whole election, with every secret in it.
pub(crate) struct Made {
    pub(crate) election: Election,
    pub(crate) trustees: Trustees,
    pub(crate) credentials: PublicCredentials,
    pub(crate) ballots: Vec<Ballot>,
    pub(crate) tally: EncryptedTally,
    pub(crate) decryptions: Vec<(TrusteeNumber, PartialDecryption)>,
    pub(crate) result: ElectionResult,
    /// The archive with its setup only.
    pub(crate) setup: Vec<u8>,
    /// The archive up to the last partial decryption, and the whole of it.
    pub(crate) before_result: Vec<u8>,
    pub(crate) archive: Vec<u8>,
    pub(crate) companion: String,
}

/// What is to be made.
pub(crate) struct Plan<'a> {
    pub(crate) seed: &'a str,
    pub(crate) holders: Holders,
    pub(crate) questions: Vec<Question>,
    /// One voter a weight.
    pub(crate) weights: Option<Vec<u64>>,
    pub(crate) voters: usize,
    /// Voter, and for each question the answers or blank, in the order they are cast.
    pub(crate) votes: Vec<(usize, Vec<Vote>)>,
    /// Trustees that count, from 1.
    pub(crate) counting: Vec<u32>,
}

#[derive(Clone)]
pub(crate) enum Vote {
    Answers(Vec<usize>),
    Blank,
}

pub(crate) fn keys(holders: Holders, random: &mut Randomness<'_>) -> (Trustees, Vec<SecretScalar>) {
    match holders {
        Holders::Singles(number) => {
            let secrets: Vec<SecretScalar> = (0..number).map(|_| SecretScalar::random(random).expect("seeded")).collect();
            let public: Vec<PublicKey> = secrets.iter().map(|secret| PublicKey::prove(secret, random).expect("seeded")).collect();
            (Trustees::singles(&public).expect("single trustees"), secrets)
        }
        Holders::Group { members, needed } => {
            let quorum = Quorum::new(members, needed).expect("a quorum");
            let keys: Vec<MemberKey> = (0..members).map(|_| MemberKey::random(random).expect("seeded")).collect();
            let records: Vec<Vec<u8>> = (1..)
                .zip(&keys)
                .map(|(number, key)| key.certificate(quorum, TrusteeNumber(number), random).expect("seeded").record().into_bytes())
                .collect();
            let certificates = Certificates::check(&records, quorum).expect("certificates");
            let polynomials: Vec<Polynomial> = keys.iter().map(|_| Polynomial::random(needed, random).expect("seeded")).collect();
            let openings: Vec<Opening> = (1..)
                .zip(keys.iter().zip(&polynomials))
                .map(|(number, (key, polynomial))| {
                    let trustee = TrusteeNumber(number);
                    let committed = commit::commitment(CEREMONY, trustee, &polynomial.opening());
                    let record = Opening::make(&certificates, key, polynomial, random).expect("an opening").record();
                    Opening::check(record.as_bytes(), &certificates, trustee, CEREMONY, &committed).expect("its own check")
                })
                .collect();
            let mut secrets = Vec::new();
            let mut confirmations = Vec::new();
            for (number, key) in (1..).zip(&keys) {
                let (confirmation, secret) = Confirmation::make(&certificates, &openings, key, random).expect("a confirmation");
                let record = confirmation.record();
                confirmations
                    .push(Confirmation::check(record.as_bytes(), &certificates, &openings, TrusteeNumber(number)).expect("its own check"));
                secrets.push(secret);
            }
            (confirm::finish(&certificates, &openings, &confirmations).expect("a group"), secrets)
        }
    }
}

pub(crate) fn make(plan: &Plan<'_>) -> Made {
    let mut source = Seeded::new(plan.seed.as_bytes());
    let random = &mut Randomness::new(&mut source);
    let (trustees, secrets) = keys(plan.holders, random);
    let uuid = Uuid::random(random).expect("seeded");
    let people = People { administrator: Some("The \"officer\"".to_owned()), credential_authority: Some("Authority".to_owned()) };
    let draft =
        Draft { uuid: &uuid, name: "Test – élection", description: "Line\nand \\ and /", questions: &plan.questions, people: &people };
    let election = Election::new(&draft, trustees.key()).expect("an election");
    let read = Election::read(election.record().as_bytes()).expect("its own record");
    assert_eq!(read.hash(), election.hash());
    let voters: Vec<CredentialKey> = (0..plan.voters).map(|_| Credential::random(random).expect("seeded").key(&uuid)).collect();
    let listed = voters.iter().map(|voter| *voter.encoded());
    let credentials = match &plan.weights {
        None => PublicCredentials::new(listed.collect()),
        Some(weights) => PublicCredentials::weighted(listed.zip(weights.iter().copied()).collect()),
    }
    .expect("a list");
    assert_eq!(PublicCredentials::read(credentials.record().as_bytes()).as_ref(), Ok(&credentials));

    let list = credentials.record();
    let setup = SetupRecords { election: election.record(), trustees: trustees.record(), credentials: &list };
    let (mut tail, mut archive) = Tail::begin(1_795_290_802, &setup).expect("an archive");
    let setup = archive.clone();
    let mut tally = Tally::new(election.questions(), &credentials);
    let mut again = Tally::new(election.questions(), &credentials);
    let mut ballots = Vec::new();
    for (voter, votes) in &plan.votes {
        let choices: Vec<Choice> = plan
            .questions
            .iter()
            .zip(votes)
            .map(|(question, vote)| match vote {
                Vote::Answers(list) => Choice::answers(question, list).expect("a choice"),
                Vote::Blank => Choice::blank(question).expect("blank"),
            })
            .collect();
        let ballot = make_ballot(&election, &voters[*voter], &choices, random).expect("a ballot");
        archive.extend(tail.append(EventKind::Ballot, &[ballot.payload()]).expect("a ballot"));
        tally.add(&ballot).expect("a listed credential");
        again.add_payload(ballot.payload().as_bytes()).expect("its own payload");
        ballots.push(ballot);
    }
    let tally = tally.close();
    assert_eq!(tally, again.close());
    archive.extend(tail.append(EventKind::EndBallots, &[]).expect("the end"));
    archive.extend(tail.append(EventKind::EncryptedTally, &[tally.record(), &tally.sized_record()]).expect("the tally"));
    assert_eq!(EncryptedTally::read(tally.record().as_bytes(), tally.sized_record().as_bytes()).as_ref(), Ok(&tally));
    let mut decryptions = Vec::new();
    for number in &plan.counting {
        let trustee = TrusteeNumber(*number);
        let made = decrypt::decrypt(&election, &tally, &secrets[*number as usize - 1], random).expect("seeded");
        let (record, sound) = (made.record(), made.sound_proofs());
        let key = trustees.keys()[*number as usize - 1];
        let checked =
            PartialDecryption::check(record.as_bytes(), sound.as_bytes(), &election, &tally, trustee, key).expect("its own check");
        let owned = format!("{{\"owner\":{number},\"payload\":\"{}\"}}", Hash::of(&record));
        archive.extend(tail.append(EventKind::PartialDecryption, &[&record, &owned]).expect("a share"));
        decryptions.push((trustee, checked));
    }
    let before_result = archive.clone();
    let present: Vec<(TrusteeNumber, &PartialDecryption)> =
        decryptions.iter().map(|(trustee, decryption)| (*trustee, decryption)).collect();
    let result = vote::tally::result(&election, &trustees, &tally, &present).expect("a result");
    archive.extend(tail.append(EventKind::Result, &[&result.record()]).expect("the result"));

    // The companion.
    let officer = RoleKey::random(random).expect("seeded");
    let scrutineer = RoleKey::random(random).expect("seeded");
    let authority = RoleKey::random(random).expect("seeded");
    let holders: Vec<RoleKey> = secrets.iter().map(|_| RoleKey::random(random).expect("seeded")).collect();
    let roles = Roles {
        officer: officer.public(),
        scrutineer: scrutineer.public(),
        authority: authority.public(),
        trustees: holders.iter().map(RoleKey::public).collect(),
    };
    let units = ["A unit".to_owned()];
    let body = Body::setup(
        &election,
        &Setup {
            unit: "A unit",
            ceremony: CEREMONY,
            opens_at: "2026-12-01T08:00:00Z",
            closes_at: "2026-12-15T17:00:00Z",
            roll: Hash::of("roll"),
            entitled: plan.voters,
            revote: Revote::Last,
            minimum: 20,
            units: &units,
            small_allowed: true,
            roles: &roles,
        },
    );
    let mut chain = Chain::default();
    let both = |body: &Body| -> Vec<Signature> { vec![officer.sign(body), scrutineer.sign(body)] };
    let mut companion = chain.append(&body, &both(&body));
    let mut committed = Vec::new();
    for ((number, opening), holder) in (1..).zip(trustees.openings()).zip(&holders) {
        let trustee = TrusteeNumber(number);
        let hash = commit::commitment(CEREMONY, trustee, opening);
        let body = Body::commitment(CEREMONY, trustee, &hash);
        companion.push_str(&chain.append(&body, &[holder.sign(&body)]));
        committed.push(hash);
    }
    let body = Body::ceremony(CEREMONY, &trustees.hash(), &commit::commitments(&committed));
    companion.push_str(&chain.append(&body, &holders.iter().map(|holder| holder.sign(&body)).collect::<Vec<_>>()));
    let body = Body::credentials(&election, &credentials);
    companion.push_str(&chain.append(&body, &[authority.sign(&body)]));
    for (trustee, decryption) in &decryptions {
        let body = Body::share(&election.hash(), *trustee, &tally.hash(), &Hash::of(decryption.record()), &decryption.sound_proofs());
        companion.push_str(&chain.append(&body, &[holders[trustee.0 as usize - 1].sign(&body)]));
    }
    let body = Body::result(&Figures {
        election: election.hash(),
        lines: chain.last().expect("lines"),
        ballots: ballots.len() as u64,
        tally: &tally,
        voided: 0,
        result: &result,
        last_event: tail.last_event().expect("events"),
    });
    companion.push_str(&chain.append(&body, &both(&body)));
    Made { election, trustees, credentials, ballots, tally, decryptions, result, setup, before_result, archive, companion }
}
