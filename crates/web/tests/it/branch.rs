//! A branch's representative: a link, own members, ticks and undo; nothing of the poll, nothing of others; the link closed.

use base64::Engine as _;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Digest as _;
use web::Role;
use web::desk::branch::make_link;

use crate::access::signed_in;
use crate::desk_roll::{form, see};
use crate::made::{Got, Running, Wanted, running};

/// Signs in by a branch's link; the cookie.
pub(crate) async fn representative(running: &Running, unit: &str) -> String {
    let (_, link) = make_link(&running.service, unit, "", "test").await.expect("a link");
    opened(running, &link).await
}

/// Opens a link; the cookie.
pub(crate) async fn opened(running: &Running, link: &str) -> String {
    let token = link.split("token=").nth(1).expect("a token");
    let got = running.post("/branch/sign-in", "application/x-www-form-urlencoded", format!("token={token}")).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/branch"), "{}", got.text());
    got.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_representative_notes_what_own_members_say_and_sees_nothing_else() {
    let running = running(Wanted::default()).await;
    let rep = representative(&running, "ashdown").await;
    let page = see(&running, &rep, "/branch").await.text();
    assert!(page.contains("0 of ") && page.contains("nobody has spoken to them") && page.contains("Invented Member 1<"), "{page}");
    // A representative is not staff of the poll.
    for path in ["/desk/voting", "/desk/roll", "/desk/branches", "/desk/audit"] {
        assert_eq!(see(&running, &rep, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(see(&running, &rep, "/desk").await.header("location"), "/branch");

    let tick = [("member", "R0000001"), ("said", "voted"), ("on", "1")];
    let got = form(&running, &rep, "/branch", &tick).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    let page = see(&running, &rep, got.header("location")).await.text();
    assert!(page.contains("1 of ") && page.contains("1 says voted") && page.contains("noted “Told us they voted”"), "{page}");
    let paper = [("member", "R0000002"), ("said", "paper"), ("on", "1")];
    assert_eq!(form(&running, &rep, "/branch", &paper).await.status, StatusCode::SEE_OTHER);
    // Whoever waits for something comes first.
    let page = see(&running, &rep, "/branch").await.text();
    assert!(page.find("Invented Member 2<") < page.find("Invented Member 1<"), "{page}");
    let undo = [("member", "R0000001"), ("said", "voted"), ("on", "0")];
    assert_eq!(form(&running, &rep, "/branch", &undo).await.status, StatusCode::SEE_OTHER);
    let csv = see(&running, &rep, "/branch/list.csv").await.text();
    assert!(csv.contains("R0000001,Invented Member 1,nobody has spoken to them,") && csv.contains("needs a new one"), "{csv}");

    // Somebody else's member, and what no button says.
    for wrong in [[("member", "R9999999"), ("said", "voted"), ("on", "1")], [("member", "R0000001"), ("said", "yes"), ("on", "1")]] {
        assert_eq!(form(&running, &rep, "/branch", &wrong).await.status, StatusCode::BAD_REQUEST);
    }

    let officer = signed_in(&running, Role::Officer).await;
    let requests = see(&running, &officer, "/desk/branches/requests.csv").await.text();
    assert!(requests.lines().count() == 2 && requests.contains("ashdown,,R0000002,paper,"), "{requests}");
    let page = see(&running, &officer, "/desk/branches").await.text();
    assert!(page.contains("ashdown") && page.contains("New link") && !page.contains("R0000002"), "{page}");

    // A new link closes the old session's branch only when it is closed; then the list is gone at once.
    let close = [("act", "close"), ("unit", "ashdown"), ("workplace", "")];
    assert_eq!(form(&running, &officer, "/desk/branches", &close).await.status, StatusCode::SEE_OTHER);
    assert_eq!(see(&running, &rep, "/branch").await.status, StatusCode::GONE);
    let made = [("act", "make"), ("unit", "ashdown"), ("workplace", "")];
    assert!(form(&running, &officer, "/desk/branches", &made).await.text().contains("/branch/sign-in?token="));
    let unknown = [("act", "make"), ("unit", "nowhere"), ("workplace", "")];
    assert_eq!(form(&running, &officer, "/desk/branches", &unknown).await.status, StatusCode::BAD_REQUEST);
}

/// Sends notes as the page's script does.
async fn send(running: &Running, rep: &str, notes: &[Value]) -> Got {
    let headers = [("origin", running.origin.as_str()), ("content-type", "application/json"), ("cookie", rep)];
    running.ask(Method::POST, "/branch/notes", &headers, json!({ "notes": notes }).to_string()).await
}

fn noted(id: &str, member: &str, said: &str, on: bool, age_seconds: u64) -> Value {
    json!({ "id": id, "member": member, "said": said, "on": on, "text": "", "age_seconds": age_seconds })
}

/// The entry of a member on the page.
async fn entry(running: &Running, rep: &str, member: &str) -> String {
    let page = see(running, rep, "/branch").await.text();
    let from = page.find(&format!("data-member=\"{member}\"")).unwrap_or_else(|| panic!("{member}: {page}"));
    page[from..].split("</details>").next().expect("its end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_made_without_signal_are_kept_once_in_their_order_beside_those_of_another_phone() {
    let running = running(Wanted::default()).await;
    let (_, link) = make_link(&running.service, "ashdown", "", "test").await.expect("a link");
    let rep = opened(&running, &link).await;
    let batch = [
        noted("aaaaaaaa-1", "R0000001", "voted", true, 7_200),
        noted("aaaaaaaa-2", "R0000001", "voted", false, 7_190),
        noted("aaaaaaaa-3", "R0000002", "got", true, 7_180),
        noted("aaaaaaaa-4", "R9999999", "got", true, 0),
        noted("aaaaaaaa-5", "R0000001", "yes", true, 0),
    ];
    let got = send(&running, &rep, &batch).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text());
    let answer = got.json();
    assert_eq!(answer["kept"], json!(["aaaaaaaa-1", "aaaaaaaa-2", "aaaaaaaa-3"]));
    let refused: Vec<&str> = answer["refused"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(refused, ["aaaaaaaa-4", "aaaaaaaa-5"]);
    assert!(answer["totals"].as_str().is_some_and(|totals| totals.starts_with("1 of ")), "{answer}");
    // The answer was lost, so the phone sends them again; nothing is kept twice.
    assert_eq!(send(&running, &rep, &batch[..3]).await.json()["kept"], answer["kept"]);
    let rows = running.service.store.list_contacts(1).await.expect("rows");
    assert_eq!(rows.len(), 3);
    let first = entry(&running, &rep, "R0000001").await;
    assert!(first.contains("nobody has spoken to them") && first.matches("<li>").count() == 2, "{first}");
    assert!(first.contains("07:00: noted “Told us they voted”, sent 1 December, 09:00"), "{first}");

    // Another phone noted something an hour ago that comes now: what was said since stands, and both are there.
    running.clock.set(running.service.clock.now().plus_seconds(60));
    let other = opened(&running, &link).await;
    assert_eq!(send(&running, &rep, &[noted("aaaaaaaa-6", "R0000002", "got", false, 0)]).await.status, StatusCode::OK);
    assert_eq!(send(&running, &other, &[noted("bbbbbbbb-1", "R0000002", "got", true, 3_600)]).await.status, StatusCode::OK);
    let second = entry(&running, &rep, "R0000002").await;
    assert!(second.contains("nobody has spoken to them") && second.matches("<li>").count() == 3, "{second}");

    let headers = [("origin", running.origin.as_str()), ("content-type", "application/json"), ("cookie", rep.as_str())];
    for wrong in ["", "{}", "{\"notes\":1}", "{\"notes\":[{\"id\":1}]}"] {
        assert_eq!(running.ask(Method::POST, "/branch/notes", &headers, wrong.to_owned()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let many: Vec<Value> = (0..51).map(|at| noted(&format!("cccccccc-{at}"), "R0000001", "got", true, 0)).collect();
    assert_eq!(send(&running, &rep, &many).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_closed_or_replaced_ends_what_came_by_it() {
    let running = running(Wanted::default()).await;
    let first = representative(&running, "ashdown").await;
    let second = representative(&running, "ashdown").await;
    for path in ["/branch", "/branch/cards", "/branch/list.csv"] {
        assert_eq!(see(&running, &first, path).await.status, StatusCode::GONE, "{path}: another link took its place");
        assert_eq!(see(&running, &second, path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(send(&running, &first, &[noted("aaaaaaaa-1", "R0000001", "got", true, 0)]).await.status, StatusCode::GONE);
    // Half an hour without signal ends nothing; a day does, and that is not the same as a closed link.
    running.clock.set(running.service.clock.now().plus_seconds(23 * 3_600));
    assert_eq!(see(&running, &second, "/branch").await.status, StatusCode::OK);
    running.clock.set(running.service.clock.now().plus_seconds(3_600));
    let got = see(&running, &second, "/branch").await;
    assert!(got.status == StatusCode::UNAUTHORIZED && got.text().contains("open the link of your branch again"), "{}", got.text());
    assert_eq!(send(&running, &second, &[noted("aaaaaaaa-1", "R0000001", "got", true, 0)]).await.status, StatusCode::UNAUTHORIZED);
    assert!(running.service.store.list_contacts(1).await.expect("rows").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_sees_requests_as_a_task_and_deals_with_them() {
    let running = running(Wanted::default()).await;
    let rep = representative(&running, "ashdown").await;
    let officer = signed_in(&running, Role::Officer).await;
    assert!(see(&running, &officer, "/desk").await.text().contains("href=\"/desk/branches\""));
    let page = see(&running, &rep, "/branch").await.text();
    assert!(page.contains("Voting closes Tuesday 15 December 2026, 17:00") && page.contains("by Tuesday 8 December"), "{page}");
    let workplace = [("member", "R0000001"), ("said", "workplace"), ("on", "1"), ("text", "  Ward <7> ")];
    let got = form(&running, &rep, "/branch", &workplace).await;
    let page = see(&running, &rep, got.header("location")).await.text();
    assert!(page.contains("noted “Works elsewhere”") && page.contains(">Undo<"), "{page}");
    let nowhere = [("member", "R0000001"), ("said", "workplace"), ("on", "1"), ("text", " ")];
    assert_eq!(form(&running, &rep, "/branch", &nowhere).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&running, &rep, &[noted("aaaaaaaa-1", "R0000002", "paper", true, 0)]).await.status, StatusCode::OK);
    assert!(entry(&running, &rep, "R0000001").await.contains("works at Ward &#60;7&#62;"));

    let desk = see(&running, &officer, "/desk").await.text();
    assert!(
        desk.contains("href=\"/desk/branches/requests\"") && desk.contains("1: needs a new paper or code; 1: works elsewhere"),
        "{desk}"
    );
    let scrutineer = signed_in(&running, Role::Scrutineer).await;
    assert!(!see(&running, &scrutineer, "/desk").await.text().contains("/desk/branches"));
    let page = see(&running, &officer, "/desk/branches/requests").await.text();
    assert!(page.contains("R0000001") && page.contains("Ward &#60;7&#62;") && !page.contains("Invented Member"), "{page}");
    let csv = see(&running, &officer, "/desk/branches/requests.csv").await.text();
    assert!(csv.contains("ashdown,,R0000001,workplace,Ward <7>,1 December"), "{csv}");

    let done = [("branch", "1"), ("member", "R0000002"), ("said", "paper")];
    assert_eq!(form(&running, &officer, "/desk/branches/requests", &done).await.status, StatusCode::SEE_OTHER);
    assert_eq!(form(&running, &officer, "/desk/branches/requests", &done).await.status, StatusCode::CONFLICT);
    assert!(!see(&running, &officer, "/desk/branches/requests").await.text().contains("R0000002"));
    assert!(entry(&running, &rep, "R0000002").await.contains("the officer has dealt with it"));
    let log = running.service.store.list_audit(0, 1_000).await.expect("a log");
    let line = log.iter().find(|line| line.entry.what == "request of a branch dealt with").expect("a line");
    assert!(!line.entry.detail.contains("R0000002"), "the log names nobody: {}", line.entry.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_has_own_members_and_neither_vote_nor_code() {
    let running = running(Wanted::default()).await;
    let rep = representative(&running, "ashdown").await;
    let all = see(&running, &rep, "/branch").await.text().matches("data-member=").count();
    let spoken = [noted("aaaaaaaa-1", "R0000001", "voted", true, 0)];
    assert_eq!(send(&running, &rep, &spoken).await.status, StatusCode::OK);
    let cards = see(&running, &rep, "/branch/cards").await.text();
    assert_eq!(cards.matches("class=\"to\"").count(), all - 1);
    assert!(!cards.contains("Invented Member 1<") && cards.contains("Invented Member 2<"), "{cards}");
    let list = see(&running, &rep, "/branch/desk-list").await.text();
    assert_eq!(list.matches("<th scope=\"row\">").count(), all);
    let codes = running.made.codes("ashdown", 5);
    assert!(!codes.is_empty());
    for page in [&cards, &list] {
        assert!(codes.iter().all(|code| !page.contains(code.as_str())) && !page.contains("<script"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_one_script_with_its_hash_and_the_worker_a_stable_address() {
    let running = running(Wanted::default()).await;
    let rep = representative(&running, "ashdown").await;
    let got = see(&running, &rep, "/branch").await;
    let policy = got.header("content-security-policy").to_owned();
    assert!(
        policy.contains("script-src 'self'") && policy.contains("trusted-types whitley-branch") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(got.header("cache-control"), "no-store");
    let page = got.text();
    assert_eq!(page.matches("<script").count(), 1);
    let attribute = |name: &str| {
        page.split("<script ").nth(1).and_then(|rest| rest.split(&format!("{name}=\"")).nth(1)).and_then(|rest| rest.split('"').next())
    };
    let script = running.get(attribute("src").expect("an address")).await;
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(&script.body));
    assert_eq!(attribute("integrity"), Some(format!("sha384-{hash}").as_str()));
    assert!(script.header("cache-control").contains("immutable"));
    assert_eq!(running.get("/branch/script/0000/branch.js").await.status, StatusCode::NOT_FOUND);
    let worker = running.get("/branch-worker.js").await;
    assert_eq!((worker.status, worker.header("cache-control")), (StatusCode::OK, "no-cache"));
    assert!(worker.header("content-type").starts_with("text/javascript"));
}
