//! A branch's representative: a link, own members, ticks and undo; nothing of the poll, nothing of others; the link closed.

use hyper::StatusCode;
use web::Role;
use web::desk::branch::make_link;

use crate::access::signed_in;
use crate::desk_roll::{form, see};
use crate::made::{Running, Wanted, running};

/// Signs in by a branch's link; the cookie.
pub(crate) async fn representative(running: &Running, unit: &str) -> String {
    let (_, link) = make_link(&running.service, unit, "", "test").await.expect("a link");
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
    assert!(see(&running, &rep, "/branch").await.status != StatusCode::OK);
    let made = [("act", "make"), ("unit", "ashdown"), ("workplace", "")];
    assert!(form(&running, &officer, "/desk/branches", &made).await.text().contains("/branch/sign-in?token="));
    let unknown = [("act", "make"), ("unit", "nowhere"), ("workplace", "")];
    assert_eq!(form(&running, &officer, "/desk/branches", &unknown).await.status, StatusCode::BAD_REQUEST);
}
