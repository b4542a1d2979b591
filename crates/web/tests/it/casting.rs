//! A ballot's way to the board: receipts, refusals, time, limits.

use hyper::StatusCode;
use serde_json::json;
use vote::companion::Revote;
use web::Limits;

use crate::made::{CLOSES, OPENS, Wanted, at, running, tracker};

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_gets_a_receipt_and_the_same_bytes_get_it_again() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 1], "a");
    let got = running.cast(&election.uuid, &ballot).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text());
    assert_eq!(got.json(), json!({ "tracker": tracker(&ballot), "position": 1, "again": false }));
    for _ in 0..3 {
        assert_eq!(
            running.cast(&election.uuid, &ballot).await.json(),
            json!({ "tracker": tracker(&ballot), "position": 1, "again": true })
        );
    }
    // A retry after closing is still the same receipt.
    running.clock.set(at(CLOSES).plus_seconds(5));
    assert_eq!(running.cast(&election.uuid, &ballot).await.json()["again"], true);

    let page = running.get(&format!("/e/{}/receipt?tracker={}", election.uuid, tracker(&ballot).replace('+', "%2B"))).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("on the board"), "{}", page.text());
    let unknown = running.get(&format!("/receipt?tracker={}", "A".repeat(43))).await;
    assert!(unknown.text().contains("No ballot with this tracker"), "{}", unknown.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ballot_only_where_the_poll_says_so_and_the_last_one_where_it_says_that() {
    let once = running(Wanted::default()).await;
    let election = once.election(0).await;
    assert_eq!(once.cast(&election.uuid, &once.ballot(&election, 0, [0, 0], "a")).await.status, StatusCode::OK);
    let second = once.cast(&election.uuid, &once.ballot(&election, 0, [1, 0], "b")).await;
    assert_eq!((second.status, second.json()["why"].clone()), (StatusCode::CONFLICT, json!("already-voted")));

    let again = running(Wanted { revote: Revote::Last, ..Wanted::default() }).await;
    let election = again.election(0).await;
    let first = again.ballot(&election, 0, [0, 0], "a");
    assert_eq!(again.cast(&election.uuid, &first).await.status, StatusCode::OK);
    assert_eq!(again.cast(&election.uuid, &again.ballot(&election, 0, [1, 0], "b")).await.json()["position"], 2);
    // Bad input 39: an own earlier ballot after a newer one.
    let old = again.cast(&election.uuid, &first).await;
    assert_eq!((old.status, old.json()["why"].clone()), (StatusCode::CONFLICT, json!("superseded")));
    let page = again.get(&format!("/receipt?tracker={}", tracker(&first).replace('+', "%2B"))).await;
    assert!(page.text().contains("A later ballot of the same voting code takes its place"), "{}", page.text());
}

/// Bad input 47, and R26: the written rule is opening <= t < closing.
#[tokio::test(flavor = "multi_thread")]
async fn a_millisecond_decides_at_opening_and_closing() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let (opens, closes) = (at(OPENS), at(CLOSES));
    let before = |instant: web::clock::Instant| web::clock::Instant(instant.0 - 1);
    let cases = [
        (before(opens), StatusCode::FORBIDDEN, "not-open"),
        (opens, StatusCode::OK, ""),
        (before(closes), StatusCode::OK, ""),
        (closes, StatusCode::FORBIDDEN, "closed"),
    ];
    for (member, (instant, status, why)) in cases.into_iter().enumerate() {
        running.clock.set(instant);
        let got = running.cast(&election.uuid, &running.ballot(&election, member, [0, 0], "a")).await;
        assert_eq!(got.status, status, "{instant:?}: {}", got.text());
        if status != StatusCode::OK {
            assert_eq!(got.json()["why"], why);
            let time = if why == "closed" { CLOSES } else { OPENS };
            assert_eq!(got.json()[if why == "closed" { "closes_at" } else { "opens_at" }], time);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_ballot_has_its_answer() {
    let running = running(Wanted::default()).await;
    let (election, other) = (running.election(0).await, running.election(1).await);
    let good = running.ballot(&election, 0, [0, 0], "a");
    let stranger = crate::made::ballot(&election.fixed.record, &election.uuid, &running.made.codes(&other.unit, 1)[0], [0, 0], "x");
    let cut = &good[..good.len() / 2];
    // One digit of the last proof's response.
    let at = good.rfind("\"response\":\"").expect("a response") + 14;
    let digit = if good.as_bytes()[at] == b'9' { '8' } else { '9' };
    let forged = format!("{}{digit}{}", &good[..at], &good[at + 1..]);
    let spaced = good.replacen("{", "{ ", 1);
    for (name, body, status, why, check) in [
        ("nothing", "", StatusCode::BAD_REQUEST, "not-valid", "V4"),
        ("no JSON", "a ballot", StatusCode::BAD_REQUEST, "not-valid", "V4"),
        ("an empty object", "{}", StatusCode::BAD_REQUEST, "not-valid", "V4"),
        ("half", cut, StatusCode::BAD_REQUEST, "not-valid", "V4"),
        ("not canonical", &spaced, StatusCode::BAD_REQUEST, "not-valid", "V3"),
        ("signature", &forged, StatusCode::BAD_REQUEST, "not-valid", "V29"),
        ("not listed", &stranger, StatusCode::CONFLICT, "unknown", ""),
    ] {
        let got = running.cast(&election.uuid, body).await;
        assert_eq!((got.status, got.json()["why"].clone()), (status, json!(why)), "{name}: {}", got.text());
        if !check.is_empty() {
            let faults = got.json()["faults"].clone();
            assert!(faults.as_array().expect("faults").iter().any(|fault| fault["check"] == check), "{name}: {faults}");
        }
    }
    // A ballot for another unit: its credential is not on this list.
    let wrong = running.cast(&other.uuid, &good).await;
    assert_eq!((wrong.status, wrong.json()["why"].clone()), (StatusCode::CONFLICT, json!("unknown")));
    // After all that the good one is as good as ever.
    assert_eq!(running.cast(&election.uuid, &good).await.status, StatusCode::OK);

    let path = format!("/e/{}/cast", election.uuid);
    assert_eq!(running.post(&path, "text/plain", good.clone()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(running.post(&path, "application/json", vec![b' '; 65_537]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(running.cast("11111111111111", &good).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_booth_is_told_what_a_credential_may_do() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let path = format!("/e/{}/credential", election.uuid);
    let ask = async |credential: &str| running.post(&path, "application/json", json!({ "credential": credential }).to_string()).await;
    let public = running.public(&election, 0);
    let (ready, unknown) = (ask(&public).await, ask(&"0".repeat(64)).await);
    assert_eq!(ready.json(), json!({ "state": "ready", "may_vote": true }));
    assert_eq!(unknown.json(), json!({ "state": "unknown", "may_vote": false }));
    assert_eq!(ready.status, unknown.status);
    assert!(ready.body.len().abs_diff(unknown.body.len()) <= 16, "R32");
    assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 0, [0, 0], "a")).await.status, StatusCode::OK);
    assert_eq!(ask(&public).await.json(), json!({ "state": "voted", "may_vote": false }));
    for bad in ["{}", "{\"credential\":1}", "{\"credential\":\"12\"}", "[]", "{\"credential\":\"\",\"x\":1}"] {
        assert_eq!(running.post(&path, "application/json", bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

/// Bad input 50, V57: what was opened on a second device is never counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_challenged_ballot_is_never_cast_and_a_cast_one_never_challenged() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 0], "a");
    let path = format!("/e/{}/challenge", election.uuid);
    let got = running.post(&path, "application/json", ballot.clone()).await;
    assert_eq!(got.json(), json!({ "tracker": tracker(&ballot) }));
    let refused = running.cast(&election.uuid, &ballot).await;
    assert_eq!((refused.status, refused.json()["why"].clone()), (StatusCode::CONFLICT, json!("challenged")));
    let page = running.get(&format!("/receipt?tracker={}", tracker(&ballot).replace('+', "%2B"))).await;
    assert!(page.text().contains("made to check a device"), "{}", page.text());
    let fresh = running.ballot(&election, 0, [0, 0], "b");
    assert_eq!(running.cast(&election.uuid, &fresh).await.status, StatusCode::OK);
    assert_eq!(running.post(&path, "application/json", fresh).await.status, StatusCode::CONFLICT);
}

/// Bad input 90: the same request a hundred times at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_requests_at_once_are_one_ballot() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 0], "a");
    let all = (0..100).map(|_| running.cast(&election.uuid, &ballot));
    let answers = join(all).await;
    assert!(answers.iter().all(|got| got.status == StatusCode::OK && got.json()["position"] == 1), "{answers:?}");
    assert_eq!(answers.iter().filter(|got| got.json()["again"] == false).count(), 1);
    assert_eq!(running.election(0).await.ballots, 1);
}

/// All at once, without another crate.
async fn join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut done = true;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => done = false,
                }
            }
        }
        if done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

/// R19: more than can be judged is refused with a time, and what was acknowledged is there.
#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_queue_stands_503_with_a_time() {
    let limits = Limits { queue_seconds: 0, judges: 1, ..Wanted::default().limits };
    let running = running(Wanted { limits, voters: 60, units: 1, ..Wanted::default() }).await;
    let election = running.election(0).await;
    let ballots: Vec<String> = (0..60).map(|member| running.ballot(&election, member, [0, 0], "a")).collect();
    let answers = join(ballots.iter().map(|ballot| running.cast(&election.uuid, ballot))).await;
    let taken = answers.iter().filter(|got| got.status == StatusCode::OK).count();
    let refused: Vec<_> = answers.iter().filter(|got| got.status == StatusCode::SERVICE_UNAVAILABLE).collect();
    assert_eq!(taken + refused.len(), 60);
    assert!(taken > 0 && !refused.is_empty(), "{taken} taken");
    assert!(
        refused.iter().all(|got| got.json()["why"] == "busy" && got.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0))
    );
    assert_eq!(running.election(0).await.ballots, taken as u64);
    // Normal again at once.
    for ballot in &ballots {
        assert_eq!(running.cast(&election.uuid, ballot).await.status, StatusCode::OK);
    }
}

/// Bad input 95: an address that sends bad ballots is slowed; the credential it names is not.
#[tokio::test(flavor = "multi_thread")]
async fn bad_ballots_cost_their_sender_and_not_the_credential_they_name() {
    let limits = Limits { bad_ballots_per_minute: 3, ..Wanted::default().limits };
    let running = running(Wanted { limits, ..Wanted::default() }).await;
    let election = running.election(0).await;
    let good = running.ballot(&election, 0, [0, 0], "a");
    let at = good.rfind("\"response\":\"").expect("a response") + 14;
    let digit = if good.as_bytes()[at] == b'9' { '8' } else { '9' };
    let forged = format!("{}{digit}{}", &good[..at], &good[at + 1..]);
    for _ in 0..3 {
        assert_eq!(running.cast(&election.uuid, &forged).await.status, StatusCode::BAD_REQUEST);
    }
    let slowed = running.cast(&election.uuid, &forged).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(slowed.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
    // A minute later the address is free again, and the credential was never in question.
    running.clock.set(at_plus(&running, 61));
    assert_eq!(running.cast(&election.uuid, &good).await.status, StatusCode::OK);
}

fn at_plus(_: &crate::made::Running, seconds: i64) -> web::clock::Instant {
    at(OPENS).plus_seconds(3_600 + seconds)
}

/// Voting again is the holder's alone to use up.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_has_its_own_limit_where_voting_again_is_allowed() {
    let limits = Limits { ballots_per_credential_and_hour: 2, ..Wanted::default().limits };
    let running = running(Wanted { limits, revote: Revote::Last, ..Wanted::default() }).await;
    let election = running.election(0).await;
    for salt in ["a", "b"] {
        assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 0, [0, 0], salt)).await.status, StatusCode::OK);
    }
    assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 0, [0, 0], "c")).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 1, [0, 0], "a")).await.status, StatusCode::OK);
}

/// R22 and R20 in small: what was acknowledged is there after a stop, and a retry gets its receipt from the next start.
#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_restart_gets_the_same_receipt() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 0], "a");
    let first = running.cast(&election.uuid, &ballot).await.json();
    let (folder, _) = running.stop().await;
    let clock = web::clock::SetClock::at(at(OPENS).plus_seconds(7_200));
    let means = web::Means { clock: std::sync::Arc::new(clock), random: std::sync::Arc::new(web::SystemRandom), printer: None };
    let server = web::start(crate::made::config(&folder, &Wanted::default()), means).await.expect("it starts again");
    let found = server.service.store.find_ballot(&election.uuid, vote::Hash::of(&ballot).0).await.expect("a store").expect("the ballot");
    assert_eq!(json!(found.height), first["position"]);
    server.stop().await;
}
