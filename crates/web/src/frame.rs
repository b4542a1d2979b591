//! What surrounds every route: what a request must look like, who may ask, and the headers of every answer (R33).
//!
//! [`frame`] is outermost. It refuses strange requests, and afterwards gives whatever comes out (a page, a file, an error, a
//! path that nobody has) its security headers and, if it is an error, its body. [`guard`] stands before each route of the table.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::clock::Instant;
use crate::pages;
use crate::problem::Problem;
use crate::role::Role;
use crate::routes::{Kind, Pattern, Who};
use crate::service::Service;
use crate::session;
use crate::texts::Language;

/// Pages have no script at all.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The booth encrypts in the browser: its own script and worker, and nothing from elsewhere.
const BOOTH_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A representative's page has forms, and a script that keeps what was noted without signal. A worker is registered by an address of trusted
/// type; the policy of that name makes that one address and no other.
const BRANCH_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types whitley-branch";

/// Files are files: if a browser shows one, nothing in it runs.
const FILE_POLICY: &str =
    "default-src 'none'; sandbox; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Marks an answer with the status of an error that is a whole page, such as a form shown again with what is wrong in it.
#[derive(Clone, Copy)]
pub(crate) struct Whole;

/// Refuses strange requests; gives every answer its headers and every error its body.
pub(crate) async fn frame(State(service): State<Service>, request: Request, next: Next) -> Response {
    let head_only = request.method() == Method::HEAD;
    let language = Language::of_query(request.uri().query());
    let method = request.method().clone();
    let started = std::time::Instant::now();
    let mut response = match strange(&service, &request) {
        None => next.run(request).await,
        Some(problem) => problem.into_response(),
    };
    let pattern = response.extensions().get::<Pattern>().copied();
    let kind = pattern.map_or(Kind::Page, |pattern| pattern.kind);
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if failed && response.extensions().get::<Whole>().is_none() {
        let problem = response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::of_status(response.status()));
        let role = pattern.and_then(|pattern| pattern.role);
        response = with_body(&service, kind, (language, role), &problem, response.headers()).await;
        if head_only {
            *response.body_mut() = Body::empty();
        }
    }
    if let Some(session) = pattern.and_then(|pattern| pattern.ends_session.then(|| session::cookie_away(&service))) {
        response.headers_mut().append(header::SET_COOKIE, session);
    }
    set_headers(&service, kind, failed, response.headers_mut());
    if service.config.access_log {
        log(&service, &method, pattern, &response, started.elapsed());
    }
    response
}

/// A line without address, query or path: from a log nobody can tell who asked for which election's what.
fn log(service: &Service, method: &Method, pattern: Option<Pattern>, response: &Response, took: std::time::Duration) {
    let now = service.clock.now();
    let path = pattern.map_or("-", |pattern| pattern.path);
    // What voters send stands to the hour only, as their ballots do on the board.
    let time = if pattern.is_some_and(|pattern| pattern.kind == Kind::Json) { to_the_hour(now) } else { now.utc() };
    eprintln!("{time} {method} {path} {} {} ms", response.status().as_u16(), took.as_millis());
}

pub(crate) fn to_the_hour(instant: Instant) -> String {
    let mut text = instant.utc();
    text.truncate(13);
    text + "Z"
}

/// What is refused before any route sees it.
fn strange(service: &Service, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let asked = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let known = |host: &str| service.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    if hosts.next().is_some() || !host.is_some_and(known) || !asked.is_none_or(known) {
        return Some(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host",
            format!("This service is at {} and nowhere else.", service.origin.as_str()),
        ));
    }
    if headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH) {
        return Some(Problem::input("The request says in two ways how long it is."));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Some(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-encoding", "Bodies are taken uncompressed only."));
    }
    let path = request.uri().path();
    let odd = path.contains('%') || path.contains('\\') || path.contains("//") || path.split('/').any(|part| part == "." || part == "..");
    if odd || path.len() > 512 {
        return Some(Problem::input("No address here has such characters."));
    }
    if request.uri().query().is_some_and(|query| query.len() > 2_048) {
        return Some(Problem::new(StatusCode::URI_TOO_LONG, "too-long", "The address is too long."));
    }
    None
}

/// Before each route: who may ask, and for writes: whether our own page asked.
pub(crate) async fn guard(State((service, pattern)): State<(Service, Pattern)>, mut request: Request, next: Next) -> Response {
    let mut pattern = pattern;
    let response = match admit(&service, &mut pattern, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(response) => *response,
    };
    let mut response = response;
    response.extensions_mut().insert(pattern);
    response
}

