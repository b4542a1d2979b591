//! Who may call what: the table of routes walked as every role and as nobody (R43, bad input 112), sign-in, sessions, writes from elsewhere.

use hyper::{Method, StatusCode};
use poll::KeyFile;
use store::AuditLine;
use web::routes::{Kind, ROUTES, Who};
use web::{Role, one_time_link};

use crate::made::{Got, Running, Wanted, running};

/// Values for the parts of paths that vary.
pub(crate) struct Paths {
    uuid: String,
    style: String,
    booth: String,
}

impl Paths {
    pub(crate) async fn of(running: &Running) -> Self {
        let page = running.get("/v/ashdown").await.text();
        let booth = page.split("/booth/").nth(1).and_then(|rest| rest.split('/').next()).expect("the booth's hash").to_owned();
        let page = running.get("/").await.text();
        let style = page.split("/style/").nth(1).and_then(|rest| rest.split('/').next()).expect("the style's hash").to_owned();
        Self { uuid: running.election(0).await.uuid, style, booth }
    }

    pub(crate) fn fill(&self, path: &str) -> String {
        let hash = if path.starts_with("/booth") { &self.booth } else { &self.style };
        let filled = path
            .replace("{uuid}", &self.uuid)
            .replace("{unit}", "ashdown")
            .replace("{hash}", hash)
            .replace("{file}", "booth.js")
            .replace("{*name}", "poll.json")
            .replace("{number}", "1")
            .replace("{line}", "0.json")
            .replace("{trustee}", "1")
            .replace("documents/{name}", "documents/mandates.pdf")
            .replace("{dispute}", "nhs-2007")
            .replace("{*page}", "offers");
        if filled == "/sign-in/once" { "/sign-in/once?token=x".to_owned() } else { filled }
    }
}

const ROLES: [Role; 9] = [
    Role::Officer,
    Role::Scrutineer,
    Role::Authority,
    Role::Trustee(1),
    Role::Trustee(2),
    Role::Trustee(3),
    Role::Operator,
    Role::Negotiator,
    Role::Rep(1),
];

/// Signs in by a rehearsal's link; the cookie.
pub(crate) async fn signed_in(running: &Running, role: Role) -> String {
    let link = one_time_link(&running.service, role).await.expect("a link");
    let token = link.split("token=").nth(1).expect("a token");
    let got = running.post("/sign-in/once", "application/x-www-form-urlencoded", format!("token={token}")).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    cookie(&got)
}

fn cookie(got: &Got) -> String {
    got.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_as_each_role_and_as_nobody() {
    let running = running(Wanted::default()).await;
    let (_, link) = web::desk::branch::make_link(&running.service, "ashdown", "", "test").await.expect("a branch");
    assert!(one_time_link(&running.service, Role::Rep(1)).await.is_err(), "a branch has its own link");
    let paths = Paths::of(&running).await;
    let origin = running.origin.clone();
    for route in ROUTES {
        let path = paths.fill(route.path);
        let call = async |cookie: &str| {
            running
                .ask(
                    route.method(),
                    &path,
                    &[("origin", &origin), ("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")],
                    "",
                )
                .await
        };
        let nobody = call("").await;
        match route.who {
            // A sign-in without an answer is refused for what it is, not for who asks.
            Who::Anybody if route.path == "/sign-in/once" => {}
            Who::Anybody => {
                let is_refused = matches!(nobody.status.as_u16(), 401 | 403) || nobody.header("location") == "/sign-in";
                assert!(!is_refused, "{path}: {}", nobody.status);
            }
            _ if route.post || route.kind != Kind::Page => assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}"),
            _ => assert_eq!((nobody.status, nobody.header("location")), (StatusCode::SEE_OTHER, "/sign-in"), "{path}"),
        }
        for role in ROLES {
            let session = match role {
                Role::Rep(_) => crate::branch::opened(&running, &link).await,
                _ => signed_in(&running, role).await,
            };
            let got = call(&session).await;
            let refused = got.status == StatusCode::FORBIDDEN && got.text().contains("You are signed in as");
            assert_eq!(refused, !route.who.admits(role), "{path} as {role}: {}", got.status);
            if route.who.admits(role) && route.path != "/sign-in/once" {
                assert_ne!(got.status, StatusCode::UNAUTHORIZED, "{path} as {role}");
            }
        }
    }
}

