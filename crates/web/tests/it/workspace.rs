//! Disputes over HTTP: who may read and write, forms, files, and that what is published needs no sign-in.

use hyper::{Method, StatusCode};
use web::Role;

use crate::access::signed_in;
use crate::made::{Got, Running, Wanted, running};

async fn get(running: &Running, path: &str, cookie: &str) -> Got {
    running.ask(Method::GET, path, &[("cookie", cookie)], "").await
}

async fn post(running: &Running, path: &str, cookie: &str, body: &str) -> Got {
    let origin = running.origin.clone();
    let headers = [("origin", origin.as_str()), ("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
    running.ask(Method::POST, path, &headers, body.to_owned()).await
}

/// A value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negotiator_works_an_officer_reads_and_everybody_reads_what_is_published() {
    let running = running(Wanted::default()).await;
    let negotiator = signed_in(&running, Role::Negotiator).await;
    let officer = signed_in(&running, Role::Officer).await;
    assert!(
        running.get("/").await.text().contains("href=\"/worth\"")
            && running.get("/v/ashdown").await.text().contains("data-worth=\"/worth\"")
    );
    assert_eq!(running.get("/worth").await.header("location"), "/public", "nothing is published yet");

    let list = get(&running, "/d", &negotiator).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text());
    for part in ["nhs-2007", "civil-service-2004", "Begin a dispute", "from offer to lawful mandate"] {
        assert!(list.text().contains(part), "{part}: {}", list.text());
    }
    assert!(!get(&running, "/d", &officer).await.text().contains("Begin a dispute"));
    let home = get(&running, "/d/nhs-2007", &officer).await.text();
    for part in ["What to do next", "href=\"/d/nhs-2007/offers\"", "Persuade"] {
        assert!(home.contains(part), "{part}: {home}");
    }
    assert!(!home.contains("REHEARSAL"), "the banner speaks of votes, not of disputes");
    let made = post(&running, "/d/nhs-2007/copy", &negotiator, "id=ours").await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/d/ours"), "{}", made.text());

    // CSV of a table, and the whole as a file.
    let csv = get(&running, "/d/ours/offers/england-staged?csv=headline", &officer).await;
    assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("ours-headline.csv"));
    assert!(csv.text().contains("2007-08,1.916667,"), "{}", csv.text());
    let zip = get(&running, "/d/ours/export.zip", &officer).await;
    assert!(zip.status == StatusCode::OK && zip.body.starts_with(b"PK"));

    // A file is saved by the negotiator alone, and from a page of ours alone.
    let page = get(&running, "/d/ours/files/quoted.toml", &negotiator).await.text();
    let seen = hidden(&page, "seen");
    let body = format!("path=notes.md&seen={seen}&text=A+note&note=tried");
    let refused = post(&running, "/d/ours/save", &officer, &body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let elsewhere = [
        ("origin", "https://elsewhere.example.org"),
        ("cookie", negotiator.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    assert_eq!(running.ask(Method::POST, "/d/ours/save", &elsewhere, body.clone()).await.status, StatusCode::FORBIDDEN);
    let saved = post(&running, "/d/ours/save", &negotiator, &body).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/d/ours/files"), "{}", saved.text());
    let file = running.folder.path().join("disputes/ours/notes.md");
    assert_eq!(std::fs::read_to_string(file).expect("the file"), "A note\n");
    let stale = post(&running, "/d/ours/save", &negotiator, &body).await;
    assert!(stale.status == StatusCode::BAD_REQUEST && stale.text().contains("Somebody else has saved"), "{}", stale.text());
    assert!(get(&running, "/d/ours/history", &officer).await.text().contains("tried"));

    // Nobody reads it before it is published; then everybody does, without a cookie.
    assert_eq!(running.get("/public/ours").await.status, StatusCode::NOT_FOUND);
    assert_eq!(running.get("/d/ours").await.header("location"), "/sign-in");
    let page = get(&running, "/d/ours/publish", &negotiator).await.text();
    let body = format!("seen={}&note=first&licence=x&sure=yes", hidden(&page, "seen"));
    let published = post(&running, "/d/ours/publish", &negotiator, &body).await;
    assert_eq!(published.header("location"), "/public/ours/1", "{}", published.text());
    assert_eq!(running.get("/public/ours").await.header("location"), "/public/ours/1");
    let public = running.get("/public/ours/1").await;
    assert!(public.status == StatusCode::OK && public.text().contains("Log of corrections") && !public.text().contains("/d/ours"));
    assert!(running.get("/public").await.text().contains("/public/ours/1"));
    assert!(running.get("/").await.text().contains("href=\"/public\""), "the front page leads there");
    let csv = running.get("/public/ours/1/offers/england-staged?csv=headline").await;
    assert_eq!(csv.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_requests_get_clear_answers() {
    let running = running(Wanted::default()).await;
    let negotiator = signed_in(&running, Role::Negotiator).await;
    for (path, status, said) in [
        ("/d/nowhere", 404, "no dispute “nowhere”"),
        ("/d/nhs-2007/nothing", 404, "no page of that name"),
        ("/d/nhs-2007/offers/nothing", 404, "There is no offer “nothing”"),
        ("/d/nhs-2007?on=31%2F02%2F2007", 400, "not a date"),
        ("/d/nhs-2007/offers?csv=nothing", 404, "no table"),
        ("/d/nhs-2007/files/..secret", 404, "cannot be a file"),
        ("/d/nhs-2007/history/one", 404, "no version one"),
        ("/public/nhs-2007/1", 404, "nothing of that name is published"),
    ] {
        let got = get(&running, path, &negotiator).await;
        assert_eq!(got.status.as_u16(), status, "{path}: {}", got.text());
        assert!(got.text().to_lowercase().contains(&said.to_lowercase()), "{path}: {}", got.text());
    }
    let origin = running.origin.clone();
    let bad =
        running.ask(Method::POST, "/d/new", &[("origin", &origin), ("cookie", &negotiator), ("content-type", "text/plain")], "id=x").await;
    assert_eq!(bad.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let evil = post(&running, "/d/new", &negotiator, "id=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert!(evil.status == StatusCode::BAD_REQUEST && !evil.text().contains("<script"), "{}", evil.text());
    // A file with a form: a package that is none, then one that is.
    let cookie = negotiator.as_str();
    let bring = async |bytes: &[u8], id: &str| {
        let mut body = format!("--b\r\ncontent-disposition: form-data; name=\"id\"\r\n\r\n{id}\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        running
            .ask(
                Method::POST,
                "/d/import",
                &[("origin", &origin), ("cookie", cookie), ("content-type", "multipart/form-data; boundary=b")],
                body,
            )
            .await
    };
    let none = bring(b"nothing", "x").await;
    assert!(none.status == StatusCode::BAD_REQUEST && none.text().contains("no .zip file"), "{}", none.text());
    let package = get(&running, "/d/nhs-2014/export.zip", cookie).await.body;
    assert_eq!(bring(&package, "brought").await.header("location"), "/d/brought");
    assert_eq!(get(&running, "/d/brought", cookie).await.status, StatusCode::OK);
}

/// Pages are worked out beside casting, not before it: ballots are taken while pages are asked for without end.
#[tokio::test(flavor = "multi_thread")]
async fn casting_does_not_wait_for_pages() {
    let running = running(Wanted::default()).await;
    let cookie = signed_in(&running, Role::Negotiator).await;
    let election = running.election(0).await;
    let ballots: Vec<String> = (0..4).map(|member| running.ballot(&election, member, [0, 0], "a")).collect();
    let pages = async {
        let all = (0..24).map(|_| get(&running, "/d/nhs-2014", &cookie));
        for page in all {
            assert!(matches!(page.await.status.as_u16(), 200 | 503));
        }
    };
    let casts = async {
        for ballot in &ballots {
            let got = running.cast(&election.uuid, ballot).await;
            assert_eq!(got.status, StatusCode::OK, "{}", got.text());
        }
    };
    tokio::join!(pages, casts);
}
