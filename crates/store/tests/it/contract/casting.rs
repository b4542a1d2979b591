//! Casting: one credential, one ballot, in order, in time.

use std::collections::BTreeSet;

use store::{CastOutcome, ChallengeOutcome, Effect, Refusal, Revote, StoreError};

use super::Place;
use crate::made::{CLOSES, NOW, OPENS, cast, election, element, entry, next_line};

pub(crate) async fn the_same_request_a_hundred_times_at_once_is_one_ballot(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 3, 0, Revote::Last), entry("begin")).await.expect("begun");
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.cast(cast("a", 1, 0)).await.expect("an answer") })
        })
        .collect();
    let mut firsts = 0;
    for task in tasks {
        let CastOutcome::Recorded { height: 1, again } = task.await.expect("a task") else { panic!("not recorded") };
        firsts += u32::from(!again);
    }
    assert_eq!(firsts, 1);
    let info = store.get_election("a").await.expect("there");
    assert_eq!((info.ballots, info.voted, info.head_height), (1, 1, 1));
}

pub(crate) async fn two_casts_with_one_credential_at_once(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    left.begin_election(election("a", 60, 0, Revote::One), entry("begin")).await.expect("begun");
    for credential in 0..50 {
        let both = tokio::join!(left.cast(cast("a", credential, 0)), right.cast(cast("a", credential, 1)));
        let outcomes = [both.0.expect("an answer"), both.1.expect("an answer")];
        let recorded = outcomes.iter().filter(|outcome| matches!(outcome, CastOutcome::Recorded { again: false, .. })).count();
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, CastOutcome::AlreadyVoted)).count();
        assert_eq!((recorded, refused), (1, 1), "{outcomes:?}");
    }
    assert_eq!(left.turnout("a").await.expect("there").voted, 50);
    assert_eq!(right.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}

pub(crate) async fn the_last_ballot_counts_where_the_rule_says_so(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 3, 0, Revote::Last), entry("begin")).await.expect("begun");
    let at = |height, again| CastOutcome::Recorded { height, again };
    assert_eq!(store.cast(cast("a", 2, 0)).await, Ok(at(1, false)));
    assert_eq!(store.cast(cast("a", 2, 1)).await, Ok(at(2, false)));
    assert_eq!(store.cast(cast("a", 2, 0)).await, Ok(CastOutcome::Superseded));
    assert_eq!(store.cast(cast("a", 2, 1)).await, Ok(at(2, true)));
    let ballots = store.list_ballots("a", 0, 10).await.expect("a list");
    assert_eq!(ballots.iter().map(|ballot| (ballot.height, ballot.is_last)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    assert_eq!(store.find_ballot("a", cast("a", 2, 1).tracker).await.expect("found").map(|ballot| ballot.height), Some(2));
    assert_eq!(store.find_ballot("a", [7; 32]).await, Ok(None));
    let info = store.credential_state("a", &element(2)).await.expect("there").expect("listed");
    let situation = store.situation("a", cast("a", 2, 1).tracker, Some(&element(2))).await.expect("an election");
    assert_eq!((situation.recorded.map(|(height, _)| height), situation.credential), (Some(2), Some(info)));
    assert_eq!(situation.election, store.get_election("a").await.expect("there"));
    let situation = store.situation("a", [7; 32], None).await.expect("an election");
    assert_eq!((situation.recorded, situation.credential), (None, None));
    assert_eq!((info.position, info.last_ballot), (2, Some(2)));
    assert_eq!(store.list_turnouts().await.expect("a list")[0].voted, 1);
}

pub(crate) async fn each_rule_has_its_answer(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 6, 1, Revote::One), entry("begin")).await.expect("begun");
    let void = Effect::Void { credential: element(0), pack: None };
    store.append_line("a", next_line(&store, "a", "void", void).await, entry("void")).await.expect("void");
    let challenged = cast("a", 2, 0);
    assert_eq!(store.challenge("a", challenged.tracker).await, Ok(ChallengeOutcome::Recorded));
    assert_eq!(store.challenge("a", challenged.tracker).await, Ok(ChallengeOutcome::Recorded));
    assert_eq!(store.cast(challenged).await, Ok(CastOutcome::Challenged));
    assert_eq!(store.cast(cast("a", 0, 0)).await, Ok(CastOutcome::Void));
    assert_eq!(store.cast(cast("a", 5, 0)).await, Ok(CastOutcome::Inactive));
    assert_eq!(store.cast(cast("a", 6, 0)).await, Ok(CastOutcome::Unknown));
    assert_eq!(store.cast(cast("a", 2, 1)).await, Ok(CastOutcome::Recorded { height: 1, again: false }));
    assert_eq!(store.cast(cast("a", 2, 2)).await, Ok(CastOutcome::AlreadyVoted));
    assert_eq!(store.challenge("a", cast("a", 2, 1).tracker).await, Ok(ChallengeOutcome::Cast { height: 1 }));
    let elsewhere = store.cast(cast("b", 0, 0)).await;
    assert_eq!(elsewhere, Err(StoreError::Refused(Refusal::Unknown { what: "election", name: "b".to_owned() })));
    let mut wrong = cast("a", 3, 0);
    wrong.tracker[0] ^= 1;
    assert!(matches!(store.cast(wrong).await, Err(StoreError::Refused(Refusal::Form { what: "ballot", .. }))));
    assert_eq!(store.credential_state("a", "no element").await, Ok(None));
    assert_eq!(store.credential_state("a", &element(77)).await, Ok(None));
}