/// R31: the key's holder signs a challenge; each challenge is good once, for five minutes, for this service.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_key_signs_in_once_for_each_challenge() {
    let running = running(Wanted::default()).await;
    let (_, text) = running.made.keys.iter().find(|(name, _)| name == "officer.key").expect("a key");
    let officer = KeyFile::read(text, "officer.key").expect("a key file");
    let challenge = async || {
        let page = running.get("/sign-in").await.text();
        page.split("name=\"challenge\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a challenge").to_owned()
    };
    let send = async |challenge: &str, answer: &str| {
        let body = format!("challenge={}&answer={answer}", challenge.replace(':', "%3A").replace('/', "%2F"));
        running.post("/sign-in", "application/x-www-form-urlencoded", body).await
    };
    let first = challenge().await;
    assert!(first.starts_with(&format!("whitley-sign-in:{}:", running.origin)));
    let answer = poll::sign_in::answer(&first, &officer).expect("an answer");

    // Wrong ones first: they do not use the challenge up.
    for wrong in ["", "x", &answer.replace('.', ""), &answer[..192]] {
        let got = send(&first, wrong).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(got.text().contains("There is a problem") && got.headers.get("set-cookie").is_none());
    }
    let other = challenge().await;
    assert_eq!(send(&other, &answer).await.status, StatusCode::BAD_REQUEST, "an answer to another question");
    let elsewhere = poll::sign_in::challenge("https://elsewhere.example.org", &"0".repeat(32));
    let signed = poll::sign_in::answer(&elsewhere, &officer).expect("an answer");
    assert_eq!(send(&elsewhere, &signed).await.status, StatusCode::BAD_REQUEST, "another service's question");
    let invented = poll::sign_in::challenge(&running.origin, &"0".repeat(32));
    let signed = poll::sign_in::answer(&invented, &officer).expect("an answer");
    assert_eq!(send(&invented, &signed).await.status, StatusCode::BAD_REQUEST, "a question that was never asked");

    let got = send(&first, &answer).await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/desk"), "{}", got.text());
    let set = got.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    assert_eq!(send(&first, &answer).await.status, StatusCode::BAD_REQUEST, "used");
    let desk = running.ask(Method::GET, "/desk", &[("cookie", &cookie(&got))], "").await;
    assert!(desk.text().contains("Desk of the officer"), "{}", desk.text());

    let late = challenge().await;
    let answer = poll::sign_in::answer(&late, &officer).expect("an answer");
    running.clock.set(running.service.clock.now().plus_seconds(301));
    assert_eq!(send(&late, &answer).await.status, StatusCode::BAD_REQUEST, "too old");

    // A key without a role.
    let mut source = vote::Seeded::new(b"nobody");
    let nobody = KeyFile::random("officer", &mut vote::Randomness::new(&mut source)).expect("a key");
    let fresh = challenge().await;
    let got = send(&fresh, &poll::sign_in::answer(&fresh, &nobody).expect("an answer")).await;
    assert!(got.status == StatusCode::BAD_REQUEST && got.text().contains("no role"), "{}", got.text());
    let log: Vec<AuditLine> = running.service.store.list_audit(0, 1_000).await.expect("a log");
    assert!(log.iter().any(|line| line.entry.what == "sign-in" && line.entry.who == "officer"));
    assert!(log.iter().any(|line| line.entry.what == "sign-in refused"));
}

