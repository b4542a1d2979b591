//! Files, sign-in, sessions, audit log, opening.

use store::{AuditHead, Entry, Expect, Hash, Refusal, Revote, StoreError};

use super::Place;
use crate::made::{NOW, election, entry};

pub(crate) async fn files_have_versions(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    let both = tokio::join!(
        left.put_file("poll.json", b"left".to_vec(), Expect::New, entry("put")),
        right.put_file("poll.json", b"right".to_vec(), Expect::New, entry("put"))
    );
    let answers = [both.0, both.1];
    assert_eq!(answers.iter().filter(|answer| **answer == Ok(1)).count(), 1, "{answers:?}");
    assert_eq!(left.put_file("poll.json", b"two".to_vec(), Expect::Version(1), entry("put")).await, Ok(2));
    let stale = right.put_file("poll.json", b"three".to_vec(), Expect::Version(1), entry("put")).await;
    assert!(matches!(stale, Err(StoreError::Refused(Refusal::Stale { .. }))));
    let none = right.put_file("other", b"x".to_vec(), Expect::Version(1), entry("put")).await;
    assert!(matches!(none, Err(StoreError::Refused(Refusal::Unknown { .. }))));
    let (info, bytes) = right.get_file("poll.json").await.expect("read").expect("there");
    assert_eq!((info.version, info.size, bytes.as_slice()), (2, 3, &b"two"[..]));
    right.put_file("ceremony/1", Vec::new(), Expect::New, entry("put")).await.expect("an empty file");
    let names = |list: Vec<store::FileInfo>| list.into_iter().map(|file| file.name).collect::<Vec<_>>();
    assert_eq!(names(left.list_files("").await.expect("a list")), ["ceremony/1", "poll.json"]);
    assert_eq!(names(left.list_files("ceremony/").await.expect("a list")), ["ceremony/1"]);
    left.remove_file("ceremony/1", 1, entry("remove")).await.expect("removed");
    assert_eq!(left.get_file("ceremony/1").await, Ok(None));
}

pub(crate) async fn a_setting_changes_from_what_was_read_or_not_at_all(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    let one = |answers: [Result<(), StoreError>; 2]| {
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert!(answers.iter().any(|answer| matches!(answer, Err(StoreError::Refused(Refusal::Stale { what: "setting", .. })))));
    };
    for expected in [None, Some("read")] {
        let both = tokio::join!(
            left.change_setting("x", expected, "left", entry("set")),
            right.change_setting("x", expected, "right", entry("set"))
        );
        one([both.0, both.1]);
        left.put_setting("x", "read", entry("put")).await.expect("put");
    }
    let none = left.change_setting("y", Some("before"), "after", entry("set")).await;
    assert!(matches!(none, Err(StoreError::Refused(Refusal::Stale { .. }))), "{none:?}");
    assert_eq!(left.list_audit(0, 100).await.expect("a log").iter().filter(|line| line.entry.what == "set").count(), 2);
}

pub(crate) async fn a_challenge_is_good_once(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    left.put_sign_in_challenge([1; 32], NOW + 300).await.expect("put");
    left.put_sign_in_challenge([2; 32], NOW + 300).await.expect("put");
    let both = tokio::join!(left.use_sign_in_challenge([1; 32], NOW + 1), right.use_sign_in_challenge([1; 32], NOW + 1));
    assert_eq!([both.0, both.1].iter().filter(|answer| **answer == Ok(true)).count(), 1);
    assert_eq!(left.use_sign_in_challenge([2; 32], NOW + 300).await, Ok(false), "expired");
    assert_eq!(left.use_sign_in_challenge([3; 32], NOW).await, Ok(false), "never given out");
}

pub(crate) async fn sessions_end(place: &Place) {
    let store = place.open().await;
    store.put_session([1; 32], "scrutineer", entry("sign in")).await.expect("begun");
    let at = |now| store.use_session([1; 32], now, |_| (1_800, 28_800));
    assert_eq!(at(NOW + 1_799).await.expect("an answer").map(|session| session.role), Some("scrutineer".to_owned()));
    // Used then, so alive half an hour longer.
    assert_eq!(at(NOW + 3_000).await.expect("an answer").map(|session| session.used_at), Some(NOW + 3_000));
    assert_eq!(at(NOW + 3_000 + 1_800).await, Ok(None), "idle");
    for now in (NOW + 3_000..NOW + 28_800).step_by(1_500) {
        assert!(at(now).await.expect("an answer").is_some());
    }
    assert_eq!(at(NOW + 28_800).await, Ok(None), "too old");
    store.put_session([2; 32], "officer", Entry::new(NOW + 100, "officer", "sign in")).await.expect("begun");
    store.remove_old(NOW + 50, NOW).await.expect("removed");
    assert_eq!(place.one("SELECT count(*) FROM office.session").await, "1");
    store.remove_session([2; 32], entry("sign out")).await.expect("ended");
    assert_eq!(store.use_session([2; 32], NOW + 101, |_| (1_800, 28_800)).await, Ok(None));
}

