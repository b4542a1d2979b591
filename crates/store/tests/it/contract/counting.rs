//! A real election through the store, judged by `verify`.

use store::{Effect, EventKind, NewElection, NewEvent, NewLine, Refusal, Revote, Setup, StoreError};
use verify::{Options, Verdict};
use vote::{Hash, Question};

use super::Place;
use crate::made::{CLOSES, NOW, OPENS, election, element, entry};
use crate::real::{Holders, Made, Plan, Vote, make};

fn real() -> Made {
    let question = Question::one_of("Are you prepared to take part in a strike?", &["Yes", "No"]).expect("a question");
    // Voter 1 votes twice: the last counts.
    let votes = [(0, 0), (1, 0), (2, 1), (1, 1), (4, 0)].map(|(voter, answer)| (voter, vec![Vote::Answers(vec![answer])])).to_vec();
    let holders = Holders::Group { members: 3, needed: 2 };
    make(&Plan { seed: "the store", holders, questions: vec![question], weights: None, voters: 6, votes, counting: vec![3, 1] })
}

/// The archive's time in the elections of the tests of `vote`.
const TIMESTAMP: i64 = 1_795_290_802;

fn judge(archive: &[u8], companion: Option<&[u8]>) -> (Verdict, Vec<verify::Check>) {
    let report = verify::judge(archive, companion, &Options { threads: 2, strict: true, ..Options::default() });
    (report.verdict, report.failed())
}