/// Bad input 101: sessions end, and none is taken over.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_end() {
    let running = running(Wanted::default()).await;
    let origin = running.origin.clone();
    let desk = async |cookie: &str| running.ask(Method::GET, "/desk", &[("cookie", cookie)], "").await.status;
    // Idle for half an hour.
    let session = signed_in(&running, Role::Officer).await;
    assert_eq!(desk(&session).await, StatusCode::OK);
    running.clock.set(running.service.clock.now().plus_seconds(29 * 60));
    assert_eq!(desk(&session).await, StatusCode::OK);
    running.clock.set(running.service.clock.now().plus_seconds(30 * 60));
    assert_eq!(desk(&session).await, StatusCode::SEE_OTHER);
    // Eight hours, used or not.
    let session = signed_in(&running, Role::Officer).await;
    for _ in 0..23 {
        running.clock.set(running.service.clock.now().plus_seconds(20 * 60));
        assert_eq!(desk(&session).await, StatusCode::OK);
    }
    running.clock.set(running.service.clock.now().plus_seconds(20 * 60));
    assert_eq!(desk(&session).await, StatusCode::SEE_OTHER);
    // Signed out.
    let session = signed_in(&running, Role::Officer).await;
    let out = running.ask(Method::POST, "/sign-out", &[("origin", &origin), ("cookie", &session)], "").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(desk(&session).await, StatusCode::SEE_OTHER);
    // A token that somebody else chose; two cookies of one name.
    assert_eq!(desk(&format!("whitley={}", "0".repeat(64))).await, StatusCode::SEE_OTHER);
    let session = signed_in(&running, Role::Officer).await;
    assert_eq!(desk(&format!("{session}; whitley={}", "0".repeat(64))).await, StatusCode::SEE_OTHER);
    // A new sign-in ends the session it comes from, and takes another token.
    let link = one_time_link(&running.service, Role::Scrutineer).await.expect("a link");
    let body = format!("token={}", link.split("token=").nth(1).expect("a token"));
    let headers = [("origin", origin.as_str()), ("cookie", &session), ("content-type", "application/x-www-form-urlencoded")];
    let got = running.ask(Method::POST, "/sign-in/once", &headers, body.clone()).await;
    assert_ne!(cookie(&got), session);
    assert_eq!(desk(&session).await, StatusCode::SEE_OTHER);
    // A link is good once, and opening it does nothing (bad input 102).
    assert_eq!(running.post("/sign-in/once", "application/x-www-form-urlencoded", body).await.status, StatusCode::UNAUTHORIZED);
    let link = one_time_link(&running.service, Role::Authority).await.expect("a link");
    let path = link.strip_prefix(&running.origin).expect("of this service");
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(running.ask(method, path, &[], "").await.status, StatusCode::OK);
    }
    let body = format!("token={}", link.split("token=").nth(1).expect("a token"));
    assert_eq!(running.post("/sign-in/once", "application/x-www-form-urlencoded", body).await.status, StatusCode::SEE_OTHER);
}

/// Bad input 100: writes that another site, or nobody knows who, asked for.
#[tokio::test(flavor = "multi_thread")]
async fn writes_from_elsewhere_are_refused() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 0], "a");
    let session = signed_in(&running, Role::Officer).await;
    let origin = running.origin.clone();
    let cast = format!("/e/{}/cast", election.uuid);
    let refused: [&[(&str, &str)]; 10] = [
        &[],
        &[("origin", "https://elsewhere.example.org")],
        &[("origin", "null")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("origin", "null"), ("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &origin)],
        &[("sec-fetch-site", "none"), ("origin", &origin)],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://elsewhere.example.org")],
        &[("origin", &origin), ("origin", &origin)],
    ];
    for headers in refused {
        for (path, kind, body) in
            [(cast.as_str(), "application/json", ballot.as_str()), ("/sign-out", "application/x-www-form-urlencoded", "")]
        {
            let mut all = vec![("content-type", kind), ("cookie", session.as_str())];
            all.extend_from_slice(headers);
            let got = running.ask(Method::POST, path, &all, body.to_owned()).await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{path} {headers:?}: {}", got.text());
        }
    }
    assert_eq!(running.election(0).await.ballots, 0);
    // The last is how browsers send the forms of our pages, which give no referrer.
    for headers in [
        [("sec-fetch-site", "same-origin"), ("accept", "*/*")],
        [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],
    ] {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(&headers);
        assert_eq!(running.ask(Method::POST, &cast, &all, ballot.clone()).await.status, StatusCode::OK);
    }
}