pub(crate) async fn the_log_is_chained(place: &Place) {
    let (left, right) = (place.open().await, place.open().await);
    let tasks: Vec<_> = (0..60)
        .map(|number: u32| {
            let store = if number.is_multiple_of(2) { left.clone() } else { right.clone() };
            tokio::spawn(async move { store.append_audit(Entry::new(NOW, "officer", &format!("act {number}"))).await.expect("a line") })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task");
    }
    let head = left.get_audit_head().await.expect("a head");
    assert_eq!(head.lines, 60);
    assert_eq!(right.check_audit(Some(head)).await, Ok(Vec::new()));
    assert_eq!(left.list_audit(58, 10).await.expect("a list").len(), 2);
    let bad = Entry { detail: "no object".to_owned(), ..entry("act") };
    assert!(matches!(left.append_audit(bad).await, Err(StoreError::Refused(Refusal::Form { .. }))));
    // Each is done and undone: the log is in order, not in order, in order.
    for (edit, undo) in [
        ("UPDATE office.audit SET who = 'scrutineer' WHERE number = 7", "UPDATE office.audit SET who = 'officer' WHERE number = 7"),
        ("UPDATE office.audit SET number = 99 WHERE number = 7", "UPDATE office.audit SET number = 7 WHERE number = 99"),
        (
            "UPDATE office.audit SET number = CASE number WHEN 7 THEN 108 ELSE 107 END WHERE number IN (7, 8); UPDATE office.audit SET number = number - 100 WHERE number > 100",
            "UPDATE office.audit SET number = CASE number WHEN 7 THEN 108 ELSE 107 END WHERE number IN (7, 8); UPDATE office.audit SET number = number - 100 WHERE number > 100",
        ),
        ("UPDATE office.audit SET number = 1000 WHERE number = 59", "UPDATE office.audit SET number = 59 WHERE number = 1000"),
        ("UPDATE office.audit_head SET lines = 59", "UPDATE office.audit_head SET lines = 60"),
    ] {
        place.run(edit).await;
        assert_ne!(left.check_audit(None).await, Ok(Vec::new()), "{edit}");
        assert_ne!(left.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new(), "{edit}");
        place.run(undo).await;
        assert_eq!(left.check_audit(None).await, Ok(Vec::new()), "{undo}");
    }
    // A whole new chain is in order by itself, and is not the one remembered.
    let remembered = Some(AuditHead { lines: head.lines, hash: Hash([9; 32]) });
    assert_eq!(left.check_audit(remembered).await.expect("checked").len(), 1);
}

pub(crate) async fn opening_again_changes_nothing(place: &Place) {
    for _ in 0..3 {
        let store = place.open().await;
        store.put_setting("rehearsal", "no", entry("set")).await.expect("set");
        assert_eq!(store.get_setting("rehearsal").await, Ok(Some("no".to_owned())));
        assert_eq!(store.list_settings().await, Ok(vec![("rehearsal".to_owned(), "no".to_owned())]));
        assert_eq!(store.get_setting("unknown").await, Ok(None));
    }
    assert_eq!(place.one("SELECT count(*) FROM office.migration").await, "2");
    place.run("INSERT INTO office.migration (number, hash) SELECT 3, hash FROM office.migration WHERE number = 1").await;
    let newer = store::Store::open(&place.address, None).await;
    assert!(matches!(newer, Err(StoreError::Newer { found: 3, known: 2 })));
    place.run("DELETE FROM office.migration WHERE number = 3").await;
    place.run("UPDATE office.migration SET hash = (SELECT hash FROM office.audit LIMIT 1)").await;
    assert!(matches!(store::Store::open(&place.address, None).await, Err(StoreError::Foreign(_))));
}

pub(crate) async fn an_act_that_is_refused_leaves_no_line(place: &Place) {
    let store = place.open().await;
    store.begin_election(election("a", 3, 0, Revote::One), entry("begin")).await.expect("begun");
    // Together, so that they share a commit.
    let (left, right, third) = tokio::join!(
        store.append_audit(entry("left")),
        store.begin_election(election("a", 3, 0, Revote::One), entry("begin again")),
        store.append_audit(entry("third"))
    );
    assert!(left.is_ok() && right.is_err() && third.is_ok());
    let mut lines: Vec<String> = store.list_audit(0, 10).await.expect("a list").into_iter().map(|line| line.entry.what).collect();
    lines.sort();
    assert_eq!(lines, ["begin", "left", "third"]);
}