async fn admit(service: &Service, pattern: &mut Pattern, request: &mut Request) -> Result<(), Box<Response>> {
    let refuse = |problem: Problem| Box::new(problem.into_response());
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if writes && let Err(problem) = asked_by_us(service, request.headers()) {
        return Err(refuse(problem));
    }
    if pattern.who == Who::Anybody && pattern.kind != Kind::SignIn {
        return Ok(());
    }
    let mut closed = false;
    let (session, ended) = match session::of(service, request.headers()).await {
        Ok(session::Found::Session(session)) => (Some(session), false),
        Ok(session::Found::Ended) => (None, true),
        Ok(session::Found::Closed) => {
            closed = true;
            (None, true)
        }
        Ok(session::Found::None) => (None, false),
        Err(problem) => return Err(refuse(problem)),
    };
    let is_branch = pattern.who.admits(Role::Rep(1)) && pattern.who != Who::Staff;
    pattern.ends_session = ended;
    pattern.role = session.as_ref().map(|session| session.role);
    match session {
        Some(session) if pattern.who.admits(session.role) => {
            request.extensions_mut().insert(session);
            Ok(())
        }
        Some(session) => Err(refuse(Problem::new(
            StatusCode::FORBIDDEN,
            "role",
            format!("You are signed in as {}. This page is for {}.", session.role, pattern.who),
        ))),
        None if pattern.who == Who::Anybody => Ok(()),
        None if is_branch && closed => Err(refuse(Problem::new(
            StatusCode::GONE,
            "closed",
            "The link of this branch is closed. The ballot officer can make a new one.",
        ))),
        None if is_branch => Err(refuse(Problem::new(
            StatusCode::UNAUTHORIZED,
            "sign-in",
            "Please open the link of your branch again: a sign-in lasts a day. What was noted without signal is sent then.",
        ))),
        None if writes || pattern.kind != Kind::Page => {
            Err(refuse(Problem::new(StatusCode::UNAUTHORIZED, "sign-in", "Please sign in first: your session is over, or there was none.")))
        }
        None => Err(Box::new(Redirect::to("/sign-in").into_response())),
    }
}

/// A write counts only if a page of this service asked for it (R31). Programs that are no browsers send neither header and
/// have no cookie that could be misused; but browsers always send at least one of the two, so one must be there.
fn asked_by_us(service: &Service, headers: &HeaderMap) -> Result<(), Problem> {
    let one = |name: &HeaderName| {
        let mut all = headers.get_all(name).iter();
        match (all.next(), all.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => Ok(Some(value.as_bytes())),
            _ => Err(()),
        }
    };
    let refused = || Problem::new(StatusCode::FORBIDDEN, "origin", "Only pages of this service can send this.");
    let site = one(&HeaderName::from_static("sec-fetch-site")).map_err(|()| refused())?;
    let origin = one(&header::ORIGIN).map_err(|()| refused())?;
    let site_fits = site.is_none_or(|site| site == b"same-origin");
    // A form of a page with `no-referrer` (R33) is sent with the origin `null`: then the browser's own word must be there.
    let is_our_form = site == Some(b"same-origin") && origin == Some(b"null");
    let origin_fits = is_our_form || origin.is_none_or(|origin| service.origins.iter().any(|ours| ours.as_bytes() == origin));
    if (site.is_some() || origin.is_some()) && site_fits && origin_fits { Ok(()) } else { Err(refused()) }
}

async fn with_body(
    service: &Service,
    kind: Kind,
    (language, role): (Language, Option<Role>),
    problem: &Problem,
    old: &HeaderMap,
) -> Response {
    let mut response = match kind {
        Kind::Json => (problem.status, axum::Json(problem.json())).into_response(),
        Kind::Page | Kind::SignIn | Kind::Booth | Kind::Branch | Kind::File | Kind::Asset => {
            pages::error(service, language, role, problem).await
        }
    };
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = old.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

fn set_headers(service: &Service, kind: Kind, failed: bool, headers: &mut HeaderMap) {
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    let policy = match kind {
        Kind::Booth if !failed => BOOTH_POLICY,
        Kind::Branch if !failed => BRANCH_POLICY,
        // A worker has the policy of its own file.
        Kind::Asset if !failed => BOOTH_POLICY,
        Kind::File | Kind::Json if !failed => FILE_POLICY,
        Kind::Page | Kind::SignIn | Kind::Booth | Kind::Branch | Kind::File | Kind::Json | Kind::Asset => PAGE_POLICY,
    };
    set("content-security-policy", policy);
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("cross-origin-embedder-policy", "require-corp");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()");
    if service.origin.is_secure() {
        set("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    if failed || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
