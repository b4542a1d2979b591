//! R33: the headers of every route, of its errors, and of addresses that nobody has; and that nothing comes from elsewhere.

use hyper::Method;
use web::routes::ROUTES;

use crate::made::{Got, Wanted, running};

fn check(got: &Got, what: &str) {
    let policy = got.header("content-security-policy");
    for part in
        ["default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]
    {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{what}: {policy}");
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(got.header(name), value, "{what}: {name}");
    }
    assert!(!got.header("cache-control").is_empty(), "{what}");
    assert!(got.headers.get("server").is_none(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_has_the_headers_also_when_it_refuses() {
    let running = running(Wanted::default()).await;
    let paths = crate::access::Paths::of(&running).await;
    for route in ROUTES {
        let path = paths.fill(route.path);
        for method in [Method::GET, Method::POST, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let got = running.ask(method.clone(), &path, &[], "").await;
            check(&got, &format!("{method} {path}"));
            if got.status.is_client_error() && method != Method::HEAD {
                assert!(!got.body.is_empty(), "{method} {path}: an error without a body");
            }
            if matches!(method, Method::PUT | Method::DELETE | Method::OPTIONS) {
                assert_eq!(got.status.as_u16(), 405, "{method} {path}");
            }
        }
    }
    for path in
        ["/nothing", "/e/nothing", "/v/nothing", "/booth/0000/booth.js", "/style/0000/pages.css", "/poll/files/nothing", "/desk/nothing"]
    {
        let got = running.get(path).await;
        assert_eq!(got.status.as_u16(), 404, "{path}");
        check(&got, path);
    }
}

/// Every address in a page is of this service, every script and style has its hash, and the hash is right.
#[tokio::test(flavor = "multi_thread")]
async fn pages_load_nothing_from_elsewhere_and_scripts_have_their_hash() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let running = running(Wanted::default()).await;
    let uuid = running.election(0).await.uuid;
    for path in [
        "/",
        "/?lang=cy",
        "/v/ashdown",
        "/check-device",
        "/receipt",
        "/results",
        "/results/ashdown",
        "/how-to-check",
        "/limits",
        "/accessibility",
        "/sign-in",
        "/nothing",
        &format!("/e/{uuid}"),
    ] {
        let page = running.get(path).await.text();
        assert!(page.contains("REHEARSAL") || page.contains("YMARFER"), "{path} is not labelled");
        let is_booth = path.starts_with("/v/") || path == "/check-device";
        assert_eq!(page.contains("<script"), is_booth, "{path}");
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"), "{path}: inline");
        for attribute in ["src=\"", "href=\"", "action=\""] {
            for piece in page.split(attribute).skip(1) {
                let address = piece.split('"').next().unwrap_or_default();
                assert!(address.starts_with('/') || address.starts_with('#') || address.starts_with("data:,"), "{path}: {address}");
            }
        }
        for piece in page.split(" integrity=\"").skip(1) {
            let hash = piece.split('"').next().unwrap_or_default();
            let before = &page[..page.find(&format!(" integrity=\"{hash}")).expect("it is there")];
            let address = before.rsplit(['=']).next().unwrap_or_default().trim_matches('"');
            let file = running.get(address).await;
            assert_eq!(file.status.as_u16(), 200, "{path}: {address}");
            let computed = base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(&file.body));
            assert_eq!(hash, format!("sha384-{computed}"), "{path}: {address}");
            assert!(file.header("cache-control").contains("immutable"));
        }
        assert!(page.contains(" integrity=\"sha384-"), "{path}");
    }
}

/// R16: no time finer than the hour next to a ballot, and R42: no turnout of a unit while voting is open.
#[tokio::test(flavor = "multi_thread")]
async fn while_voting_is_open_pages_show_no_unit_turnout() {
    let running = running(Wanted { voters: 42, units: 2, ..Wanted::default() }).await;
    let election = running.election(0).await;
    for member in 0..7 {
        running.cast(&election.uuid, &running.ballot(&election, member, [0, 0], "a")).await;
    }
    let front = running.get("/").await.text();
    assert!(front.contains("So far 7 of 42 members"), "{front}");
    let mine = crate::made::tracker(&running.ballot(&election, 0, [0, 0], "a")).replace('+', "%2B");
    let receipt = running.get(&format!("/receipt?tracker={mine}")).await.text();
    assert!(receipt.contains("is on the board") && !receipt.contains("Place on the board"), "{receipt}");
    let board = running.get(&format!("/e/{}", election.uuid)).await.text();
    assert!(!board.contains(" ballots are on the board") && !board.contains("Trackers on the board"), "{board}");
    running.clock.set(crate::made::at(crate::made::CLOSES));
    let board = running.get(&format!("/e/{}", election.uuid)).await.text();
    assert!(board.contains("7 ballots are on the board") && board.contains("Tuesday 1 December 2026, 09:00 GMT"), "{board}");
}
