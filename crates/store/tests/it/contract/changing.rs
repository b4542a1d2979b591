//! Companion lines and what they do.

use store::{CastOutcome, CredentialState, Effect, PackChange, PackState, Refusal, Revote, StoreError};

use super::Place;
use crate::made::{CLOSES, cast, election, element, entry, next_line};

fn refused<T>(answer: Result<T, StoreError>) -> Refusal {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("not refused"),
    }
}

pub(crate) async fn a_credential_with_a_ballot_is_never_voided_or_replaced(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 4, 1, Revote::One), entry("begin")).await.expect("begun");
    store.cast(cast("a", 0, 0)).await.expect("cast");
    let void = Effect::Void { credential: element(0), pack: None };
    let replace = Effect::Replace { old: element(0), new: element(3) };
    for effect in [void, replace] {
        let line = next_line(&store, "a", "void", effect).await;
        assert_eq!(refused(store.append_line("a", line, entry("change")).await), Refusal::HasBallot { height: 1 });
    }
    // Raced: whichever comes first, never both.
    for credential in [1, 2] {
        let void = Effect::Void { credential: element(credential as usize), pack: None };
        let line = next_line(&store, "a", "void", void).await;
        match tokio::join!(store.cast(cast("a", credential, 0)), store.append_line("a", line, entry("void"))) {
            (Ok(CastOutcome::Recorded { .. }), Err(StoreError::Refused(Refusal::HasBallot { .. }))) | (Ok(CastOutcome::Void), Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(store.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}

pub(crate) async fn a_spare_takes_the_place_of_another(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 5, 2, Revote::One), entry("begin")).await.expect("begun");
    let replace = |old, new| Effect::Replace { old: element(old), new: element(new) };
    let line = next_line(&store, "a", "replace", replace(0, 3)).await;
    assert_eq!(store.append_line("a", line, entry("replace")).await, Ok(3));
    assert_eq!(store.cast(cast("a", 0, 0)).await, Ok(CastOutcome::Replaced));
    assert_eq!(store.cast(cast("a", 3, 0)).await, Ok(CastOutcome::Recorded { height: 1, again: false }));
    let state = |act: &str, state| Refusal::State { what: "credential", state, act: act.to_owned() };
    for (effect, expected) in [
        (replace(0, 4), state("replaced", "replaced")),
        (replace(4, 1), state("replaced", "spare")),
        (replace(1, 2), state("made to replace another", "ready")),
        (replace(1, 3), Refusal::HasBallot { height: 1 }),
        (Effect::Void { credential: element(4), pack: None }, state("voided", "spare")),
    ] {
        let line = next_line(&store, "a", "replace", effect.clone()).await;
        assert_eq!(refused(store.append_line("a", line, entry("replace")).await), expected, "{effect:?}");
    }
    // A refused line changed nothing, not even the half that was possible.
    assert_eq!(store.credential_state("a", &element(1)).await.expect("there").map(|info| info.state), Some(CredentialState::Ready));
    assert_eq!(store.get_election("a").await.expect("there").lines, 3);
    let turnout = store.turnout("a").await.expect("there");
    assert_eq!((turnout.entitled, turnout.voted), (3, 1));
    assert_eq!(store.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}

pub(crate) async fn lines_come_one_after_another(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    let new = election("a", 3, 0, Revote::One);
    let beginning = new.lines.concat();
    left.begin_election(new, entry("begin")).await.expect("begun");
    let line = next_line(&left, "a", "void", Effect::Void { credential: element(0), pack: None }).await;
    let both = tokio::join!(left.append_line("a", line.clone(), entry("void")), right.append_line("a", line.clone(), entry("void")));
    let answers = [both.0, both.1];
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for answer in answers.into_iter().filter(Result::is_err) {
        assert!(matches!(refused(answer), Refusal::Stale { what: "next line", .. }));
    }
    let mut wrong = next_line(&left, "a", "void", Effect::None).await;
    wrong.bytes = wrong.bytes.replacen("\"line\":3", "\"line\":4", 1);
    assert!(matches!(refused(left.append_line("a", wrong.clone(), entry("void")).await), Refusal::Form { .. }));
    wrong.bytes = "{}\n{}\n".to_owned();
    assert!(matches!(refused(left.append_line("a", wrong, entry("void")).await), Refusal::Form { .. }));
    let companion = right.stream_companion("a").await.expect("a stream").collect().await.expect("whole");
    assert_eq!(String::from_utf8(companion).expect("text"), beginning + &line.bytes);
}

pub(crate) async fn closing_only_becomes_later(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 3, 0, Revote::One), entry("begin")).await.expect("begun");
    for (closes_at, is_taken) in [(CLOSES, false), (CLOSES - 1, false), (CLOSES + 60, true), (CLOSES + 30, false)] {
        let line = next_line(&store, "a", "schedule", Effect::Extend { closes_at }).await;
        let answer = store.append_line("a", line, entry("extend")).await;
        assert_eq!(answer.is_ok(), is_taken, "{answer:?}");
    }
    let mut late = cast("a", 0, 0);
    late.received_at = CLOSES + 59;
    assert_eq!(store.cast(late).await, Ok(CastOutcome::Recorded { height: 1, again: false }));
    assert_eq!(refused(store.close("a", CLOSES, entry("close")).await), Refusal::TooEarly { closes_at: CLOSES + 60 });
    store.close("a", CLOSES + 60, entry("close")).await.expect("closed");
    let line = next_line(&store, "a", "schedule", Effect::Extend { closes_at: CLOSES + 600 }).await;
    assert!(matches!(refused(store.append_line("a", line, entry("extend")).await), Refusal::State { what: "election", .. }));
    // A paper that came in time may still be accepted.
    let line = next_line(&store, "a", "void", Effect::Void { credential: element(1), pack: None }).await;
    store.append_line("a", line, entry("void")).await.expect("void");
    // Until the counting.
    let line = next_line(&store, "a", "share", Effect::None).await;
    store.append_line("a", line, entry("share")).await.expect("share");
    let line = next_line(&store, "a", "void", Effect::Void { credential: element(2), pack: None }).await;
    assert!(matches!(refused(store.append_line("a", line, entry("void")).await), Refusal::State { what: "election", .. }));
    assert_eq!(store.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}

pub(crate) async fn a_void_line_and_its_pack_go_together(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 3, 0, Revote::One), entry("begin")).await.expect("begun");
    store.put_packs("unit-a", "1", vec!["P1".to_owned(), "P2".to_owned()], entry("issue")).await.expect("issued");
    let void = |credential, pack: &str| Effect::Void { credential: element(credential), pack: Some(pack.to_owned()) };
    let line = next_line(&store, "a", "void", void(0, "P1")).await;
    // Not yet returned: then the credential is not void either.
    assert!(matches!(refused(store.append_line("a", line.clone(), entry("void")).await), Refusal::State { what: "pack", .. }));
    assert_eq!(store.credential_state("a", &element(0)).await.expect("there").map(|info| info.state), Some(CredentialState::Ready));
    let back = PackChange { number: "P1".to_owned(), state: PackState::Returned, reason: String::new(), batch: "2".to_owned() };
    store.set_packs(vec![back], entry("return")).await.expect("returned");
    store.append_line("a", line, entry("void")).await.expect("void");
    assert_eq!(store.get_pack("P1").await.expect("there").map(|pack| pack.state), Some(PackState::Accepted));
    store.cast(cast("a", 1, 0)).await.expect("cast");
    let back = PackChange { number: "P2".to_owned(), state: PackState::Returned, reason: String::new(), batch: "2".to_owned() };
    store.set_packs(vec![back], entry("return")).await.expect("returned");
    let line = next_line(&store, "a", "void", void(1, "P2")).await;
    assert_eq!(refused(store.append_line("a", line, entry("void")).await), Refusal::HasBallot { height: 1 });
    assert_eq!(store.get_pack("P2").await.expect("there").map(|pack| pack.state), Some(PackState::Returned));
}