pub(crate) async fn a_real_election_passes_the_verifier(place: &Place) {
    let made = real();
    let lines: Vec<String> = made.companion.split_inclusive('\n').map(str::to_owned).collect();
    let kind_of = |line: &str| line.split("\"type\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    let first_after = lines.iter().position(|line| matches!(kind_of(line).as_str(), "share" | "void" | "schedule")).expect("shares");
    let uuid = made.election.uuid().as_str().to_owned();
    let nodes = [place.open().await, place.open().await];
    let new = NewElection {
        uuid: uuid.clone(),
        unit: "invented".to_owned(),
        name: "Invented".to_owned(),
        setup: Setup {
            election: made.election.record().to_owned(),
            trustees: made.trustees.record().to_owned(),
            credentials: made.credentials.record(),
        },
        spares: Vec::new(),
        lines: lines[..first_after].to_vec(),
        timestamp: TIMESTAMP,
        opens_at: OPENS,
        closes_at: CLOSES,
        revote: Revote::Last,
    };
    nodes[0].begin_election(new, entry("begin")).await.expect("begun");
    assert_eq!(stream(&nodes[1], &uuid).await, made.setup);
    let judge_of = verify::BallotJudge::new(made.election.record().as_bytes(), made.credentials.record().as_bytes(), 1).expect("a judge");
    for (number, ballot) in made.ballots.iter().enumerate() {
        let accepted = judge_of.judge(ballot.payload().as_bytes()).expect("a good ballot");
        let cast = store::Cast {
            election: uuid.clone(),
            credential: accepted.credential(),
            tracker: Hash::of(ballot.payload()).0,
            ballot: ballot.payload().as_bytes().to_vec(),
            received_at: NOW,
        };
        let outcome = nodes[number % 2].cast(cast).await;
        assert_eq!(outcome, Ok(store::CastOutcome::Recorded { height: number as u64 + 1, again: false }));
    }
    // While it goes on, all that is there is in order.
    assert_eq!(judge(&stream(&nodes[0], &uuid).await, None), (Verdict::CouldNotCheck, Vec::new()));
    let mut head = nodes[0].close(&uuid, CLOSES, entry("close")).await.expect("closed").head_hash;
    let mut rest = lines[first_after..].iter();
    let mut next_line = first_after as u64;
    let mut events = vec![
        (EventKind::EndBallots, vec![], false),
        (EventKind::EncryptedTally, vec![made.tally.record().to_owned(), made.tally.sized_record()], false),
    ];
    for (trustee, decryption) in &made.decryptions {
        let record = decryption.record();
        let owned = format!("{{\"owner\":{},\"payload\":\"{}\"}}", trustee.0, Hash::of(&record));
        events.push((EventKind::PartialDecryption, vec![record, owned], true));
    }
    events.push((EventKind::Result, vec![made.result.record()], true));
    for (number, (kind, records, has_line)) in events.into_iter().enumerate() {
        let line =
            has_line.then(|| NewLine { expected_line: next_line, bytes: rest.next().expect("a line").clone(), effect: Effect::None });
        next_line += u64::from(has_line);
        let event = NewEvent { expected_head: head, kind, records, line };
        head = nodes[number % 2].append_event(&uuid, event, entry("count")).await.expect("in order").head_hash;
    }
    let archive = stream(&nodes[0], &uuid).await;
    assert!(archive == made.archive, "the same bytes as in a file");
    let companion = nodes[1].stream_companion(&uuid).await.expect("a stream").collect().await.expect("whole");
    assert!(companion == made.companion.as_bytes(), "the same lines as in a file");
    assert_eq!(judge(&archive, Some(&companion)), (Verdict::Passed, Vec::new()));
    let checked = nodes[1].self_check(|_, _| {}).await.expect("checked");
    assert_eq!(checked.faults, Vec::<String>::new());
    assert!(checked.elections[0].is_counted);
    let late = NewEvent { expected_head: head, kind: EventKind::Result, records: vec![made.result.record()], line: None };
    assert!(matches!(nodes[0].append_event(&uuid, late, entry("count")).await, Err(StoreError::Refused(Refusal::Archive(_)))));
}

async fn stream(store: &store::Store, uuid: &str) -> Vec<u8> {
    store.stream_archive(uuid).await.expect("a stream").collect().await.expect("whole")
}

pub(crate) async fn an_event_needs_the_head_that_was_seen(place: &Place) {
    let store = place.open().await;
    let info = store.begin_election(election("a", 3, 0, Revote::One), entry("begin")).await.expect("begun");
    let end = NewEvent { expected_head: info.head_hash, kind: EventKind::EndBallots, records: Vec::new(), line: None };
    let open = store.append_event("a", end.clone(), entry("end")).await;
    assert!(matches!(open, Err(StoreError::Refused(Refusal::State { what: "election", state: "taking", .. }))), "{open:?}");
    store.cast(crate::made::cast("a", 0, 0)).await.expect("cast");
    store.close("a", CLOSES, entry("close")).await.expect("closed");
    let stale = store.append_event("a", end.clone(), entry("end")).await;
    assert!(matches!(stale, Err(StoreError::Refused(Refusal::Stale { what: "last event", .. }))), "{stale:?}");
    let ballot = NewEvent { kind: EventKind::Ballot, ..end };
    assert!(matches!(store.append_event("a", ballot, entry("end")).await, Err(StoreError::Refused(Refusal::Form { .. }))));
}

pub(crate) async fn an_election_is_there_once(place: &Place) {
    let nodes = [place.open().await, place.open().await];
    let new = || election("a", 3, 0, Revote::One);
    let both = tokio::join!(nodes[0].begin_election(new(), entry("begin")), nodes[1].begin_election(new(), entry("begin")));
    let answers = [both.0, both.1];
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let mut same_unit = election("b", 3, 0, Revote::One);
    same_unit.unit = "unit-a".to_owned();
    let answer = nodes[0].begin_election(same_unit, entry("begin")).await;
    assert_eq!(answer, Err(StoreError::Refused(Refusal::Exists { what: "unit", name: "unit-a".to_owned() })));
    assert_eq!(nodes[0].list_elections().await.expect("a list").len(), 1);
    assert_eq!(nodes[0].get_setup("a").await.expect("there"), new().setup);
}

pub(crate) async fn a_list_that_is_none_is_refused(place: &Place) {
    let store = place.open().await;
    let change = |change: &dyn Fn(&mut NewElection)| {
        let mut new = election("a", 3, 0, Revote::One);
        change(&mut new);
        new
    };
    for new in [
        change(&|new| new.setup.credentials = "[\"abc\"]".to_owned()),
        change(&|new| new.setup.credentials = "nothing".to_owned()),
        change(&|new| new.spares = vec![element(9)]),
        change(&|new| new.spares = vec![element(1), element(1)]),
        change(&|new| new.closes_at = new.opens_at),
        change(&|new| new.timestamp = -1),
        change(&|new| new.lines.reverse()),
    ] {
        let answer = store.begin_election(new, entry("begin")).await;
        assert!(matches!(answer, Err(StoreError::Refused(Refusal::Form { .. }))), "{answer:?}");
    }
    assert_eq!(store.list_elections().await, Ok(Vec::new()));
    assert_eq!(store.get_audit_head().await.expect("a head").lines, 0);
}