pub(crate) async fn a_cast_at_the_closing_instant(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 4, 0, Revote::One), entry("begin")).await.expect("begun");
    let received = |credential, received_at| {
        let mut cast = cast("a", credential, 0);
        cast.received_at = received_at;
        cast
    };
    assert_eq!(store.cast(received(0, OPENS - 1)).await, Ok(CastOutcome::NotOpen { opens_at: OPENS }));
    assert_eq!(store.cast(received(0, OPENS)).await, Ok(CastOutcome::Recorded { height: 1, again: false }));
    assert_eq!(store.cast(received(1, CLOSES)).await, Ok(CastOutcome::Closed { closes_at: CLOSES }));
    assert_eq!(store.cast(received(1, CLOSES - 1)).await, Ok(CastOutcome::Recorded { height: 2, again: false }));
    assert_eq!(store.close("a", CLOSES - 1, entry("close")).await, Err(StoreError::Refused(Refusal::TooEarly { closes_at: CLOSES })));
    let closed = store.close("a", CLOSES, entry("close")).await.expect("closed");
    assert_eq!(store.close("a", CLOSES + 9, entry("close")).await, Ok(closed));
    assert_eq!(store.cast(received(2, NOW)).await, Ok(CastOutcome::Closed { closes_at: CLOSES }));
    // A retry gets its receipt even now.
    assert_eq!(store.cast(received(1, CLOSES + 5)).await, Ok(CastOutcome::Recorded { height: 2, again: true }));
}

pub(crate) async fn casts_race_the_closing(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    left.begin_election(election("a", 1_000, 0, Revote::One), entry("begin")).await.expect("begun");
    let tasks: Vec<_> = (0..1_000)
        .map(|credential| {
            let store = if credential % 2 == 0 { left.clone() } else { right.clone() };
            tokio::spawn(async move {
                if credential == 500 {
                    store.close("a", CLOSES, entry("close")).await.expect("closed");
                }
                // Received in time, all of them; whether it comes before the closing is what is raced.
                store.cast(cast("a", credential, 0)).await.expect("an answer")
            })
        })
        .collect();
    let mut acknowledged = BTreeSet::new();
    for task in tasks {
        match task.await.expect("a task") {
            CastOutcome::Recorded { height, again: false } => assert!(acknowledged.insert(height), "{height} twice"),
            CastOutcome::Closed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    let info = left.get_election("a").await.expect("there");
    let end = store::NewEvent { expected_head: info.head_hash, kind: store::EventKind::EndBallots, records: Vec::new(), line: None };
    let ended = right.append_event("a", end, entry("end")).await.expect("ended");
    assert_eq!(ended.head_height, acknowledged.len() as u64 + 1);
    assert_eq!(acknowledged, (1..ended.head_height).collect());
    assert!(acknowledged.len() < 1_000, "nothing was raced: all were before the closing");
    assert_eq!(left.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}

pub(crate) async fn two_nodes_make_one_chain(place: &Place) {
    let nodes = [place.open().await, place.open().await];
    for uuid in ["a", "b", "c"] {
        nodes[0].begin_election(election(uuid, 200, 0, Revote::Last), entry("begin")).await.expect("begun");
    }
    let tasks: Vec<_> = (0..1_200_u32)
        .map(|number| {
            let store = nodes[number as usize % 2].clone();
            let uuid = ["a", "b", "c"][number as usize % 3];
            tokio::spawn(async move { store.cast(cast(uuid, number % 200, number)).await.expect("an answer") })
        })
        .collect();
    for task in tasks {
        assert!(matches!(task.await.expect("a task"), CastOutcome::Recorded { again: false, .. }));
    }
    let checked = nodes[1].self_check(|_, _| {}).await.expect("checked");
    assert_eq!(checked.faults, Vec::<String>::new());
    assert_eq!(checked.elections.iter().map(|info| info.ballots).sum::<u64>(), 1_200);
}

pub(crate) async fn a_full_queue_answers_busy_or_done(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 20_000, 0, Revote::One), entry("begin")).await.expect("begun");
    let tasks: Vec<_> = (0..20_000)
        .map(|credential| {
            let store = store.clone();
            tokio::spawn(async move { store.cast(cast("a", credential, 0)).await })
        })
        .collect();
    let (mut recorded, mut busy) = (0_u64, 0);
    for task in tasks {
        match task.await.expect("a task") {
            Ok(CastOutcome::Recorded { again: false, .. }) => recorded += 1,
            Err(StoreError::Busy) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(busy > 0, "the queue has a bound");
    let info = store.get_election("a").await.expect("there");
    assert_eq!((info.ballots, info.voted), (recorded, recorded));
    // Afterwards it is as before.
    assert!(matches!(store.cast(cast("a", 0, 1)).await, Ok(CastOutcome::AlreadyVoted | CastOutcome::Recorded { .. })));
}

pub(crate) async fn no_time_finer_than_the_hour(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 2, 0, Revote::One), entry("begin")).await.expect("begun");
    let mut one = cast("a", 0, 0);
    one.received_at = OPENS + 7_199;
    store.cast(one).await.expect("cast");
    // 1,800,000,000 is a whole hour.
    assert_eq!(place.one("SELECT max(hour) FROM board.event").await, (OPENS + 3_600).to_string());
}
