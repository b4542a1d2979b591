//! What `vote` makes, `verify` accepts; the same ballot with anything in it changed, `verify` refuses.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use vote::trustee::single::PublicKey;
use vote::{Choice, Credential, Draft, Election, People, PublicCredentials, Question, Randomness, SecretScalar, Seeded, Uuid, make_ballot};

struct Poll {
    election: Election,
    letters: Vec<Credential>,
    uuid: Uuid,
    judge: verify::BallotJudge,
}

fn poll() -> &'static Poll {
    static POLL: OnceLock<Poll> = OnceLock::new();
    POLL.get_or_init(|| {
        let mut source = Seeded::new(b"a fuzzed poll");
        let random = &mut Randomness::new(&mut source);
        let key = PublicKey::prove(&SecretScalar::random(random).expect("random"), random).expect("a key");
        let uuid = Uuid::random(random).expect("a uuid");
        let questions = [Question::one_of("Strike?", &["Yes", "No"]).expect("a question"), Question::one_of("Short of a strike?", &["Yes", "No"]).expect("a question")];
        let draft = Draft { uuid: &uuid, name: "Ballot", description: "", questions: &questions, people: &People::default() };
        let election = Election::new(&draft, key.key()).expect("an election");
        let letters: Vec<Credential> = (0..8).map(|_| Credential::random(random).expect("a letter")).collect();
        let list = PublicCredentials::new(letters.iter().map(|letter| letter.key(&uuid).encoded().clone()).collect()).expect("a list");
        let judge = verify::BallotJudge::new(election.record().as_bytes(), list.record().as_bytes(), 1).expect("a judge");
        Poll { election, letters, uuid, judge }
    })
}

fuzz_target!(|data: &[u8]| {
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
});
