//! The roll erased: a day that both agree on, not before the law's, not before the count; afterwards nobody's name is anywhere.

use hyper::StatusCode;
use web::Role;
use web::desk::two_people;

use crate::access::signed_in;
use crate::board::{close, count};
use crate::branch::representative;
use crate::desk_roll::{form, see};
use crate::made::{Wanted, at, running};

const PAGE: &str = "/desk/roll/erase";

#[tokio::test(flavor = "multi_thread")]
async fn officer_and_scrutineer_erase_the_roll_after_the_day_they_agreed_on() {
    let running = running(Wanted { voters: 42, units: 2, ..Wanted::default() }).await;
    let rep = representative(&running, "ashdown").await;
    let tick = [("member", "R0000001"), ("said", "voted"), ("on", "1")];
    assert_eq!(form(&running, &rep, "/branch", &tick).await.status, StatusCode::SEE_OTHER);
    let officer = signed_in(&running, Role::Officer).await;
    let scrutineer = signed_in(&running, Role::Scrutineer).await;
    let propose = async |day: &str| form(&running, &officer, PAGE, &[("act", "propose"), ("day", day)]).await;
    let erase = async |who: &str, sure: &str| form(&running, who, PAGE, &[("act", "erase"), ("sure", sure)]).await;

    // Voting closes on 15 December 2026, and copies of the report may be asked for during six months that begin with that day.
    let early = propose("2027-06-13").await;
    assert!(early.status == StatusCode::BAD_REQUEST && early.text().contains("not before 14 June 2027"), "{}", early.text());
    assert_eq!(propose("soon").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(erase(&officer, "yes").await.status, StatusCode::CONFLICT, "nobody agreed");
    assert_eq!(propose("2027-06-14").await.status, StatusCode::SEE_OTHER);
    let proposal = two_people::pending(&running.service).await.expect("proposals").pop().expect("one");
    let confirm = [("id", proposal.id.as_str()), ("answer", "confirm")];
    assert_eq!(form(&running, &officer, "/desk/two-people", &confirm).await.status, StatusCode::CONFLICT, "nobody confirms their own");
    assert_eq!(form(&running, &scrutineer, "/desk/two-people", &confirm).await.status, StatusCode::SEE_OTHER);
    let page = see(&running, &scrutineer, PAGE).await.text();
    assert!(page.contains("kept until the end of 14 June 2027") && page.contains("2 units are not counted yet"), "{page}");
    assert_eq!(erase(&officer, "yes").await.status, StatusCode::CONFLICT);

    close(&running).await;
    for unit in 0..2 {
        count(&running, &running.election(unit).await.uuid).await;
    }
    let officer = signed_in(&running, Role::Officer).await;
    let early = erase(&officer, "yes").await;
    assert!(early.status == StatusCode::CONFLICT && early.text().contains("14 June 2027"), "{}", early.text());
    // Midnight in London is an hour before midnight in UTC then.
    running.clock.set(at("2027-06-14T22:59:59Z"));
    let officer = signed_in(&running, Role::Officer).await;
    assert_eq!(erase(&officer, "yes").await.status, StatusCode::CONFLICT);
    assert!(running.service.store.get_frozen_roll_bytes().await.is_ok());
    running.clock.set(at("2027-06-14T23:00:00Z"));
    assert!(see(&running, &officer, "/desk").await.text().contains("href=\"/desk/roll/erase\""));
    assert_eq!(erase(&officer, "").await.status, StatusCode::BAD_REQUEST, "nothing brings it back, so it asks");
    assert_eq!(erase(&officer, "yes").await.status, StatusCode::SEE_OTHER);

    let store = &running.service.store;
    assert!(store.get_frozen_roll().await.expect("there").expect("a row").is_erased);
    assert!(store.get_frozen_roll_bytes().await.is_err());
    assert!(store.list_all_contacts().await.expect("none").is_empty());
    assert_eq!(erase(&officer, "yes").await.status, StatusCode::CONFLICT, "once");
    let log = store.list_audit(0, 1_000).await.expect("a log");
    assert_eq!(log.iter().filter(|line| line.entry.what == "roll erased" && line.entry.who == "officer").count(), 1);
    assert!(log.iter().any(|line| line.entry.what == "link of a branch closed"));
    // Every page of the desk still answers, and knows no name.
    for path in [
        PAGE,
        "/desk",
        "/desk/roll",
        "/desk/branches",
        "/desk/branches/requests",
        "/desk/voting",
        "/desk/papers",
        "/desk/report",
        "/desk/two-people",
    ] {
        let got = see(&running, &officer, path).await;
        assert!(got.status == StatusCode::OK && !got.text().contains("Invented Member"), "{path}: {} {}", got.status, got.text());
    }
    assert!(see(&running, &officer, PAGE).await.text().contains("The roll is erased"));
}
